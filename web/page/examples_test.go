package page

import (
	"bytes"
	"image"
	"image/color"
	draw2d "image/draw"
	"image/jpeg"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"touchstone.internal/fixtures"
	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/explain"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/text"
)

// The pages are shown on the evening of 24 November 2026, in London.
var now = time.Date(2026, time.November, 24, 20, 17, 0, 0, time.UTC)

const (
	officer  = pipeline.RoleOfficer
	reviewer = pipeline.RoleReviewer
	operator = pipeline.RoleOperator

	administrator = pipeline.RoleAdministrator
	auditor       = pipeline.RoleAuditor
)

func shell(role pipeline.Role, path string) Shell {
	s := Shell{Path: path, Version: "1.0.0", Now: now, Request: "7F3A-91C0"}
	switch role {
	case officer:
		s.Account = pipeline.Account{Name: "officer", Title: "Duty officer", Role: role}
	case reviewer:
		s.Account = pipeline.Account{Name: "reviewer", Title: "Document reviewer", Role: role}
	case operator:
		s.Account = pipeline.Account{Name: "operator", Title: "Operator", Role: role}
	case auditor:
		s.Account = pipeline.Account{Name: "auditor", Title: "Auditor", Role: role}
	case administrator:
		s.Account = pipeline.Account{Name: "administrator", Title: "Administrator", Role: role}
	default: // nobody is signed in
	}
	return s
}

// themed is a shell of who chose a theme.
func themed(t Theme) Shell {
	s := shell(officer, "/")
	s.Theme = t
	return s
}

// oneTimeShell is that of somebody who has to choose a password first.
func oneTimeShell() Shell {
	s := shell(officer, "/account")
	s.Account.OneTimeUntil = now.Add(pipeline.OneTime)
	return s
}

// example is a page with a view that it can have.
type example struct {
	name  string
	page  string
	shell Shell
	view  any
}

// specimen is a drawn document: the upright picture, and the lines of its zone
// with a box for each character.
type specimen struct {
	jpeg  []byte
	size  image.Point
	lines []string
	rows  []fixtures.Quad
}

// tall gives the document as a phone sees it that is held upright: a desk above
// and below.
func (s specimen) tall() (specimen, error) {
	page, err := jpeg.Decode(bytes.NewReader(s.jpeg))
	if err != nil {
		return s, err
	}
	at := image.Pt(0, s.size.Y/2)
	desk := image.NewRGBA(image.Rect(0, 0, s.size.X, s.size.Y*2))
	draw2d.Draw(desk, desk.Bounds(), image.NewUniform(color.Gray{90}), image.Point{}, draw2d.Src)
	draw2d.Draw(desk, page.Bounds().Add(at), page, image.Point{}, draw2d.Src)
	var b bytes.Buffer
	err = jpeg.Encode(&b, desk, &jpeg.Options{Quality: 80})
	s.jpeg, s.size, s.rows = b.Bytes(), desk.Bounds().Size(), slices.Clone(s.rows)
	for i := range s.rows {
		for j := range s.rows[i] {
			s.rows[i][j].Y += float64(at.Y)
		}
	}
	return s, err
}

// tallID is the document of which the picture is higher than wide.
const tallID = "TSD-TA11-P1CT"

// draw draws the document of all examples once: its date of birth does not fit
// its check digit.
var draw = sync.OnceValues(func() (specimen, error) {
	img, truth, err := fixtures.Draw(fixtures.Spec{Format: mrz.TD3, Fault: fixtures.DateOfBirthDigit, Seed: 7})
	if err != nil {
		return specimen{}, err
	}
	var b bytes.Buffer
	err = jpeg.Encode(&b, img, &jpeg.Options{Quality: 80})
	return specimen{b.Bytes(), img.Bounds().Size(), truth.Lines, truth.LineBoxes}, err
})

func drawn(t *testing.T) specimen {
	t.Helper()
	s, err := draw()
	if err != nil {
		t.Fatalf("draw the specimen: %v", err)
	}
	return s
}

func drawnTall(t *testing.T) specimen {
	t.Helper()
	s, err := drawn(t).tall()
	if err != nil {
		t.Fatalf("draw the specimen on a desk: %v", err)
	}
	return s
}

// cell is the box of characters from to to of a line, in the upright picture.
func (s specimen) cell(line, from, to int) image.Rectangle {
	q := s.rows[line]
	n := float64(len(s.lines[line]))
	x := func(i int) int { return int(math.Round(q[0].X + (q[1].X-q[0].X)*float64(i)/n)) }
	return image.Rect(x(from), int(q[0].Y), x(to), int(q[2].Y))
}

// sideways is how the camera was held: the stored picture needs a quarter turn.
var sideways = pipeline.Orientation{Quarters: 1}

func (s specimen) box(label string, line, from, to int) pipeline.Box {
	return pipeline.BoxOf(sideways.ToStored(s.cell(line, from, to), s.size.Y, s.size.X), label)
}

func (s specimen) marks(line int, unsure map[int]string) []pipeline.CharMark {
	ms := make([]pipeline.CharMark, len(s.lines[line]))
	for i := range ms {
		r := sideways.ToStored(s.cell(line, i, i+1), s.size.Y, s.size.X)
		other, doubt := unsure[i]
		ms[i] = pipeline.CharMark{Box: [4]int{r.Min.X, r.Min.Y, r.Dx(), r.Dy()}, Confidence: .99, Certain: !doubt, RunnerUp: other}
	}
	return ms
}

