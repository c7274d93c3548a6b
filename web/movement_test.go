package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
)

// movement is how people came, as a client tells it.
const movement = `{"direction":"entry","purpose":"transit","modes":["ROAD-FERRY","OTHER"],"mode_words":"in a van","clandestine":"yes","actor_scope":"network","destination":"IRL","boundary_crossed":"yes"}`

// TestMovements: what is put down on the page and by the API is the same, a
// correction is added, and what is suggested is put down by a person alone.
func TestMovements(t *testing.T) {
	w := newWorld(t)
	o := newOccasion(t, w, 1)
	d := decode[documentBody](t, o.api.send("/api/v1/documents", []part{{"encounter", "", []byte(o.reference)}, {"capture", "", []byte("C1")}, {"file", "page.jpg", picture()}}).body)
	w.screen(t, d.ID)
	w.decide(t, d.ID, reviewer, pipeline.Counterfeit)
	w.decide(t, d.ID, second, pipeline.Counterfeit)
	api := "/api/v1" + o.at("/movement")
	if b := decode[movementBody](t, o.api.get(api).body); len(b.Movements) > 0 || len(b.SuggestedModes) != 1 || b.SuggestedModes[0].Mode != casework.ModeIdentity {
		t.Errorf("before anything was put down: %+v", b)
	}
	first := o.api.postJSON(api, movement)
	if b := decode[movementBody](t, first.body); first.status != http.StatusCreated || len(b.SuggestedModes) != 1 || len(b.SuggestedAreas) != 2 || b.Movements[0].Has(casework.ModeIdentity) {
		t.Errorf("%d %s", first.status, first.body)
	}
	form := url.Values{
		"direction": {"in_country"}, "purpose": {"remain"}, "modes": {"DOC-ID"}, "mode_words": {strings.Repeat("much more ", 2000)}, "clandestine": {"unknown"},
		"actor_scope": {"unknown"}, "boundary_crossed": {"no"},
	}
	if a := o.page.postForm(o.at("/movement"), form); a.status != http.StatusSeeOther {
		t.Errorf("corrected: %d", a.status)
	}
	b := decode[movementBody](t, o.api.get(api).body)
	if len(b.Movements) != 2 || b.Movements[0].Direction != casework.DirectionEntry || b.Movements[1].By != officer || len(b.SuggestedModes) > 0 {
		t.Errorf("after the correction: %+v", b)
	}
	if a := o.page.postForm(o.at("/movement"), url.Values{"destination": {"Ireland"}}); a.status != http.StatusBadRequest || !strings.Contains(a.body, "Select which way they were going") {
		t.Errorf("an empty form: %d", a.status)
	}
	if a := o.page.postForm(o.at("/areas"), url.Values{"primary": {"OIC-ABU"}, "secondary": {"OIC-DOC"}}); a.status != http.StatusSeeOther {
		t.Errorf("areas: %d", a.status)
	}
	if a := o.page.postForm(o.at("/areas"), nil); a.status != http.StatusBadRequest {
		t.Errorf("no area: %d", a.status)
	}
	if b := decode[movementBody](t, o.api.get(api).body); len(b.Areas) != 1 || b.Areas[0].Labels != "1" || !strings.HasPrefix(b.Areas[0].Label, "Abuse of legitimate means") {
		t.Errorf("areas: %+v", b.Areas)
	}
	if a := o.page.get(o.at("/people")); !strings.Contains(a.body, "In the country: nobody was crossing") {
		t.Error("the page of the people does not say how they came")
	}
}

