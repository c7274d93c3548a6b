package dbtest

import (
	"slices"
	"testing"
	"time"

	"touchstone.internal/pipeline"
)

func decideOnce(t *testing.T, s Store) {
	for _, v := range []pipeline.Verdict{pipeline.NoIrregularity, pipeline.Expired, pipeline.Inconclusive} {
		id := flagged(t, s, day)
		r := decide(t, s, id, rita, v)
		if r.State != pipeline.ReviewDecided || r.Holder != "" || !r.HeldUntil.IsZero() {
			t.Errorf("%s leaves %+v", v, r)
		}
		same(t, review(t, s, id), r)
		_, err := s.TakeReview(t.Context(), id, sam, day)
		is(t, err, pipeline.ErrConflict)
	}
	_, err := s.NextReview(t.Context(), sam, day)
	is(t, err, pipeline.ErrNotFound)
}

func decideTwice(t *testing.T, s Store) {
	id := flagged(t, s, day)
	if r := decide(t, s, id, rita, pipeline.Counterfeit); r.State != pipeline.ReviewSecond {
		t.Errorf("one adverse decision leaves %+v", r)
	}
	r, err := s.NextReview(t.Context(), sam, day)
	noErr(t, err)
	same(t, r.Document, id)
	r, err = s.Decide(t.Context(), verdict(id, pipeline.Composite, day.Add(time.Minute)), sam) // the same kind
	noErr(t, err)
	same(t, r.State, pipeline.ReviewDecided)
	same(t, review(t, s, id), r)
	same(t, steps(t, s, id), []string{"alter review_taken rita", "alter decided rita", "alter review_taken sam", "alter decided sam"})
}

func decideThrice(t *testing.T, s Store) {
	id := flagged(t, s, day)
	decide(t, s, id, rita, pipeline.Counterfeit)
	if r := decide(t, s, id, sam, pipeline.NoIrregularity); r.State != pipeline.ReviewThird {
		t.Errorf("two who disagree leave %+v", r)
	}
	for _, who := range []pipeline.Account{rita, sam} {
		_, err := s.TakeReview(t.Context(), id, who, day)
		is(t, err, pipeline.ErrOwnWork)
	}
	if r := decide(t, s, id, tess, pipeline.Inconclusive); r.State != pipeline.ReviewDecided {
		t.Errorf("the third leaves %+v", r)
	}
	all, err := s.Decisions(t.Context(), id)
	noErr(t, err)
	for i, d := range all {
		if d.Seq != i+1 {
			t.Errorf("decision %d has number %d", i+1, d.Seq)
		}
	}
	settled, ok := pipeline.Settled(all)
	if len(all) != 3 || !ok || settled.Reviewer != "tess" {
		t.Errorf("%d decisions; settled by %q", len(all), settled.Reviewer)
	}
}

// decideFourTimes: an adverse verdict that nobody shares does not settle what two
// saw differently.
func decideFourTimes(t *testing.T, s Store) {
	id := flagged(t, s, day)
	decide(t, s, id, rita, pipeline.Counterfeit)
	decide(t, s, id, sam, pipeline.NoIrregularity)
	if r := decide(t, s, id, tess, pipeline.DataAltered); r.State != pipeline.ReviewThird {
		t.Errorf("a third alone in an adverse verdict leaves %+v", r)
	}
	if r := decide(t, s, id, pipeline.Account{Name: "ulla", Role: pipeline.RoleReviewer}, pipeline.Counterfeit); r.State != pipeline.ReviewDecided {
		t.Errorf("the fourth leaves %+v", r)
	}
	all, err := s.Decisions(t.Context(), id)
	noErr(t, err)
	settled, ok := pipeline.Settled(all)
	if len(all) != 4 || !ok || settled.Reviewer != "ulla" || pipeline.Agreed(all) != 2 {
		t.Errorf("%d decisions; settled by %q with %d in agreement", len(all), settled.Reviewer, pipeline.Agreed(all))
	}
}

