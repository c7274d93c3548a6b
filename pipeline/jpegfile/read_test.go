package jpegfile_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"touchstone.internal/pipeline/jpegfile"
)

// scene is a picture with edges, slopes and noise.
func scene(w, h int, seed uint64) *image.YCbCr {
	rng := rand.New(rand.NewPCG(seed, 1))
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := uint8(rng.IntN(30) + 8*(x%13) + 3*(y%31))
			m.SetRGBA(x, y, color.RGBA{v, uint8(x), uint8(y) ^ v, 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 100}); err != nil {
		panic(err)
	}
	out, err := jpeg.Decode(&b)
	if err != nil {
		panic(err)
	}
	return out.(*image.YCbCr)
}

func encode(t testing.TB, m image.Image, quality int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(t testing.TB, b []byte) *jpegfile.File {
	t.Helper()
	f, err := jpegfile.Read(b, jpegfile.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// tool runs one of libjpeg's programs on a file.
func tool(t testing.TB, in []byte, name string, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s is not installed (libjpeg-turbo-progs)", name)
	}
	cmd := exec.CommandContext(t.Context(), name, args...)
	var out, said bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(in), &out, &said
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %v: %v: %s", name, args, err, said.String())
	}
	return out.Bytes()
}

// pnm takes the samples out of a PNM file.
func pnm(t testing.TB, b []byte) (w, h, channels int, pix []byte) {
	t.Helper()
	var kind string
	var most int
	r := bytes.NewReader(b)
	if _, err := fmt.Fscanf(r, "%s\n%d %d\n%d\n", &kind, &w, &h, &most); err != nil {
		t.Fatal(err)
	}
	channels = map[string]int{"P5": 1, "P6": 3}[kind]
	return w, h, channels, b[len(b)-w*h*channels:]
}

// toPNM writes a picture for cjpeg.
func toPNM(m *image.YCbCr) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "P6\n%d %d\n255\n", m.Rect.Dx(), m.Rect.Dy())
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			r, g, bl, _ := m.At(x, y).RGBA()
			b.Write([]byte{byte(r >> 8), byte(g >> 8), byte(bl >> 8)})
		}
	}
	return b.Bytes()
}

// kinds are the ways in which libjpeg writes files that are read.
var kinds = map[string][]string{
	"baseline 4:2:0":      {"-sample", "2x2"},
	"baseline 4:4:4":      {"-sample", "1x1"},
	"baseline 4:2:2":      {"-sample", "2x1"},
	"baseline 4:4:0":      {"-sample", "1x2"},
	"baseline 4:1:1":      {"-sample", "4x1"},
	"optimised":           {"-optimize"},
	"restart, each row":   {"-restart", "1"},
	"restart, each 3":     {"-restart", "3B"},
	"progressive":         {"-progressive"},
	"progressive 4:4:4":   {"-progressive", "-sample", "1x1"},
	"progressive, grey":   {"-progressive", "-grayscale"},
	"progressive restart": {"-progressive", "-restart", "5B"},
	"grey":                {"-grayscale"},
}

// TestAgainstLibjpeg: every sample of the luminance equals what libjpeg decodes,
// over hundreds of files of all kinds, which no wrong coefficient would let be.
func TestAgainstLibjpeg(t *testing.T) {
	sizes := [][2]int{{64, 48}, {65, 49}, {7, 5}, {1, 1}, {129, 31}, {200, 120}}
	files := 0
	for name, args := range kinds {
		for i, size := range sizes {
			for _, quality := range []int{30, 60, 75, 85, 92, 98, 100} {
				b := tool(t, toPNM(scene(size[0], size[1], uint64(i))), "cjpeg", append([]string{"-dct", "int", "-quality", fmt.Sprint(quality)}, args...)...)
				f := read(t, b)
				w, h, _, want := pnm(t, tool(t, b, "djpeg", "-dct", "int", "-grayscale", "-pnm"))
				y := f.Plane(0)
				if y.Rect.Dx() != w || y.Rect.Dy() != h {
					t.Fatalf("%s: %v; want %d x %d", name, y.Rect, w, h)
				}
				for row := range h {
					if !bytes.Equal(y.Pix[row*y.Stride:][:w], want[row*w:][:w]) {
						t.Fatalf("%s, %d x %d, quality %d: row %d differs", name, w, h, quality, row)
					}
				}
				if f.End != len(b) || f.Progressive != strings.Contains(name, "progressive") {
					t.Errorf("%s: ends at %d of %d, progressive %v", name, f.End, len(b), f.Progressive)
				}
				files++
			}
		}
	}
	if files < 500 {
		t.Errorf("%d files are fewer than 500", files)
	}
}

