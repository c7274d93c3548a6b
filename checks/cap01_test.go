package checks

import (
	"testing"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/text"
)

func TestCAP01(t *testing.T) {
	c, _ := ByID("CAP-01")
	wantAnswers(t, c.Run(&pipeline.Input{Pages: []pipeline.Page{{}}}), answer{pipeline.OK, "file_ok", 0})
	for _, p := range []pipeline.Problem{
		pipeline.ProblemEmpty, pipeline.ProblemTooBig, pipeline.ProblemNotPicture, pipeline.ProblemCorrupt, pipeline.ProblemTooManyPixel,
		pipeline.ProblemTooManyScans, pipeline.ProblemTooSmall, pipeline.ProblemReaderCrash, pipeline.ProblemReaderSlow,
		pipeline.ProblemReaderMemory, pipeline.ProblemReaderAnswer, pipeline.ProblemOriginalGone, pipeline.ProblemOriginalDiff,
		pipeline.ProblemZoneNotFound, pipeline.ProblemZoneUnreadable, pipeline.ProblemUndetermined,
	} {
		if _, ok := text.Entry(string(p)); !ok {
			t.Errorf("problem %s has no text", p)
		}
		wantAnswers(t, c.Run(&pipeline.Input{Problem: p}), answer{pipeline.Fail, string(p), pipeline.S0})
	}
}
