package web

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/page"
	"touchstone.internal/web/policy"
)

// find gives a document that the account may read, and writes down that it is
// about to be seen. Somebody else's document reads like one that is not there,
// and takes as long.
func (s *server) find(ctx context.Context, reference, detail string) (pipeline.Document, error) {
	id, err := pipeline.ParseDocumentID(reference)
	if err != nil {
		return pipeline.Document{}, problemNotFound()
	}
	d, err := s.Documents.Find(ctx, id)
	if err != nil && !errors.Is(err, pipeline.ErrNotFound) {
		return d, err
	}
	if err != nil || !policy.MayOn(infoOf(ctx).who, policy.Read, d) {
		if err := s.consult(ctx, string(id), "denied"); err != nil {
			return pipeline.Document{}, err
		}
		return pipeline.Document{}, problemNotFound()
	}
	return d, s.consult(ctx, string(d.ID), detail)
}

// sightings are the other uploads of a document's bytes as the account may see
// them. What is shown of somebody's document is written down there; of one that
// the account may not read only the time is left. What the machine found of the
// same bytes it found of this document: it is kept back with it.
func (s *server) sightings(ctx context.Context, d pipeline.Document) ([]pipeline.Sighting, error) {
	seen, err := s.Documents.Sightings(ctx, d.Digest, d.ID)
	if err != nil {
		return nil, err
	}
	_, folded, err := s.foldedTo(ctx, d)
	if err != nil {
		return nil, err
	}
	for i, sight := range seen {
		other, err := s.Documents.Find(ctx, sight.DocumentID)
		if err != nil {
			return nil, err
		}
		if !policy.MayOn(infoOf(ctx).who, policy.Read, other) {
			seen[i] = pipeline.Sighting{ReceivedAt: sight.ReceivedAt}
			continue
		}
		if err := s.consult(ctx, string(other.ID), "sighting"); err != nil {
			return nil, err
		}
		if _, too, err := s.foldedTo(ctx, other); err != nil {
			return nil, err
		} else if folded || too {
			seen[i].Outcome = pipeline.ScreeningOutcome{}
		}
	}
	return seen, nil
}

// home shows what the account can do and its newest documents.
func (s *server) home(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	var view page.Home
	if policy.May(who.Role, policy.Read) {
		if err := s.consult(r.Context(), "home", "list"); err != nil {
			return err
		}
		var err error
		if view.Recent, err = s.Documents.List(r.Context(), ownOnly(pipeline.DocumentFilter{Limit: 5}, who)); err != nil {
			return err
		}
		if err := s.unfold(r.Context(), view.Recent); err != nil {
			return err
		}
	}
	s.show(w, r, screen{http.StatusOK, "home", view})
	return nil
}

// ownOnly keeps a list to what the account may read.
func ownOnly(f pipeline.DocumentFilter, who pipeline.Account) pipeline.DocumentFilter {
	if policy.Of(who.Role, policy.Read) != policy.All {
		f.UploadedBy = who.Name
	}
	return f
}

// Limits of a list.
const (
	pageLimit = 25
	maxLimit  = 100 // of pipeline.DocumentFilter
)

// filterTexts says of each parameter of a list how it is written.
var filterTexts = map[string]string{ //nolint:gochecknoglobals // a table, never written
	"state":      "Progress must be one of received, screening, screened",
	"conclusion": "Result must be one of no_irregularity_found, review_suggested, could_not_check, technical_fault",
	"encounter":  wrongEncounter,
	"cursor":     wrongCursor,
	"limit":      "The limit must be a number from 1 to 100",
}

// parseFilter reads the parameters of a list. Empty ones are not given: a form
// sends them all.
func parseFilter(q url.Values) (f pipeline.DocumentFilter, errs []fieldError) {
	f.Limit = pageLimit
	for _, name := range slices.Sorted(maps.Keys(q)) {
		values := q[name]
		if filterTexts[name] == "" {
			errs = append(errs, fieldError{"/" + name, "There is no parameter of this name"})
			continue
		}
		if len(values) > 1 {
			errs = append(errs, fieldError{"/" + name, "Give this parameter once"})
			continue
		}
		if values[0] != "" && !setFilter(&f, name, values[0]) {
			errs = append(errs, fieldError{"/" + name, filterTexts[name]})
		}
	}
	return f, errs
}

// setFilter sets one field; false if the value is none that it can have.
func setFilter(f *pipeline.DocumentFilter, name, value string) bool {
	var err error
	switch name {
	case "state":
		f.State, err = pipeline.ParseState(value)
	case "conclusion":
		f.Conclusion, err = parseConclusion(value)
	case "encounter":
		f.Encounter = encounterReference(value)
		return encounterForm.MatchString(f.Encounter)
	case "cursor":
		key, ok := decodeCursor(value)
		f.After, err = pipeline.ParseDocumentID(key)
		return ok && err == nil
	case "limit":
		f.Limit, err = strconv.Atoi(value)
		return err == nil && f.Limit >= 1 && f.Limit <= maxLimit
	}
	return err == nil
}

// parseConclusion reads a conclusion that came from outside.
func parseConclusion(s string) (pipeline.Conclusion, error) {
	switch c := pipeline.Conclusion(s); c {
	case pipeline.NoIrregularityFound, pipeline.ReviewSuggested, pipeline.CouldNotCheck, pipeline.TechnicalFault:
		return c, nil
	}
	return "", errors.New("a conclusion is one of four")
}

// listing is one page of the list.
type listing struct {
	documents []pipeline.Document
	next      pipeline.DocumentID // the last one, if there are more
}

