package zone

import (
	"cmp"
	"image"
	"math"
	"slices"

	"touchstone.internal/pipeline/zone/internal/cell"
)

// leastGain is how much better than junk the mean cell of a zone must be, in
// nats.
const leastGain = 2.0

// maxZones bounds the zones of one picture.
const maxZones = 12

// sighting is a zone that was found, and what those who read see there.
type sighting struct {
	grid
	cells [][]guess
}

func (s sighting) mean() float64 { return s.score / float64(s.n*len(s.rows)) }

// quarters is how many turns clockwise make the lines run from left to right,
// more or less.
func (s sighting) quarters() int {
	r := s.rows[0]
	return (4 - int(math.Round(math.Atan2(r.y[1], r.x[1])/(math.Pi/2)))) % 4
}

// clearGain is the mean gain from which a grid is so good that no other is looked
// for in its place.
const clearGain = 4.5

// asLikely is how much less like the lines of a zone, beside one that is clear,
// those of another document may be.
const asLikely = .4

// mostCells bounds what is spent on one picture, in cells read on the search: a
// page takes some 10,000.
const mostCells = 30_000

// sightings finds the zones among groups of bands of a view, best first, whose
// mean cell is better than junk by at least so much.
func sightings(planes pyramid, v view, groups [][]band, least float64) []sighting {
	finder := cell.NewFinder()
	search, r := &reader{planes: v.planes, finder: finder}, &reader{planes: planes, finder: finder}
	var all []sighting
	enough := math.Inf(1)
	for _, bs := range groups {
		taken := func(s sighting) bool { return s.mean() >= clearGain && s.box(v.picture).Overlaps(v.boxAround(bs)) }
		if slices.ContainsFunc(all, taken) {
			continue
		}
		if search.cells+r.cells > mostCells || unlike(bs) > enough {
			break
		}
		laid, ok := search.lay(bs)
		if !ok {
			continue
		}
		s := sighting{grid: v.mapped(laid)}
		r.refine(&s.grid)
		r.stand(&s.grid)
		if s.mean() < least {
			continue
		}
		if s.cells = r.read(&s.grid); mostlyJunk(s.cells) {
			continue
		}
		all = append(all, s)
		if s.mean() >= clearGain {
			enough = min(enough, unlike(bs)+asLikely)
		}
	}
	return apart(all, v.picture)
}

// apart leaves of sightings that overlap the best alone.
func apart(all []sighting, picture image.Rectangle) (out []sighting) {
	slices.SortStableFunc(all, func(a, b sighting) int { return cmp.Compare(b.score, a.score) })
	for _, s := range all {
		if len(out) < maxZones && !slices.ContainsFunc(out, func(o sighting) bool { return o.box(picture).Overlaps(s.box(picture)) }) {
			out = append(out, s)
		}
	}
	return out
}

func (s sighting) box(picture image.Rectangle) (b image.Rectangle) {
	for l := range s.rows {
		for _, i := range []int{0, s.n - 1} {
			b = b.Union(boxOf(s.frame(l, float64(i), 0, 0)))
		}
	}
	return b.Intersect(picture)
}
