package workers

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"image/jpeg"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hibiken/asynq"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/redis/go-redis/v9"

	"touchstone.internal/pipeline"
	"touchstone.internal/storage/blob"
	"touchstone.internal/storage/db"
	"touchstone.internal/storage/embedded"
	"touchstone.internal/workers/sandbox"
)

// TestMain is also the object store, the reader and a worker that is killed.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "s3":
			exit(embedded.ServeS3(context.Background()))
		case "postman":
			exit(runPostman(os.Args[2]))
		case "child":
			exit(sandbox.Serve(func() (sandbox.Handler, error) { return read, nil }))
		}
	}
	os.Exit(m.Run())
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// read is a reader that finds nothing, or does what the picture says.
func read(raw []byte, h sandbox.Header) (pipeline.Report, pipeline.Rendition) {
	if bytes.HasPrefix(raw, []byte("crash")) {
		panic("the reader broke")
	}
	r := pipeline.AbortedReport(h.Digest, h.AsOf, h.Capture, pipeline.ProblemCorrupt)
	return r, pipeline.Rendition{Width: 8, Height: 4, Pix: bytes.Repeat([]byte{200, 100, 50}, 32)}
}

func quietLog() *slog.Logger { return slog.New(slog.DiscardHandler) }

// world is everything that workers stand between, all real.
type world struct {
	redis     redis.UniversalClient
	documents *db.DB
	blobs     *blob.Store
	pool      *sandbox.Pool
	enqueuer  *Enqueuer
}

func newWorld(t *testing.T) *world {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r, err := embedded.StartRedis(t.Context(), t.TempDir(), quietLog())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Stop)
	s3, err := embedded.StartS3(t.Context(), exe, filepath.Join(t.TempDir(), "s3"), quietLog())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s3.Stop)
	w := &world{}
	if w.redis, err = OpenRedis(r.URL()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.redis.Close() })
	cfg, err := blob.ParseURL(s3.URL())
	if err != nil {
		t.Fatal(err)
	}
	if w.blobs, err = blob.Open(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	if w.documents, err = db.Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "test.db")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.documents.Close() })
	w.pool, err = sandbox.NewPool(sandbox.Config{Exe: exe, Args: []string{"child"}, Size: 2, Timeout: 10 * time.Second, Log: quietLog()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.pool.Close)
	w.enqueuer = NewEnqueuer(w.redis)
	return w
}