func (s specimen) zone(unsure map[int]string) pipeline.ZoneReading {
	two := s.lines[1]
	z := pipeline.ZoneReading{
		Format: mrz.TD3, Lines: s.lines, Certain: len(unsure) == 0,
		Box:   pipeline.BoxOf(sideways.ToStored(s.cell(0, 0, 44).Union(s.cell(1, 0, 44)), s.size.Y, s.size.X), "machine readable zone"),
		Chars: [][]pipeline.CharMark{s.marks(0, nil), s.marks(1, unsure)},
	}
	for _, f := range []struct {
		name           mrz.FieldName
		line, from, to int
		state          mrz.DigitState
	}{
		{mrz.DocumentCode, 0, 0, 2, ""},
		{mrz.IssuingState, 0, 2, 5, ""},
		{mrz.NameOfHolder, 0, 5, 44, ""},
		{mrz.DocumentNumber, 1, 0, 9, mrz.Verified},
		{mrz.Nationality, 1, 10, 13, ""},
		{mrz.DateOfBirth, 1, 13, 19, mrz.Refuted},
		{mrz.Sex, 1, 20, 21, ""},
		{mrz.DateOfExpiry, 1, 21, 27, mrz.Verified},
		{mrz.PersonalNumber, 1, 28, 42, mrz.NotPrinted},
	} {
		raw := s.lines[f.line][f.from:f.to]
		r := pipeline.FieldReading{Name: f.name, Raw: raw, Value: strings.TrimSpace(strings.ReplaceAll(raw, "<", " ")), Certain: true, Box: s.box(text.Field(string(f.name)), f.line, f.from, f.to)}
		if f.state != "" {
			printed := two[f.to : f.to+1]
			computed := string(rune(mrz.CheckDigit(raw)))
			r.CheckDigit = &pipeline.CheckDigitReading{Printed: printed, Computed: computed, State: f.state}
			if f.state == mrz.Refuted {
				r.CheckDigit.Doubt = &pipeline.DoubtReading{Misread: .0004, Changes: []pipeline.ChangeReading{{Line: 1, Column: 19, To: computed}}}
			}
		}
		z.Fields = append(z.Fields, r)
	}
	return z
}

// answerBy fills the sentence in as a check would.
func answerBy(check string, o pipeline.Outcome, s pipeline.Severity, statement string, params map[string]string, boxes ...pipeline.Box) pipeline.Finding {
	if boxes == nil {
		boxes = []pipeline.Box{}
	}
	return pipeline.Finding{
		Check: check, Version: 1, Outcome: o, Severity: s, Statement: statement, Reason: text.Reason(statement, params), Boxes: boxes,
	}
}

// report is a literal report on the specimen with what every variant shares.
func (s specimen) report(o pipeline.ScreeningOutcome, unsure map[int]string, found ...pipeline.Finding) *pipeline.Report {
	if o.Contributions == nil {
		o.Contributions = []pipeline.Contribution{}
	}
	return &pipeline.Report{
		Digest: pipeline.Digest(strings.Repeat("9f3c", 16)), Engine: "engine 1; reader 1; checks MRZ-01@1 MRZ-04@1", RuleSet: strings.Repeat("ab12", 16),
		AsOf: "2026-11-24", Capture: pipeline.CapturePhoto,
		Pages: []pipeline.PageReading{{
			Width: s.size.Y, Height: s.size.X, Orientation: sideways, Zones: []pipeline.ZoneReading{s.zone(unsure)},
		}},
		Findings: append(found,
			answerBy("MRZ-01", pipeline.OK, pipeline.S0, "zone_found", nil),
			answerBy("MRZ-03", pipeline.OK, pipeline.S2, "check_digit_ok", map[string]string{"field": "document number"}, s.box("document number", 1, 0, 10)),
			answerBy("MRZ-05", pipeline.OK, pipeline.S2, "check_digit_ok", map[string]string{"field": "date of expiry"}, s.box("date of expiry", 1, 21, 28)),
			answerBy("MRZ-06", pipeline.NotPerformed, pipeline.S1, "check_digit_empty", map[string]string{"field": "personal number"}),
			answerBy("DOC-03", pipeline.Fail, pipeline.S0, "specimen", map[string]string{"field": "issuing State"}, s.box("issuing State", 0, 2, 5)),
			answerBy("MRZ-14", pipeline.Aborted, pipeline.S0, "check_aborted", nil),
		),
		Outcome: o,
	}
}

