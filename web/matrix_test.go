package web

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
	"touchstone.internal/web/policy"
)

// sample is what a request to a route says beside its address. A route without
// one is asked with an empty form, or an empty object if it is of the API.
type sample struct {
	address string     // in place of that of the pattern
	form    url.Values // application/x-www-form-urlencoded
	parts   []part     // multipart/form-data
	json    string
	empty   bool // it shows nothing of anybody, so that no event is written before
}

// samples are by pattern. To add a route: register it in routes.go, add a line
// here if its request needs one, run
//
//	go test ./web -run TestMatrix -update
//
// and read what changed in testdata/matrix.txt.
var samples = map[string]sample{
	"GET /search":           {empty: true},
	"POST /search":          {form: url.Values{"kind": {"name"}, "text": {"Eriksson"}, "reason": {"enquiry"}, "note": {"Case 17"}}},
	"POST /filters":         {form: url.Values{"page": {"/documents"}, "name": {"Ferry"}, "query": {"state=screened"}}},
	"POST /api/v1/filters":  {json: `{"page": "/documents", "name": "Ferry", "query": "state=screened"}`},
	"GET /api/v1/filters":   {empty: true},
	"POST /api/v1/searches": {json: searchJSON("name", "Eriksson")},

	"GET /assets/{name}":                 {address: "/assets/nothing"},
	"GET /{$}":                           {address: "/"},
	"GET /upload":                        {empty: true},
	"GET /upload/received":               {address: "/upload/received?id={id}"},
	"POST /api/v1/uploads":               {json: `{"file_name": "page.jpg", "size": 1000}`},
	"GET /encounters/new":                {empty: true},
	"POST /encounters":                   {form: url.Values{"site": {"UTO"}, "channel": {"custody"}, "people": {"1"}}},
	"POST /api/v1/encounters":            {json: `{"site": "UTO", "channel": "custody", "people": 1}`},
	"GET /api/v1/encounters/{reference}": {empty: true},
	"GET /typed-zone":                    {empty: true},
	"GET /status":                        {empty: true},
	"GET /api/v1/status":                 {empty: true},
	"POST /status/failures/retry":        {form: url.Values{"cause": {"No such cause"}}},
	"POST /api/v1/status/failures/retry": {json: `{"cause": "No such cause"}`},
	"GET /api/v1/reviews/count":          {empty: true},
	"POST /queue/assign":                 {form: url.Values{"documents": {"TSD-0000-0000"}, "reviewer": {reviewer}}},
	"POST /api/v1/reviews/assign":        {json: `{"documents": ["TSD-0000-0000"], "reviewer": "` + reviewer + `"}`},
	"POST /upload":                       {parts: filled(part{"file", "page.jpg", picture()})},
	"POST /typed-zone":                   {form: url.Values{"text": {strings.ReplaceAll(jsonZone, `\n`, "\n")}}},
	"POST /api/v1/documents":             {parts: filled(part{"file", "page.jpg", picture()})},
	"POST /api/v1/mrz":                   {json: `{"text": "` + jsonZone + `"}`},

	"POST /accounts":               {form: url.Values{"name": {"once"}, "role": {"officer"}}},
	"POST /accounts/{name}":        {form: url.Values{"title": {"A title"}, "role": {"reviewer"}}},
	"POST /api/v1/accounts":        {json: `{"name": "once-more", "title": "", "role": "officer"}`},
	"POST /api/v1/accounts/{name}": {json: `{"title": "A title", "role": "reviewer"}`},

	"GET /audit/export": {address: "/audit/export?format=csv"},

	"GET /threat/feed/export":        {address: "/threat/feed/export?format=csv"},
	"GET /api/v1/threat/feed/export": {address: "/api/v1/threat/feed/export?format=jsonl"},
	"GET /api/v1/threat/feed/schema": {empty: true},

	"GET /api/v1/audit/export": {address: "/api/v1/audit/export?format=jsonl"},

	"GET /account":            {empty: true},
	"GET /api/v1/account":     {empty: true},
	"POST /tokens":            {form: url.Values{"account": {"gate"}, "days": {"90"}}},
	"POST /api/v1/tokens":     {json: `{"account": "gate", "days": 90}`},
	"POST /webhooks":          {form: url.Values{"url": {"https://case.example/events"}, "events": {"review.decided"}}},
	"POST /api/v1/webhooks":   {json: `{"url": "https://case.example/events", "events": ["review.decided"]}`},
	"POST /recipients":        {form: url.Values{"name": {"The unit"}, "channel": {"email"}, "address": {"unit@force.example"}, "kinds": {"oic"}}},
	"POST /api/v1/recipients": {json: `{"name": "The unit", "channel": "file", "kinds": ["oic"]}`},
	"POST /rota":              {form: url.Values{"site": {"UTO"}}},
	"POST /api/v1/rota":       {json: `{"site": "UTO", "recipients": []}`},
	"POST /account/password":  {form: url.Values{"current_password": {"wrong"}, "new_password": {password}}},

	"POST /reviews/{id}/decision":          {form: url.Values{"verdict": {"no_signs"}, "confidence": {"probable"}, "level": {"1"}, "basis": {"image_only"}}},
	"POST /reviews/{id}/recapture":         {form: url.Values{"reasons": {"ask_blur"}}},
	"POST /api/v1/reviews/{id}/impression": {json: `{"verdict_kind": "no_signs"}`},
	"POST /api/v1/reviews/{id}/decision":   {json: `{"verdict": "GEN", "confidence": "probable", "level": 1, "basis": "image_only"}`},
	"POST /api/v1/reviews/{id}/recapture":  {json: `{"reasons": ["ask_blur"]}`},

	"GET /encounters/{reference}/people/{number}":                  {address: "/encounters/{reference}/people/1"},
	"POST /encounters/{reference}/people/{number}/answers":         {address: "/encounters/{reference}/people/1/answers", form: url.Values{"S1": {"no"}, "source": {"officer"}}},
	"POST /encounters/{reference}/people/{number}/roles":           {address: "/encounters/{reference}/people/1/roles", form: url.Values{"role": {"witness"}, "reason": {"saw it"}}},
	"POST /encounters/{reference}/people/{number}/closings":        {address: "/encounters/{reference}/people/1/closings"},
	"POST /api/v1/encounters/{reference}/people/{number}/answers":  {address: "/api/v1/encounters/{reference}/people/1/answers", json: `{"question": "S1", "state": "answered", "values": ["no"], "source": "officer"}`},
	"POST /api/v1/encounters/{reference}/people/{number}/roles":    {address: "/api/v1/encounters/{reference}/people/1/roles", json: `{"role": "witness", "on": true, "reason": "saw it"}`},
	"POST /api/v1/encounters/{reference}/people/{number}/closings": {address: "/api/v1/encounters/{reference}/people/1/closings", json: `{}`},
	"GET /encounters/{reference}/refer":                            {address: "/encounters/{reference}/refer?rule=R-04&person=1"},
	"POST /encounters/{reference}/refer":                           {form: url.Values{"rule": {"R-04"}, "person": {"1"}, "nature": {"neither_yet"}, "reason": {"a debt was mentioned"}}},
	"POST /api/v1/encounters/{reference}/referrals":                {json: `{"rule": "R-04", "person": 1, "nature": "neither_yet", "reason": "a debt was mentioned"}`},
	"POST /encounters/{reference}/movement": {form: url.Values{
		"direction": {"exit"}, "purpose": {"unknown"}, "clandestine": {"unknown"}, "actor_scope": {"unknown"}, "boundary_crossed": {"unknown"},
	}},
	"POST /api/v1/encounters/{reference}/movement":              {json: `{"direction": "exit", "purpose": "unknown", "clandestine": "unknown", "actor_scope": "unknown", "boundary_crossed": "unknown"}`},
	"POST /encounters/{reference}/areas":                        {form: url.Values{"primary": {"OIC-FAC"}}},
	"POST /api/v1/encounters/{reference}/areas":                 {json: `{"primary": "OIC-FAC"}`},
	"POST /incidents":                                           {form: url.Values{"title": {"Lorry"}, "site": {"UTO"}, "marking": {"OFFICIAL"}}},
	"POST /api/v1/incidents":                                    {json: `{"title": "Lorry", "site": "UTO", "marking": "OFFICIAL"}`},
	"POST /api/v1/incidents/{incident}/encounters":              {json: `{"encounter": "UTO-000000-0001"}`},
	"POST /encounters/{reference}/people/{number}/links":        {address: "/encounters/{reference}/people/1/links", form: url.Values{"link-to": {"2"}, "link-kind": {"sibling_of"}, "link-status": {"claimed"}, "link-source": {"person"}, "link-grade": {"2D"}, "link-words": {"as told"}}},
	"GET /api/v1/encounters/{reference}/people/{number}/links":  {address: "/api/v1/encounters/{reference}/people/1/links"},
	"POST /api/v1/encounters/{reference}/people/{number}/links": {address: "/api/v1/encounters/{reference}/people/1/links", json: `{"to": 2, "kind": "sibling_of", "status": "claimed", "source": "person", "grade": "2D", "words": "as told"}`},
	"POST /series":                            {form: url.Values{"title": {"Soft print"}, "words": {"the same background"}}},
	"POST /api/v1/series":                     {json: `{"title": "Soft print", "words": "the same background"}`},
	"POST /series/{series}/entries":           {form: url.Values{"kind": {"state"}, "state-state": {"closed"}, "state-words": {"two printers"}}},
	"POST /api/v1/series/{series}/entries":    {json: `{"kind": "state", "state": "closed", "words": "two printers"}`},
	"POST /referrals/{referral}/close":        {form: url.Values{"outcome": {"looked after"}}},
	"POST /api/v1/referrals/{referral}/close": {json: `{"outcome": "looked after"}`},
}

