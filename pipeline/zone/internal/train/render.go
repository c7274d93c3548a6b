package main

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"touchstone.internal/pipeline/zone/internal/cell"
)

// pitch is the width of a cell in the drawing, in pixels, before it is made as
// small as pictures are; tall is the height of a glyph's drawing, with the
// middle of a capital in its middle.
const (
	pitch = 32
	wide  = 48
	tall  = 64
)

// mask is how much of each pixel is ink.
type mask [wide * tall]float32

// typeface is one drawing of the alphabet in several stroke weights.
type typeface [6][len(cell.Alphabet)]*mask

func loadTypes(dir string) ([]typeface, error) {
	sharp, err := face(dir, "OCRBS.otf")
	if err != nil {
		return nil, err
	}
	round, err := face(dir, "OCRB.otf")
	if err != nil {
		return nil, err
	}
	regular, _ := opentype.Parse(goregular.TTF)
	bold, _ := opentype.Parse(gobold.TTF)
	mono, _ := opentype.Parse(gomono.TTF)
	types := []typeface{
		typefaceOf(sharp, sharp, 723, 356), typefaceOf(round, sharp, 723, 356),
		typefaceOf(mono, mono, 600, 330),                                         // a typewriter's, as forgers take: seen as such it is read with less belief
		typefaceOf(regular, regular, 723, 356), typefaceOf(bold, bold, 723, 356), // what a zone is not
	}
	return types, nil
}

func face(dir, name string) (*opentype.Font, error) {
	b, err := os.ReadFile(filepath.Join(dir, name)) //nolint:gosec // the folder of fonts that was asked for
	if err != nil {
		return nil, err
	}
	f, err := opentype.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return f, nil
}

// typefaceOf draws the alphabet; spare is for glyphs that the library cannot
// draw. Advance and middle are in thousandths of the size.
func typefaceOf(f, spare *opentype.Font, advance, middle float64) (t typeface) {
	size := pitch * 1000 / advance
	for c, r := range cell.Alphabet {
		m := draw(f, r, size, middle)
		if m == nil {
			m = draw(spare, r, size, middle)
		}
		soft := blurred(m[:], wide, tall, 1.6)
		for w, at := range []float32{.2, .3, .4, .5, .6, .7} {
			t[w][c] = new(mask)
			for i, v := range soft {
				t[w][c][i] = min(max((v-at)*5+.5, 0), 1)
			}
		}
	}
	return t
}

func draw(f *opentype.Font, r rune, size, middle float64) *mask {
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil
	}
	adv, ok := face.GlyphAdvance(r)
	if !ok || adv == 0 {
		return nil
	}
	dst := image.NewAlpha(image.Rect(0, 0, wide, tall))
	d := font.Drawer{Dst: dst, Src: image.Opaque, Face: face, Dot: fixed.Point26_6{
		X: fixed.I(wide)/2 - adv/2, Y: fixed.Int26_6((tall/2 + size*middle/1000) * 64),
	}}
	d.DrawString(string(r))
	m := new(mask)
	for i, v := range dst.Pix {
		m[i] = float32(v) / 255
	}
	return m
}

// A strip is two lines of a zone and one line of other print.
const (
	stripChars = 14
	stripW     = (stripChars + 2) * pitch
	stripH     = 9 * pitch
)

// recipe is what a network learns, and from what. The two that read differ, so
// that they err in different places.
type recipe struct {
	name       string // of the file
	shape      cell.Shape
	seed       uint64
	rounds     int
	typewriter int  // one line in so many is a typewriter's
	alike      bool // shows what is hard to tell apart more often, and no O of a typewriter: it is OCR-B's 0
}

var recipes = []recipe{ //nolint:gochecknoglobals // constants
	{name: "finder", shape: cell.FinderShape, seed: 1, rounds: 4, typewriter: 12},
	{name: "reader1", shape: cell.ReaderShape, seed: 1, rounds: 7, typewriter: 14, alike: true},
	{name: "reader2", shape: cell.ReaderShape, seed: 2, rounds: 7, typewriter: 12},
}

// alike are the characters that are hard to tell apart, which are shown more
// often.
const alike = "0ODQU8B6G5S2Z1ITMNHKX"

