package checks

import (
	"slices"
	"testing"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

func TestCatalogue(t *testing.T) {
	var ids []string
	for _, c := range All() {
		ids = append(ids, c.ID)
	}
	want := []string{"CAP-01", "DOC-03", "DOC-04", "DOC-05", "IMG-03", "MRZ-01", "MRZ-02", "MRZ-03", "MRZ-04", "MRZ-05", "MRZ-06", "MRZ-07", "MRZ-08", "MRZ-09", "MRZ-10", "MRZ-11", "MRZ-12", "MRZ-13", "MRZ-14", "MRZ-15", "VIZ-01"}
	if !slices.Equal(ids, want) {
		t.Errorf("catalogue is %v; want %v", ids, want)
	}
	if _, ok := ByID("MRZ-99"); ok {
		t.Error("found a check that is not there")
	}
}

func TestRegisterRefuses(t *testing.T) {
	run := func(*pipeline.Input) []pipeline.Finding { return nil }
	for name, c := range map[string]pipeline.Check{
		"twice":       {ID: "MRZ-01", Name: "x", Standard: "x", Version: 1, Run: run},
		"no name":     {ID: "X-01", Standard: "x", Version: 1, Run: run},
		"no standard": {ID: "X-01", Name: "x", Version: 1, Run: run},
		"no version":  {ID: "X-01", Name: "x", Standard: "x", Run: run},
		"no question": {ID: "X-01", Name: "x", Standard: "x", Version: 1},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					delete(catalogue, "X-01")
					t.Error("registered")
				}
			}()
			register(c)
		})
	}
}

// Every check whose Fail weighs has a rule, at the same severity; a check of
// S0 has none.
func TestRulesFitTheCatalogue(t *testing.T) {
	rules := map[string]pipeline.Severity{}
	for _, r := range pipeline.Rules.Rules {
		rules[r.Check] = r.Severity
	}
	for _, c := range All() {
		s, ok := rules[c.ID]
		if ok != (c.Severity > pipeline.S0) || s != c.Severity {
			t.Errorf("%s is %s, its rule %s (there: %v)", c.ID, c.Severity, s, ok)
		}
		delete(rules, c.ID)
	}
	if len(rules) > 0 {
		t.Errorf("rules without a check: %v", rules)
	}
}

func BenchmarkScreen(b *testing.B) {
	lines, err := mrz.Compose(anna(mrz.TD3))
	if err != nil {
		b.Fatal(err)
	}
	in, all := printed(lines), All()
	b.ReportAllocs()
	for b.Loop() {
		pipeline.Screen(in, all, nil, pipeline.Rules, "bench")
	}
}
