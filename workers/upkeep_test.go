package workers

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"touchstone.internal/pipeline"
	"touchstone.internal/storage/embedded"
)

// newQueue is a Redis with nothing in it.
func newQueue(t *testing.T) (redis.UniversalClient, *embedded.Redis) {
	t.Helper()
	r, err := embedded.StartRedis(t.Context(), t.TempDir(), quietLog())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Stop)
	c, err := OpenRedis(r.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c, r
}

// fail makes the queue itself archive n tasks, each with an error.
func fail(t *testing.T, c redis.UniversalClient, n int, give func(i int) error) {
	t.Helper()
	client, in := asynq.NewClientFromRedisClient(c), asynq.NewInspectorFromRedisClient(c)
	before := 0
	if info, err := in.GetQueueInfo(Queue); err == nil {
		before = info.Archived
	}
	for i := range n {
		if _, err := client.EnqueueContext(t.Context(), asynq.NewTask("t", fmt.Append(nil, i)), asynq.Queue(Queue), asynq.MaxRetry(0)); err != nil {
			t.Fatal(err)
		}
	}
	server := asynq.NewServerFromRedisClient(c, asynq.Config{
		Concurrency: 16, Queues: map[string]int{Queue: 1}, TaskCheckInterval: 10 * time.Millisecond, Logger: asynqLog{quietLog()},
	})
	if err := server.Start(asynq.HandlerFunc(func(_ context.Context, task *asynq.Task) error {
		var i int
		_, _ = fmt.Sscan(string(task.Payload()), &i)
		return give(i)
	})); err != nil {
		t.Fatal(err)
	}
	defer server.Shutdown()
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if info, err := in.GetQueueInfo(Queue); err == nil && info.Archived == before+n {
			return
		}
	}
	t.Fatal("the tasks did not fail")
}

