package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/page"
	"touchstone.internal/web/policy"
)

// safety says whom to call, to everybody and at any time. Whoever comes from a
// document that they may raise a concern on can do so there; one that is not
// theirs changes nothing on the page.
func (s *server) safety(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	var view page.Safety
	if asked := r.URL.Query().Get("document"); asked != "" && policy.May(who.Role, policy.Raise) {
		d, err := s.find(r.Context(), asked, "safety")
		if p, ok := errors.AsType[*problem](err); err != nil && (!ok || p.slug != "not-found") {
			return err
		}
		if err == nil {
			view.Document = d.ID
			if view.Company, err = s.company(r.Context(), d.Encounter); err != nil {
				return err
			}
			if view.Raised, err = s.raised(r.Context(), d); err != nil {
				return err
			}
		}
	}
	s.show(w, r, screen{http.StatusOK, "safety", view})
	return nil
}

// raised tells whether somebody has raised a concern about the people with a
// document.
func (s *server) raised(ctx context.Context, d pipeline.Document) (bool, error) {
	r, err := s.reviewOf(ctx, d)
	if errors.Is(err, pipeline.ErrNotFound) {
		return false, nil
	}
	return r.Safety, err
}

// raiseSafety puts a document first. It asks for nothing, so that nobody is
// weighed: whoever is concerned is right to say so.
func (s *server) raiseSafety(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	d, err := s.find(r.Context(), r.PathValue("id"), "safety")
	if err != nil {
		return err
	}
	if err := s.Reviews.RaiseSafety(r.Context(), d.ID, who, s.Now()); err != nil {
		return err
	}
	if wantsJSON(r) {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	http.Redirect(w, r, "/safety?"+url.Values{"document": {string(d.ID)}}.Encode(), http.StatusSeeOther)
	return nil
}
