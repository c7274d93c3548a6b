package pipeline

import (
	"cmp"
	"slices"
)

// The problems that a reading can end in though the picture was usable.
const (
	ProblemZoneNotFound   Problem = "zone_not_found"
	ProblemZoneUnreadable Problem = "zone_unreadable"
	ProblemUndetermined   Problem = "checks_undetermined"
)

// LevelPicture is the inspection level that a picture alone can reach
// (Doc 9303-2, A.4).
const LevelPicture = 1

// Counted tells whether the finding speaks for an examination: a Fail that
// matters and that no known deviation explains.
func (f Finding) Counted() bool {
	return f.Outcome == Fail && f.Severity > S0 && f.Deviation == ""
}

// Assess draws the machine's conclusion from the findings on a picture of the
// given capture class. A counted Fail suggests a review, even where something
// else could not be read; without one, what could not be read decides.
// Problem is why there was nothing to look at, if so.
func (t RuleTable) Assess(found []Finding, c CaptureClass, p Problem) ScreeningOutcome {
	o := ScreeningOutcome{Calibrated: t.Calibrated, Contributions: []Contribution{}}
	if slices.ContainsFunc(found, Finding.Counted) {
		o.Conclusion = ReviewSuggested
		o.Contributions, o.Total, o.Band = t.weigh(found, c)
		return o
	}
	if p == ProblemNone {
		p = unread(found)
	}
	if p != ProblemNone {
		o.Conclusion, o.Problem = CouldNotCheck, p
		return o
	}
	o.Conclusion, o.Level = NoIrregularityFound, LevelPicture
	return o
}

// unread says what kept the check digits from being judged. Findings without
// an answer on the zone itself count as a zone that was not found.
func unread(found []Finding) Problem {
	worst, seen := ProblemNone, false
	for _, f := range found {
		switch f.Check {
		case "MRZ-01":
			seen = true
			switch f.Outcome {
			case OK:
			case Fail:
				return ProblemZoneNotFound
			default:
				worst = ProblemZoneUnreadable
			}
		case "MRZ-03", "MRZ-04", "MRZ-05", "MRZ-06", "MRZ-07":
			if (f.Outcome == Undetermined || f.Outcome == Aborted) && worst == ProblemNone {
				worst = ProblemUndetermined
			}
		}
	}
	if !seen {
		return ProblemZoneNotFound
	}
	return worst
}

// share is a contribution in whole thousandths, so that shares add up.
type share struct {
	Contribution
	weight, milli int
}

// weigh gives the contributions of the counted findings, strongest first, with
// their total and band.
func (t RuleTable) weigh(found []Finding, c CaptureClass) ([]Contribution, float64, Band) {
	var ss []share
	for i, f := range found {
		if !f.Counted() {
			continue
		}
		r, _ := t.rule(f.Check)
		ss = append(ss, share{Contribution: Contribution{Finding: i, Check: f.Check, Group: r.Group}, weight: r.weight(f.Severity, c)})
	}
	slices.SortFunc(ss, func(a, b share) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.Check, b.Check), cmp.Compare(a.Finding, b.Finding))
	})
	total := t.discount(ss)
	slices.SortStableFunc(ss, func(a, b share) int { return cmp.Compare(b.milli, a.milli) })
	cs := make([]Contribution, len(ss))
	for i, s := range ss {
		s.Weight, s.Share = float64(s.weight)/1000, float64(s.milli)/1000
		cs[i] = s.Contribution
	}
	return cs, float64(total) / 1000, t.band(total)
}

// discount sets the shares: the strongest of a group in full, of the others a
// part, and all scaled down where the total goes over the ceiling. Shares come
// sorted by weight.
func (t RuleTable) discount(ss []share) (total int) {
	first := map[string]bool{}
	for i := range ss {
		s := &ss[i]
		if s.milli = s.weight; first[s.Group] {
			s.milli = s.weight * t.RestPercent / 100
		}
		first[s.Group] = true
		total += s.milli
	}
	if total <= t.Ceiling {
		return total
	}
	left := t.Ceiling
	for i := range ss {
		ss[i].milli = ss[i].milli * t.Ceiling / total
		left -= ss[i].milli
	}
	ss[0].milli += left // what rounding down left over
	return t.Ceiling
}

func (t RuleTable) band(total int) Band {
	switch {
	case total >= t.HighFrom:
		return High
	case total >= t.MediumFrom:
		return Medium
	}
	return Low
}