// TestTranscoded: what jpegtran writes anew without loss has the same
// coefficients, whichever way they are coded.
func TestTranscoded(t *testing.T) {
	for i, size := range [][2]int{{200, 120}, {65, 49}, {15, 33}} {
		b := encode(t, scene(size[0], size[1], uint64(i)), 90)
		want := read(t, b)
		for _, args := range [][]string{{"-progressive"}, {"-optimize"}, {"-restart", "1"}, {"-progressive", "-restart", "7B"}} {
			got := read(t, tool(t, b, "jpegtran", args...))
			for c := range want.Components {
				w, g := &want.Components[c], &got.Components[c]
				for y := range w.High {
					for x := range w.Wide {
						if *w.Block(x, y) != *g.Block(x, y) {
							t.Fatalf("%v, component %d: block %d, %d differs", args, c, x, y)
						}
					}
				}
			}
		}
	}
}

// TestAgainstGo: the standard library's files are read, with their tables.
func TestAgainstGo(t *testing.T) {
	b := encode(t, scene(50, 40, 3), 75)
	f := read(t, b)
	if f.Width != 50 || f.Height != 40 || len(f.Components) != 3 || f.Components[0].H != 2 || len(f.Scans) != 1 || len(f.Huffman) != 4 || len(f.Quantisation) != 2 {
		t.Errorf("%d x %d, %d components, %d scans, %d Huffman tables", f.Width, f.Height, len(f.Components), len(f.Scans), len(f.Huffman))
	}
	if f.Quantisation[0].Steps[0] != 8 || f.Quantisation[0].Steps[63] != 50 || f.Quantisation[0].Steps[1] != 6 { // T.81, K.1, halved
		t.Errorf("steps %v", f.Quantisation[0].Steps)
	}
	var markers []jpegfile.Marker
	for _, s := range f.Segments {
		if b[s.Offset] != 0xFF || b[s.Offset+1] != byte(s.Marker) {
			t.Errorf("marker %#x is not at %d", s.Marker, s.Offset)
		}
		markers = append(markers, s.Marker)
	}
	want := []jpegfile.Marker{jpegfile.SOI, jpegfile.DQT, jpegfile.SOF0, jpegfile.DHT, jpegfile.SOS, jpegfile.EOI}
	if !slices.Equal(markers, want) {
		t.Errorf("markers %x; want %x", markers, want)
	}
}

// TestHead: what stands before the pixels is the same without them.
func TestHead(t *testing.T) {
	for quality := 1; quality <= 100; quality++ {
		b := encode(t, scene(20, 20, 1), quality)
		f, err := jpegfile.Head(b, jpegfile.DefaultLimits)
		if err != nil {
			t.Fatal(err)
		}
		if f.Quality() != quality || f.Width != 20 || f.Components[0].Quantised != nil || len(f.Scans) > 0 || b[f.End-14] != 0xFF {
			t.Fatalf("quality %d: %d, %+v", quality, f.Quality(), f.End)
		}
	}
	for _, b := range [][]byte{nil, []byte("\xFF\xD8\xFF\xD9"), []byte("\xFF\xD8\xFF\xDA\x00\x02\xFF\xD9")} {
		if f, err := jpegfile.Head(b, jpegfile.DefaultLimits); !errors.Is(err, jpegfile.ErrDamaged) || f != nil {
			t.Errorf("%x: %v", b, err)
		}
	}
}

