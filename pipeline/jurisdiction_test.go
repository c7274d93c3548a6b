package pipeline_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"touchstone.internal/pipeline"
)

func england(t testing.TB) pipeline.Jurisdiction {
	t.Helper()
	j, err := pipeline.LoadJurisdiction(pipeline.England)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

var arrest = time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)

func custody() pipeline.Encounter {
	return pipeline.Encounter{Channel: pipeline.ChannelCustody, ClockFrom: arrest}
}

// TestDeadlines: detention is reviewed after 6 hours and 9 hours later, and ends
// after 24; elsewhere no such clock runs.
func TestDeadlines(t *testing.T) {
	j := england(t)
	var hours []float64
	for _, d := range j.Deadlines(custody()) {
		hours = append(hours, d.At.Sub(arrest).Hours())
	}
	if len(hours) != 3 || hours[0] != 6 || hours[1] != 15 || hours[2] != 24 {
		t.Errorf("limits after %v hours", hours)
	}
	for _, c := range pipeline.Channels {
		if ds := j.Deadlines(pipeline.Encounter{Channel: c, ClockFrom: arrest}); c != pipeline.ChannelCustody && ds != nil {
			t.Errorf("%s has %v", c, ds)
		}
	}
	for hour, want := range map[float64]bool{0: false, 3.9: false, 4: true, 5.9: true, 6: false, 12.9: false, 13: true, 15: false, 19.9: false, 20: true, 22: true, 24: false} {
		if got := j.Alerted(custody(), arrest.Add(time.Duration(hour*float64(time.Hour)))); got != want {
			t.Errorf("after %v hours somebody should look: %t", hour, got)
		}
	}
}

// TestDue: a legal limit makes a review due earlier and never later.
func TestDue(t *testing.T) {
	j := england(t)
	for opened, want := range map[time.Duration]time.Duration{
		0: 90 * time.Minute, 5 * time.Hour: 6 * time.Hour, 6 * time.Hour: 7*time.Hour + 30*time.Minute, 14 * time.Hour: 15 * time.Hour,
		23*time.Hour + 50*time.Minute: 24 * time.Hour, 30 * time.Hour: 31*time.Hour + 30*time.Minute,
	} {
		if got := j.Due(custody(), false, arrest.Add(opened)); !got.Equal(arrest.Add(want)) {
			t.Errorf("opened after %s: due after %s, want %s", opened, got.Sub(arrest), want)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		e := custody()
		e.Channel = rapid.SampledFrom(pipeline.Channels).Draw(rt, "channel")
		opened := arrest.Add(time.Duration(rapid.IntRange(0, 3000).Draw(rt, "minutes")) * time.Minute)
		safety := rapid.Bool().Draw(rt, "safety")
		if due := j.Due(e, safety, opened); due.After(pipeline.DueAt(e.Channel, safety, opened)) || !due.After(opened) {
			rt.Errorf("opened %s, due %s", opened, due)
		}
	})
}

// TestParseJurisdiction: limits out of order, or of no channel, are refused.
func TestParseJurisdiction(t *testing.T) {
	for _, bad := range []string{
		"", `{"clocks":[{"channel":"custody"}]}`, `{"clocks":[{"channel":"boat","limits":[{"minutes":1}]}]}`,
		`{"clocks":[{"channel":"custody","limits":[{"minutes":9},{"minutes":6}]}]}`, `{"clocks":[{"channel":"custody","limits":[{"minutes":0}]}]}`,
	} {
		if _, err := pipeline.ParseJurisdiction([]byte(bad)); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	if _, err := pipeline.LoadJurisdiction("XX"); err == nil {
		t.Error("a place that is not there is found")
	}
}
