package checks

import (
	"testing"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

func TestDOC03(t *testing.T) {
	british := anna(mrz.TD3)
	british.IssuingState, british.Nationality = "GBR", "GBR"
	mixed := british
	mixed.Nationality = "UTO"
	cases(t, "DOC-03", tests{
		"specimen":           {picture(t, anna(mrz.TD3)), answer{pipeline.Fail, "specimen", pipeline.S0}},
		"specimen by holder": {picture(t, mixed), answer{pipeline.Fail, "specimen", pipeline.S0}},
		"no specimen":        {picture(t, british), answer{pipeline.OK, "no_specimen", 0}},
		"perhaps a specimen": {picture(t, anna(mrz.TD3), blur(0, 3)), answer{pipeline.Undetermined, "unsure", 0}},
	})
}
