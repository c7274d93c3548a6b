package zone

import (
	"image"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"touchstone.internal/pipeline/zone/internal/cell"
)

func TestAssign(t *testing.T) {
	for name, tt := range map[string]struct {
		at   []float64
		n    int
		want []int
	}{
		"nothing":         {nil, 3, []int{}},
		"each in its own": {[]float64{0, 1, 2}, 3, []int{0, 1, 2}},
		"a cell missed":   {[]float64{0, 2.1}, 3, []int{0, 2}},
		"two in one cell": {[]float64{.6, 1.1, 2}, 4, []int{0, 1, 2}},
		"one too many":    {[]float64{0, .1, 1}, 2, []int{0, -1, 1}},
		"far outside":     {[]float64{-7, 0, 9}, 2, []int{-1, 0, -1}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := assign(tt.at, tt.n); !slices.Equal(got, tt.want) {
				t.Errorf("%v; want %v", got, tt.want)
			}
		})
	}
}

func TestAssignKeepsOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.SliceOfN(rapid.Float64Range(-3, 50), 0, 60).Draw(t, "at")
		slices.Sort(at)
		n := rapid.IntRange(1, 44).Draw(t, "n")
		last := -1
		for k, i := range assign(at, n) {
			if i < 0 {
				continue
			}
			if i <= last || i >= n || math.Abs(at[k]-float64(i)) > 1 {
				t.Fatalf("glyph %d at %v has cell %d after %d", k, at[k], i, last)
			}
			last = i
		}
	})
}

// TestBestPlace moves runs of print among paper.
func TestBestPlace(t *testing.T) {
	run := func(before, n, after int) (gains []float64) {
		for i := range before + n + after {
			gains = append(gains, -worst)
			if i >= before && i < before+n {
				gains[i] = worst
			}
		}
		return gains
	}
	for shift := -shifts; shift <= shifts; shift++ {
		if got, margin := bestPlace(run(around+shift, 30, around-shift)); got != shift || margin < 2*worst {
			t.Errorf("moved by %d: %d, by %v", shift, got, margin)
		}
	}
	if _, margin := bestPlace(run(around, 31, around-1)); margin != 0 {
		t.Errorf("of 31 cells of print 30 are believed by %v", margin)
	}
}

// TestChain follows cells that grow wider along the line.
func TestChain(t *testing.T) {
	const n, steps = 30, 200
	gains := make([]float64, steps)
	for i := range gains {
		gains[i] = -worst
	}
	var want []int
	s := 20.0
	for i := range n {
		want = append(want, int(s))
		gains[int(s)] = worst
		s += fine + .6*float64(i)/n
	}
	c := newChain([][]float64{gains}, n)
	path, ok := c.path(n)
	if !ok {
		t.Fatal("no path")
	}
	at, sum := follow(gains, path)
	if !slices.Equal(at, want) || sum < worst*n-20 {
		t.Errorf("followed %v, sum %v; want %v", at, sum, want)
	}
	if _, ok := newChain([][]float64{make([]float64, 20)}, 44).path(44); ok {
		t.Error("44 cells in the room of five")
	}
}

func TestMovedRowIsTheSameLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := func(name string) float64 { return rapid.Float64Range(-100, 100).Draw(t, name) }
		r := row{x: [3]float64{number("a"), number("b"), number("c")}, y: [3]float64{number("d"), number("e"), number("f")}}
		d, u := number("d")/100, number("u")/100
		x, y := r.moved(d).at(u)
		if a, b := r.at(u + d); math.Abs(a-x) > 1e-6 || math.Abs(b-y) > 1e-6 {
			t.Errorf("%v, %v; want %v, %v", x, y, a, b)
		}
	})
}

func TestPyramid(t *testing.T) {
	p := pyramidOf(image.NewGray(image.Rect(0, 0, 1301, 700)))
	if len(p) != 4 {
		t.Fatalf("%d planes; want 1301, 650, 325 and 162 wide", len(p))
	}
	for length, want := range map[float64]float64{5: 1, 25: 1, 26: 2, 51: 2, 60: 4, 1e6: 8} {
		if g, scale := p.at(length, 26); scale != want || g.Rect.Dx() != 1301/int(want) {
			t.Errorf("%v long: %v times smaller, %v; want %v", length, scale, g.Rect, want)
		}
	}
}

// TestConfirm: a look-alike is not confirmed by what it only resembles.
func TestConfirm(t *testing.T) {
	look := func(phase float64) (x [cell.Size]float32) {
		for i := range x {
			x[i] = float32(math.Sqrt2 * math.Sin(float64(i)/3+phase))
		}
		return x
	}
	guessed := func(c, next byte, belief float64, second byte, phase float64) (q guess) {
		q.best, q.next = int(c-'0'), int(next-'0')
		q.probs[q.best] = belief
		q.second, q.x = second, look(phase)
		return q
	}
	zone := func(q guess) [][]guess {
		return [][]guess{{guessed('1', '7', .99, '1', 0), guessed('1', '7', .99, '1', .1), guessed('7', '1', .99, '7', .6), q}}
	}
	for name, tt := range map[string]struct {
		q    guess
		want byte
	}{
		"like its own":                {guessed('1', '7', .99, 'I', .05), '1'},
		"between two":                 {guessed('1', '7', .99, 'I', .33), 'I'},
		"like none":                   {guessed('1', '7', .99, 'I', 2), 'I'},
		"the classifier is not sure":  {guessed('1', '7', .89, 'I', .05), 'I'},
		"of which none is known":      {guessed('4', '7', .99, 'A', .05), 'A'},
		"the other is known nowhere":  {guessed('1', '4', .95, 'I', .05), 'I'},
		"and the belief is very high": {guessed('1', '4', .98, 'I', .05), '1'},
	} {
		t.Run(name, func(t *testing.T) {
			z := zone(tt.q)
			confirm(z)
			if got := z[0][3].second; got != tt.want {
				t.Errorf("seen as %q; want %q", got, tt.want)
			}
		})
	}
}
