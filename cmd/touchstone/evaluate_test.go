package main

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"image"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"touchstone.internal/fixtures"
	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/measure"
	"touchstone.internal/pipeline/mrz"
)

// writePicture draws a specimen into a folder and gives its lines as a table
// has them.
func writePicture(t *testing.T, dir, name string, spec fixtures.Spec) string {
	t.Helper()
	picture, truth, err := fixtures.Take(spec, fixtures.CaptureFlat)
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, name), string(picture))
	return strings.Join(truth.Lines, "|")
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// evaluateJSON runs `evaluate --json` and reads its answer.
func evaluateJSON(t *testing.T, args ...string) (e evaluation, out string) {
	t.Helper()
	code, out, says := touchstone(t, nil, append([]string{"evaluate", "--json"}, args...)...)
	if code != exitOK {
		t.Fatalf("exit %d: %s", code, says)
	}
	if strings.Contains(says, "\r") {
		t.Errorf("a progress bar where nobody watches: %q", says)
	}
	if err := json.Unmarshal([]byte(out), &e); err != nil {
		t.Fatal(err)
	}
	return e, out
}

// TestEvaluateTable measures a folder in which everything has its place: a
// picture that is read, one of which the table says something else, one with
// its zone on the other side, one of a kind that is not read, one set aside,
// and one that the table does not name.
func TestEvaluateTable(t *testing.T) {
	dir := t.TempDir()
	right := writePicture(t, dir, "right.jpg", fixtures.Spec{Format: mrz.TD3, Seed: 11})
	lines := writePicture(t, dir, "wrong.jpg", fixtures.Spec{Format: mrz.TD2, Seed: 11})
	wrong := "I<UTQ" + lines[5:] // one letter of the issuing State, which no digit covers
	writePicture(t, dir, "front.jpg", fixtures.Spec{Format: mrz.TD1, Side: fixtures.Front, Seed: 11})
	for _, name := range []string{"text.tif", "aside.png", "unknown.png"} {
		writeFile(t, filepath.Join(dir, name), "no picture")
	}
	table := filepath.Join(t.TempDir(), "truth.tsv")
	writeFile(t, table, "path\tformat\tmrz\tstatus\tcheck_digits\ttags\tcapture\n"+
		"right.jpg\tTD3\t"+right+"\tok\tvalid\tsharp,flat\tC2\n"+
		"wrong.jpg\tTD2\t"+wrong+"\tok\tprinted-invalid:dob\tsharp\t\n"+
		"front.jpg\tNONE\t\tok\tno-mrz\t\t\n"+
		"text.tif\tNONE\n"+
		"aside.png\tTD1\t\tunscored\n")
	e, out := evaluateJSON(t, "--truth", table, dir)

	if strings.Contains(out, lines[:20]) || strings.Contains(out, "want") {
		t.Error("the report holds the text of a zone, and nobody asked to see it")
	}
	got := map[string]class{}
	for _, c := range e.Pictures {
		got[c.File] = c.Class
	}
	want := map[string]class{"right.jpg": classExact, "wrong.jpg": classWrong, "front.jpg": classExact, "text.tif": classNotRead, "aside.png": classNotRead}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("classes (-want +got):\n%s", diff)
	}
	for name, r := range map[string]struct {
		got   rate
		k, of int
	}{
		"documents exact":   {e.Reading.Documents, 1, 2},
		"lines exact":       {e.Reading.Lines, 3, 4},
		"character errors":  {e.Reading.Errors, 1, 2*44 + 2*36},
		"certain":           {e.Reading.Certain, 2, 2},
		"certain and wrong": {e.Reading.CertainWrong, 1, 2},
		"left alone":        {e.WithoutZone, 1, 2},
		"false alarms":      {e.Digits.FalseAlarms, 0, 3},
		"found right":       {e.Digits.Missed, 1, 1},
		"characters wrong":  {e.Characters.Wrong, 1, 2*44 + 2*36},
	} {
		if r.got.Count != r.k || r.got.Of != r.of {
			t.Errorf("%s: %d of %d; want %d of %d", name, r.got.Count, r.got.Of, r.k, r.of)
		}
	}
	if e.Set.Pictures != 4 || e.Set.Aside != 1 || e.Set.Unlisted != 1 || e.NotRead != 1 || e.Set.Kind != kindTable {
		t.Errorf("the set is %+v with %d not read", e.Set, e.NotRead)
	}
	if len(e.Doubts) != 1 || e.Doubts[0].Line != 3 || e.Doubts[0].File != "wrong.jpg" {
		t.Errorf("doubts %+v; want one, of line 3", e.Doubts)
	}
	if m := e.Timing; m.Pictures != 3 || m.P50 == nil || *m.Max <= 0 || m.PeakBytes < 10<<20 || m.CPU == nil {
		t.Errorf("timing %+v", m)
	}
}

