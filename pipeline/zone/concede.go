package zone

import (
	"slices"
	"strings"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

// shapes are the characters that a reader of other typefaces takes for one
// another in OCR-B. It sees the shape, and names any of them.
const shapes = "0ODQ 1IL 2Z 5S 6G 8B"

func oneShape(a, b byte) bool {
	for s := range strings.FieldsSeq(shapes) {
		if strings.IndexByte(s, a) >= 0 && strings.IndexByte(s, b) >= 0 {
			return true
		}
	}
	return false
}

// leastOutvoted is the belief from which the first reader and a witness
// outvote a second reader that saw another shape, or nothing.
const leastOutvoted = .97

// concede lets the second reader agree where it is outvoted: the zone itself
// bears witness. A check digit that agrees would have refuted what the second
// reader named. A listed code that stands in two places alike is hardly misread
// in both; one that stands once is no witness, since MRZ-12 fails on two that
// differ. Where only letters or only digits stand, both readers saw the same
// shape and only one character of it can be meant: that holds beside a check
// digit that disagrees too. In a field of letters and digits whose digit does
// not agree, the second reader keeps its word.
func concede(z *pipeline.Zone) {
	l, ok := mrz.LayoutOf(z.MRZ.Format)
	if !ok {
		return
	}
	listed := sameListedCode(z)
	for _, f := range z.MRZ.Fields() {
		kind := mrz.KindOf(f.Name)
		misnamed := func(c *pipeline.Char) bool { return kind.Allows(c.Rune) && !kind.Allows(c.SecondRead) }
		agree(z, func(c *pipeline.Char) bool { return misnamed(c) && oneShape(c.Rune, c.SecondRead) }, f.Spans...)
		agree(z, misnamedDigit, f.Digit.At)
		switch {
		case f.Digit.State == mrz.Verified:
			agree(z, refuted, append(slices.Clip(f.Spans), f.Digit.At)...)
		case f.Name == mrz.Sex:
			agree(z, func(c *pipeline.Char) bool { return misnamed(c) && c.Confidence >= leastOutvoted }, f.Spans...)
		case listed && (f.Name == mrz.IssuingState || f.Name == mrz.Nationality):
			agree(z, func(c *pipeline.Char) bool { return c.Confidence >= leastOutvoted }, f.Spans...)
		}
	}
	agree(z, misnamedDigit, z.MRZ.Composite.At)
	if z.MRZ.Composite.State == mrz.Verified {
		agree(z, refuted, append(slices.Clip(l.CompositeOver), l.CompositeAt)...)
	}
}

// sameListedCode tells whether issuing State and nationality are one code of
// the list.
func sameListedCode(z *pipeline.Zone) bool {
	issuer, _ := z.MRZ.Field(mrz.IssuingState)
	nationality, ok := z.MRZ.Field(mrz.Nationality)
	return ok && issuer.Raw == nationality.Raw && mrz.StandingOf(issuer.Raw).Lawful()
}

// misnamedDigit tells whether a check digit was taken for a letter of its shape.
func misnamedDigit(c *pipeline.Char) bool {
	return mrz.Digits.Allows(c.Rune) && !mrz.Digits.Allows(c.SecondRead) && oneShape(c.Rune, c.SecondRead)
}

// refuted tells whether the second reading would have made the check digit
// disagree that agrees with the first.
func refuted(c *pipeline.Char) bool {
	if c.SecondRead == 0 {
		return c.Confidence >= leastOutvoted
	}
	return !mrz.Blind(c.Rune, c.SecondRead) && (oneShape(c.Rune, c.SecondRead) || c.Confidence >= leastOutvoted)
}

// agree changes the second reading of characters that were surely read and of
// which the second reader is outvoted.
func agree(z *pipeline.Zone, outvoted func(c *pipeline.Char) bool, spans ...mrz.Span) {
	for _, s := range spans {
		chars := z.Lines[s.Line].Chars[s.From:s.To]
		for i := range chars {
			if c := &chars[i]; c.SecondRead != c.Rune && c.Confidence >= pipeline.CertainAt && outvoted(c) {
				c.SecondRead = c.Rune
			}
		}
	}
}
