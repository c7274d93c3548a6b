package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/measure"
)

// evaluateCmd measures how well pictures are read of which it is known what is
// printed on them.
type evaluateCmd struct {
	Dir       string `arg:"" optional:"" name:"dir" help:"Folder of the pictures that the table names."`
	Truth     string `placeholder:"FILE" help:"Table of what is printed on the pictures, tab separated."`
	Synthetic int    `placeholder:"N" help:"Draw N pictures and measure those instead."`
	Seed      uint64 `default:"1" help:"Which pictures are drawn: the same seed gives the same ones."`
	Faults    bool   `help:"Draw each document twice, once with a check digit printed wrong."`
	Plot      string `placeholder:"FILE" help:"Write the curves of the drawn pictures as an SVG picture."`
	JSON      bool   `help:"Print one JSON object with everything, and each picture."`
	Show      bool   `help:"Print the zones that were misread: personal data, if the documents are anybody's."`
	Capture   string `enum:"C0,C1,C2" default:"C1" help:"How the pictures of the table came to be where it does not say: C0 copy, C1 photograph of the original, C2 scan." env:"TOUCHSTONE_CAPTURE"`
}

// Help is the long text of `touchstone evaluate --help`.
func (evaluateCmd) Help() string {
	var b strings.Builder
	b.WriteString(`The table names its columns in its first line. It must have these:
  path          of the picture, in the folder
  format        TD1, TD2, TD3, MRVA, MRVB, FRID, or NONE where there is no zone
  mrz           the lines as printed, joined with |
and it may have these:
  status        anything but ok: the picture is screened and counts nowhere
  check_digits  valid, no-mrz, or printed-invalid:doc+dob+exp+opt+comp
                (else the lines themselves tell which digits hold)
  size          of the picture: 375x479
  tags          words to group by, between commas or spaces
  capture       C0 to C5

Of drawn pictures every seventh sweeps one setting of the camera, the others
being as they ordinarily are, and every seventh sweeps them all, half as far:
`)
	for _, a := range axes {
		fmt.Fprintln(&b, " ", a)
	}
	b.WriteString(`Blur is a share of the pitch, which is the pixels from character to character.
Turn is how far the document lies askew, tilt how far the camera is from looking
straight down (the phone alone). Formats take turns, and scanner and phone do.
A curve needs some hundreds of pictures; each takes about a second.

Everything but time and memory is the same for the same pictures and program.

Exit codes:
  0  measured, whatever came out
  3  wrong usage, a file that could not be read, or a fault of the system

Examples:
  touchstone evaluate --truth truth.tsv pictures/
  touchstone evaluate --json --truth truth.tsv pictures/ | jq .reading.documents_exact
  touchstone evaluate --synthetic 600 --faults --plot curves.svg`)
	return b.String()
}

// The kinds of set.
const (
	kindTable     = "table"
	kindSynthetic = "synthetic"
)

// measured is one picture with what is printed on it and what was read.
type measured struct {
	File    string
	Truth   truthRow
	Shot    *shot // how it is drawn; nil for a file
	Capture pipeline.CaptureClass
	Report  pipeline.Report
	Err     error
	Took    time.Duration // 0 if no child has seen it
}

// captureName is how the picture came to be.
func (m measured) captureName() string {
	if m.Shot != nil {
		return string(m.Shot.Capture)
	}
	return string(m.Capture)
}

// Run measures and prints.
func (c *evaluateCmd) Run(ctx context.Context, std streams, log *slog.Logger) error {
	if err := c.usage(); err != nil {
		return err
	}
	pictures, err := c.pictures()
	if err != nil {
		return err
	}
	timing, err := c.screen(ctx, pictures, std, log)
	if err != nil {
		return err
	}
	e := evaluate(pictures)
	e.Timing = timing
	if c.Synthetic > 0 {
		e.Set.Kind, e.Set.Seed, e.Curves = kindSynthetic, c.Seed, curvesOf(e.Pictures)
	} else {
		e.Set.Kind, e.Set.Unlisted = kindTable, c.unlisted(pictures)
	}
	if c.Plot != "" {
		if err := os.WriteFile(c.Plot, plot(e.Curves), 0o600); err != nil {
			return fmt.Errorf("write the plot: %w", err)
		}
	}
	if err := c.print(std.out, e); err != nil {
		return fmt.Errorf("print the report: %w", err)
	}
	return c.faults(pictures, std.err)
}

