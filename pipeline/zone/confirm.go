package zone

import (
	"math"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/zone/internal/cell"
)

const (
	// leastLike is how alike a cell must be to those known to show one character;
	// 1 is the same. Cells of one print that show one are at .95 to .99, and the
	// nearest others, 0 and O or 8 and B, at .8 to .93.
	leastLike = .94
	// leastLikeFiller is the same for fillers, which nothing in OCR-B is near to.
	leastLikeFiller = .88
	// leastAlone is the belief that is asked for where the second best reading is
	// nowhere else in the zone to compare with.
	leastAlone = .97
	// apart is by how many times further it must be from all that show others.
	apart = 2
)

// example is the mean look of what both readers take for one character.
type example struct {
	x [cell.Size]float64
	n int
}

// confirm lets the second reader see what it missed by what it knows. It is no
// reader of OCR-B, and takes a filler for a K in one place that it knows for a
// filler in ten others of the same line. Where the classifier is sure, and the
// cell looks like those that both readers name alike in this zone, and like no
// other, it has been seen twice.
func confirm(lines [][]guess) {
	var known [cell.Junk]example
	learn(lines, &known, func(q *guess) bool { return q.sure() && q.second == cell.Alphabet[q.best] })
	for _, cells := range lines {
		for i := range cells {
			q := &cells[i]
			if q.sure() && q.second != cell.Alphabet[q.best] && known[q.best].n > 0 && q.alike(&known) {
				q.second = cell.Alphabet[q.best]
			}
		}
	}
}

// learn takes the mean look of each character from some of the cells.
func learn(lines [][]guess, known *[cell.Junk]example, from func(q *guess) bool) {
	for _, cells := range lines {
		for i := range cells {
			if q := &cells[i]; from(q) {
				known[q.best].add(&q.x)
			}
		}
	}
	for c := range known {
		known[c].even()
	}
}

// sure tells whether the classifier alone would rely on its reading.
func (q *guess) sure() bool { return q.probs[q.best] >= pipeline.CertainAt }

// alike tells whether the cell looks like its character and like no other.
func (q *guess) alike(known *[cell.Junk]example) bool {
	own, least := known[q.best].like(&q.x), leastLike
	filler := cell.Alphabet[q.best] == '<'
	if filler {
		least = leastLikeFiller
	}
	if own < least || !filler && known[q.next].n == 0 && q.probs[q.best] < leastAlone {
		return false
	}
	for c := range known {
		if c != q.best && known[c].n > 0 && 1-known[c].like(&q.x) < apart*(1-own) {
			return false
		}
	}
	return true
}

func (e *example) add(x *[cell.Size]float32) {
	for i, v := range x {
		e.x[i] += float64(v)
	}
	e.n++
}

// even brings the mean to deviation 1, as cells are; its mean is 0 already.
func (e *example) even() {
	var squares float64
	for _, v := range e.x {
		squares += v * v
	}
	if squares == 0 {
		return
	}
	scale := math.Sqrt(cell.Size / squares)
	for i := range e.x {
		e.x[i] *= scale
	}
}

// like is the correlation of a cell with the example.
func (e *example) like(x *[cell.Size]float32) float64 {
	var sum float64
	for i, v := range x {
		sum += e.x[i] * float64(v)
	}
	return sum / cell.Size
}
