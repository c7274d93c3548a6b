package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"touchstone.internal/pipeline"
)

// Limits of event streams.
const (
	maxStreams     = 1000
	maxStreamsEach = 8
	// streamFor is when a stream ends, so that the browser asks again and is
	// asked again who it is.
	streamFor = 5 * time.Minute
	// heartbeat keeps what stands between from closing a quiet connection.
	heartbeat = 15 * time.Second
	// pollEvery is how often one stream asks the database while there are
	// pollFew of them; more of them ask less often.
	pollEvery = 200 * time.Millisecond
	pollFew   = 50
	// askAgain is how often a stream asks whether its account may still see it.
	askAgain = 3 * time.Second
	// eventWithin is how long a client may take to accept one event.
	eventWithin = 10 * time.Second
)

// stateEvent is what a page that waits is told. It names nobody.
type stateEvent struct {
	State      pipeline.State      `json:"state"`
	Conclusion pipeline.Conclusion `json:"conclusion"`
	Waiting    int                 `json:"waiting"` // documents that wait for a worker
}

// eventID numbers the states of a document on its one way: received 1,
// screening 2, given back 3, screening again 4, screened 5. It follows from the
// record alone, so every desk gives the same number.
func eventID(d pipeline.Document) int {
	if d.State == pipeline.StateScreening {
		return 2 * d.Attempt
	}
	return 2*d.Attempt + 1
}

// events tells a page how far its document is, until it is screened. A client
// that comes back says what it saw last and is told what it missed: of states,
// the newest says it all.
func (s *server) events(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	d, err := s.find(r.Context(), r.PathValue("id"), "events")
	if err != nil {
		return err
	}
	last, err := strconv.Atoi(r.Header.Get("Last-Event-ID"))
	if err != nil || last < 0 {
		last = 0
	}
	if d.State == pipeline.StateScreened && last >= eventID(d) {
		w.WriteHeader(http.StatusNoContent) // tells the browser not to come back
		return nil
	}
	if !s.streams.take(who.Name) {
		return problemTooMany("Too many pages wait for a result at once. Close some, or reload this one by hand")
	}
	defer s.streams.give(who.Name)
	st := &stream{w: w, c: http.NewResponseController(w), now: s.Now, last: last}
	if err := st.begin(); err != nil {
		return fmt.Errorf("begin event stream: %w", err)
	}
	ctx, cancel := context.WithTimeout(r.Context(), streamFor)
	defer cancel()
	s.follow(ctx, st, d)
	return nil
}

// follow sends what changes until the document is screened, the client goes
// away or the server stops.
func (s *server) follow(ctx context.Context, st *stream, d pipeline.Document) {
	beat, ask := time.NewTicker(heartbeat), time.NewTicker(askAgain)
	defer beat.Stop()
	defer ask.Stop()
	for {
		waiting := 0
		var err error
		if d.State != pipeline.StateScreened {
			waiting, err = s.waitingNow(ctx)
		}
		shown := []pipeline.Document{d}
		if err == nil {
			err = s.unfold(ctx, shown)
		}
		if err != nil || st.send(shown[0], waiting) != nil || d.State == pipeline.StateScreened {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-s.stopping:
			return
		case <-beat.C:
			if st.beat() != nil {
				return
			}
		case <-ask.C:
			if !s.stillIn(ctx) {
				return
			}
		case <-time.After(s.pollEvery()):
		}
		if d, err = s.Documents.Find(ctx, d.ID); err != nil {
			return // the browser comes back by itself
		}
	}
}

// stillIn tells whether nothing has happened to the account since the request
// began that ends its sessions.
func (s *server) stillIn(ctx context.Context) bool {
	who := infoOf(ctx).who
	now, err := s.Accounts.FindAccount(ctx, who.Name)
	return err == nil && now.Epoch == who.Epoch && !now.Locked()
}

// pollEvery keeps the load of many streams that of a few.
func (s *server) pollEvery() time.Duration {
	return pollEvery * time.Duration(1+s.streams.taken()/pollFew)
}

// stream is one open event stream.
type stream struct {
	w    http.ResponseWriter
	c    *http.ResponseController
	now  func() time.Time
	last int // number of the last event that the client has
	sent stateEvent
}

// begin sends the header and says when to come back.
func (st *stream) begin() error {
	h := st.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // nginx would wait for more
	// The deadline for reading the request would end the stream.
	if err := st.c.SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	st.w.WriteHeader(http.StatusOK)
	return st.write("retry: 1000\n\n")
}

// send writes what the client does not know yet: every state that the document
// has been in since the last one that it saw, each under its number. A count of
// those who wait is no state and has none.
func (st *stream) send(d pipeline.Document, waiting int) error {
	now := stateEvent{State: d.State, Conclusion: d.Outcome.Conclusion, Waiting: waiting}
	id := eventID(d)
	if st.last == 0 { // a page that was just opened shows the state that it was opened in
		st.last = id - 1
	}
	for ; st.last < id-1; st.last++ {
		if err := st.event(st.last+1, stateEvent{State: stateAt(st.last + 1)}); err != nil {
			return err
		}
	}
	known := st.last >= id
	if known && (now == st.sent || st.sent == (stateEvent{})) {
		st.sent = now
		return nil
	}
	st.sent, st.last = now, max(id, st.last)
	if known {
		id = 0
	}
	return st.event(id, now)
}

// stateAt is the state with a number that is not the last one; see eventID.
func stateAt(id int) pipeline.State {
	if id%2 == 0 {
		return pipeline.StateScreening
	}
	return pipeline.StateReceived
}

// event writes one event; without a number it leaves that of the client as it is.
func (st *stream) event(id int, e stateEvent) error {
	b, err := json.Marshal(e)
	if err != nil {
		return err
	}
	number := ""
	if id > 0 {
		number = fmt.Sprintf("id: %d\n", id)
	}
	return st.write(fmt.Sprintf("%sevent: state\ndata: %s\n\n", number, b))
}

func (st *stream) beat() error { return st.write(": still here\n\n") }

func (st *stream) write(s string) error {
	if err := st.c.SetWriteDeadline(st.now().Add(eventWithin)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := st.w.Write([]byte(s)); err != nil { //nolint:gosec // text/event-stream, of values of our own
		return err
	}
	return st.c.Flush()
}
