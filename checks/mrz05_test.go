package checks

import (
	"testing"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

func TestMRZ05(t *testing.T) {
	cases(t, "MRZ-05", tests{
		"agrees, passport": {picture(t, anna(mrz.TD3)), answer{pipeline.OK, "check_digit_ok", 0}},
		"agrees, card":     {picture(t, anna(mrz.TD1)), answer{pipeline.OK, "check_digit_ok", 0}},
		"agrees, visa":     {picture(t, anna(mrz.MRVB)), answer{pipeline.OK, "check_digit_ok", 0}},
		"date changed":     {picture(t, anna(mrz.TD3), write(1, 21, "9")), answer{pipeline.Fail, "check_digit_wrong", pipeline.S2}},
		"changed, unsure":  {picture(t, anna(mrz.TD3), write(1, 21, "9"), blur(1, 27)), answer{pipeline.Undetermined, "check_digit_unsure", 0}},
		"letter O in it":   {picture(t, anna(mrz.TD3), write(1, 21, "O")), answer{pipeline.Undetermined, "check_digit_unsure", 0}},
		"letter C in it":   {picture(t, anna(mrz.TD3), write(1, 21, "C")), answer{pipeline.Fail, "check_digit_wrong", pipeline.S2}},
		"empty, no digit":  {picture(t, anna(mrz.TD3), write(1, 21, "<<<<<<<")), answer{pipeline.OK, "check_digit_empty", 0}},
		"empty, digit 0":   {picture(t, anna(mrz.TD3), write(1, 21, "<<<<<<0")), answer{pipeline.OK, "check_digit_ok", 0}},
	})
}
