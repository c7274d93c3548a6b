package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/page"
)

// maxReviewForm bounds the form of a decision, in bytes: room for a reason that
// is too long, so that it can be said.
const maxReviewForm = 64 << 10

// maxKept is how much of a text is kept in a draft, in characters: more than is
// allowed, so that nothing of what somebody wrote is lost when it is too long.
const maxKept = 4 * pipeline.MaxReason

// readReviewForm reads one of the forms of the page.
func readReviewForm(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxReviewForm)
	if err := r.ParseForm(); err != nil {
		return nil, problemForm() // the error may quote the form
	}
	return r.PostForm, nil
}

// judgementOf reads a decision that may be half done. The exact code is that of
// the kind which was chosen; without one it is the commonest.
func judgementOf(v url.Values) pipeline.Judgement {
	kind := pipeline.VerdictKind(v.Get("verdict"))
	verdict := pipeline.Verdict(v.Get("code-" + string(kind)))
	if codes := kind.Verdicts(); !slices.Contains(codes, verdict) && len(codes) > 0 {
		verdict = codes[0]
	}
	level, _ := strconv.Atoi(v.Get("level")) // no number is no level
	return pipeline.Judgement{
		Verdict: verdict, Confidence: pipeline.Confidence(v.Get("confidence")), Level: level, Basis: pipeline.Basis(v.Get("basis")),
		Findings: v["findings"], Reason: v.Get("reason"),
	}
}

// cleaned keeps of a judgement what can be one, and the text as it is counted:
// a line break is one character.
func (s *server) cleaned(j pipeline.Judgement) pipeline.Judgement {
	if j.Verdict.Kind() == "" {
		j.Verdict = ""
	}
	if !slices.Contains(pipeline.Confidences, j.Confidence) {
		j.Confidence = ""
	}
	if !slices.Contains(pipeline.Bases, j.Basis) {
		j.Basis = ""
	}
	j.Findings = s.codes(j.Findings, pipeline.SeenOtherwise)
	j.Reason = plainText(j.Reason, maxKept)
	return j
}

// plainText is a text that somebody wrote, with line breaks of one character and
// no space around it, cut at a length that no form allows.
func plainText(text string, most int) string {
	text = strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\r\n", "\n"))
	for utf8.RuneCountInString(text) > most {
		text = string([]rune(text)[:most])
	}
	return text
}