// kind is a kind of record that an address names.
type kind struct {
	add     func(m *matrix, owner string) (id string)
	missing string
}

// kinds are by the name that they have in patterns.
var kinds = map[string]kind{
	"search":    {(*matrix).addSearch, "nothing"},
	"id":        {(*matrix).addDocument, "TSD-0000-0000"},
	"upload":    {(*matrix).addUpload, strings.Repeat("A", 26)},
	"token":     {(*matrix).addToken, "none"},
	"endpoint":  {(*matrix).addEndpoint, "none"},
	"delivery":  {(*matrix).addDelivery, "none"},
	"name":      {(*matrix).addAccount, "nobody"},
	"reference": {(*matrix).addEncounter, "UTO-000000-0001"},
	"referral":  {(*matrix).addReferral, "R-0000-0000"},
	"recipient": {(*matrix).addRecipient, "none"},
	"dispatch":  {(*matrix).addDispatch, "none"},
	"incident":  {(*matrix).addIncident, "I-0000-0000"},
	"series":    {(*matrix).addSeries, "W-0000-0000"},
}

// private are the kinds that nobody else sees, whatever the policy says of the
// action.
var private = []string{"search"}

// How a record is related to who asks for it.
const (
	none    = "-" // the route is about no record
	own     = "own"
	foreign = "foreign"
	missing = "missing"
)

