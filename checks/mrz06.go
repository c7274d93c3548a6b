package checks

import (
	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

func init() {
	register(pipeline.Check{
		ID: "MRZ-06", Name: "Personal number check digit", Standard: "Doc 9303-4, 4.2.2", Severity: pipeline.S1, Version: 2,
		Run: checkDigitOf(mrz.PersonalNumber, pipeline.S1),
	})
}
