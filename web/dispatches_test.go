package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
)

// TestDispatchAnswersMatch compares the answers of the API about recipients and
// what goes to them with their schemas.
func TestDispatchAnswersMatch(t *testing.T) {
	w := newWorld(t)
	d, o := describe(t), newOccasion(t, w, 1)
	ops := d.operations(t)
	admin, gate := w.curl(t, administrator), w.curl(t, machine)
	const list = "/api/v1/recipients"
	made := admin.postJSON(list, `{"name":"Lead","channel":"webhook","address":"https://lead.example/","account":"`+machine+`","kinds":["safeguarding"]}`)
	id := decode[recipientBody](t, made.body).ID
	f := decode[referralBody](t, o.api.postJSON("/api/v1"+o.at("/referrals"), `{"rule":"R-04","person":1,"nature":"msht","reason":"a debt"}`).body)
	ways := o.api.get("/api/v1/referrals/" + f.ID + "/dispatches")
	all := decode[dispatchListBody](t, ways.body).Data
	if len(all) != 1 || all[0].Recipient != id {
		t.Fatalf("dispatches %s", ways.body)
	}
	at := "/api/v1/dispatches/" + all[0].ID
	const one, again = "/api/v1/dispatches/{dispatch}", "/api/v1/referrals/{referral}/again"
	for _, tt := range []struct {
		op     string
		status int
		a      answer
	}{
		{"POST " + list, 201, made},
		{"POST " + list, 400, admin.postJSON(list, `{"name":"","channel":"pigeon"}`)},
		{"GET " + list, 200, admin.get(list)},
		{"POST /api/v1/rota", 200, admin.postJSON("/api/v1/rota", `{"site":"UTO","recipients":["`+id+`"]}`)},
		{"POST /api/v1/rota", 400, admin.postJSON("/api/v1/rota", `{"site":"utopia","recipients":["none"]}`)},
		{"GET /api/v1/rota", 200, admin.get("/api/v1/rota")},
		{"GET /api/v1/referrals/{referral}/dispatches", 200, ways},
		{"GET /api/v1/referrals/{referral}/pdf", 200, o.api.get("/api/v1/referrals/" + f.ID + "/pdf")},
		{"POST " + again, 400, o.api.postJSON("/api/v1/referrals/"+f.ID+"/again", `{"dispatch":"`+all[0].ID+`"}`)},
		{"GET " + one, 200, gate.get(at)},
		{"GET " + one, 404, gate.get("/api/v1/dispatches/none")},
		{"POST " + one + "/acknowledge", 200, gate.postJSON(at+"/acknowledge", `{}`)},
		{"POST " + one + "/acknowledge", 200, gate.postJSON(at+"/acknowledge", `{}`)},
		{"POST " + list + "/{recipient}/disable", 404, admin.postJSON(list+"/none/disable", `{}`)},
		{"POST " + list + "/{recipient}/disable", 204, admin.postJSON(list+"/"+id+"/disable", `{}`)},
	} {
		if tt.a.status != tt.status {
			t.Errorf("%s: %d %s; want %d", tt.op, tt.a.status, tt.a.body, tt.status)
			continue
		}
		if tt.status == 204 || strings.HasSuffix(tt.op, "pdf") {
			d.response(t, ops[tt.op], tt.status)
			continue
		}
		content := d.response(t, ops[tt.op], tt.status).Content[tt.a.header.Get("Content-Type")]
		if content.Schema == nil {
			t.Errorf("%s, %d: %s is not described", tt.op, tt.status, tt.a.header.Get("Content-Type"))
		} else if faults := d.match(content.Schema, decode[any](t, tt.a.body), ""); faults != nil {
			t.Errorf("%s, %d: %q in %s", tt.op, tt.status, faults, tt.a.body)
		}
	}
	if got := decode[referralBody](t, o.api.get("/api/v1/referrals/"+f.ID).body); got.State != casework.ReferralAcknowledged || got.AckBy != machine {
		t.Errorf("the referral is %s by %q", got.State, got.AckBy)
	}
	lines := strings.Join(w.history(t, f.ID), "\n")
	for _, want := range []string{"disclose fetched", "alter dispatch_acknowledged", "disclose pdf"} {
		if !strings.Contains(lines, want) {
			t.Errorf("the log does not say %q:\n%s", want, lines)
		}
	}
}

