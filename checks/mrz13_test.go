package checks

import (
	"testing"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

func TestMRZ13(t *testing.T) {
	printedIn := func(pitch float64, lines ...pipeline.Likeness) *pipeline.Input {
		return picture(t, anna(mrz.TD3), func(z *pipeline.Zone) {
			z.Pitch = pitch
			for i, l := range lines {
				z.Lines[i].Likeness = l
			}
		})
	}
	ocrb := pipeline.Likeness{OCRB: .95, Typewriter: .7, Sans: .8, Characters: 30}
	soft := pipeline.Likeness{OCRB: .9, Typewriter: .7, Sans: .89, Characters: 30}
	courier := pipeline.Likeness{OCRB: .6, Typewriter: .66, Sans: .62, Characters: 30}
	helvetica := pipeline.Likeness{OCRB: .7, Typewriter: .6, Sans: .8, Characters: 30}
	nothing := pipeline.Likeness{OCRB: .2, Typewriter: .3, Sans: .3, Characters: 30}
	few := pipeline.Likeness{OCRB: .6, Typewriter: .7, Sans: .6, Characters: 7}
	other, unsure := answer{pipeline.Fail, "typeface_other", pipeline.S2}, answer{pipeline.Undetermined, "typeface_unsure", 0}
	noState := printedIn(12, courier, courier)
	write(0, 2, "QQQ")(&noState.Pages[0].Zones[0])
	noState.Pages[0].Zones[0].MRZ = mrz.Parse([]string{noState.Pages[0].Zones[0].Lines[0].Text(), noState.Pages[0].Zones[0].Lines[1].Text()})
	cases(t, "MRZ-13", tests{
		"lines of another text":       {noState, answer{pipeline.NotPerformed, "typeface_of_what", 0}},
		"OCR-B":                       {printedIn(12, ocrb, ocrb), answer{pipeline.OK, "typeface_ok", 0}},
		"a typewriter's":              {printedIn(12, courier, courier), other},
		"one line of another":         {printedIn(12, ocrb, helvetica), other},
		"the first line of another":   {printedIn(12, helvetica, soft), other},
		"too soft to say":             {printedIn(12, ocrb, soft), unsure},
		"like nothing":                {printedIn(12, nothing, ocrb), unsure},
		"a line with nothing but few": {printedIn(12, ocrb, few), answer{pipeline.OK, "typeface_ok", 0}},
		"only few characters":         {printedIn(12, few, few), answer{pipeline.NotPerformed, "typeface_few", 0}},
		"small":                       {printedIn(6.9, courier, courier), answer{pipeline.NotPerformed, "typeface_small", 0}},
	})
}
