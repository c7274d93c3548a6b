package explain

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"touchstone.internal/pipeline/mrz"
)

// Typed is a text as the lines of a zone.
type Typed struct {
	Lines   []string // characters of a zone, and ? for every other
	Changes []string // how the text was changed to be read, in words

	foreign []rune // what was typed for each ?, in order
}

// Read makes lines of what was typed, and says what it changed: lower case,
// spaces, fillers of another shape, and lines that were not parted. A character
// that no zone has becomes a question mark.
func Read(typed string) Typed {
	var t Typed
	for line := range strings.FieldsFuncSeq(typed, func(r rune) bool { return r == '|' || r == '\n' || r == '\r' }) {
		var b strings.Builder
		for _, r := range strings.TrimSpace(line) {
			t.add(&b, r)
		}
		if b.Len() > 0 {
			t.Lines = append(t.Lines, b.String())
		}
	}
	if cut := part(t.Lines); cut != nil {
		t.said("one line parted")
		t.Lines = cut
	}
	return t
}

// Explain says everything of what was typed.
func (t Typed) Explain(asOf time.Time) Explanation {
	e := Zone(t.Lines, asOf)
	e.Typed = t.Changes
	return e
}

// said notes a change once.
func (t *Typed) said(what string) {
	if !slices.Contains(t.Changes, what) {
		t.Changes = append(t.Changes, what)
	}
}

// fillers are characters of another shape that people paste for fillers, from
// word processors, web pages and keyboards with full-width characters.
var fillers = map[rune]string{ //nolint:gochecknoglobals // a table, never written
	'«': "<<", '≪': "<<", '⟪': "<<", '《': "<<",
	'‹': "<", '＜': "<", '﹤': "<", '〈': "<", '⟨': "<", '❮': "<", '˂': "<", 'ᐸ': "<",
}

// add writes one typed character as a zone has it.
func (t *Typed) add(b *strings.Builder, r rune) {
	switch upper := raised(r); {
	case unicode.IsSpace(r):
		t.said("spaces left out")
	case unicode.Is(unicode.Cf, r): // marks of direction and the like, which nobody sees that pastes them
		t.said("invisible characters left out")
	case fillers[r] != "":
		t.said(string(r) + " read as " + fillers[r])
		b.WriteString(fillers[r])
	case r >= '！' && r <= '～': // the full-width forms of ASCII, in its order
		t.said("full-width characters read as plain ones")
		t.add(b, r-'！'+'!')
	case upper >= utf8.RuneSelf || !mrz.Valid(byte(upper)): //nolint:gosec // the first condition bounds it
		t.said("? for a character that no zone has")
		t.foreign = append(t.foreign, r)
		b.WriteByte('?')
	default:
		if upper != r {
			t.said("lower case raised")
		}
		b.WriteByte(byte(upper)) //nolint:gosec // bounded above
	}
}

// raised is the capital of a letter of ASCII. Letters of other alphabets whose
// capitals are among these are not what a zone has.
func raised(r rune) rune {
	if r >= 'a' && r <= 'z' {
		return r - 'a' + 'A'
	}
	return r
}

// part cuts a single line whose length only several lines of a zone have; nil
// if there is nothing to cut.
func part(lines []string) (cut []string) {
	if len(lines) != 1 {
		return nil
	}
	s := lines[0]
	for _, n := range map[int][]int{72: {36, 36}, 88: {44, 44}, 90: {30, 30, 30}, 69: {9, 30, 30}}[len(s)] {
		cut, s = append(cut, s[:n]), s[n:]
	}
	return cut
}
