package page

import (
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
	"touchstone.internal/pipeline/threat"
)

// Threat is the view of "threat": the figures of the threat area "fraudulent
// documents". Without figures, when the filters are wrong, it shows the filters.
type Threat struct {
	threat.Summary
	Series []SeriesLine // the newest
	Errors []Error
}

// Records is the view of "records": the records behind a figure.
type Records struct {
	Select  threat.Select
	Entries []threat.Entry
	Next    string // address of the next page of the list; empty on the last
}

// threatMonths is how many months can be looked at.
const threatMonths = 24

// ThreatMonths are the months that can be looked at, the newest last. Like those
// of records they are of UTC.
func ThreatMonths(now time.Time) (months []string) {
	at := firstOfMonth(now)
	for i := range threatMonths {
		months = append(months, threat.MonthOf(at.AddDate(0, i+1-threatMonths, 0)))
	}
	return months
}

func firstOfMonth(now time.Time) time.Time {
	year, month, _ := now.UTC().Date()
	return time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
}

// Quarter is three months of which a pack is made.
type Quarter struct {
	Name        string // "2026-Q4"
	From, Until string // months
}

// quarters is how many quarters there are packs of.
const quarters = 8

// Quarters are those of which there are packs, the one that is not over first.
func Quarters(now time.Time) (all []Quarter) {
	at := firstOfMonth(now)
	at = at.AddDate(0, -(int(at.Month())-1)%3, 0)
	for range quarters {
		name := fmt.Sprintf("%d-Q%d", at.Year(), (int(at.Month())+2)/3)
		all = append(all, Quarter{name, threat.MonthOf(at), threat.MonthOf(at.AddDate(0, 2, 0))})
		at = at.AddDate(0, -3, 0)
	}
	return all
}

// Text says a quarter: "July to September 2026".
func (q Quarter) Text() string {
	first, _, _ := strings.Cut(threat.MonthText(q.From), " ")
	return first + " to " + threat.MonthText(q.Until)
}

var partWords = map[threat.Part]string{ //nolint:gochecknoglobals // a table, never written
	threat.Production: "Production", threat.Supply: "Supply", threat.Possession: "Possession or use",
}

// threatTable is a table of figures, whose bars are its chart.
type threatTable struct {
	ID, Caption, Name string
	Rows              []threatLine
}

// threatLine is one line: as many found, of as many screened.
type threatLine struct {
	Label       string
	Found, Of   string
	Address     string // of the records; empty if the figure is not shown
	Rate        string
	Bar         int // per cent of the longest; 0 for none
	FoundN, OfN threat.Count
	rate        float64
}

// linesOf makes the lines of a table.
func linesOf(rows []threat.Row, label func(string) string) (lines []threatLine) {
	longest := 0.0
	for _, r := range rows {
		l := threatLine{Label: label(r.Value), Found: r.N.String(), Of: r.Of.String(), Rate: r.PerThousand(), FoundN: r.N, OfN: r.Of}
		if !r.N.Small() {
			l.Address = recordsAddress(r.Select)
		}
		if r.Known() {
			l.rate = float64(r.N) / float64(r.Of)
			longest = max(longest, l.rate)
		}
		lines = append(lines, l)
	}
	for i := range lines {
		if lines[i].rate > 0 {
			lines[i].Bar = max(1, int(100*lines[i].rate/longest))
		}
	}
	return lines
}

// recordsAddress leads to the records of a choice.
func recordsAddress(s threat.Select) string { return address("/threat/records", selectQuery(s)) }

// selectQuery is a choice as the parameters of an address.
func selectQuery(s threat.Select) url.Values {
	q := url.Values{}
	for name, value := range map[string]string{
		"from": s.From, "until": s.Until, "site": s.Site, "channel": string(s.Channel), "mode": s.Mode, "kind": string(s.Kind),
		"verdict": string(s.Verdict), "model": s.Model, "role": string(s.Part), "business_model": string(s.Business),
	} {
		set(q, name, value)
	}
	return q
}

// Labels of the lines of tables.
func verdictLabel(v string) string { return verdictWords(pipeline.Verdict(v)) }
func partLabel(v string) string    { return partWords[threat.Part(v)] }

// businessLabel is what a business model is called today.
func businessLabel(v string) string {
	return upper(threat.BusinessLabel(threat.Labels(), threat.Newest().Version, casework.BusinessModel(v)))
}

func plainLabel(v string) string {
	if v == threat.UnknownSite || v == threat.UnknownModel.String() {
		return "Not known"
	}
	return v
}

