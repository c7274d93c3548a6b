package dbtest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"touchstone.internal/pipeline"
)

func takersAtOnce(t *testing.T, s Store) { Takers(t, s) }

// Takers lets 16 people take and decide 200 items as fast as they can, spread
// over the handles of one database: no item is ever given to two of them, none
// is left, and no call fails. Every second item needs two of them.
func Takers(t *testing.T, handles ...Store) {
	t.Helper()
	const items, takers = 200, 16
	adverse := map[pipeline.DocumentID]bool{}
	for i := range items {
		adverse[flagged(t, handles[0], day)] = i%2 == 0
	}
	var mu sync.Mutex
	held, done := map[pipeline.DocumentID]string{}, map[pipeline.DocumentID]int{}
	parallel(takers, func(i int) {
		s, who := handles[i%len(handles)], person(fmt.Sprint("reviewer-", i))
		for {
			r, err := s.NextReview(t.Context(), who, day)
			if errors.Is(err, pipeline.ErrNotFound) {
				return
			}
			if err != nil {
				t.Errorf("next: %v", err)
				return
			}
			mu.Lock()
			if other := held[r.Document]; other != "" {
				t.Errorf("%s is held by %s and %s", r.Document, other, who.Name)
			}
			held[r.Document] = who.Name
			done[r.Document]++
			mu.Unlock()
			v := pipeline.NoIrregularity
			if adverse[r.Document] {
				v = pipeline.Counterfeit
			}
			mu.Lock()
			held[r.Document] = "" // somebody may have it as soon as it is decided
			mu.Unlock()
			if _, err := s.Decide(t.Context(), verdict(r.Document, v, day), who); err != nil {
				t.Errorf("decide: %v", err)
				return
			}
		}
	})
	left, err := handles[0].CountReviews(t.Context(), pipeline.ReviewFilter{Now: day})
	noErr(t, err)
	for id, twice := range adverse {
		want := 1
		if twice {
			want = 2
		}
		// The last takers may end before the second look at the last items opens.
		if done[id] != want && left.Second == 0 {
			t.Errorf("%s was decided %d times, want %d", id, done[id], want)
		}
	}
	if left.All != left.Second || left.All > takers {
		t.Errorf("left undone: %+v", left)
	}
}

// onePersonTwice: a form that is sent twice takes one review.
func onePersonTwice(t *testing.T, s Store) {
	noErr(t, s.CreateAccount(t.Context(), pipeline.Account{Name: "rita", Role: pipeline.RoleReviewer}, byAdministrator))
	for range 20 {
		flagged(t, s, day)
	}
	var got sync.Map
	parallel(8, func(int) {
		r, err := s.NextReview(t.Context(), rita, day)
		if err != nil {
			t.Errorf("next: %v", err)
		}
		got.Store(r.Document, true)
	})
	if n := count(&got); n != 1 {
		t.Errorf("one person holds %d reviews; want one", n)
	}
}

func decidersAtOnce(t *testing.T, s Store) {
	for range 10 {
		id := flagged(t, s, day)
		take(t, s, id, rita, day)
		var won atomic.Int32
		parallel(8, func(int) {
			switch _, err := s.Decide(t.Context(), verdict(id, pipeline.Counterfeit, day), rita); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, pipeline.ErrConflict):
				t.Errorf("decide: %v", err)
			}
		})
		all, err := s.Decisions(t.Context(), id)
		noErr(t, err)
		if won.Load() != 1 || len(all) != 1 {
			t.Errorf("%d deciders won and %d decisions are there; want one", won.Load(), len(all))
		}
	}
}

// lapsedRace: the holder of a lapsed lease comes back at the moment in which
// others want it. Whoever is told that it is theirs can decide.
func lapsedRace(t *testing.T, s Store) {
	people := []pipeline.Account{rita, sam, tess, uma}
	lapse := day.Add(pipeline.LeaseTime)
	for range 25 {
		id := flagged(t, s, day)
		take(t, s, id, rita, day)
		var mu sync.Mutex
		var holders []string
		parallel(len(people), func(i int) {
			r, err := s.NextReview(t.Context(), people[i], lapse)
			switch {
			case err == nil && r.Document == id:
				mu.Lock()
				holders = append(holders, people[i].Name)
				mu.Unlock()
			case !errors.Is(err, pipeline.ErrNotFound):
				t.Errorf("next: %v, %v", r.Document, err)
			}
		})
		if len(holders) != 1 || review(t, s, id).Holder != holders[0] {
			t.Fatalf("held by %q, the record says %q", holders, review(t, s, id).Holder)
		}
		_, err := s.Decide(t.Context(), verdict(id, pipeline.NoIrregularity, lapse), people[slices.IndexFunc(people, func(a pipeline.Account) bool { return a.Name == holders[0] })])
		noErr(t, err)
	}
}
