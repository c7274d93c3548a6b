package threat

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
)

// Kinds are the kinds of verdict that count as found false, in the order of
// tables.
//
//nolint:gochecknoglobals // a table, never written
var Kinds = []pipeline.VerdictKind{pipeline.KindAltered, pipeline.KindCounterfeit, pipeline.KindObtained, pipeline.KindWrongHolder}

// kindWords begin a sentence about a kind.
var kindWords = map[pipeline.VerdictKind]string{ //nolint:gochecknoglobals // a table, never written
	pipeline.KindAltered: "Altered documents", pipeline.KindCounterfeit: "Counterfeit documents",
	pipeline.KindObtained: "Documents obtained by deception", pipeline.KindWrongHolder: "Documents presented by somebody else than their holder",
}

// KindWords names a kind of documents, as a sentence begins.
func KindWords(k pipeline.VerdictKind) string { return kindWords[k] }

// Summary is what page and pack tell of a choice of documents. Every sentence in
// which they say a number is one of its methods.
type Summary struct {
	Select  Select // with both months
	Figures Figures
	First   []Model // seen for the first time in the last 30 days, wherever
}

// FirstSeenFor is how long a model counts as new.
const FirstSeenFor = 30 * 24 * time.Hour

// Row is one line of a table.
type Row struct {
	Value  string // what the line is about, as a code
	Select Select // chooses what it counts
	Rate
}

// Months are the months of the summary, in order.
func (s Summary) Months() (months []string) {
	at, err := time.Parse("2006-01", s.Select.From)
	if err != nil {
		return nil
	}
	for m := at.Format("2006-01"); m <= s.Select.Until; m = at.Format("2006-01") {
		months = append(months, m)
		at = at.AddDate(0, 1, 0)
	}
	return months
}

// MonthText writes a month for people: "November 2026".
func MonthText(month string) string {
	at, err := time.Parse("2006-01", month)
	if err != nil {
		return month
	}
	return at.Format("January 2006")
}

// row counts a choice.
func (s Summary) row(value string, chosen Select) Row {
	return Row{value, chosen, s.Figures.Rate(chosen)}
}

// Total counts everything.
func (s Summary) Total() Row { return s.row("", s.Select) }

// Trend counts month by month; of one kind if it is named.
func (s Summary) Trend(k pipeline.VerdictKind) (rows []Row) {
	for _, m := range s.Months() {
		chosen := s.Select
		chosen.From, chosen.Until, chosen.Kind = m, m, cmp.Or(k, chosen.Kind)
		rows = append(rows, s.row(m, chosen))
	}
	return rows
}

// by counts by a field of cells, the most first.
func (s Summary) by(field func(Cell) string, choose func(*Select, string)) (rows []Row) {
	for _, value := range s.Figures.Values(Found, s.Select, field) {
		chosen := s.Select
		choose(&chosen, value)
		rows = append(rows, s.row(value, chosen))
	}
	slices.SortStableFunc(rows, func(a, b Row) int { return cmp.Compare(b.N, a.N) })
	return rows
}

// Methods counts by verdict.
func (s Summary) Methods() []Row {
	return s.by(func(c Cell) string { return string(c.Verdict) }, func(f *Select, v string) { f.Verdict = pipeline.Verdict(v) })
}

// Models counts by the model of the document.
func (s Summary) Models() []Row {
	return s.by(func(c Cell) string { return c.Model }, func(f *Select, v string) { f.Model = v })
}

// Sites counts by where documents were presented, in the order of their names:
// they are no competition.
func (s Summary) Sites() []Row {
	rows := s.by(func(c Cell) string { return c.Site }, func(f *Select, v string) { f.Site = v })
	slices.SortFunc(rows, func(a, b Row) int { return cmp.Compare(a.Value, b.Value) })
	return rows
}

