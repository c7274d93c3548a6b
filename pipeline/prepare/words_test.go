package prepare

import (
	"fmt"
	"image"
	"slices"
	"strings"
	"testing"

	"touchstone.internal/checks"
	"touchstone.internal/fixtures"
	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

// TestReadsThePage finds the number and the dates in their places, however the
// picture is stored, and nothing in the zone's.
func TestReadsThePage(t *testing.T) {
	for i, format := range []mrz.Format{mrz.TD1, mrz.TD2, mrz.TD3, mrz.MRVA, mrz.MRVB} {
		m, truth := document(t, format, 240)
		p := Prepare(pngOf(t, stored(m, pipeline.Orientation{Quarters: i % 4})), Job{}, second(t)).Pages[0]
		in := func(f fixtures.Field, w pipeline.Word) bool {
			at := p.Orientation.ToUpright(w.Box, p.Width, p.Height)
			return at.In(image.Rect(int(f.Box[0].X), int(f.Box[0].Y), int(f.Box[2].X), int(f.Box[2].Y)).Inset(-12))
		}
		for _, f := range truth.Fields {
			found := true
			switch f.Name {
			case mrz.DocumentNumber: // its 0 is taken for an O
				found = slices.ContainsFunc(p.Words, func(w pipeline.Word) bool {
					return in(f, w) && strings.ReplaceAll(w.Text, "O", "0") == f.Value && w.Certain()
				})
			case mrz.DateOfBirth, mrz.DateOfExpiry:
				found = slices.ContainsFunc(p.Dates(), func(d pipeline.PrintedDate) bool {
					day := strings.HasPrefix(f.Value, d.Day.Format("02 ")) && strings.HasSuffix(f.Value, d.Day.Format(" 2006"))
					return day && d.Sure && in(f, d.Words[0])
				})
			default:
			}
			if !found {
				t.Errorf("%s: %s %s is not read surely in its place", format, f.Name, f.Value)
			}
		}
		zone := p.Zones[0].Box(0).Rect().Inset(2)
		if i := slices.IndexFunc(p.Words, func(w pipeline.Word) bool { return w.Box.Overlaps(zone) }); i >= 0 {
			t.Errorf("%s: %q stands in the zone", format, p.Words[i].Text)
		}
	}
}

// A page without a zone, or read without tesseract, has no words.
func TestNoWords(t *testing.T) {
	m, _ := document(t, mrz.TD1, 150)
	white := image.NewGray(image.Rect(0, 0, 400, 300))
	for i := range white.Pix {
		white.Pix[i] = 255
	}
	for name, in := range map[string]*pipeline.Input{
		"no zone": Prepare(pngOf(t, white), Job{}, second(t)), "no tesseract": Prepare(pngOf(t, m), Job{}, nil),
	} {
		if len(in.Pages[0].Words) > 0 {
			t.Errorf("%s: %v", name, in.Pages[0].Words)
		}
	}
}

// TestEqualPageNeverFails takes pictures of pages that print what their zones
// say: blurred, askew, in bad light, and too small.
func TestEqualPageNeverFails(t *testing.T) {
	viz, _ := checks.ByID("VIZ-01")
	same := 0
	for i, format := range []mrz.Format{mrz.TD1, mrz.TD2, mrz.TD3, mrz.MRVA, mrz.MRVB} {
		for _, dpi := range []float64{110, 200} {
			file, _, err := fixtures.Take(fixtures.Spec{Format: format, Seed: uint64(40 + i), Resolution: dpi}, fixtures.CapturePhone)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range viz.Run(Prepare(file, Job{}, second(t))) {
				if f.Outcome == pipeline.Fail {
					t.Errorf("%s at %v: %s", format, dpi, f.Reason)
				}
				if f.Outcome == pipeline.OK {
					same++
				}
			}
		}
	}
	if same < 5 {
		t.Errorf("%d of 10 are found to agree", same)
	}
}

// TestWordsOfAnyZone holds that odd zones and pages break nothing.
func TestWordsOfAnyZone(t *testing.T) {
	gray := image.NewGray(image.Rect(0, 0, 300, 200))
	char := func(x0, y0, x1, y1 int) pipeline.Line {
		return pipeline.Line{Chars: []pipeline.Char{{Box: image.Rect(x0, y0, x1, y1)}}}
	}
	for i, z := range []pipeline.Zone{
		{},
		{Lines: []pipeline.Line{{}}},
		{Lines: []pipeline.Line{{}, char(10, 10, 11, 11)}},
		{Lines: []pipeline.Line{char(0, 0, 300, 200)}},
		{Lines: []pipeline.Line{char(299, 199, 300, 200)}},
		{Lines: []pipeline.Line{char(0, 0, 1, 200)}},
	} {
		p := pipeline.Page{Width: 300, Height: 200, Gray: gray, Zones: []pipeline.Zone{z, z}}
		if ws := words(p, second(t)); len(ws) > 0 {
			t.Errorf("zone %d: %v", i, ws)
		}
	}
}

func BenchmarkWords(b *testing.B) {
	for _, dpi := range []float64{150, 300, 600} {
		m, _ := document(b, mrz.TD3, dpi)
		p := Prepare(jpegOf(b, m), Job{}, second(b)).Pages[0]
		b.Run(fmt.Sprintf("%.1f_megapixels", float64(m.Rect.Dx()*m.Rect.Dy())/1e6), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if len(words(p, second(b))) < 40 {
					b.Fatal("hardly a word")
				}
			}
		})
	}
}
