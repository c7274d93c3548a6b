package web

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"touchstone.internal/pipeline"
)

// keyed sends an upload under a key.
func (b *browser) keyed(key string, parts []part) answer {
	b.t.Helper()
	return b.send("/api/v1/documents", parts, "Idempotency-Key", key)
}

// TestOnce: a request that is sent again under its key is done once and
// answered as before, though the client writes its form anew.
func TestOnce(t *testing.T) {
	w := newWorld(t)
	b := w.curl(t, officer)
	parts := filled(part{"file", "a.jpg", picture()})
	first, again := b.keyed("one", parts), b.keyed("one", parts)
	if first.status != http.StatusCreated || first.header.Get("Idempotent-Replayed") != "" {
		t.Fatalf("%d %s", first.status, first.body)
	}
	if again.status != first.status || again.body != first.body || again.header.Get("Location") != first.header.Get("Location") || again.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("again: %d %s, %v; want %d %s", again.status, again.body, again.header, first.status, first.body)
	}
	if other := b.keyed("two", parts); other.status != http.StatusOK || other.header.Get("Idempotent-Replayed") != "" {
		t.Errorf("under another key: %d", other.status)
	}
	if a := b.keyed("one", filled(part{"file", "a.jpg", picture()})); a.status != http.StatusUnprocessableEntity {
		t.Errorf("another body: %d %s", a.status, a.body)
	}
	if a := w.curl(t, reviewer).keyed("one", filled(part{"file", "a.jpg", picture()})); a.status != http.StatusCreated {
		t.Errorf("another account: %d %s", a.status, a.body)
	}
	for _, key := range []string{"", "with space", strings.Repeat("x", 129), "é"} {
		if a := b.keyed(key, parts); a.status != http.StatusBadRequest {
			t.Errorf("key %q: %d", key, a.status)
		}
	}
	docs, err := w.db.List(t.Context(), pipeline.DocumentFilter{UploadedBy: officer})
	if err != nil || len(docs) != 1 {
		t.Errorf("%d documents, %v", len(docs), err)
	}
}

// TestKeyNeeded: where a request that is sent twice would make two things it needs a
// key; with the same one it makes one.
func TestKeyNeeded(t *testing.T) {
	w := newWorld(t)
	var needed []string
	for pattern, d := range w.desk.server.described {
		if d.keyed {
			needed = append(needed, pattern)
		}
	}
	for _, want := range []string{
		"POST /api/v1/encounters", "POST /api/v1/encounters/{reference}/people", "POST /api/v1/encounters/{reference}/referrals",
		"POST /api/v1/tokens", "POST /api/v1/webhooks", "POST /api/v1/webhooks/{endpoint}/secret",
	} {
		if !slices.Contains(needed, want) {
			t.Errorf("%s needs no key", want)
		}
	}
	m := newMatrix(t, w)
	for _, r := range w.desk.routes {
		if !slices.Contains(needed, r.pattern) {
			continue
		}
		for _, c := range columns[1:] {
			if r.expect(accounts[c], own)[0] != answered[0] {
				continue
			}
			req := m.request(r, m.record(r, c, own))
			req.AddCookie(m.session(c))
			req.Header["Idempotency-Key"] = nil // the client of the tests adds none then
			if a := w.browser(t).do(req); a.status != http.StatusBadRequest || !strings.Contains(a.body, `"/problems#key-missing"`) || !strings.Contains(a.body, `"/Idempotency-Key"`) {
				t.Errorf("%s as %s without a key: %d %s", r.pattern, c, a.status, a.body)
			}
			break
		}
	}
	b := w.curl(t, officer)
	open := func() answer {
		req := b.request("POST", "/api/v1/encounters", strings.NewReader(`{"site":"UTO","channel":"custody","people":1}`))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", "one")
		return b.do(req)
	}
	if first, again := open(), open(); first.status != http.StatusCreated || again.status != first.status || again.header.Get("Location") != first.header.Get("Location") {
		t.Errorf("%d %s, then %d %s", first.status, first.body, again.status, again.body)
	}
}

