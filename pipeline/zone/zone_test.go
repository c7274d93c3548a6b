package zone

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
	"time"

	"touchstone.internal/fixtures"
	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

// drawn gives a document of Utopia in grey on a white ground, at a resolution
// in pixels an inch. A pitch is a tenth of an inch.
func drawn(t testing.TB, spec fixtures.Spec) (*image.Gray, fixtures.Truth) {
	t.Helper()
	m, truth, err := fixtures.Draw(spec)
	if err != nil {
		t.Fatal(err)
	}
	return onWhite(m), truth
}

func onWhite(m *image.RGBA) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, m.Rect.Dx(), m.Rect.Dy()))
	draw.Draw(g, g.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(g, g.Rect, m, m.Rect.Min, draw.Over)
	return g
}

// shot takes a picture of a drawn document.
func shot(t testing.TB, spec fixtures.Spec, c fixtures.Capture) (*image.Gray, fixtures.Truth) {
	t.Helper()
	m, truth, err := fixtures.Draw(spec)
	if err != nil {
		t.Fatal(err)
	}
	p, _ := fixtures.Shoot(m, c, spec.Seed)
	return onWhite(p), truth
}

func texts(z pipeline.Zone) (lines []string) {
	for _, l := range z.Lines {
		lines = append(lines, l.Text())
	}
	return lines
}

// only gives the one zone that was to be found, and complains of any difference.
func only(t testing.TB, f Found, truth fixtures.Truth) pipeline.Zone {
	t.Helper()
	if len(f.Zones) != 1 {
		t.Fatalf("%d zones found; want 1", len(f.Zones))
	}
	z := f.Zones[0]
	if got, want := texts(z), truth.Lines; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("read\n%q; want\n%q", got, want)
	}
	if z.MRZ.Format != truth.Format {
		t.Errorf("format %v; want %v", z.MRZ.Format, truth.Format)
	}
	return z
}

// certain counts the certain characters of a zone, and those of them that are
// wrong.
func certain(z pipeline.Zone, want []string) (n, wrong, all int) {
	for l, line := range z.Lines {
		for i, c := range line.Chars {
			all++
			if !c.Certain() {
				continue
			}
			n++
			if l >= len(want) || i >= len(want[l]) || want[l][i] != c.Rune {
				wrong++
			}
		}
	}
	return n, wrong, all
}

func formats() []mrz.Format { return []mrz.Format{mrz.TD1, mrz.TD2, mrz.TD3, mrz.MRVA, mrz.MRVB} }

func TestReadsEveryFormat(t *testing.T) {
	for i, format := range formats() {
		t.Run(string(format), func(t *testing.T) {
			g, truth := drawn(t, fixtures.Spec{Format: format, Seed: uint64(i), Resolution: 110})
			z := only(t, Find(g), truth)
			if n, wrong, all := certain(z, truth.Lines); wrong > 0 || n < all*9/10 {
				t.Errorf("%d of %d characters certain, %d of them wrong", n, all, wrong)
			}
		})
	}
}

func TestTurnsAndBoxes(t *testing.T) {
	for quarter := range 4 {
		t.Run(fmt.Sprint(quarter), func(t *testing.T) {
			spec := fixtures.Spec{Format: mrz.TD1, Seed: 3, Resolution: 150}
			m, truth, err := fixtures.Draw(spec)
			if err != nil {
				t.Fatal(err)
			}
			p, to := fixtures.Shoot(m, fixtures.Capture{Margin: .05, Quarter: quarter, Desk: fixtures.Desk{Red: 90, Green: 80, Blue: 70}}, 1)
			f := Find(onWhite(p))
			z := only(t, f, truth)
			if want := (4 - quarter) % 4; f.Quarters != want {
				t.Errorf("to be turned by %d quarters; want %d", f.Quarters, want)
			}
			for l, line := range z.Lines {
				for i, c := range line.Chars {
					at := within(truth.LineBoxes[l], (float64(i)+.5)/float64(len(line.Chars)))
					at = to.Apply(at)
					if p := image.Pt(int(at.X), int(at.Y)); !p.In(c.Box) || c.Box.Dx() > 40 || c.Box.Dy() > 40 {
						t.Fatalf("line %d, character %d at %v; truth is at %v", l, i, c.Box, p)
					}
				}
			}
		})
	}
}