func (s specimen) examine() *pipeline.Report {
	printed, computed := s.lines[1][19:20], string(rune(mrz.CheckDigit(s.lines[1][13:19])))
	digit := answerBy("MRZ-04", pipeline.Fail, pipeline.S2, "check_digit_wrong", map[string]string{"field": "date of birth", "printed": printed, "expected": computed},
		s.box("date of birth", 1, 13, 19), s.box("date of birth check digit", 1, 19, 20))
	digit.Values = []pipeline.Value{{Label: "date of birth check digit", Printed: printed, Expected: computed}}
	whole := answerBy("MRZ-07", pipeline.Fail, pipeline.S2, "composite_follows", map[string]string{"printed": "8", "expected": "1", "fields": "date of birth"},
		s.box("overall check digit", 1, 43, 44))
	state := answerBy("DOC-04", pipeline.Fail, pipeline.S3, "state_unlisted", map[string]string{"field": "nationality", "code": s.lines[1][10:13]}, s.box("nationality", 1, 10, 13))
	fourth := answerBy("MRZ-02", pipeline.Fail, pipeline.S2, "syntax_fault", map[string]string{"field": "sex", "printed": s.lines[1][20:21]}, s.box("sex", 1, 20, 21))
	unsure := answerBy("MRZ-10", pipeline.Undetermined, pipeline.S2, "date_unplaced", map[string]string{"field": "date of expiry", "printed": s.lines[1][21:27]}, s.box("date of expiry", 1, 21, 27))
	return s.report(pipeline.ScreeningOutcome{
		Conclusion: pipeline.ReviewSuggested, Band: pipeline.High, Total: .82,
		Contributions: []pipeline.Contribution{
			{Finding: 2, Check: "DOC-04", Group: "codes", Weight: .4, Share: .4},
			{Finding: 0, Check: "MRZ-04", Group: "check_digits", Weight: .3, Share: .3},
			{Finding: 3, Check: "MRZ-02", Group: "characters", Weight: .1, Share: .1},
			{Finding: 1, Check: "MRZ-07", Group: "check_digits", Weight: .2, Share: .02},
		},
	}, map[int]string{4: "O", 17: "B", 18: "I"}, digit, whole, state, fourth, unsure)
}

func document(s pipeline.State) pipeline.Document {
	d := pipeline.Document{
		ID: "TSD-7Q4K-2M9X", Size: 3_104_232, MediaType: pipeline.JPEG, FileName: "IMG_2041.jpg", Encounter: "NPT-241126-0147",
		Capture: pipeline.CapturePhoto, UploadedBy: "officer", ReceivedAt: now.Add(-8 * time.Second), State: s,
	}
	if s == pipeline.StateScreened {
		d.ScreenedAt, d.Rendition = now.Add(-4*time.Second), pipeline.Digest(strings.Repeat("0", 64))
	}
	return d
}

// withReport is a screened document and its report.
func withReport(r *pipeline.Report) Document {
	d := document(pipeline.StateScreened)
	d.Outcome = r.Outcome
	return Document{Document: d, Report: r, Checks: names, Waiting: 0}
}

var names = map[string]pipeline.Check{
	"MRZ-04": {ID: "MRZ-04", Name: "Date of birth check digit", Standard: "Doc 9303-3, 4.9"},
	"MRZ-07": {ID: "MRZ-07", Name: "Overall check digit", Standard: "Doc 9303-4, -5 and -6, 4.2.2"},
	"DOC-03": {ID: "DOC-03", Name: "Sample document", Standard: "Doc 9303-3, section 5 part G"},
	"MRZ-02": {ID: "MRZ-02", Name: "Characters fit their fields", Standard: "Doc 9303-3, 4.3"},
	"MRZ-10": {ID: "MRZ-10", Name: "Dates fit together", Standard: "Doc 9303-3, 4.8"},
	"MRZ-14": {ID: "MRZ-14", Name: "Known issue with this issuer", Standard: "Doc 9303-3, section 7"},
	"DOC-04": {ID: "DOC-04", Name: "Issuing State and nationality exist", Standard: "Doc 9303-3, section 5"},
}

// unread is a document of which nothing could be read.
func unread(problem pipeline.Problem, conclusion pipeline.Conclusion, findings ...pipeline.Finding) Document {
	v := withReport(&pipeline.Report{Findings: findings, Outcome: pipeline.ScreeningOutcome{Conclusion: conclusion, Problem: problem}})
	v.Document.Rendition = ""
	return v
}

func seenBefore() []pipeline.Sighting {
	return []pipeline.Sighting{
		{DocumentID: "TSD-1D6Z-8AKQ", Encounter: "EAF-141126-0031", ReceivedAt: now.Add(-240 * time.Hour), Outcome: pipeline.ScreeningOutcome{Conclusion: pipeline.ReviewSuggested, Band: pipeline.Low}},
		{DocumentID: "TSD-4MW0-YT2B", ReceivedAt: now.Add(-time.Hour)},
		{ReceivedAt: now.Add(-48 * time.Hour)}, // of a document that the account may not read
	}
}

func history() []pipeline.AuditEvent {
	return []pipeline.AuditEvent{
		{Seq: 1, At: now.Add(-8 * time.Second), Actor: pipeline.Actor{Account: "officer", Role: officer}, Operation: pipeline.OpCollect, Object: "TSD-7Q4K-2M9X", Detail: "received"},
		{Seq: 2, At: now.Add(-4 * time.Second), Actor: pipeline.Actor{Account: "worker-1", Role: pipeline.RoleSystem}, Operation: pipeline.OpAlter, Object: "TSD-7Q4K-2M9X", Detail: "screened"},
		{Seq: 3, At: now, Actor: pipeline.Actor{Account: "reviewer", Role: reviewer}, Operation: pipeline.OpConsult, Object: "TSD-7Q4K-2M9X", Detail: "image"},
	}
}

