package web

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/page"
)

// errNoAnswer is all that the status page says of a part: why stands in the
// log, where addresses may stand.
var errNoAnswer = errors.New("does not answer")

// lateAfter is how long a document may wait before an operator is told. The
// sweeper has rung for it again by then.
const lateAfter = time.Minute

// condition asks every part how it is doing. Whatever does not answer is left
// out: the page must show just then which part is down.
func (s *server) condition(ctx context.Context) page.Status {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	view := page.Status{Parts: map[string]error{}}
	for name, err := range s.Ready(ctx) {
		view.Parts[name] = nil
		if err != nil {
			view.Parts[name] = errNoAnswer
			s.Log.WarnContext(ctx, "not_ready", slog.String("part", name), slog.String("error", err.Error()))
		}
	}
	if load, err := s.Upkeep.Look(ctx); err != nil {
		s.Log.WarnContext(ctx, "queue_unknown", slog.String("error", err.Error()))
	} else {
		view.Load = &load
	}
	var err error
	if view.Counts, err = s.Documents.Counts(ctx); err == nil {
		now := s.Now()
		view.Backlog, err = s.Documents.Backlog(ctx, now.Add(-lateAfter), now)
	}
	if err != nil {
		s.Log.WarnContext(ctx, "not_counted", slog.String("error", err.Error()))
		view.Counts = nil
	}
	return view
}

// status shows how the service is doing, without any document.
func (s *server) status(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	view := s.condition(r.Context())
	q := r.URL.Query()
	if n, err := strconv.Atoi(q.Get("retried")); err == nil && n >= 0 {
		view.Tried = &page.Tried{N: n, All: !q.Has("stopped")}
	}
	s.show(w, r, screen{http.StatusOK, "status", view})
	return nil
}

// retriedBody is what became of a group that was to be tried again.
type retriedBody struct {
	Retried int  `json:"retried"`
	All     bool `json:"all"` // false if the queue stopped answering before the end
}

// retryFailures puts the archived tasks of one cause back, after writing down
// that somebody does.
func (s *server) retryFailures(ctx context.Context, cause string) (b retriedBody, err error) {
	if cause == "" {
		return b, problemInvalid([]fieldError{{"/cause", "Choose a group of failures"}})
	}
	if err := s.audit(ctx, pipeline.AuditEvent{Operation: pipeline.OpAlter, Object: "failures", Detail: "failures_retried"}); err != nil {
		return b, err
	}
	n, err := s.Upkeep.RetryGroup(ctx, cause)
	if err != nil && n == 0 {
		s.Log.WarnContext(ctx, "failures_not_retried", slog.String("error", err.Error()))
		return b, problemQueueDown()
	}
	if err != nil {
		s.Log.WarnContext(ctx, "failures_retried_in_part", slog.Int("tasks", n), slog.String("error", err.Error()))
	}
	return retriedBody{n, err == nil}, nil
}

// retryFailuresPage takes the form of a group, and goes back with how many were
// put back.
func (s *server) retryFailuresPage(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxSmallForm)
	if err := r.ParseForm(); err != nil {
		return problemForm()
	}
	b, err := s.retryFailures(r.Context(), r.PostForm.Get("cause"))
	if err != nil {
		return err
	}
	q := url.Values{"retried": {strconv.Itoa(b.Retried)}}
	if !b.All {
		q.Set("stopped", "1")
	}
	http.Redirect(w, r, "/status?"+q.Encode(), http.StatusSeeOther)
	return nil
}

// causeBody names a group of failures.
type causeBody struct {
	Cause string `json:"cause"`
}

// apiRetryFailures is the same for a client.
func (s *server) apiRetryFailures(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	var c causeBody
	if err := readJSON(w, r, &c); err != nil {
		return err
	}
	b, err := s.retryFailures(r.Context(), c.Cause)
	if err != nil {
		return err
	}
	s.writeJSON(w, r, http.StatusOK, b)
	return nil
}

// What the API tells of the service.
type (
	statusBody struct {
		At        time.Time    `json:"at"`
		Version   string       `json:"version"` // of the desk
		Parts     []partBody   `json:"parts"`
		Queue     *loadBody    `json:"queue,omitempty"`     // absent if it does not answer
		Documents *backlogBody `json:"documents,omitempty"` // absent if they could not be counted
	}
	partBody struct {
		Name    string `json:"name"`
		Answers bool   `json:"answers"`
	}
	loadBody struct {
		Queues   []queueLoadBody `json:"queues"`
		Failures []failureBody   `json:"failures"`
		Workers  []workerBody    `json:"workers"`
	}
	queueLoadBody struct {
		Name      string  `json:"name"`
		Waiting   int     `json:"waiting"`
		Active    int     `json:"active"`
		Scheduled int     `json:"scheduled"`
		Retrying  int     `json:"retrying"`
		Archived  int     `json:"archived"`
		Oldest    float64 `json:"oldest_seconds"`
	}
	failureBody struct {
		Cause    string    `json:"cause"`
		Archived int       `json:"archived"`
		Retrying int       `json:"retrying"`
		FirstAt  time.Time `json:"first_at"`
		LastAt   time.Time `json:"last_at"`
	}
	workerBody struct {
		Name     string    `json:"name"`
		Version  string    `json:"version"`
		Started  time.Time `json:"started_at"`
		LastSeen time.Time `json:"last_seen_at"`
		Active   int       `json:"active"`
	}
	backlogBody struct {
		Received  int        `json:"received"`
		Screening int        `json:"screening"`
		Screened  int        `json:"screened"`
		Late      int        `json:"late"`
		Oldest    *time.Time `json:"oldest_received_at,omitempty"` // absent if none waits
	}
)

func loadBodyOf(l pipeline.Load) *loadBody {
	b := loadBody{[]queueLoadBody{}, []failureBody{}, []workerBody{}}
	for _, q := range l.Queues {
		b.Queues = append(b.Queues, queueLoadBody{q.Name, q.Waiting, q.Active, q.Scheduled, q.Retrying, q.Archived, q.Oldest.Seconds()})
	}
	for _, f := range l.Failures {
		b.Failures = append(b.Failures, failureBody{f.Cause, f.Archived, f.Retrying, f.FirstAt.UTC(), f.LastAt.UTC()})
	}
	for _, w := range l.Workers {
		b.Workers = append(b.Workers, workerBody{w.Name, w.Version, w.Started.UTC(), w.LastSeen.UTC(), w.Active})
	}
	return &b
}

// apiStatus tells how the service is doing, without any document.
func (s *server) apiStatus(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	v := s.condition(r.Context())
	b := statusBody{At: s.Now().UTC(), Version: s.Version, Parts: []partBody{}}
	for _, name := range slices.Sorted(maps.Keys(v.Parts)) {
		b.Parts = append(b.Parts, partBody{name, v.Parts[name] == nil})
	}
	if v.Load != nil {
		b.Queue = loadBodyOf(*v.Load)
	}
	if v.Counts != nil {
		b.Documents = &backlogBody{
			Received: v.Counts[pipeline.StateReceived], Screening: v.Counts[pipeline.StateScreening], Screened: v.Counts[pipeline.StateScreened], Late: v.Backlog.Late,
		}
		if oldest := v.Backlog.Oldest.UTC(); !v.Backlog.Oldest.IsZero() {
			b.Documents.Oldest = &oldest
		}
	}
	s.writeJSON(w, r, http.StatusOK, b)
	return nil
}
