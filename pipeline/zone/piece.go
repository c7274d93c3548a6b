package zone

import "image"

// What print is in a picture of strokes: more than so many grey values in a box
// that is as high as a line is at least, and more than in one around it that is
// as high as a line and the room above and below.
const (
	halfWide     = 10
	halfLow      = 1
	halfHigh     = 14
	leastStrokes = 5
)

// piece is one connected part of what is like print, by its moments.
type piece struct {
	n, x0, x1 int
	sx, sy    float64
	sxx, sxy  float64
	into      int // which piece it has become part of, itself at first
}

func (p piece) band() band {
	n := float64(p.n)
	mx, my := p.sx/n, p.sy/n
	slope := 0.0
	if v := p.sxx/n - mx*mx; v > 1 {
		slope = (p.sxy/n - mx*my) / v
	}
	x0, x1 := float64(p.x0), float64(p.x1+1)
	return band{x0, my + .5 + slope*(x0-mx), x1, my + .5 + slope*(x1-mx), n / (x1 - x0)}
}

// run is a piece's part of one row, from x0 to before x1.
type run struct{ x0, x1, piece int }

// add gives a run to the piece.
func (p *piece) add(r run, y int) {
	n, first, last := float64(r.x1-r.x0), float64(r.x0), float64(r.x1-1)
	sum := n * (first + last) / 2
	p.n, p.x0, p.x1 = p.n+r.x1-r.x0, min(p.x0, r.x0), max(p.x1, r.x1-1)
	p.sx, p.sy, p.sxy = p.sx+sum, p.sy+n*float64(y), p.sxy+sum*float64(y)
	p.sxx += n*first*last + n*(n-1)*(2*n-1)/6
}

// take makes another piece a part of this one.
func (p *piece) take(o *piece) {
	p.n, p.x0, p.x1 = p.n+o.n, min(p.x0, o.x0), max(p.x1, o.x1)
	p.sx, p.sy, p.sxx, p.sxy = p.sx+o.sx, p.sy+o.sy, p.sxx+o.sxx, p.sxy+o.sxy
}

// patchwork puts pieces together, row after row.
type patchwork struct {
	pieces      []piece
	above, here []run
}

// root is the piece that piece i has become part of.
func (w *patchwork) root(i int) int {
	for w.pieces[i].into != i {
		i = w.pieces[i].into
	}
	return i
}

// row takes the runs of the next row: what lies under a piece is part of it.
func (w *patchwork) row(y int) {
	k := 0
	for i := range w.here {
		r := &w.here[i]
		r.piece = -1
		for ; k < len(w.above) && w.above[k].x0 < r.x1; k++ {
			if w.above[k].x1 > r.x0 {
				r.piece = w.together(r.piece, w.above[k].piece)
			}
			if w.above[k].x1 > r.x1 {
				break // it may reach the next run, too
			}
		}
		if r.piece < 0 {
			r.piece = len(w.pieces)
			w.pieces = append(w.pieces, piece{x0: r.x0, into: r.piece})
		}
		w.pieces[r.piece].add(*r, y)
	}
	w.above, w.here = w.here, w.above[:0]
}

// together makes one of two pieces, if a is one, and gives the earlier.
func (w *patchwork) together(a, b int) int {
	b = w.root(b)
	if a < 0 || a == b {
		return b
	}
	a, b = min(a, b), max(a, b)
	w.pieces[a].take(&w.pieces[b])
	w.pieces[b].into = a
	return a
}

// pieces gives the connected parts of a picture of strokes that are like print.
func pieces(strokes *image.Gray) (out []piece) {
	width, height := strokes.Rect.Dx(), strokes.Rect.Dy()
	sums := make([]uint16, height*width)
	for y := range height {
		along(sums[y*width:][:width], strokes.Pix[y*strokes.Stride:])
	}
	none := make([]uint16, width)
	row := func(y int) []uint16 {
		if y < 0 || y >= height {
			return none
		}
		return sums[y*width:][:width]
	}
	low, high := newColumns(row, height, width, halfLow), newColumns(row, height, width, halfHigh)
	var w patchwork
	for y := range height {
		low.down(y)
		high.down(y)
		w.here = runs(w.here, low, high)
		w.row(y)
	}
	for i, p := range w.pieces {
		if p.into == i {
			out = append(out, p)
		}
	}
	return out
}

// along gives the sums of the values within halfWide of each, cut at the ends.
func along(dst []uint16, src []uint8) {
	var sum uint16
	for _, v := range src[:min(halfWide, len(dst))] {
		sum += uint16(v)
	}
	for x := range dst {
		if x+halfWide < len(dst) {
			sum += uint16(src[x+halfWide])
		}
		dst[x] = sum
		if x >= halfWide {
			sum -= uint16(src[x-halfWide])
		}
	}
}

// columns are the sums of each column over the rows within reach of one.
type columns struct {
	row           func(y int) []uint16
	height, reach int
	sums          []uint32
	rows          uint32 // of the picture that are within reach
}

func newColumns(row func(y int) []uint16, height, width, reach int) *columns {
	c := &columns{row: row, height: height, reach: reach, sums: make([]uint32, width)}
	for y := range reach {
		c.move(row(y), row(-1))
	}
	return c
}

// down moves on to row y.
func (c *columns) down(y int) {
	c.rows = uint32(min(y+c.reach+1, c.height) - max(y-c.reach, 0)) //nolint:gosec // some
	c.move(c.row(y+c.reach), c.row(y-c.reach-1))
}

func (c *columns) move(in, out []uint16) {
	sums := c.sums
	in, out = in[:len(sums)], out[:len(sums)]
	for x, v := range sums {
		sums[x] = v + uint32(in[x]) - uint32(out[x])
	}
}

// runs finds the runs of a row that are like print, in the room of dst.
func runs(dst []run, low, high *columns) []run {
	dst = dst[:0]
	width := len(low.sums)
	within := false
	highs := high.sums[:width]
	for x, v := range low.sums {
		wide := uint32(min(x+halfWide+1, width) - max(x-halfWide, 0))
		is := v > leastStrokes*wide*low.rows && 5*v*high.rows > 6*highs[x]*low.rows
		if is && !within {
			dst = append(dst, run{x0: x})
		}
		if within && !is {
			dst[len(dst)-1].x1 = x
		}
		within = is
	}
	if within {
		dst[len(dst)-1].x1 = width
	}
	return dst
}
