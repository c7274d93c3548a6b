package measure

import "math"

// Guess is a reading with the belief that went with it, and whether it was
// right.
type Guess struct {
	Confidence float64 // 0 to 1
	Right      bool
}

// Bin is one row of a reliability table: the guesses whose confidence lies from
// From to below To; the last bin holds To as well.
type Bin struct {
	From  float64
	To    float64
	Count int
	Right int
	Sum   float64 // of the confidences
}

// Confidence is the mean confidence of the guesses in a bin; 0 in an empty one.
func (b Bin) Confidence() float64 {
	if b.Count == 0 {
		return 0
	}
	return b.Sum / float64(b.Count)
}

// Accuracy is the share of right guesses in a bin; 0 in an empty one.
func (b Bin) Accuracy() float64 {
	if b.Count == 0 {
		return 0
	}
	return float64(b.Right) / float64(b.Count)
}

// Reliability sorts guesses into bins between rising edges (DeGroot and
// Fienberg, The Statistician 32, 1983, p. 12). What lies beyond the outer edges
// goes to the outer bins, so that nothing is lost.
func Reliability(guesses []Guess, edges []float64) []Bin {
	if len(edges) < 2 {
		return nil
	}
	bins := make([]Bin, len(edges)-1)
	for i, to := range edges[1:] {
		bins[i].From, bins[i].To = edges[i], to
	}
	for _, g := range guesses {
		i := BinOf(g.Confidence, edges)
		bins[i].Count++
		bins[i].Sum += g.Confidence
		if g.Right {
			bins[i].Right++
		}
	}
	return bins
}

// BinOf tells between which two of at least two rising edges a value lies,
// counted from 0; a value on an edge belongs above it, and one beyond the outer
// edges to the outer bin.
func BinOf(v float64, edges []float64) int {
	i := 0
	for i < len(edges)-2 && v >= edges[i+1] {
		i++
	}
	return i
}

// ECE is the expected calibration error: how far confidence and accuracy lie
// apart, over the bins, each by its share of the guesses (Naeini, Cooper and
// Hauskrecht, AAAI 2015; Guo et al., ICML 2017, equation 3). It depends on the
// bins: only errors over the same edges may be compared. 0 without guesses.
func ECE(bins []Bin) float64 {
	n, sum := 0, 0.0
	for _, b := range bins {
		n += b.Count
		sum += float64(b.Count) * math.Abs(b.Accuracy()-b.Confidence())
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}
