package web

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"touchstone.internal/pipeline"
)

// failingAudit is a log that can be taken away.
type failingAudit struct {
	pipeline.Audit
	down bool
}

func (f *failingAudit) Append(ctx context.Context, e pipeline.AuditEvent) error {
	if f.down {
		return errDown
	}
	return f.Audit.Append(ctx, e)
}

func cookieOf(t *testing.T, a answer) *http.Cookie {
	t.Helper()
	c, err := http.ParseSetCookie(a.header.Get("Set-Cookie"))
	if err != nil {
		t.Fatalf("%v in %q", err, a.header.Get("Set-Cookie"))
	}
	return c
}

func TestSignInAndOut(t *testing.T) {
	w := newWorld(t)
	b := w.browser(t)
	a := b.signIn(" Amira ", password)
	if a.status != http.StatusSeeOther || a.header.Get("Location") != "/documents" {
		t.Fatalf("%d to %s", a.status, a.header.Get("Location"))
	}
	first := cookieOf(t, a)
	if device := a.header.Values("Set-Cookie"); len(device) != 2 || !strings.HasPrefix(device[1], "touchstone-device=") || !strings.Contains(device[1], "HttpOnly") {
		t.Errorf("the device is known by %q", device)
	}
	if first.Name != "touchstone" || !first.HttpOnly || first.SameSite != http.SameSiteLaxMode || first.Path != "/" || first.MaxAge != 0 || !first.Expires.IsZero() {
		t.Errorf("the cookie is %s", first)
	}
	if a := b.get("/"); a.status != http.StatusOK || !strings.Contains(a.body, "The amira") {
		t.Errorf("start page: %d", a.status)
	}
	second := cookieOf(t, b.signIn(other, password))
	if second.Value == first.Value || len(second.Value) < 22 {
		t.Error("the token was not renewed")
	}
	old := w.browser(t)
	req := old.request("GET", "/documents", nil)
	req.AddCookie(&http.Cookie{Name: first.Name, Value: first.Value})
	if a := old.do(req); a.status != http.StatusSeeOther {
		t.Errorf("the old token still works: %d", a.status)
	}
	if a := b.postForm("/sign-out", nil); a.status != http.StatusSeeOther || cookieOf(t, a).MaxAge >= 0 {
		t.Errorf("sign-out: %d %v", a.status, a.header)
	}
	req = old.request("GET", "/documents", nil)
	req.AddCookie(&http.Cookie{Name: second.Name, Value: second.Value})
	if a := old.do(req); a.status != http.StatusSeeOther {
		t.Errorf("the token works after sign-out: %d", a.status)
	}
	want := []string{"sign_in signed_in amira", "sign_in signed_in boris", "sign_in signed_out boris"}
	if got := w.history(t, "sign-in"); !slices.Equal(got, want) {
		t.Errorf("the log says %q", got)
	}
}

func TestSecureCookie(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Secure = true })
	c := cookieOf(t, w.browser(t).signIn(officer, password))
	if c.Name != "__Host-touchstone" || !c.Secure || c.Path != "/" || c.Domain != "" {
		t.Errorf("the cookie is %s", c)
	}
}

// recordingSessions remembers until when sessions are kept.
type recordingSessions struct {
	scs.CtxStore
	mu     sync.Mutex
	expiry []time.Time
}

func (r *recordingSessions) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	r.mu.Lock()
	r.expiry = append(r.expiry, expiry)
	r.mu.Unlock()
	return r.CtxStore.CommitCtx(ctx, token, b, expiry)
}

