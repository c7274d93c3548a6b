package web

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
	"touchstone.internal/pipeline/explain"
)

func describe(t *testing.T) *description {
	t.Helper()
	var d description
	strict(t, openAPI, &d)
	if d.OpenAPI != "3.1.0" {
		t.Errorf("version %s", d.OpenAPI)
	}
	return &d
}

// TestDescribesEveryRoute: the description and the program have the same
// routes, and every operation names its path parameters and its errors.
func TestDescribesEveryRoute(t *testing.T) {
	d := describe(t)
	var routes []string
	for _, r := range newWorld(t).desk.routes {
		if r.isAPI() {
			routes = append(routes, r.pattern)
		}
	}
	slices.Sort(routes)
	ops := d.operations(t)
	if got := slices.Sorted(maps.Keys(ops)); !slices.Equal(got, routes) {
		t.Errorf("described are %q; served are %q", got, routes)
	}
	for name, op := range ops {
		if op.OperationID == "" || op.Summary == "" {
			t.Errorf("%s has no name", name)
		}
		for _, m := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(name, -1) {
			if !slices.ContainsFunc(op.Parameters, func(p describedParameter) bool { return p.Name == m[1] && p.In == "path" && p.Required }) {
				t.Errorf("%s does not describe %s", name, m[1])
			}
		}
		if name == "GET /api/v1/openapi.json" {
			continue
		}
		for _, status := range []int{401, 403, 429, 500, 503} {
			d.response(t, op, status)
		}
	}
	var listed []string
	for _, p := range ops["GET /api/v1/documents"].Parameters {
		listed = append(listed, p.Name)
	}
	slices.Sort(listed)
	if want := slices.Sorted(maps.Keys(filterTexts)); !slices.Equal(listed, want) {
		t.Errorf("parameters of the list are %q; described are %q", want, listed)
	}
}

// TestRefsLead: every reference in the description leads somewhere, and every
// schema is used.
func TestRefsLead(t *testing.T) {
	d := describe(t)
	used := map[string]bool{}
	for _, m := range regexp.MustCompile(`"\$ref": ?"#/components/(\w+)/(\w+)"`).FindAllStringSubmatch(string(openAPI), -1) {
		used[m[2]] = true
		_, isSchema := d.Components.Schemas[m[2]]
		_, isResponse := d.Components.Responses[m[2]]
		if m[1] == "schemas" && !isSchema || m[1] == "responses" && !isResponse {
			t.Errorf("there is no %s/%s", m[1], m[2])
		}
	}
	for name := range d.Components.Schemas {
		if !used[name] {
			t.Errorf("schema %s is not used", name)
		}
	}
}

