// Package cell reads one character cell of a machine readable zone: it samples
// the cell out of a grey picture and says how likely each of the 37 characters
// of OCR-B is there, and how likely none is centred there at all. It knows
// nothing of lines, fields or check digits, and never will: what a character
// ought to be is no evidence of what it is.
package cell

import (
	"encoding/binary"
	"image"
	"math"
)

// SpanX and SpanY are what a cell covers, in pitches: a little of the
// neighbours, and the height of a digit with room above and below.
const (
	SpanX = 1.12
	SpanY = 1.68
)

// Alphabet are the characters of a zone (Doc 9303-3, 4.2), in class order. The
// class after the last of them is Junk.
const Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"

// Junk is the class of what is no character centred in its cell; Classes is how
// many classes there are.
const (
	Junk    = len(Alphabet)
	Classes = Junk + 1
)

// Frame is where a cell lies in a picture, in pixels: the middle of a capital
// letter, one pitch along the line, and one pitch down across it.
type Frame struct {
	X, Y   float64
	AX, AY float64 // along
	DX, DY float64 // down
}

// Pitch is the width of the cell in pixels.
func (f Frame) Pitch() float64 { return math.Hypot(f.AX, f.AY) }

// Shrunk is the same place in a picture that is k times smaller.
func (f Frame) Shrunk(k float64) Frame {
	return Frame{X: f.X / k, Y: f.Y / k, AX: f.AX / k, AY: f.AY / k, DX: f.DX / k, DY: f.DY / k}
}

// Sample reads the cell at f out of g into dst, as many samples as the shape
// has, and brings it to mean 0 and deviation 1. Beyond the edge the picture goes
// on as its edge. A cell without contrast becomes all 0. It returns the deviation
// there was, in grey values: of blank paper it is far less than of print.
func Sample(g *image.Gray, f Frame, shape Shape, dst []float32) (deviation float64) {
	clear(dst)
	step := max(math.Hypot(f.AX, f.AY)*SpanX/float64(shape.Width), math.Hypot(f.DX, f.DY)*SpanY/float64(shape.Height))
	n := min(max(int(math.Ceil(step/1.3)), 1), 4) // averages where samples lie far apart
	across, down := shape.Width*n, shape.Height*n
	ax, ay := f.AX*SpanX/float64(across), f.AY*SpanX/float64(across)
	dx, dy := f.DX*SpanY/float64(down), f.DY*SpanY/float64(down)
	x0 := f.X - .5 - ax*float64(across-1)/2 - dx*float64(down-1)/2 // pixel centres lie at halves
	y0 := f.Y - .5 - ay*float64(across-1)/2 - dy*float64(down-1)/2
	inside := holds(g, x0, y0, ax*float64(across-1), ay*float64(across-1), dx*float64(down-1), dy*float64(down-1))
	for j := range down {
		row := dst[j/n*shape.Width:][:shape.Width]
		x, y := x0+dx*float64(j), y0+dy*float64(j)
		for i := range row {
			var v float32
			for range n {
				if inside {
					v += between(g, x, y)
				} else {
					v += at(g, x, y)
				}
				x, y = x+ax, y+ay
			}
			row[i] += v
		}
	}
	return even(dst, float64(n*n))
}

// even brings sums of n values to mean 0 and deviation 1, and gives the
// deviation that their means had.
func even(dst []float32, n float64) (deviation float64) {
	var sum, squares float64
	for _, v := range dst {
		sum += float64(v)
		squares += float64(v) * float64(v)
	}
	size := float64(len(dst))
	mean := sum / size
	deviation = math.Sqrt(max(squares/size-mean*mean, 0))
	scale := 0.0
	if deviation > 1.5*n {
		scale = 1 / deviation
	}
	for i := range dst {
		dst[i] = float32((float64(dst[i]) - mean) * scale)
	}
	return deviation / n
}

// holds tells whether a parallelogram lies within the pixel centres.
func holds(g *image.Gray, x, y, ax, ay, dx, dy float64) bool {
	w, h := float64(g.Rect.Dx()-1), float64(g.Rect.Dy()-1)
	return x+min(ax, 0)+min(dx, 0) >= 0 && y+min(ay, 0)+min(dy, 0) >= 0 &&
		x+max(ax, 0)+max(dx, 0) < w && y+max(ay, 0)+max(dy, 0) < h
}

// At reads the picture between its pixels, beyond the edge as at the edge.
// Pixel centres lie at halves.
func At(g *image.Gray, x, y float64) float32 { return at(g, x-.5, y-.5) }

// at is At from the first pixel's centre.
func at(g *image.Gray, x, y float64) float32 {
	const less = 1e-9 // than a pixel: the last has none after it
	w, h := float64(g.Rect.Dx()-1), float64(g.Rect.Dy()-1)
	if w < 1 || h < 1 {
		return float32(g.Pix[int(min(max(y, 0), h))*g.Stride+int(min(max(x, 0), w))])
	}
	return between(g, min(max(x, 0), w-less), min(max(y, 0), h-less))
}

// between is at where four pixels lie around.
func between(g *image.Gray, x, y float64) float32 {
	x0, y0 := int(x), int(y)
	fx, fy := float32(x-float64(x0)), float32(y-float64(y0))
	p := g.Pix[y0*g.Stride+x0:]
	q := p[g.Stride:]
	a, b, c, d := float32(p[0]), float32(p[1]), float32(q[0]), float32(q[1])
	a += (b - a) * fx
	c += (d - c) * fx
	return a + (c-a)*fy
}

// Half averages blocks of two by two pixels.
func Half(g *image.Gray) *image.Gray {
	w, h := max(g.Rect.Dx()/2, 1), max(g.Rect.Dy()/2, 1)
	dst := image.NewGray(image.Rect(0, 0, w, h))
	if g.Rect.Dx() < 2 || g.Rect.Dy() < 2 {
		return dst
	}
	for y := range h {
		halve(dst.Pix[y*dst.Stride:][:w], g.Pix[2*y*g.Stride:][:2*w], g.Pix[(2*y+1)*g.Stride:][:2*w])
	}
	return dst
}

// halve averages two rows into one of half their length, eight pixels at a time.
func halve(dst, a, b []uint8) {
	for len(dst) >= 8 && len(a) >= 16 && len(b) >= 16 {
		low := quads(binary.LittleEndian.Uint64(a), binary.LittleEndian.Uint64(b))
		high := quads(binary.LittleEndian.Uint64(a[8:]), binary.LittleEndian.Uint64(b[8:]))
		binary.LittleEndian.PutUint64(dst, low|high<<32)
		dst, a, b = dst[8:], a[16:], b[16:]
	}
	for x := range dst {
		dst[x] = uint8((uint(a[2*x]) + uint(a[2*x+1]) + uint(b[2*x]) + uint(b[2*x+1]) + 2) / 4) //nolint:gosec // at most 255
	}
}

// quads averages four blocks of two by two bytes.
func quads(a, b uint64) uint64 {
	const even, round = 0x00ff00ff00ff00ff, 0x0002000200020002
	v := (a&even + a>>8&even + b&even + b>>8&even + round) >> 2 & even
	v = (v | v>>8) & 0x0000ffff0000ffff
	return (v | v>>16) & 0xffffffff
}
