package cell

import (
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestTablesHaveTheirShape(t *testing.T) {
	for name, tt := range map[string]struct {
		table []byte
		shape Shape
	}{"finder": {finderTable, FinderShape}, "reader 1": {reader1Table, ReaderShape}, "reader 2": {reader2Table, ReaderShape}} {
		if _, err := Unmarshal(tt.table, tt.shape); err != nil {
			t.Error(name, err)
		}
		if got := len(NewNet(tt.shape).Marshal()); got != len(tt.table) {
			t.Errorf("%s: one of zeros has %d bytes; want %d", name, got, len(tt.table))
		}
		if _, err := Unmarshal(tt.table[:len(tt.table)-1], tt.shape); err == nil {
			t.Errorf("%s: a short table is taken", name)
		}
		if _, err := Unmarshal(append(slices.Clip(tt.table), 0), tt.shape); err == nil {
			t.Errorf("%s: a long table is taken", name)
		}
	}
}

func TestLogsAreProbabilities(t *testing.T) {
	n := NewFinder()
	x := make([]float32, n.Size())
	for i := range x {
		x[i] = float32(math.Sin(float64(i)))
	}
	sum := 0.0
	for _, v := range n.Logs(x) {
		sum += math.Exp(float64(v))
	}
	if math.Abs(sum-1) > 1e-5 {
		t.Errorf("they add up to %v", sum)
	}
}

// TestAskedAsTrained compares a network with its matrices multiplied plainly.
func TestAskedAsTrained(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	n := NewNet(FinderShape)
	for _, p := range n.parts() {
		for i := range p.v {
			p.v[i] = float32(rng.NormFloat64()) / 8
		}
	}
	c := must(n.Marshal(), FinderShape)
	x := make([]float32, n.Size())
	for range 20 {
		for i := range x {
			x[i] = float32(rng.NormFloat64())
		}
		want := plain(n.W3, n.B3, plain(n.W2, n.B2, plain(n.W1, n.B1, x, true), true), false)
		c.forward(x)
		for i, got := range c.out {
			if math.Abs(float64(got-want[i])) > .05 {
				t.Errorf("output %d is %v; want %v", i, got, want[i])
			}
		}
	}
}

func plain(w, b, in []float32, rectify bool) []float32 {
	out := slices.Clone(b)
	for o := range out {
		for i, x := range in {
			out[o] += w[o*len(in)+i] * x
		}
		if rectify {
			out[o] = max(out[o], 0)
		}
	}
	return out
}

func TestSample(t *testing.T) {
	g := image.NewGray(image.Rect(0, 0, 60, 60))
	for i := range g.Pix {
		g.Pix[i] = 100
		if i%60 >= 30 {
			g.Pix[i] = 200
		}
	}
	x := make([]float32, ReaderShape.Size())
	if d := Sample(g, Frame{X: 30, Y: 30, AX: 20, DY: 20}, ReaderShape, x); math.Abs(d-50) > 4 {
		t.Errorf("deviation %v; want about 50", d)
	}
	if x[0] > -.9 || x[ReaderShape.Width-1] < .9 {
		t.Errorf("the edge reads %v to %v; want -1 to 1", x[0], x[ReaderShape.Width-1])
	}
	if d := Sample(g, Frame{X: -500, Y: 30, AX: 20, DY: 20}, ReaderShape, x); d != 0 || x[5] != 0 {
		t.Errorf("beyond the edge: deviation %v, value %v; want 0", d, x[5])
	}
}

func BenchmarkCell(b *testing.B) {
	g := image.NewGray(image.Rect(0, 0, 60, 60))
	for i := range g.Pix {
		g.Pix[i] = uint8(i * 7)
	}
	f := Frame{X: 30, Y: 30, AX: 8, DY: 8}
	for name, n := range map[string]*Classifier{"find": NewFinder(), "read": NewReaders()[0]} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				n.Gain(g, f)
			}
		})
	}
}

func TestHalf(t *testing.T) {
	for w := range 23 {
		g := image.NewGray(image.Rect(0, 0, w+2, 3))
		for i := range g.Pix {
			g.Pix[i] = uint8(i * 89)
		}
		for x, got := range Half(g).Pix {
			a, b := g.Pix[2*x:], g.Pix[g.Stride+2*x:]
			if want := (int(a[0]) + int(a[1]) + int(b[0]) + int(b[1]) + 2) / 4; int(got) != want {
				t.Errorf("%d wide: pixel %d is %d; want %d", w+2, x, got, want)
			}
		}
	}
}
