package web

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/text"
)

// third is one more reviewer: an adverse decision needs two people, and two who
// differ a third.
const third = "tove"

// newReviews is a desk with three reviewers.
func newReviews(t testing.TB, change ...func(*Config)) *world {
	t.Helper()
	w := newWorld(t, change...)
	w.reviewers(t, second, third)
	return w
}

// found is a finding with a box on the picture.
func found(check, statement string, x int) pipeline.Finding {
	return pipeline.Finding{
		Check: check, Version: 1, Outcome: pipeline.Fail, Severity: pipeline.S2, Statement: statement, Reason: text.Reason(statement, nil),
		Boxes: []pipeline.Box{{X: x, Y: 20, Width: 12, Height: 6, Label: "date of birth"}}, Values: []pipeline.Value{{Label: "date of birth check digit", Printed: "7", Expected: "2"}},
	}
}

// flagged is a document of the officer that screening suggests to examine, as a
// worker hands it in; it may begin folded.
func (w *world) flagged(t testing.TB, folded bool) string {
	t.Helper()
	return w.flaggedOf(t, officer, folded)
}

func (w *world) flaggedOf(t testing.TB, uploader string, folded bool) string {
	t.Helper()
	id := w.receive(t, uploader).ID
	w.flag(t, id, folded)
	return string(id)
}

