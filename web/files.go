package web

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"time"

	"touchstone.internal/pipeline"
)

// image serves the page that we drew ourselves. Nothing that was uploaded is
// ever shown in a browser.
func (s *server) image(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	d, err := s.find(r.Context(), r.PathValue("id"), "image")
	if err != nil {
		return err
	}
	if d.Rendition == "" {
		return &problem{slug: "not-found", detail: "There is no picture of this document to show"}
	}
	w.Header().Set("Content-Type", string(pipeline.JPEG))
	return s.serveBlob(w, r, blobRef{pipeline.Renditions, d.Rendition})
}

// original hands the file out as it was uploaded, to be kept and not to be
// shown: no browser may guess what it is.
func (s *server) original(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	d, err := s.find(r.Context(), r.PathValue("id"), "original")
	if err != nil {
		return err
	}
	e := pipeline.AuditEvent{Operation: pipeline.OpDisclose, Object: string(d.ID), Detail: "original"}
	if err := s.audit(r.Context(), e); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", disposition(d))
	w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
	return s.serveBlob(w, r, blobRef{pipeline.Originals, d.Digest})
}

// serveBlob serves a blob whose digest has been compared.
func (s *server) serveBlob(w http.ResponseWriter, r *http.Request, ref blobRef) error {
	f, err := s.fetch(r.Context(), ref)
	if err != nil {
		w.Header().Del("Content-Disposition")
		w.Header().Del("Content-Type")
		if errors.Is(err, pipeline.ErrNotFound) { // the record says that it is there
			return fmt.Errorf("serve blob: %s %s is missing", ref.kind, ref.digest)
		}
		return fmt.Errorf("serve blob: %w", err)
	}
	defer f.Close()
	w.Header().Set("ETag", `"`+string(ref.digest)+`"`)
	http.ServeContent(w, r, "", time.Time{}, f)
	return nil
}

// disposition names a download after the document and its media type (RFC
// 6266). The uploader's name has no part in it: its ending would decide what
// opens the file.
func disposition(d pipeline.Document) string {
	endings := map[pipeline.MediaType]string{pipeline.JPEG: ".jpg", pipeline.PNG: ".png", pipeline.WebP: ".webp"}
	return mime.FormatMediaType("attachment", map[string]string{"filename": string(d.ID) + endings[d.MediaType]})
}
