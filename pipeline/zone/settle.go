package zone

import "touchstone.internal/pipeline/zone/internal/cell"

const (
	// around is how many cells beyond the ends are looked at.
	around = 3
	// shifts is by how many cells a grid may have slipped along.
	shifts = 2
	// clear is by how many nats a line, a third of what one cell of print against
	// one of paper makes, another place must be worse than the one that is believed.
	clear = 6.0
)

// settle moves the grid by whole cells to where it leaves least print outside,
// adds up the gain of its cells there, and tells how far that place may be believed, from 0 to 1: not at all if the
// next is as good, and half at most where the picture ends before it could be
// seen that the line does.
func (r *reader) settle(g *grid) {
	lines := make([][]float64, len(g.rows))
	all := make([]float64, g.n+2*around)
	for l := range g.rows {
		lines[l] = make([]float64, len(all))
		for i := range all {
			lines[l][i] = r.gainAt(g, l, i-around, 0, 0)
			all[i] += lines[l][i]
		}
	}
	shift, margin := bestPlace(all)
	g.belief = min(max(margin/(clear*float64(len(lines))), 0), 1)
	for l, line := range lines {
		own, gap := bestPlace(line)
		if own != shift && g.cells(l) == g.n { // lines are flush; one that would stand elsewhere makes all doubtful, if it is a whole one
			g.belief = min(g.belief, max(.5-gap/(2*clear), 0))
		}
	}
	g.move(shift)
	g.score = 0
	for _, v := range all[around+shift:][:g.n] {
		g.score += v
	}
	for l := range g.rows {
		for _, i := range [2]float64{-1, float64(g.n)} {
			if !r.holds(g.frame(l, i, 0, 0)) {
				g.belief = min(g.belief, .5)
			}
		}
	}
}

// leastPlaced is how often a grid lies right that might as well lie a cell
// further.
const leastPlaced = .75

// placed is how far the place of the grid may be believed, as a chance.
func (g *grid) placed() float64 { return leastPlaced + (1-leastPlaced)*g.belief }

// holds tells whether the middle of a cell is in the picture.
func (r *reader) holds(f cell.Frame) bool {
	size := r.planes[0].Rect
	return f.X >= 0 && f.Y >= 0 && f.X <= float64(size.Dx()) && f.Y <= float64(size.Dy())
}

// bestPlace gives by how many cells a run is to be moved, and by how much that
// place is better than any other.
func bestPlace(gains []float64) (shift int, margin float64) {
	best, next := -worst*float64(len(gains)), -worst*float64(len(gains))
	for k := -shifts; k <= shifts; k++ {
		sum := 0.0
		for i, v := range gains {
			if i-k >= around && i-k < len(gains)-around {
				sum += v
			} else {
				sum -= max(v, 0)
			}
		}
		switch {
		case sum > best:
			shift, best, next = k, sum, best
		case sum > next:
			next = sum
		}
	}
	return shift, best - next
}
