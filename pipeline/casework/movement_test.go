package casework_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"touchstone.internal/pipeline/casework"
)

// moved is a movement of which nothing is known but its direction.
func moved(d casework.Direction, modes ...casework.Mode) casework.Movement {
	return casework.Movement{
		Direction: d, Purpose: casework.PurposeUnknown, Modes: modes, Clandestine: casework.NotCertain, ActorScope: casework.ScopeUnknown,
		Boundary: casework.NotCertain, By: "officer", At: noon,
	}
}

// stands fails unless a movement can be put down.
func stands(t *testing.T, m casework.Movement) {
	t.Helper()
	if errs := m.Check(); len(errs) > 0 {
		t.Errorf("%+v is refused: %v", m, errs)
	}
}

func areas(m casework.Movement, g casework.Group, found ...casework.Examined) (out []casework.ThreatArea) {
	for _, s := range casework.SuggestAreas(m, g, found) {
		out = append(out, s.Area)
	}
	return out
}

// TestS1 is "illegal entry or arrival to, or exit from": each direction is its own,
// and who is behind it may be one person or many.
func TestS1(t *testing.T) {
	for _, d := range casework.Directions {
		for _, scope := range casework.ActorScopes {
			m := moved(d)
			m.ActorScope = scope
			stands(t, m)
		}
	}
	if errs := moved("sideways").Check(); len(errs) != 1 || errs[0].Field != "direction" {
		t.Errorf("a direction that there is not: %v", errs)
	}
}

// TestS2 is "enabling an individual to remain": somebody in custody who crossed
// nothing needs no means of entry, and is put down and given an area all the same.
func TestS2(t *testing.T) {
	m := moved(casework.DirectionInCountry)
	m.Purpose, m.Boundary = casework.PurposeRemain, casework.CertainNo
	stands(t, m)
	if got := areas(m, group(person(1, said("F8", "illegal_working")))); !slices.Equal(got, []casework.ThreatArea{casework.AreaAbuse}) {
		t.Errorf("of illegal working it thinks of %v", got)
	}
}

func TestAreaMarks(t *testing.T) {
	for name, c := range map[string]struct {
		mark  casework.AreaMark
		field string
	}{
		"one":               {casework.AreaMark{Primary: "OIC-FAC"}, ""},
		"all":               {casework.AreaMark{Primary: "OIC-ABU", Secondary: []casework.ThreatArea{"OIC-DOC", "OIC-FAC"}}, ""},
		"none":              {casework.AreaMark{}, "primary"},
		"the first twice":   {casework.AreaMark{Primary: "OIC-FAC", Secondary: []casework.ThreatArea{"OIC-FAC"}}, "secondary"},
		"another one twice": {casework.AreaMark{Primary: "OIC-FAC", Secondary: []casework.ThreatArea{"OIC-DOC", "OIC-DOC"}}, "secondary"},
		"no such area":      {casework.AreaMark{Primary: "OIC-FAC", Secondary: []casework.ThreatArea{"OIC"}}, "secondary"},
	} {
		errs := c.mark.Check()
		if c.field == "" && len(errs) > 0 || c.field != "" && (len(errs) != 1 || errs[0].Field != c.field) {
			t.Errorf("%s: %v, want a mistake in %q", name, errs, c.field)
		}
	}
}

// TestS3a is "facilitation by land, sea and air": somebody hidden in a lorry is
// facilitation first, and documents come up only if a person found one false.
func TestS3a(t *testing.T) {
	lorry := moved(casework.DirectionEntry, casework.ModeFerry)
	lorry.Clandestine = casework.CertainYes
	if got := areas(lorry, group(person(1))); !slices.Equal(got, []casework.ThreatArea{casework.AreaFacilitation}) {
		t.Errorf("of a lorry it thinks of %v", got)
	}
	found := casework.Examined{Document: "a", Verdict: "CF", Adverse: true}
	if got := areas(lorry, group(person(1)), casework.Examined{Document: "b", Verdict: "GEN"}, found); !slices.Equal(got, []casework.ThreatArea{casework.AreaFacilitation, casework.AreaDocuments}) {
		t.Errorf("with a counterfeit it thinks of %v", got)
	}
	if got := areas(moved(casework.DirectionArrival, casework.ModeAir), group(person(1))); len(got) > 0 {
		t.Errorf("of a flight alone it thinks of %v", got)
	}
	if got := areas(moved(casework.DirectionArrival, casework.ModeSmallBoat), group(person(1))); !slices.Equal(got, []casework.ThreatArea{casework.AreaFacilitation}) {
		t.Errorf("of a small boat it thinks of %v", got)
	}
	flown := moved(casework.DirectionArrival, casework.ModeAir)
	flown.ActorScope = casework.ScopeNetwork
	if got := areas(flown, group(person(1))); !slices.Equal(got, []casework.ThreatArea{casework.AreaFacilitation}) {
		t.Errorf("of a network that flies people it thinks of %v", got)
	}
}