// TestAnswersMatch asks every operation for every answer that can be had
// without breaking something, and compares the body with its schema.
func TestAnswersMatch(t *testing.T) {
	w := newWorld(t)
	d := describe(t)
	ops := d.operations(t)
	same := picture()
	sent := func(b *browser, parts []part) answer { return b.send("/api/v1/documents", parts) }
	b, nobody, op := w.curl(t, officer), w.browser(t), w.curl(t, operator)
	w.falseDocument(t)
	screened := decode[documentBody](t, sent(b, filled(part{"file", "a.jpg", same})).body)
	w.screen(t, screened.ID)
	waits := w.receive(t, officer)
	at := "/api/v1/documents/" + string(screened.ID)
	sending := picture()
	begun := b.begin("a.jpg", sending)
	upload := begun.header.Get("Location")
	const one = "/api/v1/documents/{id}"
	for _, tt := range []struct {
		op     string
		status int
		a      answer
	}{
		{"GET /api/v1/openapi.json", 200, nobody.get("/api/v1/openapi.json")},
		{"POST /api/v1/documents", 201, sent(b, filled(part{"file", "b.jpg", picture()}))},
		{"POST /api/v1/documents", 200, sent(b, filled(part{"file", "a.jpg", same}))},
		{"POST /api/v1/documents", 201, sent(w.curl(t, reviewer), filled(part{"file", "a.jpg", same}))},
		{"POST /api/v1/documents", 400, sent(b, filled())},
		{"POST /api/v1/documents", 401, sent(nobody, filled())},
		{"POST /api/v1/documents", 403, sent(op, filled())},
		{"POST /api/v1/documents", 413, sent(b, filled(part{"file", "a.jpg", append(picture(), make([]byte, pipeline.MaxUploadBytes)...)}))},
		{"POST /api/v1/documents", 415, sent(b, filled(part{"file", "a.jpg", []byte("x")}))},
		{"POST /api/v1/mrz", 200, b.explain(`{"text":"` + jsonZone + `"}`)},
		{"POST /api/v1/mrz", 200, b.explain(`{"text":"` + strings.ToLower(strings.Replace(jsonZone, "7408", "74K8", 1)) + `"}`)},
		{"POST /api/v1/mrz", 400, b.explain(`{"text":"HELLO"}`)},
		{"POST /api/v1/mrz", 401, nobody.explain(`{}`)},
		{"POST /api/v1/mrz", 403, op.explain(`{}`)},
		{"POST /api/v1/mrz", 415, b.postForm("/api/v1/mrz", nil)},
		{"POST /api/v1/encounters", 201, b.postJSON("/api/v1/encounters", `{"site":"UTO","channel":"custody","people":2,"clock_from":"`+time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)+`"}`)},
		{"POST /api/v1/encounters", 400, b.postJSON("/api/v1/encounters", `{"site":"UTO"}`)},
		{"POST /api/v1/encounters", 401, nobody.postJSON("/api/v1/encounters", `{}`)},
		{"POST /api/v1/encounters", 403, op.postJSON("/api/v1/encounters", `{}`)},
		{"POST /api/v1/encounters", 415, b.postForm("/api/v1/encounters", nil)},
		{"GET /api/v1/encounters/{reference}", 404, b.get("/api/v1/encounters/UTO-000000-0001")},
		{"GET /api/v1/encounters/{reference}", 403, op.get("/api/v1/encounters/UTO-000000-0001")},
		{"POST /api/v1/uploads", 201, begun},
		{"POST /api/v1/uploads", 200, b.begin("a.jpg", sending)},
		{"POST /api/v1/uploads", 413, b.postJSON("/api/v1/uploads", `{"file_name":"a.jpg","size":20000001}`)},
		{"GET /api/v1/uploads", 200, b.get("/api/v1/uploads")},
		{"GET /api/v1/uploads/{upload}", 200, b.get(upload)},
		{"GET /api/v1/uploads/{upload}", 404, b.get("/api/v1/uploads/x")},
		{"PATCH /api/v1/uploads/{upload}", 409, b.piece(path.Base(upload), 5, sending)},
		{"PATCH /api/v1/uploads/{upload}", 415, b.do(b.request("PATCH", upload, nil))},
		{"POST /api/v1/uploads/{upload}/document", 409, b.fileIt(path.Base(upload))},
		{"POST /api/v1/filters", 200, b.postJSON("/api/v1/filters", `{"page": "/documents", "name": "Ferry", "query": "state=screened"}`)},
		{"POST /api/v1/filters", 400, b.postJSON("/api/v1/filters", `{}`)},
		{"GET /api/v1/filters", 200, b.get("/api/v1/filters")},
		{"GET /api/v1/filters", 401, nobody.get("/api/v1/filters")},
		{"POST /api/v1/searches", 200, w.curl(t, reviewer).postJSON("/api/v1/searches", searchJSON("reference", string(screened.ID)))},
		{"POST /api/v1/searches", 400, w.curl(t, reviewer).postJSON("/api/v1/searches", "{}")},
		{"POST /api/v1/searches", 401, nobody.postJSON("/api/v1/searches", "{}")},
		{"POST /api/v1/searches", 403, b.postJSON("/api/v1/searches", "{}")},
		{"POST /api/v1/searches", 415, w.curl(t, reviewer).postForm("/api/v1/searches", nil)},
		{"GET /api/v1/reviews", 200, w.curl(t, supervisor).get("/api/v1/reviews")},
		{"GET /api/v1/reviews", 200, w.curl(t, reviewer).get("/api/v1/reviews?tab=mine")},
		{"GET /api/v1/board", 200, w.curl(t, supervisor).get("/api/v1/board")},
		{"GET /api/v1/board/decisions", 200, w.curl(t, supervisor).get("/api/v1/board/decisions?show=all&period=today")},
		{"GET /api/v1/board/decisions", 400, w.curl(t, supervisor).get("/api/v1/board/decisions?show=x")},
		{"GET /api/v1/threat", 200, w.curl(t, analyst).get("/api/v1/threat?kind=altered")},
		{"GET /api/v1/threat", 400, w.curl(t, analyst).get("/api/v1/threat?kind=x")},
		{"GET /api/v1/threat", 403, b.get("/api/v1/threat")},
		{"GET /api/v1/threat/records", 200, w.curl(t, analyst).get("/api/v1/threat/records")},
		{"GET /api/v1/threat/feed", 200, w.curl(t, supervisor).get("/api/v1/threat/feed")},
		{"GET /api/v1/reviews", 400, w.curl(t, reviewer).get("/api/v1/reviews?page=x")},
		{"GET /api/v1/reviews", 403, b.get("/api/v1/reviews")},
		{"GET /api/v1/reviews/count", 200, w.curl(t, reviewer).get("/api/v1/reviews/count")},
		{"POST /api/v1/reviews/assign", 200, w.curl(t, supervisor).postJSON("/api/v1/reviews/assign", `{"documents": ["`+string(screened.ID)+`", "TSD-0000-0000"], "reviewer": "`+reviewer+`"}`)},
		{"POST /api/v1/reviews/assign", 400, w.curl(t, supervisor).postJSON("/api/v1/reviews/assign", `{"documents": ["x"], "reviewer": "`+officer+`"}`)},
		{"POST /api/v1/reviews/assign", 403, b.postJSON("/api/v1/reviews/assign", `{}`)},
		{"POST /api/v1/reviews/{id}/free", 409, w.curl(t, supervisor).postForm("/api/v1/reviews/"+string(screened.ID)+"/free", nil)},
		{"POST /api/v1/reviews/next", 200, w.curl(t, reviewer).postForm("/api/v1/reviews/next", nil)},
		{"POST /api/v1/reviews/{id}/free", 404, w.curl(t, supervisor).postForm("/api/v1/reviews/TSD-0000-0000/free", nil)},
		{"GET /api/v1/reviews", 200, w.curl(t, supervisor).get("/api/v1/reviews?tab=held")},
		{"GET /api/v1/documents", 200, b.get("/api/v1/documents?limit=1")},
		{"GET /api/v1/documents", 200, b.get("/api/v1/documents?encounter=XXX-000000-0000")},
		{"GET /api/v1/documents", 400, b.get("/api/v1/documents?limit=x")},
		{"GET /api/v1/documents", 401, nobody.get("/api/v1/documents")},
		{"GET /api/v1/documents", 403, op.get("/api/v1/documents")},
		{"GET " + one, 200, b.get(at)},
		{"GET " + one, 200, b.get("/api/v1/documents/" + string(waits.ID))},
		{"GET " + one, 404, b.get("/api/v1/documents/TSD-0000-0000")},
		{"GET " + one, 401, nobody.get(at)},
		{"GET " + one, 403, op.get(at)},
		{"GET " + one + "/report", 200, b.get(at + "/report")},
		{"GET " + one + "/report", 404, b.get("/api/v1/documents/" + string(waits.ID) + "/report")},
		{"GET " + one + "/report", 401, nobody.get(at + "/report")},
		{"GET " + one + "/image", 200, b.get(at + "/image")},
		{"GET " + one + "/image", 404, b.get("/api/v1/documents/" + string(waits.ID) + "/image")},
	} {
		d.check(t, ops[tt.op], tt.status, tt.a)
	}
}

