package zone

import (
	"math"

	"touchstone.internal/pipeline/zone/internal/cell"
)

// guess is what the networks make of one cell.
type guess struct {
	each  [cell.Readers][cell.Classes]float64 // by pixels alone
	mean  [cell.Classes]float64
	where [cell.Junk]float64 // given where it stands
	best  int                // class of the likeliest character where it stands
	next  int                // of the next, or of what the pixels alone would say
	x     []float32
}

// jitter are small shifts, in pitches: no reading may hang on where exactly the
// cell is cut. The first is none.
var jitter = [][2]float64{{0, 0}, {-.06, 0}, {.06, 0}, {0, -.06}, {0, .06}} //nolint:gochecknoglobals // a table, never written

// clearly is the belief of both networks in one character from which its cell is
// looked at once only.
const clearly = .99

// read gives what the networks see in every cell: their belief, or the mean of
// their beliefs over small shifts.
func (r *reader) read(g *grid) [][]guess {
	nets := cell.NewReaders()
	out := make([][]guess, len(g.rows))
	for l := range g.rows {
		out[l] = make([]guess, g.cells(l))
		for i := range out[l] {
			q := &out[l][i]
			q.x = make([]float32, cell.ReaderShape.Size())
			r.sample(cell.ReaderShape, g.frame(l, float64(i), 0, 0), q.x)
			q.look(&nets, q.x, 1)
			if !q.clear() {
				r.lookAround(&nets, g, l, i, q)
			}
			for c := range q.mean {
				for k := range q.each {
					q.mean[c] += q.each[k][c] / cell.Readers
				}
			}
		}
	}
	return out
}

// look adds a share of what the networks see in a sampled cell.
func (q *guess) look(nets *[cell.Readers]*cell.Classifier, x []float32, share float64) {
	for k, n := range nets {
		for c, v := range n.Logs(x) {
			q.each[k][c] += math.Exp(float64(v)) * share
		}
	}
}

// clear tells whether both networks are sure of the same character.
func (q *guess) clear() bool {
	c := top(q.each[0][:cell.Junk], -1)
	for k := range q.each {
		if q.each[k][c] < clearly {
			return false
		}
	}
	return true
}

// lookAround takes the mean over all shifts instead.
func (r *reader) lookAround(nets *[cell.Readers]*cell.Classifier, g *grid, l, i int, q *guess) {
	q.each = [cell.Readers][cell.Classes]float64{}
	x := make([]float32, len(q.x))
	for _, s := range jitter {
		r.sample(cell.ReaderShape, g.frame(l, float64(i), s[0], s[1]), x)
		q.look(nets, x, 1/float64(len(jitter)))
	}
}