// receive does what an upload does, up to the queue.
func (w *world) receive(t *testing.T, picture string) pipeline.Document {
	t.Helper()
	b := []byte(picture)
	var random [8]byte
	rand.Read(random[:])
	d := pipeline.Document{
		ID: pipeline.NewDocumentID(random), Digest: pipeline.DigestOf(sha256.Sum256(b)), Size: int64(len(b)),
		MediaType: pipeline.JPEG, FileName: "passport.jpg", Encounter: "E-1", Capture: pipeline.CapturePhoto,
		UploadedBy: "officer", ReceivedAt: time.Now().UTC(), State: pipeline.StateReceived,
	}
	if err := w.blobs.Put(t.Context(), pipeline.Originals, d.Digest, bytes.NewReader(b), d.Size); err != nil {
		t.Fatal(err)
	}
	d, _, err := w.documents.Create(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// enqueue rings for a document.
func (w *world) enqueue(t *testing.T, d pipeline.Document) {
	t.Helper()
	if err := w.enqueuer.EnqueueScreen(t.Context(), d.ID, d.Attempt+1); err != nil {
		t.Fatal(err)
	}
}

func (w *world) config() Config {
	return Config{
		Redis: w.redis, Documents: w.documents, Blobs: w.blobs, Screener: w.pool, Outbox: w.documents, Dispatches: w.documents,
		Concurrency: 2, Name: "worker-1", SweepEvery: time.Hour,
		Chance: func() float64 { return .5 }, Now: time.Now, Log: quietLog(), Registry: prometheus.NewRegistry(),
	}
}

// run runs a worker until the test ends or the returned function is called.
func run(t *testing.T, cfg Config) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- Run(ctx, cfg) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// await waits until a document is screened.
func (w *world) await(t *testing.T, id pipeline.DocumentID) pipeline.Document {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		d, err := w.documents.Find(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if d.State == pipeline.StateScreened {
			return d
		}
	}
	t.Fatalf("document %s was not screened", id)
	return pipeline.Document{}
}

// reports is how often the audit log says that a document was screened.
func (w *world) reports(t *testing.T, id pipeline.DocumentID) (n int) {
	t.Helper()
	events, err := w.documents.History(t.Context(), string(id))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if e.Detail == "screened" {
			n++
		}
	}
	return n
}

func TestOneDocument(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cfg := w.config()
	reg := prometheus.NewRegistry()
	cfg.Registry = reg
	run(t, cfg)
	d := w.receive(t, "a picture")
	w.enqueue(t, d)
	got := w.await(t, d.ID)
	if got.Outcome.Problem != pipeline.ProblemCorrupt || got.Attempt != 1 {
		t.Errorf("screened with %q at attempt %d", got.Outcome.Problem, got.Attempt)
	}
	report, err := w.documents.Report(t.Context(), d.ID)
	if err != nil || report.Digest != d.Digest || report.AsOf != d.ReceivedAt.Format(time.DateOnly) {
		t.Errorf("the report is about %.8s on %s: %v", report.Digest, report.AsOf, err)
	}
	body, _, err := w.blobs.Get(t.Context(), pipeline.Renditions, got.Rendition)
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	page, err := jpeg.Decode(body)
	if err != nil {
		t.Fatal(err)
	}
	if r, g, b, _ := page.At(4, 2).RGBA(); page.Bounds().Dx() != 8 || page.Bounds().Dy() != 4 || near(r, 200) || near(g, 100) || near(b, 50) {
		t.Errorf("the page image is %v, and %d %d %d in its middle", page.Bounds(), r>>8, g>>8, b>>8)
	}
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range families {
		names = append(names, f.GetName())
	}
	for _, want := range []string{"findings_total", "screen_duration_seconds", "sweeps_total"} {
		if !slices.Contains(names, want) {
			t.Errorf("no metric %s", want)
		}
	}
	if slices.Contains(names, "sandbox_failures_total") {
		t.Error("a file that is no picture was counted as a failure of the reader")
	}
}

func near(got uint32, want int) (far bool) {
	d := int(got>>8) - want
	return d < -4 || d > 4
}

// TestRungTwice: the same task, other tasks for the same document, and two
// workers give one report.
func TestRungTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.receive(t, "a picture")
	for range 3 {
		w.enqueue(t, d)
	}
	for i := range 10 {
		if err := w.enqueuer.enqueue(t.Context(), d.ID, 1, fmt.Sprintf("another name %d", i)); err != nil {
			t.Fatal(err)
		}
	}
	if info, err := asynq.NewInspectorFromRedisClient(w.redis).GetQueueInfo(Queue); err != nil || info.Pending != 11 {
		t.Fatalf("%+v tasks wait: %v", info, err)
	}
	run(t, w.config())
	other := w.config()
	other.Name = "worker-2"
	run(t, other)
	w.await(t, d.ID)
	w.drained(t)
	if n := w.reports(t, d.ID); n != 1 {
		t.Errorf("%d reports", n)
	}
}

// drained waits until the queue has nothing to do.
func (w *world) drained(t *testing.T) {
	t.Helper()
	in := asynq.NewInspectorFromRedisClient(w.redis)
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if info, err := in.GetQueueInfo(Queue); err == nil && info.Size == 0 {
			return
		}
	}
	t.Fatal("the queue does not empty")
}

