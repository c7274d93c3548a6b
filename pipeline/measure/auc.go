package measure

import "slices"

// AUC is the chance that a score of the first kind lies below one of the second,
// ties counting half: the area under the receiver operating characteristic
// (Mann and Whitney, Annals of Mathematical Statistics 18, 1947, p. 50; Hanley
// and McNeil, Radiology 143, 1982, p. 29). 1 separates the two wholly, 0.5 tells
// nothing. Ok is false if one kind has no scores.
func AUC(low, high []float64) (auc float64, ok bool) {
	if len(low) == 0 || len(high) == 0 {
		return 0, false
	}
	low, high = slices.Sorted(slices.Values(low)), slices.Sorted(slices.Values(high))
	sum, below, until := 0.0, 0, 0
	for _, h := range high {
		for below < len(low) && low[below] < h {
			below++
		}
		for until = max(until, below); until < len(low) && low[until] == h; {
			until++
		}
		sum += float64(below) + float64(until-below)/2
	}
	return sum / float64(len(low)) / float64(len(high)), true
}
