package dbtest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"touchstone.internal/pipeline"
)

// queueTests are those of the queue of people's work.
func queueTests() map[string]func(*testing.T, Store) {
	return map[string]func(*testing.T, Store){
		"the queue has an order":                 queueOrder,
		"finishing opens a review":               reviewOpened,
		"pictures of one document are one item":  reviewOfSet,
		"a review has one holder":                reviewHeld,
		"a lapsed lease is anybody's":            reviewLapsed,
		"what one holds comes first":             ownFirst,
		"nobody gets their own work":             ownWork,
		"nobody gets a side of their own work":   ownSide,
		"a review is left and freed":             leaveAndFree,
		"a review is assigned to a reviewer":     assigned,
		"what cannot be assigned is refused":     assignRefused,
		"one decision settles what is harmless":  decideOnce,
		"an adverse decision takes two":          decideTwice,
		"two who disagree take a third":          decideThrice,
		"three who disagree take a fourth":       decideFourTimes,
		"only the holder decides":                decideRefused,
		"decisions come back as made":            decisionFields,
		"drafts are kept until the decision":     drafts,
		"an impression is given once":            impressionStays,
		"another picture is asked for":           askAgain,
		"a better picture comes back to one":     answered,
		"a safety concern comes first":           safetyRaised,
		"a safety concern opens a review":        safetyOpens,
		"a concern about a side is about all":    safetyOfSet,
		"a concern about what is decided stays":  safetyDecided,
		"reviews are listed and counted alike":   listAndCount,
		"reviews are listed by pages":            reviewsPaged,
		"reviews are read from place to place":   reviewsByPlace,
		"every step of a review is written down": reviewAudit,
		"what is not there has no review":        reviewMissing,
		"decisions are listed and counted alike": decisionsCounted,
		"takers at once share nothing":           takersAtOnce,
		"one person twice at once takes one":     onePersonTwice,
		"deciders at once have one winner":       decidersAtOnce,
		"a lapsed review has one next holder":    lapsedRace,
		"encounters are numbered":                encounterNumbers,
		"encounters at once have each a number":  encountersAtOnce,
		"what is no encounter is refused":        encounterRefused,
	}
}

// person is somebody who reviews.
func person(name string) pipeline.Account {
	return pipeline.Account{Name: name, Role: pipeline.RoleReviewer}
}

// The people of these tests.
//
//nolint:gochecknoglobals // constants, if a struct could be one
var rita, sam, tess, uma = person("rita"), person("sam"), person("tess"), person("uma")

// screen brings a document to its end, with a review if there is an opening.
func screen(t *testing.T, s Store, d pipeline.Document, o *pipeline.Opening, at time.Time) pipeline.DocumentID {
	t.Helper()
	c := claim(t, s, create(t, s, d).ID, "worker-1", at)
	noErr(t, s.Finish(t.Context(), c, pipeline.Screened{Report: newReport(c), At: at, Review: o}))
	return c.ID
}

// flagged is a document before the reviewers, of an encounter that is not known.
func flagged(t *testing.T, s Store, at time.Time) pipeline.DocumentID {
	t.Helper()
	return screen(t, s, newDocument(), &pipeline.Opening{Cause: pipeline.CauseFlagged}, at)
}

// in is a document of an encounter.
func in(e pipeline.Encounter) pipeline.Document {
	d := newDocument()
	d.Encounter = e.Reference
	return d
}

// encounter opens one.
func encounter(t *testing.T, s Store, site string, c pipeline.Channel) pipeline.Encounter {
	t.Helper()
	e, err := s.OpenEncounter(t.Context(), newEncounter(site, c))
	noErr(t, err)
	return e
}

func newEncounter(site string, c pipeline.Channel) pipeline.Encounter {
	return pipeline.Encounter{Site: site, Channel: c, People: 2, ClockFrom: day.Add(-time.Hour), OpenedBy: "duty-officer", OpenedAt: day}
}

// verdict is a decision on a document.
func verdict(id pipeline.DocumentID, v pipeline.Verdict, at time.Time) pipeline.Decision {
	return pipeline.Decision{
		Document: id, At: at, Machine: pipeline.ReviewSuggested, Active: 90 * time.Second, Opened: []string{"image", "MRZ-03"},
		Judgement: pipeline.Judgement{
			Verdict: v, Confidence: pipeline.Probable, Level: 1, Basis: pipeline.BasisImage,
			Findings: []string{"MRZ-03"}, Reason: "The 7 in the date of birth was drawn over a 4.",
		},
	}
}