// check holds one answer of an operation to what is said of it.
func (d *description) check(t *testing.T, op describedOperation, status int, a answer) {
	t.Helper()
	if a.status != status {
		t.Errorf("%s: %d %s; want %d", op.OperationID, a.status, a.body, status)
		return
	}
	r := d.response(t, op, status)
	kind := a.header.Get("Content-Type")
	content, ok := r.Content[kind]
	if !ok && a.body != "" {
		t.Errorf("%s, %d: %s is not described", op.OperationID, status, kind)
		return
	}
	if strings.HasSuffix(kind, "json") {
		if faults := d.match(content.Schema, decode[any](t, a.body), ""); faults != nil {
			t.Errorf("%s, %d: %q in %s", op.OperationID, status, faults, a.body)
		}
	}
}

// TestSchemasMatchTypes: each schema has the keys of its Go type, requires
// those that are always written, and takes the type with every field filled.
func TestSchemasMatchTypes(t *testing.T) {
	d := describe(t)
	for name, v := range map[string]any{
		"Account": accountBody{}, "AccountList": pageBody[accountBody]{}, "AccountWish": accountWish{}, "AccountEdit": accountEdit{}, "OneTimePassword": oneTimeBody{}, "PasswordChange": passwordChange{},
		"Token": tokenBody{}, "TokenList": pageBody[tokenBody]{}, "TokenWish": tokenWish{}, "Webhook": endpointBody{}, "WebhookList": pageBody[endpointBody]{}, "WebhookWish": endpointWish{}, "Delivery": deliveryBody{}, "DeliveryList": pageBody[deliveryBody]{}, "AuditEvent": auditBody{}, "AuditEventList": pageBody[auditBody]{},
		"Document": documentBody{}, "Sighting": sightingBody{}, "DocumentList": listBody{}, "Problem": problemBody{}, "FieldError": fieldError{},
		"OpenedEncounter": encounterBody{}, "Upload": uploadBody{}, "Joining": joinBody{}, "TypedText": typedBody{}, "TypedZone": explain.Explanation{}, "TypedField": explain.Field{}, "TypedCharacter": explain.Character{},
		"Standing": standingBody{}, "Review": reviewBody{}, "Decision": decisionBody{}, "Judgement": draftBody{}, "Impression": impressionBody{}, "Recapture": recaptureBody{},
		"Status": statusBody{}, "ServicePart": partBody{}, "Load": loadBody{}, "TaskQueue": queueLoadBody{}, "FailureGroup": failureBody{}, "Worker": workerBody{},
		"Backlog": backlogBody{}, "FailureCause": causeBody{}, "Retried": retriedBody{},
		"AssignmentWish": assignWish{}, "Assignment": assignedBody{}, "AssignmentRefused": refusedBody{},
		"SavedFilter": filterBody{}, "SavedFilters": filtersBody{},
		"SearchQuery": searchBody{}, "Found": foundBody{},
		"PersonNumber": numberBody{}, "AnswerGiven": answerBody{}, "RoleGiven": roleBody{}, "ClosingGiven": closingBody{}, "HoldingGiven": holdingBody{},
		"ReferralAsked": referBody{}, "ReferralEnd": outcomeBody{}, "TaskDone": doneBody{}, "PersonAnswer": casework.Answer{}, "PersonMark": casework.RoleMark{},
		"PromptClosing": casework.Closing{}, "Person": casework.Person{}, "DocumentHolding": casework.Holding{}, "Prompt": promptBody{}, "Suggestion": suggestionBody{},
		"Movement": movementBody{}, "MovementGiven": movedBody{}, "MovementLine": casework.Movement{}, "AreasGiven": areasBody{}, "AreaLine": areaBody{},
		"ModeSuggestion": casework.ModeSuggestion{}, "AreaSuggestion": casework.AreaSuggestion{}, "Incident": incidentBody{}, "IncidentWish": incidentWish{},
		"IncidentJoin": joinIncidentBody{}, "IncidentEncounter": casework.IncidentMember{}, "IncidentPerson": sceneBody{}, "ListedIncident": listedIncident{},
		"IncidentList": incidentsBody{},
		"PersonAt":     casework.PersonAt{}, "Link": casework.Link{}, "LinkGiven": linkBody{}, "LinkCandidate": casework.LinkCandidate{}, "Links": linksBody{},
		"Series": seriesBody{}, "SeriesWish": seriesWish{}, "SeriesList": seriesListBody{}, "ListedSeries": listedSeries{}, "SeriesEntry": casework.SeriesEntry{},
		"SeriesEntryGiven": entryBody{}, "SeriesDocument": casework.Attempt{}, "SeriesHolder": casework.Holder{}, "RelatedDocument": casework.Related{},
		"Task": taskBody{}, "Group": groupBody{}, "Referral": referralBody{}, "ReferralList": referralsBody{},
		"Report": pipeline.Report{}, "Page": pipeline.PageReading{}, "Zone": pipeline.ZoneReading{}, "CharMark": pipeline.CharMark{},
		"Field": pipeline.FieldReading{}, "CheckDigit": pipeline.CheckDigitReading{}, "Doubt": pipeline.DoubtReading{}, "Change": pipeline.ChangeReading{}, "Finding": pipeline.Finding{}, "Value": pipeline.Value{},
		"Box": pipeline.Box{}, "ScreeningOutcome": pipeline.ScreeningOutcome{}, "Contribution": pipeline.Contribution{}, "Orientation": pipeline.Orientation{},
	} {
		s := d.Components.Schemas[name]
		if s == nil {
			t.Errorf("there is no schema %s", name)
			continue
		}
		var keys, always []string
		for _, field := range reflect.VisibleFields(reflect.TypeOf(v)) {
			if field.Anonymous { // its fields are in the list
				continue
			}
			key, opts, _ := strings.Cut(field.Tag.Get("json"), ",")
			keys = append(keys, key)
			if opts != "omitempty" {
				always = append(always, key)
			}
		}
		slices.Sort(keys)
		slices.Sort(always)
		slices.Sort(s.Required)
		if got := slices.Sorted(maps.Keys(s.Properties)); !slices.Equal(got, keys) || !slices.Equal(s.Required, always) {
			t.Errorf("%s: schema has %q and requires %q; the type has %q and always writes %q", name, got, s.Required, keys, always)
		}
		if s.AdditionalProperties == nil || *s.AdditionalProperties {
			t.Errorf("%s: the schema takes any key", name)
		}
	}
	full := pipeline.Report{}
	fill(reflect.ValueOf(&full).Elem())
	b, err := json.Marshal(full)
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range d.match(&schema{Ref: "#/components/schemas/Report"}, decode[any](t, string(b)), "") {
		if !strings.Contains(fault, "is none of") && !strings.Contains(fault, "does not match") { // "x" is no enum's value
			t.Error(fault)
		}
	}
}

