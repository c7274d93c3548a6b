// Package cell reads one character cell of a machine readable zone: it samples
// the cell out of a grey picture and says how likely each of the 37 characters
// of OCR-B is there, and how likely none is centred there at all. It knows
// nothing of lines, fields or check digits, and never will: what a character
// ought to be is no evidence of what it is.
package cell

import (
	"image"
	"math"
)

// Width and Height of a sampled cell, in samples; Size is both together.
const (
	Width  = 16
	Height = 24
	Size   = Width * Height
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

// Shrunk is the same place in a picture that is k times smaller.
func (f Frame) Shrunk(k float64) Frame {
	return Frame{X: f.X / k, Y: f.Y / k, AX: f.AX / k, AY: f.AY / k, DX: f.DX / k, DY: f.DY / k}
}

// Sample reads the cell at f out of g into dst and brings it to mean 0 and
// deviation 1. Beyond the edge the picture goes on as its edge. A cell without
// contrast becomes all 0. It returns the deviation there was, in grey values: of
// blank paper it is far less than of print.
func Sample(g *image.Gray, f Frame, dst *[Size]float32) (deviation float64) {
	step := max(math.Hypot(f.AX, f.AY)*SpanX/Width, math.Hypot(f.DX, f.DY)*SpanY/Height)
	n := min(max(int(math.Ceil(step/1.3)), 1), 4) // averages where samples lie far apart
	sub := 1 / float64(n)
	var sum, squares float64
	for j := range Height {
		for i := range Width {
			var v float32
			for b := range n {
				for a := range n {
					x := ((float64(i)+(float64(a)+.5)*sub)/Width - .5) * SpanX
					y := ((float64(j)+(float64(b)+.5)*sub)/Height - .5) * SpanY
					v += At(g, f.X+x*f.AX+y*f.DX, f.Y+x*f.AY+y*f.DY)
				}
			}
			v /= float32(n * n)
			dst[j*Width+i] = v
			sum += float64(v)
			squares += float64(v) * float64(v)
		}
	}
	mean := sum / Size
	deviation = math.Sqrt(max(squares/Size-mean*mean, 0))
	scale := 0.0
	if deviation > 1.5 {
		scale = 1 / deviation
	}
	for i := range dst {
		dst[i] = float32((float64(dst[i]) - mean) * scale)
	}
	return deviation
}

// At reads the picture between its pixels. Pixel centres lie at halves.
func At(g *image.Gray, x, y float64) float32 {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	x, y = min(max(x-.5, 0), float64(w-1)), min(max(y-.5, 0), float64(h-1))
	x0, y0 := int(x), int(y)
	fx, fy := float32(x-float64(x0)), float32(y-float64(y0))
	x1, y1 := min(x0+1, w-1), min(y0+1, h-1)
	r0, r1 := g.Pix[y0*g.Stride:], g.Pix[y1*g.Stride:]
	a, b := float32(r0[x0]), float32(r0[x1])
	c, d := float32(r1[x0]), float32(r1[x1])
	a += (b - a) * fx
	c += (d - c) * fx
	return a + (c-a)*fy
}
