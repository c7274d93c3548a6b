package web

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"touchstone.internal/pipeline"
)

// route is one address and what each role gets: who is not signed in, the
// officer that the document belongs to, another officer, reviewer, operator.
type route struct {
	pattern string
	path    string // {id} is a screened document
	want    [5]int
}

// matrix is every route of the desk. A route that is missing here fails
// TestGuards.
var matrix = []route{
	{"GET /assets/{name}", "/assets/nothing", [5]int{404, 404, 404, 404, 404}},
	{"GET /healthz", "/healthz", [5]int{200, 200, 200, 200, 200}},
	{"GET /readyz", "/readyz", [5]int{200, 200, 200, 200, 200}},
	{"GET /metrics", "/metrics", [5]int{200, 200, 200, 200, 200}},
	{"GET /sign-in", "/sign-in", [5]int{200, 303, 303, 303, 303}},
	{"POST /sign-in", "/sign-in", [5]int{400, 400, 400, 400, 400}},
	{"GET /safety", "/safety", [5]int{200, 200, 200, 200, 200}},
	{"GET /problems", "/problems", [5]int{200, 200, 200, 200, 200}},
	{"GET /{$}", "/", [5]int{303, 200, 200, 200, 200}},
	{"GET /upload", "/upload", [5]int{303, 200, 200, 200, 403}},
	{"POST /upload", "/upload", [5]int{303, 400, 400, 400, 403}},
	{"GET /upload/received", "/upload/received?id={id}", [5]int{303, 200, 404, 200, 403}},
	{"GET /documents", "/documents", [5]int{303, 200, 200, 200, 403}},
	{"GET /documents/{id}", "/documents/{id}", [5]int{303, 200, 404, 200, 403}},
	{"GET /documents/{id}/examine", "/documents/{id}/examine", [5]int{303, 200, 404, 200, 403}},
	{"GET /documents/{id}/events", "/documents/{id}/events", [5]int{303, 200, 404, 200, 403}},
	{"GET /documents/{id}/image", "/documents/{id}/image", [5]int{303, 200, 404, 200, 403}},
	{"GET /documents/{id}/original", "/documents/{id}/original", [5]int{303, 200, 404, 200, 403}},
	{"GET /typed-zone", "/typed-zone", [5]int{303, 200, 200, 200, 403}},
	{"POST /typed-zone", "/typed-zone", [5]int{303, 400, 400, 400, 403}},
	{"GET /status", "/status", [5]int{303, 403, 403, 403, 200}},
	{"GET /api/v1/openapi.json", "/api/v1/openapi.json", [5]int{200, 200, 200, 200, 200}},
	{"POST /api/v1/documents", "/api/v1/documents", [5]int{401, 400, 400, 400, 403}},
	{"GET /api/v1/documents", "/api/v1/documents", [5]int{401, 200, 200, 200, 403}},
	{"GET /api/v1/documents/{id}", "/api/v1/documents/{id}", [5]int{401, 200, 404, 200, 403}},
	{"GET /api/v1/documents/{id}/report", "/api/v1/documents/{id}/report", [5]int{401, 200, 404, 200, 403}},
	{"GET /api/v1/documents/{id}/image", "/api/v1/documents/{id}/image", [5]int{401, 200, 404, 200, 403}},
	{"POST /api/v1/mrz", "/api/v1/mrz", [5]int{401, 415, 415, 415, 403}},
	{"POST /sign-out", "/sign-out", [5]int{303, 303, 303, 303, 303}}, // last: it ends the session
}

