package measure

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestWilson compares with the published intervals of R. G. Newcombe, Statistics
// in Medicine 17, 1998, p. 857, table I, method 3.
func TestWilson(t *testing.T) {
	for name, tt := range map[string]struct {
		k, n      int
		low, high float64
	}{
		"81 of 263": {81, 263, 0.2553, 0.3662},
		"15 of 148": {15, 148, 0.0624, 0.1605},
		"0 of 20":   {0, 20, 0, 0.1611},
		"1 of 29":   {1, 29, 0.0061, 0.1718},
		"all of 20": {20, 20, 0.8389, 1},
		"nothing":   {0, 0, 0, 1},
		"too many":  {9, 7, 0.6457, 1},
	} {
		t.Run(name, func(t *testing.T) {
			got := Wilson(tt.k, tt.n)
			if math.Abs(got.Low-tt.low) > 5e-5 || math.Abs(got.High-tt.high) > 5e-5 {
				t.Errorf("Wilson(%d, %d) = %.4f; want %.4f to %.4f", tt.k, tt.n, got, tt.low, tt.high)
			}
		})
	}
}

func TestWilsonLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 5000).Draw(t, "n")
		k := rapid.IntRange(0, n).Draw(t, "k")
		i, mirror, more := Wilson(k, n), Wilson(n-k, n), Wilson(4*k, 4*n)
		p := float64(k) / float64(n)
		if i.Low < 0 || i.High > 1 || i.Low > p || i.High < p {
			t.Errorf("Wilson(%d, %d) = %v does not hold %v", k, n, i, p)
		}
		if math.Abs(i.Low+mirror.High-1) > 1e-9 || math.Abs(i.High+mirror.Low-1) > 1e-9 {
			t.Errorf("Wilson(%d, %d) = %v and of the rest %v do not mirror", k, n, i, mirror)
		}
		if more.High-more.Low >= i.High-i.Low {
			t.Errorf("of four times as many: %v is not narrower than %v", more, i)
		}
	})
}

func TestDistance(t *testing.T) {
	for name, tt := range map[string]struct {
		want, got string
		d         int
	}{
		"the textbook's": {"kitten", "sitting", 3},
		"another":        {"saturday", "sunday", 3},
		"nothing read":   {"P<UTO", "", 5},
		"one filler":     {"ERIKSSON<<ANNA", "ERIKSSON<KANNA", 1},
		"a cell's slip":  {"L898902C3", "898902C36", 2},
		"the same":       {"UTO", "UTO", 0},
		"both empty":     {"", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Distance(tt.want, tt.got); got != tt.d {
				t.Errorf("Distance(%q, %q) = %d; want %d", tt.want, tt.got, got, tt.d)
			}
		})
	}
}

func TestAlign(t *testing.T) {
	for name, tt := range map[string]struct {
		want, got string
		pairs     []Pair
	}{
		"changed":  {"ABC", "AXC", []Pair{{0, 0}, {1, 1}, {2, 2}}},
		"left out": {"ABC", "AC", []Pair{{0, 0}, {1, -1}, {2, 1}}},
		"inserted": {"AC", "ABC", []Pair{{0, 0}, {-1, 1}, {1, 2}}},
		"nothing":  {"", "", []Pair{}},
		"no truth": {"", "A", []Pair{{-1, 0}}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.pairs, Align(tt.want, tt.got)); diff != "" {
				t.Errorf("Align(%q, %q) (-want +got):\n%s", tt.want, tt.got, diff)
			}
		})
	}
}

