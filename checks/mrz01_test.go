package checks

import (
	"testing"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

// withOptional is a card with optional data.
func withOptional() mrz.Values {
	v := anna(mrz.TD1)
	v.OptionalData = "28"
	return v
}

func TestMRZ01(t *testing.T) {
	unsure := answer{pipeline.Undetermined, "zone_unsure", 0}
	cases(t, "MRZ-01", tests{
		"read":                 {picture(t, anna(mrz.TD3)), answer{pipeline.OK, "zone_found", 0}},
		"no zone":              {&pipeline.Input{Pages: []pipeline.Page{{}}}, answer{pipeline.Fail, "zone_not_found", pipeline.S0}},
		"no picture":           {&pipeline.Input{Problem: pipeline.ProblemCorrupt}, answer{pipeline.NotPerformed, "no_picture", 0}},
		"odd shape":            {printed([]string{"ABC", "DEF"}), answer{pipeline.Undetermined, "zone_shape_unknown", 0}},
		"number unsure":        {picture(t, anna(mrz.TD3), blur(1, 4)), unsure},
		"check digit unsure":   {picture(t, anna(mrz.TD3), blur(1, 9)), unsure},
		"composite unsure":     {picture(t, anna(mrz.TD3), blur(1, 43)), unsure},
		"code unsure":          {picture(t, anna(mrz.TD3), doubt(0, 0, 'F')), unsure},
		"name unsure":          {picture(t, anna(mrz.TD3), blur(0, 10)), answer{pipeline.OK, "zone_found_but", 0}},
		"visa's optional data": {picture(t, anna(mrz.MRVA), blur(1, 40)), answer{pipeline.OK, "zone_found_but", 0}},
		"8 or S in the number, which its digit cannot tell":  {picture(t, anna(mrz.TD3), doubt(1, 1, 'S')), answer{pipeline.OK, "zone_found_but", 0}},
		"the same, and the digit is wrong":                   {picture(t, anna(mrz.TD3), doubt(1, 1, 'S'), write(1, 9, "1")), answer{pipeline.OK, "zone_found_but", 0}},
		"the same, and the first reader is not sure":         {picture(t, anna(mrz.TD3), doubt(1, 1, 'S'), blur(1, 1)), unsure},
		"8 or B in the number":                               {picture(t, anna(mrz.TD3), doubt(1, 1, 'B')), unsure},
		"2 or Z in optional data, under the composite digit": {picture(t, withOptional(), doubt(0, 15, 'Z')), unsure},
		"8 or S in optional data, under the composite digit": {picture(t, withOptional(), doubt(0, 16, 'S')), answer{pipeline.OK, "zone_found_but", 0}},
		"card's optional data":                               {picture(t, anna(mrz.TD1), blur(1, 20)), unsure},
	})
}
