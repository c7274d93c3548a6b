package web

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"touchstone.internal/pipeline/casework"
)

// tied is a series that an analyst opened.
type tied struct {
	t         *testing.T
	page, api *browser // of the analyst
	id        string
}

// tie opens a series with documents.
func tie(t *testing.T, w *world, documents ...string) *tied {
	t.Helper()
	s := &tied{t: t, page: w.as(t, analyst), api: w.curl(t, analyst)}
	a := s.api.postJSON("/api/v1/series", `{"title":"Soft print in the background","words":"the same dots are missing"}`)
	if a.status != http.StatusCreated {
		t.Fatalf("open a series: %d %s", a.status, a.body)
	}
	s.id = decode[seriesBody](t, a.body).ID
	for _, d := range documents {
		if a := s.say(`{"kind":"added","document":"` + d + `","words":"the same dots are missing"}`); a.status != http.StatusCreated {
			t.Fatalf("add a document: %d %s", a.status, a.body)
		}
	}
	return s
}

// say adds an entry by the API.
func (s *tied) say(body string) answer {
	s.t.Helper()
	return s.api.postJSON("/api/v1/series/"+s.id+"/entries", body)
}

// as is the series as an account sees it.
func (s *tied) as(w *world, account string) seriesBody {
	s.t.Helper()
	return decode[seriesBody](s.t, w.curl(s.t, account).get("/api/v1/series/"+s.id).body)
}

// presented is a document that the first person of a new encounter at a site hands over.
func presented(t *testing.T, w *world, site string, picture []byte) (document string, o *occasion) {
	t.Helper()
	o = &occasion{w: w, page: w.as(t, officer), api: w.curl(t, officer)}
	o.reference = decode[encounterBody](t, o.api.postJSON("/api/v1/encounters", `{"site":"`+site+`","channel":"custody","people":1}`).body).Reference
	o.page.postForm(o.at("/people"), nil)
	return o.hands(t, 1, picture), o
}

// hands uploads a document that a person hands over.
func (o *occasion) hands(t *testing.T, number int, picture []byte) string {
	t.Helper()
	a := o.api.send("/api/v1/documents", []part{{"encounter", "", []byte(o.reference)}, {"capture", "", []byte("C1")}, {"file", "page.jpg", picture}})
	id := string(decode[documentBody](t, a.body).ID)
	if a := o.api.postJSON("/api/v1"+o.at("/holdings"), fmt.Sprintf(`{"document":%q,"held_by":%d,"belongs_to":%d}`, id, number, number)); a.status != http.StatusCreated {
		t.Fatalf("who holds it: %d %s", a.status, a.body)
	}
	return id
}

// TestS5cSeries is "testing law enforcement response": the page of a series says that
// three attempts at three ports may be a test, and names the three records. What people
// think of it they put down.
func TestS5cSeries(t *testing.T) {
	w := newWorld(t)
	var all []string
	for _, site := range []string{"UTO", "NPT", "DVR"} {
		d, _ := presented(t, w, site, picture())
		all = append(all, d)
	}
	s := tie(t, w, all[:2]...)
	if a := s.page.get("/series/" + s.id); a.status != http.StatusOK || strings.Contains(a.body, "Possible probing") {
		t.Errorf("of two attempts: %d", a.status)
	}
	s.page.postForm("/series/"+s.id+"/entries", url.Values{"kind": {"added"}, "added-document": {strings.ToLower(all[2])}, "added-words": {"the same dots"}})
	a := s.page.get("/series/" + s.id)
	_, card, _ := strings.Cut(a.body, "Possible probing")
	card, _, _ = strings.Cut(card, "</section>")
	for _, d := range all {
		if !strings.Contains(card, d) {
			t.Errorf("the card does not name %s: %s", d, card)
		}
	}
	if got := s.as(w, analyst); !slices.Equal(got.Probing, all) {
		t.Errorf("the API says %q", got.Probing)
	}
	seen := url.Values{"kind": {"observation"}, "observation-observation": {"testing_response"}, "observation-source": {"records"}, "observation-grade": {"1B"}, "observation-words": {"three ports in a day"}}
	if a := s.page.postForm("/series/"+s.id+"/entries", seen); a.status != http.StatusSeeOther {
		t.Errorf("put down: %d", a.status)
	}
	if a := s.page.get("/series/" + s.id); !strings.Contains(a.body, "Testing law enforcement response. “three ports in a day”") {
		t.Error("what was put down is not shown")
	}
}

