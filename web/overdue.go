package web

import (
	"context"
	"net/http"
	"slices"

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

// late gives what nobody has acknowledged or done in time, as the account that
// asks may see it.
func (s *server) late(ctx context.Context) (v page.Overdue, err error) {
	if v.Referrals, v.Tasks, err = s.Casework.LateCases(ctx, s.Now()); err != nil {
		return v, err
	}
	who := infoOf(ctx).who
	v.Referrals = slices.DeleteFunc(v.Referrals, func(f casework.Referral) bool { return !mayTrace(who, f) })
	return v, nil
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
}

func (s *server) apiOverdue(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	if err := s.consult(r.Context(), "overdue", "list"); err != nil {
		return err
	}
	v, err := s.late(r.Context())
	if err != nil {
		return err
	}
	b := overdueBody{[]referralBody{}, []lateTaskBody{}}
	for _, f := range v.Referrals {
		b.Referrals = append(b.Referrals, bodyOfReferral(f))
	}
	for _, t := range v.Tasks {
		b.Tasks = append(b.Tasks, lateTaskBody{taskBody{t.ID, t.Kind, t.Person, t.Owner, t.OpenedAt.UTC(), t.DueAt.UTC()}, t.Encounter})
	}
	s.writeJSON(w, r, http.StatusOK, b)
	return nil
}
