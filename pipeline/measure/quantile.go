package measure

import (
	"math"
	"slices"
)

// Quantile gives the least of the values that a share p of them does not
// exceed: definition 1 of Hyndman and Fan, The American Statistician 50, 1996,
// p. 361. It is always one of the values that were seen, never a mean of two;
// p is from 0 to 1. NaN without values.
func Quantile(values []float64, p float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	// Less a hair, so that 0.95 of 20 is the 19th and not, by rounding, the 20th.
	rank := int(math.Ceil(p*float64(len(sorted)) - 1e-9))
	return sorted[min(max(rank-1, 0), len(sorted)-1)]
}
