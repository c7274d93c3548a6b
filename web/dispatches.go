package web

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
	"touchstone.internal/web/page"
	"touchstone.internal/web/paper"
	"touchstone.internal/web/policy"
)

// dispatchRoutes are about referrals on their way. {dispatch} is one on its way to
// one recipient, which fetches and acknowledges it under its own account.
func (s *server) dispatchRoutes(rt *router) {
	rt.handle("POST /referrals/{referral}/again", policy.Refer, s.dispatchAgainPage)
	rt.handle("GET /referrals/{referral}/pdf", policy.Refer, s.referralPDF)
	rt.handle("GET /api/v1/referrals/{referral}/dispatches", policy.Refer, s.apiDispatches)
	rt.handle("POST /api/v1/referrals/{referral}/again", policy.Refer, s.apiDispatchAgain)
	rt.handle("GET /api/v1/referrals/{referral}/pdf", policy.Refer, s.referralPDF)
	rt.handle("GET /api/v1/dispatches/{dispatch}", policy.Receive, s.apiDispatch)
	rt.handle("POST /api/v1/dispatches/{dispatch}/acknowledge", policy.Receive, s.apiAcknowledgeDispatch)
}

// dispatchBody is a dispatch as the API gives it.
type dispatchBody struct {
	ID         string                 `json:"id"`
	Referral   string                 `json:"referral"`
	Recipient  string                 `json:"recipient"`
	Step       int                    `json:"step"` // 0 as what was sent; otherwise the step of the rota that pages
	At         time.Time              `json:"at"`
	State      pipeline.DeliveryState `json:"state"`
	Attempts   int                    `json:"attempts"`
	NextAt     *time.Time             `json:"next_at,omitempty"`
	LastStatus string                 `json:"last_status,omitempty"`
	AckBy      string                 `json:"ack_by,omitempty"`
	AckAt      *time.Time             `json:"ack_at,omitempty"`
}

func dispatchBodyOf(d casework.Dispatch) dispatchBody {
	return dispatchBody{
		d.ID, d.Referral, d.Recipient, d.Step, d.At.UTC(), d.State, d.Attempts, timeOrNone(d.NextAt), d.LastStatus, d.AckBy, timeOrNone(d.AckAt),
	}
}

// journeys gives what became of a referral, with the names of who gets it.
func (s *server) journeys(ctx context.Context, referral string) (out []page.Journey, err error) {
	all, err := s.Recipients.Dispatches(ctx, referral)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	recipients, err := s.Recipients.ListRecipients(ctx)
	if err != nil {
		return nil, err
	}
	byID := map[string]casework.Recipient{}
	for _, r := range recipients {
		byID[r.ID] = r
	}
	for _, d := range all {
		out = append(out, page.Journey{Dispatch: d, To: byID[d.Recipient]})
	}
	return out, nil
}

// dispatchAgain sends one dispatch of a referral once more.
func (s *server) dispatchAgain(ctx context.Context, f casework.Referral, id string, who pipeline.Account) ([]fieldError, error) {
	const gone = "It is still on its way, or its recipient gets nothing any more. Look at it again"
	d, _, err := s.Recipients.FindDispatch(ctx, id)
	if errors.Is(err, pipeline.ErrNotFound) || err == nil && d.Referral != f.ID {
		return []fieldError{{"/dispatch", "Select what is to be sent again from the list"}}, nil
	}
	if err == nil {
		err = s.Recipients.DispatchAgain(ctx, id, who, s.Now())
	}
	if errors.Is(err, pipeline.ErrConflict) {
		return []fieldError{{"/dispatch", gone}}, nil
	}
	return stood(err)
}

func (s *server) dispatchAgainPage(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	f, err := s.trace(r.Context(), r.PathValue("referral"))
	if err != nil {
		return err
	}
	form, err := caseForm(w, r)
	if err != nil {
		return err
	}
	errs, err := s.dispatchAgain(r.Context(), f, form.Get("dispatch"), who)
	if err != nil {
		return err
	}
	if errs != nil {
		return s.showReferral(w, r, errs)
	}
	http.Redirect(w, r, "/referrals/"+f.ID, http.StatusSeeOther)
	return nil
}

// dispatchListBody is everybody to whom a referral goes.
type dispatchListBody struct {
	Data []dispatchBody `json:"data"`
}

func (s *server) apiDispatches(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	f, err := s.trace(r.Context(), r.PathValue("referral"))
	if err != nil {
		return err
	}
	return s.writeDispatches(w, r, f)
}

