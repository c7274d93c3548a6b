package measure

import "math"

// z95 is the standard normal quantile of 0.975: what lies between -z95 and z95
// is 95 % of it.
const z95 = 1.959963984540054

// Interval is the range in which a share is believed to lie.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Wilson gives the 95 % score interval of a share of which k in n were seen
// (E. B. Wilson, JASA 22, 1927, p. 209). Of few or extreme observations it is
// far nearer to 95 % than the textbook's k/n +- 1.96 s (Brown, Cai and
// DasGupta, Statistical Science 16, 2001), and it never leaves 0 to 1. Nothing
// seen says nothing: 0 to 1. A k outside 0 to n counts as the nearer end.
func Wilson(k, n int) Interval {
	if n <= 0 {
		return Interval{0, 1}
	}
	k = min(max(k, 0), n)
	m, p := float64(n), float64(k)/float64(n)
	d := 1 + z95*z95/m
	middle := (p + z95*z95/(2*m)) / d
	half := z95 / d * math.Sqrt(p*(1-p)/m+z95*z95/(4*m*m))
	i := Interval{max(middle-half, 0), min(middle+half, 1)}
	if k == 0 {
		i.Low = 0 // exactly: the two terms cancel but for rounding
	}
	if k == n {
		i.High = 1
	}
	return i
}
