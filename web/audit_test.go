package web

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"touchstone.internal/pipeline"
)

// TestAuditLog: the auditor finds denials, page by page; looking is written
// down before anything is shown, and so is what leaves as a file.
func TestAuditLog(t *testing.T) {
	w := newWorld(t)
	ops := describe(t).operations(t)
	d := w.receive(t, officer)
	for range 3 {
		w.as(t, other).get("/documents/" + string(d.ID))
	}
	b, client := w.as(t, auditor), w.curl(t, auditor)
	a := b.get("/audit?account=" + other + "&object=" + strings.ToLower(string(d.ID)) + "&operation=consult&day=" + time.Now().Format(time.DateOnly))
	if a.status != http.StatusOK || strings.Count(a.body, "denied") != 3 {
		t.Errorf("%d, denials: %d", a.status, strings.Count(a.body, "denied"))
	}
	var seqs []int64
	for path := "/api/v1/audit?limit=2&object=" + string(d.ID); path != ""; {
		a := client.get(path)
		describe(t).check(t, ops["GET /api/v1/audit"], http.StatusOK, a)
		for _, e := range decode[pageBody[auditBody]](t, a.body).Data {
			seqs = append(seqs, e.Seq)
		}
		path, _, _ = strings.Cut(strings.TrimPrefix(a.header.Get("Link"), "<"), ">")
	}
	if len(seqs) != 4 || !slices.IsSortedFunc(seqs, func(a, b int64) int { return int(b - a) }) {
		t.Errorf("events %v", seqs)
	}
	if got := w.history(t, "audit"); !slices.Equal(got, []string{"consult list aude", "consult list aude", "consult list aude"}) {
		t.Errorf("of the log the log says %q", got)
	}
	for _, query := range []string{"day=24/11", "operation=steal", "cursor=eA", "cursor=LTE"} {
		if a := b.get("/audit?" + query); a.status != http.StatusBadRequest {
			t.Errorf("%s: %d", query, a.status)
		}
		describe(t).check(t, ops["GET /api/v1/audit"], http.StatusBadRequest, client.get("/api/v1/audit?"+query))
	}
}

// TestAuditExport: the file holds all that the filters choose, however many
// steps it takes, and no cell is a formula.
func TestAuditExport(t *testing.T) {
	w := newWorld(t)
	for i := range exportStep + 5 {
		e := pipeline.AuditEvent{At: time.Now(), Operation: pipeline.OpConsult, Object: "x", Detail: fmt.Sprint("=", i), Actor: pipeline.Actor{Account: "@cmd"}}
		if err := w.db.Append(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	b := w.as(t, auditor)
	a := b.get("/audit/export?format=csv&object=x")
	rows, err := csv.NewReader(strings.NewReader(a.body)).ReadAll()
	if err != nil || a.status != http.StatusOK || len(rows) != exportStep+6 || rows[1][6] != fmt.Sprint("'=", exportStep+4) || rows[1][2] != "'@cmd" {
		t.Errorf("%d, %d rows, %v, first %q", a.status, len(rows), err, rows[1])
	}
	a = b.get("/audit/export?format=jsonl&object=x")
	if lines := strings.Split(strings.TrimSpace(a.body), "\n"); len(lines) != exportStep+5 || decode[auditBody](t, lines[0]).Detail != fmt.Sprint("=", exportStep+4) {
		t.Errorf("%d lines, first %s", len(lines), lines[0])
	}
	if a := b.get("/audit/export?format=pdf"); a.status != http.StatusBadRequest {
		t.Errorf("another format: %d", a.status)
	}
	if got := w.history(t, "audit"); !slices.Equal(got, []string{"disclose export_csv aude", "disclose export_jsonl aude"}) {
		t.Errorf("the log says %q", got)
	}
}

// TestAuditTakesNoWords: what somebody types into an address is no object of the
// log, where it would stand for good.
func TestAuditTakesNoWords(t *testing.T) {
	w := newWorld(t)
	b := w.as(t, officer)
	for _, object := range []string{"=SUM(A1)", "Jane Specimen", strings.Repeat("A", 5000)} {
		for _, path := range []string{"/encounters/%s/people", "/encounters/%s/refer", "/api/v1/encounters/%s/people", "/documents/%s", "/referrals/%s", "/reviews/%s", "/api/v1/uploads/%s"} {
			if a := b.get(fmt.Sprintf(path, url.PathEscape(object))); a.status != http.StatusNotFound && a.status != http.StatusForbidden {
				t.Errorf(path+": %d", object, a.status)
			}
		}
		if got := w.history(t, object); got != nil {
			t.Errorf("the log says of %.20q: %q", object, got)
		}
	}
	for sign, want := range map[string]string{"=": "'=1", "\n": "'\n1", "＝": "'＝1", "é": "é1", "1": "11"} {
		if got := cellText(sign + "1"); got != want {
			t.Errorf("a cell of %q is %q", sign+"1", got)
		}
	}
}