func (s *server) writeDispatches(w http.ResponseWriter, r *http.Request, f casework.Referral) error {
	all, err := s.Recipients.Dispatches(r.Context(), f.ID)
	if err != nil {
		return err
	}
	b := dispatchListBody{Data: []dispatchBody{}}
	for _, d := range all {
		b.Data = append(b.Data, dispatchBodyOf(d))
	}
	s.writeJSON(w, r, http.StatusOK, b)
	return nil
}

// againBody names what is to be sent once more.
type againBody struct {
	Dispatch string `json:"dispatch"`
}

func (s *server) apiDispatchAgain(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	f, err := s.trace(r.Context(), r.PathValue("referral"))
	if err != nil {
		return err
	}
	var b againBody
	if err := readJSON(w, r, &b); err != nil {
		return err
	}
	errs, err := s.dispatchAgain(r.Context(), f, b.Dispatch, who)
	if err != nil {
		return err
	}
	if errs != nil {
		return problemInvalid(errs)
	}
	return s.writeDispatches(w, r, f)
}

// referralPDF gives a referral to be printed: what was sent, welfare first, with
// its seal.
func (s *server) referralPDF(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	f, err := s.trace(r.Context(), r.PathValue("referral"))
	if err != nil {
		return err
	}
	if err := s.released(r.Context(), f); err != nil {
		return err
	}
	var sections []casework.Section
	if err := json.Unmarshal([]byte(f.Content), &sections); err != nil {
		return fmt.Errorf("read content of referral %s: %w", f.ID, err)
	}
	rule, _ := s.rules.Rule(f.Rule)
	b, err := paper.Write(page.PrintReferral(f, rule, sections))
	if err != nil {
		return fmt.Errorf("print referral %s: %w", f.ID, err)
	}
	if err := s.audit(r.Context(), pipeline.AuditEvent{Operation: pipeline.OpDisclose, Object: f.ID, Detail: "pdf"}); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `attachment; filename="`+f.ID+`.pdf"`)
	_, _ = w.Write(b) //nolint:gosec // a PDF, and said to be one; if the client went away, there is nobody to tell
	return nil
}

// released tells whether a referral may go to anybody as things stand; that it was
// asked for in vain is written down.
func (s *server) released(ctx context.Context, f casework.Referral) error {
	g, err := s.Casework.Group(ctx, f.Encounter)
	if err != nil || g.Withheld(f) == "" {
		return err
	}
	if err := s.consult(ctx, f.ID, "denied"); err != nil {
		return err
	}
	return problemWithheld()
}

// parcel gives a dispatch that goes to the account, and the referral. What goes to
// somebody else reads as if it were not there, and the look is written down.
func (s *server) parcel(ctx context.Context, id string, who pipeline.Account) (d casework.Dispatch, f casework.Referral, err error) {
	d, to, err := s.Recipients.FindDispatch(ctx, id)
	if err != nil && !errors.Is(err, pipeline.ErrNotFound) {
		return d, f, err
	}
	if err != nil || who.Name == "" || to.Account != who.Name {
		if err := s.consult(ctx, cmp.Or(d.Referral, "dispatches"), "denied"); err != nil {
			return d, f, err
		}
		return d, f, problemNone("referral")
	}
	f, err = s.Casework.FindReferral(ctx, d.Referral)
	return d, f, err
}

// apiDispatch gives a recipient what was sent, unless it may not go any more.
func (s *server) apiDispatch(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	d, f, err := s.parcel(r.Context(), r.PathValue("dispatch"), who)
	if err != nil {
		return err
	}
	if err := s.released(r.Context(), f); err != nil {
		return err
	}
	if err := s.audit(r.Context(), pipeline.AuditEvent{Operation: pipeline.OpDisclose, Object: f.ID, Detail: "fetched"}); err != nil {
		return err
	}
	s.writeJSON(w, r, http.StatusOK, casework.FileOf(d, f))
	return nil
}

// apiAcknowledgeDispatch records that the recipient has it. Said twice it is
// recorded once.
func (s *server) apiAcknowledgeDispatch(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	d, _, err := s.parcel(r.Context(), r.PathValue("dispatch"), who)
	if err != nil {
		return err
	}
	if d, err = s.Recipients.AcknowledgeDispatch(r.Context(), d.ID, who, s.Now()); err != nil {
		return err
	}
	s.writeJSON(w, r, http.StatusOK, dispatchBodyOf(d))
	return nil
}
