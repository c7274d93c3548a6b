package dbtest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"touchstone.internal/pipeline"
)

func claimRace(t *testing.T, s Store) {
	d := create(t, s, newDocument())
	var won atomic.Int32
	parallel(16, func(i int) {
		_, err := s.Claim(t.Context(), d.ID, fmt.Sprint("worker-", i), day, day.Add(lease))
		switch {
		case err == nil:
			won.Add(1)
		case !errors.Is(err, pipeline.ErrConflict):
			t.Errorf("claim: %v", err)
		}
	})
	if won.Load() != 1 {
		t.Errorf("%d of 16 claimers won, want one", won.Load())
	}
}

func claimFields(t *testing.T, s Store) {
	d := create(t, s, newDocument())
	want := d
	want.State, want.Attempt, want.Owner, want.LeaseUntil = pipeline.StateScreening, 1, "worker-1", day.Add(lease)
	same(t, claim(t, s, d.ID, "worker-1", day), want)
	found, err := s.Find(t.Context(), d.ID)
	noErr(t, err)
	same(t, found, want)
}

func claimNobody(t *testing.T, s Store) {
	d := create(t, s, newDocument())
	if _, err := s.Claim(t.Context(), d.ID, "", day, day.Add(lease)); err == nil {
		t.Error("a claim without an owner was taken")
	}
	found, err := s.Find(t.Context(), d.ID)
	noErr(t, err)
	same(t, found, d)
}

func claimExpired(t *testing.T, s Store) {
	d := claim(t, s, create(t, s, newDocument()).ID, "worker-1", day)
	_, err := s.Claim(t.Context(), d.ID, "worker-2", d.LeaseUntil.Add(-time.Microsecond), d.LeaseUntil.Add(lease))
	is(t, err, pipeline.ErrConflict)
	got := claim(t, s, d.ID, "worker-2", d.LeaseUntil)
	if got.Attempt != 2 || got.Owner != "worker-2" {
		t.Errorf("the second claim is attempt %d of %s", got.Attempt, got.Owner)
	}
}

func release(t *testing.T, s Store) {
	d := claim(t, s, create(t, s, newDocument()).ID, "worker-1", day)
	noErr(t, s.Release(t.Context(), d))
	found, err := s.Find(t.Context(), d.ID)
	noErr(t, err)
	if found.State != pipeline.StateReceived || found.Owner != "" || !found.LeaseUntil.IsZero() || found.Attempt != 1 {
		t.Errorf("after release: %+v", found)
	}
	if got := claim(t, s, d.ID, "worker-2", day); got.Attempt != 2 {
		t.Errorf("the claim after a release is attempt %d, want 2", got.Attempt)
	}
}

func releaseLost(t *testing.T, s Store) {
	d := claim(t, s, create(t, s, newDocument()).ID, "worker-1", day)
	now := claim(t, s, d.ID, "worker-1", d.LeaseUntil) // the same owner, another attempt
	is(t, s.Release(t.Context(), d), pipeline.ErrConflict)
	found, err := s.Find(t.Context(), d.ID)
	noErr(t, err)
	same(t, found, now)
}

func finish(t *testing.T, s Store) {
	d := claim(t, s, create(t, s, newDocument()).ID, "worker-1", day)
	r, rendition := newReport(d), newDocument().Digest
	noErr(t, s.Finish(t.Context(), d, pipeline.Screened{Report: r, Rendition: rendition, At: day.Add(time.Second)}))
	got, err := s.Report(t.Context(), d.ID)
	noErr(t, err)
	same(t, got, r)
	want := d
	want.State, want.Owner, want.LeaseUntil = pipeline.StateScreened, "", time.Time{}
	want.ScreenedAt, want.Outcome, want.Rendition = day.Add(time.Second), r.Outcome, rendition
	found, err := s.Find(t.Context(), d.ID)
	noErr(t, err)
	same(t, found, want)

	is(t, s.Finish(t.Context(), d, pipeline.Screened{Report: r, At: day}), pipeline.ErrConflict)
	is(t, s.Release(t.Context(), d), pipeline.ErrConflict)
	_, err = s.Claim(t.Context(), d.ID, "worker-2", d.LeaseUntil.Add(time.Hour), d.LeaseUntil.Add(2*time.Hour))
	is(t, err, pipeline.ErrConflict)
}

func finishLate(t *testing.T, s Store) {
	d := claim(t, s, create(t, s, newDocument()).ID, "worker-1", day)
	noErr(t, s.Finish(t.Context(), d, pipeline.Screened{Report: newReport(d), At: d.LeaseUntil.Add(time.Hour)}))
}

func finishLost(t *testing.T, s Store) {
	d := claim(t, s, create(t, s, newDocument()).ID, "worker-1", day)
	for name, owner := range map[string]string{"another owner": "worker-2", "another attempt of the same owner": "worker-1"} {
		current, err := s.Find(t.Context(), d.ID)
		noErr(t, err)
		claim(t, s, d.ID, owner, current.LeaseUntil)
		if err := s.Finish(t.Context(), d, pipeline.Screened{Report: newReport(d), At: day}); !errors.Is(err, pipeline.ErrConflict) {
			t.Errorf("finish against %s: %v, want %v", name, err, pipeline.ErrConflict)
		}
	}
	_, err := s.Report(t.Context(), d.ID)
	is(t, err, pipeline.ErrNotFound)
	never := create(t, s, newDocument())
	is(t, s.Finish(t.Context(), never, pipeline.Screened{Report: newReport(never), At: day}), pipeline.ErrConflict)
}

