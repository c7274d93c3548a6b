package page

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
	"touchstone.internal/pipeline/threat"
)

// someFigures are of a year in which altered documents rise.
func someFigures() threat.Summary {
	table := threat.NewTable([]byte("key"))
	months := ThreatMonths(now)[12:]
	for i, m := range months {
		for j, site := range []string{"NPT", "EAF", "MIL", threat.UnknownSite} {
			at := threat.Cell{Month: m, Site: site, Channel: pipeline.Channels[j], Mode: []string{"AIR", "ROAD-FERRY", threat.SeveralModes, threat.UnknownMode}[j], Model: []string{"UTO P", "UTO ID", "XPA V", "unknown unknown"}[j]}
			table.Add(threat.Screened, at, 300+40*j)
			at.Part, at.Business = threat.Parts[j%3], casework.BusinessModels[j]
			at.Verdict = pipeline.DataAltered
			table.Add(threat.Found, at, 6+i*2)
			at.Verdict = []pipeline.Verdict{pipeline.Counterfeit, pipeline.Impostor, pipeline.FraudulentlyGot, pipeline.FalseEndorsement}[j]
			table.Add(threat.Found, at, 5)
			table.Add(threat.Held, at, 5)
			if j == 0 {
				table.Add(threat.Referred, at, 3)
				table.Add(threat.Asked, at, 4)
				at.Price = "EUR 3"
				table.Add(threat.Priced, at, 5)
			}
		}
	}
	return threat.Summary{
		Select: threat.Select{From: months[0], Until: months[11]}, Figures: table.Publish(), First: []threat.Model{{IssuingState: "XPA", Type: "V"}},
	}
}

// someRecords are a record of every look.
func someRecords() (all []threat.Entry) {
	for i, v := range []pipeline.Verdict{pipeline.DataAltered, pipeline.Impostor} {
		e := threat.Entry{Document: "TSD-7Q4K-2M9X", Outcome: threat.Record(threat.Facts{
			Document: "TSD-7Q4K-2M9X", ScreenedAt: now, Model: []threat.Model{{IssuingState: "UTO", Type: "P"}, threat.UnknownModel}[i],
			Decision: pipeline.Decision{Judgement: pipeline.Judgement{Verdict: v, Confidence: pipeline.Probable, Level: 2}},
		})}
		if i == 0 {
			e.Site, e.Channel, e.Series, e.Modes = "NPT", pipeline.ChannelCustody, "0123456789abcdef01234567", []string{"AIR"}
		}
		all = append(all, e)
	}
	return all
}

func threatExamples() []example {
	ana, boss := shellAs(pipeline.RoleAnalyst, "Analyst", "/threat"), shellAs(pipeline.RoleSupervisor, "Supervisor", "/threat/records")
	year := someFigures()
	none := threat.Summary{Select: year.Select}
	return []example{
		{"threat", "threat", ana, Threat{Summary: year, Series: []SeriesLine{{softPrint().Series, softPrint().Facts}}}},
		{"threat-empty", "threat", ana, Threat{Summary: none}},
		{"threat-error", "threat", ana, Threat{Summary: none, Errors: []Error{{"from", "The first month must be one of the last 24, not after the last one"}}}},
		{"records", "records", boss, Records{Select: threat.Select{From: "2025-12", Until: "2026-11", Site: "NPT", Kind: pipeline.KindAltered}, Entries: someRecords(), Next: "/threat/records?cursor=YQ"}},
		{"records-empty", "records", ana, Records{Select: threat.Select{From: "2026-11", Until: "2026-11"}}},
	}
}

// TestChartIsTable holds the chart to the table behind it (UI-36): each mark says
// what the line of its month says, and stands as high as that.
func TestChartIsTable(t *testing.T) {
	body := render(t, load(t), example{"", "threat", shellAs(pipeline.RoleAnalyst, "Analyst", "/threat"), Threat{Summary: someFigures()}})
	marks := regexp.MustCompile(`<circle[^>]* cx="(\d+)" cy="(\d+)"[^>]*><title>([A-Z][a-z]+ \d{4}): ([^<]+)</title>`).FindAllStringSubmatch(body, -1)
	if len(marks) != 12 {
		t.Fatalf("%d marks in the chart; want 12", len(marks))
	}
	for _, m := range marks {
		line := regexp.MustCompile(`<th scope="row">` + m[3] + `</th>(?s:.*?)data-l="In every 1,000">(?:<svg.*?</svg>)?([^<]+)<`).FindStringSubmatch(body)
		if line == nil || line[1] != m[4] {
			t.Errorf("the chart says of %s %q; the table %q", m[3], m[4], line)
		}
	}
	s := trendOf(someFigures())
	byRate := slices.Clone(s.Points)
	slices.SortFunc(byRate, func(a, b trendPoint) int { return b.Y - a.Y })
	for i, p := range byRate {
		if p.Low < p.Y || p.High > p.Y || p.High < trendTop-1 || p.Low > trendBottom+1 {
			t.Errorf("mark %d at %d is not within %d and %d", i, p.Y, p.Low, p.High)
		}
	}
	if len(s.Paths) != 1 || len(s.Ticks) != 3 {
		t.Errorf("%d paths, %d ticks", len(s.Paths), len(s.Ticks))
	}
}

