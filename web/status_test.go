package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hibiken/asynq"

	"touchstone.internal/pipeline"
	"touchstone.internal/storage/embedded"
	"touchstone.internal/workers"
)

// withQueue gives a desk a Redis of its own, whose queue holds failed tasks of
// two causes. It returns what stops the Redis.
func withQueue(t *testing.T, broken, foreign int) (w *world, stop func()) {
	t.Helper()
	r, err := embedded.StartRedis(t.Context(), filepath.Join(t.TempDir(), "redis"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Stop)
	c, err := workers.OpenRedis(r.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	client, in := asynq.NewClientFromRedisClient(c), asynq.NewInspectorFromRedisClient(c)
	for i := range broken + foreign {
		if _, err := client.EnqueueContext(t.Context(), asynq.NewTask("t", fmt.Append(nil, i)), asynq.Queue(workers.Queue), asynq.MaxRetry(0)); err != nil {
			t.Fatal(err)
		}
	}
	server := asynq.NewServerFromRedisClient(c, asynq.Config{Queues: map[string]int{workers.Queue: 1}, LogLevel: asynq.FatalLevel})
	if err := server.Start(asynq.HandlerFunc(func(_ context.Context, task *asynq.Task) error {
		var i int
		if _, err := fmt.Sscan(string(task.Payload()), &i); err != nil || i >= broken {
			return errors.New("open ERIKSSON-passport.jpg of TSD-7Q4K-2M9X: no such file")
		}
		return errors.New("get blob ab12: connection refused")
	})); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if info, err := in.GetQueueInfo(workers.Queue); err == nil && info.Archived == broken+foreign {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the tasks did not fail")
		}
	}
	server.Shutdown()
	w = newWorld(t, func(cfg *Config) {
		cfg.Upkeep = workers.NewUpkeep(c, time.Now)
		ready := cfg.Ready
		cfg.Ready = func(ctx context.Context) map[string]error {
			parts := ready(ctx)
			parts["redis"] = c.Ping(ctx).Err()
			return parts
		}
	})
	return w, r.Stop
}

const noConnection = "The original could not be fetched: no connection"

// TestStatus: an operator sees failures by cause, in words that quote nothing,
// and tries one cause again. The log says so.
func TestStatus(t *testing.T) {
	w, stop := withQueue(t, 30, 7)
	w.receive(t, officer)
	otto := w.as(t, operator)
	a := otto.get("/status")
	for _, said := range []string{noConnection, "Another cause", "No worker is at work", "1 document"} {
		if !strings.Contains(a.body, said) {
			t.Errorf("the page does not say %q", said)
		}
	}
	for _, secret := range []string{"ERIKSSON", "TSD-", "ab12", encounter, "page.jpg"} {
		if strings.Contains(a.body, secret) {
			t.Errorf("the page says %q", secret)
		}
	}
	retry := func(cause string) answer {
		return otto.postForm("/status/failures/retry", url.Values{"cause": {cause}})
	}
	if a := retry(noConnection); a.status != http.StatusSeeOther || a.header.Get("Location") != "/status?retried=30" {
		t.Errorf("%d to %q", a.status, a.header.Get("Location"))
	}
	if a := otto.get("/status?retried=30"); !strings.Contains(a.body, "30 failed tasks were put back") || strings.Contains(a.body, noConnection) || !strings.Contains(a.body, "Another cause") {
		t.Error("the page after does not fit")
	}
	if a := retry("No such cause"); a.header.Get("Location") != "/status?retried=0" {
		t.Errorf("of a cause that is not: %d to %q", a.status, a.header.Get("Location"))
	}
	if a := retry(""); a.status != http.StatusBadRequest {
		t.Errorf("of no cause: %d", a.status)
	}
	events, err := w.db.SearchAudit(t.Context(), pipeline.AuditFilter{Object: "failures", Limit: 10})
	if err != nil || len(events) != 2 || events[0].Detail != "failures_retried" || events[0].Actor.Account != operator {
		t.Errorf("the log: %+v, %v", events, err)
	}
	stop()
	if a := otto.get("/status"); a.status != http.StatusOK || !strings.Contains(a.body, "The queue does not answer") || !strings.Contains(a.body, "<strong>redis</strong>: does not answer") || !strings.Contains(a.body, "1 document") {
		t.Errorf("without Redis: %d %s", a.status, a.body)
	}
	if a := retry(noConnection); a.status != http.StatusServiceUnavailable {
		t.Errorf("without Redis: %d", a.status)
	}
}

// TestStatusAPI: clients get the same as the page, as it is described.
func TestStatusAPI(t *testing.T) {
	w, stop := withQueue(t, 3, 2)
	d := describe(t)
	ops := d.operations(t)
	otto := w.curl(t, operator)
	const get, post, path = "GET /api/v1/status", "POST /api/v1/status/failures/retry", "/api/v1/status/failures/retry"
	w.receive(t, officer)
	a := otto.get("/api/v1/status")
	d.check(t, ops[get], 200, a)
	b := decode[statusBody](t, a.body)
	if b.Queue == nil || !slices.ContainsFunc(b.Queue.Failures, func(f failureBody) bool { return f.Cause == noConnection && f.Archived == 3 }) || b.Documents.Received != 1 || b.Documents.Oldest == nil {
		t.Errorf("%s", a.body)
	}
	a = otto.postJSON(path, `{"cause": "`+noConnection+`"}`)
	d.check(t, ops[post], 200, a)
	if decode[retriedBody](t, a.body) != (retriedBody{3, true}) {
		t.Errorf("%s", a.body)
	}
	d.check(t, ops[post], 400, otto.postJSON(path, "{}"))
	d.check(t, ops[post], 403, w.curl(t, reviewer).postJSON(path, "{}"))
	d.check(t, ops[post], 415, otto.postForm(path, nil))
	stop()
	a = otto.get("/api/v1/status")
	d.check(t, ops[get], 200, a)
	if decode[statusBody](t, a.body).Queue != nil {
		t.Errorf("without Redis: %s", a.body)
	}
	d.check(t, ops[post], 503, otto.postJSON(path, `{"cause": "x"}`))
}

// TestLastAdministratorTold: the page says what cannot be done, before it is
// tried.
func TestLastAdministratorTold(t *testing.T) {
	w := newWorld(t)
	ada := w.as(t, administrator)
	const lock, told = "Lock the account", "This is the last administrator"
	if a := ada.get("/accounts/" + administrator); strings.Contains(a.body, lock) || !strings.Contains(a.body, told) {
		t.Error("the last administrator can be locked")
	}
	if a := ada.get("/accounts/" + officer); !strings.Contains(a.body, lock) || strings.Contains(a.body, told) {
		t.Error("an officer cannot be locked")
	}
	if a := ada.postForm("/accounts/"+officer, url.Values{"title": {"x"}, "role": {"administrator"}}); a.status != http.StatusSeeOther {
		t.Fatalf("%d", a.status)
	}
	if a := ada.get("/accounts/" + administrator); !strings.Contains(a.body, lock) || strings.Contains(a.body, told) {
		t.Error("one of two administrators cannot be locked")
	}
}
