package zone

import "math"

// refine moves the grid to where its cells are most like characters: each cell
// says where it would rather be, all lines follow together, and then each by
// itself, as far as it bends.
func (r *reader) refine(g *grid) {
	r.ink = g.ink
	for k, step := range []float64{.28, .22, .22} {
		moved := r.nudge(g, step, k%2)
		for l := range g.rows {
			moved = max(moved, r.stretch(g, l))
		}
		if moved < still {
			break
		}
	}
	r.settle(g)
}

// still is by how little, in pitches, a grid moves that lies right.
const still = .04

// score is the gain of all cells.
func (r *reader) score(g *grid) (sum float64) {
	for l := range g.rows {
		for i := range g.cells(l) {
			sum += r.gainAt(g, l, i, 0, 0)
		}
	}
	return sum
}

// stand turns the grid about if its cells are more like characters upside down:
// many letters are some character that way too, and are read as one without
// hesitation. One with a short line was stood up when that was looked for.
func (r *reader) stand(g *grid) {
	if g.first > 0 {
		return
	}
	if about := g.turnedAbout(); r.score(&about) > g.score {
		*g = about
		r.refine(g)
	}
}

// gainAt is the gain of cell i of line l, moved by dx and dy pitches.
func (r *reader) gainAt(g *grid, l, i int, dx, dy float64) float64 {
	gain, _ := r.gain(g.frame(l, float64(i), dx, dy))
	return gain
}

// How much the offsets of a row, and of one row against all, are held back
// from following a few cells: in their place, their pitch and their bend.
var (
	heldTogether = [3]float64{2, 6, 12}  //nolint:gochecknoglobals // a constant
	heldAlone    = [3]float64{4, 12, 40} //nolint:gochecknoglobals // a constant
)

// nudge moves the lines, by what every second of their cells says, and tells by
// how much at most. Offsets are in pitches of the middle cell: those of a cell
// that is farther off are smaller.
func (r *reader) nudge(g *grid, step float64, first int) (moved float64) {
	var allX, allY solver
	own := make([][2]solver, len(g.rows))
	for l := range g.rows {
		for i := first; i < g.cells(l); i += 2 {
			at := func(dx, dy float64) float64 { return r.gainAt(g, l, i, dx, dy) }
			mid, u := at(0, 0), g.u(float64(i))
			far := distance(float64(i)/float64(g.n-1), g.near) / distance(.5, g.near)
			if d, w := vertex(at(-step, 0), mid, at(step, 0)); w > 0 {
				own[l][0].add(u, d*step/(far*far), w)
				allX.add(u, d*step/(far*far), w)
			}
			if d, w := vertex(at(0, -step), mid, at(0, step)); w > 0 {
				own[l][1].add(u, d*step/far, w)
				allY.add(u, d*step/far, w)
			}
		}
	}
	cx, cy := allX.solve(heldTogether), allY.solve(heldTogether)
	for l := range g.rows {
		f := g.frame(l, float64(g.n-1)/2, 0, 0)
		dx, dy := own[l][0].beyond(cx).solve(heldAlone), own[l][1].beyond(cy).solve(heldAlone)
		row := &g.rows[l]
		moved = max(moved, most(cx, dx), most(cy, dy))
		for k := range 3 {
			row.x[k] += (cx[k]+dx[k])*f.AX + (cy[k]+dy[k])*f.DX
			row.y[k] += (cx[k]+dx[k])*f.AY + (cy[k]+dy[k])*f.DY
		}
	}
	return moved
}

// most bounds the sum of two parabolas along a line.
func most(a, b [3]float64) (sum float64) {
	for k := range a {
		sum += math.Abs(a[k] + b[k])
	}
	return sum
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

// beyond is what is left to fit when c is taken off all offsets.
func (s *solver) beyond(c [3]float64) *solver {
	left := *s
	for i := range 3 {
		for k := range 3 {
			left.v[i] -= s.m[i][k] * c[k]
		}
	}
	return &left
}

func (s *solver) solve(held [3]float64) (c [3]float64) {
	m, v := s.m, s.v
	for i, h := range held {
		m[i][i] += h
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

// stretch fits the height of the print of one line, and tells by which share.
func (r *reader) stretch(g *grid, l int) float64 {
	best, sums := 0, [3]float64{}
	factors := [3]float64{1, .93, 1.07}
	was := g.rows[l].tall
	for k, f := range factors {
		g.rows[l].tall = was * f
		for i := 0; i < g.cells(l); i += 2 {
			sums[k] += r.gainAt(g, l, i, 0, 0)
		}
		if sums[k] > sums[best] {
			best = k
		}
	}
	g.rows[l].tall = min(max(was*factors[best], .6), 1.6)
	return math.Abs(factors[best] - 1)
}
