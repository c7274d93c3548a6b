package zone

import (
	"encoding/binary"
	"image"
	"slices"

	"touchstone.internal/pipeline/zone/internal/cell"
)

// pyramid is a picture and its halves, each half as large as the one before.
type pyramid []*image.Gray

// coarsest is the longer side of the smallest half of use, in pixels.
const coarsest = 150

func pyramidOf(g *image.Gray) pyramid {
	p := pyramid{g}
	for max(g.Rect.Dx(), g.Rect.Dy()) >= 2*coarsest {
		g = cell.Half(g)
		p = append(p, g)
	}
	return p
}

// at gives the half in which a length of the picture is below most, and how
// many times smaller it is; the smallest half if none is.
func (p pyramid) at(length, most float64) (g *image.Gray, scale float64) {
	k, scale := 0, 1.0
	for length >= most*scale && k+1 < len(p) {
		k, scale = k+1, scale*2
	}
	return p[k], scale
}

// reach is how thick a stroke may be, in pixels: one less than a window of eight
// would be, so that three steps of doubling give the least of seven.
const reach = 7

// strokes keeps what is dark and thinner than reach: print, and the finer lines
// of a background, but neither shades nor edges. The greatest values around are
// the least of flipped ones.
func strokes(g *image.Gray) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	closed := image.NewGray(g.Rect)
	for y := range h {
		copy(closed.Pix[y*w:(y+1)*w], g.Pix[y*g.Stride:])
	}
	flip(closed.Pix)
	spread(closed.Pix, w, h)
	flip(closed.Pix)
	spread(closed.Pix, w, h)
	for y := range h {
		take(closed.Pix[y*w:(y+1)*w], g.Pix[y*g.Stride:])
	}
	return closed
}

// spread gives each pixel the least value of those within half of reach of it,
// along and across.
func spread(pix []uint8, w, h int) {
	const half = reach / 2
	line := slices.Repeat([]uint8{0xff}, w+2*half)
	for y := range h {
		row := pix[y*w : (y+1)*w]
		line[0], line[1], line[2] = 0xff, 0xff, 0xff
		copy(line[half:], row)
		lesser(line, line[1:])
		lesser(line, line[2:])
		lesser(line, line[3:])
		copy(row, line)
	}
	beyond := slices.Repeat([]uint8{0xff}, half*w)
	beyond = append(append(append(make([]uint8, 0, (h+2*half)*w), beyond...), pix...), beyond...)
	lesser(beyond, beyond[w:])
	lesser(beyond, beyond[2*w:])
	lesser(beyond, beyond[3*w:])
	copy(pix, beyond)
}

// flip makes dark what is light.
func flip(pix []uint8) {
	for len(pix) >= 8 {
		binary.LittleEndian.PutUint64(pix, ^binary.LittleEndian.Uint64(pix))
		pix = pix[8:]
	}
	for i, v := range pix {
		pix[i] = ^v
	}
}

// take subtracts values that are no greater: no byte of a word borrows from the
// next.
func take(dst, src []uint8) {
	for len(dst) >= 8 {
		binary.LittleEndian.PutUint64(dst, binary.LittleEndian.Uint64(dst)-binary.LittleEndian.Uint64(src))
		dst, src = dst[8:], src[8:]
	}
	for i, v := range src[:len(dst)] {
		dst[i] -= v
	}
}

// lesser keeps of each pair of values the lesser, in dst. Src may be a later part
// of dst.
func lesser(dst, src []uint8) {
	for len(src) >= 8 {
		binary.LittleEndian.PutUint64(dst, least(binary.LittleEndian.Uint64(dst), binary.LittleEndian.Uint64(src)))
		dst, src = dst[8:], src[8:]
	}
	for i, v := range src {
		dst[i] = min(dst[i], v)
	}
}

// least is the lesser of each of the eight bytes of two words: pixels are looked
// at twelve times each, and one by one that took a third of the search.
func least(a, b uint64) uint64 {
	const high = 0x8080808080808080
	low := (a | high) - (b &^ high)  // the high bit of a byte: the other seven of a are no less
	ge := (a&^b | ^(a^b)&low) & high // the high bit of a byte: a is no less
	takeB := ge >> 7 * 0xff          // all bits of such bytes
	return b&takeB | a&^takeB
}
