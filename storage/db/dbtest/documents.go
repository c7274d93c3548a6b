package dbtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"touchstone.internal/pipeline"
)

// same fails the test unless got is what is wanted.
func same[T any](t *testing.T, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("differs (-want +got):\n%s", diff)
	}
}

// is fails the test unless err is the wanted one.
func is(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got error %v, want %v", err, want)
	}
}

func createFind(t *testing.T, s Store) {
	d := newDocument()
	got := create(t, s, d)
	same(t, got, d)
	found, err := s.Find(t.Context(), d.ID)
	noErr(t, err)
	same(t, found, d)
}

func createAgain(t *testing.T, s Store) {
	d := create(t, s, newDocument())
	second := newDocument()
	second.Digest, second.ReceivedAt = d.Digest, day.Add(time.Hour)
	got, created, err := s.Create(t.Context(), second)
	noErr(t, err)
	if created {
		t.Error("the same bytes, account and encounter became a second document")
	}
	same(t, got, d)
	for name, change := range map[string]func(*pipeline.Document){
		"bytes":     func(n *pipeline.Document) { n.Digest = newDocument().Digest },
		"encounter": func(n *pipeline.Document) { n.Encounter = "ENC-2" },
		"account":   func(n *pipeline.Document) { n.UploadedBy = "night-officer" },
	} {
		n := newDocument()
		n.Digest = d.Digest
		change(&n)
		if _, created, err := s.Create(t.Context(), n); err != nil || !created {
			t.Errorf("another %s did not become another document: %v", name, err)
		}
	}
}

func createAtOnce(t *testing.T, s Store) {
	digest := newDocument().Digest
	var ids sync.Map
	var made atomic.Int32
	parallel(16, func(int) {
		d := newDocument()
		d.Digest = digest
		got, created, err := s.Create(t.Context(), d)
		if err != nil {
			t.Errorf("create: %v", err)
			return
		}
		if created {
			made.Add(1)
		}
		ids.Store(got.ID, true)
	})
	if n := count(&ids); made.Load() != 1 || n != 1 {
		t.Errorf("%d documents created, %d references given, want one", made.Load(), n)
	}
}

// parallel runs f n times at once.
func parallel(n int, f func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { f(i) })
	}
	wg.Wait()
}

func count(m *sync.Map) (n int) {
	m.Range(func(any, any) bool { n++; return true })
	return n
}

func createTaken(t *testing.T, s Store) {
	d := create(t, s, newDocument())
	other := newDocument()
	other.ID = d.ID
	_, _, err := s.Create(t.Context(), other)
	is(t, err, pipeline.ErrConflict)
	found, err := s.Find(t.Context(), d.ID)
	noErr(t, err)
	same(t, found, d)
}

func createForeign(t *testing.T, s Store) {
	d := newDocument()
	d.FileName = "a\x00b\xff'; DROP TABLE documents; --\u202e.jpg"
	d.Encounter = "ENC\x00-9"
	got := create(t, s, d)
	same(t, got.FileName, "ab\uFFFD'; DROP TABLE documents; --\u202e.jpg")
	list, err := s.List(t.Context(), pipeline.DocumentFilter{Encounter: d.Encounter})
	noErr(t, err)
	same(t, list, []pipeline.Document{got})
}

func missing(t *testing.T, s Store) {
	ctx := t.Context()
	_, err := s.Find(ctx, "TSD-0000-0000")
	is(t, err, pipeline.ErrNotFound)
	_, err = s.Report(ctx, "TSD-0000-0000")
	is(t, err, pipeline.ErrNotFound)
	_, err = s.Claim(ctx, "TSD-0000-0000", "worker", day, day.Add(lease))
	is(t, err, pipeline.ErrNotFound)
	_, err = s.FindAccount(ctx, "nobody\x00\xff")
	is(t, err, pipeline.ErrNotFound)
	list, err := s.List(ctx, pipeline.DocumentFilter{})
	noErr(t, err)
	if len(list) != 0 {
		t.Errorf("an empty store lists %d documents", len(list))
	}
}

