package dbtest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"touchstone.internal/pipeline"
)

func encounterNumbers(t *testing.T, s Store) {
	ctx := t.Context()
	e := newEncounter("NPT", pipeline.ChannelCustody)
	for i, c := range []struct {
		site string
		at   time.Time
		want string
	}{
		{"NPT", day, "NPT-260301-0001"},
		{"NPT", day.Add(time.Hour), "NPT-260301-0002"},
		{"EFD", day, "EFD-260301-0001"},
		{"NPT", day.Add(24 * time.Hour), "NPT-260302-0001"},
		{"NPT", day, "NPT-260301-0003"},
		{"NPU", day, "NPU-260301-0001"},
		{"NPT", day.In(time.FixedZone("east", 15*3600)), "NPT-260302-0002"}, // the day of the place
	} {
		e.Site, e.OpenedAt = c.site, c.at
		got, err := s.OpenEncounter(ctx, e)
		noErr(t, err)
		if got.Reference != c.want {
			t.Errorf("encounter %d is %s, want %s", i, got.Reference, c.want)
		}
	}
	found, err := s.FindEncounter(ctx, "NPT-260301-0001")
	noErr(t, err)
	want := newEncounter("NPT", pipeline.ChannelCustody)
	want.Reference = "NPT-260301-0001"
	same(t, found, want)
	events, err := s.History(ctx, "NPT-260301-0001")
	noErr(t, err)
	if len(events) != 1 || events[0].Detail != "encounter_opened" || events[0].Operation != pipeline.OpCollect || events[0].Actor.Account != "duty-officer" {
		t.Errorf("the log says %+v", events)
	}
}

func encountersAtOnce(t *testing.T, s Store) { Encounters(t, s) }

// Encounters opens 60 encounters of one site and day at once, spread over the
// handles of one database: each gets its number, and none is left out.
func Encounters(t *testing.T, handles ...Store) {
	t.Helper()
	const people, each = 12, 5
	var mu sync.Mutex
	var got, want []string
	parallel(people, func(i int) {
		for range each {
			e, err := handles[i%len(handles)].OpenEncounter(t.Context(), newEncounter("NPT", pipeline.ChannelPrimary))
			if err != nil {
				t.Errorf("open: %v", err)
				return
			}
			mu.Lock()
			got = append(got, e.Reference)
			mu.Unlock()
		}
	})
	for i := range people * each {
		want = append(want, fmt.Sprintf("NPT-260301-%04d", i+1))
	}
	slices.Sort(got)
	same(t, got, want)
}

func encounterRefused(t *testing.T, s Store) {
	ctx := t.Context()
	for name, change := range map[string]func(*pipeline.Encounter){
		"nobody":  func(e *pipeline.Encounter) { e.People = 0 },
		"nowhere": func(e *pipeline.Encounter) { e.Channel = "" },
	} {
		e := newEncounter("NPT", pipeline.ChannelPrimary)
		change(&e)
		if got, err := s.OpenEncounter(ctx, e); err == nil {
			t.Errorf("an encounter of %s was opened: %+v", name, got)
		}
	}
	for _, reference := range []string{"NPT-260301-0001", "", "\x00\xff"} {
		_, err := s.FindEncounter(ctx, reference)
		is(t, err, pipeline.ErrNotFound)
	}
	events, err := s.History(ctx, "NPT-260301-0001")
	noErr(t, err)
	same(t, len(events), 0)
}
