package web

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

// A client has to send this much: a grace for slow starts, then 16 kB a
// second.
const (
	sendGrace = 20 * time.Second
	sendRate  = 16 << 10
)

// pacedBody reads the body of a request and moves the deadline of the
// connection on with every byte that came, so that sending slowly is bounded
// and sending much is not.
type pacedBody struct {
	r        io.Reader
	deadline func(time.Time) error
	start    time.Time
	read     int64
	moved    int64 // what had been read when the deadline was last moved
	err      error // why reading ended
}

func (s *server) newPacedBody(w http.ResponseWriter, r *http.Request) *pacedBody {
	p := &pacedBody{r: r.Body, deadline: http.NewResponseController(w).SetReadDeadline, start: s.Now()}
	_ = p.deadline(p.start.Add(sendGrace)) // a writer without deadlines is one of a test
	return p
}

func (p *pacedBody) Read(b []byte) (int, error) {
	if p.read-p.moved >= sendRate {
		p.moved = p.read
		_ = p.deadline(p.start.Add(sendGrace + time.Duration(p.read)*time.Second/sendRate))
	}
	n, err := p.r.Read(b)
	p.read += int64(n)
	if err != nil {
		p.err = err
	}
	return n, err
}

// release lifts the deadline: what follows does not wait for the client, and
// net/http would take a deadline that passes for a client that has gone.
func (p *pacedBody) release() { _ = p.deadline(time.Time{}) }

// abandon ends reading at once: somebody else goes on.
func (p *pacedBody) abandon() { _ = p.deadline(p.start) }

// slow tells whether reading ended because the client sent too slowly.
func (p *pacedBody) slow() bool { return errors.Is(p.err, os.ErrDeadlineExceeded) }

// errGate says that more came than was let through.
var errGate = errors.New("more than may come")

// gate lets so many bytes through, and so many in all.
type gate struct {
	r           io.Reader
	left, total int64
}

func (g *gate) Read(b []byte) (int, error) {
	most := min(g.left, g.total)
	if most <= 0 {
		return 0, errGate
	}
	if int64(len(b)) > most {
		b = b[:most]
	}
	n, err := g.r.Read(b)
	g.left -= int64(n)
	g.total -= int64(n)
	return n, err
}

// What is still read of a body after its answer. A client that is cut off
// while it sends may lose the answer: browsers and curl read it when the
// connection ends in order.
const (
	drainBytes = 32 << 20
	drainTime  = 10 * time.Second
	// drainSmall is what net/http reads by itself.
	drainSmall = 256 << 10
)

// drain answers at once a request whose body nobody wants to hear to its end,
// and reads a bounded part of the rest.
func (s *server) drain(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body == nil || r.Body == http.NoBody || r.ContentLength >= 0 && r.ContentLength <= drainSmall {
			next.ServeHTTP(w, r)
			return
		}
		body := &endedBody{ReadCloser: r.Body}
		r.Body = body
		next.ServeHTTP(&closingWriter{ResponseWriter: w, body: body}, r)
		if body.ended || !body.begun && r.Header.Get("Expect") != "" { // it asked first, and will not send
			return
		}
		c := http.NewResponseController(w)
		if c.Flush() == nil && c.SetReadDeadline(s.Now().Add(drainTime)) == nil {
			_, _ = io.CopyN(io.Discard, body, drainBytes) // however it ends, the answer is out
		}
	})
}

// endedBody knows whether it was read to its end.
type endedBody struct {
	io.ReadCloser
	begun, ended bool
}

func (b *endedBody) Read(p []byte) (int, error) {
	b.begun = true
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.ended = true
	}
	return n, err
}

// closingWriter tells the client that the connection ends with an answer that
// did not wait for the whole body.
type closingWriter struct {
	http.ResponseWriter
	body *endedBody
}

func (w *closingWriter) WriteHeader(status int) {
	if !w.body.ended {
		w.Header().Set("Connection", "close")
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *closingWriter) Write(b []byte) (int, error) {
	if !w.body.ended && w.Header().Get("Connection") == "" {
		w.Header().Set("Connection", "close")
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *closingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
