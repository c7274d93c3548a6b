package cell

import (
	_ "embed"
	"encoding/binary"
	"math"
)

// Shape is how large a network is, and what it looks at.
type Shape struct {
	Width, Height    int     // samples of a cell
	Hidden1, Hidden2 int     // units of the hidden layers, multiples of eight
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

// Net is a small classifier of three full layers as it is trained, only on
// rendered OCR-B (internal/train). Each matrix has its rows one after another,
// each row as long as its input.
type Net struct {
	Shape
	W1, B1, W2, B2, W3, B3 []float32
}

// NewNet makes a network of zeros.
func NewNet(s Shape) *Net {
	return &Net{
		Shape: s,
		W1:    make([]float32, s.Hidden1*s.Size()), B1: make([]float32, s.Hidden1),
		W2: make([]float32, s.Hidden2*s.Hidden1), B2: make([]float32, s.Hidden2),
		W3: make([]float32, Classes*s.Hidden2), B3: make([]float32, Classes),
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
func NewFinder() *Classifier { return must(finderTable, FinderShape) }

// NewReaders gives the networks that read.
func NewReaders() [Readers]*Classifier {
	return [Readers]*Classifier{must(reader1Table, ReaderShape), must(reader2Table, ReaderShape)}
}

func must(table []byte, s Shape) *Classifier {
	n, err := Unmarshal(table, s)
	if err != nil {
		panic(err) // built wrongly: a test holds the tables to their shape
	}
	return n
}
