package mrz

// DigitState is what a check digit says of the characters it covers.
type DigitState string

// The states of a check digit.
const (
	Verified   DigitState = "verified"    // printed and computed agree
	Refuted    DigitState = "refuted"     // they differ
	NotPrinted DigitState = "not_printed" // the format has none here, or the field is empty and it is a filler
	Unreadable DigitState = "unreadable"  // what stands there is no digit
)

// Field is one field as it stands in the zone.
type Field struct {
	Name  FieldName
	Spans []Span // usually one; a long document number continues in the optional data
	Raw   string // as printed, fillers included
	Digit Digit
}

// Digit is a printed check digit beside the computed one.
type Digit struct {
	At       Span
	Printed  byte // 0 if the format has no place for it
	Computed byte
	State    DigitState
}

// Zone is a parsed machine readable zone. Format is Unknown if the lines have
// no known shape; then there are no fields.
type Zone struct {
	Format    Format
	Lines     []string
	Fields    []Field
	Composite Digit // State NotPrinted on visas
}

// Field finds a field by its name.
func (z Zone) Field(n FieldName) (f Field, ok bool) {
	for _, f := range z.Fields {
		if f.Name == n {
			return f, true
		}
	}
	return Field{}, false
}

// Text gives the characters of a span; empty if it lies outside.
func (z Zone) Text(s Span) string {
	if s.Line < 0 || s.Line >= len(z.Lines) || s.From < 0 || s.To > len(z.Lines[s.Line]) || s.From > s.To {
		return ""
	}
	return z.Lines[s.Line][s.From:s.To]
}
