package main

import (
	"bytes"
	"image"
	"math"
	"math/rand/v2"
	"os"

	"touchstone.internal/pipeline/zone/internal/cell"
)

// drawings are how many cells a mean look is taken of: in all weights, beside
// neighbours of any kind.
const drawings = 24

// writeLooks writes the mean look of each character in each print, at each blur.
func writeLooks(types []typeface, out string) error {
	prints := [cell.Prints][]typeface{cell.OCRB: types[:2], cell.Typewriter: types[2:3], cell.Sans: types[3:4]}
	rng := rand.New(rand.NewPCG(3, 3)) //nolint:gosec // to be the same each time
	var b bytes.Buffer
	for _, drawn := range prints {
		for _, blur := range cell.LookBlurs {
			for c := range cell.Junk {
				for _, v := range meanLook(drawn, c, blur, rng) {
					b.WriteByte(byte(int8(min(max(math.Round(v*28), -127), 127)))) //nolint:gosec // two's complement, as it is read
				}
			}
		}
	}
	return os.WriteFile(out, b.Bytes(), 0o644) //nolint:gosec // a public table
}

func meanLook(drawn []typeface, c int, blur float64, rng *rand.Rand) []float64 {
	mean := make([]float64, cell.ReaderShape.Size())
	x := make([]float32, len(mean))
	for k := range drawings {
		t := drawn[k%len(drawn)]
		weight := rng.IntN(len(t))
		ink := make([]float32, stripW*stripH)
		for i, r := range []int{rng.IntN(cell.Junk), c, rng.IntN(cell.Junk)} {
			put(ink, t[weight][r], pitch*(1.5+float64(i)), stripH/2, 1)
		}
		soft := blurred(ink, stripW, stripH, blur*pitch)
		g := image.NewGray(image.Rect(0, 0, stripW, stripH))
		for i, v := range soft {
			g.Pix[i] = clamp(255 * (1 - float64(v)))
		}
		cell.Sample(g, cell.Frame{X: 2.5 * pitch, Y: stripH / 2, AX: pitch, DY: pitch}, cell.ReaderShape, x)
		for i, v := range x {
			mean[i] += float64(v) / drawings
		}
	}
	return mean
}
