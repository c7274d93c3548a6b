//go:build cgo

package ocr

import (
	"encoding/binary"
	"fmt"
	"image"
	"math"
	"strings"

	"github.com/otiai10/gosseract/v2"
)

const (
	// maxSide bounds what tesseract is given: from 32,768 on it breaks.
	maxSide = 8000
	// leastPage bounds the shorter side of a page: thresholds of the surrounding
	// break tesseract where there is hardly any, and print is higher.
	leastPage = 32
)

// Reader is one tesseract, loaded and ready. It is for one goroutine, and there
// is to be one in a process: loading redirects the standard error of all of it
// for a moment.
type Reader struct{ client *gosseract.Client }

// Version is that of the tesseract that is linked in.
func Version() string { return gosseract.Version() }

// New loads tesseract completely: what it opens, it has opened when this
// returns, so that a process can be locked in afterwards.
func New() (*Reader, error) {
	if err := CheckLanguageData(); err != nil {
		return nil, err
	}
	r := &Reader{gosseract.NewClient()}
	for k, v := range map[gosseract.SettableVariable]string{
		// Words of English and numbers are no help with a zone.
		"load_system_dawg": "0", "load_freq_dawg": "0", "load_punc_dawg": "0", "load_number_dawg": "0",
	} {
		if err := r.client.SetVariable(k, v); err != nil {
			return nil, fmt.Errorf("set up tesseract: %w", err)
		}
	}
	if _, err := r.Read(warmUp(), Block); err != nil {
		_ = r.client.Close()
		return nil, fmt.Errorf("load tesseract: %w", err)
	}
	return r, nil
}

// Close gives tesseract's memory back.
func (r *Reader) Close() error { return r.client.Close() }

// Read gives the characters of a zone that tesseract sees, in the order it
// reads. Nothing seen is no error.
func (r *Reader) Read(g *image.Gray, m Mode) ([]Glyph, error) {
	if err := r.show(g, setting{m, whitelist, otsu}); err != nil {
		return nil, err
	}
	boxes, err := r.client.GetBoundingBoxes(gosseract.RIL_SYMBOL)
	if err != nil {
		return nil, fmt.Errorf("read with tesseract: %w", err)
	}
	glyphs := make([]Glyph, 0, len(boxes))
	for _, b := range boxes {
		// A blank picture gives one empty word at a place that means nothing.
		if len(b.Word) == 1 && b.Box.In(image.Rectangle{Max: g.Rect.Size()}) {
			glyphs = append(glyphs, Glyph{b.Word[0], b.Box, b.Confidence / 100})
		}
	}
	return glyphs, nil
}

// ReadWords gives the words of a whole page that tesseract sees, line by line
// and each from left to right. Nothing seen is no error.
func (r *Reader) ReadWords(g *image.Gray) ([]Word, error) {
	if w, h := g.Rect.Dx(), g.Rect.Dy(); min(w, h) < leastPage {
		return nil, fmt.Errorf("a page of %d x %d pixels is too small for tesseract", w, h)
	}
	if err := r.show(g, setting{Page, "", sauvola}); err != nil {
		return nil, err
	}
	boxes, err := r.client.GetBoundingBoxesVerbose()
	if err != nil {
		return nil, fmt.Errorf("read with tesseract: %w", err)
	}
	type place struct{ block, par, line int }
	var words []Word
	var last place
	line := -1
	for _, b := range boxes {
		if at := (place{b.BlockNum, b.ParNum, b.LineNum}); at != last {
			last, line = at, line+1
		}
		text := strings.ToValidUTF8(strings.TrimSpace(b.Word), "")
		if text != "" && b.Box.In(image.Rectangle{Max: g.Rect.Size()}) {
			words = append(words, Word{text, b.Box, line})
		}
	}
	return words, nil
}

// setting is how tesseract is to look at a picture.
type setting struct {
	mode         Mode
	characters   string // that it may show; empty means any
	thresholding string // how it tells ink from paper, by tesseract's own numbers
}

const (
	otsu    = "0" // one threshold for all of a picture
	sauvola = "2" // one for each surrounding: print stands on patterns and under overlays
)

// show hands tesseract a picture. All of the setting is given each time, since
// tesseract keeps the last one; by variable, because SetPageSegMode is lost
// before the first recognition.
func (r *Reader) show(g *image.Gray, s setting) error {
	if w, h := g.Rect.Dx(), g.Rect.Dy(); w < 1 || h < 1 || w > maxSide || h > maxSide {
		return fmt.Errorf("a picture of %d x %d pixels is not for tesseract", w, h)
	}
	for k, v := range map[gosseract.SettableVariable]string{
		"tessedit_pageseg_mode": string(s.mode), "tessedit_char_whitelist": s.characters, "thresholding_method": s.thresholding,
	} {
		if err := r.client.SetVariable(k, v); err != nil {
			return fmt.Errorf("set tesseract's %s: %w", k, err)
		}
	}
	if err := r.client.SetImageFromBytes(bitmap(g)); err != nil {
		return fmt.Errorf("hand tesseract a picture: %w", err)
	}
	return nil
}

// warmUp is a picture with something on it, so that all of tesseract is loaded.
func warmUp() *image.Gray {
	g := image.NewGray(image.Rect(0, 0, 240, 60))
	for i := range g.Pix {
		x, y := i%240, i/240
		g.Pix[i] = 255
		if x%30 > 8 && x%30 < 14 && y > 15 && y < 45 {
			g.Pix[i] = 0
		}
	}
	return g
}

// bitmap writes an 8 bit grey BMP: of all formats, the one that costs tesseract
// least to open.
func bitmap(g *image.Gray) []byte {
	const head, palette = 54, 1024
	w, h := g.Rect.Dx(), g.Rect.Dy()
	row := (w + 3) &^ 3
	size := head + palette + row*h
	b := make([]byte, head+palette, size)
	copy(b, "BM")
	le := binary.LittleEndian
	le.PutUint32(b[2:], u32(size))
	le.PutUint32(b[10:], head+palette)
	le.PutUint32(b[14:], 40)
	le.PutUint32(b[18:], u32(w))
	le.PutUint32(b[22:], u32(h))
	le.PutUint16(b[26:], 1)
	le.PutUint16(b[28:], 8)
	le.PutUint32(b[34:], u32(row*h))
	le.PutUint32(b[38:], 11811) // 300 dots per inch, in dots per metre
	le.PutUint32(b[42:], 11811)
	for i := range 256 {
		v := byte(i)
		copy(b[head+4*i:], []byte{v, v, v, 0})
	}
	pad := make([]byte, row-w)
	for y := h - 1; y >= 0; y-- {
		b = append(b, g.Pix[y*g.Stride:y*g.Stride+w]...)
		b = append(b, pad...)
	}
	return b
}

func u32(n int) uint32 { return uint32(min(max(n, 0), math.MaxInt32)) }
