package prepare

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/color/palette"
	"image/draw"
	"sync"
	"testing"

	"touchstone.internal/fixtures"
	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/ocr"
)

// tesseract is loaded once for all tests; they run one after another.
var tesseract = sync.OnceValues(ocr.New)

func second(t testing.TB) *ocr.Reader {
	t.Helper()
	r, err := tesseract()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestProblems(t *testing.T) {
	small := image.NewGray(image.Rect(0, 0, 199, 50))
	for name, tt := range map[string]struct {
		file []byte
		want pipeline.Problem
	}{
		"nothing":                      {nil, pipeline.ProblemEmpty},
		"one byte over":                {append([]byte("\xff\xd8\xff"), make([]byte, pipeline.MaxUploadBytes-2)...), pipeline.ProblemTooBig},
		"text":                         {[]byte("P<UTOERIKSSON<<ANNA<MARIA"), pipeline.ProblemNotPicture},
		"GIF":                          {[]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), pipeline.ProblemNotPicture},
		"PDF":                          {[]byte("%PDF-1.7\n1 0 obj"), pipeline.ProblemNotPicture},
		"head of a JPEG":               {[]byte("\xff\xd8\xff\xe0"), pipeline.ProblemCorrupt},
		"head of a PNG":                {[]byte("\x89PNG\r\n\x1a\n"), pipeline.ProblemCorrupt},
		"head of a WebP":               {[]byte("RIFF\x04\x00\x00\x00WEBP"), pipeline.ProblemCorrupt},
		"PNG of nothing":               {pngHead(0, 300, 8, 2), pipeline.ProblemCorrupt},
		"PNG that ends":                {pngHead(300, 300, 8, 2), pipeline.ProblemCorrupt},
		"PNG, 30,000 a side":           {pngHead(30_000, 30_000, 8, 2), pipeline.ProblemTooManyPixel},
		"PNG, 2^31-1 a side":           {pngHead(1<<31-1, 1<<31-1, 8, 6), pipeline.ProblemCorrupt},
		"PNG, just too wide":           {pngHead(12_001, 300, 8, 0), pipeline.ProblemTooManyPixel},
		"PNG, just too many":           {pngHead(10_000, 5_001, 8, 0), pipeline.ProblemTooManyPixel},
		"PNG of 16 bits, too many":     {pngHead(10_000, 2_501, 16, 6), pipeline.ProblemTooManyPixel},
		"JPEG, 65,535 a side":          {flatJPEG(0xc0, 65_535, 1, 3, 1), pipeline.ProblemTooManyPixel},
		"progressive, too many":        {flatJPEG(0xc2, 10_000, 2_501, 3, 1), pipeline.ProblemTooManyPixel},
		"progressive, 65 scans":        {flatJPEG(0xc2, 400, 300, 1, 65), pipeline.ProblemTooManyScans},
		"WebP that hides its size":     {riffOf(canvas(300, 300, 0), losslessChunk(16_000, 9_000, 1, 2, 3, 4)), pipeline.ProblemTooManyPixel},
		"WebP, too many":               {riffOf(losslessChunk(16_000, 300, 1, 2, 3, 4)), pipeline.ProblemTooManyPixel},
		"animated WebP":                {riffOf(canvas(300, 300, 2), chunk{"ANIM", make([]byte, 6)}, chunk{"ANMF", make([]byte, 40)}), pipeline.ProblemCorrupt},
		"199 pixels":                   {pngOf(t, small), pipeline.ProblemTooSmall},
		"JPEG whose picture is absent": {flatJPEG(0xc0, 400, 300, 3, 0), pipeline.ProblemCorrupt},
	} {
		t.Run(name, func(t *testing.T) {
			in := Prepare(tt.file, Job{}, nil)
			if in.Problem != tt.want || len(in.Pages) != 0 {
				t.Errorf("problem %q, %d pages; want %q and none", in.Problem, len(in.Pages), tt.want)
			}
		})
	}
}

func TestTruncated(t *testing.T) {
	m, _ := document(t, mrz.TD1, 80)
	for name, file := range map[string][]byte{"jpeg": jpegOf(t, m), "png": pngOf(t, m)} {
		for _, part := range []int{3, 10, 90} {
			in := Prepare(file[:len(file)*part/100], Job{}, nil)
			if in.Problem != pipeline.ProblemCorrupt {
				t.Errorf("%s cut to %d %%: problem %q", name, part, in.Problem)
			}
		}
	}
}

