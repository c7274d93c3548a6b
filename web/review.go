package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/page"
	"touchstone.internal/web/policy"
)

// dossier is a review with everything that its page and its API speak of.
type dossier struct {
	review   pipeline.Review
	pictures []pipeline.Document // of the document, its first one first
	known    []pipeline.Decision // that the account may know of
	draft    pipeline.Draft
	drafted  bool // there is one
	stand    page.Stand
}

func (d dossier) head() pipeline.Document { return d.pictures[0] }

// folded tells whether the machine's opinion is kept from the account for now:
// from whoever may still have to decide without it.
func (d dossier) folded() bool {
	deciding := d.stand == page.StandMine || d.stand == page.StandFree || d.stand == page.StandHeld || d.stand == page.StandWaiting
	return d.review.Folded && deciding && d.draft.Impression == ""
}

// reviewOf gives the review that a document is before reviewers with, under its
// own reference or that of its first picture; ErrNotFound if there is none.
func (s *server) reviewOf(ctx context.Context, d pipeline.Document) (pipeline.Review, error) {
	r, err := s.Reviews.FindReview(ctx, d.ID)
	if errors.Is(err, pipeline.ErrNotFound) && d.PageOf != "" {
		return s.Reviews.FindReview(ctx, d.PageOf)
	}
	return r, err
}

// dossier gives a review that the account may read, after writing down that it
// is about to be seen.
func (s *server) dossier(ctx context.Context, reference string) (dossier, error) {
	d, err := s.find(ctx, reference, "review")
	if err != nil {
		return dossier{}, err
	}
	r, err := s.reviewOf(ctx, d)
	if err != nil {
		return dossier{}, err
	}
	if d.ID != r.Document {
		if d, err = s.find(ctx, string(r.Document), "review"); err != nil {
			return dossier{}, err
		}
	}
	return s.gather(ctx, r, d)
}

// gather adds to a review what belongs to it, as far as the account may know.
func (s *server) gather(ctx context.Context, r pipeline.Review, head pipeline.Document) (dossier, error) {
	c := dossier{review: r, pictures: []pipeline.Document{head}, draft: pipeline.NewDraft()}
	pages, err := s.Documents.Pages(ctx, head.ID)
	if err != nil {
		return c, err
	}
	c.pictures = append(c.pictures, pages...)
	who := infoOf(ctx).who
	if c.known, err = s.Reviews.Decisions(ctx, r.Document); err != nil {
		return c, err
	}
	if policy.May(who.Role, policy.Review) {
		c.known = pipeline.Known(c.known, who.Name)
	}
	b, err := s.Reviews.Draft(ctx, r.Document, who)
	if err == nil {
		c.drafted = true
		c.draft, err = pipeline.ParseDraft(b)
	}
	if err != nil && !errors.Is(err, pipeline.ErrNotFound) {
		return c, err
	}
	c.stand = c.standOf(who, s.Now().After(r.HeldUntil))
	return c, nil
}

// standOf tells what an account can do with a review, whose lease may have run
// out.
func (d dossier) standOf(who pipeline.Account, over bool) page.Stand {
	uploaded := func(p pipeline.Document) bool { return p.UploadedBy == who.Name }
	said := func(x pipeline.Decision) bool { return x.Reviewer == who.Name }
	switch {
	case d.review.State == pipeline.ReviewDecided:
		return page.StandDecided
	case !policy.May(who.Role, policy.Review):
		return page.StandWatching
	case slices.ContainsFunc(d.known, said):
		return page.StandHasSaid
	case slices.ContainsFunc(d.pictures, uploaded):
		return page.StandUploaded
	case d.review.State == pipeline.ReviewWaiting:
		return page.StandWaiting
	case d.review.Holder == who.Name:
		return page.StandMine
	case d.review.Holder != "" && !over:
		return page.StandHeld
	}
	return page.StandFree
}

// take lets the account hold a review that is free or that it holds already.
// Whoever was faster is no error: the stand says so.
func (s *server) take(ctx context.Context, d dossier) (dossier, error) {
	if d.stand != page.StandFree && d.stand != page.StandMine {
		return d, nil
	}
	r, err := s.Reviews.TakeReview(ctx, d.review.Document, infoOf(ctx).who, s.Now())
	if errors.Is(err, pipeline.ErrConflict) || errors.Is(err, pipeline.ErrOwnWork) {
		if r, err = s.Reviews.FindReview(ctx, d.review.Document); err != nil {
			return d, err
		}
		return s.gather(ctx, r, d.head())
	}
	if err != nil {
		return d, err
	}
	d.review, d.stand = r, page.StandMine
	return d, nil
}