func listFiltered(t *testing.T, s Store) {
	mk := func(encounter, account string, at time.Duration) pipeline.Document {
		d := newDocument()
		d.Encounter, d.UploadedBy, d.ReceivedAt = encounter, account, day.Add(at*time.Microsecond)
		return create(t, s, d)
	}
	a, b, c := mk("E1", "one", 0), mk("E2", "one", 1), mk("E1", "two", 2)
	d := claim(t, s, c.ID, "w", day)
	noErr(t, s.Finish(t.Context(), d, pipeline.Screened{Report: newReport(d), At: day}))
	claim(t, s, b.ID, "w", day)
	for name, test := range map[string]struct {
		filter pipeline.DocumentFilter
		want   []pipeline.DocumentID
	}{
		"all":        {pipeline.DocumentFilter{}, []pipeline.DocumentID{c.ID, b.ID, a.ID}},
		"received":   {pipeline.DocumentFilter{State: pipeline.StateReceived}, []pipeline.DocumentID{a.ID}},
		"screening":  {pipeline.DocumentFilter{State: pipeline.StateScreening}, []pipeline.DocumentID{b.ID}},
		"conclusion": {pipeline.DocumentFilter{Conclusion: pipeline.ReviewSuggested}, []pipeline.DocumentID{c.ID}},
		"none":       {pipeline.DocumentFilter{Conclusion: pipeline.CouldNotCheck}, nil},
		"encounter":  {pipeline.DocumentFilter{Encounter: "E1"}, []pipeline.DocumentID{c.ID, a.ID}},
		"account":    {pipeline.DocumentFilter{UploadedBy: "one"}, []pipeline.DocumentID{b.ID, a.ID}},
		"both":       {pipeline.DocumentFilter{UploadedBy: "one", Encounter: "E1"}, []pipeline.DocumentID{a.ID}},
		"quote":      {pipeline.DocumentFilter{Encounter: "E1' OR '1'='1"}, nil},
		"limit":      {pipeline.DocumentFilter{Limit: 1}, []pipeline.DocumentID{c.ID}},
		"after":      {pipeline.DocumentFilter{UploadedBy: "one", After: b.ID}, []pipeline.DocumentID{a.ID}},
	} {
		t.Run(name, func(t *testing.T) {
			list, err := s.List(t.Context(), test.filter)
			noErr(t, err)
			same(t, idsOf(list), test.want)
		})
	}
}

func idsOf(list []pipeline.Document) (ids []pipeline.DocumentID) {
	for _, d := range list {
		ids = append(ids, d.ID)
	}
	return ids
}

func listPaged(t *testing.T, s Store) {
	const total = 130
	for i := range total {
		d := newDocument()
		d.ReceivedAt = day.Add(time.Duration(i/10) * time.Second) // ten share each instant
		create(t, s, d)
	}
	for limit, size := range map[int]int{0: 25, 7: 7, 101: 101, 1000: 101} {
		seen := map[pipeline.DocumentID]bool{}
		var last pipeline.Document
		f := pipeline.DocumentFilter{Limit: limit}
		for {
			page, err := s.List(t.Context(), f)
			noErr(t, err)
			for _, d := range page {
				if seen[d.ID] || (last.ID != "" && d.ReceivedAt.After(last.ReceivedAt)) {
					t.Fatalf("limit %d: %s comes twice or out of order", limit, d.ID)
				}
				seen[d.ID], last = true, d
			}
			if len(page) < size {
				break
			}
			f.After = last.ID
		}
		if len(seen) != total {
			t.Errorf("limit %d: %d documents on all pages, want %d", limit, len(seen), total)
		}
	}
}

