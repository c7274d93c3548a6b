package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/page"
	"touchstone.internal/web/policy"
)

// assignWish are reviews that shall go to one reviewer.
type assignWish struct {
	Documents []string `json:"documents"`
	Reviewer  string   `json:"reviewer"`
}

// refusedBody is a review that was not assigned.
type refusedBody struct {
	ID  pipeline.DocumentID `json:"id"`
	Why page.Unassigned     `json:"why"`
}

// assignedBody is what became of each of them.
type assignedBody struct {
	Assigned []pipeline.DocumentID `json:"assigned"`
	Refused  []refusedBody         `json:"refused"`
}

// assign keeps reviews for a reviewer, one after the other: what one of them is
// refused for keeps none of the others back.
func (s *server) assign(ctx context.Context, wish assignWish, by pipeline.Account) (b assignedBody, err error) {
	ids, errs := wish.documents()
	to, err := s.Accounts.FindAccount(ctx, accountName(wish.Reviewer))
	if err != nil && !errors.Is(err, pipeline.ErrNotFound) {
		return b, err
	}
	if err != nil || !canReview(to) {
		errs = append(errs, fieldError{"/reviewer", "Select a reviewer from the list"})
	}
	if errs != nil {
		return b, problemInvalid(errs)
	}
	b = assignedBody{[]pipeline.DocumentID{}, []refusedBody{}}
	for _, id := range ids {
		switch err := s.Reviews.AssignReview(ctx, id, to.Name, by, s.Now()); {
		case err == nil:
			b.Assigned = append(b.Assigned, id)
		case errors.Is(err, pipeline.ErrOwnWork):
			b.Refused = append(b.Refused, refusedBody{id, page.UnassignedOwn})
		case errors.Is(err, pipeline.ErrConflict):
			b.Refused = append(b.Refused, refusedBody{id, page.UnassignedTaken})
		case errors.Is(err, pipeline.ErrNotFound):
			b.Refused = append(b.Refused, refusedBody{id, page.UnassignedUnknown})
		default:
			return b, err
		}
	}
	return b, nil
}

// documents reads the references, each once.
func (w assignWish) documents() (ids []pipeline.DocumentID, errs []fieldError) {
	if len(w.Documents) == 0 || len(w.Documents) > maxLimit {
		return nil, []fieldError{{"/documents", fmt.Sprintf("Choose 1 to %d documents", maxLimit)}}
	}
	for _, written := range w.Documents {
		id, err := pipeline.ParseDocumentID(written)
		if err != nil {
			return nil, []fieldError{{"/documents", noDocument}}
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, errs
}

// canReview tells whether reviews can be assigned to an account.
func canReview(a pipeline.Account) bool { return policy.May(a.Role, policy.Review) && !a.Locked() }

// reviewers are the accounts that reviews can be assigned to, by name.
func (s *server) reviewers(ctx context.Context) (names []string, err error) {
	for after := ""; ; {
		some, err := s.Accounts.ListAccounts(ctx, after, maxLimit)
		if err != nil {
			return nil, err
		}
		for _, a := range some {
			if after = a.Name; canReview(a) {
				names = append(names, a.Name)
			}
		}
		if len(some) < maxLimit {
			return names, nil
		}
	}
}

// assignPage takes the documents that were chosen in the queue, and goes back to
// the part of it that was looked at.
func (s *server) assignPage(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	ctx := r.Context()
	r.Body = http.MaxBytesReader(w, r.Body, maxSmallForm)
	if err := r.ParseForm(); err != nil {
		return problemForm()
	}
	back, err := url.ParseQuery(s.sessions.GetString(ctx, keyQueue))
	if err != nil {
		return err
	}
	wish := assignWish{r.PostForm["documents"], r.PostForm.Get("reviewer")}
	b, err := s.assign(ctx, wish, who)
	if p, ok := errors.AsType[*problem](err); ok && p.slug == "validation" {
		l, _ := parseLane(back, who, s.Now())
		view := page.Queue{Errors: pageErrors(p.errors), Picked: wish.Documents, Reviewer: wish.Reviewer}
		if err := s.fillQueue(ctx, &view, l); err != nil {
			return err
		}
		if view.Saved, err = s.savedFor(ctx, "/queue", l.query); err != nil {
			return err
		}
		s.show(w, r, screen{p.kind().Status, "queue", view})
		return nil
	}
	if err != nil {
		return err
	}
	back.Set("assigned", strconv.Itoa(len(b.Assigned)))
	for _, refused := range b.Refused {
		back.Add(string(refused.Why), string(refused.ID))
	}
	http.Redirect(w, r, "/queue?"+back.Encode(), http.StatusSeeOther)
	return nil
}

// wasAssigned reads from an address what became of the chosen documents; nil if it
// says nothing of it.
func wasAssigned(q url.Values) *page.Assignment {
	n, err := strconv.Atoi(q.Get("assigned"))
	if err != nil || n < 0 {
		return nil
	}
	a := page.Assignment{N: n}
	for _, why := range page.AllUnassigned {
		for _, written := range q[string(why)] {
			if id := reference(written); id != "" {
				a.Refused = append(a.Refused, page.Refusal{Document: id, Why: why})
			}
		}
	}
	return &a
}

// apiAssign is the same for a client.
func (s *server) apiAssign(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	var wish assignWish
	if err := readJSON(w, r, &wish); err != nil {
		return err
	}
	b, err := s.assign(r.Context(), wish, who)
	if err != nil {
		return err
	}
	s.writeJSON(w, r, http.StatusOK, b)
	return nil
}
