package zone

import (
	"math"
	"slices"

	"touchstone.internal/pipeline/zone/internal/cell"
)

// refine moves the grid to where its cells are most like characters: each cell
// says where it would rather be, and each line follows as far as it bends.
func (r *reader) refine(g *grid) {
	r.ink = g.ink
	for _, step := range []float64{.28, .22, .22} {
		for l := range g.rows {
			r.nudge(g, l, step)
		}
		r.stretch(g)
	}
	g.score = 0
	for l := range g.rows {
		for i := range g.n {
			g.score += r.gainAt(g, l, i, 0, 0)
		}
	}
}

// gainAt is the gain of cell i of line l, moved by dx and dy pitches.
func (r *reader) gainAt(g *grid, l, i int, dx, dy float64) float64 {
	gain, _ := r.gain(g.frame(l, float64(i), dx, dy))
	return gain
}

// nudge moves one line.
func (r *reader) nudge(g *grid, l int, step float64) {
	var sx, sy solver
	for i := range g.n {
		at := func(dx, dy float64) float64 { return r.gainAt(g, l, i, dx, dy) }
		mid := at(0, 0)
		u := g.u(float64(i))
		if d, w := vertex(at(-step, 0), mid, at(step, 0)); w > 0 {
			sx.add(u, d*step, w)
		}
		if d, w := vertex(at(0, -step), mid, at(0, step)); w > 0 {
			sy.add(u, d*step, w)
		}
	}
	cx, cy := sx.solve(), sy.solve()
	f := g.frame(l, float64(g.n-1)/2, 0, 0)
	row := &g.rows[l]
	for k := range 3 {
		row.x[k] += cx[k]*f.AX + cy[k]*f.DX
		row.y[k] += cx[k]*f.AY + cy[k]*f.DY
	}
}

// vertex is where a parabola through three values a step apart is highest, in
// steps, and how sharp it is.
func vertex(a, b, c float64) (at, weight float64) {
	bend := 2*b - a - c
	if bend < .3 {
		if top := max(a, b, c); top-min(a, b, c) < 1 || top == b {
			return 0, 0
		}
		return math.Copysign(1, c-a), .3
	}
	return min(max((c-a)/(2*bend), -1), 1), min(bend, 8)
}

// solver fits offsets along a line by a parabola, held back a little so that
// few cells cannot bend it.
type solver struct {
	m [3][3]float64
	v [3]float64
}

func (s *solver) add(u, d, w float64) {
	b := [3]float64{1, u, u * u}
	for i := range 3 {
		for k := range 3 {
			s.m[i][k] += w * b[i] * b[k]
		}
		s.v[i] += w * b[i] * d
	}
}

func (s *solver) solve() (c [3]float64) {
	m, v := s.m, s.v
	for i, held := range [3]float64{2, 6, 12} {
		m[i][i] += held
	}
	for i := range 3 { // by elimination: the matrix is positive
		for k := i + 1; k < 3; k++ {
			f := m[k][i] / m[i][i]
			for j := range 3 {
				m[k][j] -= f * m[i][j]
			}
			v[k] -= f * v[i]
		}
	}
	for i := 2; i >= 0; i-- {
		c[i] = v[i]
		for k := i + 1; k < 3; k++ {
			c[i] -= m[i][k] * c[k]
		}
		c[i] /= m[i][i]
	}
	return c
}

// stretch fits the height of the print.
func (r *reader) stretch(g *grid) {
	best, sums := 0, [3]float64{}
	factors := [3]float64{1, .93, 1.07}
	was := g.tall
	for k, f := range factors {
		g.tall = was * f
		for l := range g.rows {
			for i := 0; i < g.n; i += 2 {
				sums[k] += r.gainAt(g, l, i, 0, 0)
			}
		}
		if sums[k] > sums[best] {
			best = k
		}
	}
	g.tall = min(max(was*factors[best], .75), 1.35)
}

// guess is what one reader makes of one cell.
type guess struct {
	probs [cell.Classes]float64
	best  int // class of the likeliest character
	next  int // of the next
}

// read gives what the network sees in every cell: the mean of its beliefs over
// small shifts, so that none hangs on where exactly the cell is cut.
func (r *reader) read(g *grid) [][]guess {
	shifts := [][2]float64{{0, 0}, {-.06, 0}, {.06, 0}, {0, -.06}, {0, .06}}
	out := make([][]guess, len(g.rows))
	for l := range g.rows {
		out[l] = make([]guess, g.n)
		for i := range out[l] {
			q := &out[l][i]
			for _, s := range shifts {
				logs, _ := r.logs(g.frame(l, float64(i), s[0], s[1]))
				for c, v := range logs {
					q.probs[c] += math.Exp(float64(v)) / float64(len(shifts))
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