// TestS6 is "MSHT can be linked to OIC": from an encounter, a person and a series the
// way to the safeguarding lead is two clicks at most, and what was sent from a series is
// with it.
func TestS6(t *testing.T) {
	w := newWorld(t)
	d, o := presented(t, w, "UTO", picture())
	o.page.postForm(o.at("/people/1/answers"), url.Values{"source": {"person"}, "S4": {"debt"}})
	s := tie(t, w, d)
	lead := w.as(t, safeguarding)
	enquiry := "/encounters/" + o.reference + "/refer?rule=R-04&amp;person=1"
	for from, way := range map[string]string{o.at("/people"): enquiry, o.at("/people/1"): enquiry, "/series/" + s.id: enquiry + "&amp;series=" + s.id} {
		if a := lead.get(from); !strings.Contains(a.body, `href="`+way+`"`) {
			t.Errorf("%s has no way to an enquiry", from)
		}
	}
	way := "/encounters/" + o.reference + "/refer"
	if a := lead.get(way + "?rule=R-04&person=1&series=" + s.id); a.status != http.StatusOK || !strings.Contains(a.body, `name="series" value="`+s.id+`"`) {
		t.Errorf("the form: %d", a.status)
	}
	form := url.Values{"rule": {"R-04"}, "person": {"1"}, "series": {s.id}, "nature": {"both"}, "reason": {"the series moves people who owe"}}
	sent := lead.postForm(way, form)
	if sent.status != http.StatusSeeOther {
		t.Fatalf("%d %s", sent.status, sent.body)
	}
	if got := s.as(w, safeguarding); got.Referred != 1 || len(got.Referrals) != 1 || got.Referrals[0].Series != s.id {
		t.Errorf("the lead sees %+v", got)
	}
	if got := s.as(w, analyst); got.Referred != 1 || len(got.Referrals) > 0 || len(got.People) > 0 {
		t.Errorf("the analyst sees %+v", got)
	}
	form.Set("series", tie(t, w).id)
	if a := lead.postForm(way, form); a.status != http.StatusBadRequest {
		t.Errorf("from a series that has nothing to do with it: %d", a.status)
	}
	if lines := strings.Join(w.history(t, s.id), "\n"); !strings.Contains(lines, "referral_sent") {
		t.Errorf("the log of the series says:\n%s", lines)
	}
}

// TestS21Series is "different business models": an analyst says how the group works,
// with source and grade, under the labels of the day; without a grade it is refused.
func TestS21Series(t *testing.T) {
	w := newWorld(t)
	s := tie(t, w)
	at := "/series/" + s.id + "/entries"
	form := url.Values{"kind": {"business_model"}, "business_model-business_model": {"BM-TRANS"}, "business_model-source": {"partner"}, "business_model-grade": {"1C"}, "business_model-words": {"told by the port police"}}
	if a := s.page.postForm(at, form); a.status != http.StatusSeeOther {
		t.Errorf("set: %d", a.status)
	}
	if a := s.page.get("/series/" + s.id); !strings.Contains(a.body, "Transport, then hands over") || !strings.Contains(a.body, "graded 1C: reliable source, known indirectly") {
		t.Error("the page does not say model and grade")
	}
	if got := s.as(w, analyst); got.Business != casework.BusinessTransport || got.Entries[1].Labels != "1" || got.Entries[1].By != analyst {
		t.Errorf("the API says %+v", got.Entries)
	}
	form.Del("business_model-grade")
	if a := s.page.postForm(at, form); a.status != http.StatusBadRequest || !strings.Contains(a.body, `href="#business_model-grade"`) || !strings.Contains(a.body, "told by the port police") {
		t.Errorf("without a grade: %d", a.status)
	}
	if a := w.curl(t, officer).postJSON("/api/v1"+at, `{"kind":"business_model","business_model":"BM-FULL","source":"told","grade":"2D","words":"x"}`); a.status != http.StatusForbidden {
		t.Errorf("an officer sets it: %d", a.status)
	}
}

