package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"touchstone.internal/checks"
	"touchstone.internal/pipeline"
	"touchstone.internal/storage/blob"
	"touchstone.internal/storage/db"
	"touchstone.internal/web"
	"touchstone.internal/workers"
)

// serverFlags are the addresses of the servers that desk and worker share.
type serverFlags struct {
	databaseFlag
	Redis string `required:"" placeholder:"URL" help:"redis://, rediss://, unix://, redis+sentinel:// or redis+cluster:// address." env:"TOUCHSTONE_REDIS"`
	S3    string `name:"s3" required:"" placeholder:"URL" help:"Object store: s3+https://KEY:SECRET@host:port/bucket." env:"TOUCHSTONE_S3"`
}

// servers are the open connections to everything that keeps something.
type servers struct {
	db    *db.DB
	blobs *blob.Store
	redis redis.UniversalClient
}

// open connects to all servers, or to none.
func (f serverFlags) open(ctx context.Context) (_ *servers, err error) {
	s := &servers{}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.db, err = db.Open(ctx, f.Database); err != nil {
		return nil, err
	}
	cfg, err := blob.ParseURL(f.S3)
	if err != nil {
		return nil, err
	}
	if s.blobs, err = blob.Open(ctx, cfg); err != nil {
		return nil, err
	}
	if s.redis, err = workers.OpenRedis(f.Redis); err != nil {
		return nil, err
	}
	return s, nil
}

// close lets go of whatever was opened.
func (s *servers) close() {
	if s.redis != nil {
		_ = s.redis.Close() // nothing is lost: the queue is a reminder
	}
	if s.db != nil {
		_ = s.db.Close() // every change was committed
	}
}

// ready tells of each part whether it answers.
func (s *servers) ready(ctx context.Context) map[string]error {
	return map[string]error{
		"database":     s.db.Ping(ctx),
		"object store": s.blobs.Ping(ctx),
		"redis":        s.redis.Ping(ctx).Err(),
	}
}

// deskFlags are the desk's own settings.
type deskFlags struct {
	Listen  string `default:"127.0.0.1:8080" help:"Address to serve on." env:"TOUCHSTONE_LISTEN"`
	Secure  bool   `help:"Say that people reach the desk by https: cookies are marked Secure." env:"TOUCHSTONE_SECURE"`
	Proxies string `name:"trusted-proxies" placeholder:"NETWORKS" help:"Networks, such as 10.1.0.0/16, of the proxies before the desk. Of their requests X-Forwarded-For tells whom they come from." env:"TOUCHSTONE_TRUSTED_PROXIES"`
}

// desk is the desk that the flags describe.
func (f deskFlags) desk(l net.Listener, spool string) (desk, error) {
	proxies, err := parseNetworks(f.Proxies)
	if err != nil {
		return desk{}, fmt.Errorf("read --trusted-proxies: %w", err)
	}
	return desk{listener: l, spool: spool, secure: f.Secure, proxies: proxies}, nil
}

// bind takes the address before anything else is started, so that one that is
// in use is known at once.
func (f deskFlags) bind(ctx context.Context) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", f.Listen)
	if err != nil {
		return nil, fmt.Errorf("serve the desk: %w; choose another address with --listen", err)
	}
	return l, nil
}

// desk is what a desk is made of, beside the servers.
type desk struct {
	listener net.Listener
	spool    string
	secure   bool
	proxies  []netip.Prefix // whose word on the sender of a request counts
}

// serveDesk serves pages and API until ctx ends, then finishes what is under way.
func serveDesk(ctx context.Context, d desk, s *servers, reg *prometheus.Registry, log *slog.Logger) error {
	if err := os.MkdirAll(d.spool, 0o700); err != nil {
		return fmt.Errorf("make the spool folder: %w", err)
	}
	handler, err := web.New(web.Config{
		Documents: s.db, Reviews: s.db, Encounters: s.db, Uploads: s.db, Accounts: s.db, Devices: s.db, Audit: s.db, Blobs: s.blobs,
		Searches: s.db, Filters: s.db, Tasks: workers.NewEnqueuer(s.redis), Sessions: s.db.Sessions(), SpoolDir: d.spool,
		Tokens: s.db, Webhooks: s.db, Casework: s.db, Threat: s.db, Recipients: s.db, Replays: s.db, Upkeep: workers.NewUpkeep(s.redis, time.Now),
		Catalogue: checks.All(), Now: time.Now, Log: log, Registry: reg,
		Ready: s.ready, Secure: d.secure, Proxies: d.proxies, Version: version(),
	})
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 2 * time.Minute,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	server.RegisterOnShutdown(handler.Stop) // event streams do not end by themselves
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		if err := server.Serve(d.listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error {
		handler.Tidy(ctx)
		return nil
	})
	group.Go(func() error {
		handler.Watch(ctx)
		return nil
	})
	group.Go(func() error {
		handler.KeepFeed(ctx)
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		bye, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		if err := server.Shutdown(bye); err != nil {
			return server.Close()
		}
		return nil
	})
	log.InfoContext(ctx, "desk_serving", slog.String("address", d.listener.Addr().String()))
	return group.Wait()
}

