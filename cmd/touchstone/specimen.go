package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"touchstone.internal/fixtures"
	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

// specimenCmd draws synthetic documents into files.
type specimenCmd struct {
	Out     string `placeholder:"DIR" default:"." help:"Folder to write into; it is made if it is not there. Default: the current one."`
	Format  string `default:"td3" enum:"td1,td2,td3,mrva,mrvb,all" help:"Kind of document: td1, td2, td3, mrva, mrvb or all."`
	Fault   string `default:"none" placeholder:"NAME" help:"What is wrong with it: a name from the list above, or all that a format can have."`
	Count   int    `default:"1" help:"How many of each, with seeds that follow one another."`
	Seed    uint64 `default:"1" help:"Which document is drawn: the same seed gives the same bytes."`
	Capture string `default:"flat" enum:"flat,phone" help:"How its picture comes to be: flat (a scanner) or phone."`
	Side    string `default:"zone" enum:"zone,front,back,both" help:"Which side: zone (the one with the machine readable zone), front, back or both."`
	AsOf    string `placeholder:"DATE" help:"Draw documents that are valid on this day (YYYY-MM-DD) and for five years after; an earlier day gives expired ones. Default: 2026-11-24." name:"as-of"`
}

// Help is the long text of `touchstone specimen --help`.
func (specimenCmd) Help() string {
	var b strings.Builder
	b.WriteString(`Each picture td3-none-1.jpg gets its truth beside it, td3-none-1.json: the lines
of the zone, the printed fields, where they lie, and the check that must speak.
Files that are there are overwritten; the same seed gives the same bytes.
All documents are of the State of Utopia and say SPECIMEN. With --as-of long ago
they have expired, which is no fault.

Faults, and the check that must name each first:
`)
	for _, f := range fixtures.Faults() {
		fmt.Fprintf(&b, "  %-22s %s\n", f, f.Expected())
	}
	b.WriteString(`
Examples:
  touchstone specimen --out specimens
  touchstone specimen --out specimens --format all --fault all
  touchstone specimen --out specimens --as-of 2014-11-24
  touchstone specimen --out specimens --format td1 --capture phone --side both --count 20`)
	return b.String()
}

// Run writes every picture that was asked for, with its truth.
func (c *specimenCmd) Run(ctx context.Context, std streams) error {
	specs, err := c.specs()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(c.Out, 0o750); err != nil {
		return fmt.Errorf("make the folder for specimens: %w", err)
	}
	for _, s := range specs {
		if err := ctx.Err(); err != nil {
			return err
		}
		names, err := c.write(s)
		if err != nil {
			return err
		}
		for _, n := range names {
			fmt.Fprintln(std.out, n)
		}
	}
	return nil
}

// specs lists what is to be drawn. A fault that a format cannot have is left
// out where all were asked for, and refused where it was named.
func (c *specimenCmd) specs() ([]fixtures.Spec, error) {
	asOf, err := dayOf(c.AsOf, fixtures.DefaultDay)
	if err != nil {
		return nil, err
	}
	faults := fixtures.Faults()
	if c.Fault != "all" {
		f, err := fixtures.ParseFault(c.Fault)
		if err != nil {
			return nil, err
		}
		faults = []fixtures.Fault{f}
	}
	if c.Count < 1 {
		return nil, fmt.Errorf("--count must be 1 or more")
	}
	var specs []fixtures.Spec
	for _, format := range c.formats() {
		sides, err := c.sides(format)
		if err != nil {
			return nil, err
		}
		for _, fault := range faults {
			if !fixtures.Applies(format, fault) {
				continue
			}
			for i := range c.Count {
				for _, side := range sides {
					specs = append(specs, fixtures.Spec{Format: format, Fault: fault, Side: side, Seed: c.Seed + uint64(i), AsOf: asOf})
				}
			}
		}
	}
	if len(specs) == 0 {
		return nil, fmt.Errorf("%s cannot have the fault %s", c.Format, c.Fault)
	}
	return specs, nil
}

func (c *specimenCmd) formats() []mrz.Format {
	if c.Format == "all" {
		return []mrz.Format{mrz.TD1, mrz.TD2, mrz.TD3, mrz.MRVA, mrz.MRVB}
	}
	return []mrz.Format{mrz.Format(strings.ToUpper(c.Format))} // kong has seen that it is one
}

// sides gives the sides that were asked for. A format without a back is refused
// if the back was named, unless all formats were.
func (c *specimenCmd) sides(f mrz.Format) ([]fixtures.Side, error) {
	all := fixtures.Sides(f)
	switch c.Side {
	case "zone":
		return all[:1], nil
	case "both":
		return all, nil
	}
	for _, s := range all {
		if string(s) == c.Side {
			return []fixtures.Side{s}, nil
		}
	}
	if c.Format == "all" {
		return nil, nil
	}
	return nil, fmt.Errorf("%s has no %s", c.Format, c.Side)
}

// write draws one side and writes picture and truth.
func (c *specimenCmd) write(s fixtures.Spec) (names []string, err error) {
	picture, truth, err := fixtures.Take(s, fixtures.CaptureName(c.Capture))
	if err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(truth, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the truth: %w", err)
	}
	base := filepath.Join(c.Out, c.name(s))
	ending := ".jpg"
	if t, _ := pipeline.Sniff(picture); t == pipeline.PNG {
		ending = ".png"
	}
	for _, f := range []struct {
		ending string
		bytes  []byte
	}{{ending, picture}, {".json", append(text, '\n')}} {
		if err := os.WriteFile(base+f.ending, f.bytes, 0o600); err != nil {
			return nil, fmt.Errorf("write a specimen: %w", err)
		}
		names = append(names, base+f.ending)
	}
	return names, nil
}

// name is that of the files of a specimen, without ending: what differs from
// the usual stands in it, so that no two specimens share one.
func (c *specimenCmd) name(s fixtures.Spec) string {
	parts := []string{strings.ToLower(string(s.Format)), string(s.Fault)}
	if c.Side != "zone" {
		parts = append(parts, string(s.Side))
	}
	if c.Capture != string(fixtures.CaptureFlat) {
		parts = append(parts, c.Capture)
	}
	if c.AsOf != "" {
		parts = append(parts, c.AsOf)
	}
	return fmt.Sprintf("%s-%d", strings.Join(parts, "-"), s.Seed)
}