// TestS22Series is "smuggling or providing false documents before exploiting them": of
// nine holders two were referred later. The series says so, comes first, and does not
// tell the analyst who they are.
func TestS22Series(t *testing.T) {
	w := newWorld(t)
	first, o := presented(t, w, "UTO", picture())
	all := []string{first}
	for n := 2; n <= 9; n++ {
		o.page.postForm(o.at("/people"), nil)
		all = append(all, o.hands(t, n, picture()))
	}
	s := tie(t, w, all...)
	if got := s.as(w, analyst); got.Holders != 9 || got.Victims != 0 || got.Priority != "P3" {
		t.Errorf("before: %+v", got.listedSeries)
	}
	newer := tie(t, w)
	for _, n := range []int{3, 7} {
		o.page.postForm(o.at(fmt.Sprintf("/people/%d/answers", n)), url.Values{"source": {"person"}, "S4": {"debt"}, "F5": {"refuses"}})
		if a := o.api.postJSON("/api/v1"+o.at("/referrals"), fmt.Sprintf(`{"rule":"R-03","person":%d,"consent":"refused","nature":"msht","reason":"works off a debt"}`, n)); a.status != http.StatusCreated {
			t.Fatalf("refer: %d %s", a.status, a.body)
		}
	}
	a := s.page.get("/series/" + s.id)
	if !strings.Contains(a.body, "2 of 9 holders are potential victims") || !strings.Contains(a.body, "P2, today") || strings.Contains(a.body, o.reference) {
		t.Error("the page does not say so, or tells who they are")
	}
	list := decode[seriesListBody](t, s.api.get("/api/v1/series").body).Data
	if len(list) != 2 || list[0].ID != s.id || list[0].Victims != 2 || list[1].ID != newer.id {
		t.Errorf("the list is %+v", list)
	}
	if got := s.as(w, safeguarding); len(got.People) != 9 || !got.People[2].Referred || got.People[3].Referred {
		t.Errorf("the lead sees %+v", got.People)
	}
}

// TestS24 is "transport before handing migrants on": a hand-over joins two series that
// stay apart, and is shown with both.
func TestS24(t *testing.T) {
	w := newWorld(t)
	one, _ := presented(t, w, "UTO", picture())
	two, _ := presented(t, w, "NPT", picture())
	carriers, others := tie(t, w, one), tie(t, w, two)
	seen := `{"kind":"observation","observation":"handed_on","handed_to":"` + others.id + `","source":"told","grade":"2C","words":"a lorry waited at the farm"}`
	if a := carriers.say(seen); a.status != http.StatusCreated {
		t.Fatalf("%d %s", a.status, a.body)
	}
	from, to := carriers.as(w, analyst), others.as(w, analyst)
	if len(from.Documents) != 1 || from.Documents[0].Document != one || len(to.Documents) != 1 || to.Documents[0].Document != two {
		t.Errorf("the two are mixed: %+v, %+v", from.Documents, to.Documents)
	}
	if !slices.Equal(to.From, []string{carriers.id}) || len(from.From) > 0 || len(to.Entries) != 2 {
		t.Errorf("edges: %q, %q", from.From, to.From)
	}
	for _, s := range [][2]string{{carriers.id, others.id}, {others.id, carriers.id}} {
		if a := carriers.page.get("/series/" + s[0]); !strings.Contains(a.body, `href="/series/`+s[1]+`"`) {
			t.Errorf("%s does not lead to %s", s[0], s[1])
		}
	}
	for _, handedTo := range []string{"W-0000-0000", carriers.id, "the farm"} {
		if a := carriers.say(strings.Replace(seen, others.id, handedTo, 1)); a.status != http.StatusBadRequest {
			t.Errorf("handed on to %s: %d", handedTo, a.status)
		}
	}
}

// TestUI07: a series is one click from the threat area, a document one from the series,
// and so is its table; no cell of it is a formula.
func TestUI07(t *testing.T) {
	w := newWorld(t)
	d, _ := presented(t, w, "UTO", picture())
	s := tie(t, w, d)
	s.say(`{"kind":"taken_out","document":"` + d + `","words":"another printer"}`)
	s.say(`{"kind":"added","document":"` + d + `","words":"=HYPERLINK(1)"}`)
	b := w.as(t, supervisor)
	if a := b.get("/threat"); !strings.Contains(a.body, `href="/series/`+s.id+`"`) {
		t.Error("the threat area does not lead to the series")
	}
	a := b.get("/series/" + s.id)
	if !strings.Contains(a.body, `href="/documents/`+d+`"`) || !strings.Contains(a.body, `href="/series/`+s.id+`/export"`) {
		t.Error("the series does not lead to its document or table")
	}
	if a := s.page.get("/series/" + s.id); strings.Contains(a.body, `href="/documents/`) {
		t.Error("an analyst is led to a document that they may not read")
	}
	file := b.get("/series/" + s.id + "/export")
	rows, err := csv.NewReader(strings.NewReader(file.body)).ReadAll()
	if err != nil || len(rows) != 2 || !slices.Equal(rows[0], seriesColumns) || rows[1][3] != d || rows[1][9] != "'=HYPERLINK(1)" {
		t.Errorf("%v, %q", err, rows)
	}
	if lines := strings.Join(w.history(t, s.id), "\n"); !strings.Contains(lines, "disclose export_csv "+supervisor) {
		t.Errorf("the log says:\n%s", lines)
	}
}

