package page

import (
	"html/template"
	"strings"

	"touchstone.internal/pipeline/casework"
	"touchstone.internal/pipeline/threat"
)

// Movement is the view of "movement": how the people of an encounter came, went or
// stayed, and the threat areas that it belongs to.
type Movement struct {
	Encounter      string
	Movements      []casework.Movement // the oldest first
	Areas          []casework.AreaMark // the oldest first
	SuggestedModes []casework.ModeSuggestion
	SuggestedAreas []casework.AreaSuggestion
	Filled         *casework.Movement // as a form said it that cannot stand; nil if there was none
	Errors         []Error
}

// Incident is the view of "incident": encounters that are one occasion, with the
// people of those that the account may work on.
type Incident struct {
	Incident casework.Incident
	Groups   []casework.Group
	Others   int // encounters that the account may not work on
	Errors   []Error
}

// Incidents is the view of "incidents": the newest, and the form that opens one.
type Incidents struct {
	Incidents []casework.Incident
	Filled    casework.Incident // as the form said it
	Errors    []Error
}

// Words of a movement, as forms and lines say them.
//
//nolint:gochecknoglobals // tables, never written
var (
	directionWords = [][2]string{
		{"arrival", "Arriving: at the border, not past it"},
		{"entry", "Entering: past the border"},
		{"exit", "Leaving"},
		{"in_country", "In the country: nobody was crossing"},
	}
	purposeWords = [][2]string{
		{"settle", "To come and stay"},
		{"remain", "To go on staying, by means that are not lawful"},
		{"transit", "On the way to another country"},
		{"leave", "To leave"},
		{"unknown", "Not known"},
	}
	modeWords = [][2]string{
		{"SEA-SMALL", "Small boat"},
		{"SEA-OTHER", "Another vessel"},
		{"AIR", "Aircraft"},
		{"ROAD-FERRY", "Vehicle on a ferry"},
		{"ROAD-TUNNEL", "Vehicle or train through the Channel Tunnel"},
		{"DOC-ID", "A fraudulent identity document"},
		{"DOC-EC", "Fraudulent entry clearance, deception, or other exploitation of the rules"},
		{"OTHER", "Something else"},
	}
	certaintyWords = [][2]string{{"yes", "Yes"}, {"no", "No"}, {"unknown", "Not known"}}
	scopeWords     = [][2]string{{"individual", "One person"}, {"network", "Several who work together"}, {"unknown", "Not known"}}
	areaOrder      = []casework.ThreatArea{casework.AreaFacilitation, casework.AreaDocuments, casework.AreaAbuse}
	markingWords   = [][2]string{{string(casework.Official), "OFFICIAL"}, {string(casework.OfficialSensitive), "OFFICIAL-SENSITIVE"}}
)

// AreaLabel is what a threat area was called in a version of the labels.
func AreaLabel(version string, a casework.ThreatArea) string {
	return upper(threat.Label(threat.Labels(), version, a))
}

// areaNow is what it is called today.
func areaNow(a casework.ThreatArea) string {
	return AreaLabel(threat.Newest().Version, a)
}

// Now is what the form shows: what was filled in and cannot stand, or the newest
// that was put down.
func (v Movement) Now() casework.Movement {
	switch {
	case v.Filled != nil:
		return *v.Filled
	case len(v.Movements) > 0:
		return v.Movements[len(v.Movements)-1]
	}
	return casework.Movement{Purpose: casework.PurposeUnknown, Clandestine: casework.NotCertain, ActorScope: casework.ScopeUnknown, Boundary: casework.NotCertain}
}

// Marked is the newest mark of threat areas; what is suggested, if there is none.
func (v Movement) Marked() casework.AreaMark {
	if n := len(v.Areas); n > 0 {
		return v.Areas[n-1]
	}
	return casework.AreaMark{}
}

// asking is a question of a form with its options.
type asking struct {
	Name, Label, Hint, Error string
	Many                     bool
	Options                  []option
}

