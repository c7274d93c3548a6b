package page

import (
	"cmp"
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strings"
	"time"

	"touchstone.internal/pipeline/casework"
	"touchstone.internal/pipeline/threat"
)

// Series is the view of "series": documents that people tie together as the work of one
// workshop, and what follows from them. What the account may not know is left out.
type Series struct {
	Series    casework.Series
	Facts     casework.SeriesFacts
	Related   []casework.Related
	Referrals []casework.Referral // that the account may see
	Referred  int                 // how many were made from the series
	Form      url.Values          // what was typed and could not be saved; nil if nothing
	Errors    []Error
}

// AllSeries is the view of "all-series": the newest, and the form that opens one.
type AllSeries struct {
	All          []SeriesLine
	Title, Words string // as the form said it
	Errors       []Error
}

// SeriesLine is a series in a list.
type SeriesLine struct {
	Series casework.Series
	Facts  casework.SeriesFacts
}

// SeriesMember is a document of a series: who added it and why, and how it was presented.
type SeriesMember struct {
	casework.SeriesEntry
	Attempt casework.Attempt
}

// Members are the documents of the series, in the order in which they were received.
func (v Series) Members() (all []SeriesMember) {
	for _, m := range v.Series.Members() {
		i := slices.IndexFunc(v.Facts.Attempts, func(a casework.Attempt) bool { return a.Document == m.Document })
		if i >= 0 {
			all = append(all, SeriesMember{m, v.Facts.Attempts[i]})
		}
	}
	slices.SortStableFunc(all, func(a, b SeriesMember) int { return a.Attempt.At.Compare(b.Attempt.At) })
	return all
}

// Incidents are those to which the occasions belong, each once.
func (v Series) Incidents() (all []string) {
	for _, a := range v.Facts.Attempts {
		if a.Incident != "" && !slices.Contains(all, a.Incident) {
			all = append(all, a.Incident)
		}
	}
	return all
}

// Named are the holders whom the account may know.
func (v Series) Named() []casework.Holder {
	return slices.DeleteFunc(slices.Clone(v.Facts.Holders), func(h casework.Holder) bool { return h.Number == 0 })
}

// Opened tells whether a form has to be seen: a mistake is in it.
func (v Series) Opened(kind casework.EntryKind) bool {
	return slices.ContainsFunc(v.Errors, func(e Error) bool { return strings.HasPrefix(e.Field, string(kind)+"-") })
}

// Typed is what was typed into a field of a form.
func (v Series) Typed(field string) string { return v.Form.Get(field) }

// Reach says how many documents there are, and at how many sites.
func (l SeriesLine) Reach() string { return reachOf(l.Facts.Attempts) }

// reachOf says how many documents were presented, at how many sites.
func reachOf(all []casework.Attempt) string {
	sites := map[string]bool{}
	for _, a := range all {
		if a.Site != "" {
			sites[a.Site] = true
		}
	}
	return count(len(all), "document", "documents") + " at " + count(len(sites), "site", "sites")
}

// probingLine says why attempts look like a test of the response; empty if they do not.
func probingLine(all []casework.Attempt) string {
	if len(all) == 0 {
		return ""
	}
	days := int(all[len(all)-1].At.Sub(all[0].At)/(24*time.Hour)) + 1
	return fmt.Sprintf("%s in %s. It may be a test of where such documents are found out.", upper(reachOf(all)), count(days, "day", "days"))
}

// Words of series, as forms and lines say them.
//
//nolint:gochecknoglobals // tables, never written
var (
	seriesStateWords = [][2]string{
		{"candidate", "May be one workshop"},
		{"confirmed", "Confirmed: the work of one workshop"},
		{"closed", "Closed: nothing more is done"},
	}
	observationWords = [][2]string{
		{"before_exploitation", "Documents were supplied, or people moved, before they were exploited"},
		{"handed_on", "People were handed on to others"},
		{"testing_response", "Testing law enforcement response"},
	}
	seriesSourceWords = [][2]string{
		{"examination", "Documents were compared"},
		{"told", "People told it"},
		{"records", "It follows from what is recorded here"},
		{"partner", "Another force or agency"},
	}
	seriesTraceWords = [][2]string{
		{"same_picture", "the same picture, byte for byte, as"},
		{"same_document_number", "the same document number as"},
		{"number_block", "a document number that differs in the last two places alone from that of"},
	}
)

// businessOf says how the group works, under the labels of the day on which it was said.
func businessOf(e casework.SeriesEntry) string {
	return upper(threat.BusinessLabel(threat.Labels(), cmp.Or(e.Labels, threat.Newest().Version), e.Business))
}

func businessChoices(now string) (out []option) {
	for _, b := range casework.BusinessModels {
		out = append(out, option{string(b), businessLabel(string(b)) + " (" + string(b) + ")", string(b) == now})
	}
	return out
}

// memberChoices are the documents of a series.
func memberChoices(v Series) (out []option) {
	for _, m := range v.Members() {
		out = append(out, option{m.Document, m.Document, m.Document == v.Typed("taken_out-document")})
	}
	return out
}

// entryLine says in short what an entry of a series says.
func entryLine(e casework.SeriesEntry) string {
	switch e.Kind {
	case casework.EntryAdded:
		return e.Document + " was added"
	case casework.EntryTakenOut:
		return e.Document + " was taken out"
	case casework.EntryState:
		return wordOf(seriesStateWords, string(e.State))
	case casework.EntryBusiness:
		return "Business model: " + businessOf(e)
	case casework.EntryObservation:
		return wordOf(observationWords, string(e.Observation))
	}
	return ""
}

// seriesFunctions are what the pages about series need.
func seriesFunctions() template.FuncMap {
	return template.FuncMap{
		"businessOf": businessOf, "businessChoices": businessChoices, "memberChoices": memberChoices, "entryLine": entryLine, "probingLine": probingLine, "reachOf": reachOf,
		"entryKind":          func(k string) casework.EntryKind { return casework.EntryKind(k) },
		"seriesState":        func(s casework.SeriesState) string { return wordOf(seriesStateWords, string(s)) },
		"observation":        func(o casework.Observation) string { return wordOf(observationWords, string(o)) },
		"seriesSource":       func(s casework.SeriesSource) string { return wordOf(seriesSourceWords, string(s)) },
		"seriesTrace":        func(t casework.SeriesTrace) string { return wordOf(seriesTraceWords, string(t)) },
		"stateChoices":       func(now string) []option { return options(now, seriesStateWords) },
		"observationChoices": func(now string) []option { return options(now, observationWords) },
		"seriesSources":      func(now string) []option { return options(now, seriesSourceWords) },
	}
}
