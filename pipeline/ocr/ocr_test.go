//go:build cgo

package ocr

import (
	"fmt"
	"image"
	"image/draw"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// loaded is one reader for all tests; they run one after another.
var loaded = sync.OnceValues(New)

func reader(t testing.TB) *Reader {
	t.Helper()
	r, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func blank(w, h int) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, w, h))
	for i := range g.Pix {
		g.Pix[i] = 255
	}
	return g
}

// written is a line of text, 40 pixels high, from x = 20 on.
func written(t testing.TB, s string) *image.Gray {
	t.Helper()
	f, err := opentype.Parse(gomono.TTF)
	if err != nil {
		t.Fatal(err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: 40, DPI: 72})
	if err != nil {
		t.Fatal(err)
	}
	g := blank(40+24*len(s), 90)
	d := font.Drawer{Dst: g, Src: image.Black, Face: face, Dot: fixed.P(20, 60)}
	d.DrawString(s)
	return g
}

func TestRead(t *testing.T) {
	const want = "PASSPORT42"
	for _, m := range []Mode{Line, Block, Page} {
		glyphs, err := reader(t).Read(written(t, want), m)
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		last := 0
		for _, g := range glyphs {
			got.WriteByte(g.Rune)
			if g.Box.Min.X < last || g.Confidence < 0 || g.Confidence > 1 {
				t.Errorf("mode %s: %+v after x = %d", m, g, last)
			}
			last = g.Box.Min.X
		}
		if got.String() != want {
			t.Errorf("mode %s: %q; want %q", m, got.String(), want)
		}
	}
}

// TestReadWords reads a page of two lines, and sees that a zone reads as before
// afterwards: tesseract keeps what it was told last.
func TestReadWords(t *testing.T) {
	g := blank(700, 200)
	draw.Draw(g, image.Rect(0, 0, 700, 90), written(t, "Passport No. L898902C3"), image.Point{}, draw.Src)
	draw.Draw(g, image.Rect(0, 100, 700, 190), written(t, "12 AUG 1974"), image.Point{}, draw.Src)
	for range 2 {
		words, err := reader(t).ReadWords(g)
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for _, w := range words {
			fmt.Fprintf(&got, "%d:%s ", w.Line, w.Text)
			if w.Box.Dx() < 30 || w.Box.Dy() < 15 || w.Box.Min.Y/100 != w.Line {
				t.Errorf("%q in %v", w.Text, w.Box)
			}
		}
		if want := "0:Passport 0:No. 0:L898902C3 1:12 1:AUG 1:1974 "; got.String() != want {
			t.Errorf("%q; want %q", got.String(), want)
		}
		zone, err := reader(t).Read(written(t, "P<UTO42"), Line)
		if err != nil || len(zone) != 7 || zone[1].Rune != '<' {
			t.Errorf("a zone after words: %v, %v", zone, err)
		}
	}
}

func TestReadNothing(t *testing.T) {
	for name, g := range map[string]*image.Gray{
		"white": blank(300, 60), "black": image.NewGray(image.Rect(0, 0, 300, 60)), "a pixel": blank(1, 1), "a column": blank(1, 200), "a row": blank(200, 1),
	} {
		if glyphs, err := reader(t).Read(g, Line); err != nil || len(glyphs) != 0 {
			t.Errorf("%s: %v, %v; want nothing", name, glyphs, err)
		}
		words, err := reader(t).ReadWords(g)
		if small := min(g.Rect.Dx(), g.Rect.Dy()) < leastPage; len(words) != 0 || (err != nil) != small {
			t.Errorf("%s: words %v, %v; want nothing", name, words, err)
		}
	}
}

func TestReadRefusesSizes(t *testing.T) {
	for _, size := range []image.Point{{X: 0, Y: 10}, {X: 10, Y: 0}, {X: maxSide + 1, Y: 10}, {X: 10, Y: maxSide + 1}} {
		if _, err := reader(t).Read(image.NewGray(image.Rectangle{Max: size}), Line); err == nil {
			t.Errorf("%v is read", size)
		}
		if _, err := reader(t).ReadWords(image.NewGray(image.Rectangle{Max: size})); err == nil {
			t.Errorf("words of %v are read", size)
		}
	}
	if _, err := reader(t).Read(blank(maxSide, 40), Line); err != nil {
		t.Errorf("the widest: %v", err)
	}
	for _, size := range []image.Point{{X: maxSide, Y: leastPage}, {X: leastPage, Y: maxSide}, {X: leastPage, Y: leastPage}} {
		if _, err := reader(t).ReadWords(image.NewGray(image.Rectangle{Max: size})); err != nil {
			t.Errorf("words of %v: %v", size, err)
		}
	}
}

// TestReadPart reads a picture whose rows lie apart, as those of a part of
// another do.
func TestReadPart(t *testing.T) {
	whole := written(t, "UTOPIA")
	wide := blank(whole.Rect.Dx()+300, whole.Rect.Dy()+10)
	draw.Draw(wide, whole.Rect, whole, image.Point{}, draw.Src)
	part := &image.Gray{Pix: wide.Pix, Stride: wide.Stride, Rect: whole.Rect}
	a, err := reader(t).Read(whole, Line)
	if err != nil {
		t.Fatal(err)
	}
	b, err := reader(t).Read(part, Line)
	if err != nil || len(a) != len(b) {
		t.Fatalf("%v, %v; want %v", b, err, a)
	}
	for i := range a {
		if a[i] != b[i] {
			t.Errorf("%+v; want %+v", b[i], a[i])
		}
	}
}

func TestCheckLanguageData(t *testing.T) {
	if err := CheckLanguageData(); err != nil {
		t.Error(err)
	}
	dir := t.TempDir()
	t.Setenv("TESSDATA_PREFIX", dir)
	if CheckLanguageData() == nil {
		t.Error("absent, and not missed")
	}
	if _, err := New(); err == nil {
		t.Error("loaded without language data")
	}
	if err := os.WriteFile(filepath.Join(dir, language+".traineddata"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if CheckLanguageData() == nil {
		t.Error("empty, and not missed")
	}
}

func TestVersion(t *testing.T) {
	if v := Version(); !strings.HasPrefix(v, "5.") && !strings.HasPrefix(v, "4.") {
		t.Errorf("version %q", v)
	}
}

func BenchmarkRead(b *testing.B) {
	g := written(b, strings.Repeat("UTOPIA", 6))
	r := reader(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Read(g, Line); err != nil {
			b.Fatal(err)
		}
	}
}
