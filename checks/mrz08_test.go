package checks

import (
	"strings"
	"testing"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

// again sets the composite digit of a TD3 right over what stands there now.
func again(z *pipeline.Zone) {
	lines := []string{z.Lines[0].Text(), z.Lines[1].Text()}
	computed := mrz.Parse(lines).Composite.Computed
	write(1, 43, string(rune(computed)))(z)
}

func TestMRZ08(t *testing.T) {
	pattern, unsure := answer{pipeline.Fail, "digits_pattern", pipeline.S3}, answer{pipeline.Undetermined, "digits_pattern_unsure", 0}
	none := answer{pipeline.OK, "digits_no_pattern", 0}
	all := []func(*pipeline.Zone){write(1, 9, "1"), write(1, 19, "1"), write(1, 27, "4"), write(1, 42, "7")}
	with := func(more ...func(*pipeline.Zone)) []func(*pipeline.Zone) { return append(all[:4:4], more...) }
	two := []func(*pipeline.Zone){write(1, 9, "1"), write(1, 19, "1")}
	conforms := picture(t, anna(mrz.TD3))
	cases(t, "MRZ-08", tests{
		"conforms":                           {conforms, none},
		"one wrong":                          {picture(t, anna(mrz.TD3), write(1, 9, "1")), none},
		"one wrong, composite over it":       {picture(t, anna(mrz.TD3), write(1, 9, "1"), again), none},
		"composite wrong alone (MRZ-07)":     {picture(t, anna(mrz.TD3), write(1, 43, "7")), none},
		"two wrong and the composite":        {picture(t, anna(mrz.TD3), two...), none},
		"two wrong, composite right":         {picture(t, anna(mrz.TD3), two[0], two[1], again), pattern},
		"two wrong, composite right, unsure": {picture(t, anna(mrz.TD3), two[0], two[1], again, blur(1, 13)), unsure},
		"all wrong":                          {picture(t, anna(mrz.TD3), all...), pattern},
		"all wrong, one unsure":              {picture(t, anna(mrz.TD3), with(blur(1, 3))...), unsure},
		"all wrong, one a lookalike":         {picture(t, anna(mrz.TD3), with(write(1, 9, "O"))...), unsure},
		"all the same":                       {picture(t, anna(mrz.TD3), write(1, 9, "0"), write(1, 19, "0"), write(1, 27, "0"), write(1, 42, "0"), write(1, 43, "0")), pattern},
		"those of the sample":                {printed([]string{"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "K555912346UTO6901182F3304159ZE184226B<<<<<10"}), pattern},
		"visa, all wrong":                    {picture(t, anna(mrz.MRVA), write(1, 9, "1"), write(1, 19, "1"), write(1, 27, "4")), pattern},
		"visa, one wrong":                    {picture(t, anna(mrz.MRVA), write(1, 9, "1")), none},
		"licence without digits":             {printed([]string{"AAA001D<<", "FACHE305142128097<<740812<<<<<", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"}), answer{pipeline.NotPerformed, "digits_few", 0}},
	})
	f := ask(t, "MRZ-08", picture(t, anna(mrz.TD3), all...))[0]
	if !strings.Contains(f.Reason, "none of the 4 agrees") || len(f.Values) != 4 || len(f.Boxes) != 4 {
		t.Errorf("reason %q, %d values, %d boxes", f.Reason, len(f.Values), len(f.Boxes))
	}
}
