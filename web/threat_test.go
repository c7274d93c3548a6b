package web

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/threat"
	"touchstone.internal/web/page"
)

// falseDocument brings a document into the feed.
func (w *world) falseDocument(t testing.TB) {
	t.Helper()
	id := w.waiting(t)
	w.decide(t, id, reviewer, pipeline.Counterfeit)
	w.decide(t, id, second, pipeline.Counterfeit)
}

// TestFeed: the feed goes on from a cursor, and its files hold the same records.
func TestFeed(t *testing.T) {
	w := newWorld(t)
	for range 3 {
		w.falseDocument(t)
	}
	b := w.curl(t, analyst)
	one := decode[feedBody](t, b.get("/api/v1/threat/feed?limit=2").body)
	if len(one.Data) != 2 || !one.More || one.Data[0].Feed != "oic-feed/v1" {
		t.Fatalf("first page %+v", one)
	}
	two := decode[feedBody](t, b.get("/api/v1/threat/feed?cursor="+one.Next).body)
	if len(two.Data) != 1 || two.More {
		t.Fatalf("second page %+v", two)
	}
	if none := decode[feedBody](t, b.get("/api/v1/threat/feed?cursor="+two.Next).body); len(none.Data) != 0 || none.Next != two.Next {
		t.Errorf("after the end: %+v", none)
	}
	w.falseDocument(t)
	if more := decode[feedBody](t, b.get("/api/v1/threat/feed?cursor="+two.Next).body); len(more.Data) != 1 {
		t.Errorf("what came since: %+v", more)
	}
	lines := strings.Split(strings.TrimSpace(b.get("/api/v1/threat/feed/export?format=jsonl").body), "\n")
	rows, err := csv.NewReader(strings.NewReader(b.get("/api/v1/threat/feed/export?format=csv").body)).ReadAll()
	if err != nil || len(lines) != 4 || len(rows) != 5 || !slices.Equal(rows[0], threat.Columns) {
		t.Fatalf("%d lines, %d rows, %v", len(lines), len(rows), err)
	}
	for i, line := range lines {
		if o := decode[threat.Outcome](t, line); !slices.Equal(o.Cells(), rows[i+1]) {
			t.Errorf("line %d is %+v; the row %q", i, o, rows[i+1])
		}
	}
	for _, address := range []string{"/api/v1/threat/feed?cursor=!", "/api/v1/threat/feed?cursor=LTE", "/api/v1/threat/feed/export", "/api/v1/threat?from=2026", "/threat?site=x", "/api/v1/threat/pack?quarter=1999-Q1", "/threat/records?verdict=GEN"} {
		if a := w.as(t, analyst).get(address); a.status != http.StatusBadRequest {
			t.Errorf("%s: %d", address, a.status)
		}
	}
}

// TestFeedIsClosedTo: an officer, a reviewer and another system see nothing of it.
func TestFeedIsClosedTo(t *testing.T) {
	w := newWorld(t)
	for _, who := range []string{officer, reviewer, machine} {
		if a := w.curl(t, who).get("/api/v1/threat/feed"); a.status != http.StatusForbidden {
			t.Errorf("%s: %d", who, a.status)
		}
	}
	if a := w.as(t, officer).get("/"); strings.Contains(a.body, `href="/threat"`) {
		t.Error("the officer's menu has the threat area")
	}
}

// TestThreatIsWrittenDown: looking is a consultation, taking away a disclosure.
func TestThreatIsWrittenDown(t *testing.T) {
	w := newWorld(t)
	b := w.as(t, analyst)
	for _, address := range []string{"/threat", "/threat/records", "/threat/feed/export?format=csv", "/threat/feed/export?format=jsonl", "/threat/pack"} {
		if a := b.get(address); a.status != http.StatusOK {
			t.Errorf("%s: %d", address, a.status)
		}
	}
	w.curl(t, analyst).get("/api/v1/threat/feed")
	events, err := w.db.History(t.Context(), "threat")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range events {
		got = append(got, string(e.Operation)+" "+e.Detail+" "+e.Actor.Account)
	}
	want := []string{"consult list", "consult records", "disclose export_csv", "disclose export_jsonl", "disclose pack", "disclose feed"}
	for i := range want {
		want[i] += " " + analyst
	}
	if !slices.Equal(got, want) {
		t.Errorf("the log says %q; want %q", got, want)
	}
}

// formulas are texts that a spreadsheet would reckon with.
var formulas = []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1"}

// TestFeedCSVHoldsNoFormula: whatever stands in a record, no cell begins like a
// formula.
func TestFeedCSVHoldsNoFormula(t *testing.T) {
	var b bytes.Buffer
	rec := &recorder{header: http.Header{}, Buffer: &b}
	write := feedWriter(rec, "csv")
	for _, f := range formulas {
		o := threat.Outcome{Feed: f, Site: f, Model: threat.Model{IssuingState: f, Type: f}, Direction: f, Methods: []string{f}, Guidance: f, RuleSet: f, Modes: []string{f}}
		if err := write(o); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) != len(formulas)+1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows {
		for i, cell := range row {
			if regexp.MustCompile(`^[=+\-@\t\r\n＝＋－＠]`).MatchString(cell) {
				t.Errorf("%s is %q", threat.Columns[i], cell)
			}
		}
	}
}

// recorder takes what is written.
type recorder struct {
	header http.Header
	*bytes.Buffer
}

