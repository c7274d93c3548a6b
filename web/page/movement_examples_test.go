package page

import (
	"time"

	"touchstone.internal/pipeline/casework"
)

// movementExamples are pages about how people came, and about incidents.
func movementExamples() []example {
	at := "/encounters/" + occasion + "/movement"
	lorry := casework.Movement{
		Direction: casework.DirectionEntry, Purpose: casework.PurposeTransit, Modes: []casework.Mode{casework.ModeFerry, casework.ModeOther}, ModeWords: "behind the pallets",
		Clandestine: casework.CertainYes, ActorScope: casework.ScopeNetwork, Destination: "IRL", Boundary: casework.CertainYes, By: "officer", At: now.Add(-time.Hour),
	}
	corrected := lorry
	corrected.Modes, corrected.At = []casework.Mode{casework.ModeTunnel}, now.Add(-time.Minute)
	wrong := casework.Movement{Destination: "Ireland"}
	found := []casework.Examined{{Document: "TSD-7Q4K-2M9X", Verdict: "CF", Adverse: true}}
	i := casework.Incident{
		ID: "I-7Q4K-2M9X", Title: "Lorry at the ferry port", Site: "NPT", Marking: casework.OfficialSensitive, Guidance: "College of Policing APP", OpenedBy: "officer",
		OpenedAt: now.Add(-2 * time.Hour), Encounters: []casework.IncidentMember{{Encounter: occasion, By: "officer", At: now}},
	}
	empty := casework.Group{Encounter: "NPT-241126-0148"}
	return []example{
		{"movement", "movement", shell(officer, at), Movement{
			Encounter: occasion, Movements: []casework.Movement{lorry, corrected},
			Areas:          []casework.AreaMark{{Primary: casework.AreaFacilitation, Secondary: []casework.ThreatArea{casework.AreaDocuments}, Labels: "1", By: "officer", At: now}},
			SuggestedModes: casework.SuggestModes(corrected, found), SuggestedAreas: casework.SuggestAreas(corrected, mixedGroup(), found),
		}},
		{"movement-empty", "movement", shell(officer, at), Movement{Encounter: occasion}},
		{"movement-error", "movement", shell(officer, at), Movement{Encounter: occasion, Filled: &wrong, Errors: pageMistakes(wrong.Check())}},
		{"people-moved", "people", shell(officer, "/encounters/"+occasion+"/people"), People{Group: mixedGroup(), Movements: []casework.Movement{lorry}, Incident: i.ID}},
		{"incident", "incident", shell(officer, "/incidents/"+i.ID), Incident{Incident: i, Groups: []casework.Group{mixedGroup(), empty}, Others: 1}},
		{"incident-empty", "incident", shell(officer, "/incidents/"+i.ID), Incident{Incident: i}},
		{"incident-error", "incident", shell(officer, "/incidents/"+i.ID), Incident{Incident: i, Others: 2, Errors: []Error{{"encounter", "This encounter belongs to an incident already"}}}},
		{"incidents", "incidents", shell(officer, "/incidents"), Incidents{Incidents: []casework.Incident{i}}},
		{"incidents-empty", "incidents", shell(officer, "/incidents"), Incidents{}},
		{"incidents-error", "incidents", shell(officer, "/incidents"), Incidents{Errors: pageMistakes(casework.Incident{}.Check())}},
	}
}

// pageMistakes are mistakes as pages show them.
func pageMistakes(ms []casework.Mistake) (out []Error) {
	for _, m := range ms {
		out = append(out, Error(m))
	}
	return out
}
