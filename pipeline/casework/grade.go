package casework

import "slices"

// Grade is how far a piece of intelligence can be relied on (3x5x2): a digit for its
// source and a letter for what it says. The scale's wording is not verified.
type Grade string

// Ungraded is what nobody has graded: the source was not tested, and it is not known
// whether what it says is so.
const Ungraded Grade = "2D"

// Grades are all of them, in the order of forms.
//
//nolint:gochecknoglobals // a table, never written
var Grades = grades()

func grades() (all []Grade) {
	for _, source := range "123" {
		for _, content := range "ABCDE" {
			all = append(all, Grade(string(source)+string(content)))
		}
	}
	return all
}

// mistakes tells what is wrong with a grade.
func (g Grade) mistakes() []Mistake {
	if !slices.Contains(Grades, g) {
		return []Mistake{{"grade", "Select a grade from 1A to 3E"}}
	}
	return nil
}
