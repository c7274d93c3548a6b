package checks

import (
	"fmt"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

func init() {
	register(pipeline.Check{
		ID: "MRZ-08", Name: "Pattern of wrong check digits", Standard: "Doc 9303-2, C.44", Severity: pipeline.S3, Version: 2,
		Run: eachZone(func(z zone) []pipeline.Finding { return one(digitPattern(z)) }),
	})
}

// digitPattern looks at all check digits together: are they wrong in a way
// that one misread or misprinted character does not explain? A composite
// digit that is wrong alone is explained so, and MRZ-07 reports it.
func digitPattern(z zone) pipeline.Finding {
	d := digitsOf(z)
	pattern := d.pattern(z.MRZ.Format)
	p := params{"pattern": pattern}
	switch {
	case len(d.right)+len(d.wrong) < 2:
		return say(pipeline.NotPerformed, "digits_few", nil)
	case pattern == "":
		return say(pipeline.OK, "digits_no_pattern", nil)
	}
	f := fail(pipeline.S3, "digits_pattern", p)
	if !d.trusted(z) {
		f = say(pipeline.Undetermined, "digits_pattern_unsure", p)
	}
	for _, field := range d.wrong {
		f = z.onZone(f, words([]mrz.FieldName{field.Name})+" check digit", field.Digit.At)
		f.Values = append(f.Values, digitValue(words([]mrz.FieldName{field.Name}), field.Digit))
	}
	return f
}

// digitSet is every printed check digit of a zone.
type digitSet struct {
	right, wrong []mrz.Field // those of single fields
	composite    mrz.Digit
	printed      string // all, the composite last
}

func digitsOf(z zone) digitSet {
	d := digitSet{composite: z.MRZ.Composite}
	for _, f := range z.MRZ.Fields() {
		switch {
		case f.Digit.State == mrz.NotPrinted:
			continue
		case f.Digit.State.Wrong():
			d.wrong = append(d.wrong, f)
		default:
			d.right = append(d.right, f)
		}
		d.printed += string(rune(f.Digit.Printed))
	}
	if d.composite.State != mrz.NotPrinted {
		d.printed += string(rune(d.composite.Printed))
	}
	return d
}

// specimenDigits are the check digits of the samples of Doc 9303-4 to -7, in
// the order in which they stand. Who copies a sample and changes its data
// without knowing what the digits are for keeps them.
var specimenDigits = map[mrz.Format]string{
	mrz.TD3: "62910", mrz.TD2: "7296", mrz.TD1: "7296", mrz.MRVA: "489", mrz.MRVB: "489",
}

// pattern says in words what the digits have in common; empty if nothing.
func (d digitSet) pattern(f mrz.Format) string {
	n := len(d.wrong)
	switch {
	case n < 2:
		return ""
	case d.composite.State == mrz.Verified:
		return fmt.Sprintf("the overall digit agrees with %d that do not", n)
	case d.printed == specimenDigits[f]:
		return "they are the digits of the sample in the international standard"
	case len(d.printed) > 2 && same(d.printed):
		return "all of them are the same"
	case n > 2 && len(d.right) == 0:
		return fmt.Sprintf("none of the %d agrees", n)
	}
	return ""
}

func same(s string) bool {
	for i := range len(s) {
		if s[i] != s[0] {
			return false
		}
	}
	return true
}

// trusted tells whether everything that the pattern rests on was read surely.
func (d digitSet) trusted(z zone) bool {
	for _, f := range append(d.right, d.wrong...) {
		if !z.trusted(f, f.Covered()) || !z.Doubtless(f.Name) || f.Digit.State == mrz.Unreadable && lookalike(f.Digit.Printed) != 0 {
			return false
		}
	}
	l, _ := mrz.LayoutOf(z.MRZ.Format)
	return z.Doubtless(mrz.Composite) && z.sureAt(l.CompositeOver...) && z.sureAt(d.composite.At)
}
