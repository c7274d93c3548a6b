package mrz

import (
	"slices"
	"strings"
)

// Parse takes the lines of a zone, top to bottom, and gives everything that
// stands in them. It never stops at a fault: a wrong or missing check digit
// and a character out of place are part of the answer. Lines of no known shape
// give a Zone of Unknown format without fields.
func Parse(lines []string) Zone {
	z := Zone{Format: FormatOf(lines), Lines: slices.Clone(lines), Composite: Digit{State: NotPrinted}}
	l, ok := LayoutOf(z.Format)
	if !ok {
		return z
	}
	z.Fields = make([]Field, len(l.Places))
	spans := make([]Span, len(l.Places))
	for i, p := range l.Places {
		spans[i] = p.Span
		z.Fields[i] = Field{Name: p.Name, Spans: spans[i : i+1 : i+1], Raw: z.Text(p.Span), Digit: Digit{State: NotPrinted}}
		if p.Check.To > 0 {
			z.Fields[i].Digit = z.digit(p.Check, z.Fields[i].Raw)
		}
	}
	if l.Format == TD1 || l.Format == TD2 {
		z.continueNumber()
	}
	if len(l.CompositeOver) > 0 {
		z.Composite = z.composite(l)
	}
	return z
}

// digit compares the character at a span with what it should be.
func (z Zone) digit(at Span, over ...string) Digit {
	d := Digit{At: at, Printed: z.Text(at)[0], Computed: CheckDigit(over...)}
	d.State = state(d.Printed, d.Computed, onlyFiller(over...))
	return d
}

// state judges a printed check digit. A filler beside an empty field says
// nothing: Doc 9303-4, 4.2.2 allows it for the personal number, and issuers
// use it for an empty date of expiry too.
func state(printed, computed byte, empty bool) DigitState {
	switch {
	case printed == Filler && empty:
		return NotPrinted
	case printed < '0' || printed > '9':
		return Unreadable
	case printed == computed:
		return Verified
	}
	return Refuted
}

func onlyFiller(parts ...string) bool {
	for _, p := range parts {
		for i := range len(p) {
			if p[i] != Filler {
				return false
			}
		}
	}
	return true
}

// composite covers the fields that the layout names, digits included.
func (z Zone) composite(l Layout) Digit {
	var over [4]string
	n := 0
	for _, s := range l.CompositeOver {
		over[n] = z.Text(s)
		n++
	}
	return z.digit(l.CompositeAt, over[:n]...)
}

// continueNumber recognises a document number of more than nine characters:
// nine fill the field, a filler stands in place of the check digit, and the
// rest with its check digit opens the optional data, closed by a filler
// (Doc 9303-5, 4.2.2.1 note j; -6 likewise). Issuers read the note in two ways,
// with and without counting that filler; a digit that fits either is verified.
func (z Zone) continueNumber() {
	number, optional := z.index(DocumentNumber), z.index(OptionalData)
	f, o := &z.Fields[number], &z.Fields[optional]
	if f.Digit.Printed != Filler || f.Raw[len(f.Raw)-1] == Filler {
		return
	}
	tail, _, _ := strings.Cut(o.Raw, string(Filler))
	if len(tail) < 2 {
		return
	}
	s, end := o.Spans[0], o.Spans[0].From+len(tail)
	rest := tail[:len(tail)-1]
	d := z.digit(Span{s.Line, end - 1, end}, f.Raw, rest)
	if other := CheckDigit(f.Raw, string(Filler), rest); d.State == Refuted && d.Printed == other {
		d.Computed, d.State = other, Verified
	}
	f.Raw += rest
	f.Spans = []Span{f.Spans[0], {s.Line, s.From, end - 1}}
	f.Digit = d
	o.Spans[0].From = end
	o.Raw = o.Raw[len(tail):]
}

func (z Zone) index(n FieldName) int {
	return slices.IndexFunc(z.Fields, func(f Field) bool { return f.Name == n })
}

// Text is a field's raw text as people write it: fillers at the ends gone,
// fillers inside as spaces.
func (f Field) Text() string {
	return strings.ReplaceAll(strings.Trim(f.Raw, string(Filler)), string(Filler), " ")
}

// Empty tells whether the field holds nothing but fillers.
func (f Field) Empty() bool { return onlyFiller(f.Raw) }

// Name is the name of the holder, split.
type Name struct {
	Primary, Secondary string // components separated by one space
	// Truncated: the field ends in a letter, so the name may go on
	// (Doc 9303-3, 4.6).
	Truncated bool
}

// ParseName splits a name field at the first double filler (Doc 9303-3, 4.6).
// A name without one has a primary identifier only.
func ParseName(raw string) Name {
	primary, secondary, _ := strings.Cut(strings.TrimLeft(raw, string(Filler)), "<<")
	return Name{
		Primary:   components(primary),
		Secondary: components(secondary),
		Truncated: raw != "" && raw[len(raw)-1] != Filler,
	}
}

func components(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == Filler }), " ")
}
