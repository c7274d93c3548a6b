package pipeline

import (
	"encoding/json"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"touchstone.internal/pipeline/mrz"
)

func found(check string, o Outcome, s Severity) Finding {
	return Finding{Check: check, Outcome: o, Severity: s}
}

func TestAssess(t *testing.T) {
	read := found("MRZ-01", OK, S0)
	for name, tt := range map[string]struct {
		found   []Finding
		problem Problem
		want    ScreeningOutcome
	}{
		"nothing found": {[]Finding{read, found("MRZ-03", OK, S2)}, "", ScreeningOutcome{Conclusion: NoIrregularityFound, Level: 1}},
		"specimen, expired": {
			[]Finding{read, found("DOC-03", Fail, S0), found("MRZ-11", Fail, S0)},
			"",
			ScreeningOutcome{Conclusion: NoIrregularityFound, Level: 1},
		},
		"file problem":                  {[]Finding{found("CAP-01", Fail, S0)}, ProblemCorrupt, ScreeningOutcome{Conclusion: CouldNotCheck, Problem: ProblemCorrupt}},
		"no zone":                       {[]Finding{found("MRZ-01", Fail, S0)}, "", ScreeningOutcome{Conclusion: CouldNotCheck, Problem: ProblemZoneNotFound}},
		"no check of the zone":          {nil, "", ScreeningOutcome{Conclusion: CouldNotCheck, Problem: ProblemZoneNotFound}},
		"zone unreadable":               {[]Finding{found("MRZ-01", Undetermined, S0)}, "", ScreeningOutcome{Conclusion: CouldNotCheck, Problem: ProblemZoneUnreadable}},
		"reading broke off":             {[]Finding{found("MRZ-01", Aborted, S0)}, "", ScreeningOutcome{Conclusion: CouldNotCheck, Problem: ProblemZoneUnreadable}},
		"one zone of two read":          {[]Finding{read, found("MRZ-01", Undetermined, S0)}, "", ScreeningOutcome{Conclusion: CouldNotCheck, Problem: ProblemZoneUnreadable}},
		"digit undetermined":            {[]Finding{read, found("MRZ-05", Undetermined, S2)}, "", ScreeningOutcome{Conclusion: CouldNotCheck, Problem: ProblemUndetermined}},
		"digit aborted":                 {[]Finding{read, found("MRZ-07", Aborted, S2)}, "", ScreeningOutcome{Conclusion: CouldNotCheck, Problem: ProblemUndetermined}},
		"digit not in this format":      {[]Finding{read, found("MRZ-07", NotPerformed, S2)}, "", ScreeningOutcome{Conclusion: NoIrregularityFound, Level: 1}},
		"date undetermined matters not": {[]Finding{read, found("MRZ-10", Undetermined, S2)}, "", ScreeningOutcome{Conclusion: NoIrregularityFound, Level: 1}},
		"fail though a zone is unreadable": {
			[]Finding{found("MRZ-01", Undetermined, S0), found("MRZ-03", Fail, S2)},
			"",
			ScreeningOutcome{
				Conclusion: ReviewSuggested, Band: Medium, Total: 1.6,
				Contributions: []Contribution{{Finding: 1, Check: "MRZ-03", Group: "check digits", Weight: 1.6, Share: 1.6}},
			},
		},
		"group": {
			[]Finding{found("MRZ-07", Fail, S1), found("MRZ-03", Fail, S2), read, found("DOC-04", Fail, S3)},
			"",
			ScreeningOutcome{Conclusion: ReviewSuggested, Band: High, Total: 4.937, Contributions: []Contribution{
				{Finding: 3, Check: "DOC-04", Group: "codes", Weight: 3.2, Share: 3.2},
				{Finding: 1, Check: "MRZ-03", Group: "check digits", Weight: 1.6, Share: 1.6},
				{Finding: 0, Check: "MRZ-07", Group: "check digits", Weight: 0.55, Share: 0.137},
			}},
		},
		"weak": {
			[]Finding{read, found("MRZ-06", Fail, S1)},
			"",
			ScreeningOutcome{
				Conclusion: ReviewSuggested, Band: Low, Total: 0.6,
				Contributions: []Contribution{{Finding: 1, Check: "MRZ-06", Group: "check digits", Weight: 0.6, Share: 0.6}},
			},
		},
		"known deviation": {
			[]Finding{read, {Check: "MRZ-03", Outcome: Fail, Severity: S2, Deviation: "UTO-1"}},
			"",
			ScreeningOutcome{Conclusion: NoIrregularityFound, Level: 1},
		},
		"check without a rule": {
			[]Finding{read, found("NEW-01", Fail, S2)},
			"",
			ScreeningOutcome{Conclusion: ReviewSuggested, Band: Low, Contributions: []Contribution{{Finding: 1, Check: "NEW-01"}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if tt.want.Contributions == nil {
				tt.want.Contributions = []Contribution{}
			}
			if d := cmp.Diff(tt.want, Rules.Assess(tt.found, CapturePhoto, tt.problem)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestWeightByCapture(t *testing.T) {
	fs := []Finding{found("MRZ-03", Fail, S2)}
	copied, photo, scan := Rules.Assess(fs, CaptureCopy, ""), Rules.Assess(fs, CapturePhoto, ""), Rules.Assess(fs, CaptureScanner, "")
	if copied.Total >= photo.Total || photo.Total >= scan.Total {
		t.Errorf("totals %v, %v, %v; want a better capture to claim more", copied.Total, photo.Total, scan.Total)
	}
	for _, c := range []CaptureClass{CaptureReader, CaptureChip, CaptureExaminer} {
		if o := Rules.Assess(fs, c, ""); o.Total != scan.Total {
			t.Errorf("%s gives %v; its picture is looked at like a scan, %v", c, o.Total, scan.Total)
		}
	}
	if other := Rules.Assess(fs, "C9", ""); other.Total != copied.Total {
		t.Errorf("unknown capture class gives %v; want that of a copy, %v", other.Total, copied.Total)
	}
}

// someFindings draws findings of the catalogue's checks.
func someFindings(t *rapid.T) []Finding {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Finding {
		return found(
			rapid.SampledFrom([]string{"CAP-01", "DOC-03", "DOC-04", "MRZ-01", "MRZ-02", "MRZ-03", "MRZ-04", "MRZ-05", "MRZ-06", "MRZ-07", "MRZ-10", "MRZ-11"}).Draw(t, "check"),
			rapid.SampledFrom([]Outcome{OK, Fail, Undetermined, NotPerformed, Aborted}).Draw(t, "outcome"),
			Severity(rapid.IntRange(0, 4).Draw(t, "severity")))
	}), 0, 20).Draw(t, "findings")
}

func someCapture(t *rapid.T) CaptureClass {
	return rapid.SampledFrom(CaptureClasses).Draw(t, "capture")
}

func TestSharesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fs := someFindings(t)
		o := Rules.Assess(fs, someCapture(t), "")
		sum := 0.0
		for i, c := range o.Contributions {
			sum += c.Share
			if !fs[c.Finding].Counted() {
				t.Errorf("a finding that does not count contributes: %+v", c)
			}
			if i > 0 && c.Share > o.Contributions[i-1].Share {
				t.Errorf("contribution %d is stronger than the one before", i)
			}
		}
		if math.Abs(sum-o.Total) > 1e-9 || o.Total > float64(Rules.Ceiling)/1000 {
			t.Errorf("shares add up to %v; total %v", sum, o.Total)
		}
	})
}

func TestOrderOfFindingsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fs, c := someFindings(t), someCapture(t)
		other := rapid.Permutation(fs).Draw(t, "other order")
		a, b := Rules.Assess(fs, c, ""), Rules.Assess(other, c, "")
		for _, o := range []*ScreeningOutcome{&a, &b} {
			for i := range o.Contributions {
				o.Contributions[i].Finding = 0
			}
		}
		if d := cmp.Diff(a, b); d != "" {
			t.Errorf("(-one order +other):\n%s", d)
		}
	})
}

func TestOneMoreFailNeverLowersTheTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fs, c := someFindings(t), someCapture(t)
		more := found(rapid.SampledFrom([]string{"DOC-04", "MRZ-02", "MRZ-03", "MRZ-06", "MRZ-07", "MRZ-10"}).Draw(t, "check"), Fail, Severity(rapid.IntRange(0, 4).Draw(t, "severity")))
		before, after := Rules.Assess(fs, c, ""), Rules.Assess(append(slices.Clone(fs), more), c, "")
		if after.Total < before.Total {
			t.Errorf("total falls from %v to %v", before.Total, after.Total)
		}
	})
}

func TestWhatIsNoFailWeighsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fs, c := someFindings(t), someCapture(t)
		only := slices.DeleteFunc(slices.Clone(fs), func(f Finding) bool { return f.Outcome != Fail })
		if a, b := Rules.Assess(fs, c, "").Total, Rules.Assess(only, c, "").Total; a != b {
			t.Errorf("total %v with, %v without other answers", a, b)
		}
	})
}

// banned is what no rule may weigh (domain principle: the total speaks of the
// document alone).
var banned = []string{
	"nationality", "issuing", "state", "country", "name", "sex", "gender", "age", "birth", "religion", "language", "reason", "port", "origin", "person", "holder",
}

// The rule table can only hold what its types let it: this pins them, so that
// nobody adds a way to weigh a value.
func TestRuleTableWeighsNothingBanned(t *testing.T) {
	for typ, want := range map[reflect.Type][]string{
		reflect.TypeFor[RuleTable](): {"Version", "Rules", "RestPercent", "Ceiling", "MediumFrom", "HighFrom", "Calibrated"},
		reflect.TypeFor[Rule]():      {"Check", "Group", "Severity", "Weights"},
	} {
		var got []string
		for f := range typ.Fields() {
			got = append(got, f.Name)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s has other fields (-want +got): every one must be shown to weigh no value of a code\n%s", typ, d)
		}
	}
	id := regexp.MustCompile(`^[A-Z]{3}-[0-9]{2}$`)
	for _, r := range Rules.Rules {
		if !id.MatchString(r.Check) || slices.Contains(mrz.Codes(), r.Group) {
			t.Errorf("rule %+v is not keyed by a check", r)
		}
		for w := range strings.FieldsSeq(r.Group) {
			if slices.Contains(banned, strings.ToLower(w)) {
				t.Errorf("group %q names something banned", r.Group)
			}
		}
		for c, w := range r.Weights {
			if _, err := ParseCaptureClass(string(c)); err != nil || w < 0 {
				t.Errorf("rule %s weighs %d by %q", r.Check, w, c)
			}
		}
	}
}

func TestHash(t *testing.T) {
	h := Rules.Hash()
	if _, err := ParseDigest(h); err != nil || h != Rules.Hash() {
		t.Errorf("hash %q is no digest, or changes", h)
	}
	other := Rules
	other.Rules = slices.Clone(Rules.Rules)
	other.Rules[0].Weights = byCapture(1, 2, 3)
	if other.Hash() == h {
		t.Error("another weight, the same hash")
	}
	b, _ := json.Marshal(Rules)
	if !strings.Contains(string(b), `"severity":"S3"`) {
		t.Errorf("table is hashed as %s", b)
	}
}