func renderStrip(types []typeface, how recipe, rng *rand.Rand) []sample {
	ink := make([]float32, stripW*stripH)
	weight := rng.IntN(6)
	ys := [3]float64{1.5 * pitch}
	ys[1] = ys[0] + pitch*between(rng, 1.55, 2.8)
	ys[2] = ys[1] + pitch*between(rng, 1.9, 3)
	var text [2][stripChars]int
	for l := range 2 {
		t := types[rng.IntN(2)]
		other := rng.IntN(how.typewriter) == 0
		if other {
			t = types[2]
		}
		for i := range text[l] {
			c := rng.IntN(len(cell.Alphabet))
			switch {
			case rng.Float64() < .2 || i > 0 && text[l][i-1] == 36 && rng.Float64() < .3:
				c = 36
			case how.alike && rng.IntN(4) == 0:
				c = strings.IndexByte(cell.Alphabet, alike[rng.IntN(len(alike))])
			}
			if r := cell.Alphabet[c]; how.alike && other && (r == 'O' || r == '0') {
				c = 36
			}
			text[l][i] = c
			put(ink, t[weight][c], float64((i+1)*pitch)+pitch/2+rng.NormFloat64()*.4, ys[l]+rng.NormFloat64()*.4, 1)
		}
	}
	other := types[3+rng.IntN(2)]
	for x := 0.0; x < stripW; x += pitch * between(rng, .5, 1) {
		put(ink, other[rng.IntN(3)][rng.IntN(len(cell.Alphabet))], x, ys[2], 1)
	}
	for range rng.IntN(4) / 3 * rng.IntN(4) {
		stroke(ink, rng)
	}
	p := 4 * math.Exp(rng.Float64()*math.Log(28/4.))
	g := photograph(ink, p/pitch, rng)
	if p < 16 && rng.IntN(4) == 0 { // made larger after it was taken
		k := between(rng, 1.1, 2.2)
		g, p = enlarged(g, k), p*k
	}
	for p >= how.shape.Pitch {
		g, p = cell.Half(g), p/2
	}
	return cut(g, how.shape, p/pitch, text, ys, rng)
}

// stroke draws a line of a pen, a stamp or a ruler over the strip.
func stroke(ink []float32, rng *rand.Rand) {
	x0, y0 := between(rng, 0, stripW), between(rng, 0, stripH)
	a, w, strength := rng.Float64()*2*math.Pi, between(rng, .6, 2.5), float32(between(rng, .3, 1))
	dx, dy, length := math.Cos(a), math.Sin(a), between(rng, 2, 12)*pitch
	for s := 0.0; s < length; s++ {
		x, y := x0+s*dx, y0+s*dy
		for py := int(y - w); py <= int(y+w); py++ {
			for px := int(x - w); px <= int(x+w); px++ {
				if px >= 0 && px < stripW && py >= 0 && py < stripH {
					ink[py*stripW+px] = max(ink[py*stripW+px], strength)
				}
			}
		}
	}
}

// enlarged makes a picture k times as large.
func enlarged(g *image.Gray, k float64) *image.Gray {
	dst := image.NewGray(image.Rect(0, 0, int(float64(g.Rect.Dx())*k), int(float64(g.Rect.Dy())*k)))
	for y := range dst.Rect.Dy() {
		for x := range dst.Rect.Dx() {
			dst.Pix[y*dst.Stride+x] = clamp(float64(cell.At(g, (float64(x)+.5)/k, (float64(y)+.5)/k)))
		}
	}
	return dst
}

func between(rng *rand.Rand, a, b float64) float64 { return a + rng.Float64()*(b-a) }

// put lays a glyph's ink down with its middle at x, y.
func put(ink []float32, m *mask, x, y, strength float64) {
	x0, y0 := int(math.Round(x))-wide/2, int(math.Round(y))-tall/2
	for j := range tall {
		for i := range wide {
			px, py := x0+i, y0+j
			if px >= 0 && px < stripW && py >= 0 && py < stripH {
				ink[py*stripW+px] = max(ink[py*stripW+px], m[j*wide+i]*float32(strength))
			}
		}
	}
}