func (r *recorder) Header() http.Header { return r.header }
func (r *recorder) WriteHeader(int)     {}

// longFeed is a feed of so many made-up records.
type longFeed struct {
	threat.Store
	n int64
}

func (l longFeed) Outcomes(_ context.Context, f threat.Filter, each func(threat.Entry) error) error {
	for seq := f.After + 1; seq <= l.n && (f.Limit == 0 || seq <= f.After+int64(f.Limit)); seq++ {
		e := threat.Entry{Seq: seq, Outcome: threat.Record(threat.Facts{
			Document: pipeline.DocumentID(fmt.Sprint("TSD-", seq)), Model: threat.Model{IssuingState: "UTO", Type: "P"}, ScreenedAt: time.Unix(seq, 0),
			Decision: pipeline.Decision{Judgement: pipeline.Judgement{Verdict: pipeline.Counterfeit, Confidence: pipeline.Probable, Level: 1, Findings: []string{"MRZ-03"}}},
		})}
		if err := each(e); err != nil {
			return err
		}
	}
	return nil
}

// noAudit takes every event.
type noAudit struct{ pipeline.Audit }

func (noAudit) Append(context.Context, pipeline.AuditEvent) error { return nil }

// peak counts what is written, and how much memory is in use on the way.
type peak struct {
	recorder
	lines, heap uint64
}

func (p *peak) Write(b []byte) (int, error) {
	if p.lines++; p.lines%10_000 == 0 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		p.heap = max(p.heap, m.HeapAlloc)
	}
	return len(b), nil
}

// TestFeedExportsInConstantMemory: 100,000 records take no more memory than
// 10,000, in both forms.
func TestFeedExportsInConstantMemory(t *testing.T) {
	for _, format := range []string{"jsonl", "csv"} {
		var heaps []uint64
		for _, n := range []int64{10_000, 100_000} {
			s := &server{Config: Config{Threat: longFeed{n: n}, Audit: noAudit{}, Now: time.Now}}
			p := &peak{recorder: recorder{header: http.Header{}}}
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/?format="+format, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.exportFeed(p, r, pipeline.Account{}); err != nil {
				t.Fatal(err)
			}
			if p.lines < uint64(n) {
				t.Fatalf("%d lines of %d", p.lines, n)
			}
			heaps = append(heaps, p.heap)
		}
		t.Logf("%s: heap %d KiB at 10,000, %d KiB at 100,000", format, heaps[0]>>10, heaps[1]>>10)
		if heaps[1] > heaps[0]+4<<20 {
			t.Errorf("%s: heap grows from %d to %d bytes", format, heaps[0], heaps[1])
		}
	}
}

// TestFiguresLead: each number of the page that leads somewhere leads to records,
// about as many as it says.
func TestFiguresLead(t *testing.T) {
	w := newWorld(t)
	for range 30 {
		w.falseDocument(t)
	}
	b := w.as(t, supervisor)
	a := b.get("/threat")
	numbers := regexp.MustCompile(`href="(/threat/records\?[^"]+)">([\d,]+)<`).FindAllStringSubmatch(a.body, -1)
	if a.status != http.StatusOK || len(numbers) < 5 {
		t.Fatalf("%d, %d numbers in %s", a.status, len(numbers), a.body)
	}
	for _, n := range numbers {
		list := b.get(html.UnescapeString(n[1]) + "&limit=100")
		lines := strings.Count(list.body, `data-l="Finding"`)
		if list.status != http.StatusOK || fmt.Sprint(lines) != n[2] && (lines < 26 || lines > 34) {
			t.Errorf("%s says %s; the list has %d", n[1], n[2], lines)
		}
		if !strings.Contains(list.body, `href="/documents/TSD-`) {
			t.Error("a supervisor is not led to the documents")
		}
	}
	if list := w.as(t, analyst).get("/threat/records"); strings.Contains(list.body, "TSD-") {
		t.Error("an analyst is told references of documents")
	}
	api := decode[threatBody](t, w.curl(t, analyst).get("/api/v1/threat").body)
	if api.Total.Found == nil || *api.Total.Found != 30 && (*api.Total.Found < 25 || *api.Total.Found > 35) || !strings.Contains(a.body, api.Sentences[0]) {
		t.Errorf("the API says %+v", api)
	}
}

// TestPack: the pack is a PDF with title and language.
func TestPack(t *testing.T) {
	w := newWorld(t)
	q := page.Quarters(time.Now())[0]
	a := w.as(t, analyst).get("/threat/pack?quarter=" + q.Name)
	if a.status != http.StatusOK || a.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(a.body, "%PDF-1.") || !strings.Contains(a.body, "/Lang (en-GB)") {
		t.Fatalf("%d %s", a.status, a.header.Get("Content-Type"))
	}
	if got := a.header.Get("Content-Disposition"); !strings.Contains(got, q.Name) {
		t.Errorf("the file is called %s", got)
	}
}

// TestFeedSchemaIsServed: other systems can read the schema.
func TestFeedSchemaIsServed(t *testing.T) {
	a := newWorld(t).curl(t, analyst).get("/api/v1/threat/feed/schema")
	var described map[string]any
	if err := json.Unmarshal([]byte(a.body), &described); err != nil || described["$id"] != "oic-feed/v1" {
		t.Errorf("%v, %v", described["$id"], err)
	}
}
