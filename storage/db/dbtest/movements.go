package dbtest

import (
	"crypto/rand"
	"testing"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
)

// movementTests are about how people came, and what encounters have in common.
func movementTests() map[string]func(*testing.T, Store) {
	return map[string]func(*testing.T, Store){
		"movements are added and stay":        movementsStay,
		"movements at once are all kept":      movementsAtOnce,
		"threat areas keep their labels":      areasStay,
		"an incident groups encounters":       incidentLife,
		"an encounter is in one incident":     incidentOnce,
		"incidents that cannot stand are not": incidentRefused,
	}
}

// opened is an encounter that was opened at a site.
func opened(t *testing.T, s Store, site string) string {
	t.Helper()
	e, err := s.OpenEncounter(t.Context(), pipeline.Encounter{
		Site: site, Channel: pipeline.ChannelCustody, People: 1, ClockFrom: day, OpenedBy: officer.Name, OpenedAt: day,
	})
	noErr(t, err)
	return e.Reference
}

// movement is one that can be put down.
func movement(d casework.Direction, modes ...casework.Mode) casework.Movement {
	return casework.Movement{
		Direction: d, Purpose: casework.PurposeTransit, Modes: modes, ModeWords: "in a van", Clandestine: casework.CertainYes,
		ActorScope: casework.ScopeNetwork, Destination: "IRL", Boundary: casework.CertainYes, By: officer.Name, At: day,
	}
}

func movementsStay(t *testing.T, s Store) {
	e := opened(t, s, "UTO")
	first, second := movement(casework.DirectionExit, casework.ModeFerry, casework.ModeOther), movement(casework.DirectionInCountry)
	second.At, second.Modes = day.Add(time.Hour), []casework.Mode{}
	noErr(t, s.SaveMovement(t.Context(), e, first, officer))
	noErr(t, s.SaveMovement(t.Context(), e, second, officer))
	ms, as, err := s.Movements(t.Context(), e)
	noErr(t, err)
	same(t, ms, []casework.Movement{first, second})
	same(t, as, []casework.AreaMark(nil))
	refused(t, s.SaveMovement(t.Context(), e, movement("sideways"), officer), "direction")
	is(t, s.SaveMovement(t.Context(), "UTO-000000-0001", first, officer), pipeline.ErrNotFound)
	events, err := s.History(t.Context(), e)
	noErr(t, err)
	var steps []string
	for _, ev := range events {
		steps = append(steps, ev.Detail)
	}
	same(t, steps, []string{"encounter_opened", "movement_saved", "movement_saved"})
}

func movementsAtOnce(t *testing.T, s Store) {
	e := opened(t, s, "UTO")
	parallel(8, func(int) {
		if err := s.SaveMovement(t.Context(), e, movement(casework.DirectionEntry), officer); err != nil {
			t.Errorf("save movement: %v", err)
		}
	})
	ms, _, err := s.Movements(t.Context(), e)
	noErr(t, err)
	same(t, len(ms), 8)
}

func areasStay(t *testing.T, s Store) {
	e := opened(t, s, "UTO")
	first := casework.AreaMark{Primary: casework.AreaFacilitation, Secondary: []casework.ThreatArea{casework.AreaDocuments}, Labels: "1", By: officer.Name, At: day}
	second := casework.AreaMark{Primary: casework.AreaAbuse, Secondary: []casework.ThreatArea{}, Labels: "2", By: officer.Name, At: day.Add(time.Hour)}
	noErr(t, s.MarkAreas(t.Context(), e, first, officer))
	noErr(t, s.MarkAreas(t.Context(), e, second, officer))
	_, as, err := s.Movements(t.Context(), e)
	noErr(t, err)
	same(t, as, []casework.AreaMark{first, second})
	refused(t, s.MarkAreas(t.Context(), e, casework.AreaMark{Primary: "OIC"}, officer), "primary")
}

// incident is one that can be opened.
func incident() casework.Incident {
	return casework.Incident{
		ID: "I-" + rand.Text()[:8], Title: "Lorry at the ferry port", Site: "UTO", Marking: casework.OfficialSensitive, Guidance: "APP",
		OpenedBy: officer.Name, OpenedAt: day,
	}
}

func incidentLife(t *testing.T, s Store) {
	one, two := opened(t, s, "UTO"), opened(t, s, "NPT")
	i := incident()
	noErr(t, s.OpenIncident(t.Context(), i, officer))
	is(t, s.OpenIncident(t.Context(), i, officer), pipeline.ErrConflict)
	got, err := s.FindIncident(t.Context(), i.ID)
	noErr(t, err)
	same(t, got, i)
	noErr(t, s.AddToIncident(t.Context(), i.ID, two, officer, day))
	noErr(t, s.AddToIncident(t.Context(), i.ID, one, officer, day.Add(time.Minute)))
	i.Encounters = []casework.IncidentMember{{Encounter: two, By: officer.Name, At: day}, {Encounter: one, By: officer.Name, At: day.Add(time.Minute)}}
	got, err = s.IncidentOf(t.Context(), one)
	noErr(t, err)
	same(t, got, i)
	later := incident()
	later.OpenedAt, later.OpenedBy = day.Add(time.Hour), "somebody-else"
	noErr(t, s.OpenIncident(t.Context(), later, pipeline.Account{Name: later.OpenedBy}))
	all, err := s.Incidents(t.Context(), "", 9)
	noErr(t, err)
	same(t, all, []casework.Incident{later, i})
	all, err = s.Incidents(t.Context(), officer.Name, 9)
	noErr(t, err)
	same(t, all, []casework.Incident{i})
	for _, object := range []string{i.ID, one} {
		events, err := s.History(t.Context(), object)
		noErr(t, err)
		if last := events[len(events)-1]; last.Detail != "incident_joined" || last.Operation != pipeline.OpCombine {
			t.Errorf("%s: the log ends with %s", object, last.Detail)
		}
	}
}

func incidentOnce(t *testing.T, s Store) {
	e, one, two := opened(t, s, "UTO"), incident(), incident()
	noErr(t, s.OpenIncident(t.Context(), one, officer))
	noErr(t, s.OpenIncident(t.Context(), two, officer))
	noErr(t, s.AddToIncident(t.Context(), one.ID, e, officer, day))
	is(t, s.AddToIncident(t.Context(), two.ID, e, officer, day), pipeline.ErrConflict)
	is(t, s.AddToIncident(t.Context(), "I-NONE", opened(t, s, "UTO"), officer, day), pipeline.ErrNotFound)
	is(t, s.AddToIncident(t.Context(), one.ID, "UTO-000000-0001", officer, day), pipeline.ErrNotFound)
	_, err := s.IncidentOf(t.Context(), "UTO-000000-0001")
	is(t, err, pipeline.ErrNotFound)
}

func incidentRefused(t *testing.T, s Store) {
	i := incident()
	i.Title = ""
	refused(t, s.OpenIncident(t.Context(), i, officer), "title")
	_, err := s.FindIncident(t.Context(), i.ID)
	is(t, err, pipeline.ErrNotFound)
}