// within is the point at a share of the way along the middle of an area.
func within(q fixtures.Quad, k float64) fixtures.Point {
	mid := func(a, b fixtures.Point) fixtures.Point {
		return fixtures.Point{X: (a.X + b.X) / 2, Y: (a.Y + b.Y) / 2}
	}
	l, r := mid(q[0], q[3]), mid(q[1], q[2])
	return fixtures.Point{X: l.X + k*(r.X-l.X), Y: l.Y + k*(r.Y-l.Y)}
}

func TestReadsSmallAndLarge(t *testing.T) {
	for _, dpi := range []float64{62, 90, 400} {
		t.Run(fmt.Sprint(dpi), func(t *testing.T) {
			g, truth := drawn(t, fixtures.Spec{Format: mrz.TD1, Seed: 11, Resolution: dpi})
			only(t, Find(g), truth)
		})
	}
}

func TestReadsAskewAndInPerspective(t *testing.T) {
	desk := fixtures.Desk{Red: 60, Green: 60, Blue: 60, Grain: 4}
	for name, c := range map[string]fixtures.Capture{
		"5 degrees":     {Margin: .08, Angle: 5, Desk: desk},
		"-6 degrees":    {Margin: .08, Angle: -6, Desk: desk},
		"22 degrees":    {Margin: .3, Angle: 22, Desk: desk},
		"-45 degrees":   {Margin: .4, Angle: -45, Desk: desk},
		"118 degrees":   {Margin: .4, Angle: 28, Quarter: 1, Desk: desk},
		"-160 degrees":  {Margin: .3, Angle: 20, Quarter: 2, Desk: desk},
		"narrower left": {Margin: .08, Corners: [4][2]float64{{0, .04}, {0, 0}, {0, 0}, {0, -.04}}, Desk: desk},
		"narrower top":  {Margin: .08, Corners: [4][2]float64{{.05, 0}, {-.05, 0}, {0, 0}, {0, 0}}, Desk: desk, Angle: 2},
	} {
		t.Run(name, func(t *testing.T) {
			for _, format := range []mrz.Format{mrz.TD1, mrz.TD3} {
				g, truth := shot(t, fixtures.Spec{Format: format, Seed: 5, Resolution: 130}, c)
				only(t, Find(g), truth)
			}
		})
	}
}

// TestBlurMakesUnsure holds the worst defect away: that what cannot be read is
// read wrong and believed.
func TestBlurMakesUnsure(t *testing.T) {
	for _, blur := range []float64{2, 4, 7} {
		t.Run(fmt.Sprint(blur), func(t *testing.T) {
			g, truth := shot(t, fixtures.Spec{Format: mrz.TD2, Seed: 9, Resolution: 120}, fixtures.Capture{Blur: blur, Noise: 3})
			for _, z := range Find(g).Zones {
				n, wrong, all := certain(z, truth.Lines)
				if wrong > 0 {
					t.Errorf("%d characters certain and wrong", wrong)
				}
				if blur > 6 && n > all/4 {
					t.Errorf("%d of %d characters certain where nobody can read", n, all)
				}
			}
		})
	}
}

// adversaries are pictures without a zone that look busy.
func adversaries(w, h int) map[string]*image.Gray {
	rng := rand.New(rand.NewPCG(1, 2))
	out := map[string]*image.Gray{}
	for name, at := range map[string]func(x, y int) uint8{
		"white":          func(int, int) uint8 { return 255 },
		"noise":          func(int, int) uint8 { return uint8(rng.IntN(256)) },
		"level stripes":  func(_, y int) uint8 { return uint8(y / 5 % 2 * 255) },
		"dashes":         func(x, y int) uint8 { return uint8(255 * min(x/8%2+y/12%2, 1)) },
		"short dashes":   func(x, y int) uint8 { return uint8(255 * min(x%56/17+y%7/3, 1)) },
		"checks":         func(x, y int) uint8 { return uint8((x/7 + y/7) % 2 * 255) },
		"waves":          func(x, y int) uint8 { return uint8(128 + 100*math.Sin(float64(y)/4+3*math.Sin(float64(x)/30))) },
		"upright combs":  func(x, y int) uint8 { return uint8(255 * min(x/6%2+y/20%2, 1)) },
		"sloping stripe": func(x, y int) uint8 { return uint8((y + x/9) / 4 % 3 * 120) },
	} {
		g := image.NewGray(image.Rect(0, 0, w, h))
		for i := range g.Pix {
			g.Pix[i] = at(i%w, i/w)
		}
		out[name] = g
	}
	return out
}