func channelLabel(v string) string {
	if v == "" {
		return "Not known"
	}
	return upper(channelWords[pipeline.Channel(v)])
}

func modeLabel(v string) string {
	switch v {
	case threat.UnknownMode:
		return "Not known"
	case threat.SeveralModes:
		return "Several"
	}
	return wordOf(modeWords, v)
}

// threatView is the view of the threat area, ready to be shown.
type threatView struct {
	Threat
	Empty                                         bool // nothing was screened
	Period                                        string
	Months, Until, Sites, Channels, Modes, KindOf []option
	Trend                                         trend
	Kinds                                         [][]string // by month: the month, and each kind
	KindNames                                     []string
	Tables                                        []threatTable
	Packs                                         []Quarter
}

// threatOf prepares the page.
func threatOf(s Shell, v Threat) threatView {
	f := v.Select
	t := threatView{Threat: v, Empty: v.Total().Of.Small(), Period: periodText(f), Packs: Quarters(s.Now)}
	var months [][2]string
	for _, m := range slices.Backward(ThreatMonths(s.Now)) {
		months = append(months, [2]string{m, threat.MonthText(m)})
	}
	t.Months, t.Until = options(f.From, months), options(f.Until, months)
	all := threat.Select{From: f.From, Until: f.Until}
	values := func(any string, now string, field func(threat.Cell) string, label func(string) string) []option {
		list := [][2]string{{"", any}}
		known := v.Figures.Values(threat.Screened, all, field)
		if now != "" && !slices.Contains(known, now) {
			known = append(known, now)
		}
		for _, value := range known {
			if value != "" {
				list = append(list, [2]string{value, label(value)})
			}
		}
		return options(now, list)
	}
	t.Sites = values("All sites", f.Site, func(c threat.Cell) string { return c.Site }, plainLabel)
	t.Channels = values("Anywhere", string(f.Channel), func(c threat.Cell) string { return string(c.Channel) }, channelLabel)
	t.Modes = values("Any", f.Mode, func(c threat.Cell) string { return c.Mode }, modeLabel)
	kinds := [][2]string{{"", "Any"}}
	for _, k := range threat.Kinds {
		kinds = append(kinds, [2]string{string(k), kindTexts[k].Label})
	}
	t.KindOf = options(string(f.Kind), kinds)
	t.Trend = trendOf(v.Summary)
	t.KindNames, t.Kinds = kindsByMonth(v.Summary)
	t.Tables = threatTables(v.Summary)
	return t
}

// periodText says which months are looked at.
func periodText(f threat.Select) string {
	if f.From == f.Until {
		return threat.MonthText(f.From)
	}
	return threat.MonthText(f.From) + " to " + threat.MonthText(f.Until)
}

// kindsByMonth are the counts of each kind, month by month.
func kindsByMonth(s threat.Summary) (names []string, lines [][]string) {
	for _, m := range s.Months() {
		lines = append(lines, []string{threat.MonthText(m)})
	}
	for _, k := range threat.Kinds {
		names = append(names, kindTexts[k].Label)
		for i, r := range s.Trend(k) {
			lines[i] = append(lines[i], r.N.String())
		}
	}
	return names, lines
}

// threatTables are the tables below the trend.
func threatTables(s threat.Summary) []threatTable {
	return []threatTable{
		{"method", "What was false", "Finding", linesOf(s.Methods(), verdictLabel)},
		{"model", "Which documents", "Issuing State and type of the document", linesOf(s.Models(), plainLabel)},
		{"site", "Where, in the order of names: sites differ in what they send", "Site", linesOf(s.Sites(), plainLabel)},
		{"channel", "Where people were asked for their documents", "Channel", linesOf(s.Channels(), channelLabel)},
		{"mode", "How people came", "Mode", linesOf(s.Modes(), modeLabel)},
		{"role", "What the people behind the documents did, as officers recorded it", "Part", linesOf(s.Parts(), partLabel)},
		{"business", "How the groups behind confirmed series work", "Business model", linesOf(s.Businesses(), businessLabel)},
	}
}

// trend is the chart of the rate by month.
type trend struct {
	Lines  []threatLine // the table behind it
	Points []trendPoint
	Paths  []string // of points next to each other
	Ticks  []trendTick
	First  string // month at the left
	Last   string // month at the right
	Shown  int    // months with a rate
}

// trendPoint is a month in the chart.
type trendPoint struct {
	Title           string
	X, Y, Low, High int
}

// trendTick is a line across the chart.
type trendTick struct {
	Y    int
	Text string
}

