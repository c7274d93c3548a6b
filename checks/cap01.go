package checks

import "touchstone.internal/pipeline"

func init() {
	register(pipeline.Check{
		ID: "CAP-01", Name: "File is a usable picture", Standard: "Doc 9303-2, C.1", Severity: pipeline.S0, Version: 1,
		Run: func(in *pipeline.Input) []pipeline.Finding {
			if in.Problem != pipeline.ProblemNone {
				return one(fail(pipeline.S0, string(in.Problem), nil))
			}
			return one(say(pipeline.OK, "file_ok", nil))
		},
	})
}