// TestEvaluateSynthetic draws and measures twice: all but the times is the
// same, and has the shape that others script against.
func TestEvaluateSynthetic(t *testing.T) {
	file := filepath.Join(t.TempDir(), "curves.svg")
	run := func(args ...string) map[string]any {
		_, out := evaluateJSON(t, append([]string{"--synthetic", "6", "--seed", "3", "--faults"}, args...)...)
		var e map[string]any
		if err := json.Unmarshal([]byte(out), &e); err != nil {
			t.Fatal(err)
		}
		delete(e, "timing")
		return e
	}
	first, second := run("--plot", file), run()
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("the second time:\n%s", diff)
	}
	keys := []string{
		"calibration", "characters_called_certain", "check_digits", "curves", "doubts", "groups", "left_alone", "not_read", "pictures", "reading", "set",
	}
	var got []string
	for k := range first {
		got = append(got, k)
	}
	slices.Sort(got)
	if diff := cmp.Diff(keys, got); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	if n := len(first["pictures"].([]any)); n != 6 {
		t.Errorf("%d pictures; want 6", n)
	}
	if n := first["check_digits"].(map[string]any)["detected"].(map[string]any)["of"]; n != 3.0 {
		t.Errorf("%v faulty documents; want 3", n)
	}
	svg, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	checkPlot(t, svg, len(axes))
}

// checkPlot sees that a plot is XML with a panel a curve.
func checkPlot(t *testing.T, svg []byte, panels int) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(svg)))
	n := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("the plot is no XML: %v", err)
		}
		if s, ok := token.(xml.StartElement); ok && s.Name.Local == "polyline" {
			n++
		}
	}
	if n != panels {
		t.Errorf("%d curves in the plot; want %d", n, panels)
	}
}

func TestPlotOfNothing(t *testing.T) {
	checkPlot(t, plot(nil), 0)
	checkPlot(t, plot(curvesOf(nil)), len(axes))
}

// TestEvaluateRefuses sees that wrong usage says what is wrong, and measures
// nothing.
func TestEvaluateRefuses(t *testing.T) {
	dir := t.TempDir()
	table, bad := filepath.Join(dir, "truth.tsv"), filepath.Join(dir, "bad.tsv")
	writeFile(t, table, "path\tformat\tmrz\na.jpg\tNONE\n")
	writeFile(t, bad, "path\tformat\tmrz\na.jpg\tNONE\nb.jpg\tTD3\n../c.jpg\tNONE\n")
	for say, args := range map[string][]string{
		"wants either":                         {},
		"--truth with a table and a folder":    {dir},
		"takes no folder":                      {"--synthetic", "3", "--truth", table, dir},
		"1 or more":                            {"--synthetic=-3"},
		"need --synthetic":                     {"--truth", table, "--faults", dir},
		"open the table":                       {"--truth", filepath.Join(dir, "gone.tsv"), dir},
		"open the folder":                      {"--truth", table, filepath.Join(dir, "gone")},
		"is no folder":                         {"--truth", table, table},
		"line 3: no lines":                     {"--truth", bad, dir},
		"line 4: the path does not lie in the": {"--truth", bad, dir},
		"--capture must be one of":             {"--truth", table, "--capture", "C7", dir},
	} {
		code, out, says := touchstone(t, nil, append([]string{"evaluate"}, args...)...)
		if code != exitProblem || out != "" || !strings.Contains(says, say) {
			t.Errorf("%v: exit %d, %q, says %q; want %q", args, code, out, says, say)
		}
	}
}

