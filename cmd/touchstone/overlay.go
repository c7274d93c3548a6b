package main

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"

	"touchstone.internal/pipeline"
)

// makeOverlayDir makes the folder for overlays, if one was asked for.
func (c *screenCmd) makeOverlayDir() error {
	if c.Overlay == "" {
		return nil
	}
	if err := os.MkdirAll(c.Overlay, 0o750); err != nil {
		return fmt.Errorf("make the overlay folder: %w", err)
	}
	return nil
}

// overlay writes the upright picture with its boxes as PNG. The name is that
// of the file and the first digits of its digest, so that equal names from
// different folders do not overwrite each other.
func (c *screenCmd) overlay(a screened) error {
	page := a.Result.Rendition
	if c.Overlay == "" || page.Width == 0 {
		return nil
	}
	r := a.Result.Report
	base := strings.TrimSuffix(filepath.Base(a.File), filepath.Ext(a.File))
	if a.File == "-" {
		base = "stdin"
	}
	name := filepath.Join(c.Overlay, fmt.Sprintf("%s-%.8s.png", base, r.Digest))
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600) //nolint:gosec // the person names the folder
	if err != nil {
		return fmt.Errorf("write the overlay: %w", err)
	}
	return errors.Join(png.Encode(f, drawOverlay(page, r)), f.Close())
}

// Colours of ux: told apart by people who see colours differently too.
var (
	zoneColor = color.NRGBA{0x00, 0x72, 0xB2, 0xFF} //nolint:gochecknoglobals // a constant that Go has no syntax for
	failColor = color.NRGBA{0xD5, 0x5E, 0x00, 0xFF} //nolint:gochecknoglobals // a constant that Go has no syntax for
)

// drawOverlay draws the zones and the boxes of what failed or stayed open.
func drawOverlay(page pipeline.Rendition, r pipeline.Report) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, page.Width, page.Height))
	for i := range page.Width * page.Height {
		copy(img.Pix[4*i:], page.Pix[3*i:3*i+3])
		img.Pix[4*i+3] = 0xFF
	}
	if len(r.Pages) == 0 {
		return img
	}
	p := r.Pages[0]
	place := func(b pipeline.Box) image.Rectangle {
		up := p.Orientation.ToUpright(b.Rect(), p.Width, p.Height)
		w, _ := p.Orientation.Size(p.Width, p.Height)
		k := float64(page.Width) / float64(w)
		scale := func(v int) int { return int(float64(v)*k + 0.5) }
		return image.Rect(scale(up.Min.X), scale(up.Min.Y), scale(up.Max.X), scale(up.Max.Y))
	}
	for _, z := range p.Zones {
		frame(img, place(z.Box), zoneColor)
	}
	for _, f := range r.Findings {
		if f.Outcome != pipeline.Fail && f.Outcome != pipeline.Undetermined {
			continue
		}
		for _, b := range f.Boxes {
			frame(img, place(b), failColor)
		}
	}
	return img
}

// frame draws a frame outside the rectangle, on a white halo.
func frame(img *image.NRGBA, r image.Rectangle, c color.NRGBA) {
	white := color.NRGBA{0xFF, 0xFF, 0xFF, 0xFF}
	for i, col := range []color.NRGBA{white, c, c, c, white} {
		border(img, r.Inset(-1-i), col)
	}
}

// border draws a frame of one pixel, cut off at the edge of the picture.
func border(img *image.NRGBA, r image.Rectangle, c color.NRGBA) {
	for x := r.Min.X; x < r.Max.X; x++ {
		set(img, x, r.Min.Y, c)
		set(img, x, r.Max.Y-1, c)
	}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		set(img, r.Min.X, y, c)
		set(img, r.Max.X-1, y, c)
	}
}

func set(img *image.NRGBA, x, y int, c color.NRGBA) {
	if (image.Point{X: x, Y: y}).In(img.Rect) {
		img.SetNRGBA(x, y, c)
	}
}
