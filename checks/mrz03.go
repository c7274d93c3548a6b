package checks

import (
	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

func init() {
	register(pipeline.Check{
		ID: "MRZ-03", Name: "Document number check digit", Standard: "Doc 9303-3, 4.9; Doc 9303-5, 4.2.2.1 note j", Severity: pipeline.S2, Version: 2,
		Run: checkDigitOf(mrz.DocumentNumber, pipeline.S2),
	})
}
