package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"image"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
)

var header = Header{Digest: job("x").Digest, Size: 1, AsOf: asOfDay, Capture: pipeline.CapturePhoto}

// fullReport is a report as a reader gives it, with a zone, boxes, values and
// contributions, made by the same code.
func fullReport() pipeline.Report {
	lines := []string{"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"}
	zone := pipeline.Zone{MRZ: mrz.Parse(lines)}
	for y, l := range lines {
		var line pipeline.Line
		for x := range l {
			at := image.Rect(10*x, 20*y, 10*x+8, 20*y+15)
			line.Chars = append(line.Chars, pipeline.Char{Rune: l[x], Box: at, Confidence: 0.95, RunnerUp: 'O', SecondRead: l[x]})
		}
		zone.Lines = append(zone.Lines, line)
	}
	in := &pipeline.Input{
		Digest: header.Digest, AsOf: header.AsOf, Capture: header.Capture,
		Pages: []pipeline.Page{{Width: 600, Height: 400, Zones: []pipeline.Zone{zone}}},
	}
	fails := func(id string) pipeline.Check {
		return pipeline.Check{ID: id, Severity: pipeline.S3, Version: 1, Run: func(*pipeline.Input) []pipeline.Finding {
			return []pipeline.Finding{{
				Outcome: pipeline.Fail, Severity: pipeline.S3, Statement: "check_digit_differs", Reason: "The check digit differs",
				Boxes:  []pipeline.Box{{X: 1, Y: 2, Width: 3, Height: 4, Label: "document number"}},
				Values: []pipeline.Value{{Label: "check digit", Printed: "5", Expected: "6"}},
			}, {Outcome: pipeline.Fail, Severity: pipeline.S2, Statement: "check_digit_differs", Reason: "The check digit differs"}}
		}}
	}
	return pipeline.Screen(in, []pipeline.Check{fails("MRZ-07"), fails("MRZ-03"), fails("DOC-03")}, nil, pipeline.Rules, "test")
}

func encoded(t testing.TB, r pipeline.Report, v pipeline.Rendition) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := writeAnswer(&b, r, v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAnswerRoundTrip(t *testing.T) {
	want := pipeline.ScreenResult{Report: fullReport(), Rendition: pipeline.Rendition{Width: 1, Height: 1, Pix: []byte{1, 2, 3}}}
	if len(want.Report.Outcome.Contributions) == 0 {
		t.Fatal("the report of the test has no contributions")
	}
	got, err := readAnswer(bytes.NewReader(encoded(t, want.Report, want.Rendition)), header)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestChangedReports changes one thing in a good report at a time.
func TestChangedReports(t *testing.T) {
	changes := map[string]func(r *pipeline.Report){
		"digest":                     func(r *pipeline.Report) { r.Digest = job("y").Digest },
		"day":                        func(r *pipeline.Report) { r.AsOf = "2026-11-25" },
		"capture":                    func(r *pipeline.Report) { r.Capture = pipeline.CaptureScanner },
		"rule set":                   func(r *pipeline.Report) { r.RuleSet = "" },
		"engine with a line break":   func(r *pipeline.Report) { r.Engine = "a\nb" },
		"no findings":                func(r *pipeline.Report) { r.Findings = nil },
		"no pages array":             func(r *pipeline.Report) { r.Pages = nil },
		"page without pixels":        func(r *pipeline.Report) { r.Pages[0].Width = 0 },
		"page of any size":           func(r *pipeline.Report) { r.Pages[0].Width = 1 << 40 },
		"fifth quarter":              func(r *pipeline.Report) { r.Pages[0].Orientation.Quarters = 4 },
		"format":                     func(r *pipeline.Report) { r.Pages[0].Zones[0].Format = "TD9" },
		"line in lower case":         func(r *pipeline.Report) { r.Pages[0].Zones[0].Lines[0] = "p" + r.Pages[0].Zones[0].Lines[0][1:] },
		"line without its marks":     func(r *pipeline.Report) { r.Pages[0].Zones[0].Lines[0] += "<" },
		"rows of marks":              func(r *pipeline.Report) { r.Pages[0].Zones[0].Chars = nil },
		"zone on another page":       func(r *pipeline.Report) { r.Pages[0].Zones[0].Box.Page = 1 },
		"mark off the page":          func(r *pipeline.Report) { r.Pages[0].Zones[0].Chars[0][0].Box = [4]int{600, 0, 1, 1} },
		"mark that overflows":        func(r *pipeline.Report) { r.Pages[0].Zones[0].Chars[0][0].Box = [4]int{1, 0, 1<<63 - 1, 1} },
		"confidence":                 func(r *pipeline.Report) { r.Pages[0].Zones[0].Chars[0][0].Confidence = 1.01 },
		"runner up":                  func(r *pipeline.Report) { r.Pages[0].Zones[0].Chars[0][0].RunnerUp = "OO" },
		"field name":                 func(r *pipeline.Report) { r.Pages[0].Zones[0].Fields[0].Name = "<script>" },
		"state of a digit":           func(r *pipeline.Report) { digit(r).State = "sure" },
		"printed digit":              func(r *pipeline.Report) { digit(r).Printed = "12" },
		"check":                      func(r *pipeline.Report) { r.Findings[0].Check = "mrz-03" },
		"another check":              func(r *pipeline.Report) { r.Findings[0].Check = "MRZ-04" },
		"outcome of a check":         func(r *pipeline.Report) { r.Findings[0].Outcome = "fine" },
		"a fail made good":           func(r *pipeline.Report) { r.Findings[0].Outcome = pipeline.OK },
		"severity":                   func(r *pipeline.Report) { r.Findings[0].Severity = pipeline.S1 },
		"version":                    func(r *pipeline.Report) { r.Findings[0].Version = 0 },
		"statement":                  func(r *pipeline.Report) { r.Findings[0].Statement = "A sentence" },
		"reason that turns about":    func(r *pipeline.Report) { r.Findings[0].Reason = "a\u202eb" },
		"box off the page":           func(r *pipeline.Report) { r.Findings[0].Boxes = []pipeline.Box{{X: -1, Width: 1, Height: 1}} },
		"box on a page that is none": func(r *pipeline.Report) { r.Findings[0].Boxes = []pipeline.Box{{Page: 1, Width: 1, Height: 1}} },
		"value with a bell":          func(r *pipeline.Report) { r.Findings[0].Values = []pipeline.Value{{Label: "\a"}} },
		"conclusion":                 func(r *pipeline.Report) { r.Outcome.Conclusion = pipeline.NoIrregularityFound },
		"band":                       func(r *pipeline.Report) { r.Outcome.Band = pipeline.Low },
		"total":                      func(r *pipeline.Report) { r.Outcome.Total = 0 },
		"contributions":              func(r *pipeline.Report) { r.Outcome.Contributions = r.Outcome.Contributions[1:] },
		"calibration":                func(r *pipeline.Report) { r.Outcome.Calibrated = !r.Outcome.Calibrated },
		"problem beside a result":    func(r *pipeline.Report) { r.Outcome.Problem = pipeline.ProblemCorrupt },
		"too many findings":          func(r *pipeline.Report) { r.Findings = append(r.Findings, make([]pipeline.Finding, maxFindings)...) },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			r := fullReport()
			change(&r)
			_, err := readAnswer(bytes.NewReader(encoded(t, r, pipeline.Rendition{})), header)
			if _, ok := errors.AsType[*refusedError](err); !ok {
				t.Errorf("got %v", err)
			}
		})
	}
}

