package workers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"touchstone.internal/pipeline"
)

// upkeepPage is how many failed tasks are read at a time.
const upkeepPage = 1000

// Upkeep shows an operator the queue and the workers. It implements
// pipeline.Upkeep.
type Upkeep struct {
	redis     redis.UniversalClient
	inspector *asynq.Inspector
	now       func() time.Time
}

// NewUpkeep makes an Upkeep that shares the connection.
func NewUpkeep(c redis.UniversalClient, now func() time.Time) *Upkeep {
	return &Upkeep{c, asynq.NewInspectorFromRedisClient(c), now}
}

// Look tells what the queue and the workers are at.
func (u *Upkeep) Look(ctx context.Context) (l pipeline.Load, err error) {
	// The inspector takes no context: whether Redis answers is asked first.
	if err := u.redis.Ping(ctx).Err(); err != nil {
		return l, fmt.Errorf("reach the queue: %w", err)
	}
	if l.Queues, err = u.queues(); err != nil {
		return l, err
	}
	if l.Failures, err = u.failures(ctx); err != nil {
		return l, err
	}
	l.Workers, err = u.workers(ctx)
	return l, err
}

func (u *Upkeep) queues() (all []pipeline.TaskQueue, err error) {
	names, err := u.inspector.Queues()
	if err != nil {
		return nil, fmt.Errorf("list the queues: %w", err)
	}
	for _, name := range names {
		q, err := u.inspector.GetQueueInfo(name)
		if err != nil {
			return nil, fmt.Errorf("measure the queue: %w", err)
		}
		all = append(all, pipeline.TaskQueue{
			Name: name, Waiting: q.Pending, Active: q.Active, Scheduled: q.Scheduled, Retrying: q.Retry, Archived: q.Archived, Oldest: q.Latency,
		})
	}
	return all, nil
}

// lister is one of the inspector's lists.
type lister func(queue string, opts ...asynq.ListOption) ([]*asynq.TaskInfo, error)

// listAll gives all tasks of a list, each once: a list moves on while it is read.
func listAll(ctx context.Context, list lister) (all []*asynq.TaskInfo, err error) {
	seen := map[string]bool{}
	for n := 1; ; n++ {
		some, err := list(Queue, asynq.PageSize(upkeepPage), asynq.Page(n))
		if errors.Is(err, asynq.ErrQueueNotFound) {
			return nil, nil // nothing was ever enqueued
		}
		if err = errors.Join(err, ctx.Err()); err != nil {
			return nil, fmt.Errorf("list failed tasks: %w", err)
		}
		if len(some) == 0 {
			return all, nil
		}
		for _, t := range some {
			if !seen[t.ID] {
				seen[t.ID] = true
				all = append(all, t)
			}
		}
	}
}

// failures groups the tasks that failed by their cause.
func (u *Upkeep) failures(ctx context.Context) ([]pipeline.FailureGroup, error) {
	archived, err := listAll(ctx, u.inspector.ListArchivedTasks)
	if err != nil {
		return nil, err
	}
	retrying, err := listAll(ctx, u.inspector.ListRetryTasks)
	if err != nil {
		return nil, err
	}
	groups := map[string]*pipeline.FailureGroup{}
	for _, t := range slices.Concat(archived, retrying) {
		cause := causeOf(t.LastErr)
		g := groups[cause]
		if g == nil {
			g = &pipeline.FailureGroup{Cause: cause, FirstAt: t.LastFailedAt, LastAt: t.LastFailedAt}
			groups[cause] = g
		}
		if t.State == asynq.TaskStateArchived {
			g.Archived++
		} else {
			g.Retrying++
		}
		if t.LastFailedAt.Before(g.FirstAt) {
			g.FirstAt = t.LastFailedAt
		}
		if t.LastFailedAt.After(g.LastAt) {
			g.LastAt = t.LastFailedAt
		}
	}
	all := make([]pipeline.FailureGroup, 0, len(groups))
	for _, g := range groups {
		all = append(all, *g)
	}
	slices.SortFunc(all, func(a, b pipeline.FailureGroup) int {
		return cmp.Or(cmp.Compare(b.Archived+b.Retrying, a.Archived+a.Retrying), cmp.Compare(a.Cause, b.Cause))
	})
	return all, nil
}

// RetryGroup runs the archived tasks of one cause again, and tells how many
// were put back. A task that is gone meanwhile is not counted.
func (u *Upkeep) RetryGroup(ctx context.Context, cause string) (n int, err error) {
	if err := u.redis.Ping(ctx).Err(); err != nil {
		return 0, fmt.Errorf("reach the queue: %w", err)
	}
	archived, err := listAll(ctx, u.inspector.ListArchivedTasks) // all of them, before any moves
	if err != nil {
		return 0, err
	}
	for _, t := range archived {
		if causeOf(t.LastErr) != cause {
			continue
		}
		err := u.inspector.RunTask(Queue, t.ID)
		switch {
		case errors.Is(err, asynq.ErrTaskNotFound):
			continue
		case err != nil:
			return n, fmt.Errorf("run failed tasks again: %w", err)
		}
		n++
		if ctx.Err() != nil {
			return n, fmt.Errorf("run failed tasks again: %w", context.Cause(ctx))
		}
	}
	return n, nil
}

// workers are those that say how they are, and those of before that did not
// yet: asynq knows where they run.
func (u *Upkeep) workers(ctx context.Context) ([]pipeline.WorkerInfo, error) {
	known, err := readBeats(ctx, u.redis, u.now())
	if err != nil {
		return nil, err
	}
	servers, err := u.inspector.Servers()
	if err != nil {
		return nil, fmt.Errorf("list the workers: %w", err)
	}
	byProcess := map[string]bool{}
	all := map[string]pipeline.WorkerInfo{}
	for name, b := range known {
		byProcess[b.Process] = true
		all[name] = pipeline.WorkerInfo{Name: name, Version: b.Version, Started: b.Started, LastSeen: b.Seen, Active: b.Active}
	}
	for _, s := range servers {
		p := process(s.Host, s.PID)
		if !byProcess[p] {
			all[p] = pipeline.WorkerInfo{Name: p, Started: s.Started, LastSeen: u.now(), Active: len(s.ActiveWorkers)}
		}
	}
	return slices.SortedFunc(maps.Values(all), func(a, b pipeline.WorkerInfo) int { return strings.Compare(a.Name, b.Name) }), nil
}
