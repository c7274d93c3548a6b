package threat

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
)

// SmallCell is the number below which a figure is not shown: who few are could be
// told by it.
const SmallCell = 10

// base is what every count is rounded to.
const base = 5

// Measure is what is counted.
type Measure string

// The measures.
const (
	Screened    Measure = "screened"    // documents with a report
	Found       Measure = "found"       // false or falsely used, as two people see it
	Provisional Measure = "provisional" // as one person sees it, a second still to come
	Held        Measure = "held"        // found, and it is known who held it
	Referred    Measure = "referred"    // held, and a holder was referred for their welfare
	Priced      Measure = "priced"      // found, and a price was told; Cell.Price says which
	Asked       Measure = "asked"       // found, and U1 to U4 were all answered
)

// Cell is one combination of everything that figures tell apart. Every part of a
// count is of one cell: no document is counted in two. An empty field of what is
// not known of a measure.
type Cell struct {
	Month    string
	Site     string
	Channel  pipeline.Channel
	Mode     string // one mode, SeveralModes or UnknownMode
	Model    string
	Verdict  pipeline.Verdict
	Part     Part
	Business casework.BusinessModel
	Price    string // currency and index of the band, "EUR 3"
}

// CellOf is where a record counts.
func CellOf(o Outcome) Cell {
	return Cell{
		Month: o.Period, Site: o.Site, Channel: o.Channel, Mode: ModeOf(o.Modes), Model: o.Model.String(), Verdict: o.Verdict,
		Part: o.Part, Business: o.BusinessModel,
	}
}

// ModeOf makes one of several modes, so that no document counts twice.
func ModeOf(modes []string) string {
	switch len(modes) {
	case 0:
		return UnknownMode
	case 1:
		return modes[0]
	}
	return SeveralModes
}

// Table counts by cell. What it holds is never shown: Publish rounds it.
//
// Each cell, at the finest level that there is, is rounded to a multiple of 5, up
// or down by a threshold that a key of this installation draws for this cell
// (fixed random rounding; compare "random rounding to base 3" of Stats NZ, and
// Willenborg and de Waal, Elements of Statistical Disclosure Control, 2001,
// section 8.4). A number n becomes 5 floor((n + s) / 5), where s is 0 to 4: on
// the average that is n, and nothing becomes nothing. Every figure, whatever is
// filtered, is the sum of rounded cells. So all figures together, all totals and
// all differences of filters, tell no more than the rounded cells do, and a
// rounded cell leaves at least five numbers possible: 0 those from 0 to 4, 5
// those from 1 to 9, 10 those from 6 to 14. Asking again gives the same answer.
// Sums below SmallCell are not shown on top of that.
//
// It has a price: sums are less exact than they could be. The figures say so, and
// their intervals and flags allow for it; see Rate.
type Table struct {
	offset func(Measure, Cell) int
	counts map[Measure]map[Cell]int
}

// NewTable makes an empty table. The key draws the thresholds.
func NewTable(key []byte) *Table {
	return &Table{offset: offsets(key), counts: map[Measure]map[Cell]int{}}
}

// offsets draws thresholds from 0 to 4.
func offsets(key []byte) func(Measure, Cell) int {
	return func(m Measure, c Cell) int {
		mac := hmac.New(sha256.New, key)
		fmt.Fprintf(mac, "rounding:%q:%q", m, []string{
			c.Month, c.Site, string(c.Channel), c.Mode, c.Model, string(c.Verdict), string(c.Part), string(c.Business), c.Price,
		})
		return int(binary.BigEndian.Uint64(mac.Sum(nil)) % base)
	}
}

// Add counts n more.
func (t *Table) Add(m Measure, c Cell, n int) {
	if t.counts[m] == nil {
		t.counts[m] = map[Cell]int{}
	}
	t.counts[m][c] += n
}

// Count counts a record with everything that figures tell of it.
func (t *Table) Count(e Entry) {
	c := CellOf(e.Outcome)
	t.Add(Found, c, 1)
	if e.Held {
		t.Add(Held, c, 1)
	}
	if e.Referred {
		t.Add(Referred, c, 1)
	}
	if allAsked(e.Upstream) {
		t.Add(Asked, c, 1)
	}
	if p := e.Price; p != nil {
		c.Price = p.Currency + " " + strconv.Itoa(p.Band)
		t.Add(Priced, c, 1)
	}
}

// allAsked tells whether U1 to U4 were all answered.
func allAsked(u Upstream) bool {
	n := 0
	for _, q := range u.Answered {
		if q == "U1" || q == "U2" || q == "U3" || q == "U4" {
			n++
		}
	}
	return n == 4
}

// Figures are the rounded cells: all that may be shown.
type Figures struct{ cells map[Measure]map[Cell]int }

// Publish rounds.
func (t *Table) Publish() Figures {
	f := Figures{map[Measure]map[Cell]int{}}
	for m, counts := range t.counts {
		f.cells[m] = map[Cell]int{}
		for c, n := range counts {
			if rounded := base * ((n + t.offset(m, c)) / base); rounded > 0 {
				f.cells[m][c] = rounded
			}
		}
	}
	return f
}

// Select chooses cells; empty fields choose all.
type Select struct {
	From, Until string // months, both included
	Site        string
	Channel     pipeline.Channel
	Mode        string
	Kind        pipeline.VerdictKind
	Verdict     pipeline.Verdict
	Model       string
	Part        Part
	Business    casework.BusinessModel
	Price       string // begins with this
}

// Holds tells whether a cell is chosen. A measure without a verdict, such as
// Screened, must not be asked for one.
func (s Select) Holds(c Cell) bool {
	is := func(want, got string) bool { return want == "" || want == got }
	return (s.From == "" || c.Month >= s.From) && (s.Until == "" || c.Month <= s.Until) &&
		is(s.Site, c.Site) && is(string(s.Channel), string(c.Channel)) && is(s.Mode, c.Mode) && is(string(s.Kind), string(c.Verdict.Kind())) &&
		is(string(s.Verdict), string(c.Verdict)) && is(s.Model, c.Model) && is(string(s.Part), string(c.Part)) &&
		is(string(s.Business), string(c.Business)) && strings.HasPrefix(c.Price, s.Price)
}

// Exposure is the choice without what is only known of documents that were found
// false: of how many documents the choice speaks.
func (s Select) Exposure() Select {
	return Select{From: s.From, Until: s.Until, Site: s.Site, Channel: s.Channel, Mode: s.Mode, Model: s.Model}
}

// Sum is how many a choice comes to.
func (f Figures) Sum(m Measure, s Select) Count {
	sum := 0
	for c, n := range f.cells[m] {
		if s.Holds(c) {
			sum += n
		}
	}
	return Count(sum)
}

// Rate is how many of the documents of a choice were found false.
func (f Figures) Rate(s Select) Rate { return Rate{f.Sum(Found, s), f.Sum(Screened, s.Exposure())} }

// Values are what a field of the cells of a measure can be, in order.
func (f Figures) Values(m Measure, s Select, field func(Cell) string) []string {
	seen := map[string]bool{}
	for c := range f.cells[m] {
		if s.Holds(c) {
			seen[field(c)] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// Count is a figure that may be shown: a sum of rounded cells.
type Count int

// Small tells whether it is too small to be shown.
func (c Count) Small() bool { return c < SmallCell }

// String says a figure; of a small one only that it is.
func (c Count) String() string {
	if c.Small() {
		return "fewer than 10"
	}
	return number(int(c))
}

// number writes thousands apart.
func number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
