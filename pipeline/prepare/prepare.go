// Package prepare turns the bytes of an upload into the input of the checks:
// decoded within limits, turned upright, its machine readable zones found and
// read, and the printed page around them. It runs in the confined child process only. It opens no file, knows no
// network and no clock, and judges nothing: what it read is what was printed,
// as far as it could tell.
package prepare

import (
	"image"
	"time"

	"github.com/disintegration/imaging"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/ocr"
	"touchstone.internal/pipeline/zone"
)

// Job is what is known of a picture beside its bytes.
type Job struct {
	Digest  pipeline.Digest
	AsOf    time.Time // the day against which dates are judged
	Capture pipeline.CaptureClass
}

// Prepare reads a picture. Bytes that are no picture, or one that asks for too
// much, end in a Problem and no page. Reader reads the printed page; without
// one (nil) there are no words.
func Prepare(raw []byte, job Job, reader *ocr.Reader) *pipeline.Input {
	in := &pipeline.Input{Digest: job.Digest, AsOf: job.AsOf, Capture: job.Capture}
	p, problem := decode(raw)
	if problem != pipeline.ProblemNone {
		in.Problem = problem
		return in
	}
	page, problem := read(p, reader)
	in.Pages, in.Problem = []pipeline.Page{page}, problem
	return in
}

// read finds and reads the zones of a picture and its printed page. A picture
// that breaks the reading has been decoded well, so it keeps its page.
func read(p picture, reader *ocr.Reader) (page pipeline.Page, problem pipeline.Problem) {
	size := p.stored.Rect.Size()
	page = pipeline.Page{Width: size.X, Height: size.Y, Orientation: p.turn, Saved: p.saved}
	gray := turnedGray(p.luma, p.turn)
	found, problem := find(gray)
	for _, z := range found.Zones {
		for _, l := range z.Lines {
			for i := range l.Chars {
				l.Chars[i].Box = p.turn.ToStored(l.Chars[i].Box, size.X, size.Y)
			}
		}
	}
	page.Zones = found.Zones
	page.Orientation.Quarters = (p.turn.Quarters + found.Quarters) % 4
	page.Gray = turnedGray(gray, pipeline.Orientation{Quarters: found.Quarters})
	page.Image = turned(p.stored, page.Orientation)
	page.Words = words(page, reader)
	return page, problem
}

func find(g *image.Gray) (f zone.Found, problem pipeline.Problem) {
	defer func() {
		if recover() != nil {
			f, problem = zone.Found{}, pipeline.ProblemZoneUnreadable
		}
	}()
	return zone.Find(g), pipeline.ProblemNone
}

// uprightSide bounds the longer side of what is shown to people, in pixels.
const uprightSide = 1600

// Upright draws the page as people look at it: upright, and small enough for a
// screen.
func Upright(p pipeline.Page) pipeline.Rendition {
	m := p.Image
	if m == nil {
		return pipeline.Rendition{}
	}
	if w, h := m.Rect.Dx(), m.Rect.Dy(); max(w, h) > uprightSide {
		k := float64(uprightSide) / float64(max(w, h))
		m = imaging.Resize(m, max(int(float64(w)*k+.5), 1), max(int(float64(h)*k+.5), 1), imaging.Box)
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	r := pipeline.Rendition{Width: w, Height: h, Pix: make([]byte, 3*w*h)}
	for y := range h {
		src, dst := m.Pix[y*m.Stride:], r.Pix[3*w*y:3*w*(y+1)]
		for x := range w {
			copy(dst[3*x:3*x+3], src[4*x:4*x+3])
		}
	}
	return r
}
