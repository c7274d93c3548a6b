package checks

import (
	"testing"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

func TestMRZ02(t *testing.T) {
	fault := answer{pipeline.Fail, "syntax_fault", pipeline.S2}
	cases(t, "MRZ-02", tests{
		"conforms":           {picture(t, anna(mrz.TD2)), answer{pipeline.OK, "syntax_ok", 0}},
		"letter in a date":   {picture(t, anna(mrz.TD3), write(1, 13, "7K")), fault},
		"number in a name":   {picture(t, anna(mrz.TD3), write(0, 7, "9")), fault},
		"half a day":         {picture(t, anna(mrz.TD3), write(1, 18, "<")), fault},
		"other sex":          {picture(t, anna(mrz.TD3), write(1, 20, "K")), fault},
		"X for sex":          {picture(t, anna(mrz.TD3), write(1, 20, "X")), answer{pipeline.Fail, "syntax_fault", pipeline.S1}},
		"letter but unsure":  {picture(t, anna(mrz.TD3), write(1, 13, "7K"), blur(1, 14)), answer{pipeline.Undetermined, "unsure", 0}},
		"neighbour unsure":   {picture(t, anna(mrz.TD3), write(0, 7, "9"), blur(0, 8)), fault},
		"letter O in a date": {picture(t, anna(mrz.TD3), write(1, 13, "7O")), answer{pipeline.Undetermined, "syntax_lookalike", 0}},
	})
	t.Run("one finding a field", func(t *testing.T) {
		in := picture(t, anna(mrz.TD3), write(0, 7, "99"), write(1, 13, "KK"))
		wantAnswers(t, ask(t, "MRZ-02", in), fault, fault)
	})
}