// TestKinds decodes every kind of file that is taken.
func TestKinds(t *testing.T) {
	r := image.Rect(0, 0, 240, 120)
	uniform := func(dst draw.Image, c color.Color) draw.Image {
		draw.Draw(dst, r, image.NewUniform(c), image.Point{}, draw.Src)
		return dst
	}
	clear := color.NRGBA{R: 10, G: 10, B: 10, A: 0}
	for name, tt := range map[string]struct {
		file []byte
		want color.NRGBA
		luma uint8
	}{
		"grey":            {pngOf(t, uniform(image.NewGray(r), color.Gray{Y: 77})), color.NRGBA{77, 77, 77, 255}, 77},
		"16 bit grey":     {pngOf(t, uniform(image.NewGray16(r), color.Gray16{Y: 77 * 257})), color.NRGBA{77, 77, 77, 255}, 77},
		"16 bit colour":   {pngOf(t, uniform(image.NewNRGBA64(r), color.NRGBA64{R: 200 * 257, A: 65535})), color.NRGBA{200, 0, 0, 255}, 60},
		"palette":         {pngOf(t, uniform(image.NewPaletted(r, palette.Plan9), color.White)), color.NRGBA{255, 255, 255, 255}, 255},
		"see-through":     {pngOf(t, uniform(image.NewNRGBA(r), clear)), color.NRGBA{255, 255, 255, 255}, 255},
		"half through":    {pngOf(t, uniform(image.NewNRGBA(r), color.NRGBA{A: 128})), color.NRGBA{127, 127, 127, 255}, 127},
		"grey JPEG":       {jpegOf(t, uniform(image.NewGray(r), color.Gray{Y: 90})), color.NRGBA{90, 90, 90, 255}, 90},
		"colour JPEG":     {jpegOf(t, uniform(image.NewRGBA(r), color.RGBA{0, 0, 255, 255})), color.NRGBA{0, 0, 254, 255}, 29},
		"CMYK JPEG":       {flatJPEG(0xc0, 240, 120, 4, 1), color.NRGBA{63, 63, 63, 255}, 63},
		"progressive":     {flatJPEG(0xc2, 240, 120, 3, 1), color.NRGBA{128, 128, 128, 255}, 128},
		"lossless WebP":   {riffOf(losslessChunk(240, 120, 9, 99, 199, 255)), color.NRGBA{9, 99, 199, 255}, 83},
		"see-through too": {riffOf(losslessChunk(240, 120, 9, 99, 199, 0)), color.NRGBA{255, 255, 255, 255}, 255},
	} {
		t.Run(name, func(t *testing.T) {
			in := Prepare(tt.file, Job{}, nil)
			if in.Problem != pipeline.ProblemNone || len(in.Pages) != 1 {
				t.Fatalf("problem %q, %d pages", in.Problem, len(in.Pages))
			}
			p := in.Pages[0]
			if p.Width != 240 || p.Height != 120 || p.Image.Rect != r || p.Gray.Rect != r {
				t.Errorf("%d x %d, image %v, grey %v", p.Width, p.Height, p.Image.Rect, p.Gray.Rect)
			}
			got, want := p.Image.NRGBAAt(100, 50), tt.want
			if far(got.R, want.R) || far(got.G, want.G) || far(got.B, want.B) || got.A != 255 || far(p.Gray.GrayAt(100, 50).Y, tt.luma) {
				t.Errorf("colour %v, luma %v; want %v, %v", got, p.Gray.GrayAt(100, 50).Y, want, tt.luma)
			}
		})
	}
}

func far(a, b uint8) bool { return max(a, b)-min(a, b) > 2 }

// TestExifTurns reads one document however it is stored.
func TestExifTurns(t *testing.T) {
	m, truth := document(t, mrz.TD1, 110)
	for exif := 1; exif <= 8; exif++ {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			want := pipeline.OrientationOf(exif)
			file := withExif(jpegOf(t, stored(m, want)), exifOf(order, uint16(exif)))
			if got := orientation(file, pipeline.JPEG, headOf(file, pipeline.JPEG)); got != want {
				t.Fatalf("EXIF %d, %v: %+v; want %+v", exif, order, got, want)
			}
			if order == binary.AppendByteOrder(binary.BigEndian) {
				continue // read once is enough
			}
			t.Run(fmt.Sprint(exif), func(t *testing.T) { readsAs(t, file, m.Rect, truth, want) })
		}
	}
}

