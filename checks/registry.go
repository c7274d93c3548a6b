// Package checks holds the catalogue of checks: one file per check, each a pure
// function over the prepared input. A check answers with findings on the
// document and their evidence; it reads no clock, keeps nothing and never
// judges a person. To add one, copy a file and its test.
package checks

import (
	"cmp"
	"fmt"
	"slices"

	"touchstone.internal/pipeline"
)

// catalogue is filled by the init of each check's file and read afterwards.
var catalogue = map[string]pipeline.Check{}

// register puts a check into the catalogue. It panics on an entry that is not
// complete, since that is a mistake in the program.
func register(c pipeline.Check) {
	if _, twice := catalogue[c.ID]; twice || c.ID == "" || c.Name == "" || c.Standard == "" || c.Version < 1 {
		panic(fmt.Sprintf("check %q is registered twice or is not complete", c.ID))
	}
	if (c.Run == nil) == (c.After == nil) {
		panic(fmt.Sprintf("check %q must have either Run or After", c.ID))
	}
	catalogue[c.ID] = c
}

// All gives every check, sorted by ID.
func All() []pipeline.Check {
	all := make([]pipeline.Check, 0, len(catalogue))
	for _, c := range catalogue {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b pipeline.Check) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// ByID finds a check; ok is false if there is none.
func ByID(id string) (c pipeline.Check, ok bool) {
	c, ok = catalogue[id]
	return c, ok
}
