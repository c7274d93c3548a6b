package dbtest

import (
	"errors"
	"testing"
	"time"

	"touchstone.internal/pipeline"
)

// screenSide does what a worker does with a picture that came to this.
func screenSide(t *testing.T, s Store, d pipeline.Document, o pipeline.ScreeningOutcome) {
	t.Helper()
	claimed, err := s.Claim(t.Context(), d.ID, "worker", day, day.Add(lease))
	noErr(t, err)
	r := newReport(d)
	r.Outcome = o
	noErr(t, s.Finish(t.Context(), claimed, pipeline.Screened{Report: r, At: day, Review: pipeline.Sampling{}.Opens(o, pipeline.Chance{Audit: 1})}))
}

// sides: a front without a zone asks for no reviewer once the back was read,
// whichever comes first.
func sides(t *testing.T, s Store) {
	bare := pipeline.ScreeningOutcome{Conclusion: pipeline.CouldNotCheck, Problem: pipeline.ProblemZoneNotFound}
	clear := pipeline.ScreeningOutcome{Conclusion: pipeline.NoIrregularityFound, Level: 1}
	flagged := pipeline.ScreeningOutcome{Conclusion: pipeline.ReviewSuggested, Band: pipeline.High}
	for name, tt := range map[string]struct {
		head, side pipeline.ScreeningOutcome
		want       bool // a review is left
	}{
		"front first": {bare, clear, false}, "back first": {clear, bare, false}, "both bare": {bare, bare, true},
		"back flagged": {bare, flagged, true}, "front of a flagged back": {flagged, bare, true},
	} {
		head, side, other := newDocument(), newDocument(), newDocument()
		side.PageOf = head.ID
		for _, d := range []pipeline.Document{head, side, other} {
			_, _, err := s.Create(t.Context(), d)
			noErr(t, err)
		}
		screenSide(t, s, head, tt.head)
		screenSide(t, s, side, tt.side)
		if _, err := s.FindReview(t.Context(), head.ID); (err == nil) != tt.want || err != nil && !errors.Is(err, pipeline.ErrNotFound) {
			t.Errorf("%s: review %v", name, err)
		}
	}
}

// joining makes two documents one, if both are of the same account and
// encounter and neither is a side already.
func joining(t *testing.T, s Store) {
	ctx, who := t.Context(), pipeline.Account{Name: "duty-officer", Role: pipeline.RoleOfficer}
	back, front, foreign, elsewhere := newDocument(), newDocument(), newDocument(), newDocument()
	foreign.UploadedBy, elsewhere.Encounter = "somebody-else", "ENC-2"
	for _, d := range []pipeline.Document{back, front, foreign, elsewhere} {
		_, _, err := s.Create(ctx, d)
		noErr(t, err)
	}
	screenSide(t, s, back, pipeline.ScreeningOutcome{Conclusion: pipeline.NoIrregularityFound, Level: 1})
	screenSide(t, s, front, pipeline.ScreeningOutcome{Conclusion: pipeline.CouldNotCheck, Problem: pipeline.ProblemZoneNotFound})
	if _, err := s.FindReview(ctx, front.ID); err != nil {
		t.Fatal(err)
	}
	for name, ids := range map[string][2]pipeline.DocumentID{
		"itself": {back.ID, back.ID}, "somebody else's": {foreign.ID, back.ID}, "to somebody else's": {front.ID, foreign.ID},
		"of another encounter": {elsewhere.ID, back.ID}, "to nothing": {front.ID, "TSD-0000-0000"}, "nothing": {"TSD-0000-0000", back.ID},
	} {
		if err := s.Join(ctx, ids[0], ids[1], who, day); !errors.Is(err, pipeline.ErrConflict) {
			t.Errorf("joined %s: %v", name, err)
		}
	}
	noErr(t, s.Join(ctx, front.ID, back.ID, who, day.Add(time.Minute)))
	if pages, err := s.Pages(ctx, back.ID); err != nil || len(pages) != 1 || pages[0].ID != front.ID {
		t.Errorf("pages %+v, %v", pages, err)
	}
	if _, err := s.FindReview(ctx, front.ID); !errors.Is(err, pipeline.ErrNotFound) {
		t.Errorf("the front still waits for a reviewer: %v", err)
	}
	if err := s.Join(ctx, front.ID, back.ID, who, day); !errors.Is(err, pipeline.ErrConflict) {
		t.Errorf("joined again: %v", err)
	}
	if err := s.Join(ctx, back.ID, front.ID, who, day); !errors.Is(err, pipeline.ErrConflict) {
		t.Errorf("joined the other way round: %v", err)
	}
	events, err := s.History(ctx, string(front.ID))
	noErr(t, err)
	if last := events[len(events)-1]; last.Detail != "joined" || last.Actor.Account != who.Name {
		t.Errorf("the log says %+v", last)
	}
}
