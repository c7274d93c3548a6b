package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"touchstone.internal/pipeline"
)

// second is another reviewer.
const second = "sam"

// reviewers are desk accounts for a crowd.
func (w *world) reviewers(t testing.TB, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := w.db.CreateAccount(t.Context(), pipeline.Account{Name: name, Title: "The " + name, Role: pipeline.RoleReviewer, PasswordHash: passwordHash()}, pipeline.Deed{At: time.Now()}); err != nil {
			t.Fatal(err)
		}
	}
}

// waiting puts a document before the reviewers.
func (w *world) waiting(t testing.TB) pipeline.DocumentID {
	t.Helper()
	d := w.receive(t, officer)
	w.screen(t, d.ID)
	return d.ID
}

// TestQueue reads the queue, starts the most urgent review and reads that there
// is none left.
func TestQueue(t *testing.T) {
	w := newWorld(t)
	w.reviewers(t, second)
	rita, sam := w.as(t, reviewer), w.as(t, second)
	if a := rita.get("/queue"); a.status != http.StatusOK || !strings.Contains(a.body, "All clear") {
		t.Fatalf("an empty queue: %d", a.status)
	}
	one, two := w.waiting(t), w.waiting(t)
	if err := w.db.RaiseSafety(t.Context(), two, pipeline.Account{Name: officer}, time.Now()); err != nil {
		t.Fatal(err)
	}
	body := rita.get("/queue?tab=all").body
	if i, j := strings.Index(body, string(two)), strings.Index(body, string(one)); i < 0 || j < i || !strings.Contains(body, "2 are waiting.") {
		t.Errorf("the safety concern is not first: %d, %d", i, j)
	}
	start := func(b *browser, want string) {
		t.Helper()
		if a := b.postForm("/queue/next", nil); a.status != http.StatusSeeOther || a.header.Get("Location") != want {
			t.Errorf("next: %d to %s; want %s", a.status, a.header.Get("Location"), want)
		}
	}
	start(rita, "/reviews/"+string(two))
	start(rita, "/reviews/"+string(two)) // her own comes first
	start(sam, "/reviews/"+string(one))
	if a := rita.get("/queue?tab=mine"); !strings.Contains(a.body, "Mine (1)") || !strings.Contains(a.body, "Continue your review") {
		t.Error("what she has open is not hers")
	}
	w.reviewers(t, "tess")
	tess := w.as(t, "tess")
	start(tess, "/queue?none=1")
	if a := tess.get("/queue?none=1"); !strings.Contains(a.body, "There is no document for you to review now.") || !strings.Contains(a.body, "2 open documents are with somebody.") {
		t.Error("the page does not say why there is none")
	}
	if got := w.history(t, "queue"); got[0] != "consult list rita" {
		t.Errorf("of the queue the log says %q", got)
	}
	if got := w.history(t, string(two)); got[len(got)-1] != "alter review_taken rita" {
		t.Errorf("of the review the log says %q", got)
	}
}

// TestQueueRemembers: the part that somebody looked at comes back until they
// sign out, and every address says what it shows.
func TestQueueRemembers(t *testing.T) {
	w := newWorld(t)
	b := w.as(t, reviewer)
	where := func() string {
		a := b.get("/queue")
		if a.status == http.StatusSeeOther {
			return a.header.Get("Location")
		}
		return fmt.Sprint(a.status)
	}
	if got := where(); got != "200" {
		t.Errorf("at first: %s", got)
	}
	for _, step := range [][2]string{
		{"/queue?tab=free&channel=custody&site=&page=1", "/queue?channel=custody&tab=free"},
		{"/queue?tab=free&reference=TSD-0000-0000", "/queue?tab=free"}, // one look-up is no habit
		{"/queue?tab=all&old=1", "/queue?tab=all"},
	} {
		if a := b.get(step[0]); a.status != http.StatusOK {
			t.Errorf("%s: %d", step[0], a.status)
		}
		if got := where(); got != step[1] {
			t.Errorf("after %s: %s; want %s", step[0], got, step[1])
		}
	}
	if a := b.get("/queue?tab=free&channel=nowhere&reference=x"); a.status != http.StatusBadRequest || strings.Count(a.body, "Select where the person is from the list") != 2 || strings.Count(a.body, noDocument) != 2 {
		t.Errorf("wrong filters: %d", a.status)
	}
	if got := where(); got != "/queue?tab=all" {
		t.Errorf("a mistake is remembered: %s", got)
	}
	b.postForm("/sign-out", nil)
	b.signIn(reviewer, password)
	if got := where(); got != "200" {
		t.Errorf("after signing in again: %s", got)
	}
}

