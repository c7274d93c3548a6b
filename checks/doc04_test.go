package checks

import (
	"testing"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

func TestDOC04(t *testing.T) {
	fail := answer{pipeline.Fail, "state_unlisted", pipeline.S3}
	german := anna(mrz.TD3)
	german.IssuingState, german.Nationality = "D", "XXB"
	cases(t, "DOC-04", tests{
		"Utopia":                      {picture(t, anna(mrz.TD3)), answer{pipeline.OK, "state_listed", 0}},
		"D and refugee":               {picture(t, german), answer{pipeline.OK, "state_listed", 0}},
		"no such issuer":              {picture(t, anna(mrz.TD1), write(0, 2, "UTP")), fail},
		"no such nationality":         {picture(t, anna(mrz.TD3), write(1, 10, "QQQ")), fail},
		"ICAO signs, but issues none": {picture(t, anna(mrz.TD3), write(0, 2, "IAO")), fail},
		"no such issuer, but unsure":  {picture(t, anna(mrz.TD3), write(0, 2, "UTP"), blur(0, 4)), answer{pipeline.Undetermined, "unsure", 0}},
		"second reader disagrees":     {picture(t, anna(mrz.TD3), write(0, 2, "UTP"), doubt(0, 4, 'O')), answer{pipeline.Undetermined, "unsure", 0}},
		"a nought for an O":           {picture(t, anna(mrz.TD3), write(0, 2, "UT0")), answer{pipeline.Undetermined, "unsure", 0}},
		"no nationality":              {picture(t, anna(mrz.TD3), write(1, 10, "<<<")), answer{pipeline.NotPerformed, "state_empty", 0}},
	})
	t.Run("both", func(t *testing.T) {
		wantAnswers(t, ask(t, "DOC-04", picture(t, anna(mrz.TD3), write(0, 2, "UTP"), write(1, 10, "UTP"))), fail, fail)
	})
}