// patterns are the routes as they stand in the program.
func patterns(t *testing.T) (all []string) {
	t.Helper()
	source, err := os.ReadFile("web.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`mux\.Handle(?:Func)?\("([A-Z]+ [^"]+)"`).FindAllStringSubmatch(string(source), -1) {
		all = append(all, m[1])
	}
	return all
}

// TestGuards asks every route as everybody.
func TestGuards(t *testing.T) {
	w := newWorld(t)
	d := w.receive(t, officer)
	w.screen(t, d.ID)
	var listed []string
	for _, r := range matrix {
		listed = append(listed, r.pattern)
	}
	for _, p := range patterns(t) {
		if !slices.Contains(listed, p) {
			t.Errorf("%s is not in the matrix", p)
		}
	}
	for i, name := range []string{"", officer, other, reviewer, operator} {
		b := w.browser(t)
		if name != "" {
			b = w.as(t, name)
		}
		for _, r := range matrix {
			method, _, _ := strings.Cut(r.pattern, " ")
			var a answer
			path := strings.ReplaceAll(r.path, "{id}", string(d.ID))
			if method == "POST" && strings.HasSuffix(path, "s") || path == "/upload" && method == "POST" {
				a = b.send(path, nil)
			} else {
				a = b.do(b.request(method, path, nil))
			}
			if a.status != r.want[i] {
				t.Errorf("%s as %q: %d; want %d", r.pattern, name, a.status, r.want[i])
			}
			if json := strings.Contains(a.header.Get("Content-Type"), "json"); a.status >= 400 && !strings.HasPrefix(path, "/assets/") && json != strings.HasPrefix(path, "/api/") {
				t.Errorf("%s as %q: an error of type %s", r.pattern, name, a.header.Get("Content-Type"))
			}
		}
	}
}

// TestForeign: somebody else's document and one that is not there give the same
// answer, byte for byte, but for the references.
func TestForeign(t *testing.T) {
	w := newWorld(t)
	d := w.receive(t, officer)
	w.screen(t, d.ID)
	b := w.as(t, other)
	for _, path := range []string{"/documents/%s", "/documents/%s/examine", "/documents/%s/original", "/documents/%s/events", "/upload/received?id=%s", "/documents?after=%s", "/api/v1/documents/%s", "/api/v1/documents/%s/report", "/api/v1/documents/%s/image", "/api/v1/documents?after=%s"} {
		plain := func(id string) string {
			a := b.get(fmt.Sprintf(path, id))
			body := strings.ReplaceAll(strings.ReplaceAll(a.body, id, "ID"), a.header.Get("X-Request-Id"), "REF")
			return fmt.Sprint(a.status, a.header.Get("Content-Type"), regexp.MustCompile(`<time.*?</time>`).ReplaceAllString(body, ""))
		}
		if theirs, none := plain(string(d.ID)), plain("TSD-0000-0000"); theirs != none {
			t.Errorf("%s differs:\n%s\n%s", path, theirs, none)
		}
	}
	denied := 0
	for _, line := range w.history(t, string(d.ID)) {
		if line == "consult denied "+other {
			denied++
		}
	}
	if denied != 8 {
		t.Errorf("%d denials were written down; want 8", denied)
	}
}

// TestAuditFirst: what cannot be written down is not shown.
func TestAuditFirst(t *testing.T) {
	failing := &failingAudit{}
	w := newWorld(t, func(c *Config) {
		failing.Audit = c.Audit
		c.Audit = failing
	})
	d := w.receive(t, officer)
	w.screen(t, d.ID)
	b := w.as(t, officer)
	failing.down = true
	for _, r := range matrix {
		method, _, _ := strings.Cut(r.pattern, " ")
		if method != "GET" || r.want[0] != 303 && r.want[0] != 401 || r.want[1] != 200 || r.path == "/upload" || r.path == "/typed-zone" { // forms that hold nothing yet
			continue
		}
		a := b.get(strings.ReplaceAll(r.path, "{id}", string(d.ID)))
		if a.status != http.StatusInternalServerError || strings.Contains(a.body, "page.jpg") || strings.Contains(a.body, encounter) {
			t.Errorf("%s without an audit log: %d", r.pattern, a.status)
		}
	}
}

// TestAudit: each way to see a document has its line.
func TestAudit(t *testing.T) {
	w := newWorld(t)
	d := w.receive(t, officer)
	w.screen(t, d.ID)
	b := w.as(t, reviewer)
	for _, path := range []string{"/documents/%s", "/documents/%s/examine", "/documents/%s/image", "/documents/%s/original", "/documents/%s/events", "/api/v1/documents/%s", "/api/v1/documents/%s/report", "/upload/received?id=%s"} {
		if a := b.get(fmt.Sprintf(path, d.ID)); a.status != http.StatusOK {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	want := []string{
		"consult document rita", "consult examine rita", "consult image rita", "consult original rita", "disclose original rita",
		"consult events rita", "consult document rita", "consult report rita", "consult received rita",
	}
	got := w.history(t, string(d.ID))
	if len(got) < len(want) || !slices.Equal(got[len(got)-len(want):], want) {
		t.Errorf("the log says %q", got)
	}
	b.get("/documents")
	b.get("/")
	if got := w.history(t, "documents"); !slices.Equal(got, []string{"consult list rita"}) {
		t.Errorf("of the list it says %q", got)
	}
	if got := w.history(t, "home"); !slices.Equal(got, []string{"consult list rita"}) {
		t.Errorf("of the start page it says %q", got)
	}
}

// TestCrossSite: what another website sends in somebody's name is not done.
func TestCrossSite(t *testing.T) {
	w := newWorld(t)
	b := w.as(t, officer)
	for name, headers := range map[string][2]string{
		"cross-site": {"Sec-Fetch-Site", "cross-site"}, "same-site": {"Sec-Fetch-Site", "same-site"}, "origin": {"Origin", "https://elsewhere.example"}, "no origin": {"Origin", "null"},
	} {
		for _, path := range []string{"/upload", "/sign-out", "/sign-in", "/typed-zone", "/api/v1/documents", "/api/v1/mrz"} {
			body, kind := encode(filled(part{"file", "a.jpg", picture()}))
			req := b.request("POST", path, bytes.NewReader(body))
			req.Header.Set("Content-Type", kind)
			req.Header.Set(headers[0], headers[1])
			if a := b.do(req); a.status != http.StatusForbidden {
				t.Errorf("%s to %s: %d", name, path, a.status)
			}
		}
	}
	if docs, err := w.db.List(t.Context(), pipeline.DocumentFilter{}); err != nil || len(docs) != 0 {
		t.Errorf("%d documents: %v", len(docs), err)
	}
	if a := b.get("/upload"); a.status != http.StatusOK {
		t.Error("the session was ended from outside")
	}
}
