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

// leastLaid is the same of a grid as it is laid: the worst prints gain less than
// as much again by refining.
const leastLaid = leastGain / 2

// maxZones bounds the zones of one picture.
const maxZones = 12

// sighting is a zone that was found, and what those who read see there.
type sighting struct {
	grid
	cells [][]guess
}

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

// atFirst is how many groups of the coarser levels are looked at before the
// finest is, and leastCoarse the pitch, in their pixels, from which they show a
// zone and any that is printed two thirds as large.
const (
	atFirst     = 6
	leastCoarse = 5.0
)

// mostCells bounds what is spent on one picture, in cells read on the search: a
// page takes some 10,000.
const mostCells = 30_000

// hunt is the search for zones in one view.
type hunt struct {
	view
	search, r *reader // of the view, and of the picture
	least     float64 // how much better than junk the mean cell of a zone must be
	enough    float64 // how unlike a zone's lines a group may be that is still looked at
	seen      []sighting
}

func newHunt(planes pyramid, v view, least float64) *hunt {
	finder := cell.NewFinder()
	return &hunt{
		view: v, search: &reader{planes: v.planes, finder: finder}, r: &reader{planes: planes, finder: finder},
		least: least, enough: math.Inf(1),
	}
}

// candidate is a group of bands, and how it may be read.
type candidate struct {
	bands []band
	tries []try
}

// among looks for zones among groups of bands: first at those that are print
// without doubt, and over which a grid lies well.
func (h *hunt) among(groups [][]band) {
	var later []candidate
	for _, bs := range groups {
		if h.spent() > mostCells || unlike(bs) > h.enough {
			break
		}
		if h.taken(bs) {
			continue
		}
		c := candidate{bs, h.search.tries(bs)}
		if len(c.tries) > 0 && (c.tries[0].gain < evident || !h.at(c, clearGain)) {
			later = append(later, c)
		}
	}
	for _, c := range later {
		if h.spent() <= mostCells && unlike(c.bands) <= h.enough && !h.taken(c.bands) {
			h.at(c, leastLaid)
		}
	}
}

// spent is how many cells were looked at.
func (h *hunt) spent() int { return h.search.cells + h.r.cells }

// taken tells whether a clear zone was seen where bands lie.
func (h *hunt) taken(bs []band) bool {
	return slices.ContainsFunc(h.seen, func(s sighting) bool {
		return s.mean() >= clearGain && s.box(h.picture).Overlaps(h.boxAround(bs))
	})
}

// at lays a grid over a candidate and, if that lies well enough, refines it, and
// keeps what is a zone.
func (h *hunt) at(c candidate, well float64) (laid bool) {
	g, ok := h.search.lay(c.bands, c.tries)
	if !ok || g.mean() < well || !h.search.complete(&g) {
		return false
	}
	s := sighting{grid: h.mapped(g)}
	h.r.refine(&s.grid)
	h.r.stand(&s.grid)
	if s.mean() >= h.least {
		h.keep(s, unlike(c.bands))
	}
	return true
}

// keep adds a sighting, of bands that are so far off what those of a zone are.
func (h *hunt) keep(s sighting, off float64) {
	if s.mean() >= clearGain {
		if s.cells = h.r.read(&s.grid); mostlyJunk(s.cells) {
			return
		}
		h.enough = min(h.enough, off+asLikely)
	}
	h.seen = append(h.seen, s)
}

// found gives what was seen, best first, but of what overlaps only the best. What
// is not clear is read only here: most of it overlaps what is.
func (h *hunt) found() []sighting {
	return apart(h.seen, h.picture, func(s *sighting) bool {
		if s.cells == nil {
			s.cells = h.r.read(&s.grid)
		}
		return !mostlyJunk(s.cells)
	})
}

// apart leaves of sightings that overlap the best alone of those that are good.
func apart(all []sighting, picture image.Rectangle, good func(*sighting) bool) (out []sighting) {
	slices.SortStableFunc(all, func(a, b sighting) int { return cmp.Compare(b.score, a.score) })
	for _, s := range all {
		if len(out) < maxZones && !slices.ContainsFunc(out, func(o sighting) bool { return o.box(picture).Overlaps(s.box(picture)) }) && good(&s) {
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
