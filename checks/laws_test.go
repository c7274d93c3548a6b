package checks

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

var formats = []mrz.Format{mrz.TD1, mrz.TD2, mrz.TD3, mrz.MRVA, mrz.MRVB}

// A document that conforms gives no irregularity, in every format.
func TestConformingDocuments(t *testing.T) {
	for _, f := range formats {
		r := pipeline.Screen(picture(t, anna(f)), All(), pipeline.Deviations, pipeline.Rules, "test")
		if r.Outcome.Conclusion != pipeline.NoIrregularityFound {
			t.Errorf("%s: %+v", f, r.Outcome)
		}
		for _, x := range r.Findings {
			wantShowable(t, x)
			if x.Outcome == pipeline.Aborted || x.Outcome == pipeline.Fail && x.Check != "DOC-03" {
				t.Errorf("%s: %s says %s", f, x.Check, x.Reason)
			}
		}
	}
}

// The first reason names the fault, though the overall digit shows it too.
func TestFirstReasonNamesTheFault(t *testing.T) {
	td3 := func(line, column int, s string) *pipeline.Input {
		return picture(t, anna(mrz.TD3), write(line, column, s))
	}
	impossible := anna(mrz.TD2)
	impossible.DateOfBirth = "741312"
	for name, tt := range map[string]struct {
		in    *pipeline.Input
		check string
	}{
		"number":          {td3(1, 9, "7"), "MRZ-03"},
		"date of birth":   {td3(1, 19, "7"), "MRZ-04"},
		"date of expiry":  {td3(1, 27, "1"), "MRZ-05"},
		"personal number": {td3(1, 42, "7"), "MRZ-06"},
		"overall digit":   {td3(1, 43, "7"), "MRZ-07"},
		"issuing State":   {td3(0, 2, "UTP"), "DOC-04"},
		"syntax":          {td3(0, 7, "9"), "MRZ-02"},
		"month 13":        {picture(t, impossible), "MRZ-10"},
		"printed number":  {page(picture(t, anna(mrz.TD3)), "L898102C3"), "VIZ-01"},
	} {
		t.Run(name, func(t *testing.T) {
			r := pipeline.Screen(tt.in, All(), nil, pipeline.Rules, "test")
			if r.Outcome.Conclusion != pipeline.ReviewSuggested || r.Findings[0].Check != tt.check {
				t.Errorf("%s, first %s: %s", r.Outcome.Conclusion, r.Findings[0].Check, r.Findings[0].Reason)
			}
		})
	}
}

// Nationality and issuing State never move the total: other codes of the list
// in their place give the same outcome, whatever else is wrong. Only whether
// the two can stand together counts (MRZ-12), and a code that is no State's,
// such as a refugee's, always can.
func TestCodesNeverMoveTheTotal(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		v := anna(rapid.SampledFrom(formats).Draw(rt, "format"))
		var faults []func(*pipeline.Zone)
		for range rapid.IntRange(0, 3).Draw(rt, "faults") {
			column := rapid.SampledFrom([]int{0, 3, 8, 22, 25}).Draw(rt, "column")
			if v.Format == mrz.TD1 && column > 14 && column < 18 {
				continue
			}
			faults = append(faults, write(1, column, string(rune('0'+rapid.IntRange(0, 9).Draw(rt, "digit")))))
			if rapid.Bool().Draw(rt, "unsure") {
				faults = append(faults, blur(1, column))
			}
		}
		pairs := rapid.SliceOfN(rapid.SampledFrom(mrz.Codes()), 2, 2)
		screen := func() pipeline.ScreeningOutcome {
			return pipeline.Screen(picture(t, v, faults...), All(), nil, pipeline.Rules, "test").Outcome
		}
		first := pairs.Draw(rt, "issuing State and nationality")
		v.IssuingState, v.Nationality = first[0], first[1]
		a := screen()
		other := pairs.Filter(func(p []string) bool { return related(p[0], p[1]) == related(first[0], first[1]) }).Draw(rt, "others")
		v.IssuingState, v.Nationality = other[0], other[1]
		b := screen()
		one, _ := json.Marshal(a)
		two, _ := json.Marshal(b)
		if string(one) != string(two) {
			rt.Errorf("with other codes\n%s\nbecomes\n%s", one, two)
		}
	})
}

// However a zone is garbled, every check answers, nothing breaks off, and an
// unsure character never carries a fail of its check digit.
func TestGarbledZones(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		v := anna(rapid.SampledFrom(formats).Draw(rt, "format"))
		in := picture(t, v, func(z *pipeline.Zone) {
			for range rapid.IntRange(0, 12).Draw(rt, "changes") {
				l := &z.Lines[rapid.IntRange(0, len(z.Lines)-1).Draw(rt, "line")]
				c := &l.Chars[rapid.IntRange(0, len(l.Chars)-1).Draw(rt, "column")]
				c.Rune = "<0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[rapid.IntRange(0, 36).Draw(rt, "character")]
				c.SecondRead, c.Confidence = 0, 0.5
			}
		})
		r := pipeline.Screen(in, All(), nil, pipeline.Rules, "test")
		for _, f := range r.Findings {
			if f.Outcome == pipeline.Aborted || f.Reason == "" {
				rt.Errorf("%s: %s %q", f.Check, f.Outcome, f.Reason)
			}
			if f.Outcome == pipeline.Fail && f.Severity > pipeline.S0 {
				rt.Errorf("%s fails over unsure characters: %s", f.Check, f.Reason)
			}
		}
	})
}
