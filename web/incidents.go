package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
	"touchstone.internal/web/page"
	"touchstone.internal/web/policy"
)

// incidentRoutes are about what several encounters have in common. {incident} is
// one of them.
func (s *server) incidentRoutes(rt *router) {
	rt.handle("GET /incidents", policy.People, s.incidents)
	rt.handle("POST /incidents", policy.People, s.openIncident)
	rt.handle("GET /incidents/{incident}", policy.People, s.incident)
	rt.handle("POST /incidents/{incident}/encounters", policy.People, s.addToIncident)
	rt.handle("GET /api/v1/incidents", policy.People, s.apiIncidents)
	rt.handle("POST /api/v1/incidents", policy.People, s.apiOpenIncident)
	rt.handle("GET /api/v1/incidents/{incident}", policy.People, s.apiIncident)
	rt.handle("POST /api/v1/incidents/{incident}/encounters", policy.People, s.apiAddToIncident)
}

// incidentForm is how the reference of an incident is written.
var incidentForm = regexp.MustCompile(`^I-[A-Z0-9]{4}-[A-Z0-9]{4}$`)

// newIncidentID makes the reference of an incident.
func newIncidentID() string { return newReference("I") }

// problemNoIncident is said of an incident that is not there and of one that is of
// no business of the account.
func problemNoIncident() *problem {
	return &problem{slug: "not-found", detail: "We could not find that incident. Check its reference"}
}

// scene is an incident and the people of those of its encounters that the account
// may work on; Others is how many it may not.
type scene struct {
	casework.Incident
	Groups []casework.Group
	Others int
}

// sceneOf gives an incident to whoever opened it or may work on one of its
// encounters, and writes down that it is about to be seen.
func (s *server) sceneOf(ctx context.Context, id string) (c scene, err error) {
	who := infoOf(ctx).who
	if !incidentForm.MatchString(id) {
		return c, problemNoIncident() // what somebody typed has no place in the log
	}
	if c.Incident, err = s.Casework.FindIncident(ctx, id); errors.Is(err, pipeline.ErrNotFound) {
		return c, problemNoIncident()
	} else if err != nil {
		return c, err
	}
	for _, m := range c.Encounters {
		e, err := s.Encounters.FindEncounter(ctx, m.Encounter)
		if err != nil {
			return c, err
		}
		if !policy.MayOnEncounter(who, policy.People, e) {
			c.Others++
			continue
		}
		g, err := s.Casework.Group(ctx, e.Reference)
		if err != nil {
			return c, err
		}
		c.Groups = append(c.Groups, visible(g, who))
	}
	opened := policy.MayOnEncounter(who, policy.People, pipeline.Encounter{OpenedBy: c.OpenedBy})
	if !opened && len(c.Groups) == 0 {
		if err := s.consult(ctx, id, "denied"); err != nil {
			return c, err
		}
		return scene{}, problemNoIncident()
	}
	if err := s.consult(ctx, id, "incident"); err != nil {
		return c, err
	}
	for _, g := range c.Groups {
		if err := s.consult(ctx, g.Encounter, "people"); err != nil {
			return c, err
		}
	}
	return c, nil
}

// knownIncidents gives the newest incidents that the account may see in a list.
func (s *server) knownIncidents(ctx context.Context) ([]casework.Incident, error) {
	by, who := "", infoOf(ctx).who
	if policy.Of(who.Role, policy.People) == policy.Own {
		by = who.Name
	}
	if err := s.consult(ctx, "", "incidents"); err != nil {
		return nil, err
	}
	return s.Casework.Incidents(ctx, by, maxLimit)
}

// incidents lists them, with the form that opens one.
func (s *server) incidents(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	return s.showIncidents(w, r, page.Incidents{Filled: casework.Incident{Marking: casework.OfficialSensitive}}, nil)
}

