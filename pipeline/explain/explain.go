// Package explain says everything that can be said of a machine readable zone
// that somebody typed: each field as printed and as meant, each check digit
// beside the computed one, and what no check digit protects. It speaks of the
// text alone and never of the document that it was read from. The command `touchstone
// mrz`, the page of the desk and the API say the same because they ask here.
package explain

import (
	"fmt"
	"strings"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/text"
)

// Explanation is a typed zone with everything that can be said of it. Others
// script against its names.
type Explanation struct {
	Format        mrz.Format    `json:"format"`
	Lines         []string      `json:"lines"`
	Typed         []string      `json:"typed,omitempty"` // how the text was changed to be read
	Agrees        bool          `json:"agrees"`
	Disagreements []string      `json:"disagreements"`
	Fields        []Field       `json:"fields"`
	Characters    [][]Character `json:"characters"`
}

// Field is one field, or the composite check digit.
type Field struct {
	Name       mrz.FieldName               `json:"name"`
	Raw        string                      `json:"raw"`
	Value      string                      `json:"value"`
	Note       string                      `json:"note,omitempty"`
	Faults     []int                       `json:"faults,omitempty"` // positions in Raw from 1
	CheckDigit *pipeline.CheckDigitReading `json:"check_digit,omitempty"`
}

// Character is what the check digits say of one character.
type Character struct {
	Character string          `json:"character"`
	State     mrz.DigitState  `json:"state"`
	By        []mrz.FieldName `json:"by,omitempty"`
	Blind     string          `json:"blind,omitempty"` // others that would pass unseen
}

// Zone says everything of the lines of a zone. Dates are placed as of a day.
func Zone(lines []string, asOf time.Time) Explanation {
	z := mrz.Parse(lines)
	e := Explanation{Format: z.Format, Lines: lines, Disagreements: []string{}, Fields: []Field{}, Characters: [][]Character{}}
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
		row := make([]Character, len(line))
		for j := range row {
			p := z.Protection(i, j)
			row[j] = Character{line[j : j+1], p.State, p.By, p.Blind}
		}
		e.Characters = append(e.Characters, row)
	}
	e.Agrees = len(e.Disagreements) == 0
	return e
}

func (e *Explanation) disagree(format string, args ...any) {
	e.Disagreements = append(e.Disagreements, fmt.Sprintf(format, args...))
}

// field explains one field and collects what is wrong with it.
func (e *Explanation) field(f mrz.Field, asOf time.Time) {
	word := text.Field(string(f.Name))
	x := Field{Name: f.Name, Raw: f.Raw, Value: pipeline.ValueOf(f, asOf), Note: note(f, asOf)}
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
func (e *Explanation) code(z *mrz.Zone, asOf time.Time) {
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
	switch len(ns) {
	case 0:
		return "no line"
	case 1:
		return "one line of " + ns[0]
	}
	return "lines of " + strings.Join(ns[:len(ns)-1], ", ") + " and " + ns[len(ns)-1]
}