// several is a list with a document of every kind.
func several() []pipeline.Document {
	outcomes := []pipeline.ScreeningOutcome{
		{Conclusion: pipeline.ReviewSuggested, Band: pipeline.High},
		{Conclusion: pipeline.ReviewSuggested, Band: pipeline.Medium},
		{Conclusion: pipeline.ReviewSuggested, Band: pipeline.Low},
		{Conclusion: pipeline.NoIrregularityFound, Level: 1},
		{Conclusion: pipeline.CouldNotCheck, Problem: pipeline.ProblemZoneNotFound},
		{Conclusion: pipeline.TechnicalFault, Problem: "reader_crashed"},
	}
	ds := []pipeline.Document{document(pipeline.StateReceived), document(pipeline.StateScreening)}
	for range outcomes {
		ds = append(ds, document(pipeline.StateScreened))
	}
	for i := range ds {
		ds[i].ID = pipeline.NewDocumentID([8]byte{byte(i), 7, 29, 3, 11, byte(5 * i), 9, 1})
		ds[i].ReceivedAt = now.Add(-time.Duration(i*i) * 7 * time.Minute)
		if i > 1 {
			ds[i].Outcome = outcomes[i-2]
		}
		ds[i].Capture = pipeline.CaptureClasses[i%len(pipeline.CaptureClasses)]
	}
	return ds
}

// examples is every page in every shape: as usual, with errors, and empty.
func examples(t *testing.T) []example {
	t.Helper()
	es := append(formExamples(), listExamples()...)
	es = append(es, searchExamples()...)
	es = append(es, queueExamples()...)
	es = append(append(es, boardExamples()...), threatExamples()...)
	es = append(append(es, peopleExamples()...), referExamples()...)
	es = append(append(es, movementExamples()...), seriesExamples()...)
	es = append(es, companyExamples(drawn(t))...)
	es = append(es, documentExamples(drawn(t))...)
	es = append(es, reviewExamples(drawn(t))...)
	es = append(es, statusExamples()...)
	es = append(es, standingExamples(drawn(t))...)
	upright := withReport(drawnTall(t).examine())
	upright.Document.ID = tallID
	es = append(es, example{"examine-tall", "examine", shell(reviewer, "/documents"), upright}, example{"document-tall", "document", shell(officer, "/documents"), upright})
	return append(es,
		example{"safety", "safety", shell(officer, "/safety"), Safety{}},
		example{"safety-document", "safety", shell(officer, "/safety"), Safety{Document: "TSD-7Q4K-2M9X"}},
		example{"safety-raised", "safety", shell(reviewer, "/safety"), Safety{Document: "TSD-7Q4K-2M9X", Raised: true}},
		example{"safety-lead", "safety", shellAs(pipeline.RoleSafeguarding, "Safeguarding lead", "/safety"), Safety{}},
		example{"safety-signed-out", "safety", shell("", "/safety"), Safety{}},
		example{"problem-not-found", "problem", shell(officer, "/documents/TSD-0000-0000"), Problem{404, "We could not find that document", "Check the reference. A full reference has 8 characters after TSD"}},
		example{"problem-fault", "problem", shell(officer, "/upload"), Problem{500, "There is a problem with the service", "Try again in 5 minutes"}},
		example{"problem-signed-out", "problem", shell("", "/"), Problem{401, "Sign in first", "Sign in to see this page"}},
		example{"problems", "problems", shell("", "/problems"), Problems{Types: []ProblemType{
			{"validation", "Something is missing", 400, "A field is missing or has a form that we cannot use."}, {"not-found", "Not found", 404, "There is nothing of that reference that you may see."},
		}}},
		example{"problems-empty", "problems", shell("", "/problems"), Problems{}},
	)
}

// accounts is one of each state.
func accounts() []pipeline.Account {
	return []pipeline.Account{
		{Name: "officer", Title: "Duty officer", Role: officer, OneTimeUntil: now.Add(pipeline.OneTime)},
		{Name: "administrator", Title: "Administrator", Role: administrator, LockedAt: now.Add(-time.Hour)},
		{Name: "e-gates", Title: "e-gates", Role: pipeline.RoleMachine},
	}
}

// machineTokens are one of each state.
func machineTokens() []pipeline.Token {
	made := now.Add(-40 * 24 * time.Hour)
	return []pipeline.Token{
		{ID: "abcdefgh2345", Account: "e-gates", MadeBy: "administrator", MadeAt: now, ExpiresAt: now.Add(90 * 24 * time.Hour)},
		{ID: "mnopqrst6722", Account: "case-system", MadeBy: "administrator", MadeAt: made, ExpiresAt: now.Add(time.Hour), UsedAt: now.Add(-time.Minute)},
		{ID: "uvwxyzab3333", Account: "case-system", MadeBy: "administrator", MadeAt: made, ExpiresAt: now.Add(-time.Hour), UsedAt: made.Add(time.Hour)},
		{ID: "cdefghij4444", Account: "e-gates", MadeBy: "administrator", MadeAt: made, ExpiresAt: now.Add(time.Hour), RevokedAt: made.Add(time.Hour)},
	}
}