// TestSeriesForms: what cannot stand is said beside its field, and a document that
// another series has stays there.
func TestSeriesForms(t *testing.T) {
	w := newWorld(t)
	d, _ := presented(t, w, "UTO", picture())
	s, second := tie(t, w, d), tie(t, w)
	for _, tt := range []struct{ at, says, form string }{
		{"/series", `href="#title"`, "words=x"},
		{"/series", `href="#words"`, "title=Soft+print"},
		{"/series/" + second.id + "/entries", "This document belongs to another series", "kind=added&added-words=x&added-document=" + d},
		{"/series/" + second.id + "/entries", "There is nothing of this reference", "kind=added&added-words=x&added-document=TSD-0000-0000"},
		{"/series/" + second.id + "/entries", "A document reference has 8 letters", "kind=added&added-words=x&added-document=Anna"},
		{"/series/" + s.id + "/entries", "A series needs 3 documents", "kind=state&state-state=confirmed&state-words=x"},
		{"/series/" + s.id + "/entries", `href="#taken_out-words"`, "kind=taken_out&taken_out-document=" + d},
	} {
		form, err := url.ParseQuery(tt.form)
		if err != nil {
			t.Fatal(err)
		}
		if a := s.page.postForm(tt.at, form); a.status != http.StatusBadRequest || !strings.Contains(a.body, tt.says) {
			t.Errorf("%s with %s: %d", tt.at, tt.form, a.status)
		}
	}
}

// TestSeriesAnswersMatch compares the answers of the API about series and links with
// their schemas.
func TestSeriesAnswersMatch(t *testing.T) {
	w := newWorld(t)
	one := picture()
	d, o := presented(t, w, "UTO", one)
	presented(t, w, "NPT", one)
	o.page.postForm(o.at("/people"), nil)
	s := tie(t, w, d)
	s.say(`{"kind":"business_model","business_model":"BM-FULL","source":"told","grade":"2D","words":"x"}`)
	at, lead := "/api/v1/series/"+s.id, w.curl(t, safeguarding)
	links := "/api/v1" + o.at("/people/1/links")
	const entries = "POST /api/v1/series/{series}/entries"
	const saveLink = "POST /api/v1/encounters/{reference}/people/{number}/links"
	describe(t).compare(t, []shaped{
		{saveLink, 201, o.api.postJSON(links, `{"to":2,"kind":"sibling_of","status":"claimed","source":"person","grade":"2D","words":"as they said"}`)},
		{saveLink, 400, o.api.postJSON(links, `{"to":2}`)},
		{saveLink, 404, w.curl(t, other).postJSON(links, `{}`)},
		{"GET /api/v1/encounters/{reference}/people/{number}/links", 200, o.api.get(links)},
		{"POST /api/v1/series", 201, s.api.postJSON("/api/v1/series", `{"title":"Soft print","words":"x"}`)},
		{"POST /api/v1/series", 400, s.api.postJSON("/api/v1/series", `{"title":"No. 12345678"}`)},
		{"POST /api/v1/series", 403, o.api.postJSON("/api/v1/series", `{}`)},
		{entries, 201, s.say(`{"kind":"observation","observation":"before_exploitation","source":"records","grade":"1A","words":"x"}`)},
		{entries, 400, s.say(`{"kind":"added","document":"` + d + `"}`)},
		{entries, 400, s.say(`{}`)},
		{"GET /api/v1/series", 200, s.api.get("/api/v1/series")},
		{"GET /api/v1/series/{series}", 200, lead.get(at)},
		{"GET /api/v1/series/{series}", 404, s.api.get("/api/v1/series/W-0000-0000")},
		{"GET /api/v1/series/{series}", 404, s.api.get("/api/v1/series/Anna%20Specimen")},
	})
	if got := s.as(w, safeguarding); len(got.Related) != 1 || got.Related[0].Because != casework.SharedPicture || len(got.People) != 1 {
		t.Errorf("the schema was compared with too little: %+v", got)
	}
	if got := w.history(t, "Anna Specimen"); got != nil {
		t.Errorf("the log holds what was typed: %q", got)
	}
}
