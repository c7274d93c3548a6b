package pipeline_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"touchstone.internal/pipeline"
)

// Every verdict belongs to one kind, and every kind has one.
func TestVerdictKinds(t *testing.T) {
	kinds := []pipeline.VerdictKind{
		pipeline.KindAltered, pipeline.KindCounterfeit, pipeline.KindObtained, pipeline.KindWrongHolder,
		pipeline.KindNotFraud, pipeline.KindNoSigns, pipeline.KindCannotTell,
	}
	seen := map[pipeline.Verdict]bool{}
	for _, k := range kinds {
		vs := k.Verdicts()
		if len(vs) == 0 {
			t.Errorf("%s has no verdict", k)
		}
		for _, v := range vs {
			if seen[v] || v.Kind() != k {
				t.Errorf("%s is of kind %s and listed under %s", v, v.Kind(), k)
			}
			seen[v] = true
		}
	}
	if len(seen) != 22 {
		t.Errorf("%d verdicts, want the 22 of the taxonomy", len(seen))
	}
	for _, v := range []pipeline.Verdict{pipeline.LostOrStolen, pipeline.Expired, pipeline.Damaged, pipeline.Specimen, pipeline.KnownDeviation, pipeline.NoIrregularity, pipeline.Inconclusive, pipeline.NotADocument, ""} {
		if v.Adverse() {
			t.Errorf("%q is adverse", v)
		}
	}
}

// sound is a judgement in which nothing is wrong.
func sound() pipeline.Judgement {
	return pipeline.Judgement{
		Verdict: pipeline.DataAltered, Confidence: pipeline.Probable, Level: 2, Basis: pipeline.BasisPhysical,
		Findings: []string{"MRZ-04"}, Reason: "The digits of the year stand lower than the others.",
	}
}

func TestJudgementCheck(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(*pipeline.Judgement)
		machine pipeline.Conclusion
		field   string // the one that is wrong; empty if none
	}{
		"sound":                        {func(*pipeline.Judgement) {}, pipeline.ReviewSuggested, ""},
		"no verdict":                   {func(j *pipeline.Judgement) { j.Verdict = "" }, pipeline.ReviewSuggested, "verdict"},
		"an unknown verdict":           {func(j *pipeline.Judgement) { j.Verdict = "XX" }, pipeline.ReviewSuggested, "verdict"},
		"no confidence":                {func(j *pipeline.Judgement) { j.Confidence = "" }, pipeline.ReviewSuggested, "confidence"},
		"confirmed on images":          {func(j *pipeline.Judgement) { j.Confidence, j.Basis = pipeline.Confirmed, pipeline.BasisImage }, pipeline.ReviewSuggested, "confidence"},
		"confirmed by touch":           {func(j *pipeline.Judgement) { j.Confidence = pipeline.Confirmed }, pipeline.ReviewSuggested, ""},
		"an impostor on images":        {func(j *pipeline.Judgement) { j.Verdict, j.Basis = pipeline.Impostor, pipeline.BasisImage }, pipeline.ReviewSuggested, "basis"},
		"obtained, on images":          {func(j *pipeline.Judgement) { j.Verdict, j.Basis = pipeline.FraudulentlyGot, pipeline.BasisImage }, pipeline.ReviewSuggested, "basis"},
		"a stolen blank, on images":    {func(j *pipeline.Judgement) { j.Verdict, j.Basis = pipeline.StolenBlank, pipeline.BasisImage }, pipeline.ReviewSuggested, "basis"},
		"level 4":                      {func(j *pipeline.Judgement) { j.Level = 4 }, pipeline.ReviewSuggested, "level"},
		"adverse without finding":      {func(j *pipeline.Judgement) { j.Findings = nil }, pipeline.ReviewSuggested, "findings"},
		"adverse without reason":       {func(j *pipeline.Judgement) { j.Reason = "" }, pipeline.ReviewSuggested, "reason"},
		"against the machine, no word": {func(j *pipeline.Judgement) { j.Verdict, j.Reason = pipeline.NoIrregularity, "" }, pipeline.ReviewSuggested, "reason"},
		"with the machine, no word": {
			func(j *pipeline.Judgement) { j.Verdict, j.Reason, j.Findings = pipeline.NoIrregularity, "", nil }, pipeline.NoIrregularityFound, "",
		},
		"1,000 characters": {func(j *pipeline.Judgement) { j.Reason = string(make([]rune, 1000)) }, pipeline.ReviewSuggested, ""},
		"1,001 characters": {func(j *pipeline.Judgement) { j.Reason = string(make([]rune, 1001)) }, pipeline.ReviewSuggested, "reason"},
	} {
		t.Run(name, func(t *testing.T) {
			j := sound()
			c.change(&j)
			errs := j.Check(c.machine)
			if c.field == "" && len(errs) > 0 {
				t.Errorf("refused: %v", errs)
			}
			if c.field != "" && (len(errs) != 1 || errs[0].Field != c.field) {
				t.Errorf("got %v, want one mistake in %s", errs, c.field)
			}
		})
	}
}

