package workers

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"touchstone.internal/pipeline"
	"touchstone.internal/storage/db"
)

// received is one request that a receiver got.
type received struct {
	header http.Header
	body   string
}

// receiver is the other system: it keeps what it gets and answers by its script,
// the last line for ever.
type receiver struct {
	mu     sync.Mutex
	got    []received
	script []http.HandlerFunc
}

func (rc *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	rc.mu.Lock()
	rc.got = append(rc.got, received{r.Header.Clone(), string(b)})
	next := rc.script[min(len(rc.got), len(rc.script))-1]
	rc.mu.Unlock()
	next(w, r)
}

func (rc *receiver) all() []received {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	return rc.got
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// hang answers nothing until the other side goes.
func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// slam closes the connection without an answer.
func slam(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// talk answers with much, of which nothing is kept.
func talk(w http.ResponseWriter, _ *http.Request) {
	_, _ = io.WriteString(w, strings.Repeat("a name ", 1<<20)) // the other side stops reading
}

// hooks is a database with one endpoint, and a clock that can be set forward.
type hooks struct {
	db     *db.DB
	dsn    string
	secret string
	ahead  atomic.Int64
	log    strings.Builder
}

var deed = pipeline.Deed{By: pipeline.Actor{Account: "administrator", Role: pipeline.RoleAdministrator}, At: time.Now()}

func newHooks(t *testing.T, url string) *hooks {
	t.Helper()
	h := &hooks{dsn: "sqlite://" + filepath.Join(t.TempDir(), "hooks.db"), secret: pipeline.NewHookSecret()}
	var err error
	if h.db, err = db.Open(t.Context(), h.dsn); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.db.Close() })
	if err := h.db.CreateEndpoint(t.Context(), pipeline.Endpoint{ID: "one", URL: url, Events: pipeline.HookEvents}, h.secret, deed); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *hooks) now() time.Time { return time.Now().Add(time.Duration(h.ahead.Load())) }

// postman is one on the clock of these hooks, for which this host is allowed.
func (h *hooks) postman(t *testing.T) *postman {
	t.Helper()
	p, err := newPostman(hookConfig(h.db, h.now, slog.New(slog.NewTextHandler(&h.log, nil))))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func hookConfig(box pipeline.Outbox, now func() time.Time, log *slog.Logger) Config {
	return Config{
		Outbox: box, HooksAllowed: prefixes("127.0.0.0/8", "::1/128"), Chance: func() float64 { return 0 },
		Now: now, Log: log, Registry: prometheus.NewRegistry(),
	}
}

// ping sends a ping.
func (h *hooks) ping(t *testing.T) pipeline.Delivery {
	t.Helper()
	d, err := h.db.PingEndpoint(t.Context(), "one", deed)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// last is how the newest delivery stands.
func (h *hooks) last(t *testing.T) pipeline.Delivery {
	t.Helper()
	ds, err := h.db.ListDeliveries(t.Context(), "one", "", 1)
	if err != nil || len(ds) == 0 {
		t.Fatal(ds, err)
	}
	return ds[0]
}

// once makes one try of what is due.
func (h *hooks) once(t *testing.T, p *postman) pipeline.Delivery {
	t.Helper()
	out, err := p.claim(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p.deliver(t.Context(), out)
	return h.last(t)
}

// verify is what a receiver does, written from the specification alone.
func verify(t *testing.T, secret string, r received, now time.Time) {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	id, at := r.header.Get("webhook-id"), r.header.Get("webhook-timestamp")
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + at + "." + r.body))
	if got, want := r.header.Get("webhook-signature"), "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)); !slices.Contains(strings.Fields(got), want) {
		t.Errorf("signature %s; want %s", got, want)
	}
	if s, err := strconv.ParseInt(at, 10, 64); err != nil || now.Sub(time.Unix(s, 0)).Abs() > 5*time.Minute {
		t.Errorf("timestamp %s at %v", at, now)
	}
	if !json.Valid([]byte(r.body)) || r.header.Get("Content-Type") != "application/json" {
		t.Errorf("%s of type %s", r.body, r.header.Get("Content-Type"))
	}
}

// TestDeliveryRetried: a receiver that fails in every way has the event in the
// end, under one id, with a signature that holds each time.
func TestDeliveryRetried(t *testing.T) {
	rc := &receiver{script: []http.HandlerFunc{
		status(500), hang, slam, status(302), talk,
	}}
	server := httptest.NewServer(rc)
	defer server.Close()
	h := newHooks(t, server.URL+"/events?key=hidden")
	sent, p := h.ping(t), h.postman(t)
	p.poster.http.Timeout = 2 * time.Second
	for i, want := range []string{"500", pipeline.HookTimeout, pipeline.HookNoAnswer, "302", "200"} {
		d := h.once(t, p)
		if d.ID != sent.ID || d.LastStatus != want || d.Attempts != i+1 || (d.State == pipeline.DeliveryDone) != (want == "200") {
			t.Fatalf("try %d: %+v; want %s", i+1, d, want)
		}
		got := rc.all()
		if len(got) != i+1 || got[i].header.Get("webhook-id") != sent.ID || got[i].body != got[0].body {
			t.Fatalf("try %d: the receiver has %+v", i+1, got)
		}
		verify(t, h.secret, got[i], h.now())
		if d.State == pipeline.DeliveryWaiting {
			h.ahead.Add(int64(d.NextAt.Sub(h.now())) + int64(time.Millisecond))
		}
	}
	if _, err := p.claim(t.Context()); !errors.Is(err, pipeline.ErrNotFound) {
		t.Errorf("after it was delivered: %v", err)
	}
	for _, secret := range []string{"hidden", h.secret, server.Listener.Addr().String(), "a name"} {
		if strings.Contains(h.log.String(), secret) {
			t.Errorf("the log has %s", secret)
		}
	}
	if n := strings.Count(h.log.String(), "msg=webhook_tried"); n != 5 {
		t.Errorf("%d tries are in the log:\n%s", n, h.log.String())
	}
}

