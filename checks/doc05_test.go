package checks

import (
	"testing"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

func TestDOC05(t *testing.T) {
	none := answer{pipeline.OK, "issuer_not_invented", 0}
	cases(t, "DOC-05", tests{
		"Utopia":                {picture(t, anna(mrz.TD3)), none},
		"unlisted, but unheard": {picture(t, anna(mrz.TD3), write(0, 2, "UTP")), none},
		"invented":              {picture(t, anna(mrz.TD3), write(0, 2, "WSA")), answer{pipeline.Fail, "issuer_invented", pipeline.S3}},
		"invented, unsure":      {picture(t, anna(mrz.TD3), write(0, 2, "WSA"), blur(0, 3)), answer{pipeline.Undetermined, "unsure", 0}},
		"another, unsure":       {picture(t, anna(mrz.TD3), blur(0, 3)), answer{pipeline.Undetermined, "unsure", 0}},
	})
}