// TestEvaluateMissingFile sees that a file that is not there counts nowhere,
// and is told of by the exit code.
func TestEvaluateMissingFile(t *testing.T) {
	dir := t.TempDir()
	table := filepath.Join(dir, "truth.tsv")
	writeFile(t, table, "path\tformat\tmrz\ngone.jpg\tNONE\n")
	code, out, says := touchstone(t, nil, "evaluate", "--truth", table, dir)
	if code != exitProblem || !strings.Contains(says, "gone.jpg") {
		t.Errorf("exit %d, says %q", code, says)
	}
	if !strings.HasPrefix(out, "0 pictures: 0 with a zone, 0 without; 1 could not be screened at all\n") {
		t.Errorf("the report begins %q", out[:min(len(out), 100)])
	}
}

// reported makes a report as a child would: zones with all characters at one
// confidence, and the checks that fail.
func reported(problem pipeline.Problem, confidence float64, zones [][]string, fails ...string) pipeline.Report {
	page := pipeline.PageReading{Width: 700, Height: 500}
	for _, lines := range zones {
		z := pipeline.ZoneReading{Format: mrz.FormatOf(lines), Lines: lines, Certain: confidence >= pipeline.CertainAt}
		for _, l := range lines {
			row := make([]pipeline.CharMark, len(l))
			for i := range row {
				row[i] = pipeline.CharMark{Confidence: confidence, Certain: z.Certain}
			}
			z.Chars = append(z.Chars, row)
		}
		page.Zones = append(page.Zones, z)
	}
	r := pipeline.Report{Pages: []pipeline.PageReading{page}, Outcome: pipeline.ScreeningOutcome{Problem: problem}}
	for _, d := range digitChecks {
		f := pipeline.Finding{Check: d.ID, Outcome: pipeline.OK}
		if slices.Contains(fails, d.ID) {
			f.Outcome = pipeline.Fail
		}
		r.Findings = append(r.Findings, f)
	}
	return r
}

// altered is a text with one character changed.
func altered(lines []string, line, at int, c byte) []string {
	out := slices.Clone(lines)
	out[line] = out[line][:at] + string(c) + out[line][at+1:]
	return out
}

func TestScore(t *testing.T) {
	td3, faulty := strings.Split(specimenTD3, "|"), strings.Split(wrongBirth, "|")
	short := []string{td3[0][:36], td3[1][:36]}
	zones := func(zs ...[]string) [][]string { return zs }
	for name, tt := range map[string]struct {
		truth    []string
		report   pipeline.Report
		class    class
		errors   int
		certain  bool // and wrong
		wrong    []string
		missed   []string
		detected bool
	}{
		"exact":                   {td3, reported("", 0.95, zones(td3)), classExact, 0, false, nil, nil, false},
		"a letter wrong, unsure":  {td3, reported("", 0.5, zones(altered(td3, 0, 4, 'Q'))), classWrong, 1, false, nil, nil, false},
		"a letter wrong, certain": {td3, reported("", 0.95, zones(altered(td3, 0, 4, 'Q'))), classWrong, 1, true, nil, nil, false},
		"no zone":                 {td3, reported("zone_missing", 0, nil), classNone, 88, false, nil, nil, false},
		"other format":            {td3, reported("", 0.5, zones(short)), classOther, 16, false, nil, nil, false},
		"two zones, one right":    {td3, reported("", 0.5, zones(short, td3)), classExact, 0, false, nil, nil, false},
		"a certain one too many":  {td3, reported("", 0.95, zones(short, td3)), classExact, 0, true, nil, nil, false},
		"left alone":              {nil, reported("", 0, nil), classExact, 0, false, nil, nil, false},
		"a zone of nothing":       {nil, reported("", 0.5, zones(td3)), classPhantom, 89, false, nil, nil, false},
		"a certain one":           {nil, reported("", 0.95, zones(td3)), classPhantom, 89, true, nil, nil, false},
		"not read":                {td3, reported(pipeline.ProblemNotPicture, 0, nil), classNotRead, 88, false, nil, nil, false},
		"timed out":               {td3, reported(pipeline.ProblemReaderSlow, 0, nil), classTimedOut, 88, false, nil, nil, false},
		"crashed":                 {td3, reported(pipeline.ProblemReaderCrash, 0, nil), classReaderFailed, 88, false, nil, nil, false},
		"a wrong fail":            {td3, reported("", 0.95, zones(td3), "MRZ-04"), classExact, 0, false, []string{"MRZ-04"}, nil, false},
		"called and found right":  {faulty, reported("", 0.95, zones(faulty), "MRZ-04"), classExact, 0, false, nil, []string{"MRZ-07"}, true},
		"only a wrong fail":       {faulty, reported("", 0.95, zones(faulty), "MRZ-03"), classExact, 0, false, []string{"MRZ-03"}, []string{"MRZ-04", "MRZ-07"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			format := "TD3"
			if tt.truth == nil {
				format = noZone
			}
			c := score(measured{Truth: truthRow{Format: format, Lines: tt.truth, Width: 1}, Report: tt.report})
			if c.Class != tt.class || c.Errors != tt.errors || c.CertainWrong != tt.certain || c.Width != 700 {
				t.Errorf("class %s, %d errors, certain and wrong %v, width %d; want %s, %d, %v, 700", c.Class, c.Errors, c.CertainWrong, c.Width, tt.class, tt.errors, tt.certain)
			}
			if !slices.Equal(c.WrongFails, tt.wrong) || !slices.Equal(c.Missed, tt.missed) || c.detected() != tt.detected {
				t.Errorf("wrong fails %v, missed %v, detected %v", c.WrongFails, c.Missed, c.detected())
			}
		})
	}
	if c := score(measured{Err: errors.New("gone")}); c.Class != classFault || c.scored() {
		t.Errorf("a file that is gone: %+v", c)
	}
}

