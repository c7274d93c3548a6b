package casework

import (
	"slices"
	"time"
)

// ThreatArea is the code of one of the areas that returns are made by. Codes stay;
// what an area is called changes with the guidance.
type ThreatArea string

// The areas.
const (
	AreaFacilitation ThreatArea = "OIC-FAC"
	AreaDocuments    ThreatArea = "OIC-DOC"
	AreaAbuse        ThreatArea = "OIC-ABU"
)

// ThreatAreas are all of them, in the order of forms.
//
//nolint:gochecknoglobals // a table, never written
var ThreatAreas = []ThreatArea{AreaFacilitation, AreaDocuments, AreaAbuse}

// AreaMark says which threat area an encounter belongs to first and which it touches
// too, as somebody put it down, under the labels of that day. The newest counts.
type AreaMark struct {
	Primary   ThreatArea   `json:"primary"`
	Secondary []ThreatArea `json:"secondary"`
	Labels    string       `json:"labels"` // version
	By        string       `json:"by"`     // account
	At        time.Time    `json:"at"`
}

// Check tells everything that is wrong with the areas of an encounter.
func (m AreaMark) Check() (errs []Mistake) {
	if !slices.Contains(ThreatAreas, m.Primary) {
		errs = append(errs, Mistake{"primary", "Select the threat area that it belongs to first"})
	}
	for i, a := range m.Secondary {
		if !slices.Contains(ThreatAreas, a) || a == m.Primary || slices.Contains(m.Secondary[:i], a) {
			return append(errs, Mistake{"secondary", "Select other areas than the first, each of them once"})
		}
	}
	return errs
}

// AreaSuggestion is an area that fixed rules think of, and why. The first of several
// is the primary one.
type AreaSuggestion struct {
	Area    ThreatArea `json:"area"`
	Because string     `json:"because"`
}

// SuggestAreas gives the areas that follow from what people put down: who was hidden,
// carried by a network, or landed by small boat, was facilitated; documents count when
// a person found something false, or what makes them; abuse when somebody named its
// kind, or a supporting paper is false. Where somebody came from plays no part.
func SuggestAreas(m Movement, g Group, found []Examined) (out []AreaSuggestion) {
	adverse := func(v Examined) bool { return v.Adverse }
	said := func(q QuestionCode, choice string) bool {
		return slices.ContainsFunc(g.People, func(p Person) bool { return p.says(q, choice) })
	}
	switch {
	case m.Clandestine == CertainYes:
		out = append(out, AreaSuggestion{AreaFacilitation, "somebody was hidden"})
	case m.Has(ModeSmallBoat):
		out = append(out, AreaSuggestion{AreaFacilitation, "they came by small boat"})
	case m.Carried() && m.ActorScope == ScopeNetwork:
		out = append(out, AreaSuggestion{AreaFacilitation, "a network carried them"})
	}
	switch {
	case slices.ContainsFunc(found, adverse):
		out = append(out, AreaSuggestion{AreaDocuments, "a document was found false or falsely used"})
	case said("F6", "yes"):
		out = append(out, AreaSuggestion{AreaDocuments, "blanks, printers, laminates or templates were found"})
	}
	switch {
	case slices.ContainsFunc(g.People, Person.Abuses):
		out = append(out, AreaSuggestion{AreaAbuse, "a document with nothing false in it is used for what it was not given for"})
	case slices.ContainsFunc(found, func(v Examined) bool { return v.Verdict == "SUP" }):
		out = append(out, AreaSuggestion{AreaAbuse, "a paper that supports an application was found false"})
	case m.Has(ModeClearance):
		out = append(out, AreaSuggestion{AreaAbuse, "entry clearance, or deception, is among the means"})
	}
	return out
}

// Abuses tells whether somebody named a kind of abuse of legitimate means (F8).
func (p Person) Abuses() bool {
	a, ok := p.Latest("F8")
	return ok && a.State == Answered && !slices.Contains(a.Values, "no")
}
