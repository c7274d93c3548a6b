package web

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/web/page"
)

// healthz says that the process is alive.
func (s *server) healthz(w http.ResponseWriter, r *http.Request) {
	s.writeJSON(w, r, http.StatusOK, map[string]string{"status": "alive"})
}

// readyBody tells of each part whether it answers, and of none why not: that
// stands in the log.
type readyBody struct {
	Ready bool              `json:"ready"`
	Parts map[string]string `json:"parts"`
}

// readyWithin is how long parts may take to answer.
const readyWithin = 5 * time.Second

// readyz says whether every part answers.
func (s *server) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
	defer cancel()
	body := readyBody{Ready: true, Parts: map[string]string{}}
	status := http.StatusOK
	for name, err := range s.Ready(ctx) {
		body.Parts[name] = "ok"
		if err != nil {
			body.Ready, body.Parts[name], status = false, "no answer", http.StatusServiceUnavailable
			s.Log.WarnContext(ctx, "not_ready", slog.String("part", name), slog.String("error", err.Error()))
		}
	}
	s.writeJSON(w, r, status, body)
}

// problems explains every type of problem.
func (s *server) problems(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	s.show(w, r, screen{http.StatusOK, "problems", page.Problems{Types: problemTypes}})
	return nil
}