// TestGuesses sees that a character that slipped in makes itself wrong and not
// all that follow it.
func TestGuesses(t *testing.T) {
	r := reported("", 0.8, [][]string{{"ABXC", "DE"}})
	gs := guessesOf(r.Zones()[0], []string{"ABC", "DF"})
	var right []bool
	for _, g := range gs {
		right = append(right, g.Right)
	}
	if want := []bool{true, true, false, true, true, false}; !slices.Equal(right, want) {
		t.Errorf("right %v; want %v", right, want)
	}
}

// some gives measured pictures of every kind, for the reports.
func some() []measured {
	td3, faulty := strings.Split(specimenTD3, "|"), strings.Split(wrongBirth, "|")
	misread := altered(td3, 0, 4, 'Q')
	row := func(line int, lines []string, tags ...string) truthRow {
		return truthRow{Line: line, Format: "TD3", Lines: lines, Tags: tags}
	}
	return []measured{
		{File: "exact", Truth: row(2, td3, "flat"), Report: reported("", 0.95, [][]string{td3}), Took: time.Second},
		{File: "sure", Truth: row(3, td3, "flat", "dark"), Report: reported("", 0.95, [][]string{misread}), Took: 3 * time.Second},
		{File: "unsure", Truth: row(4, td3), Report: reported("", 0.5, [][]string{misread}, "MRZ-03"), Took: 2 * time.Second},
		{File: "faulty", Truth: row(5, faulty), Report: reported("", 0.95, [][]string{faulty}, "MRZ-04", "MRZ-07")},
		{File: "phantom", Truth: truthRow{Line: 6, Format: noZone}, Report: reported("", 0.95, [][]string{td3})},
		{File: "aside", Truth: truthRow{Line: 7, Format: "TD1", Aside: true}},
		{File: "gone", Truth: truthRow{Line: 8, Format: noZone}, Err: errors.New("gone")},
	}
}

