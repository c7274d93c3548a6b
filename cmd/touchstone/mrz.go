package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/term"

	"touchstone.internal/pipeline"
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

// explained is a typed zone with everything that can be said of it. Others
// script against its names.
type explained struct {
	Format        mrz.Format       `json:"format"`
	Lines         []string         `json:"lines"`
	Typed         []string         `json:"typed,omitempty"` // how the text was changed to be read
	Agrees        bool             `json:"agrees"`
	Disagreements []string         `json:"disagreements"`
	Fields        []explainedField `json:"fields"`
	Characters    [][]protected    `json:"characters"`
}

// explainedField is one field, or the composite check digit.
type explainedField struct {
	Name       mrz.FieldName               `json:"name"`
	Raw        string                      `json:"raw"`
	Value      string                      `json:"value"`
	Note       string                      `json:"note,omitempty"`
	Faults     []int                       `json:"faults,omitempty"` // positions in Raw from 1
	CheckDigit *pipeline.CheckDigitReading `json:"check_digit,omitempty"`
}

// protected is what the check digits say of one character.
type protected struct {
	Character string          `json:"character"`
	State     mrz.DigitState  `json:"state"`
	By        []mrz.FieldName `json:"by,omitempty"`
	Blind     string          `json:"blind,omitempty"` // others that would pass unseen
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
	lines, changes := tidy(typed)
	if len(lines) == 0 {
		return errors.New("there is no text; give the lines of a zone, joined with |")
	}
	e := explain(lines, asOf)
	e.Typed = changes
	if err := c.print(e, std.out); err != nil {
		return fmt.Errorf("print the answer: %w", err)
	}
	if !e.Agrees {
		return exitError{exitReview}
	}
	return nil
}

func (c *mrzCmd) print(e explained, out io.Writer) error {
	if c.JSON {
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		return enc.Encode(e)
	}
	f, ok := out.(*os.File)
	p := tablePrinter{out, ok && term.IsTerminal(int(f.Fd())) && os.Getenv("NO_COLOR") == ""}
	return p.explained(e)
}

// tidy makes lines of what was typed, and says what it changed: lower case,
// spaces, fillers of another shape, and lines that were not parted. A character
// that no zone has becomes a question mark.
func tidy(typed string) (lines, changes []string) {
	said := func(what string) {
		if !slices.Contains(changes, what) {
			changes = append(changes, what)
		}
	}
	for line := range strings.FieldsFuncSeq(typed, func(r rune) bool { return r == '|' || r == '\n' || r == '\r' }) {
		var b strings.Builder
		for _, r := range strings.TrimSpace(line) {
			switch upper := unicode.ToUpper(r); {
			case unicode.IsSpace(r):
				said("spaces left out")
			case r == '«':
				said("« read as <<")
				b.WriteString("<<")
			case r == '‹':
				said("‹ read as <")
				b.WriteByte(mrz.Filler)
			case upper >= utf8.RuneSelf || !mrz.Valid(byte(upper)): //nolint:gosec // the first condition bounds it
				said("? for a character that no zone has")
				b.WriteByte('?')
			default:
				if upper != r {
					said("lower case raised")
				}
				b.WriteByte(byte(upper)) //nolint:gosec // bounded above
			}
		}
		if b.Len() > 0 {
			lines = append(lines, b.String())
		}
	}
	if cut := part(lines); cut != nil {
		said("one line parted")
		lines = cut
	}
	return lines, changes
}

// part cuts a single line whose length only several lines of a zone have; nil
// if there is nothing to cut.
func part(lines []string) (cut []string) {
	if len(lines) != 1 {
		return nil
	}
	s := lines[0]
	for _, n := range map[int][]int{72: {36, 36}, 88: {44, 44}, 90: {30, 30, 30}, 69: {9, 30, 30}}[len(s)] {
		cut, s = append(cut, s[:n]), s[n:]
	}
	return cut
}

// explain says everything of a zone.
func explain(lines []string, asOf time.Time) explained {
	z := mrz.Parse(lines)
	e := explained{Format: z.Format, Lines: lines, Disagreements: []string{}, Fields: []explainedField{}, Characters: [][]protected{}}
	if z.Format == mrz.Unknown {
		e.disagree("%s: no known format has lines of this number, length and beginning", widths(lines))
		return e
	}
	for _, f := range z.Fields() {
		e.field(f, asOf)
	}
	if d := z.Composite; d.State != mrz.NotPrinted {
		e.field(mrz.Field{Name: mrz.Composite, Raw: string(rune(d.Printed)), Digit: d}, asOf)
	}
	e.code(&z, asOf)
	for i, line := range lines {
		row := make([]protected, len(line))
		for j := range row {
			p := z.Protection(i, j)
			row[j] = protected{line[j : j+1], p.State, p.By, p.Blind}
		}
		e.Characters = append(e.Characters, row)
	}
	e.Agrees = len(e.Disagreements) == 0
	return e
}