func TestFindsNothingWhereNothingIs(t *testing.T) {
	pictures := adversaries(600, 400)
	pictures["front of TD1"], _ = drawn(t, fixtures.Spec{Format: mrz.TD1, Seed: 2, Side: fixtures.Front, Resolution: 200})
	pictures["back of TD2"], _ = drawn(t, fixtures.Spec{Format: mrz.TD2, Seed: 2, Resolution: 200})
	page := pictures["back of TD2"] // without its zone
	draw.Draw(page, image.Rect(0, page.Rect.Dy()*2/3, page.Rect.Dx(), page.Rect.Dy()), image.NewUniform(color.Gray{Y: 230}), image.Point{}, draw.Src)
	for name, g := range pictures {
		t.Run(name, func(t *testing.T) {
			for _, z := range Find(g).Zones {
				n, _, all := certain(z, nil)
				if regular := name == "upright combs" || name == "dashes" || name == "checks"; regular && n == 0 {
					continue // as even as print: what it finds there, it must not believe
				}
				t.Errorf("a zone %q, %d of %d certain", texts(z), n, all)
			}
		})
	}
}

func TestTwoDocumentsInOnePicture(t *testing.T) {
	a, first := drawn(t, fixtures.Spec{Format: mrz.TD3, Seed: 21, Resolution: 110})
	b, second := drawn(t, fixtures.Spec{Format: mrz.TD1, Seed: 22, Resolution: 110})
	g := image.NewGray(image.Rect(0, 0, a.Rect.Dx()+40, a.Rect.Dy()+b.Rect.Dy()+60))
	draw.Draw(g, g.Rect, image.NewUniform(color.Gray{Y: 180}), image.Point{}, draw.Src)
	draw.Draw(g, a.Rect.Add(image.Pt(20, 20)), a, image.Point{}, draw.Src)
	draw.Draw(g, b.Rect.Add(image.Pt(60, a.Rect.Dy()+40)), b, image.Point{}, draw.Src)
	got := map[string]bool{}
	for _, z := range Find(g).Zones {
		got[fmt.Sprint(texts(z))] = true
	}
	if len(got) != 2 || !got[fmt.Sprint(first.Lines)] || !got[fmt.Sprint(second.Lines)] {
		t.Errorf("read %v; want %q and %q", got, first.Lines, second.Lines)
	}
}

// TestADocumentAcrossAnother: what lies sideways beside an upright document is
// not hidden by it, and many are all found.
func TestADocumentAcrossAnother(t *testing.T) {
	a, first := drawn(t, fixtures.Spec{Format: mrz.TD3, Seed: 21, Resolution: 110})
	m, second, err := fixtures.Draw(fixtures.Spec{Format: mrz.TD1, Seed: 22, Resolution: 110})
	if err != nil {
		t.Fatal(err)
	}
	sideways, _ := fixtures.Shoot(m, fixtures.Capture{Quarter: 1}, 1)
	b := onWhite(sideways)
	g := image.NewGray(image.Rect(0, 0, a.Rect.Dx()+b.Rect.Dx()+60, max(a.Rect.Dy(), b.Rect.Dy())+40))
	draw.Draw(g, g.Rect, image.NewUniform(color.Gray{Y: 180}), image.Point{}, draw.Src)
	draw.Draw(g, a.Rect.Add(image.Pt(20, 20)), a, image.Point{}, draw.Src)
	draw.Draw(g, b.Rect.Add(image.Pt(a.Rect.Dx()+40, 20)), b, image.Point{}, draw.Src)
	got := map[string]bool{}
	for _, z := range Find(g).Zones {
		got[fmt.Sprint(texts(z))] = true
	}
	if len(got) != 2 || !got[fmt.Sprint(first.Lines)] || !got[fmt.Sprint(second.Lines)] {
		t.Errorf("read %v; want %q and %q", got, first.Lines, second.Lines)
	}
}

// TestMirroredIsNotCertain: of a picture of a front camera nothing is relied upon.
func TestMirroredIsNotCertain(t *testing.T) {
	for seed := range uint64(6) {
		g, _ := drawn(t, fixtures.Spec{Format: formats()[seed%5], Seed: seed, Resolution: 150})
		w := g.Rect.Dx()
		for y := range g.Rect.Dy() {
			slices.Reverse(g.Pix[y*g.Stride : y*g.Stride+w])
		}
		for _, z := range Find(g).Zones {
			if n, _, all := certain(z, nil); n > 0 {
				t.Errorf("seed %d: %q, %d of %d certain", seed, texts(z), n, all)
			}
		}
	}
}

