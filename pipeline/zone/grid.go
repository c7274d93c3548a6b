package zone

import (
	"math"

	"touchstone.internal/pipeline/zone/internal/cell"
)

// grid is where the cells of a zone lie in the picture. Along each line, place is
// a polynomial of how far along the line in the picture a cell lies, so that
// lines may bend; in perspective, that is not how far along the document.
type grid struct {
	n      int     // cells in a line
	first  int     // cells of the first line if it has fewer
	near   float64 // how much nearer the last cells are than the first
	rows   []row
	ink    float64 // deviation of a cell with print, in grey values
	belief float64 // how far its place may be believed, 0 to 1
	score  float64 // how much better the cells are as characters than as junk
}

// mean is the gain of the mean cell.
func (g *grid) mean() float64 {
	n := 0
	for l := range g.rows {
		n += g.cells(l)
	}
	return g.score / float64(n)
}

// cells is how many cells line l has.
func (g *grid) cells(l int) int {
	if l == 0 && g.first > 0 {
		return g.first
	}
	return g.n
}

// row is one line: x and y as polynomials of u, the place along the line from -1
// at the first cell to 1 at the last.
type row struct {
	x, y [3]float64
	tall float64 // height of the print over its pitch, 1 as designed
}

func (r row) at(u float64) (x, y float64) {
	return r.x[0] + u*(r.x[1]+u*r.x[2]), r.y[0] + u*(r.y[1]+u*r.y[2])
}

// u is the place of cell i, halves and cells outside too.
func (g *grid) u(i float64) float64 { return 2*seen(i/float64(g.n-1), g.near) - 1 }

// per is how far in u it is from cell i to the next.
func (g *grid) per(i float64) float64 {
	d := distance(i/float64(g.n-1), g.near)
	return 2 / float64(g.n-1) * g.near / (d * d)
}

// seen maps a share of the way along a line onto the picture of a line whose
// end is so much nearer: a projective map that keeps both ends.
func seen(share, near float64) float64 { return share / distance(share, near) }

// distance is how far off a line is at a share of the way, over its end.
func distance(share, near float64) float64 { return max(near+(1-near)*share, .1) }

// frame is the cell i of line l, moved by dx and dy pitches. Where there is
// another line, down is towards it, which in perspective is not across; how far
// a pitch down reaches follows the distance of the lines.
func (g *grid) frame(l int, i, dx, dy float64) cell.Frame {
	r, u, middle := g.rows[l], g.u(i), float64(g.n-1)/2
	x, y := r.at(u)
	ax, ay := g.along(l, i)
	ex, ey := -ay*r.tall, ax*r.tall
	if len(g.rows) > 1 {
		mx, my := g.along(l, middle)
		nx, ny := g.down(l, g.u(middle))
		k := r.tall * math.Hypot(mx, my) / max(math.Hypot(nx, ny), 1e-9)
		ex, ey = g.down(l, u)
		ex, ey = ex*k, ey*k
	}
	return cell.Frame{X: x + dx*ax + dy*ex, Y: y + dx*ay + dy*ey, AX: ax, AY: ay, DX: ex, DY: ey}
}

// along is the way from cell i of line l to the next.
func (g *grid) along(l int, i float64) (x, y float64) {
	r, u, per := g.rows[l], g.u(i), g.per(i)
	return (r.x[1] + 2*u*r.x[2]) * per, (r.y[1] + 2*u*r.y[2]) * per
}

// down is the way from the line before l, or else from l, to the next at u.
func (g *grid) down(l int, u float64) (x, y float64) {
	from, to := max(l-1, 0), min(l+1, len(g.rows)-1)
	x0, y0 := g.rows[from].at(u)
	x1, y1 := g.rows[to].at(u)
	return x1 - x0, y1 - y0
}

// turnedAbout is the grid of the same cells upside down.
func (g *grid) turnedAbout() grid {
	about := *g
	about.near = 1 / g.near
	about.rows = make([]row, len(g.rows))
	for l, r := range g.rows {
		about.rows[len(g.rows)-1-l] = r.over(0, -1)
	}
	return about
}

// move shifts the grid by whole cells along its lines.
func (g *grid) move(cells int) {
	from := float64(cells) / float64(g.n-1)
	u0, u1 := g.u(float64(cells)), g.u(float64(cells+g.n-1))
	for l := range g.rows {
		g.rows[l] = g.rows[l].over((u0+u1)/2, (u1-u0)/2)
	}
	g.near = distance(from, g.near) / distance(1+from, g.near)
}

// over is the row whose u runs from middle-half to middle+half of this one's.
func (r row) over(middle, half float64) row {
	for _, c := range []*[3]float64{&r.x, &r.y} {
		*c = [3]float64{c[0] + middle*(c[1]+middle*c[2]), half * (c[1] + 2*middle*c[2]), half * half * c[2]}
	}
	return r
}

// reader reads cells of one picture.
type reader struct {
	planes pyramid
	finder *cell.Classifier
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
