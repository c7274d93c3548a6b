package checks

import (
	"strings"
	"testing"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

func TestMRZ11(t *testing.T) {
	until := func(expiry string) mrz.Values {
		v := anna(mrz.MRVA)
		v.DateOfExpiry = expiry
		return v
	}
	noDay := picture(t, anna(mrz.TD3))
	noDay.AsOf = time.Time{}
	cases(t, "MRZ-11", tests{
		"runs on":             {picture(t, until("300415")), answer{pipeline.OK, "not_expired", 0}},
		"expires today":       {picture(t, until("261124")), answer{pipeline.OK, "not_expired", 0}},
		"expired yesterday":   {picture(t, until("261123")), answer{pipeline.Fail, "expired", pipeline.S0}},
		"expired, but unsure": {picture(t, until("261123"), blur(1, 22)), answer{pipeline.Undetermined, "unsure", 0}},
		"not given":           {picture(t, until("<<<<<<")), answer{pipeline.Undetermined, "expiry_open", 0}},
		"not to be placed":    {picture(t, until("991231")), answer{pipeline.Undetermined, "expiry_open", 0}},
		"no day to judge on":  {noDay, answer{pipeline.NotPerformed, "no_day_given", 0}},
	})
	f := ask(t, "MRZ-11", picture(t, until("240502")))[0]
	if !strings.Contains(f.Reason, "Expired on 2 May 2024") {
		t.Errorf("reason %q lacks the day", f.Reason)
	}
}
