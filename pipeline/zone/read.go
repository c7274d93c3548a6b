package zone

import (
	"math"
	"slices"

	"touchstone.internal/pipeline/zone/internal/cell"
)

// guess is what one reader makes of one cell.
type guess struct {
	probs  [cell.Classes]float64
	best   int                // class of the likeliest character
	next   int                // of the next
	second byte               // what the second reader saw; 0 if nothing
	x      [cell.Size]float32 // the cell
}

// read gives what the networks see in every cell: the mean of their beliefs over
// small shifts, so that none hangs on where exactly the cell is cut.
func (r *reader) read(g *grid) [][]guess {
	shifts := [][2]float64{{0, 0}, {-.06, 0}, {.06, 0}, {0, -.06}, {0, .06}}
	nets := cell.Nets()
	out := make([][]guess, len(g.rows))
	for l := range g.rows {
		out[l] = make([]guess, g.n)
		for i := range out[l] {
			q := &out[l][i]
			for k, s := range shifts {
				r.sample(g.frame(l, float64(i), s[0], s[1]))
				if k == 0 {
					q.x = r.x
				}
				for _, n := range nets {
					n.Logs(&r.x, &r.out)
					for c, v := range r.out {
						q.probs[c] += math.Exp(float64(v)) / float64(len(shifts)*len(nets))
					}
				}
			}
			q.rank()
		}
	}
	return out
}

func (q *guess) rank() {
	order := make([]int, cell.Junk)
	for c := range order {
		order[c] = c
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case q.probs[a] > q.probs[b]:
			return -1
		case q.probs[a] < q.probs[b]:
			return 1
		}
		return 0
	})
	q.best, q.next = order[0], order[1]
}
