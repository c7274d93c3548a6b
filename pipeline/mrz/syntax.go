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

// What a character is, as bits, so that a kind is a set of them.
const (
	isLetter uint8 = 1 << iota
	isDigit
	isFiller
	isSex
)

// classes gives the bits of every character; none if it cannot stand in a zone
// (Doc 9303-3, 4.3).
var classes = func() (c [256]uint8) { //nolint:gochecknoglobals // a table of the standard, never written
	for i := range 26 {
		c['A'+i] = isLetter
	}
	for i := range 10 {
		c['0'+i] = isDigit
	}
	c[Filler] = isFiller
	c['F'], c['M'] = isLetter|isSex, isLetter|isSex
	return c
}()

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
func (k Kind) Allows(c byte) bool { return classes[c]&k.set() != 0 }

func (k Kind) set() uint8 {
	return [...]uint8{
		Any: isLetter | isDigit | isFiller, Letters: isLetter | isFiller, Digits: isDigit | isFiller, SexMark: isSex | isFiller,
	}[k]
}

// Faults gives the positions, from 0 within Raw, of the characters that cannot
// be there. A date's parts are either two digits or two fillers
// (Doc 9303-3, 4.8); codes begin with a letter and hold no filler inside. The
// second character of a document code is at the issuer's discretion on cards,
// and issuers number theirs (Doc 9303-5 and -6, note k).
func (f Field) Faults() []int {
	var at []int
	for i := range len(f.Raw) {
		if f.fault(i) {
			at = append(at, i)
		}
	}
	return at
}

// fault judges one character.
func (f Field) fault(i int) bool {
	switch c := f.Raw[i]; {
	case f.numbered && i == 1 && classes[c] == isDigit:
		return false
	case c == Filler:
		return f.half(i) || f.gap(i)
	default:
		return !KindOf(f.Name).Allows(c)
	}
}

// half tells whether a filler of a date stands beside a digit of its part.
func (f Field) half(i int) bool {
	return KindOf(f.Name) == Digits && i^1 < len(f.Raw) && f.Raw[i^1] != Filler
}

// gap tells whether a filler of a code stands before a letter.
func (f Field) gap(i int) bool {
	switch f.Name {
	case DocumentCode, IssuingState, Nationality:
		return i == 0 && f.Name == DocumentCode || !onlyFiller(f.Raw[i:])
	default:
		return false
	}
}

// gapped tells whether a code has a filler before a letter anywhere.
func (f Field) gapped() bool {
	for i := range len(f.Raw) {
		if f.Raw[i] == Filler && f.gap(i) {
			return true
		}
	}
	return false
}
