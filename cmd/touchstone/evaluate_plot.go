package main

import (
	"bytes"
	"fmt"
	"strings"
)

// The measures of the plot, in pixels.
const (
	panelWidth  = 320
	panelHeight = 220
	panelLeft   = 48 // for the numbers of the scale
	panelTop    = 34
	panelBottom = 40
	panelRight  = 16
	panelRow    = 3 // panels
)

// plot draws the curves as SVG: a panel for each axis, with the share of exact
// readings over the middle of each bin, its 95 % interval as a bar, and the
// number of pictures below.
func plot(curves []curve) []byte {
	var b bytes.Buffer
	rows := (len(curves) + panelRow - 1) / panelRow
	w, h := panelRow*panelWidth, max(rows, 1)*panelHeight
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif" font-size="11">`+"\n", w, h, w, h)
	b.WriteString("<title>Documents read exactly, by setting of the camera, with 95 % intervals</title>\n")
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#fff"/>`+"\n", w, h)
	for i, c := range curves {
		fmt.Fprintf(&b, `<g transform="translate(%d %d)">`+"\n", i%panelRow*panelWidth, i/panelRow*panelHeight)
		panel(&b, c)
		b.WriteString("</g>\n")
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// plotY is where a share stands.
func plotY(share float64) float64 {
	return panelTop + (1-share)*(panelHeight-panelTop-panelBottom)
}

// panel draws one curve. Bins are equally wide, whatever they hold: the scale
// of some axes is of factors.
func panel(b *bytes.Buffer, c curve) {
	fmt.Fprintf(b, `<text x="%d" y="20" font-size="13" font-weight="bold">%s, %s</text>`+"\n", panelLeft, c.Axis, c.Unit)
	for _, share := range []float64{0, 0.25, 0.5, 0.75, 1} {
		y := plotY(share)
		fmt.Fprintf(b, `<path d="M%d %.1fH%d" stroke="#ddd"/><text x="%d" y="%.1f" text-anchor="end">%.0f %%</text>`+"\n",
			panelLeft, y, panelWidth-panelRight, panelLeft-6, y+4, 100*share)
	}
	step := float64(panelWidth-panelLeft-panelRight) / float64(max(len(c.Bins), 1))
	var line strings.Builder
	for i, bin := range c.Bins {
		left := panelLeft + float64(i)*step
		x := left + step/2
		edge(b, left, bin.From)
		if i == len(c.Bins)-1 {
			edge(b, left+step, bin.To)
		}
		if bin.Documents.Share == nil {
			continue
		}
		y := plotY(*bin.Documents.Share)
		fmt.Fprintf(&line, " %.1f,%.1f", x, y)
		fmt.Fprintf(b, `<path d="M%.1f %.1fV%.1f" stroke="#7a9cc6" stroke-width="2"/><circle cx="%.1f" cy="%.1f" r="3.5" fill="#1f4e8c"/>`+"\n",
			x, plotY(bin.Documents.High), plotY(bin.Documents.Low), x, y)
		fmt.Fprintf(b, `<text x="%.1f" y="%d" text-anchor="middle" fill="#666" font-size="9">%d</text>`+"\n", x, panelHeight-10, bin.Documents.Of)
	}
	fmt.Fprintf(b, `<polyline points="%s" fill="none" stroke="#1f4e8c" stroke-width="1.5"/>`+"\n", line.String())
}

// edge writes the value of a bin's edge below the scale.
func edge(b *bytes.Buffer, x, v float64) {
	fmt.Fprintf(b, `<text x="%.1f" y="%d" text-anchor="middle">%g</text>`+"\n", x, panelHeight-panelBottom+16, v)
}
