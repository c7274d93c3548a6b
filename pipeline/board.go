package pipeline

import (
	"maps"
	"slices"
	"time"
)

// DecisionFilter chooses decisions for a list; zero fields choose all.
type DecisionFilter struct {
	Since    time.Time
	Reviewer string
	Site     string
	NoSite   bool          // of encounters that are not known here
	Machine  Conclusion    // what the machine had concluded
	Kinds    []VerdictKind // of the verdict
	Second   bool          // made by the second person
	Split    bool          // made by the second person, who saw it differently from the first
	Settling bool          // that settled the review
	Limit    int
	Offset   int
	After    DecisionPlace // the last one of the page before
}

// DecisionPlace is a place in the list of decisions.
type DecisionPlace struct {
	At       time.Time
	Document DocumentID
	Seq      int
}

// Place is where a decision is in the list.
func (d Decision) Place() DecisionPlace { return DecisionPlace{d.At, d.Document, d.Seq} }

// DecidedItem is a decision with what a list shows of its document.
type DecidedItem struct {
	Decision
	Encounter string
	Split     bool // the second person saw it differently from the first
}

// DecisionCount is how many decisions are alike in all that a board tells apart.
type DecisionCount struct {
	Reviewer string
	Site     string // empty if the encounter is not known here
	Machine  Conclusion
	Verdict  Verdict
	Second   bool
	Split    bool
	Settling bool
	N        int
}

// Share is a number of so many.
type Share struct {
	N  int `json:"n"`
	Of int `json:"of"`
}

// add counts n more, of which all or none belong to the share.
func (s *Share) add(n int, yes bool) {
	s.Of += n
	if yes {
		s.N += n
	}
}

// Tally is what decisions come to. It says nothing of how fast anybody is.
type Tally struct {
	Decisions int   `json:"decisions"`
	Settled   int   `json:"settled"` // reviews that ended with one of them
	Agreed    Share `json:"agreed"`  // second persons who came to the same as the first
	Cleared   Share `json:"cleared"` // no signs of fraud, of what the machine suggested to review
	Found     Share `json:"found"`   // adverse, of what the machine found nothing in
}

// TallyOf adds decisions up.
func TallyOf(counts []DecisionCount) (t Tally) {
	for _, c := range counts {
		t.Decisions += c.N
		if c.Settling {
			t.Settled += c.N
		}
		if c.Second {
			t.Agreed.add(c.N, !c.Split)
		}
		switch c.Machine {
		case ReviewSuggested:
			t.Cleared.add(c.N, c.Verdict.Kind() == KindNoSigns)
		case NoIrregularityFound:
			t.Found.add(c.N, c.Verdict.Adverse())
		default: // it could not tell, so nobody went against it
		}
	}
	return t
}

// NamedTally is the tally of one reviewer or site.
type NamedTally struct {
	Name  string `json:"name"`
	Tally Tally  `json:"tally"`
}

// TallyBy adds decisions up for each name, in the order of the names: it ranks
// nobody.
func TallyBy(counts []DecisionCount, name func(DecisionCount) string) []NamedTally {
	groups := map[string][]DecisionCount{}
	for _, c := range counts {
		groups[name(c)] = append(groups[name(c)], c)
	}
	tallies := make([]NamedTally, 0, len(groups))
	for _, n := range slices.Sorted(maps.Keys(groups)) {
		tallies = append(tallies, NamedTally{n, TallyOf(groups[n])})
	}
	return tallies
}
