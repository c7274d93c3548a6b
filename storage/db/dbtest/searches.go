package dbtest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

// searcher looks for documents in these tests.
var searcher = pipeline.Account{Name: "reviewer", Role: pipeline.RoleReviewer} //nolint:gochecknoglobals // a constant, if a struct could be one

// query looks for something for a good reason.
func query(k pipeline.SearchKind, text string) pipeline.SearchQuery {
	return pipeline.SearchQuery{Kind: k, Text: text, Reason: pipeline.ReasonEnquiry, Note: "Case 17"}
}

// look gives what a search finds.
func look(t *testing.T, s Store, k pipeline.SearchKind, text string) []pipeline.DocumentID {
	t.Helper()
	found, err := s.SearchDocuments(t.Context(), query(k, text), searcher, day.Add(time.Hour))
	noErr(t, err)
	return found.Found
}

// screenedAs stores a document with this name and number in its zone.
func screenedAs(t *testing.T, s Store, name, number string, age time.Duration) pipeline.Document {
	t.Helper()
	d := newDocument()
	d.ReceivedAt = day.Add(-age)
	d = claim(t, s, create(t, s, d).ID, "worker-1", day)
	r := newReport(d)
	r.Pages[0].Zones[0].Fields = []pipeline.FieldReading{
		{Name: mrz.NameOfHolder, Raw: name + "<<<<<<", Value: strings.ReplaceAll(name, "<", " ")},
		{Name: mrz.DocumentNumber, Raw: number + "<", Value: number},
	}
	noErr(t, s.Finish(t.Context(), d, pipeline.Screened{Report: r, At: day}))
	return d
}

// searchTests are about looking documents up.
func searchTests() map[string]func(*testing.T, Store) {
	return map[string]func(*testing.T, Store){
		"documents are looked up":          searched,
		"a name is found as it is typed":   searchedNames,
		"a search says who, why, how many": searchRecorded,
		"a search ends":                    searchEnds,
		"a search gives the newest":        searchMany,
	}
}

func searched(t *testing.T, s Store) {
	anna := screenedAs(t, s, "ERIKSSON<<ANNA<MARIA", "L898902C3", time.Hour)
	again := screenedAs(t, s, "ERIKSSON<<ANNA<MARIA", "L898902C3", time.Minute)
	bo := screenedAs(t, s, "ERIKSSON<<BO", "X1", 0)
	waiting := create(t, s, newDocument())
	both, none := []pipeline.DocumentID{again.ID, anna.ID}, []pipeline.DocumentID(nil)
	for _, tt := range []struct {
		kind pipeline.SearchKind
		text string
		want []pipeline.DocumentID
	}{
		{pipeline.SearchReference, strings.ToLower(string(anna.ID)), []pipeline.DocumentID{anna.ID}},
		{pipeline.SearchReference, string(waiting.ID), []pipeline.DocumentID{waiting.ID}},
		{pipeline.SearchReference, "TSD-0000-0000", none},
		{pipeline.SearchHash, strings.ToUpper(string(bo.Digest)), []pipeline.DocumentID{bo.ID}},
		{pipeline.SearchNumber, "l898902c3", both},
		{pipeline.SearchNumber, " L 898-902<C3<", both},
		{pipeline.SearchNumber, "L898902C", none},
		{pipeline.SearchNumber, "ERIKSSON", none},
		{pipeline.SearchName, "Eriksson", []pipeline.DocumentID{bo.ID, again.ID, anna.ID}},
		{pipeline.SearchName, "anna eriksson", both},
		{pipeline.SearchName, "ERIKSSON, Anna-Maria", both},
		{pipeline.SearchName, "Maria Bo", none},
		{pipeline.SearchName, "Eriks", none},
		{pipeline.SearchName, "L898902C3", none},
		{pipeline.SearchName, "x' OR '1'='1", none},
	} {
		if got := look(t, s, tt.kind, tt.text); fmt.Sprint(got) != fmt.Sprint(tt.want) {
			t.Errorf("by %s, %q gives %v; want %v", tt.kind, tt.text, got, tt.want)
		}
	}
	other := newDocument()
	other.Encounter = "UTO-260301-0007"
	other = create(t, s, other)
	same(t, look(t, s, pipeline.SearchEncounter, "uto 260301 0007"), []pipeline.DocumentID{other.ID})
}

