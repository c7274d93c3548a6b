package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
	"touchstone.internal/web/page"
	"touchstone.internal/web/policy"
)

// overdueRoutes are about what nobody has acknowledged or done in time.
func (s *server) overdueRoutes(rt *router) {
	rt.handle("GET /board/overdue", policy.Board, s.overdue)
	rt.handle("GET /api/v1/board/overdue", policy.Board, s.apiOverdue)
}

// late gives what nobody has acknowledged or done in time, and whose legal limit is
// near, as the account that asks may see it.
func (s *server) late(ctx context.Context) (v page.Overdue, err error) {
	if v.Near, err = s.near(ctx); err != nil {
		return v, err
	}
	if v.Referrals, v.Tasks, err = s.Casework.LateCases(ctx, s.Now()); err != nil {
		return v, err
	}
	who := infoOf(ctx).who
	v.Referrals = slices.DeleteFunc(v.Referrals, func(f casework.Referral) bool { return !mayTrace(who, f) })
	return v, nil
}

// near gives the encounters with a legal limit that somebody should look after.
func (s *server) near(ctx context.Context) (out []page.Near, err error) {
	now := s.Now()
	for _, c := range s.law.Clocks {
		all, err := s.Encounters.Clocked(ctx, c.Channel, now.Add(-c.Longest()))
		if err != nil {
			return nil, err
		}
		for _, e := range all {
			if next, ok := s.law.Next(e, now); ok && s.law.Alerted(e, now) {
				out = append(out, page.Near{Encounter: e.Reference, Deadline: next})
			}
		}
	}
	return out, nil
}

// deadlineBody is a legal limit of an encounter.
type deadlineBody struct {
	Clock    string    `json:"clock"`
	Limit    string    `json:"limit"`
	At       time.Time `json:"at"`
	Source   string    `json:"source"`
	Verified bool      `json:"verified"`
}

func deadlineBodyOf(d pipeline.Deadline) deadlineBody {
	return deadlineBody{d.Clock, d.Name, d.At.UTC(), d.Source, d.Verified}
}

// nearBody is an encounter whose legal limit is near.
type nearBody struct {
	Encounter string       `json:"encounter"`
	Next      deadlineBody `json:"next"`
}

// overdue lists what the board counts.
func (s *server) overdue(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	if err := s.consult(r.Context(), "overdue", "list"); err != nil {
		return err
	}
	v, err := s.late(r.Context())
	if err != nil {
		return err
	}
	s.show(w, r, screen{http.StatusOK, "overdue", v})
	return nil
}

// lateTaskBody is a task of any encounter.
type lateTaskBody struct {
	taskBody
	Encounter string `json:"encounter"`
}

// overdueBody is what nobody has acknowledged or done in time.
type overdueBody struct {
	Referrals []referralBody `json:"referrals"`
	Tasks     []lateTaskBody `json:"tasks"`
	Near      []nearBody     `json:"near_legal_limit"`
}

func (s *server) apiOverdue(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	if err := s.consult(r.Context(), "overdue", "list"); err != nil {
		return err
	}
	v, err := s.late(r.Context())
	if err != nil {
		return err
	}
	b := overdueBody{[]referralBody{}, []lateTaskBody{}, []nearBody{}}
	for _, f := range v.Referrals {
		b.Referrals = append(b.Referrals, bodyOfReferral(f))
	}
	for _, t := range v.Tasks {
		b.Tasks = append(b.Tasks, lateTaskBody{taskBody{t.ID, t.Kind, t.Person, t.Owner, t.OpenedAt.UTC(), t.DueAt.UTC()}, t.Encounter})
	}
	for _, n := range v.Near {
		b.Near = append(b.Near, nearBody{n.Encounter, deadlineBodyOf(n.Deadline)})
	}
	s.writeJSON(w, r, http.StatusOK, b)
	return nil
}
