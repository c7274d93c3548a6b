package zone

import (
	"image"
	"testing"

	"pgregory.net/rapid"
)

// printAt tells, the slow way, whether a pixel of strokes is like print.
func printAt(g *image.Gray, x, y int) bool {
	sum := func(half int) (sum, n int) {
		for v := max(y-half, 0); v <= min(y+half, g.Rect.Dy()-1); v++ {
			for u := max(x-halfWide, 0); u <= min(x+halfWide, g.Rect.Dx()-1); u++ {
				sum, n = sum+int(g.Pix[v*g.Stride+u]), n+1
			}
		}
		return sum, n
	}
	low, n := sum(halfLow)
	high, m := sum(halfHigh)
	return low > leastStrokes*n && 5*low*m > 6*high*n
}

// TestPieces compares the pieces with those that are flooded pixel by pixel.
func TestPieces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := image.NewGray(image.Rect(0, 0, rapid.IntRange(1, 90).Draw(t, "w"), rapid.IntRange(1, 60).Draw(t, "h")))
		for range rapid.IntRange(0, 60).Draw(t, "strokes") {
			g.Pix[rapid.IntRange(0, len(g.Pix)-1).Draw(t, "at")] = 255
		}
		seen := make([]bool, len(g.Pix))
		var p piece
		var flood func(x, y int)
		flood = func(x, y int) {
			if !image.Pt(x, y).In(g.Rect) || seen[y*g.Stride+x] || !printAt(g, x, y) {
				return
			}
			seen[y*g.Stride+x] = true
			p.add(run{x0: x, x1: x + 1}, y)
			flood(x+1, y)
			flood(x-1, y)
			flood(x, y+1)
			flood(x, y-1)
		}
		var want []piece
		for i := range g.Pix {
			p = piece{x0: i % g.Stride}
			if flood(i%g.Stride, i/g.Stride); p.n > 0 {
				want = append(want, p)
			}
		}
		got := pieces(g)
		if len(got) != len(want) {
			t.Fatalf("%d pieces; want %d", len(got), len(want))
		}
		for i := range want {
			if got[i].into = 0; got[i] != want[i] {
				t.Errorf("piece %d is %+v; want %+v", i, got[i], want[i])
			}
		}
	})
}
