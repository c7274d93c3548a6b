package checks

import (
	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

func init() {
	register(pipeline.Check{
		ID: "MRZ-04", Name: "Date of birth check digit", Standard: "Doc 9303-3, 4.9", Severity: pipeline.S2, Version: 2,
		Run: checkDigitOf(mrz.DateOfBirth, pipeline.S2),
	})
}