func look(t *testing.T, u *Upkeep) pipeline.Load {
	t.Helper()
	l, err := u.Look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestFailuresGrouped: thousands of failed tasks are counted by cause, and one
// cause is tried again without touching the others.
func TestFailuresGrouped(t *testing.T) {
	t.Parallel()
	c, _ := newQueue(t)
	u := NewUpkeep(c, time.Now)
	if l := look(t, u); len(l.Queues)+len(l.Failures)+len(l.Workers) != 0 {
		t.Errorf("of nothing: %+v", l)
	}
	if n, err := u.RetryGroup(t.Context(), otherCause); n != 0 || err != nil {
		t.Errorf("of nothing: %d, %v", n, err)
	}
	const all = 2600
	errs := []error{ // 13 tasks
		1: fmt.Errorf("screen document %s: %w", "TSD-0000-0001", context.DeadlineExceeded),
		2: errors.New("open /tmp/ERIKSSON-passport.jpg: no such file"),
	}
	fail(t, c, all, func(i int) error {
		switch i % 13 {
		case 0, 1, 2:
			return errs[1]
		case 3:
			return errs[2]
		}
		return fmt.Errorf("get blob %064d: dial tcp 10.0.0.%d:9000: connect: connection refused", i, i%250)
	})
	want := map[string]int{
		"The original could not be fetched: no connection": all * 9 / 13,
		"The reader gave no answer: time ran out":          all * 3 / 13,
		otherCause: all / 13,
	}
	got := map[string]int{}
	for _, g := range look(t, u).Failures {
		got[g.Cause] = g.Archived
		if g.FirstAt.IsZero() || g.LastAt.Before(g.FirstAt) || strings.ContainsAny(g.Cause, "0123456789/") {
			t.Errorf("%+v", g)
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("groups %v; want %v", got, want)
	}
	cause := "The reader gave no answer: time ran out"
	if n, err := u.RetryGroup(t.Context(), cause); n != want[cause] || err != nil {
		t.Errorf("put back %d, %v; want %d", n, err, want[cause])
	}
	l := look(t, u)
	if q := l.Queues[0]; q.Waiting != want[cause] || q.Archived != all-want[cause] {
		t.Errorf("after: %+v", q)
	}
	for _, g := range l.Failures {
		if g.Cause == cause || g.Archived != want[g.Cause] {
			t.Errorf("after: %+v", g)
		}
	}
	if n, err := u.RetryGroup(t.Context(), cause); n != 0 || err != nil {
		t.Errorf("put back %d again, %v", n, err)
	}
}

// TestCauses: our own errors have one, and no error brings its own words.
func TestCauses(t *testing.T) {
	t.Parallel()
	d := pipeline.DocumentID("TSD-7Q4K-2M9X")
	for text, want := range map[string]string{
		"":                             otherCause,
		"Eriksson: connection refused": otherCause,
		"open Eriksson.jpg: document":  otherCause,
		asynq.ErrLeaseExpired.Error():  "The worker stopped in the middle",
		fmt.Sprintf("document %s: original_missing", d):                               "The original is not what was recorded",
		fmt.Sprintf("get original of %s: read tcp 10.0.0.1: connection reset", d):     "The original could not be fetched: no connection",
		fmt.Sprintf("finish document %s: database is locked (5) (SQLITE_BUSY)", d):    "The report could not be stored: the database was busy",
		fmt.Sprintf("store page image of %s: put blob x: no space left on device", d): "The page image could not be stored: there is no space left",
		fmt.Sprintf("screen document %s: open Anna Maria.jpg: broken", d):             "The reader gave no answer",
	} {
		if got := causeOf(text); got != want {
			t.Errorf("%q is %q; want %q", text, got, want)
		}
	}
}

// FuzzCauses: whatever an error says, its cause is of our words.
func FuzzCauses(f *testing.F) {
	known := map[string]bool{otherCause: true}
	for _, s := range steps {
		known[s.words] = true
		for _, r := range reasons {
			known[s.words+": "+r.words] = true
		}
		for _, m := range s.marks {
			f.Add(m + "Eriksson: connection refused")
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		if cause := causeOf(text); !known[cause] {
			t.Errorf("%q became %q", text, cause)
		}
	})
}

// TestWorkersSeen: workers say their version while they are there, one that has
// died is missed for a while, and one that says nothing is listed all the same.
func TestWorkersSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	now := time.Now()
	for name, seen := range map[string]time.Time{"died": now.Add(-10 * time.Minute), "long-gone": now.Add(-2 * forgetAfter)} {
		if err := writeBeat(t.Context(), w.redis, name, beat{Version: "v1", Started: seen, Seen: seen}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.redis.HSet(t.Context(), beatsKey, "broken", "{").Err(); err != nil {
		t.Fatal(err)
	}
	cfg := w.config()
	cfg.Version = "v2"
	stop := run(t, cfg)
	u := NewUpkeep(w.redis, time.Now)
	versions := func() string {
		var all []string
		for _, i := range look(t, u).Workers {
			all = append(all, i.Name+" "+i.Version)
			if i.Name == cfg.Name && (i.Started.Before(now.Add(-time.Second)) || i.LastSeen.Before(i.Started)) {
				t.Errorf("%+v", i)
			}
		}
		return strings.Join(all, ", ")
	}
	until(t, func() bool { return versions() == "died v1, worker-1 v2" }, versions)
	if n, err := w.redis.HLen(t.Context(), beatsKey).Result(); n != 2 || err != nil {
		t.Errorf("%d are kept: %v", n, err)
	}
	stop()
	until(t, func() bool { return versions() == "died v1" }, versions)
}

// TestOlderWorkerSeen: one of a program that does not say its version yet is
// listed, and so is what it works on.
func TestOlderWorkerSeen(t *testing.T) {
	t.Parallel()
	c, _ := newQueue(t)
	if _, err := asynq.NewClientFromRedisClient(c).EnqueueContext(t.Context(), asynq.NewTask("t", nil), asynq.Queue(Queue)); err != nil {
		t.Fatal(err)
	}
	u := NewUpkeep(c, time.Now)
	say := func() string { return fmt.Sprintf("%+v", look(t, u)) }
	until(t, func() bool { return look(t, u).Queues[0].Oldest > 0 }, say)
	done := make(chan struct{})
	server := asynq.NewServerFromRedisClient(c, asynq.Config{Queues: map[string]int{Queue: 1}, Logger: asynqLog{quietLog()}})
	if err := server.Start(asynq.HandlerFunc(func(context.Context, *asynq.Task) error { <-done; return nil })); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Shutdown)
	t.Cleanup(func() { close(done) })
	until(t, func() bool {
		l := look(t, u)
		return l.Queues[0].Active == 1 && len(l.Workers) == 1 && l.Workers[0].Version == "" && l.Workers[0].Active == 1
	}, say)
}

// until waits for something to become true.
func until(t *testing.T, ok func() bool, say func() string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatal(say())
}

// TestUpkeepWithoutRedis: the queue being gone is an error, within the time that
// is given.
func TestUpkeepWithoutRedis(t *testing.T) {
	t.Parallel()
	c, r := newQueue(t)
	r.Stop()
	u := NewUpkeep(c, time.Now)
	if _, err := u.Look(t.Context()); err == nil {
		t.Error("a queue that is gone is looked at")
	}
	if n, err := u.RetryGroup(t.Context(), otherCause); err == nil || n != 0 {
		t.Errorf("%d, %v", n, err)
	}
}