// IDOf is the id of the nth option; the first one has that of the question.
func (c asking) IDOf(n int) string {
	if n == 0 {
		return c.Name
	}
	return c.Name + "-" + c.Options[n].Value
}

// movementQuestions are the questions about a movement.
func movementQuestions(v Movement) []asking {
	m := v.Now()
	modes := options("", modeWords)
	for i := range modes {
		modes[i].On = m.Has(casework.Mode(modes[i].Value))
	}
	cs := []asking{
		{Name: "direction", Label: "Which way were they going?", Options: options(string(m.Direction), directionWords)},
		{Name: "purpose", Label: "What was it for?", Options: options(string(m.Purpose), purposeWords)},
		{Name: "modes", Label: "By what means?", Hint: "Select all that apply, or none if it is not known or nobody crossed.", Many: true, Options: modes},
		{Name: "clandestine", Label: "Were they hidden?", Options: options(string(m.Clandestine), certaintyWords)},
		{Name: "actor_scope", Label: "Who is behind it?", Options: options(string(m.ActorScope), scopeWords)},
		{Name: "boundary_crossed", Label: "Was a border crossed?", Options: options(string(m.Boundary), certaintyWords)},
	}
	for i := range cs {
		cs[i].Error = errorOn(cs[i].Name, v.Errors)
	}
	return cs
}

// areaChoices are the questions about threat areas, under today's labels. What is
// suggested is said and not chosen.
func areaChoices(v Movement) []asking {
	marked := v.Marked()
	first := asking{Name: "primary", Label: "Which threat area does it belong to first?", Error: errorOn("primary", v.Errors)}
	more := asking{Name: "secondary", Label: "Which others does it touch?", Hint: "Select none if there is no other.", Many: true, Error: errorOn("secondary", v.Errors)}
	for _, a := range areaOrder {
		text := areaNow(a) + " (" + string(a) + ")"
		first.Options = append(first.Options, option{string(a), text, a == marked.Primary})
		touched := false
		for _, o := range marked.Secondary {
			touched = touched || o == a
		}
		more.Options = append(more.Options, option{string(a), text, touched})
	}
	return []asking{first, more}
}

// wordOf is what a code is called.
func wordOf(all [][2]string, code string) string {
	for _, w := range all {
		if w[0] == code {
			return w[1]
		}
	}
	return code
}

// modesLine names the means of a movement.
func modesLine(m casework.Movement) string {
	var said []string
	for _, o := range m.Modes {
		said = append(said, wordOf(modeWords, string(o)))
	}
	if m.ModeWords != "" {
		said = append(said, "“"+m.ModeWords+"”")
	}
	if len(said) == 0 {
		return "Not known, or nobody crossed"
	}
	return strings.Join(said, "; ")
}

// movementLine says the newest of several movements in short.
func movementLine(all []casework.Movement) string {
	m := all[len(all)-1]
	return wordOf(directionWords, string(m.Direction)) + ". Means: " + modesLine(m) + "."
}

// movementFunctions are what the pages about movements and incidents need.
func movementFunctions() template.FuncMap {
	return template.FuncMap{
		"movementQuestions": movementQuestions, "areaChoices": areaChoices, "areaLabel": AreaLabel, "areaNow": areaNow, "modesLine": modesLine, "movementLine": movementLine,
		"directionWord": func(d casework.Direction) string { return wordOf(directionWords, string(d)) },
		"purposeWord":   func(p casework.Purpose) string { return wordOf(purposeWords, string(p)) },
		"certain":       func(c casework.Certainty) string { return wordOf(certaintyWords, string(c)) },
		"scopeWord":     func(a casework.ActorScope) string { return wordOf(scopeWords, string(a)) },
		"modeWord":      func(m casework.Mode) string { return wordOf(modeWords, string(m)) },
		"markings":      func(m casework.Marking) []option { return options(string(m), markingWords) },
	}
}
