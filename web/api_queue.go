package web

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/page"
	"touchstone.internal/web/policy"
)

// queueItemBody is one item of the queue as the API gives it. It says nothing
// of what the machine found, and why the item is there only to who may know.
type queueItemBody struct {
	ID         pipeline.DocumentID   `json:"id"`
	State      string                `json:"state"`
	Safety     bool                  `json:"safety"`
	OpenedAt   time.Time             `json:"opened_at"`
	DueAt      time.Time             `json:"due_at"`
	Encounter  string                `json:"encounter"`
	Channel    pipeline.Channel      `json:"channel,omitempty"`
	ClockFrom  *time.Time            `json:"clock_from,omitempty"` // since when the person waits; in custody the relevant time
	UploadedBy string                `json:"uploaded_by"`
	ReceivedAt time.Time             `json:"received_at"`
	Capture    pipeline.CaptureClass `json:"capture"`
	Holder     string                `json:"holder,omitempty"` // who has it open, or left it open; others than oneself for the board alone
	HeldUntil  *time.Time            `json:"held_until,omitempty"`
	Kept       string                `json:"kept_for,omitempty"`
	Updated    bool                  `json:"updated"`
	Stage      pipeline.ReviewState  `json:"stage,omitempty"`
	Cause      pipeline.ReviewCause  `json:"cause,omitempty"`
}

// queueBody is one page of the queue.
type queueBody struct {
	pageBody[queueItemBody]
	Total int `json:"total"`
}

// countBody is a number of reviews.
type countBody struct {
	Count int `json:"count"`
}

func itemOf(q pipeline.QueueItem, who pipeline.Account) queueItemBody {
	b := queueItemBody{
		ID: q.Document, State: page.StateOf(q.State), Safety: q.Safety, OpenedAt: q.OpenedAt.UTC(), DueAt: q.DueAt.UTC(),
		Encounter: q.Encounter, Channel: q.Channel, ClockFrom: timeOrNone(q.ClockFrom), UploadedBy: q.UploadedBy,
		ReceivedAt: q.ReceivedAt.UTC(), Capture: q.Capture, Holder: q.Holder, HeldUntil: timeOrNone(q.HeldUntil), Kept: q.Kept, Updated: q.Updated,
	}
	if policy.May(who.Role, policy.Board) {
		b.Stage, b.Cause = q.State, q.Cause
		return b
	}
	if b.Holder != who.Name { // it may be who was first, whom the second must not know
		b.Holder = ""
	}
	if b.Kept != who.Name {
		b.Kept = ""
	}
	return b
}

// placeOf writes a place in the queue as a cursor holds it.
func placeOf(p pipeline.ReviewPlace) string {
	return fmt.Sprintf("%t %d %d %s", p.Safety, p.DueAt.UnixMicro(), p.OpenedAt.UnixMicro(), p.Document)
}

// parsePlace reads it back; false if it is none.
func parsePlace(key string) (p pipeline.ReviewPlace, ok bool) {
	var due, opened int64
	var id string
	if n, err := fmt.Sscanf(key, "%t %d %d %s", &p.Safety, &due, &opened, &id); err != nil || n != 4 {
		return p, false
	}
	var err error
	p.DueAt, p.OpenedAt = time.UnixMicro(due), time.UnixMicro(opened)
	p.Document, err = pipeline.ParseDocumentID(id)
	return p, err == nil
}

// apiQueue lists one page of the queue. Its cursor is a place in the order, so
// that nothing is missed or given twice while others take reviews and decide.
func (s *server) apiQueue(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	ctx, q := r.Context(), r.URL.Query()
	p, wrong := parsePaging(q)
	q.Del("cursor")
	q.Del("limit")
	l, errs := parseLane(q, who, s.Now())
	if errs = append(wrong, errs...); p.after != "" {
		var ok bool
		if l.filter.After, ok = parsePlace(p.after); !ok {
			errs = append(errs, fieldError{"/cursor", wrongCursor})
		}
	}
	if errs != nil {
		return problemInvalid(errs)
	}
	if err := s.consult(ctx, "queue", "list"); err != nil {
		return err
	}
	l.filter.Limit = p.limit + 1
	items, err := s.Reviews.ListReviews(ctx, l.filter)
	if err != nil {
		return err
	}
	l.filter.After = pipeline.ReviewPlace{}
	all, err := s.Reviews.CountReviews(ctx, l.filter)
	if err != nil {
		return err
	}
	items, next := turn(items, p, func(q pipeline.QueueItem) string { return placeOf(q.Place()) })
	linkNext(w, r, next)
	s.writeJSON(w, r, http.StatusOK, queueBody{
		pageOf(items, next, func(q pipeline.QueueItem) queueItemBody { return itemOf(q, who) }), all.All,
	})
	return nil
}

// apiCount counts what the parameters choose: a number, and nothing of any
// document.
func (s *server) apiCount(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	l, errs := parseLane(r.URL.Query(), who, s.Now())
	if errs != nil {
		return problemInvalid(errs)
	}
	c, err := s.Reviews.CountReviews(r.Context(), l.filter)
	if err != nil {
		return err
	}
	s.writeJSON(w, r, http.StatusOK, countBody{c.All})
	return nil
}

// heldBody is a review that the account may decide on until the lease ends.
type heldBody struct {
	ID        pipeline.DocumentID `json:"id"`
	HeldUntil time.Time           `json:"held_until"`
	DueAt     time.Time           `json:"due_at"`
	Safety    bool                `json:"safety"`
}

// apiNext lets the account hold the most urgent review; 204 if there is none.
func (s *server) apiNext(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	review, err := s.Reviews.NextReview(r.Context(), who, s.Now())
	if errors.Is(err, pipeline.ErrNotFound) {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	if err != nil {
		return err
	}
	s.writeJSON(w, r, http.StatusOK, heldBody{review.Document, review.HeldUntil.UTC(), review.DueAt.UTC(), review.Safety})
	return nil
}

// apiFree takes a review from its holder.
func (s *server) apiFree(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	_, err := s.letGo(r.Context(), r.PathValue("id"), who)
	if errors.Is(err, pipeline.ErrConflict) {
		return problemNotHeld()
	}
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
