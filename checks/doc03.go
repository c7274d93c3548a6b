package checks

import (
	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/text"
)

func init() {
	register(pipeline.Check{
		ID: "DOC-03", Name: "Sample document", Standard: "Doc 9303-3, section 5 part G", Severity: pipeline.S0, Version: 1,
		Run: eachZone(specimen),
	})
}

// specimen looks for the code of Utopia, which stands in samples only.
func specimen(z zone) []pipeline.Finding {
	for _, n := range []mrz.FieldName{mrz.IssuingState, mrz.Nationality} {
		f, ok := z.MRZ.Field(n)
		if !ok || mrz.StandingOf(f.Raw) != mrz.Utopia {
			continue
		}
		p := params{"field": text.Field(string(n))}
		if !z.CertainAt(f.Spans...) {
			return one(z.onField(say(pipeline.Undetermined, "unsure", p), f))
		}
		return one(z.onField(fail(pipeline.S0, "specimen", p), f))
	}
	return one(say(pipeline.OK, "no_specimen", nil))
}
