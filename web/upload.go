package web

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/page"
)

// kept is what became of one file: a document, or the reason why not.
type kept struct {
	name      string
	document  pipeline.Document
	duplicate bool
	refused   *problem
}

// keep stores and records every file of a form. A file that could not be
// stored is refused; the others are not held up by it.
func (s *server) keep(ctx context.Context, f *form) ([]kept, error) {
	all := make([]kept, 0, len(f.files))
	for _, a := range f.files {
		if a.refused != nil {
			all = append(all, kept{name: a.name, refused: a.refused})
			continue
		}
		k, err := s.keepOne(ctx, f, a)
		if ctx.Err() != nil {
			return nil, fmt.Errorf("keep upload: %w", ctx.Err())
		}
		if err != nil {
			s.Log.ErrorContext(ctx, "upload_failed", slog.String("request_id", infoOf(ctx).id), slog.String("error", err.Error()))
			name := a.name
			if name == "" {
				name = "The file"
			}
			k = kept{name: a.name, refused: problemFile("upload-failed", name+" could not be uploaded. Try again")}
		}
		all = append(all, k)
	}
	return all, nil
}

// keepOne stores the bytes, then records the document, then reminds a worker.
// In this order a crash leaves bytes that nothing refers to, and never a
// document without its bytes.
func (s *server) keepOne(ctx context.Context, f *form, a arrived) (kept, error) {
	if _, err := a.file.Seek(0, io.SeekStart); err != nil {
		return kept{}, fmt.Errorf("rewind spool file: %w", err)
	}
	if err := s.Blobs.Put(ctx, pipeline.Originals, a.digest, a.file, a.size); err != nil {
		return kept{}, fmt.Errorf("store original: %w", err)
	}
	name := a.name
	if name == "" {
		name = "unnamed"
	}
	d, created, err := s.create(ctx, pipeline.Document{
		Digest: a.digest, Size: a.size, MediaType: a.media, FileName: name, Encounter: f.encounter,
		Capture: pipeline.CaptureClass(f.capture), PageOf: pipeline.DocumentID(f.pageOf), UploadedBy: infoOf(ctx).who.Name, State: pipeline.StateReceived,
	})
	if err != nil {
		return kept{}, err
	}
	if created {
		s.announce(ctx, d)
	} else if err := s.consult(ctx, string(d.ID), "duplicate"); err != nil {
		return kept{}, err
	}
	return kept{name: name, document: d, duplicate: !created}, nil
}

// create records a document under a reference that nobody has yet.
func (s *server) create(ctx context.Context, d pipeline.Document) (pipeline.Document, bool, error) {
	var err error
	for range 5 { // of 10^12 references; once is rare enough
		var random [8]byte
		_, _ = rand.Read(random[:]) // never fails
		d.ID, d.ReceivedAt = pipeline.NewDocumentID(random), s.Now().UTC()
		stored, created, e := s.Documents.Create(ctx, d)
		if !errors.Is(e, pipeline.ErrConflict) {
			return stored, created, e
		}
		err = e
	}
	return pipeline.Document{}, false, err
}

// announce counts a new document, writes its line and reminds a worker. If that
// fails the sweeper does it later.
func (s *server) announce(ctx context.Context, d pipeline.Document) {
	s.metrics.received.WithLabelValues(string(d.Capture)).Inc()
	s.Log.InfoContext(ctx, "received", slog.String("document_id", string(d.ID)), slog.Int64("size", d.Size),
		slog.String("media_type", string(d.MediaType)), slog.String("capture", string(d.Capture)))
	if err := s.Tasks.EnqueueScreen(context.WithoutCancel(ctx), d.ID, 1); err != nil {
		s.Log.WarnContext(ctx, "reminder_failed", slog.String("document_id", string(d.ID)), slog.String("error", err.Error()))
	}
}

// uploadPage shows the form; a link may bring the encounter reference along, or
// the document to which another side is added.
func (s *server) uploadPage(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	q := r.URL.Query()
	view := page.Upload{Encounter: encounterReference(q.Get("encounter"))}
	if !encounterForm.MatchString(view.Encounter) {
		view.Encounter = ""
	}
	if side := q.Get("page_of"); side != "" {
		d, err := s.find(r.Context(), side, "upload")
		if err != nil {
			return err
		}
		if d.UploadedBy != who.Name { // who may read it need not be who adds to it
			return problemNotFound()
		}
		view.PageOf, view.Encounter, view.Capture = &d, d.Encounter, ""
	}
	return s.showUpload(w, r, http.StatusOK, view)
}