// columns are the accounts of the table, one of each role.
var columns = []string{"", officer, reviewer, safeguarding, analyst, supervisor, auditor, operator, administrator, machine}

// matrix asks every route as everybody.
type matrix struct {
	t    *testing.T
	w    *world
	kept map[string]string // records that requests do not change, by kind and owner
}

func newMatrix(t *testing.T, w *world) *matrix {
	return &matrix{t: t, w: w, kept: map[string]string{}}
}

// addAccount makes an account.
func (m *matrix) addAccount(owner string) string {
	m.t.Helper()
	a := pipeline.Account{Name: strings.ToLower(rand.Text()), Role: pipeline.RoleOfficer}
	if err := m.w.db.CreateAccount(m.t.Context(), a, pipeline.Deed{By: pipeline.Actor{Account: owner}, At: time.Now()}); err != nil {
		m.t.Fatal(err)
	}
	return a.Name
}

// addToken makes the token of another system.
func (m *matrix) addToken(owner string) string {
	m.t.Helper()
	id := rand.Text()
	t := pipeline.Token{ID: id, Account: machine, ExpiresAt: time.Now().Add(time.Hour)}
	if err := m.w.db.CreateToken(m.t.Context(), t, rand.Text(), pipeline.Deed{By: pipeline.Actor{Account: owner}, At: time.Now()}); err != nil {
		m.t.Fatal(err)
	}
	return id
}

// addEndpoint adds a webhook.
func (m *matrix) addEndpoint(owner string) string {
	m.t.Helper()
	e := pipeline.Endpoint{ID: rand.Text(), URL: "https://case.example/events", Events: pipeline.HookEvents}
	if err := m.w.db.CreateEndpoint(m.t.Context(), e, pipeline.NewHookSecret(), pipeline.Deed{By: pipeline.Actor{Account: owner}, At: time.Now()}); err != nil {
		m.t.Fatal(err)
	}
	return e.ID
}

