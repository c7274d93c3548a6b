package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"touchstone.internal/pipeline"
)

// TestAssign: a supervisor gives some of the queue to one reviewer, is told what
// could not be, and comes back to where they were.
func TestAssign(t *testing.T) {
	w := newWorld(t)
	w.reviewers(t, second)
	silvan, sam := w.as(t, supervisor), w.as(t, second)
	free, judged := w.waiting(t), w.waiting(t)
	w.decide(t, judged, second, pipeline.Counterfeit)
	held := w.waiting(t)
	if r, err := w.db.TakeReview(t.Context(), held, pipeline.Account{Name: reviewer, Role: pipeline.RoleReviewer}, time.Now()); err != nil || r.Holder != reviewer {
		t.Fatal(r, err)
	}
	body := silvan.get("/queue?tab=all&clock=").body
	if n := strings.Count(body, `name="documents"`); n != 2 || !strings.Contains(body, `<option value="sam">sam</option>`) || strings.Contains(body, `<option value="`+officer+`"`) {
		t.Fatalf("%d can be chosen", n)
	}
	chosen := url.Values{"documents": {string(free), string(judged), string(held), "TSD-0000-0000"}, "reviewer": {second}}
	a := silvan.postForm("/queue/assign", chosen)
	to, err := url.Parse(a.header.Get("Location"))
	if err != nil || a.status != http.StatusSeeOther {
		t.Fatalf("%d: %v", a.status, err)
	}
	want := url.Values{"tab": {"all"}, "assigned": {"1"}, "own_work": {string(judged)}, "taken": {string(held)}, "not_found": {"TSD-0000-0000"}}
	if to.Path != "/queue" || to.RawQuery != want.Encode() {
		t.Errorf("it leads to %s; want %s", to, want.Encode())
	}
	for _, said := range []string{"1 document is kept for the reviewer you chose.", "kept for sam", "the reviewer uploaded it or has decided on it", "it is not before reviewers"} {
		if !strings.Contains(silvan.get(to.String()).body, said) {
			t.Errorf("the page does not say %q", said)
		}
	}
	if a := sam.postForm("/queue/next", nil); a.header.Get("Location") != "/reviews/"+string(free) {
		t.Errorf("the reviewer gets %s", a.header.Get("Location"))
	}
	if got := w.history(t, string(free)); !slices.Equal(got[len(got)-2:], []string{"alter review_assigned silvan", "alter review_taken sam"}) {
		t.Errorf("the log says %q", got)
	}
}

// TestAssignRefused: nothing is assigned to who does not review, and what was
// chosen is still chosen on the page that says so.
func TestAssignRefused(t *testing.T) {
	w := newWorld(t)
	silvan, id := w.as(t, supervisor), w.waiting(t)
	for _, name := range []string{"", officer, supervisor, "nobody"} {
		a := silvan.postForm("/queue/assign", url.Values{"documents": {string(id)}, "reviewer": {name}})
		if a.status != http.StatusBadRequest || strings.Count(a.body, "Select a reviewer from the list") != 2 || !strings.Contains(a.body, `value="`+string(id)+`" form="assign" checked`) {
			t.Errorf("%q: %d", name, a.status)
		}
	}
	if a := silvan.postForm("/queue/assign", url.Values{"reviewer": {reviewer}}); a.status != http.StatusBadRequest || strings.Count(a.body, "Choose 1 to 100 documents") != 2 {
		t.Errorf("nothing chosen: %d", a.status)
	}
	if r, err := w.db.FindReview(t.Context(), id); err != nil || r.Kept != "" {
		t.Errorf("kept for %q, %v", r.Kept, err)
	}
}
