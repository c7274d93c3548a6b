package checks

import (
	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

func init() {
	register(pipeline.Check{
		ID: "MRZ-01", Name: "Zone found and readable", Standard: "Doc 9303-3, section 4", Severity: pipeline.S0, Version: 1,
		Run: zoneRead,
	})
}

// zoneRead asks whether two independent readings agree surely on everything
// that a check digit or a code protects.
func zoneRead(in *pipeline.Input) []pipeline.Finding {
	if in.Problem != pipeline.ProblemNone && len(in.Pages) == 0 {
		return one(say(pipeline.NotPerformed, "no_picture", nil))
	}
	var found []pipeline.Finding
	for i, p := range in.Pages {
		for _, z := range p.Zones {
			found = append(found, readable(zone{z, i}))
		}
	}
	if len(found) == 0 {
		return one(fail(pipeline.S0, "zone_not_found", nil))
	}
	return found
}

func readable(z zone) pipeline.Finding {
	if z.MRZ.Format == mrz.Unknown {
		f := say(pipeline.Undetermined, "zone_shape_unknown", nil)
		f.Boxes = []pipeline.Box{z.Box(z.page)}
		return f
	}
	covered, open := z.unsure()
	switch {
	case len(covered) > 0:
		return z.onFields(say(pipeline.Undetermined, "zone_unsure", params{"fields": words(covered)}), covered)
	case len(open) > 0:
		return z.onFields(say(pipeline.OK, "zone_found_but", params{"fields": words(open)}), open)
	}
	f := say(pipeline.OK, "zone_found", nil)
	f.Boxes = []pipeline.Box{z.Box(z.page)}
	return f
}

// unsure gives the fields that were not read surely: those that a check digit
// covers or that hold a code, and those that nothing protects.
func (z zone) unsure() (covered, open []mrz.FieldName) {
	for _, f := range z.MRZ.Fields() {
		spans := append(f.Covered(), f.Spans...)
		switch {
		case z.CertainAt(spans...):
		case z.unprotected(f), z.undecided(f, spans):
			open = append(open, f.Name)
		default:
			covered = append(covered, f.Name)
		}
	}
	if d := z.MRZ.Composite; d.At.To > 0 && !z.CertainAt(d.At) {
		covered = append(covered, mrz.Composite)
	}
	return covered, open
}

// unprotected tells whether no digit and no list of codes covers the field:
// the name, and on visas the optional data.
func (z zone) unprotected(f mrz.Field) bool {
	return f.Name == mrz.NameOfHolder || f.Name == mrz.OptionalData && z.MRZ.Composite.At.To == 0
}

// undecided tells whether the readers differ only in characters that the check
// digit over the field cannot tell apart, such as 6 and G: then every answer is
// the same whichever of them is right.
func (z zone) undecided(f mrz.Field, spans []mrz.Span) bool {
	for _, c := range z.Chars(spans...) {
		if !c.Certain() && !disputedBlindly(c) {
			return false
		}
	}
	return f.Digit.At.To > 0 || z.MRZ.Composite.At.To > 0 && mrz.KindOf(f.Name) == mrz.Any
}

// onFields adds boxes round some fields.
func (z zone) onFields(f pipeline.Finding, names []mrz.FieldName) pipeline.Finding {
	for _, n := range names {
		if n == mrz.Composite {
			f = z.onZone(f, words([]mrz.FieldName{n}), z.MRZ.Composite.At)
		}
		if field, ok := z.MRZ.Field(n); ok {
			f = z.onField(f, field)
		}
	}
	return f
}