// Channels counts by how documents were presented.
func (s Summary) Channels() []Row {
	return s.by(func(c Cell) string { return string(c.Channel) }, func(f *Select, v string) { f.Channel = pipeline.Channel(v) })
}

// Modes counts by how people came.
func (s Summary) Modes() []Row {
	return s.by(func(c Cell) string { return c.Mode }, func(f *Select, v string) { f.Mode = v })
}

// Parts counts by what the people behind the documents did.
func (s Summary) Parts() []Row {
	return s.by(func(c Cell) string { return string(c.Part) }, func(f *Select, v string) { f.Part = Part(v) })
}

// Businesses counts by how the groups behind series work.
func (s Summary) Businesses() []Row {
	return s.by(func(c Cell) string { return string(c.Business) }, func(f *Select, v string) { f.Business = casework.BusinessModel(v) })
}

// PriceRow is what was told of prices in a currency.
type PriceRow struct {
	Currency string
	Told     Count
	Median   string // the band that holds it; empty if too few were told
	Bands    []Count
}

// Prices tells the band that half of the prices do not exceed, by currency.
func (s Summary) Prices() (rows []PriceRow) {
	currency := func(c Cell) string { code, _, _ := strings.Cut(c.Price, " "); return code }
	for _, code := range s.Figures.Values(Priced, s.Select, currency) {
		row := PriceRow{Currency: code}
		for i := range Bands {
			chosen := s.Select
			chosen.Price = code + " " + strconv.Itoa(i)
			row.Bands = append(row.Bands, s.Figures.Sum(Priced, chosen))
			row.Told += row.Bands[i]
		}
		if !row.Told.Small() {
			row.Median = medianBand(row.Bands).String()
		}
		rows = append(rows, row)
	}
	return rows
}

// medianBand is the first band up to which half of all lie.
func medianBand(counts []Count) Band {
	all, below := Count(0), Count(0)
	for _, n := range counts {
		all += n
	}
	for i, n := range counts {
		if below += n; 2*below >= all {
			return Bands[i]
		}
	}
	return Bands[len(Bands)-1]
}

// Headline says how many were found false.
func (s Summary) Headline() string {
	t := s.Total()
	switch {
	case t.Of.Small():
		return "Fewer than 10 documents were screened. Nothing is shown of so few."
	case !t.Known():
		return fmt.Sprintf("%s documents were screened. Fewer than 10 were found false, and no rate is shown of so few.", t.Of)
	}
	return fmt.Sprintf("Of %s documents screened, %s were found false or falsely used: %s in every 1,000.", t.Of, t.N, t.PerThousand())
}

// Standing says how much two people have confirmed, and what waits.
func (s Summary) Standing() string {
	waits := s.Figures.Sum(Provisional, s.Select)
	said := "Two people came to each of these decisions."
	if waits.Small() {
		return said + " Provisional: fewer than 10 that one person found false wait for a second. They are not counted."
	}
	return fmt.Sprintf("%s Provisional: %s more that one person found false wait for a second. They are not counted.", said, waits)
}

// Changes are the kinds whose rate changed, and what is said of each.
func (s Summary) Changes() (sentences []string) {
	for _, k := range Kinds {
		if s.Select.Kind != "" && s.Select.Kind != k {
			continue
		}
		if c, ok := s.Change(k); ok {
			verb := "fell"
			if c.Rose() {
				verb = "rose"
			}
			sentences = append(sentences, fmt.Sprintf("%s %s from %s on: from %s to %s in every 1,000 screened.", kindWords[k], verb, MonthText(c.Month),
				perThousand(float64(c.Before.N)/float64(c.Before.Of)), perThousand(float64(c.After.N)/float64(c.After.Of))))
		}
	}
	if sentences == nil {
		return []string{"No kind of false document became more or less frequent by more than chance explains."}
	}
	return sentences
}

// Change finds the change in a kind's months.
func (s Summary) Change(k pipeline.VerdictKind) (Change, bool) {
	var series []Point
	for _, r := range s.Trend(k) {
		series = append(series, Point{r.Value, r.Rate})
	}
	return FindChange(series)
}

