package checks

import (
	"bytes"
	"image"
	"image/draw"
	"image/jpeg"
	"testing"

	"touchstone.internal/fixtures"
	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

// luma is the brightness of a photograph of a specimen, as its file stores it.
func luma(t *testing.T, seed uint64) *image.Gray {
	t.Helper()
	file, _, err := fixtures.Take(fixtures.Spec{Format: mrz.TD3, Seed: seed, Resolution: 120}, fixtures.CapturePhone)
	if err != nil {
		t.Fatal(err)
	}
	m, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	y := m.(*image.YCbCr)
	g := image.NewGray(image.Rect(0, 0, min(400, y.Rect.Dx()), min(720, y.Rect.Dy()))) // enough, and quick
	for row := range g.Rect.Dy() {
		copy(g.Pix[row*g.Stride:][:g.Rect.Dx()], y.Y[row*y.YStride:])
	}
	return g
}

func TestIMG03(t *testing.T) {
	page := func(g *image.Gray, saved pipeline.Saved) *pipeline.Input {
		return &pipeline.Input{Pages: []pipeline.Page{{Gray: g, Saved: saved, Width: g.Rect.Dx(), Height: g.Rect.Dy()}}}
	}
	whole, other := luma(t, 1), luma(t, 2)
	at := image.Rect(121, 507, 121+150, 507+190) // not on a multiple of eight
	pasted := image.NewGray(whole.Rect)
	draw.Draw(pasted, pasted.Rect, whole, image.Point{}, draw.Src)
	draw.Draw(pasted, at, other, image.Pt(160, 160), draw.Src)
	lossless, best, camera := pipeline.Saved{Lossless: true}, pipeline.Saved{Quality: 98}, pipeline.Saved{Quality: 92}
	noise := image.NewGray(image.Rect(0, 0, 300, 200))
	for i := range noise.Pix {
		noise.Pix[i] = byte(i * i * 2654435761 >> 13)
	}
	cases(t, "IMG-03", tests{
		"no picture":            {&pipeline.Input{}, answer{pipeline.NotPerformed, "no_picture", 0}},
		"a page not prepared":   {&pipeline.Input{Pages: []pipeline.Page{{}}}, answer{pipeline.NotPerformed, "no_picture", 0}},
		"as the camera saved":   {page(whole, camera), answer{pipeline.NotPerformed, "grid_gone", 0}},
		"without loss":          {page(whole, lossless), answer{pipeline.OK, "grid_ok", 0}},
		"at best quality":       {page(whole, best), answer{pipeline.Undetermined, "grid_faded", 0}},
		"pasted":                {page(pasted, lossless), answer{pipeline.Fail, "grid_foreign", pipeline.S2}},
		"pasted, saved at best": {page(pasted, best), answer{pipeline.Fail, "grid_foreign", pipeline.S2}},
		"never compressed":      {page(noise, lossless), answer{pipeline.NotPerformed, "grid_none", 0}},
		"how it was is unknown": {page(pasted, pipeline.Saved{}), answer{pipeline.NotPerformed, "grid_gone", 0}},
	})
	check, _ := ByID("IMG-03")
	turned := page(pasted, lossless)
	turned.Pages[0].Orientation.Quarters = 2
	box := check.Run(turned)[0].Boxes[0]
	want := image.Rect(pasted.Rect.Dx()-at.Max.X, pasted.Rect.Dy()-at.Max.Y, pasted.Rect.Dx()-at.Min.X, pasted.Rect.Dy()-at.Min.Y)
	if got := image.Rect(box.X, box.Y, box.X+box.Width, box.Y+box.Height); !want.Inset(-12).Eq(want.Inset(-12).Union(got)) || got.Dx() < 120 {
		t.Errorf("box %v; want %v", got, want)
	}
}
