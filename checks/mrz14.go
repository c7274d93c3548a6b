package checks

import (
	"strings"

	"touchstone.internal/pipeline"
)

func init() {
	register(pipeline.Check{
		ID: "MRZ-14", Name: "Known issue with this issuer", Standard: "Doc 9303-3, section 7", Severity: pipeline.S0, Version: 1,
		After: knownIssues,
	})
}

// knownIssues tells which findings a known deviation of the issuer explains.
// Screening has put the entries on them, so that they do not count.
func knownIssues(_ *pipeline.Input, found []pipeline.Finding) []pipeline.Finding {
	var explained []string
	var boxes []pipeline.Box
	for _, f := range found {
		if f.Deviation != "" {
			explained = append(explained, f.Check+" ("+f.Deviation+")")
			boxes = append(boxes, f.Boxes...)
		}
	}
	if len(explained) == 0 {
		return one(say(pipeline.OK, "deviation_none", nil))
	}
	f := say(pipeline.OK, "deviation_applied", params{"checks": strings.Join(explained, ", ")})
	f.Boxes = boxes
	return one(f)
}
