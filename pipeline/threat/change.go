package threat

import "math"

// Point is a month of a series.
type Point struct {
	Month string
	Rate
}

// Change is a month from which on the rate is another.
type Change struct {
	Month         string
	Before, After Rate
}

// Rose tells which way it went.
func (c Change) Rose() bool {
	return float64(c.After.N)*float64(c.Before.Of) > float64(c.Before.N)*float64(c.After.Of)
}

// falseAlarm is how often a series whose rate stays the same is flagged at most.
const falseAlarm = .01

// least is how many must have been found on the whole before a series is judged.
const least = 100

// FindChange looks for one change in a series of months. For each month it asks
// how likely it is that so many, or so few, of all that were found fall into the
// months from then on, if the rate was the same all the time: that number is
// binomial, with the later share of the documents screened as its chance (the
// exact conditional test of two Poisson rates; Przyborowski and Wilenski,
// Biometrika 31, 1940, p. 313). The least of these chances, times the number of
// months that were tried (Bonferroni), is below 1 in 100 where a change is told:
// of series that do not change, at most one in a hundred is flagged. Like an
// Interval it is reckoned with a fifth of the rounded numbers.
func FindChange(series []Point) (c Change, ok bool) {
	total := sum(series)
	if total.N < least || total.Of == 0 || len(series) < 2 {
		return c, false
	}
	best := falseAlarm / float64(len(series)-1)
	for at := 1; at < len(series); at++ {
		before, after := sum(series[:at]), sum(series[at:])
		if before.Of == 0 || after.Of == 0 {
			continue
		}
		share := float64(after.Of) / float64(total.Of)
		if p := twoSided(int(after.N)/base, int(total.N)/base, share); p < best {
			best, c, ok = p, Change{series[at].Month, before, after}, true
		}
	}
	return c, ok
}

func sum(series []Point) (r Rate) {
	for _, p := range series {
		r.N += p.N
		r.Of += p.Of
	}
	return r
}

// twoSided is twice the smaller tail of the binomial distribution at k of n.
func twoSided(k, n int, p float64) float64 {
	lower, upper := 0.0, 0.0
	for i := range n + 1 {
		chance := math.Exp(logChance(i, n, p))
		if i <= k {
			lower += chance
		}
		if i >= k {
			upper += chance
		}
	}
	return min(1, 2*min(lower, upper))
}

// logChance is the logarithm of the binomial chance of k in n.
func logChance(k, n int, p float64) float64 {
	if p <= 0 || p >= 1 {
		if p <= 0 && k == 0 || p >= 1 && k == n {
			return 0
		}
		return math.Inf(-1)
	}
	lg := func(x int) float64 { v, _ := math.Lgamma(float64(x + 1)); return v }
	return lg(n) - lg(k) - lg(n-k) + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p)
}
