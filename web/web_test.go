package web

import (
	"bytes"
	"context"
	crand "crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"touchstone.internal/checks"
	"touchstone.internal/pipeline"
	"touchstone.internal/storage/blob"
	"touchstone.internal/storage/db"
	"touchstone.internal/storage/embedded"
	"touchstone.internal/workers"
)

// servers are the real ones that all tests of the package share: what they
// keep is named by digest or by random reference.
var servers struct {
	blobs *blob.Store
	redis redis.UniversalClient
}

// TestMain is also the object store that the tests run against.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "s3" {
		if err := embedded.ServeS3(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	code, err := withServers(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(code)
}

func withServers(m *testing.M) (int, error) {
	ctx, log := context.Background(), slog.New(slog.DiscardHandler)
	dir, err := os.MkdirTemp("", "web-test-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir)
	exe, err := os.Executable()
	if err != nil {
		return 1, err
	}
	s3, err := embedded.StartS3(ctx, exe, filepath.Join(dir, "s3"), log)
	if err != nil {
		return 1, err
	}
	defer s3.Stop()
	r, err := embedded.StartRedis(ctx, filepath.Join(dir, "redis"), log)
	if err != nil {
		return 1, err
	}
	defer r.Stop()
	cfg, err := blob.ParseURL(s3.URL())
	if err != nil {
		return 1, err
	}
	if servers.blobs, err = blob.Open(ctx, cfg); err != nil {
		return 1, err
	}
	if servers.redis, err = workers.OpenRedis(r.URL()); err != nil {
		return 1, err
	}
	defer servers.redis.Close()
	return m.Run(), nil
}

// The accounts of every test.
const (
	officer       = "amira"
	other         = "boris" // another officer
	reviewer      = "rita"
	safeguarding  = "sefa"
	analyst       = "ansa"
	supervisor    = "silvan"
	auditor       = "aude"
	operator      = "otto"
	administrator = "ada"
	machine       = "relay"
	password      = "correct horse battery staple"
	machineSecret = "tst_MACHINE"
)

// accounts are the accounts of every test and their roles.
var accounts = map[string]pipeline.Role{
	officer: pipeline.RoleOfficer, other: pipeline.RoleOfficer, reviewer: pipeline.RoleReviewer,
	safeguarding: pipeline.RoleSafeguarding, analyst: pipeline.RoleAnalyst, supervisor: pipeline.RoleSupervisor,
	auditor: pipeline.RoleAuditor, operator: pipeline.RoleOperator, administrator: pipeline.RoleAdministrator, machine: pipeline.RoleMachine,
}

// passwordHash is made once: it is slow by design.
var passwordHash = sync.OnceValue(func() string { return HashPassword(password) })

// world is a desk with everything around it.
type world struct {
	desk   *Desk
	url    string
	db     *db.DB
	blobs  pipeline.Blobs
	spool  string
	log    *safeBuffer
	config Config
	secret sync.Once // makes the token of the machine
}

// safeBuffer is a log that can be read while it is written.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// newWorld starts a desk; change may put other parts in.
func newWorld(t testing.TB, change ...func(*Config)) *world {
	t.Helper()
	store, err := db.Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	for name, role := range accounts {
		if err := store.CreateAccount(t.Context(), pipeline.Account{Name: name, Title: "The " + name, Role: role, PasswordHash: passwordHash()}, pipeline.Deed{At: time.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	w := &world{db: store, blobs: servers.blobs, spool: t.TempDir(), log: &safeBuffer{}}
	w.config = Config{
		Documents: store, Reviews: store, Encounters: store, Uploads: store, Accounts: store, Devices: store, Audit: store, Blobs: servers.blobs, Tasks: workers.NewEnqueuer(servers.redis),
		Searches: store, Filters: store, Sessions: store.Sessions(), SpoolDir: w.spool, Catalogue: checks.All(), Now: time.Now,
		Tokens: store, Webhooks: store, Casework: store, Threat: store, Recipients: store, Replays: store, Upkeep: workers.NewUpkeep(servers.redis, time.Now),
		Log:      slog.New(slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Registry: prometheus.NewRegistry(),
		Ready: func(ctx context.Context) map[string]error {
			return map[string]error{"database": store.Ping(ctx), "object store": servers.blobs.Ping(ctx)}
		},
		Version: "test",
	}
	for _, c := range change {
		c(&w.config)
	}
	if w.desk, err = New(w.config); err != nil {
		t.Fatal(err)
	}
	rates := w.desk.server.rates
	rates.account, rates.address, rates.costly = 1<<20, 1<<20, 1<<20
	srv := httptest.NewUnstartedServer(w.desk)
	srv.Config.ReadHeaderTimeout, srv.Config.ReadTimeout = 5*time.Second, 2*time.Minute
	srv.Config.RegisterOnShutdown(w.desk.Stop)
	srv.Start()
	t.Cleanup(func() {
		w.desk.Stop()
		srv.Close()
		left, _ := os.ReadDir(w.spool)
		if left = slices.DeleteFunc(left, fs.DirEntry.IsDir); len(left) > 0 { // uploads that are not finished have a folder
			t.Errorf("%d files are left in the spool", len(left))
		}
		if n := w.desk.server.spool.quota.taken(); n != 0 {
			t.Errorf("%d spool files are still open", n)
		}
	})
	w.url = srv.URL
	return w
}

// browser is a client with cookies that follows no redirect.
type browser struct {
	*http.Client
	t   testing.TB
	w   *world
	api string // account for HTTP Basic; empty for a session
}

func (w *world) browser(t testing.TB) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar, Transport: &http.Transport{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	t.Cleanup(c.CloseIdleConnections)
	return &browser{Client: c, t: t, w: w}
}

// as is a browser in which an account is signed in.
func (w *world) as(t testing.TB, name string) *browser {
	t.Helper()
	b := w.browser(t)
	if r := b.signIn(name, password); r.status != http.StatusSeeOther {
		t.Fatalf("sign-in of %s: %d %s", name, r.status, r.body)
	}
	return b
}

// token is that of the machine; it is made when it is first asked for.
func (w *world) token(t testing.TB) string {
	t.Helper()
	w.secret.Do(func() {
		v := pipeline.Token{ID: "first", Account: machine, ExpiresAt: time.Now().Add(time.Hour)}
		if err := w.db.CreateToken(t.Context(), v, machineSecret, pipeline.Deed{At: time.Now()}); err != nil {
			t.Fatal(err)
		}
	})
	return machineSecret
}

// curl is a client of the API.
func (w *world) curl(t testing.TB, name string) *browser {
	b := w.browser(t)
	b.api = name
	return b
}

// keyed tells whether a request needs an Idempotency-Key.
func (w *world) keyed(req *http.Request) bool {
	_, pattern := w.desk.server.handlers.(*http.ServeMux).Handler(req)
	return w.desk.server.described[pattern].keyed
}

// answer is a response that has been read.
type answer struct {
	status int
	header http.Header
	body   string
}

func (b *browser) do(req *http.Request) answer {
	b.t.Helper()
	if _, said := req.Header["Idempotency-Key"]; !said && b.w.keyed(req) {
		req.Header.Set("Idempotency-Key", crand.Text()) // as a good client does; tests of the key say their own
	}
	switch {
	case accounts[b.api] == pipeline.RoleMachine:
		req.Header.Set("Authorization", "Bearer "+b.w.token(b.t))
	case b.api != "":
		req.SetBasicAuth(b.api, password)
	}
	resp, err := b.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(body)}
}

func (b *browser) request(method, path string, body io.Reader) *http.Request {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.w.url+path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	return req
}

func (b *browser) get(path string) answer {
	b.t.Helper()
	return b.do(b.request("GET", path, nil))
}

func (b *browser) postForm(path string, v url.Values) answer {
	b.t.Helper()
	req := b.request("POST", path, strings.NewReader(v.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(req)
}

func (b *browser) signIn(name, password string) answer {
	b.t.Helper()
	return b.postForm("/sign-in", url.Values{"name": {name}, "password": {password}, "next": {"/documents"}})
}

// part is one part of a form; a file if it has a name.
type part struct {
	field, name string
	bytes       []byte
}

const encounter = "UTO-241126-0001"

// filled is a form that is complete but for its files.
func filled(files ...part) []part {
	return append([]part{{"encounter", "", []byte(encounter)}, {"capture", "", []byte("C1")}}, files...)
}

// encode writes a form as a browser does.
func encode(parts []part) (body []byte, contentType string) {
	var b bytes.Buffer
	mw := multipart.NewWriter(&b)
	for _, p := range parts {
		h := textproto.MIMEHeader{}
		disposition := `form-data; name="` + p.field + `"`
		if p.field == "file" {
			disposition += `; filename="` + strings.NewReplacer(`"`, "%22", "\r", "%0D", "\n", "%0A").Replace(p.name) + `"`
			h.Set("Content-Type", "application/octet-stream")
		}
		h.Set("Content-Disposition", disposition)
		pw, _ := mw.CreatePart(h)
		_, _ = pw.Write(p.bytes)
	}
	_ = mw.Close()
	return b.Bytes(), mw.FormDataContentType()
}

// send posts a form with files; headers come as name and value.
func (b *browser) send(path string, parts []part, headers ...string) answer {
	b.t.Helper()
	body, kind := encode(parts)
	req := b.request("POST", path, bytes.NewReader(body))
	req.Header.Set("Content-Type", kind)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return b.do(req)
}

// receive uploads a new picture by the API and gives the document.
func (w *world) receive(t testing.TB, name string) documentBody {
	t.Helper()
	r := w.curl(t, name).send("/api/v1/documents", filled(part{"file", "page.jpg", picture()}))
	if r.status != http.StatusCreated {
		t.Fatalf("upload: %d %s", r.status, r.body)
	}
	return decode[documentBody](t, r.body)
}

func decode[T any](t testing.TB, s string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		t.Fatalf("%v in %s", err, s)
	}
	return v
}

// screen does what a worker does with a document, which then waits for a
// reviewer.
func (w *world) screen(t testing.TB, id pipeline.DocumentID) pipeline.Report {
	t.Helper()
	now := time.Now()
	d, err := w.db.Claim(t.Context(), id, "worker-1", now, now.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	drawn := picture()
	rendition := pipeline.DigestOf(sha256.Sum256(drawn))
	if err := w.blobs.Put(t.Context(), pipeline.Renditions, rendition, bytes.NewReader(drawn), int64(len(drawn))); err != nil {
		t.Fatal(err)
	}
	r := pipeline.AbortedReport(d.Digest, now.UTC(), d.Capture, pipeline.ProblemZoneNotFound)
	if err := w.db.Finish(t.Context(), d, pipeline.Screened{Report: r, Rendition: rendition, At: now, Review: pipeline.DefaultSampling.Opens(r.Outcome, pipeline.Chance{Fold: 1})}); err != nil {
		t.Fatal(err)
	}
	return r
}

// picture gives a JPEG that no other call gives.
func picture() []byte {
	var b bytes.Buffer
	_ = jpeg.Encode(&b, noise(), nil)
	return b.Bytes()
}

func pngPicture() []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, noise())
	return b.Bytes()
}

// webpPicture is the smallest lossless WebP, with bytes behind it that make it
// one of its own.
func webpPicture() []byte {
	return fmt.Appendf([]byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"), "%016x", rand.Uint64())
}

func noise() image.Image {
	m := image.NewGray(image.Rect(0, 0, 64, 48))
	for i := range m.Pix {
		m.SetGray(i%64, i/64, color.Gray{uint8(rand.Uint32())})
	}
	return m
}

// history is what the audit log says of an object: "operation detail account".
func (w *world) history(t testing.TB, object string) (lines []string) {
	t.Helper()
	events, err := w.db.History(t.Context(), object)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		lines = append(lines, fmt.Sprintf("%s %s %s", e.Operation, e.Detail, e.Actor.Account))
	}
	return lines
}

var errDown = errors.New("part is down")

func TestNewRefuses(t *testing.T) {
	w := newWorld(t)
	for name, change := range map[string]func(*Config){
		"no store":    func(c *Config) { c.Blobs = nil },
		"no clock":    func(c *Config) { c.Now = nil },
		"no spool":    func(c *Config) { c.SpoolDir = "/nowhere/at/all" },
		"registered":  func(*Config) {}, // the registry has the series already
		"no sessions": func(c *Config) { c.Sessions = nil },
	} {
		c := w.config
		change(&c)
		if _, err := New(c); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestHealth(t *testing.T) {
	w := newWorld(t, func(c *Config) {
		ready := c.Ready
		c.Ready = func(ctx context.Context) map[string]error {
			parts := ready(ctx)
			parts["redis"] = fmt.Errorf("dial redis://:secret@10.0.0.1: %w", errDown)
			return parts
		}
	})
	b := w.browser(t)
	if r := b.get("/healthz"); r.status != http.StatusOK || r.body != "{\"status\":\"alive\"}\n" {
		t.Errorf("healthz: %d %s", r.status, r.body)
	}
	r := b.get("/readyz")
	want := "{\"ready\":false,\"parts\":{\"database\":\"ok\",\"object store\":\"ok\",\"redis\":\"no answer\"}}\n"
	if r.status != http.StatusServiceUnavailable || r.body != want {
		t.Errorf("readyz: %d %s", r.status, r.body)
	}
	if r := w.as(t, operator).get("/status"); r.status != http.StatusOK || strings.Contains(r.body, "secret") {
		t.Errorf("status: %d %s", r.status, r.body)
	}
	w.receive(t, officer)
	if r := b.get("/metrics"); !strings.Contains(r.body, `documents_received_total{capture="C1"} 1`) {
		t.Errorf("metrics: %d %s", r.status, r.body)
	}
}

// TestHeaders: every answer carries them, whatever it is.
func TestHeaders(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Secure = true })
	for _, path := range []string{"/sign-in", "/nothing", "/api/v1/documents", "/healthz", "/upload"} {
		h := w.browser(t).get(path).header
		for name, want := range map[string]string{
			"Content-Security-Policy": contentPolicy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Cross-Origin-Opener-Policy": "same-origin", "Cache-Control": "no-store",
			"Strict-Transport-Security": "max-age=31536000; includeSubDomains",
		} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, h.Get(name))
			}
		}
	}
}

// panicking is a record that breaks.
type panicking struct{ pipeline.Documents }

func (panicking) List(context.Context, pipeline.DocumentFilter) ([]pipeline.Document, error) {
	panic("passport.jpg of somebody")
}

func TestPanic(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.Documents = panicking{c.Documents} })
	r := w.as(t, officer).get("/documents")
	if r.status != http.StatusInternalServerError || !strings.Contains(r.body, "There is a problem with the service") {
		t.Errorf("%d %s", r.status, r.body)
	}
	if log := w.log.String(); !strings.Contains(log, `"msg":"panic"`) || strings.Contains(log, "of somebody") {
		t.Errorf("the log says %s", log)
	}
}