// TestSmallFiguresAreNotShown: of what is small neither figure nor rate nor way
// to the records is shown.
func TestSmallFiguresAreNotShown(t *testing.T) {
	table := threat.NewTable([]byte("key"))
	table.Add(threat.Screened, threat.Cell{Month: "2026-11", Site: "NPT"}, 400)
	table.Add(threat.Found, threat.Cell{Month: "2026-11", Site: "NPT", Verdict: pipeline.Counterfeit}, 5)
	v := Threat{Summary: threat.Summary{Select: threat.Select{From: "2026-11", Until: "2026-11"}, Figures: table.Publish()}}
	body := render(t, load(t), example{"", "threat", shellAs(pipeline.RoleAnalyst, "Analyst", "/threat"), v})
	if strings.Contains(body, "/threat/records?") || strings.Contains(body, ">5<") || strings.Contains(body, "app-trend__dot") || !strings.Contains(body, "fewer than 10") {
		t.Error("a small figure is told")
	}
}

func TestQuarters(t *testing.T) {
	all := Quarters(now)
	if len(all) != 8 || all[0] != (Quarter{"2026-Q4", "2026-10", "2026-12"}) || all[3] != (Quarter{"2026-Q1", "2026-01", "2026-03"}) || all[4].Name != "2025-Q4" {
		t.Errorf("quarters %v", all)
	}
	if got := all[1].Text(); got != "July to September 2026" {
		t.Error(got)
	}
	if m := ThreatMonths(now); len(m) != 24 || m[23] != "2026-11" || m[0] != "2024-12" {
		t.Errorf("months %v", m)
	}
}

// streams are what a PDF holds, unpacked.
func streams(t *testing.T, pdf []byte) (all []byte) {
	t.Helper()
	for _, m := range regexp.MustCompile(`(?s)/FlateDecode.*?stream\n(.*?)\nendstream`).FindAllSubmatch(pdf, -1) {
		r, err := zlib.NewReader(bytes.NewReader(m[1]))
		if err != nil {
			continue // a font
		}
		b, err := io.ReadAll(r)
		if err != nil {
			continue
		}
		all = append(all, b...)
	}
	return all
}

// utf16Of is a text as an embedded font is shown: two bytes a letter.
func utf16Of(s string) []byte {
	var b []byte
	for _, r := range s {
		b = append(b, byte(r>>8), byte(r))
	}
	return b
}

// TestPack: the pack says figures, gaps and method, and is the same again.
func TestPack(t *testing.T) {
	s := someFigures()
	p := Pack{Quarter: Quarters(now)[1], Summary: s, MadeAt: now, Version: "1.0.0"}
	var one, two bytes.Buffer
	for _, w := range []io.Writer{&one, &two} {
		if err := WritePack(w, p); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("the same pack differs")
	}
	if !bytes.Contains(one.Bytes(), []byte("/Lang (en-GB)")) || !bytes.Contains(one.Bytes(), []byte("/Outlines")) {
		t.Error("the pack has no language or no bookmarks")
	}
	text := streams(t, one.Bytes())
	for _, words := range []string{"Gaps: what is not known", "Method and caveats", "By month", "U1 to U4", "Wilson 1927", "fewer than", "What was false", s.Total().N.String()} {
		for word := range strings.FieldsSeq(words) {
			if !bytes.Contains(text, utf16Of(word)) {
				t.Errorf("the pack does not say %q of %q", word, words)
			}
		}
	}
	if err := WritePack(io.Discard, Pack{Quarter: p.Quarter, MadeAt: now}); err != nil {
		t.Errorf("of nothing: %v", err)
	}
	if pages := bytes.Count(one.Bytes(), []byte("/Type /Page\n")); pages < 2 || pages > 8 {
		t.Errorf("%d sheets", pages)
	}
}
