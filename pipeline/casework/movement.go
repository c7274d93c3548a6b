package casework

import (
	"context"
	"regexp"
	"slices"
	"time"

	"touchstone.internal/pipeline"
)

// Direction is which way the people of an encounter were going.
type Direction string

// The directions. Arrival is coming to the border, entry is getting past it (the
// Nationality and Borders Act 2022 tells them apart).
const (
	DirectionEntry     Direction = "entry"
	DirectionArrival   Direction = "arrival"
	DirectionExit      Direction = "exit"
	DirectionInCountry Direction = "in_country" // custody, a workplace, a registrar: nobody crosses
)

// Directions are all of them, in the order of forms.
//
//nolint:gochecknoglobals // a table, never written
var Directions = []Direction{DirectionEntry, DirectionArrival, DirectionExit, DirectionInCountry}

// Purpose is what the movement, or the stay, is for, as an officer sees it.
type Purpose string

// The purposes.
const (
	PurposeSettle  Purpose = "settle"  // to come and stay
	PurposeRemain  Purpose = "remain"  // to go on staying, by means that are not lawful
	PurposeTransit Purpose = "transit" // on the way to another country
	PurposeLeave   Purpose = "leave"
	PurposeUnknown Purpose = "unknown"
)

// Purposes are all of them, in the order of forms.
//
//nolint:gochecknoglobals // a table, never written
var Purposes = []Purpose{PurposeSettle, PurposeRemain, PurposeTransit, PurposeLeave, PurposeUnknown}

// Mode is a means of illegal entry. There may be several, none that is known, or
// one for which there is no code.
type Mode string

// The modes.
const (
	ModeSmallBoat Mode = "SEA-SMALL"
	ModeVessel    Mode = "SEA-OTHER"
	ModeAir       Mode = "AIR"
	ModeFerry     Mode = "ROAD-FERRY"
	ModeTunnel    Mode = "ROAD-TUNNEL"
	ModeIdentity  Mode = "DOC-ID" // a fraudulent identity document
	ModeClearance Mode = "DOC-EC" // fraudulent entry clearance, deception, other exploitation of the rules
	ModeOther     Mode = "OTHER"
)

// Modes are all of them, in the order of forms.
//
//nolint:gochecknoglobals // a table, never written
var Modes = []Mode{ModeSmallBoat, ModeVessel, ModeAir, ModeFerry, ModeTunnel, ModeIdentity, ModeClearance, ModeOther}

// transport are the modes that carry somebody.
var transport = []Mode{ModeSmallBoat, ModeVessel, ModeAir, ModeFerry, ModeTunnel} //nolint:gochecknoglobals // a table, never written

// Certainty is an answer that may be that nobody knows.
type Certainty string

// The answers.
const (
	CertainYes Certainty = "yes"
	CertainNo  Certainty = "no"
	NotCertain Certainty = "unknown"
)

// Certainties are all of them, in the order of forms.
//
//nolint:gochecknoglobals // a table, never written
var Certainties = []Certainty{CertainYes, CertainNo, NotCertain}

// ActorScope is whether one person is behind a movement or several together.
type ActorScope string

// The scopes.
const (
	ScopeIndividual ActorScope = "individual"
	ScopeNetwork    ActorScope = "network"
	ScopeUnknown    ActorScope = "unknown"
)

// ActorScopes are all of them, in the order of forms.
//
//nolint:gochecknoglobals // a table, never written
var ActorScopes = []ActorScope{ScopeIndividual, ScopeNetwork, ScopeUnknown}

// Movement is how the people of an encounter came, went or stayed, as somebody put
// it down once. A correction is another one: the newest counts, and all stay. Where
// they were going is context; nothing is ever concluded from it.
type Movement struct {
	Direction   Direction  `json:"direction"`
	Purpose     Purpose    `json:"purpose"`
	Modes       []Mode     `json:"modes"` // empty: not known, or nobody crossed
	ModeWords   string     `json:"mode_words"`
	Clandestine Certainty  `json:"clandestine"` // hidden in or under something
	ActorScope  ActorScope `json:"actor_scope"`
	Destination string     `json:"destination"` // country they mean to get to, in three letters; empty if not known
	Boundary    Certainty  `json:"boundary_crossed"`
	By          string     `json:"by"` // account
	At          time.Time  `json:"at"`
}

// countryForm is how a country is written (ISO 3166-1 alpha-3, and the codes of
// Doc 9303 that have three letters).
var countryForm = regexp.MustCompile(`^[A-Z]{3}$`)

// Check tells everything that is wrong with a movement. Words about a mode are
// never wrong, however many there are and whether a mode goes with them.
func (m Movement) Check() (errs []Mistake) {
	wrong := func(field, text string) { errs = append(errs, Mistake{field, text}) }
	if !slices.Contains(Directions, m.Direction) {
		wrong("direction", "Select which way they were going")
	}
	if !slices.Contains(Purposes, m.Purpose) {
		wrong("purpose", "Select what it was for, or that it is not known")
	}
	if slices.ContainsFunc(m.Modes, func(o Mode) bool { return !slices.Contains(Modes, o) }) {
		wrong("modes", "Select from the means that are offered")
	}
	if !slices.Contains(Certainties, m.Clandestine) {
		wrong("clandestine", "Select whether they were hidden, or that it is not known")
	}
	if !slices.Contains(ActorScopes, m.ActorScope) {
		wrong("actor_scope", "Select who is behind it, or that it is not known")
	}
	if m.Destination != "" && !countryForm.MatchString(m.Destination) {
		wrong("destination", "Enter the 3 letters of a country, for example IRL, or leave it empty")
	}
	if !slices.Contains(Certainties, m.Boundary) {
		wrong("boundary_crossed", "Select whether a border was crossed, or that it is not known")
	}
	return errs
}

// Has tells whether a mode is among those of the movement.
func (m Movement) Has(o Mode) bool { return slices.Contains(m.Modes, o) }

// Carried tells whether somebody was carried across by land, sea or air.
func (m Movement) Carried() bool { return slices.ContainsFunc(transport, m.Has) }

// ModeSuggestion is a mode that follows from what people found a document to be. It
// is shown and no more: it is put down when a person selects it.
type ModeSuggestion struct {
	Mode     Mode   `json:"mode"`
	Document string `json:"document"`
	Verdict  string `json:"verdict"`
}

// SuggestModes gives the modes that verdicts suggest and the movement does not have.
// A false visa or endorsement is about entry clearance, whatever book it is in. That
// somebody deceived is for an officer to say and is never suggested.
func SuggestModes(m Movement, found []Examined) (out []ModeSuggestion) {
	for _, v := range found {
		s := ModeSuggestion{ModeIdentity, v.Document, v.Verdict}
		if v.Visa || v.Verdict == "FG-EN" {
			s.Mode = ModeClearance
		}
		if v.Adverse && v.Verdict != "SUP" && !m.Has(s.Mode) {
			out = append(out, s)
		}
	}
	return out
}

// MovementStore keeps movements and threat areas.
type MovementStore interface {
	// SaveMovement adds how people came, went or stayed; ErrNotFound if the encounter
	// was not opened here.
	SaveMovement(ctx context.Context, encounter string, m Movement, who pipeline.Account) error
	// MarkAreas adds the threat areas of an encounter.
	MarkAreas(ctx context.Context, encounter string, m AreaMark, who pipeline.Account) error
	// Movements gives all that was put down, the oldest first.
	Movements(ctx context.Context, encounter string) ([]Movement, []AreaMark, error)
}