func TestEvaluateSums(t *testing.T) {
	e := evaluate(some())
	for name, r := range map[string]struct {
		got   rate
		k, of int
	}{
		"documents exact":      {e.Reading.Documents, 2, 4},
		"certain":              {e.Reading.Certain, 3, 4},
		"certain and wrong":    {e.Reading.CertainWrong, 2, 4}, // the phantom too
		"agree":                {e.Reading.Agree, 3, 4},
		"agreeing and wrong":   {e.Reading.AgreeWrong, 2, 3},
		"wrong fails":          {e.Reading.WrongFails, 1, 5},
		"false alarms":         {e.Digits.FalseAlarms, 1, 4},
		"detected":             {e.Digits.Detected, 1, 1},
		"called":               {e.Digits.Called, 2, 2},
		"left alone":           {e.WithoutZone, 0, 1},
		"certain characters":   {e.Characters.Certain, 4 * 88, 5 * 88},
		"of those, wrong ones": {e.Characters.Wrong, 1 + 88, 4 * 88},
	} {
		if r.got.Count != r.k || r.got.Of != r.of {
			t.Errorf("%s: %d of %d; want %d of %d", name, r.got.Count, r.got.Of, r.k, r.of)
		}
	}
	var names []string
	for _, g := range e.Groups {
		names = append(names, g.By+" "+g.Name)
	}
	want := []string{"format TD3", "width 450 to 799 px", "capture ", "tag dark", "tag flat", "tag (none)"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	if e.Set.Aside != 1 || e.Set.Faults != 1 || e.Set.Pictures != 5 {
		t.Errorf("the set is %+v", e.Set)
	}
	// At 0.5 87 of 88 are right, at 0.95 263 of 352.
	if want := (87 - 0.5*88 + 0.95*352 - 263) / 440; math.Abs(e.Calibration.ECE-want) > 1e-9 {
		t.Errorf("calibration error %v; want %v", e.Calibration.ECE, want)
	}
}

func TestPrintText(t *testing.T) {
	e := evaluate(some())
	e.Timing = timingOf(some(), 2, time.Minute, usage{}, usage{cpu: 3 * time.Second, peak: 200e6, own: 300e6})
	e.Set.Kind, e.Curves = kindTable, nil
	text := func(show bool) string {
		var b strings.Builder
		if err := printText(&b, e, show); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	plain, shown := text(false), text(true)
	for _, want := range []string{
		"5 pictures: 4 with a zone, 1 without; 1 set aside; 1 could not be screened at all\n",
		"documents exact", "2 of 4  50.0 %", "  sure: 1 character wrong\n", "  unsure: MRZ-03\n",
		"  phantom: a zone found where none is printed\n", "  gone: could not be screened; it counts nowhere\n",
		"a picture, median", "2.00 s", "200 MB", "at most",
	} {
		if !strings.Contains(plain, want) {
			t.Errorf("the report lacks %q:\n%s", want, plain)
		}
	}
	if strings.Contains(plain, "ERIKSSON") {
		t.Error("the report shows a zone, and nobody asked to see it")
	}
	if !strings.Contains(shown, "      printed  P<UTOERIKSSON") || !strings.Contains(shown, "      read     P<UTQERIKSSON") {
		t.Errorf("the report shows no zone:\n%s", shown)
	}
	for line := range strings.Lines(plain) {
		if line != strings.TrimRight(line, " \n")+"\n" {
			t.Errorf("blanks at the end of %q", line)
		}
	}
}

func TestTiming(t *testing.T) {
	m := timingOf(some(), 2, time.Minute, usage{cpu: time.Second}, usage{cpu: 4 * time.Second, peak: 5, own: 4})
	if m.Pictures != 3 || *m.P50 != 2 || *m.P95 != 3 || *m.Max != 3 || *m.Wall != 60 || *m.CPU != 1 || m.PeakIsBound || m.PeakBytes != 5 {
		t.Errorf("timing %+v", m)
	}
	if m := timingOf(nil, 1, 0, usage{}, usage{}); m.P50 != nil || m.CPU != nil || m.PeakBytes != 0 {
		t.Errorf("timing of nothing %+v", m)
	}
	if u := usageOfChildren(); u.own < 1<<20 {
		t.Errorf("this program takes %d bytes", u.own)
	}
}

// TestPlanLaws: as many shots as were asked for, the same ones for a seed, each
// within its ranges, what is not swept ordinary, and twins that differ in
// nothing but the fault.
func TestPlanLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, seed, faults := rapid.IntRange(1, 60).Draw(t, "n"), rapid.Uint64().Draw(t, "seed"), rapid.Bool().Draw(t, "faults")
		shots := planShots(n, seed, faults)
		if len(shots) != n || !slices.Equal(shots, planShots(n, seed, faults)) {
			t.Fatalf("%d shots, or others the second time", len(shots))
		}
		for i, s := range shots {
			for _, a := range axes {
				v, lo, hi := *a.at(&s), a.edges[0], a.edges[len(a.edges)-1]
				if s.Sweep != a.Name && s.Sweep != sweptAll {
					lo, hi = a.ordinary[0], a.ordinary[1]
				}
				level := a.Name == "tilt" && s.Capture == fixtures.CaptureFlat
				if level && v != 0 || !level && (v < lo || v > hi) {
					t.Errorf("%s of %+v is out of range", a.Name, s)
				}
			}
			if s.Fault != fixtures.NoFault {
				twin := s
				twin.Fault = fixtures.NoFault
				if !faults || i == 0 || shots[i-1] != twin || !fixtures.Applies(s.format, s.Fault) {
					t.Errorf("%+v has no twin before it", s)
				}
			}
		}
	})
}

