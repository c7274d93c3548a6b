package explain

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"touchstone.internal/pipeline/mrz"
)

// Faults says what has to be changed in the text before it is a zone, with line
// and position: characters that no zone has, and lines of no known number and
// length. None if it can be explained whole.
func (t Typed) Faults() []string {
	if len(t.Lines) == 0 {
		return []string{"Enter the lines of the machine readable zone"}
	}
	return append(t.foreigners(), t.shape()...)
}

// mostForeign is how many characters are named before the rest is counted:
// whoever pastes a letter need not read a line for each of its commas.
const mostForeign = 5

// foreigners says where characters stand that no zone has.
func (t Typed) foreigners() (faults []string) {
	for i, line := range t.Lines {
		for j := range len(line) {
			n := len(faults)
			if mrz.Valid(line[j]) {
				continue
			}
			if n == mostForeign {
				return append(faults, fmt.Sprintf("%s more that no zone has. Enter the lines of the zone alone", characters(len(t.foreign)-n)))
			}
			faults = append(faults, fmt.Sprintf("Line %d, position %d is %s. A zone has only the letters A to Z, the digits 0 to 9 and <", i+1, j+1, called(t.foreign[n])))
		}
	}
	return faults
}

// called names a character. One that could turn the direction of the sentence,
// or cannot be seen, has its code point alone.
func called(r rune) string {
	code := fmt.Sprintf("U+%04X", r)
	other := unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r)
	if !unicode.IsPrint(r) || !unicode.In(r, unicode.Latin, unicode.Common, unicode.Greek, unicode.Cyrillic) {
		code = "the character " + code
	} else {
		code = string(r) + " (" + code + ")"
	}
	if other { // it may look like one of A to Z
		return code + ", a letter of another alphabet"
	}
	return code
}

// shapes are the lengths of lines that people are told of, of passports first.
// Driving licences with one line or a short first one are known too, but a text
// of another shape is hardly ever meant for one.
var shapes = [][]int{{44, 44}, {36, 36}, {30, 30, 30}} //nolint:gochecknoglobals // a table, never written

// shape says which line has too few or too many characters.
func (t Typed) shape() (faults []string) {
	switch n := len(t.Lines); {
	case mrz.FormatOf(t.Lines) != mrz.Unknown:
		return nil
	case n == 1:
		return []string{fmt.Sprintf("There is one line of %s. Enter 2 lines of 44 or of 36, or 3 lines of 30. "+
			"Without line breaks that is 88, 72 or 90 in all", characters(len(t.Lines[0])))}
	case n > 3:
		return []string{fmt.Sprintf("There are %d lines. Enter the 2 or 3 lines of the zone alone", n)}
	}
	near := nearest(t.Lines)
	for i, line := range t.Lines {
		if fault := length(len(line), near); fault != "" {
			faults = append(faults, fmt.Sprintf("Line %d has %s", i+1, fault))
		}
	}
	if faults == nil { // each fits a zone, and no zone both
		return []string{fmt.Sprintf("Line 1 has %s and line 2 has %d. Both lines of a zone have 44, or both 36", characters(len(t.Lines[0])), len(t.Lines[1]))}
	}
	return faults
}

// nearest gives the widths of the shapes that fit the most lines, and of those
// the ones that need the fewest characters added or taken out; two if the text
// lies in the middle.
func nearest(lines []string) (widths []int) {
	const whole = 1 << 20 // a line that fits counts for more than any length
	least := 0
	for _, s := range shapes {
		if len(s) != len(lines) {
			continue
		}
		far := 0
		for i, line := range lines {
			if by := max(s[i]-len(line), len(line)-s[i]); by > 0 {
				far += whole + by
			}
		}
		if widths == nil || far < least {
			widths, least = nil, far
		}
		if far == least {
			widths = append(widths, s[0])
		}
	}
	return widths
}

// length says what to do about a line of n characters; empty if it has a width
// that it can have.
func length(n int, widths []int) string {
	needed := make([]string, len(widths))
	for i, w := range widths {
		if n == w {
			return ""
		}
		needed[i] = strconv.Itoa(w)
	}
	said := characters(n) + ", and " + strings.Join(needed, " or ") + " are needed. "
	switch by := widths[0] - n; {
	case len(widths) > 1:
		return said + "Count it on the document"
	case by == 1:
		return said + "Add the one that is missing. Fillers (<) at the end count too"
	case by > 0:
		return said + fmt.Sprintf("Add the %d that are missing. Fillers (<) at the end count too", by)
	case by == -1:
		return said + "Take the one out that is too many"
	default:
		return said + fmt.Sprintf("Take the %d out that are too many", -by)
	}
}

func characters(n int) string {
	if n == 1 {
		return "1 character"
	}
	return strconv.Itoa(n) + " characters"
}
