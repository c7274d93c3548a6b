// Package zone finds the machine readable zones of a picture and reads them,
// twice: by a classifier of OCR-B cells on a fitted grid, and by tesseract on
// the same pixels. What comes out is what is printed, as far as it can be seen:
// no check digit, no list of codes and no rule about what may stand where ever
// changes a character. They only bear witness beside the second reader, who
// does not know OCR-B, on whether a character may be relied upon. It judges
// nothing.
package zone

import (
	"cmp"
	"image"
	"math"
	"slices"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/ocr"
	"touchstone.internal/pipeline/zone/internal/cell"
)

// Second is the independent second reader.
type Second interface {
	Read(g *image.Gray, m ocr.Mode) ([]ocr.Glyph, error)
}

// Found is what a picture holds.
type Found struct {
	Zones    []pipeline.Zone // boxes in pixels of the picture given
	Quarters int             // turns clockwise that make the zones upright, 0 to 3
}

// leastGain is how much better than junk the mean cell of a zone must be, in
// nats.
const leastGain = 2.0

// maxZones bounds the zones of one picture.
const maxZones = 4

// sighting is a zone found in a picture that was turned.
type sighting struct {
	grid     grid
	quarters int // 0 or 1: how the picture was turned to find it
}

func (s sighting) mean() float64 { return s.grid.score / float64(s.grid.n*len(s.grid.rows)) }

// upsideDown tells whether the lines run from right to left.
func (s sighting) upsideDown() bool { return s.grid.rows[0].x[1] < 0 }

// Find finds and reads the zones of a picture, however it is turned. Without a
// second reader (nil) nothing is certain.
func Find(g *image.Gray, second Second) Found {
	planes := pyramidOf(g)
	seen := sightings(planes, 0)
	if len(seen) == 0 {
		planes = pyramidOf(quarterTurn(g))
		seen = sightings(planes, 1)
	}
	var f Found
	for i, s := range seen {
		q := s.quarters
		if s.upsideDown() {
			q += 2
		}
		if i == 0 {
			f.Quarters = q
		}
		z := readZone(planes, s.grid, second)
		for _, l := range z.Lines {
			for c := range l.Chars {
				l.Chars[c].Box = turnBack(l.Chars[c].Box, s.quarters, g.Rect.Size())
			}
		}
		f.Zones = append(f.Zones, z)
	}
	return f
}

// clearGain is the mean gain from which a grid is so good that no other is looked
// for in its place.
const clearGain = 4.5

// mostCells bounds what is spent on one picture, in cells read on the search: a
// page takes some 10,000.
const mostCells = 30_000

// sightings finds the zones whose lines run about level, best first.
func sightings(planes pyramid, quarters int) []sighting {
	r := &reader{planes: planes, net: cell.Nets()[0]}
	var all []sighting
	for _, bs := range groups(planes) {
		taken := func(s sighting) bool { return s.mean() >= clearGain && s.box(planes[0].Rect).Overlaps(boxAround(bs)) }
		if slices.ContainsFunc(all, taken) {
			continue
		}
		if r.cells > mostCells {
			break
		}
		laid, ok := r.lay(bs)
		if !ok {
			continue
		}
		r.refine(&laid)
		if s := (sighting{laid, quarters}); s.mean() >= leastGain {
			all = append(all, s)
		}
	}
	slices.SortStableFunc(all, func(a, b sighting) int { return cmp.Compare(b.grid.score, a.grid.score) })
	var out []sighting
	for _, s := range all {
		if len(out) < maxZones && !slices.ContainsFunc(out, func(o sighting) bool { return o.box(planes[0].Rect).Overlaps(s.box(planes[0].Rect)) }) {
			out = append(out, s)
		}
	}
	return out
}

func boxAround(bs []band) (r image.Rectangle) {
	for _, b := range bs {
		h := b.height / 2
		r = r.Union(image.Rect(int(b.x0), int(min(b.y0, b.y1)-h), int(b.x1), int(max(b.y0, b.y1)+h)))
	}
	return r
}

func (s sighting) box(picture image.Rectangle) (b image.Rectangle) {
	for l := range s.grid.rows {
		for _, i := range []int{0, s.grid.n - 1} {
			b = b.Union(boxOf(s.grid.frame(l, float64(i), 0, 0)))
		}
	}
	return b.Intersect(picture)
}

// boxOf is the upright box around a cell.
func boxOf(f cell.Frame) image.Rectangle {
	w := (math.Abs(f.AX) + math.Abs(f.DX)) / 2
	h := (math.Abs(f.AY) + math.Abs(f.DY)*1.15) / 2 // digits stand higher than a pitch
	return image.Rect(int(math.Floor(f.X-w)), int(math.Floor(f.Y-h)), int(math.Ceil(f.X+w)), int(math.Ceil(f.Y+h)))
}

// readZone reads the cells of a grid and parses what they say.
func readZone(planes pyramid, laid grid, second Second) pipeline.Zone {
	r := &reader{planes: planes, net: cell.Nets()[0]}
	guesses := r.read(&laid)
	for l := range guesses {
		for i, seen := range look(planes, &laid, l, second) {
			guesses[l][i].second = seen
		}
	}
	confirm(guesses)
	var z pipeline.Zone
	var texts []string
	for l, cells := range guesses {
		var line pipeline.Line
		for i, q := range cells {
			line.Chars = append(line.Chars, pipeline.Char{
				Rune: cell.Alphabet[q.best], RunnerUp: cell.Alphabet[q.next], Confidence: min(q.probs[q.best], 1) * laid.belief,
				Box: boxOf(laid.frame(l, float64(i), 0, 0)).Intersect(planes[0].Rect), SecondRead: q.second,
			})
		}
		z.Lines = append(z.Lines, line)
		texts = append(texts, line.Text())
	}
	z.MRZ = mrz.Parse(texts)
	if second != nil {
		concede(&z)
	}
	return z
}