// TestSessionEnds: half an hour after the last use, and twelve hours after
// sign-in at the latest. Use is written down once a minute.
func TestSessionEnds(t *testing.T) {
	rec := &recordingSessions{}
	var mu sync.Mutex
	var ahead time.Duration
	w := newWorld(t, func(c *Config) {
		rec.CtxStore = c.Sessions
		c.Sessions = rec
		c.Now = func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return time.Now().Add(ahead)
		}
	})
	b := w.as(t, officer)
	for range 3 {
		b.get("/")
	}
	if len(rec.expiry) != 1 {
		t.Errorf("the session was written %d times", len(rec.expiry))
	}
	if in := time.Until(rec.expiry[0]); in > sessionIdle || in < sessionIdle-time.Minute {
		t.Errorf("it ends in %s", in)
	}
	mu.Lock()
	ahead = 2 * time.Minute
	mu.Unlock()
	b.get("/")
	if len(rec.expiry) != 2 {
		t.Errorf("use was not written down: %d times", len(rec.expiry))
	}
	if m := newSessions(w.config); m.Lifetime != 12*time.Hour || m.IdleTimeout != 30*time.Minute {
		t.Errorf("sessions live %s, idle %s", m.Lifetime, m.IdleTimeout)
	}
}

// TestSessionIsOver: by doing nothing, and in the end whatever one does. The
// limits are short here; only that the time has passed is waited for.
func TestSessionIsOver(t *testing.T) {
	var ahead atomic.Int64
	w := newWorld(t, func(c *Config) { c.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) } })
	m := w.desk.server.sessions
	m.IdleTimeout, m.Lifetime = 300*time.Millisecond, time.Hour
	idle := w.as(t, officer)
	time.Sleep(m.IdleTimeout + 100*time.Millisecond)
	if a := idle.get("/"); cell(a) != toSignIn {
		t.Errorf("an idle session is still open: %d", a.status)
	}
	m.IdleTimeout, m.Lifetime = time.Hour, 600*time.Millisecond
	busy := w.as(t, officer)
	for end := time.Now().Add(m.Lifetime + 100*time.Millisecond); time.Now().Before(end); {
		ahead.Add(int64(2 * touchEvery)) // so that every use is written down
		busy.get("/")
	}
	if a := busy.get("/"); cell(a) != toSignIn {
		t.Errorf("a session is prolonged beyond its end: %d", a.status)
	}
}

// TestForgedCookies: no cookie but a token that was handed out opens a session.
func TestForgedCookies(t *testing.T) {
	w := newWorld(t)
	token := cookieOf(t, w.browser(t).signIn(officer, password)).Value
	hash := sha256.Sum256([]byte(token))
	flipped := []byte(token)
	flipped[0] ^= 1
	for name, value := range map[string]string{
		"empty": "", "made up": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "one bit off": string(flipped), "cut": token[1:], "longer": token + "A",
		"as the database has it": hex.EncodeToString(hash[:]), "an account": officer, "very long": strings.Repeat("A", 8000), "SQL": "' OR 1=1 --",
	} {
		for path, want := range map[string]string{"/documents": toSignIn, "/api/v1/documents": "401"} {
			b := w.browser(t)
			req := b.request("GET", path, nil)
			req.Header.Set("Cookie", "touchstone="+value)
			if a := b.do(req); cell(a) != want {
				t.Errorf("%s with a cookie that is %s: %s", path, name, cell(a))
			}
		}
	}
	b := w.browser(t)
	req := b.request("GET", "/documents", nil)
	req.Header.Set("Cookie", "touchstone="+token)
	if a := b.do(req); a.status != http.StatusOK {
		t.Errorf("the token itself: %d", a.status)
	}
}

