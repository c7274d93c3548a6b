package mrz

// Filler stands where a field has nothing to say.
const Filler = '<'

// Valid tells whether c may stand in a machine readable zone at all.
func Valid(c byte) bool { return classes[c] != 0 }

// weights of the digits of a sum, repeating (Doc 9303-3, 4.9).
const weights = "\x07\x03\x01"

// values is what a character counts: digits themselves, A to Z 10 to 35, the
// filler 0 (Doc 9303-3, 4.9). Anything else counts 0 too; syntax is not
// judged here.
var values = func() (v [256]uint8) { //nolint:gochecknoglobals // a table of the standard, never written
	for i := range 10 {
		v['0'+i] = uint8(i)
	}
	for i := range 26 {
		v['A'+i] = uint8(10 + i)
	}
	return v
}()

// CheckDigit computes the check digit over the parts, one after another:
// weights 7, 3, 1 repeating, modulo 10 (Doc 9303-3, 4.9).
func CheckDigit(parts ...string) byte {
	var s sum
	for _, p := range parts {
		s.add(p)
	}
	return s.digit()
}

// sum is a check digit under way.
type sum struct {
	total int
	at    int // which weight is next
}

// add counts in what stands next. Whole rounds of the three weights go
// together: a zone is summed up in a tenth of a microsecond.
func (s *sum) add(p string) {
	for s.at != 0 && p != "" {
		s.one(p[0])
		p = p[1:]
	}
	total := 0
	for len(p) >= len(weights) {
		total += 7*int(values[p[0]]) + 3*int(values[p[1]]) + int(values[p[2]])
		p = p[len(weights):]
	}
	s.total += total
	for i := range len(p) {
		s.one(p[i])
	}
}

func (s *sum) one(c byte) {
	s.total += int(values[c]) * int(weights[s.at])
	if s.at++; s.at == len(weights) {
		s.at = 0
	}
}

func (s *sum) digit() byte { return "0123456789"[s.total%10] }

// BlindClass gives the class, 0 to 9, of characters that no check digit tells
// apart: those that count the same modulo 10, since the weights 7, 3 and 1 all
// carry such a difference to nothing.
func BlindClass(c byte) int { return int(values[c] % 10) }

// Blind tells whether no check digit can see a and b exchanged: the filler for
// K, 6 for G, 8 for S, 1 for L.
func Blind(a, b byte) bool { return BlindClass(a) == BlindClass(b) }
