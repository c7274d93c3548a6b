package zone

import (
	"cmp"
	"image"
	"math"
	"slices"

	"touchstone.internal/pipeline/zone/internal/cell"
)

// grid is where the cells of a zone lie in the picture. Along each line, place
// and step are polynomials of the cell's number, so that lines may bend and
// steps widen as they do in a photograph.
type grid struct {
	n     int // cells in a line
	rows  []row
	tall  float64 // height of the print over its pitch, 1 as designed
	ink   float64 // deviation of a cell with print, in grey values
	score float64 // how much better the cells are as characters than as junk
}

// row is one line: x and y as polynomials of u, the cell's number from -1 at the
// first cell to 1 at the last.
type row struct{ x, y [3]float64 }

func (r row) at(u float64) (x, y float64) {
	return r.x[0] + u*(r.x[1]+u*r.x[2]), r.y[0] + u*(r.y[1]+u*r.y[2])
}

// u is the place of cell i, halves and cells outside too.
func (g *grid) u(i float64) float64 { return 2*i/float64(g.n-1) - 1 }

// frame is the cell i of line l, moved by dx and dy pitches.
func (g *grid) frame(l int, i, dx, dy float64) cell.Frame {
	r, u := g.rows[l], g.u(i)
	x, y := r.at(u)
	per := 2 / float64(g.n-1)
	ax, ay := (r.x[1]+2*u*r.x[2])*per, (r.y[1]+2*u*r.y[2])*per
	ex, ey := -ay*g.tall, ax*g.tall
	return cell.Frame{X: x + dx*ax + dy*ex, Y: y + dx*ay + dy*ey, AX: ax, AY: ay, DX: ex, DY: ey}
}

// reader reads cells of one picture.
type reader struct {
	g   *image.Gray
	net *cell.Net
	ink float64 // deviation of a cell with print, in grey values; 0 while unknown
	x   [cell.Size]float32
	out [cell.Classes]float32
}

// logs gives the log probabilities of the cell at f, and its deviation; good
// until the next call.
func (r *reader) logs(f cell.Frame) (*[cell.Classes]float32, float64) {
	deviation := cell.Sample(r.g, f, &r.x)
	r.net.Logs(&r.x, &r.out)
	return &r.out, deviation
}

// worst bounds what one cell can say against a grid: one stain is no proof.
const worst = 6

// faint is the part of the print's deviation below which a cell is blank.
const faint = .4

// gain is by how much the cell at f is more likely a character than junk, in
// nats, and its deviation. Blank paper and what is not in the picture is junk.
func (r *reader) gain(f cell.Frame) (gain, deviation float64) {
	if f.X < 0 || f.Y < 0 || f.X > float64(r.g.Rect.Dx()) || f.Y > float64(r.g.Rect.Dy()) {
		return -worst, 0
	}
	out, deviation := r.logs(f)
	if deviation < faint*r.ink {
		return -worst, deviation
	}
	top := slices.Max(out[:cell.Junk])
	return min(max(float64(top-out[cell.Junk]), -worst), worst), deviation
}

// lay finds the best grid over a group of bands, in either direction of
// reading. Ok is false if no grid explains them.
func (r *reader) lay(bs []band) (best grid, ok bool) {
	widths := []int{44, 36}
	if len(bs) == 3 {
		widths = []int{30}
	}
	type try struct{ pitch, sign, gain float64 }
	var tries []try
	r.ink = 0
	for _, p := range pitches(r.g, bs) {
		for _, sign := range []float64{1, -1} {
			tries = append(tries, try{p, sign, r.probe(bs, p*sign)})
		}
	}
	slices.SortStableFunc(tries, func(a, b try) int { return cmp.Compare(b.gain, a.gain) })
	for _, t := range tries[:min(len(tries), 2)] {
		if t.gain < 0 {
			continue
		}
		if g := r.sweep(bs, t.pitch, t.sign, widths); g.score > best.score {
			best = g
		}
	}
	return best, best.score > 0
}

