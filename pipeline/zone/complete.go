package zone

// head is how many cells the first line of a Swiss licence has; the others have
// thirty.
const head = 9

// complete adds to a grid over two lines of thirty the one that its bands lack:
// the short first line of a Swiss licence, which is no band of its own, or one of
// a TD1 that was lost. Two such lines alone are no zone: ok is false.
func (r *reader) complete(g *grid) (ok bool) {
	if len(g.rows) != 2 || g.n != 30 {
		return true
	}
	if about := g.turnedAbout(); r.score(&about) > r.score(g) {
		*g = about
	}
	above, below := g.with(0), g.with(2)
	switch first, rest := r.halves(&above, 0); {
	case first >= leastGain && rest >= leastGain:
		*g = above
	case first >= leastGain && rest < 0:
		*g, g.first = above, head
	default:
		if first, rest = r.halves(&below, 2); first < leastGain || rest < leastGain {
			return false
		}
		*g = below
	}
	g.score = r.score(g)
	return true
}

// with is the grid with one more line, as far off as its two are apart, that
// becomes line l.
func (g *grid) with(l int) grid {
	more := *g
	a, b := g.rows[0], g.rows[1]
	if l > 0 {
		a, b = b, a
	}
	next := row{tall: a.tall}
	for k := range 3 {
		next.x[k], next.y[k] = 2*a.x[k]-b.x[k], 2*a.y[k]-b.y[k]
	}
	if more.rows = []row{next, g.rows[0], g.rows[1]}; l > 0 {
		more.rows = []row{g.rows[0], g.rows[1], next}
	}
	return more
}

// halves gives the mean gain of the cells of line l that are a short line, and of
// the others.
func (r *reader) halves(g *grid, l int) (first, rest float64) {
	for i := range g.n {
		gain := r.gainAt(g, l, i, 0, 0)
		if i < head {
			first += gain / head
			continue
		}
		rest += gain / float64(g.n-head)
	}
	return first, rest
}
