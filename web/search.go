package web

import (
	"context"
	"errors"
	"net/http"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/page"
	"touchstone.internal/web/policy"
)

// searchPage shows the form.
func (s *server) searchPage(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	s.show(w, r, screen{http.StatusOK, "search", page.Search{}})
	return nil
}

// newSearch looks documents up, and sends the browser on to what was found. What was
// looked for stands in no address: the results have a number of their own.
func (s *server) newSearch(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxSmallForm)
	if err := r.ParseForm(); err != nil {
		return problemForm() // the error may quote the form
	}
	f := r.PostForm
	q := pipeline.SearchQuery{
		Kind: pipeline.SearchKind(f.Get("kind")), Text: f.Get("text"), Reason: pipeline.SearchReason(f.Get("reason")), Note: f.Get("note"),
	}
	made, err := s.lookUp(r.Context(), q, who)
	if p, ok := errors.AsType[*problem](err); ok && p.errors != nil && !wantsJSON(r) {
		s.show(w, r, screen{p.kind().Status, "search", page.Search{Query: q, Errors: pageErrors(p.errors)}})
		return nil
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/search/"+made.ID, http.StatusSeeOther)
	return nil
}

// lookUp makes a search, which writes down who made it before anybody sees what
// it found.
func (s *server) lookUp(ctx context.Context, q pipeline.SearchQuery, who pipeline.Account) (pipeline.Search, error) {
	if wrong := q.Check(); wrong != nil {
		errs := make([]fieldError, len(wrong))
		for i, e := range wrong {
			errs[i] = fieldError{"/" + e.Field, e.Text}
		}
		return pipeline.Search{}, problemInvalid(errs)
	}
	return s.Searches.SearchDocuments(ctx, q, who, s.Now())
}

// found shows what a search found, to who made it and for a while.
func (s *server) found(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	ctx := r.Context()
	made, err := s.Searches.FindSearch(ctx, r.PathValue("search"), who, s.Now())
	if errors.Is(err, pipeline.ErrNotFound) {
		if err := s.consult(ctx, "search", "denied"); err != nil {
			return err
		}
		return problemNoSearch()
	}
	if err != nil {
		return err
	}
	if err := s.consult(ctx, "search", "results"); err != nil {
		return err
	}
	docs, err := s.foundDocuments(ctx, made)
	if err != nil {
		return err
	}
	s.show(w, r, screen{http.StatusOK, "found", page.Found{Search: made, Documents: docs}})
	return nil
}

// foundDocuments are the documents of a search as they are now.
func (s *server) foundDocuments(ctx context.Context, made pipeline.Search) (docs []pipeline.Document, err error) {
	for _, id := range made.Found {
		d, err := s.Documents.Find(ctx, id)
		if err != nil {
			return nil, err
		}
		if policy.MayOn(infoOf(ctx).who, policy.Read, d) {
			docs = append(docs, d)
		}
	}
	return docs, s.unfold(ctx, docs)
}

// searchBody is a search as the API takes it.
type searchBody struct {
	Kind   pipeline.SearchKind   `json:"kind"`
	Text   string                `json:"text"`
	Reason pipeline.SearchReason `json:"reason"`
	Note   string                `json:"note"`
}

// foundBody is what a search found.
type foundBody struct {
	Data []documentBody `json:"data"`
	More bool           `json:"more"` // there are others than these
}

// apiSearch looks documents up.
func (s *server) apiSearch(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	var b searchBody
	if err := readJSON(w, r, &b); err != nil {
		return err
	}
	made, err := s.lookUp(r.Context(), pipeline.SearchQuery(b), who)
	if err != nil {
		return err
	}
	docs, err := s.foundDocuments(r.Context(), made)
	if err != nil {
		return err
	}
	body := foundBody{Data: []documentBody{}, More: made.More}
	for _, d := range docs {
		body.Data = append(body.Data, bodyOf(d))
	}
	s.writeJSON(w, r, http.StatusOK, body)
	return nil
}
