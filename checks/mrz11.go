package checks

import (
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/text"
)

func init() {
	register(pipeline.Check{
		ID: "MRZ-11", Name: "Date of expiry", Standard: "Doc 9303-2, C.35", Severity: pipeline.S0, Version: 1,
		Run: func(in *pipeline.Input) []pipeline.Finding {
			return eachZone(func(z zone) []pipeline.Finding { return one(expired(z, in.AsOf)) })(in)
		},
	})
}

// expired compares the date of expiry with the day of judging. It is
// information: an expired document is not false.
func expired(z zone, asOf time.Time) pipeline.Finding {
	f, ok := z.MRZ.Field(mrz.DateOfExpiry)
	switch {
	case !ok:
		return say(pipeline.NotPerformed, "field_absent", params{"field": text.Field(string(mrz.DateOfExpiry))})
	case asOf.IsZero():
		return say(pipeline.NotPerformed, "no_day_given", nil)
	}
	days := pipeline.Days(f, asOf)
	var answer pipeline.Finding
	switch {
	case !z.CertainAt(f.Spans...):
		answer = say(pipeline.Undetermined, "unsure", params{"field": text.Field(string(f.Name))})
	case len(days) == 0:
		answer = say(pipeline.Undetermined, "expiry_open", nil)
	case asOf.Before(days[0].AddDate(0, 0, 1)):
		answer = say(pipeline.OK, "not_expired", params{"date": days[0].Format(dayForm)})
	default:
		answer = fail(pipeline.S0, "expired", params{"date": days[0].Format(dayForm)})
	}
	return z.onField(answer, f)
}

// dayForm is how sentences write a day: 2 May 2026.
const dayForm = "2 January 2006"