func digit(r *pipeline.Report) *pipeline.CheckDigitReading {
	for _, f := range r.Pages[0].Zones[0].Fields {
		if f.CheckDigit != nil {
			return f.CheckDigit
		}
	}
	return nil
}

func TestOnlyTheParentSpeaksOfItsReader(t *testing.T) {
	r := pipeline.AbortedReport(header.Digest, header.AsOf, header.Capture, pipeline.ProblemReaderCrash)
	_, err := readAnswer(bytes.NewReader(encoded(t, r, pipeline.Rendition{})), header)
	if _, ok := errors.AsType[*refusedError](err); !ok {
		t.Errorf("got %v", err)
	}
}

func TestUnknownFieldsAreRefused(t *testing.T) {
	b, err := json.Marshal(fullReport())
	if err != nil {
		t.Fatal(err)
	}
	for name, changed := range map[string][]byte{
		"more fields": bytes.Replace(b, []byte(`{"sha256"`), []byte(`{"x":1,"sha256"`), 1),
		"two reports": append(bytes.Clone(b), b...),
		"no report":   []byte(`null`),
		"not UTF-8":   bytes.Replace(b, []byte(`"test"`), []byte("\"\xff\""), 1),
	} {
		var frame bytes.Buffer
		if err := writeFrame(&frame, changed); err != nil {
			t.Fatal(err)
		}
		frame.Write(make([]byte, 4))
		_, err := readAnswer(&frame, header)
		if _, ok := errors.AsType[*refusedError](err); !ok {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func FuzzReadAnswer(f *testing.F) {
	whole := encoded(f, fullReport(), pipeline.Rendition{Width: 1, Height: 1, Pix: []byte{1, 2, 3}})
	f.Add(whole)
	f.Add(whole[:len(whole)-1])
	f.Add(encoded(f, pipeline.AbortedReport(header.Digest, header.AsOf, header.Capture, pipeline.ProblemCorrupt), pipeline.Rendition{}))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := readAnswer(bytes.NewReader(b), header)
		if err != nil {
			if _, refused := errors.AsType[*refusedError](err); !refused && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("an answer gives %v", err)
			}
			return
		}
		if r := got.Rendition; len(r.Pix) != r.Width*r.Height*3 {
			t.Errorf("%d bytes for %d x %d pixels", len(r.Pix), r.Width, r.Height)
		}
		if got.Report.Digest != header.Digest || len(got.Report.Findings) == 0 {
			t.Error("a report about something else was taken")
		}
		if again := encoded(t, got.Report, got.Rendition); len(again) > len(b)*8+1024 {
			t.Errorf("%d bytes became %d", len(b), len(again))
		}
	})
}

func FuzzReadRequest(f *testing.F) {
	var b bytes.Buffer
	if err := writeRequest(&b, header, bytes.NewReader([]byte("x"))); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, b []byte) {
		if h, raw, err := readRequest(bytes.NewReader(b)); err == nil && int64(len(raw)) != h.Size {
			t.Errorf("%d bytes of %d", len(raw), h.Size)
		}
	})
}

func BenchmarkReadAnswer(b *testing.B) {
	answer := encoded(b, fullReport(), pipeline.Rendition{Width: 1200, Height: 900, Pix: make([]byte, 1200*900*3)})
	b.SetBytes(int64(len(answer)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := readAnswer(bytes.NewReader(answer), header); err != nil {
			b.Fatal(err)
		}
	}
}