// hookLines are webhooks in each state.
func hookLines() []WebhookLine {
	ds := deliveries()
	e := pipeline.Endpoint{ID: "abcdefgh2345", URL: "https://case-system.example/a/long/way/to/where/events/are/taken?source=touchstone", Events: pipeline.HookEvents, CreatedBy: "administrator", CreatedAt: now}
	old := pipeline.Endpoint{ID: "mnopqrst6722", URL: "http://10.1.2.3:8080/events", Events: pipeline.HookEvents[1:2], CreatedBy: "administrator", CreatedAt: now.Add(-time.Hour), DisabledAt: now}
	return []WebhookLine{{Endpoint: e}, {Endpoint: e, Last: ds[1:2]}, {Endpoint: old, Last: ds[4:5]}}
}

// rotated is a webhook whose secret was changed a moment ago.
func rotated() pipeline.Endpoint {
	e := hookLines()[0].Endpoint
	e.OldUntil = now.Add(pipeline.HookOverlap)
	return e
}

// deliveries are one of each state.
func deliveries() []pipeline.Delivery {
	one := func(n string, e pipeline.HookEvent, object string) pipeline.Delivery {
		return pipeline.Delivery{ID: "msg_ABCDEFGHIJKLMNOPQRSTUVWX" + n, Event: e, Object: object, At: now.Add(-time.Minute)}
	}
	fresh, again, done, lost := one("Y2", pipeline.HookPing, "abcdefgh2345"), one("Y3", pipeline.HookScreened, "TSD-7K3F-9QXM"), one("Y4", pipeline.HookDecided, "TSD-7K3F-9QXM"), one("Y5", pipeline.HookReferral, "R-1234-5678")
	fresh.State, fresh.NextAt = pipeline.DeliveryWaiting, now
	again.State, again.NextAt, again.Attempts, again.LastStatus = pipeline.DeliveryWaiting, now.Add(5*time.Minute), 2, pipeline.HookTimeout
	done.State, done.Attempts, done.LastStatus = pipeline.DeliveryDone, 1, "204"
	lost.State, lost.Attempts, lost.LastStatus = pipeline.DeliveryGivenUp, 10, pipeline.HookRefused
	none, off := lost, lost
	none.LastStatus, off.LastStatus = pipeline.HookNoAnswer, pipeline.HookSwitchOff
	return []pipeline.Delivery{fresh, again, done, lost, off, none}
}

