package workers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"github.com/hibiken/asynq"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
)

// Config is what a worker needs.
type Config struct {
	Redis     redis.UniversalClient
	Documents pipeline.Documents
	Blobs     pipeline.Blobs
	Screener  pipeline.Screener
	Outbox    pipeline.Outbox
	// Dispatches are the referrals on their way. Without a Relay no mail is sent.
	// DeskURL is where people reach the desk, for the links in mail.
	Dispatches casework.Outbox
	Relay      *Relay
	DeskURL    string
	// HooksAllowed are networks to which events are sent though they are inner
	// ones, and by http too.
	HooksAllowed []netip.Prefix

	Concurrency int    // documents at the same time; one a core is best
	Name        string // owner of the claims; no two workers share one
	Version     string // of the program, for operators
	SweepEvery  time.Duration
	// Lease is how long a claim holds, and so how long a document waits after
	// its worker died. It must be well above the reader's own limit. 0 is
	// DefaultLease.
	Lease time.Duration

	Sampling pipeline.Sampling // how often chance brings a document before reviewers
	Chance   func() float64    // from 0 up to 1
	Now      func() time.Time
	Log      *slog.Logger
	Registry prometheus.Registerer
}

// DefaultLease is well above the reader's twenty seconds.
const DefaultLease = 30 * time.Second

// drainWithin is how long documents under way may take when the worker stops;
// those that take longer are given back.
const drainWithin = 12 * time.Second

// The queue is asked for work by polling; 50 ms cost one per cent of a core
// and give a median wait of 27 ms.
const (
	pollEvery  = 50 * time.Millisecond
	retryCheck = time.Second
)

// Run screens documents until ctx ends, then finishes what is under way.
func Run(ctx context.Context, cfg Config) error {
	if cfg.Lease == 0 {
		cfg.Lease = DefaultLease
	}
	if cfg.Lease <= goodbye || cfg.SweepEvery <= 0 || cfg.Concurrency < 1 || cfg.Name == "" {
		return errors.New("a worker needs a name, a concurrency, an interval to sweep and a lease above " + goodbye.String())
	}
	m, err := newMetrics(cfg.Registry)
	if err != nil {
		return fmt.Errorf("register metrics: %w", err)
	}
	couriers, err := newCourier(cfg)
	if err != nil {
		return fmt.Errorf("register metrics: %w", err)
	}
	post, err := newPostman(cfg)
	if err != nil {
		return fmt.Errorf("register metrics: %w", err)
	}
	// Tasks outlive ctx, so that they can be finished, but not Run.
	tasks, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	server := asynq.NewServerFromRedisClient(cfg.Redis, asynq.Config{
		Concurrency: cfg.Concurrency, Queues: map[string]int{Queue: 1},
		BaseContext:       func() context.Context { return tasks },
		TaskCheckInterval: pollEvery, DelayedTaskCheckInterval: retryCheck,
		RetryDelayFunc: retryDelay, ShutdownTimeout: drainWithin,
		Logger: asynqLog{cfg.Log}, LogLevel: asynq.WarnLevel,
	})
	h := &handler{cfg: cfg, metrics: m}
	if err := server.Start(h); err != nil {
		return fmt.Errorf("start the worker: %w", err)
	}
	var beats sync.WaitGroup
	beats.Go(func() { h.beats(tasks) })
	defer func() {
		stop()
		beats.Wait()
	}()
	cfg.Log.InfoContext(ctx, "worker_started", slog.String("worker", cfg.Name), slog.Int("concurrency", cfg.Concurrency))
	s := &sweeper{cfg: cfg, enqueuer: NewEnqueuer(cfg.Redis), inspector: asynq.NewInspectorFromRedisClient(cfg.Redis), metrics: m}
	var busy sync.WaitGroup
	busy.Go(func() { post.run(ctx) })
	busy.Go(func() { couriers.run(ctx) })
	s.run(ctx)
	server.Shutdown()
	busy.Wait()
	cfg.Log.InfoContext(tasks, "worker_stopped", slog.String("worker", cfg.Name))
	return nil
}
