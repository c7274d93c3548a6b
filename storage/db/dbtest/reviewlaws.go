package dbtest

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"touchstone.internal/pipeline"
)

// listAndCount: after any steps, what a filter lists and counts is what somebody
// gets who reads the whole queue and picks by hand.
func listAndCount(t *testing.T, s Store) {
	encounters := []pipeline.Encounter{{Reference: "unknown"}}
	for _, c := range pipeline.Channels {
		encounters = append(encounters, encounter(t, s, "NPT", c), encounter(t, s, "EFD", c))
	}
	people := []pipeline.Account{rita, sam, tess}
	rapid.Check(t, func(rt *rapid.T) {
		for range rapid.IntRange(1, 4).Draw(rt, "steps") {
			d := in(rapid.SampledFrom(encounters).Draw(rt, "encounter"))
			opening := &pipeline.Opening{Cause: rapid.SampledFrom([]pipeline.ReviewCause{pipeline.CauseFlagged, pipeline.CauseUnchecked, pipeline.CauseAudit}).Draw(rt, "cause")}
			at := day.Add(time.Duration(rapid.IntRange(-100, 60).Draw(rt, "opened")) * time.Minute)
			who := rapid.SampledFrom(people).Draw(rt, "who")
			move(t, s, screen(t, s, d, opening, at), who, rapid.SampledFrom([]string{"", "take", "lapse", "decide", "ask", "safety", "second"}).Draw(rt, "step"))
		}
		f := filters(people).Draw(rt, "filter")
		want := pick(everything(t, s), f)
		got, err := s.CountReviews(t.Context(), f)
		noErr(t, err)
		same(t, got, tally(want, f.Now))
		var ids []pipeline.DocumentID
		for _, item := range want {
			ids = append(ids, item.Document)
		}
		f.Limit = 101
		same(t, listed(t, s, f), ids[:min(len(ids), 101)])
	})
}

// move takes a review one step on.
func move(t *testing.T, s Store, id pipeline.DocumentID, who pipeline.Account, step string) {
	t.Helper()
	switch step {
	case "take":
		take(t, s, id, who, day)
	case "lapse":
		take(t, s, id, who, day.Add(-time.Hour))
	case "decide":
		decide(t, s, id, who, pipeline.NoIrregularity)
	case "second":
		decide(t, s, id, who, pipeline.Counterfeit)
	case "ask":
		take(t, s, id, who, day)
		noErr(t, s.AskAgain(t.Context(), pipeline.Recapture{Document: id, AskedAt: day}, who))
	case "safety":
		noErr(t, s.RaiseSafety(t.Context(), id, who, day))
	}
}

// filters are any.
func filters(people []pipeline.Account) *rapid.Generator[pipeline.ReviewFilter] {
	return rapid.Custom(func(rt *rapid.T) pipeline.ReviewFilter {
		f := pipeline.ReviewFilter{Now: day.Add(time.Duration(rapid.IntRange(0, 90).Draw(rt, "now")) * time.Minute)}
		for _, state := range pipeline.ReviewStates {
			if rapid.IntRange(0, 4).Draw(rt, string(state)) == 0 {
				f.States = append(f.States, state)
			}
		}
		some := func(name string) bool { return rapid.IntRange(0, 3).Draw(rt, name) == 0 }
		f.Safety, f.Free, f.Held = some("safety"), some("free"), some("held")
		if some("after") {
			f.OpenedAfter = day.Add(time.Duration(rapid.IntRange(-100, 60).Draw(rt, "opened after")) * time.Minute)
		}
		if some("holder") {
			f.Holder = rapid.SampledFrom(people).Draw(rt, "person").Name
		}
		if some("channel") {
			f.Channel = rapid.SampledFrom(pipeline.Channels).Draw(rt, "which channel")
		}
		if some("site") {
			f.Site = rapid.SampledFrom([]string{"NPT", "EFD", "XXX"}).Draw(rt, "which site")
		}
		if some("cause") {
			f.Cause = rapid.SampledFrom([]pipeline.ReviewCause{pipeline.CauseFlagged, pipeline.CauseSafety}).Draw(rt, "which cause")
		}
		if some("clock") {
			f.Clock = rapid.SampledFrom(pipeline.Clocks).Draw(rt, "which clock")
		}
		return f
	})
}