// TestPlanCovers sees that every sweep has both captures and all formats, and a
// picture in every part of its range.
func TestPlanCovers(t *testing.T) {
	seen := map[string]map[any]bool{}
	for _, s := range planShots(7*40, 1, false) {
		if seen[s.Sweep] == nil {
			seen[s.Sweep] = map[any]bool{}
		}
		seen[s.Sweep][s.Capture], seen[s.Sweep][s.format] = true, true
		for _, a := range axes {
			if a.Name == s.Sweep {
				seen[s.Sweep][measure.BinOf(*a.at(&s), a.edges)] = true
			}
		}
	}
	for _, a := range axes {
		want := len(drawnFormats) + 2 + len(a.edges) - 1
		if a.Name == "tilt" {
			want-- // no scanner
		}
		if len(seen[a.Name]) != want {
			t.Errorf("the sweep of %s has %d things; want %d: %v", a.Name, len(seen[a.Name]), want, seen[a.Name])
		}
	}
	if len(seen[sweptAll]) != len(drawnFormats)+2 {
		t.Errorf("all together: %v", seen[sweptAll])
	}
}

// TestCameraShowsAll sees that no document leaves its picture, however it lies,
// and that none is too small to be looked at.
func TestCameraShowsAll(t *testing.T) {
	drawing := image.NewRGBA(image.Rect(0, 0, 125, 88))
	for _, s := range planShots(140, 2, false) {
		c := s.camera(drawing.Rect.Size())
		c.Blur = 0 // does not move anything, and takes long
		img, m := fixtures.Shoot(drawing, c, s.Seed)
		if max(img.Rect.Dx(), img.Rect.Dy()) < 200 {
			t.Errorf("%s: %v", s.name(0), img.Rect)
		}
		for _, p := range []fixtures.Point{{}, {X: 125}, {X: 125, Y: 88}, {Y: 88}} {
			q := m.Apply(p)
			if q.X < 0 || q.Y < 0 || q.X > float64(img.Rect.Dx()) || q.Y > float64(img.Rect.Dy()) {
				t.Errorf("%s: a corner lies at %.1f of %v", s.name(0), q, img.Rect)
			}
		}
	}
}

// TestTilted sees that a level camera moves nothing, and that a tilted one
// shows what is nearer larger and everything shorter along the tilt.
func TestTilted(t *testing.T) {
	at := turnedCorners(0.7, 0)
	for _, d := range tilted(at, 0, 77) {
		if math.Hypot(d[0], d[1]) > 1e-12 {
			t.Errorf("level: a corner moves by %v", d)
		}
	}
	moved := tilted(at, 40, 0) // about a level axis: the lower edge comes nearer
	for i := range at {
		at[i][0] += moved[i][0]
		at[i][1] += moved[i][1]
	}
	upper, lower, height := at[1][0]-at[0][0], at[2][0]-at[3][0], at[3][1]-at[0][1]
	if upper >= 1 || lower <= 1 || height >= 0.7*0.9 {
		t.Errorf("upper edge %.3f, lower %.3f, height %.3f", upper, lower, height)
	}
}

// TestEvaluateHelp sees that the help tells the plan and the exit codes.
func TestEvaluateHelp(t *testing.T) {
	code, out, _ := touchstone(t, nil, "evaluate", "--help")
	for _, want := range []string{"measured, whatever came out", "pitch       4 to 30   px        ordinarily 12 to 24", "printed-invalid:doc+dob"} {
		if code != exitOK || !strings.Contains(out, want) {
			t.Errorf("exit %d, and the help lacks %q:\n%s", code, want, out)
		}
	}
}