// photograph makes a picture of the ink: paper with waves and shade, blur, a
// smaller size, an edge filter, noise and JPEG.
func photograph(ink []float32, scale float64, rng *rand.Rand) *image.Gray {
	paper := between(rng, 90, 250)
	dark := between(rng, 0, max(paper-50, 1))
	if rng.Float64() < .5 {
		dark = between(rng, 0, min(dark, 70)+1)
	}
	contrast := paper - dark
	img := make([]float32, len(ink))
	waves := someWaves(contrast, rng)
	fade := between(rng, 0, .5) * float64(rng.IntN(2))
	fx, fy := between(rng, .02, .2), between(rng, .02, .2)
	for y := range stripH / 2 {
		for x := range stripW / 2 {
			v := paper // alike in two by two pixels
			for _, w := range waves {
				v += w.at(float64(2*x), float64(2*y))
			}
			strength := 1 - fade*(.5+.5*math.Sin(float64(2*x)*fx)*math.Sin(float64(2*y)*fy))
			for _, i := range [4]int{0, 1, stripW, stripW + 1} {
				i += 2 * (y*stripW + x)
				k := float64(ink[i]) * strength
				img[i] = float32(v*(1-k) + dark*k)
			}
		}
	}
	for side := range 2 {
		if rng.IntN(3) == 0 {
			border(img, side, rng)
		}
	}
	sigma := rng.Float64() * rng.Float64() * .26 * pitch
	img = blurred(img, stripW, stripH, math.Hypot(sigma, .35/scale*.5))
	g := shrink(img, scale, rng)
	if rng.Float64() < .25 {
		sharpen(g, between(rng, .3, 1.2))
	}
	noise := rng.Float64() * rng.Float64() * min(30, contrast/4)
	for i, v := range g.Pix {
		g.Pix[i] = clamp(float64(v) + rng.NormFloat64()*noise)
	}
	if rng.Float64() < .6 {
		var b bytes.Buffer
		if jpeg.Encode(&b, g, &jpeg.Options{Quality: 25 + rng.IntN(70)}) == nil {
			if back, err := jpeg.Decode(&b); err == nil {
				if gray, ok := back.(*image.Gray); ok {
					return gray
				}
			}
		}
	}
	return g
}

// border ends the paper beside the lines, at the edge of a document: with what
// lies beyond, or a dark line, or both.
func border(img []float32, side int, rng *rand.Rand) {
	at, tilt := between(rng, 0, .95)*pitch, rng.NormFloat64()*.02
	beyond, keep := float32(between(rng, 0, 255)), rng.IntN(4) == 0
	line, width := float32(between(rng, 0, 200)), between(rng, 0, .12)*pitch*float64(rng.IntN(2))
	for y := range stripH {
		end := at + tilt*float64(y-stripH/2)
		for x := range int(max(end, 0)) {
			i := y*stripW + x
			if side == 1 {
				i = y*stripW + stripW - 1 - x
			}
			switch {
			case float64(x) > end-width:
				img[i] = line
			case !keep:
				img[i] = beyond
			}
		}
	}
}

type wave struct{ amp, kx, ky, phase, bend float64 }

func (w wave) at(x, y float64) float64 {
	s := math.Sin(x*w.kx + y*w.ky + w.phase + w.bend*math.Sin(x*.03))
	if w.bend > 1.5 { // thin lines, as of a guilloche
		s = s * s * s * s * s
	}
	return w.amp * s
}

func someWaves(contrast float64, rng *rand.Rand) []wave {
	ws := make([]wave, rng.IntN(4))
	for i := range ws {
		length := between(rng, .2, 6) * pitch
		a := rng.Float64() * 2 * math.Pi
		ws[i] = wave{
			amp: rng.Float64() * rng.Float64() * .35 * contrast, phase: rng.Float64() * 7, bend: rng.Float64() * 3,
			kx: 2 * math.Pi / length * math.Cos(a), ky: 2 * math.Pi / length * math.Sin(a),
		}
	}
	return ws
}

// shrink takes the drawing to its size in the picture, at a random phase.
func shrink(img []float32, scale float64, rng *rand.Rand) *image.Gray {
	w, h := int(stripW*scale), int(stripH*scale)
	g := image.NewGray(image.Rect(0, 0, w, h))
	n := max(int(math.Round(1/scale)), 1)
	gamma := between(rng, .8, 1.25)
	var curve [256]float64
	for i := range curve {
		curve[i] = 255 * math.Pow(float64(i)/255, gamma)
	}
	for y := range h {
		for x := range w {
			var s float32
			for b := range n {
				for a := range n {
					px := min(int((float64(x)+(float64(a)+.5)/float64(n))/scale), stripW-1)
					py := min(int((float64(y)+(float64(b)+.5)/float64(n))/scale), stripH-1)
					s += img[py*stripW+px]
				}
			}
			g.Pix[y*g.Stride+x] = clamp(curve[clamp(float64(s)/float64(n*n))])
		}
	}
	return g
}

