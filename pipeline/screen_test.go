package pipeline

import (
	"encoding/json"
	"image"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"touchstone.internal/pipeline/mrz"
)

var screenDay = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)

// specimenInput is one page with the surely read zone of the TD3 specimen.
func specimenInput(t *testing.T) *Input {
	t.Helper()
	lines, err := mrz.Compose(mrz.Values{
		Format: mrz.TD3, DocumentCode: "P", IssuingState: "UTO", PrimaryIdentifier: "ERIKSSON", SecondaryIdentifier: "ANNA MARIA",
		DocumentNumber: "L898902C3", Nationality: "UTO", DateOfBirth: "100812", Sex: "F", DateOfExpiry: "300415", PersonalNumber: "ZE184226B",
	})
	if err != nil {
		t.Fatal(err)
	}
	z := Zone{MRZ: mrz.Parse(lines)}
	for i, s := range lines {
		var l Line
		for j := range len(s) {
			l.Chars = append(l.Chars, Char{Rune: s[j], SecondRead: s[j], Confidence: 0.99, Box: image.Rect(10*j, 20*i, 10*j+8, 20*i+15)})
		}
		z.Lines = append(z.Lines, l)
	}
	return &Input{Digest: Digest(strings.Repeat("a", 64)), AsOf: screenDay, Capture: CapturePhoto, Pages: []Page{{Width: 500, Height: 400, Zones: []Zone{z}}}}
}

func says(id string, fs ...Finding) Check {
	return Check{ID: id, Severity: S2, Version: 3, Run: func(*Input) []Finding { return fs }}
}