func (e *explained) disagree(format string, args ...any) {
	e.Disagreements = append(e.Disagreements, fmt.Sprintf(format, args...))
}

// field explains one field and collects what is wrong with it.
func (e *explained) field(f mrz.Field, asOf time.Time) {
	word := text.Field(string(f.Name))
	x := explainedField{Name: f.Name, Raw: f.Raw, Value: pipeline.ValueOf(f, asOf), Note: note(f, asOf)}
	if f.Name == mrz.Composite {
		x.Value = ""
	}
	for _, i := range f.Faults() {
		x.Faults = append(x.Faults, i+1)
		e.disagree("%s: %c cannot be character %d", word, f.Raw[i], i+1)
	}
	if d := f.Digit; d.At.To > 0 {
		x.CheckDigit = &pipeline.CheckDigitReading{Printed: string(rune(d.Printed)), Computed: string(rune(d.Computed)), State: d.State}
		if d.State.Wrong() {
			e.disagree("%s: check digit %c is printed, %c is computed", word, d.Printed, d.Computed)
		}
	}
	if d, ok := mrz.ParseDate(f.Raw); ok && mrz.KindOf(f.Name) == mrz.Digits && !d.Possible() {
		e.disagree("%s: %s is no day of the calendar", word, f.Raw)
	}
	if isState(f.Name) && !f.Empty() && !mrz.StandingOf(f.Raw).Lawful() {
		e.disagree("%s: %s is not on the international list", word, f.Text())
	}
	e.Fields = append(e.Fields, x)
}

// code judges the document code, for which the date of expiry must be known.
func (e *explained) code(z *mrz.Zone, asOf time.Time) {
	code, _ := z.Field(mrz.DocumentCode)
	expiry, _ := z.Field(mrz.DateOfExpiry)
	var expires time.Time
	if days := pipeline.Days(expiry, asOf); len(days) > 0 {
		expires = days[0]
	}
	switch mrz.JudgeCode(z.Format, code.Text(), expires) {
	case mrz.CodeFits:
	case mrz.CodeOutdated:
		e.disagree("document code: %s cannot stand on a document that expires in 2038 or later", code.Text())
	default:
		e.disagree("document code: %s cannot stand on a %s", code.Text(), z.Format)
	}
}

// note is what is worth knowing of a field beside its value.
func note(f mrz.Field, asOf time.Time) string {
	switch name, known := mrz.DocumentType(f.Text()); {
	case f.Name == mrz.DocumentCode && known:
		return name
	case f.Name == mrz.NameOfHolder && mrz.ParseName(f.Raw).Irregular:
		return "fillers stand where no rule puts them"
	case f.Name == mrz.NameOfHolder && mrz.ParseName(f.Raw).Truncated:
		return "fills its field, so it may be truncated"
	case f.Name == mrz.DocumentNumber && len(f.Spans) > 1:
		return "continues in the optional data"
	case f.Name == mrz.DateOfBirth && len(pipeline.Days(f, asOf)) > 1:
		return "fits two centuries"
	case isState(f.Name):
		return standing(f.Raw)
	}
	return ""
}

func isState(n mrz.FieldName) bool { return n == mrz.IssuingState || n == mrz.Nationality }

// standing says what is special about a code.
func standing(code string) string {
	switch mrz.StandingOf(code) {
	case mrz.Special:
		return "no State: an organisation, a kind of nationality or a person without one"
	case mrz.Withdrawn:
		_, until := mrz.Years(code)
		return fmt.Sprintf("on the list until %d", until)
	case mrz.Utopia:
		return "samples only"
	default:
		return ""
	}
}

// widths says how many characters each line has: "lines of 44 and 43".
func widths(lines []string) string {
	ns := make([]string, len(lines))
	for i, s := range lines {
		ns[i] = fmt.Sprint(len(s))
	}
	if len(ns) == 1 {
		return "one line of " + ns[0]
	}
	return "lines of " + strings.Join(ns[:len(ns)-1], ", ") + " and " + ns[len(ns)-1]
}

// explained prints a zone for people.
func (p tablePrinter) explained(e explained) error {
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
func dots(row []protected) string {
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

func (p tablePrinter) explainedField(b *strings.Builder, f explainedField) {
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
