package checks

import (
	"testing"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

func TestMRZ10(t *testing.T) {
	with := func(birth, expiry string) mrz.Values {
		v := anna(mrz.TD3)
		v.DateOfBirth, v.DateOfExpiry = birth, expiry
		return v
	}
	noDay := picture(t, anna(mrz.TD3))
	noDay.AsOf = time.Time{}
	// A birth in 1920 or 2020, and a document that expired in 2015.
	old := func(lines ...string) *pipeline.Input { return page(picture(t, with("200101", "150101")), lines...) }
	unsure := func(c *pipeline.Char) { c.SecondRead = 0 }
	undecided, disordered := answer{pipeline.Undetermined, "dates_out_of_order", 0}, answer{pipeline.Fail, "dates_disordered", pipeline.S2}
	impossible, open := answer{pipeline.Fail, "date_impossible", pipeline.S2}, answer{pipeline.OK, "dates_open", 0}
	cases(t, "MRZ-10", tests{
		"fit together":                      {picture(t, anna(mrz.TD3)), answer{pipeline.OK, "dates_ok", 0}},
		"month 13":                          {picture(t, with("741312", "300415")), impossible},
		"day 0":                             {picture(t, with("740800", "300415")), impossible},
		"31 April":                          {picture(t, with("740812", "300431")), impossible},
		"29 February 1911 (Czech specimen)": {picture(t, with("110229", "300415")), impossible},
		"29 February 2000":                  {picture(t, with("000229", "300415")), answer{pipeline.OK, "dates_ok", 0}},
		"29 February 2028":                  {picture(t, with("740812", "280229")), answer{pipeline.OK, "dates_ok", 0}},
		"29 February 2029":                  {picture(t, with("740812", "290229")), impossible},
		"month 13, unsure":                  {picture(t, with("741312", "300415"), blur(1, 15)), answer{pipeline.Undetermined, "unsure", 0}},
		"unknown day of birth":              {picture(t, with("7408<<", "300415")), open},
		"unknown day, month 13":             {picture(t, with("7413<<", "300415")), impossible},
		"unknown birth":                     {picture(t, with("<<<<<<", "300415")), open},
		"expires 1999 or 2099":              {picture(t, with("740812", "991231")), answer{pipeline.Undetermined, "date_unplaced", 0}},
		"expiry before one birth":           {old(), undecided},
		"printed, born in 2020":             {old("01 JAN 2020", "01.01.2015"), disordered},
		"printed, born in 1920":             {old("01 JAN 1920", "01 JAN 2015"), answer{pipeline.OK, "dates_ok", 0}},
		"printed, both centuries":           {old("01 JAN 1920", "01 JAN 2020", "01 JAN 2015"), undecided},
		"printed birth only":                {old("01 JAN 2020"), undecided},
		"printed expiry only":               {old("01 JAN 2015"), undecided},
		"printed, other days":               {old("02 JAN 2020", "02 JAN 2015"), undecided},
		"printed, year not sure":            {smudge(old("01 JAN 2020", "01 JAN 2015"), 2, 3, unsure), undecided},
		"printed, zone not sure":            {page(picture(t, with("200101", "150101"), blur(1, 15)), "01 JAN 2020", "01 JAN 2015"), answer{pipeline.Undetermined, "unsure", 0}},
		"child":                             {picture(t, with("200101", "300101")), answer{pipeline.OK, "dates_ok", 0}},
		"no day to judge on":                {noDay, open},
	})
	t.Run("two impossible dates", func(t *testing.T) {
		wantAnswers(t, ask(t, "MRZ-10", picture(t, with("741312", "301315"))), impossible, impossible)
	})
}
