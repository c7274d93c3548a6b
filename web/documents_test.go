package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"touchstone.internal/pipeline"
)

func ids(docs []documentBody) (out []string) {
	for _, d := range docs {
		out = append(out, string(d.ID))
	}
	return out
}

// TestList goes through all pages of a list, as page and as API.
func TestList(t *testing.T) {
	w := newWorld(t)
	var mine []string
	for i := range 7 {
		d := w.receive(t, officer)
		mine = append([]string{string(d.ID)}, mine...)
		if i%2 == 0 {
			w.screen(t, d.ID)
		}
	}
	theirs := w.receive(t, other)
	walk := func(name, query string) (all []string) {
		b := w.curl(t, name)
		for path := "/api/v1/documents?limit=3" + query; path != ""; {
			l := decode[listBody](t, b.get(path).body)
			all = append(all, ids(l.Data)...)
			path = ""
			if l.Next != "" {
				path = "/api/v1/documents?limit=3" + query + "&cursor=" + l.Next
			}
		}
		return all
	}
	if got := walk(officer, ""); !slices.Equal(got, mine) {
		t.Errorf("the officer sees %q; want %q", got, mine)
	}
	if got := walk(reviewer, ""); !slices.Equal(got, append([]string{string(theirs.ID)}, mine...)) {
		t.Errorf("the reviewer sees %q", got)
	}
	if got := walk(officer, "&state=screened&conclusion=could_not_check&encounter="+encounter); len(got) != 4 {
		t.Errorf("screened are %q", got)
	}
	if got := walk(officer, "&conclusion=review_suggested"); len(got) != 0 {
		t.Errorf("for review are %q", got)
	}
	exact := decode[listBody](t, w.curl(t, officer).get("/api/v1/documents?limit=7").body)
	if len(exact.Data) != 7 || exact.Next != "" {
		t.Errorf("%d documents, then %q: there are no more", len(exact.Data), exact.Next)
	}
	a := w.as(t, officer).get("/documents?state=&conclusion=&encounter=&utm=1&limit=9999")
	if a.status != http.StatusOK || strings.Count(a.body, `href="/documents/TSD-`) != 7 || strings.Contains(a.body, string(theirs.ID)) {
		t.Errorf("page: %d %s", a.status, a.body)
	}
}

func TestPageOfList(t *testing.T) {
	w := newWorld(t)
	for range pageLimit + 2 {
		w.receive(t, officer)
	}
	b := w.as(t, officer)
	a := b.get("/documents?state=received")
	_, rest, ok := strings.Cut(a.body, `href="/documents?cursor=`)
	if !ok || strings.Count(a.body, `href="/documents/TSD-`) != pageLimit {
		t.Fatalf("%d %s", a.status, a.body)
	}
	next, _, _ := strings.Cut(rest, `"`)
	a = b.get("/documents?cursor=" + strings.ReplaceAll(next, "&amp;", "&"))
	if strings.Count(a.body, `href="/documents/TSD-`) != 2 || strings.Contains(a.body, "?cursor=") {
		t.Errorf("second page: %d %s", a.status, a.body)
	}
}

// TestListRefuses: a parameter that makes no sense is said so, on the page
// beside its field and in the API with a pointer.
func TestListRefuses(t *testing.T) {
	w := newWorld(t)
	page, api := w.as(t, officer), w.curl(t, officer)
	for query, text := range map[string]string{
		"state=done": filterTexts["state"], "conclusion=guilty": filterTexts["conclusion"], "encounter=1": wrongEncounter,
		"cursor=x": wrongCursor, "cursor=VFNELTAwMDAtMDAwMA": wrongCursor, "state=received&state=screened": "Give this parameter once",
	} {
		name, _, _ := strings.Cut(query, "=")
		if a := page.get("/documents?" + query); a.status != http.StatusBadRequest || !strings.Contains(a.body, text) {
			t.Errorf("page, %s: %d %s", query, a.status, a.body)
		}
		p := decode[problemBody](t, api.get("/api/v1/documents?"+query).body)
		if p.Status != http.StatusBadRequest || p.Detail != text || !slices.Equal(p.Errors, []fieldError{{"/" + name, text}}) {
			t.Errorf("API, %s: %+v", query, p)
		}
	}
	for _, query := range []string{"limit=0", "limit=101", "limit=-1", "limit=x", "sort=name", "uploaded_by=boris", "limit=5&x"} {
		if a := api.get("/api/v1/documents?" + query); a.status != http.StatusBadRequest || !strings.Contains(a.body, "/problems#validation") {
			t.Errorf("API, %s: %d %s", query, a.status, a.body)
		}
	}
}

// TestDocumentPages shows a document before and after it is screened, to its
// officer and to a reviewer.
func TestDocumentPages(t *testing.T) {
	w := newWorld(t)
	d := w.receive(t, officer)
	b, r := w.as(t, officer), w.as(t, reviewer)
	path := "/documents/" + string(d.ID)
	if a := b.get(path); a.status != http.StatusOK || !strings.Contains(a.body, "Checking this document") {
		t.Errorf("before: %d %s", a.status, a.body)
	}
	if a := b.get(path + "/image"); a.status != http.StatusNotFound {
		t.Errorf("image before: %d", a.status)
	}
	if a := b.get("/api/v1" + path + "/report"); a.status != http.StatusNotFound || !strings.Contains(a.body, "/problems#no-report") || a.header.Get("Retry-After") != "1" {
		t.Errorf("report before: %d %s", a.status, a.body)
	}
	report := w.screen(t, d.ID)
	for _, p := range []string{path, path + "/examine", strings.ToLower(path)} {
		if a := b.get(p); a.status != http.StatusOK {
			t.Errorf("%s: %d %s", p, a.status, a.body)
		}
	}
	if a := b.get(path); !strings.Contains(a.body, "This document could not be checked") {
		t.Errorf("after: %d %s", a.status, a.body)
	}
	if a := r.get(path + "/examine"); !strings.Contains(a.body, "worker-1") || strings.Contains(b.get(path+"/examine").body, "worker-1") {
		t.Error("the history is the reviewer's, and only the reviewer's")
	}
	if a := b.get("/api/v1" + path + "/report"); decode[pipeline.Report](t, a.body).Digest != report.Digest {
		t.Errorf("report: %d %s", a.status, a.body)
	}
	got := decode[documentBody](t, b.get("/api/v1"+path).body)
	if got.Outcome == nil || got.Outcome.Conclusion != pipeline.CouldNotCheck || got.Headline != "This document could not be checked" || got.ScreenedAt == nil {
		t.Errorf("API: %+v", got)
	}
}