// codes are the checks among the words, and the words that are allowed beside
// them: each once, in order.
func (s *server) codes(words []string, also ...string) []string {
	out := []string{}
	for _, w := range words {
		if _, known := s.checks[w]; (known || slices.Contains(also, w)) && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	slices.Sort(out)
	return out
}

// evidence adds what a page's script tells of how the reviewer looked. It can
// only grow, and no longer than the review is there.
func (s *server) evidence(d *pipeline.Draft, opened []string, active time.Duration, since time.Time) {
	d.Opened = s.codes(slices.Concat(d.Opened, opened), "image", "original")
	d.Active = max(d.Active, min(active, s.Now().Sub(since)), 0)
}

// seconds reads a number of seconds; of what is none, nothing.
func seconds(s string) time.Duration {
	n, err := strconv.ParseUint(s, 10, 31)
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Second
}

// sketch is the draft of a review that an account may write on: its first
// impression stays as it is.
func (s *server) sketch(ctx context.Context, reference string) (r pipeline.Review, d pipeline.Draft, err error) {
	id, err := pipeline.ParseDocumentID(reference)
	if err != nil {
		return r, d, problemNotFound()
	}
	if r, err = s.Reviews.FindReview(ctx, id); err != nil {
		return r, d, err
	}
	b, err := s.Reviews.Draft(ctx, id, infoOf(ctx).who)
	if errors.Is(err, pipeline.ErrNotFound) {
		return r, pipeline.NewDraft(), nil
	}
	if err == nil {
		d, err = pipeline.ParseDraft(b)
	}
	return r, d, err
}

// saveDraft keeps a draft.
func (s *server) saveDraft(ctx context.Context, id pipeline.DocumentID, d pipeline.Draft) error {
	b, err := d.Bytes()
	if err != nil {
		return fmt.Errorf("save draft on %s: %w", id, err)
	}
	return s.Reviews.SaveDraft(ctx, id, infoOf(ctx).who, b, s.Now())
}

// draft keeps what a reviewer has written so far, whether or not they still have
// the review open.
func (s *server) draft(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	v, err := readReviewForm(w, r)
	if err != nil {
		return err
	}
	rv, d, err := s.sketch(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	d.Judgement = s.cleaned(judgementOf(v))
	s.evidence(&d, strings.Fields(v.Get("opened")), seconds(v.Get("active")), rv.OpenedAt)
	if err := s.keepDraft(r.Context(), rv.Document, d); err != nil {
		return err
	}
	return s.backTo(w, r, rv.Document, url.Values{"saved": {"1"}, "picture": {v.Get("picture")}}.Encode())
}

// keepDraft keeps a draft unless its writer has decided.
func (s *server) keepDraft(ctx context.Context, id pipeline.DocumentID, d pipeline.Draft) error {
	ds, err := s.Reviews.Decisions(ctx, id)
	if err != nil {
		return err
	}
	who := infoOf(ctx).who.Name
	if slices.ContainsFunc(ds, func(d pipeline.Decision) bool { return d.Reviewer == who }) {
		return s.problemStand(ctx, string(id))
	}
	return s.saveDraft(ctx, id, d)
}

// impression takes what a reviewer thinks before they see what the machine
// found. It is given once.
func (s *server) impression(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	ctx := r.Context()
	v, err := readReviewForm(w, r)
	if err != nil {
		return err
	}
	d, err := s.dossier(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	if d, err = s.take(ctx, d); err != nil {
		return err
	}
	kind := pipeline.VerdictKind(v.Get("impression"))
	if d.stand == page.StandMine && d.folded() && kind.Verdicts() == nil {
		view := page.Review{Errors: []page.Error{{Field: "impression", Text: noImpression}}}
		return s.showReview(w, r, reviewScreen{d, view, http.StatusBadRequest, v.Get("picture")})
	}
	s.evidence(&d.draft, strings.Fields(v.Get("opened")), seconds(v.Get("active")), d.review.OpenedAt)
	if err := s.impress(ctx, d, kind); err != nil {
		return err
	}
	return s.backTo(w, r, d.review.Document, url.Values{"picture": {v.Get("picture")}}.Encode())
}

const noImpression = "Select what you think this document is, at first sight"

// impress keeps the first impression, if one is wanted: its kind alone matters,
// and stands as the commonest verdict of it.
func (s *server) impress(ctx context.Context, d dossier, kind pipeline.VerdictKind) error {
	codes := kind.Verdicts()
	if d.stand != page.StandMine || !d.folded() || len(codes) == 0 {
		return nil
	}
	d.draft.Impression = codes[0]
	return s.saveDraft(ctx, d.review.Document, d.draft)
}

// decide records a decision and opens the next review. Sent twice, it is
// recorded once: the second time leads to what was recorded.
func (s *server) decide(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	ctx := r.Context()
	v, err := readReviewForm(w, r)
	if err != nil {
		return err
	}
	d, err := s.dossier(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	if d.stand == page.StandHasSaid || d.stand == page.StandDecided && slices.ContainsFunc(d.known, func(x pipeline.Decision) bool { return x.Reviewer == who.Name }) {
		return s.backTo(w, r, d.review.Document, "")
	}
	d.draft.Judgement = s.cleaned(judgementOf(v))
	s.evidence(&d.draft, strings.Fields(v.Get("opened")), seconds(v.Get("active")), d.review.OpenedAt)
	err = s.judge(ctx, d)
	p, ok := errors.AsType[*problem](err)
	switch {
	case err == nil:
		return s.openNext(w, r, d.review.Document)
	case !ok || wantsJSON(r):
		return err
	case p.slug == "impression-first":
		return s.backTo(w, r, d.review.Document, "")
	}
	again, err := s.dossier(ctx, string(d.review.Document))
	if err != nil {
		return err
	}
	view := page.Review{Errors: pageErrors(p.errors)}
	return s.showReview(w, r, reviewScreen{again, view, p.kind().Status, v.Get("picture")})
}

// judge writes a decision down, if the account may make it and it is complete.
// What is refused is kept as a draft.
func (s *server) judge(ctx context.Context, d dossier) error {
	var err error
	if d, err = s.takeFor(ctx, d); err != nil {
		return err
	}
	machine := d.machine()
	if errs := d.draft.Check(machine); errs != nil {
		if err := s.saveDraft(ctx, d.review.Document, d.draft); err != nil {
			return err
		}
		return problemInvalid(judgementErrors(errs))
	}
	_, err = s.Reviews.Decide(ctx, pipeline.Decision{
		Document: d.review.Document, At: s.Now().UTC(), Judgement: d.draft.Judgement, Machine: machine,
		Impression: d.draft.Impression, Opened: d.draft.Opened, Active: d.draft.Active,
	}, infoOf(ctx).who)
	if errors.Is(err, pipeline.ErrConflict) || errors.Is(err, pipeline.ErrOwnWork) {
		return s.problemStand(ctx, string(d.review.Document))
	}
	return err
}

// takeFor holds the review for who decides on it, with what they have written
// kept, or says why that cannot be.
func (s *server) takeFor(ctx context.Context, d dossier) (dossier, error) {
	written := d.draft
	d, err := s.take(ctx, d)
	if err != nil {
		return d, err
	}
	d.draft = written
	if d.stand == page.StandHeld || d.stand == page.StandWaiting {
		if err := s.saveDraft(ctx, d.review.Document, written); err != nil {
			return d, err
		}
	}
	if d.stand != page.StandMine {
		return d, s.problemStand(ctx, string(d.review.Document))
	}
	if d.folded() {
		return d, problemImpression()
	}
	return d, nil
}

// machine is what the machine concluded of the document: of several pictures, a
// suggestion of review goes before anything else.
func (d dossier) machine() pipeline.Conclusion {
	for _, p := range d.pictures {
		if p.Outcome.Conclusion == pipeline.ReviewSuggested {
			return pipeline.ReviewSuggested
		}
	}
	return d.head().Outcome.Conclusion
}

func judgementErrors(errs []pipeline.JudgementError) []fieldError {
	out := make([]fieldError, len(errs))
	for i, e := range errs {
		out[i] = fieldError{"/" + e.Field, e.Text}
	}
	return out
}

// openNext goes on with the most urgent review, or to the queue if there is none.
func (s *server) openNext(w http.ResponseWriter, r *http.Request, done pipeline.DocumentID) error {
	u := url.URL{Path: "/queue", RawQuery: url.Values{"recorded": {string(done)}}.Encode()}
	next, err := s.Reviews.NextReview(r.Context(), infoOf(r.Context()).who, s.Now())
	if err == nil {
		u.Path = "/reviews/" + string(next.Document)
	} else if !errors.Is(err, pipeline.ErrNotFound) {
		return err
	}
	http.Redirect(w, r, u.String(), http.StatusSeeOther)
	return nil
}

// recapture asks the officer for a better picture.
func (s *server) recapture(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	ctx := r.Context()
	v, err := readReviewForm(w, r)
	if err != nil {
		return err
	}
	d, err := s.dossier(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	ask := pipeline.Recapture{Document: d.review.Document, Reasons: v["reasons"], Note: plainText(v.Get("note"), maxKept)}
	var errs []fieldError
	if ask.Box, err = s.region(ctx, d.shown(v.Get("picture")), v); err != nil {
		errs = []fieldError{{"/region", "Select a part of the picture, or all of it"}}
	}
	err = s.ask(ctx, d, ask, errs)
	p, ok := errors.AsType[*problem](err)
	switch {
	case err == nil:
		return s.backTo(w, r, d.review.Document, "")
	case !ok || wantsJSON(r) || p.slug == "impression-first" && p.errors == nil:
		return err
	}
	again, err := s.dossier(ctx, string(d.review.Document))
	if err != nil {
		return err
	}
	view := page.Review{Errors: pageErrors(p.errors), Ask: ask, Region: v.Get("region")}
	return s.showReview(w, r, reviewScreen{again, view, p.kind().Status, v.Get("picture")})
}

var errNoRegion = errors.New("the picture has no such part")

// region is the part of the picture that a form names, or that was drawn on it:
// x, y, width and height in pixels of the upright page.
func (s *server) region(ctx context.Context, d pipeline.Document, v url.Values) (pipeline.Box, error) {
	region := v.Get("region")
	if region == page.RegionDrawn {
		var b pipeline.Box
		if _, err := fmt.Sscanf(v.Get("box"), "%d %d %d %d", &b.X, &b.Y, &b.Width, &b.Height); err != nil || b.Width <= 0 || b.Height <= 0 {
			return pipeline.Box{}, errNoRegion
		}
		b.Label = "marked part"
		return b, nil
	}
	paper := page.Document{Document: d}
	if region != page.RegionAll {
		report, err := s.Documents.Report(ctx, d.ID)
		if err != nil {
			return pipeline.Box{}, err
		}
		paper.Report = &report
	}
	b, ok := page.RegionBox(paper, region)
	if !ok {
		return pipeline.Box{}, errNoRegion
	}
	return b, nil
}

// ask puts a review aside until a better picture comes.
func (s *server) ask(ctx context.Context, d dossier, ask pipeline.Recapture, errs []fieldError) error {
	d, err := s.takeFor(ctx, d)
	if err != nil && !isProblem(err, "impression-first") {
		return err // who has given no impression yet can ask all the same
	}
	errs = append(judgementErrors(ask.Check()), errs...)
	if len(errs) > 0 {
		return problemInvalid(errs)
	}
	ask.Document, ask.AskedAt = d.review.Document, s.Now().UTC()
	err = s.Reviews.AskAgain(ctx, ask, infoOf(ctx).who)
	if errors.Is(err, pipeline.ErrConflict) {
		return s.problemStand(ctx, string(ask.Document))
	}
	return err
}