// readsAs holds that a file reads as the truth, upright, with its boxes where
// it is stored.
func readsAs(t *testing.T, file []byte, upright image.Rectangle, truth fixtures.Truth, want pipeline.Orientation) {
	t.Helper()
	in := Prepare(file, Job{}, nil)
	if len(in.Pages) != 1 || len(in.Pages[0].Zones) != 1 {
		t.Fatalf("problem %q, %d zones", in.Problem, len(in.Zones()))
	}
	p := in.Pages[0]
	if p.Orientation != want || p.Image.Rect != upright || p.Gray.Rect != upright {
		t.Errorf("turn %+v, image %v, grey %v; want %+v, %v", p.Orientation, p.Image.Rect, p.Gray.Rect, want, upright)
	}
	for l, line := range p.Zones[0].Lines {
		if line.Text() != truth.Lines[l] {
			t.Errorf("line %q; want %q", line.Text(), truth.Lines[l])
		}
		q := truth.LineBoxes[l]
		for i, c := range line.Chars {
			k := (float64(i) + .5) / float64(len(line.Chars))
			x, y := int(q[0].X+k*(q[1].X-q[0].X)), int((q[0].Y+q[3].Y)/2)
			if at := want.ToStored(image.Rect(x, y, x+1, y+1), p.Width, p.Height); !at.In(c.Box) {
				t.Fatalf("line %d, character %d in %v; want it to hold %v", l, i, c.Box, at)
			}
		}
	}
}

// TestTurnWithoutExif reads a document on its side, with and without a false
// EXIF turn on top.
func TestTurnWithoutExif(t *testing.T) {
	m, truth := document(t, mrz.TD3, 90)
	for quarters := 1; quarters < 4; quarters++ {
		o := pipeline.Orientation{Quarters: quarters}
		readsAs(t, pngOf(t, stored(m, o)), m.Rect, truth, o)
	}
	readsAs(t, withExif(jpegOf(t, m), exifOf(binary.LittleEndian, 6)), m.Rect, truth, pipeline.Orientation{})
}

func TestReadsSpecimens(t *testing.T) {
	for i, format := range []mrz.Format{mrz.TD1, mrz.TD2, mrz.TD3, mrz.MRVA, mrz.MRVB} {
		file, truth, err := fixtures.Take(fixtures.Spec{Format: format, Seed: uint64(i), Resolution: 150}, fixtures.CapturePhone)
		if err != nil {
			t.Fatal(err)
		}
		zones := Prepare(file, Job{}, second(t)).Zones()
		if len(zones) != 1 || fmt.Sprint(zones[0].MRZ.Lines) != fmt.Sprint(truth.Lines) {
			t.Errorf("%s: read %v; want %q", format, zones, truth.Lines)
			continue
		}
		n, all := 0, 0
		for _, l := range zones[0].Lines {
			for _, c := range l.Chars {
				all++
				if c.Certain() {
					n++
				}
			}
		}
		if n < all*9/10 {
			t.Errorf("%s: %d of %d characters certain", format, n, all)
		}
	}
}

// TestSameAnswerTwice: the same bytes must give the same reading, or a report
// could not be checked afterwards.
func TestSameAnswerTwice(t *testing.T) {
	m, _ := document(t, mrz.TD2, 100)
	file := jpegOf(t, m)
	a, b := Prepare(file, Job{}, second(t)), Prepare(file, Job{}, second(t))
	if fmt.Sprint(a.Zones(), a.Pages[0].Words) != fmt.Sprint(b.Zones(), b.Pages[0].Words) || !bytes.Equal(a.Pages[0].Image.Pix, b.Pages[0].Image.Pix) {
		t.Error("two readings differ")
	}
}

func TestUpright(t *testing.T) {
	if r := Upright(pipeline.Page{}); r.Width != 0 || len(r.Pix) != 0 {
		t.Errorf("of nothing: %d x %d", r.Width, r.Height)
	}
	for _, side := range []int{300, 1600, 1601, 5000} {
		m := image.NewNRGBA(image.Rect(0, 0, side, 3))
		r := Upright(pipeline.Page{Image: m})
		if r.Width != min(side, 1600) || r.Height < 1 || len(r.Pix) != 3*r.Width*r.Height {
			t.Errorf("of %d: %d x %d, %d bytes", side, r.Width, r.Height, len(r.Pix))
		}
	}
}

