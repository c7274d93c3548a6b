package dbtest

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"touchstone.internal/pipeline"
)

// replays: of many requests under one key one is the first, and the others
// learn of its answer, until it is a day old.
func replays(t *testing.T, s Store) {
	ctx := t.Context()
	r := pipeline.Replay{Account: "a", Key: "k", BegunAt: day}
	var firsts atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			before, first, err := s.BeginReplay(ctx, r)
			if err != nil || !first && before.Status != 0 {
				t.Errorf("%+v, %v", before, err)
			}
			if first {
				firsts.Add(1)
			}
		})
	}
	wg.Wait()
	same(t, firsts.Load(), 1)
	begins := func(r pipeline.Replay, want bool) pipeline.Replay {
		t.Helper()
		before, first, err := s.BeginReplay(ctx, r)
		noErr(t, err)
		if first != want {
			t.Errorf("%+v is the first: %v", r, first)
		}
		return before
	}
	begins(pipeline.Replay{Account: "b", Key: "k", BegunAt: day}, true) // another account
	done := pipeline.Replay{Account: "a", Key: "k", Digest: "d", Status: 201, Location: "/x", BegunAt: day}
	noErr(t, s.EndReplay(ctx, done))
	same(t, begins(r, false), done)
	noErr(t, s.DropReplay(ctx, r)) // it is done: it stays
	same(t, begins(r, false), done)
	noErr(t, s.DropReplay(ctx, pipeline.Replay{Account: "b", Key: "k"}))
	lost := pipeline.Replay{Account: "b", Key: "k", BegunAt: day.Add(time.Minute)}
	begins(lost, true)
	lost.BegunAt = lost.BegunAt.Add(pipeline.ReplayLost)
	begins(lost, true) // the desk that had it has died
	r.BegunAt = day.Add(pipeline.ReplayFor)
	begins(r, true)
}
