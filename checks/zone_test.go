package checks

import (
	"image"
	"strings"
	"testing"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/text"
)

// today is the day against which tests judge.
var today = time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC)

// anna gives the values of the specimen holder's document, which conforms.
func anna(f mrz.Format) mrz.Values {
	v := mrz.Values{
		Format: f, DocumentCode: "P", IssuingState: "UTO", PrimaryIdentifier: "ERIKSSON", SecondaryIdentifier: "ANNA MARIA",
		DocumentNumber: "L898902C3", Nationality: "UTO", DateOfBirth: "740812", Sex: "F", DateOfExpiry: "300415",
	}
	switch f {
	case mrz.TD3:
		v.PersonalNumber = "ZE184226B"
	case mrz.MRVA, mrz.MRVB:
		v.DocumentCode = "V"
	default:
		v.DocumentCode = "I"
	}
	return v
}

// picture makes the input of one page with one zone of surely read characters.
// Each change sees the zone before it is parsed.
func picture(t *testing.T, v mrz.Values, changes ...func(*pipeline.Zone)) *pipeline.Input {
	t.Helper()
	lines, err := mrz.Compose(v)
	if err != nil {
		t.Fatal(err)
	}
	return printed(lines, changes...)
}

func printed(lines []string, changes ...func(*pipeline.Zone)) *pipeline.Input {
	var z pipeline.Zone
	for i, s := range lines {
		var l pipeline.Line
		for j := range len(s) {
			at := image.Rect(100+20*j, 500+40*i, 116+20*j, 530+40*i)
			l.Chars = append(l.Chars, pipeline.Char{Rune: s[j], Box: at, Confidence: 0.99, SecondRead: s[j]})
		}
		z.Lines = append(z.Lines, l)
	}
	for _, change := range changes {
		change(&z)
	}
	var text []string
	for _, l := range z.Lines {
		text = append(text, l.Text())
	}
	z.MRZ = mrz.Parse(text)
	return &pipeline.Input{AsOf: today, Capture: pipeline.CapturePhoto, Pages: []pipeline.Page{{Width: 1200, Height: 800, Zones: []pipeline.Zone{z}}}}
}

// write prints other characters, read surely.
func write(line, column int, s string) func(*pipeline.Zone) {
	return func(z *pipeline.Zone) {
		for i := range len(s) {
			c := &z.Lines[line].Chars[column+i]
			c.Rune, c.SecondRead = s[i], s[i]
		}
	}
}

// blur makes a character unsure.
func blur(line, column int) func(*pipeline.Zone) {
	return func(z *pipeline.Zone) { z.Lines[line].Chars[column].Confidence = 0.5 }
}

// doubt makes the second reader see something else.
func doubt(line, column int, c byte) func(*pipeline.Zone) {
	return func(z *pipeline.Zone) { z.Lines[line].Chars[column].SecondRead = c }
}

// hesitate leaves a character sure, but only just.
func hesitate(line, column int) func(*pipeline.Zone) {
	return func(z *pipeline.Zone) { z.Lines[line].Chars[column].Confidence = 0.93 }
}

// ask runs one check and makes sure that what it says can be shown.
func ask(t *testing.T, id string, in *pipeline.Input) []pipeline.Finding {
	t.Helper()
	c, ok := ByID(id)
	if !ok {
		t.Fatalf("no check %s", id)
	}
	found := c.Run(in)
	if len(found) == 0 {
		t.Fatal("no finding at all")
	}
	for _, f := range found {
		wantShowable(t, f)
	}
	return found
}

func wantShowable(t *testing.T, f pipeline.Finding) {
	t.Helper()
	if _, ok := text.Entry(f.Statement); !ok {
		t.Errorf("statement %q has no text", f.Statement)
	}
	if f.Reason == "" || strings.ContainsAny(f.Reason, "{}") || strings.Contains(f.Reason, "unknown") {
		t.Errorf("reason %q is not filled in", f.Reason)
	}
	for _, b := range f.Boxes {
		if b.Width <= 0 || b.Height <= 0 || b.X < 100 || b.Y < 500 {
			t.Errorf("%s: box %+v is not round what was read", f.Statement, b)
		}
	}
	if f.Outcome == pipeline.Fail && len(f.Boxes) == 0 && f.Statement != "zone_not_found" {
		t.Errorf("%s fails without a box", f.Statement)
	}
}