// printed is lines of text in the characters of drawn specimens, on their paper.
func printed(t testing.TB, dpi float64, lines ...string) *image.Gray {
	t.Helper()
	pitch := int(dpi / 10)
	widest := len(lines[len(lines)-1])
	dst := image.NewGray(image.Rect(0, 0, pitch*(widest+6), pitch*(5*len(lines)/2+6)))
	draw.Draw(dst, dst.Rect, image.NewUniform(color.Gray{Y: 235}), image.Point{}, draw.Src)
	known := map[byte]*image.Gray{}
	for seed := uint64(1); seed < 40; seed++ {
		g, truth := drawn(t, fixtures.Spec{Format: mrz.TD3, Seed: seed, Resolution: dpi})
		for l, s := range truth.Lines {
			for i := range len(s) {
				at := within(truth.LineBoxes[l], (float64(i)+.5)/float64(len(s)))
				x, y := int(at.X+.5)-pitch/2, int(at.Y+.5)-pitch
				known[s[i]] = g.SubImage(image.Rect(x, y, x+pitch, y+2*pitch)).(*image.Gray)
			}
		}
	}
	for l, text := range lines {
		y := 3*pitch + l*pitch*5/2
		for i := range len(text) {
			glyph, ok := known[text[i]]
			if !ok {
				t.Fatalf("no specimen has a %c", text[i])
			}
			draw.Draw(dst, image.Rect((i+3)*pitch, y, (i+4)*pitch, y+2*pitch), glyph, glyph.Rect.Min, draw.Src)
		}
	}
	return dst
}

func TestZonesOfOneLine(t *testing.T) {
	licence := "D1FRA13AA000026181231MARTIN<<"
	licence += string(mrz.CheckDigit(licence))
	for name, tt := range map[string]struct {
		text string
		want mrz.Format
	}{
		"a French licence":      {licence, mrz.FRDL},
		"any other text":        {"ANNA<MARIA<ERIKSSON<1234567890", mrz.Unknown},
		"a line with two fewer": {licence[:28], mrz.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			f := Find(printed(t, 150, tt.text))
			if tt.want == mrz.Unknown {
				if len(f.Zones) > 0 {
					t.Errorf("a zone %q", texts(f.Zones[0]))
				}
				return
			}
			if len(f.Zones) != 1 || f.Zones[0].Lines[0].Text() != tt.text || f.Zones[0].MRZ.Format != tt.want {
				t.Errorf("found %d zones; want %q", len(f.Zones), tt.text)
			}
		})
	}
}

// TestSwissLicence: the first line of three is short, and no band of its own.
func TestSwissLicence(t *testing.T) {
	want := []string{"SPE001D<<", "FACHE305142128097<<800126<<<<<", "MARCHAND<<FABIENNE<<<<<<<<<<<<"}
	upright := printed(t, 150, want...)
	w, h := upright.Rect.Dx(), upright.Rect.Dy()
	over := image.NewGray(upright.Rect)
	for i, v := range upright.Pix {
		over.Pix[w*h-1-i] = v
	}
	for name, g := range map[string]*image.Gray{"upright": upright, "upside down": over} {
		f := Find(g)
		if len(f.Zones) != 1 || !slices.Equal(texts(f.Zones[0]), want) || f.Zones[0].MRZ.Format != mrz.CHDL {
			t.Errorf("%s: found %d zones, want one %q", name, len(f.Zones), want)
			for _, z := range f.Zones {
				t.Logf("%s %q", z.MRZ.Format, texts(z))
			}
		}
	}
	for _, z := range Find(printed(t, 150, want[1:]...)).Zones {
		t.Errorf("two of its lines alone are a zone: %q", texts(z))
	}
}

// TestCutZoneIsNotCertain: of a TD3 zone cut to its last 36 cells remains what
// has the shape of a TD2.
func TestCutZoneIsNotCertain(t *testing.T) {
	g, truth := drawn(t, fixtures.Spec{Format: mrz.TD3, Seed: 4, Resolution: 120})
	q := *truth.Zone
	pitch := (q[1].X - q[0].X) / 44
	for _, cut := range []float64{8, 8.4, .3} {
		x := int(q[0].X + cut*pitch)
		part := image.NewGray(image.Rect(0, 0, g.Rect.Dx()-x, g.Rect.Dy()))
		draw.Draw(part, part.Rect, g, image.Pt(x, 0), draw.Src)
		for _, z := range Find(part).Zones {
			if n, wrong, _ := certain(z, truth.Lines); wrong > 0 || z.Certain() {
				t.Errorf("cut by %v cells: %q, %d characters certain, %d of them wrong", cut, texts(z), n, wrong)
			}
		}
	}
}

