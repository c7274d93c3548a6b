package mrz

import "strings"

// Expects tells whether c is what the standard puts at a place of the zone: a
// character of the kind of its field, a digit where a check digit stands, a
// first letter of a document code of this format. Fillers are expected
// everywhere but in the first place: empty fields are lawful. A place outside
// the zone expects nothing.
func (l Layout) Expects(line, column int, c byte) bool {
	switch {
	case line < 0 || line >= l.Lines || column < 0 || column >= l.width(line):
		return false
	case line == 0 && column < len(l.Prefix):
		return c == l.Prefix[column]
	case at(l.CompositeAt, line, column):
		return Digits.Allows(c)
	}
	for i := range l.Places {
		p := &l.Places[i]
		switch {
		case at(p.Check, line, column):
			return Digits.Allows(c)
		case at(p.Span, line, column):
			return l.fieldExpects(p, column-p.Span.From, c)
		}
	}
	return Any.Allows(c)
}

// fieldExpects is Expects within a field.
func (l Layout) fieldExpects(p *Place, i int, c byte) bool {
	if p.Name == DocumentCode && l.Format != CHDL {
		switch {
		case i == 0:
			firsts, ok := firstLetters[l.Format]
			return ok && strings.IndexByte(firsts, c) >= 0 || !ok && classes[c] == isLetter
		case l.Numbered:
			return Any.Allows(c)
		}
	}
	return KindOf(p.Name).Allows(c)
}