// TestDeliverySignedTwice: a receiver that has not yet taken a new secret, and one
// that has, both see that an event comes from here; in the end only the latter.
func TestDeliverySignedTwice(t *testing.T) {
	rc := &receiver{script: []http.HandlerFunc{status(200)}}
	server := httptest.NewServer(rc)
	defer server.Close()
	h := newHooks(t, server.URL)
	old, p := h.secret, h.postman(t)
	h.secret = pipeline.NewHookSecret()
	if _, err := h.db.RotateSecret(t.Context(), "one", h.secret, h.now().Add(pipeline.HookOverlap), deed); err != nil {
		t.Fatal(err)
	}
	h.ping(t)
	h.once(t, p)
	verify(t, old, rc.all()[0], h.now())
	verify(t, h.secret, rc.all()[0], h.now())
	h.ahead.Add(int64(pipeline.HookOverlap))
	h.ping(t)
	h.once(t, p)
	verify(t, h.secret, rc.all()[1], h.now())
	for i, want := range []int{2, 1} {
		if got := strings.Fields(rc.all()[i].header.Get("webhook-signature")); len(got) != want {
			t.Errorf("delivery %d has the signatures %q; want %d", i+1, got, want)
		}
	}
}

// TestPostmanRuns: run delivers what is due, several at a time, and ends with
// what it has begun.
func TestPostmanRuns(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	rc := &receiver{script: []http.HandlerFunc{status(204)}}
	server := httptest.NewServer(rc)
	defer server.Close()
	h := newHooks(t, server.URL)
	for range 20 {
		h.ping(t)
	}
	ended := make(chan struct{})
	go func() { h.postman(t).run(ctx); close(ended) }()
	for len(rc.all()) < 20 {
		time.Sleep(10 * time.Millisecond)
	}
	stop()
	<-ended
	ids := map[string]bool{}
	for _, r := range rc.all() {
		ids[r.header.Get("webhook-id")] = true
	}
	ds, err := h.db.ListDeliveries(t.Context(), "one", "", 100)
	if err != nil || len(ids) != 20 || len(ds) != 20 {
		t.Fatalf("%d ids of %d deliveries, %v", len(ids), len(ds), err)
	}
	for _, d := range ds {
		if d.State != pipeline.DeliveryDone || d.Attempts != 1 {
			t.Errorf("%+v", d)
		}
	}
}

// TestHTTPNeedsAllowed: http is for allowed addresses, and https with a
// certificate that nobody vouches for gets nothing.
func TestHTTPNeedsAllowed(t *testing.T) {
	rc := &receiver{script: []http.HandlerFunc{status(200)}}
	server := httptest.NewTLSServer(rc)
	defer server.Close()
	h := newHooks(t, server.URL)
	h.ping(t)
	p := h.postman(t)
	if d := h.once(t, p); d.LastStatus != pipeline.HookNoAnswer || len(rc.all()) != 0 {
		t.Errorf("an unknown certificate: %+v", d)
	}
	h.ahead.Add(int64(time.Minute))
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	p.poster.https.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: roots}
	if d := h.once(t, p); d.LastStatus != "200" {
		t.Errorf("https: %+v", d)
	}
	out := pipeline.Outgoing{URL: "http://93.184.215.14/", Secret: h.secret}
	if status, _ := p.try(t.Context(), out); status != pipeline.HookRefused {
		t.Errorf("http to an address that is not allowed: %s", status)
	}
}

// TestPostmanKilled: the worker is killed while the receiver has the event and
// before that is noted; another delivers it again under the same id.
func TestPostmanKilled(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	came, died := make(chan struct{}), make(chan struct{})
	rc := &receiver{script: []http.HandlerFunc{func(http.ResponseWriter, *http.Request) {
		close(came)
		<-died
	}, status(200)}}
	server := httptest.NewServer(rc)
	defer server.Close()
	h := newHooks(t, server.URL)
	sent := h.ping(t)
	child := exec.CommandContext(t.Context(), exe, "postman", h.dsn)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	<-came
	_ = child.Process.Kill()
	_ = child.Wait()
	close(died)
	if d := h.last(t); d.State != pipeline.DeliveryWaiting || d.Attempts != 1 || d.LastStatus != "" {
		t.Fatalf("after the worker was killed: %+v", d)
	}
	p := h.postman(t)
	if _, err := p.claim(t.Context()); !errors.Is(err, pipeline.ErrNotFound) {
		t.Errorf("within the lease: %v", err)
	}
	h.ahead.Add(int64(hookLease))
	if d := h.once(t, p); d.State != pipeline.DeliveryDone || d.Attempts != 2 {
		t.Errorf("by another worker: %+v", d)
	}
	got := rc.all()
	if len(got) != 2 || got[0].header.Get("webhook-id") != sent.ID || got[1].header.Get("webhook-id") != sent.ID {
		t.Errorf("the receiver has %+v", got)
	}
}

// runPostman is the process that TestPostmanKilled kills.
func runPostman(dsn string) error {
	d, err := db.OpenExisting(context.Background(), dsn)
	if err != nil {
		return err
	}
	p, err := newPostman(hookConfig(d, time.Now, quietLog()))
	if err != nil {
		return err
	}
	p.run(context.Background())
	return nil
}