// TestFixation: what was in the browser before sign-in, be it made up or a
// session of somebody else, never becomes the session of who signs in.
func TestFixation(t *testing.T) {
	w := newWorld(t)
	theirs := cookieOf(t, w.browser(t).signIn(other, password)).Value
	for name, planted := range map[string]string{"made up": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "somebody's session": theirs} {
		b := w.browser(t)
		req := b.request("POST", "/sign-in", strings.NewReader(url.Values{"name": {officer}, "password": {password}}.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.AddCookie(&http.Cookie{Name: "touchstone", Value: planted})
		if a := b.do(req); a.status != http.StatusSeeOther || cookieOf(t, a).Value == planted {
			t.Fatalf("%s: %d, %q", name, a.status, a.header.Values("Set-Cookie"))
		}
		thief := w.browser(t)
		req = thief.request("GET", "/", nil)
		req.AddCookie(&http.Cookie{Name: "touchstone", Value: planted})
		if a := thief.do(req); cell(a) != toSignIn {
			t.Errorf("%s: the planted token opens a session: %d", name, a.status)
		}
	}
}

// TestChangesEndSessions: who is locked, or has another role or password, is
// signed out everywhere at once.
func TestChangesEndSessions(t *testing.T) {
	w := newWorld(t)
	deed := pipeline.Deed{By: pipeline.Actor{Account: administrator, Role: pipeline.RoleAdministrator}, At: time.Now()}
	for name, change := range map[string]func() error{
		"lock":      func() error { return w.db.LockAccount(t.Context(), officer, true, deed) },
		"role":      func() error { return w.db.EditAccount(t.Context(), officer, "The amira", pipeline.RoleReviewer, deed) },
		"role back": func() error { return w.db.EditAccount(t.Context(), officer, "The amira", pipeline.RoleOfficer, deed) },
		"new password": func() error {
			return w.db.SetPassword(t.Context(), officer, pipeline.Password{Hash: passwordHash()}, deed)
		},
	} {
		if err := w.db.LockAccount(t.Context(), officer, false, deed); err != nil {
			t.Fatal(err)
		}
		one, two, same := w.as(t, officer), w.as(t, officer), w.as(t, other)
		if name == "role back" { // the map has no order
			if err := w.db.EditAccount(t.Context(), officer, "The amira", pipeline.RoleAuditor, deed); err != nil {
				t.Fatal(err)
			}
		}
		if err := change(); err != nil {
			t.Fatal(err)
		}
		for _, b := range []*browser{one, two} {
			if a := b.get("/"); cell(a) != toSignIn {
				t.Errorf("%s: a session goes on: %d", name, a.status)
			}
			if a := b.get("/api/v1/documents"); a.status != http.StatusUnauthorized {
				t.Errorf("%s: the session goes on in the API: %d", name, a.status)
			}
		}
		if a := same.get("/"); a.status != http.StatusOK {
			t.Errorf("%s: somebody else is signed out: %d", name, a.status)
		}
	}
	if err := w.db.EditAccount(t.Context(), officer, "Another title", pipeline.RoleOfficer, deed); err != nil {
		t.Fatal(err)
	}
	b := w.as(t, officer)
	if err := w.db.EditAccount(t.Context(), officer, "And another", pipeline.RoleOfficer, deed); err != nil {
		t.Fatal(err)
	}
	if a := b.get("/"); a.status != http.StatusOK {
		t.Errorf("another title ends the session: %d", a.status)
	}
}

// TestLockedAccount: the right password opens nothing, and only who knows it is
// told why.
func TestLockedAccount(t *testing.T) {
	w := newWorld(t)
	w.curl(t, officer).get("/api/v1/documents") // its password is known as right
	if err := w.db.LockAccount(t.Context(), officer, true, pipeline.Deed{At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if a := w.browser(t).signIn(officer, password); a.status != http.StatusForbidden || !strings.Contains(a.body, "This account is locked") {
		t.Errorf("right password: %d", a.status)
	}
	if a := w.browser(t).signIn(officer, "wrong"); a.status != http.StatusForbidden || strings.Contains(a.body, "locked") {
		t.Errorf("a wrong password learns of it: %d", a.status)
	}
	if a := w.curl(t, officer).get("/api/v1/documents"); a.status != http.StatusUnauthorized {
		t.Errorf("API: %d", a.status)
	}
	if got := w.history(t, "sign-in"); !slices.Equal(got, []string{"sign_in refused_shut amira", "sign_in refused amira", "sign_in refused_shut amira"}) {
		t.Errorf("the log says %q", got)
	}
}

// TestOneTimePassword: it opens nothing but the form for another one, which ends
// every other session, and its time is over some day.
func TestOneTimePassword(t *testing.T) {
	w := newWorld(t)
	set := func(until time.Time) {
		t.Helper()
		if err := w.db.SetPassword(t.Context(), officer, pipeline.Password{Hash: passwordHash(), OneTimeUntil: until}, pipeline.Deed{At: time.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	set(time.Now().Add(-time.Second))
	if a := w.browser(t).signIn(officer, password); a.status != http.StatusForbidden || !strings.Contains(a.body, "its time is over") {
		t.Errorf("a password whose time is over: %d", a.status)
	}
	set(time.Now().Add(time.Hour))
	b, elsewhere := w.as(t, officer), w.as(t, officer)
	for _, path := range []string{"/", "/upload", "/documents", "/status"} {
		if a := b.get(path); a.status != http.StatusSeeOther || a.header.Get("Location") != "/account" {
			t.Errorf("%s: %d to %q", path, a.status, a.header.Get("Location"))
		}
	}
	if a := w.curl(t, officer).get("/api/v1/documents"); a.status != http.StatusForbidden || !strings.Contains(a.body, "own-password") {
		t.Errorf("API: %d %s", a.status, a.body)
	}
	change := func(current, next string) answer {
		return b.postForm("/account/password", url.Values{"current_password": {current}, "new_password": {next}})
	}
	const better = "umbrella teapot gravel sixteen"
	for name, tt := range map[string]struct{ current, next, said string }{
		"nothing":   {"", "", "Enter your current password"},
		"wrong":     {"wrong", better, "This is not your current password"},
		"short":     {password, "short", "Password must be 15 characters or more"},
		"the same":  {password, password, "Enter a password that differs"},
		"common":    {password, "Password 1234 5678", "one of the first that others would try"},
		"one digit": {password, "111111111111111111", "at least 5 different"},
	} {
		if a := change(tt.current, tt.next); a.status != http.StatusBadRequest || !strings.Contains(a.body, tt.said) {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	if a := change(password, better); a.status != http.StatusSeeOther || a.header.Get("Location") != "/account?changed" {
		t.Fatalf("change: %d %s", a.status, a.body)
	}
	if a := b.get("/upload"); a.status != http.StatusOK {
		t.Errorf("after the change: %d", a.status)
	}
	if a := elsewhere.get("/account"); cell(a) != toSignIn {
		t.Errorf("another session goes on: %d", a.status)
	}
	if a := w.browser(t).signIn(officer, password); a.status != http.StatusForbidden {
		t.Errorf("the old password: %d", a.status)
	}
	if got := w.history(t, pipeline.AccountObject(officer)); got[len(got)-1] != "alter password_changed amira" {
		t.Errorf("the log says %q", got)
	}
}

// TestSignInTellsNothing: no way to be wrong can be told from another.
func TestSignInTellsNothing(t *testing.T) {
	w := newWorld(t)
	var bodies []string
	for _, name := range []string{officer, "nobody"} {
		a := w.browser(t).signIn(name, "wrong")
		if a.status != http.StatusForbidden || !strings.Contains(a.body, wrongPassword) {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
		bodies = append(bodies, strings.ReplaceAll(strings.ReplaceAll(a.body, name, ""), a.header.Get("X-Request-Id"), ""))
	}
	if bodies[0] != bodies[1] {
		t.Error("the pages differ")
	}
	if got := w.history(t, "sign-in"); !slices.Equal(got, []string{"sign_in refused amira", "sign_in refused "}) {
		t.Errorf("the log says %q", got)
	}
	a := w.browser(t).signIn("", "")
	if a.status != http.StatusBadRequest || !strings.Contains(a.body, "Enter your account name") || !strings.Contains(a.body, "Enter your password") {
		t.Errorf("empty form: %d", a.status)
	}
	if a := w.browser(t).signIn(officer, strings.Repeat("x", 5000)); a.status != http.StatusForbidden {
		t.Errorf("a very long password: %d", a.status)
	}
	if a := w.browser(t).signIn(officer, strings.Repeat("x", 50_000)); a.status != http.StatusBadRequest {
		t.Errorf("a very long form: %d", a.status)
	}
}

// TestSignInTakesAsLong: for a name that is not there as much is hashed, at the
// same cost. Time itself would depend on what else the machine does.
func TestSignInTakesAsLong(t *testing.T) {
	w := newWorld(t)
	h := w.desk.server.hasher
	decoy, err := parsePHC(h.decoy)
	if err != nil {
		t.Fatal(err)
	}
	real, err := parsePHC(passwordHash())
	if err != nil || decoy.memory != real.memory || decoy.passes != real.passes || decoy.threads != real.threads || len(decoy.key) != len(real.key) {
		t.Errorf("the decoy costs %+v, a password %+v, %v", decoy, real, err)
	}
	for range cap(h.slots) {
		h.slots <- struct{}{}
	}
	var wg sync.WaitGroup
	for _, name := range []string{officer, "nobody"} {
		wg.Go(func() {
			if a := w.browser(t).signIn(name, "wrong"); a.status != http.StatusServiceUnavailable {
				t.Errorf("%s is answered without hashing: %d", name, a.status)
			}
		})
	}
	wg.Wait()
	for range cap(h.slots) {
		h.give()
	}
}

func TestThrottled(t *testing.T) {
	w := newWorld(t)
	for range accountFailures {
		w.browser(t).signIn(officer, "wrong")
	}
	a := w.browser(t).signIn(officer, password)
	if a.status != http.StatusTooManyRequests || !strings.Contains(a.body, "There were too many attempts to sign in. Wait 5 minutes and try again") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := w.curl(t, officer).get("/api/v1/documents"); a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") == "" {
		t.Errorf("API: %d %v", a.status, a.header)
	}
	if a := w.browser(t).signIn(other, password); a.status != http.StatusSeeOther {
		t.Errorf("another account has to wait too: %d", a.status)
	}
}

// TestThrottle is the table of the throttle, with a clock of its own.
func TestThrottle(t *testing.T) {
	now := time.Unix(0, 0)
	th := newThrottle(func() time.Time { return now })
	at := func(account, address string) origin { return origin{account: account, address: address} }
	for i := range accountFailures {
		if wait := th.begin(at("a", "1.2.3.4")); wait != 0 {
			t.Fatalf("attempt %d waits %s", i, wait)
		}
		now = now.Add(time.Second)
	}
	if wait := th.begin(at("a", "1.2.3.4")); wait != throttleWindow-time.Second {
		t.Errorf("after too many it waits %s", wait)
	}
	if th.begin(at("a", "1.2.3.5")) != 0 || th.begin(at("b", "1.2.3.4")) != 0 {
		t.Error("another address or account waits")
	}
	now = now.Add(throttleWindow)
	if th.blocked(at("a", "1.2.3.4")) != 0 {
		t.Error("it waits after the window")
	}
	for i := range addressFailures {
		if i%2 == 0 { // an account of one's own in between does not help
			th.begin(at("own", "9.9.9.9"))
			th.succeed(at("own", "9.9.9.9"))
		}
		th.begin(at(strings.Repeat("x", i), "9.9.9.9"))
	}
	if th.blocked(at("anybody", "9.9.9.9")) == 0 {
		t.Error("one address may guess at any number of accounts")
	}
	for range 3 * maxRemembered {
		th.begin(at("z", time.Duration(len(th.seen)).String()))
	}
	if len(th.seen) > maxRemembered+3 {
		t.Errorf("it remembers %d", len(th.seen))
	}
}

// TestThrottleSpares: who knows a name and has many addresses is slowed down,
// and whom they try to shut out is not.
func TestThrottleSpares(t *testing.T) {
	th := newThrottle(func() time.Time { return time.Unix(0, 0) })
	home := origin{account: "victim", address: "192.0.2.1"}
	th.begin(home)
	th.succeed(home)
	guesses := 0
	for i := range 1000 {
		o := origin{account: "victim", address: addressOf(fmt.Sprintf("[2001:db8:0:%x::1]:80", i))}
		if th.begin(o) == 0 {
			guesses++
		}
	}
	if guesses != anywhereFailures {
		t.Errorf("a thousand networks had %d guesses; want %d", guesses, anywhereFailures)
	}
	if th.begin(home) != 0 {
		t.Error("the address on which the victim was before has to wait")
	}
	office := origin{account: "victim", address: "198.51.100.7"} // where the guesser sits too
	device := office
	device.device = "token"
	for range addressFailures {
		th.begin(office)
	}
	for i := range accountFailures {
		if wait := th.begin(device); wait != 0 {
			t.Errorf("try %d on the victim's device waits %s", i, wait)
		}
	}
	if th.begin(device) == 0 {
		t.Error("a device that was stolen may guess on")
	}
}

// TestLockOut is the same by the pages: somebody in the same office uses up all
// tries with the victim's name.
func TestLockOut(t *testing.T) {
	w := newWorld(t)
	victim := w.as(t, officer)
	victim.postForm("/sign-out", nil)
	insider := w.as(t, other) // has a device too, but not the victim's
	var last answer
	for range accountFailures + 1 {
		insider.postForm("/sign-out", nil)
		last = insider.signIn(officer, "a wrong password")
	}
	if last.status != http.StatusTooManyRequests {
		t.Fatalf("the guesser may go on: %d", last.status)
	}
	forged := w.browser(t)
	req := forged.request("POST", "/sign-in", strings.NewReader(url.Values{"name": {officer}, "password": {password}}.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.AddCookie(&http.Cookie{Name: "touchstone-device", Value: "FORGED"})
	if a := forged.do(req); a.status != http.StatusTooManyRequests {
		t.Errorf("a token that was made up is taken for a device: %d", a.status)
	}
	if a := victim.signIn(officer, password); a.status != http.StatusSeeOther {
		t.Errorf("the victim is shut out on their own device: %d", a.status)
	}
}

// TestDevicePlanted: a token that somebody else has put into a browser is of no
// use to them after a sign-in there.
func TestDevicePlanted(t *testing.T) {
	w := newWorld(t)
	b := w.browser(t)
	req := b.request("POST", "/sign-in", strings.NewReader(url.Values{"name": {officer}, "password": {password}}.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.AddCookie(&http.Cookie{Name: "touchstone-device", Value: "PLANTED"})
	if a := b.do(req); a.status != http.StatusSeeOther {
		t.Fatal(a.status)
	}
	if known, err := w.db.KnowsDevice(t.Context(), "PLANTED", officer); err != nil || known {
		t.Errorf("the planted token is known: %v, %v", known, err)
	}
}

func TestAddressOf(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.1:80": "192.0.2.1", "[::ffff:192.0.2.1]:80": "192.0.2.1",
		"[2001:db8:1:2:3:4:5:6]:80": "2001:db8:1:2::/64", "[2001:db8:1:2::9]:80": "2001:db8:1:2::/64", "[fe80::1%eth0]:80": "fe80::/64", "@": "@",
	} {
		if got := addressOf(in); got != want {
			t.Errorf("addressOf(%q) = %q; want %q", in, got, want)
		}
	}
}

func TestLocalPath(t *testing.T) {
	for in, want := range map[string]string{
		"/documents?state=received": "/documents?state=received", "": "/", "//evil.example": "/", "https://evil.example/": "/",
		`/\evil.example`: "/", "/\tx": "/", "documents": "/", "javascript:alert(1)": "/", "/%0d%0aSet-Cookie:x": "/%0d%0aSet-Cookie:x",
	} {
		if got := localPath(in); got != want {
			t.Errorf("localPath(%q) = %q; want %q", in, got, want)
		}
	}
}

// TestComeBack: signing in leads where one wanted to go.
func TestComeBack(t *testing.T) {
	w := newWorld(t)
	b := w.browser(t)
	a := b.get("/upload?encounter=" + encounter)
	where, err := url.Parse(a.header.Get("Location"))
	if err != nil || a.status != http.StatusSeeOther || where.Path != "/sign-in" || where.Query().Get("next") != "/upload?encounter="+encounter {
		t.Fatalf("%d to %s", a.status, a.header.Get("Location"))
	}
	if a := b.get(a.header.Get("Location")); !strings.Contains(a.body, `value="/upload?encounter=`+encounter+`"`) {
		t.Error("the form forgets it")
	}
}

func TestBasic(t *testing.T) {
	w := newWorld(t)
	b := w.curl(t, officer)
	var took [2]time.Duration
	for i := range took {
		start := time.Now()
		if a := b.get("/api/v1/documents"); a.status != http.StatusOK {
			t.Fatalf("%d %s", a.status, a.body)
		}
		took[i] = time.Since(start)
	}
	t.Logf("first request %s, second %s", took[0], took[1])
	if got := w.history(t, "api"); !slices.Equal(got, []string{"sign_in signed_in amira"}) {
		t.Errorf("the log says %q: the second request was hashed too", got)
	}
	for name, header := range map[string]string{
		"wrong password": "Basic " + base64.StdEncoding.EncodeToString([]byte(officer+":wrong")), "nobody": "Basic " + base64.StdEncoding.EncodeToString([]byte("x:y")),
		"bearer": "Bearer abc", "broken": "Basic !",
	} {
		b := w.browser(t)
		req := b.request("GET", "/api/v1/documents", nil)
		req.Header.Set("Authorization", header)
		if a := b.do(req); a.status != http.StatusUnauthorized || !strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Basic ") {
			t.Errorf("%s: %d %q", name, a.status, a.header.Get("WWW-Authenticate"))
		}
	}
	script := w.browser(t)
	req := script.request("GET", "/api/v1/documents", nil)
	req.Header.Set("Sec-Fetch-Mode", "cors")
	if a := script.do(req); a.status != http.StatusUnauthorized || strings.HasPrefix(a.header.Get("WWW-Authenticate"), "Basic") {
		t.Errorf("a page's script would make the browser ask: %d %q", a.status, a.header.Get("WWW-Authenticate"))
	}
}

// TestBasicGuessing: the cache of good passwords is no way round the throttle.
func TestBasicGuessing(t *testing.T) {
	w := newWorld(t)
	w.curl(t, officer).get("/api/v1/documents") // now it is in the cache
	guess := func(password string) int {
		b := w.browser(t)
		req := b.request("GET", "/api/v1/documents", nil)
		req.SetBasicAuth(officer, password)
		return b.do(req).status
	}
	for range accountFailures {
		guess("wrong")
	}
	if right, wrong := guess(password), guess("wrong"); right != http.StatusTooManyRequests || wrong != right {
		t.Errorf("a right guess gives %d, a wrong one %d", right, wrong)
	}
}

func TestPasswords(t *testing.T) {
	h := newHasher()
	for name, tt := range map[string]struct {
		stored, password string
		want             bool
	}{
		"right": {passwordHash(), password, true}, "wrong": {passwordHash(), password + "x", false}, "empty": {passwordHash(), "", false},
		"no account": {"", password, false}, "no account, empty": {"", "", false},
	} {
		if got, err := h.verify(t.Context(), tt.stored, tt.password); err != nil || got != tt.want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	if once, again := HashPassword("x"), HashPassword("x"); once == again {
		t.Error("no salt")
	}
	for _, bad := range []string{"x", "$argon2id$v=19$m=19456,t=2,p=1$AAAA", "$argon2id$v=19$m=999999999,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA", "$argon2i$v=19$m=19456,t=2,p=1$AAAA$AAAA", "$argon2id$v=19$m=19456,t=2,p=1$AAAA$AA"} {
		if _, err := h.verify(t.Context(), bad, "x"); err == nil {
			t.Errorf("%q was taken for a hash", bad)
		}
	}
}
