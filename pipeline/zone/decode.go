package zone

import (
	"cmp"
	"math"

	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/zone/internal/cell"
)

// foreign is how much less likely a character is printed where the standard
// puts none of its kind, than one of that kind. It is no rule: pixels that tell
// the two apart by more than this have the last word.
const foreign = 1.0 / 200

// expectation is how likely each character is printed in each cell of a
// format, before anything is seen.
type expectation [][]([cell.Junk]float64)

func expect(l mrz.Layout, lines [][]guess) expectation {
	e := make(expectation, len(lines))
	for i := range e {
		e[i] = make([][cell.Junk]float64, len(lines[i]))
		for k := range e[i] {
			e[i][k] = prior(l, i, k)
		}
	}
	return e
}

func prior(l mrz.Layout, line, column int) (w [cell.Junk]float64) {
	sum := 0.0
	for c := range w {
		w[c] = foreign
		if l.Expects(line, column, cell.Alphabet[c]) {
			w[c] = 1
		}
		sum += w[c]
	}
	for c := range w {
		w[c] /= sum
	}
	return w
}

// decode chooses the format under which what was seen is likeliest, and weighs
// what each cell may show by where it stands: as people do who read an O in a
// name and a 0 in a date though both look alike in this print. Check digits
// have no say.
func decode(lines [][]guess) {
	best := expect(mrz.Layout{}, lines) // expects nothing
	most := best.likelihood(lines)      // of a zone of no known format
	for _, l := range mrz.Layouts {
		if l.Lines != len(lines) || l.Width != len(lines[len(lines)-1]) || cmp.Or(l.First, l.Width) != len(lines[0]) {
			continue
		}
		e := expect(l, lines)
		if v := e.likelihood(lines); v > most {
			best, most = e, v
		}
	}
	for i := range best {
		for k := range best[i] {
			lines[i][k].weigh(&best[i][k])
		}
	}
}

// likelihood is the logarithm of how likely the cells are.
func (e expectation) likelihood(lines [][]guess) (sum float64) {
	for i := range e {
		for k := range e[i] {
			var p float64
			for c, w := range e[i][k] {
				p += w * lines[i][k].mean[c]
			}
			sum += math.Log(p + 1e-9)
		}
	}
	return sum
}

// weigh ranks the characters by pixels and place.
func (q *guess) weigh(prior *[cell.Junk]float64) {
	var sum float64
	for c := range q.where {
		q.where[c] = q.mean[c] * prior[c]
		sum += q.where[c]
	}
	for c := range q.where {
		q.where[c] /= max(sum, math.SmallestNonzeroFloat64)
	}
	q.best = top(q.where[:], -1)
	if q.next = top(q.mean[:cell.Junk], -1); q.next == q.best {
		q.next = top(q.where[:], q.best)
	}
}

// top is the index of the greatest value beside one that is left out.
func top(w []float64, but int) int {
	best := -1
	for c, v := range w {
		if c != but && (best < 0 || v > w[best]) {
			best = c
		}
	}
	return best
}
