package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"touchstone.internal/pipeline"
)

// The specimen of Doc 9303-4, appendix B, and the same with a wrong check digit
// of the date of birth.
const (
	specimenTD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<|L898902C36UTO7408122F1204159ZE184226B<<<<<10"
	wrongBirth  = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<|L898902C36UTO7408123F1204159ZE184226B<<<<<10"
)

func TestParseTruth(t *testing.T) {
	table := "\ufeffnote\tpath\tFormat\tmrz\tstatus\tcheck_digits\tsize\ttags\tcapture\r\n" +
		"\ta.png\tTD3\t" + specimenTD3 + "\tok\tvalid\t375x479\tphoto, dark photo\tC2\r\n" +
		"\n" +
		"his own\tsub/b.png\tNONE\t\t\tno-mrz\n" +
		"\tc.png\tFRDL\tABC\tunscored\tperhaps\n" +
		"\td.png\tTD3\t" + wrongBirth + "\tok\tprinted-invalid:comp+dob\n"
	rows, err := parseTruth(strings.NewReader(table))
	if err != nil {
		t.Fatal(err)
	}
	none, two := []string{}, []string{"MRZ-04", "MRZ-07"}
	want := []truthRow{
		{
			Line: 2, Path: "a.png", Format: "TD3", Lines: strings.Split(specimenTD3, "|"), Digits: &none, Width: 375,
			Tags: []string{"dark", "photo"}, Capture: pipeline.CaptureScanner,
		},
		{Line: 4, Path: filepath.Join("sub", "b.png"), Format: noZone, Digits: &none, Tags: []string{}},
		{Line: 5, Path: "c.png", Format: "FRDL", Lines: []string{"ABC"}, Aside: true, Tags: []string{}},
		{Line: 6, Path: "d.png", Format: "TD3", Lines: strings.Split(wrongBirth, "|"), Digits: &two, Tags: []string{}},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

// TestParseTruthRefuses sees that every bad line is named by its number, and
// that no message quotes a zone.
func TestParseTruthRefuses(t *testing.T) {
	const head = "path\tformat\tmrz\tsize\tcapture\n"
	for name, tt := range map[string]struct{ table, says string }{
		"no table":           {"", "names no picture"},
		"only its head":      {head, "names no picture"},
		"a column is absent": {"path\tformat\n", "line 1: no column is named mrz"},
		"a column twice":     {"path\tformat\tmrz\tPath\n", "line 1: two columns"},
		"path left out":      {head + "\tTD3\tABC", "line 2: the path"},
		"path outside":       {head + "../a.png\tTD3\tABC", "line 2: the path"},
		"path again":         {head + "a\tNONE\n\na\tNONE", "line 4: the path of line 2 again"},
		"no format":          {head + "a\t\tABC", "line 2: a format"},
		"no lines":           {head + "a\tTD3", "line 2: no lines"},
		"lines of nothing":   {head + "a\tNONE\tABC", "line 2: a picture of format NONE"},
		"a space in a zone":  {head + "a\tTD3\tABC|D EF", "line 2: line 2 of the zone"},
		"an empty line":      {head + "a\tTD3\tABC||DEF", "line 2: line 2 of the zone"},
		"a letter of Greek":  {head + "a\tTD3\tΑBC", "line 2: line 1 of the zone"},
		"size in words":      {head + "a\tNONE\t\tlarge", "line 2: a size"},
		"capture unknown":    {head + "a\tNONE\t\t\tC9", "line 2: a capture class"},
		"too many cells":     {head + "a\tNONE\t\t\t\t\t", "line 2: 7 cells"},
		"other characters":   {head + "a\tNONE\t\xff", "line 2: it is not UTF-8"},
		"an endless line":    {head + strings.Repeat("a", maxTruthLine+1), "line 2: "},
		"two bad lines":      {head + "a\tTD3\nb\tTD3\n", "line 3: no lines"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseTruth(strings.NewReader(tt.table))
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Fatalf("error %v; want %q", err, tt.says)
			}
			if strings.Contains(err.Error(), "ABC") || strings.Contains(err.Error(), "DEF") {
				t.Errorf("the message quotes the zone: %v", err)
			}
		})
	}
	many := head + strings.Repeat("a\tTD3\n", 30)
	if _, err := parseTruth(strings.NewReader(many)); err == nil || !strings.Contains(err.Error(), "and 10 lines more") {
		t.Errorf("thirty bad lines: %v", err)
	}
}

func TestRefuted(t *testing.T) {
	for name, tt := range map[string]struct {
		row  truthRow
		want []string
	}{
		"holds":            {truthRow{Lines: strings.Split(specimenTD3, "|")}, nil},
		"computed":         {truthRow{Lines: strings.Split(wrongBirth, "|")}, []string{"MRZ-04", "MRZ-07"}},
		"the table's word": {truthRow{Lines: strings.Split(wrongBirth, "|"), Digits: parseDigits("valid")}, []string{}},
		"words unknown":    {truthRow{Lines: strings.Split(wrongBirth, "|"), Digits: parseDigits("printed-invalid:age")}, []string{"MRZ-04", "MRZ-07"}},
		"no known shape":   {truthRow{Lines: []string{"ABC"}}, nil},
	} {
		if got := tt.row.refuted(); !slices.Equal(got, tt.want) {
			t.Errorf("%s: refuted %v; want %v", name, got, tt.want)
		}
	}
}

