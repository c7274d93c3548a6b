package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
)

// occasion is an encounter with people and a document, at a desk.
type occasion struct {
	w         *world
	page, api *browser // of the officer who opened it
	reference string
}

// newOccasion opens an encounter with so many people.
func newOccasion(t testing.TB, w *world, people int) *occasion {
	t.Helper()
	o := &occasion{w: w, page: w.as(t, officer), api: w.curl(t, officer)}
	o.open(people)
	return o
}

// open begins anew, with another encounter.
func (o *occasion) open(people int) {
	t := o.page.t
	t.Helper()
	a := o.api.postJSON("/api/v1/encounters", `{"site":"UTO","channel":"custody","people":1}`)
	if a.status != http.StatusCreated {
		t.Fatalf("open an encounter: %d %s", a.status, a.body)
	}
	o.reference = decode[encounterBody](t, a.body).Reference
	for range people {
		if a := o.page.postForm(o.at("/people"), nil); a.status != http.StatusSeeOther {
			t.Fatalf("add a person: %d", a.status)
		}
	}
}

// at is an address below the encounter.
func (o *occasion) at(path string) string { return "/encounters/" + o.reference + path }

func (o *occasion) group(t testing.TB) casework.Group {
	t.Helper()
	g, err := o.w.db.Group(t.Context(), o.reference)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// story is a random sequence of requests about one encounter, with what was sent
// in it.
type story struct {
	*occasion
	t       *rapid.T
	actions int
	sent    map[casework.ReferralKind]int
}

// both asks a page or its twin of the API.
func (s *story) both(path string, form url.Values, apiPath string, body any) {
	s.actions++
	if rapid.Bool().Draw(s.t, "page") {
		s.page.postForm(path, form)
		return
	}
	b, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	s.api.postJSON("/api/v1"+apiPath, string(b))
}

// pick draws one of some words.
func (s *story) pick(label string, words ...string) string {
	return rapid.SampledFrom(words).Draw(s.t, label)
}

func (s *story) answer(number int) {
	q := rapid.SampledFrom(casework.Questions).Draw(s.t, "question")
	value, words := "", "something"
	if len(q.Choices) > 0 {
		value, words = rapid.SampledFrom(q.Choices).Draw(s.t, "choice").Code, ""
	}
	state := rapid.SampledFrom(casework.AnswerStates).Draw(s.t, "state")
	at := s.at(fmt.Sprintf("/people/%d/answers", number))
	b := answerBody{Question: q.Code, State: state, Words: words, Source: casework.SourcePerson}
	form := url.Values{"source": {"person"}, string(q.Code) + "-words": {words}}
	switch {
	case state != casework.Answered:
		form.Set(string(q.Code), string(state))
	case value != "":
		form.Set(string(q.Code), value)
		b.Values = []string{value}
	}
	s.both(at, form, at, b)
}

// calm answers the safety questions so that nothing comes up.
func (s *story) calm(number int) {
	s.actions++
	s.page.postForm(s.at(fmt.Sprintf("/people/%d/answers", number)), url.Values{
		"source": {"officer"}, "S1": {"no"}, "S2": {"no"}, "S3": {"self"}, "S4": {"none"}, "S5": {"yes"}, "F5": {s.pick("wish", "agrees", "refuses")},
	})
}

// consent says that they agreed to be moved, which lowers nothing.
func (s *story) consent(number int) {
	at := s.at(fmt.Sprintf("/people/%d/answers", number))
	s.both(at, url.Values{"source": {"person"}, "F2": {"yes"}}, at, answerBody{Question: "F2", State: casework.Answered, Values: []string{"yes"}, Source: casework.SourcePerson})
}

func (s *story) mark(number int) {
	role, reason := rapid.SampledFrom(casework.Roles).Draw(s.t, "role"), s.pick("reason", "", " ", "was seen")
	at := s.at(fmt.Sprintf("/people/%d/roles", number))
	s.both(at, url.Values{"role": {string(role)}, "reason": {reason}, "given": {s.pick("given", "yes", "no")}}, at, roleBody{role, rapid.Bool().Draw(s.t, "on"), reason})
}

// link says what a person is to the other, or takes it back.
func (s *story) link(number int) {
	b := linkBody{
		To: 3 - number, Kind: rapid.SampledFrom(casework.LinkKinds).Draw(s.t, "kind"), Status: rapid.SampledFrom(casework.LinkStatuses).Draw(s.t, "status"),
		Words: "as seen", Source: casework.SourceOfficer, Grade: casework.Ungraded,
	}
	form := linked(string(b.Kind), strconv.Itoa(b.To), "")
	form.Set("link-status", string(b.Status))
	form.Set("link-source", string(b.Source))
	at := s.at(fmt.Sprintf("/people/%d/links", number))
	s.both(at, form, at, b)
}

// several tries to mark more than one person, or more than one part, at once.
func (s *story) several() {
	s.actions++
	bodies := []string{
		`[{"role":"immigration_matter","on":true,"reason":"all of them"},{"role":"suspect_exploiter","on":true,"reason":"all of them"}]`,
		`{"role":"immigration_matter","on":true,"reason":"all of them","people":[1,2,3]}`, `{"role":["immigration_matter","suspect_exploiter"],"on":true,"reason":"x"}`,
	}
	switch rapid.IntRange(0, 2).Draw(s.t, "how") {
	case 0:
		s.api.postJSON("/api/v1"+s.at("/people/"+s.pick("whom", "1,2", "1-3", "*", "all", "1"))+"/roles", rapid.SampledFrom(bodies).Draw(s.t, "body"))
	case 1:
		s.page.postForm(s.at("/people/1/roles"), url.Values{"role": {"immigration_matter", "suspect_exploiter"}, "number": {"1", "2", "3"}, "person": {"1", "2"}, "reason": {"all of them", "x"}})
	default:
		s.page.postForm(s.at("/people/roles"), url.Values{"role": {"immigration_matter"}, "reason": {"all of them"}})
	}
}

func (s *story) end(number int) {
	code := s.pick("prompt", "ENC-00", "ENC-01", "ENC-02", "ENC-03", "ENC-04", "ENC-05", "ENC-06")
	outcome, reason := s.pick("outcome", "no_concern", "referred", ""), s.pick("reason", "", "they agreed to be moved", "it was a mistake")
	at := s.at(fmt.Sprintf("/people/%d/closings", number))
	s.both(at, url.Values{"prompt": {code}, "outcome": {outcome}, "reason": {reason}}, at, closingBody{casework.PromptCode(code), casework.Outcome(outcome), reason})
}

func (s *story) refer(number int) {
	rule := s.pick("rule", "R-00", "R-01", "R-02", "R-03", "R-04", "R-05", "R-08", "R-08", "R-12", "R-12", "R-13", "R-15", "R-19", "R-19")
	b := referBody{
		Rule: rule, Person: rapid.SampledFrom([]int{number, number, number, 0}).Draw(s.t, "about"), Reason: "told so", Nature: rapid.SampledFrom(casework.Natures).Draw(s.t, "nature"),
		Consent: rapid.SampledFrom([]casework.Consent{"", casework.ConsentGiven, casework.ConsentRefused, casework.ConsentNotNeeded}).Draw(s.t, "consent"),
	}
	form := url.Values{"rule": {b.Rule}, "person": {strconv.Itoa(b.Person)}, "reason": {b.Reason}, "nature": {string(b.Nature)}, "consent": {string(b.Consent)}}
	s.both(s.at("/refer"), form, s.at("/referrals"), b)
}

// finish takes a referral of the encounter on.
func (s *story) finish(g casework.Group) {
	if len(g.Referrals) == 0 {
		return
	}
	at := "/referrals/" + rapid.SampledFrom(g.Referrals).Draw(s.t, "referral").ID + s.pick("step", "/acknowledge", "/close")
	s.both(at, url.Values{"outcome": {"looked after"}}, at, outcomeBody{"looked after"})
}

// raised is what a person's answers have brought up and nobody closed, found here
// anew and not as the program does.
func raised(p casework.Person) map[casework.PromptCode]bool {
	open := map[casework.PromptCode]bool{}
	for _, a := range p.Answers {
		q, _ := casework.Find(a.Question)
		for _, c := range q.Choices {
			if a.State == casework.Answered && c.Lights && slices.Contains(a.Values, c.Code) &&
				!slices.ContainsFunc(p.Closings, func(k casework.Closing) bool { return k.Prompt == q.Lights && k.At.After(a.At) }) {
				open[q.Lights] = true
			}
		}
	}
	return open
}

// check holds one step to what must never happen.
func (s *story) check(before, after casework.Group) {
	marks := 0
	for i, p := range before.People {
		now := after.People[i]
		for code := range raised(p) {
			if closed := len(now.Closings) > len(p.Closings); !raised(now)[code] && !closed {
				s.t.Fatalf("person %d: %s is gone, and nobody has closed it", p.Number, code)
			}
		}
		for _, c := range now.Closings[len(p.Closings):] {
			if strings.TrimSpace(c.Reason) == "" {
				s.t.Fatalf("person %d: %s was closed without a reason", p.Number, c.Prompt)
			}
		}
		for _, m := range now.Roles[len(p.Roles):] {
			if marks++; strings.TrimSpace(m.Reason) == "" {
				s.t.Fatalf("person %d is %s without a reason of their own", p.Number, m.Role)
			}
		}
	}
	if marks > 1 {
		s.t.Fatalf("%d parts were given at once", marks)
	}
	for _, o := range before.Prompts() {
		stays := func(p casework.Prompt) bool { return p.Person == o.Person && p.Code == o.Code }
		closed := len(after.People[o.Person-1].Closings) > len(before.People[o.Person-1].Closings)
		if !closed && !slices.ContainsFunc(after.Prompts(), stays) {
			s.t.Fatalf("person %d: %s is gone, and nobody has closed it", o.Person, o.Code)
		}
	}
	for _, r := range after.Referrals[len(before.Referrals):] {
		s.sent[r.Kind]++
		s.checkSent(before, r)
	}
}

// checkSent holds a referral that went to what was known before it did.
func (s *story) checkSent(g casework.Group, r casework.Referral) {
	p, _ := g.Person(r.Person)
	switch r.Kind {
	case casework.KindOIC, casework.KindIntelligence:
		for _, q := range []casework.QuestionCode{"S1", "S2", "S3", "S4", "S5"} {
			if !slices.ContainsFunc(p.Answers, func(a casework.Answer) bool { return a.Question == q }) {
				s.t.Fatalf("%s was sent about person %d, who was not asked %s", r.Kind, r.Person, q)
			}
		}
		if open := raised(p); len(open) > 0 {
			s.t.Fatalf("%s was sent about person %d, with %v open", r.Kind, r.Person, open)
		}
	case casework.KindIssuer:
		for _, p := range g.People {
			asylum := slices.ContainsFunc(p.Answers, func(a casework.Answer) bool { return a.Question == "F4" && slices.Contains(a.Values, "yes") })
			if asylum || len(raised(p)) > 0 || p.Has(casework.PotentialVictim) {
				s.t.Fatalf("something went to a State while person %d seeks asylum or may be a victim", p.Number)
			}
		}
	case casework.KindNRM:
		if r.Consent != casework.ConsentGiven && !p.MayBeChild() {
			s.t.Fatal("an adult was referred against their will")
		}
	default: // may always be sent
	}
}

// step does one thing, drawn by chance.
func (s *story) step(g casework.Group) {
	number := rapid.IntRange(1, len(g.People)).Draw(s.t, "person")
	switch rapid.IntRange(0, 12).Draw(s.t, "what") {
	case 0, 1:
		s.answer(number)
	case 2, 3:
		s.calm(number)
	case 4:
		s.consent(number)
	case 5:
		s.mark(number)
	case 6:
		s.several()
	case 7, 8:
		s.end(number)
	case 9:
		s.finish(g)
	case 10:
		s.link(number)
	default:
		s.refer(number)
	}
}

// TestSafetyOrder (UI-60) sends random requests of pages and of the API: no
// sequence of them reports a person whose safety check is open, lowers a prompt but
// by a closing with a reason, gives a part without a reason of its own or several
// at once, or sends to a State while somebody seeks asylum or may be a victim.
func TestSafetyOrder(t *testing.T) {
	w := newWorld(t)
	o := newOccasion(t, w, 0)
	sent, actions, begun := map[casework.ReferralKind]int{}, 0, time.Now()
	rapid.Check(t, func(rt *rapid.T) {
		o.open(2)
		s := &story{occasion: o, t: rt, sent: sent}
		before := o.group(t)
		for range 105 {
			s.step(before)
			after := o.group(t)
			s.check(before, after)
			before = after
		}
		actions += s.actions
	})
	t.Logf("%d requests in %s; sent: %v", actions, time.Since(begun).Round(time.Second), sent)
	for _, k := range []casework.ReferralKind{casework.KindOIC, casework.KindIntelligence, casework.KindIssuer, casework.KindNRM} {
		if sent[k] == 0 && !t.Failed() {
			t.Errorf("no %s was ever sent, so that nothing is shown of it", k)
		}
	}
}

// TestWaysToPeople: an officer gets to the people of their encounter from its
// upload, from what was received, from a result and from the safety page.
func TestWaysToPeople(t *testing.T) {
	w := newWorld(t)
	o := newOccasion(t, w, 2)
	d := decode[documentBody](t, o.api.send("/api/v1/documents", []part{{"encounter", "", []byte(o.reference)}, {"capture", "", []byte("C1")}, {"file", "page.jpg", picture()}}).body)
	w.screen(t, d.ID)
	id := string(d.ID)
	way := `href="` + o.at("/people") + `"`
	for _, from := range []string{"/upload?encounter=" + o.reference, "/upload/received?id=" + id, "/documents/" + id, "/safety?document=" + id} {
		if a := o.page.get(from); a.status != http.StatusOK || !strings.Contains(a.body, way) {
			t.Errorf("%s: %d, no way to the people", from, a.status)
		}
	}
	at := o.at("/people/2/answers")
	o.page.postForm(at, url.Values{"source": {"person"}, "S4": {"debt"}})
	if a := o.page.get("/documents/" + id); !strings.Contains(a.body, `id="first"`) || !strings.Contains(a.body, o.at("/people/2")) {
		t.Error("the result does not begin with whose safety comes first")
	}
	if a := w.as(t, reviewer).get("/documents/" + id); !strings.Contains(a.body, `id="first"`) || strings.Contains(a.body, "/people") {
		t.Error("a reviewer is not told that somebody comes first, or is shown a way to people that they may not go")
	}
}

// TestOICPayload (UI-61): what is sent about a supplier holds nothing of what the
// person said of themselves, of what was seen of them, or of the part that they
// have; a need-to-know referral is out of sight of who sent it.
func TestOICPayload(t *testing.T) {
	w := newWorld(t)
	o := newOccasion(t, w, 2)
	const secret = "my sister is hostage in the blue house"
	for q, v := range map[string]string{"S1": "no", "S2": "no", "S3": "self", "S4": "none", "S5": "yes", "U13": "extremist", "F4": "no", "F5": "refuses", "F8": "other"} {
		o.page.postForm(o.at("/people/1/answers"), url.Values{"source": {"person"}, q: {v}, q + "-words": {secret}})
	}
	for _, q := range []string{"U2", "U7", "U8", "U10", "U11", "U14"} {
		o.page.postForm(o.at("/people/1/answers"), url.Values{"source": {"person"}, q + "-words": {secret}})
	}
	o.page.postForm(o.at("/people/1/answers"), url.Values{"source": {"person"}, "U1-words": {"the tailor"}})
	o.page.postForm(o.at("/people/1/roles"), url.Values{"role": {"witness"}, "reason": {secret}})
	for _, rule := range []string{"R-12", "R-19"} {
		a := o.api.postJSON("/api/v1"+o.at("/referrals"), `{"rule":"`+rule+`","person":1,"nature":"oic","reason":"a supplier was named"}`)
		if a.status != http.StatusCreated {
			t.Fatalf("%s: %d %s", rule, a.status, a.body)
		}
		f := decode[referralBody](t, a.body)
		sections := decode[[]casework.Section](t, f.Content)
		for _, s := range sections {
			if !slices.Contains([]string{"documents", "supplier"}, s.Name) {
				t.Errorf("%s tells %s", rule, s.Name)
			}
		}
		if n := strings.Count(f.Content, secret); n > 1 || !strings.Contains(f.Content, "the tailor") { // U2 is about the supplier
			t.Errorf("%s says what it must not, %d times, or not what it must", rule, n)
		}
		if f.Guidance == "" || f.Hash == "" {
			t.Errorf("%s names no guidance, or is not sealed", rule)
		}
	}
	a := o.api.postJSON("/api/v1"+o.at("/referrals"), `{"rule":"R-13","person":1,"nature":"neither_yet","reason":"was told so"}`)
	if f := decode[referralBody](t, a.body); a.status != http.StatusCreated || o.api.get("/api/v1/referrals/"+f.ID).status != http.StatusNotFound {
		t.Errorf("%d: a need-to-know referral is seen by who sent it", a.status)
	}
	if a := o.api.get("/api/v1" + o.at("/people")); strings.Contains(a.body, "counter_terrorism") {
		t.Error("the group tells of it")
	}
}

// TestPeopleAnswersMatch compares the answers of the API about people with their
// schemas.
func TestPeopleAnswersMatch(t *testing.T) {
	w := newWorld(t)
	d, o := describe(t), newOccasion(t, w, 1)
	ops := d.operations(t)
	api := "/api/v1" + o.at("")
	const one, people = "/api/v1/referrals/{referral}", "/api/v1/encounters/{reference}/people"
	sent := o.api.postJSON(api+"/referrals", `{"rule":"R-04","person":1,"nature":"msht","reason":"a debt"}`)
	f := "/api/v1/referrals/" + decode[referralBody](t, sent.body).ID
	tasks, err := w.db.OpenTasks(t.Context(), o.reference, 1)
	if err != nil || len(tasks) != 1 {
		t.Fatalf("%d tasks, %v", len(tasks), err)
	}
	done := fmt.Sprintf(`{"task":%q,"outcome":"asked"}`, tasks[0].ID)
	for _, tt := range []struct {
		op     string
		status int
		a      answer
	}{
		{"POST /api/v1/encounters/{reference}/referrals", 201, sent},
		{"POST /api/v1/encounters/{reference}/referrals", 400, o.api.postJSON(api+"/referrals", `{"rule":"R-12","person":1,"nature":"oic","reason":"x"}`)},
		{"POST " + people, 201, o.api.postJSON(api+"/people", `{}`)},
		{"POST " + people + "/{number}/answers", 201, o.api.postJSON(api+"/people/1/answers", `{"question":"S4","state":"answered","values":["debt"],"source":"person"}`)},
		{"POST " + people + "/{number}/answers", 400, o.api.postJSON(api+"/people/1/answers", `{"question":"S4","state":"answered","values":["x"],"source":"person"}`)},
		{"POST " + people + "/{number}/roles", 201, o.api.postJSON(api+"/people/1/roles", `{"role":"witness","on":true,"reason":"saw it"}`)},
		{"POST " + people + "/{number}/roles", 400, o.api.postJSON(api+"/people/1/roles", `{"role":"witness","on":true,"reason":""}`)},
		{"POST " + people + "/{number}/closings", 201, o.api.postJSON(api+"/people/1/closings", `{"prompt":"ENC-04","outcome":"no_concern","reason":"a bank's"}`)},
		{"POST " + people + "/{number}/closings", 404, o.api.postJSON(api+"/people/9/closings", `{"prompt":"ENC-04","outcome":"no_concern","reason":"x"}`)},
		{"GET " + people, 200, o.api.get(api + "/people")},
		{"GET /api/v1/referrals", 200, o.api.get("/api/v1/referrals")},
		{"GET " + one, 200, o.api.get(f)},
		{"GET " + one, 404, o.api.get("/api/v1/referrals/R-0000-0000")},
		{"POST " + one + "/acknowledge", 200, o.api.postJSON(f+"/acknowledge", `{}`)},
		{"POST " + one + "/acknowledge", 409, o.api.postJSON(f+"/acknowledge", `{}`)},
		{"POST " + one + "/close", 400, o.api.postJSON(f+"/close", `{"outcome":"looked after"}`)}, // the way was not asked for
		{"POST " + people + "/{number}/answers", 201, o.api.postJSON(api+"/people/1/answers", `{"question":"U8","state":"declined","source":"person"}`)},
		{"POST " + one + "/close", 200, o.api.postJSON(f+"/close", `{"outcome":"looked after"}`)},
		{"POST /api/v1/encounters/{reference}/tasks", 200, o.api.postJSON(api+"/tasks", done)},
		{"POST /api/v1/encounters/{reference}/holdings", 400, o.api.postJSON(api+"/holdings", `{"document":"TSD-0000-0000","held_by":1,"belongs_to":2}`)},
	} {
		if tt.a.status != tt.status {
			t.Errorf("%s: %d %s; want %d", tt.op, tt.a.status, tt.a.body, tt.status)
			continue
		}
		content := d.response(t, ops[tt.op], tt.status).Content[tt.a.header.Get("Content-Type")]
		if content.Schema == nil {
			t.Errorf("%s, %d: %s is not described", tt.op, tt.status, tt.a.header.Get("Content-Type"))
		} else if faults := d.match(content.Schema, decode[any](t, tt.a.body), ""); faults != nil {
			t.Errorf("%s, %d: %q in %s", tt.op, tt.status, faults, tt.a.body)
		}
	}
	if lines := w.history(t, o.reference); len(lines) == 0 {
		t.Error("nothing is in the log")
	}
}

// TestS31: a referral keeps the guidance under which it was made.
func TestS31(t *testing.T) {
	w := newWorld(t)
	o := newOccasion(t, w, 1)
	sent := func() referralBody {
		a := o.api.postJSON("/api/v1"+o.at("/referrals"), `{"rule":"R-04","person":1,"nature":"msht","reason":"a debt"}`)
		return decode[referralBody](t, a.body)
	}
	old := sent()
	w.desk.server.rules.Guidance = "a later version"
	if again := decode[referralBody](t, o.api.get("/api/v1/referrals/"+old.ID).body); again.Guidance != old.Guidance || !strings.Contains(again.Guidance, "Appendix F") {
		t.Errorf("the old one was made under %q, and is now under %q", old.Guidance, again.Guidance)
	}
	if made := sent(); made.Guidance != "a later version" {
		t.Errorf("the new one is under %q", made.Guidance)
	}
}

// TestS9: an adverse decision leaves the task to find out where the document came
// from, which ends with an outcome in words alone.
func TestS9(t *testing.T) {
	w := newWorld(t)
	o := newOccasion(t, w, 1)
	d := decode[documentBody](t, o.api.send("/api/v1/documents", []part{{"encounter", "", []byte(o.reference)}, {"capture", "", []byte("C1")}, {"file", "page.jpg", picture()}}).body)
	w.screen(t, d.ID)
	w.decide(t, d.ID, reviewer, pipeline.Counterfeit)
	w.decide(t, d.ID, second, pipeline.Counterfeit)
	tasks, err := w.db.OpenTasks(t.Context(), o.reference, 9)
	if err != nil || len(tasks) != 1 || tasks[0].Kind != casework.TaskUpstream || tasks[0].DueAt.Before(time.Now().Add(24*time.Hour)) {
		t.Fatalf("tasks %v, %v", tasks, err)
	}
	done := func(outcome string) answer {
		return o.api.postJSON("/api/v1"+o.at("/tasks"), fmt.Sprintf(`{"task":%q,"outcome":%q}`, tasks[0].ID, outcome))
	}
	if a := done(" "); a.status != http.StatusBadRequest {
		t.Errorf("ended without an outcome: %d", a.status)
	}
	if a := done("a seller in another country, reported"); a.status != http.StatusOK || len(decode[groupBody](t, a.body).Tasks) != 0 {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestWatch: the running desk writes down that nobody acknowledges, and the list
// says by how much it is late.
func TestWatch(t *testing.T) {
	w := newWorld(t)
	o := newOccasion(t, w, 1)
	f := decode[referralBody](t, o.api.postJSON("/api/v1"+o.at("/referrals"), `{"rule":"R-04","person":1,"nature":"msht","reason":"a debt"}`).body)
	w.desk.server.Now = func() time.Time { return time.Now().Add(27 * time.Minute) } // due after 15
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { w.desk.Watch(ctx); close(done) }()
	for i := 0; len(w.history(t, f.ID)) < 3 && i < 200; i++ {
		time.Sleep(20 * time.Millisecond)
	}
	stop()
	<-done
	lines := strings.Join(w.history(t, f.ID), "\n")
	if !strings.Contains(lines, "not_acknowledged_5") || !strings.Contains(lines, "not_acknowledged_10") || !strings.Contains(lines, "not_acknowledged_15") {
		t.Errorf("the log says:\n%s", lines)
	}
	if a := o.page.get("/referrals"); !strings.Contains(a.body, "not acknowledged, 11 minutes late") && !strings.Contains(a.body, "not acknowledged, 12 minutes late") {
		t.Error("the list does not say how late it is")
	}
}