// standing is how a document stands with reviewers, for everybody who may read
// it; nil if no person looks at it.
func (s *server) standing(ctx context.Context, d pipeline.Document) (*page.Standing, error) {
	r, err := s.reviewOf(ctx, d)
	if errors.Is(err, pipeline.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	st := &page.Standing{Review: r.Document, State: page.StandingOpen, DueAt: r.DueAt, Safety: r.Safety}
	switch r.State {
	case pipeline.ReviewDecided:
		st.State = page.StandingDecided
		ds, err := s.Reviews.Decisions(ctx, r.Document)
		if err != nil {
			return nil, err
		}
		if stands, ok := pipeline.Settled(ds); ok {
			st.Verdict, st.Sure, st.Agreed, st.Settled = stands.Verdict, stands.Confidence, pipeline.Agreed(ds), len(ds) > 2
		}
	case pipeline.ReviewWaiting:
		st.State = page.StandingWaiting
		all, err := s.Reviews.Recaptures(ctx, r.Document)
		if err != nil {
			return nil, err
		}
		if n := len(all); n > 0 && all[n-1].Answer == "" {
			st.Asked = &all[n-1]
		}
	default: // who has decided so far is nobody's business
	}
	return st, nil
}

// foldedTo tells whether what the machine found of a document is kept from the
// account until it has given its impression, and under which review.
func (s *server) foldedTo(ctx context.Context, d pipeline.Document) (pipeline.DocumentID, bool, error) {
	who := infoOf(ctx).who
	if !policy.May(who.Role, policy.Review) || d.State != pipeline.StateScreened {
		return "", false, nil
	}
	r, err := s.reviewOf(ctx, d)
	if errors.Is(err, pipeline.ErrNotFound) || err == nil && (!r.Folded || r.State == pipeline.ReviewDecided) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	head := d
	if r.Document != d.ID {
		if head, err = s.Documents.Find(ctx, r.Document); err != nil {
			return "", false, err
		}
	}
	c, err := s.gather(ctx, r, head)
	return r.Document, err == nil && c.folded(), err
}

// unfold takes the outcome off documents whose reviewer has not looked yet.
func (s *server) unfold(ctx context.Context, ds []pipeline.Document) error {
	for i, d := range ds {
		_, folded, err := s.foldedTo(ctx, d)
		if err != nil {
			return err
		}
		if folded {
			ds[i].Outcome = pipeline.ScreeningOutcome{}
		}
	}
	return nil
}

// traceless leaves out of a document's history what would tell a reviewer who is
// to judge for themselves what others did.
func (s *server) traceless(ctx context.Context, events []pipeline.AuditEvent, standing *page.Standing) []pipeline.AuditEvent {
	who := infoOf(ctx).who
	if standing == nil || standing.State == page.StandingDecided || !policy.May(who.Role, policy.Review) {
		return events
	}
	return slices.DeleteFunc(events, func(e pipeline.AuditEvent) bool {
		return e.Actor.Role == pipeline.RoleReviewer && e.Actor.Account != who.Name && e.Operation != pipeline.OpCollect
	})
}

// review shows a review and takes it, if the account may decide on it and nobody
// else has it open.
func (s *server) review(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	ctx := r.Context()
	d, err := s.dossier(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	if d, err = s.take(ctx, d); err != nil {
		return err
	}
	d, returned, err := s.rewrite(r, d)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	own, folded, err := s.foldedTo(ctx, d.shown(q.Get("picture")))
	if err != nil {
		return err
	}
	if folded && own != d.review.Document { // the picture is looked at by itself
		return s.backTo(w, r, own, "")
	}
	view := page.Review{Recorded: reference(q.Get("recorded")), Returned: returned}
	if q.Has("saved") {
		view.Saved = s.Now()
	}
	return s.showReview(w, r, reviewScreen{d, view, http.StatusOK, q.Get("picture")})
}

// reference reads a document's reference; empty if it is none.
func reference(s string) pipeline.DocumentID {
	id, err := pipeline.ParseDocumentID(s)
	if err != nil {
		return ""
	}
	return id
}

// reviewScreen is a review to show, with what a form said of it.
type reviewScreen struct {
	dossier
	view    page.Review
	status  int
	picture string // reference of the one that is shown; otherwise the newest that was asked for, or the first
}

func (s *server) showReview(w http.ResponseWriter, r *http.Request, sc reviewScreen) error {
	ctx := r.Context()
	d := sc.dossier
	v := sc.view
	v.Review, v.Stand, v.Known, v.Folded, v.Lost = d.review, d.stand, d.known, d.folded(), d.drafted
	v.Draft, v.Paper.Document = d.draft, d.shown(sc.picture)
	if len(d.pictures) > 1 {
		v.Pictures = d.pictures
	}
	if err := s.fillReview(ctx, &v, d); err != nil {
		return err
	}
	s.show(w, r, screen{sc.status, "review", v})
	return nil
}

// shown is the picture that was asked for, or the newest if a better one came.
func (d dossier) shown(picture string) pipeline.Document {
	if i := slices.IndexFunc(d.pictures, func(p pipeline.Document) bool { return p.ID == reference(picture) }); i >= 0 {
		return d.pictures[i]
	}
	if d.review.Updated {
		return d.pictures[len(d.pictures)-1]
	}
	return d.head()
}

// fillReview adds what has to be looked up.
func (s *server) fillReview(ctx context.Context, v *page.Review, d dossier) (err error) {
	if e, err := s.Encounters.FindEncounter(ctx, v.Paper.Document.Encounter); err == nil {
		v.Channel = e.Channel
	} else if !errors.Is(err, pipeline.ErrNotFound) {
		return err
	}
	if v.Names, err = s.titles(ctx, d); err != nil {
		return err
	}
	v.Holder = v.Names[d.review.Holder]
	if v.Paper.Sightings, err = s.sightings(ctx, v.Paper.Document); err != nil {
		return err
	}
	v.Paper.Checks = s.checks
	if v.Paper.Document.State != pipeline.StateScreened {
		return nil
	}
	report, err := s.Documents.Report(ctx, v.Paper.Document.ID)
	if err != nil {
		return fmt.Errorf("show review of %s: %w", d.review.Document, err)
	}
	if v.Folded {
		report = bare(report)
		v.Paper.Document.Outcome, v.Paper.Sightings = pipeline.ScreeningOutcome{}, nil
	}
	v.Paper.Report = &report
	return nil
}

// bare is a report with the size of its pages and nothing of what was found.
func bare(r pipeline.Report) pipeline.Report {
	out := pipeline.Report{Digest: r.Digest, Capture: r.Capture}
	for _, p := range r.Pages {
		out.Pages = append(out.Pages, pipeline.PageReading{Width: p.Width, Height: p.Height, Orientation: p.Orientation})
	}
	return out
}

// titles are what screens call the accounts that a review names.
func (s *server) titles(ctx context.Context, d dossier) (map[string]string, error) {
	names := map[string]string{}
	all := []string{d.review.Holder}
	for _, x := range d.known {
		all = append(all, x.Reviewer)
	}
	for _, name := range all {
		if name == "" || names[name] != "" {
			continue
		}
		a, err := s.Accounts.FindAccount(ctx, name)
		if err != nil && !errors.Is(err, pipeline.ErrNotFound) {
			return nil, err
		}
		names[name] = cmp.Or(a.Title, name)
	}
	return names, nil
}

// leave lets go of a review; what was drafted stays.
func (s *server) leave(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	d, err := s.dossier(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := s.Reviews.LeaveReview(r.Context(), d.review.Document, who, s.Now()); err != nil && !errors.Is(err, pipeline.ErrConflict) {
		return err
	}
	http.Redirect(w, r, "/queue", http.StatusSeeOther)
	return nil
}

// hold keeps a review while its reader is at work. It shows nothing.
func (s *server) hold(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	id := reference(r.PathValue("id"))
	err := s.Reviews.KeepReview(r.Context(), id, who, s.Now())
	if errors.Is(err, pipeline.ErrConflict) {
		err = s.problemStand(r.Context(), r.PathValue("id"))
	}
	if err != nil && (wantsJSON(r) || !isProblem(err, "lease-lost")) {
		return err
	}
	return s.backTo(w, r, id, "")
}

// isProblem tells whether an error is a problem of this type.
func isProblem(err error, slug string) bool {
	p, ok := errors.AsType[*problem](err)
	return ok && p.slug == slug
}

// backTo ends a step: a script is told that it is done, a browser goes back to
// the page, which says how the review stands.
func (s *server) backTo(w http.ResponseWriter, r *http.Request, id pipeline.DocumentID, query string) error {
	if wantsJSON(r) {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	u := url.URL{Path: "/reviews/" + string(id), RawQuery: query}
	http.Redirect(w, r, u.String(), http.StatusSeeOther)
	return nil
}

// problemStand says why the account cannot go on with a review, in the words of
// its page.
func (s *server) problemStand(ctx context.Context, reference string) error {
	d, err := s.dossier(ctx, reference)
	if err != nil {
		return err
	}
	v := page.Review{Review: d.review, Stand: d.stand, Known: d.known, Lost: d.drafted}
	if v.Names, err = s.titles(ctx, d); err != nil {
		return err
	}
	v.Holder = v.Names[d.review.Holder]
	detail := page.Notice(page.Shell{Account: infoOf(ctx).who, Now: s.Now()}, v)
	slug := "lease-lost"
	if d.stand == page.StandHasSaid || d.stand == page.StandUploaded {
		slug = "second-reviewer-required"
	}
	return &problem{slug: slug, detail: cmp.Or(detail, "Nobody has this document open. Take it first")}
}