// addDelivery sends a test to a webhook, and gives it up.
func (m *matrix) addDelivery(owner string) string {
	m.t.Helper()
	d, err := m.w.db.PingEndpoint(m.t.Context(), m.addEndpoint(owner), pipeline.Deed{By: pipeline.Actor{Account: owner}, At: time.Now()})
	if err != nil {
		m.t.Fatal(err)
	}
	d.State, d.LastStatus, d.NextAt = pipeline.DeliveryGivenUp, "500", time.Time{}
	if err := m.w.db.SettleDelivery(m.t.Context(), d); err != nil {
		m.t.Fatal(err)
	}
	return d.ID
}

// addDocument makes a document that is screened and waits for a reviewer.
func (m *matrix) addDocument(owner string) string {
	m.t.Helper()
	b := picture()
	digest := pipeline.DigestOf(sha256.Sum256(b))
	if err := m.w.blobs.Put(m.t.Context(), pipeline.Originals, digest, bytes.NewReader(b), int64(len(b))); err != nil {
		m.t.Fatal(err)
	}
	d, _, err := m.w.desk.server.create(m.t.Context(), pipeline.Document{
		Digest: digest, Size: int64(len(b)), MediaType: pipeline.JPEG, FileName: "page.jpg", Encounter: encounter,
		Capture: pipeline.CapturePhoto, UploadedBy: owner, State: pipeline.StateReceived,
	})
	if err != nil {
		m.t.Fatal(err)
	}
	m.w.screen(m.t, d.ID)
	return string(d.ID)
}

// addEncounter opens an encounter.
func (m *matrix) addEncounter(owner string) string {
	m.t.Helper()
	now := time.Now()
	e, err := m.w.db.OpenEncounter(m.t.Context(), pipeline.Encounter{Site: "UTO", Channel: pipeline.ChannelCustody, People: 1, ClockFrom: now, OpenedBy: owner, OpenedAt: now})
	if err != nil {
		m.t.Fatal(err)
	}
	if _, err := m.w.db.AddPerson(m.t.Context(), e.Reference, pipeline.Account{Name: owner}, now); err != nil {
		m.t.Fatal(err)
	}
	return e.Reference
}

// addUpload begins an upload.
func (m *matrix) addUpload(owner string) string {
	m.t.Helper()
	u := pipeline.Upload{ID: rand.Text(), Account: owner, FileName: "page.jpg", Size: 1000, BegunAt: time.Now()}
	if _, err := m.w.db.BeginUpload(m.t.Context(), u, pipeline.UploadLimits{Each: 1000, All: 1000}, pipeline.Account{Name: owner}); err != nil {
		m.t.Fatal(err)
	}
	return u.ID
}

// addReferral sends a referral about a person.
func (m *matrix) addReferral(owner string) string {
	m.t.Helper()
	now := time.Now()
	r := casework.Referral{
		ID: newReferralID(), Rule: "R-04", Kind: casework.KindSafeguarding, Encounter: m.addEncounter(owner), Person: 1, Priority: "P0",
		Nature: casework.NatureNeither, Reason: "a debt was mentioned", Content: "[]", SentAt: now, AckDue: now.Add(time.Hour),
	}
	if err := m.w.db.Send(m.t.Context(), r, pipeline.Account{Name: owner}); err != nil {
		m.t.Fatal(err)
	}
	return r.ID
}

// addRecipient adds somebody who gets referrals that are never sent here.
func (m *matrix) addRecipient(owner string) string {
	m.t.Helper()
	r := casework.Recipient{ID: casework.NewRecipientID(), Name: "The unit", Channel: casework.ChannelFile, Kinds: []casework.ReferralKind{casework.KindWanted}}
	if err := m.w.db.AddRecipient(m.t.Context(), r, "", pipeline.Deed{By: pipeline.Actor{Account: owner}, At: time.Now()}); err != nil {
		m.t.Fatal(err)
	}
	return r.ID
}