func (s *server) showIncidents(w http.ResponseWriter, r *http.Request, view page.Incidents, errs []fieldError) (err error) {
	if view.Incidents, err = s.knownIncidents(r.Context()); err != nil {
		return err
	}
	view.Errors = pageErrors(errs)
	s.show(w, r, screen{statusOf(errs), "incidents", view})
	return nil
}

// incidentWish is an incident as somebody asks for it.
type incidentWish struct {
	Title   string           `json:"title"`
	Site    string           `json:"site"`
	Marking casework.Marking `json:"marking"`
}

// begin opens an incident.
func (s *server) begin(ctx context.Context, b incidentWish, who pipeline.Account) (casework.Incident, error) {
	i := casework.Incident{
		ID: newIncidentID(), Title: strings.TrimSpace(b.Title), Site: strings.ToUpper(strings.TrimSpace(b.Site)), Marking: b.Marking,
		Guidance: s.rules.Guidance, OpenedBy: who.Name, OpenedAt: s.Now(),
	}
	return i, s.Casework.OpenIncident(ctx, i, who)
}

// openIncident opens one and goes on to it.
func (s *server) openIncident(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	form, err := caseForm(w, r)
	if err != nil {
		return err
	}
	i, err := s.begin(r.Context(), incidentWish{form.Get("title"), form.Get("site"), casework.Marking(form.Get("marking"))}, who)
	errs, err := stood(err)
	if err != nil {
		return err
	}
	if errs != nil {
		return s.showIncidents(w, r, page.Incidents{Filled: i}, errs)
	}
	http.Redirect(w, r, "/incidents/"+i.ID, http.StatusSeeOther)
	return nil
}

// incident shows one with the people of its encounters.
func (s *server) incident(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	return s.showIncident(w, r, nil)
}

func (s *server) showIncident(w http.ResponseWriter, r *http.Request, errs []fieldError) error {
	c, err := s.sceneOf(r.Context(), r.PathValue("incident"))
	if err != nil {
		return err
	}
	s.show(w, r, screen{statusOf(errs), "incident", page.Incident{Incident: c.Incident, Groups: c.Groups, Others: c.Others, Errors: pageErrors(errs)}})
	return nil
}

// putInIncident adds an encounter that the account may work on to an incident that it sees.
func (s *server) putInIncident(ctx context.Context, id, reference string, who pipeline.Account) (errs []fieldError, err error) {
	c, err := s.sceneOf(ctx, id)
	if err != nil {
		return nil, err
	}
	g, err := s.casefile(ctx, reference, policy.People, "people")
	if p, ok := errors.AsType[*problem](err); ok {
		return []fieldError{{"/encounter", p.detail}}, nil
	}
	if err != nil {
		return nil, err
	}
	err = s.Casework.AddToIncident(ctx, c.ID, g.Encounter, who, s.Now())
	if errors.Is(err, pipeline.ErrConflict) {
		return []fieldError{{"/encounter", "This encounter belongs to an incident already"}}, nil
	}
	return nil, err
}

// addToIncident adds an encounter.
func (s *server) addToIncident(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	form, err := caseForm(w, r)
	if err != nil {
		return err
	}
	errs, err := s.putInIncident(r.Context(), r.PathValue("incident"), form.Get("encounter"), who)
	if err != nil {
		return err
	}
	if errs != nil {
		return s.showIncident(w, r, errs)
	}
	http.Redirect(w, r, "/incidents/"+url.PathEscape(r.PathValue("incident")), http.StatusSeeOther)
	return nil
}

// incidentBody is an incident as the API gives it.
type incidentBody struct {
	ID         string                    `json:"id"`
	Title      string                    `json:"title"`
	Site       string                    `json:"site"`
	Marking    casework.Marking          `json:"marking"`
	Guidance   string                    `json:"guidance"`
	OpenedBy   string                    `json:"opened_by"`
	OpenedAt   time.Time                 `json:"opened_at"`
	Encounters []casework.IncidentMember `json:"encounters"` // that the account may work on
	Others     int                       `json:"others"`     // how many it may not
	People     []sceneBody               `json:"people"`
}