// TestQueueAPI: the same by the API, and who decides learns no more there.
func TestQueueAPI(t *testing.T) {
	w := newWorld(t)
	rita, silvan := w.curl(t, reviewer), w.curl(t, supervisor)
	id := w.waiting(t)
	list := func(b *browser, query string) queueBody {
		t.Helper()
		a := b.get("/api/v1/reviews?" + query)
		if a.status != http.StatusOK {
			t.Fatalf("%s: %d %s", query, a.status, a.body)
		}
		return decode[queueBody](t, a.body)
	}
	if got := list(rita, ""); got.Total != 1 || got.Data[0].ID != id || got.Data[0].Stage != "" || got.Data[0].Cause != "" {
		t.Errorf("a reviewer reads %+v", got)
	}
	if got := list(silvan, "cause=could_not_check"); got.Total != 1 || got.Data[0].Stage != pipeline.ReviewFirst || got.Data[0].Cause != pipeline.CauseUnchecked {
		t.Errorf("a supervisor reads %+v", got)
	}
	for query, want := range map[string]string{
		"cause=random_audit": "/cause", "tab=held": "/tab", "tab=all&tab=free": "/tab", "page=1": "/page", "cursor=x": "/cursor", "limit=101": "/limit", "cursor=" + encodeCursor("true 1 2 nothing"): "/cursor", "nonsense=1": "/nonsense", "after=now": "/after", "site=npt": "/site", "clock=x": "/clock",
	} {
		a := rita.get("/api/v1/reviews?" + query)
		if p := decode[problemBody](t, a.body); a.status != http.StatusBadRequest || len(p.Errors) != 1 || p.Errors[0].Pointer != want {
			t.Errorf("%s: %d %s", query, a.status, a.body)
		}
	}
	since := url.QueryEscape(time.Now().Add(time.Second).UTC().Format(time.RFC3339Nano))
	for query, want := range map[string]string{"": `{"count":1}`, "tab=mine": `{"count":0}`, "after=" + since: `{"count":0}`} {
		if a := rita.get("/api/v1/reviews/count?" + query); strings.TrimSpace(a.body) != want {
			t.Errorf("count %s: %s", query, a.body)
		}
	}
	if got := decode[heldBody](t, rita.postForm("/api/v1/reviews/next", nil).body); got.ID != id || !got.HeldUntil.After(time.Now()) {
		t.Errorf("next: %+v", got)
	}
	if a := w.curl(t, reviewer).postForm("/api/v1/reviews/"+string(id)+"/free", nil); a.status != http.StatusForbidden {
		t.Errorf("a reviewer frees: %d", a.status)
	}
	if a := silvan.postForm("/api/v1/reviews/"+string(id)+"/free", nil); a.status != http.StatusNoContent {
		t.Errorf("free: %d %s", a.status, a.body)
	}
	if a := silvan.postForm("/api/v1/reviews/"+string(id)+"/free", nil); a.status != http.StatusConflict {
		t.Errorf("free again: %d %s", a.status, a.body)
	}
	if got := w.history(t, string(id)); !slices.Equal(got[len(got)-2:], []string{"alter review_taken rita", "alter review_freed silvan"}) {
		t.Errorf("the log says %q", got)
	}
}