// decideRefused: what is refused changes nothing and is not in the log.
func decideRefused(t *testing.T, s Store) {
	ctx, id := t.Context(), flagged(t, s, day)
	_, err := s.Decide(ctx, verdict(id, pipeline.NoIrregularity, day), rita)
	is(t, err, pipeline.ErrConflict) // nobody holds it
	held := take(t, s, id, rita, day)
	_, err = s.Decide(ctx, verdict(id, pipeline.NoIrregularity, day), sam)
	is(t, err, pipeline.ErrConflict)
	_, err = s.Decide(ctx, verdict(id, pipeline.NoIrregularity, day), pipeline.Account{})
	is(t, err, pipeline.ErrConflict)
	wild := verdict(id, pipeline.Counterfeit, day)
	wild.Confidence = pipeline.Confirmed // on images alone
	if _, err = s.Decide(ctx, wild, rita); err == nil {
		t.Error("a decision on images alone was confirmed")
	}
	same(t, review(t, s, id), held)
	same(t, steps(t, s, id), []string{"alter review_taken rita"})

	side := newDocument() // a picture of the holder's own comes in meanwhile
	side.PageOf, side.UploadedBy = id, "rita"
	create(t, s, side)
	_, err = s.Decide(ctx, verdict(id, pipeline.NoIrregularity, day), rita)
	is(t, err, pipeline.ErrOwnWork)
	if all, err := s.Decisions(ctx, id); err != nil || len(all) > 0 {
		t.Errorf("%d decisions, %v", len(all), err)
	}
}

func decisionFields(t *testing.T, s Store) {
	id := flagged(t, s, day)
	take(t, s, id, rita, day)
	want := verdict(id, pipeline.DataAltered, day)
	want.Reason, want.Impression = "“7” over 4;\x00 it\xff's --", pipeline.Inconclusive
	_, err := s.Decide(t.Context(), want, rita)
	noErr(t, err)
	want.Seq, want.Reviewer, want.Reason = 1, "rita", "“7” over 4; it\uFFFD's --"
	got, err := s.Decisions(t.Context(), id)
	noErr(t, err)
	same(t, got, []pipeline.Decision{want})

	bare := pipeline.Decision{Document: flagged(t, s, day), At: day, Judgement: pipeline.Judgement{Verdict: pipeline.NoIrregularity}}
	take(t, s, bare.Document, rita, day)
	_, err = s.Decide(t.Context(), bare, rita)
	noErr(t, err)
	got, err = s.Decisions(t.Context(), bare.Document)
	noErr(t, err)
	bare.Seq, bare.Reviewer, bare.Findings, bare.Opened = 1, "rita", []string{}, []string{}
	same(t, got, []pipeline.Decision{bare})
}

func drafts(t *testing.T, s Store) {
	ctx, id := t.Context(), flagged(t, s, day)
	want := func(who pipeline.Account, body string) {
		t.Helper()
		got, err := s.Draft(ctx, id, who)
		if body == "" {
			is(t, err, pipeline.ErrNotFound)
			return
		}
		noErr(t, err)
		same(t, string(got), body)
	}
	want(rita, "")
	noErr(t, s.SaveDraft(ctx, id, rita, []byte(`{"a":1}`), day))
	noErr(t, s.SaveDraft(ctx, id, rita, []byte(`{"a":2}`), day))
	noErr(t, s.SaveDraft(ctx, id, sam, []byte(`{"b":"é"}`), day))
	want(rita, `{"a":2}`)
	want(sam, `{"b":"é"}`)
	decide(t, s, id, rita, pipeline.Counterfeit)
	want(rita, "")
	want(sam, `{"b":"é"}`)
}

// impressionStays: a form that was on its way when the impression was given does
// not take it away, and no other takes its place.
func impressionStays(t *testing.T, s Store) {
	ctx, id := t.Context(), flagged(t, s, day)
	save := func(impression pipeline.Verdict, reason string) {
		t.Helper()
		d := pipeline.NewDraft()
		d.Impression, d.Reason = impression, reason
		b, err := d.Bytes()
		noErr(t, err)
		noErr(t, s.SaveDraft(ctx, id, rita, b, day))
	}
	save("", "half a sentence")
	save(pipeline.NoIrregularity, "half a sentence")
	save("", "a whole sentence")
	save(pipeline.Counterfeit, "another sentence")
	b, err := s.Draft(ctx, id, rita)
	noErr(t, err)
	got, err := pipeline.ParseDraft(b)
	noErr(t, err)
	if got.Impression != pipeline.NoIrregularity || got.Reason != "another sentence" {
		t.Errorf("the impression is %q, the reason %q", got.Impression, got.Reason)
	}
}

