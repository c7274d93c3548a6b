package page

import (
	"cmp"
	"time"

	"touchstone.internal/pipeline"
)

// tokenState says whether a token opens anything.
func tokenState(now time.Time, t pipeline.Token) label {
	switch {
	case !t.RevokedAt.IsZero():
		return label{"Revoked", "grey"}
	case !t.Good(now):
		return label{"Time is over", "grey"}
	}
	return label{"In use", "green"}
}

// tokenTimes are for how long a token can be good, in days.
func tokenTimes(chosen string) []option {
	return options(cmp.Or(chosen, "90"), [][2]string{{"30", "30 days"}, {"90", "90 days"}, {"180", "180 days"}, {"365", "1 year"}})
}

// operations are the choices of a filter.
func operations(chosen pipeline.Operation) []option {
	all := [][2]string{{"", "Any"}}
	for _, o := range pipeline.Operations {
		all = append(all, [2]string{string(o), deed(pipeline.AuditEvent{Operation: o})})
	}
	return options(string(chosen), all)
}
