package prepare

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/webp"

	"touchstone.internal/pipeline"
)

// What a picture may ask for before it is decoded. The text catalogue says the
// same to people.
const (
	maxPixels = 50_000_000
	maxHeavy  = 25_000_000 // of pixels that take twice the memory and more
	maxSide   = 12_000
	minSide   = 200 // of the longer side: less holds no readable zone
	maxScans  = 64  // a progressive picture has about ten
)

// admit looks at the head of a picture and says whether it may be decoded.
func admit(raw []byte, t pipeline.MediaType) (image.Config, pipeline.Problem) {
	c, err := config(raw, t)
	if err != nil || c.Width < 1 || c.Height < 1 {
		return c, pipeline.ProblemCorrupt
	}
	scans, progressive := 0, false
	switch t {
	case pipeline.JPEG:
		scans, progressive = jpegScans(raw)
	case pipeline.WebP:
		inner := webpFrame(raw)
		c.Width, c.Height = max(c.Width, inner.X), max(c.Height, inner.Y)
	case pipeline.PNG:
	}
	pixels := int64(c.Width) * int64(c.Height)
	most := int64(maxPixels)
	if progressive || deep(c.ColorModel) {
		most = maxHeavy
	}
	switch {
	case c.Width > maxSide || c.Height > maxSide || pixels > most:
		return c, pipeline.ProblemTooManyPixel
	case scans > maxScans:
		return c, pipeline.ProblemTooManyScans
	case max(c.Width, c.Height) < minSide:
		return c, pipeline.ProblemTooSmall
	}
	return c, pipeline.ProblemNone
}

func config(raw []byte, t pipeline.MediaType) (image.Config, error) {
	switch t {
	case pipeline.JPEG:
		return jpeg.DecodeConfig(bytes.NewReader(raw))
	case pipeline.PNG:
		return png.DecodeConfig(bytes.NewReader(raw))
	default:
		return webp.DecodeConfig(bytes.NewReader(raw))
	}
}

// deep tells whether colours have 16 bits. Like the coefficients that a
// progressive picture keeps while it is decoded, they take 8 bytes a pixel and
// more.
func deep(m color.Model) bool { return m == color.NRGBA64Model || m == color.RGBA64Model }

// jpegScans counts the scans of a JPEG file and tells whether it is
// progressive (ITU-T T.81, B.1.1). It reads markers only.
func jpegScans(raw []byte) (scans int, progressive bool) {
	for i := 2; i+4 <= len(raw); {
		j := bytes.IndexByte(raw[i:], 0xff)
		if j < 0 || i+j+4 > len(raw) {
			return scans, progressive
		}
		i += j + 1
		switch m := raw[i]; {
		case m == 0xd9:
			return scans, progressive
		case m == 0, m == 1, m == 0xff, m >= 0xd0 && m <= 0xd8: // stuffing, fill and markers that stand alone
		default:
			scans += b2i(m == 0xda)
			progressive = progressive || m == 0xc2
			i += 1 + int(binary.BigEndian.Uint16(raw[i+1:]))
		}
	}
	return scans, progressive
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// webpFrame is the size of the greatest frame inside a WebP file, which its
// head need not tell the truth about (RFC 9649, 2.5 to 2.7).
func webpFrame(raw []byte) (size image.Point) {
	le := binary.LittleEndian
	for c := range riff(raw) {
		switch {
		case c.id == "VP8 " && len(c.body) >= 10:
			size.X = max(size.X, int(le.Uint16(c.body[6:])&0x3fff))
			size.Y = max(size.Y, int(le.Uint16(c.body[8:])&0x3fff))
		case c.id == "VP8L" && len(c.body) >= 5:
			bits := le.Uint32(c.body[1:])
			size.X = max(size.X, int(bits&0x3fff)+1)
			size.Y = max(size.Y, int(bits>>14&0x3fff)+1)
		}
	}
	return size
}

// chunk is a named part of a file.
type chunk struct {
	id   string
	body []byte
}

// riff gives the chunks of a WebP file, the last one cut short if the file is.
func riff(raw []byte) func(yield func(chunk) bool) {
	return func(yield func(chunk) bool) {
		for i := 12; i+8 <= len(raw); {
			n := int64(binary.LittleEndian.Uint32(raw[i+4:]))
			end := min(int64(i)+8+n, int64(len(raw)))
			if !yield(chunk{string(raw[i : i+4]), raw[i+8 : end]}) {
				return
			}
			i = int(end + n&1)
		}
	}
}
