package web

import (
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
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

// TestSignInTakesAsLong: the quickest of a few refusals is what a guesser could
// measure; a password is hashed for a name that is not there too.
func TestSignInTakesAsLong(t *testing.T) {
	w := newWorld(t)
	quickest := map[string]time.Duration{officer: time.Hour, "nobody": time.Hour}
	for range accountFailures - 1 {
		for name, least := range quickest {
			start := time.Now()
			w.browser(t).signIn(name, "wrong")
			quickest[name] = min(least, time.Since(start))
		}
	}
	there, not := quickest[officer], quickest["nobody"]
	if not < there/3 || there < not/3 {
		t.Errorf("an account that is there takes %s, one that is not %s", there, not)
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
	for i := range accountFailures {
		if wait := th.begin("a", "1.2.3.4"); wait != 0 {
			t.Fatalf("attempt %d waits %s", i, wait)
		}
		now = now.Add(time.Second)
	}
	if wait := th.begin("a", "1.2.3.4"); wait != throttleWindow-time.Second {
		t.Errorf("after too many it waits %s", wait)
	}
	if th.begin("a", "1.2.3.5") != 0 || th.begin("b", "1.2.3.4") != 0 {
		t.Error("another address or account waits")
	}
	now = now.Add(throttleWindow)
	if th.blocked("a", "1.2.3.4") != 0 {
		t.Error("it waits after the window")
	}
	for i := range addressFailures {
		if i%2 == 0 { // an account of one's own in between does not help
			th.begin("own", "9.9.9.9")
			th.succeed("own", "9.9.9.9")
		}
		th.begin(strings.Repeat("x", i), "9.9.9.9")
	}
	if th.blocked("anybody", "9.9.9.9") == 0 {
		t.Error("one address may guess at any number of accounts")
	}
	for range 3 * maxRemembered {
		th.begin("z", time.Duration(len(th.seen)).String())
	}
	if len(th.seen) > maxRemembered+2 {
		t.Errorf("it remembers %d", len(th.seen))
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