func formExamples() []example {
	waiting, checked := document(pipeline.StateReceived), document(pipeline.StateScreened)
	waiting.ID = "TSD-9B2M-77KD"
	bare := checked
	bare.ID, bare.FileName, bare.Outcome = "TSD-5C1N-02WQ", "IMG_2043.jpg", pipeline.ScreeningOutcome{Conclusion: pipeline.CouldNotCheck, Problem: pipeline.ProblemZoneNotFound}
	checked.Outcome = pipeline.ScreeningOutcome{Conclusion: pipeline.NoIrregularityFound, Level: 1}
	return []example{
		{"sign-in", "sign-in", shell("", "/sign-in"), SignIn{Next: "/upload"}},
		{"sign-in-kept", "sign-in", shell("", "/sign-in"), SignIn{Next: "/reviews/TSD-7Q4K-2M9X", Kept: true}},
		{"sign-in-error", "sign-in", shell("", "/sign-in"), SignIn{Name: "officer", Errors: []Error{{"name", "Account name and password do not belong together"}, {"password", "Enter your password"}}}},
		{"accounts", "accounts", shell(administrator, "/accounts"), Accounts{Accounts: accounts(), Next: "/accounts?cursor=YQ", Made: accounts()[0], Password: "abcde-fghij-klmno-pqrst"}},
		{"accounts-error", "accounts", shell(administrator, "/accounts"), Accounts{Name: "Duty Officer", Errors: []Error{{"name", "There is an account of this name. Choose another"}, {"role", "Select a role"}}}},
		{"accounts-empty", "accounts", shell(administrator, "/accounts"), Accounts{}},
		{"account-edit-last", "account-edit", shell(administrator, "/accounts/root"), AccountEdit{Account: pipeline.Account{Name: "root", Title: "Administrator", Role: administrator}, Last: true}},
		{"account-edit", "account-edit", shell(administrator, "/accounts/officer"), AccountEdit{Account: accounts()[0], Password: "abcde-fghij-klmno-pqrst"}},
		{"account-edit-locked", "account-edit", shell(administrator, "/accounts/officer"), AccountEdit{Account: accounts()[1], Errors: []Error{{"role", "This is the last administrator who is not locked. Let somebody else in first"}}}},
		{"account-edit-machine", "account-edit", shell(administrator, "/accounts/e-gates"), AccountEdit{Account: accounts()[2]}},
		{"audit", "audit", shell(auditor, "/audit"), Audit{Events: history(), Next: "/audit?cursor=MQ", Query: "account=officer", Filter: pipeline.AuditFilter{Account: "officer", Operation: pipeline.OpConsult}, Day: "2026-11-24"}},
		{"audit-error", "audit", shell(auditor, "/audit"), Audit{Day: "24/11", Errors: []Error{{"day", "Day must be written as 2026-11-24"}, {"operation", "Select what was done from the list"}}}},
		{"audit-empty", "audit", shell(auditor, "/audit"), Audit{}},
		{"tokens", "tokens", shell(administrator, "/tokens"), Tokens{Tokens: machineTokens(), Next: "/tokens?cursor=b25l", Made: &machineTokens()[0], Secret: "tst_ABCDEFGHIJKLMNOPQRSTUVWXYZ"}},
		{"tokens-error", "tokens", shell(administrator, "/tokens"), Tokens{Account: "Gate 4", Days: "30", Errors: []Error{
			{"account", "Account name must have letters, digits, '.', '_' and '-' only, begin with a letter or digit, and be 64 characters or less"}, {"days", "Select for how long the token is good, up to 366 days"},
		}}},
		{"webhooks", "webhooks", shell(administrator, "/webhooks"), Webhooks{Webhooks: hookLines(), Next: "/webhooks?cursor=b25l", Made: &hookLines()[0].Endpoint, Secret: "whsec_" + strings.Repeat("Ab3/", 10) + "Ab3="}},
		{"webhooks-error", "webhooks", shell(administrator, "/webhooks"), Webhooks{URL: "case-system", Errors: []Error{{"url", "Address must begin with https:// and the name of a host"}, {"events", "Select at least one event from the list"}}}},
		{"webhooks-empty", "webhooks", shell(administrator, "/webhooks"), Webhooks{}},
		{"webhook", "webhook", shell(administrator, "/webhooks/abcdefgh2345"), Webhook{Endpoint: hookLines()[0].Endpoint, Deliveries: deliveries(), Next: "/webhooks/abcdefgh2345?cursor=b25l"}},
		{"webhook-secret", "webhook", shell(administrator, "/webhooks/abcdefgh2345"), Webhook{Endpoint: rotated(), Deliveries: deliveries(), Secret: pipeline.NewHookSecret()}},
		{"webhook-changed", "webhook", shell(administrator, "/webhooks/abcdefgh2345"), Webhook{Endpoint: rotated(), Deliveries: deliveries()[:1]}},
		{"webhook-disabled", "webhook", shell(administrator, "/webhooks/mnopqrst6722"), Webhook{Endpoint: hookLines()[2].Endpoint, Deliveries: deliveries()[4:]}},
		{"webhook-empty", "webhook", shell(administrator, "/webhooks/abcdefgh2345"), Webhook{Endpoint: hookLines()[0].Endpoint}},
		{"tokens-empty", "tokens", shell(administrator, "/tokens"), Tokens{}},
		{"account", "account", shell(officer, "/account"), Account{}},
		{"account-changed", "account", shell(reviewer, "/account"), Account{Changed: true}},
		{"account-one-time", "account", oneTimeShell(), Account{Errors: []Error{
			{"current_password", "Enter your current password"}, {"new_password", "Password must be 15 characters or more"},
		}}},
		{"upload", "upload", shell(officer, "/upload"), Upload{}},
		{"encounter", "encounter", shell(officer, "/encounters/new"), Encounter{Site: "NPT", People: "1"}},
		{"encounter-error", "encounter", shell(officer, "/encounters"), Encounter{Site: "N", Channel: "custody", People: "0", Clock: "2026-12-24T13:48", Errors: []Error{
			{"site", "Enter the 3 letters of your site, for example NPT"}, {"people", "Enter how many people there are, from 1 to 999"}, {"clock", "The time they have been waiting since must lie in the last 30 days"},
		}}},
		{"upload-side", "upload", shell(officer, "/upload"), Upload{Encounter: checked.Encounter, PageOf: &checked}},
		{"upload-unfinished", "upload", shell(officer, "/upload"), Upload{Unfinished: []UnfinishedUpload{
			{pipeline.Upload{ID: "U1", FileName: "IMG_2043.jpg", Size: 5_000_000}, 3_100_000}, {pipeline.Upload{ID: "U2", FileName: "IMG_2044.jpg", Size: 5_000_000}, 5_000_000},
		}}},
		{"upload-found", "upload", shell(officer, "/upload"), Upload{Encounter: "NPT-241126-0147", Known: &pipeline.Encounter{Reference: "NPT-241126-0147", Site: "NPT", Channel: pipeline.ChannelSecondLine, People: 1, OpenedAt: now.Add(-time.Hour)}}},
		{"upload-unknown", "upload", shell(officer, "/upload"), Upload{Encounter: "NPT-241126-0148"}},
		{"upload-error", "upload", shell(officer, "/upload"), Upload{Encounter: "NPT", Capture: "C0", Errors: []Error{
			{"encounter", "Encounter reference must have 3 letters, then 6 numbers, then 4 numbers, for example NPT-241126-0147"}, {"capture", "Select how you got the images"}, {"file", "Add at least one image"},
		}}},
		{"typed", "typed-zone", shell(officer, "/typed-zone"), TypedZone{}},
		{"typed-agrees", "typed-zone", shell(officer, "/typed-zone"), typedExample("p<utoeriksson«anna<maria<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10")},
		{"typed-disagrees", "typed-zone", shell(reviewer, "/typed-zone"), typedExample("I<UTOD231458907<<<<<<<<<<<<<<<7408123F1204159UTO<<<<<<<<<<<6ERIKS5ON<<ANNA<MARIA<<<<<<<<<<")},
		{"typed-licence", "typed-zone", shell(officer, "/typed-zone"), typedExample("FACA0D001\nFACHE123456789012<<740812<<<<<\nERIKSSON<<ANNA<<<<<<<<<<<<<<<<")},
		{"typed-error", "typed-zone", shell(officer, "/typed-zone"), typedExample("P<UTOERIKSSÖN<<ANNA<MARIA<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10")},
		{"typed-long", "typed-zone", shell(officer, "/typed-zone"), TypedZone{Text: strings.Repeat("<script>\u202e", 60), Errors: []Error{{"text", "The text is too long. Enter the 2 or 3 lines of the zone alone"}}}},
		{"received", "received", shell(officer, "/upload/received"), &Received{Encounter: "NPT-241126-0147", Files: []ReceivedFile{
			{Name: "IMG_2041.jpg", Document: waiting},
			{Name: "IMG_2042.jpg", Document: checked, Duplicate: true, Sightings: seenBefore()},
			{Name: "notes.docx", Refused: "notes.docx must be a JPG, PNG or WebP image. It may have been renamed"},
		}}},
		{"received-retake", "received", shell(officer, "/upload/received"), Received{
			Encounter: "NPT-241126-0147", Files: []ReceivedFile{{Name: "IMG_2042.jpg", Document: checked}, {Name: "IMG_2043.jpg", Document: bare}},
			Pairs: []Pair{{Side: bare, Head: checked}},
		}},
		{"received-waiting", "received", shell(officer, "/upload/received"), Received{Encounter: "NPT-241126-0147", Files: []ReceivedFile{{Document: waiting}, {Document: checked}}}},
		{"received-empty", "received", shell(officer, "/upload/received"), Received{}},
	}
}

