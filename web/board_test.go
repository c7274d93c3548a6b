package web

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"touchstone.internal/pipeline"
)

// decide lets somebody decide on a document.
func (w *world) decide(t testing.TB, id pipeline.DocumentID, name string, v pipeline.Verdict) {
	t.Helper()
	who := pipeline.Account{Name: name, Role: pipeline.RoleReviewer}
	if _, err := w.db.TakeReview(t.Context(), id, who, time.Now()); err != nil {
		t.Fatal(err)
	}
	d := pipeline.Decision{Document: id, At: time.Now(), Machine: pipeline.ReviewSuggested, Judgement: pipeline.Judgement{
		Verdict: v, Confidence: pipeline.Probable, Level: 1, Basis: pipeline.BasisImage, Findings: []string{"MRZ-03"}, Reason: "The digit was drawn over.",
	}}
	if _, err := w.db.Decide(t.Context(), d, who); err != nil {
		t.Fatal(err)
	}
}

// TestBoardNumbersLead: every number of the board leads to a list with as many
// entries.
func TestBoardNumbersLead(t *testing.T) {
	w := newWorld(t)
	var ids []pipeline.DocumentID
	for range 6 {
		ids = append(ids, w.waiting(t))
	}
	w.decide(t, ids[0], reviewer, pipeline.NoIrregularity)
	w.decide(t, ids[1], reviewer, pipeline.Counterfeit)
	w.decide(t, ids[1], second, pipeline.Counterfeit)
	w.decide(t, ids[2], reviewer, pipeline.Counterfeit)
	w.decide(t, ids[2], second, pipeline.NoIrregularity)
	w.decide(t, ids[3], reviewer, pipeline.Counterfeit)
	if _, err := w.db.TakeReview(t.Context(), ids[4], pipeline.Account{Name: reviewer, Role: pipeline.RoleReviewer}, time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := w.db.RaiseSafety(t.Context(), ids[0], pipeline.Account{Name: officer}, time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := w.db.RaiseSafety(t.Context(), ids[5], pipeline.Account{Name: officer}, time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	b := w.as(t, supervisor)
	board := b.get("/board")
	numbers := regexp.MustCompile(`href="(/(?:queue|board/decisions)\?[^"]+)">(?:<strong>)?(\d+)<`).FindAllStringSubmatch(board.body, -1)
	if board.status != http.StatusOK || len(numbers) < 25 {
		t.Fatalf("%d, %d numbers", board.status, len(numbers))
	}
	seen := map[string]bool{}
	for _, n := range numbers {
		list := b.get(strings.ReplaceAll(n[1], "&amp;", "&"))
		if rows := strings.Count(list.body, `<th scope="row"`); list.status != http.StatusOK || n[2] != strconv.Itoa(rows) {
			t.Errorf("%s says %s and leads to %d rows (%d)", n[1], n[2], rows, list.status)
		}
		seen[n[2]] = true
	}
	if !seen["6"] || !seen["2"] || !seen["1"] {
		t.Errorf("the numbers are %v", seen)
	}
	if !strings.Contains(board.body, "Two people came to the same on 1 of 2 documents (50%).") || !strings.Contains(board.body, "1 of 4 open reviews are late") || !strings.Contains(board.body, "6 decisions today, and 2 reviews settled by them.") {
		t.Error("a sentence is wrong")
	}
	if a := b.postForm("/reviews/"+string(ids[4])+"/free", map[string][]string{"back": {"/board"}}); a.header.Get("Location") != "/board?freed="+string(ids[4]) {
		t.Errorf("free leads to %s", a.header.Get("Location"))
	}
	if got := decode[boardBody](t, w.curl(t, supervisor).get("/api/v1/board").body); got.Open != 4 || got.Late != 1 || got.Month.Agreed != (pipeline.Share{N: 1, Of: 2}) || len(got.Reviewers) != 2 {
		t.Errorf("by the API: %+v", got)
	}
	if got := decode[decidedListBody](t, w.curl(t, supervisor).get("/api/v1/board/decisions?show=disagreed").body); got.Total != 1 || got.Data[0].ID != ids[2] || !got.Data[0].Split {
		t.Errorf("by the API: %+v", got)
	}
	for _, query := range []string{"show=x", "period=x", "site=x", "page=0", "nonsense=1"} {
		if a := b.get("/board/decisions?" + query); a.status != http.StatusBadRequest {
			t.Errorf("%s: %d", query, a.status)
		}
	}
	if got := w.history(t, "board"); got[0] != "consult list silvan" {
		t.Errorf("the log says %q", got)
	}
}
