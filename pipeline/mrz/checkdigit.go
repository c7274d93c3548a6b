package mrz

// Filler stands where a field has nothing to say.
const Filler = '<'

// Valid tells whether c may stand in a machine readable zone at all.
func Valid(c byte) bool {
	return c == Filler || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z'
}

// value is what a character counts: digits themselves, A to Z 10 to 35, the
// filler 0 (Doc 9303-3, 4.9). Anything else counts 0 too; syntax is not
// judged here.
func value(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'Z':
		return int(c-'A') + 10
	}
	return 0
}

// CheckDigit computes the check digit over the parts, one after another:
// weights 7, 3, 1 repeating, modulo 10 (Doc 9303-3, 4.9).
func CheckDigit(parts ...string) byte {
	sum, i := 0, 0
	for _, p := range parts {
		for j := range len(p) {
			sum += value(p[j]) * [...]int{7, 3, 1}[i%3]
			i++
		}
	}
	return '0' + byte(sum%10)
}

// BlindClass gives the class, 0 to 9, of characters that no check digit tells
// apart: those that count the same modulo 10, since the weights 7, 3 and 1 all
// carry such a difference to nothing.
func BlindClass(c byte) int { return value(c) % 10 }

// Blind tells whether no check digit can see a and b exchanged: the filler for
// K, 6 for G, 8 for S, 1 for L.
func Blind(a, b byte) bool { return BlindClass(a) == BlindClass(b) }