// typedExample is what the page shows of a text.
func typedExample(typed string) TypedZone {
	v, t := TypedZone{Text: typed}, explain.Read(typed)
	for _, f := range t.Faults() {
		v.Errors = append(v.Errors, Error{"text", f})
	}
	if v.Errors == nil {
		e := t.Explain(now)
		v.Zone = &e
	}
	return v
}

func listExamples() []example {
	return []example{
		{"home", "home", shell(officer, "/"), Home{Recent: several()[:3]}},
		{"home-empty", "home", shell(officer, "/"), Home{}},
		{"home-reviewer", "home", shell(reviewer, "/"), Home{Recent: several()}},
		{"home-dark", "home", themed(Dark), Home{Recent: several()}},
		{"home-light", "home", themed(Light), Home{Recent: several()}},
		{"home-supervisor", "home", shellAs(pipeline.RoleSupervisor, "Supervisor", "/"), Home{}},
		{"home-safeguarding", "home", shellAs(pipeline.RoleSafeguarding, "Safeguarding lead", "/"), Home{}},
		{"home-operator", "home", shell(operator, "/"), Home{}},
		{"home-administrator", "home", shellAs(pipeline.RoleAdministrator, "Administrator", "/"), Home{}},
		{"documents", "documents", shell(officer, "/documents"), Documents{Documents: several()[:4]}},
		{"documents-all", "documents", shell(reviewer, "/documents"), Documents{
			Filter:    pipeline.DocumentFilter{State: pipeline.StateScreened, Conclusion: pipeline.ReviewSuggested, Encounter: "NPT-241126-0147"},
			Everybody: true, Documents: several(), Next: "/documents?cursor=VFNELTdRNEstMk05WA",
		}},
		{"documents-saved", "documents", shell(officer, "/documents"), Documents{Documents: several()[:2], Filter: pipeline.DocumentFilter{State: pipeline.StateScreened}, Saved: Saved{
			Page: "/documents", Query: "state=screened", Filters: []pipeline.SavedFilter{{Page: "/documents", Name: "To examine at the ferry terminal tonight", Query: "conclusion=review_suggested"}, {Page: "/documents", Name: "Ferry", Query: "state=screened"}},
		}}},
		{"documents-empty", "documents", shell(officer, "/documents"), Documents{}},
		{"documents-empty-all", "documents", shell(reviewer, "/documents"), Documents{Everybody: true}},
		{"documents-narrow", "documents", shell(officer, "/documents"), Documents{Filter: pipeline.DocumentFilter{Encounter: "NPT-1"}}},
		{"documents-end", "documents", shell(officer, "/documents"), Documents{Filter: pipeline.DocumentFilter{After: "TSD-7Q4K-2M9X"}}},
		{"documents-error", "documents", shell(officer, "/documents"), Documents{Errors: []Error{{"state", "Select a state from the list"}, {"encounter", "Encounter reference must have 3 letters, then 6 numbers, then 4 numbers, for example NPT-241126-0147"}}}},
	}
}