func take(t *testing.T, s Store, id pipeline.DocumentID, who pipeline.Account, at time.Time) pipeline.Review {
	t.Helper()
	r, err := s.TakeReview(t.Context(), id, who, at)
	noErr(t, err)
	return r
}

// decide takes and decides.
func decide(t *testing.T, s Store, id pipeline.DocumentID, who pipeline.Account, v pipeline.Verdict) pipeline.Review {
	t.Helper()
	take(t, s, id, who, day)
	r, err := s.Decide(t.Context(), verdict(id, v, day), who)
	noErr(t, err)
	return r
}

func review(t *testing.T, s Store, id pipeline.DocumentID) pipeline.Review {
	t.Helper()
	r, err := s.FindReview(t.Context(), id)
	noErr(t, err)
	return r
}

// listed are the references of what a filter chooses.
func listed(t *testing.T, s Store, f pipeline.ReviewFilter) (ids []pipeline.DocumentID) {
	t.Helper()
	items, err := s.ListReviews(t.Context(), f)
	noErr(t, err)
	for _, item := range items {
		ids = append(ids, item.Document)
	}
	return ids
}

// steps is what the log says of a document once it was screened.
func steps(t *testing.T, s Store, id pipeline.DocumentID) []string {
	t.Helper()
	events, err := s.History(t.Context(), string(id))
	noErr(t, err)
	var all []string
	for _, e := range events {
		if e.Actor.Role == pipeline.RoleReviewer || e.Actor.Role == pipeline.RoleSupervisor {
			all = append(all, strings.Join([]string{string(e.Operation), e.Detail, e.Actor.Account}, " "))
		}
	}
	return all
}

func reviewOpened(t *testing.T, s Store) {
	e := encounter(t, s, "NPT", pipeline.ChannelCustody)
	id := screen(t, s, in(e), &pipeline.Opening{Cause: pipeline.CauseUnchecked, Folded: true}, day)
	want := pipeline.Review{
		Document: id, Cause: pipeline.CauseUnchecked, State: pipeline.ReviewFirst, OpenedAt: day, DueAt: day.Add(90 * time.Minute), Folded: true,
	}
	same(t, review(t, s, id), want)
	d, err := s.Find(t.Context(), id)
	noErr(t, err)
	items, err := s.ListReviews(t.Context(), pipeline.ReviewFilter{})
	noErr(t, err)
	same(t, items, []pipeline.QueueItem{{
		Review: want, Encounter: e.Reference, Channel: pipeline.ChannelCustody, ClockFrom: e.ClockFrom, UploadedBy: d.UploadedBy, ReceivedAt: day, Capture: d.Capture, Outcome: d.Outcome,
	}})
	none := screen(t, s, newDocument(), nil, day)
	_, err = s.FindReview(t.Context(), none)
	is(t, err, pipeline.ErrNotFound)
}

// reviewOfSet: the sides of one card are one item, and one that comes after the
// decision is looked at by itself.
func reviewOfSet(t *testing.T, s Store) {
	opening := &pipeline.Opening{Cause: pipeline.CauseFlagged}
	side := func(head pipeline.DocumentID) pipeline.Document {
		d := newDocument()
		d.PageOf = head
		return d
	}
	front := screen(t, s, newDocument(), nil, day)
	screen(t, s, side(front), opening, day)
	screen(t, s, side(front), opening, day)
	same(t, listed(t, s, pipeline.ReviewFilter{}), []pipeline.DocumentID{front})
	decide(t, s, front, rita, pipeline.NoIrregularity)
	late := screen(t, s, side(front), opening, day)
	same(t, listed(t, s, pipeline.ReviewFilter{}), []pipeline.DocumentID{late})
}

