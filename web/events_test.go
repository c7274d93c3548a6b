package web

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"touchstone.internal/pipeline"
)

// swappedBlobs is a store that gives something else than it was asked for.
type swappedBlobs struct {
	pipeline.Blobs
	give pipeline.Digest
}

func (s *swappedBlobs) Get(ctx context.Context, kind pipeline.BlobKind, d pipeline.Digest) (io.ReadCloser, int64, error) {
	if s.give != "" {
		d = s.give
	}
	return s.Blobs.Get(ctx, kind, d)
}

// listener is one open event stream.
type listener struct {
	resp   *http.Response
	lines  *bufio.Reader
	cancel context.CancelFunc
}

// listen opens a stream, after the given last event.
func (b *browser) listen(id pipeline.DocumentID, last string) *listener {
	b.t.Helper()
	ctx, cancel := context.WithCancel(b.t.Context())
	b.t.Cleanup(cancel)
	req := b.request("GET", "/documents/"+string(id)+"/events", nil).WithContext(ctx)
	req.Header.Set("Accept", "text/event-stream")
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	resp, err := b.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { resp.Body.Close() })
	return &listener{resp, bufio.NewReader(resp.Body), cancel}
}

// next gives the next event as "id data"; "end" if the stream has ended.
func (l *listener) next(t *testing.T) string {
	t.Helper()
	var id string
	for {
		line, err := l.lines.ReadString('\n')
		if err != nil {
			return "end"
		}
		if s, ok := strings.CutPrefix(line, "id: "); ok {
			id = strings.TrimSpace(s)
		}
		if s, ok := strings.CutPrefix(line, "data: "); ok {
			return id + " " + strings.TrimSpace(s)
		}
	}
}

func (l *listener) want(t *testing.T, event string) {
	t.Helper()
	if got := l.next(t); got != event {
		t.Errorf("got %q; want %q", got, event)
	}
}

// The events of a document that is alone.
const (
	isReceived  = `1 {"state":"received","conclusion":"","waiting":1}`
	isScreening = `2 {"state":"screening","conclusion":"","waiting":0}`
	isScreened  = `3 {"state":"screened","conclusion":"could_not_check","waiting":0}`
)

// TestEvents follows a document from its receipt to its outcome.
func TestEvents(t *testing.T) {
	w := newWorld(t)
	d := w.receive(t, officer)
	b := w.as(t, officer)
	l := b.listen(d.ID, "")
	if l.resp.Header.Get("Content-Type") != "text/event-stream" || l.resp.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v", l.resp.Header)
	}
	l.want(t, isReceived)
	w.screen(t, d.ID)
	if got := l.next(t); !strings.HasPrefix(got, `2 {"state":"screening"`) { // whether or not the poll fell between claim and finish
		t.Errorf("got %q", got)
	}
	l.want(t, isScreened)
	l.want(t, "end")
	l = b.listen(d.ID, "1") // the connection broke before the outcome
	l.want(t, isScreening)
	l.want(t, isScreened)
	l.want(t, "end")
	if a := b.listen(d.ID, "3"); a.resp.StatusCode != http.StatusNoContent {
		t.Errorf("a browser that has seen everything is not sent away: %d", a.resp.StatusCode)
	}
	for _, last := range []string{"nonsense", "-7", "0"} {
		b.listen(d.ID, last).want(t, isScreened)
	}
	if !w.streamsEnd() {
		t.Error("streams are still open")
	}
}

// streamsEnd waits a moment for the last stream to end.
func (w *world) streamsEnd() bool {
	for end := time.Now().Add(3 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if w.desk.server.streams.taken() == 0 {
			return true
		}
	}
	return false
}

