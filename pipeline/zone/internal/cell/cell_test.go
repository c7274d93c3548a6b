package cell

import (
	"image"
	"math"
	"slices"
	"testing"
)

func TestTableHasItsShape(t *testing.T) {
	for _, weights := range [2][]byte{weights1, weights2} {
		n, err := Unmarshal(weights)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(n.Marshal()); got != len(weights) {
			t.Errorf("written again it has %d bytes; want %d", got, len(weights))
		}
		if _, err := Unmarshal(weights[:len(weights)-1]); err == nil {
			t.Error("a short table is taken")
		}
		if _, err := Unmarshal(append(slices.Clip(weights), 0)); err == nil {
			t.Error("a long table is taken")
		}
	}
}

func TestLogsAreProbabilities(t *testing.T) {
	var x [Size]float32
	for i := range x {
		x[i] = float32(math.Sin(float64(i)))
	}
	var out [Classes]float32
	Nets()[0].Logs(&x, &out)
	sum := 0.0
	for _, v := range out {
		sum += math.Exp(float64(v))
	}
	if math.Abs(sum-1) > 1e-5 {
		t.Errorf("they add up to %v", sum)
	}
}

func TestSample(t *testing.T) {
	g := image.NewGray(image.Rect(0, 0, 60, 60))
	for i := range g.Pix {
		g.Pix[i] = 100
		if i%60 >= 30 {
			g.Pix[i] = 200
		}
	}
	var x [Size]float32
	if d := Sample(g, Frame{X: 30, Y: 30, AX: 20, DY: 20}, &x); math.Abs(d-50) > 4 {
		t.Errorf("deviation %v; want about 50", d)
	}
	if x[0] > -.9 || x[Width-1] < .9 {
		t.Errorf("the edge reads %v to %v; want -1 to 1", x[0], x[Width-1])
	}
	if d := Sample(g, Frame{X: -500, Y: 30, AX: 20, DY: 20}, &x); d != 0 || x[5] != 0 {
		t.Errorf("beyond the edge: deviation %v, value %v; want 0", d, x[5])
	}
}

func BenchmarkCell(b *testing.B) {
	g := image.NewGray(image.Rect(0, 0, 60, 60))
	for i := range g.Pix {
		g.Pix[i] = uint8(i * 7)
	}
	var x [Size]float32
	var out [Classes]float32
	n := Nets()[0]
	b.ReportAllocs()
	for b.Loop() {
		Sample(g, Frame{X: 30, Y: 30, AX: 16, DY: 16}, &x)
		n.Logs(&x, &out)
	}
}