// TestS3bArea: what makes documents, and what was obtained by fraud, are about
// documents.
func TestS3bArea(t *testing.T) {
	want := []casework.ThreatArea{casework.AreaDocuments}
	if got := areas(moved(casework.DirectionEntry), group(person(1)), casework.Examined{Document: "a", Verdict: "FOG", Adverse: true}); !slices.Equal(got, want) {
		t.Errorf("of a document that was obtained it thinks of %v", got)
	}
	if got := areas(moved(casework.DirectionInCountry), group(person(1, said("F6", "yes")))); !slices.Equal(got, want) {
		t.Errorf("of blanks and a laminator it thinks of %v", got)
	}
}

// TestS3cLetter: a false sponsor's letter beside a genuine passport is about
// documents, and abuse can be told of.
func TestS3cLetter(t *testing.T) {
	found := []casework.Examined{{Document: "passport", Verdict: "GEN"}, {Document: "letter", Verdict: "SUP", Adverse: true}}
	if got := areas(moved(casework.DirectionArrival), group(person(1)), found...); !slices.Equal(got, []casework.ThreatArea{casework.AreaDocuments, casework.AreaAbuse}) {
		t.Errorf("of a false letter it thinks of %v", got)
	}
	got := suggested(t, group(person(1)), found...)
	if !slices.Contains(got, "R-18-SUP/0") {
		t.Errorf("of a false letter it suggests %v", got)
	}
	if got := suggested(t, group(person(1)), found[0]); len(got) > 0 {
		t.Errorf("of the passport alone it suggests %v", got)
	}
}

// TestS4 is "modes by which illegal entry can occur include": all can be selected
// together, none has to be, and words never block.
func TestS4(t *testing.T) {
	stands(t, moved(casework.DirectionEntry, casework.Modes...))
	stands(t, moved(casework.DirectionEntry))
	for _, words := range []string{"", "on a raft", strings.Repeat("a long story ", 10_000), "\x00<script>"} {
		m := moved(casework.DirectionEntry)
		m.ModeWords = words
		stands(t, m)
		m.Modes = []casework.Mode{casework.ModeOther}
		stands(t, m)
	}
	if errs := moved(casework.DirectionEntry, "RAFT").Check(); len(errs) != 1 || errs[0].Field != "modes" {
		t.Errorf("a code that there is not: %v", errs)
	}
}

// TestS4a is "vessels, aircraft, vehicles": each has a code of its own, and carries
// somebody; a document does not.
func TestS4a(t *testing.T) {
	for mode, want := range map[casework.Mode]bool{
		"SEA-SMALL": true, "SEA-OTHER": true, "AIR": true, "ROAD-FERRY": true, "ROAD-TUNNEL": true, "DOC-ID": false, "DOC-EC": false, "OTHER": false,
	} {
		m := moved(casework.DirectionEntry, mode)
		stands(t, m)
		if m.Carried() != want {
			t.Errorf("%s carries: %t", mode, m.Carried())
		}
	}
}

// TestS4d is "fraudulent identity documents": a counterfeit suggests the mode until
// somebody has put it down.
func TestS4d(t *testing.T) {
	found := []casework.Examined{{Document: "a", Verdict: "CF", Adverse: true}, {Document: "b", Verdict: "GEN"}}
	want := []casework.ModeSuggestion{{Mode: casework.ModeIdentity, Document: "a", Verdict: "CF"}}
	if got := casework.SuggestModes(moved(casework.DirectionEntry), found); !slices.Equal(got, want) {
		t.Errorf("suggested: %v", got)
	}
	if got := casework.SuggestModes(moved(casework.DirectionEntry, casework.ModeIdentity), found); len(got) > 0 {
		t.Errorf("suggested again: %v", got)
	}
}