// usage refuses flags that do not go together.
func (c *evaluateCmd) usage() error {
	switch {
	case c.Synthetic < 0:
		return errors.New("--synthetic must be 1 or more")
	case c.Synthetic > 0 && (c.Truth != "" || c.Dir != ""):
		return errors.New("--synthetic draws its own pictures and knows what is printed: it takes no folder and no table")
	case c.Synthetic == 0 && (c.Truth == "" || c.Dir == ""):
		return errors.New("evaluate wants either --truth with a table and a folder, or --synthetic with a number")
	case c.Synthetic == 0 && (c.Faults || c.Plot != ""):
		return errors.New("--faults and --plot are of drawn pictures: they need --synthetic")
	}
	return nil
}

// pictures lists what is to be measured.
func (c *evaluateCmd) pictures() ([]measured, error) {
	var all []measured
	if c.Synthetic > 0 {
		for i, s := range planShots(c.Synthetic, c.Seed, c.Faults) {
			all = append(all, measured{File: s.name(i), Shot: &s})
		}
		return all, nil
	}
	if info, err := os.Stat(c.Dir); err != nil {
		return nil, fmt.Errorf("open the folder of pictures: %w", err)
	} else if !info.IsDir() {
		return nil, fmt.Errorf("%s is no folder", c.Dir)
	}
	f, err := os.Open(c.Truth)
	if err != nil {
		return nil, fmt.Errorf("open the table: %w", err)
	}
	defer f.Close()
	rows, err := parseTruth(f)
	if err != nil {
		return nil, fmt.Errorf("read the table %s:\n%w", c.Truth, err)
	}
	for _, r := range rows {
		m := measured{File: r.Path, Truth: r, Capture: r.Capture}
		if m.Capture == "" {
			m.Capture = pipeline.CaptureClass(c.Capture)
		}
		all = append(all, m)
	}
	return all, nil
}

// unlisted counts the pictures in the folder that the table does not name. A
// folder that cannot be listed has none: its rows say what is wrong with it.
func (c *evaluateCmd) unlisted(pictures []measured) int {
	known := map[string]bool{}
	for _, m := range pictures {
		known[filepath.Join(c.Dir, m.Truth.Path)] = true
	}
	files, err := (&screenCmd{Paths: []string{c.Dir}}).files()
	if err != nil {
		return 0
	}
	n := 0
	for _, f := range files {
		n += one(!known[filepath.Clean(f)])
	}
	return n
}

// screen screens all pictures, each in a child, with one goroutine a core.
func (c *evaluateCmd) screen(ctx context.Context, pictures []measured, std streams, log *slog.Logger) (timingJSON, error) {
	size := min(runtime.NumCPU(), len(pictures))
	asOf, err := dayOf("", time.Now())
	if err != nil {
		return timingJSON{}, err
	}
	pool, err := newPool(size, log) //nolint:contextcheck // it lives until Close
	if err != nil {
		return timingJSON{}, err
	}
	started, before := time.Now(), usageOfChildren()
	bar := newBar(len(pictures), std.err)
	var next atomic.Int64
	var workers sync.WaitGroup
	for range size {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(pictures)) && ctx.Err() == nil; i = next.Add(1) - 1 {
				c.screenOne(ctx, pool, &pictures[i], asOf)
				bar.Increment()
			}
		})
	}
	workers.Wait()
	wall := time.Since(started)
	pool.Close() // what children used is known once they have ended
	bar.Finish()
	return timingOf(pictures, size, wall, before, usageOfChildren()), ctx.Err()
}

