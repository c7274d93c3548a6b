package zone

import (
	"math"
	"slices"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/zone/internal/cell"
)

// doubts weighs every check digit that disagrees: was something misread, or is
// it printed wrong?
func doubts(z *mrz.Zone, cells [][]guess) (out []pipeline.Doubt) {
	for _, f := range z.Fields() {
		if f.Digit.State == mrz.Refuted {
			over := f.Covered()
			out = append(out, doubt(f.Name, over[:len(over)-1], f.Digit.At, cells))
		}
	}
	if l, ok := mrz.LayoutOf(z.Format); ok && z.Composite.State == mrz.Refuted {
		out = append(out, doubt(mrz.Composite, l.CompositeOver, l.CompositeAt, cells))
	}
	return out
}

// mostMisread is where ratios end: what is a million times likelier misread is
// misread.
const mostMisread = 1e6

// doubt weighs one check digit: all readings of what it covers and of the digit
// itself with which both agree, against the one reading that stands. Characters
// are independent of each other given the pixels, so that the sum over all
// readings is a convolution of residues modulo ten, and exact.
func doubt(name mrz.FieldName, over []mrz.Span, at mrz.Span, cells [][]guess) pipeline.Doubt {
	run, places := gather(over, at, cells)
	t := newTally(run)
	d := pipeline.Doubt{Field: name, Misread: min(t.agreeing()/t.asRead(), mostMisread)}
	for i, c := range t.likeliest() {
		if c != run[i].best {
			d.Changes = append(d.Changes, pipeline.Change{At: places[i], To: cell.Alphabet[c]})
		}
	}
	return d
}

// gather lists the cells that a digit covers, and the digit's own last.
func gather(over []mrz.Span, at mrz.Span, cells [][]guess) (run []*guess, places []mrz.Span) {
	for _, s := range append(slices.Clip(over), at) {
		for i := s.From; i < s.To; i++ {
			run = append(run, &cells[s.Line][i])
			places = append(places, mrz.Span{Line: s.Line, From: i, To: i + 1})
		}
	}
	return run, places
}

// residues are beliefs in each residue modulo ten of a weighted sum.
type residues [10]float64

// tally follows the sum of a check digit over all readings. The digit itself
// counts against it, so that where both agree, nothing is left.
type tally struct {
	run  []*guess
	best [][10]float64 // belief in the likeliest reading up to here with each residue
	from [][10]int     // the class that it ends in
	all  residues      // belief in all readings together
}

// residue is what class c adds as character i of a run.
func (s *tally) residue(i, c int) int {
	r := mrz.BlindClass(cell.Alphabet[c])
	if i == len(s.run)-1 {
		return (10 - r) % 10
	}
	return r * [...]int{7, 3, 1}[i%3] % 10
}

func newTally(run []*guess) *tally {
	s := &tally{run: run, all: residues{1}}
	last := [10]float64{1}
	for i, q := range run {
		var all residues
		var best [10]float64
		var from [10]int
		for c, p := range q.where {
			d := s.residue(i, c)
			for r := range s.all {
				next := (r + d) % 10
				all[next] += s.all[r] * p
				if v := last[r] * p; v > best[next] {
					best[next], from[next] = v, c
				}
			}
		}
		s.all, last = all, best
		s.best, s.from = append(s.best, best), append(s.from, from)
	}
	return s
}

// agreeing is the belief in all readings whose digit agrees.
func (s *tally) agreeing() float64 { return s.all[0] }

// asRead is the belief in the reading that stands.
func (s *tally) asRead() float64 {
	p := 1.0
	for _, q := range s.run {
		p *= q.where[q.best]
	}
	return max(p, math.SmallestNonzeroFloat64)
}

// likeliest is the likeliest reading whose digit agrees, as classes.
func (s *tally) likeliest() []int {
	out := make([]int, len(s.run))
	r := 0
	for i := len(s.run) - 1; i >= 0; i-- {
		out[i] = s.from[i][r]
		r = (r - s.residue(i, out[i]) + 10) % 10
	}
	return out
}
