package cell

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"math"
	"sync"
)

// The layers of the network: samples, two hidden layers, classes.
const (
	Hidden1 = 256
	Hidden2 = 96
)

// Net is a small classifier of three full layers, trained only on rendered
// OCR-B (internal/train). Each matrix has its rows one after another, each row
// as long as its input.
type Net struct {
	W1, B1, W2, B2, W3, B3 []float32
}

// NewNet makes a network of zeros.
func NewNet() *Net {
	return &Net{
		W1: make([]float32, Hidden1*Size), B1: make([]float32, Hidden1),
		W2: make([]float32, Hidden2*Hidden1), B2: make([]float32, Hidden2),
		W3: make([]float32, Classes*Hidden2), B3: make([]float32, Classes),
	}
}

// Logs gives the natural logarithm of each class's probability.
func (n *Net) Logs(x *[Size]float32, out *[Classes]float32) {
	var h1 [Hidden1]float32
	var h2 [Hidden2]float32
	layer(n.W1, n.B1, x[:], h1[:], true)
	layer(n.W2, n.B2, h1[:], h2[:], true)
	layer(n.W3, n.B3, h2[:], out[:], false)
	top := out[0]
	for _, v := range out {
		top = max(top, v)
	}
	var sum float64
	for _, v := range out {
		sum += math.Exp(float64(v - top))
	}
	norm := top + float32(math.Log(sum))
	for i := range out {
		out[i] -= norm
	}
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
	}{{n.W1, Hidden1}, {n.B1, 1}, {n.W2, Hidden2}, {n.B2, 1}, {n.W3, Classes}, {n.B3, 1}}
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

// Unmarshal reads what Marshal wrote.
func Unmarshal(b []byte) (*Net, error) {
	n := NewNet()
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

//go:embed weights1.bin
var weights1 []byte

//go:embed weights2.bin
var weights2 []byte

// Nets gives the two networks that the program carries. They learned from
// pictures drawn by different recipes and err in different places: the mean of
// their beliefs is nearer to the truth than either. The first finds by itself.
var Nets = sync.OnceValue(func() [2]*Net { //nolint:gochecknoglobals // two tables
	var nets [2]*Net
	for i, b := range [2][]byte{weights1, weights2} {
		n, err := Unmarshal(b)
		if err != nil {
			panic(err) // built wrongly: a test holds the tables to their shape
		}
		nets[i] = n
	}
	return nets
})
