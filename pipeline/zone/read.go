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
// cell is cut.
var jitter = [][2]float64{{0, 0}, {-.06, 0}, {.06, 0}, {0, -.06}, {0, .06}} //nolint:gochecknoglobals // a table, never written

// read gives what the networks see in every cell: the mean of their beliefs over
// small shifts.
func (r *reader) read(g *grid) [][]guess {
	nets := cell.NewReaders()
	out := make([][]guess, len(g.rows))
	for l := range g.rows {
		out[l] = make([]guess, g.n)
		for i := range out[l] {
			q := &out[l][i]
			q.x = make([]float32, cell.ReaderShape.Size())
			for _, s := range jitter {
				r.look(&nets, g.frame(l, float64(i), s[0], s[1]), q)
			}
			r.sample(cell.ReaderShape, g.frame(l, float64(i), 0, 0), q.x)
		}
	}
	return out
}

// look adds what the networks see at f.
func (r *reader) look(nets *[cell.Readers]*cell.Net, f cell.Frame, q *guess) {
	r.sample(cell.ReaderShape, f, q.x)
	share := 1 / float64(len(jitter))
	for k, n := range nets {
		for c, v := range n.Logs(q.x) {
			p := math.Exp(float64(v)) * share
			q.each[k][c] += p
			q.mean[c] += p / cell.Readers
		}
	}
}
