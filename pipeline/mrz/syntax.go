package mrz

// Kind is what characters a field may hold, fillers apart.
type Kind uint8

// The kinds of field content.
const (
	Any     Kind = iota // letters and digits
	Letters             // A to Z
	Digits              // 0 to 9
	SexMark             // F or M
)

// KindOf gives what a field may hold (Doc 9303-4 to -7, the tables of data
// elements in section 4.2.2).
func KindOf(n FieldName) Kind {
	switch n {
	case DocumentCode, IssuingState, NameOfHolder, SecondaryIdentifier, Nationality:
		return Letters
	case DateOfBirth, DateOfExpiry:
		return Digits
	case Sex:
		return SexMark
	default:
		return Any
	}
}

// Allows tells whether c may stand in a field of this kind.
func (k Kind) Allows(c byte) bool {
	letter, digit := c >= 'A' && c <= 'Z', c >= '0' && c <= '9'
	switch k {
	case Letters:
		return letter || c == Filler
	case Digits:
		return digit || c == Filler
	case SexMark:
		return c == 'F' || c == 'M' || c == Filler
	default:
		return letter || digit || c == Filler
	}
}

// Faults gives the positions, from 0 within Raw, of the characters that cannot
// be there. A date's parts are either two digits or two fillers
// (Doc 9303-3, 4.8); codes begin with a letter and hold no filler inside.
func (f Field) Faults() []int {
	var at []int
	k := KindOf(f.Name)
	for i := range len(f.Raw) {
		if !k.Allows(f.Raw[i]) || f.half(i) || f.gap(i) {
			at = append(at, i)
		}
	}
	return at
}

// half tells whether a filler of a date stands beside a digit of its part.
func (f Field) half(i int) bool {
	if KindOf(f.Name) != Digits || f.Raw[i] != Filler {
		return false
	}
	return i^1 < len(f.Raw) && f.Raw[i^1] != Filler
}

// gap tells whether a filler of a code stands before a letter.
func (f Field) gap(i int) bool {
	if f.Raw[i] != Filler {
		return false
	}
	switch f.Name {
	case DocumentCode, IssuingState, Nationality:
		return i == 0 && f.Name == DocumentCode || !onlyFiller(f.Raw[i:])
	default:
		return false
	}
}
