package zone

import (
	"image"
	"math"

	"touchstone.internal/pipeline/zone/internal/cell"
)

// view is a picture as it is searched for lines that run about level: turned,
// and no larger than the search needs.
type view struct {
	planes  pyramid
	x0, y0  float64 // where its upper left corner lies in the picture
	ax, ay  float64 // one pixel to the right, in pixels of the picture; one down is -ay, ax
	picture image.Rectangle
}

// turns are the angles, in degrees, that a picture is searched at, one after
// another until something is found. Lines are followed up to some 17 degrees to
// either side, and both ways round.
var turns = []float64{0, 90, 30, -30, 60, -60} //nolint:gochecknoglobals // a table, never written

// quarters are the first of the turns, which differ by one.
var quarters = turns[:2] //nolint:gochecknoglobals // a table, never written

// viewAt looks at a picture along a direction.
func viewAt(p pyramid, degrees float64) view {
	v := view{planes: p, ax: 1, picture: p[0].Rect}
	if degrees == 0 {
		return v
	}
	k, scale := 0, 1.0
	for k+1 < len(p) && max(p[k].Rect.Dx(), p[k].Rect.Dy()) > finest {
		k, scale = k+1, 2*scale
	}
	g := p[k]
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	w, h := float64(g.Rect.Dx()), float64(g.Rect.Dy())
	wide, high := math.Ceil(w*math.Abs(cos)+h*math.Abs(sin)-1e-9), math.Ceil(w*math.Abs(sin)+h*math.Abs(cos)-1e-9)
	v.ax, v.ay = cos*scale, sin*scale
	v.x0, v.y0 = w/2*scale-wide/2*v.ax+high/2*v.ay, h/2*scale-wide/2*v.ay-high/2*v.ax
	if degrees == 90 {
		v.planes = pyramidOf(quarter(g))
	} else {
		v.planes = pyramidOf(turned(g, v, scale, int(wide), int(high)))
	}
	return v
}

// quarter is a plane seen along its columns: each pixel of it is one of the
// plane, so that nothing is sampled.
func quarter(g *image.Gray) *image.Gray {
	const block = 64 // columns of a block lie in lines of the cache that are still warm
	w, h := g.Rect.Dx(), g.Rect.Dy()
	dst := image.NewGray(image.Rect(0, 0, h, w))
	for from := 0; from < h; from += block {
		for y := range w {
			row := dst.Pix[y*dst.Stride:][from:min(from+block, h)]
			at := from*g.Stride + w - 1 - y
			for x := range row {
				row[x] = g.Pix[at]
				at += g.Stride
			}
		}
	}
	return dst
}

// turned draws the view of a plane that is scale times smaller than the picture,
// white where the picture has ended.
func turned(g *image.Gray, v view, scale float64, wide, high int) *image.Gray {
	dst := image.NewGray(image.Rect(0, 0, wide, high))
	w, h := float64(g.Rect.Dx()), float64(g.Rect.Dy())
	for y := range high {
		row := dst.Pix[y*dst.Stride : y*dst.Stride+wide]
		for x := range row {
			row[x] = 255
			px, py := v.at(float64(x)+.5, float64(y)+.5)
			if px, py = px/scale, py/scale; px >= 0 && px < w && py >= 0 && py < h {
				row[x] = uint8(cell.At(g, px, py) + .5)
			}
		}
	}
	return dst
}

// at is where a place of the view lies in the picture.
func (v view) at(x, y float64) (px, py float64) {
	return v.x0 + x*v.ax - y*v.ay, v.y0 + x*v.ay + y*v.ax
}

// coarse is how many pixels of the picture so many are of the finest of the
// coarser levels.
func (v view) coarse(pixels float64) float64 {
	longer := float64(max(v.picture.Dx(), v.picture.Dy()))
	for longer > finest/2 {
		longer, pixels = longer/2, pixels*2
	}
	return pixels
}

// mapped moves a grid from the view to the picture.
func (v view) mapped(g grid) grid {
	rows := make([]row, len(g.rows))
	for l, r := range g.rows {
		rows[l].tall = r.tall
		for k := range 3 {
			rows[l].x[k], rows[l].y[k] = r.x[k]*v.ax-r.y[k]*v.ay, r.x[k]*v.ay+r.y[k]*v.ax
		}
		rows[l].x[0] += v.x0
		rows[l].y[0] += v.y0
	}
	g.rows = rows
	return g
}

// boxAround is the upright box around bands of the view, in the picture.
func (v view) boxAround(bs []band) (b image.Rectangle) {
	for _, s := range bs {
		for _, x := range []float64{s.x0, s.x1} {
			px, py := v.at(x, s.yAt(x))
			h := s.height / 2 * math.Hypot(v.ax, v.ay)
			b = b.Union(image.Rect(int(px-h), int(py-h), int(px+h), int(py+h)))
		}
	}
	return b
}
