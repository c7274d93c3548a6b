package zone

import (
	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/zone/internal/cell"
)

// likeness compares the print of a line with typefaces: the mean correlation of
// its cells with the looks of the characters that were read, in each typeface at
// the blur that suits it best. Fillers are left out: every typeface has them.
func likeness(cells []guess) pipeline.Likeness {
	var sums [cell.Prints][len(cell.LookBlurs)]float64
	n := 0
	for i := range cells {
		q := &cells[i]
		if cell.Alphabet[q.best] == mrz.Filler {
			continue
		}
		n++
		for p := range cell.Prints {
			for b := range cell.LookBlurs {
				sums[p][b] += cell.Like(q.x, p, b, q.best)
			}
		}
	}
	like := func(p cell.Print) (best float64) {
		for _, v := range sums[p] {
			best = max(best, v/float64(max(n, 1)))
		}
		return best
	}
	return pipeline.Likeness{OCRB: like(cell.OCRB), Typewriter: like(cell.Typewriter), Sans: like(cell.Sans), Characters: n}
}

// pitch is the mean width of a cell, in pixels.
func (g *grid) pitch() float64 {
	sum := 0.0
	for l := range g.rows {
		f := g.frame(l, float64(g.n-1)/2, 0, 0)
		sum += f.Pitch() / float64(len(g.rows))
	}
	return sum
}
