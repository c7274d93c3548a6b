package checks

import (
	"slices"
	"strings"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/text"
)

func init() {
	register(pipeline.Check{
		ID: "VIZ-01", Name: "Printed and machine-readable number", Standard: "Doc 9303-3, 3.1 and 4.1", Severity: pipeline.S3, Version: 1,
		Run: func(in *pipeline.Input) []pipeline.Finding {
			return eachZone(func(z zone) []pipeline.Finding { return one(printedNumber(z, in.Pages[z.page])) })(in)
		},
	})
}

const (
	// shortNumber is the length from which a number is looked for: shorter ones
	// stand on a page by chance.
	shortNumber = 6
	// mostDiffering is in how many characters a printed number may differ and
	// still be the same field. Beyond that it may as well be another number, such
	// as that of the passport on a visa.
	mostDiffering = 2
)

// printedNumber looks for the zone's document number on the page that it stands
// on. Case, spaces, hyphens and where words end do not count. A number that
// differs is the same field by its likeness alone: captions are in any language
// and stand anywhere. Beside another document it may be that one's, and beside
// the right number it is a question for a person.
func printedNumber(z zone, p pipeline.Page) pipeline.Finding {
	field, ok := z.MRZ.Field(mrz.DocumentNumber)
	number := pipeline.Plain(field.Text())
	switch {
	case !ok:
		return say(pipeline.NotPerformed, "field_absent", params{"field": text.Field(string(mrz.DocumentNumber))})
	case len(number) < shortNumber:
		return z.onField(say(pipeline.NotPerformed, "printed_number_short", nil), field)
	}
	best, rival := likest(p, number)
	if best.differing > mostDiffering {
		return z.onField(say(pipeline.NotPerformed, "printed_number_absent", nil), field)
	}
	f := say(pipeline.Undetermined, "printed_number_unsure", nil)
	switch {
	case best.differing == 0 && rival.text != "":
		f = say(pipeline.Undetermined, "printed_number_two", params{"printed": rival.text, "zone": number})
		best.words = slices.Concat(best.words, rival.words)
	case best.differing == 0:
		f = say(pipeline.OK, "printed_number_same", nil)
	case len(p.Zones) == 1 && best.plain && best.whole && z.sureAt(field.Spans...) && field.Digit.State == mrz.Verified:
		f = fail(pipeline.S3, "printed_number_differ", params{"printed": best.text, "zone": number})
	}
	f.Values = []pipeline.Value{{Label: text.Field(string(mrz.DocumentNumber)), Printed: best.text, Expected: number}}
	f.Boxes = z.onPrint("printed document number", best.words...)
	return z.onField(f, field)
}

// likest finds what is most like a number on the page, and what is surely
// another, but nearly that one.
func likest(p pipeline.Page, number string) (best, rival passage) {
	best.differing, rival.differing = mostDiffering+1, mostDiffering+1
	for _, line := range p.Lines() {
		for _, s := range passages(line, number) {
			if s.differing < best.differing || s.differing == best.differing && s.whole && !best.whole {
				best = s
			}
			if s.differing > 0 && s.differing < rival.differing && s.plain && s.whole {
				rival = s
			}
		}
	}
	return best, rival
}

// passage is a part of a printed line that is as long as a number.
type passage struct {
	text      string
	words     []pipeline.Word
	differing int  // characters that are not the number's by the first look, nor, of those alike, by the second
	plain     bool // both looks surely saw something else there that is not easily mistaken
	whole     bool // it begins and ends where words do
}

// passages compares a number with every part of a line.
func passages(line []pipeline.Word, number string) []passage {
	var chars []pipeline.Char
	var of []int // word of each character
	for i, w := range line {
		for _, c := range w.Chars {
			chars, of = append(chars, c), append(of, i)
		}
	}
	var out []passage
	for i := 0; i+len(number) <= len(chars); i++ {
		end := i + len(number)
		s := passage{words: line[of[i] : of[end-1]+1], plain: true}
		s.whole = (i == 0 || of[i-1] != of[i]) && (end == len(chars) || of[end] != of[end-1])
		for k, c := range chars[i:end] {
			s.compare(c, number[k])
		}
		out = append(out, s)
	}
	return out
}

// compare adds a character to the passage. A letter in the place of a digit, or
// the other way round, makes it something else than the number.
func (s *passage) compare(c pipeline.Char, want byte) {
	s.text += string(rune(c.Rune))
	switch {
	case c.Rune == want || c.SecondRead == want && printedAlike(c.Rune, want):
		return
	case isDigit(c.Rune) != isDigit(want) && !printedAlike(c.Rune, want):
		s.differing = mostDiffering
	}
	s.differing++
	s.plain = s.plain && c.Certain() && !printedAlike(c.Rune, want)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// mistaken are the characters that are mistaken for one another in small print of
// any typeface, on patterns and after copying. Being generous costs a question,
// not an accusation.
var mistaken = []string{"0ODQCGU689", "1ILJT7", "2Z7", "38B59E", "49A", "56S8", "6GCEB", "7TYZ", "8B06935S", "9GQP", "UVWY", "MNHW", "EFPRB", "KXHR"}

// printedAlike tells whether two printed characters are easily mistaken.
func printedAlike(a, b byte) bool {
	for _, group := range mistaken {
		if strings.IndexByte(group, a) >= 0 && strings.IndexByte(group, b) >= 0 {
			return true
		}
	}
	return false
}
