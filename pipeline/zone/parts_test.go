package zone

import (
	"image"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"touchstone.internal/fixtures"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/zone/internal/cell"
)

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

// TestMovedGridIsTheSame: cell i of a grid moved by k is cell i+k.
func TestMovedGridIsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := func(name string) float64 { return rapid.Float64Range(-100, 100).Draw(t, name) }
		g := grid{n: 30, near: rapid.Float64Range(.5, 2).Draw(t, "near"), rows: []row{
			{x: [3]float64{number("a"), number("b"), number("c")}, y: [3]float64{number("d"), number("e"), number("f")}, tall: 1},
		}}
		moved := g
		moved.rows = []row{g.rows[0]}
		k := rapid.IntRange(-shifts, shifts).Draw(t, "k")
		moved.move(k)
		i := rapid.Float64Range(0, 27).Draw(t, "i")
		a, b := moved.frame(0, i, 0, 0), g.frame(0, i+float64(k), 0, 0)
		if math.Hypot(a.X-b.X, a.Y-b.Y)+math.Hypot(a.AX-b.AX, a.AY-b.AY) > 1e-6 {
			t.Errorf("%+v; want %+v", a, b)
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

func TestTurnedAbout(t *testing.T) {
	g := grid{n: 30, near: 1.3, rows: []row{
		{x: [3]float64{100, 80, 2}, y: [3]float64{50, 3, 1}, tall: 1}, {x: [3]float64{101, 82, 2}, y: [3]float64{70, 3, 1}, tall: 1},
	}}
	about := g.turnedAbout()
	for l := range g.rows {
		for i := range g.n {
			a, b := g.frame(l, float64(i), .1, -.2), about.frame(1-l, float64(g.n-1-i), -.1, .2)
			if math.Hypot(a.X-b.X, a.Y-b.Y)+math.Hypot(a.AX+b.AX, a.AY+b.AY)+math.Hypot(a.DX+b.DX, a.DY+b.DY) > 1e-9 {
				t.Fatalf("line %d, cell %d: %+v, turned about %+v", l, i, a, b)
			}
		}
	}
}

func TestLesser(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "values")
		by := rapid.IntRange(0, len(all)).Draw(t, "by")
		want := slices.Clone(all)
		for i := range len(all) - by {
			want[i] = min(all[i], all[i+by])
		}
		if lesser(all, all[by:]); !slices.Equal(all, want) {
			t.Errorf("%d; want %d", all, want)
		}
	})
}

// TestRuleFollowsPerspective: what is even on a plane that leans back is where
// the rule looks for it.
func TestRuleFollowsPerspective(t *testing.T) {
	const cells, near = 40, 1.4 // times nearer at the right end
	at := func(share, down float64) (x, y float64) {
		z := near + (1-near)*share
		return 100 + 800*share/z*1, 300 + (down-1)*60/z
	}
	lines := make([]band, 2)
	for l := range lines {
		x0, y0 := at(0, float64(l))
		x1, y1 := at(1, float64(l))
		lines[l] = band{x0, y0, x1, y1, 25}
	}
	if got := nearer(lines); math.Abs(got-near) > 1e-9 {
		t.Fatalf("%v times nearer; want %v", got, near)
	}
	r := ruleOf(lines, try{pitch: lines[0].length() / cells, sign: 1, tall: 1})
	r.slanted = true
	for i := range cells {
		share := float64(i) / cells
		x, _ := at(share, 0)
		got, _ := r.place(lines[0], (share-r.from)/r.step)
		if math.Abs(got-x) > .01*lines[0].length()/cells {
			t.Errorf("cell %d at %v; want %v", i, got, x)
		}
	}
	if l, r := r.tall(lines[0].x0), r.tall(lines[0].x1); math.Abs(l/r-near) > 1e-9 {
		t.Errorf("print is %v and %v high over its width; want the far end %v times higher", l, r, near)
	}
}

// TestQuarterIsAView: a quarter turn moves pixels to where sampling finds them.
func TestQuarterIsAView(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := image.NewGray(image.Rect(0, 0, rapid.IntRange(1, 150).Draw(t, "w"), rapid.IntRange(1, 150).Draw(t, "h")))
		for i := range g.Pix {
			g.Pix[i] = uint8(i * 89 >> 1)
		}
		v := viewAt(pyramid{g}, 90)
		if want := turned(g, v, 1, g.Rect.Dy(), g.Rect.Dx()); !slices.Equal(v.planes[0].Pix, want.Pix) {
			t.Errorf("%v: %d; want %d", g.Rect, v.planes[0].Pix, want.Pix)
		}
	})
}

// TestComplete: over two of the lines of a TD1 the third is found, whichever it
// is; over lines that have none beside them, no zone is.
func TestComplete(t *testing.T) {
	g, truth := drawn(t, fixtures.Spec{Format: mrz.TD1, Seed: 9, Resolution: 150})
	planes := pyramidOf(g)
	var three []band
	for _, bs := range groups(bandsOf(planes, finest, coarsest)) {
		if len(bs) == 3 {
			three = bs
			break
		}
	}
	if three == nil {
		t.Fatal("no three bands lie alike")
	}
	for name, two := range map[string][]band{"first": three[1:], "last": three[:2]} {
		r := &reader{planes: planes, finder: cell.NewFinder()}
		laid, ok := r.lay(two, r.tries(two))
		if !ok || !r.complete(&laid) || len(laid.rows) != 3 || laid.first != 0 {
			t.Errorf("without the %s line: %d lines", name, len(laid.rows))
			continue
		}
		for l, r := range laid.rows {
			x, y := r.at(-1)
			if q := truth.LineBoxes[l]; math.Abs(y-(q[0].Y+q[3].Y)/2) > 8 || x < q[0].X-8 || x > q[1].X {
				t.Errorf("without the %s line: line %d begins at %.0f, %.0f", name, l, x, y)
			}
		}
	}
}
