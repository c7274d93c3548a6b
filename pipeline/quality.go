package pipeline

// What a picture needs so that its zone can be read, in pixels.
const (
	minSide  = 1000 // of the longer side
	minPitch = 8    // from character to character
)

// Quality says what is to be done better when a picture that could not be
// checked is taken again, as a key of the text catalogue: what its size and the
// place of its zone leave no doubt about, or else the problem itself. Blur,
// glare and darkness are not told apart: no measure of them held on drawn
// captures.
func (r Report) Quality() string {
	for _, p := range r.Pages {
		if max(p.Width, p.Height) < minSide {
			return "quality_small"
		}
		for _, z := range p.Zones {
			switch {
			case z.Certain:
			case z.atEdge(p):
				return "quality_cut"
			case z.pitch() < minPitch:
				return "quality_far"
			}
		}
	}
	return string(r.Outcome.Problem)
}

// pitch is the mean width of a character's box, or its height where the lines
// lie on their side: the smaller of both.
func (z ZoneReading) pitch() float64 {
	width, height, n := 0, 0, 0
	for _, line := range z.Chars {
		for _, c := range line {
			width, height, n = width+c.Box[2], height+c.Box[3], n+1
		}
	}
	if n == 0 {
		return minPitch
	}
	return float64(min(width, height)) / float64(n)
}

// atEdge tells whether a line of the zone begins or ends at the edge of the
// picture, so that a part of it may be beyond.
func (z ZoneReading) atEdge(p PageReading) bool {
	for _, line := range z.Chars {
		if len(line) == 0 {
			continue
		}
		for _, c := range []CharMark{line[0], line[len(line)-1]} {
			x, y, near := c.Box[0], c.Box[1], min(c.Box[2], c.Box[3])/2
			if x <= near || y <= near || x+c.Box[2] >= p.Width-near || y+c.Box[3] >= p.Height-near {
				return true
			}
		}
	}
	return false
}
