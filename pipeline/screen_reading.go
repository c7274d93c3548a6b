package pipeline

import (
	"image"
	"strings"
	"time"

	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/text"
)

// Chars gives the characters of some spans of the zone, one after another.
func (z Zone) Chars(spans ...mrz.Span) []Char {
	var cs []Char
	for _, s := range spans {
		if s.Line < 0 || s.Line >= len(z.Lines) {
			continue
		}
		line := z.Lines[s.Line].Chars
		if s.From >= 0 && s.From <= s.To && s.To <= len(line) {
			cs = append(cs, line[s.From:s.To]...)
		}
	}
	return cs
}

// CertainAt tells whether every character of the spans may be relied upon.
func (z Zone) CertainAt(spans ...mrz.Span) bool {
	for _, c := range z.Chars(spans...) {
		if !c.Certain() {
			return false
		}
	}
	return true
}

// NoDoubt is the likelihood ratio of a misreading over a wrong print up to
// which a check digit is called wrong. On drawn captures, those of wrong prints lie
// below it and those of misreadings above.
const NoDoubt = 0.03

// Doubtless tells whether the pixels leave no doubt that the check digit of a
// field is printed as it was read, and what it covers too.
func (z Zone) Doubtless(n mrz.FieldName) bool {
	d := z.doubt(n)
	return d == nil || d.Misread <= NoDoubt
}

// BoxesAt gives a box around each span, in pixels of the original. Spans of
// which no character has a place are left out.
func (z Zone) BoxesAt(page int, label string, spans ...mrz.Span) []Box {
	boxes := []Box{}
	for _, s := range spans {
		if r := around(z.Chars(s)); !r.Empty() {
			b := BoxOf(r, label)
			b.Page = page
			boxes = append(boxes, b)
		}
	}
	return boxes
}

// Box is the box around the whole zone.
func (z Zone) Box(page int) Box {
	var r image.Rectangle
	for _, l := range z.Lines {
		r = r.Union(around(l.Chars))
	}
	b := BoxOf(r, "machine readable zone")
	b.Page = page
	return b
}

func around(cs []Char) image.Rectangle {
	var r image.Rectangle
	for _, c := range cs {
		r = r.Union(c.Box)
	}
	return r
}

func readPage(p Page, page int, asOf time.Time) PageReading {
	r := PageReading{Width: p.Width, Height: p.Height, Orientation: p.Orientation, Zones: []ZoneReading{}}
	for _, z := range p.Zones {
		r.Zones = append(r.Zones, readZone(z, page, asOf))
	}
	return r
}

func readZone(z Zone, page int, asOf time.Time) ZoneReading {
	r := ZoneReading{Format: z.MRZ.Format, Lines: []string{}, Certain: z.Certain(), Box: z.Box(page), Chars: [][]CharMark{}, Fields: []FieldReading{}}
	for _, l := range z.Lines {
		marks := make([]CharMark, len(l.Chars))
		for i, c := range l.Chars {
			marks[i] = mark(c)
		}
		r.Lines, r.Chars = append(r.Lines, l.Text()), append(r.Chars, marks)
	}
	for _, f := range z.MRZ.Fields() {
		r.Fields = append(r.Fields, readField(z, f, page, asOf))
	}
	if d := z.MRZ.Composite; d.At.To > 0 {
		f := mrz.Field{Name: mrz.Composite, Spans: []mrz.Span{d.At}, Raw: string(rune(d.Printed)), Digit: d}
		r.Fields = append(r.Fields, readField(z, f, page, asOf))
	}
	return r
}

func mark(c Char) CharMark {
	b := c.Box
	m := CharMark{Box: [4]int{b.Min.X, b.Min.Y, b.Dx(), b.Dy()}, Confidence: c.Confidence, Certain: c.Certain()}
	if c.RunnerUp != 0 {
		m.RunnerUp = string(rune(c.RunnerUp))
	}
	return m
}

func readField(z Zone, f mrz.Field, page int, asOf time.Time) FieldReading {
	label := text.Field(string(f.Name))
	r := FieldReading{Name: f.Name, Raw: f.Raw, Value: ValueOf(f, asOf), Certain: z.CertainAt(f.Spans...), Box: BoxOf(around(z.Chars(f.Spans...)), label)}
	r.Box.Page = page
	if d := f.Digit; d.At.To > 0 {
		r.CheckDigit = &CheckDigitReading{Printed: string(rune(d.Printed)), Computed: string(rune(d.Computed)), State: d.State, Doubt: z.doubtReading(f.Name)}
	}
	return r
}

// doubt finds what weighs the digit of a field; nil if it is not refuted.
func (z Zone) doubt(n mrz.FieldName) *Doubt {
	for i := range z.Doubts {
		if z.Doubts[i].Field == n {
			return &z.Doubts[i]
		}
	}
	return nil
}

func (z Zone) doubtReading(n mrz.FieldName) *DoubtReading {
	d := z.doubt(n)
	if d == nil {
		return nil
	}
	r := &DoubtReading{Misread: d.Misread, Changes: []ChangeReading{}}
	for _, c := range d.Changes {
		r.Changes = append(r.Changes, ChangeReading{Line: c.At.Line, Column: c.At.From, To: string(rune(c.To))})
	}
	return r
}

// ValueOf writes a field for people: fillers gone, the name with a comma, and
// a date as YYYY-MM-DD if it can be placed on the day of judging. A date of
// birth that fits two centuries gives both.
func ValueOf(f mrz.Field, asOf time.Time) string {
	switch f.Name {
	case mrz.NameOfHolder:
		n := mrz.ParseName(f.Raw)
		if n.Secondary == "" {
			return n.Primary
		}
		return n.Primary + ", " + n.Secondary
	case mrz.DateOfBirth, mrz.DateOfExpiry:
		if days := Days(f, asOf); len(days) > 0 {
			out := make([]string, len(days))
			for i, d := range days {
				out[i] = d.Format(time.DateOnly)
			}
			return strings.Join(out, " or ")
		}
	default:
	}
	return f.Text()
}

// Days gives the days that a date field can mean when it is judged on a day,
// the latest first; none for anything that is no date or not fully known, or
// if no day to judge on is given.
func Days(f mrz.Field, asOf time.Time) []time.Time {
	d, ok := mrz.ParseDate(f.Raw)
	switch {
	case !ok || asOf.IsZero():
		return nil
	case f.Name == mrz.DateOfBirth:
		return d.Birth(asOf)
	case f.Name == mrz.DateOfExpiry:
		return d.Expiry(asOf)
	}
	return nil
}