// An adverse verdict never stands on one person's word, and what two people
// agree on does.
func TestAfter(t *testing.T) {
	all := []pipeline.Verdict{}
	for _, k := range []pipeline.VerdictKind{pipeline.KindAltered, pipeline.KindCounterfeit, pipeline.KindNoSigns, pipeline.KindCannotTell, pipeline.KindNotFraud} {
		all = append(all, k.Verdicts()...)
	}
	rapid.Check(t, func(t *rapid.T) {
		var ds []pipeline.Decision
		for pipeline.After(ds) != pipeline.ReviewDecided {
			ds = append(ds, pipeline.Decision{Seq: len(ds) + 1, Judgement: pipeline.Judgement{Verdict: rapid.SampledFrom(all).Draw(t, "verdict")}})
		}
		settled, ok := pipeline.Settled(ds)
		if !ok || len(ds) > 5 || settled.Seq != len(ds) {
			t.Fatalf("%d decisions settle on %+v", len(ds), settled)
		}
		if settled.Verdict.Adverse() && pipeline.Agreed(ds) < 2 {
			t.Fatal("one person's word stands")
		}
		if len(ds) > 2 && ds[0].Verdict.Kind() == ds[1].Verdict.Kind() {
			t.Fatal("a third was asked though two agreed")
		}
		for i := range ds {
			if _, ok := pipeline.Settled(ds[:i]); ok {
				t.Fatalf("settled after %d of %d", i, len(ds))
			}
		}
	})
}

func TestSampling(t *testing.T) {
	s := pipeline.DefaultSampling
	for name, c := range map[string]struct {
		conclusion pipeline.Conclusion
		chance     pipeline.Chance
		want       *pipeline.Opening
	}{
		"flagged":            {pipeline.ReviewSuggested, pipeline.Chance{Audit: .9, Fold: .9}, &pipeline.Opening{Cause: pipeline.CauseFlagged}},
		"flagged and folded": {pipeline.ReviewSuggested, pipeline.Chance{Audit: .9, Fold: .09}, &pipeline.Opening{Cause: pipeline.CauseFlagged, Folded: true}},
		"unread":             {pipeline.CouldNotCheck, pipeline.Chance{Audit: .9, Fold: .9}, &pipeline.Opening{Cause: pipeline.CauseUnchecked}},
		"a fault":            {pipeline.TechnicalFault, pipeline.Chance{Audit: .9, Fold: .9}, &pipeline.Opening{Cause: pipeline.CauseUnchecked}},
		"clean":              {pipeline.NoIrregularityFound, pipeline.Chance{Audit: .02, Fold: 0}, nil},
		"clean, by chance":   {pipeline.NoIrregularityFound, pipeline.Chance{Audit: .019, Fold: .9}, &pipeline.Opening{Cause: pipeline.CauseAudit}},
	} {
		got := s.Opens(pipeline.ScreeningOutcome{Conclusion: c.conclusion}, c.chance)
		if (got == nil) != (c.want == nil) || got != nil && *got != *c.want {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}

func TestDueAt(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	friday := time.Date(2026, 11, 27, 16, 5, 0, 0, london)
	for name, c := range map[string]struct {
		channel pipeline.Channel
		safety  bool
		opened  time.Time
		want    time.Time
	}{
		"safety":            {pipeline.ChannelInCountry, true, friday, friday.Add(30 * time.Minute)},
		"waiting":           {pipeline.ChannelPrimary, false, friday, friday.Add(time.Hour)},
		"taken aside":       {pipeline.ChannelSecondLine, false, friday, friday.Add(time.Hour)},
		"custody":           {pipeline.ChannelCustody, false, friday, friday.Add(90 * time.Minute)},
		"nobody waits":      {pipeline.ChannelInCountry, false, friday, time.Date(2026, 11, 30, 14, 0, 0, 0, london)},
		"nobody, on Monday": {"", false, friday.AddDate(0, 0, 3), time.Date(2026, 12, 1, 14, 0, 0, 0, london)},
		"across the clocks": {"", false, time.Date(2026, 3, 27, 12, 0, 0, 0, london), time.Date(2026, 3, 30, 14, 0, 0, 0, london)},
	} {
		if got := pipeline.DueAt(c.channel, c.safety, c.opened); !got.Equal(c.want) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
