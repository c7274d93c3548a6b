package web

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"mime"
	"net/http"
	"strconv"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/policy"
)

// Limits of uploads that go piece by piece. What they may take of the disk
// follows: 10 GB in all, 0.8 GB for each account.
const (
	maxUploads     = 500
	maxUploadsEach = 2 * maxFiles
)

// uploadBody is an upload as the API gives it.
type uploadBody struct {
	ID        string              `json:"id"`
	FileName  string              `json:"file_name"`
	Size      int64               `json:"size"`
	Digest    pipeline.Digest     `json:"sha256,omitempty"`
	Offset    int64               `json:"offset"` // bytes that have arrived
	ExpiresAt time.Time           `json:"expires_at"`
	Document  pipeline.DocumentID `json:"document,omitempty"` // what it has become
}

// uploadAnswers are what an upload begins with.
type uploadAnswers struct {
	FileName string `json:"file_name"`
	Size     int64  `json:"size"`
	Digest   string `json:"sha256"`
}

// upload reads the answers, in the words of the form.
func (a uploadAnswers) upload() (u pipeline.Upload, err error) {
	u = pipeline.Upload{FileName: cleanName(a.FileName), Size: a.Size}
	if u.FileName == "" {
		u.FileName = "unnamed"
	}
	switch {
	case a.Size < 0:
		return u, problemInvalid([]fieldError{{"/size", "Give the size of the file in bytes"}})
	case a.Size == 0:
		return u, refusal(pipeline.ProblemEmpty, u.FileName)
	case a.Size > pipeline.MaxUploadBytes:
		return u, refusal(pipeline.ProblemTooBig, u.FileName)
	case a.Digest == "":
		return u, nil
	}
	if u.Digest, err = pipeline.ParseDigest(a.Digest); err != nil {
		return u, problemInvalid([]fieldError{{"/sha256", "Give the SHA-256 of the file as 64 lower case hexadecimal digits, or leave it out"}})
	}
	return u, nil
}

// apiBeginUpload begins an upload. One of the same bytes that is on its way
// already comes back instead.
func (s *server) apiBeginUpload(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	var a uploadAnswers
	if err := readJSON(w, r, &a); err != nil {
		return err
	}
	u, err := a.upload()
	if err != nil {
		return err
	}
	id := rand.Text()
	u.ID, u.Account, u.BegunAt = id, who.Name, s.Now().UTC()
	u.TouchedAt = u.BegunAt
	u, err = s.Uploads.BeginUpload(r.Context(), u, pipeline.UploadLimits{Each: maxUploadsEach, All: maxUploads}, who)
	if errors.Is(err, pipeline.ErrTooMany) {
		return problemTooMany("Too many files are on their way at once. Remove those that you do not need, or finish them first")
	}
	if err != nil {
		return err
	}
	status := http.StatusCreated
	if u.ID != id {
		status = http.StatusOK
	}
	w.Header().Set("Location", "/api/v1/uploads/"+u.ID)
	return s.writeUpload(w, r, status, u)
}

// writeUpload answers with an upload and how far it is.
func (s *server) writeUpload(w http.ResponseWriter, r *http.Request, status int, u pipeline.Upload) error {
	b, err := s.uploadBody(u)
	if err != nil {
		return err
	}
	setOffset(w, b.Offset)
	w.Header().Set("Upload-Length", strconv.FormatInt(u.Size, 10))
	s.writeJSON(w, r, status, b)
	return nil
}

func setOffset(w http.ResponseWriter, n int64) {
	w.Header().Set("Upload-Offset", strconv.FormatInt(n, 10))
}

func (s *server) uploadBody(u pipeline.Upload) (b uploadBody, err error) {
	b = uploadBody{
		ID: u.ID, FileName: u.FileName, Size: u.Size, Digest: u.Digest, Offset: u.Size,
		ExpiresAt: u.TouchedAt.Add(pipeline.UploadTime).UTC(), Document: u.Document,
	}
	if u.Document == "" {
		b.Offset, err = s.pieces.size(u.ID)
	}
	return b, err
}

// findUpload gives an upload of the account. Somebody else's reads like one that
// is not there.
func (s *server) findUpload(ctx context.Context, id string) (u pipeline.Upload, err error) {
	if !uploadID.MatchString(id) {
		return u, problemNoUpload()
	}
	u, err = s.Uploads.FindUpload(ctx, id)
	if err != nil && !errors.Is(err, pipeline.ErrNotFound) {
		return u, err
	}
	if who := infoOf(ctx).who; err != nil || policy.Of(who.Role, policy.Amend) != policy.All && u.Account != who.Name {
		if err := s.consult(ctx, id, "denied"); err != nil {
			return u, err
		}
		return pipeline.Upload{}, problemNoUpload()
	}
	return u, nil
}

