package mrz

import (
	"slices"
	"strings"
)

// DigitState is what a check digit says of the characters it covers.
type DigitState string

// The states of a check digit.
const (
	Verified   DigitState = "verified"    // printed and computed agree
	Refuted    DigitState = "refuted"     // they differ
	NotPrinted DigitState = "not_printed" // the format has none here, or the field is empty and it is a filler
	Unreadable DigitState = "unreadable"  // what stands there is no digit
)

// Wrong tells whether the digit speaks against what it covers.
func (s DigitState) Wrong() bool { return s == Refuted || s == Unreadable }

// Field is one field as it stands in the zone.
type Field struct {
	Name  FieldName
	Spans []Span // usually one; a long document number continues in the optional data
	Raw   string // as printed, fillers included
	Digit Digit

	over     Span // what the digit covers beside, or instead of, the spans
	numbered bool // a document code whose second character may be a digit
}

// Covered gives what must be read right for the check digit to mean anything:
// all that it covers, and itself. None if the field has no digit of its own.
func (f Field) Covered() []Span {
	switch {
	case f.Digit.At.To == 0:
		return nil
	case f.over.To > 0:
		return []Span{f.over, f.Digit.At}
	}
	return append(slices.Clip(f.Spans), f.Digit.At)
}

// Text is a field's raw text as people write it: fillers at the ends gone,
// fillers inside as spaces.
func (f Field) Text() string {
	return strings.ReplaceAll(strings.Trim(f.Raw, string(Filler)), string(Filler), " ")
}

// Empty tells whether the field holds nothing but fillers.
func (f Field) Empty() bool { return onlyFiller(f.Raw) }

func onlyFiller(s string) bool {
	for i := range len(s) {
		if s[i] != Filler {
			return false
		}
	}
	return true
}

// Digit is a printed check digit beside the computed one.
type Digit struct {
	At       Span
	Printed  byte // 0 if the format has no place for it
	Computed byte
	State    DigitState
}

// Zone is a parsed machine readable zone. Format is Unknown if the lines have
// no known shape; then there are no fields. It is small and holds what had to
// be computed: the check digits. Fields puts the rest into words when asked.
type Zone struct {
	Format    Format
	Lines     []string // those that Parse was given; it keeps them and changes nothing
	Composite Digit    // State NotPrinted on visas

	layout   *Layout
	verdicts [maxDigits]verdict // of the fields that have a digit, in the order of the layout
	tail     int                // how far a long document number and its digit reach into the optional data
}

// verdict is a Digit without its place, which the layout knows.
type verdict struct {
	printed, computed byte
	state             DigitState
}

// maxDigits is how many fields of one format have a check digit of their own;
// TD3 has most.
const maxDigits = 4

// Fields gives all fields in the order in which they stand; none if the format
// is unknown.
func (z *Zone) Fields() []Field {
	if z.layout == nil {
		return nil
	}
	fields := make([]Field, len(z.layout.Places))
	digit := 0
	for i := range z.layout.Places {
		fields[i] = z.field(i, digit)
		if z.layout.Places[i].Check.To > 0 {
			digit++
		}
	}
	return fields
}

// Field finds a field by its name.
func (z *Zone) Field(n FieldName) (f Field, ok bool) {
	if z.layout == nil {
		return Field{}, false
	}
	digit := 0
	for i := range z.layout.Places {
		p := &z.layout.Places[i]
		if p.Name == n {
			return z.field(i, digit), true
		}
		if p.Check.To > 0 {
			digit++
		}
	}
	return Field{}, false
}

// field puts one place of the layout into words; digit counts the places before
// it that have a check digit.
func (z *Zone) field(place, digit int) Field {
	p := &z.layout.Places[place]
	s := p.Span
	f := Field{Name: p.Name, Digit: Digit{State: NotPrinted}, over: p.Over, numbered: p.Name == DocumentCode && z.layout.Numbered}
	if p.Check.To > 0 {
		v := z.verdicts[digit]
		f.Digit = Digit{At: p.Check, Printed: v.printed, Computed: v.computed, State: v.state}
	}
	if p.Name == OptionalData {
		s.From += z.tail
	}
	f.Spans, f.Raw = []Span{s}, z.Text(s)
	if p.Name == DocumentNumber && z.tail > 0 {
		rest := z.layout.place(OptionalData).Span
		rest.To = rest.From + z.tail - 1
		f.Digit.At = Span{rest.Line, rest.To, rest.To + 1}
		f.Spans, f.Raw = append(f.Spans, rest), f.Raw+z.Text(rest)
	}
	return f
}

// Text gives the characters of a span; empty if it lies outside.
func (z *Zone) Text(s Span) string {
	if s.Line < 0 || s.Line >= len(z.Lines) || s.From < 0 || s.To > len(z.Lines[s.Line]) || s.From > s.To {
		return ""
	}
	return z.Lines[s.Line][s.From:s.To]
}

// Conforms tells whether nothing in the zone is wrong by itself: a known
// format, no character out of place, every printed check digit right. What the
// fields say is not asked: dates, codes and names have their own rules.
func (z *Zone) Conforms() bool {
	if z.layout == nil || z.Composite.State.Wrong() {
		return false
	}
	for i := range z.verdicts {
		if z.verdicts[i].state.Wrong() {
			return false
		}
	}
	for i := range z.layout.Places {
		p := &z.layout.Places[i] // a long number and what follows it in the optional data hold the same characters
		if !clean(p, z.layout.Numbered, z.Lines[p.Span.Line][p.Span.From:p.Span.To]) {
			return false
		}
	}
	return true
}

// clean tells whether a field has no fault. Most have none, so the sets are
// asked first and the rules of Faults only where a filler or another character
// of no set stands.
func clean(p *Place, numbered bool, raw string) bool {
	set := p.set
	for i := range len(raw) {
		if classes[raw[i]]&set == 0 {
			f := Field{Name: p.Name, Raw: raw, numbered: numbered && p.Name == DocumentCode}
			return !f.faulty()
		}
	}
	return true
}

func (f *Field) faulty() bool {
	for i := range len(f.Raw) {
		if f.fault(i) {
			return true
		}
	}
	return false
}