// workerFlags are the worker's own settings.
type workerFlags struct {
	Concurrency int           `help:"Documents screened at the same time. Default: the number of cores." env:"TOUCHSTONE_CONCURRENCY"`
	AuditShare  float64       `default:"0.02" help:"Share of the documents in which nothing was found that a reviewer looks at all the same." env:"TOUCHSTONE_AUDIT_SHARE"`
	FoldShare   float64       `default:"0.1" help:"Share of reviews that begin with the reviewer's own impression." env:"TOUCHSTONE_FOLD_SHARE"`
	Hooks       string        `name:"webhook-allow" placeholder:"NETWORKS" help:"Networks, such as 10.1.0.0/16, to which events are sent though they are private, and by http too." env:"TOUCHSTONE_WEBHOOK_ALLOW"`
	Relay       string        `name:"mail-relay" placeholder:"URL" help:"Server that mail about referrals goes to: smtp://relay.example:587 or smtps://account:password@relay.example:465." env:"TOUCHSTONE_MAIL_RELAY"`
	MailFrom    string        `name:"mail-from" placeholder:"ADDRESS" help:"Address that mail comes from." env:"TOUCHSTONE_MAIL_FROM"`
	DeskURL     string        `name:"desk-url" placeholder:"URL" help:"Where people reach the desk, for the links in mail." env:"TOUCHSTONE_DESK_URL"`
	SweepEvery  time.Duration `default:"15s" help:"How often documents that are late are put back into the queue." env:"TOUCHSTONE_SWEEP_EVERY"`
}

// serveWorker screens documents until ctx ends.
func serveWorker(ctx context.Context, f workerFlags, s *servers, reg *prometheus.Registry, log *slog.Logger) error {
	if f.Concurrency < 1 {
		f.Concurrency = runtime.NumCPU()
	}
	allowed, err := parseNetworks(f.Hooks)
	if err != nil {
		return fmt.Errorf("read --webhook-allow: %w", err)
	}
	relay, err := workers.ParseRelay(f.Relay, f.MailFrom)
	if err != nil {
		return fmt.Errorf("read --mail-relay: %w", err)
	}
	pool, err := newPool(f.Concurrency, log) //nolint:contextcheck // it lives until Close
	if err != nil {
		return err
	}
	defer pool.Close()
	host, err := os.Hostname()
	if err != nil {
		return fmt.Errorf("name this worker: %w", err)
	}
	return workers.Run(ctx, workers.Config{
		Redis: s.redis, Documents: s.db, Blobs: s.blobs, Screener: pool, Outbox: s.db, HooksAllowed: allowed,
		Dispatches: s.db, Relay: relay, DeskURL: strings.TrimSuffix(f.DeskURL, "/"),
		Concurrency: f.Concurrency, Name: fmt.Sprintf("%s-%d", host, os.Getpid()), Version: version(),
		SweepEvery: f.SweepEvery, Sampling: pipeline.Sampling{Audit: f.AuditShare, Fold: f.FoldShare}, Chance: rand.Float64, Now: time.Now, Log: log, Registry: reg,
	})
}

// newRegistry is a metrics registry with the facts of the process.
func newRegistry() *prometheus.Registry {
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return reg
}

// deskCmd serves the desk.
type deskCmd struct {
	serverFlags
	deskFlags
	Spool string `default:"touchstone-data/spool" help:"Folder in which uploads lie, without a name, while they arrive." env:"TOUCHSTONE_SPOOL"`
}

// Run serves the desk until it is told to stop.
func (c *deskCmd) Run(ctx context.Context, log *slog.Logger) error {
	listener, err := c.bind(ctx)
	if err != nil {
		return err
	}
	defer listener.Close()
	d, err := c.desk(listener, c.Spool)
	if err != nil {
		return err
	}
	s, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	return serveDesk(ctx, d, s, newRegistry(), log)
}

// workerCmd runs one worker.
type workerCmd struct {
	serverFlags
	workerFlags
	Metrics string `placeholder:"ADDRESS" help:"Serve /healthz and /metrics of this worker on this address." env:"TOUCHSTONE_METRICS"`
}

// Run screens documents until it is told to stop.
func (c *workerCmd) Run(ctx context.Context, log *slog.Logger) error {
	s, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	if err := workers.CheckRedis(ctx, s.redis); err != nil {
		log.WarnContext(ctx, "redis_settings", slog.String("advice", err.Error()))
	}
	reg := newRegistry()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return serveWorker(ctx, c.workerFlags, s, reg, log) })
	if c.Metrics != "" {
		group.Go(func() error { return serveMetrics(ctx, c.Metrics, reg) })
	}
	return group.Wait()
}

// serveMetrics serves the health and the metrics of a process without a desk.
func serveMetrics(ctx context.Context, address string, reg *prometheus.Registry) error {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(reg, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	server := &http.Server{Addr: address, Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve metrics: %w", err)
	}
	return nil
}
