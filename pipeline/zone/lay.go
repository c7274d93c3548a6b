package zone

import (
	"cmp"
	"math"
	"slices"

	"touchstone.internal/pipeline/zone/internal/cell"
)

// longestBand is how many cells long a band may be: a line of the widest zone,
// and as much again of what it ran together with.
const longestBand = 90

// try is a pitch and a direction in which the lines may run, and the mean gain
// of some cells read so.
type try struct{ pitch, sign, gain float64 }

// evident is the mean gain of a try from which no other is worth its time.
const evident = 2.5

// lay finds the best grid over a group of bands, in either direction of
// reading. Ok is false if no grid explains them.
func (r *reader) lay(bs []band) (best grid, ok bool) {
	widths := []int{44, 36}
	if len(bs) != 2 {
		widths = []int{30}
	}
	for _, t := range r.tries(bs) {
		if g := r.sweep(bs, t.pitch, t.sign, widths); g.score > best.score {
			best = g
		}
	}
	return best, best.score > 0
}

// tries gives the one evident try, or the best two that are worth it.
func (r *reader) tries(bs []band) (ts []try) {
	r.ink = 0
	for _, p := range pitches(r.planes, bs) {
		if bs[0].length() > longestBand*p {
			continue
		}
		a, b := try{p, 1, r.probe(bs, p)}, try{p, -1, r.probe(bs, -p)}
		if b.gain > a.gain {
			a, b = b, a
		}
		if a.gain >= evident && a.gain >= b.gain+evident {
			return []try{a}
		}
		ts = append(ts, a, b)
	}
	ts = slices.DeleteFunc(ts, func(t try) bool { return t.gain < 0 })
	slices.SortStableFunc(ts, func(a, b try) int { return cmp.Compare(b.gain, a.gain) })
	return ts[:min(len(ts), 2)]
}

// probe reads some cells in the middle of the group, at the best of some
// phases: the mean gain there.
func (r *reader) probe(bs []band, p float64) float64 {
	best := math.Inf(-1)
	for phase := range 4 {
		sum, n := 0.0, 0
		for _, b := range bs[:min(len(bs), 2)] {
			l := b.length()
			ux, uy := (b.x1-b.x0)/l, (b.y1-b.y0)/l
			for k := range 6 {
				s := l*(.2+.6*float64(k)/6) + float64(phase)*p/4
				s = math.Floor(s/p)*p + float64(phase)*p/4
				gain, _ := r.gain(cell.Frame{X: b.x0 + s*ux, Y: b.y0 + s*uy, AX: ux * p, AY: uy * p, DX: -uy * p, DY: ux * p})
				sum += gain
				n++
			}
		}
		best = max(best, sum/float64(n))
	}
	return best
}

// fine is in how many steps a cell's width is swept.
const fine = 4

// beside is how far, in cells, the sweep goes beyond the ends of the bands.
const beside = 6

// sweep reads along the bands in steps of a quarter cell and finds the number of
// cells, and where each is, that explain most. Sign -1 reads from right to left,
// upside down.
func (r *reader) sweep(bs []band, pitch, sign float64, widths []int) (best grid) {
	if sign < 0 {
		bs = slices.Clone(bs)
		slices.Reverse(bs)
	}
	rule := ruleOf(bs, pitch, sign)
	gains, ink := r.along(rule, bs)
	c := newChain(gains, slices.Max(widths))
	for _, n := range widths {
		path, ok := c.path(n)
		if !ok {
			continue
		}
		g := grid{n: n, ink: ink, rows: make([]row, len(bs))}
		for l := range bs {
			at, sum := follow(gains[l], path)
			g.score += sum
			g.rows[l] = rule.row(bs[l], at)
		}
		if g.score -= c.outside(path); g.score > best.score {
			best = g
		}
	}
	return best
}

// rule measures along a group of bands in steps, from a start well before them.
type rule struct {
	first      band
	from, step float64 // x along the first band
	ax, ay     float64 // one pitch along
	steps      int
}

func ruleOf(bs []band, pitch, sign float64) rule {
	x0, x1 := bs[0].x0, bs[0].x1
	for _, b := range bs {
		x0, x1 = min(x0, b.x0), max(x1, b.x1)
	}
	slope := bs[0].slope()
	cos := 1 / math.Hypot(1, slope)
	r := rule{first: bs[0], from: x0 - beside*pitch*cos, ax: pitch * cos * sign, ay: pitch * cos * slope * sign}
	if sign < 0 {
		r.from = x1 + beside*pitch*cos
	}
	r.step = r.ax / fine
	r.steps = int(((x1-x0)/(pitch*cos) + 2*beside) * fine)
	return r
}

// place is where step s lies on a band.
func (r rule) place(b band, s float64) (x, y float64) {
	x = footOf(r.first, b, r.from+s*r.step)
	return x, b.yAt(x)
}

// row lays a line through the steps of its cells.
func (r rule) row(b band, at []int) (out row) {
	var fit solver
	for i, s := range at {
		fit.add(2*float64(i)/float64(len(at)-1)-1, float64(s), 1)
	}
	c := fit.solve([3]float64{})
	x0, y0 := r.place(b, c[0]-c[1]+c[2])
	x1, y1 := r.place(b, c[0])
	x2, y2 := r.place(b, c[0]+c[1]+c[2])
	out.x = [3]float64{x1, (x2 - x0) / 2, (x2+x0)/2 - x1}
	out.y = [3]float64{y1, (y2 - y0) / 2, (y2+y0)/2 - y1}
	out.tall = 1
	return out
}

// along gives the gain at each step of each band, and the deviation of a cell
// with print on the faintest.
func (r *reader) along(rule rule, bs []band) (gains [][]float64, ink float64) {
	r.ink = 0
	ink = math.Inf(1)
	deviations := make([]float64, rule.steps)
	for _, b := range bs {
		line := make([]float64, rule.steps)
		for s := range line {
			x, y := rule.place(b, float64(s))
			line[s], deviations[s] = r.gain(cell.Frame{X: x, Y: y, AX: rule.ax, AY: rule.ay, DX: -rule.ay, DY: rule.ax})
		}
		ink = min(ink, blank(line, deviations))
		gains = append(gains, line)
	}
	return gains, ink
}

// blank marks as junk where there is too little ink for print, and gives the
// deviation of what there is of it.
func blank(gains, ink []float64) float64 {
	middle := slices.Sorted(slices.Values(ink[len(ink)/6 : len(ink)-len(ink)/6]))
	usual := middle[len(middle)/2]
	for s, v := range ink {
		if v < faint*usual {
			gains[s] = -worst
		}
	}
	return usual
}

// footOf is where on band b the point across from x on band a is.
func footOf(a, b band, x float64) float64 {
	m := a.slope()
	return x - (b.yAt(x)-a.yAt(x))*m/(1+m*m)
}