func queueOrder(t *testing.T, s Store) {
	post, lane, custody := encounter(t, s, "NPT", pipeline.ChannelInCountry), encounter(t, s, "NPT", pipeline.ChannelPrimary), encounter(t, s, "EFD", pipeline.ChannelCustody)
	opening := &pipeline.Opening{Cause: pipeline.CauseFlagged}
	later, standard := screen(t, s, in(post), opening, day.Add(time.Minute)), screen(t, s, in(post), opening, day)
	held := screen(t, s, in(custody), opening, day)                    // due in 90 minutes
	waiting := screen(t, s, in(lane), opening, day.Add(2*time.Minute)) // due in 62
	first := screen(t, s, in(lane), opening, day)
	concern := screen(t, s, in(post), opening, day.Add(3*time.Minute))
	noErr(t, s.RaiseSafety(t.Context(), concern, rita, day.Add(4*time.Minute)))
	want := []pipeline.DocumentID{concern, first, waiting, held, standard, later}
	same(t, listed(t, s, pipeline.ReviewFilter{}), want)
	for i, id := range want {
		r, err := s.NextReview(t.Context(), person(fmt.Sprint("reviewer-", i)), day.Add(5*time.Minute))
		noErr(t, err)
		same(t, r.Document, id)
	}
	_, err := s.NextReview(t.Context(), rita, day.Add(5*time.Minute))
	is(t, err, pipeline.ErrNotFound)
}

func reviewHeld(t *testing.T, s Store) {
	ctx, id := t.Context(), flagged(t, s, day)
	got := take(t, s, id, rita, day)
	if got.Holder != "rita" || !got.HeldUntil.Equal(day.Add(pipeline.LeaseTime)) {
		t.Errorf("held by %q until %v", got.Holder, got.HeldUntil)
	}
	same(t, review(t, s, id), got)
	_, err := s.TakeReview(ctx, id, sam, day)
	is(t, err, pipeline.ErrConflict)
	_, err = s.NextReview(ctx, sam, day)
	is(t, err, pipeline.ErrNotFound)
	is(t, s.KeepReview(ctx, id, sam, day), pipeline.ErrConflict)
	is(t, s.LeaveReview(ctx, id, sam, day), pipeline.ErrConflict)

	noErr(t, s.KeepReview(ctx, id, rita, day.Add(10*time.Minute)))
	_, err = s.TakeReview(ctx, id, sam, day.Add(20*time.Minute))
	is(t, err, pipeline.ErrConflict)
	again := take(t, s, id, rita, day.Add(20*time.Minute))
	if !again.HeldUntil.Equal(day.Add(20*time.Minute + pipeline.LeaseTime)) {
		t.Errorf("taken again, it is held until %v", again.HeldUntil)
	}
}

// reviewLapsed: a lease that ran out is still its holder's until somebody else
// takes it.
func reviewLapsed(t *testing.T, s Store) {
	ctx, id := t.Context(), flagged(t, s, day)
	lapse := day.Add(pipeline.LeaseTime)
	take(t, s, id, rita, day)
	_, err := s.TakeReview(ctx, id, sam, lapse.Add(-time.Microsecond))
	is(t, err, pipeline.ErrConflict)
	noErr(t, s.KeepReview(ctx, id, rita, lapse.Add(time.Minute)))
	lapse = lapse.Add(time.Minute + pipeline.LeaseTime)
	r, err := s.NextReview(ctx, sam, lapse)
	noErr(t, err)
	same(t, r.Document, id)
	is(t, s.KeepReview(ctx, id, rita, lapse), pipeline.ErrConflict)
	_, err = s.Decide(ctx, verdict(id, pipeline.NoIrregularity, lapse), rita)
	is(t, err, pipeline.ErrConflict)
	_, err = s.Decide(ctx, verdict(id, pipeline.NoIrregularity, lapse), sam)
	noErr(t, err)
}

func ownFirst(t *testing.T, s Store) {
	ctx := t.Context()
	urgent, mine := flagged(t, s, day), flagged(t, s, day.Add(time.Minute))
	take(t, s, mine, rita, day)
	for _, at := range []time.Time{day, day.Add(2 * pipeline.LeaseTime)} { // in time and lapsed
		r, err := s.NextReview(ctx, rita, at)
		noErr(t, err)
		same(t, r.Document, mine)
		if !r.HeldUntil.Equal(at.Add(pipeline.LeaseTime)) {
			t.Errorf("it is held until %v", r.HeldUntil)
		}
	}
	noErr(t, s.LeaveReview(ctx, mine, rita, day))
	r, err := s.NextReview(ctx, rita, day)
	noErr(t, err)
	same(t, r.Document, urgent)
}

