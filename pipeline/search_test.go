package pipeline

import (
	"fmt"
	"strings"
	"testing"

	"touchstone.internal/pipeline/mrz"
)

func TestSearchTerms(t *testing.T) {
	for _, tt := range []struct {
		kind SearchKind
		text string
		want string
	}{
		{SearchReference, " tsd-7q4k-2m9x", "[[TSD-7Q4K-2M9X]]"},
		{SearchReference, "7Q4K", "[]"},
		{SearchEncounter, "npt 2411260147", "[[NPT-241126-0147]]"},
		{SearchEncounter, "NPT-1", "[]"},
		{SearchNumber, "l898 902-c3<", "[[L898902C3]]"},
		{SearchNumber, "-- ", "[]"},
		{SearchName, "O'Connor, Mary-Ann", "[[OCONNOR] [MARY] [ANN]]"},
		{SearchName, "Müller", "[[MUELLER MUXXLLER MULLER]]"},
		{SearchName, "…", "[]"},
		{SearchHash, strings.Repeat("AB", 32), "[[" + strings.Repeat("ab", 32) + "]]"},
		{SearchHash, "ab", "[]"},
		{"", "x", "[]"},
	} {
		if got := fmt.Sprint(SearchQuery{Kind: tt.kind, Text: tt.text}.Terms()); got != tt.want {
			t.Errorf("%s %q: %s; want %s", tt.kind, tt.text, got, tt.want)
		}
	}
}

func TestSearchKeys(t *testing.T) {
	zone := ZoneReading{Fields: []FieldReading{
		{Name: mrz.NameOfHolder, Raw: "VAN<DER<BERG<<ANNA<MARIA<<<<"},
		{Name: mrz.DocumentNumber, Raw: "D23145890<7349", Value: "D231458907349"},
		{Name: mrz.Nationality, Raw: "UTO", Value: "UTO"},
		{Name: mrz.PersonalNumber, Raw: "ZE184226B", Value: "ZE184226B"},
	}}
	r := Report{Pages: []PageReading{{Zones: []ZoneReading{zone, zone}}, {Zones: []ZoneReading{{Fields: []FieldReading{
		{Name: mrz.NameOfHolder, Raw: "BERG"}, {Name: mrz.SecondaryIdentifier, Raw: "BO<<"}, {Name: mrz.DocumentNumber, Raw: "<<<<"},
	}}}}}}
	const want = "[{name VAN} {name DER} {name BERG} {name ANNA} {name MARIA} {document_number D231458907349} {name BO}]"
	if got := fmt.Sprint(r.SearchKeys()); got != want {
		t.Errorf("%s; want %s", got, want)
	}
}

// FuzzSearch types anything: it never gives a term that is empty or that no key
// can be, and what is the same is the same however it is typed.
func FuzzSearch(f *testing.F) {
	f.Add("name", "Müller, Anna-Maria")
	f.Add("document_number", "L898902C3")
	f.Add("reference", "TSD-7Q4K-2M9X")
	f.Fuzz(func(t *testing.T, kind, text string) {
		q := SearchQuery{Kind: SearchKind(kind), Text: text}
		for _, forms := range q.Terms() {
			if len(forms) == 0 || len(forms) > maxSpellings {
				t.Fatalf("%d forms", len(forms))
			}
			for _, s := range forms {
				if s == "" || strings.ContainsAny(s, " '<\x00") {
					t.Fatalf("a term is %q", s)
				}
			}
		}
		if upper := (SearchQuery{Kind: q.Kind, Text: strings.ToUpper(text)}); len(text) == len(strings.ToUpper(text)) && isASCII(text) && upper.Same() != q.Same() {
			t.Fatalf("%q and %q", q.Same(), upper.Same())
		}
	})
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > 127 }) < 0
}