func clamp(v float64) uint8 { return uint8(min(max(math.Round(v), 0), 255)) }

func sharpen(g *image.Gray, k float64) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	src := make([]float32, w*h)
	for i, v := range g.Pix {
		src[i] = float32(v)
	}
	soft := blurred(src, w, h, 1)
	for i := range src {
		g.Pix[i] = clamp(float64(src[i] + float32(k)*(src[i]-soft[i])))
	}
}

func blurred(src []float32, w, h int, sigma float64) []float32 {
	r := int(math.Ceil(sigma * 2.5))
	if r < 1 {
		return src
	}
	k := make([]float32, 2*r+1)
	var sum float32
	for i := range k {
		k[i] = float32(math.Exp(-float64((i-r)*(i-r)) / 2 / sigma / sigma))
		sum += k[i]
	}
	for i := range k {
		k[i] /= sum
	}
	tmp, dst := make([]float32, len(src)), make([]float32, len(src))
	row := make([]float32, w+2*r)
	for y := range h {
		for i := range row {
			row[i] = src[y*w+min(max(i-r, 0), w-1)]
		}
		line := tmp[y*w : y*w+w]
		for i, c := range k {
			for x, v := range row[i : i+w] {
				line[x] += c * v
			}
		}
	}
	for y := range h {
		for i, c := range k {
			row := tmp[min(max(y+i-r, 0), h-1)*w:]
			for x := range w {
				dst[y*w+x] += c * row[x]
			}
		}
	}
	return dst
}

// cut takes the cells out of a picture: characters as a reader would frame
// them, and as junk what it might take for one.
func cut(g *image.Gray, shape cell.Shape, scale float64, text [2][stripChars]int, ys [3]float64, rng *rand.Rand) []sample {
	var out []sample
	v := make([]float32, shape.Size())
	add := func(x, y, sx, sy float64, class int) {
		tilt, shear := rng.NormFloat64()*.015, rng.NormFloat64()*.03
		p := pitch * scale
		f := cell.Frame{X: x * scale, Y: y * scale, AX: p * sx, AY: p * sx * tilt, DX: p * sy * (shear - tilt), DY: p * sy}
		cell.Sample(g, f, shape, v)
		s := sample{make([]int8, len(v)), uint8(class)} //nolint:gosec // below 38
		for i, e := range v {
			s.x[i] = int8(min(max(math.Round(float64(e)*28), -127), 127))
		}
		out = append(out, s)
	}
	sx, sy := between(rng, .93, 1.07), between(rng, .86, 1.12)
	for l := range 2 {
		for i := range stripChars {
			x, y := float64((i+1)*pitch)+pitch/2, ys[l]
			add(x+rng.NormFloat64()*.045*pitch, y+rng.NormFloat64()*.05*pitch, sx, sy, text[l][i])
			if rng.IntN(5) > 1 {
				continue
			}
			switch rng.IntN(8) {
			case 0, 1:
				add(x+pitch*between(rng, .3, .7), y+rng.NormFloat64()*.05*pitch, sx, sy, cell.Junk)
			case 2:
				add(x+rng.NormFloat64()*.05*pitch, y+pitch*between(rng, .35, .9)*float64(1-2*rng.IntN(2)), sx, sy, cell.Junk)
			case 3:
				k := between(rng, .45, .7)
				if rng.IntN(2) == 0 {
					k = 1 / k
				}
				add(x, y, k, k, cell.Junk)
			case 4:
				add(between(rng, 0, stripW), ys[2]+rng.NormFloat64()*.1*pitch, between(rng, .6, 1.5), between(rng, .6, 1.5), cell.Junk)
			default: // the paper beside the line
				x := pitch * between(rng, -.2, .6)
				if rng.IntN(2) == 0 {
					x = stripW - x
				}
				add(x, y, sx, sy, cell.Junk)
			}
		}
	}
	return out
}