// TestQueueCursor reads the queue and the decisions page by page: nothing is missing
// or given twice, though documents leave the queue between two pages.
func TestQueueCursor(t *testing.T) {
	w := newReviews(t)
	for range 5 {
		w.flagged(t, false)
	}
	silvan := w.curl(t, supervisor)
	var seen []pipeline.DocumentID
	for at := "/api/v1/reviews?limit=2"; at != ""; {
		a := silvan.get(at)
		got := decode[queueBody](t, a.body)
		if a.status != http.StatusOK || len(got.Data) == 0 || len(got.Data) > 2 || got.Total != 5-len(seen)/2 {
			t.Fatalf("%s: %d %s", at, a.status, a.body)
		}
		for _, q := range got.Data {
			seen = append(seen, q.ID)
		}
		w.decides(t, reviewer, string(got.Data[0].ID), verdict("no_signs"))
		at = ""
		if link := a.header.Get("Link"); got.Next != "" {
			at = strings.TrimSuffix(strings.TrimPrefix(link, "<"), `>; rel="next"`)
		}
	}
	if len(seen) != 5 || len(slices.Compact(slices.Sorted(slices.Values(seen)))) != 5 {
		t.Errorf("the queue reads %q", seen)
	}
	first := decode[decidedListBody](t, silvan.get("/api/v1/board/decisions?limit=2").body)
	rest := decode[decidedListBody](t, silvan.get("/api/v1/board/decisions?cursor="+first.Next).body)
	if len(first.Data) != 2 || len(rest.Data) != 1 || rest.Next != "" || rest.Data[0].ID != seen[0] || rest.Total != 3 {
		t.Errorf("decisions: %+v, then %+v", first, rest)
	}
	if a := silvan.get("/api/v1/board/decisions?cursor=" + encodeCursor("1 x 1")); a.status != http.StatusBadRequest || !strings.Contains(a.body, `"/cursor"`) {
		t.Errorf("a cursor of no list: %d %s", a.status, a.body)
	}
}

// TestFree: a supervisor takes a stuck review from its holder, once or twice
// over.
func TestFree(t *testing.T) {
	w := newWorld(t)
	id := w.waiting(t)
	rita, silvan := w.as(t, reviewer), w.as(t, supervisor)
	rita.postForm("/queue/next", nil)
	if a := silvan.get("/queue?tab=held"); !strings.Contains(a.body, "Assigned (1)") || !strings.Contains(a.body, `action="/reviews/`+string(id)+`/free"`) {
		t.Error("the supervisor cannot free it")
	}
	for range 2 {
		if a := silvan.postForm("/reviews/"+string(id)+"/free", url.Values{"back": {"https://elsewhere.example"}}); a.status != http.StatusSeeOther || a.header.Get("Location") != "/queue?freed="+string(id) {
			t.Errorf("free: %d to %s", a.status, a.header.Get("Location"))
		}
	}
	if a := silvan.get("/queue?freed=" + string(id)); !strings.Contains(a.body, "Nobody has "+string(id)+" open any more.") {
		t.Error("the page does not say that it is free")
	}
	if r, err := w.db.FindReview(t.Context(), id); err != nil || r.Holder != "" {
		t.Errorf("held by %q, %v", r.Holder, err)
	}
	if got := w.history(t, string(id)); got[len(got)-1] != "alter review_freed silvan" || got[len(got)-2] != "alter review_taken rita" {
		t.Errorf("the log says %q", got)
	}
}

// TestNextAtOnce: two reviewers press the button at the same moment, 200 times.
// They never get the same document, and never an error (UI-22).
func TestNextAtOnce(t *testing.T) {
	w := newWorld(t)
	w.reviewers(t, second)
	people := []*browser{w.as(t, reviewer), w.as(t, second)}
	m := newMatrix(t, w)
	for range 3 {
		m.addDocument(officer)
	}
	for round := range 200 {
		var wg sync.WaitGroup
		start := make(chan struct{})
		var got [2]answer
		for i, b := range people {
			wg.Go(func() {
				<-start
				got[i] = b.postForm("/queue/next", nil)
			})
		}
		close(start)
		wg.Wait()
		for i, a := range got {
			id, ok := strings.CutPrefix(a.header.Get("Location"), "/reviews/")
			if a.status != http.StatusSeeOther || !ok {
				t.Fatalf("round %d: %d to %q", round, a.status, a.header.Get("Location"))
			}
			if err := w.db.LeaveReview(t.Context(), pipeline.DocumentID(id), pipeline.Account{Name: []string{reviewer, second}[i], Role: pipeline.RoleReviewer}, time.Now()); err != nil {
				t.Fatalf("round %d: %s does not hold it: %v", round, id, err)
			}
		}
		if got[0].header.Get("Location") == got[1].header.Get("Location") {
			t.Fatalf("round %d: both got %s", round, got[0].header.Get("Location"))
		}
	}
}
