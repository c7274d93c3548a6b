package threat

import (
	"strings"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

// UnknownModel is the model of what has no zone that could be read for sure.
var UnknownModel = Model{"unknown", "unknown"} //nolint:gochecknoglobals // a constant, if a struct could be one

// ModelOf is the model that a report tells of, by the first zone in which issuing
// State and document code are sure.
func ModelOf(r pipeline.Report) Model {
	for _, z := range r.Zones() {
		m := Model{}
		for _, f := range z.Fields {
			switch {
			case !f.Certain:
			case f.Name == mrz.IssuingState:
				m.IssuingState = strings.Trim(f.Value, "< ")
			case f.Name == mrz.DocumentCode:
				m.Type = strings.Trim(f.Value, "< ")
			}
		}
		if codeOf(m.IssuingState, 3) && codeOf(m.Type, 2) {
			return m
		}
	}
	return UnknownModel
}

// codeOf tells whether a text can be a code of so many letters at most.
func codeOf(s string, most int) bool {
	return s != "" && len(s) <= most && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}