// answer is what a test expects of a finding.
type answer struct {
	outcome   pipeline.Outcome
	statement string
	severity  pipeline.Severity // of a fail
}

// wantAnswers compares findings, in order, with what is expected.
func wantAnswers(t *testing.T, found []pipeline.Finding, want ...answer) {
	t.Helper()
	if len(found) != len(want) {
		t.Fatalf("%d findings %+v; want %d", len(found), found, len(want))
	}
	for i, f := range found {
		if got := (answer{f.Outcome, f.Statement, f.Severity}); got != want[i] {
			t.Errorf("finding %d: %+v; want %+v", i, got, want[i])
		}
	}
}

// cases runs table tests of one check, each with one finding.
func cases(t *testing.T, id string, table map[string]struct {
	in   *pipeline.Input
	want answer
},
) {
	t.Helper()
	for name, tt := range table {
		t.Run(name, func(t *testing.T) { wantAnswers(t, ask(t, id, tt.in), tt.want) })
	}
}

// tests is a table for cases.
type tests = map[string]struct {
	in   *pipeline.Input
	want answer
}

func TestEachZoneWithoutZones(t *testing.T) {
	for _, c := range All() {
		if c.Run == nil || c.ID == "CAP-01" || c.ID == "MRZ-01" || c.ID == "IMG-03" { // they do not ask of a zone
			continue
		}
		wantAnswers(t, c.Run(&pipeline.Input{Pages: []pipeline.Page{{}}}), answer{pipeline.NotPerformed, "no_zone", 0})
		wantAnswers(t, c.Run(&pipeline.Input{Problem: pipeline.ProblemCorrupt}), answer{pipeline.NotPerformed, "no_picture", 0})
		wantAnswers(t, c.Run(printed([]string{"ABC", "DEF"})), answer{pipeline.NotPerformed, "zone_shape_unknown", 0})
	}
}

func TestTwoZonesTwoAnswers(t *testing.T) {
	in := picture(t, anna(mrz.TD3))
	other := picture(t, anna(mrz.TD1), write(0, 14, "0"))
	in.Pages = append(in.Pages, other.Pages...)
	found := ask(t, "MRZ-03", in)
	wantAnswers(t, found, answer{pipeline.OK, "check_digit_ok", 0}, answer{pipeline.Fail, "check_digit_wrong", pipeline.S2})
	if found[1].Boxes[0].Page != 1 {
		t.Errorf("box on page %d; want 1", found[1].Boxes[0].Page)
	}
}

// frenchCard is the French identity card of 1988, of nobody: TD2 in shape
// alone, without date of expiry and nationality.
func frenchCard() []string {
	upper := "IDFRAERIKSSON" + strings.Repeat("<", 17) + "751001"
	number, birth := "940975100285", "740812"
	lower := number + string(mrz.CheckDigit(number)) + "ANNA<<MARIA<<<" + birth + string(mrz.CheckDigit(birth)) + "F"
	return []string{upper, lower + string(mrz.CheckDigit(upper, lower))}
}

func TestFrenchCardHasNothingWrong(t *testing.T) {
	in := printed(frenchCard())
	for _, c := range All() {
		if c.Run == nil {
			continue
		}
		for _, f := range ask(t, c.ID, in) {
			if f.Outcome != pipeline.OK && f.Outcome != pipeline.NotPerformed {
				t.Errorf("%s: %s, %s", c.ID, f.Outcome, f.Reason)
			}
		}
	}
}

// A card is taken for another format if a letter of its mark was misread, and
// then nothing stands where it should.
func TestUnsureFormatMakesNoFail(t *testing.T) {
	in := printed(frenchCard(), write(0, 4, "B"), blur(0, 4))
	if f := in.Pages[0].Zones[0].MRZ.Format; f != mrz.TD2 {
		t.Fatalf("format %s; want TD2", f)
	}
	for _, c := range All() {
		if c.Run == nil {
			continue
		}
		for _, f := range ask(t, c.ID, in) {
			if f.Outcome == pipeline.Fail {
				t.Errorf("%s fails: %s", c.ID, f.Reason)
			}
		}
	}
}
