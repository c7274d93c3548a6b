package zone

import (
	"touchstone.internal/pipeline/zone/internal/cell"
)

// grid is where the cells of a zone lie in the picture. Along each line, place
// and step are polynomials of the cell's number, so that lines may bend and
// steps widen as they do in a photograph.
type grid struct {
	n      int // cells in a line
	rows   []row
	ink    float64 // deviation of a cell with print, in grey values
	belief float64 // how far its place may be believed, 0 to 1
	score  float64 // how much better the cells are as characters than as junk
}

// row is one line: x and y as polynomials of u, the cell's number from -1 at the
// first cell to 1 at the last.
type row struct {
	x, y [3]float64
	tall float64 // height of the print over its pitch, 1 as designed
}

func (r row) at(u float64) (x, y float64) {
	return r.x[0] + u*(r.x[1]+u*r.x[2]), r.y[0] + u*(r.y[1]+u*r.y[2])
}

// u is the place of cell i, halves and cells outside too.
func (g *grid) u(i float64) float64 { return 2*i/float64(g.n-1) - 1 }

// frame is the cell i of line l, moved by dx and dy pitches.
func (g *grid) frame(l int, i, dx, dy float64) cell.Frame {
	r, u := g.rows[l], g.u(i)
	x, y := r.at(u)
	per := 2 / float64(g.n-1)
	ax, ay := (r.x[1]+2*u*r.x[2])*per, (r.y[1]+2*u*r.y[2])*per
	ex, ey := -ay*r.tall, ax*r.tall
	return cell.Frame{X: x + dx*ax + dy*ex, Y: y + dx*ay + dy*ey, AX: ax, AY: ay, DX: ex, DY: ey}
}

// reader reads cells of one picture.
type reader struct {
	planes pyramid
	finder *cell.Net
	ink    float64 // deviation of a cell with print, in grey values; 0 while unknown
	cells  int     // how many were looked at on the search
}

// sample takes the cell at f out of the picture.
func (r *reader) sample(s cell.Shape, f cell.Frame, x []float32) {
	g, scale := r.planes.at(f.Pitch(), s.Pitch)
	cell.Sample(g, f.Shrunk(scale), s, x)
}

// worst bounds what one cell can say against a grid: one stain is no proof.
const worst = 6

// faint is the part of the print's deviation below which a cell is blank.
const faint = .4

// gain is by how much the cell at f is more likely a character than junk, in
// nats, and its deviation. Blank paper and what is not in the picture is junk.
func (r *reader) gain(f cell.Frame) (gain, deviation float64) {
	if !r.holds(f) {
		return -worst, 0
	}
	r.cells++
	g, scale := r.planes.at(f.Pitch(), r.finder.Pitch)
	gain, deviation = r.finder.Gain(g, f.Shrunk(scale))
	if deviation < faint*r.ink {
		return -worst, deviation
	}
	return min(max(gain, -worst), worst), deviation
}
