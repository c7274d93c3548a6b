package page

import (
	"fmt"
	"slices"
	"strings"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/explain"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/text"
)

// typedZone is a typed zone, ready to be shown.
type typedZone struct {
	*explain.Explanation
	Kind      string      // the documents that have the format
	Rows      []typedLine // of the zone
	Covered   bool        // a check digit covers something
	Uncovered []string    // what no check digit covers, in words
	Cells     []typedField
}

// typedLine is one line of a zone in runs of characters of one sort.
type typedLine struct {
	Number int
	Ruler  string
	Runs   []typedRun
}

// typedRun is characters side by side that a check digit covers, or that none
// does: then it has a name for who does not see the line below them.
type typedRun struct{ Text, Name string }

// typedField is a row of the table of fields.
type typedField struct {
	Name             mrz.FieldName
	Raw, Value, Note string
	CheckDigit       *pipeline.CheckDigitReading
	Overall          bool   // only the overall check digit covers it
	Unseen           string // exchanges that its check digits do not see
}

// documentKinds says which documents have a format.
var documentKinds = map[mrz.Format]string{ //nolint:gochecknoglobals // a table, never written
	mrz.TD1: "identity card with 3 lines", mrz.TD2: "identity card with 2 lines", mrz.TD3: "passport", mrz.MRVA: "visa of full size", mrz.MRVB: "small visa",
	mrz.FRID: "French identity card of 1988 to 2021", mrz.FRDL: "French driving licence", mrz.IDL: "driving licence",
	mrz.CHDL: "driving licence of Switzerland or Liechtenstein",
}

// typedOf prepares what was said of a zone.
func typedOf(e *explain.Explanation) typedZone {
	z := mrz.Parse(e.Lines)
	t := typedZone{Explanation: e, Kind: documentKinds[e.Format]}
	for i, line := range e.Characters {
		row := typedLine{Number: i + 1, Ruler: ruler(len(line))}
		for from := 0; from < len(line); {
			to := from + 1
			for to < len(line) && covered(line[to]) == covered(line[from]) {
				to++
			}
			t.Covered = t.Covered || covered(line[from])
			run := typedRun{Text: e.Lines[i][from:to]}
			if !covered(line[from]) {
				where := fmt.Sprintf("Line %d, %s", i+1, positions(from, to))
				run.Name = where + ", no check digit"
				t.Uncovered = append(t.Uncovered, where+among(&z, mrz.Span{Line: i, From: from, To: to}))
			}
			row.Runs = append(row.Runs, run)
			from = to
		}
		t.Rows = append(t.Rows, row)
	}
	for _, f := range e.Fields {
		t.Cells = append(t.Cells, t.cell(f, &z))
	}
	return t
}

func covered(c explain.Character) bool { return len(c.By) > 0 }

// ruler numbers positions: the last digit of a number stands above its
// position.
func ruler(n int) string {
	var b strings.Builder
	b.WriteByte('1')
	for i := 10; i <= n; i += 10 {
		fmt.Fprintf(&b, "%*d", i-b.Len(), i)
	}
	return b.String()
}

func positions(from, to int) string {
	if to-from == 1 {
		return fmt.Sprintf("position %d", to)
	}
	return fmt.Sprintf("positions %d to %d", from+1, to)
}

// among names the fields that a run of characters belongs to.
func among(z *mrz.Zone, run mrz.Span) string {
	var names []string
	for _, f := range z.Fields() {
		if slices.ContainsFunc(f.Spans, func(s mrz.Span) bool { return s.Line == run.Line && s.From < run.To && run.From < s.To }) {
			names = append(names, text.Field(string(f.Name)))
		}
	}
	if names == nil {
		return ""
	}
	return ": " + strings.Join(names, ", ")
}

// cell prepares a field. What stands at its place tells what its check digits
// do not see.
func (t *typedZone) cell(f explain.Field, z *mrz.Zone) typedField {
	c := typedField{Name: f.Name, Raw: f.Raw, Value: f.Value, Note: f.Note, CheckDigit: f.CheckDigit}
	if f.Name == mrz.Composite {
		return c
	}
	field, _ := z.Field(f.Name)
	var unseen []string
	for _, s := range field.Spans {
		for _, ch := range t.Characters[s.Line][s.From:s.To] {
			if !covered(ch) {
				c.Unseen = "Any exchange: no check digit covers it"
				return c
			}
			c.Overall = c.CheckDigit == nil && slices.Contains(ch.By, mrz.Composite)
			if said := ch.Character + " for " + either(ch.Blind); ch.Blind != "" && !slices.Contains(unseen, said) {
				unseen = append(unseen, said)
			}
		}
	}
	c.Unseen = strings.Join(unseen, "; ")
	return c
}

// either lists characters: "I", "I or S", "1, B or V".
func either(chars string) string {
	all := strings.Split(chars, "")
	if len(all) < 2 {
		return chars
	}
	return strings.Join(all[:len(all)-1], ", ") + " or " + all[len(all)-1]
}