func FuzzPrepare(f *testing.F) {
	m, _ := document(f, mrz.TD1, 60)
	f.Add(jpegOf(f, m))
	f.Add(pngOf(f, m))
	f.Add(withExif(flatJPEG(0xc2, 240, 120, 3, 2), exifOf(binary.BigEndian, 7)))
	f.Add(riffOf(losslessChunk(240, 120, 9, 99, 199, 255)))
	f.Add(pngHead(300, 300, 8, 3))
	f.Add([]byte("RIFF\x04\x00\x00\x00WEBPVP8X"))
	f.Fuzz(func(t *testing.T, file []byte) {
		in := Prepare(file, Job{}, nil)
		if (in.Problem == pipeline.ProblemNone) != (len(in.Pages) == 1) {
			t.Fatalf("problem %q with %d pages", in.Problem, len(in.Pages))
		}
		for _, p := range in.Pages {
			if p.Image == nil || p.Gray == nil || p.Image.Rect != p.Gray.Rect || p.Width < 1 || p.Height < 1 || p.Orientation.Quarters < 0 || p.Orientation.Quarters > 3 {
				t.Fatalf("page %d x %d, %+v", p.Width, p.Height, p.Orientation)
			}
			for _, z := range p.Zones {
				for _, l := range z.Lines {
					for _, c := range l.Chars {
						if !c.Box.In(image.Rect(0, 0, p.Width, p.Height)) {
							t.Fatalf("%+v", c)
						}
					}
				}
			}
		}
	})
}

func FuzzExif(f *testing.F) {
	f.Add(withExif(flatJPEG(0xc0, 16, 16, 1, 1), exifOf(binary.LittleEndian, 3)))
	f.Add(exifOf(binary.BigEndian, 8))
	f.Add(riffOf(canvas(16, 16, 8), chunk{"EXIF", exifOf(binary.BigEndian, 5)}))
	f.Add(append(pngHead(16, 16, 8, 2), "\x00\x00\x00\x01eXIfM\x00\x00\x00\x00"...))
	f.Fuzz(func(t *testing.T, file []byte) {
		for _, kind := range []pipeline.MediaType{pipeline.JPEG, pipeline.PNG, pipeline.WebP} {
			if o := orientation(file, kind, headOf(file, kind)); o.Quarters < 0 || o.Quarters > 3 {
				t.Errorf("%s: %+v", kind, o)
			}
		}
		if v := tiffOrientation(file); v < 0 || v > 65535 {
			t.Errorf("tag %d", v)
		}
	})
}

func FuzzLimits(f *testing.F) {
	f.Add(flatJPEG(0xc2, 400, 300, 3, 3))
	f.Add(riffOf(canvas(16, 16, 0), losslessChunk(16, 16, 1, 2, 3, 4)))
	f.Add(pngHead(300, 300, 16, 6))
	f.Fuzz(func(t *testing.T, file []byte) {
		if n, _ := jpegScans(file); n < 0 || n > len(file)/2 {
			t.Errorf("%d scans in %d bytes", n, len(file))
		}
		if p := webpFrame(file); p.X < 0 || p.Y < 0 || p.X > 1<<14 || p.Y > 1<<14 {
			t.Errorf("a frame of %v", p)
		}
		for _, kind := range []pipeline.MediaType{pipeline.JPEG, pipeline.PNG, pipeline.WebP} {
			c, problem := admit(file, kind)
			if problem == pipeline.ProblemNone && (c.Width < 1 || c.Height < 1 || c.Width > maxSide || c.Height > maxSide || c.Width*c.Height > maxPixels) {
				t.Errorf("%d x %d is let in", c.Width, c.Height)
			}
		}
	})
}

func BenchmarkPrepare(b *testing.B) {
	for name, dpi := range map[string]float64{"page_300dpi": 300, "12_megapixels": 812} {
		m, _ := document(b, mrz.TD3, dpi)
		file := jpegOf(b, m)
		b.Run(name, func(b *testing.B) {
			r := second(b)
			b.ReportAllocs()
			b.SetBytes(int64(4 * m.Rect.Dx() * m.Rect.Dy()))
			for b.Loop() {
				if in := Prepare(file, Job{}, r); len(in.Zones()) != 1 {
					b.Fatal("no zone")
				}
			}
		})
	}
}
