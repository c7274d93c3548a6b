package mrz

import (
	"slices"
	"strings"
)

// Protection is what the check digits say of one character.
type Protection struct {
	// State is that of the field's own check digit, or of the composite where
	// the field has none; NotPrinted if none covers the character.
	State DigitState
	By    []FieldName // whose digits cover it: the field's, then Composite
	// Blind are the other characters that could stand there unnoticed: those of
	// the same class, as far as the field allows them. Empty where no digit
	// covers the character, since then any other passes.
	Blind string
}

// alphabet is every character of a zone (Doc 9303-3, 4.3).
const alphabet = "<0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// Protection tells how one character is protected. A place outside the zone is
// not.
func (z *Zone) Protection(line, column int) Protection {
	p := Protection{State: NotPrinted}
	c := z.Text(Span{line, column, column + 1})
	if z.layout == nil || c == "" {
		return p
	}
	kind, digit := Any, at(z.Composite.At, line, column)
	for _, f := range z.Fields() {
		if at(f.Spans[0], line, column) {
			kind = KindOf(f.Name)
		}
		digit = digit || at(f.Digit.At, line, column)
		if f.Digit.State != NotPrinted && slices.ContainsFunc(f.Covered(), func(s Span) bool { return at(s, line, column) }) {
			p.State, p.By = f.Digit.State, append(p.By, f.Name)
		}
	}
	over := append(slices.Clip(z.layout.CompositeOver), z.Composite.At)
	if z.Composite.State != NotPrinted && slices.ContainsFunc(over, func(s Span) bool { return at(s, line, column) }) {
		if p.By = append(p.By, Composite); len(p.By) == 1 {
			p.State = z.Composite.State
		}
	}
	if len(p.By) > 0 && !digit { // no two digits are of one class
		p.Blind = classmates(c[0], kind)
	}
	return p
}

// classmates gives the other characters of a class that a field may hold.
func classmates(c byte, k Kind) string {
	var b strings.Builder
	for i := range len(alphabet) {
		if d := alphabet[i]; d != c && Blind(c, d) && k.Allows(d) {
			b.WriteByte(d)
		}
	}
	return b.String()
}

func at(s Span, line, column int) bool {
	return s.Line == line && column >= s.From && column < s.To
}