// TestEventsAgain: who comes back is not told again what it knows.
func TestEventsAgain(t *testing.T) {
	w := newWorld(t)
	d := w.receive(t, officer)
	l := w.as(t, officer).listen(d.ID, "1")
	if _, err := w.db.Claim(t.Context(), d.ID, "worker-1", time.Now(), time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if got := l.next(t); !strings.HasPrefix(got, `2 {"state":"screening"`) {
		t.Errorf("got %q", got)
	}
}

// TestEventsReplay: who comes back is told every state that it missed, under
// numbers that grow, whichever desk it asks.
func TestEventsReplay(t *testing.T) {
	w := newWorld(t)
	d := w.receive(t, officer)
	now := time.Now()
	claimed, err := w.db.Claim(t.Context(), d.ID, "worker-1", now, now.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.db.Release(t.Context(), claimed); err != nil {
		t.Fatal(err)
	}
	w.screen(t, d.ID)
	l := w.as(t, officer).listen(d.ID, "1")
	l.want(t, isScreening)
	l.want(t, `3 {"state":"received","conclusion":"","waiting":0}`)
	l.want(t, `4 {"state":"screening","conclusion":"","waiting":0}`)
	l.want(t, `5 {"state":"screened","conclusion":"could_not_check","waiting":0}`)
	l.want(t, "end")
}

// TestEventsLeft: a page that is closed frees its stream, and so does a server
// that stops.
func TestEventsLeft(t *testing.T) {
	w := newWorld(t)
	d := w.receive(t, officer)
	b := w.as(t, officer)
	l := b.listen(d.ID, "")
	l.want(t, isReceived)
	l.cancel()
	if !w.streamsEnd() {
		t.Fatal("the stream of a closed page stays open")
	}
	var open []*listener
	for range maxStreamsEach {
		l := b.listen(d.ID, "")
		l.want(t, isReceived)
		open = append(open, l)
	}
	if l := b.listen(d.ID, ""); l.resp.StatusCode != http.StatusTooManyRequests {
		t.Errorf("one stream more: %d", l.resp.StatusCode)
	}
	if l := w.as(t, reviewer).listen(d.ID, ""); l.resp.StatusCode != http.StatusOK {
		t.Errorf("another account: %d", l.resp.StatusCode)
	}
	start := time.Now()
	w.desk.Stop()
	w.desk.Stop()
	for _, l := range open {
		l.want(t, "end")
	}
	if !w.streamsEnd() || time.Since(start) > time.Second {
		t.Errorf("streams ended %s after the server was stopped", time.Since(start))
	}
}

// stillDocuments is a record in which nothing moves.
type stillDocuments struct {
	pipeline.Documents
	d pipeline.Document
}

func (s stillDocuments) Find(context.Context, pipeline.DocumentID) (pipeline.Document, error) {
	return s.d, nil
}

func (s stillDocuments) Counts(context.Context) (map[pipeline.State]int, error) {
	return map[pipeline.State]int{pipeline.StateReceived: 4}, nil
}

// lineWriter keeps what a stream sends.
type lineWriter struct {
	mu    sync.Mutex
	lines []string
}

func (w *lineWriter) Header() http.Header { return http.Header{} }
func (w *lineWriter) WriteHeader(int)     {}
func (w *lineWriter) Flush()              {}

// SetReadDeadline and SetWriteDeadline do nothing: there is no connection.
func (w *lineWriter) SetReadDeadline(time.Time) error  { return nil }
func (w *lineWriter) SetWriteDeadline(time.Time) error { return nil }

func (w *lineWriter) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines = append(w.lines, strings.TrimSpace(string(b)))
	return len(b), nil
}

// stillAccounts is one account that nothing happens to until it is locked.
type stillAccounts struct {
	pipeline.Accounts
	locked time.Time
}

func (a stillAccounts) FindAccount(context.Context, string) (pipeline.Account, error) {
	return pipeline.Account{LockedAt: a.locked}, nil
}

// TestHeartbeat: while nothing happens a comment comes every 15 seconds, and
// the stream ends after five minutes, so that the browser signs in again.
func TestHeartbeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{streams: newQuota(1, 1), stopping: make(chan struct{})}
		s.Now = time.Now
		d := pipeline.Document{ID: "TSD-0000-0000", State: pipeline.StateReceived}
		s.Documents, s.Accounts = stillDocuments{d: d}, stillAccounts{}
		lw := &lineWriter{}
		st := &stream{w: lw, c: http.NewResponseController(lw), now: time.Now}
		ctx, cancel := context.WithTimeout(t.Context(), streamFor)
		defer cancel()
		start := time.Now()
		s.follow(ctx, st, d)
		if took := time.Since(start); took != streamFor {
			t.Errorf("it ended after %s", took)
		}
		beats := 0
		for _, l := range lw.lines {
			if l == ": still here" {
				beats++
			}
		}
		if beats < 19 || beats > 20 || len(lw.lines) != beats+1 {
			t.Errorf("%d beats in %d lines", beats, len(lw.lines))
		}
	})
}

