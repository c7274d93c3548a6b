package checks

import (
	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/text"
)

// checkDigitOf makes the question of MRZ-03 to MRZ-06: does the check digit of
// one field agree? It fails only where the field and its digit were read
// surely, because a misread character looks just the same.
func checkDigitOf(name mrz.FieldName, s pipeline.Severity) func(in *pipeline.Input) []pipeline.Finding {
	word := text.Field(string(name))
	return eachZone(func(z zone) []pipeline.Finding {
		f, ok := z.MRZ.Field(name)
		switch {
		case !ok:
			return one(say(pipeline.NotPerformed, "field_absent", params{"field": word}))
		case f.Digit.At.To == 0:
			return one(z.onField(say(pipeline.NotPerformed, "digit_absent", params{"field": word}), f))
		}
		spans := f.Covered()
		finding := judgeDigit(word, f.Digit, s, z.trusted(f, nil) && z.sumSure(spans...) && z.Doubtless(name))
		if finding.Outcome == pipeline.Fail && name == mrz.DocumentNumber && z.near(spans) {
			finding.Severity = pipeline.S1
		}
		finding = z.onField(finding, f)
		finding = z.onZone(finding, word+" check digit", f.Digit.At)
		return one(finding)
	})
}

// judgeDigit puts the state of one check digit into words.
func judgeDigit(word string, d mrz.Digit, s pipeline.Severity, trusted bool) pipeline.Finding {
	v := digitValue(word, d)
	p := params{"field": word, "printed": v.Printed, "expected": v.Expected}
	var f pipeline.Finding
	switch {
	case d.State == mrz.Verified:
		f = say(pipeline.OK, "check_digit_ok", p)
	case d.State == mrz.NotPrinted:
		return say(pipeline.OK, "check_digit_empty", p)
	case !trusted || d.State == mrz.Unreadable && lookalike(d.Printed) != 0:
		f = say(pipeline.Undetermined, "check_digit_unsure", p)
	case d.State == mrz.Unreadable:
		f = fail(s, "check_digit_missing", p)
	default:
		f = fail(s, "check_digit_wrong", p)
	}
	f.Values = []pipeline.Value{v}
	return f
}

// digitValue puts the printed beside the computed digit.
func digitValue(word string, d mrz.Digit) pipeline.Value {
	return pipeline.Value{Label: word + " check digit", Printed: string(rune(d.Printed)), Expected: string(rune(d.Computed))}
}

// trusted tells whether a failing digit may be held against the document:
// every character read surely, and none that cannot stand in the field but
// looks like one that can.
func (z zone) trusted(f mrz.Field, spans []mrz.Span) bool {
	for _, i := range f.Faults() {
		if lookalike(f.Raw[i]) != 0 {
			return false
		}
	}
	return z.sureAt(spans...)
}

// sumSure tells whether what a check digit is computed over is sure. It need
// not be sure which of two characters stands there if the digit counts both
// alike, such as 6 and G: it disagrees with either.
func (z zone) sumSure(spans ...mrz.Span) bool {
	for _, c := range z.Chars(spans...) {
		if !c.Certain() && !disputedBlindly(c) {
			return false
		}
	}
	return z.sureAt()
}

// disputedBlindly tells whether two readers differ in a way that no check digit
// sees.
func disputedBlindly(c pipeline.Char) bool {
	return c.Confidence >= pipeline.CertainAt && c.SecondRead != 0 && mrz.Blind(c.Rune, c.SecondRead)
}

// lowConfidence is the confidence below which a character that is easily
// mistaken weakens a finding, though it was read surely enough to make one.
const lowConfidence = 0.97

// near tells whether a character that is easily mistaken was read with low
// confidence, or not alike by both readers.
func (z zone) near(spans []mrz.Span) bool {
	for _, c := range z.Chars(spans...) {
		if (c.Confidence < lowConfidence || !c.Certain()) && lookalike(c.Rune) != 0 {
			return true
		}
	}
	return false
}