// TestRefused: each with its own error, and none with a panic.
func TestRefused(t *testing.T) {
	whole := encode(t, scene(64, 64, 1), 90)
	change := func(marker jpegfile.Marker, at int, to ...byte) []byte {
		b := bytes.Clone(whole)
		i := bytes.Index(b, []byte{0xFF, byte(marker)})
		copy(b[i+at:], to)
		return b
	}
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"nothing":              {nil, jpegfile.ErrDamaged},
		"a PNG":                {[]byte("\x89PNG\r\n\x1a\n"), jpegfile.ErrDamaged},
		"no end":               {whole[:len(whole)-2], jpegfile.ErrDamaged},
		"half":                 {whole[:len(whole)/2], jpegfile.ErrDamaged},
		"the head alone":       {whole[:20], jpegfile.ErrDamaged},
		"12 bits":              {change(jpegfile.SOF0, 4, 12), jpegfile.ErrUnsupported},
		"lossless":             {change(jpegfile.SOF0, 1, 0xC3), jpegfile.ErrUnsupported},
		"arithmetic":           {change(jpegfile.SOF0, 1, 0xC9), jpegfile.ErrUnsupported},
		"no height":            {change(jpegfile.SOF0, 5, 0, 0), jpegfile.ErrUnsupported},
		"65,535 pixels square": {change(jpegfile.SOF0, 5, 0xFF, 0xFF, 0xFF, 0xFF), jpegfile.ErrLimit},
		"a step of 0":          {change(jpegfile.DQT, 5, 0), jpegfile.ErrDamaged},
		"a component twice":    {change(jpegfile.SOF0, 13, 1), jpegfile.ErrDamaged},
		"a sampling of 0":      {change(jpegfile.SOF0, 11, 0), jpegfile.ErrDamaged},
		"a part of the scan":   {change(jpegfile.SOS, 12, 5), jpegfile.ErrDamaged},
		"too many codes":       {change(jpegfile.DHT, 5, 3), jpegfile.ErrDamaged},
	} {
		f, err := jpegfile.Read(c.file, jpegfile.DefaultLimits)
		if !errors.Is(err, c.want) || f != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	progressive := tool(t, whole, "jpegtran", "-progressive")
	if _, err := jpegfile.Read(progressive, jpegfile.Limits{Pixels: 1 << 20, Scans: 3}); !errors.Is(err, jpegfile.ErrLimit) {
		t.Errorf("too many scans: %v", err)
	}
	if _, err := jpegfile.Read(tool(t, whole, "jpegtran", "-arithmetic"), jpegfile.DefaultLimits); !errors.Is(err, jpegfile.ErrUnsupported) {
		t.Errorf("arithmetic: %v", err)
	}
}

// TestAfterTheEnd: what follows the picture is seen, and is no part of it.
func TestAfterTheEnd(t *testing.T) {
	b := encode(t, scene(16, 16, 1), 90)
	f := read(t, append(bytes.Clone(b), "more"...))
	if f.End != len(b) {
		t.Errorf("ends at %d; want %d", f.End, len(b))
	}
}

func FuzzRead(f *testing.F) {
	m := scene(24, 20, 1)
	b := encode(f, m, 80)
	f.Add(b)
	if _, err := exec.LookPath("jpegtran"); err == nil {
		f.Add(tool(f, b, "jpegtran", "-progressive"))
		f.Add(tool(f, b, "jpegtran", "-restart", "1B"))
	}
	limits := jpegfile.Limits{Pixels: 1 << 16, Scans: 20}
	f.Fuzz(func(t *testing.T, b []byte) {
		if head, err := jpegfile.Head(b, limits); err == nil && (head.Quality() < 1 || head.Quality() > 100) {
			t.Fatalf("quality %d", head.Quality())
		}
		file, err := jpegfile.Read(b, limits)
		if err != nil {
			if file != nil || !errors.Is(err, jpegfile.ErrDamaged) && !errors.Is(err, jpegfile.ErrUnsupported) && !errors.Is(err, jpegfile.ErrLimit) {
				t.Fatalf("%v", err)
			}
			return
		}
		for i, c := range file.Components {
			if plane := file.Plane(i); plane.Rect.Dx() > 8*c.Wide {
				t.Fatalf("a plane of %v", plane.Rect)
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	file := encode(b, scene(1680, 1200, 1), 90)
	b.Run("coefficients", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			read(b, file)
		}
	})
	b.Run("standard decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := jpeg.Decode(bytes.NewReader(file)); err != nil {
				b.Fatal(err)
			}
		}
	})
	f := read(b, file)
	b.Run("luminance", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f.Plane(0)
		}
	})
}
