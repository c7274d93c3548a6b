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

// try is a pitch and a direction in which the lines may run, how much higher
// print is than as designed, and the mean gain of some cells read so.
type try struct{ pitch, sign, tall, gain float64 }

// talls are how high print is over what it is as designed: foreshortened neither
// way, along the lines, or across them.
var talls = []float64{1, 1.3, .77} //nolint:gochecknoglobals // a table, never written

// evident is the mean gain of a try from which no other is worth its time.
const evident = 2.5

// likely is the mean gain of a try from which print is taken to be as high as it
// was tried.
const likely = .5

// lay finds the best grid over a group of bands, in either direction of
// reading. Ok is false if no grid explains them.
func (r *reader) lay(bs []band) (best grid, ok bool) {
	widths := []int{44, 36}
	if len(bs) != 2 {
		widths = []int{30}
	}
	for _, t := range r.tries(bs) {
		rule := ruleOf(bs, t)
		if g := r.sweep(bs, rule, widths); g.score > best.score {
			best = g
		}
		if rule.slanted = slants(bs, t.pitch); !rule.slanted {
			continue
		}
		if g := r.sweep(bs, rule, widths); g.score > best.score {
			best = g
		}
	}
	return best, best.score > 0
}

// tries gives the one evident try, or the best two that are worth it.
func (r *reader) tries(bs []band) (ts []try) {
	r.ink = 0
	ps := slices.DeleteFunc(pitches(r.planes, bs), func(p float64) bool { return bs[0].length() > longestBand*p })
	for _, tall := range talls {
		for _, p := range ps {
			a, b := r.probe(bs, try{pitch: p, sign: 1, tall: tall}), r.probe(bs, try{pitch: p, sign: -1, tall: tall})
			if b.gain > a.gain {
				a, b = b, a
			}
			if a.gain >= evident && a.gain >= b.gain+evident {
				return []try{a, b}
			}
			ts = append(ts, a, b)
		}
		if slices.ContainsFunc(ts, func(t try) bool { return t.gain >= likely }) {
			break
		}
	}
	ts = slices.DeleteFunc(ts, func(t try) bool { return t.gain < 0 })
	slices.SortStableFunc(ts, func(a, b try) int { return cmp.Compare(b.gain, a.gain) })
	return ts[:min(len(ts), 2)]
}

// probe reads some cells in the middle of the group, at the best of some
// phases: the mean gain there.
func (r *reader) probe(bs []band, t try) try {
	t.gain = math.Inf(-1)
	rule := ruleOf(bs, t)
	for phase := range fine {
		sum, n := 0.0, 0
		for _, b := range bs[:min(len(bs), 2)] {
			for k := range 6 {
				s := rule.steps/5 + rule.steps*3/5*k/6
				gain, _ := r.gain(rule.frame(b, float64(s/fine*fine+phase)))
				sum += gain
				n++
			}
		}
		t.gain = max(t.gain, sum/float64(n))
	}
	return t
}

// fine is in how many steps a cell's width is swept.
const fine = 4

// beside is how far, in cells, the sweep goes beyond the ends of the bands.
const beside = 6

// sweep reads along the bands in steps of a quarter cell and finds the number of
// cells, and where each is, that explain most. Sign -1 reads from right to left,
// upside down.
func (r *reader) sweep(bs []band, rule rule, widths []int) (best grid) {
	if rule.step < 0 {
		bs = slices.Clone(bs)
		slices.Reverse(bs)
	}
	gains, ink := r.along(rule, bs)
	c := newChain(gains, slices.Max(widths))
	for _, n := range widths {
		path, ok := c.path(n)
		if !ok {
			continue
		}
		g := grid{n: n, near: rule.nearAlong(n), ink: ink, rows: make([]row, len(bs))}
		for l := range bs {
			at, sum := follow(gains[l], path)
			g.score += sum
			g.rows[l] = rule.row(bs[l], at, g.u(float64(n-1)/2))
		}
		if g.score -= c.outside(path); g.score > best.score {
			best = g
		}
	}
	return best
}

// rule measures along a group of bands in steps, from a start well before them.
// In perspective, steps are even on the document and not in the picture.
type rule struct {
	first      band
	near       float64 // how much nearer the right end is than the left: the inverse ratio of distances
	high       float64 // how much higher print is than as designed, in the middle
	from, step float64 // share of the way along the bands
	steps      int
	slanted    bool // whether lines end under one another along their slant, and not straight
}

