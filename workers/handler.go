package workers

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/hibiken/asynq"

	"touchstone.internal/pipeline"
)

// maxAttempts is after how many tries a document that breaks whatever touches
// it goes to a person.
const maxAttempts = 3

// renditionQuality is the JPEG quality of the page image that people see.
const renditionQuality = 88

// goodbye is how long a task may take to give its document back after its own
// time is up.
const goodbye = 3 * time.Second

// handler takes one document its whole way.
type handler struct {
	cfg     Config
	metrics *metrics
	active  atomic.Int32 // tasks under way
}

// ProcessTask implements asynq.Handler. An error asks the queue to try again;
// what trying again cannot help gives none.
func (h *handler) ProcessTask(ctx context.Context, t *asynq.Task) error {
	h.active.Add(1)
	defer h.active.Add(-1)
	id, err := parsePayload(t.Payload())
	if err != nil {
		h.cfg.Log.WarnContext(ctx, "task_refused", slog.String("error", err.Error()))
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, h.cfg.Lease-goodbye)
	defer cancel()
	doc, died, err := h.claim(ctx, id)
	switch {
	case errors.Is(err, pipeline.ErrNotFound), errors.Is(err, pipeline.ErrConflict):
		return nil // done, or in other hands
	case err != nil:
		return err
	}
	err = h.screen(ctx, doc, died)
	if errors.Is(err, pipeline.ErrConflict) {
		return nil // the lease was lost: whoever has it finishes the document
	}
	if err != nil {
		return errors.Join(err, h.release(ctx, doc))
	}
	return nil
}

// claim takes the document; ErrConflict if there is nothing to do. It tells
// whether the try before died without a word.
func (h *handler) claim(ctx context.Context, id pipeline.DocumentID) (doc pipeline.Document, died bool, err error) {
	doc, err = h.cfg.Documents.Find(ctx, id)
	if err != nil {
		return doc, false, err
	}
	if doc.State == pipeline.StateScreened {
		return doc, false, pipeline.ErrConflict
	}
	died = doc.State == pipeline.StateScreening
	now := h.cfg.Now()
	doc, err = h.cfg.Documents.Claim(ctx, id, h.cfg.Name, now, now.Add(h.cfg.Lease))
	return doc, died, err
}

// release gives the document back even if the task's own time is up.
func (h *handler) release(ctx context.Context, doc pipeline.Document) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
	defer cancel()
	err := h.cfg.Documents.Release(ctx, doc)
	if errors.Is(err, pipeline.ErrConflict) {
		return nil
	}
	return err
}

// screen gets the bytes, has them screened and stores the outcome.
func (h *handler) screen(ctx context.Context, doc pipeline.Document, died bool) error {
	start := h.cfg.Now()
	if died && doc.Attempt > maxAttempts {
		return h.finish(ctx, doc, h.aborted(doc, pipeline.ProblemReaderCrash), start)
	}
	original, problem, err := h.original(ctx, doc)
	if err != nil {
		return err
	}
	if problem != pipeline.ProblemNone {
		return h.lastResort(ctx, doc, problem, fmt.Errorf("document %s: %s", doc.ID, problem), start)
	}
	result, err := h.cfg.Screener.Screen(ctx, pipeline.Job{
		Digest: doc.Digest, Size: doc.Size, Body: bytes.NewReader(original),
		AsOf: doc.ReceivedAt.UTC(), Capture: doc.Capture,
	})
	if ctx.Err() != nil {
		return fmt.Errorf("screen document %s: %w", doc.ID, context.Cause(ctx))
	}
	if err != nil {
		return h.lastResort(ctx, doc, pipeline.ProblemReaderCrash, fmt.Errorf("screen document %s: %w", doc.ID, err), start)
	}
	return h.finish(ctx, doc, result, start)
}

// lastResort tries again by giving the error, until it was tried often enough.
func (h *handler) lastResort(ctx context.Context, doc pipeline.Document, p pipeline.Problem, err error, start time.Time) error {
	if doc.Attempt < maxAttempts {
		return err
	}
	return h.finish(ctx, doc, h.aborted(doc, p), start)
}

