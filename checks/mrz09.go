package checks

import (
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/text"
)

func init() {
	register(pipeline.Check{
		ID: "MRZ-09", Name: "Document code", Standard: "Doc 9303-4, 4.4; Doc 9303-5 and -6, note k; Doc 9303-8, 4.1", Severity: pipeline.S2, Version: 1,
		Run: func(in *pipeline.Input) []pipeline.Finding {
			return eachZone(func(z zone) []pipeline.Finding { return one(documentCode(z, in.AsOf)) })(in)
		},
	})
}

// documentCode asks whether the code can stand in this format. The rules of
// 2026 and 2028 go by the day of issue, which is not in the zone; that of 2038
// goes by the date of expiry, and is the only one that can be asked.
func documentCode(z zone, asOf time.Time) pipeline.Finding {
	code, ok := z.MRZ.Field(mrz.DocumentCode)
	word := text.Field(string(mrz.DocumentCode))
	expiry, _ := z.MRZ.Field(mrz.DateOfExpiry)
	var f pipeline.Finding
	fault := mrz.JudgeCode(z.MRZ.Format, code.Text(), expires(expiry, asOf))
	p := params{"field": word, "code": code.Text(), "format": string(z.MRZ.Format)}
	switch {
	case !ok || !z.MRZ.Format.ICAO():
		return say(pipeline.NotPerformed, "code_no_rule", p)
	case !z.trusted(code, code.Spans) || fault == mrz.CodeOutdated && !z.trusted(expiry, expiry.Covered()):
		f = say(pipeline.Undetermined, "unsure", p)
	case fault == mrz.CodeFits:
		f = say(pipeline.OK, "code_fits", p)
	case fault == mrz.CodeOutdated:
		f = z.onField(fail(pipeline.S2, "code_outdated", p), expiry)
	default: // issuers have printed such: a residence permit with R
		f = fail(pipeline.S1, "code_misplaced", p)
	}
	f.Values = []pipeline.Value{{Label: word, Printed: code.Text()}}
	return z.onField(f, code)
}

// expires is the day that the date of expiry means; zero if it is not known.
func expires(f mrz.Field, asOf time.Time) time.Time {
	if days := pipeline.Days(f, asOf); len(days) > 0 {
		return days[0]
	}
	return time.Time{}
}