// showUpload shows the form with what is known of its encounter, and with what
// the account has not finished.
func (s *server) showUpload(w http.ResponseWriter, r *http.Request, status int, view page.Upload) (err error) {
	ctx := r.Context()
	if encounterForm.MatchString(view.Encounter) {
		if view.Known, err = s.knownEncounter(ctx, view.Encounter); err != nil {
			return err
		}
	}
	if view.Company, err = s.company(ctx, view.Encounter); err != nil {
		return err
	}
	us, err := s.Uploads.ListUploads(ctx, infoOf(ctx).who.Name)
	if err != nil {
		return err
	}
	for _, u := range us {
		arrived, err := s.pieces.size(u.ID)
		if err != nil {
			return err
		}
		if arrived > 0 { // of others nothing would be lost
			view.Unfinished = append(view.Unfinished, page.UnfinishedUpload{Upload: u, Arrived: arrived})
		}
	}
	if view.Unfinished != nil {
		if err := s.consult(ctx, "uploads", "list"); err != nil {
			return err
		}
	}
	s.show(w, r, screen{status, "upload", view})
	return nil
}

// upload takes the form. What was received can be looked at under an address
// of its own, so that going back sends nothing twice; the names of refused
// files stay out of that address, so a list that has some is shown at once.
func (s *server) upload(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	f, err := s.readForm(w, r, who)
	defer f.close()
	if err == nil {
		err = s.correct(r.Context(), f)
	}
	var all []kept
	if err == nil {
		all, err = s.keep(r.Context(), f)
	}
	if err == nil && refusedOf(all) == len(all) {
		err = refusedAll(all)
	}
	if p, ok := errors.AsType[*problem](err); ok && p.errors != nil && !wantsJSON(r) {
		view := page.Upload{Encounter: f.encounter, Capture: f.capture, Errors: pageErrors(p.errors)}
		if head, said, err := s.headOf(r.Context(), f); f.pageOf != "" && err == nil && said == "" {
			view.PageOf = &pipeline.Document{ID: head, Encounter: f.encounter}
		}
		return s.showUpload(w, r, p.kind().Status, view)
	}
	if err != nil {
		return err
	}
	if refusedOf(all) == 0 {
		http.Redirect(w, r, receivedAddress(all), http.StatusSeeOther)
		return nil
	}
	return s.showReceived(w, r, f.encounter, all)
}

// refusedOf counts the files that became no document.
func refusedOf(all []kept) (n int) {
	for _, k := range all {
		if k.refused != nil {
			n++
		}
	}
	return n
}

// refusedAll is the problem of an upload of which nothing was taken. Several
// files have one line each.
func refusedAll(all []kept) error {
	p := *all[0].refused
	p.errors = nil
	for _, k := range all {
		p.errors = append(p.errors, k.refused.errors...)
	}
	return &p
}

// pageErrors are the mistakes as a form shows them, one text for each field.
func pageErrors(errs []fieldError) (out []page.Error) {
	for _, e := range errs {
		out = append(out, page.Error{Field: strings.TrimPrefix(e.Pointer, "/"), Text: e.Detail})
	}
	return out
}

// receivedAddress is where the outcome of an upload is shown. References name
// nobody; those of documents that were there before are told apart.
func receivedAddress(all []kept) string {
	q := url.Values{}
	for _, k := range all {
		key := "id"
		if k.duplicate {
			key = "again"
		}
		q.Add(key, string(k.document.ID))
	}
	return "/upload/received?" + q.Encode()
}

// showReceived shows what became of each file, and where it was seen before.
func (s *server) showReceived(w http.ResponseWriter, r *http.Request, encounter string, all []kept) error {
	v := page.Received{Encounter: encounter}
	for _, k := range all {
		f := page.ReceivedFile{Name: k.name, Document: k.document, Duplicate: k.duplicate}
		if k.refused != nil {
			f.Refused = k.refused.detail
		} else {
			var err error
			if f.Sightings, err = s.sightings(r.Context(), k.document); err != nil {
				return err
			}
			if f.Report, err = s.unchecked(r.Context(), k.document); err != nil {
				return err
			}
		}
		v.Files = append(v.Files, f)
	}
	var err error
	if v.Pairs, err = s.suggest(r.Context(), all); err != nil {
		return err
	}
	if v.Company, err = s.company(r.Context(), encounter); err != nil {
		return err
	}
	s.show(w, r, screen{http.StatusOK, "received", v})
	return nil
}

// unchecked gives the report of a picture that could not be checked, which says
// why; nil of any other.
func (s *server) unchecked(ctx context.Context, d pipeline.Document) (*pipeline.Report, error) {
	if d.Outcome.Conclusion != pipeline.CouldNotCheck {
		return nil, nil //nolint:nilnil // the absence of one is an answer
	}
	r, err := s.Documents.Report(ctx, d.ID)
	return &r, err
}

// received shows what became of an upload.
func (s *server) received(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	q := r.URL.Query()
	ids := append(q["id"], q["again"]...)
	if len(ids) == 0 || len(ids) > maxFiles {
		return problemNoPage()
	}
	var all []kept
	for i, id := range ids {
		d, err := s.find(r.Context(), id, "received")
		if err != nil {
			return err
		}
		all = append(all, kept{name: d.FileName, document: d, duplicate: i >= len(q["id"])})
	}
	return s.showReceived(w, r, all[0].document.Encounter, all)
}