// fill sets every field of a value, one item in every list.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for _, field := range v.Fields() {
			fill(field)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Uint8:
		v.SetUint(1)
	case reflect.Float64:
		v.SetFloat(1.5)
	case reflect.Array: // of numbers, that may be 0
	default:
		panic("a report has no " + v.Kind().String())
	}
}

// TestEnumsMatch: what the schemas list is what the program knows.
func TestEnumsMatch(t *testing.T) {
	d := describe(t)
	for name, ok := range map[string]func(string) error{
		"State":        func(s string) error { _, err := pipeline.ParseState(s); return err },
		"Capture":      func(s string) error { _, err := pipeline.ParseCaptureClass(s); return err },
		"Channel":      func(s string) error { _, err := pipeline.ParseChannel(s); return err },
		"Conclusion":   func(s string) error { _, err := parseConclusion(s); return err },
		"Role":         func(s string) error { _, err := pipeline.ParseRole(s); return err },
		"SearchKind":   func(s string) error { return oneOf(pipeline.SearchKinds, s) },
		"SearchReason": func(s string) error { return oneOf(pipeline.SearchReasons, s) },
		"Severity":     func(s string) error { var v pipeline.Severity; return v.UnmarshalText([]byte(s)) },
	} {
		s := d.Components.Schemas[name]
		if len(s.Enum) < 3 {
			t.Errorf("%s lists %q", name, s.Enum)
		}
		for _, v := range s.Enum {
			if err := ok(v); err != nil {
				t.Errorf("%s lists %q: %v", name, v, err)
			}
		}
	}
	for name, want := range map[string]string{
		"WebhookEvent": fmt.Sprint(pipeline.HookEvents),
		"PersonRole":   fmt.Sprint(casework.Roles), "AnswerState": fmt.Sprint(casework.AnswerStates), "AnswerSource": fmt.Sprint(casework.Sources),
		"Direction": fmt.Sprint(casework.Directions), "MovementPurpose": fmt.Sprint(casework.Purposes), "MovementMode": fmt.Sprint(casework.Modes),
		"Certainty": fmt.Sprint(casework.Certainties), "ActorScope": fmt.Sprint(casework.ActorScopes), "ThreatAreaCode": fmt.Sprint(casework.ThreatAreas),
		"Marking": fmt.Sprint(casework.Markings),
	} {
		if got := fmt.Sprint(d.Components.Schemas[name].Enum); got != want {
			t.Errorf("%s lists %s; the program knows %s", name, got, want)
		}
	}
	for _, c := range pipeline.CaptureClasses {
		if !slices.Contains(d.Components.Schemas["Capture"].Enum, string(c)) {
			t.Errorf("capture class %s is not described", c)
		}
	}
	if got := d.Components.Schemas["Encounter"].Pattern; got != encounterForm.String() {
		t.Errorf("encounter references are %s; described as %s", encounterForm, got)
	}
}

// TestOpenAPIServed: the description is served as it is, and not again to who
// has it.
func TestOpenAPIServed(t *testing.T) {
	w := newWorld(t)
	b := w.browser(t)
	a := b.get("/api/v1/openapi.json")
	if a.status != http.StatusOK || a.body != string(openAPI) {
		t.Errorf("%d, %d bytes", a.status, len(a.body))
	}
	req := b.request("GET", "/api/v1/openapi.json", nil)
	req.Header.Set("If-None-Match", a.header.Get("ETag"))
	if a := b.do(req); a.status != http.StatusNotModified {
		t.Errorf("again: %d", a.status)
	}
}
