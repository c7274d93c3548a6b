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

// Covered tells whether what one of several pictures of a document does not show
// is on another: it is the side without a zone, or a better picture came after
// it. Then nothing is amiss.
func Covered(o ScreeningOutcome, all []Document) bool {
	if o.Conclusion != CouldNotCheck {
		return false
	}
	return slices.ContainsFunc(all, func(d Document) bool {
		switch o.Problem {
		case ProblemZoneNotFound:
			return d.Outcome.ZoneSeen()
		case ProblemZoneUnreadable, ProblemUndetermined:
			return d.Outcome.Conclusion == NoIrregularityFound || d.Outcome.Conclusion == ReviewSuggested
		default:
			return false
		}
	})
}

// Worst is the picture of a document that decides what is to be done: the one
// that most speaks for an examination, then one that still waits, then one that
// could not be checked. Of equals the first counts.
func Worst(all []Document) Document {
	return slices.MaxFunc(all, func(a, b Document) int { return cmp.Compare(gravity(a, all), gravity(b, all)) })
}

func gravity(d Document, all []Document) int {
	switch {
	case d.State != StateScreened:
		return 4
	case Covered(d.Outcome, all):
		return 0
	}
	switch d.Outcome.Conclusion {
	case ReviewSuggested:
		return 5 + slices.Index([]Band{Low, Medium, High}, d.Outcome.Band)
	case TechnicalFault:
		return 3
	case CouldNotCheck:
		return 2
	default:
		return 1
	}
}
