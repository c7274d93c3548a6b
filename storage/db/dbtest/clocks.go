package dbtest

import (
	"testing"
	"time"

	"touchstone.internal/pipeline"
)

// legalClocks: open encounters of a channel are given, the longest first, and a
// legal limit makes their reviews due earlier.
func legalClocks(t *testing.T, s Store) {
	open := func(c pipeline.Channel, since time.Duration) string {
		e, err := s.OpenEncounter(t.Context(), pipeline.Encounter{Site: "UTO", Channel: c, People: 1, ClockFrom: day.Add(-since), OpenedBy: officer.Name, OpenedAt: day})
		noErr(t, err)
		return e.Reference
	}
	short, long := open(pipeline.ChannelCustody, time.Hour), open(pipeline.ChannelCustody, 5*time.Hour)
	open(pipeline.ChannelCustody, 25*time.Hour)
	open(pipeline.ChannelPrimary, time.Hour)
	all, err := s.Clocked(t.Context(), pipeline.ChannelCustody, day.Add(-24*time.Hour))
	noErr(t, err)
	var got []string
	for _, e := range all {
		got = append(got, e.Reference)
	}
	same(t, got, []string{long, short})
	for encounter, want := range map[string]time.Duration{short: 90 * time.Minute, long: time.Hour} {
		d := newDocument()
		d.Encounter = encounter
		create(t, s, d)
		held := claim(t, s, d.ID, "w", day)
		noErr(t, s.Finish(t.Context(), held, pipeline.Screened{Report: newReport(d), At: day, Review: &pipeline.Opening{Cause: pipeline.CauseFlagged}}))
		if due := review(t, s, d.ID).DueAt; !due.Equal(day.Add(want)) {
			t.Errorf("%s is due after %s, want %s", encounter, due.Sub(day), want)
		}
	}
}
