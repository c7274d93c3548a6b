package checks

import (
	"testing"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

func TestMRZ07(t *testing.T) {
	ok, unsure := answer{pipeline.OK, "composite_ok", 0}, answer{pipeline.Undetermined, "check_digit_unsure", 0}
	wrong, follows := answer{pipeline.Fail, "composite_wrong", pipeline.S2}, answer{pipeline.Fail, "composite_follows", pipeline.S1}
	cases(t, "MRZ-07", tests{
		"passport agrees":            {picture(t, anna(mrz.TD3)), ok},
		"card TD2 agrees":            {picture(t, anna(mrz.TD2)), ok},
		"card TD1 agrees":            {picture(t, anna(mrz.TD1)), ok},
		"visa has none":              {picture(t, anna(mrz.MRVA)), answer{pipeline.NotPerformed, "composite_none", 0}},
		"wrong on its own":           {picture(t, anna(mrz.TD3), write(1, 43, "5")), wrong},
		"follows from the number":    {picture(t, anna(mrz.TD3), write(1, 9, "7")), follows},
		"wrong, but unsure":          {picture(t, anna(mrz.TD3), write(1, 43, "5"), blur(1, 30)), unsure},
		"wrong, name unsure":         {picture(t, anna(mrz.TD3), write(1, 43, "5"), blur(0, 10)), wrong},
		"wrong, with I in a date":    {picture(t, anna(mrz.TD3), write(1, 13, "7I")), unsure},
		"perhaps a visa":             {picture(t, anna(mrz.MRVA), write(0, 0, "P"), blur(0, 0)), unsure},
		"changed optional data, TD1": {picture(t, anna(mrz.TD1), write(1, 20, "7")), wrong},
	})
}