// TestStreamEndsWithTheSession: within a few seconds.
func TestStreamEndsWithTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{streams: newQuota(1, 1), stopping: make(chan struct{})}
		s.Now = time.Now
		d := pipeline.Document{ID: "TSD-0000-0000", State: pipeline.StateReceived}
		s.Documents, s.Accounts = stillDocuments{d: d}, stillAccounts{locked: time.Unix(1, 0)}
		lw := &lineWriter{}
		start := time.Now()
		s.follow(t.Context(), &stream{w: lw, c: http.NewResponseController(lw), now: time.Now}, d)
		if took := time.Since(start); took > askAgain {
			t.Errorf("a locked account goes on watching for %s", took)
		}
	})
}

// TestEventIDs: on any way that a document can take the numbers grow.
func TestEventIDs(t *testing.T) {
	last := 0
	for attempt := range 4 {
		for _, d := range []pipeline.Document{
			{State: pipeline.StateScreening, Attempt: attempt}, {State: pipeline.StateReceived, Attempt: attempt},
		} {
			if attempt == 0 && d.State == pipeline.StateScreening {
				continue
			}
			if id := eventID(d); id <= last {
				t.Errorf("%s after %d attempts is %d, after %d", d.State, attempt, id, last)
			} else {
				last = id
			}
		}
		if id := eventID(pipeline.Document{State: pipeline.StateScreened, Attempt: attempt}); id < last {
			t.Errorf("screened after %d attempts is %d, after %d", attempt, id, last)
		}
	}
}

// TestWait: an upload that waits gets the outcome as soon as there is one, and
// the document as it is when the time is over.
func TestWait(t *testing.T) {
	w := newWorld(t)
	b := w.curl(t, officer)
	done := make(chan answer)
	go func() {
		done <- b.send("/api/v1/documents", filled(part{"file", "a.jpg", picture()}), "Prefer", "wait=20")
	}()
	var docs []pipeline.Document
	for len(docs) == 0 {
		time.Sleep(20 * time.Millisecond)
		docs, _ = w.db.List(t.Context(), pipeline.DocumentFilter{})
	}
	w.screen(t, docs[0].ID)
	a := <-done
	d := decode[documentBody](t, a.body)
	if a.status != http.StatusOK || d.Outcome == nil || d.State != pipeline.StateScreened || a.header.Get("Preference-Applied") != "wait=20" {
		t.Errorf("%d %s", a.status, a.body)
	}
	start := time.Now()
	a = b.send("/api/v1/documents", filled(part{"file", "a.jpg", picture()}), "Prefer", "respond-async, wait=1")
	if took := time.Since(start); a.status != http.StatusCreated || took < time.Second || took > 3*time.Second || decode[documentBody](t, a.body).Outcome != nil {
		t.Errorf("%d after %s: %s", a.status, took, a.body)
	}
}

func TestPreferredWait(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"wait=5": 5 * time.Second, "respond-async, wait=7": 7 * time.Second, "WAIT = 3": 3 * time.Second, `wait="4"`: 4 * time.Second, "wait=99999999999999999999": 0,
		"wait=300": maxWait, "wait=0": 0, "wait=-1": 0, "wait": 0, "waiting=3": 0, "": 0,
	} {
		if got := preferredWait([]string{in}); got != want {
			t.Errorf("preferredWait(%q) = %s; want %s", in, got, want)
		}
	}
}