// Novelties names the models that are new. It says no number of them: they are
// few.
func (s Summary) Novelties() string {
	if len(s.First) == 0 {
		return "No model of document was found false for the first time in the last 30 days, at any site."
	}
	names := make([]string, len(s.First))
	for i, m := range s.First {
		names[i] = m.String()
	}
	return "Found false for the first time in the last 30 days, at any site: " + strings.Join(names, ", ") + ". Ask the document experts before you rely on it."
}

// Exploitation says how often a holder was referred for their welfare.
func (s Summary) Exploitation() string {
	r := Rate{s.Figures.Sum(Referred, s.Select), s.Figures.Sum(Held, s.Select)}
	switch {
	case r.Of.Small():
		return "Who held the documents is recorded for fewer than 10. Nothing is shown of so few."
	case !r.Known():
		return fmt.Sprintf("Who held them is recorded for %s documents. Fewer than 10 had a holder who was referred for their welfare.", r.Of)
	}
	return fmt.Sprintf("Who held them is recorded for %s documents. %s had a holder who was referred for their welfare: %s.", r.Of, r.N, r.Percent())
}

// Gaps says how often it is not known where documents come from.
func (s Summary) Gaps() string {
	found, asked := s.Figures.Sum(Found, s.Select), s.Figures.Sum(Asked, s.Select)
	const what = "who obtained the document, where it was handed over, whose identity it holds and what it cost (U1 to U4)"
	if found.Small() {
		return "Fewer than 10 documents were found false. Nothing is shown of how often it is known " + what + "."
	}
	open := max(found-asked, 0)
	return fmt.Sprintf("U1 to U4 are unanswered, in whole or in part, in about %.0f%% of %s documents: %s.", 100*float64(open)/float64(found), found, what)
}

// PriceSentence says the median of a currency.
func (r PriceRow) PriceSentence() string {
	if r.Median == "" {
		return fmt.Sprintf("%s: fewer than 10 prices were told.", r.Currency)
	}
	return fmt.Sprintf("%s: the median of %s prices lies in the band %s. Grade %s: said by people, not tested.", r.Currency, r.Told, r.Median, ungraded)
}

// Sentences are all that say a number, in the order of the page.
func (s Summary) Sentences() []string {
	said := append([]string{s.Headline(), s.Standing()}, s.Changes()...)
	said = append(said, s.Novelties(), s.Exploitation())
	for _, p := range s.Prices() {
		said = append(said, p.PriceSentence())
	}
	return append(said, s.Gaps())
}

// Tables are the lines of every table, by what they tell apart.
func (s Summary) Tables() map[string][]Row {
	return map[string][]Row{
		"month": s.Trend(""), "verdict": s.Methods(), "model": s.Models(), "site": s.Sites(), "channel": s.Channels(), "mode": s.Modes(),
		"role": s.Parts(), "business_model": s.Businesses(),
	}
}

// Methodology is what a reader has to know of all figures, one sentence each.
func (s Summary) Methodology() []string {
	return []string{
		"A document counts in the month in which it was screened, once two people have found it false or falsely used. Of the newest months some still wait.",
		"The counts depend on what officers chose to have screened. They do not show how common fraud is among travellers, and sites differ in what they send.",
		"Every figure is a sum of cells that were rounded up or down to a multiple of 5, by chance that stays the same. Figures below 10 are not shown.",
		"Rates are given in every 1,000 documents screened, in brackets with the 95% score interval (Wilson 1927), which allows for the rounding.",
		"A rise or fall is told if an exact test (conditional binomial, Bonferroni) finds less than a 1 in 100 chance of it in a series that does not change.",
		"The only State that is counted is the one that issued the document, or that it claims. No nationality of anybody is counted.",
		"The figures are about documents. They say nothing of any person.",
	}
}
