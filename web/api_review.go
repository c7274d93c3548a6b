package web

import (
	"net/http"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/page"
)

// reviewBody is a review as the API gives it to who may decide on it. It holds
// nothing that the machine found: that stands in the document and its report.
type reviewBody struct {
	ID         pipeline.DocumentID   `json:"id"` // of the document's first picture
	Pictures   []pipeline.DocumentID `json:"pictures"`
	State      string                `json:"state"`
	Stand      page.Stand            `json:"stand"` // what the account can do with it
	DueAt      time.Time             `json:"due_at"`
	HeldUntil  *time.Time            `json:"held_until,omitempty"` // of one's own
	Safety     bool                  `json:"safety"`
	Updated    bool                  `json:"updated"`
	Impression bool                  `json:"impression_first"` // one is wanted before the report is given
	Decisions  []decisionBody        `json:"decisions"`        // that the account may know of
	Draft      *draftBody            `json:"draft,omitempty"`
}

// decisionBody is what one reviewer decided.
type decisionBody struct {
	Seq        int                  `json:"seq"`
	Reviewer   string               `json:"reviewer"`
	At         time.Time            `json:"at"`
	Kind       pipeline.VerdictKind `json:"verdict_kind"`
	Verdict    pipeline.Verdict     `json:"verdict"`
	Confidence pipeline.Confidence  `json:"confidence"`
	Level      int                  `json:"level"`
	Basis      pipeline.Basis       `json:"basis"`
	Findings   []string             `json:"findings"`
	Reason     string               `json:"reason"`
	Impression pipeline.VerdictKind `json:"impression,omitempty"`
}

// draftBody is a decision that may be half done.
type draftBody struct {
	Verdict    pipeline.Verdict    `json:"verdict"`
	Confidence pipeline.Confidence `json:"confidence"`
	Level      int                 `json:"level"`
	Basis      pipeline.Basis      `json:"basis"`
	Findings   []string            `json:"findings"`
	Reason     string              `json:"reason"`
	Opened     []string            `json:"opened,omitempty"` // "image", "original", checks whose findings were looked at
	Seconds    uint32              `json:"active_seconds,omitempty"`
}

func (b draftBody) judgement() pipeline.Judgement {
	return pipeline.Judgement{Verdict: b.Verdict, Confidence: b.Confidence, Level: b.Level, Basis: b.Basis, Findings: b.Findings, Reason: b.Reason}
}

func (b draftBody) active() time.Duration { return time.Duration(b.Seconds) * time.Second }

// impressionBody is a first impression.
type impressionBody struct {
	Kind pipeline.VerdictKind `json:"verdict_kind"`
}

// recaptureBody is a wish for a better picture.
type recaptureBody struct {
	Reasons []string      `json:"reasons"`
	Note    string        `json:"note"`
	Box     *pipeline.Box `json:"box,omitempty"` // in pixels of the upright page; without one it is all of it
}

func (d dossier) body() reviewBody {
	b := reviewBody{
		ID: d.review.Document, State: page.StandingOpen, Stand: d.stand, DueAt: d.review.DueAt.UTC(), Safety: d.review.Safety,
		Updated: d.review.Updated, Impression: d.folded(), Decisions: []decisionBody{},
	}
	switch d.review.State {
	case pipeline.ReviewDecided:
		b.State = page.StandingDecided
	case pipeline.ReviewWaiting:
		b.State = page.StandingWaiting
	default: // first, second and third are one to who may not know
	}
	for _, p := range d.pictures {
		b.Pictures = append(b.Pictures, p.ID)
	}
	if d.stand == page.StandMine {
		until := d.review.HeldUntil.UTC()
		b.HeldUntil = &until
	}
	if d.folded() {
		return b // what others saw speaks of what the machine found
	}
	for _, x := range d.known {
		b.Decisions = append(b.Decisions, decisionBody{
			Seq: x.Seq, Reviewer: x.Reviewer, At: x.At.UTC(), Kind: x.Verdict.Kind(), Verdict: x.Verdict, Confidence: x.Confidence,
			Level: x.Level, Basis: x.Basis, Findings: append([]string{}, x.Findings...), Reason: x.Reason, Impression: x.Impression.Kind(),
		})
	}
	if d.drafted {
		j := d.draft.Judgement
		b.Draft = &draftBody{
			j.Verdict, j.Confidence, j.Level, j.Basis, append([]string{}, j.Findings...), j.Reason, d.draft.Opened, uint32(d.draft.Active / time.Second), //nolint:gosec // bounded when it came
		}
	}
	return b
}

// apiReview gives a review. It takes nothing: a GET changes nothing here.
func (s *server) apiReview(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	return s.answerReview(w, r, http.StatusOK)
}

func (s *server) answerReview(w http.ResponseWriter, r *http.Request, status int) error {
	d, err := s.dossier(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	s.writeJSON(w, r, status, d.body())
	return nil
}

// apiTake takes a review.
func (s *server) apiTake(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	d, err := s.dossier(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if d, err = s.take(r.Context(), d); err != nil {
		return err
	}
	if d.stand != page.StandMine {
		return s.problemStand(r.Context(), string(d.review.Document))
	}
	s.writeJSON(w, r, http.StatusOK, d.body())
	return nil
}

// apiLeave lets go of a review.
func (s *server) apiLeave(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	d, err := s.dossier(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if d.stand != page.StandMine {
		return s.problemStand(r.Context(), string(d.review.Document))
	}
	if err := s.Reviews.LeaveReview(r.Context(), d.review.Document, who, s.Now()); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// apiImpression takes a first impression, once.
func (s *server) apiImpression(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	var body impressionBody
	if err := readJSON(w, r, &body); err != nil {
		return err
	}
	d, err := s.dossier(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if d, err = s.take(r.Context(), d); err != nil {
		return err
	}
	switch {
	case d.stand != page.StandMine:
		return s.problemStand(r.Context(), string(d.review.Document))
	case body.Kind.Verdicts() == nil:
		return problemInvalid([]fieldError{{"/verdict_kind", noImpression}})
	}
	if err := s.impress(r.Context(), d, body.Kind); err != nil {
		return err
	}
	return s.answerReview(w, r, http.StatusOK)
}

// apiDraft keeps what was written so far.
func (s *server) apiDraft(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	var body draftBody
	if err := readJSON(w, r, &body); err != nil {
		return err
	}
	rv, d, err := s.sketch(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	d.Judgement = s.cleaned(body.judgement())
	s.evidence(&d, body.Opened, body.active(), rv.OpenedAt)
	if err := s.keepDraft(r.Context(), rv.Document, d); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// apiDecide records a decision.
func (s *server) apiDecide(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	var body draftBody
	if err := readJSON(w, r, &body); err != nil {
		return err
	}
	d, err := s.dossier(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	d.draft.Judgement = s.cleaned(body.judgement())
	s.evidence(&d.draft, body.Opened, body.active(), d.review.OpenedAt)
	if err := s.judge(r.Context(), d); err != nil {
		return err
	}
	return s.answerReview(w, r, http.StatusCreated)
}

// apiRecapture asks for a better picture.
func (s *server) apiRecapture(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	var body recaptureBody
	if err := readJSON(w, r, &body); err != nil {
		return err
	}
	d, err := s.dossier(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	ask := pipeline.Recapture{Reasons: body.Reasons, Note: plainText(body.Note, maxKept)}
	if body.Box != nil {
		ask.Box = *body.Box
	}
	if err := s.ask(r.Context(), d, ask, nil); err != nil {
		return err
	}
	return s.answerReview(w, r, http.StatusCreated)
}