// search gives one page of what the account may read, after writing down that
// it looked.
func (s *server) search(ctx context.Context, f pipeline.DocumentFilter) (l listing, err error) {
	who := infoOf(ctx).who
	f = ownOnly(f, who)
	if f.After != "" {
		// A reference that the account may not read marks no place for it.
		d, err := s.Documents.Find(ctx, f.After)
		if err == nil && !policy.MayOn(who, policy.Read, d) {
			err = pipeline.ErrNotFound
		}
		if errors.Is(err, pipeline.ErrNotFound) {
			return l, problemInvalid([]fieldError{{"/cursor", wrongCursor}})
		}
		if err != nil {
			return l, err
		}
	}
	if err := s.consult(ctx, "documents", "list"); err != nil {
		return l, err
	}
	limit := f.Limit
	for whole := true; whole && len(l.documents) <= limit; {
		f.Limit = min(limit, limit+1-len(l.documents)) // one more than a page tells that there is another
		ds, err := s.Documents.List(ctx, f)
		if err != nil {
			return l, err
		}
		if whole = len(ds) == f.Limit; whole {
			f.After = ds[len(ds)-1].ID
		}
		if ds, err = s.chosenOf(ctx, ds, f); err != nil {
			return l, err
		}
		l.documents = append(l.documents, ds...)
	}
	if len(l.documents) > limit {
		l.documents = l.documents[:limit]
		l.next = l.documents[limit-1].ID
	}
	return l, nil
}

// chosenOf takes the outcome off documents whose reviewer has not looked yet. A
// list of one conclusion leaves them out: to be in it would tell theirs.
func (s *server) chosenOf(ctx context.Context, ds []pipeline.Document, f pipeline.DocumentFilter) ([]pipeline.Document, error) {
	err := s.unfold(ctx, ds)
	if f.Conclusion == "" {
		return ds, err
	}
	return slices.DeleteFunc(ds, func(d pipeline.Document) bool { return d.Outcome.Conclusion == "" }), err
}

// list shows the documents that the account may read. On this page a parameter
// that it does not know is passed over: people arrive by old links.
func (s *server) list(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	q := r.URL.Query()
	q.Del("limit")
	for name := range q {
		if filterTexts[name] == "" {
			q.Del(name)
		}
	}
	f, errs := parseFilter(q)
	saved, err := s.savedFor(r.Context(), "/documents", q)
	if err != nil {
		return err
	}
	view := page.Documents{Saved: saved, Filter: f, Everybody: policy.Of(who.Role, policy.Read) == policy.All}
	var l listing
	if errs == nil {
		l, err = s.search(r.Context(), f)
	}
	if p, ok := errors.AsType[*problem](err); ok && p.errors != nil {
		errs = p.errors
	} else if err != nil {
		return err
	}
	view.Documents, view.Errors = l.documents, pageErrors(errs)
	if l.next != "" {
		q.Set("cursor", encodeCursor(string(l.next)))
		view.Next = "/documents?" + q.Encode()
	}
	status := http.StatusOK
	if errs != nil {
		status, view.Saved.Query = http.StatusBadRequest, ""
	}
	s.show(w, r, screen{status, "documents", view})
	return nil
}

// document shows the answer, or progress until there is one.
func (s *server) document(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	return s.showDocument(w, r, "document")
}

// examine shows the picture with its boxes, the fields and all checks.
func (s *server) examine(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	return s.showDocument(w, r, "examine")
}

func (s *server) showDocument(w http.ResponseWriter, r *http.Request, name string) error {
	ctx := r.Context()
	d, err := s.find(ctx, r.PathValue("id"), name)
	if err != nil {
		return err
	}
	review, folded, err := s.foldedTo(ctx, d)
	if err != nil {
		return err
	}
	if folded {
		return s.backTo(w, r, review, "")
	}
	view := page.Document{Document: d, Checks: s.checks}
	if view.Company, err = s.company(ctx, d.Encounter); err != nil {
		return err
	}
	if err := s.together(ctx, &view, name == "document"); err != nil {
		return err
	}
	if view.Document.ID != d.ID { // another picture stands for the whole
		if review, folded, err = s.foldedTo(ctx, view.Document); err != nil {
			return err
		}
		if folded {
			return s.backTo(w, r, review, "")
		}
	}
	d = view.Document
	if view.Standing, err = s.standing(ctx, d); err != nil {
		return err
	}
	if view.Sightings, err = s.sightings(ctx, d); err != nil {
		return err
	}
	if d.State == pipeline.StateScreened {
		report, err := s.Documents.Report(ctx, d.ID)
		if err != nil {
			return fmt.Errorf("show document %s: %w", d.ID, err)
		}
		view.Report = &report
	} else if view.Waiting, err = s.waitingNow(ctx); err != nil {
		return err
	}
	if policy.May(infoOf(ctx).who.Role, policy.History) {
		events, err := s.Audit.History(ctx, string(d.ID))
		if err != nil {
			return err
		}
		view.History = s.traceless(ctx, events, view.Standing)
	}
	s.show(w, r, screen{http.StatusOK, name, view})
	return nil
}

// waitingCount remembers for a moment how many documents wait, so that many
// who watch do not count them over and over.
type waitingCount struct {
	mu    sync.Mutex
	at    time.Time
	count int
}

// waitingFor is how old the count may be.
const waitingFor = 2 * time.Second

func (s *server) waitingNow(ctx context.Context) (int, error) {
	s.waiting.mu.Lock()
	defer s.waiting.mu.Unlock()
	if now := s.Now(); s.waiting.at.IsZero() || now.Sub(s.waiting.at) > waitingFor {
		counts, err := s.Documents.Counts(ctx)
		if err != nil {
			return 0, err
		}
		s.waiting.at, s.waiting.count = now, counts[pipeline.StateReceived]
	}
	return s.waiting.count, nil
}