func askAgain(t *testing.T, s Store) {
	ctx, id := t.Context(), flagged(t, s, day)
	ask := pipeline.Recapture{
		Document: id, AskedBy: "rita", AskedAt: day.Add(time.Minute), Reasons: []string{"glare", "cut_off"}, Note: "Tilt the \x00card.",
		Box: pipeline.Box{X: 1, Y: 2, Width: 3, Height: 4},
	}
	is(t, s.AskAgain(ctx, ask, rita), pipeline.ErrConflict)
	take(t, s, id, rita, day)
	is(t, s.AskAgain(ctx, ask, sam), pipeline.ErrConflict)
	noErr(t, s.AskAgain(ctx, ask, rita))
	r := review(t, s, id)
	if r.State != pipeline.ReviewWaiting || r.Holder != "" || r.Kept != "rita" || r.Updated {
		t.Errorf("after the question: %+v", r)
	}
	for _, who := range []pipeline.Account{rita, sam} {
		_, err := s.NextReview(ctx, who, day)
		is(t, err, pipeline.ErrNotFound)
		_, err = s.TakeReview(ctx, id, who, day)
		is(t, err, pipeline.ErrConflict)
	}
	ask.Note = "Tilt the card."
	got, err := s.Recaptures(ctx, id)
	noErr(t, err)
	same(t, got, []pipeline.Recapture{ask})
	same(t, listed(t, s, pipeline.ReviewFilter{States: []pipeline.ReviewState{pipeline.ReviewWaiting}}), []pipeline.DocumentID{id})
	same(t, listed(t, s, pipeline.ReviewFilter{Holder: "rita"}), []pipeline.DocumentID{id})
	same(t, listed(t, s, pipeline.ReviewFilter{Free: true, Now: day}), nil)
}

// answered: the better picture brings the review back to who asked for it, with
// as much time as it had; when that has run out, to anybody.
func answered(t *testing.T, s Store) {
	ctx := t.Context()
	e := encounter(t, s, "NPT", pipeline.ChannelPrimary)
	id := screen(t, s, in(e), &pipeline.Opening{Cause: pipeline.CauseFlagged}, day)
	due := review(t, s, id).DueAt
	decide(t, s, id, rita, pipeline.Counterfeit)
	take(t, s, id, sam, day)
	noErr(t, s.AskAgain(ctx, pipeline.Recapture{Document: id, AskedAt: day}, sam))

	other := newDocument()
	other.ReceivedAt = day.Add(time.Hour)
	create(t, s, other) // of something else
	same(t, review(t, s, id).State, pipeline.ReviewWaiting)
	better := newDocument()
	better.PageOf, better.ReceivedAt = id, day.Add(40*time.Minute)
	create(t, s, better)
	more := newDocument()
	more.PageOf, more.ReceivedAt = id, day.Add(50*time.Minute)
	create(t, s, more)

	r := review(t, s, id)
	if r.State != pipeline.ReviewSecond || !r.Updated || r.Kept != "sam" || !r.DueAt.Equal(due.Add(40*time.Minute)) {
		t.Errorf("after the answer: %+v", r)
	}
	asked, err := s.Recaptures(ctx, id)
	noErr(t, err)
	same(t, asked[0].Answer, better.ID)
	_, err = s.NextReview(ctx, tess, r.DueAt.Add(-time.Microsecond))
	is(t, err, pipeline.ErrNotFound)
	mine, err := s.NextReview(ctx, sam, r.DueAt.Add(-time.Minute))
	noErr(t, err)
	same(t, mine.Document, id)
	noErr(t, s.LeaveReview(ctx, id, sam, day))
	anybody, err := s.NextReview(ctx, tess, r.DueAt)
	noErr(t, err)
	same(t, anybody.Document, id)
	last, err := s.Decide(ctx, verdict(id, pipeline.Counterfeit, day), tess)
	noErr(t, err)
	if last.Updated || last.Kept != "" || last.State != pipeline.ReviewDecided {
		t.Errorf("after the decision: %+v", last)
	}
}

