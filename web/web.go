// Package web is the desk: the pages that officers and reviewers work with,
// and the JSON API for the same. It receives pictures, stores and records
// them, and shows what screening found, in words first.
//
// Pages work without JavaScript; the small scripts only add live progress and
// a closer look at the picture. The package decodes no picture, screens nothing
// and decides nothing about anybody: it shows reports that a worker has
// written. What serves personal data writes to the audit log first, and logs
// and metrics hold none. An encounter reference is the number of a case and
// names nobody: it may stand in the address of a list, but not in a log.
package web

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"os"
	"sync"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/prometheus/client_golang/prometheus"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
	"touchstone.internal/pipeline/threat"
	"touchstone.internal/web/page"
)

// Config is everything that the desk is made of. All fields but Catalogue,
// Secure and Version must be set.
type Config struct {
	Documents  pipeline.Documents
	Reviews    pipeline.Reviews
	Encounters pipeline.Encounters
	Uploads    pipeline.Uploads
	Casework   casework.Store
	Recipients casework.Recipients
	Threat     threat.Store
	Accounts   pipeline.Accounts
	Devices    pipeline.Devices
	Tokens     pipeline.Tokens
	Webhooks   pipeline.Webhooks
	Replays    pipeline.Replays
	Audit      pipeline.Audit
	Searches   pipeline.Searches
	Filters    pipeline.SavedFilters
	Blobs      pipeline.Blobs
	Tasks      pipeline.Tasks
	Upkeep     pipeline.Upkeep
	Sessions   scs.CtxStore

	SpoolDir  string           // where files lie, without a name, while they arrive and leave
	Catalogue []pipeline.Check // gives the names of the checks
	// Now is the clock. Its location is the one in which pages show times.
	Now      func() time.Time
	Log      *slog.Logger
	Registry *prometheus.Registry
	// Ready tells of each part that the desk needs whether it answers.
	Ready  func(ctx context.Context) map[string]error
	Secure bool // people reach the desk by https: cookies and HSTS say so
	// Proxies are the networks of the proxies before the desk. X-Forwarded-For
	// counts where one of them wrote it, and nowhere else.
	Proxies []netip.Prefix
	Version string // for the footer
}

// check refuses a desk with a part missing, so that it fails at start and not
// at the first upload.
func (c Config) check() error {
	switch {
	case c.Documents == nil || c.Reviews == nil || c.Encounters == nil || c.Uploads == nil || c.Accounts == nil || c.Devices == nil || c.Tokens == nil || c.Webhooks == nil || c.Replays == nil || c.Audit == nil || c.Blobs == nil || c.Tasks == nil || c.Upkeep == nil:
		return errors.New("a store is missing")
	case c.Casework == nil || c.Recipients == nil:
		return errors.New("casework is missing")
	case c.Threat == nil:
		return errors.New("the threat area is missing")
	case c.Searches == nil || c.Filters == nil:
		return errors.New("searches or filters are missing")
	case c.Sessions == nil || c.Now == nil || c.Log == nil || c.Registry == nil || c.Ready == nil:
		return errors.New("sessions, clock, log, registry or readiness are missing")
	}
	f, err := os.CreateTemp(c.SpoolDir, "probe-*")
	if err != nil {
		return fmt.Errorf("write to the spool folder: %w", err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// Desk serves pages and API.
type Desk struct {
	server  *server
	routes  []route
	handler http.Handler
}

// New puts the desk together. It fails if a part is missing, a page does not
// parse or the spool folder cannot be written to.
func New(c Config) (*Desk, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	pages, err := page.Load()
	if err != nil {
		return nil, fmt.Errorf("load pages: %w", err)
	}
	compress, err := page.Compressor()
	if err != nil {
		return nil, err
	}
	rules, err := casework.LoadRules()
	if err != nil {
		return nil, fmt.Errorf("load referral rules: %w", err)
	}
	law, err := pipeline.LoadJurisdiction(pipeline.England)
	if err != nil {
		return nil, err
	}
	m, err := newMetrics(c.Registry)
	if err != nil {
		return nil, fmt.Errorf("register metrics: %w", err)
	}
	p, err := newPieces(c.SpoolDir)
	if err != nil {
		return nil, err
	}
	s := &server{
		Config: c, pieces: p, pages: pages, compress: compress, rules: rules, law: law, metrics: m, sessions: newSessions(c), spool: newSpool(c.SpoolDir),
		throttle: newThrottle(c.Now), rates: newRates(c.Now), known: newKnownPasswords(c.Now), hasher: newHasher(),
		streams: newQuota(maxStreams, maxStreamsEach), checks: map[string]pipeline.Check{}, stopping: make(chan struct{}),
	}
	for _, check := range c.Catalogue {
		s.checks[check.ID] = check
	}
	if s.described, err = describedRoutes(); err != nil {
		return nil, err
	}
	rt := s.routes()
	s.handlers = rt.mux
	return &Desk{server: s, routes: rt.routes, handler: s.serve(rt.mux)}, nil
}

// ServeHTTP answers one request.
func (d *Desk) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.handler.ServeHTTP(w, r) }

// Stop ends every event stream and every wait for an outcome, which would
// otherwise hold up a server that shuts down. It belongs into
// http.Server.RegisterOnShutdown, and may be called more than once.
func (d *Desk) Stop() { d.server.stop.Do(func() { close(d.server.stopping) }) }

// server is the desk at work.
type server struct {
	Config
	pages    *page.Pages
	compress func(http.Handler) http.Handler // what shows a page
	rules    *casework.Rules
	law      pipeline.Jurisdiction
	metrics  *metrics
	sessions *scs.SessionManager
	spool    *spool
	pieces   *pieces
	throttle *throttle
	rates    *rates
	known    *knownPasswords
	hasher   *hasher
	streams  *quota
	waiting  waitingCount
	checks   map[string]pipeline.Check
	handlers http.Handler // all routes, without what stands before them
	// described is what the description says of the API's routes, by pattern.
	described map[string]described
	stop      sync.Once
	stopping  chan struct{}
}

// serve puts the layers round the routes that every request passes.
func (s *server) serve(mux *http.ServeMux) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, r, problemCrossSite())
	}))
	return s.sender(s.observe(s.headers(s.drain(cross.Handler(s.dispatch(mux))))))
}

// dispatch lets the mux answer what it knows and gives its plain 404 and 405
// the form of the desk.
func (s *server) dispatch(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		var probe statusProbe
		h.ServeHTTP(&probe, r)
		for _, allow := range probe.Header().Values("Allow") {
			w.Header().Add("Allow", allow)
		}
		if probe.status == http.StatusMethodNotAllowed {
			s.fail(w, r, problemMethod())
			return
		}
		s.fail(w, r, problemNoPage())
	})
}

// statusProbe keeps the status and header of an answer and drops its body.
type statusProbe struct {
	header http.Header
	status int
}

func (p *statusProbe) Header() http.Header {
	if p.header == nil {
		p.header = http.Header{}
	}
	return p.header
}
func (p *statusProbe) Write(b []byte) (int, error) { return len(b), nil }
func (p *statusProbe) WriteHeader(status int)      { p.status = status }

// newRequestID makes the reference that a person can quote and a log line
// carries.
func newRequestID() string {
	t := rand.Text()
	return t[:4] + "-" + t[4:8]
}
