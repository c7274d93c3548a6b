package checks

import (
	"fmt"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

func init() {
	register(pipeline.Check{
		ID: "MRZ-13", Name: "Typeface of the lines", Standard: "Doc 9303-3, 4.4", Severity: pipeline.S2, Version: 1,
		Run: eachZone(func(z zone) []pipeline.Finding { return one(typeface(z)) }),
	})
}

const (
	// leastPitch is the pitch in pixels from which strokes can be compared.
	leastPitch = 7
	// leastCompared is how many characters of a line must have been compared.
	leastCompared = 8
	// leastLike is the correlation below which a line is like no typeface that is
	// known: it may be something else, or too poor a picture.
	leastLike = .55
	// otherFace and oneFace bound a line's lead, by how much less alike, of 1, it is
	// to the nearest other typeface than to OCR-B. Conforming lines lie above both,
	// however soft and noisy they were drawn; lines of a typewriter or a headline lie
	// below both.
	otherFace, oneFace = -.03, .02
)

// typeface asks whether each line is printed in OCR-B. Distances are not asked:
// genuine cards space their lines by 1.6 to 2.6 characters, whatever the
// standard says.
func typeface(z zone) pipeline.Finding {
	switch {
	case !z.poses():
		return say(pipeline.NotPerformed, "typeface_of_what", nil)
	case z.Pitch < leastPitch:
		return say(pipeline.NotPerformed, "typeface_small", nil)
	}
	f, compared := say(pipeline.OK, "typeface_ok", nil), false
	for i, l := range z.Lines {
		if l.Likeness.Characters < leastCompared {
			continue
		}
		compared = true
		name, lead := nearest(l.Likeness)
		switch {
		case lead < otherFace && max(l.Likeness.OCRB, l.Likeness.Typewriter, l.Likeness.Sans) >= leastLike:
			if f.Outcome != pipeline.Fail {
				f = fail(pipeline.S2, "typeface_other", params{"other": name})
			}
			f = z.onZone(f, fmt.Sprintf("line %d", i+1), mrz.Span{Line: i, To: len(l.Chars)})
			f.Values = append(f.Values, pipeline.Value{Label: fmt.Sprintf("line %d", i+1), Printed: name, Expected: "OCR-B"})
		case lead < oneFace && f.Outcome == pipeline.OK:
			f = z.onZone(say(pipeline.Undetermined, "typeface_unsure", nil), fmt.Sprintf("line %d", i+1), mrz.Span{Line: i, To: len(l.Chars)})
		}
	}
	if !compared {
		return say(pipeline.NotPerformed, "typeface_few", nil)
	}
	return f
}

// poses tells whether the lines claim to be a zone: they begin with a code of
// their format and a State. Other print of even pitch need not be in OCR-B.
func (z zone) poses() bool {
	code, _ := z.MRZ.Field(mrz.DocumentCode)
	state, _ := z.MRZ.Field(mrz.IssuingState)
	return mrz.JudgeCode(z.MRZ.Format, code.Raw, time.Time{}) != mrz.CodeLetter && mrz.StandingOf(state.Raw).Lawful()
}

// nearest gives the typeface other than OCR-B that a line is most like, and
// OCR-B's lead over it.
func nearest(l pipeline.Likeness) (name string, lead float64) {
	name, other := "a typewriter's", l.Typewriter
	if l.Sans > other {
		name, other = "a sans serif", l.Sans
	}
	if l.OCRB <= 0 {
		return name, -1
	}
	return name, 1 - other/l.OCRB
}
