package checks

import (
	"testing"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

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
		"card's optional data": {picture(t, anna(mrz.TD1), blur(1, 20)), unsure},
	})
}
