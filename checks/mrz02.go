package checks

import (
	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/text"
)

func init() {
	register(pipeline.Check{
		ID: "MRZ-02", Name: "Characters fit their fields", Standard: "Doc 9303-3, 4.3 and the tables of parts 4 to 7", Severity: pipeline.S2, Version: 1,
		Run: eachZone(syntax),
	})
}

// syntax gives one finding for each field that holds what cannot be there.
func syntax(z zone) []pipeline.Finding {
	var found []pipeline.Finding
	for _, f := range z.MRZ.Fields() {
		if at := f.Faults(); len(at) > 0 {
			found = append(found, z.onField(faulty(z, f, at), f))
		}
	}
	if len(found) == 0 {
		return one(say(pipeline.OK, "syntax_ok", nil))
	}
	return found
}

// faulty judges one field with characters out of place.
func faulty(z zone, f mrz.Field, at []int) pipeline.Finding {
	word, printed, alike := text.Field(string(f.Name)), "", false
	for _, i := range at {
		printed += f.Raw[i : i+1]
		alike = alike || lookalike(f.Raw[i]) != 0
	}
	p := params{"field": word, "printed": printed}
	var answer pipeline.Finding
	switch {
	case !z.sureAt(places(f, at)...):
		answer = say(pipeline.Undetermined, "unsure", p)
	case alike:
		answer = say(pipeline.Undetermined, "syntax_lookalike", p)
	default:
		answer = fail(severityOf(f), "syntax_fault", p)
	}
	answer.Values = []pipeline.Value{{Label: word, Printed: f.Raw}}
	return answer
}

// places gives where the characters of a field stand in the zone. Only these
// must be sure: what a fault is does not depend on its neighbours.
func places(f mrz.Field, at []int) []mrz.Span {
	var out []mrz.Span
	for _, i := range at {
		for _, s := range f.Spans {
			if n := s.To - s.From; i >= n {
				i -= n
				continue
			}
			out = append(out, mrz.Span{Line: s.Line, From: s.From + i, To: s.From + i + 1})
			break
		}
	}
	return out
}

// severityOf is lower for an X in the zone's sex field: the standard wants a
// filler there, but X stands beside it in the visual zone.
func severityOf(f mrz.Field) pipeline.Severity {
	if f.Name == mrz.Sex && f.Raw == "X" {
		return pipeline.S1
	}
	return pipeline.S2
}
