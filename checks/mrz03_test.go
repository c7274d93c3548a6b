package checks

import (
	"testing"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

func TestMRZ03(t *testing.T) {
	wrong, unsure := answer{pipeline.Fail, "check_digit_wrong", pipeline.S2}, answer{pipeline.Undetermined, "check_digit_unsure", 0}
	long := anna(mrz.TD1)
	long.DocumentNumber = "D23145890734"
	cases(t, "MRZ-03", tests{
		"agrees":                    {picture(t, anna(mrz.TD3)), answer{pipeline.OK, "check_digit_ok", 0}},
		"agrees though unsure":      {picture(t, anna(mrz.TD3), blur(1, 2)), answer{pipeline.OK, "check_digit_ok", 0}},
		"digit changed":             {picture(t, anna(mrz.TD3), write(1, 9, "7")), wrong},
		"number changed":            {picture(t, anna(mrz.TD3), write(1, 1, "3")), wrong},
		"changed, number unsure":    {picture(t, anna(mrz.TD3), write(1, 1, "3"), blur(1, 2)), unsure},
		"changed, digit unsure":     {picture(t, anna(mrz.TD3), write(1, 9, "7"), blur(1, 9)), unsure},
		"changed, readers disagree": {picture(t, anna(mrz.TD3), write(1, 9, "7"), doubt(1, 9, '1')), unsure},
		"changed, readers differ in 8 and S, which count alike": {picture(t, anna(mrz.TD3), write(1, 9, "7"), doubt(1, 1, 'S')), answer{pipeline.Fail, "check_digit_wrong", pipeline.S1}},
		"changed, readers differ in 8 and B, which do not":      {picture(t, anna(mrz.TD3), write(1, 9, "7"), doubt(1, 1, 'B')), unsure},
		"changed, elsewhere unsure":                             {picture(t, anna(mrz.TD3), write(1, 9, "7"), blur(1, 15)), wrong},
		"changed, easily mistaken":                              {picture(t, anna(mrz.TD3), write(1, 9, "7"), hesitate(1, 1)), answer{pipeline.Fail, "check_digit_wrong", pipeline.S1}},
		"changed, hardly mistaken":                              {picture(t, anna(mrz.TD3), write(1, 9, "7"), hesitate(1, 7)), wrong},
		"letter O for the digit":                                {picture(t, anna(mrz.TD3), write(1, 9, "O")), unsure},
		"filler for the digit":                                  {picture(t, anna(mrz.TD3), write(1, 9, "<")), answer{pipeline.Fail, "check_digit_missing", pipeline.S2}},
		"blind exchange is not seen":                            {picture(t, anna(mrz.TD3), write(1, 0, "1")), answer{pipeline.OK, "check_digit_ok", 0}},
		"long number":                                           {picture(t, long), answer{pipeline.OK, "check_digit_ok", 0}},
		"long number changed":                                   {picture(t, long, write(0, 16, "4")), wrong},
		"long number, end unsure":                               {picture(t, long, write(0, 16, "4"), blur(0, 17)), unsure},
	})
}

func TestMRZ03ShowsBothDigits(t *testing.T) {
	f := ask(t, "MRZ-03", picture(t, anna(mrz.TD3), write(1, 9, "7")))[0]
	want := "The document number and its check digit do not agree: 7 is printed, 6 is expected. First compare the lines with the document by eye."
	if f.Reason != want {
		t.Errorf("reason %q; want %q", f.Reason, want)
	}
	if len(f.Values) != 1 || f.Values[0].Printed != "7" || f.Values[0].Expected != "6" {
		t.Errorf("values %+v; want 7 beside 6", f.Values)
	}
	want1, want2 := pipeline.Box{X: 100, Y: 540, Width: 176, Height: 30, Label: "document number"}, pipeline.Box{X: 280, Y: 540, Width: 16, Height: 30, Label: "document number check digit"}
	if len(f.Boxes) != 2 || f.Boxes[0] != want1 || f.Boxes[1] != want2 {
		t.Errorf("boxes %+v", f.Boxes)
	}
}