func searchExamples() []example {
	q := pipeline.SearchQuery{Kind: pipeline.SearchName, Text: "Eriksson", Reason: pipeline.ReasonEnquiry}
	made := pipeline.Search{At: now.Add(-time.Minute), Kind: pipeline.SearchHash, Reason: pipeline.ReasonDisclosure, Note: "Case 17"}
	more := made
	more.Kind, more.More = pipeline.SearchName, true
	return []example{
		{"help", "help", shell(reviewer, "/help"), Help{Files: 20}},
		{"help-signed-out", "help", shell("", "/help"), Help{Files: 20}},
		{"search", "search", shell(reviewer, "/search"), Search{}},
		{"search-error", "search", shell(reviewer, "/search"), Search{Query: q, Errors: []Error{{"note", "Enter the number of the case, or what you need it for"}}}},
		{"search-errors", "search", shell(reviewer, "/search"), Search{Errors: []Error{
			{"kind", "Select what you search by"}, {"text", "Enter what you are looking for"}, {"reason", "Select why you need to search"}, {"note", "Enter the number of the case, or what you need it for"},
		}}},
		{"found", "found", shell(reviewer, "/search/X"), Found{Search: made, Documents: several()[:2]}},
		{"found-more", "found", shell(reviewer, "/search/X"), Found{Search: more, Documents: several()}},
		{"found-empty", "found", shell(reviewer, "/search/X"), Found{Search: made}},
	}
}

// again is a document of one's own that could not be checked, after so many
// tries.
func again(v Document, tries int, used bool) Document {
	v.Own, v.UsedAnyway = true, used
	for range tries {
		v.Sides = append(v.Sides, v.Document)
	}
	return v
}

// withSides is a document of which another picture found nothing.
func withSides(v Document) Document {
	other := document(pipeline.StateScreened)
	other.ID, other.FileName, other.PageOf = "TSD-9B2M-77KD", "IMG_2042.jpg", v.Document.ID
	other.Outcome = pipeline.ScreeningOutcome{Conclusion: pipeline.CouldNotCheck, Problem: pipeline.ProblemZoneNotFound}
	v.Own, v.Sides = true, []pipeline.Document{v.Document, other}
	return v
}

func documentExamples(s specimen) []example {
	high := withReport(s.examine())
	high.Sightings, high.History = seenBefore(), history()
	low := withReport(s.examine())
	low.Report.Outcome.Band, low.Report.Outcome.Contributions = pipeline.Low, low.Report.Outcome.Contributions[1:2]
	low.Document.Capture = pipeline.CaptureCopy
	expired := answerBy("MRZ-11", pipeline.Fail, pipeline.S0, "expired", map[string]string{"date": "2 May 2024"}, s.box("date of expiry", 1, 21, 27))
	clear := withReport(s.report(pipeline.ScreeningOutcome{Conclusion: pipeline.NoIrregularityFound, Level: 1}, nil, expired))
	blurred := withReport(s.report(pipeline.ScreeningOutcome{Conclusion: pipeline.CouldNotCheck, Problem: pipeline.ProblemZoneUnreadable}, map[int]string{3: "B", 14: "", 15: "Z"},
		answerBy("MRZ-01", pipeline.Undetermined, pipeline.S0, "zone_unsure", map[string]string{"fields": "date of birth"}, s.box("date of birth", 1, 13, 19))))
	waiting := Document{Document: document(pipeline.StateReceived), Waiting: 3, Sightings: seenBefore()}
	late := Document{Document: document(pipeline.StateScreening), Waiting: 1}
	late.Document.ReceivedAt = now.Add(-3 * time.Minute)
	nothing := unread("file_corrupt", pipeline.CouldNotCheck, answerBy("CAP-01", pipeline.Fail, pipeline.S0, "file_corrupt", map[string]string{"file": "IMG_2041.jpg"}))
	card := withReport(s.report(pipeline.ScreeningOutcome{Conclusion: pipeline.NoIrregularityFound, Level: 1}, nil))
	card.Own, card.Sides, card.Report.Pages[0].Zones[0].Format = true, []pipeline.Document{card.Document}, mrz.TD1
	front := withSides(unread("zone_not_found", pipeline.CouldNotCheck))
	front.Sides[1].Outcome = pipeline.ScreeningOutcome{Conclusion: pipeline.NoIrregularityFound, Level: 1}
	const at = "/documents/TSD-7Q4K-2M9X"
	return []example{
		{"document-high", "document", shell(officer, at), high},
		{"document-low", "document", shell(officer, at), low},
		{"document-clear", "document", shell(officer, at), clear},
		{"document-blurred", "document", shell(officer, at), blurred},
		{"document-unread", "document", shell(officer, at), nothing},
		{"document-fault", "document", shell(officer, at), unread("reader_crashed", pipeline.TechnicalFault)},
		{"document-retake", "document", shell(officer, at), again(blurred, 1, false)},
		{"document-retaken", "document", shell(officer, at), again(blurred, 3, false)},
		{"document-used", "document", shell(officer, at), again(blurred, 3, true)},
		{"document-card", "document", shell(officer, at), card},
		{"document-front", "document", shell(officer, at), front},
		{"document-sides", "document", shell(officer, at), withSides(high)},
		{"document-waiting", "document", shell(officer, at), waiting},
		{"document-late", "document", shell(officer, at), late},
		{"examine-high", "examine", shell(reviewer, at+"/examine"), high},
		{"examine-clear", "examine", shell(officer, at+"/examine"), clear},
		{"examine-unread", "examine", shell(officer, at+"/examine"), nothing},
		{"examine-waiting", "examine", shell(officer, at+"/examine"), waiting},
	}
}
