package grid_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"testing"

	"touchstone.internal/pipeline/grid"
)

// scene is a picture as a sensor sees it: shapes, slopes and noise, never compressed.
func scene(w, h int, seed uint64, noise float64) *image.Gray {
	rng := rand.New(rand.NewPCG(seed, 2))
	type disc struct{ x, y, r, level float64 }
	var discs []disc
	for range 60 {
		discs = append(discs, disc{rng.Float64() * float64(w), rng.Float64() * float64(h), 4 + rng.Float64()*60, rng.Float64()*120 - 60})
	}
	g := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := 120 + 40*math.Sin(float64(x)/37) + 30*math.Cos(float64(y)/23)
			for _, d := range discs {
				if math.Hypot(float64(x)-d.x, float64(y)-d.y) < d.r {
					v += d.level
				}
			}
			g.Pix[y*g.Stride+x] = uint8(min(max(v+noise*rng.NormFloat64(), 0), 255))
		}
	}
	return g
}

// saved is a picture after it was saved as JPEG and opened again.
func saved(t testing.TB, g *image.Gray, quality int) *image.Gray {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, g, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	m, err := jpeg.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	return m.(*image.Gray)
}

func cropped(g *image.Gray, r image.Rectangle) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, r.Dx(), r.Dy()))
	draw.Draw(out, out.Rect, g, r.Min, draw.Src)
	return out
}

// TestMainGrid finds the grid of a file where it lies.
func TestMainGrid(t *testing.T) {
	for seed, quality := range map[uint64]int{1: 60, 2: 80, 3: 90, 4: 95} {
		g := saved(t, scene(400, 300, seed, 3), quality)
		for _, at := range []image.Point{{}, {3, 5}, {7, 1}} {
			r := grid.Find(cropped(g, image.Rectangle{at, g.Rect.Max}))
			want := grid.Place{X: (8 - at.X) % 8, Y: (8 - at.Y) % 8}
			if r.Main == nil || r.Main.Place != want || len(r.Foreign) > 0 {
				t.Errorf("quality %d cut at %v: %+v, %v; want %v", quality, at, r.Main, r.Foreign, want)
			}
		}
	}
}

// TestNothing: what was never compressed, or has no texture at all, shows no grid.
func TestNothing(t *testing.T) {
	flat := image.NewGray(image.Rect(0, 0, 300, 200))
	draw.Draw(flat, flat.Rect, image.NewUniform(color.Gray{Y: 200}), image.Point{}, draw.Src)
	lines := cropped(flat, flat.Rect)
	for y := range 200 {
		for x := 0; x < 300; x += 8 {
			lines.SetGray(x, y, color.Gray{})
		}
	}
	for name, g := range map[string]*image.Gray{
		"a sensor's": scene(400, 300, 5, 3), "a quiet sensor's": scene(400, 300, 6, 1), "one level": flat, "ruled at eight pixels": lines,
		"tiny": scene(12, 9, 1, 3), "a line": scene(500, 1, 1, 3), "no pixel": image.NewGray(image.Rectangle{}),
	} {
		if r := grid.Find(g); r.Main != nil || len(r.Foreign) > 0 {
			t.Errorf("%s: %+v, %v", name, r.Main, r.Foreign)
		}
	}
}

// TestPasted: a part of another JPEG file, put where its blocks do not fit and saved
// without loss, is found in its place; one whose blocks fit is not, and nothing else.
func TestPasted(t *testing.T) {
	for i, quality := range []int{75, 90} {
		whole := saved(t, scene(600, 400, uint64(10+i), 2), 92)
		part := saved(t, scene(160, 200, uint64(20+i), 2), quality)
		at := image.Rect(83, 101, 83+160, 101+200)
		forged := cropped(whole, whole.Rect)
		draw.Draw(forged, at, part, image.Point{}, draw.Src)
		r := grid.Find(forged)
		if r.Main == nil || len(r.Foreign) != 1 || r.Foreign[0].Place != (grid.Place{X: 83 % 8, Y: 101 % 8}) {
			t.Fatalf("quality %d: %+v, %v", quality, r.Main, r.Foreign)
		}
		both := r.Foreign[0].Box.Intersect(at)
		if iou := float64(area(both)) / float64(area(at)+area(r.Foreign[0].Box)-area(both)); iou < .7 {
			t.Errorf("quality %d: %v overlaps %v by %.2f", quality, r.Foreign[0].Box, at, iou)
		}
		draw.Draw(forged, at.Sub(image.Pt(3, 5)), part, image.Point{}, draw.Src)
		draw.Draw(forged, image.Rect(240, 90, 250, 310), whole, image.Pt(240, 90), draw.Src)
		draw.Draw(forged, image.Rect(80, 296, 250, 310), whole, image.Pt(80, 296), draw.Src)
		if r := grid.Find(forged); r.Main == nil || len(r.Foreign) > 0 {
			t.Errorf("quality %d, where its blocks fit: %v", quality, r.Foreign)
		}
	}
}

func area(r image.Rectangle) int { return r.Dx() * r.Dy() }

// TestTurned: quarter turns and mirrors keep what a picture shows.
func TestTurned(t *testing.T) {
	g := saved(t, scene(300, 403, 7, 2), 90)
	turned := image.NewGray(image.Rect(0, 0, 403, 300))
	for y := range 403 {
		for x := range 300 {
			turned.SetGray(402-y, x, g.GrayAt(x, y))
		}
	}
	r := grid.Find(turned)
	if r.Main == nil || r.Main.Place != (grid.Place{X: 403 % 8}) || len(r.Foreign) > 0 {
		t.Errorf("%+v, %v", r.Main, r.Foreign)
	}
}

func BenchmarkFind(b *testing.B) {
	g := saved(b, scene(1680, 1200, 1, 3), 90)
	b.ReportAllocs()
	for b.Loop() {
		grid.Find(g)
	}
}
