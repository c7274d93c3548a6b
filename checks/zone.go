package checks

import (
	"image"
	"strings"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/text"
)

// params are the values that go into a sentence.
type params = map[string]string

// say makes a finding with its sentence. Fail needs a severity: see fail.
func say(o pipeline.Outcome, statement string, p params) pipeline.Finding {
	return pipeline.Finding{Outcome: o, Statement: statement, Reason: text.Reason(statement, p)}
}

// fail makes a finding of Fail.
func fail(s pipeline.Severity, statement string, p params) pipeline.Finding {
	f := say(pipeline.Fail, statement, p)
	f.Severity = s
	return f
}

// one is the answer of a check that has one thing to say.
func one(f pipeline.Finding) []pipeline.Finding { return []pipeline.Finding{f} }

// zone is a machine readable zone with the page that it stands on.
type zone struct {
	pipeline.Zone
	page int
}

// eachZone asks about every zone of the picture. Where there is no zone, or
// none of a known shape, there is nothing to ask, and the answer says so.
func eachZone(ask func(z zone) []pipeline.Finding) func(in *pipeline.Input) []pipeline.Finding {
	return func(in *pipeline.Input) []pipeline.Finding {
		var found []pipeline.Finding
		for i, p := range in.Pages {
			for _, z := range p.Zones {
				if z.MRZ.Format == mrz.Unknown {
					f := say(pipeline.NotPerformed, "zone_shape_unknown", nil)
					f.Boxes = []pipeline.Box{z.Box(i)}
					found = append(found, f)
					continue
				}
				found = append(found, ask(zone{z, i})...)
			}
		}
		if len(found) > 0 {
			return found
		}
		if in.Problem != pipeline.ProblemNone {
			return one(say(pipeline.NotPerformed, "no_picture", nil))
		}
		return one(say(pipeline.NotPerformed, "no_zone", nil))
	}
}

// onZone adds boxes round some spans to a finding.
func (z zone) onZone(f pipeline.Finding, label string, spans ...mrz.Span) pipeline.Finding {
	f.Boxes = append(f.Boxes, z.BoxesAt(z.page, label, spans...)...)
	return f
}

// onField adds boxes round a field.
func (z zone) onField(f pipeline.Finding, field mrz.Field) pipeline.Finding {
	return z.onZone(f, text.Field(string(field.Name)), field.Spans...)
}

// onPrint gives a box around words of the page that the zone stands on.
func (z zone) onPrint(label string, words ...pipeline.Word) []pipeline.Box {
	var r image.Rectangle
	for _, w := range words {
		r = r.Union(w.Box)
	}
	if r.Empty() {
		return nil
	}
	b := pipeline.BoxOf(r, label)
	b.Page = z.page
	return []pipeline.Box{b}
}

// sureAt tells whether some characters may carry a fail: they and those that
// decide the format were read surely. Visas share their shape with other
// documents and differ by their first letter alone, and with it changes what
// stands where.
func (z zone) sureAt(spans ...mrz.Span) bool {
	return z.CertainAt(mrz.Mark(z.MRZ.Format)) && z.CertainAt(spans...)
}

// words joins field names for a sentence: "sex, name".
func words(names []mrz.FieldName) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = text.Field(string(n))
	}
	return strings.Join(out, ", ")
}

// lookalike gives what a character can easily be taken for, in OCR-B and by
// its recognisers: a letter for a digit and the other way round; 0 if nothing.
func lookalike(c byte) byte {
	const digits, letters = "0012568", "ODIZSGB"
	if i := strings.IndexByte(letters, c); i >= 0 {
		return digits[i]
	}
	if c == 'Q' {
		return '0'
	}
	if c == 'L' {
		return '1'
	}
	if i := strings.IndexByte(digits, c); i >= 0 {
		return letters[i]
	}
	return 0
}
