package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestTheme: the choice at the foot of a page holds without JavaScript, for
// everybody who uses this browser, and leads back to where it was made.
func TestTheme(t *testing.T) {
	w := newWorld(t)
	b := w.as(t, officer)
	const auto, dark = `media="screen and (prefers-color-scheme:dark)"`, `media="screen"`
	if a := b.get("/documents?encounter=" + encounter); !strings.Contains(a.body, auto) || !strings.Contains(a.body, `name="next" value="/documents"`) {
		t.Errorf("at first: %s", a.body)
	}
	for _, tt := range []struct {
		theme, next, to string
		has, not        string
	}{
		{"dark", "/documents?state=screened", "/documents?state=screened", dark, auto},
		{"light", "https://elsewhere.example/", "/", `value="light" aria-pressed="true"`, "prefers-color-scheme"},
		{"", "//elsewhere.example", "/", auto, dark},
	} {
		a := b.postForm("/theme", url.Values{"theme": {tt.theme}, "next": {tt.next}})
		if a.status != http.StatusSeeOther || a.header.Get("Location") != tt.to {
			t.Errorf("%q: %d to %s", tt.theme, a.status, a.header.Get("Location"))
		}
		c := a.header.Get("Set-Cookie")
		if !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Lax") || strings.Contains(c, officer) {
			t.Errorf("%q: the cookie is %s", tt.theme, c)
		}
		if p := b.get("/"); !strings.Contains(p.body, tt.has) || strings.Contains(p.body, tt.not) {
			t.Errorf("%q does not hold", tt.theme)
		}
	}
	if a := b.postForm("/theme", url.Values{"theme": {"purple"}}); a.status != http.StatusBadRequest {
		t.Errorf("a theme that is none: %d", a.status)
	}
	req := b.request("GET", "/", nil)
	req.AddCookie(&http.Cookie{Name: "theme", Value: `"><script>`})
	if a := b.do(req); a.status != http.StatusOK || !strings.Contains(a.body, auto) {
		t.Errorf("a cookie that is none: %d", a.status)
	}
}

// TestPrintPage: the page as it prints is asked for by its address (UI-71).
func TestPrintPage(t *testing.T) {
	w := newWorld(t)
	d := w.receive(t, officer)
	w.screen(t, d.ID)
	b := w.as(t, officer)
	for _, path := range []string{"/documents/" + string(d.ID), "/documents/" + string(d.ID) + "/examine", "/documents"} {
		a := b.get(path + "?print=1")
		if a.status != http.StatusOK || !strings.Contains(a.body, `media="all"`) || strings.Count(a.body, "<details") != strings.Count(a.body, " open>") {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
		if a := b.get(path + "?print=0"); strings.Contains(a.body, `media="all"`) {
			t.Errorf("%s is always printed", path)
		}
	}
}
