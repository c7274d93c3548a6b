package pipeline

import (
	"cmp"
	"slices"
)

// ZoneSeen tells whether a machine readable zone was found in the picture.
func (o ScreeningOutcome) ZoneSeen() bool {
	switch o.Conclusion {
	case NoIrregularityFound, ReviewSuggested:
		return true
	case CouldNotCheck:
		return o.Problem == ProblemZoneUnreadable || o.Problem == ProblemUndetermined
	default:
		return false
	}
}

// Bare tells whether one of several pictures of a document is the side that has
// no zone: then nothing is amiss with it.
func Bare(o ScreeningOutcome, all []Document) bool {
	return o.Problem == ProblemZoneNotFound && slices.ContainsFunc(all, func(d Document) bool { return d.Outcome.ZoneSeen() })
}

// Worst is the picture of a document that decides what is to be done: the one
// that most speaks for an examination, then one that could not be checked, then
// one that still waits. Of equals the first counts.
func Worst(all []Document) Document {
	return slices.MaxFunc(all, func(a, b Document) int { return cmp.Compare(gravity(a, all), gravity(b, all)) })
}

func gravity(d Document, all []Document) int {
	switch {
	case d.State != StateScreened:
		return 2
	case Bare(d.Outcome, all):
		return 0
	}
	switch d.Outcome.Conclusion {
	case ReviewSuggested:
		return 5 + slices.Index([]Band{Low, Medium, High}, d.Outcome.Band)
	case TechnicalFault:
		return 4
	case CouldNotCheck:
		return 3
	default:
		return 1
	}
}
