// Package casework is what people know of the people of an encounter, and what
// follows from it: who may need help, what may not be asked yet, and whom to
// tell. A possible victim comes first, always.
//
// Nothing here scores a person, and nothing is inferred from nationality, age,
// sex or name. Roles, answers and referrals are put down by people, each with a
// source; corrections are added and history stays. Prompts follow from answers by
// fixed sentences that a reader can check, and only a person closes them. The
// source is the College of Policing's APP, "Organised immigration crime
// (Appendix F)", and the Modern Slavery Act 2015.
package casework

import (
	"slices"
	"time"
)

// Person is one human being of an encounter. Screens call them by their number:
// "Person 2".
type Person struct {
	Encounter string     `json:"encounter"`
	Number    int        `json:"number"` // from 1
	Roles     []RoleMark `json:"roles"`
	Answers   []Answer   `json:"answers"`
	Closings  []Closing  `json:"closings"`
}

// Group is the people of one encounter and whose documents each of them holds.
type Group struct {
	Encounter string     `json:"encounter"`
	People    []Person   `json:"people"`
	Holdings  []Holding  `json:"holdings"`
	Referrals []Referral `json:"referrals"`
	Links     []Link     `json:"links"` // those that begin or end here, the oldest first
}

// Holding says who handed a document over and whose it is said to be.
type Holding struct {
	Document  string    `json:"document"`   // its reference
	HeldBy    int       `json:"held_by"`    // number of a person; 0 if nobody, as on the ground
	BelongsTo int       `json:"belongs_to"` // 0 if not known
	By        string    `json:"by"`         // account that says so
	At        time.Time `json:"at"`
}

// Person gives the person of a number; ok is false if there is none.
func (g Group) Person(number int) (p Person, ok bool) {
	i := slices.IndexFunc(g.People, func(p Person) bool { return p.Number == number })
	if i < 0 {
		return Person{}, false
	}
	return g.People[i], true
}

// Role is a part that a person has. A person may have several at once, and they
// change: somebody who paid to be moved may be a victim too (MSA 2015, s.1).
type Role string

// The roles. None of them is ever set by the machine.
const (
	Presenter         Role = "presenter"
	Companion         Role = "companion"
	PotentialVictim   Role = "potential_victim"
	Child             Role = "child" // or may be one
	MovedByOthers     Role = "moved_by_others"
	SuspectExploiter  Role = "suspect_exploiter"
	ImmigrationMatter Role = "immigration_matter"
	Witness           Role = "witness"
)

// Roles are all of them, in the order of forms: welfare first.
//
//nolint:gochecknoglobals // a table, never written
var Roles = []Role{PotentialVictim, Child, Presenter, Companion, MovedByOthers, Witness, ImmigrationMatter, SuspectExploiter}

// RoleMark is a role given to, or taken from, one person by somebody who says why.
type RoleMark struct {
	Role   Role      `json:"role"`
	On     bool      `json:"on"`
	Reason string    `json:"reason"`
	By     string    `json:"by"` // account
	At     time.Time `json:"at"`
}

// Has tells whether the person has a role now: the last word counts.
func (p Person) Has(r Role) bool {
	for _, m := range slices.Backward(p.Roles) {
		if m.Role == r {
			return m.On
		}
	}
	return false
}

// Closing ends a prompt on a person. Only people do that.
type Closing struct {
	Prompt  PromptCode `json:"prompt"`
	Outcome Outcome    `json:"outcome"`
	Reason  string     `json:"reason"`
	By      string     `json:"by"`
	At      time.Time  `json:"at"`
}

// Outcome is how a prompt ended.
type Outcome string

// The outcomes.
const (
	NoConcern Outcome = "no_concern"
	Referred  Outcome = "referred"
)

// Latest gives the newest answer to a question; ok is false if it was not asked.
func (p Person) Latest(q QuestionCode) (latest Answer, ok bool) {
	for _, a := range p.Answers {
		if a.Question == q && (!ok || !a.At.Before(latest.At)) {
			latest, ok = a, true
		}
	}
	return latest, ok
}

// says tells whether the newest answer to a question has a choice.
func (p Person) says(q QuestionCode, choice string) bool {
	a, ok := p.Latest(q)
	return ok && a.State == Answered && slices.Contains(a.Values, choice)
}

// MayBeChild tells whether the person is treated as a child. Doubt is enough.
func (p Person) MayBeChild() bool {
	return p.Has(Child) || p.says("S2", "yes") || p.says("S2", "unsure")
}
