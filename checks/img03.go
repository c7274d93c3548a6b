package checks

import (
	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/grid"
)

func init() {
	register(pipeline.Check{
		ID: "IMG-03", Name: "Parts from another file", Standard: "IPOL 11 (2021), p. 396", Severity: pipeline.S2, Version: 1,
		Run: func(in *pipeline.Input) (found []pipeline.Finding) {
			for i, p := range in.Pages {
				found = append(found, patched(p, i))
			}
			if found == nil {
				found = one(say(pipeline.NotPerformed, "no_picture", nil))
			}
			return found
		},
	})
}

// leastQuality is the quality of JPEG from which an earlier file's traces outlast the
// last save. They fade from 98 on and are gone at 92.
const leastQuality = 98

// patched asks whether a part of a picture was compressed in blocks that do not lie
// where those of the rest lie, as what comes from another file was. It speaks of the
// file: what was changed before the picture was taken leaves no such trace.
func patched(p pipeline.Page, number int) pipeline.Finding {
	switch {
	case p.Gray == nil:
		return say(pipeline.NotPerformed, "no_picture", nil)
	case !p.Saved.Lossless && p.Saved.Quality < leastQuality:
		return say(pipeline.NotPerformed, "grid_gone", nil)
	}
	seen := grid.Find(p.Gray)
	switch {
	case seen.Main == nil:
		return say(pipeline.NotPerformed, "grid_none", nil)
	case len(seen.Foreign) > 0:
		f := fail(pipeline.S2, "grid_foreign", nil)
		for _, r := range seen.Foreign {
			box := pipeline.BoxOf(p.Orientation.ToStored(r.Box, p.Width, p.Height), "part from another file")
			box.Page = number
			f.Boxes = append(f.Boxes, box)
		}
		return f
	case !p.Saved.Lossless:
		return say(pipeline.Undetermined, "grid_faded", nil)
	}
	return say(pipeline.OK, "grid_ok", nil)
}
