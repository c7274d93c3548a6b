package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestSavedFilters: a choice of a list gets a name, is one click away, is nobody
// else's, and can be taken away.
func TestSavedFilters(t *testing.T) {
	w := newWorld(t)
	b := w.as(t, reviewer)
	const query = "conclusion=review_suggested&state=screened"
	save := func(b *browser, page, name, query string) answer {
		return b.postForm("/filters", url.Values{"page": {page}, "name": {name}, "query": {query}})
	}
	if a := b.get("/documents"); strings.Contains(a.body, "Save these filters") {
		t.Error("nothing is chosen, and it can be saved")
	}
	if a := b.get("/documents?" + query); !strings.Contains(a.body, "Save these filters") || !strings.Contains(a.body, strings.ReplaceAll(query, "&", "&amp;")) {
		t.Errorf("it cannot be saved: %s", a.body)
	}
	a := save(b, "/documents", "  To  examine ", query+"&after=TSD-0000-0000&evil=1")
	if a.status != http.StatusSeeOther || a.header.Get("Location") != "/documents?"+query {
		t.Errorf("%d to %s", a.status, a.header.Get("Location"))
	}
	if a := b.get("/documents"); !strings.Contains(a.body, `href="/documents?conclusion=review_suggested&amp;state=screened">To examine</a>`) {
		t.Errorf("it is not in the list: %s", a.body)
	}
	if a := w.as(t, officer).get("/documents"); strings.Contains(a.body, "To examine") {
		t.Error("somebody else sees it")
	}
	if a := save(b, "/queue", "Ferry", "tab=mine"); a.header.Get("Location") != "/queue?tab=mine" {
		t.Errorf("the queue: %d to %s", a.status, a.header.Get("Location"))
	}
	if a := b.get("/queue?tab=mine"); !strings.Contains(a.body, ">Ferry</a>") {
		t.Error("the queue does not show it")
	}
	for name, a := range map[string]answer{
		"no name": save(b, "/documents", " ", query), "nothing chosen": save(b, "/documents", "x", "evil=1"), "no list": save(b, "/status", "x", query),
		"not their list": save(w.as(t, officer), "/queue", "x", "tab=mine"), "a long name": save(b, "/documents", strings.Repeat("x", 41), query),
	} {
		if a.status != http.StatusBadRequest {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	c := w.curl(t, reviewer)
	if got := decode[filtersBody](t, c.get("/api/v1/filters").body); len(got.Data) != 2 || got.Data[0] != (filterBody{"/documents", "To examine", query}) {
		t.Errorf("the API gives %+v", got)
	}
	if a := save(b, "/documents", "To examine", ""); a.header.Get("Location") != "/documents" {
		t.Errorf("taken away: %d", a.status)
	}
	if got := decode[filtersBody](t, c.get("/api/v1/filters").body); len(got.Data) != 1 {
		t.Errorf("after that the API gives %+v", got)
	}
}
