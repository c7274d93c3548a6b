package pipeline

import (
	"image"
	"strings"
	"unicode"
)

// Word is one word of the printed page, outside its zones: a part of the visual
// inspection zone (Doc 9303-3, section 3), or something that looked like one.
type Word struct {
	Text string          // as it was seen with the whole page: any UTF-8
	Box  image.Rectangle // in pixels of the original as stored
	Line int             // the same for all words of a line, which stand in order
	// Chars are the letters and digits of Text, each with the evidence of a second
	// look at the word alone. Their boxes are that of the word.
	Chars []Char
}

// NewWord puts together what two looks saw of a word. Where they do not see
// equally many characters, none of them has a second witness.
func NewWord(text string, box image.Rectangle, line int, again []Char) Word {
	w := Word{Text: text, Box: box, Line: line}
	for _, r := range Plain(text) {
		w.Chars = append(w.Chars, Char{Rune: byte(r), Box: box}) //nolint:gosec // a capital or a digit
	}
	if len(again) != len(w.Chars) {
		return w
	}
	for i, c := range again {
		w.Chars[i].SecondRead, w.Chars[i].Confidence = c.Rune, c.Confidence
	}
	return w
}

// Certain tells whether both looks saw the same, surely.
func (w Word) Certain() bool {
	for _, c := range w.Chars {
		if !c.Certain() {
			return false
		}
	}
	return len(w.Chars) > 0
}

// Lines gives the words of the page line by line.
func (p Page) Lines() [][]Word {
	var lines [][]Word
	for i, w := range p.Words {
		if i == 0 || w.Line != p.Words[i-1].Line {
			lines = append(lines, nil)
		}
		lines[len(lines)-1] = append(lines[len(lines)-1], w)
	}
	return lines
}

// plain takes the accents off the names of months, English and French. A dollar
// is what tesseract likes to see in an S, or behind it; documents do not print
// any.
var plain = strings.NewReplacer("S$", "S", "$", "S", "À", "A", "Â", "A", "Ç", "C", "É", "E", "È", "E", "Ê", "E", "Î", "I", "Ô", "O", "Ù", "U", "Û", "U") //nolint:gochecknoglobals // a table, never written

// Plain gives the capitals A to Z and digits 0 to 9 of a printed text, without
// accents: what is left when case, spaces and signs do not count.
func Plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, plain.Replace(strings.Map(unicode.ToUpper, text)))
}