// TestEmptiedRedis: FLUSHALL with work pending loses no document.
func TestEmptiedRedis(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var docs []pipeline.Document
	for i := range 12 {
		d := w.receive(t, fmt.Sprintf("picture %d", i))
		w.enqueue(t, d)
		docs = append(docs, d)
	}
	cfg := w.config()
	cfg.SweepEvery = 500 * time.Millisecond
	run(t, cfg)
	w.await(t, docs[0].ID)
	if err := w.redis.FlushAll(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	late := w.receive(t, "one more") // nobody rings for it
	start := time.Now()
	for _, d := range append(docs, late) {
		w.await(t, d.ID)
	}
	if took := time.Since(start); took > cfg.SweepEvery+5*time.Second {
		t.Errorf("it took %s", took)
	}
	for _, d := range docs {
		if n := w.reports(t, d.ID); n != 1 {
			t.Errorf("document %s has %d reports", d.ID, n)
		}
	}
}

// TestWorkerDied: a claim whose worker died is taken over when its lease ends.
func TestWorkerDied(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.receive(t, "a picture")
	now := time.Now()
	if _, err := w.documents.Claim(t.Context(), d.ID, "dead", now, now.Add(300*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	cfg := w.config()
	cfg.SweepEvery = 200 * time.Millisecond
	run(t, cfg)
	if got := w.await(t, d.ID); got.Attempt != 2 || got.Outcome.Problem != pipeline.ProblemCorrupt {
		t.Errorf("attempt %d, %q", got.Attempt, got.Outcome.Problem)
	}
}

// TestPoison: a document that three workers died of goes to a person without a
// fourth one.
func TestPoison(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.receive(t, "a picture")
	now := time.Now()
	for i := range 3 {
		at := now.Add(time.Duration(i-3) * time.Second)
		if _, err := w.documents.Claim(t.Context(), d.ID, "dead", at, at.Add(time.Millisecond)); err != nil {
			t.Fatal(err)
		}
	}
	cfg := w.config()
	cfg.Screener = screenFunc(func(context.Context, pipeline.Job) (pipeline.ScreenResult, error) {
		t.Error("it was read once more")
		return pipeline.ScreenResult{}, errors.New("no")
	})
	cfg.SweepEvery = 200 * time.Millisecond
	run(t, cfg)
	if got := w.await(t, d.ID); got.Outcome.Problem != pipeline.ProblemReaderCrash {
		t.Errorf("ended with %q", got.Outcome.Problem)
	}
}

// TestReaderCrashes: the child dies, the worker does not, and the document has
// its report at once.
func TestReaderCrashes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	run(t, w.config())
	crash, good := w.receive(t, "crash, please"), w.receive(t, "a picture")
	w.enqueue(t, crash)
	w.enqueue(t, good)
	if got := w.await(t, crash.ID); got.Outcome.Problem != pipeline.ProblemReaderCrash || got.Attempt != 1 {
		t.Errorf("ended with %q at attempt %d", got.Outcome.Problem, got.Attempt)
	}
	if got := w.await(t, good.ID); got.Outcome.Problem != pipeline.ProblemCorrupt {
		t.Errorf("the next one ended with %q", got.Outcome.Problem)
	}
}

// TestOriginals that are missing or changed are said to be, after three tries.
func TestOriginals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cfg := w.config()
	cfg.SweepEvery = 200 * time.Millisecond
	gone, changed := w.receive(t, "a picture"), w.receive(t, "a changed picture")
	cfg.Blobs = lossy{w.blobs, gone.Digest, changed.Digest}
	run(t, cfg)
	if got := w.await(t, gone.ID); got.Outcome.Problem != pipeline.ProblemOriginalGone || got.Attempt != maxAttempts {
		t.Errorf("ended with %q at attempt %d", got.Outcome.Problem, got.Attempt)
	}
	if got := w.await(t, changed.ID); got.Outcome.Problem != pipeline.ProblemOriginalDiff {
		t.Errorf("ended with %q", got.Outcome.Problem)
	}
}

// lossy is a store that has lost one blob and damaged another.
type lossy struct {
	pipeline.Blobs
	gone, changed pipeline.Digest
}

func (l lossy) Get(ctx context.Context, kind pipeline.BlobKind, d pipeline.Digest) (io.ReadCloser, int64, error) {
	if d == l.gone {
		return nil, 0, pipeline.ErrNotFound
	}
	body, size, err := l.Blobs.Get(ctx, kind, d)
	if err == nil && d == l.changed {
		body.Close()
		body = io.NopCloser(strings.NewReader(strings.Repeat("x", int(size))))
	}
	return body, size, err
}

type screenFunc func(context.Context, pipeline.Job) (pipeline.ScreenResult, error)

func (f screenFunc) Screen(ctx context.Context, j pipeline.Job) (pipeline.ScreenResult, error) {
	return f(ctx, j)
}

// TestStoreIsDown: an outage is no fault of the document, however long it is.
func TestStoreIsDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	down := &flaky{Blobs: w.blobs}
	down.left.Store(6)
	cfg := w.config()
	cfg.Blobs, cfg.SweepEvery = down, 100*time.Millisecond
	d := w.receive(t, "a picture")
	run(t, cfg)
	if got := w.await(t, d.ID); got.Outcome.Problem != pipeline.ProblemCorrupt || got.Attempt != 7 {
		t.Errorf("ended with %q at attempt %d", got.Outcome.Problem, got.Attempt)
	}
}

