package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"touchstone.internal/pipeline"
)

// Config is what a pool needs to know.
type Config struct {
	Exe     string        // the program to run as a child, usually this one
	Args    []string      // the hidden subcommand that calls Serve
	Size    int           // children kept ready
	Timeout time.Duration // wall time for one document; then its child is killed
	Log     *slog.Logger
}

// A child that cannot start is tried again at growing intervals.
const (
	startWithin = 30 * time.Second
	backOffMin  = 100 * time.Millisecond
	backOffMax  = 5 * time.Second
)

// Pool keeps children ready and gives each one document. It implements
// pipeline.Screener.
type Pool struct {
	cfg   Config
	ready chan *child
	stop  context.CancelFunc
	done  <-chan struct{}
	kept  sync.WaitGroup
	last  atomic.Pointer[error] // why the latest child could not start
}

// ErrClosed says that the pool was closed.
var ErrClosed = errors.New("the pool of readers is closed")

// NewPool starts the children and returns without waiting for them. It gives an
// error if the kernel cannot lock children in.
func NewPool(cfg Config) (*Pool, error) {
	if err := Supported(); err != nil {
		return nil, err
	}
	if cfg.Size < 1 || cfg.Timeout <= 0 {
		return nil, fmt.Errorf("a pool of %d readers with %s each cannot read", cfg.Size, cfg.Timeout)
	}
	life, stop := context.WithCancel(context.Background())
	p := &Pool{cfg: cfg, ready: make(chan *child), stop: stop, done: life.Done()}
	for range cfg.Size {
		p.kept.Go(func() { p.keep(life) })
	}
	return p, nil
}

// Close kills all children and waits for their end. Pictures that are being
// read break off with an error, so close a pool after its last answer.
func (p *Pool) Close() {
	p.stop()
	p.kept.Wait()
}

// Ready waits until a child is ready. If ctx ends first, or children cannot
// start, it says why.
func (p *Pool) Ready(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	check := time.NewTicker(10 * time.Millisecond)
	defer check.Stop()
	for {
		select {
		case c := <-p.ready:
			c.end()
			return nil
		case <-p.done:
			return ErrClosed
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-check.C:
			if err := p.last.Load(); err != nil {
				return *err
			}
		}
	}
}

// keep has one child ready at any time, until the pool is closed.
func (p *Pool) keep(life context.Context) {
	// The kernel kills a child when the thread that started it ends, so this
	// goroutine keeps its thread for as long as its children live.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var taken []*child
	defer func() {
		for _, c := range taken {
			<-c.exited
		}
	}()
	wait := backOffMin
	for life.Err() == nil {
		c, err := start(life, p.cfg)
		if err != nil {
			p.failed(life, err, wait)
			wait = min(2*wait, backOffMax)
			continue
		}
		p.last.Store(nil)
		select {
		case p.ready <- c:
			taken, wait = append(stillAlive(taken), c), backOffMin
		case <-c.exited:
			p.failed(life, fmt.Errorf("a reader that was ready ended: %s", c.ended()), wait)
			wait = min(2*wait, backOffMax)
			c.end()
		case <-life.Done():
			c.end()
		}
	}
}

// failed notes that a child could not start, and waits.
func (p *Pool) failed(ctx context.Context, err error, wait time.Duration) {
	if ctx.Err() != nil {
		return
	}
	p.last.Store(&err)
	p.cfg.Log.ErrorContext(ctx, "reader_not_started", slog.String("error", err.Error()), slog.Duration("retry_in", wait))
	select {
	case <-time.After(wait):
	case <-ctx.Done():
	}
}

func stillAlive(cs []*child) []*child {
	alive := cs[:0]
	for _, c := range cs {
		select {
		case <-c.exited:
		default:
			alive = append(alive, c)
		}
	}
	return alive
}

// take waits for a ready child that is alive.
func (p *Pool) take(ctx context.Context) (*child, error) {
	for {
		select {
		case c := <-p.ready:
			select {
			case <-c.exited:
				continue
			default:
				return c, nil
			}
		case <-p.done:
			return nil, ErrClosed
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// Screen lets one child read one picture; see pipeline.Screener. It gives an
// error if ctx ends, if job.Body breaks off, or if somebody else killed the
// child: then it may be tried again.
func (p *Pool) Screen(ctx context.Context, job pipeline.Job) (pipeline.ScreenResult, error) {
	c, err := p.take(ctx)
	if err != nil {
		return pipeline.ScreenResult{}, fmt.Errorf("wait for a reader: %w", err)
	}
	defer c.end()
	limited, cancel := context.WithTimeout(ctx, p.cfg.Timeout)
	defer cancel()
	defer context.AfterFunc(limited, c.kill)()

	h := Header{Digest: job.Digest, Size: job.Size, AsOf: job.AsOf, Capture: job.Capture}
	result, err := c.ask(h, job)
	if err == nil {
		return result, nil
	}
	if _, ok := errors.AsType[bodyError](err); ok {
		return pipeline.ScreenResult{}, err
	}
	problem, err := c.diagnose(limited, err)
	if ctx.Err() != nil {
		return pipeline.ScreenResult{}, fmt.Errorf("read picture %s: %w", job.Digest, context.Cause(ctx))
	}
	p.cfg.Log.WarnContext(ctx, "reader_failed", slog.String("digest", string(job.Digest)), slog.String("problem", string(problem)),
		slog.String("ended", c.ended()), slog.Int64("stderr_bytes", c.stderr.count()), slog.String("why", errorText(err)))
	if problem == pipeline.ProblemNone {
		return pipeline.ScreenResult{}, fmt.Errorf("read picture %s: %w", job.Digest, err)
	}
	return pipeline.ScreenResult{Report: pipeline.AbortedReport(job.Digest, job.AsOf, job.Capture, problem)}, nil
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
