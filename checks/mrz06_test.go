package checks

import (
	"testing"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

func TestMRZ06(t *testing.T) {
	empty := anna(mrz.TD3)
	empty.PersonalNumber = ""
	cases(t, "MRZ-06", tests{
		"agrees":            {picture(t, anna(mrz.TD3)), answer{pipeline.OK, "check_digit_ok", 0}},
		"empty with filler": {picture(t, empty), answer{pipeline.OK, "check_digit_empty", 0}},
		"empty with 0":      {picture(t, empty, write(1, 42, "0")), answer{pipeline.OK, "check_digit_ok", 0}},
		"empty with 5":      {picture(t, empty, write(1, 42, "5")), answer{pipeline.Fail, "check_digit_wrong", pipeline.S1}},
		"changed":           {picture(t, anna(mrz.TD3), write(1, 42, "5")), answer{pipeline.Fail, "check_digit_wrong", pipeline.S1}},
		"changed, unsure":   {picture(t, anna(mrz.TD3), write(1, 42, "5"), blur(1, 30)), answer{pipeline.Undetermined, "check_digit_unsure", 0}},
		"no digit":          {picture(t, anna(mrz.TD3), write(1, 42, "<")), answer{pipeline.Fail, "check_digit_missing", pipeline.S1}},
		"card has none":     {picture(t, anna(mrz.TD1)), answer{pipeline.NotPerformed, "field_absent", 0}},
		"visa has none":     {picture(t, anna(mrz.MRVA)), answer{pipeline.NotPerformed, "field_absent", 0}},
	})
}
