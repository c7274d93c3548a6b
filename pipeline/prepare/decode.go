package prepare

import (
	"bytes"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"

	"github.com/disintegration/imaging"
	"golang.org/x/image/webp"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/jpegfile"
)

// picture is a decoded file: its pixels as stored, and the turn it asks for.
type picture struct {
	stored *image.NRGBA
	luma   *image.Gray
	turn   pipeline.Orientation
	saved  pipeline.Saved
}

// decode turns the bytes of a file into pixels. Whatever the bytes are, it
// returns; a decoder that panics met a broken file.
func decode(raw []byte) (p picture, problem pipeline.Problem) {
	defer func() {
		if recover() != nil {
			p, problem = picture{}, pipeline.ProblemCorrupt
		}
	}()
	switch {
	case len(raw) == 0:
		return p, pipeline.ProblemEmpty
	case len(raw) > pipeline.MaxUploadBytes:
		return p, pipeline.ProblemTooBig
	}
	t, ok := pipeline.Sniff(raw[:min(len(raw), pipeline.SniffLen)])
	if !ok {
		return p, pipeline.ProblemNotPicture
	}
	if _, problem = admit(raw, t); problem != pipeline.ProblemNone {
		return p, problem
	}
	m, err := pixels(raw, t)
	if err != nil || m.Bounds().Dx() < 1 || m.Bounds().Dy() < 1 {
		return p, pipeline.ProblemCorrupt
	}
	stored := flatten(m)
	head := headOf(raw, t)
	return picture{stored, luma(m, stored), orientation(raw, t, head), saved(t, m, head)}, pipeline.ProblemNone
}

func pixels(raw []byte, t pipeline.MediaType) (image.Image, error) {
	r := bytes.NewReader(raw)
	switch t {
	case pipeline.JPEG:
		return jpeg.Decode(r)
	case pipeline.PNG:
		return png.Decode(r)
	default:
		return webp.Decode(r)
	}
}

// headOf is the head of a JPEG file; nil of another, and of one that is broken, which
// decoders may forgive.
func headOf(raw []byte, t pipeline.MediaType) *jpegfile.File {
	if t != pipeline.JPEG {
		return nil
	}
	head, err := jpegfile.Head(raw, jpegfile.DefaultLimits)
	if err != nil {
		return nil
	}
	return head
}

// saved finds out how a file was last saved. WebP has two ways, and only the one with
// loss gives its pixels as luma and chroma.
func saved(t pipeline.MediaType, m image.Image, head *jpegfile.File) pipeline.Saved {
	switch t {
	case pipeline.JPEG:
		if head == nil {
			return pipeline.Saved{}
		}
		return pipeline.Saved{Quality: head.Quality()}
	case pipeline.WebP:
		_, lossy := m.(*image.YCbCr)
		_, veiled := m.(*image.NYCbCrA)
		return pipeline.Saved{Lossless: !lossy && !veiled}
	case pipeline.PNG:
		return pipeline.Saved{Lossless: true}
	}
	return pipeline.Saved{}
}

// flatten draws a picture on white paper, in this goroutine: what imaging
// later does in others cannot meet a broken palette. It draws as RGBA, for which
// the standard library has fast ways; with nothing see-through that is the same
// as NRGBA.
func flatten(m image.Image) *image.NRGBA {
	b := m.Bounds()
	dst := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	op := draw.Src
	if o, ok := m.(interface{ Opaque() bool }); !ok || !o.Opaque() {
		draw.Draw(dst, dst.Rect, image.White, image.Point{}, draw.Src)
		op = draw.Over
	}
	draw.Draw(dst, dst.Rect, m, b.Min, op)
	return &image.NRGBA{Pix: dst.Pix, Stride: dst.Stride, Rect: dst.Rect}
}

// luma is the brightness of a picture: the one a JPEG file stores, or that of
// its colours by the same weights (ITU-R BT.601, as JFIF takes them).
func luma(m image.Image, flat *image.NRGBA) *image.Gray {
	g := image.NewGray(flat.Rect)
	w, h := g.Rect.Dx(), g.Rect.Dy()
	if y, ok := m.(*image.YCbCr); ok {
		for r := range h {
			copy(g.Pix[r*g.Stride:r*g.Stride+w], y.Y[y.YOffset(y.Rect.Min.X, y.Rect.Min.Y+r):])
		}
		return g
	}
	for r := range h {
		src, dst := flat.Pix[r*flat.Stride:], g.Pix[r*g.Stride:r*g.Stride+w]
		for x := range dst {
			p := src[4*x : 4*x+3 : 4*x+3]
			dst[x] = uint8((19595*uint32(p[0]) + 38470*uint32(p[1]) + 7471*uint32(p[2]) + 1<<15) >> 16) //nolint:gosec // at most 255
		}
	}
	return g
}

// turned gives the stored picture turned upright.
func turned(m *image.NRGBA, o pipeline.Orientation) *image.NRGBA {
	if o.Mirrored {
		m = imaging.FlipH(m)
	}
	switch o.Quarters { // imaging turns anticlockwise
	case 1:
		return imaging.Rotate270(m)
	case 2:
		return imaging.Rotate180(m)
	case 3:
		return imaging.Rotate90(m)
	}
	return m
}

// turnedGray does the same for a plane of brightness.
func turnedGray(g *image.Gray, o pipeline.Orientation) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	// Steps through the stored picture for one pixel right and one down.
	at, right, down := 0, 1, g.Stride
	if o.Mirrored {
		at, right = w-1, -1
	}
	for range o.Quarters { // clockwise: the new first row is the old first column, upwards
		at, right, down = at+(h-1)*down, -down, right
		w, h = h, w
	}
	if at == 0 && right == 1 && down == g.Stride {
		return g
	}
	dst := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		i := at + y*down
		row := dst.Pix[y*dst.Stride : y*dst.Stride+w]
		for x := range row {
			row[x] = g.Pix[i]
			i += right
		}
	}
	return dst
}