// addDispatch puts a referral on its way to an account.
func (m *matrix) addDispatch(owner string) string {
	m.t.Helper()
	r := casework.Recipient{ID: casework.NewRecipientID(), Name: "The unit", Channel: casework.ChannelFile, Account: owner, Kinds: []casework.ReferralKind{casework.KindSafeguarding}}
	deed := pipeline.Deed{By: pipeline.Actor{Account: administrator}, At: time.Now()}
	if err := m.w.db.AddRecipient(m.t.Context(), r, "", deed); err != nil {
		m.t.Fatal(err)
	}
	all, err := m.w.db.Dispatches(m.t.Context(), m.addReferral(officer))
	if err != nil || len(all) != 1 {
		m.t.Fatal(all, err)
	}
	if err := m.w.db.DisableRecipient(m.t.Context(), r.ID, deed); err != nil { // nothing more goes there
		m.t.Fatal(err)
	}
	return all[0].ID
}

// addIncident opens an incident.
func (m *matrix) addIncident(owner string) string {
	m.t.Helper()
	i := casework.Incident{ID: newIncidentID(), Title: "Lorry", Site: "UTO", Marking: casework.Official, OpenedBy: owner, OpenedAt: time.Now()}
	if err := m.w.db.OpenIncident(m.t.Context(), i, pipeline.Account{Name: owner}); err != nil {
		m.t.Fatal(err)
	}
	return i.ID
}

// addSeries opens a series.
func (m *matrix) addSeries(owner string) string {
	m.t.Helper()
	s, err := m.w.desk.server.beginSeries(m.t.Context(), seriesWish{"Soft print", "the same background"}, pipeline.Account{Name: owner})
	if err != nil {
		m.t.Fatal(err)
	}
	return s.ID
}

// address is where a request to a route goes; it may hold the name of a kind.
func (r route) address() string {
	_, path, _ := strings.Cut(r.pattern, " ")
	if a := samples[r.pattern].address; a != "" {
		return a
	}
	return path
}

var braces = regexp.MustCompile(`\{(\w+)\}`)

// kind is the kind of record that a route is about; empty if it is about none.
func (r route) kind() string {
	if m := braces.FindStringSubmatch(r.address()); m != nil {
		return m[1]
	}
	return ""
}

// relations are the rows that a route has.
func (r route) relations() []string {
	if r.kind() == "" {
		return []string{none}
	}
	return []string{own, foreign, missing}
}

// record gives the id of a record for a request of an account: a new one if the
// request may change it.
func (m *matrix) record(r route, account, relation string) string {
	m.t.Helper()
	if r.kind() == "" {
		return ""
	}
	k, ok := kinds[r.kind()]
	if !ok {
		m.t.Fatalf("%s: kinds has no %s", r.pattern, r.kind())
	}
	owner := account
	switch {
	case relation == missing:
		return k.missing
	case relation == foreign && account != other:
		owner = other
	case relation == foreign:
		owner = officer
	}
	if !strings.HasPrefix(r.pattern, "GET ") {
		return k.add(m, owner)
	}
	key := r.kind() + " " + owner
	if m.kept[key] == "" {
		m.kept[key] = k.add(m, owner)
	}
	return m.kept[key]
}

// send asks a route about a record as an account, under a session of its own.
func (m *matrix) send(r route, account, id string) answer {
	m.t.Helper()
	b, req := m.w.browser(m.t), m.request(r, id)
	switch {
	case accounts[account] == pipeline.RoleMachine:
		b.api = account
	case account != "":
		req.AddCookie(m.session(account))
	}
	return b.do(req)
}

// request is one to a route, of nobody yet.
func (m *matrix) request(r route, id string) *http.Request {
	m.t.Helper()
	method, _, _ := strings.Cut(r.pattern, " ")
	body, contentType := samples[r.pattern].encode(r)
	req := m.w.browser(m.t).request(method, braces.ReplaceAllString(r.address(), id), bytes.NewReader(body))
	if method == http.MethodPost {
		req.Header.Set("Content-Type", contentType)
	}
	return req
}

// encode writes the body of a request.
func (s sample) encode(r route) (body []byte, contentType string) {
	switch {
	case s.parts != nil:
		return encode(s.parts)
	case s.form == nil && r.isAPI():
		return []byte(cmp.Or(s.json, "{}")), "application/json"
	}
	return []byte(s.form.Encode()), "application/x-www-form-urlencoded"
}

// session is the cookie of an account that is signed in.
func (m *matrix) session(account string) *http.Cookie {
	m.t.Helper()
	s := m.w.desk.server
	who, err := m.w.db.FindAccount(m.t.Context(), account)
	if err != nil {
		m.t.Fatal(err)
	}
	ctx, err := s.sessions.Load(m.t.Context(), "")
	if err != nil {
		m.t.Fatal(err)
	}
	token, _, err := s.newSession(ctx, who)
	if err != nil {
		m.t.Fatal(err)
	}
	return &http.Cookie{Name: s.sessions.Cookie.Name, Value: token}
}