func TestZoneAtTheEdge(t *testing.T) {
	g, truth := drawn(t, fixtures.Spec{Format: mrz.TD1, Seed: 6, Resolution: 150})
	q := *truth.Zone
	x, y := int(q[0].X)-12, int(q[0].Y)-4
	part := image.NewGray(image.Rect(0, 0, int(q[2].X)+12-x, int(q[2].Y)+4-y))
	draw.Draw(part, part.Rect, g, image.Pt(x, y), draw.Src)
	only(t, Find(part), truth)
}

func TestTimeIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("some seconds")
	}
	pictures := adversaries(1600, 1200)
	for _, quick := range []string{"white", "noise", "level stripes", "checks", "sloping stripe"} {
		delete(pictures, quick)
	}
	pictures["48 megapixels"] = adversaries(12000, 4000)["dashes"]
	for name, g := range pictures {
		t.Run(name, func(t *testing.T) {
			start := spent(t)
			Find(g)
			if took := spent(t) - start; took > 5*time.Second {
				t.Errorf("took %v of a processor", took)
			} else {
				t.Log(took)
			}
		})
	}
}

// spent is the processor time of this process: that of the clock says more
// about the machine's other work.
func spent(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano())
}

func TestTinyPictures(t *testing.T) {
	for w := range 4 {
		for h := range 4 {
			if f := Find(image.NewGray(image.Rect(0, 0, w*70+1, h*70+1))); len(f.Zones) > 0 {
				t.Errorf("%d x %d: %d zones", w, h, len(f.Zones))
			}
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add(uint16(300), uint16(160), []byte{0, 255, 255, 3})
	f.Add(uint16(1), uint16(700), []byte{9})
	f.Add(uint16(400), uint16(200), []byte("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"))
	f.Fuzz(func(t *testing.T, w, h uint16, pattern []byte) {
		g := image.NewGray(image.Rect(0, 0, int(w)%500, int(h)%400))
		for i := range g.Pix {
			if len(pattern) > 0 {
				g.Pix[i] = pattern[(i+i/7)%len(pattern)]
			}
		}
		for _, z := range Find(g).Zones {
			for _, l := range z.Lines {
				for _, c := range l.Chars {
					if c.Confidence < 0 || c.Confidence > 1 || !c.Box.In(g.Rect) {
						t.Errorf("%+v", c)
					}
				}
			}
		}
	})
}

// BenchmarkFind finds and reads the zone of a photograph. What counts is the
// processor's time, which other work on the machine does not change.
func BenchmarkFind(b *testing.B) {
	for _, width := range []int{1630, 4000} {
		c := fixtures.Phone(1)
		c.Width = width
		g, _ := shot(b, fixtures.Spec{Format: mrz.TD3, Seed: 1}, c)
		b.Run(fmt.Sprintf("%.0f_megapixels", float64(len(g.Pix))/1e6), func(b *testing.B) {
			b.ReportAllocs()
			before := spent(b)
			for b.Loop() {
				Find(g)
			}
			b.ReportMetric(float64((spent(b)-before).Microseconds())/float64(b.N)/1000, "cpu-ms/op")
		})
	}
}

// TestReadsCurled: the page of an open book rises towards its fold, so that lines
// bend and characters stand closer there.
func TestReadsCurled(t *testing.T) {
	g, truth := drawn(t, fixtures.Spec{Format: mrz.TD3, Seed: 8, Resolution: 150})
	w, h := g.Rect.Dx(), g.Rect.Dy()
	curled := image.NewGray(g.Rect)
	for x := range w {
		u := float64(x) / float64(w)
		from := int(float64(w) * (u + .03*math.Sin(math.Pi*u))) // closer towards the right
		rise := int(18 * u * u)                                 // more than a character's width
		for y := range h {
			curled.Pix[y*curled.Stride+x] = g.Pix[min(y+rise, h-1)*g.Stride+min(from, w-1)]
		}
	}
	only(t, Find(curled), truth)
}