// probe reads some cells in the middle of the group, at the best of some
// phases: the mean gain there.
func (r *reader) probe(bs []band, p float64) float64 {
	best := math.Inf(-1)
	for phase := range 4 {
		sum, n := 0.0, 0
		for _, b := range bs[:2] {
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

// sweep reads along the bands in steps of a quarter cell and finds the width
// and the phase that explain most. Sign -1 reads from right to left, upside
// down.
func (r *reader) sweep(bs []band, pitch, sign float64, widths []int) (best grid) {
	if sign < 0 {
		bs = slices.Clone(bs)
		slices.Reverse(bs)
	}
	x0, x1 := bs[0].x0, bs[0].x1
	for _, b := range bs {
		x0, x1 = min(x0, b.x0), max(x1, b.x1)
	}
	slope := bs[0].slope()
	cos := 1 / math.Hypot(1, slope)
	ax, ay := pitch*cos*sign, pitch*cos*slope*sign
	from := x0 - 5*pitch*cos
	if sign < 0 {
		from = x1 + 5*pitch*cos
	}
	steps := int(((x1-x0)/(pitch*cos) + 10) * fine)
	gains := make([][]float64, len(bs))
	r.ink = 0
	var inks []float64
	for l, b := range bs {
		gains[l] = make([]float64, steps)
		ink := make([]float64, steps)
		for s := range ink {
			x := footOf(bs[0], b, from+float64(s)/fine*ax)
			gains[l][s], ink[s] = r.gain(cell.Frame{X: x, Y: b.yAt(x), AX: ax, AY: ay, DX: -ay, DY: ax})
		}
		inks = append(inks, blank(gains[l], ink))
	}
	for _, n := range widths {
		for s := slack; s+(n-1)*fine+slack < steps; s++ {
			sum, shifts := 0.0, [3]int{}
			for l := range bs {
				var v float64
				v, shifts[l] = bestRun(gains[l], s, n)
				sum += v
			}
			if sum > best.score {
				best = grid{n: n, tall: 1, score: sum, ink: slices.Min(inks), rows: make([]row, len(bs))}
				for l, b := range bs {
					x := footOf(bs[0], b, from+float64(s+shifts[l])/fine*ax)
					best.rows[l] = place(b, n, x, ax)
				}
			}
		}
	}
	return best
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

// slack is how far one line may stand out against the others, in quarters of a
// cell.
const slack = 2

// bestRun sums n gains a cell apart, starting about s; what is like print
// beyond the ends counts against it.
func bestRun(gains []float64, s, n int) (best float64, shift int) {
	best = math.Inf(-1)
	for d := -slack; d <= slack; d++ {
		sum := -.5 * math.Abs(float64(d))
		for i := range n {
			sum += gains[s+d+i*fine]
		}
		for _, outside := range []int{s + d - fine, s + d + n*fine} {
			if outside >= 0 && outside < len(gains) {
				sum -= max(gains[outside], 0)
			}
		}
		if sum > best {
			best, shift = sum, d
		}
	}
	return best, shift
}

// footOf is where on band b the point across from x on band a is.
func footOf(a, b band, x float64) float64 {
	m := a.slope()
	return x - (b.yAt(x)-a.yAt(x))*m/(1+m*m)
}

// place lays a straight row of n cells on a band, from the middle of its first
// cell.
func place(b band, n int, x, ax float64) row {
	span := float64(n-1) / 2 * ax
	mid := x + span
	return row{x: [3]float64{mid, span}, y: [3]float64{b.yAt(mid), span * b.slope()}}
}

// pitches gives the widths of a cell, in pixels, that the print of the bands
// repeats itself in, the likeliest first.
func pitches(g *image.Gray, bs []band) []float64 {
	height := 0.0
	for _, b := range bs {
		height += b.height / float64(len(bs))
	}
	step := height / 10
	var signals [][]float64
	for _, b := range bs {
		signals = append(signals, profile(g, b, step))
	}
	var ps, power []float64
	for p := height * .55; p < height*1.9; p *= 1.003 {
		sum := 0.0
		for _, s := range signals {
			a, b := tone(s, step/p), tone(s, 2*step/p)
			sum += a + .5*b
		}
		ps, power = append(ps, p), append(power, sum)
	}
	var peaks []int
	for i := 1; i+1 < len(ps); i++ {
		if power[i] >= power[i-1] && power[i] > power[i+1] {
			peaks = append(peaks, i)
		}
	}
	slices.SortFunc(peaks, func(a, b int) int {
		if power[a] > power[b] {
			return -1
		}
		return 1
	})
	var out []float64
	for _, i := range peaks[:min(len(peaks), 4)] {
		out = append(out, ps[i])
	}
	return out
}

// tone is the power of a signal at a frequency, in cycles a value.
func tone(s []float64, frequency float64) float64 {
	dc, ds := math.Cos(2*math.Pi*frequency), math.Sin(2*math.Pi*frequency)
	c, t := 1.0, 0.0
	var a, b float64
	for _, v := range s {
		a, b = a+v*c, b+v*t
		c, t = c*dc-t*ds, c*ds+t*dc
	}
	return a*a + b*b
}

// profile is the brightness along a band, averaged over its height, without its
// slow changes.
func profile(g *image.Gray, b band, step float64) []float64 {
	n := int(b.length() / step)
	raw := make([]float64, n)
	w, h := g.Rect.Dx(), g.Rect.Dy()
	rows := 7
	for i := range raw {
		x := b.x0 + (b.x1-b.x0)*(float64(i)+.5)/float64(n)
		for k := range rows {
			y := b.yAt(x) + b.height*(float64(k)/float64(rows-1)-.5)*.9
			raw[i] += float64(g.Pix[min(max(int(y), 0), h-1)*g.Stride+min(max(int(x), 0), w-1)])
		}
	}
	out := make([]float64, n)
	sum := make([]float64, n+1)
	for i, v := range raw {
		sum[i+1] = sum[i] + v
	}
	for i := range out {
		lo, hi := max(i-10, 0), min(i+11, n)
		out[i] = raw[i] - (sum[hi]-sum[lo])/float64(hi-lo)
	}
	return out
}
