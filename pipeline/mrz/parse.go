package mrz

import "strings"

// Parse takes the lines of a zone, top to bottom, and gives everything that
// stands in them. It never stops at a fault: a wrong or missing check digit
// and a character out of place are part of the answer. Lines of no known shape
// give a Zone of Unknown format without fields. It allocates nothing.
func Parse(lines []string) Zone {
	z := Zone{Lines: lines, Composite: Digit{State: NotPrinted}, layout: layoutOf(lines)}
	if z.layout == nil {
		return z
	}
	z.Format = z.layout.Format
	n := 0
	for i := range z.layout.Places {
		p := &z.layout.Places[i]
		if p.Check.To == 0 {
			continue
		}
		v := &z.verdicts[n]
		n++
		v.computed = z.sum(p.over[:])
		v.judge(z.Lines[p.Check.Line][p.Check.From], z.empty(p.over[:]))
		if v.printed == Filler && p.Name == DocumentNumber && z.layout.LongNumber {
			z.continueNumber(v, p.Span)
		}
	}
	if at := z.layout.CompositeAt; at.To > 0 {
		over := z.layout.CompositeOver
		v := verdict{computed: z.sum(over)}
		v.judge(z.Lines[at.Line][at.From], z.empty(over))
		z.Composite = Digit{At: at, Printed: v.printed, Computed: v.computed, State: v.state}
	}
	return z
}

// sum computes the check digit over some spans.
func (z *Zone) sum(over []Span) byte {
	var s sum
	for i := range over {
		o := &over[i]
		s.add(z.Lines[o.Line][o.From:o.To])
	}
	return s.digit()
}

// empty tells whether nothing but fillers stands in the spans.
func (z *Zone) empty(over []Span) bool {
	for i := range over {
		o := &over[i]
		if !onlyFiller(z.Lines[o.Line][o.From:o.To]) {
			return false
		}
	}
	return true
}

// judge compares what is printed with what was computed. A filler beside
// nothing but fillers says nothing: Doc 9303-4, 4.2.2 allows it for the
// personal number, and issuers use it for an empty date of expiry too.
func (v *verdict) judge(printed byte, empty bool) {
	v.printed = printed
	switch {
	case printed == v.computed:
		v.state = Verified
	case printed == Filler && empty:
		v.state = NotPrinted
	case classes[printed] != isDigit:
		v.state = Unreadable
	default:
		v.state = Refuted
	}
}

// continueNumber recognises a document number of more than nine characters:
// nine fill the field, a filler stands in place of the check digit, and the
// rest with its check digit opens the optional data, closed by a filler or by
// the end of the data (Doc 9303-5, 4.2.2.1 note j; -6 likewise). Issuers read
// the note in two ways, with and without counting the filler in the middle; a
// digit that fits either is verified.
func (z *Zone) continueNumber(v *verdict, number Span) {
	head, optional := z.Text(number), z.Text(z.layout.place(OptionalData).Span)
	tail, _, _ := strings.Cut(optional, string(Filler))
	if head[len(head)-1] == Filler || len(tail) < 2 {
		return
	}
	rest, printed := tail[:len(tail)-1], tail[len(tail)-1]
	var s sum
	s.add(head)
	counted := s
	counted.one(Filler)
	s.add(rest)
	counted.add(rest)
	if v.computed = s.digit(); printed == counted.digit() {
		v.computed = printed
	}
	v.judge(printed, false)
	z.tail = len(tail)
}