func finishRace(t *testing.T, s Store) {
	d := claim(t, s, create(t, s, newDocument()).ID, "worker-1", day)
	var won atomic.Int32
	parallel(8, func(int) {
		switch err := s.Finish(t.Context(), d, pipeline.Screened{Report: newReport(d), At: day}); {
		case err == nil:
			won.Add(1)
		case !errors.Is(err, pipeline.ErrConflict):
			t.Errorf("finish: %v", err)
		}
	})
	if won.Load() != 1 {
		t.Errorf("%d finishers won, want one", won.Load())
	}
}

func outcomes(t *testing.T, s Store) {
	for name, o := range map[string]pipeline.ScreeningOutcome{
		"nothing found":   {Conclusion: pipeline.NoIrregularityFound, Level: 1, Contributions: []pipeline.Contribution{}},
		"could not check": {Conclusion: pipeline.CouldNotCheck, Problem: pipeline.ProblemReaderCrash, Contributions: []pipeline.Contribution{}},
		"a third":         {Conclusion: pipeline.ReviewSuggested, Band: pipeline.Low, Total: 1.0 / 3, Contributions: []pipeline.Contribution{{Share: 1.0 / 3}}},
	} {
		d := claim(t, s, create(t, s, newDocument()).ID, "w", day)
		r := newReport(d)
		r.Outcome = o
		noErr(t, s.Finish(t.Context(), d, pipeline.Screened{Report: r, At: day}))
		got, err := s.Find(t.Context(), d.ID)
		noErr(t, err)
		t.Run(name, func(t *testing.T) { same(t, got.Outcome, o) })
	}
}

// life takes a document through everything that may befall it.
func life(t *testing.T, s Store) {
	d := create(t, s, newDocument())
	first := claim(t, s, d.ID, "worker-1", day)
	noErr(t, s.Release(t.Context(), first))
	claim(t, s, d.ID, "worker-2", day)
	third := claim(t, s, d.ID, "worker-3", day.Add(lease))
	noErr(t, s.Finish(t.Context(), third, pipeline.Screened{Report: newReport(d), At: day.Add(time.Hour)}))
	events, err := s.History(t.Context(), string(d.ID))
	noErr(t, err)
	var steps []string
	for _, e := range events {
		steps = append(steps, e.Actor.Account+" "+e.Detail)
	}
	same(t, steps, []string{
		"duty-officer received", "worker-1 claimed", "worker-1 released",
		"worker-2 claimed", "worker-3 claimed", "worker-3 screened",
	})
}

// chaos lets workers lose, release and finish claims of the same documents at
// once, on a clock that runs past their leases: each ends with one report, and
// the log has one line for every step that was taken.
func chaos(t *testing.T, s Store) {
	const documents, workers = 12, 6
	var ids []pipeline.DocumentID
	for range documents {
		ids = append(ids, create(t, s, newDocument()).ID)
	}
	var clock atomic.Int64
	now := func() time.Time { return day.Add(time.Duration(clock.Add(1)) * lease / 4) }
	var finished, steps sync.Map // by document: who finished it; by step: its name
	parallel(workers, func(w int) {
		owner := fmt.Sprint("worker-", w)
		for round := range 4 {
			for i := range ids {
				id := ids[(i+w*documents/workers)%documents]
				at := now()
				d, err := s.Claim(t.Context(), id, owner, at, at.Add(lease))
				if errors.Is(err, pipeline.ErrConflict) {
					continue
				}
				if err != nil {
					t.Errorf("claim: %v", err)
					return
				}
				steps.Store(fmt.Sprint(id, d.Attempt, "claimed"), true)
				end(t, s, d, (round+i+w)%3, &finished, &steps)
			}
		}
	})
	for _, id := range ids { // what was left undone is taken up
		d, err := s.Claim(t.Context(), id, "last", day.Add(1000*lease), day.Add(1001*lease))
		if err == nil {
			steps.Store(fmt.Sprint(id, d.Attempt, "claimed"), true)
			end(t, s, d, 0, &finished, &steps)
		}
	}
	var logged int
	for _, id := range ids {
		if _, err := s.Report(t.Context(), id); err != nil {
			t.Errorf("report of %s: %v", id, err)
		}
		events, err := s.History(t.Context(), string(id))
		noErr(t, err)
		logged += len(events) - 1 // without "received"
	}
	if n := count(&finished); n != documents {
		t.Errorf("%d documents were finished, want %d", n, documents)
	}
	if n := count(&steps); logged != n {
		t.Errorf("%d steps in the log, %d were taken", logged, n)
	}
}

// end finishes (0), releases (1) or forgets (2) a claim.
func end(t *testing.T, s Store, d pipeline.Document, how int, finished, steps *sync.Map) {
	var err error
	var step string
	switch how {
	case 0:
		step, err = "screened", s.Finish(t.Context(), d, pipeline.Screened{Report: newReport(d), At: day})
	case 1:
		step, err = "released", s.Release(t.Context(), d)
	default:
		return
	}
	if err != nil {
		if !errors.Is(err, pipeline.ErrConflict) {
			t.Errorf("%s: %v", step, err)
		}
		return
	}
	steps.Store(fmt.Sprint(d.ID, d.Attempt, step), true)
	if how == 0 {
		if _, twice := finished.LoadOrStore(d.ID, d.Owner); twice {
			t.Errorf("%s was finished twice", d.ID)
		}
	}
}
