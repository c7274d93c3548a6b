package casework_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"touchstone.internal/pipeline/casework"
)

// entry says something of a series.
func entry(k casework.EntryKind) casework.SeriesEntry {
	return casework.SeriesEntry{Kind: k, Words: "the same soft print", Source: casework.SourceExamination, Grade: "1B"}
}

// about adds a document, or takes it out.
func about(k casework.EntryKind, document string) casework.SeriesEntry {
	e := entry(k)
	e.Document = document
	return e
}

// inState says what is thought of a series.
func inState(s casework.SeriesState) casework.SeriesEntry {
	e := entry(casework.EntryState)
	e.State = s
	return e
}

// series is one with three documents.
func series() casework.Series {
	return casework.Series{ID: "W-AAAA-AAAA", Title: "Soft print", Entries: []casework.SeriesEntry{
		inState(casework.SeriesCandidate), about(casework.EntryAdded, "a"), about(casework.EntryAdded, "b"), about(casework.EntryAdded, "c"),
	}}
}

// TestSeries: what belongs to a series is what was added and not taken out since, and
// the newest word on it counts.
func TestSeries(t *testing.T) {
	s := series()
	s.Entries = append(s.Entries, about(casework.EntryTakenOut, "b"), about(casework.EntryTakenOut, "a"), about(casework.EntryAdded, "b"))
	var members []string
	for _, m := range s.Members() {
		members = append(members, m.Document)
	}
	if diff := cmp.Diff([]string{"c", "b"}, members); diff != "" || s.Has("a") || !s.Has("b") {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	if s.State() != casework.SeriesCandidate || s.Business().Business != casework.BusinessUnknown || s.Observed() != nil {
		t.Errorf("at first: %s, %+v, %+v", s.State(), s.Business(), s.Observed())
	}
	business, seen := entry(casework.EntryBusiness), entry(casework.EntryObservation)
	business.Business, seen.Observation = casework.BusinessFull, casework.TestingResponse
	s.Entries = append(s.Entries, business, seen, inState(casework.SeriesClosed))
	if s.State() != casework.SeriesClosed || s.Business().Business != casework.BusinessFull || len(s.Observed()) != 1 {
		t.Errorf("then: %s, %+v, %+v", s.State(), s.Business(), s.Observed())
	}
}

func TestSeriesMistakes(t *testing.T) {
	closed, small := series(), series()
	closed.Entries = append(closed.Entries, inState(casework.SeriesClosed))
	small.Entries = small.Entries[:3]
	handed := func(o casework.Observation, to string) casework.SeriesEntry {
		e := entry(casework.EntryObservation)
		e.Observation, e.HandedTo = o, to
		return e
	}
	wordless, sourceless, ungraded := about(casework.EntryAdded, "d"), entry(casework.EntryBusiness), handed(casework.HandedOn, "")
	wordless.Words, sourceless.Source, ungraded.Grade = "", "", ""
	sourceless.Business = casework.BusinessFull
	for name, tt := range map[string]struct {
		s     casework.Series
		e     casework.SeriesEntry
		field string // that is wrong; empty if nothing is
	}{
		"added":                   {series(), about(casework.EntryAdded, "d"), ""},
		"added twice":             {series(), about(casework.EntryAdded, "a"), "document"},
		"taken out":               {series(), about(casework.EntryTakenOut, "a"), ""},
		"taken out of no series":  {series(), about(casework.EntryTakenOut, "d"), "document"},
		"confirmed":               {series(), inState(casework.SeriesConfirmed), ""},
		"confirmed of two":        {small, inState(casework.SeriesConfirmed), "state"},
		"another state":           {series(), inState("sure"), "state"},
		"added to a closed one":   {closed, about(casework.EntryAdded, "d"), "kind"},
		"opened again":            {closed, inState(casework.SeriesCandidate), ""},
		"without a reason":        {series(), wordless, "words"},
		"another business model":  {series(), entry(casework.EntryBusiness), "business_model"},
		"without a source":        {series(), sourceless, "source"},
		"without a grade":         {series(), ungraded, "grade"},
		"another observation":     {series(), handed("seen", ""), "observation"},
		"handed on":               {series(), handed(casework.HandedOn, "W-BBBB-BBBB"), ""},
		"handed on to itself":     {series(), handed(casework.HandedOn, "W-AAAA-AAAA"), "handed_to"},
		"handed on to somebody":   {series(), handed(casework.HandedOn, "the Tailor"), "handed_to"},
		"a test, and handed on":   {series(), handed(casework.TestingResponse, "W-BBBB-BBBB"), "handed_to"},
		"nothing that is offered": {series(), entry("note"), "kind"},
	} {
		errs := tt.s.CheckEntry(tt.e)
		if (tt.field == "") != (errs == nil) || errs != nil && (len(errs) != 1 || errs[0].Field != tt.field) {
			t.Errorf("%s: %+v; want %q", name, errs, tt.field)
		}
	}
	for title, good := range map[string]bool{"Soft print": true, "Two lines of 44": true, " ": false, "Passport L8989023": false} {
		s := casework.Series{Title: title, Entries: []casework.SeriesEntry{inState(casework.SeriesCandidate)}}
		if errs := s.Check(); (errs == nil) != good {
			t.Errorf("%q: %+v", title, errs)
		}
	}
}

// TestS5c is "testing law enforcement response": three attempts of one series at three
// ports within 14 days look like it, and are named; fewer, or slower, do not.
func TestS5c(t *testing.T) {
	attempt := func(document, site string, days int) casework.Attempt {
		return casework.Attempt{Document: document, Site: site, At: noon.AddDate(0, 0, days)}
	}
	for name, tt := range map[string]struct {
		attempts []casework.Attempt
		want     []string
	}{
		"three at three ports":        {[]casework.Attempt{attempt("a", "NPT", 0), attempt("b", "DVR", 5), attempt("c", "HLY", 14)}, []string{"a", "b", "c"}},
		"an earlier one is not of it": {[]casework.Attempt{attempt("z", "NPT", -30), attempt("a", "NPT", 0), attempt("b", "DVR", 5), attempt("c", "HLY", 6)}, []string{"a", "b", "c"}},
		"at two ports":                {[]casework.Attempt{attempt("a", "NPT", 0), attempt("b", "DVR", 5), attempt("c", "NPT", 6)}, nil},
		"in 15 days":                  {[]casework.Attempt{attempt("a", "NPT", 0), attempt("b", "DVR", 5), attempt("c", "HLY", 15)}, nil},
		"where is not known":          {[]casework.Attempt{attempt("a", "NPT", 0), attempt("b", "DVR", 5), attempt("c", "", 6)}, nil},
		"none":                        {nil, nil},
	} {
		var got []string
		for _, a := range (casework.SeriesFacts{Attempts: tt.attempts}).Probing() {
			got = append(got, a.Document)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestS22 is "smuggling or providing false documents before exploiting them": of nine
// holders of a series two were referred later, and it is worked on sooner.
func TestS22(t *testing.T) {
	var f casework.SeriesFacts
	for i := range 9 {
		f.Holders = append(f.Holders, casework.Holder{PersonAt: casework.PersonAt{Encounter: "e", Number: i + 1}})
	}
	if f.Priority() != "P3" || f.Sentence() != "0 of 9 holders are potential victims" {
		t.Errorf("at first: %s, %q", f.Priority(), f.Sentence())
	}
	f.Holders[3].Referred, f.Holders[7].Referred = true, true
	if f.Priority() != "P2" || f.Sentence() != "2 of 9 holders are potential victims" {
		t.Errorf("then: %s, %q", f.Priority(), f.Sentence())
	}
	for sentence, holders := range map[string][]casework.Holder{
		"": nil, "The 1 holder is a potential victim": {{Referred: true}}, "1 of 2 holders is a potential victim": {{Referred: true}, {}}, "0 of 1 holders are potential victims": {{}},
	} {
		if got := (casework.SeriesFacts{Holders: holders}).Sentence(); got != sentence {
			t.Errorf("%d holders: %q; want %q", len(holders), got, sentence)
		}
	}
}