// ownWork: who uploaded any picture of a document, or decided on it, does not
// get it, by neither way.
func ownWork(t *testing.T, s Store) {
	ctx := t.Context()
	front := newDocument()
	front.UploadedBy = "rita"
	id := screen(t, s, front, &pipeline.Opening{Cause: pipeline.CauseFlagged}, day)
	back := newDocument()
	back.UploadedBy, back.PageOf = "sam", id
	create(t, s, back)
	decide(t, s, id, tess, pipeline.Counterfeit)
	for _, who := range []pipeline.Account{rita, sam, tess} {
		_, err := s.NextReview(ctx, who, day)
		is(t, err, pipeline.ErrNotFound)
		_, err = s.TakeReview(ctx, id, who, day)
		is(t, err, pipeline.ErrOwnWork)
	}
	r, err := s.NextReview(ctx, uma, day)
	noErr(t, err)
	same(t, r.Document, id)
}

// ownSide: a picture that is looked at by itself, since its document was decided,
// is no less the work of who uploaded another one of the document.
func ownSide(t *testing.T, s Store) {
	ctx := t.Context()
	front := newDocument()
	front.UploadedBy = "rita"
	head := screen(t, s, front, &pipeline.Opening{Cause: pipeline.CauseFlagged}, day)
	decide(t, s, head, tess, pipeline.NoIrregularity)
	side := func(by string) pipeline.DocumentID {
		d := newDocument()
		d.UploadedBy, d.PageOf = by, head
		return screen(t, s, d, &pipeline.Opening{Cause: pipeline.CauseFlagged}, day)
	}
	back := side("sam")
	noErr(t, s.RaiseSafety(ctx, back, uma, day))
	plain := newDocument()
	plain.UploadedBy, plain.PageOf = "vera", head
	create(t, s, plain)
	vera := pipeline.Account{Name: "vera", Role: pipeline.RoleReviewer}
	for _, who := range []pipeline.Account{rita, sam, vera} {
		_, err := s.NextReview(ctx, who, day)
		is(t, err, pipeline.ErrNotFound)
		_, err = s.TakeReview(ctx, back, who, day)
		is(t, err, pipeline.ErrOwnWork)
	}
	r, err := s.NextReview(ctx, uma, day)
	noErr(t, err)
	same(t, r.Document, back)
}

func leaveAndFree(t *testing.T, s Store) {
	ctx, id := t.Context(), flagged(t, s, day)
	boss := pipeline.Account{Name: "vera", Role: pipeline.RoleSupervisor}
	free := review(t, s, id)
	is(t, s.FreeReview(ctx, id, boss, day), pipeline.ErrConflict)
	take(t, s, id, rita, day)
	noErr(t, s.LeaveReview(ctx, id, rita, day))
	same(t, review(t, s, id), free)
	is(t, s.LeaveReview(ctx, id, rita, day), pipeline.ErrConflict)

	take(t, s, id, rita, day)
	noErr(t, s.SaveDraft(ctx, id, rita, []byte(`{"reason":"half"}`), day))
	noErr(t, s.FreeReview(ctx, id, boss, day))
	same(t, review(t, s, id), free)
	is(t, s.KeepReview(ctx, id, rita, day), pipeline.ErrConflict)
	draft, err := s.Draft(ctx, id, rita)
	noErr(t, err)
	same(t, string(draft), `{"reason":"half"}`)
	take(t, s, id, sam, day)
	same(t, steps(t, s, id), []string{
		"alter review_taken rita", "alter review_left rita", "alter review_taken rita", "alter review_freed vera", "alter review_taken sam",
	})
}

