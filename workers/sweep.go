package workers

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/hibiken/asynq"

	"touchstone.internal/pipeline"
)

// sweepLimit is how many documents one sweep rings for, the longest waiting
// first.
const sweepLimit = 1000

// steadyAfter is the number of sweeps after which a document that still waits
// is rung for only at every so many: then a long queue is the likely reason.
const steadyAfter = 8

// sweeper rings for documents that wait though nobody may have been told of
// them: Redis was emptied, a worker died, a task got stuck.
type sweeper struct {
	cfg       Config
	enqueuer  *Enqueuer
	inspector *asynq.Inspector
	metrics   *metrics
}

// run sweeps at once and then at every interval, until ctx ends.
func (s *sweeper) run(ctx context.Context) {
	tick := time.NewTicker(s.cfg.SweepEvery)
	defer tick.Stop()
	for {
		if err := s.sweep(ctx); err != nil && ctx.Err() == nil {
			s.cfg.Log.WarnContext(ctx, "sweep_failed", slog.String("error", err.Error()))
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// sweep rings once for every document that waits.
func (s *sweeper) sweep(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, max(s.cfg.SweepEvery, 5*time.Second))
	defer cancel()
	now := s.cfg.Now()
	late, err := s.cfg.Documents.Late(ctx, now, now, sweepLimit)
	if err != nil {
		return err
	}
	for _, doc := range late {
		attempt := doc.Attempt + 1
		if err := s.enqueuer.enqueue(ctx, doc.ID, attempt, s.name(doc, attempt, now)); err != nil {
			return err
		}
	}
	s.metrics.sweeps.Inc()
	return s.measure(ctx)
}

// name is the task's name. A document that is new here has the name that its
// upload used, so that one that is on its way is not rung for twice. Later
// sweeps use new names, since a task that is stuck or archived keeps its own.
func (s *sweeper) name(doc pipeline.Document, attempt int, now time.Time) string {
	since := doc.ReceivedAt
	if doc.State == pipeline.StateScreening {
		since = doc.LeaseUntil
	}
	n := int64(now.Sub(since) / s.cfg.SweepEvery)
	if n > steadyAfter {
		n -= n % steadyAfter
	}
	if n < 1 {
		return taskID(doc.ID, attempt)
	}
	return fmt.Sprintf("%s:%d", taskID(doc.ID, attempt), n)
}

// measure notes how long the queue is.
func (s *sweeper) measure(ctx context.Context) error {
	queues, err := s.inspector.Queues()
	if err != nil {
		return fmt.Errorf("list the queues: %w", err)
	}
	if !slices.Contains(queues, Queue) {
		return nil // nothing was ever enqueued
	}
	info, err := s.inspector.GetQueueInfo(Queue)
	if err != nil {
		return fmt.Errorf("measure the queue: %w", err)
	}
	s.metrics.queued(info)
	return ctx.Err()
}
