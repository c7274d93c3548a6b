package web

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/web/page"
	"touchstone.internal/web/policy"
)

// usedAnyway is what the audit log calls it when somebody goes on with a picture
// that could not be checked. The log is the record of it.
const usedAnyway = "used_anyway"

// sides are all pictures of the document that d belongs to, the first one first,
// once it is written down that they are about to be seen.
func (s *server) sides(ctx context.Context, d pipeline.Document) ([]pipeline.Document, error) {
	head := d
	if d.PageOf != "" {
		var err error
		if head, err = s.Documents.Find(ctx, d.PageOf); err != nil {
			return nil, err
		}
	}
	pages, err := s.Documents.Pages(ctx, head.ID)
	if err != nil {
		return nil, err
	}
	all := append([]pipeline.Document{head}, pages...)
	all = slices.DeleteFunc(all, func(o pipeline.Document) bool { return !policy.MayOn(infoOf(ctx).who, policy.Read, o) })
	for _, o := range all {
		if o.ID == d.ID {
			continue // it is written down already
		}
		if err := s.consult(ctx, string(o.ID), "side"); err != nil {
			return nil, err
		}
	}
	return all, s.unfold(ctx, all)
}

// together puts the pictures of a document into its view: asked for as a whole,
// it is shown by the one that decides what is to be done.
func (s *server) together(ctx context.Context, view *page.Document, whole bool) (err error) {
	if view.Sides, err = s.sides(ctx, view.Document); err != nil {
		return err
	}
	if whole && view.Document.PageOf == "" {
		view.Document = pipeline.Worst(view.Sides)
	}
	view.Own = policy.May(infoOf(ctx).who.Role, policy.Amend) && view.Document.UploadedBy == infoOf(ctx).who.Name
	if view.Document.Outcome.Conclusion != pipeline.CouldNotCheck {
		return nil
	}
	events, err := s.Audit.History(ctx, string(view.Document.ID))
	view.UsedAnyway = slices.ContainsFunc(events, func(e pipeline.AuditEvent) bool { return e.Detail == usedAnyway })
	return err
}

// findOwn gives a document that the account has uploaded itself.
func (s *server) findOwn(ctx context.Context, reference, detail string) (pipeline.Document, error) {
	d, err := s.find(ctx, reference, detail)
	if err == nil && d.UploadedBy != infoOf(ctx).who.Name {
		return d, errors.Join(s.consult(ctx, string(d.ID), "denied"), problemNotFound())
	}
	return d, err
}

// useAnyway goes on with a picture that could not be checked: nobody asks for
// another one, and the log says who decided that.
func (s *server) useAnyway(ctx context.Context, reference string) (pipeline.Document, error) {
	d, err := s.findOwn(ctx, reference, "document")
	if err != nil {
		return d, err
	}
	if d.Outcome.Conclusion != pipeline.CouldNotCheck {
		return d, problemInvalid([]fieldError{{"/id", "This picture was checked, or still is: there is nothing to pass over"}})
	}
	return d, s.audit(ctx, pipeline.AuditEvent{Operation: pipeline.OpAlter, Object: string(d.ID), Detail: usedAnyway})
}

// usePage is the button of the result.
func (s *server) usePage(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	d, err := s.useAnyway(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/documents/"+string(d.ID), http.StatusSeeOther)
	return nil
}

// apiUse does the same for a machine.
func (s *server) apiUse(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	if _, err := s.useAnyway(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// joinBody says of which document another one is a side.
type joinBody struct {
	PageOf string `json:"page_of"`
}

// join makes a document another side of one that the same account has uploaded
// to the same encounter.
func (s *server) join(ctx context.Context, reference, pageOf string) (head pipeline.DocumentID, err error) {
	d, err := s.findOwn(ctx, reference, "document")
	if err != nil {
		return "", err
	}
	head, said, err := s.headOf(ctx, &form{encounter: d.Encounter, pageOf: pageOf})
	if err != nil {
		return "", err
	}
	if said == "" {
		err = s.Documents.Join(ctx, d.ID, head, infoOf(ctx).who, s.Now().UTC())
		if errors.Is(err, pipeline.ErrConflict) {
			said, err = "These two pictures are sides of documents already", nil
		}
	}
	if said != "" {
		return "", problemInvalid([]fieldError{{"/page_of", said}})
	}
	return head, err
}

// joinPage is the button beside a suggestion.
func (s *server) joinPage(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxSmallForm)
	if err := r.ParseForm(); err != nil {
		return problemForm()
	}
	head, err := s.join(r.Context(), r.PathValue("id"), r.PostForm.Get("page_of"))
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/documents/"+string(head), http.StatusSeeOther) //nolint:gosec // a reference of our own
	return nil
}

// apiJoin does the same for a machine.
func (s *server) apiJoin(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	var body joinBody
	if err := readJSON(w, r, &body); err != nil {
		return err
	}
	if _, err := s.join(r.Context(), r.PathValue("id"), body.PageOf); err != nil {
		return err
	}
	return s.apiDocument(w, r, infoOf(r.Context()).who)
}

// suggest finds pictures of one upload that may be two sides of one card: one
// has the zone of a card, the other none. It is only a suggestion: who uploaded
// them decides.
func (s *server) suggest(ctx context.Context, all []kept) (pairs []page.Pair, err error) {
	var backs, bare []pipeline.Document
	for _, k := range all {
		d := k.document
		switch {
		case d.State != pipeline.StateScreened || d.PageOf != "" || d.UploadedBy != infoOf(ctx).who.Name:
		case d.Outcome.Problem == pipeline.ProblemZoneNotFound:
			bare = append(bare, d)
		case d.Outcome.ZoneSeen():
			card, err := s.isCard(ctx, d)
			if err != nil {
				return nil, err
			}
			if card {
				backs = append(backs, d)
			}
		}
	}
	for i := range min(len(backs), len(bare)) {
		pairs = append(pairs, page.Pair{Side: bare[i], Head: backs[i]})
	}
	return pairs, nil
}

// isCard tells whether a document has the zone of a card and no other side yet.
func (s *server) isCard(ctx context.Context, d pipeline.Document) (bool, error) {
	r, err := s.Documents.Report(ctx, d.ID)
	if err != nil {
		return false, err
	}
	pages, err := s.Documents.Pages(ctx, d.ID)
	card := slices.ContainsFunc(r.Zones(), func(z pipeline.ZoneReading) bool { return z.Format == mrz.TD1 || z.Format == mrz.TD2 })
	return card && len(pages) == 0, err
}
