package pipeline

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func by(names string, verdicts ...Verdict) []Decision {
	var ds []Decision
	for i, v := range verdicts {
		ds = append(ds, Decision{Seq: i + 1, Reviewer: names[i : i+1], Judgement: Judgement{Verdict: v}})
	}
	return ds
}

// TestKnown: nobody learns of another's decision before their own is in, but
// for the one who settles.
func TestKnown(t *testing.T) {
	for name, tt := range map[string]struct {
		ds   []Decision
		who  string
		want int
	}{
		"none":                           {nil, "b", 0},
		"the second of an adverse first": {by("a", DataAltered), "b", 0},
		"the first of their own":         {by("a", DataAltered), "a", 1},
		"one is enough":                  {by("a", NoIrregularity), "b", 1},
		"two agree":                      {by("ab", DataAltered, PhotoSubstituted), "c", 2},
		"the third of two who differ":    {by("ab", DataAltered, NoIrregularity), "c", 2},
		"settled":                        {by("abc", DataAltered, NoIrregularity, Counterfeit), "d", 3},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Known(tt.ds, tt.who); len(got) != tt.want {
				t.Errorf("%d decisions; want %d", len(got), tt.want)
			}
		})
	}
}

func TestAgreed(t *testing.T) {
	for name, tt := range map[string]struct {
		ds   []Decision
		want int
	}{
		"open":             {by("a", DataAltered), 0},
		"one":              {by("a", NoIrregularity), 1},
		"two":              {by("ab", DataAltered, PhotoSubstituted), 2},
		"the third alone":  {by("abc", DataAltered, NoIrregularity, Inconclusive), 1},
		"the third agrees": {by("abc", DataAltered, NoIrregularity, NoIrregularity), 2},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Agreed(tt.ds); got != tt.want {
				t.Errorf("%d; want %d", got, tt.want)
			}
		})
	}
}

func TestDraftComesBack(t *testing.T) {
	d := NewDraft()
	d.Verdict, d.Reason, d.Findings, d.Opened, d.Active, d.Impression = DataAltered, "“7” is thinner", []string{"MRZ-04", SeenOtherwise}, []string{"image"}, 90*time.Second, NoIrregularity
	b, err := d.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseDraft(b)
	if diff := cmp.Diff(d, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	if _, err := ParseDraft([]byte("{")); err == nil {
		t.Error("half a draft is read")
	}
}

func TestRecaptureCheck(t *testing.T) {
	for name, tt := range map[string]struct {
		r    Recapture
		want string // fields
	}{
		"right":         {Recapture{Reasons: []string{"ask_blur"}}, ""},
		"with a part":   {Recapture{Reasons: []string{"ask_blur"}, Box: Box{X: 1, Y: 2, Width: 3, Height: 4}}, ""},
		"no reason":     {Recapture{}, "reasons"},
		"other reasons": {Recapture{Reasons: []string{"ask_blur", "x", "y"}}, "reasons"},
		"long note":     {Recapture{Reasons: []string{"ask_blur"}, Note: strings.Repeat("é", MaxNote+1)}, "note"},
		"empty part":    {Recapture{Reasons: []string{"ask_blur"}, Box: Box{X: 1}}, "region"},
	} {
		t.Run(name, func(t *testing.T) {
			var fields []string
			for _, e := range tt.r.Check() {
				fields = append(fields, e.Field)
			}
			if got := strings.Join(fields, " "); got != tt.want {
				t.Errorf("%q; want %q", got, tt.want)
			}
		})
	}
}