// TestDispatchOfOthers: what goes to another account reads as if it were not there,
// and the look is in the log.
func TestDispatchOfOthers(t *testing.T) {
	w := newWorld(t)
	o := newOccasion(t, w, 1)
	r := casework.Recipient{ID: "unit", Name: "Unit", Channel: casework.ChannelFile, Account: "another-machine", Kinds: []casework.ReferralKind{casework.KindSafeguarding}}
	if err := w.db.AddRecipient(t.Context(), r, "", pipeline.Deed{At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	f := decode[referralBody](t, o.api.postJSON("/api/v1"+o.at("/referrals"), `{"rule":"R-04","person":1,"nature":"msht","reason":"a debt"}`).body)
	all, err := w.db.Dispatches(t.Context(), f.ID)
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	gate := w.curl(t, machine)
	for _, a := range []answer{gate.get("/api/v1/dispatches/" + all[0].ID), gate.postJSON("/api/v1/dispatches/"+all[0].ID+"/acknowledge", `{}`)} {
		if a.status != http.StatusNotFound {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
	lines := slices.DeleteFunc(w.history(t, f.ID), func(line string) bool { return line != "consult denied "+machine })
	if len(lines) != 2 {
		t.Errorf("the log says %q", w.history(t, f.ID))
	}
}

// TestWithheld: what was sent to a State is not read, printed or sent again
// once somebody seeks asylum; a report about a supplier neither, once something
// about its person's safety comes up.
func TestWithheld(t *testing.T) {
	w := newWorld(t)
	o := newOccasion(t, w, 1)
	r := casework.Recipient{ID: "state", Name: "Bureau", Channel: casework.ChannelFile, Account: machine, Kinds: []casework.ReferralKind{casework.KindIssuer, casework.KindOIC}}
	if err := w.db.AddRecipient(t.Context(), r, "", pipeline.Deed{At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	o.page.postForm(o.at("/people/1/answers"), url.Values{"source": {"person"}, "S1": {"no"}, "S2": {"no"}, "S3": {"self"}, "S4": {"none"}, "S5": {"yes"}})
	gate := w.curl(t, machine)
	for rule, later := range map[string]url.Values{"R-08": {"F4": {"yes"}}, "R-12": {"S4": {"debt"}}} {
		a := o.api.postJSON("/api/v1"+o.at("/referrals"), `{"rule":"`+rule+`","person":1,"nature":"oic","reason":"was found"}`)
		f := decode[referralBody](t, a.body)
		all, err := w.db.Dispatches(t.Context(), f.ID)
		if err != nil || len(all) != 1 {
			t.Fatalf("%s: %d, %v, %v", rule, a.status, all, err)
		}
		at, pdf := "/api/v1/dispatches/"+all[0].ID, "/referrals/"+f.ID+"/pdf"
		if a, b := gate.get(at), o.page.get(pdf); a.status != http.StatusOK || b.status != http.StatusOK || !strings.HasPrefix(b.body, "%PDF-") {
			t.Errorf("%s: %d and %d before", rule, a.status, b.status)
		}
		later.Set("source", "person")
		o.page.postForm(o.at("/people/1/answers"), later)
		if _, err := w.db.ClaimDispatch(t.Context(), time.Now(), time.Now().Add(time.Minute)); err == nil {
			t.Errorf("%s: it still goes", rule)
		}
		again := o.page.postForm("/referrals/"+f.ID+"/again", url.Values{"dispatch": {all[0].ID}})
		if a, b := gate.get(at), o.page.get(pdf); a.status != http.StatusConflict || b.status != http.StatusConflict || again.status != http.StatusBadRequest {
			t.Errorf("%s: %d, %d and %d after", rule, a.status, b.status, again.status)
		}
		if a := o.page.get("/referrals/" + f.ID); !strings.Contains(a.body, "Held back") {
			t.Errorf("%s: the page does not say that it is held back", rule)
		}
		o.open(1)
		o.page.postForm(o.at("/people/1/answers"), url.Values{"source": {"person"}, "S1": {"no"}, "S2": {"no"}, "S3": {"self"}, "S4": {"none"}, "S5": {"yes"}})
	}
}

// TestRecipientsPage: an administrator adds a recipient, sees its secret once, and
// sets a rota; a page is sent where nobody answers, and can be sent again.
func TestRecipientsPage(t *testing.T) {
	w := newWorld(t)
	o, admin := newOccasion(t, w, 1), w.as(t, administrator)
	if a := admin.postForm("/recipients", url.Values{"name": {"Lead"}, "channel": {"email"}, "address": {"two@x.example, three@x.example"}}); a.status != http.StatusBadRequest || !strings.Contains(a.body, "Enter one e-mail address") {
		t.Errorf("%d: two mailboxes are taken for one", a.status)
	}
	if a := admin.postForm("/recipients", url.Values{"name": {"Lead"}, "channel": {"webhook"}, "address": {"https://lead.example/"}}); !strings.Contains(a.body, "whsec_") {
		t.Errorf("%d: no secret", a.status)
	}
	if a := admin.get("/recipients"); strings.Contains(a.body, "whsec_") || !strings.Contains(a.body, "it is only paged") {
		t.Error("the secret is shown again, or the recipient is not")
	}
	all, err := w.db.ListRecipients(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	if a := admin.postForm("/rota", url.Values{"site": {"uto"}, "recipients": {all[0].ID, "", "", ""}}); a.status != http.StatusSeeOther {
		t.Fatalf("set a rota: %d %s", a.status, a.body)
	}
	f := decode[referralBody](t, o.api.postJSON("/api/v1"+o.at("/referrals"), `{"rule":"R-04","person":1,"nature":"msht","reason":"a debt"}`).body)
	if n, err := w.db.Escalate(t.Context(), f.SentAt.Add(11*time.Minute)); n != 2 || err != nil {
		t.Fatalf("%d steps, %v", n, err)
	}
	for range 2 {
		d, err := w.db.ClaimDispatch(t.Context(), f.SentAt.Add(time.Hour), f.SentAt.Add(2*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if err := w.db.SettleDispatch(t.Context(), d.Tried("200", true, time.Now(), 0), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	a := o.page.get("/referrals/" + f.ID)
	if !strings.Contains(a.body, "Page, step 1 of the rota") || !strings.Contains(a.body, "Delivered, not acknowledged yet") {
		t.Error("the referral does not say who was paged")
	}
	ds, err := w.db.Dispatches(t.Context(), f.ID)
	if err != nil {
		t.Fatal(err)
	}
	if a := o.page.postForm("/referrals/"+f.ID+"/again", url.Values{"dispatch": {ds[0].ID}}); a.status != http.StatusSeeOther {
		t.Errorf("send it again: %d", a.status)
	}
	if got, _, err := w.db.FindDispatch(t.Context(), ds[0].ID); err != nil || got.State != pipeline.DeliveryWaiting {
		t.Errorf("it is %s, %v", got.State, err)
	}
	if a := o.page.postForm("/referrals/"+f.ID+"/again", url.Values{"dispatch": {"dsp_other"}}); a.status != http.StatusBadRequest {
		t.Errorf("send another: %d", a.status)
	}
	if lines := fmt.Sprint(w.history(t, "rota")); !strings.Contains(lines, "set") {
		t.Errorf("the log says %s", lines)
	}
}

// TestS5b: a referral about extremism is seen by accounts alone that an
// administrator has named, whatever their role: not by who sent it, an analyst, a
// supervisor or its safeguarding lead. Who looks in vain is in the log.
func TestS5b(t *testing.T) {
	w := newWorld(t)
	o, admin := newOccasion(t, w, 1), w.as(t, administrator)
	o.page.postForm(o.at("/people/1/answers"), url.Values{"source": {"officer"}, "U13": {"extremist"}})
	a := o.api.postJSON("/api/v1"+o.at("/referrals"), `{"rule":"R-13","person":1,"nature":"neither_yet","reason":"was told so"}`)
	f := decode[referralBody](t, a.body)
	sees := func(account string) bool {
		b := w.curl(t, account)
		one := b.get("/api/v1/referrals/" + f.ID)
		if one.status != http.StatusOK && one.status != http.StatusNotFound && one.status != http.StatusForbidden {
			t.Errorf("%s: %d", account, one.status)
		}
		listed := strings.Contains(b.get("/api/v1/referrals").body, f.ID) || strings.Contains(b.get("/api/v1"+o.at("/people")).body, f.ID)
		if listed != (one.status == http.StatusOK) {
			t.Errorf("%s finds it in a list: %t, and opens it: %d", account, listed, one.status)
		}
		return one.status == http.StatusOK
	}
	for _, account := range []string{officer, safeguarding, analyst, supervisor, reviewer, auditor, administrator} {
		if sees(account) {
			t.Errorf("%s sees it without need", account)
		}
	}
	if lines := strings.Join(w.history(t, f.ID), "\n"); strings.Count(lines, "denied") < 3 {
		t.Errorf("the log says\n%s", lines)
	}
	if a := admin.postForm("/accounts/"+safeguarding+"/need-to-know/give", nil); a.status != http.StatusSeeOther && a.status != http.StatusOK {
		t.Fatalf("name an account: %d", a.status)
	}
	if !sees(safeguarding) || sees(supervisor) {
		t.Error("the named one does not see it, or others do")
	}
	w.desk.server.Now = func() time.Time { return time.Now().Add(3 * time.Hour) }
	if a := w.curl(t, supervisor).get("/api/v1/board"); decode[boardBody](t, a.body).Referrals != 0 {
		t.Errorf("the board counts it: %s", a.body)
	}
	admin.postForm("/accounts/"+safeguarding+"/need-to-know/take", nil)
	if sees(safeguarding) {
		t.Error("it is seen after that was taken back")
	}
	if lines := strings.Join(w.history(t, "account:"+safeguarding), "\n"); !strings.Contains(lines, "need_to_know_given") || !strings.Contains(lines, "need_to_know_taken") {
		t.Errorf("the log says\n%s", lines)
	}
}

// TestS9Board: what nobody acknowledges or does in time is a number of the board,
// and the list behind it has each of them, on the page and in the API.
func TestS9Board(t *testing.T) {
	w := newWorld(t)
	o := newOccasion(t, w, 1)
	f := decode[referralBody](t, o.api.postJSON("/api/v1"+o.at("/referrals"), `{"rule":"R-04","person":1,"nature":"msht","reason":"a debt"}`).body)
	numbers := func() (int, int) {
		b := decode[boardBody](t, w.curl(t, supervisor).get("/api/v1/board").body)
		return b.Referrals, b.Tasks
	}
	if r, n := numbers(); r != 0 || n != 0 {
		t.Errorf("%d referrals and %d tasks are late at once", r, n)
	}
	w.desk.server.Now = func() time.Time { return time.Now().Add(8 * 24 * time.Hour) }
	r, n := numbers()
	d, a := describe(t), w.curl(t, supervisor).get("/api/v1/board/overdue")
	list := decode[overdueBody](t, a.body)
	if r != 1 || n != len(list.Tasks) || n < 1 || len(list.Referrals) != 1 || list.Referrals[0].ID != f.ID || list.Tasks[0].Encounter != o.reference {
		t.Errorf("the board says %d and %d; the list is %s", r, n, a.body)
	}
	content := d.response(t, d.operations(t)["GET /api/v1/board/overdue"], 200).Content["application/json"]
	if faults := d.match(content.Schema, decode[any](t, a.body), ""); faults != nil {
		t.Errorf("%q in %s", faults, a.body)
	}
	boss := w.as(t, supervisor)
	if a := boss.get("/board"); !strings.Contains(a.body, "/board/overdue#tasks") {
		t.Error("the board does not lead to the list")
	}
	if a := boss.get("/board/overdue"); !strings.Contains(a.body, f.ID) || !strings.Contains(a.body, o.reference) {
		t.Error("the page does not list them")
	}
}

// TestLegalLimits: an encounter in custody shows its limits, and is on the board
// once an alert has passed, in the API too; elsewhere no limit runs.
func TestLegalLimits(t *testing.T) {
	w := newWorld(t)
	open := func(c pipeline.Channel, hours time.Duration) string {
		now := time.Now()
		e, err := w.db.OpenEncounter(t.Context(), pipeline.Encounter{Site: "UTO", Channel: c, People: 1, ClockFrom: now.Add(-hours * time.Hour), OpenedBy: officer, OpenedAt: now})
		if err != nil {
			t.Fatal(err)
		}
		return e.Reference
	}
	near := open(pipeline.ChannelCustody, 5)
	for c, hours := range map[pipeline.Channel]time.Duration{pipeline.ChannelCustody: 1, pipeline.ChannelPrimary: 5} {
		open(c, hours)
	}
	open(pipeline.ChannelCustody, 30) // its last limit has passed
	a := w.curl(t, supervisor).get("/api/v1/board/overdue")
	d, list := describe(t), decode[overdueBody](t, a.body)
	if len(list.Near) != 1 || list.Near[0].Encounter != near || list.Near[0].Next.Limit != "First review" {
		t.Errorf("the list is %s", a.body)
	}
	content := d.response(t, d.operations(t)["GET /api/v1/board/overdue"], 200).Content["application/json"]
	if faults := d.match(content.Schema, decode[any](t, a.body), ""); faults != nil {
		t.Errorf("%q in %s", faults, a.body)
	}
	if b := decode[boardBody](t, w.curl(t, supervisor).get("/api/v1/board").body); b.Near != 1 {
		t.Errorf("the board says %d", b.Near)
	}
	if a := w.as(t, officer).get("/encounters/" + near + "/people"); !strings.Contains(a.body, "Second review") {
		t.Error("the encounter does not show its limits")
	}
	if g := decode[groupBody](t, w.curl(t, officer).get("/api/v1/encounters/"+near+"/people").body); len(g.Limits) != 3 {
		t.Errorf("the API gives %v", g.Limits)
	}
}