func listUnknown(t *testing.T, s Store) {
	_, err := s.List(t.Context(), pipeline.DocumentFilter{After: "TSD-0000-0000"})
	is(t, err, pipeline.ErrNotFound)
}

func sightings(t *testing.T, s Store) {
	first := newDocument()
	var all []pipeline.Document
	for i := range 3 {
		d := newDocument()
		d.Digest, d.Encounter, d.ReceivedAt = first.Digest, fmt.Sprint("E", i), day.Add(time.Duration(i)*time.Minute)
		all = append(all, create(t, s, d))
	}
	create(t, s, newDocument()) // other bytes
	d := claim(t, s, all[0].ID, "w", day)
	r := newReport(d)
	noErr(t, s.Finish(t.Context(), d, pipeline.Screened{Report: r, At: day}))
	got, err := s.Sightings(t.Context(), first.Digest, all[2].ID)
	noErr(t, err)
	same(t, got, []pipeline.Sighting{
		{DocumentID: all[0].ID, Encounter: "E0", ReceivedAt: all[0].ReceivedAt, Outcome: r.Outcome},
		{DocumentID: all[1].ID, Encounter: "E1", ReceivedAt: all[1].ReceivedAt},
	})
}

func late(t *testing.T, s Store) {
	mk := func(at time.Duration) pipeline.Document {
		d := newDocument()
		d.ReceivedAt = day.Add(at)
		return create(t, s, d)
	}
	old, fresh, held, lost, done := mk(-time.Hour), mk(0), mk(-3*time.Hour), mk(-2*time.Hour), mk(-4*time.Hour)
	claim(t, s, held.ID, "w", day)
	claim(t, s, lost.ID, "w", day.Add(-lease))
	d := claim(t, s, done.ID, "w", day)
	noErr(t, s.Finish(t.Context(), d, pipeline.Screened{Report: newReport(d), At: day}))
	got, err := s.Late(t.Context(), day.Add(-time.Minute), day, 10)
	noErr(t, err)
	same(t, idsOf(got), []pipeline.DocumentID{lost.ID, old.ID})
	got, err = s.Late(t.Context(), day.Add(-time.Minute), day, 1)
	noErr(t, err)
	same(t, idsOf(got), []pipeline.DocumentID{lost.ID})
	got, err = s.Late(t.Context(), day.Add(time.Minute), day, 10)
	noErr(t, err)
	if !slices.Contains(idsOf(got), fresh.ID) {
		t.Error("a document that was received before the given time is not late")
	}
	backlog, err := s.Backlog(t.Context(), day.Add(-time.Minute), day)
	noErr(t, err)
	if backlog.Late != 2 || !backlog.Oldest.Equal(held.ReceivedAt) {
		t.Errorf("backlog %+v; want 2 late, the oldest of %s", backlog, held.ReceivedAt)
	}
	backlog, err = s.Backlog(t.Context(), day.Add(time.Minute), day)
	noErr(t, err)
	if backlog.Late != 3 {
		t.Errorf("%d late a minute later; want 3", backlog.Late)
	}
}

func counts(t *testing.T, s Store) {
	backlog, err := s.Backlog(t.Context(), day, day)
	noErr(t, err)
	if backlog.Late != 0 || !backlog.Oldest.IsZero() {
		t.Errorf("backlog of no document: %+v", backlog)
	}
	for range 3 {
		create(t, s, newDocument())
	}
	claim(t, s, create(t, s, newDocument()).ID, "w", day)
	got, err := s.Counts(t.Context())
	noErr(t, err)
	same(t, got, map[pipeline.State]int{pipeline.StateReceived: 3, pipeline.StateScreening: 1})
}

func cancelled(t *testing.T, s Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d := newDocument()
	if _, _, err := s.Create(ctx, d); err == nil {
		t.Error("create worked after its context had ended")
	}
	_, err := s.Find(t.Context(), d.ID)
	is(t, err, pipeline.ErrNotFound)
	create(t, s, d) // the store works on
}
