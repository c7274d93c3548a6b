package main

import (
	"math"
	"math/rand/v2"
	"sync"

	"touchstone.internal/pipeline/zone/internal/cell"
)

// sample is one cell, its values in 28ths, and what it shows.
type sample struct {
	x     []int8
	class uint8
}

func (s *sample) floats(x []float32) {
	for i, v := range s.x {
		x[i] = float32(v) / 28
	}
}

const batch = 128

// trainer is Adam over the network.
type trainer struct {
	net   *cell.Net
	rng   *rand.Rand
	grads [threads]*cell.Net
	work  [threads]*work
	m, v  *cell.Net
	n     int
}

func newTrainer(shape cell.Shape, rng *rand.Rand) *trainer {
	t := &trainer{net: cell.NewNet(shape), rng: rng, m: cell.NewNet(shape), v: cell.NewNet(shape)}
	for i := range t.grads {
		t.grads[i], t.work[i] = cell.NewNet(shape), newWork(shape)
	}
	start := func(w []float32, in int) {
		for i := range w {
			w[i] = float32(rng.NormFloat64() * math.Sqrt(2/float64(in)))
		}
	}
	start(t.net.W1, shape.Size())
	start(t.net.W2, shape.Hidden1)
	start(t.net.W3, shape.Hidden2)
	return t
}

func tables(n *cell.Net) [6][]float32 { return [6][]float32{n.W1, n.B1, n.W2, n.B2, n.W3, n.B3} }

// step learns from one batch.
func (t *trainer) step(set []sample, rate float64) {
	var wg sync.WaitGroup
	for p := range threads {
		wg.Go(func() {
			for _, g := range tables(t.grads[p]) {
				clear(g)
			}
			for i := p; i < len(set); i += threads {
				t.back(&set[i], t.work[p], t.grads[p])
			}
		})
	}
	wg.Wait()
	t.n++
	c1, c2 := 1-math.Pow(.9, float64(t.n)), 1-math.Pow(.999, float64(t.n))
	nets, ms, vs := tables(t.net), tables(t.m), tables(t.v)
	for k := range nets {
		w, m, v := nets[k], ms[k], vs[k]
		for i := range w {
			var g float32
			for p := range threads {
				g += tables(t.grads[p])[k][i]
			}
			g = g/float32(len(set)) + 1e-6*w[i]
			m[i] += .1 * (g - m[i])
			v[i] += .001 * (g*g - v[i])
			w[i] -= float32(rate * float64(m[i]) / c1 / (math.Sqrt(float64(v[i])/c2) + 1e-8))
		}
	}
}

// smooth is how much of the belief goes to the other classes: it keeps the
// network from being surer than its pictures allow.
const smooth = .002

// work is where one thread puts the values and the gradients of the layers.
type work struct {
	x, h1, d1, h2, d2 []float32
	out               [cell.Classes]float32
}

func newWork(s cell.Shape) *work {
	return &work{
		x:  make([]float32, s.Size()),
		h1: make([]float32, s.Hidden1), d1: make([]float32, s.Hidden1),
		h2: make([]float32, s.Hidden2), d2: make([]float32, s.Hidden2),
	}
}

// back adds one cell's gradient.
func (t *trainer) back(s *sample, w *work, g *cell.Net) {
	s.floats(w.x)
	out := w.out[:]
	forward(t.net.W1, t.net.B1, w.x, w.h1, true)
	forward(t.net.W2, t.net.B2, w.h1, w.h2, true)
	forward(t.net.W3, t.net.B3, w.h2, out, false)
	var sum float64
	for _, v := range out {
		sum += math.Exp(float64(v))
	}
	for c := range out {
		out[c] = float32(math.Exp(float64(out[c]))/sum) - smooth/float32(cell.Classes)
	}
	out[s.class] -= 1 - smooth
	clear(w.d1)
	clear(w.d2)
	backward(t.net.W3, w.h2, out, w.d2, g.W3, g.B3)
	rectified(w.d2, w.h2)
	backward(t.net.W2, w.h1, w.d2, w.d1, g.W2, g.B2)
	rectified(w.d1, w.h1)
	backward(t.net.W1, w.x, w.d1, nil, g.W1, g.B1)
}

// rectified stops the gradient where the layer did.
func rectified(d, h []float32) {
	for i, v := range h {
		if v <= 0 {
			d[i] = 0
		}
	}
}

func forward(w, b, in, out []float32, rectify bool) {
	k := len(in)
	for o := range out {
		row := w[o*k : o*k+k]
		var s0, s1, s2, s3 float32
		for i := 0; i+4 <= k; i += 4 {
			r, x := row[i:i+4:i+4], in[i:i+4:i+4]
			s0 += r[0] * x[0]
			s1 += r[1] * x[1]
			s2 += r[2] * x[2]
			s3 += r[3] * x[3]
		}
		out[o] = b[o] + s0 + s1 + s2 + s3
		if rectify && out[o] < 0 {
			out[o] = 0
		}
	}
}

// backward takes the gradient of a layer's output to its input, and adds those
// of its weights.
func backward(w, in, dout, din, gw, gb []float32) {
	k := len(in)
	for o, d := range dout {
		if d == 0 {
			continue
		}
		gb[o] += d
		g := gw[o*k : o*k+k]
		for i, x := range in {
			g[i] += d * x
		}
		if din == nil {
			continue
		}
		row := w[o*k : o*k+k]
		for i, v := range row {
			din[i] += d * v
		}
	}
}
