package checks

import (
	"strings"
	"testing"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

// near makes a character unsure between itself and another.
func near(line, column int, c byte) func(*pipeline.Zone) {
	return func(z *pipeline.Zone) {
		char := &z.Lines[line].Chars[column]
		char.Confidence, char.RunnerUp = 0.6, c
	}
}

func TestMRZ15(t *testing.T) {
	numbered := func(f mrz.Format, number, optional string) mrz.Values {
		v := anna(f)
		v.DocumentNumber, v.OptionalData = number, optional
		return v
	}
	some, doubted := answer{pipeline.OK, "blind_some", 0}, answer{pipeline.Undetermined, "blind_doubted", 0}
	cases(t, "MRZ-15", tests{
		"nothing alike":                  {picture(t, numbered(mrz.TD1, "D23457902", "")), answer{pipeline.OK, "blind_none", 0}},
		"an 8":                           {picture(t, numbered(mrz.TD1, "D23458902", "")), some},
		"an 8 or an S, says a reader":    {picture(t, numbered(mrz.TD1, "D23458902", ""), near(0, 10, 'S')), doubted},
		"an 8 or a B is seen by a digit": {picture(t, numbered(mrz.TD1, "D23458902", ""), near(0, 10, 'B')), some},
		"0 and O are told apart":         {picture(t, numbered(mrz.TD1, "D20450900", "")), answer{pipeline.OK, "blind_none", 0}},
		"0 and O on a visa are not":      {picture(t, numbered(mrz.MRVA, "D23457902", "40")), some},
		"0 and O on a visa, doubted":     {picture(t, numbered(mrz.MRVA, "D23457902", "40"), near(1, 29, 'O')), doubted},
		"names are words":                {picture(t, numbered(mrz.TD1, "D23457902", ""), near(2, 2, 'S')), answer{pipeline.OK, "blind_none", 0}},
	})
	f := ask(t, "MRZ-15", picture(t, numbered(mrz.TD1, "G23458902", "6")))[0]
	if !strings.Contains(f.Reason, "(6 and G, 8 and S)") || len(f.Values) != 3 || f.Values[0].Printed != "G or 6" || len(f.Boxes) != 3 {
		t.Errorf("reason %q, values %+v", f.Reason, f.Values)
	}
}
