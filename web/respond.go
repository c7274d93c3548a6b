package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/page"
)

// screen is a page to show.
type screen struct {
	status int
	name   string
	view   any
}

// show renders a page before the first byte is sent, so that one that breaks
// is not half an answer.
func (s *server) show(w http.ResponseWriter, r *http.Request, sc screen) {
	info := infoOf(r.Context())
	shell := page.Shell{
		Account: info.who, Path: r.URL.Path, Version: s.Version, Now: s.Now(), Request: info.id,
		Next: returnAddress(r), Theme: themeOf(r), Print: r.URL.Query().Get("print") == "1",
	}
	var b bytes.Buffer
	if err := s.pages.Render(&b, sc.name, shell, sc.view); err != nil {
		s.Log.ErrorContext(r.Context(), "page_broken", slog.String("request_id", info.id), slog.String("page", sc.name),
			slog.String("kind", fmt.Sprintf("%T", err))) // its text may quote the view
		http.Error(w, problemInternal().detail+". Quote "+info.id, http.StatusInternalServerError)
		return
	}
	s.compress(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(sc.status)
		_, _ = b.WriteTo(w) // the client went away: nobody to tell
	})).ServeHTTP(w, r)
}

// writeJSON answers with a value of one of our own types.
func (s *server) writeJSON(w http.ResponseWriter, r *http.Request, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		s.Log.ErrorContext(r.Context(), "answer_broken", slog.String("request_id", infoOf(r.Context()).id))
		http.Error(w, problemInternal().detail, http.StatusInternalServerError)
		return
	}
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(status)
	_, _ = w.Write(append(b, '\n')) // the client went away: nobody to tell
}

// consult records that somebody is about to see something. What it speaks of
// is served only if this succeeds.
func (s *server) consult(ctx context.Context, object, detail string) error {
	return s.audit(ctx, pipeline.AuditEvent{Operation: pipeline.OpConsult, Object: object, Detail: detail})
}

// audit records an event of the account that is signed in.
func (s *server) audit(ctx context.Context, e pipeline.AuditEvent) error {
	who := infoOf(ctx).who
	e.At, e.Actor = s.Now().UTC(), pipeline.Actor{Account: who.Name, Role: who.Role}
	if err := s.Audit.Append(ctx, e); err != nil {
		return fmt.Errorf("record %s of %s: %w", e.Operation, e.Object, err)
	}
	return nil
}

// readJSON reads the body of a request: one JSON object without any field that
// v does not know.
func readJSON(w http.ResponseWriter, r *http.Request, v any) error {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return problemJSONType()
	}
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxSmallForm))
	if _, tooLong := errors.AsType[*http.MaxBytesError](err); tooLong {
		return problemLongBody()
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err != nil || d.Decode(v) != nil {
		return problemJSON() // the error may quote the body
	}
	if _, err := d.Token(); err != io.EOF { // something follows
		return problemJSON()
	}
	return nil
}
