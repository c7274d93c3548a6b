package checks

import (
	"slices"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/text"
)

func init() {
	register(pipeline.Check{
		ID: "MRZ-12", Name: "Nationality and issuing State", Standard: "Doc 9303-3, section 5", Severity: pipeline.S1, Version: 1,
		Run: eachZone(func(z zone) []pipeline.Finding { return one(plausible(z)) }),
	})
}

// ownNationals are the document codes of passports that a State gives to its
// own nationals. Any other letter may mean a passport for somebody else, and
// cards and visas mostly are.
var ownNationals = []string{"P", "PP", "PM"}

// plausible compares two codes with each other and nothing else. It never asks
// which they are: a State's passport for a person without a nationality, of
// another kind of nationality or of an organisation is as it should be.
func plausible(z zone) pipeline.Finding {
	code, _ := z.MRZ.Field(mrz.DocumentCode)
	issuer, _ := z.MRZ.Field(mrz.IssuingState)
	nationality, ok := z.MRZ.Field(mrz.Nationality)
	p := params{"field": text.Field(string(mrz.Nationality))}
	switch {
	case !ok:
		return say(pipeline.NotPerformed, "field_absent", p)
	case z.MRZ.Format != mrz.TD3 || !slices.Contains(ownNationals, code.Text()):
		return say(pipeline.NotPerformed, "nationality_free", nil)
	case !mrz.StandingOf(issuer.Raw).Lawful() || !mrz.StandingOf(nationality.Raw).Lawful():
		return say(pipeline.NotPerformed, "nationality_unlisted", nil)
	}
	f := say(pipeline.OK, "nationality_fits", nil)
	switch {
	case related(issuer.Text(), nationality.Text()):
	case !z.trusted(code, code.Spans) || !z.trusted(issuer, issuer.Spans) || !z.trusted(nationality, nationality.Spans):
		f = say(pipeline.Undetermined, "nationality_unsure", nil)
	default:
		f = fail(pipeline.S1, "nationality_differs", nil)
	}
	for _, field := range []mrz.Field{issuer, nationality} {
		f = z.onField(f, field)
		f.Values = append(f.Values, pipeline.Value{Label: text.Field(string(field.Name)), Printed: field.Text()})
	}
	return f
}

// related tells whether a passport of one code may be for nationals of the
// other: the same, or one of them is no State.
func related(issuer, nationality string) bool {
	const germany = "DEU" // D in zones
	if issuer == "D" {
		issuer = germany
	}
	if nationality == "D" {
		nationality = germany
	}
	return issuer == nationality || mrz.StandingOf(issuer) != mrz.State || mrz.StandingOf(nationality) != mrz.State
}
