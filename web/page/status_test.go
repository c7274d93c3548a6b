package page

import (
	"errors"
	"strings"
	"testing"
	"time"

	"touchstone.internal/pipeline"
)

// statusExamples are a service with everything going on, one that is well, one
// whose queue is gone, and one with nothing in it.
func statusExamples() []example {
	s := shell(operator, "/status")
	parts := func(redis error) map[string]error {
		return map[string]error{"database": nil, "object store": nil, "redis": redis}
	}
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	counts := map[pipeline.State]int{pipeline.StateReceived: 1, pipeline.StateScreening: 2, pipeline.StateScreened: 12_480}
	well := pipeline.WorkerInfo{Name: "custody-suite-worker-1-4211", Version: s.Version, Started: ago(50 * time.Hour), LastSeen: ago(3 * time.Second), Active: 2}
	busy := pipeline.Load{
		Queues: []pipeline.TaskQueue{{Name: "documents", Waiting: 1250, Active: 2, Retrying: 4, Archived: pipeline.ArchiveCap, Oldest: 7 * time.Minute}},
		Failures: []pipeline.FailureGroup{
			{Cause: "The original could not be fetched: no connection", Archived: 9700, Retrying: 3, FirstAt: ago(2 * time.Hour), LastAt: ago(12 * time.Second)},
			{Cause: "Another cause: the log of the workers says which", Archived: 300, FirstAt: ago(80 * time.Hour), LastAt: ago(70 * time.Hour)},
			{Cause: "The report could not be stored: the database was busy", Retrying: 1, FirstAt: ago(time.Second), LastAt: ago(time.Second)},
		},
		Workers: []pipeline.WorkerInfo{
			well,
			{Name: "custody-suite-worker-2-17", Started: ago(time.Hour), LastSeen: now, Active: 1},
			{Name: "custody-suite-worker-3-18", Version: "touchstone v0.9.1 (0123456789ab, go1.26.1)", Started: ago(time.Hour), LastSeen: ago(14 * time.Minute)},
		},
	}
	quiet := pipeline.Load{Queues: []pipeline.TaskQueue{{Name: "documents"}}, Workers: []pipeline.WorkerInfo{well}}
	return []example{
		{"status", "status", s, Status{Parts: parts(nil), Load: &busy, Counts: counts, Backlog: pipeline.Backlog{Late: 3, Oldest: ago(7 * time.Minute)}, Tried: &Tried{1200, true}}},
		{"status-stopped", "status", s, Status{Parts: parts(nil), Load: &busy, Counts: counts, Tried: &Tried{12, false}}},
		{"status-well", "status", s, Status{Parts: parts(nil), Load: &quiet, Counts: counts, Tried: &Tried{0, true}}},
		{"status-down", "status", s, Status{Parts: parts(errors.New("does not answer")), Counts: counts}},
		{"status-empty", "status", s, Status{Load: &pipeline.Load{}}},
	}
}

// TestStatusSays: each state of the service is said in words.
func TestStatusSays(t *testing.T) {
	p, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	const (
		none  = "No worker is at work"
		mixed = "Not every worker runs the version of this desk"
		full  = "It is full: there may have been more"
		gone  = "The queue does not answer"
		late  = "3 documents are late"
	)
	want := map[string]string{"status": mixed + full + late, "status-stopped": mixed + full + "Then the queue stopped answering", "status-well": "Nothing was put back", "status-down": gone, "status-empty": none}
	for _, e := range statusExamples() {
		var b strings.Builder
		if err := p.Render(&b, e.page, e.shell, e.view); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{none, mixed, full, gone, late, "Then the queue stopped answering", "Nothing was put back"} {
			if strings.Contains(b.String(), text) != strings.Contains(want[e.name], text) {
				t.Errorf("%s: %q said: %t", e.name, text, strings.Contains(b.String(), text))
			}
		}
	}
}

func TestAgeOf(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0 seconds", time.Second: "1 second", 59 * time.Second: "59 seconds", 90 * time.Second: "1 minute",
		47 * time.Hour: "47 hours", 49 * time.Hour: "2 days",
	} {
		if got := ageOf(d); got != want {
			t.Errorf("%s is %q; want %q", d, got, want)
		}
	}
}
