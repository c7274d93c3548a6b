// Package zone finds the machine readable zones of a picture and reads them, by
// classifiers of OCR-B cells on a fitted grid. What comes out is what is printed,
// as far as it can be seen. What the standard puts in a place weighs in where
// pixels leave a choice, as with people, who read an O in a name and a 0 in a
// date; it never outweighs clear print. No check digit and no list of codes ever
// changes a character: those that disagree are weighed, misread against printed
// wrong. The package judges nothing.
package zone

import (
	"cmp"
	"image"
	"math"
	"slices"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/zone/internal/cell"
)

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

// Find finds and reads the zones of a picture, however it is turned.
func Find(g *image.Gray) Found {
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
		z := readZone(planes, s.grid)
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
	r := &reader{planes: planes, finder: cell.NewFinder()}
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
func readZone(planes pyramid, laid grid) pipeline.Zone {
	r := &reader{planes: planes}
	cells := r.read(&laid)
	decode(cells)
	var z pipeline.Zone
	var texts []string
	for l := range cells {
		var line pipeline.Line
		for i := range cells[l] {
			q := &cells[l][i]
			line.Chars = append(line.Chars, pipeline.Char{
				Rune: cell.Alphabet[q.best], RunnerUp: cell.Alphabet[q.next], Confidence: q.where[q.best] * laid.belief,
				Box: boxOf(laid.frame(l, float64(i), 0, 0)).Intersect(planes[0].Rect),
			})
		}
		z.Lines = append(z.Lines, line)
		texts = append(texts, line.Text())
	}
	z.MRZ = mrz.Parse(texts)
	witness(&z, cells)
	z.Doubts = doubts(&z.MRZ, cells)
	return z
}
