package page

import "touchstone.internal/pipeline"

// Unassigned says why a review was not assigned.
type Unassigned string

// The reasons.
const (
	UnassignedTaken   Unassigned = "taken"     // somebody has it open, it waits, or it is decided
	UnassignedOwn     Unassigned = "own_work"  // the reviewer uploaded it or decided on it
	UnassignedUnknown Unassigned = "not_found" // it is not before reviewers
)

// AllUnassigned are all of them, in the order of lists.
var AllUnassigned = []Unassigned{UnassignedTaken, UnassignedOwn, UnassignedUnknown} //nolint:gochecknoglobals // a table, never written

// Refusal is a review that was not assigned.
type Refusal struct {
	Document pipeline.DocumentID
	Why      Unassigned
}

var unassignedTexts = map[Unassigned]string{ //nolint:gochecknoglobals // a table, never written
	UnassignedTaken:   "somebody has it open, it waits for the officer, or it is decided",
	UnassignedOwn:     "the reviewer uploaded it or has decided on it",
	UnassignedUnknown: "it is not before reviewers",
}

// Text says it in words.
func (r Refusal) Text() string { return unassignedTexts[r.Why] }

// Assignment is what became of the documents that somebody chose just now.
type Assignment struct {
	N       int
	Refused []Refusal
}

// Text says how many have somebody now.
func (a Assignment) Text() string {
	if a.N == 0 {
		return "No document was assigned."
	}
	return count(a.N, "document is", "documents are") + " kept for the reviewer you chose."
}
