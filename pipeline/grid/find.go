package grid

import (
	"image"
	"math"
	"slices"
)

// Place is where the corners of a grid's blocks lie: column and row, each 0 to 7.
type Place struct{ X, Y int }

// Region is a part of a picture with a grid of its own.
type Region struct {
	Box   image.Rectangle
	Place Place
	// LogNFA is the decimal logarithm of how many such regions are expected in a
	// picture of this size that was never compressed (number of false alarms).
	LogNFA float64
}

// Result is what a picture shows of grids.
type Result struct {
	Main    *Region  // the grid of the whole picture; nil if it shows none
	Foreign []Region // parts with another grid, the surest first
}

// Alarm is the decimal logarithm of the number of false alarms up to which a grid is
// one: one in a hundred pictures.
const Alarm = -2

// Find looks for grids. Pixels must be those of the file: a picture that was scaled
// or turned by anything but a quarter shows none.
func Find(g *image.Gray) Result {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	if w < 2*block || h < 2*block {
		return Result{}
	}
	votes := votesOf(g)
	var counts [places]int
	for _, v := range votes {
		if v != none {
			counts[v]++
		}
	}
	main := 0
	for v, n := range counts {
		if n > counts[main] {
			main = v
		}
	}
	tests := testsOf(w, h)
	nfa := tests + logTail(w*h/places, counts[main]/places)
	if nfa >= Alarm {
		return Result{}
	}
	f := &finder{w: w, h: h, votes: votes, tests: tests}
	return Result{Main: &Region{g.Rect, placeOf(main), nfa}, Foreign: f.foreign(uint8(main))}
}

func placeOf(v int) Place { return Place{v % block, v / block} }

// testsOf is the logarithm of how many regions could have been found: any box, with
// any grid beside any other.
func testsOf(w, h int) float64 {
	return 2*math.Log10(places) + 2*math.Log10(float64(w)) + 2*math.Log10(float64(h))
}

// finder looks for regions.
type finder struct {
	w, h  int
	votes []uint8
	tests float64
}

// foreign finds regions whose pixels vote for another grid than the picture's.
// Windows that lie close share their pixels, so 64 votes count as one.
func (f *finder) foreign(main uint8) (found []Region) {
	wide, high := (f.w+block-1)/block, (f.h+block-1)/block
	cells := make([][]uint8, places) // votes of each cell of 8 by 8 pixels, by grid
	for i, v := range f.votes {
		if v == none || v == main {
			continue
		}
		if cells[v] == nil {
			cells[v] = make([]uint8, wide*high)
		}
		cells[v][i/f.w/block*wide+i%f.w/block]++
	}
	// Fewer than these are nothing even if all of the region agrees.
	least := int(math.Ceil(places * f.tests / math.Log10(places)))
	for v, c := range cells {
		if c == nil {
			continue
		}
		for i := range c {
			box, n := gather(c, wide, i)
			if n < least {
				continue
			}
			box = image.Rect(box.Min.X*block, box.Min.Y*block, min(box.Max.X*block, f.w), min(box.Max.Y*block, f.h))
			nfa := f.tests + logTail(box.Dx()*box.Dy()/places, n/places)
			if nfa < Alarm {
				found = append(found, Region{box, placeOf(v), nfa})
			}
		}
	}
	slices.SortFunc(found, func(a, b Region) int {
		if a.LogNFA < b.LogNFA {
			return -1
		}
		return 1
	})
	return found
}

// gather takes the cells that hang together with one, corners included, and tells the
// box round them, in cells, and their votes. They are 0 afterwards.
func gather(cells []uint8, wide, at int) (box image.Rectangle, votes int) {
	if cells[at] == 0 {
		return box, 0
	}
	high := len(cells) / wide
	votes = int(cells[at])
	cells[at] = 0
	for open := []int{at}; len(open) > 0; {
		x, y := open[len(open)-1]%wide, open[len(open)-1]/wide
		open = open[:len(open)-1]
		box = box.Union(image.Rect(x, y, x+1, y+1))
		for ny := max(0, y-1); ny <= min(high-1, y+1); ny++ {
			for nx := max(0, x-1); nx <= min(wide-1, x+1); nx++ {
				if i := ny*wide + nx; cells[i] > 0 {
					votes += int(cells[i])
					cells[i] = 0
					open = append(open, i)
				}
			}
		}
	}
	return box, votes
}

// logTail is the decimal logarithm of the chance that k or more of n agree on one of
// the places by chance.
func logTail(n, k int) float64 {
	const p = 1.0 / places
	if k <= 0 {
		return 0
	}
	if k > n {
		return math.Inf(-1)
	}
	if float64(k) <= float64(n)*p {
		return 0 // at most what is expected: no evidence, and the series below is not for it
	}
	gamma := func(x int) float64 { v, _ := math.Lgamma(float64(x + 1)); return v }
	term := gamma(n) - gamma(k) - gamma(n-k) + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p)
	sum, next := 1.0, 1.0
	for i := k; i < n && next > 1e-9*sum; i++ {
		next *= float64(n-i) / float64(i+1) * p / (1 - p)
		sum += next
	}
	return (term + math.Log(sum)) / math.Ln10
}
