package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
	"touchstone.internal/pipeline/threat"
	"touchstone.internal/web/page"
	"touchstone.internal/web/policy"
)

// movementRoutes are about how the people of an encounter came, went or stayed.
func (s *server) movementRoutes(rt *router) {
	const movement, areas = "/encounters/{reference}/movement", "/encounters/{reference}/areas"
	rt.handle("GET "+movement, policy.People, s.movement)
	rt.handle("POST "+movement, policy.People, s.saveMovement)
	rt.handle("POST "+areas, policy.People, s.markAreas)
	rt.handle("GET /api/v1"+movement, policy.People, s.apiMovement)
	rt.handle("POST /api/v1"+movement, policy.People, s.apiSaveMovement)
	rt.handle("POST /api/v1"+areas, policy.People, s.apiMarkAreas)
}

// movementBody is all that is known of how people came, and what follows from it.
type movementBody struct {
	Encounter      string                    `json:"encounter"`
	Movements      []casework.Movement       `json:"movements"` // the oldest first
	Areas          []areaBody                `json:"areas"`     // the oldest first
	SuggestedModes []casework.ModeSuggestion `json:"suggested_modes"`
	SuggestedAreas []casework.AreaSuggestion `json:"suggested_areas"`
}

// areaBody is the areas of an encounter as they were called on the day.
type areaBody struct {
	casework.AreaMark
	Label string `json:"label"` // of the primary one
}

// movementOf collects it.
func (s *server) movementOf(ctx context.Context, g casework.Group) (b movementBody, err error) {
	b.Encounter = g.Encounter
	var marks []casework.AreaMark
	if b.Movements, marks, err = s.Casework.Movements(ctx, g.Encounter); err != nil {
		return b, err
	}
	for _, m := range marks {
		b.Areas = append(b.Areas, areaBody{m, page.AreaLabel(m.Labels, m.Primary)})
	}
	_, found, err := s.examined(ctx, g.Encounter)
	if err != nil {
		return b, err
	}
	var newest casework.Movement
	if n := len(b.Movements); n > 0 {
		newest = b.Movements[n-1]
	}
	b.SuggestedModes = casework.SuggestModes(newest, found)
	b.SuggestedAreas = casework.SuggestAreas(newest, g, found)
	return b, nil
}

// movement shows how they came, and the forms for it.
func (s *server) movement(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	return s.showMovement(w, r, nil, nil)
}

// showMovement shows the page; filled is what a form said that cannot stand.
func (s *server) showMovement(w http.ResponseWriter, r *http.Request, filled *casework.Movement, errs []fieldError) error {
	g, err := s.casefile(r.Context(), r.PathValue("reference"), policy.People, "movement")
	if err != nil {
		return err
	}
	b, err := s.movementOf(r.Context(), g)
	if err != nil {
		return err
	}
	view := page.Movement{
		Encounter: g.Encounter, Movements: b.Movements, SuggestedModes: b.SuggestedModes, SuggestedAreas: b.SuggestedAreas,
		Filled: filled, Errors: pageErrors(errs),
	}
	for _, a := range b.Areas {
		view.Areas = append(view.Areas, a.AreaMark)
	}
	s.show(w, r, screen{statusOf(errs), "movement", view})
	return nil
}

// codes reads the values of a form as codes.
func codes[T ~string](values []string) (out []T) {
	for _, v := range values {
		out = append(out, T(v))
	}
	return out
}

// saveMovement puts a movement down, or a correction of one.
func (s *server) saveMovement(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	return s.onMovement(w, r, func(encounter string, form url.Values) (*casework.Movement, error) {
		m := casework.Movement{
			Direction: casework.Direction(form.Get("direction")), Purpose: casework.Purpose(form.Get("purpose")), Modes: codes[casework.Mode](form["modes"]),
			ModeWords: strings.TrimSpace(form.Get("mode_words")), Clandestine: casework.Certainty(form.Get("clandestine")),
			ActorScope: casework.ActorScope(form.Get("actor_scope")), Destination: strings.ToUpper(strings.TrimSpace(form.Get("destination"))),
			Boundary: casework.Certainty(form.Get("boundary_crossed")), By: who.Name, At: s.Now(),
		}
		return &m, s.Casework.SaveMovement(r.Context(), encounter, m, who)
	})
}

