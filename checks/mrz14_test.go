package checks

import (
	"strings"
	"testing"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

func TestMRZ14(t *testing.T) {
	entry := pipeline.Deviation{ID: "UTO-1", Check: "MRZ-03", Statement: "check_digit_wrong", Format: mrz.TD3, IssuingState: "UTO", DocumentCode: "P", NumberPrefix: "L89", Source: "test"}
	change := func(f func(*pipeline.Deviation)) []pipeline.Deviation {
		d := entry
		f(&d)
		return []pipeline.Deviation{d}
	}
	for name, tt := range map[string]struct {
		known     []pipeline.Deviation
		explained bool
	}{
		"matches":       {change(func(*pipeline.Deviation) {}), true},
		"no table":      {nil, false},
		"other check":   {change(func(d *pipeline.Deviation) { d.Check = "MRZ-04" }), false},
		"other issuer":  {change(func(d *pipeline.Deviation) { d.IssuingState = "GBR" }), false},
		"other format":  {change(func(d *pipeline.Deviation) { d.Format = mrz.TD1 }), false},
		"other code":    {change(func(d *pipeline.Deviation) { d.DocumentCode = "PD" }), false},
		"other numbers": {change(func(d *pipeline.Deviation) { d.NumberPrefix = "M" }), false},
		"other mistake": {change(func(d *pipeline.Deviation) { d.Statement = "check_digit_missing" }), false},
		"whole issuer":  {[]pipeline.Deviation{{ID: "UTO-1", Check: "MRZ-03", IssuingState: "UTO"}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			// The composite is right again over the changed digit: one mistake alone.
			in := picture(t, anna(mrz.TD3), write(1, 9, "7"))
			lines := []string{in.Pages[0].Zones[0].Lines[0].Text(), in.Pages[0].Zones[0].Lines[1].Text()}
			in = printed(lines, write(1, 43, string(rune(mrz.Parse(lines).Composite.Computed))))
			r := pipeline.Screen(in, All(), tt.known, pipeline.Rules, "test")
			want := pipeline.ReviewSuggested
			if tt.explained {
				want = pipeline.NoIrregularityFound
			}
			if r.Outcome.Conclusion != want {
				t.Errorf("conclusion %s; want %s", r.Outcome.Conclusion, want)
			}
			for _, f := range r.Findings {
				wantShowable(t, f)
				switch {
				case f.Check == "MRZ-03" && (f.Deviation == "UTO-1") != tt.explained:
					t.Errorf("deviation %q on the finding", f.Deviation)
				case f.Check == "MRZ-14" && strings.Contains(f.Reason, "MRZ-03 (UTO-1)") != tt.explained:
					t.Errorf("reason %q", f.Reason)
				}
			}
		})
	}
}