// everything is all that there is, in the order of the queue.
func everything(t *testing.T, s Store) (all []pipeline.QueueItem) {
	t.Helper()
	for {
		page, err := s.ListReviews(t.Context(), pipeline.ReviewFilter{States: pipeline.ReviewStates, Limit: 100, Offset: len(all)})
		noErr(t, err)
		if all = append(all, page...); len(page) < 100 {
			return all
		}
	}
}

// clockOf puts an item into the clocks that it belongs to.
func clockOf(q pipeline.QueueItem, now time.Time) (clocks []pipeline.Clock) {
	if q.State == pipeline.ReviewWaiting || q.State == pipeline.ReviewDecided {
		return nil
	}
	left := q.DueAt.Sub(now)
	switch {
	case left < 0:
		clocks = []pipeline.Clock{pipeline.ClockLate, pipeline.ClockUrgent}
	case left < pipeline.DueSoon:
		clocks = []pipeline.Clock{pipeline.ClockSoon, pipeline.ClockUrgent}
	case q.Safety:
		clocks = []pipeline.Clock{pipeline.ClockUrgent}
	}
	return clocks
}

// isFree tells whether somebody could take an item.
func isFree(q pipeline.QueueItem, now time.Time) bool {
	return q.State != pipeline.ReviewWaiting && q.State != pipeline.ReviewDecided && !q.HeldUntil.After(now)
}

// pick chooses by hand.
func pick(all []pipeline.QueueItem, f pipeline.ReviewFilter) (chosen []pipeline.QueueItem) {
	for _, q := range all {
		site := ""
		if q.Channel != "" {
			site = q.Encounter[:3]
		}
		states := f.States
		if len(states) == 0 && !f.Safety {
			states = pipeline.ReviewStates[:4]
		}
		switch {
		case len(states) > 0 && !slices.Contains(states, q.State), f.Safety && !q.Safety,
			f.Cause != "" && f.Cause != q.Cause, f.Channel != "" && f.Channel != q.Channel, f.Site != "" && f.Site != site,
			f.Holder != "" && f.Holder != q.Holder && f.Holder != q.Kept, f.Free && !isFree(q, f.Now),
			f.Held && q.Holder == "", !q.OpenedAt.After(f.OpenedAfter),
			f.Clock != "" && !slices.Contains(clockOf(q, f.Now), f.Clock):
			continue
		}
		chosen = append(chosen, q)
	}
	return chosen
}

// tally counts by hand.
func tally(chosen []pipeline.QueueItem, now time.Time) pipeline.ReviewCounts {
	c := pipeline.ReviewCounts{All: len(chosen), Causes: map[pipeline.ReviewCause]int{}, Channels: map[pipeline.Channel]int{}, Sites: map[string]int{}}
	if len(chosen) == 0 {
		return c
	}
	for _, q := range chosen {
		clocks := clockOf(q, now)
		for into, yes := range map[*int]bool{
			&c.Safety: q.Safety, &c.Free: isFree(q, now),
			&c.Late: slices.Contains(clocks, pipeline.ClockLate), &c.Soon: slices.Contains(clocks, pipeline.ClockSoon),
			&c.Urgent:  slices.Contains(clocks, pipeline.ClockUrgent),
			&c.Unowned: isFree(q, now) && slices.Contains(clocks, pipeline.ClockUrgent),
			&c.Second:  q.State == pipeline.ReviewSecond, &c.Third: q.State == pipeline.ReviewThird, &c.Waiting: q.State == pipeline.ReviewWaiting,
		} {
			if yes {
				*into++
			}
		}
		c.Causes[q.Cause]++
		c.Channels[q.Channel]++
		site := ""
		if q.Channel != "" {
			site = q.Encounter[:3]
		}
		c.Sites[site]++
	}
	return c
}
