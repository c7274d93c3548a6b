package web

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"touchstone.internal/pipeline"
)

// TestAccounts: an administrator adds somebody, who signs in with a password
// that is shown once, gets another role, is locked and let in again; all of it
// stands in the log.
func TestAccounts(t *testing.T) {
	w := newWorld(t)
	ada := w.as(t, administrator)
	a := ada.postForm("/accounts", url.Values{"name": {"Nora"}, "title": {"Night officer"}, "role": {"officer"}})
	given := regexp.MustCompile(`([a-z2-7]{5}-){3}[a-z2-7]{5}`).FindString(a.body)
	if a.status != http.StatusOK || given == "" {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if again := ada.get("/accounts"); strings.Contains(again.body, given) || !strings.Contains(again.body, "Night officer") {
		t.Error("the password is shown again, or the account is not")
	}
	nora := w.browser(t)
	if a := nora.signIn("nora", given); a.status != http.StatusSeeOther {
		t.Fatalf("first sign-in: %d", a.status)
	}
	if a := nora.get("/upload"); a.header.Get("Location") != "/account" {
		t.Errorf("before the change of password: %d to %q", a.status, a.header.Get("Location"))
	}
	const her = "umbrella teapot gravel sixteen"
	if a := nora.postForm("/account/password", url.Values{"current_password": {given}, "new_password": {her}}); a.status != http.StatusSeeOther {
		t.Fatalf("change: %d %s", a.status, a.body)
	}
	for _, tt := range []struct {
		path string
		form url.Values
	}{
		{"/accounts/nora", url.Values{"title": {"Night reviewer"}, "role": {"reviewer"}}},
		{"/accounts/nora/lock", nil},
		{"/accounts/nora/unlock", nil},
	} {
		if a := ada.postForm(tt.path, tt.form); a.status != http.StatusSeeOther || a.header.Get("Location") != "/accounts/nora" {
			t.Errorf("%s: %d %s", tt.path, a.status, a.body)
		}
		if a := nora.get("/"); cell(a) != toSignIn {
			t.Errorf("after %s her session goes on: %d", tt.path, a.status)
		}
	}
	if a := ada.postForm("/accounts/nora/password", nil); a.status != http.StatusOK || !regexp.MustCompile(`([a-z2-7]{5}-){3}`).MatchString(a.body) {
		t.Errorf("reset: %d", a.status)
	}
	if a := w.browser(t).signIn("nora", her); a.status != http.StatusForbidden {
		t.Errorf("her old password: %d", a.status)
	}
	var changes []string
	for _, line := range w.history(t, pipeline.AccountObject("nora")) {
		if strings.HasPrefix(line, "alter ") {
			changes = append(changes, line)
		}
	}
	want := []string{"alter added_officer ada", "alter password_changed nora", "alter role_reviewer ada", "alter locked ada", "alter unlocked ada", "alter password_set ada"}
	if !slices.Equal(changes, want) {
		t.Errorf("the log says %q", changes)
	}
	if log := w.log.String(); strings.Contains(log, given) || strings.Contains(log, her) {
		t.Error("a password is in the log")
	}
}

// TestAccountsRefused: what cannot be is said beside its field, and the last
// administrator remains.
func TestAccountsRefused(t *testing.T) {
	w := newWorld(t)
	ada := w.as(t, administrator)
	for path, tt := range map[string]struct {
		form url.Values
		said string
	}{
		"/accounts":                {url.Values{"name": {"Duty Officer"}, "role": {"officer"}}, "Account name must have letters"},
		"/accounts?":               {url.Values{"name": {officer}, "role": {"officer"}}, "There is an account of this name"},
		"/accounts?cursor=":        {url.Values{"name": {"new"}, "role": {"machine"}}, "Select a role"},
		"/accounts/ada":            {url.Values{"title": {"x"}, "role": {"officer"}}, "This is the last administrator"},
		"/accounts/ada/lock":       {nil, "This is the last administrator"},
		"/accounts/amira":          {url.Values{"title": {"x\ny"}, "role": {"system"}}, "Select a role"},
		"/accounts/" + machine:     {url.Values{"role": {"administrator"}}, "is of another system"},
		"/accounts/relay/password": {nil, "Another system has no password"},
	} {
		if a := ada.postForm(path, tt.form); a.status != http.StatusBadRequest || !strings.Contains(a.body, tt.said) {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if who, err := w.db.FindAccount(t.Context(), administrator); err != nil || !who.Administers() {
		t.Errorf("the last administrator is %+v, %v", who, err)
	}
}

// TestAccountsAPI is the same for a client.
func TestAccountsAPI(t *testing.T) {
	w := newWorld(t)
	d := describe(t)
	ops := d.operations(t)
	b := w.curl(t, administrator)
	for _, tt := range []struct {
		op, path, body string
		status         int
	}{
		{"POST /api/v1/accounts", "/api/v1/accounts", `{"name": "nora", "title": "", "role": "officer"}`, 201},
		{"POST /api/v1/accounts", "/api/v1/accounts", `{"name": "nora", "title": "", "role": "officer"}`, 400},
		{"POST /api/v1/accounts/{name}", "/api/v1/accounts/nora", `{"title": "Nora", "role": "auditor"}`, 200},
		{"POST /api/v1/accounts/{name}", "/api/v1/accounts/nobody", `{"title": "Nora", "role": "auditor"}`, 404},
		{"POST /api/v1/accounts/{name}/lock", "/api/v1/accounts/nora/lock", "", 200},
		{"POST /api/v1/accounts/{name}/unlock", "/api/v1/accounts/nora/unlock", "", 200},
		{"POST /api/v1/accounts/{name}/password", "/api/v1/accounts/nora/password", "", 200},
		{"POST /api/v1/accounts/{name}/lock", "/api/v1/accounts/ada/lock", "", 400},
	} {
		d.check(t, ops[tt.op], tt.status, b.postJSON(tt.path, tt.body))
	}
	d.check(t, ops["GET /api/v1/accounts/{name}"], 200, b.get("/api/v1/accounts/nora"))
	d.check(t, ops["GET /api/v1/accounts/{name}"], 404, b.get("/api/v1/accounts/nobody"))
	d.check(t, ops["GET /api/v1/accounts"], 200, b.get("/api/v1/accounts?limit=3"))
	d.check(t, ops["GET /api/v1/account"], 200, b.get("/api/v1/account"))
	d.check(t, ops["POST /api/v1/account/password"], 400, b.postJSON("/api/v1/account/password", `{"current_password": "x", "new_password": "y"}`))
	d.check(t, ops["POST /api/v1/account/password"], 204, b.postJSON("/api/v1/account/password", `{"current_password": "`+password+`", "new_password": "umbrella teapot gravel sixteen"}`))
}
