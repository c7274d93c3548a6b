package zone

import (
	"cmp"
	"math"
	"slices"
)

// longestBand is how many cells long a band may be: a line of the widest zone,
// and as much again of what it ran together with.
const longestBand = 90

// try is a pitch and a direction in which the lines may run, how much higher
// print is than as designed, and the mean gain of some cells read so.
type try struct{ pitch, sign, tall, gain float64 }

// talls are how high print is over what it is as designed: foreshortened neither
// way, along the lines, or across them.
var talls = []float64{1, 1.3, .77} //nolint:gochecknoglobals // a table, never written

// evident is the mean gain of a try from which no other is worth its time.
const evident = 4.0

// likely is the mean gain of a try from which print is taken to be as high as it
// was tried.
const likely = .5

// hopeless is the mean gain of the best try below which what is read is no print
// of any height.
const hopeless = -0.5

// lay finds the best grid over a group of bands by some tries. Ok is false if no
// grid explains them.
func (r *reader) lay(bs []band, tries []try) (best grid, ok bool) {
	widths := []int{44, 36, 30} // the last lacks a line, which is looked for later
	if len(bs) != 2 {
		widths = []int{30}
	}
	for _, t := range tries {
		rule := ruleOf(bs, t)
		for _, rule.slanted = range []bool{false, true}[:slants(bs, t.pitch)] {
			if g := r.sweep(bs, rule, widths); g.score > best.score {
				best = g
			}
		}
		if best.score > 0 && best.mean() >= clearGain {
			break // if it stands on its head, it is turned about later
		}
	}
	return best, best.score > 0
}

// tries gives the first evident try and its opposite, or the best two that are
// worth it.
func (r *reader) tries(bs []band) (ts []try) {
	r.ink = 0
	ps := slices.DeleteFunc(pitches(r.planes, bs), func(p float64) bool { return bs[0].length() > longestBand*p })
	if len(ps) == 0 {
		return nil
	}
	for _, tall := range talls {
		for _, p := range ps {
			a, b := try{pitch: p, sign: 1, tall: tall}, try{pitch: p, sign: -1, tall: tall}
			if a = r.probe(bs, a); a.gain >= evident {
				return []try{a, b}
			}
			if b = r.probe(bs, b); b.gain >= evident {
				return []try{b, a}
			}
			ts = append(ts, a, b)
		}
		best := slices.MaxFunc(ts, func(a, b try) int { return cmp.Compare(a.gain, b.gain) })
		if best.gain >= likely || best.gain < hopeless {
			break
		}
	}
	ts = slices.DeleteFunc(ts, func(t try) bool { return t.gain < 0 })
	slices.SortStableFunc(ts, func(a, b try) int { return cmp.Compare(b.gain, a.gain) })
	return ts[:min(len(ts), 2)]
}

// probe reads some cells in the middle of the group, at the phase in which the
// first of them are best: the mean gain there.
func (r *reader) probe(bs []band, t try) try {
	rule, phase, first := ruleOf(bs, t), 0, math.Inf(-1)
	for p := range fine {
		if sum := r.some(bs, rule, p, 0); sum > first {
			phase, first = p, sum
		}
	}
	t.gain = (first + r.some(bs, rule, phase, 1)) / float64(probed*min(len(bs), 2))
	return t
}

// probed is how many cells of a band a probe reads.
const probed = 6

// some is the gain of every second cell of a probe, from the first or the next.
func (r *reader) some(bs []band, rule rule, phase, from int) (sum float64) {
	for _, b := range bs[:min(len(bs), 2)] {
		for k := from; k < probed; k += 2 {
			s := rule.steps/5 + rule.steps*3/5*k/probed
			gain, _ := r.gain(rule.frame(b, float64(s/fine*fine+phase)))
			sum += gain
		}
	}
	return sum
}

// fine is in how many steps a cell's width is swept.
const fine = 4

// beside is how far, in cells, the sweep goes beyond the ends of the bands.
const beside = 6

// sweep reads along the bands in steps of a quarter cell and finds the number of
// cells, and where each is, that explain most. Sign -1 reads from right to left,
// upside down.
func (r *reader) sweep(bs []band, rule rule, widths []int) (best grid) {
	if rule.step < 0 {
		bs = slices.Clone(bs)
		slices.Reverse(bs)
	}
	gains, ink := r.along(rule, bs)
	c := newChain(gains, slices.Max(widths))
	for _, n := range widths {
		path, ok := c.path(n)
		if !ok {
			continue
		}
		g := grid{n: n, near: rule.nearAlong(n), ink: ink, rows: make([]row, len(bs))}
		for l := range bs {
			at, sum := follow(gains[l], path)
			g.score += sum
			g.rows[l] = rule.row(bs[l], at, g.u(float64(n-1)/2))
		}
		if g.score -= c.outside(path); g.score > best.score {
			best = g
		}
	}
	return best
}

// along gives the gain at each step of each band, and the deviation of a cell
// with print on the faintest.
func (r *reader) along(rule rule, bs []band) (gains [][]float64, ink float64) {
	r.ink = 0
	ink = math.Inf(1)
	deviations := make([]float64, rule.steps)
	for _, b := range bs {
		line := make([]float64, rule.steps)
		for s := range line {
			line[s], deviations[s] = r.gain(rule.frame(b, float64(s)))
		}
		ink = min(ink, blank(line, deviations))
		gains = append(gains, line)
	}
	return gains, ink
}

// blank marks as junk where there is too little ink for print, and gives the
// deviation of what there is of it.
func blank(gains, ink []float64) float64 {
	middle := slices.Sorted(slices.Values(ink[len(ink)/6 : len(ink)-len(ink)/6]))
	usual := middle[len(middle)/2]
	for s, v := range ink {
		if v < faint*usual {
			gains[s] = -worst
		}
	}
	return usual
}