func searchedNames(t *testing.T, s Store) {
	for written, typed := range map[string]string{
		"MUELLER<<JUERGEN": "Jürgen Müller", "OEBERG<<AASA": "Åsa Öberg", "OCONNOR<<SEAN": "Seán O'Connor", "MUNOZ<<INES": "Muñoz Inés",
	} {
		d := screenedAs(t, s, written, "N"+fmt.Sprint(len(written)), 0)
		same(t, look(t, s, pipeline.SearchName, typed), []pipeline.DocumentID{d.ID})
	}
}

func searchRecorded(t *testing.T, s Store) {
	ctx := t.Context()
	d := screenedAs(t, s, "ERIKSSON<<ANNA", "L898902C3", 0)
	_, err := s.SearchDocuments(ctx, query(pipeline.SearchName, "-- !"), searcher, day)
	is(t, err, pipeline.ErrNoTerms)
	first, err := s.SearchDocuments(ctx, query(pipeline.SearchName, "Anna Eriksson"), searcher, day)
	noErr(t, err)
	want := pipeline.Search{
		ID: first.ID, At: day.Truncate(time.Microsecond), Account: "reviewer", Kind: pipeline.SearchName, Reason: pipeline.ReasonEnquiry, Note: "Case 17",
		Mark: first.Mark, Found: []pipeline.DocumentID{d.ID},
	}
	same(t, first, want)
	got, err := s.FindSearch(ctx, first.ID, searcher, day.Add(time.Minute))
	noErr(t, err)
	same(t, got, want)
	second, err := s.SearchDocuments(ctx, query(pipeline.SearchName, "ERIKSSON, ANNA"), searcher, day)
	noErr(t, err)
	third, err := s.SearchDocuments(ctx, query(pipeline.SearchName, "Berg"), searcher, day)
	noErr(t, err)
	if first.Mark != second.Mark || first.Mark == third.Mark || first.ID == second.ID || len(first.Mark) != 64 || len(first.ID) < 20 {
		t.Errorf("three searches: %+v, %+v, %+v", first, second, third)
	}
	events, err := s.History(ctx, "search")
	noErr(t, err)
	var lines []string
	for _, e := range events {
		lines = append(lines, fmt.Sprintf("%s %s %s: %s", e.Actor.Account, e.Actor.Role, e.Operation, e.Detail))
	}
	same(t, lines, []string{
		"reviewer reviewer consult: name, reason enquiry, found 1, mark " + first.Mark[:16],
		"reviewer reviewer consult: name, reason enquiry, found 1, mark " + first.Mark[:16],
		"reviewer reviewer consult: name, reason enquiry, found 0, mark " + third.Mark[:16],
	})
}

func searchEnds(t *testing.T, s Store) {
	ctx := t.Context()
	made, err := s.SearchDocuments(ctx, query(pipeline.SearchName, "Berg"), searcher, day)
	noErr(t, err)
	_, err = s.FindSearch(ctx, made.ID, searcher, day.Add(pipeline.SearchFor-time.Second))
	noErr(t, err)
	_, err = s.FindSearch(ctx, made.ID, searcher, day.Add(pipeline.SearchFor+time.Second))
	is(t, err, pipeline.ErrNotFound)
	_, err = s.FindSearch(ctx, made.ID, pipeline.Account{Name: "another"}, day)
	is(t, err, pipeline.ErrNotFound)
	_, err = s.FindSearch(ctx, "x\x00\xff", searcher, day)
	is(t, err, pipeline.ErrNotFound)
}

func searchMany(t *testing.T, s Store) {
	var want []pipeline.DocumentID
	for i := range pipeline.MaxFound + 2 {
		want = append(want, screenedAs(t, s, "SMITH<<A", "S"+fmt.Sprint(i), time.Duration(i)*time.Minute).ID)
	}
	got, err := s.SearchDocuments(t.Context(), query(pipeline.SearchName, "Smith"), searcher, day)
	noErr(t, err)
	same(t, got.Found, want[:pipeline.MaxFound])
	same(t, got.More, true)
	events, err := s.History(t.Context(), "search")
	noErr(t, err)
	if !strings.Contains(events[0].Detail, "found 50 or more") {
		t.Errorf("the log says %q", events[0].Detail)
	}
}