// apiUploads lists what the account has not finished.
func (s *server) apiUploads(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	body := struct {
		Data []uploadBody `json:"data"`
	}{[]uploadBody{}}
	if err := s.consult(r.Context(), "uploads", "list"); err != nil {
		return err
	}
	us, err := s.Uploads.ListUploads(r.Context(), who.Name)
	if err != nil {
		return err
	}
	for _, u := range us {
		b, err := s.uploadBody(u)
		if err != nil {
			return err
		}
		body.Data = append(body.Data, b)
	}
	s.writeJSON(w, r, http.StatusOK, body)
	return nil
}

// apiUploadState says how far an upload is: with HEAD in the headers alone.
func (s *server) apiUploadState(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	u, err := s.findUpload(r.Context(), r.PathValue("upload"))
	if err != nil {
		return err
	}
	if err := s.consult(r.Context(), u.ID, "upload"); err != nil {
		return err
	}
	return s.writeUpload(w, r, http.StatusOK, u)
}

// apiUploadPiece takes the next piece. What comes before the line breaks is
// kept, and the header says of every answer how much that is.
func (s *server) apiUploadPiece(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	u, err := s.findUpload(r.Context(), r.PathValue("upload"))
	if err != nil {
		return err
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/offset+octet-stream" {
		return problemPieceType()
	}
	offset, err := strconv.ParseInt(r.Header.Get("Upload-Offset"), 10, 64)
	if err != nil || offset < 0 {
		return problemPieceType()
	}
	body := s.newPacedBody(w, r)
	release, err := s.pieces.hold(r.Context(), u.ID, body.abandon)
	if err != nil {
		return err
	}
	defer release()
	defer body.release()
	if u, err = s.findUpload(r.Context(), u.ID); err != nil { // as it is now that nobody else is at it
		return err
	}
	if u.Document != "" {
		setOffset(w, u.Size)
		return problemOffset()
	}
	arrived, err := s.pieces.add(u, offset, body)
	setOffset(w, arrived)
	if err := s.uploadArrived(r.Context(), u, offset, arrived); err != nil {
		return err
	}
	if _, ok := errors.AsType[*problem](err); ok {
		return err
	}
	if fault, ok := errors.AsType[*spoolError](err); ok {
		return fault
	}
	if body.slow() {
		return problemSlow()
	}
	if err != nil {
		return problemForm() // what broke is not told: the client comes back
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// uploadArrived looks at the first bytes as soon as they are there: what is no
// picture need not travel to its end.
func (s *server) uploadArrived(ctx context.Context, u pipeline.Upload, offset, arrived int64) error {
	ctx = context.WithoutCancel(ctx) // the client may be gone, and the piece is there
	if known := min(u.Size, pipeline.SniffLen); offset < known && arrived >= known {
		head, err := s.pieces.head(u.ID)
		if err != nil {
			return err
		}
		if _, ok := pipeline.Sniff(head); !ok {
			return errors.Join(s.dropUpload(ctx, u), refusal(pipeline.ProblemNotPicture, u.FileName))
		}
	}
	return s.Uploads.TouchUpload(ctx, u.ID, s.Now().UTC())
}

// dropUpload forgets an upload and its bytes.
func (s *server) dropUpload(ctx context.Context, u pipeline.Upload) error {
	if err := s.Uploads.DropUpload(ctx, u.ID, infoOf(ctx).who, s.Now().UTC()); err != nil {
		return err
	}
	return s.pieces.remove(u.ID)
}

// apiDropUpload forgets an upload that is no document.
func (s *server) apiDropUpload(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	if err := s.removeUpload(r); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// dropUploadPage does the same for a form.
func (s *server) dropUploadPage(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	if err := s.removeUpload(r); err != nil {
		return err
	}
	http.Redirect(w, r, "/upload", http.StatusSeeOther)
	return nil
}

// removeUpload waits until nobody adds to an upload, and forgets it.
func (s *server) removeUpload(r *http.Request) error {
	u, err := s.findUpload(r.Context(), r.PathValue("upload"))
	if err != nil {
		return err
	}
	release, err := s.pieces.hold(r.Context(), u.ID, func() {})
	if err != nil {
		return err
	}
	defer release()
	if err := s.dropUpload(r.Context(), u); errors.Is(err, pipeline.ErrNotFound) {
		return problemNoUpload()
	} else if err != nil {
		return err
	}
	return nil
}

// filing are the answers with which an upload becomes a document.
type filing struct {
	Encounter string `json:"encounter"`
	Capture   string `json:"capture"`
	PageOf    string `json:"page_of"`
}

// apiFileUpload makes a document of an upload that is complete. Asked again it
// gives the same document.
func (s *server) apiFileUpload(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	ctx := r.Context()
	u, err := s.findUpload(ctx, r.PathValue("upload"))
	if err != nil {
		return err
	}
	var f filing
	if err := readJSON(w, r, &f); err != nil {
		return err
	}
	release, err := s.pieces.hold(ctx, u.ID, func() {})
	if err != nil {
		return err
	}
	defer release()
	if u, err = s.findUpload(ctx, u.ID); err != nil { // as it is now that nobody else is at it
		return err
	}
	if u.Document != "" {
		return s.filedBefore(w, r, u)
	}
	k, err := s.fileUpload(ctx, u, f)
	if err != nil {
		return err
	}
	return s.writeReceived(w, r, k)
}

// filedBefore answers who asks again, since the first answer may not have come
// through.
func (s *server) filedBefore(w http.ResponseWriter, r *http.Request, u pipeline.Upload) error {
	d, err := s.find(r.Context(), string(u.Document), "document")
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/api/v1/documents/"+string(d.ID))
	s.writeJSON(w, r, http.StatusOK, bodyOf(d))
	return nil
}

// fileUpload keeps the bytes of an upload as a document, and no longer as an
// upload.
func (s *server) fileUpload(ctx context.Context, u pipeline.Upload, answers filing) (k kept, err error) {
	a, err := s.complete(ctx, u)
	if err != nil {
		return k, err
	}
	f := &form{encounter: encounterReference(answers.Encounter), capture: answers.Capture, pageOf: answers.PageOf, files: []arrived{a}}
	defer f.close()
	if err := s.correct(ctx, f); err != nil {
		return k, err
	}
	if k, err = s.keepOne(ctx, f, a); err != nil {
		s.Log.ErrorContext(ctx, "upload_failed", slog.String("request_id", infoOf(ctx).id), slog.String("error", err.Error()))
		return k, problemBroke(u.FileName)
	}
	if err := s.Uploads.FinishUpload(ctx, u.ID, k.document.ID, s.Now().UTC()); err != nil {
		return k, err
	}
	return k, s.pieces.remove(u.ID)
}

// complete opens an upload all of which has come, as it was sent. What is no
// picture is forgotten; what differs from what was sent begins anew.
func (s *server) complete(ctx context.Context, u pipeline.Upload) (a arrived, err error) {
	size, err := s.pieces.size(u.ID)
	if err != nil {
		return a, err
	}
	if size != u.Size {
		return a, &problem{slug: "offset", detail: fmt.Sprintf("%s has not arrived to its end. Send the rest first", u.FileName)}
	}
	a, err = s.whole(u)
	if p, ok := errors.AsType[*problem](err); ok && p.slug == "unsupported-file" {
		return a, errors.Join(s.dropUpload(ctx, u), p)
	}
	if err == nil && u.Digest != "" && a.digest != u.Digest {
		return a, errors.Join(a.file.Close(), s.pieces.remove(u.ID), problemBroke(u.FileName))
	}
	return a, err
}

// tidyEvery is how often what was left behind is looked for.
const tidyEvery = 10 * time.Minute

// Tidy forgets uploads that nobody goes on with, again and again until the desk
// stops.
func (d *Desk) Tidy(ctx context.Context) {
	tick := time.NewTicker(tidyEvery)
	defer tick.Stop()
	for {
		if err := d.server.tidy(ctx); err != nil && ctx.Err() == nil {
			d.server.Log.WarnContext(ctx, "uploads_not_tidied", slog.String("error", err.Error()))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// tidy forgets what has expired, and bytes of which there is no record.
func (s *server) tidy(ctx context.Context) error {
	now := s.Now().UTC()
	gone, err := s.Uploads.ExpireUploads(ctx, now.Add(-pipeline.UploadTime), now)
	if err != nil {
		return err
	}
	for _, u := range gone {
		if err := s.pieces.remove(u.ID); err != nil {
			return err
		}
	}
	ids, err := s.pieces.names()
	if err != nil {
		return err
	}
	for _, id := range ids {
		u, err := s.Uploads.FindUpload(ctx, id)
		if err != nil && !errors.Is(err, pipeline.ErrNotFound) {
			return err
		}
		if err == nil && u.Document == "" {
			continue
		}
		if err := s.pieces.remove(id); err != nil {
			return err
		}
	}
	return nil
}