// sceneBody is a person of an incident.
type sceneBody struct {
	Encounter   string `json:"encounter"`
	Number      int    `json:"number"`
	VictimFirst bool   `json:"victim_first"`
	SafetyDone  bool   `json:"safety_done"`
}

func bodyOfIncident(c scene) incidentBody {
	b := incidentBody{
		ID: c.ID, Title: c.Title, Site: c.Site, Marking: c.Marking, Guidance: c.Guidance, OpenedBy: c.OpenedBy, OpenedAt: c.OpenedAt.UTC(),
		Encounters: []casework.IncidentMember{}, Others: c.Others, People: []sceneBody{},
	}
	for _, g := range c.Groups {
		for _, m := range c.Encounters {
			if m.Encounter == g.Encounter {
				b.Encounters = append(b.Encounters, m)
			}
		}
		for _, p := range g.People {
			b.People = append(b.People, sceneBody{g.Encounter, p.Number, g.VictimFirst(p.Number), g.SafetyDone(p.Number)})
		}
	}
	return b
}

// listedIncident is an incident in a list.
type listedIncident struct {
	ID       string           `json:"id"`
	Title    string           `json:"title"`
	Site     string           `json:"site"`
	Marking  casework.Marking `json:"marking"`
	OpenedBy string           `json:"opened_by"`
	OpenedAt time.Time        `json:"opened_at"`
}

// incidentsBody is the list of incidents.
type incidentsBody struct {
	Data []listedIncident `json:"data"`
}

// apiIncidents lists the newest.
func (s *server) apiIncidents(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	all, err := s.knownIncidents(r.Context())
	if err != nil {
		return err
	}
	b := incidentsBody{[]listedIncident{}}
	for _, i := range all {
		b.Data = append(b.Data, listedIncident{i.ID, i.Title, i.Site, i.Marking, i.OpenedBy, i.OpenedAt.UTC()})
	}
	s.writeJSON(w, r, http.StatusOK, b)
	return nil
}

// apiOpenIncident opens one.
func (s *server) apiOpenIncident(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	var b incidentWish
	if err := readJSON(w, r, &b); err != nil {
		return err
	}
	i, err := s.begin(r.Context(), b, who)
	errs, err := stood(err)
	if err != nil {
		return err
	}
	if errs != nil {
		return problemInvalid(errs)
	}
	w.Header().Set("Location", "/api/v1/incidents/"+i.ID)
	s.writeJSON(w, r, http.StatusCreated, bodyOfIncident(scene{Incident: i}))
	return nil
}

// apiIncident gives one.
func (s *server) apiIncident(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	return s.writeIncident(w, r, http.StatusOK)
}

// writeIncident answers with the incident as it is now.
func (s *server) writeIncident(w http.ResponseWriter, r *http.Request, status int) error {
	c, err := s.sceneOf(r.Context(), r.PathValue("incident"))
	if err != nil {
		return err
	}
	s.writeJSON(w, r, status, bodyOfIncident(c))
	return nil
}

// joinIncidentBody names an encounter.
type joinIncidentBody struct {
	Encounter string `json:"encounter"`
}

// apiAddToIncident adds an encounter and answers with the incident.
func (s *server) apiAddToIncident(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	if _, err := s.sceneOf(r.Context(), r.PathValue("incident")); err != nil {
		return err
	}
	var b joinIncidentBody
	if err := readJSON(w, r, &b); err != nil {
		return err
	}
	errs, err := s.putInIncident(r.Context(), r.PathValue("incident"), b.Encounter, who)
	if err != nil {
		return err
	}
	if errs != nil {
		return problemInvalid(errs)
	}
	return s.writeIncident(w, r, http.StatusCreated)
}
