package web

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/policy"
)

// plain is an answer without what differs from one request to the next.
func (m *matrix) plain(r route, account, id string) string {
	a := m.send(r, account, id)
	body := strings.NewReplacer(id, "ID", a.header.Get("X-Request-Id"), "REF").Replace(a.body)
	return fmt.Sprint(a.status, a.header.Get("Content-Type"), regexp.MustCompile(`<time.*?</time>`).ReplaceAllString(body, ""))
}

// TestForeign: somebody else's record and one that is not there give the same
// answer, byte for byte, but for the references; and the attempt is written down.
func TestForeign(t *testing.T) {
	m := newMatrix(t, newWorld(t))
	for _, r := range m.w.desk.routes {
		for name, role := range accounts {
			if policy.Of(role, r.action) != policy.Own || r.kind() == "" || role == pipeline.RoleMachine && !r.isAPI() {
				continue
			}
			id := m.record(r, name, foreign)
			theirs, none := m.plain(r, name, id), m.plain(r, name, m.record(r, name, missing))
			if theirs != none {
				t.Errorf("%s as %s differs:\n%s\n%s", r.pattern, name, theirs, none)
			}
			if d, _, err := m.w.db.FindDispatch(t.Context(), id); err == nil {
				id = d.Referral // under which what becomes of it is written down
			}
			if got := m.w.history(t, id); len(got) == 0 || got[len(got)-1] != "consult denied "+name {
				t.Errorf("%s as %s: the log says %q", r.pattern, name, got)
			}
		}
	}
	b := m.w.as(t, officer)
	for _, path := range []string{"/documents?cursor=%s", "/api/v1/documents?cursor=%s"} {
		theirs, none := b.get(fmt.Sprintf(path, encodeCursor(m.record(route{pattern: "GET /documents/{id}"}, officer, foreign)))), b.get(fmt.Sprintf(path, encodeCursor("TSD-0000-0000")))
		if theirs.status != none.status || theirs.status != http.StatusBadRequest {
			t.Errorf("%s: %d and %d", path, theirs.status, none.status)
		}
	}
}

// TestAuditFirst: what cannot be written down is not shown.
func TestAuditFirst(t *testing.T) {
	failing := &failingAudit{}
	w := newWorld(t, func(c *Config) {
		failing.Audit = c.Audit
		c.Audit = failing
	})
	m := newMatrix(t, w)
	for name, role := range accounts {
		for _, r := range w.desk.routes {
			if !strings.HasPrefix(r.pattern, "GET ") || r.action == policy.Open || samples[r.pattern].empty ||
				!policy.May(role, r.action) || role == pipeline.RoleMachine || r.action == policy.SignedIn && !policy.May(role, policy.Read) {
				continue
			}
			id := m.record(r, name, own)
			failing.down = true
			a := m.send(r, name, id)
			failing.down = false
			if a.status != http.StatusInternalServerError || strings.Contains(a.body, "page.jpg") || strings.Contains(a.body, encounter) {
				t.Errorf("%s as %s without an audit log: %d", r.pattern, name, a.status)
			}
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

// TestCrossSite: what another website sends in somebody's name is not done,
// whatever it is.
func TestCrossSite(t *testing.T) {
	m := newMatrix(t, newWorld(t))
	cookie := m.session(officer)
	for _, r := range m.w.desk.routes {
		if strings.HasPrefix(r.pattern, "GET ") {
			continue
		}
		id := m.record(r, officer, own)
		for name, headers := range map[string][2]string{
			"cross-site": {"Sec-Fetch-Site", "cross-site"}, "same-site": {"Sec-Fetch-Site", "same-site"}, "origin": {"Origin", "https://elsewhere.example"}, "no origin": {"Origin", "null"},
		} {
			req := m.request(r, id)
			req.AddCookie(cookie)
			req.Header.Set(headers[0], headers[1])
			if a := m.w.browser(t).do(req); a.status != http.StatusForbidden || !strings.Contains(a.body, "another website") {
				t.Errorf("%s from %s: %d", r.pattern, name, a.status)
			}
		}
	}
	b := m.w.browser(t)
	req := b.request("GET", "/account", nil)
	req.AddCookie(cookie)
	if a := b.do(req); a.status != http.StatusOK {
		t.Error("the session was ended from outside")
	}
}
