package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"touchstone.internal/pipeline"
)

// with asks the API under a token.
func (w *world) with(t *testing.T, secret, path string) answer {
	t.Helper()
	b := w.browser(t)
	req := b.request("GET", path, nil)
	req.Header.Set("Authorization", "Bearer "+secret)
	return b.do(req)
}

// TestTokens is the life of a token: made on the page and by the API, shown
// once, used, revoked.
func TestTokens(t *testing.T) {
	w := newWorld(t)
	d := describe(t)
	ops := d.operations(t)
	ada, client := w.as(t, administrator), w.curl(t, administrator)
	page := ada.postForm("/tokens", url.Values{"account": {"e-gates"}, "days": {"30"}})
	secret := regexp.MustCompile(`tst_[A-Z2-7]{26}`).FindString(page.body)
	if page.status != http.StatusOK || secret == "" {
		t.Fatalf("%d %s", page.status, page.body)
	}
	if again := ada.get("/tokens"); strings.Contains(again.body, secret) || !strings.Contains(again.body, "e-gates") {
		t.Error("the secret is shown again, or the token is not")
	}
	if a := w.with(t, secret, "/api/v1/account"); a.status != http.StatusOK || decode[accountBody](t, a.body).Role != pipeline.RoleMachine {
		t.Errorf("with the token: %d %s", a.status, a.body)
	}
	for path, want := range map[string]int{"/documents": http.StatusSeeOther, "/": http.StatusSeeOther, "/api/v1/documents": 200, "/api/v1/tokens": 403} {
		if a := w.with(t, secret, path); a.status != want {
			t.Errorf("%s with a token: %d; want %d", path, a.status, want)
		}
	}
	made := client.postJSON("/api/v1/tokens", `{"account": "e-gates", "days": 1}`)
	d.check(t, ops["POST /api/v1/tokens"], http.StatusCreated, made)
	token := decode[tokenBody](t, made.body)
	d.check(t, ops["POST /api/v1/tokens"], http.StatusBadRequest, client.postJSON("/api/v1/tokens", `{"account": "amira", "days": 1}`))
	d.check(t, ops["POST /api/v1/tokens"], http.StatusBadRequest, client.postJSON("/api/v1/tokens", `{"account": "E Gates", "days": 0}`))
	list := client.get("/api/v1/tokens?limit=1")
	d.check(t, ops["GET /api/v1/tokens"], http.StatusOK, list)
	next := decode[pageBody[tokenBody]](t, list.body).Next
	if want := "</api/v1/tokens?cursor=" + next + `&limit=1>; rel="next"`; next == "" || list.header.Get("Link") != want {
		t.Errorf("Link is %q; want %q", list.header.Get("Link"), want)
	}
	if second := decode[pageBody[tokenBody]](t, client.get("/api/v1/tokens?limit=1&cursor="+next).body); len(second.Data) != 1 || second.Data[0].ID == token.ID || second.Next != "" || second.Data[0].UsedAt == nil {
		t.Errorf("the second page is %+v", second)
	}
	d.check(t, ops["GET /api/v1/tokens"], http.StatusBadRequest, client.get("/api/v1/tokens?cursor=%21"))
	d.check(t, ops["GET /api/v1/tokens"], http.StatusBadRequest, client.get("/api/v1/tokens?colour=red"))

	d.check(t, ops["POST /api/v1/tokens/{token}/revoke"], http.StatusNoContent, client.postJSON("/api/v1/tokens/"+token.ID+"/revoke", ""))
	d.check(t, ops["POST /api/v1/tokens/{token}/revoke"], http.StatusNotFound, client.postJSON("/api/v1/tokens/none/revoke", ""))
	if a := w.with(t, token.Secret, "/api/v1/account"); a.status != http.StatusUnauthorized {
		t.Errorf("a revoked token: %d", a.status)
	}
	if err := w.db.LockAccount(t.Context(), "e-gates", true, pipeline.Deed{At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if a := w.with(t, secret, "/api/v1/account"); a.status != http.StatusUnauthorized {
		t.Errorf("the token of a locked account: %d", a.status)
	}
	if log := w.log.String(); strings.Contains(log, secret) || strings.Contains(log, token.Secret) {
		t.Error("a secret is in the log")
	}
}

// TestTokenRefused: what is no token opens nothing, and guessing is slowed down.
func TestTokenRefused(t *testing.T) {
	w := newWorld(t)
	past := pipeline.Token{ID: "past", Account: "gate", ExpiresAt: time.Now().Add(-time.Second)}
	if err := w.db.CreateToken(t.Context(), past, "tst_PAST", pipeline.Deed{At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"", "tst_", "tst_PAST", "past", "'", strings.Repeat("A", 5000)} {
		if a := w.with(t, secret, "/api/v1/account"); a.status != http.StatusUnauthorized || !json.Valid([]byte(a.body)) {
			t.Errorf("%.20q: %d %s", secret, a.status, a.body)
		}
	}
	for range addressFailures {
		w.with(t, "tst_GUESS", "/api/v1/account")
	}
	if a := w.with(t, "tst_GUESS", "/api/v1/account"); a.status != http.StatusTooManyRequests {
		t.Errorf("after %d guesses: %d", addressFailures, a.status)
	}
}