// TestDistanceLaws holds that the distance is a metric and that an alignment
// costs just as much.
func TestDistanceLaws(t *testing.T) {
	text := rapid.StringMatching(`[AB<]{0,9}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := text.Draw(t, "a"), text.Draw(t, "b"), text.Draw(t, "c")
		d := Distance(a, b)
		if (d == 0) != (a == b) || d != Distance(b, a) || d > Distance(a, c)+Distance(c, b) {
			t.Errorf("Distance is no metric on %q, %q, %q", a, b, c)
		}
		if d < max(len(a)-len(b), len(b)-len(a)) || d > max(len(a), len(b)) {
			t.Errorf("Distance(%q, %q) = %d is out of bounds", a, b, d)
		}
		cost, i, j := 0, 0, 0
		for _, p := range Align(a, b) {
			if p.Want >= 0 && p.Want != i || p.Got >= 0 && p.Got != j {
				t.Fatalf("Align(%q, %q) leaves the order", a, b)
			}
			if p.Want < 0 || p.Got < 0 || a[p.Want] != b[p.Got] {
				cost++
			}
			i, j = i+min(p.Want+1, 1), j+min(p.Got+1, 1)
		}
		if cost != d || i != len(a) || j != len(b) {
			t.Errorf("Align(%q, %q) costs %d over %d and %d bytes; want %d", a, b, cost, i, j, d)
		}
	})
}

func TestReliability(t *testing.T) {
	guesses := []Guess{{0.25, false}, {0.375, true}, {0.5, true}, {0.75, true}, {0.75, false}, {1, true}, {1.5, true}, {-1, false}}
	bins := Reliability(guesses, []float64{0, 0.5, 1})
	want := []Bin{{0, 0.5, 3, 1, -0.375}, {0.5, 1, 5, 4, 4.5}}
	if diff := cmp.Diff(want, bins); diff != "" {
		t.Errorf("bins (-want +got):\n%s", diff)
	}
	if got := Reliability(guesses, []float64{0}); got != nil {
		t.Errorf("without two edges: %v; want none", got)
	}
}

func TestECE(t *testing.T) {
	for name, tt := range map[string]struct {
		bins []Bin
		want float64
	}{
		"nothing":        {nil, 0},
		"empty bins":     {[]Bin{{0, 1, 0, 0, 0}}, 0},
		"as it believes": {[]Bin{{0, 1, 4, 3, 3}}, 0},
		"too sure":       {[]Bin{{0, 1, 10, 5, 9}}, 0.4},
		// 3/4 of 0.1 and 1/4 of 0.3.
		"two bins": {[]Bin{{0, 0.5, 1, 0, 0.3}, {0.5, 1, 3, 3, 2.7}}, 0.15},
	} {
		t.Run(name, func(t *testing.T) {
			if got := ECE(tt.bins); math.Abs(got-tt.want) > 1e-12 {
				t.Errorf("ECE = %v; want %v", got, tt.want)
			}
		})
	}
}

// TestECELaws: no guess is lost, the error is a share, order does not matter,
// and fewer bins never show more of it.
func TestECELaws(t *testing.T) {
	guess := rapid.Custom(func(t *rapid.T) Guess {
		return Guess{rapid.Float64Range(0, 1).Draw(t, "confidence"), rapid.Bool().Draw(t, "right")}
	})
	fine, coarse := []float64{0, 0.25, 0.5, 0.75, 1}, []float64{0, 0.5, 1}
	rapid.Check(t, func(t *rapid.T) {
		guesses := rapid.SliceOf(guess).Draw(t, "guesses")
		bins := Reliability(guesses, fine)
		n := 0
		for _, b := range bins {
			n += b.Count
		}
		e := ECE(bins)
		if n != len(guesses) || e < 0 || e > 1 {
			t.Errorf("%d of %d guesses in the bins, error %v", n, len(guesses), e)
		}
		if c := ECE(Reliability(guesses, coarse)); c > e+1e-12 {
			t.Errorf("coarse bins show %v, fine ones %v", c, e)
		}
		slices.Reverse(guesses)
		if r := ECE(Reliability(guesses, fine)); math.Abs(r-e) > 1e-12 {
			t.Errorf("in reverse %v, else %v", r, e)
		}
	})
}

func TestQuantile(t *testing.T) {
	twenty := make([]float64, 20)
	for i := range twenty {
		twenty[i] = float64(20 - i)
	}
	for name, tt := range map[string]struct {
		values []float64
		p      float64
		want   float64
	}{
		"median of three":       {[]float64{3, 1, 2}, 0.5, 2},
		"median of four":        {[]float64{4, 3, 2, 1}, 0.5, 2},
		"0.95 of twenty":        {twenty, 0.95, 19},
		"the greatest":          {twenty, 1, 20},
		"the least":             {twenty, 0, 1},
		"one value is all":      {[]float64{7}, 0.95, 7},
		"shares beyond the end": {[]float64{1, 2}, 1.5, 2},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Quantile(tt.values, tt.p); got != tt.want {
				t.Errorf("Quantile(%v, %v) = %v; want %v", tt.values, tt.p, got, tt.want)
			}
		})
	}
	if got := Quantile(nil, 0.5); !math.IsNaN(got) {
		t.Errorf("Quantile of nothing = %v; want NaN", got)
	}
}

// TestQuantileLaws: what comes out was seen, at least a share p does not exceed
// it, fewer than that lie below it, and the values stay as they were.
func TestQuantileLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-9, 9), 1, 40).Draw(t, "values")
		p := rapid.Float64Range(0, 1).Draw(t, "p")
		before := slices.Clone(values)
		q := Quantile(values, p)
		if !slices.Equal(before, values) || !slices.Contains(values, q) {
			t.Fatalf("Quantile(%v, %v) = %v", values, p, q)
		}
		upTo, below := 0, 0
		for _, v := range values {
			if v <= q {
				upTo++
			}
			if v < q {
				below++
			}
		}
		n := float64(len(values))
		if float64(upTo) < p*n-1e-6 || below > 0 && float64(below) > p*n+1e-6 {
			t.Errorf("Quantile(%v, %v) = %v with %d up to it and %d below", values, p, q, upTo, below)
		}
	})
}

func TestAUC(t *testing.T) {
	inf := math.Inf(1)
	for name, tt := range map[string]struct {
		low, high []float64
		want      float64
	}{
		"parted":           {[]float64{1, 2, 3}, []float64{4, 5}, 1},
		"the wrong way":    {[]float64{4, 5}, []float64{1, 2, 3}, 0},
		"all alike":        {[]float64{1, 1}, []float64{1, 1, 1}, .5},
		"one pair of four": {[]float64{1, 4}, []float64{3, 5}, .75},
		"without bounds":   {[]float64{0, inf}, []float64{inf, inf}, .75},
	} {
		t.Run(name, func(t *testing.T) {
			if got, ok := AUC(tt.low, tt.high); !ok || got != tt.want {
				t.Errorf("%v, %v; want %v", got, ok, tt.want)
			}
		})
	}
	if _, ok := AUC(nil, []float64{1}); ok {
		t.Error("an area of nothing")
	}
}