// markAreas puts the threat areas of the encounter down, under today's labels.
func (s *server) markAreas(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	return s.onMovement(w, r, func(encounter string, form url.Values) (*casework.Movement, error) {
		m := areaMark(areasBody{casework.ThreatArea(form.Get("primary")), codes[casework.ThreatArea](form["secondary"])}, who, s.Now())
		return nil, s.Casework.MarkAreas(r.Context(), encounter, m, who)
	})
}

// onMovement reads a form about the encounter, lets it be put down, and shows the
// page again.
func (s *server) onMovement(w http.ResponseWriter, r *http.Request, put func(encounter string, form url.Values) (*casework.Movement, error)) error {
	g, err := s.casefile(r.Context(), r.PathValue("reference"), policy.People, "movement")
	if err != nil {
		return err
	}
	form, err := caseForm(w, r)
	if err != nil {
		return err
	}
	filled, err := put(g.Encounter, form)
	errs, err := stood(err)
	if err != nil {
		return err
	}
	if errs != nil {
		return s.showMovement(w, r, filled, errs)
	}
	http.Redirect(w, r, "/encounters/"+url.PathEscape(g.Encounter)+"/movement", http.StatusSeeOther)
	return nil
}

// apiMovement gives how they came.
func (s *server) apiMovement(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	return s.writeMovement(w, r, http.StatusOK)
}

// writeMovement answers with all that is known now.
func (s *server) writeMovement(w http.ResponseWriter, r *http.Request, status int) error {
	g, err := s.casefile(r.Context(), r.PathValue("reference"), policy.People, "movement")
	if err != nil {
		return err
	}
	b, err := s.movementOf(r.Context(), g)
	if err != nil {
		return err
	}
	b.Movements, b.Areas, b.SuggestedModes, b.SuggestedAreas = listed(b.Movements), listed(b.Areas), listed(b.SuggestedModes), listed(b.SuggestedAreas)
	s.writeJSON(w, r, status, b)
	return nil
}

// movedBody is how people came, as a client tells it.
type movedBody struct {
	Direction   casework.Direction  `json:"direction"`
	Purpose     casework.Purpose    `json:"purpose"`
	Modes       []casework.Mode     `json:"modes,omitempty"`
	ModeWords   string              `json:"mode_words,omitempty"`
	Clandestine casework.Certainty  `json:"clandestine"`
	ActorScope  casework.ActorScope `json:"actor_scope"`
	Destination string              `json:"destination,omitempty"`
	Boundary    casework.Certainty  `json:"boundary_crossed"`
}

// areasBody is the threat areas of an encounter, as a client tells them.
type areasBody struct {
	Primary   casework.ThreatArea   `json:"primary"`
	Secondary []casework.ThreatArea `json:"secondary,omitempty"`
}

// areaMark is put down under the labels in use.
func areaMark(b areasBody, who pipeline.Account, now time.Time) casework.AreaMark {
	return casework.AreaMark{Primary: b.Primary, Secondary: b.Secondary, Labels: threat.Newest().Version, By: who.Name, At: now}
}

// apiSaveMovement puts a movement down, or a correction of one.
func (s *server) apiSaveMovement(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	var b movedBody
	return s.apiOnMovement(w, r, &b, func(encounter string) error {
		m := casework.Movement{
			Direction: b.Direction, Purpose: b.Purpose, Modes: b.Modes, ModeWords: b.ModeWords, Clandestine: b.Clandestine, ActorScope: b.ActorScope,
			Destination: b.Destination, Boundary: b.Boundary, By: who.Name, At: s.Now(),
		}
		return s.Casework.SaveMovement(r.Context(), encounter, m, who)
	})
}

// apiMarkAreas puts the threat areas of the encounter down.
func (s *server) apiMarkAreas(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	var b areasBody
	return s.apiOnMovement(w, r, &b, func(encounter string) error {
		return s.Casework.MarkAreas(r.Context(), encounter, areaMark(b, who, s.Now()), who)
	})
}

// apiOnMovement reads v, lets it be put down, and answers with what is known then.
func (s *server) apiOnMovement(w http.ResponseWriter, r *http.Request, v any, put func(encounter string) error) error {
	g, err := s.casefile(r.Context(), r.PathValue("reference"), policy.People, "movement")
	if err != nil {
		return err
	}
	if err := readJSON(w, r, v); err != nil {
		return err
	}
	errs, err := stood(put(g.Encounter))
	if err != nil {
		return err
	}
	if errs != nil {
		return problemInvalid(errs)
	}
	return s.writeMovement(w, r, http.StatusCreated)
}
