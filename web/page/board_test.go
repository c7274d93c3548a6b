package page

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
)

// someDecisions are of two reviewers at two sites.
func someDecisions() []pipeline.DecisionCount {
	return []pipeline.DecisionCount{
		{Reviewer: "reviewer", Site: "NPT", Machine: pipeline.ReviewSuggested, Verdict: pipeline.Counterfeit, N: 50},
		{Reviewer: "second-reviewer", Site: "NPT", Machine: pipeline.ReviewSuggested, Verdict: pipeline.Counterfeit, Second: true, Settling: true, N: 45},
		{Reviewer: "second-reviewer", Machine: pipeline.ReviewSuggested, Verdict: pipeline.NoIrregularity, Second: true, Split: true, N: 5},
		{Reviewer: "reviewer", Site: "EFD", Machine: pipeline.NoIrregularityFound, Verdict: pipeline.DataAltered, N: 1},
	}
}

func boardExamples() []example {
	boss := shellAs(pipeline.RoleSupervisor, "Supervisor", "/board")
	var items []pipeline.DecidedItem
	for i, v := range []pipeline.Verdict{pipeline.Counterfeit, pipeline.NoIrregularity, pipeline.Inconclusive} {
		items = append(items, pipeline.DecidedItem{Encounter: "NPT-241126-0147", Split: i == 1, Decision: pipeline.Decision{
			Document: "TSD-7Q4K-2M9X", Seq: i + 1, Reviewer: "reviewer", At: now.Add(-time.Hour), Machine: pipeline.ReviewSuggested, Judgement: pipeline.Judgement{Verdict: v},
		}})
	}
	at := shellAs(pipeline.RoleSupervisor, "Supervisor", "/board/decisions")
	return []example{
		{"board", "board", boss, Board{Counts: someCounts(), LateReferrals: 1, LateTasks: 2, Near: 1, Concerns: 3, Assigned: 2, Held: waitingItems()[:3], Month: someDecisions(), Today: someDecisions()[:1], Freed: "TSD-7Q4K-2M9X"}},
		{"overdue", "overdue", boss, Overdue{Referrals: []casework.Referral{sentReferral(casework.KindSafeguarding, 2)}, Tasks: []casework.Task{
			{ID: "T-AAAABBBBCCCC", Kind: casework.TaskAskAgain, Encounter: occasion, Person: 2, Owner: "officer", OpenedAt: now.Add(-25 * time.Hour), DueAt: now.Add(-time.Hour)},
		}, Near: []Near{{occasion, deadlines()[1]}}}},
		{"overdue-empty", "overdue", boss, Overdue{}},
		{"board-empty", "board", boss, Board{}},
		{"decisions", "decisions", at, Decisions{Period: Month, Show: ShowSecond, Reviewer: "reviewer", Site: "NPT", Query: url.Values{"show": {"second"}}, Items: items, Total: 60, Page: 2}},
		{"decisions-empty", "decisions", at, Decisions{Period: Today, Show: ShowAll, Page: 1}},
	}
}

// TestBoardWords: sentences with a number in them.
func TestBoardWords(t *testing.T) {
	for got, want := range map[string]string{
		boardLead(pipeline.ReviewCounts{}):                                             "No document is waiting for a decision.",
		boardLead(pipeline.ReviewCounts{All: 4}):                                       "Nothing is late.",
		boardLead(pipeline.ReviewCounts{All: 1, Late: 1}):                              "1 of 1 open review is late.",
		boardLead(pipeline.ReviewCounts{All: 1200, Late: 3, Soon: 1}):                  "3 of 1,200 open reviews are late, and 1 is due within 15 minutes.",
		boardLead(pipeline.ReviewCounts{All: 41, Soon: 2, Unowned: 1}):                 "Nothing is late, and 2 are due within 15 minutes. Nobody has 1 urgent one open.",
		agreementWords(pipeline.Share{}):                                               "No document was decided by two people.",
		agreementWords(pipeline.Share{N: 45, Of: 50}):                                  "Two people came to the same on 45 of 50 documents (90%).",
		agreementWords(pipeline.Share{N: 2, Of: 3}):                                    "Two people came to the same on 2 of 3 documents (67%).",
		agreementWords(pipeline.Share{N: 0, Of: 1}):                                    "Two people came to the same on 0 of 1 document (0%).",
		throughput(pipeline.Tally{}):                                                   "Nobody has decided anything today.",
		throughput(pipeline.Tally{Decisions: 42, Settled: 1}):                          "42 decisions today, and 1 review settled by them.",
		Decisions{Period: Today, Show: ShowAll}.Caption():                              "All decisions, today",
		Decisions{Period: Month, Show: ShowCleared, Reviewer: "rita"}.Caption():        "No signs of fraud, where screening suggested a review, by rita, in the last 28 days",
		Decisions{Period: Month, Show: ShowFound, Site: NoSite}.Caption():              "Fraud, where screening found nothing, of encounters that are not known here, in the last 28 days",
		Decisions{Period: Month, Show: ShowDisagreed, Site: "NPT"}.Caption():           "Second persons who saw it differently, at NPT, in the last 28 days",
		Month.Since(time.Date(2026, 11, 24, 20, 17, 0, 0, time.UTC)).Format("2 Jan"):   "27 Oct",
		Today.Since(time.Date(2026, 11, 24, 20, 17, 0, 0, time.UTC)).Format("2 15:04"): "24 00:00",
	} {
		if got != want {
			t.Errorf("%q; want %q", got, want)
		}
	}
}

// TestBoardRanksNobody: rows stand in the order of names, and no time that
// somebody took is told.
func TestBoardRanksNobody(t *testing.T) {
	boss := shellAs(pipeline.RoleSupervisor, "Supervisor", "/board")
	body := render(t, load(t), example{"", "board", boss, Board{Month: someDecisions()}})
	if i, j := strings.Index(body, "reviewer=reviewer"), strings.Index(body, "reviewer=second-reviewer"); i < 0 || j < i {
		t.Errorf("the names stand at %d and %d", i, j)
	}
	for _, word := range []string{"average", "median", "fastest", "per hour", "minutes each"} {
		if strings.Contains(body, word) {
			t.Errorf("the board says %q", word)
		}
	}
}