// TestOnceMended: a request by which nothing was done may be mended under its
// key.
func TestOnceMended(t *testing.T) {
	w := newWorld(t)
	b := w.curl(t, officer)
	if a := b.keyed("k", filled()); a.status != http.StatusBadRequest {
		t.Fatal(a.status)
	}
	if a := b.keyed("k", filled(part{"file", "a.jpg", picture()})); a.status != http.StatusCreated {
		t.Errorf("mended: %d %s", a.status, a.body)
	}
}

// TestOnceAtOnce: of many at once one is done; the others are told to wait, or
// what came of it.
func TestOnceAtOnce(t *testing.T) {
	w := newWorld(t)
	w.curl(t, officer).get("/api/v1/account") // from now on its password is known
	parts := filled(part{"file", "a.jpg", picture()})
	var mu sync.Mutex
	seen := map[int]int{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			a := w.curl(t, officer).keyed("k", parts)
			mu.Lock()
			defer mu.Unlock()
			seen[a.status]++
			if a.status == http.StatusConflict && a.header.Get("Retry-After") == "" {
				t.Error("nobody is told how long to wait")
			}
		})
	}
	wg.Wait()
	if seen[http.StatusCreated] < 1 || seen[http.StatusCreated]+seen[http.StatusConflict] != 8 {
		t.Errorf("answers %v", seen)
	}
	busy := pipeline.Replay{Account: officer, Key: "busy", BegunAt: time.Now()}
	if _, _, err := w.db.BeginReplay(t.Context(), busy); err != nil {
		t.Fatal(err)
	}
	if a := w.curl(t, officer).keyed("busy", parts); a.status != http.StatusConflict || a.header.Get("Retry-After") != "1" {
		t.Errorf("under way: %d %v", a.status, a.header)
	}
}

// TestOnceKeepsNothing: what is shown once, or is about somebody, is not kept
// for another time.
func TestOnceKeepsNothing(t *testing.T) {
	w := newWorld(t)
	b := w.curl(t, administrator)
	send := func() answer {
		req := b.request("POST", "/api/v1/tokens", strings.NewReader(`{"account": "gate", "days": 1}`))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Idempotency-Key", "k")
		return b.do(req)
	}
	first, again := send(), send()
	if first.status != http.StatusCreated || again.status != http.StatusConflict || strings.Contains(again.body, decode[tokenBody](t, first.body).Secret) {
		t.Errorf("%d, then %d %s", first.status, again.status, again.body)
	}
	all, err := w.db.ListTokens(t.Context(), "", 10)
	if err != nil || len(all) != 1 {
		t.Errorf("%d tokens were made, %v", len(all), err)
	}
}

// TestAskedSkipsBoundary: wherever reads are cut, two forms that differ in their
// boundary alone are the same.
func TestAskedSkipsBoundary(t *testing.T) {
	sum := func(boundary string, step int) pipeline.Digest {
		t.Helper()
		body := "--" + boundary + "\r\n\r\nabc\r\n--" + boundary + "--\r\n"
		req, err := http.NewRequestWithContext(t.Context(), "POST", "/x", bytes.NewReader(nil))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "multipart/form-data; boundary="+boundary)
		a := newAsked(req)
		for b := []byte(body); len(b) > 0; {
			n := min(step, len(b))
			a.add(b[:n])
			b = b[n:]
		}
		a.ReadCloser = http.NoBody
		d, err := a.sum()
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	want := sum("boundary-one", 1000)
	for step := 1; step < 70; step++ {
		if sum("boundary-one", step) != want || sum("two", step) != want {
			t.Fatalf("read %d bytes at a time it is another request", step)
		}
	}
}

