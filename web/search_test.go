package web

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

// searchJSON is a query of the API.
func searchJSON(kind, text string) string {
	return fmt.Sprintf(`{"kind": %q, "text": %q, "reason": "enquiry", "note": "Case 17"}`, kind, text)
}

// oneOf tells whether a value is in a list.
func oneOf[T ~string](all []T, s string) error {
	if !slices.Contains(all, T(s)) {
		return fmt.Errorf("%q is none of %v", s, all)
	}
	return nil
}

// addSearch makes a search of somebody.
func (m *matrix) addSearch(owner string) string {
	m.t.Helper()
	q := pipeline.SearchQuery{Kind: pipeline.SearchName, Text: "Eriksson", Reason: pipeline.ReasonEnquiry, Note: "Case 17"}
	made, err := m.w.db.SearchDocuments(m.t.Context(), q, pipeline.Account{Name: owner}, time.Now())
	if err != nil {
		m.t.Fatal(err)
	}
	return made.ID
}

// screenNamed screens a document whose zone has this name and number.
func (w *world) screenNamed(t *testing.T, id pipeline.DocumentID, name, number string) {
	t.Helper()
	now := time.Now()
	d, err := w.db.Claim(t.Context(), id, "worker-1", now, now.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	r := pipeline.AbortedReport(d.Digest, now.UTC(), d.Capture, pipeline.ProblemZoneNotFound)
	r.Pages = []pipeline.PageReading{{Zones: []pipeline.ZoneReading{{Fields: []pipeline.FieldReading{
		{Name: mrz.NameOfHolder, Raw: name}, {Name: mrz.DocumentNumber, Raw: number, Value: number},
	}}}}}
	if err := w.db.Finish(t.Context(), d, pipeline.Screened{Report: r, At: now}); err != nil {
		t.Fatal(err)
	}
}

// TestSearch looks a document up by all that it can be looked up by. What was
// looked for stands in no address, log, audit log or result.
func TestSearch(t *testing.T) {
	w := newWorld(t)
	d := w.receive(t, officer)
	w.screenNamed(t, d.ID, "ERIKSSON<<ANNA<MARIA<<<", "L898902C3")
	b, c := w.as(t, reviewer), w.curl(t, reviewer)
	for kind, text := range map[string]string{
		"reference": string(d.ID), "encounter": encounter, "document_number": "L898902C3", "name": "Eriksson Maria", "sha256": string(d.Digest),
	} {
		a := b.postForm("/search", url.Values{"kind": {kind}, "text": {text}, "reason": {"enquiry"}, "note": {"Case 17"}})
		at := a.header.Get("Location")
		if a.status != http.StatusSeeOther || !strings.HasPrefix(at, "/search/") || strings.Contains(at, text) {
			t.Errorf("by %s: %d to %s %s", kind, a.status, at, a.body)
			continue
		}
		found := b.get(at)
		if found.status != http.StatusOK || !strings.Contains(found.body, "1 document found") || !strings.Contains(found.body, "/documents/"+string(d.ID)) || !strings.Contains(found.body, "An enquiry or investigation. Case 17") {
			t.Errorf("by %s: %d %s", kind, found.status, found.body)
		}
		if kind == "name" || kind == "document_number" {
			if strings.Contains(strings.ToUpper(found.body), "ERIKSSON") || strings.Contains(found.body, "L898902C3") {
				t.Errorf("by %s the result says what was looked for", kind)
			}
		}
		if got := decode[foundBody](t, c.postJSON("/api/v1/searches", searchJSON(kind, text)).body); len(got.Data) != 1 || got.Data[0].ID != d.ID || got.More {
			t.Errorf("by %s the API gives %+v", kind, got)
		}
	}
	for _, said := range append(w.history(t, "search"), w.log.String()) {
		if strings.Contains(strings.ToUpper(said), "ERIKSSON") || strings.Contains(said, "L898902C3") || strings.Contains(said, "Case 17") {
			t.Errorf("a log says %s", said)
		}
	}
	if n := len(w.history(t, "search")); n != 5*3 {
		t.Errorf("%d lines in the audit log; want one for each search and each look at what it found", n)
	}
}

// TestSearchNeedsAReason before anything is looked up.
func TestSearchNeedsAReason(t *testing.T) {
	w := newWorld(t)
	d := w.receive(t, officer)
	b := w.as(t, reviewer)
	whole := url.Values{"kind": {"reference"}, "text": {string(d.ID)}, "reason": {"enquiry"}, "note": {"Case 17"}}
	for _, tt := range []struct{ field, value, want string }{
		{"reason", "", "Select why you need to search"},
		{"reason", "curiosity", "Select why you need to search"},
		{"note", " ", "Enter the number of the case, or what you need it for"},
		{"note", strings.Repeat("x", 201), "must be 200 characters or less"},
		{"kind", "", "Select what you search by"},
		{"text", " ", "Enter what you are looking for"},
		{"text", "TSD-1", "A document reference has 8 letters or numbers after TSD"},
		{"text", strings.Repeat("x", 201), "What you are looking for must be 200 characters or less"},
	} {
		form := maps.Clone(whole)
		form.Set(tt.field, tt.value)
		a := b.postForm("/search", form)
		if a.status != http.StatusBadRequest || strings.Count(a.body, tt.want) != 2 || !strings.Contains(a.body, "<title>Error: Search") {
			t.Errorf("%s %q: %d %s", tt.field, tt.value, a.status, a.body)
		}
	}
	if lines := w.history(t, "search"); len(lines) != 0 {
		t.Errorf("something was looked up: %q", lines)
	}
}

// TestSearchIsPrivate: what somebody found is shown to them and for a while.
func TestSearchIsPrivate(t *testing.T) {
	now := time.Now()
	w := newWorld(t, func(c *Config) { c.Now = func() time.Time { return now } })
	b := w.as(t, reviewer)
	at := b.postForm("/search", url.Values{"kind": {"name"}, "text": {"Berg"}, "reason": {"quality"}, "note": {"Case 18"}}).header.Get("Location")
	if a := b.get(at); a.status != http.StatusOK || !strings.Contains(a.body, "Nothing was found") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := w.as(t, supervisor).get(at); a.status != http.StatusNotFound {
		t.Errorf("somebody else: %d", a.status)
	}
	now = now.Add(pipeline.SearchFor + time.Second)
	if a := b.get(at); a.status != http.StatusNotFound || !strings.Contains(a.body, "This search has ended") {
		t.Errorf("later: %d %s", a.status, a.body)
	}
}
