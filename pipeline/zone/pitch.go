package zone

import (
	"math"
	"slices"
)

// pitches gives the widths of a cell, in pixels, that the print of the bands
// repeats itself in, the likeliest first.
func pitches(p pyramid, bs []band) []float64 {
	height := 0.0
	for _, b := range bs {
		height += b.height / float64(len(bs))
	}
	step := height / 10
	var signals [][]float64
	for _, b := range bs {
		signals = append(signals, profile(p, b, step, nearer(bs)))
	}
	var ps, power []float64
	for p := height * .55; p < height*1.9; p *= 1.005 {
		sum := 0.0
		for _, s := range signals {
			a, b := tones(s, step/p)
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

// tones is the power of a signal at a frequency, in cycles a value, and at twice
// that: side by side, since each waits for its last value.
func tones(s []float64, frequency float64) (once, twice float64) {
	ds, dc := math.Sincos(2 * math.Pi * frequency)
	es, ec := math.Sincos(4 * math.Pi * frequency)
	c, t, d, u := 1.0, 0.0, 1.0, 0.0
	var a, b, e, f float64
	for _, v := range s {
		a, b = a+v*c, b+v*t
		e, f = e+v*d, f+v*u
		c, t = c*dc-t*ds, c*ds+t*dc
		d, u = d*ec-u*es, d*es+u*ec
	}
	return a*a + b*b, e*e + f*f
}

// profile is the brightness along a band, averaged over its height, without its
// slow changes, in steps that are even on the document.
func profile(p pyramid, b band, step, near float64) []float64 {
	g, scale := p.at(step, 3)
	n := int(b.length() / step)
	raw := make([]float64, n)
	w, h := g.Rect.Dx(), g.Rect.Dy()
	rows := 7
	for i := range raw {
		x := b.x0 + (b.x1-b.x0)*seen((float64(i)+.5)/float64(n), near)
		for k := range rows {
			y := b.yAt(x) + b.height*(float64(k)/float64(rows-1)-.5)*.9
			raw[i] += float64(g.Pix[min(max(int(y/scale), 0), h-1)*g.Stride+min(max(int(x/scale), 0), w-1)])
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