func ruleOf(bs []band, t try) rule {
	r := rule{first: bs[0], near: nearer(bs), high: t.tall}
	cells := bs[0].length() / t.pitch
	lo, hi := 0.0, 1.0
	for _, b := range bs {
		lo, hi = min(lo, (b.x0-r.first.x0)/(r.first.x1-r.first.x0)), max(hi, (b.x1-r.first.x0)/(r.first.x1-r.first.x0))
	}
	r.step = t.sign / cells / fine
	r.from = lo - beside/cells
	if t.sign < 0 {
		r.from = hi + beside/cells
	}
	r.steps = int(((hi-lo)*cells + 2*beside) * fine)
	return r
}

// nearer tells by how much lines lie further apart at their right ends than at
// their left: print that is so much nearer there. Small differences are none.
func nearer(bs []band) float64 {
	a, b := bs[0], bs[len(bs)-1]
	if len(bs) < 2 {
		return 1
	}
	left, right := b.yAt(a.x0)-a.y0, b.yAt(a.x1)-a.y1
	if left <= 0 || right <= 0 || math.Abs(math.Log(right/left)) < leastNearer {
		return 1
	}
	return right / left
}

// leastNearer is the logarithm of the ratio of distances from which it is
// believed to be perspective: both are measured in few pixels.
const leastNearer = .04

// x is where a share of the way along the document's line lies along the first
// band in the picture.
func (r rule) x(share float64) float64 {
	return r.first.x0 + (r.first.x1-r.first.x0)*seen(share, r.near)
}

// place is where step s lies on a band.
func (r rule) place(b band, s float64) (x, y float64) {
	x = footOf(r.first, b, r.x(r.from+s*r.step))
	if r.slanted {
		x += slant(r.first, b)
	}
	return x, b.yAt(x)
}

// slants tells whether a slant of the bands would move cells by more than the
// lines are looked for anyway.
func slants(bs []band, pitch float64) bool {
	return slices.ContainsFunc(bs, func(b band) bool { return math.Abs(slant(bs[0], b)) > pitch/fine })
}

// slant is how far band b as a whole lies to the right of a: in perspective, flush
// lines do not end straight under one another. Ends that disagree say nothing:
// one of the bands ran together with something.
func slant(a, b band) float64 {
	left, right := b.x0-footOf(a, b, a.x0), b.x1-footOf(a, b, a.x1)
	if math.Abs(left-right) > (a.height+b.height)/2 {
		return 0
	}
	return (left + right) / 2
}

// frame is the cell at step s of a band.
func (r rule) frame(b band, s float64) cell.Frame {
	x, y := r.place(b, s)
	x0, y0 := r.place(b, s-fine/2)
	x1, y1 := r.place(b, s+fine/2)
	f := cell.Frame{X: x, Y: y, AX: x1 - x0, AY: y1 - y0}
	tall := r.tall(x)
	f.DX, f.DY = -f.AY*tall, f.AX*tall
	return f
}

// tall is how much higher print is at x than it is wide, beside what it is as
// designed: along a line, widths shrink with the distance twice as fast as
// heights.
func (r rule) tall(x float64) float64 {
	share := seen((x-r.first.x0)/(r.first.x1-r.first.x0), 1/r.near)
	return r.high * distance(share, r.near) / math.Sqrt(r.near)
}

// nearAlong is how much nearer the last of n cells is than the first.
func (r rule) nearAlong(n int) float64 {
	share := math.Abs(r.step) * fine * float64(n-1) // of the bands
	near := math.Pow(r.near, min(share, 1.3))
	if r.step < 0 {
		return 1 / near
	}
	return near
}

// row lays a line of n cells, whose grid places are u, through their steps.
func (r rule) row(b band, at []int, u float64) (out row) {
	var fit solver
	for i, s := range at {
		fit.add(2*float64(i)/float64(len(at)-1)-1, float64(s), 1)
	}
	c := fit.solve([3]float64{})
	x0, y0 := r.place(b, c[0]-c[1]+c[2])
	x1, y1 := r.place(b, c[0])
	x2, y2 := r.place(b, c[0]+c[1]+c[2])
	return row{x: through(x0, x1, x2, u), y: through(y0, y1, y2, u), tall: r.high}
}

// through is the parabola through three values, at -1, u and 1.
func through(a, b, c, u float64) [3]float64 {
	mean, slope := (a+c)/2, (c-a)/2
	bend := (mean + u*slope - b) / (1 - u*u)
	return [3]float64{mean - bend, slope, bend}
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
			line[s], deviations[s] = r.gain(rule.frame(b, float64(s)))
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
