package zone

import (
	"math"
	"strings"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/zone/internal/cell"
)

// shapes are the characters that are drawn alike, or nearly so, in some prints
// of OCR-B or at some sizes.
const shapes = "0ODQ 1IL 2Z 5S 6G 8B"

func oneShape(a, b byte) bool {
	for s := range strings.FieldsSeq(shapes) {
		if strings.IndexByte(s, a) >= 0 && strings.IndexByte(s, b) >= 0 {
			return true
		}
	}
	return false
}

// leastSeen is the belief that each network must have by itself.
const leastSeen = .9

// leastWitnessed is the share of a zone that must have been seen twice before
// any of it is: what is no zone, or stands on its head or in a mirror, holds
// some characters by chance.
const leastWitnessed = .6

// witness says of each character of a familiar print whether each network alone
// saw it. Of characters drawn alike only one may be possible in a place: another
// cannot stand there, or a check digit that agrees would not. Then seeing the
// shape is seeing the character. Where 0 and O both are possible, nothing but
// the zone itself tells how this print draws them.
func witness(z *pipeline.Zone, cells [][]guess) {
	layout, _ := mrz.LayoutOf(z.MRZ.Format)
	zeros := roundsOf(layout, cells)
	defer trustMost(z)
	for l := range cells {
		if z.Lines[l].Likeness.Characters > 0 && !familiar(z.Lines[l].Likeness) {
			continue // nobody here has learned to read it
		}
		for i := range cells[l] {
			q, c := &cells[l][i], &z.Lines[l].Chars[i]
			excluded := func(other byte) bool {
				return layout.Expects(l, i, c.Rune) && !layout.Expects(l, i, other) || refuted(&z.MRZ, l, i, c.Rune, other)
			}
			c.SecondRead = q.dissent(excluded)
			if other := twin(c.Rune); c.SecondRead == c.Rune && other != 0 && !excluded(other) && !zeros.tell(q, c.Rune) {
				c.SecondRead = other
			}
		}
	}
}

// trustMost takes every witness back where too few characters have one, or where
// what stands there makes no zone: seven in ten characters of a mirrored one look
// like some other.
func trustMost(z *pipeline.Zone) {
	certain, all := 0, 0
	for _, l := range z.Lines {
		for i := range l.Chars {
			if all++; l.Chars[i].Certain() {
				certain++
			}
		}
	}
	if float64(certain) >= leastWitnessed*float64(all) && makesSense(&z.MRZ) {
		return
	}
	for _, l := range z.Lines {
		for i := range l.Chars {
			l.Chars[i].SecondRead = 0
		}
	}
}

// makesSense tells whether a zone begins as its format does or, if it does not,
// has check digits that agree by more than chance.
func makesSense(z *mrz.Zone) bool {
	agreeing := 0
	for _, f := range z.Fields() {
		if f.Digit.State == mrz.Verified {
			agreeing++
		}
	}
	code, ok := z.Field(mrz.DocumentCode)
	return agreeing >= 2 || ok && mrz.JudgeCode(z.Format, code.Raw, time.Time{}) != mrz.CodeLetter
}

// leastFamiliar is the likeness of print to OCR-B from which it is that, as soft
// and noisy as it can be read.
const leastFamiliar = .6

// familiar tells whether a line is printed in what the networks have learned: in
// a typewriter's letters they take an 8 for a B, and are sure of it.
func familiar(l pipeline.Likeness) bool {
	return l.OCRB >= leastFamiliar && l.OCRB > max(l.Typewriter, l.Sans)
}

// twin is the character that some prints draw exactly alike; 0 if none.
func twin(c byte) byte {
	switch c {
	case '0':
		return 'O'
	case 'O':
		return '0'
	}
	return 0
}

// refuted tells whether a check digit that agrees would disagree if another
// character stood there.
func refuted(z *mrz.Zone, line, column int, c, other byte) bool {
	p := z.Protection(line, column)
	return p.State == mrz.Verified && !mrz.Blind(c, other)
}

// dissent is the character itself if each network saw it or what is excluded,
// and otherwise what else the first saw that did not.
func (q *guess) dissent(excluded func(byte) bool) byte {
	own := cell.Alphabet[q.best]
	for k := range q.each {
		seen, most, other := 0.0, 0.0, byte(0)
		for c := range cell.Junk {
			p, r := q.each[k][c], cell.Alphabet[c]
			switch {
			case c == q.best || oneShape(r, own) && excluded(r):
				seen += p
			case p > most:
				most, other = p, r
			}
		}
		if seen < leastSeen {
			return other
		}
	}
	return own
}

// rounds are the mean looks of 0 and O in this zone, from the places where only
// one of them can stand.
type rounds [2]example

func roundsOf(l mrz.Layout, cells [][]guess) (r rounds) {
	for i := range cells {
		for k := range cells[i] {
			q := &cells[i][k]
			own := cell.Alphabet[q.best]
			if other := twin(own); other != 0 && l.Expects(i, k, own) && !l.Expects(i, k, other) {
				r[indexOf(own)].add(q.x)
			}
		}
	}
	for i := range r {
		r[i].even()
	}
	return r
}

func indexOf(c byte) int { return strings.IndexByte("0O", c) }

// further is by how many times further a 0 must be from all that are O.
const further = 2

// tell tells whether both are known, and the cell is surely one of its own.
func (r *rounds) tell(q *guess, c byte) bool {
	own, other := &r[indexOf(c)], &r[1-indexOf(c)]
	return own.n > 0 && other.n > 0 && 1-other.like(q.x) > further*(1-own.like(q.x))
}

// example is the mean look of some cells.
type example struct {
	x []float64
	n int
}

func (e *example) add(x []float32) {
	if e.x == nil {
		e.x = make([]float64, len(x))
	}
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
	scale := math.Sqrt(float64(len(e.x)) / squares)
	for i := range e.x {
		e.x[i] *= scale
	}
}

// like is the correlation of a cell with the example.
func (e *example) like(x []float32) float64 {
	var sum float64
	for i, v := range x {
		sum += e.x[i] * float64(v)
	}
	return sum / float64(len(x))
}