// screenOne screens one picture and keeps its report alone: the pixels would
// add up.
func (c *evaluateCmd) screenOne(ctx context.Context, s pipeline.Screener, m *measured, asOf time.Time) {
	clock := &timed{Screener: s}
	if m.Shot != nil {
		m.Err = m.Shot.screen(ctx, clock, m)
	} else {
		job := pipeline.Job{AsOf: asOf, Capture: m.Capture}
		result, err := screenFile(ctx, clock, filepath.Join(c.Dir, m.Truth.Path), job, nil)
		m.Report, m.Err = result.Report, err
	}
	m.Took = clock.took
}

// timed measures how long a screener takes.
type timed struct {
	pipeline.Screener
	took time.Duration
}

// Screen implements pipeline.Screener.
func (t *timed) Screen(ctx context.Context, job pipeline.Job) (pipeline.ScreenResult, error) {
	started := time.Now()
	defer func() { t.took = time.Since(started) }()
	return t.Screener.Screen(ctx, job)
}

// timingJSON is what a run took. Nothing in it is the same twice.
type timingJSON struct {
	Children int      `json:"children"` // at once
	Pictures int      `json:"pictures"` // that a child has seen
	P50      *float64 `json:"p50_seconds"`
	P95      *float64 `json:"p95_seconds"`
	Max      *float64 `json:"max_seconds"` // from asking for a child to its answer
	Wall     *float64 `json:"wall_seconds"`
	// CPU is the processor time of children for a picture, their start included.
	CPU *float64 `json:"cpu_seconds_per_picture"`
	// PeakBytes is the most resident memory of any child; 0 if not measured.
	PeakBytes int64 `json:"peak_bytes_of_a_child"`
	// PeakIsBound says that a child took no more than that, and perhaps less:
	// the kernel counts the memory of a parent as its child's until the child
	// has begun its own program.
	PeakIsBound bool `json:"peak_is_upper_bound"`
}

func timingOf(pictures []measured, children int, wall time.Duration, before, after usage) timingJSON {
	var took []float64
	for _, m := range pictures {
		if m.Took > 0 {
			took = append(took, m.Took.Seconds())
		}
	}
	all := wall.Seconds()
	t := timingJSON{Children: children, Pictures: len(took), Wall: &all, PeakBytes: after.peak, PeakIsBound: after.peak <= after.own}
	if len(took) == 0 {
		return t
	}
	p50, p95, most := measure.Quantile(took, 0.5), measure.Quantile(took, 0.95), measure.Quantile(took, 1)
	t.P50, t.P95, t.Max = &p50, &p95, &most
	if cpu := (after.cpu - before.cpu).Seconds() / float64(len(took)); after.peak > 0 {
		t.CPU = &cpu
	}
	return t
}

// usage is what the kernel says of children that have ended.
type usage struct {
	cpu       time.Duration
	peak, own int64 // bytes: of the largest child, and of this program
}

// usageOfChildren asks the kernel; zero if it does not say.
func usageOfChildren() usage {
	var theirs, ours unix.Rusage
	if unix.Getrusage(unix.RUSAGE_CHILDREN, &theirs) != nil || unix.Getrusage(unix.RUSAGE_SELF, &ours) != nil {
		return usage{}
	}
	cpu := time.Duration(theirs.Utime.Nano() + theirs.Stime.Nano())
	return usage{cpu, theirs.Maxrss << 10, ours.Maxrss << 10} // Linux counts in kilobytes
}

// print writes the report in the form that was asked for.
func (c *evaluateCmd) print(w io.Writer, e evaluation) error {
	if !c.JSON {
		return printText(w, e, c.Show)
	}
	if !c.Show {
		for i := range e.Pictures {
			e.Pictures[i].Want, e.Pictures[i].Got = nil, nil
		}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(e)
}

// faults says what could not be screened at all, and makes it the exit code.
func (c *evaluateCmd) faults(pictures []measured, w io.Writer) error {
	n := 0
	for _, m := range pictures {
		if m.Err != nil {
			n++
			fmt.Fprintf(w, "touchstone: %s: %v\n", m.File, m.Err)
		}
	}
	if n > 0 {
		return exitError{exitProblem}
	}
	return nil
}
