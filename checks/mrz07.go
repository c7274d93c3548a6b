package checks

import (
	"slices"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/text"
)

func init() {
	register(pipeline.Check{
		ID: "MRZ-07", Name: "Overall check digit", Standard: "Doc 9303-4, -5 and -6, 4.2.2", Severity: pipeline.S2, Version: 2,
		Run: eachZone(composite),
	})
}

// composite asks whether the composite check digit agrees. Where a field that
// it covers does not agree with its own digit either, one mistake explains
// both, and this finding says so and weighs less.
func composite(z zone) []pipeline.Finding {
	l, _ := mrz.LayoutOf(z.MRZ.Format)
	d := z.MRZ.Composite
	if len(l.CompositeOver) == 0 {
		return one(say(pipeline.NotPerformed, "composite_none", nil))
	}
	spans := append(slices.Clip(l.CompositeOver), d.At)
	word := text.Field(string(mrz.Composite))
	v := pipeline.Value{Label: word, Printed: string(rune(d.Printed)), Expected: string(rune(d.Computed))}
	p := params{"field": word, "printed": v.Printed, "expected": v.Expected}
	var f pipeline.Finding
	switch follows := z.refuted(); {
	case d.State == mrz.Verified || d.State == mrz.NotPrinted:
		f = say(pipeline.OK, "composite_ok", p)
	case !z.sumSure(spans...) || !z.Doubtless(mrz.Composite) || z.mistakable() || d.State == mrz.Unreadable && lookalike(d.Printed) != 0:
		f = say(pipeline.Undetermined, "check_digit_unsure", p)
	case len(follows) > 0:
		p["fields"] = words(follows)
		f = fail(pipeline.S1, "composite_follows", p)
	default:
		f = fail(pipeline.S2, "composite_wrong", p)
	}
	f.Values = []pipeline.Value{v}
	return one(z.onZone(f, word, d.At))
}

// refuted gives the fields whose own check digits do not agree.
func (z zone) refuted() []mrz.FieldName {
	var names []mrz.FieldName
	for _, f := range z.MRZ.Fields() {
		if f.Digit.State == mrz.Refuted || f.Digit.State == mrz.Unreadable {
			names = append(names, f.Name)
		}
	}
	return names
}

// mistakable tells whether a field that the composite covers seems to hold a
// character out of place that is easily mistaken for one in place.
func (z zone) mistakable() bool {
	for _, f := range z.MRZ.Fields() {
		if f.Digit.At.To > 0 && (!z.trusted(f, nil) || f.Digit.State == mrz.Unreadable && lookalike(f.Digit.Printed) != 0) {
			return true
		}
	}
	return false
}