// assigned: the one that it was assigned to gets it before others, until it is
// due, and at its place in the queue.
func assigned(t *testing.T, s Store) {
	ctx := t.Context()
	boss := pipeline.Account{Name: "vera", Role: pipeline.RoleSupervisor}
	urgent, id := flagged(t, s, day), flagged(t, s, day.Add(time.Minute))
	before := review(t, s, id)
	noErr(t, s.AssignReview(ctx, id, "rita", boss, day))
	noErr(t, s.AssignReview(ctx, id, "sam", boss, day)) // somebody else after all
	before.Kept = "sam"
	same(t, review(t, s, id), before)
	same(t, listed(t, s, pipeline.ReviewFilter{}), []pipeline.DocumentID{urgent, id})
	same(t, listed(t, s, pipeline.ReviewFilter{Holder: "sam"}), []pipeline.DocumentID{id})

	take(t, s, urgent, tess, day)
	_, err := s.NextReview(ctx, rita, day.Add(time.Minute))
	is(t, err, pipeline.ErrNotFound)
	r, err := s.NextReview(ctx, sam, day.Add(time.Minute))
	noErr(t, err)
	same(t, r.Document, id)
	noErr(t, s.LeaveReview(ctx, id, sam, day.Add(time.Minute)))
	same(t, review(t, s, id), before) // left is not given back
	noErr(t, s.KeepReview(ctx, urgent, tess, before.DueAt))
	r, err = s.NextReview(ctx, rita, before.DueAt)
	noErr(t, err)
	same(t, r.Document, id)
	same(t, steps(t, s, id), []string{
		"alter review_assigned vera", "alter review_assigned vera", "alter review_taken sam", "alter review_left sam", "alter review_taken rita",
	})
	for _, name := range []string{"rita", "sam"} {
		events, err := s.History(ctx, pipeline.AccountObject(name))
		noErr(t, err)
		if len(events) != 1 || events[0].Detail != "review_assigned" || events[0].Actor.Account != "vera" {
			t.Errorf("the log says of %s %+v", name, events)
		}
	}
}

// assignRefused: nobody is assigned what somebody has open, what no person can
// decide now, or their own work.
func assignRefused(t *testing.T, s Store) {
	ctx := t.Context()
	boss := pipeline.Account{Name: "vera", Role: pipeline.RoleSupervisor}
	open, second, asked, own := flagged(t, s, day), flagged(t, s, day), flagged(t, s, day), flagged(t, s, day)
	d, err := s.Find(ctx, own)
	noErr(t, err)
	take(t, s, open, rita, day)
	decide(t, s, second, rita, pipeline.Counterfeit)
	take(t, s, asked, rita, day)
	noErr(t, s.AskAgain(ctx, pipeline.Recapture{Document: asked, AskedAt: day}, rita))
	is(t, s.AssignReview(ctx, open, "sam", boss, day), pipeline.ErrConflict)
	is(t, s.AssignReview(ctx, open, "sam", boss, day.Add(time.Hour)), pipeline.ErrConflict) // left open
	is(t, s.AssignReview(ctx, asked, "sam", boss, day), pipeline.ErrConflict)
	is(t, s.AssignReview(ctx, second, "rita", boss, day), pipeline.ErrOwnWork)
	is(t, s.AssignReview(ctx, own, d.UploadedBy, boss, day), pipeline.ErrOwnWork)
	is(t, s.AssignReview(ctx, "TSD-0000-0000", "sam", boss, day), pipeline.ErrNotFound)
	decide(t, s, second, sam, pipeline.Counterfeit)
	is(t, s.AssignReview(ctx, second, "tess", boss, day), pipeline.ErrConflict) // decided
	for _, id := range []pipeline.DocumentID{open, second, own} {
		if r := review(t, s, id); r.Kept != "" {
			t.Errorf("%s is kept for %s", id, r.Kept)
		}
		if slices.Contains(steps(t, s, id), "alter review_assigned vera") {
			t.Errorf("what was refused is written down as done")
		}
	}
}

func reviewMissing(t *testing.T, s Store) {
	ctx := t.Context()
	plain := screen(t, s, newDocument(), nil, day)
	for _, id := range []pipeline.DocumentID{"TSD-0000-0000", plain, "no\x00\xff"} {
		_, err := s.FindReview(ctx, id)
		is(t, err, pipeline.ErrNotFound)
		_, err = s.TakeReview(ctx, id, rita, day)
		is(t, err, pipeline.ErrNotFound)
		_, err = s.Decide(ctx, verdict(id, pipeline.NoIrregularity, day), rita)
		is(t, err, pipeline.ErrNotFound)
		is(t, s.KeepReview(ctx, id, rita, day), pipeline.ErrConflict)
		is(t, s.LeaveReview(ctx, id, rita, day), pipeline.ErrConflict)
		is(t, s.FreeReview(ctx, id, rita, day), pipeline.ErrConflict)
		is(t, s.AskAgain(ctx, pipeline.Recapture{Document: id, AskedAt: day}, rita), pipeline.ErrConflict)
		is(t, s.SaveDraft(ctx, id, rita, []byte("{}"), day), pipeline.ErrNotFound)
		_, err = s.Draft(ctx, id, rita)
		is(t, err, pipeline.ErrNotFound)
		if all, err := s.Decisions(ctx, id); err != nil || len(all) > 0 {
			t.Errorf("decisions on %q: %v, %v", id, all, err)
		}
		if all, err := s.Recaptures(ctx, id); err != nil || len(all) > 0 {
			t.Errorf("recaptures of %q: %v, %v", id, all, err)
		}
	}
	is(t, s.RaiseSafety(ctx, "TSD-0000-0000", rita, day), pipeline.ErrNotFound)
	same(t, steps(t, s, plain), nil)
}

