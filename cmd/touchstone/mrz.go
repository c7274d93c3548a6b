package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/explain"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/text"
)

// mrzCmd explains a zone that somebody typed.
type mrzCmd struct {
	Text []string `arg:"" name:"text" help:"The lines of a zone as arguments or joined with |, or - for standard input."`
	JSON bool     `help:"Print one JSON object."`
	AsOf string   `placeholder:"DATE" help:"Place dates as of this day (YYYY-MM-DD) instead of today." name:"as-of"`
}

// Help is the long text of `touchstone mrz --help`.
func (mrzCmd) Help() string {
	return `Every field is shown as printed and as meant, every check digit beside the
computed one. A dot stands below each character that no check digit covers.

Exit codes:
  0  everything agrees
  1  something does not agree, or the lines have no known format
  3  wrong usage

Examples:
  touchstone mrz 'I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<|D231458907UTO7408122F1204159<<<<<<<6'
  touchstone mrz --json - < zone.txt`
}

// Run explains one zone.
func (c *mrzCmd) Run(std streams) error {
	asOf, err := dayOf(c.AsOf, time.Now())
	if err != nil {
		return err
	}
	typed := strings.Join(c.Text, "|")
	if typed == "-" {
		b, err := io.ReadAll(io.LimitReader(std.in, 1<<16))
		if err != nil {
			return fmt.Errorf("read standard input: %w", err)
		}
		typed = string(b)
	}
	t := explain.Read(typed)
	if len(t.Lines) == 0 {
		return errors.New("there is no text; give the lines of a zone, joined with |")
	}
	e := t.Explain(asOf)
	if err := c.print(e, std.out); err != nil {
		return fmt.Errorf("print the answer: %w", err)
	}
	if !e.Agrees {
		return exitError{exitReview}
	}
	return nil
}

func (c *mrzCmd) print(e explain.Explanation, out io.Writer) error {
	if c.JSON {
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		return enc.Encode(e)
	}
	f, ok := out.(*os.File)
	p := tablePrinter{out, ok && term.IsTerminal(int(f.Fd())) && os.Getenv("NO_COLOR") == ""}
	return p.explained(e)
}

// explained prints a zone for people.
func (p tablePrinter) explained(e explain.Explanation) error {
	var b strings.Builder
	switch {
	case e.Format == mrz.Unknown:
		b.WriteString(p.paint("\x1b[33m", "No known format"))
	case e.Agrees:
		b.WriteString(string(e.Format) + ", " + p.paint("\x1b[32m", "everything agrees"))
	default:
		b.WriteString(string(e.Format) + ", " + p.paint("\x1b[31m", "something does not agree"))
	}
	b.WriteByte('\n')
	if len(e.Typed) > 0 {
		fmt.Fprintf(&b, "  as typed, but: %s\n", strings.Join(e.Typed, ", "))
	}
	b.WriteByte('\n')
	for i, line := range e.Lines {
		fmt.Fprintf(&b, "  %s\n", line)
		if i < len(e.Characters) {
			fmt.Fprintf(&b, "  %s\n", p.paint("\x1b[2m", dots(e.Characters[i])))
		}
	}
	if len(e.Characters) > 0 {
		b.WriteString("  · no check digit covers this character\n\n")
	}
	for _, f := range e.Fields {
		p.explainedField(&b, f)
	}
	for _, s := range e.Disagreements {
		fmt.Fprintf(&b, "  %s %s\n", p.paint("\x1b[31m", "✗"), s)
	}
	_, err := io.WriteString(p.w, b.String())
	return err
}

// dots marks the characters that no check digit covers.
func dots(row []explain.Character) string {
	var b strings.Builder
	for _, c := range row {
		if len(c.By) == 0 {
			b.WriteRune('·')
		} else {
			b.WriteByte(' ')
		}
	}
	return strings.TrimRight(b.String(), " ")
}

func (p tablePrinter) explainedField(b *strings.Builder, f explain.Field) {
	sign, color := "–", "\x1b[2m"
	digit := ""
	if d := f.CheckDigit; d != nil {
		switch digit = "check digit " + d.Printed; {
		case d.State == mrz.Verified:
			sign, color = mark(pipeline.OK)
		case d.State.Wrong():
			sign, color = mark(pipeline.Fail)
			digit += ", computed " + d.Computed
		}
	}
	line := fmt.Sprintf("%s %-21s %-39s %-30s %s", p.paint(color, sign), text.Field(string(f.Name)), f.Raw, f.Value, digit)
	if f.Note != "" {
		line = strings.TrimRight(line, " ") + "  (" + f.Note + ")"
	}
	fmt.Fprintf(b, "  %s\n", strings.TrimRight(line, " "))
}
