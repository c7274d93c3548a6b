package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/policy"
)

// TestSafetyEverywhere: every page that an account may see has the way to
// safety, whatever the account (UI-04).
func TestSafetyEverywhere(t *testing.T) {
	m := newMatrix(t, newWorld(t))
	pages := 0
	for _, r := range m.w.desk.routes {
		if !strings.HasPrefix(r.pattern, "GET /") || r.isAPI() {
			continue
		}
		for name, role := range accounts {
			if !policy.May(role, r.action) && r.action != policy.Open || role == pipeline.RoleMachine {
				continue
			}
			a := m.send(r, name, m.record(r, name, own))
			if !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") || a.status != http.StatusOK {
				continue
			}
			pages++
			if strings.Count(a.body, `<a class="app-safety" href="/safety`) != 1 {
				t.Errorf("%s as %s has no way to safety", r.pattern, name)
			}
		}
	}
	if pages < 40 {
		t.Errorf("only %d pages were looked at", pages)
	}
}

// TestSafety: a concern is one step from the document, asks for nothing, and puts
// it first; twice over it is one concern.
func TestSafety(t *testing.T) {
	w := newWorld(t)
	amira, boris, rita, sefa := w.as(t, officer), w.as(t, other), w.as(t, reviewer), w.as(t, safeguarding)
	first, id := w.waiting(t), w.waiting(t)
	address := "/safety?document=" + string(id)
	const button = "Raise a safety concern about the people with this document"
	if a := amira.get("/documents/" + string(id)); !strings.Contains(a.body, `href="`+address+`"`) || strings.Contains(a.body, ">Safety</strong>") {
		t.Error("the document does not lead to its safety page, or has a concern already")
	}
	if a := amira.get(address); !strings.Contains(a.body, button) || !strings.Contains(a.body, `href="tel:999"`) {
		t.Error("the page has no button or no number")
	}
	for name, b := range map[string]*browser{"another officer": boris, "the auditor": w.as(t, auditor), "nobody": w.browser(t)} {
		a := b.get(address)
		if a.status != http.StatusOK || strings.Contains(a.body, string(id)) || !strings.Contains(a.body, `href="tel:999"`) {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	for range 2 {
		if a := amira.postForm("/documents/"+string(id)+"/safety", url.Values{}); a.status != http.StatusSeeOther || a.header.Get("Location") != address {
			t.Fatalf("raise: %d to %s", a.status, a.header.Get("Location"))
		}
	}
	if a := amira.get(address); strings.Contains(a.body, button) || !strings.Contains(a.body, "A safety concern is raised") {
		t.Error("the page does not say that it is raised")
	}
	for name, b := range map[string]*browser{officer: amira, reviewer: rita} {
		if a := b.get("/documents/" + string(id)); !strings.Contains(a.body, ">Safety</strong>") {
			t.Errorf("the document of %s has no tag", name)
		}
	}
	body := rita.get("/queue").body
	if i, j := strings.Index(body, string(id)), strings.Index(body, string(first)); i < 0 || j < i || !strings.Contains(body, ">Safety</strong>") {
		t.Errorf("it is not first: %d, %d", i, j)
	}
	if a := sefa.get("/queue"); !strings.Contains(a.body, "Safety (1)") || !strings.Contains(a.body, string(id)) || strings.Contains(a.body, string(first)) {
		t.Error("the safeguarding lead's list is not that of the concerns")
	}
	if got := w.history(t, string(id)); !slices.Contains(got, "alter safety_raised "+officer) {
		t.Errorf("the log says %q", got)
	}
	if a := w.curl(t, reviewer).postForm("/api/v1/documents/"+string(first)+"/safety", nil); a.status != http.StatusNoContent {
		t.Errorf("by the API: %d %s", a.status, a.body)
	}
	if r, err := w.db.FindReview(t.Context(), first); err != nil || !r.Safety {
		t.Errorf("by the API: %+v, %v", r, err)
	}
}