// decisionsCounted: what is counted and listed is what was decided, and the
// numbers of a filter are those of the list behind it.
func decisionsCounted(t *testing.T, s Store) {
	e := encounter(t, s, "NPT", pipeline.ChannelPrimary)
	opening := &pipeline.Opening{Cause: pipeline.CauseFlagged}
	say := func(verdicts ...pipeline.Verdict) {
		id := screen(t, s, in(e), opening, day)
		for i, v := range verdicts {
			decide(t, s, id, []pipeline.Account{rita, sam, tess}[i], v)
		}
	}
	say(pipeline.NoIrregularity)
	say(pipeline.Counterfeit)
	say(pipeline.Counterfeit, pipeline.Composite)
	say(pipeline.Counterfeit, pipeline.NoIrregularity)
	say(pipeline.Counterfeit, pipeline.NoIrregularity, pipeline.Counterfeit)
	decide(t, s, flagged(t, s, day), rita, pipeline.Expired) // of no site

	for name, c := range map[string]struct {
		filter pipeline.DecisionFilter
		want   int
	}{
		"all":      {pipeline.DecisionFilter{}, 10},
		"since":    {pipeline.DecisionFilter{Since: day.Add(time.Microsecond)}, 0},
		"at":       {pipeline.DecisionFilter{Since: day}, 10},
		"reviewer": {pipeline.DecisionFilter{Reviewer: "sam"}, 3},
		"quote":    {pipeline.DecisionFilter{Reviewer: "sam' OR '1'='1"}, 0},
		"site":     {pipeline.DecisionFilter{Site: "NPT"}, 9},
		"no site":  {pipeline.DecisionFilter{NoSite: true}, 1},
		"machine":  {pipeline.DecisionFilter{Machine: pipeline.NoIrregularityFound}, 0},
		"kind":     {pipeline.DecisionFilter{Kinds: []pipeline.VerdictKind{pipeline.KindNoSigns, pipeline.KindNotFraud}}, 4},
		"second":   {pipeline.DecisionFilter{Second: true}, 3},
		"split":    {pipeline.DecisionFilter{Split: true}, 2},
		"settling": {pipeline.DecisionFilter{Settling: true}, 4},
		"several":  {pipeline.DecisionFilter{Reviewer: "rita", Settling: true, Site: "NPT", Machine: pipeline.ReviewSuggested}, 1},
	} {
		items, err := s.ListDecisions(t.Context(), c.filter)
		noErr(t, err)
		counts, err := s.CountDecisions(t.Context(), c.filter)
		noErr(t, err)
		if n := pipeline.TallyOf(counts).Decisions; len(items) != c.want || n != c.want {
			t.Errorf("%s: %d listed, %d counted, want %d", name, len(items), n, c.want)
		}
	}
	counts, err := s.CountDecisions(t.Context(), pipeline.DecisionFilter{})
	noErr(t, err)
	same(t, pipeline.TallyOf(counts), pipeline.Tally{Decisions: 10, Settled: 4, Agreed: pipeline.Share{N: 1, Of: 3}, Cleared: pipeline.Share{N: 3, Of: 10}})
	all, err := s.ListDecisions(t.Context(), pipeline.DecisionFilter{Limit: 100})
	noErr(t, err)
	second, err := s.ListDecisions(t.Context(), pipeline.DecisionFilter{Limit: 3, Offset: 3})
	noErr(t, err)
	same(t, second, all[3:6])
	decisionsByPlace(t, s, all)
	one := all[slices.IndexFunc(all, func(i pipeline.DecidedItem) bool { return i.Seq == 3 })]
	want := verdict(one.Document, pipeline.Counterfeit, day)
	want.Seq, want.Reviewer = 3, "tess"
	same(t, one, pipeline.DecidedItem{Decision: want, Encounter: e.Reference})
}

// decisionsByPlace reads the list from place to place: it is all of it.
func decisionsByPlace(t *testing.T, s Store, all []pipeline.DecidedItem) {
	t.Helper()
	var read []pipeline.DecidedItem
	for len(read) < len(all) {
		f := pipeline.DecisionFilter{Limit: 3}
		if n := len(read); n > 0 {
			f.After = read[n-1].Place()
		}
		next, err := s.ListDecisions(t.Context(), f)
		noErr(t, err)
		if len(next) == 0 {
			t.Fatalf("the list ends after %d", len(read))
		}
		read = append(read, next...)
	}
	same(t, read, all)
}
