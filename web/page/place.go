package page

import (
	"fmt"
	"image"
	"slices"
	"strings"

	"touchstone.internal/pipeline"
)

// sheet is the upright page on which boxes are drawn. Its unit is one pixel of
// the upright original: drawings scale with the rendition whatever its size.
type sheet struct {
	Image         string // address of the rendition
	Width, Height int
	turn          pipeline.Orientation
	storedWidth   int
	storedHeight  int
}

// sheetOf gives the page of a document; ok is false if there is no picture to
// draw on. A rendition is of the first page.
func sheetOf(v Document) (s sheet, ok bool) {
	if v.Document.Rendition == "" || v.Report == nil || len(v.Report.Pages) == 0 {
		return sheet{}, false
	}
	p := v.Report.Pages[0]
	if p.Width <= 0 || p.Height <= 0 {
		return sheet{}, false
	}
	s = sheet{
		Image: "/documents/" + string(v.Document.ID) + "/image",
		turn:  p.Orientation, storedWidth: p.Width, storedHeight: p.Height,
	}
	s.Width, s.Height = p.Orientation.Size(p.Width, p.Height)
	return s, true
}

// rect turns a box upright. It is empty if the box is on another page or
// outside of this one.
func (s sheet) rect(b pipeline.Box) image.Rectangle {
	if b.Page != 0 || b.Width <= 0 || b.Height <= 0 {
		return image.Rectangle{}
	}
	r := s.turn.ToUpright(b.Rect(), s.storedWidth, s.storedHeight)
	return r.Intersect(image.Rect(0, 0, s.Width, s.Height))
}

// mark is a rectangle to draw.
type mark struct {
	X, Y, Width, Height int
	Label               string
}

// Bottom is the y of the lower edge.
func (m mark) Bottom() int { return m.Y + m.Height }

// marks turns boxes upright, with room so that the line does not touch what it
// points at: more above and below, where the next line of a zone is far, than
// beside, where the next character is near.
func (s sheet) marks(boxes []pipeline.Box) []mark {
	var ms []mark
	for _, b := range boxes {
		r := s.rect(b)
		if r.Empty() {
			continue
		}
		beside, above := max(1, r.Dy()/16), max(1, r.Dy()/4)
		r = image.Rect(r.Min.X-beside, r.Min.Y-above, r.Max.X+beside, r.Max.Y+above).Intersect(image.Rect(0, 0, s.Width, s.Height))
		ms = append(ms, mark{X: r.Min.X, Y: r.Min.Y, Width: r.Dx(), Height: r.Dy(), Label: b.Label})
	}
	return ms
}

// Unit is the height of a label in pixels of the original: as large on a small
// picture as on a big one.
func (s sheet) Unit() int { return max(8, s.Width/40) }

// crop is a part of the page, seen from near.
type crop struct {
	sheet
	Box   string // viewBox
	Marks []mark
	Says  string // for who cannot see it
	Title string // beside it
}

// Shapes of a crop, so that it has the surroundings that a reader needs.
const (
	widest    = 5 // times its height
	narrowest = 2
)

// crop cuts out what the boxes point at; nil if there is nothing to show.
func (s sheet) crop(boxes []pipeline.Box) *crop { return s.cropOf(s.marks(boxes)) }

// cropOf cuts out what marks lie around.
func (s sheet) cropOf(marks []mark) *crop {
	c := &crop{sheet: s, Marks: marks}
	if len(c.Marks) == 0 {
		return nil
	}
	var r image.Rectangle
	var labels []string
	for _, m := range c.Marks {
		r = r.Union(image.Rect(m.X, m.Y, m.X+m.Width, m.Y+m.Height))
		if m.Label != "" {
			labels = append(labels, m.Label)
		}
	}
	r = s.around(r)
	c.Box = fmt.Sprintf("%d %d %d %d", r.Min.X, r.Min.Y, r.Dx(), r.Dy())
	c.Says, c.Title = "Close-up of the picture", "As in the picture"
	if said := strings.Join(slices.Compact(labels), ", "); said != "" {
		c.Says, c.Title = c.Says+": "+said, upper(said)+", as in the picture"
	}
	return c
}

// around gives a rectangle air and a shape that fits beside a text.
func (s sheet) around(r image.Rectangle) image.Rectangle {
	page := image.Rect(0, 0, s.Width, s.Height)
	air := max(r.Dy()*2/3, 6)
	r = r.Inset(-air).Intersect(page)
	if low := r.Dx() / widest; r.Dy() < low {
		grow := (low - r.Dy() + 1) / 2
		r.Min.Y, r.Max.Y = r.Min.Y-grow, r.Max.Y+grow
	}
	if narrow := r.Dy() * narrowest; r.Dx() < narrow {
		grow := (narrow - r.Dx() + 1) / 2
		r.Min.X, r.Max.X = r.Min.X-grow, r.Max.X+grow
	}
	return r.Intersect(page)
}
