package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

// screenAs does what a worker does with a picture that came to this.
func (w *world) screenAs(t *testing.T, id pipeline.DocumentID, o pipeline.ScreeningOutcome, formats ...mrz.Format) {
	t.Helper()
	now := time.Now()
	d, err := w.db.Claim(t.Context(), id, "worker-1", now, now.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	r := pipeline.AbortedReport(d.Digest, now.UTC(), d.Capture, pipeline.ProblemZoneNotFound)
	page := pipeline.PageReading{Width: 2000, Height: 1500}
	for _, f := range formats {
		page.Zones = append(page.Zones, pipeline.ZoneReading{Format: f})
	}
	r.Outcome, r.Pages = o, []pipeline.PageReading{page}
	if err := w.db.Finish(t.Context(), d, pipeline.Screened{Report: r, At: now}); err != nil {
		t.Fatal(err)
	}
}

var (
	bareSide  = pipeline.ScreeningOutcome{Conclusion: pipeline.CouldNotCheck, Problem: pipeline.ProblemZoneNotFound}
	clearSide = pipeline.ScreeningOutcome{Conclusion: pipeline.NoIrregularityFound, Level: 1}
	badSide   = pipeline.ScreeningOutcome{Conclusion: pipeline.ReviewSuggested, Band: pipeline.High}
)

// TestSides: pictures of one document are shown together, the worst first.
func TestSides(t *testing.T) {
	w := newWorld(t)
	b := w.curl(t, officer)
	front := w.receive(t, officer)
	w.screenAs(t, front.ID, bareSide)
	r := b.send("/api/v1/documents", filled(part{"page_of", "", []byte(front.ID)}, part{"file", "back.jpg", picture()}))
	back := decode[documentBody](t, r.body)
	if r.status != http.StatusCreated || back.PageOf != front.ID {
		t.Fatalf("%d %s", r.status, r.body)
	}
	// A side of a side is one of the first picture.
	third := decode[documentBody](t, b.send("/api/v1/documents", filled(part{"page_of", "", []byte(back.ID)}, part{"file", "page.jpg", picture()})).body)
	if third.PageOf != front.ID {
		t.Errorf("the head is %s; want %s", third.PageOf, front.ID)
	}
	page := w.as(t, officer)
	if a := page.get("/documents/" + string(front.ID)); !strings.Contains(a.body, "Checking this document") {
		t.Errorf("while the back is checked: %s", a.body)
	}
	w.screenAs(t, back.ID, badSide, mrz.TD1)
	w.screenAs(t, third.ID, clearSide)
	a := page.get("/documents/" + string(front.ID))
	for _, want := range []string{"Strong indication that this document should be examined", "Something in the 3 pictures of this document does not fit together", "back.jpg", "No zone on this side", "page_of=" + string(front.ID)} {
		if !strings.Contains(a.body, want) {
			t.Errorf("it does not say %q: %s", want, a.body)
		}
	}
	if strings.Contains(a.body, "Retake needed") || strings.Contains(a.body, "Missing") {
		t.Error("it asks for a picture that is there")
	}
	if got := w.history(t, string(back.ID)); !slices.Contains(got, "consult side "+officer) {
		t.Errorf("of the other side the log says %q", got)
	}
	if a := page.get("/documents/" + string(front.ID) + "/examine"); a.status != http.StatusOK {
		t.Errorf("examine: %d", a.status)
	}
}

// TestPageOf: only one's own documents of the same encounter get another side.
func TestPageOf(t *testing.T) {
	w := newWorld(t)
	theirs := w.receive(t, other)
	mine := w.receive(t, officer)
	b := w.curl(t, officer)
	for pageOf, want := range map[string]string{string(theirs.ID): noDocument, "TSD-0000-0000": noDocument, "x": noDocument} {
		if a := b.send("/api/v1/documents", filled(part{"page_of", "", []byte(pageOf)}, part{"file", "a.jpg", picture()})); a.status != http.StatusBadRequest || !strings.Contains(a.body, want) || !strings.Contains(a.body, "/page_of") {
			t.Errorf("%s: %d %s", pageOf, a.status, a.body)
		}
	}
	elsewhere := []part{{"encounter", "", []byte("UTO-241126-0009")}, {"capture", "", []byte("C1")}, {"page_of", "", []byte(mine.ID)}, {"file", "a.jpg", picture()}}
	if a := b.send("/api/v1/documents", elsewhere); a.status != http.StatusBadRequest || !strings.Contains(a.body, "belongs to encounter "+encounter) {
		t.Errorf("another encounter: %d %s", a.status, a.body)
	}
	twice := filled(part{"page_of", "", []byte(mine.ID)}, part{"page_of", "", []byte(mine.ID)}, part{"file", "a.jpg", picture()})
	if a := b.send("/api/v1/documents", twice); a.status != http.StatusBadRequest || !strings.Contains(a.body, "Give one document that this is another side of") {
		t.Errorf("twice: %d %s", a.status, a.body)
	}
	page := w.as(t, officer)
	if a := page.get("/upload?page_of=" + string(mine.ID)); a.status != http.StatusOK || !strings.Contains(a.body, `name="page_of"`) || !strings.Contains(a.body, `value="`+encounter+`"`) {
		t.Errorf("the form: %d %s", a.status, a.body)
	}
	for _, name := range []string{officer, reviewer} {
		if a := w.as(t, name).get("/upload?page_of=" + string(theirs.ID)); a.status != http.StatusNotFound {
			t.Errorf("somebody else's, as %s: %d", name, a.status)
		}
	}
}

// TestSuggestedSides: two pictures of one upload that may be one card are only
// suggested, and joined when the officer says so.
func TestSuggestedSides(t *testing.T) {
	w := newWorld(t)
	back, front := w.receive(t, officer), w.receive(t, officer)
	w.screenAs(t, back.ID, clearSide, mrz.TD1)
	w.screenAs(t, front.ID, bareSide)
	b := w.as(t, officer)
	address := fmt.Sprintf("/upload/received?id=%s&id=%s", front.ID, back.ID)
	a := b.get(address)
	if !strings.Contains(a.body, "They are one document") || !strings.Contains(a.body, "Retake needed") || !strings.Contains(a.body, "We could not find the 2 or 3 lines of letters and numbers") {
		t.Errorf("%s", a.body)
	}
	if a := b.get("/documents/" + string(back.ID)); !strings.Contains(a.body, "Front of the card") || !strings.Contains(a.body, "Missing") {
		t.Errorf("the front is not missed: %s", a.body)
	}
	if a := b.postForm("/documents/"+string(front.ID)+"/page-of", url.Values{"page_of": {string(back.ID)}}); a.status != http.StatusSeeOther || a.header.Get("Location") != "/documents/"+string(back.ID) {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if a := b.get("/documents/" + string(back.ID)); !strings.Contains(a.body, "What we could check in the 2 pictures of this document fits together") || strings.Contains(a.body, "Missing") {
		t.Errorf("%s", a.body)
	}
	if a := b.get(address); strings.Contains(a.body, "They are one document") {
		t.Error("it is suggested again")
	}
	api := w.curl(t, officer)
	if a := api.postJSON("/api/v1/documents/"+string(front.ID)+"/page-of", `{"page_of": "`+string(back.ID)+`"}`); a.status != http.StatusBadRequest || !strings.Contains(a.body, "sides of documents already") {
		t.Errorf("joined again: %d %s", a.status, a.body)
	}
	// A passport is no card: nothing is suggested.
	passport, blank := w.receive(t, officer), w.receive(t, officer)
	w.screenAs(t, passport.ID, clearSide, mrz.TD3)
	w.screenAs(t, blank.ID, bareSide)
	if a := b.get(fmt.Sprintf("/upload/received?id=%s&id=%s", passport.ID, blank.ID)); strings.Contains(a.body, "They are one document") {
		t.Error("a passport is taken for a card")
	}
}

// TestRetakes: a picture that could not be checked is asked for twice more; then
// going on comes first, and the log says who did.
func TestRetakes(t *testing.T) {
	w := newWorld(t)
	b, api := w.as(t, officer), w.curl(t, officer)
	first := w.receive(t, officer)
	w.screenAs(t, first.ID, bareSide)
	at := "/documents/" + string(first.ID)
	secondary := `class="govuk-button govuk-button--secondary" data-module="govuk-button">Use it anyway`
	for i := range 3 {
		a := b.get(at)
		if first := strings.Contains(a.body, secondary); !strings.Contains(a.body, "Retake needed") || first != (i < 2) {
			t.Errorf("after %d pictures: %s", i+1, a.body)
		}
		if i < 2 {
			d := decode[documentBody](t, api.send("/api/v1/documents", filled(part{"page_of", "", []byte(first.ID)}, part{"file", "again.jpg", picture()})).body)
			w.screenAs(t, d.ID, bareSide)
		}
	}
	if a := w.as(t, reviewer).get(at); strings.Contains(a.body, "Retake needed") {
		t.Error("a reviewer is asked to take it again")
	}
	if a := b.postForm(at+"/use", nil); a.status != http.StatusSeeOther || a.header.Get("Location") != at {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if a := b.get(at); strings.Contains(a.body, "Retake needed") || !strings.Contains(a.body, "You use this picture anyway.") || !strings.Contains(a.body, "What could not be checked: We could not find the 2 or 3 lines") {
		t.Errorf("afterwards: %s", a.body)
	}
	if got := w.history(t, string(first.ID)); !slices.Contains(got, "alter used_anyway "+officer) {
		t.Errorf("the log says %q", got)
	}
	clear := w.receive(t, officer)
	w.screenAs(t, clear.ID, clearSide)
	if a := api.postJSON("/api/v1/documents/"+string(clear.ID)+"/use", ""); a.status != http.StatusBadRequest {
		t.Errorf("one that was checked: %d %s", a.status, a.body)
	}
}
