package pipeline

import (
	"image"
	"strings"
	"testing"
	"time"
)

// inLines is a page with lines of words, read twice.
func inLines(lines ...string) (p Page) {
	for i, l := range lines {
		for word := range strings.FieldsSeq(l) {
			p.Words = append(p.Words, NewWord(word, image.Rect(0, 0, 9, 9), i, sees(Plain(word), 1)))
		}
	}
	return p
}

func TestDates(t *testing.T) {
	for text, want := range map[string]string{
		"12 AUG/AOÛT 1974":             "1974-08-12",
		"12 AUG / AOÛT 1974":           "1974-08-12",
		"2 août 1974":                  "1974-08-02",
		"12AUG1974":                    "1974-08-12",
		"12 August 1974":               "1974-08-12",
		"12 AUG/ELOK 1974":             "1974-08-12", // another language
		"12 ELO/AUG 1974":              "1974-08-12",
		"21 MAY/MATI 1985":             "1985-05-21", // misread
		"07 JUL/JUIL 2030":             "2030-07-07",
		"07 JUN/JUIN 2030":             "2030-06-07",
		"12.08.1974":                   "1974-08-12",
		"12 08 1974":                   "1974-08-12",
		"12/08/1974 15.04.2030":        "1974-08-12 2030-04-15",
		"1974-08-12":                   "1974-08-12",
		"born 12 08 1974 in 12":        "1974-08-12",
		"29 02 2028":                   "2028-02-29",
		"29 02 2029":                   "",
		"31 FEB/FÉV 1980":              "",
		"12 AUG/SEP 1974":              "", // which?
		"12 AUG 74":                    "",
		"12 13 1974":                   "",
		"00 08 1974":                   "",
		"112 08 1974":                  "",
		"12 08 19745":                  "",
		"12 8 1974":                    "",
		"12 08 1874":                   "",
		"12 08 2100":                   "",
		"99999999999999999999 08 1974": "",
		"12 XYZ 1974":                  "",
		"12 MARIA 1974":                "", // an address or a name
		"24 MARCHMONT STREET 1985":     "",
		"7 JUNCTION ROAD 2020":         "",
		"3 DECK 1999":                  "",
		"12 SEPT 1974":                 "1974-09-12",
		"12 JU 1974":                   "",
		"AUG 12 1974":                  "",
		"12 AUG":                       "",
		"":                             "",
	} {
		var got []string
		for _, d := range inLines(text).Dates() {
			got = append(got, d.Day.Format(time.DateOnly))
			if !d.Sure {
				t.Errorf("%q: not sure", text)
			}
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%q gives %q; want %q", text, s, want)
		}
	}
	if d := inLines("12 AUG", "1974").Dates(); d != nil {
		t.Errorf("over two lines: %v", d)
	}
}

// A date is sure if its year is, for the rest is compared with the zone.
func TestDateIsSure(t *testing.T) {
	for i, want := range []bool{true, true, false} {
		p := inLines("Born 12 AUG 1974")
		p.Words[i+1].Chars[0].SecondRead = 0
		if d := p.Dates(); len(d) != 1 || d[0].Sure != want || len(d[0].Words) != 3 {
			t.Errorf("unsure in word %d: %+v; want %v", i, d, want)
		}
	}
}

// FuzzDates reads whatever a page may seem to say: each day is one of the
// calendar, and stands in its line.
func FuzzDates(f *testing.F) {
	for _, s := range []string{"12 AUG/AOÛT 1974", "1974-08-12\n12.08.1974", "12 AUG/", "0 0 0 0", "Ж1 ß\xff 2000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p := inLines(strings.Split(s, "\n")...)
		for _, d := range p.Dates() {
			if y := d.Day.Year(); y < firstYear || y > lastYear || len(d.Words) == 0 {
				t.Errorf("%q gives %+v", s, d)
			}
			for _, w := range d.Words {
				if w.Line != d.Words[0].Line {
					t.Errorf("%q gives a date over two lines", s)
				}
			}
		}
	})
}

func BenchmarkDates(b *testing.B) {
	p := inLines("Date of birth / Date de naissance", "12 AUG/AOÛT 1974", "Passport No. / N° du passeport", "L898902C3")
	b.ReportAllocs()
	for b.Loop() {
		p.Dates()
	}
}
