package checks

import (
	"testing"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

func TestMRZ09(t *testing.T) {
	with := func(f mrz.Format, code, expiry string) mrz.Values {
		v := anna(f)
		v.DocumentCode, v.DateOfExpiry = code, expiry
		return v
	}
	fits, misplaced := answer{pipeline.OK, "code_fits", 0}, answer{pipeline.Fail, "code_misplaced", pipeline.S1}
	outdated := answer{pipeline.Fail, "code_outdated", pipeline.S2}
	noDay := picture(t, with(mrz.TD3, "P", "380101"))
	noDay.AsOf = time.Time{}
	cases(t, "MRZ-09", tests{
		"passport":                       {picture(t, anna(mrz.TD3)), fits},
		"passport of the list":           {picture(t, with(mrz.TD3, "PP", "380101")), fits},
		"issuer's own letter":            {picture(t, with(mrz.TD3, "PC", "371231")), fits},
		"issuer's own letter, too long":  {picture(t, with(mrz.TD3, "PC", "380101")), outdated},
		"no second letter, too long":     {picture(t, with(mrz.TD3, "P", "380101")), outdated},
		"too long, expiry unsure":        {picture(t, with(mrz.TD3, "P", "380101"), blur(1, 22)), answer{pipeline.Undetermined, "unsure", 0}},
		"too long, no day to judge on":   {noDay, fits},
		"emergency travel document":      {picture(t, with(mrz.TD2, "PU", "261224")), fits},
		"identity card":                  {picture(t, with(mrz.TD1, "ID", "380101")), fits},
		"card with a passport's code":    {picture(t, with(mrz.TD1, "P", "300415")), misplaced},
		"residence permit with R":        {picture(t, with(mrz.TD1, "RP", "300415")), misplaced},
		"residence permit with R, blur":  {picture(t, with(mrz.TD1, "RP", "300415"), blur(0, 0)), answer{pipeline.Undetermined, "unsure", 0}},
		"V second":                       {picture(t, with(mrz.TD1, "IV", "300415")), misplaced},
		"digit for a letter":             {picture(t, anna(mrz.TD3), write(0, 1, "0")), answer{pipeline.Undetermined, "unsure", 0}},
		"visa":                           {picture(t, anna(mrz.MRVB)), fits},
		"French card, outside the rules": {printed(frenchCard()), answer{pipeline.NotPerformed, "code_no_rule", 0}},
	})
}
