package cell

import (
	"encoding/binary"
	"errors"
	"image"
	"math"
	"slices"
)

// Classifier is a trained network as it is asked. It is for one goroutine.
type Classifier struct {
	Shape
	layers [3]layer
	x      []float32
	hidden [2][]float32
	out    [Classes]float32
}

// Unmarshal reads what Marshal wrote of a network of this shape.
func Unmarshal(b []byte, s Shape) (*Classifier, error) {
	c := &Classifier{Shape: s, x: make([]float32, s.Size()), hidden: [2][]float32{make([]float32, s.Hidden1), make([]float32, s.Hidden2)}}
	in := s.Size()
	for i, out := range [3]int{s.Hidden1, s.Hidden2, Classes} {
		if len(b) < out*(4+in)+4+out {
			return nil, errors.New("the table of the classifier is too short")
		}
		c.layers[i] = newLayer(in, out)
		b = c.layers[i].read(b, out)
		in = out
	}
	if len(b) != 0 {
		return nil, errors.New("the table of the classifier is too long")
	}
	return c, nil
}

// Gain is by how much the cell at f is likelier a character than junk, in nats,
// and its deviation as Sample gives it.
func (c *Classifier) Gain(g *image.Gray, f Frame) (gain, deviation float64) {
	deviation = Sample(g, f, c.Shape, c.x)
	c.forward(c.x)
	return float64(slices.Max(c.out[:Junk]) - c.out[Junk]), deviation
}

// Logs gives the natural logarithm of each class's probability for a sampled
// cell, good until the next call.
func (c *Classifier) Logs(x []float32) *[Classes]float32 {
	c.forward(x)
	top := slices.Max(c.out[:])
	var sum float64
	for _, v := range c.out {
		sum += math.Exp(float64(v - top))
	}
	norm := top + float32(math.Log(sum))
	for i := range c.out {
		c.out[i] -= norm
	}
	return &c.out
}

func (c *Classifier) forward(x []float32) {
	for i, out := range c.hidden {
		c.layers[i].ask(x, out)
		for o, v := range out {
			out[o] = max(v, 0)
		}
		x = out
	}
	c.layers[2].ask(x, c.out[:])
}

// together is how many pairs of rows are added up at a time, since one sum waits
// for itself.
const together = 4

// layer is one matrix of whole numbers up to mostWeight, and what each row of it
// is multiplied with and what is added. A sum of whole numbers takes a half of a
// float64 alone, so that it holds two: of one row, and, second times as large, of
// the next. All is exact, and so the same on every machine.
type layer struct {
	in          int
	pairs       []float64 // each two rows' numbers, and then the next two's
	scale, bias []float32
	whole       []float64 // an input in whole numbers
}

const (
	mostWeight = 127
	second     = 1 << 26
	mostSum    = second / 4 // of one row, and half as much again by rounding would not hurt
)

func newLayer(in, out int) layer {
	pairs := (out + 2*together - 1) / (2 * together) * together
	return layer{
		in: in, pairs: make([]float64, pairs*in), whole: make([]float64, in),
		scale: make([]float32, 2*pairs), bias: make([]float32, 2*pairs),
	}
}

// read takes the layer from a table that is long enough, and gives the rest.
func (l *layer) read(b []byte, out int) []byte {
	for o := range out {
		l.scale[o] = math.Float32frombits(binary.LittleEndian.Uint32(b)) / mostWeight
		place := float64(1)
		if o%2 == 1 {
			place = second
		}
		row := l.pairs[o/2*l.in:][:l.in]
		for i, q := range b[4:][:l.in] {
			row[i] += place * float64(int8(q)) //nolint:gosec // two's complement, as written
		}
		b = b[4+l.in:]
	}
	scale := math.Float32frombits(binary.LittleEndian.Uint32(b)) / mostWeight
	for o, q := range b[4:][:out] {
		l.bias[o] = float32(int8(q)) * scale //nolint:gosec // two's complement, as written
	}
	return b[4+out:]
}

// ask multiplies the matrix with an input.
func (l *layer) ask(in, out []float32) {
	unit := l.measure(in)
	x := l.whole
	k := len(x)
	for o := 0; o < len(out); o += 2 * together {
		w := l.pairs[o/2*k:]
		r0, r1, r2, r3 := w[:k], w[k:][:k], w[2*k:][:k], w[3*k:][:k]
		var s [together]float64
		s[0], s[1], s[2], s[3] = sums(x, r0, r1, r2, r3)
		for i := range min(2*together, len(out)-o) {
			first, next := split(s[i/2])
			if i%2 == 1 {
				first = next
			}
			out[o+i] = float32(first*unit)*l.scale[o+i] + l.bias[o+i]
		}
	}
}

func sums(x, r0, r1, r2, r3 []float64) (s0, s1, s2, s3 float64) {
	r0, r1, r2, r3 = r0[:len(x)], r1[:len(x)], r2[:len(x)], r3[:len(x)]
	for i, v := range x {
		s0 += r0[i] * v
		s1 += r1[i] * v
		s2 += r2[i] * v
		s3 += r3[i] * v
	}
	return s0, s1, s2, s3
}

// measure writes an input down in whole numbers of a unit, which it gives: as
// small a one as no sum can be too large in.
func (l *layer) measure(in []float32) (unit float64) {
	var sum float32
	for _, v := range in {
		sum += max(v, -v)
	}
	unit = max(float64(sum)*mostWeight/mostSum, math.SmallestNonzeroFloat32)
	per := 1 / unit
	for i, v := range in {
		const round = 3 << 51                                // where a float64 holds no fractions
		l.whole[i] = float64(float64(v)*per) + round - round // and no machine may do it in one step
	}
	return unit
}

// split gives the two sums that are in one.
func split(s float64) (first, next float64) {
	const round = 3 << 51 * second // where a float64 holds whole seconds alone
	next = s + round - round
	return s - next, next / second
}