// The chart's size, in units of its own.
const (
	trendLeft, trendRight = 44, 350
	trendTop, trendBottom = 14, 180
)

// trendOf draws the rate by month. Months whose figure is not shown have a gap.
func trendOf(s threat.Summary) (t trend) {
	rows := s.Trend("")
	t.Lines = linesOf(rows, threat.MonthText)
	if len(rows) == 0 {
		return t
	}
	t.First, t.Last = threat.MonthText(rows[0].Value), threat.MonthText(rows[len(rows)-1].Value)
	top := 0.0
	for _, r := range rows {
		if r.Known() {
			top = max(top, 1000*r.Interval().High)
		}
	}
	top = niceTop(top)
	height := func(perThousand float64) int {
		return trendBottom - int(float64(trendBottom-trendTop)*perThousand/top+.5)
	}
	path := ""
	for i, r := range rows {
		if !r.Known() {
			path = ""
			continue
		}
		x := trendLeft + 10
		if len(rows) > 1 {
			x += (trendRight - 10 - x) * i / (len(rows) - 1)
		}
		in := r.Interval()
		p := trendPoint{
			Title: threat.MonthText(r.Value) + ": " + r.PerThousand(), X: x, Y: height(1000 * float64(r.N) / float64(r.Of)),
			Low: height(1000 * in.Low), High: height(1000 * in.High),
		}
		t.Points, t.Shown = append(t.Points, p), t.Shown+1
		if path == "" {
			t.Paths = append(t.Paths, "")
		}
		path = strings.TrimSpace(fmt.Sprintf("%s %d,%d", path, p.X, p.Y))
		t.Paths[len(t.Paths)-1] = path
	}
	for _, share := range []float64{0, .5, 1} {
		t.Ticks = append(t.Ticks, trendTick{height(share * top), strconv.FormatFloat(share*top, 'f', -1, 64)})
	}
	return t
}

// niceTop is the first of 1, 2, 4, 10, 20, 40... that is not below a value.
func niceTop(v float64) float64 {
	for step := 1.0; ; step *= 10 {
		for _, n := range []float64{1, 2, 4} {
			if step*n >= v {
				return step * n
			}
		}
	}
}

// recordsView is the list of records, ready to be shown.
type recordsView struct {
	Records
	Chosen []string // what the list is of
	Lines  []recordLine
	Back   string
	Linked bool // who looks may read the documents
}

// recordLine is one record in a list.
type recordLine struct {
	Month, Verdict, Sure, Model, Site, Channel, Modes, Part, Series string
	Document                                                        pipeline.DocumentID
	Revision                                                        int
}

// recordsOf prepares the list.
func recordsOf(v Records) recordsView {
	f := v.Select
	r := recordsView{Records: v, Chosen: []string{periodText(f)}}
	back := threat.Select{From: f.From, Until: f.Until, Site: f.Site, Channel: f.Channel, Mode: f.Mode, Kind: f.Kind}
	r.Back = address("/threat", selectQuery(back))
	for _, c := range []struct{ value, words string }{
		{f.Site, plainLabel(f.Site)},
		{string(f.Channel), channelLabel(string(f.Channel))},
		{f.Mode, modeLabel(f.Mode)},
		{string(f.Kind), kindTexts[f.Kind].Label},
		{string(f.Verdict), verdictWords(f.Verdict)},
		{f.Model, plainLabel(f.Model)},
		{string(f.Part), partWords[f.Part]},
		{string(f.Business), businessLabel(string(f.Business))},
	} {
		if c.value != "" {
			r.Chosen = append(r.Chosen, c.words)
		}
	}
	for _, e := range v.Entries {
		modes := "Not known"
		if len(e.Modes) > 0 {
			words := make([]string, len(e.Modes))
			for i, m := range e.Modes {
				words[i] = modeLabel(m)
			}
			modes = strings.Join(words, ", ")
		}
		r.Lines = append(r.Lines, recordLine{
			Month: threat.MonthText(e.Period), Verdict: verdictWords(e.Verdict), Sure: confidences[e.Confidence][0], Model: plainLabel(e.Model.String()),
			Site: plainLabel(e.Site), Channel: channelLabel(string(e.Channel)), Modes: modes, Part: partWords[e.Part], Series: e.Series,
			Document: e.Document, Revision: e.Revision,
		})
	}
	return r
}

// threatFunctions are what the templates of the threat area call.
func threatFunctions() template.FuncMap {
	return template.FuncMap{"threat": threatOf, "records": recordsOf}
}
