package checks

import (
	"testing"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

func TestMRZ04(t *testing.T) {
	cases(t, "MRZ-04", tests{
		"agrees, passport": {picture(t, anna(mrz.TD3)), answer{pipeline.OK, "check_digit_ok", 0}},
		"agrees, card":     {picture(t, anna(mrz.TD1)), answer{pipeline.OK, "check_digit_ok", 0}},
		"agrees, visa":     {picture(t, anna(mrz.MRVB)), answer{pipeline.OK, "check_digit_ok", 0}},
		"date changed":     {picture(t, anna(mrz.TD3), write(1, 13, "9")), answer{pipeline.Fail, "check_digit_wrong", pipeline.S2}},
		"changed, unsure":  {picture(t, anna(mrz.TD3), write(1, 13, "9"), blur(1, 19)), answer{pipeline.Undetermined, "check_digit_unsure", 0}},
		"letter O in it":   {picture(t, anna(mrz.TD3), write(1, 13, "O")), answer{pipeline.Undetermined, "check_digit_unsure", 0}},
		"letter C in it":   {picture(t, anna(mrz.TD3), write(1, 13, "C")), answer{pipeline.Fail, "check_digit_wrong", pipeline.S2}},
		"empty, no digit":  {picture(t, anna(mrz.TD3), write(1, 13, "<<<<<<<")), answer{pipeline.OK, "check_digit_empty", 0}},
		"empty, digit 0":   {picture(t, anna(mrz.TD3), write(1, 13, "<<<<<<0")), answer{pipeline.OK, "check_digit_ok", 0}},
	})
}
