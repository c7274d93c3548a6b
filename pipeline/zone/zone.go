// Package zone finds the machine readable zones of a picture and reads them, by
// classifiers of OCR-B cells on a fitted grid. What comes out is what is printed,
// as far as it can be seen. What the standard puts in a place weighs in where
// pixels leave a choice, as with people, who read an O in a name and a 0 in a
// date; it never outweighs clear print. No check digit and no list of codes ever
// changes a character: those that disagree are weighed, misread against printed
// wrong. The package judges nothing.
package zone

import (
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

// Find finds and reads the zones of a picture, however it is turned. A document
// beside another may lie across it, so that both quarter turns are always
// searched; askew, all of a picture is.
func Find(g *image.Gray) (f Found) {
	planes := pyramidOf(g)
	var seen []sighting
	for i, degrees := range turns {
		if i >= len(quarters) && len(seen) > 0 {
			break
		}
		seen = append(seen, sightings(planes, viewAt(planes, degrees), seen)...)
	}
	for _, s := range apart(seen, g.Rect, func(*sighting) bool { return true }) {
		f.add(s, zoneOf(s.cells, &s.grid, g.Rect))
	}
	if len(f.Zones) == 0 {
		return lonely(planes)
	}
	return f
}

// sightings finds the zones of a view, best first, after those that were seen in
// others. Documents in one picture are printed about as large: where one is
// clear that is large enough for the coarser levels, the finest, which costs as
// much as all the search beside, would hold no other.
func sightings(planes pyramid, v view, seen []sighting) []sighting {
	h := newHunt(planes, v, leastGain)
	if len(seen) > 0 {
		h.enough = asLikely
	}
	all := groups(bandsOf(v.planes, finest/2, coarsest))
	first := min(len(all), atFirst)
	h.among(all[:first])
	all = all[first:]
	large := func(s sighting) bool { return s.mean() >= clearGain && s.pitch() >= h.coarse(leastCoarse) }
	if !slices.ContainsFunc(seen, large) && !slices.ContainsFunc(h.seen, large) {
		all = likeliest(append(all, groups(bandsOf(v.planes, finest, finest/2+1))...))
	}
	h.among(all)
	return h.found()
}

func (f *Found) add(s sighting, z pipeline.Zone) {
	if len(f.Zones) == 0 {
		f.Quarters = s.quarters()
	}
	f.Zones = append(f.Zones, z)
}

// lonely finds zones of one line, as driving licences have them. A page is full
// of single lines, so that one is taken for a zone only if it is print without
// any doubt, and its first letter says so.
func lonely(planes pyramid) (f Found) {
	for _, degrees := range quarters {
		v := viewAt(planes, degrees)
		h := newHunt(planes, v, clearGain)
		h.among(singles(v.planes))
		for _, s := range h.found() {
			first := top(s.cells[0][0].mean[:], -1)
			if z := zoneOf(s.cells, &s.grid, planes[0].Rect); z.MRZ.Format != mrz.Unknown && first < cell.Junk && cell.Alphabet[first] == z.Lines[0].Chars[0].Rune {
				f.add(s, z)
			}
		}
	}
	return f
}

// mostlyJunk tells whether those who read see no characters in half of the
// cells where the one who finds saw them.
func mostlyJunk(lines [][]guess) bool {
	junk, n := 0, 0
	for _, cells := range lines {
		for i := range cells {
			if n++; cells[i].mean[cell.Junk] >= .5 {
				junk++
			}
		}
	}
	return 2*junk > n
}

// boxOf is the upright box around a cell.
func boxOf(f cell.Frame) image.Rectangle {
	w := (math.Abs(f.AX) + math.Abs(f.DX)) / 2
	h := (math.Abs(f.AY) + math.Abs(f.DY)*1.15) / 2 // digits stand higher than a pitch
	return image.Rect(int(math.Floor(f.X-w)), int(math.Floor(f.Y-h)), int(math.Ceil(f.X+w)), int(math.Ceil(f.Y+h)))
}

// zoneOf puts down what the cells of a grid say, and parses it.
func zoneOf(cells [][]guess, laid *grid, picture image.Rectangle) pipeline.Zone {
	decode(cells)
	z := pipeline.Zone{Pitch: laid.pitch()}
	var texts []string
	for l := range cells {
		line := pipeline.Line{Likeness: likeness(cells[l])}
		for i := range cells[l] {
			q := &cells[l][i]
			line.Chars = append(line.Chars, pipeline.Char{
				Rune: cell.Alphabet[q.best], RunnerUp: cell.Alphabet[q.next], Confidence: q.where[q.best] * laid.placed(),
				Box: boxOf(laid.frame(l, float64(i), 0, 0)).Intersect(picture),
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