// TestImage: what is drawn comes whole, also in parts; what the store has
// changed is not served.
func TestImage(t *testing.T) {
	w := newWorld(t)
	d := w.receive(t, officer)
	w.screen(t, d.ID)
	b := w.as(t, officer)
	a := b.get("/documents/" + string(d.ID) + "/image")
	if a.status != http.StatusOK || a.header.Get("Content-Type") != "image/jpeg" || !strings.HasPrefix(a.body, "\xff\xd8\xff") || a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v", a.status, a.header)
	}
	req := b.request("GET", "/documents/"+string(d.ID)+"/image", nil)
	req.Header.Set("Range", "bytes=0-9")
	if a := b.do(req); a.status != http.StatusPartialContent || len(a.body) != 10 {
		t.Errorf("range: %d, %d bytes", a.status, len(a.body))
	}
}

func TestOriginalChanged(t *testing.T) {
	swapped := &swappedBlobs{}
	w := newWorld(t, func(c *Config) {
		swapped.Blobs = c.Blobs
		c.Blobs = swapped
	})
	d := w.receive(t, officer)
	other := w.receive(t, officer)
	b := w.as(t, officer)
	for name, digest := range map[string]pipeline.Digest{"other bytes": other.Digest, "no bytes": pipeline.Digest(strings.Repeat("0", 64))} {
		swapped.give = digest
		a := b.get("/documents/" + string(d.ID) + "/original")
		if a.status != http.StatusInternalServerError || a.header.Get("Content-Disposition") != "" || !strings.Contains(a.header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %d %v", name, a.status, a.header)
		}
	}
	if !strings.Contains(w.log.String(), errDiffers.Error()) {
		t.Error("the log does not say that the bytes differ")
	}
}

// TestProblemTypes: each type of problem is explained under its address.
func TestProblemTypes(t *testing.T) {
	w := newWorld(t)
	page := w.browser(t).get("/problems").body
	seen := map[string]bool{}
	for _, k := range problemTypes {
		if seen[k.Slug] || k.Title == "" || k.Means == "" || k.Status < 400 {
			t.Errorf("%+v", k)
		}
		seen[k.Slug] = true
		if !strings.Contains(page, `id="`+k.Slug+`"`) {
			t.Errorf("%s is not on the page", k.Slug)
		}
	}
	for _, p := range []*problem{
		problemForm(), problemFormType(), problemSlow(), problemSignedOut(), problemPassword(), problemThrottled(1), problemTooMany(""), problemBusy(), problemNotAllowed(),
		problemCrossSite(), problemNotFound(), problemNoPage(), problemNoReport(), problemNoSearch(), problemMethod(), problemInternal(), problemInvalid(nil), problemFile("upload-failed", ""),
		refusal(pipeline.ProblemEmpty, ""), refusal(pipeline.ProblemTooBig, ""), refusal(pipeline.ProblemNotPicture, ""), tooManyFiles(1),
	} {
		if !seen[p.kind().Slug] {
			t.Errorf("%s has no type", p.slug)
		}
	}
}

// TestProblems: an address that is not there and a method that it does not
// know, for a person and for a machine.
func TestProblems(t *testing.T) {
	w := newWorld(t)
	b := w.as(t, officer)
	for _, tt := range []struct {
		method, path, accept string
		status               int
		json                 bool
	}{
		{"GET", "/nothing", "text/html", 404, false},
		{"GET", "/nothing", "application/json", 404, true},
		{"GET", "/api/v1/nothing", "text/html", 404, true},
		{"GET", "/api/v2/documents", "", 404, true},
		{"PUT", "/documents", "text/html", 405, false},
		{"DELETE", "/api/v1/documents", "", 405, true},
		{"GET", "/documents/TSD-0000-0000/events", "text/event-stream", 404, true},
	} {
		req := b.request(tt.method, tt.path, nil)
		req.Header.Set("Accept", tt.accept)
		a := b.do(req)
		name := fmt.Sprint(tt.method, " ", tt.path, " ", tt.accept)
		if a.status != tt.status || strings.Contains(a.header.Get("Content-Type"), "application/problem+json") != tt.json {
			t.Errorf("%s: %d %s", name, a.status, a.header.Get("Content-Type"))
		}
		if tt.status == http.StatusMethodNotAllowed && !strings.Contains(a.header.Get("Allow"), "GET") {
			t.Errorf("%s: allowed is %q", name, a.header.Get("Allow"))
		}
		if !strings.Contains(a.body, a.header.Get("X-Request-Id")) {
			t.Errorf("%s: nothing to quote", name)
		}
	}
	if a := b.get("/documents/" + url.PathEscape("../../etc")); a.status != http.StatusNotFound {
		t.Errorf("%d", a.status)
	}
}