// TestS4e is "fraudulent entry clearance": a counterfeit visa in a genuine passport is
// about entry clearance and not about the passport; deception is never suggested.
func TestS4e(t *testing.T) {
	found := []casework.Examined{{Document: "passport", Verdict: "GEN"}, {Document: "visa", Verdict: "CF", Adverse: true, Visa: true}}
	want := []casework.ModeSuggestion{{Mode: casework.ModeClearance, Document: "visa", Verdict: "CF"}}
	if got := casework.SuggestModes(moved(casework.DirectionEntry), found); !slices.Equal(got, want) {
		t.Errorf("suggested: %v", got)
	}
	stamp := []casework.Examined{{Document: "passport", Verdict: "FG-EN", Adverse: true}}
	if got := casework.SuggestModes(moved(casework.DirectionEntry), stamp); len(got) != 1 || got[0].Mode != casework.ModeClearance {
		t.Errorf("of a false endorsement: %v", got)
	}
	if got := casework.SuggestModes(moved(casework.DirectionEntry), []casework.Examined{{Document: "letter", Verdict: "SUP", Adverse: true}}); len(got) > 0 {
		t.Errorf("of a letter: %v", got)
	}
}

// TestS5d is "transit to another country": where they mean to go is kept with it.
func TestS5d(t *testing.T) {
	m := moved(casework.DirectionArrival)
	m.Purpose, m.Destination = casework.PurposeTransit, "IRL"
	stands(t, m)
	for _, bad := range []string{"Ireland", "irl", "IR", "I1L"} {
		m.Destination = bad
		if errs := m.Check(); len(errs) != 1 || errs[0].Field != "destination" {
			t.Errorf("%q: %v", bad, errs)
		}
	}
}

// TestS25 is "ends when the migrant reaches their destination": where they were going,
// and why, is context; no area, mode, prompt or referral follows from it.
func TestS25(t *testing.T) {
	found := []casework.Examined{{Document: "a", Verdict: "CF", Adverse: true}}
	base := moved(casework.DirectionEntry, casework.ModeFerry)
	g := group(person(1, said("S4", "debt")))
	for _, destination := range []string{"", "IRL", "UTO", "FRA"} {
		for _, purpose := range casework.Purposes {
			m := base
			m.Destination, m.Purpose = destination, purpose
			if got, want := areas(m, g, found...), areas(base, g, found...); !slices.Equal(got, want) {
				t.Errorf("to %q to %s: areas %v, want %v", destination, purpose, got, want)
			}
			if got, want := casework.SuggestModes(m, found), casework.SuggestModes(base, found); !slices.Equal(got, want) {
				t.Errorf("to %q to %s: modes %v, want %v", destination, purpose, got, want)
			}
		}
	}
	told := group(person(1, said("S4", "debt"), casework.Answer{Question: "U11", State: casework.Answered, Words: "a house in Utopia", Source: casework.SourcePerson, At: noon}))
	if got, want := codes(told, 1), codes(g, 1); !slices.Equal(got, want) {
		t.Errorf("prompts %v, want %v", got, want)
	}
	if got, want := suggested(t, told, found...), suggested(t, g, found...); !slices.Equal(got, want) {
		t.Errorf("referrals %v, want %v", got, want)
	}
}

// TestS26 is "continued contact with gangs here": what was told of contacts is
// intelligence, and goes into no referral, whichever rule composes it.
func TestS26(t *testing.T) {
	const contact = "a number on a slip of paper"
	told := casework.Answer{Question: "U10", State: casework.Answered, Words: contact, Source: casework.SourcePerson, At: noon}
	supplier := casework.Answer{Question: "U1", State: casework.Answered, Words: "the tailor", Source: casework.SourcePerson, At: noon}
	g := group(person(1, told, supplier), person(2))
	said := ""
	for _, rule := range rules(t).Rules {
		text := fmt.Sprint(casework.Compose(g, rule, 1, nil))
		if strings.Contains(text, contact) {
			t.Errorf("%s tells of it", rule.ID)
		}
		said += text
	}
	if !strings.Contains(said, "the tailor") {
		t.Error("no rule tells what it should, so that nothing is shown")
	}
}

func TestIncident(t *testing.T) {
	good := casework.Incident{Title: "Lorry at the ferry port", Site: "UTO", Marking: casework.Official}
	if errs := good.Check(); len(errs) > 0 {
		t.Errorf("refused: %v", errs)
	}
	for field, bad := range map[string]casework.Incident{
		"title":   {Title: " ", Site: "UTO", Marking: casework.Official},
		"site":    {Title: "Lorry", Site: "utopia", Marking: casework.Official},
		"marking": {Title: "Lorry", Site: "UTO", Marking: "SECRET"},
	} {
		if errs := bad.Check(); len(errs) != 1 || errs[0].Field != field {
			t.Errorf("%s: %v", field, errs)
		}
	}
}
