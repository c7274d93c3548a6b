package checks

import (
	"strings"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/text"
)

func init() {
	register(pipeline.Check{
		ID: "MRZ-10", Name: "Dates fit together", Standard: "Doc 9303-3, 4.8", Severity: pipeline.S2, Version: 2,
		Run: func(in *pipeline.Input) []pipeline.Finding {
			return eachZone(func(z zone) []pipeline.Finding { return dates(z, in.Pages[z.page], in.AsOf) })(in)
		},
	})
}

// dates asks whether both dates are days of the calendar and in order, as far
// as they are known and can be placed in a century.
func dates(z zone, p pipeline.Page, asOf time.Time) []pipeline.Finding {
	var found []pipeline.Finding
	var open []string
	for _, n := range []mrz.FieldName{mrz.DateOfBirth, mrz.DateOfExpiry} {
		f, ok := z.MRZ.Field(n)
		if !ok {
			open = append(open, "this format has no "+text.Field(string(n)))
			continue
		}
		answer, note := date(z, f, asOf)
		if answer.Outcome != "" {
			answer.Values = []pipeline.Value{{Label: text.Field(string(n)), Printed: f.Raw}}
			found = append(found, z.onField(answer, f))
		}
		if note != "" {
			open = append(open, note)
		}
	}
	switch {
	case len(found) > 0:
		return found
	case len(open) > 0:
		return one(say(pipeline.OK, "dates_open", params{"open": strings.Join(open, ", ")}))
	}
	return one(order(z, p, asOf))
}

// date judges one date on its own: an answer if it is not as it should be, a
// note if it is, but leaves something open.
func date(z zone, f mrz.Field, asOf time.Time) (_ pipeline.Finding, note string) {
	word := text.Field(string(f.Name))
	p := params{"field": word, "printed": f.Raw}
	d, ok := mrz.ParseDate(f.Raw)
	switch {
	case !ok || !z.sureAt(f.Spans...):
		return say(pipeline.Undetermined, "unsure", p), ""
	case !d.Possible():
		return fail(pipeline.S2, "date_impossible", p), ""
	case !d.Known():
		return pipeline.Finding{}, "the " + word + " is not fully given"
	case asOf.IsZero():
		return pipeline.Finding{}, "no day was given to place the " + word
	}
	switch days := pipeline.Days(f, asOf); {
	case len(days) == 0 && f.Name == mrz.DateOfBirth: // 29 February of a year that has none
		return fail(pipeline.S2, "date_impossible", p), ""
	case len(days) == 0:
		return say(pipeline.Undetermined, "date_unplaced", p), ""
	}
	return pipeline.Finding{}, ""
}

// order compares the dates. In the zone alone, a date of birth after the date of
// expiry can still be one of the century before: by our century policy that is
// always possible, so the question stays open instead of failing for the very
// old. It is settled where the page prints both with their centuries.
func order(z zone, p pipeline.Page, asOf time.Time) pipeline.Finding {
	birth, _ := z.MRZ.Field(mrz.DateOfBirth)
	expiry, _ := z.MRZ.Field(mrz.DateOfExpiry)
	born, expires := pipeline.Days(birth, asOf), pipeline.Days(expiry, asOf)
	f := say(pipeline.OK, "dates_ok", nil)
	b, bornPrinted := printedDay(p, birth)
	e, expiryPrinted := printedDay(p, expiry)
	switch earliest := born[len(born)-1]; {
	case bornPrinted && expiryPrinted && b.Day.After(e.Day):
		f = fail(pipeline.S2, "dates_disordered", params{"expiry": e.Day.Format(dayForm), "birth": b.Day.Format(dayForm)})
		f.Boxes = append(z.onPrint("printed date of birth", b.Words...), z.onPrint("printed date of expiry", e.Words...)...)
	case bornPrinted && expiryPrinted:
	case born[0].After(expires[0]):
		f = say(pipeline.Undetermined, "dates_out_of_order", params{"expiry": expires[0].Format(dayForm), "birth": earliest.Format(dayForm)})
	}
	f.Values = []pipeline.Value{
		{Label: "date of birth", Printed: pipeline.ValueOf(birth, asOf)}, {Label: "date of expiry", Printed: pipeline.ValueOf(expiry, asOf)},
	}
	return z.onField(z.onField(f, birth), expiry)
}

// printedDay gives the day that the page prints for a date of the zone: one that
// agrees with all that the zone says, and adds the century. Where two centuries
// are printed, or one is not read surely, ok is false.
func printedDay(p pipeline.Page, f mrz.Field) (day pipeline.PrintedDate, ok bool) {
	for _, d := range p.Dates() {
		if d.Day.Format("060102") != f.Raw {
			continue
		}
		if !d.Sure || ok && !d.Day.Equal(day.Day) {
			return day, false
		}
		day, ok = d, true
	}
	return day, ok
}
