package cell

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"image"
	"math"
	"slices"
)

// Shape is how large a network is, and what it looks at.
type Shape struct {
	Width, Height    int     // samples of a cell
	Hidden1, Hidden2 int     // units of the hidden layers, multiples of four
	Pitch            float64 // in pixels, from which a cell is read in a half of the picture
}

// Size is how many samples a cell has.
func (s Shape) Size() int { return s.Width * s.Height }

// The shapes of the networks. One that finds is asked some thousand times for
// each picture, and whether there is a character at all; one that reads is asked
// once for each character, and which.
var (
	FinderShape = Shape{Width: 8, Height: 12, Hidden1: 64, Hidden2: 32, Pitch: 9}    //nolint:gochecknoglobals // a constant
	ReaderShape = Shape{Width: 16, Height: 24, Hidden1: 256, Hidden2: 96, Pitch: 26} //nolint:gochecknoglobals // a constant
)

// Net is a small classifier of three full layers, trained only on rendered
// OCR-B (internal/train). Each matrix has its rows one after another, each row
// as long as its input. A Net is for one goroutine.
type Net struct {
	Shape
	W1, B1, W2, B2, W3, B3 []float32

	x, h1, h2 []float32
	out       [Classes]float32
}

// NewNet makes a network of zeros.
func NewNet(s Shape) *Net {
	return &Net{
		Shape: s,
		W1:    make([]float32, s.Hidden1*s.Size()), B1: make([]float32, s.Hidden1),
		W2: make([]float32, s.Hidden2*s.Hidden1), B2: make([]float32, s.Hidden2),
		W3: make([]float32, Classes*s.Hidden2), B3: make([]float32, Classes),
		x: make([]float32, s.Size()), h1: make([]float32, s.Hidden1), h2: make([]float32, s.Hidden2),
	}
}

// Gain is by how much the cell at f is likelier a character than junk, in nats,
// and its deviation as Sample gives it.
func (n *Net) Gain(g *image.Gray, f Frame) (gain, deviation float64) {
	deviation = Sample(g, f, n.Shape, n.x)
	n.forward(n.x)
	return float64(slices.Max(n.out[:Junk]) - n.out[Junk]), deviation
}

// Logs gives the natural logarithm of each class's probability for a sampled
// cell, good until the next call.
func (n *Net) Logs(x []float32) *[Classes]float32 {
	n.forward(x)
	top := slices.Max(n.out[:])
	var sum float64
	for _, v := range n.out {
		sum += math.Exp(float64(v - top))
	}
	norm := top + float32(math.Log(sum))
	for i := range n.out {
		n.out[i] -= norm
	}
	return &n.out
}

func (n *Net) forward(x []float32) {
	layer(n.W1, n.B1, x, n.h1, true)
	layer(n.W2, n.B2, n.h1, n.h2, true)
	layer(n.W3, n.B3, n.h2, n.out[:], false)
}

// layer is one matrix, four outputs at a time, since one sum waits for itself.
// All layers but the last have a multiple of four.
func layer(w, b, in, out []float32, rectify bool) {
	k := len(in)
	o := 0
	for ; o+4 <= len(out); o += 4 {
		r0, r1, r2, r3 := w[o*k:][:k], w[(o+1)*k:][:k], w[(o+2)*k:][:k], w[(o+3)*k:][:k]
		s0, s1, s2, s3 := b[o], b[o+1], b[o+2], b[o+3]
		for i, x := range in {
			s0 += r0[i] * x
			s1 += r1[i] * x
			s2 += r2[i] * x
			s3 += r3[i] * x
		}
		out[o], out[o+1], out[o+2], out[o+3] = s0, s1, s2, s3
	}
	for ; o < len(out); o++ {
		s := b[o]
		for i, v := range w[o*k:][:k] {
			s += v * in[i]
		}
		out[o] = s
	}
	if !rectify {
		return
	}
	for i, v := range out {
		out[i] = max(v, 0)
	}
}

// parts gives the tables of the network in the order they are written in, each
// with its rows.
func (n *Net) parts() []struct {
	v    []float32
	rows int
} {
	return []struct {
		v    []float32
		rows int
	}{{n.W1, n.Hidden1}, {n.B1, 1}, {n.W2, n.Hidden2}, {n.B2, 1}, {n.W3, Classes}, {n.B3, 1}}
}

// Marshal writes the network compactly: of each row its greatest absolute value
// as a float32, and then every value as a signed 127th of it.
func (n *Net) Marshal() []byte {
	var out []byte
	for _, p := range n.parts() {
		k := len(p.v) / p.rows
		for r := range p.rows {
			row := p.v[r*k : r*k+k]
			var top float32
			for _, v := range row {
				top = max(top, v, -v)
			}
			out = binary.LittleEndian.AppendUint32(out, math.Float32bits(top))
			for _, v := range row {
				q := 0.0
				if top > 0 {
					q = math.Round(float64(v / top * 127))
				}
				out = append(out, byte(int8(q))) //nolint:gosec // two's complement, as it is read
			}
		}
	}
	return out
}

// Unmarshal reads what Marshal wrote of a network of this shape.
func Unmarshal(b []byte, s Shape) (*Net, error) {
	n := NewNet(s)
	for _, p := range n.parts() {
		k := len(p.v) / p.rows
		for r := range p.rows {
			if len(b) < 4+k {
				return nil, errors.New("the table of the classifier is too short")
			}
			top := math.Float32frombits(binary.LittleEndian.Uint32(b))
			for i, q := range b[4 : 4+k] {
				p.v[r*k+i] = float32(int8(q)) * top / 127 //nolint:gosec // two's complement, as written
			}
			b = b[4+k:]
		}
	}
	if len(b) != 0 {
		return nil, errors.New("the table of the classifier is too long")
	}
	return n, nil
}

// Readers is how many networks read. They learned from pictures drawn by
// different recipes and err in different places: what both see alike is seen
// twice.
const Readers = 2

var (
	//go:embed finder.bin
	finderTable []byte
	//go:embed reader1.bin
	reader1Table []byte
	//go:embed reader2.bin
	reader2Table []byte
)

// NewFinder gives the network that finds.
func NewFinder() *Net { return must(finderTable, FinderShape) }

// NewReaders gives the networks that read.
func NewReaders() [Readers]*Net {
	return [Readers]*Net{must(reader1Table, ReaderShape), must(reader2Table, ReaderShape)}
}

func must(table []byte, s Shape) *Net {
	n, err := Unmarshal(table, s)
	if err != nil {
		panic(err) // built wrongly: a test holds the tables to their shape
	}
	return n
}