// reviewAudit: each step of a review has its line, in the order of the steps,
// and what was refused has none.
func reviewAudit(t *testing.T, s Store) {
	ctx, id := t.Context(), flagged(t, s, day)
	boss := pipeline.Account{Name: "vera", Role: pipeline.RoleSupervisor}
	take(t, s, id, rita, day)
	take(t, s, id, rita, day) // once more is no step
	_, err := s.TakeReview(ctx, id, sam, day)
	is(t, err, pipeline.ErrConflict)
	noErr(t, s.FreeReview(ctx, id, boss, day))
	decide(t, s, id, rita, pipeline.Counterfeit)
	noErr(t, s.RaiseSafety(ctx, id, rita, day))
	take(t, s, id, sam, day)
	noErr(t, s.AskAgain(ctx, pipeline.Recapture{Document: id, AskedAt: day}, sam))
	is(t, s.AskAgain(ctx, pipeline.Recapture{Document: id, AskedAt: day}, sam), pipeline.ErrConflict)
	same(t, steps(t, s, id), []string{
		"alter review_taken rita", "alter review_freed vera", "alter review_taken rita", "alter decided rita",
		"alter safety_raised rita", "alter review_taken sam", "alter recapture_asked sam",
	})
}

func safetyRaised(t *testing.T, s Store) {
	ctx := t.Context()
	e := encounter(t, s, "NPT", pipeline.ChannelInCountry)
	opening := &pipeline.Opening{Cause: pipeline.CauseFlagged}
	other, id := screen(t, s, in(e), opening, day), screen(t, s, in(e), opening, day)
	take(t, s, id, rita, day)
	noErr(t, s.RaiseSafety(ctx, id, sam, day.Add(time.Minute)))
	r := review(t, s, id)
	if !r.Safety || r.Cause != pipeline.CauseFlagged || r.Holder != "rita" || !r.DueAt.Equal(day.Add(31*time.Minute)) {
		t.Errorf("after the concern: %+v", r)
	}
	noErr(t, s.RaiseSafety(ctx, id, sam, day.Add(time.Hour))) // once more moves nothing
	same(t, review(t, s, id), r)
	same(t, listed(t, s, pipeline.ReviewFilter{}), []pipeline.DocumentID{id, other})
	same(t, listed(t, s, pipeline.ReviewFilter{Safety: true}), []pipeline.DocumentID{id})
	same(t, steps(t, s, id), []string{"alter review_taken rita", "alter safety_raised sam", "alter safety_raised sam"})
}

// safetyOpens: a concern needs no finding, nor the end of screening.
func safetyOpens(t *testing.T, s Store) {
	ctx := t.Context()
	clean, fresh := screen(t, s, newDocument(), nil, day), create(t, s, newDocument()).ID
	for _, id := range []pipeline.DocumentID{clean, fresh} {
		noErr(t, s.RaiseSafety(ctx, id, rita, day))
		same(t, review(t, s, id), pipeline.Review{
			Document: id, Cause: pipeline.CauseSafety, State: pipeline.ReviewFirst, Safety: true, OpenedAt: day, DueAt: day.Add(30 * time.Minute),
		})
	}
	before := review(t, s, fresh)
	c := claim(t, s, fresh, "worker-1", day)
	noErr(t, s.Finish(ctx, c, pipeline.Screened{Report: newReport(c), At: day, Review: &pipeline.Opening{Cause: pipeline.CauseFlagged}}))
	same(t, review(t, s, fresh), before)
}

