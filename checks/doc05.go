package checks

import (
	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/text"
)

func init() {
	register(pipeline.Check{
		ID: "DOC-05", Name: "Invented issuer", Standard: "Doc 9303-3, section 5", Severity: pipeline.S3, Version: 1,
		Run: eachZone(func(z zone) []pipeline.Finding { return one(invented(z)) }),
	})
}

// inventedIssuers are codes that stand in the zones of documents which no
// State issued: so far the one that its own issuer publishes. Names of
// camouflage documents, of which longer lists exist, are in no zone. Every
// other code that is not on the standard's list is DOC-04's.
var inventedIssuers = map[string]string{"WSA": "World Service Authority"}

// invented looks for an issuer that is known not to be one.
func invented(z zone) pipeline.Finding {
	f, ok := z.MRZ.Field(mrz.IssuingState)
	word := text.Field(string(mrz.IssuingState))
	name := inventedIssuers[f.Text()]
	p := params{"field": word, "code": f.Text(), "name": name}
	switch {
	case !ok:
		return say(pipeline.NotPerformed, "field_absent", p)
	case name == "" && z.trusted(f, f.Spans):
		return say(pipeline.OK, "issuer_not_invented", p)
	case !z.trusted(f, f.Spans):
		return z.onField(say(pipeline.Undetermined, "unsure", p), f)
	}
	answer := fail(pipeline.S3, "issuer_invented", p)
	answer.Values = []pipeline.Value{{Label: word, Printed: f.Text()}}
	return z.onField(answer, f)
}