// TestRates: each account and each address has its share of a minute, and every
// answer tells how much is left.
func TestRates(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	w := newWorld(t, func(c *Config) { c.Now = func() time.Time { return now } })
	l := w.desk.server.rates
	l.account, l.address = 3, 8
	b, other, nobody := w.curl(t, officer), w.curl(t, reviewer), w.browser(t)
	for i := range 3 {
		a := b.get("/api/v1/account")
		if want := []string{`"account";r=2;t=60`, `"account";r=1;t=60`, `"account";r=0;t=60`}[i]; a.status != 200 || a.header.Get("RateLimit") != want || a.header.Get("RateLimit-Policy") != `"account";q=3;w=60` {
			t.Errorf("request %d: %d %q %q", i, a.status, a.header.Get("RateLimit"), a.header.Get("RateLimit-Policy"))
		}
	}
	if a := b.get("/api/v1/account"); a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") != "60" || a.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("beyond: %d %v", a.status, a.header)
	}
	if a := other.get("/api/v1/account"); a.status != 200 {
		t.Errorf("another account: %d", a.status)
	}
	for range 3 {
		nobody.get("/api/v1/account")
	}
	if a := other.get("/api/v1/account"); a.status != http.StatusTooManyRequests || !strings.HasPrefix(a.header.Get("RateLimit"), `"address"`) {
		t.Errorf("the address is used up: %d %q", a.status, a.header.Get("RateLimit"))
	}
	now = now.Add(rateWindow)
	if a := b.get("/api/v1/account"); a.status != 200 {
		t.Errorf("a minute later: %d", a.status)
	}
}

// TestPagesArePaced: who sends too many costly forms is told how long to wait, on a
// page, and others are not held up; neither is anything that costs little.
func TestPagesArePaced(t *testing.T) {
	now := time.Now()
	w := newWorld(t, func(c *Config) { c.Now = func() time.Time { return now } })
	w.desk.server.rates.costly = 2
	b := w.as(t, officer)
	answers := url.Values{"site": {"UTO"}, "channel": {"custody"}, "people": {"1"}}
	for range 2 {
		if a := b.postForm("/encounters", answers); a.status != http.StatusSeeOther {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	for _, a := range []answer{
		b.postForm("/encounters", answers), b.send("/upload", filled(part{"file", "page.jpg", picture()})), b.postForm("/typed-zone", url.Values{"text": {"P<"}}),
	} {
		if a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") != "60" || !strings.Contains(a.body, "Wait 60 seconds and send it again") {
			t.Errorf("beyond: %d %v", a.status, a.header)
		}
	}
	if a := b.get("/documents"); a.status != http.StatusOK {
		t.Errorf("a list: %d", a.status)
	}
	if a := w.as(t, other).postForm("/encounters", answers); a.status != http.StatusSeeOther {
		t.Errorf("somebody else: %d", a.status)
	}
	now = now.Add(rateWindow)
	if a := b.postForm("/encounters", answers); a.status != http.StatusSeeOther {
		t.Errorf("a minute later: %d", a.status)
	}
}

// TestUnknownParameters: no operation passes over a parameter that it does not
// know.
func TestUnknownParameters(t *testing.T) {
	m := newMatrix(t, newWorld(t))
	for _, r := range m.w.desk.routes {
		if !r.isAPI() || r.pattern == "GET /api/v1/openapi.json" {
			continue
		}
		for _, c := range columns[1:] {
			if r.expect(accounts[c], own)[0] != answered[0] {
				continue
			}
			req := m.request(r, m.record(r, c, own))
			req.URL.RawQuery = "colour=red"
			req.AddCookie(m.session(c))
			if a := m.w.browser(t).do(req); a.status != http.StatusBadRequest || !strings.Contains(a.body, `"pointer":"/colour"`) {
				t.Errorf("%s as %s: %d %s", r.pattern, c, a.status, a.body)
			}
			break
		}
	}
}

func TestCursor(t *testing.T) {
	for _, key := range []string{"", "TSD-7Q4K-2M9X", "1|2"} {
		if got, ok := decodeCursor(encodeCursor(key)); !ok || got != key {
			t.Errorf("%q came back as %q, %v", key, got, ok)
		}
	}
	for _, bad := range []string{"!", "A", "_w", strings.Repeat("QUFB", 100)} {
		if got, ok := decodeCursor(bad); ok {
			t.Errorf("%q was taken for a cursor of %q", bad, got)
		}
	}
	p := paging{limit: 2}
	for n, want := range []string{"", "", "", encodeCursor("b")} {
		page, next := turn([]string{"a", "b", "c"}[:n], p, func(s string) string { return s })
		if next != want || len(page) != min(n, 2) {
			t.Errorf("of %d: %q, next %q", n, page, next)
		}
	}
}
