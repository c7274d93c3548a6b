package threat

import (
	"fmt"

	"touchstone.internal/pipeline/measure"
)

// Rate is how many of so many. Both are rounded.
type Rate struct{ N, Of Count }

// Known tells whether there is enough to say a rate: the number is not small, and
// there is something that it is of.
func (r Rate) Known() bool { return !r.N.Small() && r.Of >= r.N }

// Interval is the 95 % score interval of the rate (E. B. Wilson, JASA 22, 1927),
// which allows for the rounding.
//
// Most cells hold one document. Rounding such a cell keeps it with a chance of one
// in five, and then counts it as five: a fifth of the sum is therefore a count
// like any other, of documents thinned by chance, and the interval is that of a
// fifth of both numbers. Where cells hold more, rounding adds less and the
// interval is wider than it need be, never narrower; a test counts how often it
// holds the truth.
func (r Rate) Interval() measure.Interval { return measure.Wilson(int(r.N)/base, int(r.Of)/base) }

// perThousand writes a share as so many in 1,000.
func perThousand(share float64) string {
	n := 1000 * share
	if n >= 99.95 {
		return fmt.Sprintf("%.0f", n)
	}
	return fmt.Sprintf("%.1f", n)
}

// PerThousand is the rate with its interval: "4.6 (3.1 to 6.8)".
func (r Rate) PerThousand() string {
	if !r.Known() {
		return "not shown"
	}
	i := r.Interval()
	return fmt.Sprintf("%s (%s to %s)", perThousand(float64(r.N)/float64(r.Of)), perThousand(i.Low), perThousand(i.High))
}

// Percent is the share in whole per cent with its interval: "22 % (12 to 35)".
func (r Rate) Percent() string {
	if !r.Known() {
		return "not shown"
	}
	i := r.Interval()
	return fmt.Sprintf("%.0f%% (%.0f to %.0f)", 100*float64(r.N)/float64(r.Of), 100*i.Low, 100*i.High)
}