// TestIncidents: encounters are put together; people of all that the account may work
// on are shown, and of no other.
func TestIncidents(t *testing.T) {
	w := newWorld(t)
	o := newOccasion(t, w, 2)
	mine := o.reference
	opened := o.api.postJSON("/api/v1/incidents", `{"title":"Lorry at the ferry port","site":"uto","marking":"OFFICIAL"}`)
	i := decode[incidentBody](t, opened.body)
	if opened.status != http.StatusCreated || i.Guidance == "" {
		t.Fatalf("%d %s", opened.status, opened.body)
	}
	at := "/incidents/" + i.ID + "/encounters"
	if a := o.page.postForm(at, url.Values{"encounter": {mine}}); a.status != http.StatusSeeOther {
		t.Errorf("added: %d", a.status)
	}
	if a := o.page.postForm(at, url.Values{"encounter": {mine}}); a.status != http.StatusBadRequest {
		t.Errorf("added twice: %d", a.status)
	}
	theirs := decode[encounterBody](t, w.curl(t, other).postJSON("/api/v1/encounters", `{"site":"UTO","channel":"custody","people":1}`).body).Reference
	if a := o.page.postForm(at, url.Values{"encounter": {theirs}}); a.status != http.StatusBadRequest {
		t.Errorf("an encounter of somebody else: %d", a.status)
	}
	if a := w.curl(t, supervisor).postJSON("/api/v1"+at, `{"encounter":"`+theirs+`"}`); a.status != http.StatusOK && a.status != http.StatusCreated {
		t.Errorf("the supervisor adds it: %d %s", a.status, a.body)
	}
	b := decode[incidentBody](t, o.api.get("/api/v1/incidents/"+i.ID).body)
	if len(b.Encounters) != 1 || b.Others != 1 || len(b.People) != 2 {
		t.Errorf("the officer sees %+v", b)
	}
	if a := w.curl(t, other).get("/api/v1/incidents/" + i.ID); a.status != http.StatusOK || strings.Contains(a.body, mine) {
		t.Errorf("who has the other encounter: %d %s", a.status, a.body)
	}
	if a := o.page.get("/incidents"); !strings.Contains(a.body, i.ID) {
		t.Error("the list does not have it")
	}
	if a := o.page.get(o.at("/people")); !strings.Contains(a.body, "/incidents/"+i.ID) {
		t.Error("there is no way from the people to the incident")
	}
	if lines := strings.Join(w.history(t, i.ID), "\n"); !strings.Contains(lines, "incident_opened") || !strings.Contains(lines, "incident_joined") {
		t.Errorf("the log says:\n%s", lines)
	}
}

// TestMovementAnswersMatch compares the answers of the API about movements and
// incidents with their schemas.
func TestMovementAnswersMatch(t *testing.T) {
	w := newWorld(t)
	d, o := describe(t), newOccasion(t, w, 1)
	api := "/api/v1" + o.at("")
	i := "/api/v1/incidents/" + decode[incidentBody](t, o.api.postJSON("/api/v1/incidents", `{"title":"Lorry","site":"UTO","marking":"OFFICIAL"}`).body).ID
	d.compare(t, []shaped{
		{"POST /api/v1/encounters/{reference}/movement", 201, o.api.postJSON(api+"/movement", movement)},
		{"POST /api/v1/encounters/{reference}/movement", 400, o.api.postJSON(api+"/movement", `{}`)},
		{"POST /api/v1/encounters/{reference}/areas", 201, o.api.postJSON(api+"/areas", `{"primary":"OIC-FAC"}`)},
		{"POST /api/v1/encounters/{reference}/areas", 400, o.api.postJSON(api+"/areas", `{}`)},
		{"GET /api/v1/encounters/{reference}/movement", 200, o.api.get(api + "/movement")},
		{"POST /api/v1/incidents", 201, o.api.postJSON("/api/v1/incidents", `{"title":"House","site":"UTO","marking":"OFFICIAL"}`)},
		{"POST /api/v1/incidents", 400, o.api.postJSON("/api/v1/incidents", `{}`)},
		{"POST /api/v1/incidents/{incident}/encounters", 201, o.api.postJSON(i+"/encounters", `{"encounter":"`+o.reference+`"}`)},
		{"POST /api/v1/incidents/{incident}/encounters", 400, o.api.postJSON(i+"/encounters", `{"encounter":"`+o.reference+`"}`)},
		{"GET /api/v1/incidents/{incident}", 200, o.api.get(i)},
		{"GET /api/v1/incidents/{incident}", 404, o.api.get("/api/v1/incidents/I-0000-0000")},
		{"GET /api/v1/incidents", 200, o.api.get("/api/v1/incidents")},
	})
}

// shaped is an answer and the operation that it is of.
type shaped struct {
	op     string
	status int
	answer answer
}

// compare fails for answers that are not as they are described.
func (d *description) compare(t *testing.T, all []shaped) {
	t.Helper()
	ops := d.operations(t)
	for _, e := range all {
		if e.answer.status != e.status {
			t.Errorf("%s: %d %s; want %d", e.op, e.answer.status, e.answer.body, e.status)
			continue
		}
		content := d.response(t, ops[e.op], e.status).Content[e.answer.header.Get("Content-Type")]
		if content.Schema == nil {
			t.Errorf("%s, %d: %s is not described", e.op, e.status, e.answer.header.Get("Content-Type"))
		} else if faults := d.match(content.Schema, decode[any](t, e.answer.body), ""); faults != nil {
			t.Errorf("%s, %d: %q in %s", e.op, e.status, faults, e.answer.body)
		}
	}
}
