package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"

	"touchstone.internal/pipeline"
)

// idempotencyKey is what a client may choose.
var idempotencyKey = regexp.MustCompile(`^[\x21-\x7e]{1,128}$`)

// once does what a client sends again under the same Idempotency-Key one time
// alone, and answers as it was answered first. A request by which nothing was
// done may be mended and sent under its key again.
//
// Some routes need a key: those where a request that is sent twice, since its
// answer was lost, would make two things that nobody could tell apart. Elsewhere
// the record is its own key: the bytes of a document, the name of an account, who
// decided.
func (s *server) once(h handler, keyed bool) handler {
	return func(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
		keys := r.Header.Values("Idempotency-Key")
		if len(keys) == 0 && keyed {
			return problemNoKey()
		}
		if len(keys) == 0 {
			return h(w, r, who)
		}
		if len(keys) > 1 || !idempotencyKey.MatchString(keys[0]) {
			return problemInvalid([]fieldError{{"/Idempotency-Key", "The key must be one of 1 to 128 characters without spaces, for example a UUID"}})
		}
		mine := pipeline.Replay{Account: who.Name, Key: keys[0], BegunAt: s.Now().UTC()}
		before, first, err := s.Replays.BeginReplay(r.Context(), mine)
		switch {
		case err != nil:
			return err
		case first:
			return s.first(w, r, mine, h)
		case before.Status == 0:
			return problemUnderWay()
		}
		return s.replay(w, r, before)
	}
}

// first answers a request and notes how, also if the client has gone meanwhile.
func (s *server) first(w http.ResponseWriter, r *http.Request, mine pipeline.Replay, h handler) error {
	asked := newAsked(r)
	r.Body = asked
	noted := &notedWriter{ResponseWriter: w}
	err := h(noted, r, infoOf(r.Context()).who)
	ctx := context.WithoutCancel(r.Context())
	if err != nil || noted.status < 200 || noted.status >= 300 {
		return errors.Join(err, s.Replays.DropReplay(ctx, mine))
	}
	if mine.Digest, err = asked.sum(); err != nil {
		return nil //nolint:nilerr // the client broke off: what it asked for is not known, and it has its answer
	}
	mine.Status, mine.Location, mine.Empty = noted.status, w.Header().Get("Location"), !noted.body
	return s.Replays.EndReplay(ctx, mine)
}

// replay answers as the first request was answered.
func (s *server) replay(w http.ResponseWriter, r *http.Request, before pipeline.Replay) error {
	digest, err := newAsked(r).sum()
	if err != nil {
		return problemForm()
	}
	if digest != before.Digest {
		return problemOtherRequest()
	}
	w.Header().Set("Idempotent-Replayed", "true")
	if before.Location != "" {
		w.Header().Set("Location", before.Location)
	}
	if before.Empty {
		w.WriteHeader(before.Status)
		return nil
	}
	where, err := url.Parse(before.Location)
	if err != nil || before.Location == "" {
		return problemOnlyOnce()
	}
	again := r.Clone(r.Context())
	again.Method, again.URL, again.Body, again.Pattern = http.MethodGet, where, http.NoBody, ""
	s.handlers.ServeHTTP(&statusAs{ResponseWriter: w, status: before.Status}, again)
	return nil
}

// asked is the body of a request, which is added up while it is read.
type asked struct {
	io.ReadCloser
	hash hash.Hash
	skip []byte // the boundary of a form, which clients choose anew each time
	tail []byte
}

// newAsked adds up what a request asks for: method, address, type and body.
func newAsked(r *http.Request) *asked {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		kind = ""
	}
	a := &asked{ReadCloser: r.Body, hash: sha256.New(), skip: []byte(params["boundary"])}
	fmt.Fprintf(a.hash, "%s %s %s\n", r.Method, r.URL.RequestURI(), kind)
	return a
}

func (a *asked) Read(p []byte) (int, error) {
	n, err := a.ReadCloser.Read(p)
	a.add(p[:n])
	return n, err
}

// add hashes bytes without the boundary, which may lie across two reads.
func (a *asked) add(p []byte) {
	if len(a.skip) == 0 {
		a.hash.Write(p)
		return
	}
	b := bytes.ReplaceAll(append(a.tail, p...), a.skip, nil)
	keep := min(len(b), len(a.skip)-1)
	a.hash.Write(b[:len(b)-keep])
	a.tail = bytes.Clone(b[len(b)-keep:])
}

// sum reads what is left, up to the largest upload, and gives the digest.
func (a *asked) sum() (pipeline.Digest, error) {
	if _, err := io.Copy(io.Discard, &gate{r: a, left: maxUpload, total: maxUpload}); err != nil {
		return "", err
	}
	a.hash.Write(a.tail)
	return pipeline.DigestOf([sha256.Size]byte(a.hash.Sum(nil))), nil
}

// notedWriter remembers the status of an answer and whether it has a body.
type notedWriter struct {
	http.ResponseWriter
	status int
	body   bool
}

func (w *notedWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *notedWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	w.body = true
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *notedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// statusAs answers with another status than 200.
type statusAs struct {
	http.ResponseWriter
	status int
}

func (w *statusAs) WriteHeader(status int) {
	if status == http.StatusOK {
		status = w.status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusAs) Unwrap() http.ResponseWriter { return w.ResponseWriter }