func TestScreenKeepsGoing(t *testing.T) {
	checks := []Check{
		says("MRZ-01", Finding{Outcome: OK}),
		{ID: "MRZ-02", Version: 2, Severity: S2, Run: func(*Input) []Finding { var p *Page; return []Finding{{Reason: string(rune(p.Width))}} }},
		says("MRZ-03"),
		says("MRZ-04", Finding{Outcome: Fail, Severity: S1}),
		says("MRZ-10", Finding{Outcome: Fail, Severity: S2}),
		{ID: "MRZ-14", Version: 1, After: func(_ *Input, found []Finding) []Finding {
			found[0].Reason = "changed"
			return []Finding{{Outcome: OK, Values: []Value{{Label: strings.Repeat("x", len(found))}}}}
		}},
	}
	r := Screen(specimenInput(t), checks, nil, Rules, "test 1")
	type row struct {
		Check     string
		Version   int
		Outcome   Outcome
		Severity  Severity
		Statement string
	}
	want := []row{
		{"MRZ-10", 3, Fail, S2, ""},
		{"MRZ-04", 3, Fail, S1, ""}, // what counts, strongest first
		{"MRZ-01", 3, OK, S2, ""},
		{"MRZ-02", 2, Aborted, S2, "check_aborted"},
		{"MRZ-03", 3, Aborted, S2, "check_aborted"},
		{"MRZ-14", 1, OK, S0, ""},
	}
	var got []row
	for _, f := range r.Findings {
		got = append(got, row{f.Check, f.Version, f.Outcome, f.Severity, f.Statement})
		if f.Boxes == nil {
			t.Errorf("%s: boxes are null in JSON", f.Check)
		}
		if f.Reason == "changed" {
			t.Error("a check changed the findings of another")
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	for i, c := range r.Outcome.Contributions {
		if c.Finding != i || r.Findings[i].Check != c.Check {
			t.Errorf("contribution %d points at finding %d", i, c.Finding)
		}
	}
	if n := len(r.Findings[5].Values[0].Label); n != 5 {
		t.Errorf("the last check saw %d findings; want 5", n)
	}
	if r.Engine != "test 1" || r.RuleSet != Rules.Hash() || r.AsOf != "2026-11-24" || r.Capture != CapturePhoto {
		t.Errorf("report says %q, %q, %q, %q", r.Engine, r.RuleSet, r.AsOf, r.Capture)
	}
}

func TestScreenIsByteIdentical(t *testing.T) {
	checks := []Check{says("MRZ-01", Finding{Outcome: OK}), says("MRZ-03", Finding{Outcome: Fail, Severity: S2}), says("MRZ-04", Finding{Outcome: Fail, Severity: S2})}
	once, err := json.Marshal(Screen(specimenInput(t), checks, nil, Rules, "e"))
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		again, _ := json.Marshal(Screen(specimenInput(t), checks, nil, Rules, "e"))
		if string(again) != string(once) {
			t.Fatalf("first\n%s\nthen\n%s", once, again)
		}
	}
	if strings.Contains(string(once), ":null") {
		t.Errorf("a list is null in %s", once)
	}
}

func TestScreenReadsZones(t *testing.T) {
	in := specimenInput(t)
	in.Pages[0].Zones[0].Lines[1].Chars[3].Confidence = 0.4
	in.Pages[0].Zones[0].Lines[1].Chars[3].RunnerUp = 'B'
	z := Screen(in, nil, nil, Rules, "e").Zones()[0]
	if z.Format != mrz.TD3 || z.Certain || z.Box != (Box{Width: 438, Height: 35, Label: "machine readable zone"}) {
		t.Errorf("format %s, certain %v, box %+v", z.Format, z.Certain, z.Box)
	}
	if m := z.Chars[1][3]; m != (CharMark{Box: [4]int{30, 20, 8, 15}, Confidence: 0.4, RunnerUp: "B"}) {
		t.Errorf("mark %+v", m)
	}
	values := map[mrz.FieldName]string{}
	for _, f := range z.Fields {
		values[f.Name] = f.Value
		if want := f.Name != mrz.DocumentNumber; f.Certain != want {
			t.Errorf("%s is certain: %v", f.Name, f.Certain)
		}
		if f.CheckDigit != nil && (f.CheckDigit.State != mrz.Verified || f.CheckDigit.Printed != f.CheckDigit.Computed) {
			t.Errorf("%s: %+v", f.Name, *f.CheckDigit)
		}
	}
	want := map[mrz.FieldName]string{
		mrz.DocumentCode: "P", mrz.IssuingState: "UTO", mrz.NameOfHolder: "ERIKSSON, ANNA MARIA", mrz.DocumentNumber: "L898902C3",
		mrz.Nationality: "UTO", mrz.DateOfBirth: "2010-08-12 or 1910-08-12", mrz.Sex: "F", mrz.DateOfExpiry: "2030-04-15",
		mrz.PersonalNumber: "ZE184226B", mrz.Composite: values[mrz.Composite],
	}
	if d := cmp.Diff(want, values); d != "" || len(values[mrz.Composite]) != 1 {
		t.Errorf("values (-want +got):\n%s", d)
	}
}

func TestAbortedReport(t *testing.T) {
	r := AbortedReport(Digest(strings.Repeat("b", 64)), screenDay, CaptureScanner, ProblemReaderSlow)
	if r.Outcome.Conclusion != CouldNotCheck || r.Outcome.Problem != ProblemReaderSlow || r.Digest == "" || r.AsOf != "2026-11-24" {
		t.Errorf("report %+v", r)
	}
	if len(r.Findings) != 1 || r.Findings[0].Outcome != Aborted || !strings.Contains(r.Findings[0].Reason, "took too long") {
		t.Errorf("findings %+v", r.Findings)
	}
}

func TestDeviationOfTheZoneThatItIsIn(t *testing.T) {
	in := specimenInput(t)
	other := specimenInput(t).Pages[0].Zones[0]
	for i, c := range []byte("GBR") {
		other.Lines[0].Chars[2+i].Rune = c
	}
	other.MRZ = mrz.Parse([]string{other.Lines[0].Text(), other.Lines[1].Text()})
	in.Pages[0].Zones = append(in.Pages[0].Zones, Zone{MRZ: other.MRZ, Lines: moved(other.Lines, 200)})
	checks := []Check{says("MRZ-03",
		Finding{Outcome: Fail, Severity: S2, Boxes: []Box{{X: 10, Y: 22, Width: 5, Height: 5}}},
		Finding{Outcome: Fail, Severity: S2, Boxes: []Box{{X: 10, Y: 222, Width: 5, Height: 5}}},
		Finding{Outcome: Fail, Severity: S2},
		Finding{Outcome: Undetermined, Boxes: []Box{{X: 10, Y: 222, Width: 5, Height: 5}}})}
	r := Screen(in, checks, []Deviation{{ID: "GBR-1", Check: "MRZ-03", IssuingState: "GBR"}}, Rules, "e")
	var explained []int
	for _, f := range r.Findings {
		if f.Deviation != "" {
			explained = append(explained, f.Boxes[0].Y)
		}
	}
	if !cmp.Equal(explained, []int{222}) {
		t.Errorf("explained %v; want the finding at 222", explained)
	}
}

func moved(lines []Line, down int) []Line {
	out := make([]Line, len(lines))
	for i, l := range lines {
		for _, c := range l.Chars {
			c.Box = c.Box.Add(image.Pt(0, down))
			out[i].Chars = append(out[i].Chars, c)
		}
	}
	return out
}