func TestDoubt(t *testing.T) {
	for name, tt := range map[string]struct {
		row  truthRow
		says string // empty: nothing
	}{
		"all fits":     {truthRow{Format: "TD3", Lines: strings.Split(specimenTD3, "|"), Digits: parseDigits("valid")}, ""},
		"wrong digits": {truthRow{Format: "TD3", Lines: strings.Split(wrongBirth, "|"), Digits: parseDigits("valid")}, "has no digit wrong, and its lines have MRZ-04, MRZ-07"},
		"wrong shape":  {truthRow{Format: "TD1", Lines: strings.Split(specimenTD3, "|")}, "shape of TD1"},
		"not read yet": {truthRow{Format: "FRVR", Lines: []string{"ABC"}, Digits: parseDigits("valid")}, ""},
		"no zone":      {truthRow{Format: noZone}, ""},
		"set aside":    {truthRow{Format: "TD1", Lines: []string{"ABC"}, Aside: true}, ""},
	} {
		if got := tt.row.doubt(); tt.says == "" && got != "" || !strings.Contains(got, tt.says) {
			t.Errorf("%s: doubt %q; want %q", name, got, tt.says)
		}
	}
}

// render writes rows as a table, every column that they can have.
func render(rows []truthRow) string {
	var b strings.Builder
	b.WriteString("path\tformat\tmrz\tstatus\tsize\ttags\tcapture\n")
	for _, r := range rows {
		status, size := "ok", ""
		if r.Aside {
			status = "unscored"
		}
		if r.Width > 0 {
			size = fmt.Sprintf("%dx1", r.Width)
		}
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", filepath.ToSlash(r.Path), r.Format, strings.Join(r.Lines, "|"), status, size, strings.Join(r.Tags, ","), r.Capture)
	}
	return b.String()
}

// TestTruthLaw: a table says what was written into it.
func TestTruthLaw(t *testing.T) {
	row := rapid.Custom(func(t *rapid.T) truthRow {
		r := truthRow{
			Path: rapid.StringMatching(`[a-z]{1,3}(/[a-z .]{0,3}[a-z])?`).Draw(t, "path"), Format: noZone,
			Width: rapid.IntRange(0, 9000).Draw(t, "width"), Aside: rapid.Bool().Draw(t, "aside"),
			Tags:    tagsOf(rapid.StringMatching(`([a-z]{1,2},){0,3}`).Draw(t, "tags")),
			Capture: rapid.SampledFrom(append([]pipeline.CaptureClass{""}, pipeline.CaptureClasses...)).Draw(t, "capture"),
		}
		if rapid.Bool().Draw(t, "zone") {
			r.Format, r.Lines = "TD1", rapid.SliceOfN(rapid.StringMatching(`[A-Z0-9<]{1,5}`), 1, 3).Draw(t, "lines")
		}
		return r
	})
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfNDistinct(row, 1, 5, func(r truthRow) string { return r.Path }).Draw(t, "rows")
		for i := range rows {
			rows[i].Line = i + 2
		}
		got, err := parseTruth(strings.NewReader(render(rows)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(rows, got); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
	})
}

// FuzzParseTruth: whatever the bytes, either there is an error that names a
// line and no row is to be relied on, or every row can be: its path is local
// and its own, and a picture that counts has a zone that can be read.
func FuzzParseTruth(f *testing.F) {
	f.Add([]byte("path\tformat\tmrz\tsize\na.png\tTD3\t" + specimenTD3 + "\t375x479\n"))
	f.Add([]byte("\ufeffpath\tformat\tmrz\tcheck_digits\ttags\r\na\tNONE\t\tprinted-invalid:doc+dob\tx, y\r\n"))
	f.Add([]byte("path\tformat\tmrz\tstatus\nb\tTD1\tAB|\tunscored\n../c\tTD1\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		rows, err := parseTruth(strings.NewReader(string(raw)))
		if err != nil {
			if !strings.Contains(err.Error(), "line ") && !strings.Contains(err.Error(), "names no picture") {
				t.Errorf("the error names no line: %v", err)
			}
			return
		}
		seen := map[string]bool{}
		for _, r := range rows {
			if !filepath.IsLocal(r.Path) || seen[r.Path] || r.Width < 0 || r.Line < 2 {
				t.Errorf("row %+v", r)
			}
			seen[r.Path] = true
			if !r.Aside && (r.Format == noZone) != (len(r.Lines) == 0) || slices.Contains(r.Lines, "") && !r.Aside {
				t.Errorf("row %+v counts and cannot be compared", r)
			}
			_, _ = r.refuted(), r.doubt()
		}
	})
}
