package zone

import (
	"cmp"
	"image"
	"math"
	"slices"
)

// band is what may be a line of print: where its middle runs from left to
// right, and how high it is, in pixels of the picture.
type band struct{ x0, y0, x1, y1, height float64 }

func (b band) length() float64 { return math.Hypot(b.x1-b.x0, b.y1-b.y0) }
func (b band) slope() float64  { return (b.y1 - b.y0) / (b.x1 - b.x0) }

// yAt is the height of the middle at x, beyond the ends too.
func (b band) yAt(x float64) float64 { return b.y0 + (x-b.x0)*b.slope() }

// What the locator looks for in one level of the picture: print of about this
// many pixels a character. Each level is half the one before, so that all sizes
// are looked for.
const (
	finest     = 1200 // longest side of the finest level, in pixels
	leastBand  = 100  // length in pixels: twenty characters of five
	leastPiece = 14
	mostHeight = 18
	maxGroups  = 24
	maxPieces  = 1500
	maxBands   = 200
	maxTried   = 5000 // groups of one level
)

// groups gives the two and three bands that may be the lines of a zone, the
// likeliest first.
func groups(levels [][]band) (all [][]band) {
	for _, bs := range levels {
		all = append(all, together(bs)...)
	}
	return likeliest(all)
}

// singles gives the bands that may be the only line of a zone, the likeliest
// first.
func singles(p pyramid) (all [][]band) {
	for _, bs := range bandsOf(p, finest, coarsest) {
		for _, b := range bs {
			all = append(all, []band{b})
		}
	}
	return likeliest(all)
}

// bandsOf finds the bands of the levels that are at most so long and at least so
// long, in pixels of the first.
func bandsOf(p pyramid, most, least int) (all [][]band) {
	scale := 1.0
	for _, g := range p {
		if longer := max(g.Rect.Dx(), g.Rect.Dy()); longer <= most && longer >= least {
			bs := bands(g)
			for i := range bs {
				bs[i] = band{bs[i].x0 * scale, bs[i].y0 * scale, bs[i].x1 * scale, bs[i].y1 * scale, bs[i].height * scale}
			}
			all = append(all, bs)
		}
		scale *= 2
	}
	return all
}

func likeliest(all [][]band) [][]band {
	slices.SortStableFunc(all, func(a, b []band) int { return cmp.Compare(unlike(a), unlike(b)) })
	return all[:min(len(all), maxGroups)]
}

// rarer is what three lines that lie alike say more than two.
const rarer = .05

// unlike tells how far bands are from what the lines of a zone are: all about
// thirty times as long as high, and flush on both sides.
func unlike(bs []band) (sum float64) {
	a := bs[0]
	for _, b := range bs {
		h := (a.height + b.height) / 2
		sum += max(math.Abs(math.Log(b.length()/b.height/32))-.35, 0)
		sum += math.Abs(math.Log(a.height / b.height))
		for _, off := range [2]float64{footOf(a, b, a.x0) - b.x0, footOf(a, b, a.x1) - b.x1} {
			sum += .15 * min(math.Abs(off)/h, 8)
		}
	}
	return sum/float64(len(bs)) - rarer*float64(len(bs))
}

// bands finds the lines of print in one level.
func bands(g *image.Gray) []band {
	var bs []band
	for _, p := range pieces(strokes(g)) {
		if b := p.band(); b.x1-b.x0 >= leastPiece && b.height >= 2 && b.height <= mostHeight && math.Abs(b.slope()) < .3 {
			bs = append(bs, b)
		}
	}
	bs = joined(longest(bs, maxPieces))
	bs = slices.DeleteFunc(bs, func(b band) bool { return b.x1-b.x0 < leastBand || b.length() < 10*b.height })
	return longest(bs, maxBands)
}

// longest keeps at most n bands: what is joined and paired costs their number
// squared.
func longest(bs []band, n int) []band {
	if len(bs) > n {
		slices.SortStableFunc(bs, func(a, b band) int { return cmp.Compare(b.length(), a.length()) })
		bs = bs[:n]
	}
	return bs
}

// mostGap is the widest gap that a line may have, between bands of the greatest
// height.
const mostGap = 3*mostHeight + 6

// joined puts bands together that go on in one another.
func joined(bs []band) []band {
	slices.SortFunc(bs, func(a, b band) int { return int(a.x0 - b.x0) })
	for again := true; again; {
		again = false
		for i := 0; i < len(bs); i++ {
			for j := i + 1; j < len(bs) && bs[j].x0-bs[i].x1 <= mostGap; j++ {
				if b, ok := join(bs[i], bs[j]); ok {
					bs[i] = b
					bs = slices.Delete(bs, j, j+1)
					j--
					again = true
				}
			}
		}
	}
	return bs
}

func join(a, b band) (band, bool) {
	if b.x0 < a.x0 {
		a, b = b, a
	}
	gap := b.x0 - a.x1
	height := max(a.height, b.height)
	if gap < -height || gap > 3*height+6 || min(a.height, b.height) < .5*height {
		return a, false
	}
	long := a
	if b.length() > a.length() {
		long = b
	}
	x := (a.x1 + b.x0) / 2
	slope := long.slope()
	if math.Abs(a.y1+(x-a.x1)*slope-(b.y0-(b.x0-x)*slope)) > .45*height {
		return a, false
	}
	la, lb := a.length(), b.length()
	c := band{a.x0, 0, max(a.x1, b.x1), 0, (a.height*la + b.height*lb) / (la + lb)}
	// The line through the middles of both, or the longer's where one is short.
	ma, mb := [2]float64{(a.x0 + a.x1) / 2, (a.y0 + a.y1) / 2}, [2]float64{(b.x0 + b.x1) / 2, (b.y0 + b.y1) / 2}
	if d := (mb[1] - ma[1]) / (mb[0] - ma[0]); min(la, lb) > .2*max(la, lb) {
		slope = d
	}
	mx, my := (ma[0]*la+mb[0]*lb)/(la+lb), (ma[1]*la+mb[1]*lb)/(la+lb)
	c.y0, c.y1 = my+(c.x0-mx)*slope, my+(c.x1-mx)*slope
	return c, true
}

// together gives the pairs and triples of bands that lie like lines of a zone:
// parallel, one under another, and in triples evenly so.
func together(bs []band) [][]band {
	slices.SortFunc(bs, func(a, b band) int { return int(a.yAt((a.x0+a.x1)/2) - b.yAt((b.x0+b.x1)/2)) })
	var out [][]band
	for i := range bs {
		for j := range bs {
			d, ok := under(bs[i], bs[j])
			if !ok {
				continue
			}
			out = append(out, []band{bs[i], bs[j]})
			for k := range bs {
				if len(out) >= maxTried {
					return out
				}
				if e, ok := under(bs[j], bs[k]); ok && e < 1.35*d && d < 1.35*e {
					out = append(out, []band{bs[i], bs[j], bs[k]})
				}
			}
		}
	}
	return out
}

// under tells whether b may be the line after a, and how far below it lies.
func under(a, b band) (distance float64, ok bool) {
	left, right := max(a.x0, b.x0), min(a.x1, b.x1)
	if right-left < .55*max(a.x1-a.x0, b.x1-b.x0) {
		return 0, false
	}
	x := (left + right) / 2
	d := b.yAt(x) - a.yAt(x)
	height := (a.height + b.height) / 2
	return d, d > 1.1*height && d < 4.2*height && math.Abs(a.slope()-b.slope()) < .08 && max(a.height, b.height) < 2*min(a.height, b.height)
}
