package checks

import (
	"testing"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

func TestMRZ12(t *testing.T) {
	with := func(f mrz.Format, code, issuer, nationality string) mrz.Values {
		v := anna(f)
		v.DocumentCode, v.IssuingState, v.Nationality = code, issuer, nationality
		return v
	}
	fits, free := answer{pipeline.OK, "nationality_fits", 0}, answer{pipeline.NotPerformed, "nationality_free", 0}
	differs := answer{pipeline.Fail, "nationality_differs", pipeline.S1}
	cases(t, "MRZ-12", tests{
		"own national":               {picture(t, with(mrz.TD3, "P", "FRA", "FRA")), fits},
		"D and D":                    {picture(t, with(mrz.TD3, "P", "D", "D")), fits},
		"D and DEU":                  {picture(t, with(mrz.TD3, "P", "D", "DEU")), fits},
		"another State's national":   {picture(t, with(mrz.TD3, "P", "FRA", "GBR")), differs},
		"the same with PP":           {picture(t, with(mrz.TD3, "PP", "FRA", "GBR")), differs},
		"stateless":                  {picture(t, with(mrz.TD3, "P", "FRA", "XXA")), fits},
		"refugee":                    {picture(t, with(mrz.TD3, "P", "FRA", "XXB")), fits},
		"United Nations":             {picture(t, with(mrz.TD3, "P", "UNO", "FRA")), fits},
		"British overseas":           {picture(t, with(mrz.TD3, "P", "GBR", "GBO")), fits},
		"sample":                     {picture(t, with(mrz.TD3, "P", "FRA", "UTO")), fits},
		"alien's passport":           {picture(t, with(mrz.TD3, "PT", "FRA", "GBR")), free},
		"issuer's own letter":        {picture(t, with(mrz.TD3, "PA", "FRA", "GBR")), free},
		"residence permit":           {picture(t, with(mrz.TD1, "IR", "FRA", "GBR")), free},
		"visa":                       {picture(t, with(mrz.MRVA, "V", "FRA", "GBR")), free},
		"unlisted issuer (DOC-04)":   {picture(t, anna(mrz.TD3), write(0, 2, "UTP")), answer{pipeline.NotPerformed, "nationality_unlisted", 0}},
		"differs, unsure":            {picture(t, with(mrz.TD3, "P", "FRA", "GBR"), blur(1, 11)), answer{pipeline.Undetermined, "nationality_unsure", 0}},
		"differs, code unsure":       {picture(t, with(mrz.TD3, "P", "FRA", "GBR"), doubt(0, 1, 'T')), answer{pipeline.Undetermined, "nationality_unsure", 0}},
		"French card has no such":    {printed(frenchCard()), answer{pipeline.NotPerformed, "field_absent", 0}},
		"nothing where the State is": {picture(t, anna(mrz.TD3), write(0, 2, "<<<")), answer{pipeline.NotPerformed, "nationality_unlisted", 0}},
	})
}