func (h *handler) aborted(doc pipeline.Document, p pipeline.Problem) pipeline.ScreenResult {
	return pipeline.ScreenResult{Report: pipeline.AbortedReport(doc.Digest, doc.ReceivedAt.UTC(), doc.Capture, p)}
}

// original reads the picture and compares its digest with the recorded one.
func (h *handler) original(ctx context.Context, doc pipeline.Document) ([]byte, pipeline.Problem, error) {
	body, _, err := h.cfg.Blobs.Get(ctx, pipeline.Originals, doc.Digest)
	if errors.Is(err, pipeline.ErrNotFound) {
		return nil, pipeline.ProblemOriginalGone, nil
	}
	if err != nil {
		return nil, pipeline.ProblemNone, err
	}
	defer body.Close()
	raw := bytes.NewBuffer(make([]byte, 0, min(doc.Size, pipeline.MaxUploadBytes)+bytes.MinRead))
	hash := sha256.New()
	n, err := io.Copy(io.MultiWriter(raw, hash), io.LimitReader(body, doc.Size+1))
	if err != nil {
		return nil, pipeline.ProblemNone, fmt.Errorf("get original of %s: %w", doc.ID, err)
	}
	if n != doc.Size || pipeline.DigestOf([32]byte(hash.Sum(nil))) != doc.Digest {
		return nil, pipeline.ProblemOriginalDiff, nil
	}
	return raw.Bytes(), pipeline.ProblemNone, nil
}

// finish stores the page image, then the report.
func (h *handler) finish(ctx context.Context, doc pipeline.Document, result pipeline.ScreenResult, start time.Time) error {
	rendition, err := h.draw(ctx, result.Rendition)
	if err != nil {
		return fmt.Errorf("store page image of %s: %w", doc.ID, err)
	}
	now := h.cfg.Now()
	if err := h.cfg.Documents.Finish(ctx, doc, h.screened(result.Report, rendition, now)); err != nil {
		return err
	}
	h.metrics.screened(result.Report, now.Sub(start))
	outcome := result.Report.Outcome
	h.cfg.Log.InfoContext(ctx, "screened", slog.String("document_id", string(doc.ID)), slog.Int("attempt", doc.Attempt),
		slog.String("conclusion", string(outcome.Conclusion)), slog.String("problem", string(outcome.Problem)), slog.Duration("duration", now.Sub(start)))
	return nil
}

// screened lets the report, and chance, say whether a person shall look too.
func (h *handler) screened(r pipeline.Report, rendition pipeline.Digest, now time.Time) pipeline.Screened {
	chance := pipeline.Chance{Audit: h.cfg.Chance(), Fold: h.cfg.Chance()}
	return pipeline.Screened{Report: r, Rendition: rendition, At: now, Review: h.cfg.Sampling.Opens(r.Outcome, chance)}
}

// draw encodes raw pixels and stores them; what people see was drawn here and
// holds nothing of the uploaded file but its pixels.
func (h *handler) draw(ctx context.Context, r pipeline.Rendition) (pipeline.Digest, error) {
	if r.Width < 1 || r.Height < 1 || len(r.Pix) != r.Width*r.Height*3 {
		return "", nil
	}
	page := image.NewRGBA(image.Rect(0, 0, r.Width, r.Height))
	for i, o := 0, 0; i < len(r.Pix); i, o = i+3, o+4 {
		page.Pix[o], page.Pix[o+1], page.Pix[o+2], page.Pix[o+3] = r.Pix[i], r.Pix[i+1], r.Pix[i+2], 255
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, page, &jpeg.Options{Quality: renditionQuality}); err != nil {
		return "", err
	}
	d := pipeline.DigestOf(sha256.Sum256(b.Bytes()))
	return d, h.cfg.Blobs.Put(ctx, pipeline.Renditions, d, bytes.NewReader(b.Bytes()), int64(b.Len()))
}