// toSignIn marks an answer that leads to the sign-in page.
const toSignIn = "303*"

// cell is what the table says of an answer.
func cell(a answer) string {
	if a.status == http.StatusSeeOther && strings.HasPrefix(a.header.Get("Location"), "/sign-in") {
		return toSignIn
	}
	return strconv.Itoa(a.status)
}

// tableFile is what every request is answered with, as it was last looked at.
const tableFile = "testdata/matrix.txt"

var update = flag.Bool("update", false, "write "+tableFile+" anew")

// row begins every line of the table.
func row(pattern string, a policy.Action, relation string) string {
	return fmt.Sprintf("%-45s %-10s %-8s", pattern, a, relation)
}

// TestMatrix asks every route as everybody, about a record of their own, of
// somebody else and of nobody, and compares with the table.
func TestMatrix(t *testing.T) {
	m := newMatrix(t, newWorld(t))
	var b strings.Builder
	fmt.Fprintln(&b, "# What each route answers to whom; "+toSignIn+" leads to the sign-in page. Of records it is asked about")
	fmt.Fprintln(&b, "# one's own, somebody else's and one that is not there. Write it anew: go test ./web -run TestMatrix -update")
	fmt.Fprint(&b, row("# route", "action", "record"))
	for _, c := range columns {
		fmt.Fprintf(&b, " %-13s", cmp.Or(string(accounts[c]), "anonymous"))
	}
	fmt.Fprintln(&b)
	for _, r := range m.w.desk.routes {
		for _, relation := range r.relations() {
			b.WriteString(row(r.pattern, r.action, relation))
			for _, c := range columns {
				a := m.send(r, c, m.record(r, c, relation))
				fmt.Fprintf(&b, " %-13s", cell(a))
				if json := strings.Contains(a.header.Get("Content-Type"), "json"); a.status >= 400 && !strings.Contains(r.pattern, " /assets/") && json != r.isAPI() {
					t.Errorf("%s as %q: an error of type %s", r.pattern, c, a.header.Get("Content-Type"))
				}
			}
			fmt.Fprintln(&b)
		}
	}
	got := regexp.MustCompile(` +\n`).ReplaceAllString(b.String(), "\n")
	if *update {
		if err := os.WriteFile(tableFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(tableFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("the answers are not those of %s (-want +got):\n%s", tableFile, diff)
	}
}

// TestMatrixFollowsPolicy reads the table and holds it to the policy: every
// route is there, and who may not do something is told so, or that there is
// nothing.
func TestMatrixFollowsPolicy(t *testing.T) {
	b, err := os.ReadFile(tableFile)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string][]string{}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); f[0] != "#" {
			rows[row(f[0]+" "+f[1], policy.Action(f[2]), f[3])] = f[4:]
		}
	}
	for _, r := range newWorld(t).desk.routes {
		for _, relation := range r.relations() {
			cells := rows[row(r.pattern, r.action, relation)]
			if len(cells) != len(columns) {
				t.Errorf("%s %s has no row: run go test ./web -run TestMatrix -update", r.pattern, relation)
				continue
			}
			for i, c := range columns {
				if want := r.expect(accounts[c], relation); !slices.Contains(want, cells[i]) {
					t.Errorf("%s, %s record, as %q: %s; the policy wants one of %q", r.pattern, relation, c, cells[i], want)
				}
			}
		}
	}
}

// answered is what the policy means by allowed: done, or refused for what was
// sent and not for who sent it.
var answered = []string{"200", "201", "202", "204", "303", "400", "409", "412", "413", "415", "422"}

// expect is what a role may be answered.
func (r route) expect(role pipeline.Role, relation string) []string {
	reach := policy.Of(role, r.action)
	signedOut := role == "" || role == pipeline.RoleMachine && !r.isAPI() // machines have no pages
	switch {
	case r.action == policy.Open:
		return append([]string{toSignIn, "404"}, answered...)
	case signedOut && r.isAPI():
		return []string{"401"}
	case signedOut:
		return []string{toSignIn}
	case reach == policy.None:
		return []string{"403"}
	case relation == missing || relation == foreign && (reach == policy.Own || slices.Contains(private, r.kind())):
		return []string{"404"}
	}
	return answered
}