func safetyOfSet(t *testing.T, s Store) {
	ctx := t.Context()
	front := screen(t, s, newDocument(), nil, day)
	side := newDocument()
	side.PageOf = front
	back := create(t, s, side).ID
	noErr(t, s.RaiseSafety(ctx, back, rita, day))
	same(t, listed(t, s, pipeline.ReviewFilter{Safety: true}), []pipeline.DocumentID{front})
	for _, id := range []pipeline.DocumentID{front, back} {
		same(t, steps(t, s, id), []string{"alter safety_raised rita"})
	}
	decide(t, s, front, rita, pipeline.NoIrregularity)
	c := claim(t, s, back, "worker-1", day)
	noErr(t, s.Finish(ctx, c, pipeline.Screened{Report: newReport(c), At: day, Review: &pipeline.Opening{Cause: pipeline.CauseFlagged}}))
	if r := review(t, s, back); !r.Safety || !r.DueAt.Equal(day.Add(30*time.Minute)) {
		t.Errorf("the side that came later lost the concern: %+v", r)
	}
	noErr(t, s.RaiseSafety(ctx, back, sam, day)) // it has a review of its own now
	same(t, len(steps(t, s, front)), 3)          // raised, taken, decided
}

func safetyDecided(t *testing.T, s Store) {
	id := flagged(t, s, day)
	decide(t, s, id, rita, pipeline.NoIrregularity)
	noErr(t, s.RaiseSafety(t.Context(), id, sam, day))
	if r := review(t, s, id); r.State != pipeline.ReviewDecided || !r.Safety {
		t.Errorf("after the concern: %+v", r)
	}
	same(t, listed(t, s, pipeline.ReviewFilter{Safety: true}), []pipeline.DocumentID{id})
	same(t, listed(t, s, pipeline.ReviewFilter{}), nil)
	same(t, listed(t, s, pipeline.ReviewFilter{Document: id, States: pipeline.ReviewStates}), []pipeline.DocumentID{id})
	same(t, listed(t, s, pipeline.ReviewFilter{Document: "TSD-0000-0000", States: pipeline.ReviewStates}), nil)
	_, err := s.NextReview(t.Context(), sam, day)
	is(t, err, pipeline.ErrNotFound)
}

func reviewsPaged(t *testing.T, s Store) {
	const total = 130
	for i := range total {
		flagged(t, s, day.Add(time.Duration(i/10)*time.Second)) // ten share each instant
	}
	all := []pipeline.DocumentID{}
	for offset := 0; ; offset += 25 {
		page := listed(t, s, pipeline.ReviewFilter{Offset: offset})
		if all = append(all, page...); len(page) < 25 {
			break
		}
	}
	same(t, len(slices.Compact(slices.Sorted(slices.Values(all)))), total)
	same(t, listed(t, s, pipeline.ReviewFilter{Limit: 1000}), all[:101])
	same(t, listed(t, s, pipeline.ReviewFilter{Offset: -1, Limit: 3}), all[:3])
	same(t, listed(t, s, pipeline.ReviewFilter{Offset: 1000}), nil)
}

// reviewsByPlace reads the queue from place to place: in its order, and nothing
// missing or twice though what was read leaves it meanwhile.
func reviewsByPlace(t *testing.T, s Store) {
	for i := range 30 {
		id := flagged(t, s, day.Add(time.Duration(i/10)*time.Second))
		if i%4 == 0 {
			noErr(t, s.RaiseSafety(t.Context(), id, sam, day.Add(time.Duration(i/8)*time.Second)))
		}
	}
	want := listed(t, s, pipeline.ReviewFilter{Limit: 100})
	var read []pipeline.DocumentID
	f := pipeline.ReviewFilter{Limit: 7}
	for {
		items, err := s.ListReviews(t.Context(), f)
		noErr(t, err)
		if len(items) == 0 {
			break
		}
		for _, q := range items {
			read = append(read, q.Document)
		}
		f.After = items[len(items)-1].Place()
		_, err = s.TakeReview(t.Context(), f.After.Document, rita, day)
		noErr(t, err)
		decide(t, s, f.After.Document, rita, pipeline.NoIrregularity)
	}
	same(t, read, want)
	same(t, len(want), 30)
}
