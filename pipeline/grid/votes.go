package grid

import (
	"image"
	"math"
)

// block is the side of JPEG's blocks.
const block = 8

// places is how many places a grid of blocks can have.
const places = block * block

// none is the vote of a pixel that has none.
const none = 0xFF

// zero is how small a coefficient of the orthonormal transform counts as none.
const zero = 0.5

// aan are the scales of the fast transform's coefficients (Arai, Agui and Nakajima,
// Transactions of the IEICE E71, 1988, p. 1095).
var aan = [block]float64{1, 1.387039845, 1.306562965, 1.175875602, 1, 0.785694958, 0.541196100, 0.275899379} //nolint:gochecknoglobals // a table, never written

// limits are what zero is at the scale of the fast transform, as the bits of its
// float32: those of two numbers that are not negative stand in their order.
var limits = func() (l [places]int32) { //nolint:gochecknoglobals // a table, never written
	for v := range block {
		for u := range block {
			l[v*block+u] = int32(math.Float32bits(float32(zero * 8 * aan[u] * aan[v])))
		}
	}
	l[0] = 0 // the mean is never none
	return l
}()

// votesOf gives the vote of each pixel: row and column of its grid's corner, 8 y + x,
// or none. The frame of 7 pixels, which has fewer windows, has none.
func votesOf(g *image.Gray) []uint8 {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	votes := make([]uint8, w*h)
	for i := range votes {
		votes[i] = none
	}
	z := newZeros(g)
	// For each pixel column of the last eight rows of windows: the best window that
	// covers it, as its number of zeros and its column.
	var best [block][]uint16
	for i := range best {
		best[i] = make([]uint16, w)
	}
	counts := make([]int8, w)
	for y := range h - block + 1 {
		z.row(y, counts)
		across(counts, best[y%block])
		if y >= block-1 {
			down(&best, votes[y*w:(y+1)*w])
		}
	}
	return votes
}

// tied is the column of a best that two windows share.
const tied = block

// across finds the best of the eight windows that cover each pixel of a row of them.
func across(counts []int8, best []uint16) {
	for x := block - 1; x <= len(counts)-block; x++ {
		most, column := int8(-1), tied
		for i, n := range counts[x-block+1 : x+1] {
			switch {
			case n > most:
				most, column = n, (x-block+1+i)%block
			case n == most:
				column = tied
			}
		}
		best[x] = uint16(most+1)<<4 | uint16(column)
	}
}

// down finds the best of the eight rows of windows that cover a row of pixels.
func down(best *[block][]uint16, votes []uint8) {
	for x := block - 1; x <= len(votes)-block; x++ {
		most, column, row := uint16(0), uint16(tied), 0
		for i := range block {
			b := best[i][x]
			switch n := b >> 4; {
			case n > most:
				most, column, row = n, b&15, i
			case n == most:
				column = tied
			}
		}
		if column != tied {
			votes[x] = uint8(row*block + int(column))
		}
	}
}

// zeros counts the coefficients that are none, window by window.
type zeros struct {
	g *image.Gray
	// flat rows: how many rows, up to the last, are constant over the window that
	// begins in a column; and how long the pixels of a column have been the same.
	level, still []int
	lines        [block][][block]float32 // the transformed windows of the last eight rows
}

func newZeros(g *image.Gray) *zeros {
	w := g.Rect.Dx()
	z := &zeros{g: g, level: make([]int, w), still: make([]int, w)}
	for i := range z.lines {
		z.lines[i] = make([][block]float32, w-block+1)
	}
	for y := range block - 1 {
		z.line(y)
	}
	return z
}

// line transforms a row of pixels.
func (z *zeros) line(y int) {
	w := z.g.Rect.Dx()
	row := z.g.Pix[y*z.g.Stride:][:w]
	out := z.lines[y%block]
	for x := range out {
		p := (*[block]uint8)(row[x : x+block])
		d := [block]float32{float32(p[0]), float32(p[1]), float32(p[2]), float32(p[3]), float32(p[4]), float32(p[5]), float32(p[6]), float32(p[7])}
		transform(&d, &out[x])
	}
	run := 0
	for x := w - 1; x >= 0; x-- {
		if x < w-1 && row[x] == row[x+1] {
			run++
		} else {
			run = 0
		}
		z.level[x]++
		if run < block-1 {
			z.level[x] = 0
		}
		z.still[x]++
		if y == 0 || row[x] != z.g.Pix[(y-1)*z.g.Stride+x] {
			z.still[x] = 0
		}
	}
}

// row counts for the windows whose first row is y. Windows that are constant along a
// row or a column have no place: drawn lines and clipped areas look alike wherever a
// window lies. They count -1.
func (z *zeros) row(y int, counts []int8) {
	z.line(y + block - 1)
	for x := range counts {
		counts[x] = -1
	}
	still := 0 // columns, up to the window's last, that have been the same for its height
	for x := range block - 1 {
		still = z.count(x, still)
	}
	for x := range z.lines[0] {
		still = z.count(x+block-1, still)
		if z.level[x] >= block || still >= block {
			continue
		}
		counts[x] = z.window(x, y)
	}
}

func (z *zeros) count(x, still int) int {
	if z.still[x] < block-1 {
		return 0
	}
	return still + 1
}

// window counts the coefficients of one window that are none.
func (z *zeros) window(x, y int) int8 {
	var block8 [block]*[block]float32
	for i := range block {
		block8[i] = &z.lines[(y+i)%block][x]
	}
	n := uint32(0)
	var in, out [block]float32
	for u := range block {
		for v := range block {
			in[v] = block8[v][u]
		}
		transform(&in, &out)
		for v := range block {
			n += uint32(int32(math.Float32bits(out[v])&math.MaxInt32)-limits[v*block+u]) >> 31 //nolint:gosec // its sign
		}
	}
	return int8(n)
}

// transform is the forward cosine transform of eight values, scaled by aan.
func transform(d, out *[block]float32) {
	s0, d0 := d[0]+d[7], d[0]-d[7]
	s1, d1 := d[1]+d[6], d[1]-d[6]
	s2, d2 := d[2]+d[5], d[2]-d[5]
	s3, d3 := d[3]+d[4], d[3]-d[4]

	a0, a3, a1, a2 := s0+s3, s0-s3, s1+s2, s1-s2
	out[0], out[4] = a0+a1, a0-a1
	r := (a2 + a3) * 0.707106781
	out[2], out[6] = a3+r, a3-r

	b0, b1, b2 := d3+d2, d2+d1, d1+d0
	m := (b0 - b2) * 0.382683433
	m0, m2, m1 := b0*0.541196100+m, b2*1.306562965+m, b1*0.707106781
	p, q := d0+m1, d0-m1
	out[5], out[3] = q+m0, q-m0
	out[1], out[7] = p+m2, p-m2
}
