package threat

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"touchstone.internal/pipeline/casework"
)

// Price is what a document or a journey was said to cost, in a band: what one
// person paid exactly might tell who they are.
type Price struct {
	Currency string `json:"currency"` // ISO 4217
	Band     int    `json:"band"`     // index into Bands
	Grade    string `json:"grade"`    // 3x5x2 of what was said
}

// Band is a range of prices; Until is the first that is not in it, 0 in the last.
type Band struct {
	From, Until int
}

// Bands are all of them, the cheapest first. No currency is turned into another.
//
//nolint:gochecknoglobals // a table, never written
var Bands = []Band{{0, 500}, {500, 1000}, {1000, 2000}, {2000, 5000}, {5000, 10_000}, {10_000, 20_000}, {20_000, 0}}

// String says a band: "2,000 to 4,999".
func (b Band) String() string {
	switch {
	case b.Until == 0:
		return number(b.From) + " or more"
	case b.From == 0:
		return "less than " + number(b.Until)
	}
	return number(b.From) + " to " + number(b.Until-1)
}

// money is an amount with its currency before or behind it. Thousands may be
// parted by commas, points or spaces; what follows a decimal sign is not read.
var money = regexp.MustCompile(`(?:\b(GBP|EUR|USD)\s?|([£€$])\s?)?(\b\d{1,3}(?:[,. ]\d{3})+|\b\d+)(?:[.,]\d{1,2})?(?:\s?(GBP|EUR|USD|pounds?|euros?|dollars?)\b|\s?([£€$]))?`)

var currencies = map[string]string{ //nolint:gochecknoglobals // a table, never written
	"GBP": "GBP", "EUR": "EUR", "USD": "USD", "£": "GBP", "€": "EUR", "$": "USD",
	"pound": "GBP", "pounds": "GBP", "euro": "EUR", "euros": "EUR", "dollar": "USD", "dollars": "USD",
}

// maxAmount is above what anybody pays for a document: a longer number is another
// thing, such as that of a telephone.
const maxAmount = 1_000_000

// ParsePrice reads the price in what was said. Ok is false unless there is one
// amount with a currency, and one only: of two nobody knows which is meant.
func ParsePrice(words string) (p Price, ok bool) {
	for _, m := range money.FindAllStringSubmatch(words, -1) {
		currency := ""
		for _, i := range []int{1, 2, 4, 5} {
			if c := currencies[m[i]]; c != "" {
				currency = c
			}
		}
		amount, err := strconv.Atoi(strings.NewReplacer(",", "", ".", "", " ", "").Replace(m[3]))
		if currency == "" || err != nil || amount > maxAmount {
			continue
		}
		if ok {
			return Price{}, false
		}
		p, ok = Price{Currency: currency, Band: bandOf(amount), Grade: ungraded}, true
	}
	return p, ok
}

// bandOf is the band that an amount lies in.
func bandOf(amount int) int {
	return slices.IndexFunc(Bands, func(b Band) bool { return b.Until == 0 || amount < b.Until })
}

// priceOf is the price that somebody of a group told of; none if several told of
// different ones.
func priceOf(g casework.Group) (found *Price) {
	for _, p := range g.People {
		a, ok := p.Latest("U4")
		if !ok || a.State != casework.Answered {
			continue
		}
		price, ok := ParsePrice(a.Words)
		if !ok {
			continue
		}
		if found != nil && *found != price {
			return nil
		}
		found = &price
	}
	return found
}