// flaky is a store that fails some times.
type flaky struct {
	pipeline.Blobs
	left atomic.Int64
}

func (f *flaky) Get(ctx context.Context, kind pipeline.BlobKind, d pipeline.Digest) (io.ReadCloser, int64, error) {
	if f.left.Add(-1) >= 0 {
		return nil, 0, errors.New("the store is down")
	}
	return f.Blobs.Get(ctx, kind, d)
}

// TestDrain: a worker that is told to stop finishes what it has begun.
func TestDrain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	begun := make(chan struct{})
	cfg := w.config()
	cfg.Screener = screenFunc(func(ctx context.Context, j pipeline.Job) (pipeline.ScreenResult, error) {
		close(begun)
		select {
		case <-time.After(500 * time.Millisecond):
		case <-ctx.Done():
		}
		return w.pool.Screen(ctx, j)
	})
	stop := run(t, cfg)
	d := w.receive(t, "a picture")
	w.enqueue(t, d)
	<-begun
	stop()
	got, err := w.documents.Find(t.Context(), d.ID)
	if err != nil || got.State != pipeline.StateScreened {
		t.Errorf("it is %s after the worker has stopped: %v", got.State, err)
	}
}

// TestForgedTasks change nothing and end.
func TestForgedTasks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	client := asynq.NewClientFromRedisClient(w.redis)
	for _, payload := range []string{"", "{", "null", `{"document_id":"../../etc"}`, `{"document_id":"TSD-0000-0000"}`} {
		if _, err := client.EnqueueContext(t.Context(), asynq.NewTask(taskScreen, []byte(payload)), asynq.Queue(Queue)); err != nil {
			t.Fatal(err)
		}
	}
	run(t, w.config())
	w.drained(t)
	if counts, err := w.documents.Counts(t.Context()); err != nil || len(counts) != 0 {
		t.Errorf("documents: %v, %v", counts, err)
	}
}

// TestNoPersonalDataInRedis looks for the file's name and the uploader in
// everything that Redis holds.
func TestNoPersonalDataInRedis(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.receive(t, "a picture")
	w.enqueue(t, d)
	keys, err := w.redis.Keys(t.Context(), "*").Result()
	if err != nil || len(keys) == 0 {
		t.Fatalf("%d keys: %v", len(keys), err)
	}
	for _, k := range keys {
		dump, err := w.redis.Dump(t.Context(), k).Result()
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{d.FileName, d.UploadedBy, d.Encounter} {
			if strings.Contains(k+dump, secret) {
				t.Errorf("key %q holds %q", k, secret)
			}
		}
	}
}

func TestSweepNames(t *testing.T) {
	s := &sweeper{cfg: Config{SweepEvery: 10 * time.Second}}
	t0 := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	d := pipeline.Document{ID: "TSD-0000-0001", State: pipeline.StateReceived, ReceivedAt: t0}
	at := func(seconds int) string { return s.name(d, 1, t0.Add(time.Duration(seconds)*time.Second)) }
	if at(5) != taskID(d.ID, 1) {
		t.Errorf("a new document is rung for as %q", at(5))
	}
	if at(15) == at(5) || at(25) == at(15) {
		t.Error("a stuck task blocks the next sweep")
	}
	if at(105) != at(95) || at(165) == at(155) {
		t.Errorf("a document in a long queue is rung for as %q, %q, %q and %q", at(95), at(105), at(155), at(165))
	}
}

func TestRunRefuses(t *testing.T) {
	good := Config{Concurrency: 1, Name: "w", SweepEvery: time.Second, Lease: time.Minute, Registry: prometheus.NewRegistry()}
	for name, change := range map[string]func(c *Config){
		"no name":        func(c *Config) { c.Name = "" },
		"no concurrency": func(c *Config) { c.Concurrency = 0 },
		"no sweep":       func(c *Config) { c.SweepEvery = 0 },
		"short lease":    func(c *Config) { c.Lease = time.Second },
	} {
		cfg := good
		change(&cfg)
		if err := Run(t.Context(), cfg); err == nil {
			t.Errorf("%s: it runs", name)
		}
	}
}
