package page

import (
	"strconv"
	"time"

	"touchstone.internal/pipeline"
)

// Status is the view of "status": how the service is doing. It holds nothing of
// any document.
type Status struct {
	Parts   map[string]error       // nil for a part that answers
	Load    *pipeline.Load         // nil if the queue does not answer
	Counts  map[pipeline.State]int // nil if they could not be counted
	Backlog pipeline.Backlog
	Tried   *Tried // what became of a group of failures just now
}

// Tried is how many failed tasks were put back.
type Tried struct {
	N   int
	All bool // the queue answered to the end
}

// silentAfter is how long a worker may be silent: it speaks every 5 seconds.
const silentAfter = 30 * time.Second

// workerRow is a worker in the table.
type workerRow struct {
	pipeline.WorkerInfo
	Seen    string
	Runs    string
	Tag     label
	Another bool // version than the desk
}

// statusView is what the page says of queue and workers.
type statusView struct {
	Warnings []string
	Workers  []workerRow
	Full     bool // the queue may have dropped failures
}

// statusOf prepares the page.
func statusOf(s Shell, v Status) (out statusView) {
	if v.Load == nil {
		return out
	}
	alive, mixed := 0, false
	for _, w := range v.Load.Workers {
		row := workerRow{w, since(s.Now, w.LastSeen) + " ago", since(s.Now, w.Started), label{"At work", "green"}, w.Version != s.Version}
		if s.Now.Sub(w.LastSeen) > silentAfter {
			row.Runs, row.Tag = "Not known", label{"Silent", "red"}
		} else {
			alive++
			mixed = mixed || row.Another
		}
		out.Workers = append(out.Workers, row)
	}
	if alive == 0 {
		out.Warnings = append(out.Warnings, "No worker is at work. Documents wait until one is started.")
	}
	if mixed {
		out.Warnings = append(out.Warnings, "Not every worker runs the version of this desk. Results may differ from one worker to the next until all run the same.")
	}
	if v.Counts != nil && v.Backlog.Late > 0 {
		out.Warnings = append(out.Warnings, count(v.Backlog.Late, "document is", "documents are")+" late.")
	}
	for _, q := range v.Load.Queues {
		out.Full = out.Full || q.Archived >= pipeline.ArchiveCap-1
	}
	return out
}

// ageOf says a span of time in its largest unit: "12 seconds", "3 hours".
func ageOf(d time.Duration) string {
	switch d = max(d, 0); {
	case d < time.Minute:
		return count(int(d.Seconds()), "second", "seconds")
	case d < time.Hour:
		return count(int(d.Minutes()), "minute", "minutes")
	case d < 48*time.Hour:
		return count(int(d.Hours()), "hour", "hours")
	}
	return count(int(d.Hours()/24), "day", "days")
}

// failureRow is a group of failures in the table.
type failureRow struct {
	pipeline.FailureGroup
	First, Last string
}

// failuresOf prepares the table of failures.
func failuresOf(now time.Time, groups []pipeline.FailureGroup) (rows []failureRow) {
	for _, g := range groups {
		rows = append(rows, failureRow{g, since(now, g.FirstAt), since(now, g.LastAt)})
	}
	return rows
}

// since is how long ago a time was.
func since(now, t time.Time) string { return ageOf(now.Sub(t)) }

// number writes a number with commas.
func number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
