package zone

import (
	"math"
	"slices"

	"touchstone.internal/pipeline/zone/internal/cell"
)

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

// slants gives in how many ways the ends of bands may lie under one another: in
// two if a slant would move cells by more than the lines are looked for anyway.
func slants(bs []band, pitch float64) int {
	if slices.ContainsFunc(bs, func(b band) bool { return math.Abs(slant(bs[0], b)) > pitch/fine }) {
		return 2
	}
	return 1
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

// footOf is where on band b the point across from x on band a is.
func footOf(a, b band, x float64) float64 {
	m := a.slope()
	return x - (b.yAt(x)-a.yAt(x))*m/(1+m*m)
}
