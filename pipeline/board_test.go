package pipeline

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTally(t *testing.T) {
	counts := []DecisionCount{
		{Reviewer: "rita", Site: "NPT", Machine: ReviewSuggested, Verdict: Counterfeit, N: 5},
		{Reviewer: "sam", Site: "NPT", Machine: ReviewSuggested, Verdict: Composite, Second: true, Settling: true, N: 4},
		{Reviewer: "sam", Site: "EFD", Machine: ReviewSuggested, Verdict: NoIrregularity, Second: true, Split: true, N: 1},
		{Reviewer: "rita", Machine: ReviewSuggested, Verdict: NoIrregularity, Settling: true, N: 2},
		{Reviewer: "rita", Machine: ReviewSuggested, Verdict: Expired, Settling: true, N: 1}, // not against the machine
		{Reviewer: "rita", Machine: NoIrregularityFound, Verdict: NoIrregularity, Settling: true, N: 8},
		{Reviewer: "rita", Machine: NoIrregularityFound, Verdict: DataAltered, N: 1},
		{Reviewer: "rita", Machine: CouldNotCheck, Verdict: DataAltered, N: 3},
	}
	want := Tally{Decisions: 25, Settled: 15, Agreed: Share{4, 5}, Cleared: Share{3, 13}, Found: Share{1, 9}}
	if diff := cmp.Diff(want, TallyOf(counts)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	by := TallyBy(counts, func(c DecisionCount) string { return c.Reviewer })
	wantBy := []NamedTally{
		{"rita", Tally{Decisions: 20, Settled: 11, Cleared: Share{2, 8}, Found: Share{1, 9}}},
		{"sam", Tally{Decisions: 5, Settled: 4, Agreed: Share{4, 5}, Cleared: Share{1, 5}}},
	}
	if diff := cmp.Diff(wantBy, by); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := TallyBy(nil, nil); len(got) != 0 {
		t.Errorf("of nothing: %v", got)
	}
}
