package checks

import (
	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/text"
)

func init() {
	register(pipeline.Check{
		ID: "DOC-04", Name: "Issuing State and nationality exist", Standard: "Doc 9303-3, section 5", Severity: pipeline.S3, Version: 1,
		Run: eachZone(statesExist),
	})
}

// statesExist asks whether both codes are on the list; which codes they are
// plays no part.
func statesExist(z zone) []pipeline.Finding {
	var found []pipeline.Finding
	for _, n := range []mrz.FieldName{mrz.IssuingState, mrz.Nationality} {
		f, ok := z.MRZ.Field(n)
		if !ok {
			continue
		}
		if answer, open := stateExists(z, f); open {
			found = append(found, z.onField(answer, f))
		}
	}
	if len(found) == 0 {
		return one(say(pipeline.OK, "state_listed", nil))
	}
	return found
}

// stateExists judges one code; open is false if there is nothing to say.
func stateExists(z zone, f mrz.Field) (_ pipeline.Finding, open bool) {
	word := text.Field(string(f.Name))
	switch {
	case !z.trusted(f, f.Spans):
		return say(pipeline.Undetermined, "unsure", params{"field": word}), true
	case f.Empty():
		return say(pipeline.NotPerformed, "state_empty", params{"field": word}), true
	case mrz.StandingOf(f.Raw).Lawful():
		return pipeline.Finding{}, false
	}
	answer := fail(pipeline.S3, "state_unlisted", params{"field": word, "code": f.Text()})
	answer.Values = []pipeline.Value{{Label: word, Printed: f.Text()}}
	return answer, true
}
