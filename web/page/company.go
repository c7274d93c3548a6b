package page

// Company is what a page about documents says of the people of their encounter.
type Company struct {
	Encounter string // its reference, for a way there; empty if the account may not go
	First     []int  // numbers of those whose safety comes first
}
