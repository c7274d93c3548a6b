package zone

import "math"

const (
	// slack is how far one line may stand out against the others, in steps.
	slack = 2
	// uneven is what it costs, in nats, that a cell follows its neighbour a step
	// nearer or further than the usual: in a photograph, cells widen along the line.
	uneven = 1.0
)

// chain finds runs of cells along the lines, each about a cell's width after
// the last.
type chain struct {
	joint       []float64 // gain of all lines at a step, each where it is best
	left, right []float64 // what is like print before and after a step
	value       [][]float64
	from        [][]int8 // how much further than a cell's width back the last cell lies
}

// newChain prepares runs of up to most cells.
func newChain(gains [][]float64, most int) *chain {
	steps := len(gains[0])
	c := &chain{joint: make([]float64, steps), left: make([]float64, steps), right: make([]float64, steps)}
	for s := range steps {
		for _, line := range gains {
			best := math.Inf(-1)
			for d := max(-slack, -s); d <= min(slack, steps-1-s); d++ {
				best = max(best, line[s+d]-.5*math.Abs(float64(d)))
			}
			c.joint[s] += best
		}
	}
	for s := fine; s < steps; s++ {
		c.left[s] = max(0, c.left[s-fine]+c.joint[s-fine])
		e := steps - 1 - s
		c.right[e] = max(0, c.right[e+fine]+c.joint[e+fine])
	}
	for i := range most {
		c.value = append(c.value, make([]float64, steps))
		c.from = append(c.from, make([]int8, steps))
		for s := range steps {
			c.link(i, s)
		}
	}
	return c
}

// link gives the best run whose cell i is at step s.
func (c *chain) link(i, s int) {
	if i == 0 {
		c.value[0][s] = c.joint[s] - c.left[s]
		return
	}
	best := math.Inf(-1)
	for d := -1; d <= 1; d++ {
		if p := s - fine + d; p >= 0 && p < len(c.joint) {
			if v := c.value[i-1][p] - uneven*math.Abs(float64(d)); v > best {
				best, c.from[i][s] = v, int8(d)
			}
		}
	}
	c.value[i][s] = best + c.joint[s]
}

// path gives the steps of the best run of n cells.
func (c *chain) path(n int) (path []int, ok bool) {
	best, at := math.Inf(-1), -1
	for s, v := range c.value[n-1] {
		if v -= c.right[s]; v > best {
			best, at = v, s
		}
	}
	if at < 0 {
		return nil, false
	}
	path = make([]int, n)
	for i := n - 1; i >= 0; i-- {
		path[i] = at
		at += int(c.from[i][at]) - fine
	}
	return path, true
}

// outside is what is like print beyond the ends of a run.
func (c *chain) outside(path []int) float64 { return c.left[path[0]] + c.right[path[len(path)-1]] }

// follow finds one line's own steps near those of all lines, and their gain.
func follow(gains []float64, path []int) (at []int, sum float64) {
	const states = 2*slack + 1
	from := make([][states]int8, len(path))
	var value [states]float64
	for i, s := range path {
		last := value
		for d := range states {
			best := math.Inf(-1)
			for e := max(d-1, 0); e <= min(d+1, states-1); e++ {
				if v := last[e] - uneven*math.Abs(float64(d-e)); v > best {
					best, from[i][d] = v, int8(e)
				}
			}
			if p := s + d - slack; p >= 0 && p < len(gains) {
				value[d] = best + gains[p] - .1*math.Abs(float64(d-slack))
			} else {
				value[d] = math.Inf(-1)
			}
		}
	}
	d := 0
	for e, v := range value {
		if v > value[d] {
			d = e
		}
	}
	sum, at = value[d], make([]int, len(path))
	for i := len(path) - 1; i >= 0; i-- {
		at[i] = path[i] + d - slack
		d = int(from[i][d])
	}
	return at, sum
}
