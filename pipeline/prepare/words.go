package prepare

import (
	"image"
	"math"
	"slices"
	"strings"

	"github.com/disintegration/imaging"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/ocr"
)

// The pitch of a zone tells how large a page lies in a picture (Doc 9303-3,
// 4.2): where to look for its print, and at which size.
const (
	pitch      = 2.54  // millimetres from one character of a zone to the next
	above      = 100.0 // millimetres over a zone that are read: a passport's page, or both sides of a card
	beside     = 10.0  // millimetres right and left of it
	resolution = 240.0 // pixels an inch that print is read at: captions are some 11 pixels high, values 17
	mostZoom   = 3.0   // beyond that, only blur grows
	mostPixels = 2_000_000
)

// words reads the printed page around its zones, whose boxes are in pixels of
// the original: once as a whole, and each word with a digit once more on its
// own. The zones themselves are painted over. Where there is no zone, or
// tesseract fails, there are no words.
func words(page pipeline.Page, reader *ocr.Reader) []pipeline.Word {
	if reader == nil {
		return nil
	}
	s, ok := newSheet(page)
	if !ok {
		return nil
	}
	seen, err := reader.ReadWords(s.plane)
	if err != nil {
		return nil
	}
	looks := 0
	var out []pipeline.Word
	for _, w := range seen {
		box := s.inPage(w.Box)
		var again []pipeline.Char
		if strings.ContainsAny(w.Text, "0123456789") && looks < mostLooks {
			looks++
			again = lookAgain(page.Gray, box, reader)
		}
		box = page.Orientation.ToStored(box, page.Width, page.Height)
		out = append(out, pipeline.NewWord(w.Text, box, w.Line, again))
	}
	return out
}

// sheet is the part of a page that is read, at the size to read it at.
type sheet struct {
	plane *image.Gray
	part  image.Rectangle // of the upright page
	zoom  float64         // pixels of the plane for one of the page
}

// newSheet cuts out what lies over and beside the zones; ok is false if there
// is nothing.
func newSheet(page pipeline.Page) (s sheet, ok bool) {
	var boxes []image.Rectangle
	least := math.Inf(1) // pixels a millimetre, of the smallest zone
	for _, z := range page.Zones {
		b := page.Orientation.ToUpright(z.Box(0).Rect(), page.Width, page.Height)
		if b.Empty() {
			continue
		}
		long := 1
		for _, l := range z.Lines {
			long = max(long, len(l.Chars))
		}
		mm := float64(b.Dx()) / float64(long) / pitch
		side, up := int(beside*mm), int(above*mm)
		s.part = s.part.Union(image.Rect(b.Min.X-side, b.Min.Y-up, b.Max.X+side, b.Max.Y))
		boxes, least = append(boxes, b), min(least, mm)
	}
	s.part = s.part.Intersect(page.Gray.Rect)
	if s.part.Empty() {
		return s, false
	}
	size := s.part.Size()
	s.zoom = min(resolution/25.4/least, mostZoom, math.Sqrt(mostPixels/float64(size.X*size.Y)))
	s.plane = zoomed(page.Gray, s.part, s.zoom)
	for _, b := range boxes {
		s.paintOver(b)
	}
	return s, true
}

// paintOver fills a box of the page with its own paper: the middle grey, since
// print covers less than half.
func (s sheet) paintOver(box image.Rectangle) {
	r := s.inPlane(box)
	var count [256]int
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for _, v := range s.plane.Pix[y*s.plane.Stride+r.Min.X : y*s.plane.Stride+r.Max.X] {
			count[v]++
		}
	}
	paper, left := 0, r.Dx()*r.Dy()/2
	for left > count[paper] && paper < 255 {
		left -= count[paper]
		paper++
	}
	row := slices.Repeat([]byte{byte(paper)}, r.Dx())
	for y := r.Min.Y; y < r.Max.Y; y++ {
		copy(s.plane.Pix[y*s.plane.Stride+r.Min.X:], row)
	}
}

func (s sheet) inPlane(r image.Rectangle) image.Rectangle {
	at := func(v int) int { return int(math.Round(float64(v) * s.zoom)) }
	r = r.Sub(s.part.Min)
	return image.Rect(at(r.Min.X), at(r.Min.Y), at(r.Max.X), at(r.Max.Y)).Intersect(s.plane.Rect)
}

func (s sheet) inPage(r image.Rectangle) image.Rectangle {
	at := func(v int) int { return int(math.Round(float64(v) / s.zoom)) }
	return image.Rect(at(r.Min.X), at(r.Min.Y), at(r.Max.X), at(r.Max.Y)).Add(s.part.Min).Intersect(s.part)
}

const (
	mostLooks  = 24 // of second looks at words of one page: a page has some ten with a digit
	lookHeight = 44 // pixels that a word is high at the second look
)

// lookAgain reads a word of the upright page alone, as one line at a size of its
// own, and as a zone is read: capitals and digits only. It gives nothing where
// there is nothing to see.
func lookAgain(page *image.Gray, box image.Rectangle, reader *ocr.Reader) []pipeline.Char {
	if box.Dx() < 2 || box.Dy() < 2 {
		return nil
	}
	edge := max(box.Dy()/4, 2)
	part := box.Inset(-edge).Intersect(page.Rect)
	zoom := min(lookHeight/float64(box.Dy()), math.Sqrt(mostPixels/float64(part.Dx()*part.Dy())))
	glyphs, err := reader.Read(zoomed(page, part, zoom), ocr.Line)
	if err != nil {
		return nil
	}
	chars := make([]pipeline.Char, len(glyphs))
	for i, g := range glyphs {
		chars[i] = pipeline.Char{Rune: g.Rune, Confidence: g.Confidence}
	}
	return chars
}

// zoomed draws a part of a plane at another size.
func zoomed(g *image.Gray, part image.Rectangle, zoom float64) *image.Gray {
	w, h := max(int(float64(part.Dx())*zoom+.5), 1), max(int(float64(part.Dy())*zoom+.5), 1)
	m := imaging.Resize(g.SubImage(part), w, h, imaging.CatmullRom)
	dst := image.NewGray(m.Rect)
	for i := range dst.Pix {
		dst.Pix[i] = m.Pix[4*i]
	}
	return dst
}
