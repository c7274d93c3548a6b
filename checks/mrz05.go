package checks

import (
	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

func init() {
	register(pipeline.Check{
		ID: "MRZ-05", Name: "Date of expiry check digit", Standard: "Doc 9303-3, 4.9", Severity: pipeline.S2, Version: 2,
		Run: checkDigitOf(mrz.DateOfExpiry, pipeline.S2),
	})
}
