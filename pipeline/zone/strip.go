package zone

import (
	"image"
	"math"

	"touchstone.internal/pipeline/ocr"
	"touchstone.internal/pipeline/zone/internal/cell"
)

// The picture that the second reader gets of a line: cells drawn stripPitch wide
// and laid stripStep apart, for it is used to letters that stand closer than
// OCR-B's, with white paper around them.
const (
	stripPitch  = 28
	stripStep   = 22
	stripHeight = 56
	stripMargin = 20
)

// strip draws one line level, its cells evenly apart, darkest ink black and
// paper white.
func strip(p pyramid, laid *grid, l int) *image.Gray {
	raw := level(p, laid, l)
	var histogram [256]int
	for _, v := range raw {
		histogram[int(v)]++
	}
	ink, paper := quantile(&histogram, len(raw)/50), quantile(&histogram, len(raw)/2)
	scale := 255 / max(float32(paper-ink), 1)
	dst := image.NewGray(image.Rect(0, 0, (laid.n-1)*stripStep+stripPitch+2*stripMargin, stripHeight+2*stripMargin))
	for i := range dst.Pix {
		dst.Pix[i] = 255
	}
	width := laid.n * stripPitch
	for y := range stripHeight {
		row := dst.Pix[(y+stripMargin)*dst.Stride+stripMargin:]
		for x, v := range raw[y*width : (y+1)*width] {
			p := &row[x/stripPitch*stripStep+x%stripPitch]
			*p = min(*p, uint8(min(max((v-float32(ink))*scale, 0), 255)))
		}
	}
	return dst
}

// level samples a line so that it runs level, stripPitch samples to a cell.
func level(p pyramid, laid *grid, l int) []float32 {
	f := laid.frame(l, float64(laid.n-1)/2, 0, 0)
	g, scale := p.at(math.Hypot(f.AX, f.AY), 2*stripPitch)
	n := min(max(int(math.Hypot(f.AX, f.AY)/scale/stripPitch+.5), 1), 2) // averages where pixels are many
	width := laid.n * stripPitch
	raw := make([]float32, width*stripHeight)
	for x := range width {
		for a := range n {
			f := laid.frame(l, (float64(x)+(float64(a)+.5)/float64(n))/stripPitch-.5, 0, 0).Shrunk(scale)
			for y := range stripHeight {
				for b := range n {
					d := (float64(y) + (float64(b)+.5)/float64(n) - stripHeight/2.) / stripPitch
					raw[y*width+x] += cell.At(g, f.X+d*f.DX, f.Y+d*f.DY) / float32(n*n)
				}
			}
		}
	}
	return raw
}

// quantile is the value that n of the counted are below.
func quantile(histogram *[256]int, n int) int {
	for v, c := range histogram {
		if n -= c; n < 0 {
			return v
		}
	}
	return 255
}

// look gives what the second reader sees in each cell of a line; 0 where it sees
// nothing.
func look(p pyramid, laid *grid, l int, second Second) []byte {
	seen := make([]byte, laid.n)
	if second == nil {
		return seen
	}
	glyphs, err := second.Read(strip(p, laid, l), ocr.Line)
	if err != nil {
		return seen
	}
	at := make([]float64, len(glyphs))
	for k, q := range glyphs {
		at[k] = (float64(q.Box.Min.X+q.Box.Max.X)/2 - stripMargin - stripPitch/2) / stripStep
	}
	for k, i := range assign(at, laid.n) {
		if i >= 0 {
			seen[i] = glyphs[k].Rune
		}
	}
	return seen
}

// assign gives each glyph, by its place in cells, a cell of its own in the same
// order; -1 to one that is better left out.
func assign(at []float64, n int) []int {
	const left = 1.0 // what it costs to leave a glyph out, in cells squared
	cost := make([][]float64, len(at)+1)
	took := make([][]bool, len(at)+1)
	for k := range cost {
		cost[k], took[k] = make([]float64, n+1), make([]bool, n+1)
		for i := range cost[k] {
			if k == 0 {
				continue
			}
			cost[k][i] = cost[k-1][i] + left
			if i == 0 {
				continue
			}
			cost[k][i] = min(cost[k][i], cost[k][i-1])
			d := at[k-1] - float64(i-1)
			if c := cost[k-1][i-1] + d*d; c < cost[k][i] {
				cost[k][i], took[k][i] = c, true
			}
		}
	}
	out := make([]int, len(at))
	for k, i := len(at), n; k > 0; {
		switch {
		case took[k][i]:
			out[k-1] = i - 1
			k, i = k-1, i-1
		case i > 0 && cost[k][i] == cost[k][i-1]:
			i--
		default:
			out[k-1] = -1
			k--
		}
	}
	return out
}