// flag hands in that screening suggests to examine a document.
func (w *world) flag(t testing.TB, id pipeline.DocumentID, folded bool) {
	t.Helper()
	now := time.Now()
	d, err := w.db.Claim(t.Context(), id, "worker-1", now, now.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	drawn := picture()
	rendition := pipeline.DigestOf(sha256.Sum256(drawn))
	if err := w.blobs.Put(t.Context(), pipeline.Renditions, rendition, bytes.NewReader(drawn), int64(len(drawn))); err != nil {
		t.Fatal(err)
	}
	r := pipeline.Report{
		Digest: d.Digest, AsOf: "2026-11-24", Capture: d.Capture,
		Pages:    []pipeline.PageReading{{Width: 64, Height: 48, Zones: []pipeline.ZoneReading{}}},
		Findings: []pipeline.Finding{found("MRZ-04", "check_digit_wrong", 10), found("MRZ-07", "composite_wrong", 40), found("MRZ-02", "syntax_fault", 30)},
		Outcome: pipeline.ScreeningOutcome{
			Conclusion: pipeline.ReviewSuggested, Band: pipeline.High, Total: .7321,
			Contributions: []pipeline.Contribution{{Finding: 0, Check: "MRZ-04", Group: "check_digits", Weight: .5, Share: .5}, {Finding: 1, Check: "MRZ-07", Group: "check_digits", Weight: .2321, Share: .2321}, {Finding: 2, Check: "MRZ-02", Group: "characters"}},
		},
	}
	opening := &pipeline.Opening{Cause: pipeline.CauseFlagged, Folded: folded}
	if err := w.db.Finish(t.Context(), d, pipeline.Screened{Report: r, Rendition: rendition, At: now, Review: opening}); err != nil {
		t.Fatal(err)
	}
}

// verdict is a decision as the form sends it.
func verdict(kind string, more ...string) url.Values {
	v := url.Values{
		"verdict": {kind}, "code-altered": {"FG-PH"}, "confidence": {"probable"}, "level": {"1"}, "basis": {"image_only"},
		"findings": {"MRZ-04"}, "reason": {"The last digit is thinner."},
	}
	for i := 0; i < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v
}

// decides records a decision by the page.
func (w *world) decides(t testing.TB, who, id string, v url.Values) {
	t.Helper()
	b := w.as(t, who)
	if a := b.get("/reviews/" + id); a.status != http.StatusOK {
		t.Fatalf("%s opens %s: %d", who, id, a.status)
	}
	a := b.postForm("/reviews/"+id+"/decision", v)
	if a.status != http.StatusSeeOther || !strings.Contains(a.header.Get("Location"), "recorded="+id) {
		t.Fatalf("%s decides on %s: %d to %s\n%s", who, id, a.status, a.header.Get("Location"), a.body)
	}
}

func (w *world) state(t testing.TB, id string) pipeline.Review {
	t.Helper()
	r, err := w.db.FindReview(t.Context(), pipeline.DocumentID(id))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (w *world) decisions(t testing.TB, id string) []pipeline.Decision {
	t.Helper()
	ds, err := w.db.Decisions(t.Context(), pipeline.DocumentID(id))
	if err != nil {
		t.Fatal(err)
	}
	return ds
}

// TestAdverseNeedsTwo: the officer is told when two have come to the same, and
// not before; then without names and odds.
func TestAdverseNeedsTwo(t *testing.T) {
	w := newReviews(t)
	id := w.flagged(t, false)
	b := w.as(t, officer)
	w.decides(t, reviewer, id, verdict("altered"))
	if r := w.state(t, id); r.State != pipeline.ReviewSecond {
		t.Errorf("after one it is %s", r.State)
	}
	page := b.get("/documents/" + id).body
	if !strings.Contains(page, "A reviewer looks at this document, by <time") || strings.Contains(page, "altered") {
		t.Error("the officer is told something else than that a reviewer looks at it")
	}
	before := decode[documentBody](t, w.curl(t, officer).get("/api/v1/documents/"+id).body)
	if before.Review == nil || before.Review.State != "open" || before.Review.Kind != "" || before.Review.DueAt.IsZero() {
		t.Errorf("by the API it is %+v", before.Review)
	}
	w.decides(t, second, id, verdict("altered", "code-altered", "FG-BD"))
	if r := w.state(t, id); r.State != pipeline.ReviewDecided {
		t.Errorf("after two it is %s", r.State)
	}
	page = b.get("/documents/" + id).body
	for _, want := range []string{"Two reviewers agree this document was altered", "It is about the document, not the person.", "Do not rely on this document."} {
		if !strings.Contains(page, want) {
			t.Errorf("the officer does not read %q", want)
		}
	}
	for _, secret := range []string{reviewer, second, "The " + second, "0.73", "7321", "thinner"} {
		if strings.Contains(page, secret) {
			t.Errorf("the officer reads %q", secret)
		}
	}
	answer := w.curl(t, officer).get("/api/v1/documents/" + id).body
	after := decode[documentBody](t, answer)
	if after.Review.State != "decided" || after.Review.Kind != pipeline.KindAltered || after.Review.Agreed != 2 || strings.Contains(answer, second) {
		t.Errorf("by the API it is %s", answer)
	}
}

func TestOneIsEnoughForNoSigns(t *testing.T) {
	w := newReviews(t)
	id := w.flagged(t, false)
	w.decides(t, reviewer, id, verdict("no_signs"))
	if page := w.as(t, officer).get("/documents/" + id).body; !strings.Contains(page, "A reviewer found no signs of fraud") {
		t.Error("the officer is not told")
	}
}

// TestBlind: the second reviewer reads what the first one read, byte for byte but
// for times and references, and finds no trace of the first anywhere.
func TestBlind(t *testing.T) {
	w := newReviews(t)
	id := w.flagged(t, false)
	same := func(b *browser, path, id string) string {
		a := b.get(strings.ReplaceAll(path, "{id}", id))
		if a.status != http.StatusOK {
			t.Errorf("%s: %d", path, a.status)
		}
		return unlike.ReplaceAllString(strings.NewReplacer(id, "ID", a.header.Get("X-Request-Id"), "REF").Replace(a.body), "")
	}
	w.decides(t, reviewer, id, verdict("altered", "reason", "a telling remark"))
	control := w.flagged(t, false)
	b := w.as(t, second)
	for _, path := range []string{"/reviews/{id}", "/documents/{id}", "/documents/{id}/examine", "/api/v1/reviews/{id}", "/api/v1/documents/{id}", "/api/v1/documents/{id}/report"} {
		judged, fresh := same(b, path, id), same(b, path, control)
		if judged != fresh {
			t.Errorf("%s tells that somebody has decided:\n%s\n\n%s", path, judged, fresh)
		}
		for _, trace := range []string{"telling remark", ">" + reviewer, "The " + reviewer, "decided", "FG-PH,"} {
			if strings.Contains(strings.ReplaceAll(judged, "when the review is decided", ""), trace) {
				t.Errorf("%s holds %q", path, trace)
			}
		}
	}
	if list := b.get("/documents").body; strings.Contains(list, reviewer+"<") {
		t.Error("the list names the first reviewer")
	}
	if a := w.as(t, reviewer).get("/reviews/" + id); !strings.Contains(a.body, "You made the first decision, so someone else must make the second") || !strings.Contains(a.body, "a telling remark") {
		t.Error("the first reviewer does not read their own")
	}
	w.decides(t, second, id, verdict("altered"))
	if a := b.get("/reviews/" + id); !strings.Contains(a.body, "a telling remark") || !strings.Contains(a.body, "This document was decided at ") {
		t.Error("once both are in, they do not read each other")
	}
}

// unlike is what differs from one document to the next.
var unlike = regexp.MustCompile(`(?s)<time.*?</time>|"(due_at|held_until|received_at|screened_at|sha256)":"[^"]*"|[0-9a-f]{64}|"size":\d+|, \d+KB|<tbody class="govuk-table__body">.*?</tbody>`)

// TestDisagreement goes to a third, who sees both and settles.
func TestDisagreement(t *testing.T) {
	w := newReviews(t)
	id := w.flagged(t, false)
	w.decides(t, reviewer, id, verdict("altered", "reason", "the digit is thinner"))
	w.decides(t, second, id, verdict("no_signs", "reason", "the printer was worn"))
	if r := w.state(t, id); r.State != pipeline.ReviewThird {
		t.Fatalf("it is %s", r.State)
	}
	page := w.as(t, third).get("/reviews/" + id).body
	for _, want := range []string{"What two reviewers saw differently", "the digit is thinner", "the printer was worn", "The " + second} {
		if !strings.Contains(page, want) {
			t.Errorf("the third does not read %q", want)
		}
	}
	w.decides(t, third, id, verdict("no_signs"))
	if r := w.state(t, id); r.State != pipeline.ReviewDecided {
		t.Errorf("it is %s", r.State)
	}
	if ds := w.decisions(t, id); len(ds) != 3 || ds[2].Blind() || !ds[0].Blind() || ds[0].Machine != pipeline.ReviewSuggested {
		t.Errorf("%+v", ds)
	}
}

// TestOwnWork: neither who uploaded a picture nor who has decided decides, by
// page or API.
func TestOwnWork(t *testing.T) {
	w := newReviews(t)
	mine, judged := w.flaggedOf(t, reviewer, false), w.flagged(t, false)
	w.decides(t, reviewer, judged, verdict("altered"))
	b, api := w.as(t, reviewer), w.curl(t, reviewer)
	for id, want := range map[string]string{
		mine:   "You uploaded this document, so someone else must decide on it",
		judged: "You made the first decision, so someone else must make the second",
	} {
		if a := b.get("/reviews/" + id); !strings.Contains(a.body, want) || strings.Contains(a.body, `id="decide"`) {
			t.Errorf("the page of %s has a form, or does not say %q", id, want)
		}
		a := api.postJSON("/api/v1/reviews/"+id+"/decision", `{"verdict":"GEN","confidence":"probable","level":1,"basis":"image_only","findings":[],"reason":"x"}`)
		if p := decode[problemBody](t, a.body); a.status != http.StatusConflict || p.Type != "/problems#second-reviewer-required" || p.Detail != want {
			t.Errorf("by the API: %d %s", a.status, a.body)
		}
	}
	if a := b.postForm("/reviews/"+mine+"/decision", verdict("no_signs")); a.status != http.StatusConflict || len(w.decisions(t, mine)) != 0 {
		t.Errorf("by the form: %d", a.status)
	}
	if len(w.decisions(t, judged)) != 1 {
		t.Error("somebody decided twice")
	}
}

// TestFolded: nothing of what the machine found is given before the first
// impression, which is given once and kept beside the decision.
func TestFolded(t *testing.T) {
	w := newReviews(t)
	id := w.flagged(t, true)
	b, api := w.as(t, reviewer), w.curl(t, reviewer)
	holds := func(a answer) (traces []string) {
		for _, trace := range []string{"MRZ-0", "indication", `"conclusion":"review_suggested"`, "0.73", "Examine:", "check digit", "app-line", `"high"`, "data-finding"} {
			if strings.Contains(a.body, trace) {
				traces = append(traces, trace)
			}
		}
		return traces
	}
	page := b.get("/reviews/" + id)
	if page.status != http.StatusOK || !strings.Contains(page.body, "Your first impression") || strings.Contains(page.body, `id="decide"`) {
		t.Errorf("the page: %d", page.status)
	}
	answers := map[string]answer{
		"the page": page, "the review by the API": api.get("/api/v1/reviews/" + id), "the document by the API": api.get("/api/v1/documents/" + id),
		"the report": api.get("/api/v1/documents/" + id + "/report"), "the list": b.get("/documents"), "the list by the API": api.get("/api/v1/documents"), "the start page": b.get("/"),
		"a search": api.postJSON("/api/v1/searches", searchJSON("reference", id)), "the queue": b.get("/queue?tab=all"), "the queue by the API": api.get("/api/v1/reviews"),
	}
	for name, a := range answers {
		if traces := holds(a); traces != nil || name != "the report" && !strings.Contains(a.body, id) {
			t.Errorf("%s holds %q, or not the document", name, traces)
		}
	}
	if a := answers["the report"]; a.status != http.StatusConflict || decode[problemBody](t, a.body).Type != "/problems#impression-first" {
		t.Errorf("the report: %d %s", a.status, a.body)
	}
	for _, path := range []string{"/documents/" + id, "/documents/" + id + "/examine"} {
		if a := b.get(path); a.status != http.StatusSeeOther || a.header.Get("Location") != "/reviews/"+id {
			t.Errorf("%s: %d to %s", path, a.status, a.header.Get("Location"))
		}
	}
	if a := b.postForm("/reviews/"+id+"/decision", verdict("altered")); a.status != http.StatusSeeOther || len(w.decisions(t, id)) != 0 {
		t.Errorf("a decision before the impression: %d", a.status)
	}
	if a := b.postForm("/reviews/"+id+"/impression", url.Values{}); a.status != http.StatusBadRequest || strings.Count(a.body, noImpression) != 2 || holds(a) != nil {
		t.Errorf("no impression: %d %q", a.status, holds(a))
	}
	for _, kind := range []string{"counterfeit", "no_signs"} { // the second comes too late
		if a := b.postForm("/reviews/"+id+"/impression", url.Values{"impression": {kind}}); a.status != http.StatusSeeOther {
			t.Errorf("an impression: %d", a.status)
		}
	}
	if a := b.get("/reviews/" + id); holds(a) == nil || !strings.Contains(a.body, `id="decide"`) {
		t.Error("the machine's opinion stays folded")
	}
	if a := api.get("/api/v1/documents/" + id + "/report"); a.status != http.StatusOK {
		t.Errorf("the report afterwards: %d", a.status)
	}
	w.decides(t, reviewer, id, verdict("altered"))
	if ds := w.decisions(t, id); ds[0].Impression.Kind() != pipeline.KindCounterfeit {
		t.Errorf("the impression is %q", ds[0].Impression)
	}
	if a := w.as(t, second).get("/reviews/" + id); holds(a) != nil {
		t.Errorf("the second reads %q before their own impression", holds(a))
	}
}

// TestFoldedElsewhere: what is folded is told by no stream, by no other upload of
// the same bytes and by no list of one result, nor by the place of its next page.
func TestFoldedElsewhere(t *testing.T) {
	w := newReviews(t)
	same := picture()
	send := func(name string) documentBody {
		t.Helper()
		return decode[documentBody](t, w.curl(t, name).send("/api/v1/documents", filled(part{"file", "a.jpg", same})).body)
	}
	id, twin := send(officer).ID, send(other).ID
	w.screenFolded(t, id)
	w.screen(t, twin)
	plain := w.flagged(t, false)
	b, api := w.as(t, reviewer), w.curl(t, reviewer)
	b.listen(id, "").want(t, `3 {"state":"screened","conclusion":"","waiting":0}`)
	seen := decode[documentBody](t, api.get("/api/v1/documents/"+string(id)).body).Sightings
	if len(seen) != 1 || seen[0].ID != twin || seen[0].Outcome != nil {
		t.Errorf("the other upload of the same bytes tells %+v", seen)
	}
	for _, path := range []string{"/documents?conclusion=could_not_check", "/documents?conclusion=review_suggested", "/api/v1/documents?conclusion=could_not_check"} {
		if a := b.get(path); a.status != http.StatusOK || strings.Contains(a.body, string(id)) {
			t.Errorf("%s: %d, or tells what was found of a folded document", path, a.status)
		}
	}
	if a := b.get("/documents?conclusion=review_suggested"); !strings.Contains(a.body, plain) {
		t.Error("the list lacks what is not folded")
	}
	list := decode[listBody](t, api.get("/api/v1/documents?conclusion=could_not_check&limit=1").body)
	if len(list.Data) != 1 || list.Data[0].ID != twin || list.Next != "" {
		t.Errorf("a page of one: %+v", list)
	}
	if all := decode[listBody](t, api.get("/api/v1/documents?limit=2").body); len(all.Data) != 2 || all.Next == "" {
		t.Errorf("a page of two: %+v", all)
	}
	b.get("/reviews/" + string(id))
	b.postForm("/reviews/"+string(id)+"/impression", url.Values{"impression": {"no_signs"}})
	b.listen(id, "").want(t, isScreened)
	if a := b.get("/documents?conclusion=could_not_check"); !strings.Contains(a.body, string(id)) {
		t.Error("it stays out of the list after the impression")
	}
}

// TestFoldedSide: a picture that came when its document was decided is folded by
// itself, and no page of the document tells what was found of it.
func TestFoldedSide(t *testing.T) {
	w := newReviews(t)
	doc := w.receive(t, officer).ID
	w.screen(t, doc)
	head := string(doc)
	w.decides(t, reviewer, head, verdict("no_signs"))
	side := w.better(t, head)
	w.flag(t, side, true)
	b := w.as(t, second)
	if a := b.get("/documents/" + head); a.status != http.StatusOK || strings.Contains(a.body, "indication") {
		t.Errorf("the document: %d, or tells what was found of its side", a.status)
	}
	if a := b.get("/reviews/" + head + "?picture=" + string(side)); a.status != http.StatusSeeOther || a.header.Get("Location") != "/reviews/"+string(side) {
		t.Errorf("the side in the review of its document: %d to %s", a.status, a.header.Get("Location"))
	}
}

// screenFolded screens a document of which nothing could be checked, so that its
// review begins with an impression.
func (w *world) screenFolded(t testing.TB, id pipeline.DocumentID) {
	t.Helper()
	now := time.Now()
	d, err := w.db.Claim(t.Context(), id, "worker-1", now, now.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	r := pipeline.AbortedReport(d.Digest, now.UTC(), d.Capture, pipeline.ProblemZoneNotFound)
	opening := &pipeline.Opening{Cause: pipeline.CauseUnchecked, Folded: true}
	if err := w.db.Finish(t.Context(), d, pipeline.Screened{Report: r, At: now, Review: opening}); err != nil {
		t.Fatal(err)
	}
}

// TestBlindQueue: which documents wait for a second person would tell a reviewer
// that a first one found them false.
func TestBlindQueue(t *testing.T) {
	w := newReviews(t)
	judged, fresh := w.flagged(t, false), w.flagged(t, false)
	w.decides(t, reviewer, judged, verdict("altered"))
	w.as(t, reviewer).postForm("/reviews/"+fresh+"/leave", url.Values{})
	b, api := w.as(t, second), w.curl(t, second)
	for _, tab := range []string{"second", "third"} {
		if a := b.get("/queue?tab=" + tab); a.status != http.StatusBadRequest {
			t.Errorf("the page has a tab %s: %d", tab, a.status)
		}
		for _, path := range []string{"/api/v1/reviews", "/api/v1/reviews/count"} {
			if a := api.get(path + "?tab=" + tab); a.status != http.StatusBadRequest {
				t.Errorf("%s has a tab %s: %d", path, tab, a.status)
			}
		}
	}
	if a := b.get("/queue?tab=all"); strings.Contains(a.body, "second reviewer") || !strings.Contains(a.body, judged) || !strings.Contains(a.body, fresh) {
		t.Error("the queue tells apart, or lacks, what waits for a second reviewer")
	}
	if a := w.as(t, supervisor).get("/queue?tab=second"); !strings.Contains(a.body, judged) || strings.Contains(a.body, fresh) {
		t.Errorf("a supervisor: %d", a.status)
	}
}

// TestDecisionTwice: back and refresh send a decision again, and a double click
// sends two at once. It is recorded once (UI-23).
func TestDecisionTwice(t *testing.T) {
	w := newReviews(t)
	id, next := w.flagged(t, false), w.flagged(t, false)
	b := w.as(t, reviewer)
	b.get("/reviews/" + id)
	var all [4]answer
	var wg sync.WaitGroup
	for i := range all {
		wg.Go(func() { all[i] = b.postForm("/reviews/"+id+"/decision", verdict("no_signs")) })
	}
	wg.Wait()
	recorded := 0
	for _, a := range all {
		switch to := a.header.Get("Location"); {
		case a.status == http.StatusSeeOther && to == "/reviews/"+next+"?recorded="+id:
			recorded++
		case a.status == http.StatusSeeOther && to == "/reviews/"+id:
		case a.status == http.StatusConflict && strings.Contains(a.body, "This document was decided at "):
		default:
			t.Errorf("%d to %s", a.status, to)
		}
	}
	if recorded != 1 || len(w.decisions(t, id)) != 1 {
		t.Errorf("%d were told that theirs is recorded; there are %d", recorded, len(w.decisions(t, id)))
	}
	if a := b.postForm("/reviews/"+id+"/decision", verdict("altered")); a.status != http.StatusSeeOther || a.header.Get("Location") != "/reviews/"+id {
		t.Errorf("again: %d to %s", a.status, a.header.Get("Location"))
	}
}

// TestDraftOutlivesSession: who is signed out in the middle signs in again and
// finds what they had written (UI-24).
func TestDraftOutlivesSession(t *testing.T) {
	w := newReviews(t)
	id := w.flagged(t, false)
	b := w.as(t, reviewer)
	b.get("/reviews/" + id)
	half := verdict("altered", "confidence", "", "reason", "The seven is \"thinner\" & higher")
	half.Set("opened", "image MRZ-04 nonsense")
	half.Set("active", "1")
	req := b.request("POST", "/reviews/"+id+"/draft", strings.NewReader(half.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	if a := b.do(req); a.status != http.StatusNoContent {
		t.Fatalf("the draft: %d %s", a.status, a.body)
	}
	b.postForm("/sign-out", nil)
	a := b.postForm("/reviews/"+id+"/decision", verdict("altered"))
	if to := a.header.Get("Location"); a.status != http.StatusSeeOther || to != "/sign-in?next=%2Freviews%2F"+id {
		t.Fatalf("signed out, a decision leads to %d %s", a.status, to)
	}
	if a := b.postForm("/sign-in", url.Values{"name": {reviewer}, "password": {password}, "next": {"/reviews/" + id}}); a.header.Get("Location") != "/reviews/"+id {
		t.Fatalf("signing in leads to %s", a.header.Get("Location"))
	}
	page := b.get("/reviews/" + id).body
	for _, want := range []string{
		"The seven is &#34;thinner&#34; &amp; higher", `value="altered" aria-describedby="verdict-altered-hint" checked`, `<option value="FG-PH" selected>`,
		`value="MRZ-04" checked`, `name="opened" value="MRZ-04 image"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not hold %s", want)
		}
	}
}

// TestMistakes: what is wrong with a decision is said in the summary and beside
// the field, and nothing that was written is lost.
func TestMistakes(t *testing.T) {
	w := newReviews(t)
	id := w.flagged(t, false)
	b := w.as(t, reviewer)
	for name, tt := range map[string]struct {
		v    url.Values
		want []string
	}{
		"nothing":             {url.Values{}, []string{"Select what you think this document is", "Select how sure you are", "Select what your decision is based on", "Select the level of inspection"}},
		"no finding":          {verdict("altered", "findings", ""), []string{"Select at least one finding you relied on, or &#39;Something the checks did not find&#39;"}},
		"no reason":           {verdict("counterfeit", "reason", " \r\n "), []string{"Describe what you saw"}},
		"against the machine": {verdict("no_signs", "reason", ""), []string{"Describe what you saw"}},
		"long":                {verdict("altered", "reason", strings.Repeat("é", 1001)), []string{"Description must be 1,000 characters or less"}},
		"sure of a picture":   {verdict("altered", "confidence", "confirmed"), []string{"A decision on images alone cannot be confirmed. Select suspected or probable, or another basis"}},
		"deception":           {verdict("obtained"), []string{"A real document that was obtained by deception or used by somebody else cannot be told by images alone. Select another basis"}},
	} {
		t.Run(name, func(t *testing.T) {
			a := b.postForm("/reviews/"+id+"/decision", tt.v)
			if a.status != http.StatusBadRequest || !strings.Contains(a.body, "<title>Error: ") {
				t.Fatalf("%d", a.status)
			}
			for _, want := range tt.want {
				if n := strings.Count(a.body, want+"<"); n != 2 {
					t.Errorf("%q is said %d times", want, n)
				}
			}
		})
	}
	if ds := w.decisions(t, id); len(ds) != 0 {
		t.Errorf("%d decisions", len(ds))
	}
	// A thousand characters and line breaks as browsers send them are within bounds.
	w.decides(t, reviewer, id, verdict("altered", "reason", strings.Repeat("é", 998)+"\r\né"))
}

// TestLost: a review that somebody else has taken meanwhile is theirs, the
// writer learns that, and the draft is kept.
func TestLost(t *testing.T) {
	clock := &testClock{now: time.Now()}
	w := newReviews(t, func(c *Config) { c.Now = clock.Now })
	id := w.flagged(t, false)
	b := w.as(t, reviewer)
	b.get("/reviews/" + id)
	if a := w.as(t, second).get("/reviews/" + id); !strings.Contains(a.body, "A colleague has this document open. You can read it, and the decision is theirs") {
		t.Error("the second does not learn that it is open")
	}
	clock.add(pipeline.LeaseTime - time.Minute)
	keep := func() answer {
		req := b.request("POST", "/reviews/"+id+"/keep", nil)
		req.Header.Set("Accept", "application/json")
		return b.do(req)
	}
	if a := keep(); a.status != http.StatusNoContent {
		t.Fatalf("keep: %d %s", a.status, a.body)
	}
	clock.add(pipeline.LeaseTime - time.Minute)
	if a := w.as(t, second).get("/reviews/" + id); !strings.Contains(a.body, "has this document open") {
		t.Error("activity does not renew the lease")
	}
	clock.add(2 * time.Minute)
	if a := w.as(t, second).get("/reviews/" + id); !strings.Contains(a.body, `data-stand="mine"`) {
		t.Error("the lease does not run out")
	}
	a := b.postForm("/reviews/"+id+"/decision", verdict("altered", "reason", "kept words"))
	const lost = "A colleague opened this document while you were away. Your draft is saved"
	if a.status != http.StatusConflict || !strings.Contains(a.body, lost) || strings.Contains(a.body, `id="decide"`) {
		t.Errorf("%d, without the words", a.status)
	}
	if a := keep(); a.status != http.StatusConflict || decode[problemBody](t, a.body).Detail != lost {
		t.Errorf("keep: %d %s", a.status, a.body)
	}
	w.as(t, second).postForm("/reviews/"+id+"/leave", nil)
	if a := b.get("/reviews/" + id); !strings.Contains(a.body, "kept words") {
		t.Error("the draft is lost")
	}
	w.decides(t, second, w.flagged(t, false), verdict("no_signs")) // of another, changes nothing
	b.postForm("/reviews/"+id+"/leave", nil)
	w.decides(t, second, id, verdict("no_signs"))
	a = b.postForm("/reviews/"+id+"/decision", verdict("altered"))
	if a.status != http.StatusConflict || !strings.Contains(a.body, "This document was decided at ") || !strings.Contains(a.body, "See the decision") {
		t.Errorf("decided meanwhile: %d", a.status)
	}
}

// testClock is set by hand.
type testClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *testClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *testClock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// TestRecapture: the officer is asked, the review waits, and the better picture
// brings it back to who asked.
func TestRecapture(t *testing.T) {
	w := newReviews(t)
	id := w.flagged(t, false)
	b := w.as(t, reviewer)
	b.get("/reviews/" + id)
	for want, v := range map[string]url.Values{
		"Select what the picture does not show":       {},
		"Note must be 300 characters or less":         {"reasons": {"ask_blur"}, "note": {strings.Repeat("é", 301)}},
		"Select a part of the picture, or all of it":  {"reasons": {"ask_blur"}, "region": {"drawn"}, "box": {"1 2 0 4"}},
		"Select a part of the picture, or all of it<": {"reasons": {"ask_blur"}, "region": {"nonsense"}},
	} {
		if a := b.postForm("/reviews/"+id+"/recapture", v); a.status != http.StatusBadRequest || strings.Count(a.body, want) != 2 {
			t.Errorf("%q: %d", want, a.status)
		}
	}
	b.postForm("/reviews/"+id+"/draft", verdict("altered", "reason", "my words so far"))
	a := b.postForm("/reviews/"+id+"/recapture", url.Values{"reasons": {"ask_glare_zone", "ask_closer"}, "note": {"The date is enough."}, "region": {"drawn"}, "box": {"10 20 12 6"}})
	if a.status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if r := w.state(t, id); r.State != pipeline.ReviewWaiting {
		t.Errorf("it is %s", r.State)
	}
	if page := b.get("/reviews/" + id).body; !strings.Contains(page, "You asked the officer for a better picture") {
		t.Error("the reviewer does not read that it waits")
	}
	page := w.as(t, officer).get("/documents/" + id).body
	for _, want := range []string{"A reviewer asks for a better picture", "Glare on the lines of letters and numbers", "They add: The date is enough.", "/upload?encounter=" + encounter + "&amp;page_of=" + id, "app-crop"} {
		if !strings.Contains(page, want) {
			t.Errorf("the officer does not read %q", want)
		}
	}
	if strings.Contains(page, reviewer) {
		t.Error("the officer reads who asked")
	}
	body := decode[documentBody](t, w.curl(t, officer).get("/api/v1/documents/"+id).body)
	if body.Review.State != "waiting" || !slices.Equal(body.Review.Reasons, []string{"ask_glare_zone", "ask_closer"}) {
		t.Errorf("by the API: %+v", body.Review)
	}
	better := w.better(t, id)
	w.screen(t, better)
	for _, who := range []string{second, third} {
		if r, err := w.db.NextReview(t.Context(), pipeline.Account{Name: who, Role: pipeline.RoleReviewer}, time.Now()); err == nil {
			t.Errorf("%s gets %s", who, r.Document)
		}
	}
	page = b.get("/reviews/" + id).body
	for _, want := range []string{">Updated<", "my words so far", "Picture 2", `src="/documents/` + string(better) + `/image"`, `data-stand="mine"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the reviewer does not read %q", want)
		}
	}
	if a := b.get("/reviews/" + string(better)); !strings.Contains(a.body, "Review "+id) {
		t.Error("the better picture does not lead to the review")
	}
	if page := w.as(t, officer).get("/documents/" + id).body; strings.Contains(page, "A reviewer asks for a better picture") {
		t.Error("the officer is asked again")
	}
}

// better is another picture of a document.
func (w *world) better(t testing.TB, of string) pipeline.DocumentID {
	t.Helper()
	b := picture()
	digest := pipeline.DigestOf(sha256.Sum256(b))
	if err := w.blobs.Put(t.Context(), pipeline.Originals, digest, bytes.NewReader(b), int64(len(b))); err != nil {
		t.Fatal(err)
	}
	d, _, err := w.desk.server.create(t.Context(), pipeline.Document{
		Digest: digest, Size: int64(len(b)), MediaType: pipeline.JPEG, FileName: "page.jpg", Encounter: encounter,
		Capture: pipeline.CapturePhoto, UploadedBy: officer, State: pipeline.StateReceived, PageOf: pipeline.DocumentID(of),
	})
	if err != nil {
		t.Fatal(err)
	}
	return d.ID
}

// TestEvidence: what was looked at and for how long is kept as the page tells
// it, within what is possible; without a script it is nothing.
func TestEvidence(t *testing.T) {
	w := newReviews(t)
	plain, told := w.flagged(t, false), w.flagged(t, false)
	w.decides(t, reviewer, plain, verdict("no_signs"))
	if d := w.decisions(t, plain)[0]; len(d.Opened) != 0 || d.Active != 0 {
		t.Errorf("without a script: %q, %v", d.Opened, d.Active)
	}
	w.decides(t, reviewer, told, verdict("no_signs", "opened", "original image MRZ-07 MRZ-07 <script> MRZ-99", "active", "86400"))
	d := w.decisions(t, told)[0]
	if !slices.Equal(d.Opened, []string{"MRZ-07", "image", "original"}) || d.Active <= 0 || d.Active > time.Minute {
		t.Errorf("%q, %v", d.Opened, d.Active)
	}
}

// TestReviewAPI goes the whole way by the API, and holds each answer to its
// schema.
func TestReviewAPI(t *testing.T) {
	w, d := newReviews(t), describe(t)
	ops := d.operations(t)
	id, left := w.flagged(t, true), w.flagged(t, false)
	api, other := w.curl(t, reviewer), w.curl(t, second)
	at := "/api/v1/reviews/" + id
	const full = `{"verdict":"FG-BD","confidence":"probable","level":1,"basis":"image_only","findings":["MRZ-04","other"],"reason":"thinner","opened":["image"],"active_seconds":1}`
	for _, step := range []struct {
		path string
		want int
		a    func() answer
	}{
		{"", 200, func() answer { return api.get(at) }},
		{"/take", 200, func() answer { return api.postJSON(at+"/take", "") }},
		{"/take", 409, func() answer { return other.postJSON(at+"/take", "") }},
		{"/keep", 204, func() answer { return api.postJSON(at+"/keep", "") }},
		{"/decision", 409, func() answer { return api.postJSON(at+"/decision", full) }},
		{"/impression", 400, func() answer { return api.postJSON(at+"/impression", `{"verdict_kind":"x"}`) }},
		{"/impression", 200, func() answer { return api.postJSON(at+"/impression", `{"verdict_kind":"no_signs"}`) }},
		{"/draft", 204, func() answer {
			return api.postJSON(at+"/draft", `{"verdict":"","confidence":"","level":0,"basis":"","findings":[],"reason":"half"}`)
		}},
		{"", 200, func() answer { return api.get(at) }},
		{"/decision", 400, func() answer { return api.postJSON(at+"/decision", `{"verdict":"FG-BD"}`) }},
		{"/decision", 201, func() answer { return api.postJSON(at+"/decision", full) }},
		{"/decision", 409, func() answer { return api.postJSON(at+"/decision", full) }},
		{"", 200, func() answer { return api.get(at) }},
		{"/take", 200, func() answer { return other.postJSON("/api/v1/reviews/"+left+"/take", "") }},
		{"/leave", 204, func() answer { return other.postJSON("/api/v1/reviews/"+left+"/leave", "") }},
		{"/leave", 409, func() answer { return other.postJSON("/api/v1/reviews/"+left+"/leave", "") }},
		{"/recapture", 400, func() answer { return other.postJSON("/api/v1/reviews/"+left+"/recapture", `{"reasons":["x"]}`) }},
		{"/recapture", 201, func() answer {
			return other.postJSON("/api/v1/reviews/"+left+"/recapture", `{"reasons":["ask_dark"],"box":{"page":0,"x":1,"y":2,"width":3,"height":4}}`)
		}},
		{"", 404, func() answer { return api.get("/api/v1/reviews/TSD-0000-0000") }},
	} {
		a := step.a()
		if a.status != step.want {
			t.Errorf("%s: %d %s; want %d", step.path, a.status, a.body, step.want)
			continue
		}
		method := "POST"
		if step.path == "" {
			method = "GET"
		}
		r := d.response(t, ops[fmt.Sprint(method, " /api/v1/reviews/{id}", step.path)], step.want)
		if content, ok := r.Content[a.header.Get("Content-Type")]; ok {
			if faults := d.match(content.Schema, decode[any](t, a.body), ""); faults != nil {
				t.Errorf("%s, %d: %q in %s", step.path, a.status, faults, a.body)
			}
		} else if a.body != "" {
			t.Errorf("%s, %d: %s is not described", step.path, a.status, a.header.Get("Content-Type"))
		}
	}
}

// TestReviewLeavesNoWords: nothing that people write comes into the log or the
// audit log.
func TestReviewLeavesNoWords(t *testing.T) {
	w := newReviews(t)
	id := w.flagged(t, false)
	w.decides(t, reviewer, id, verdict("altered", "reason", "unmistakable words"))
	if strings.Contains(w.log.String(), "unmistakable") || strings.Contains(fmt.Sprint(w.history(t, id)), "unmistakable") {
		t.Error("the words are in a log")
	}
	want := []string{"consult review " + reviewer, "alter review_taken " + reviewer, "alter decided " + reviewer}
	got := w.history(t, id)
	for _, line := range want {
		if !slices.Contains(got, line) {
			t.Errorf("the audit log lacks %q: %q", line, got)
		}
	}
}
