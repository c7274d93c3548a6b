package page

import (
	"fmt"
	"html/template"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/mrz"
	"touchstone.internal/pipeline/text"
	"touchstone.internal/web/policy"
)

// functions are what templates can call.
func functions(a assets) template.FuncMap {
	return template.FuncMap{
		"asset":   a.address,
		"wide":    wide,
		"errors":  errorsOf,
		"errorOn": errorOn,
		"nav":     navOf,
		"ways":    func(s Shell) []way { return waysOf(s.Account.Role) },
		"may":     func(s Shell, a string) bool { return policy.May(s.Account.Role, policy.Action(a)) },
		"role":    func(r pipeline.Role) string { return roles[r] },

		"when":     when,
		"iso":      func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"size":     size,
		"count":    count,
		"capture":  func(c pipeline.CaptureClass) string { return captures[c] },
		"captures": captureOptions,
		"channels": channelOptions,
		"summary":  EncounterSummary,
		"words":    headline,
		"tag":      tagOf,
		"stop":     stop,
		"field":    func(n mrz.FieldName) string { return upper(text.Field(string(n))) },
		"digit":    func(s mrz.DigitState) label { return digits[s] },
		"doubt":    doubt,
		"deed":     deed,
		"safetyAt": safetyAt,
		"verdict":  func(v pipeline.Verdict) string { return verdictTexts[v] },
		"machine":  func(c pipeline.Conclusion) string { return text.Headline(string(c), "") },
		"concerns": concerns,
		"inc":      func(i int) int { return i + 1 },
		"dec":      func(i int) int { return i - 1 },

		"upper": upper,
		"input": inputOf,

		"tokenState":    tokenState,
		"tokenTimes":    tokenTimes,
		"hookEvent":     func(e pipeline.HookEvent) string { return hookEvents[e] },
		"hookChoice":    hookChoice,
		"hookState":     hookState,
		"deliveryState": deliveryState,
		"deliveryWord":  deliveryWord,
		"accountState":  accountState,
		"oneTime":       oneTime,
		"roleChoice":    roleChoice,
		"operations":    operations,

		"notAccepted": func() label { return label{"Not accepted", "red"} },
	}
}

// preparers are the functions that prepare a view for its template.
func preparers() template.FuncMap {
	return template.FuncMap{
		"sides":    sidesOf,
		"whole":    wholeOf,
		"missing":  missingOf,
		"retake":   retakeOf,
		"came":     receivedTag,
		"wrong":    receivedWords,
		"answer":   answerOf,
		"progress": progressOf,
		"examine":  examineOf,
		"listing":  listingOf,
		"refresh":  refreshOf,
		"refused":  refused,
		"listed":   listed,
		"recent":   recent,
		"seen":     seen,
		"typed":    typedOf,
		"layers":   layersOf,
		"review":   reviewOf,
		"stands":   standsOf,
		"queue":    queueOf,
		"whyNone":  whyNone,
		"board":    boardOf,
		"tallies":  talliesOf,
		"filter":   pickerOf,
		"parts":    partsOf,
		"states":   statesOf,
		"status":   statusOf,
		"since":    since,
		"ageOf":    ageOf,
		"failures": failuresOf,
		"number":   number,
	}
}

// wide tells whether a page needs all of the width that there is.
func wide(page string) bool {
	return slices.Contains([]string{"documents", "examine", "found", "review", "queue", "board", "decisions", "tokens", "webhooks", "webhook", "accounts", "audit", "threat", "records"}, page)
}

// label is a word and the colour of its tag. The word alone must do.
type label struct{ Text, Colour string }

var roles = map[pipeline.Role]string{ //nolint:gochecknoglobals // a table, never written
	pipeline.RoleOfficer: "officer", pipeline.RoleReviewer: "reviewer", pipeline.RoleSafeguarding: "safeguarding lead",
	pipeline.RoleAnalyst: "analyst", pipeline.RoleSupervisor: "supervisor", pipeline.RoleAuditor: "auditor",
	pipeline.RoleOperator: "operator", pipeline.RoleAdministrator: "administrator", pipeline.RoleMachine: "another system",
	pipeline.RoleSystem: "system",
}

var captures = map[pipeline.CaptureClass]string{ //nolint:gochecknoglobals // a table, never written
	pipeline.CaptureCopy:     "From a copy",
	pipeline.CapturePhoto:    "Photograph of the original",
	pipeline.CaptureScanner:  "Scan of the original",
	pipeline.CaptureReader:   "From a full-page reader",
	pipeline.CaptureChip:     "From a full-page reader that read the chip",
	pipeline.CaptureExaminer: "From an examiner's instrument",
}

var digits = map[mrz.DigitState]label{ //nolint:gochecknoglobals // a table, never written
	mrz.Verified:   {"Agrees", "green"},
	mrz.Refuted:    {"Does not agree", "red"},
	mrz.NotPrinted: {"Not printed", "grey"},
	mrz.Unreadable: {"Not a digit", "orange"},
}

// mostRatio is where likelihood ratios are no longer told apart in words.
const mostRatio = 1000

// doubt says what speaks for a wrong print, or with which characters a digit
// that does not agree would.
func doubt(d *pipeline.DoubtReading) string {
	if d.Misread <= pipeline.NoDoubt {
		if d.Misread*mostRatio < 1 {
			return "a wrong print explains the picture more than 1,000 times better than a misreading"
		}
		return fmt.Sprintf("a wrong print explains the picture %.0f times better than a misreading", 1/d.Misread)
	}
	if len(d.Changes) == 0 {
		return "may have been misread"
	}
	places := make([]string, len(d.Changes))
	for i, c := range d.Changes {
		places[i] = fmt.Sprintf("%s in line %d, position %d", c.To, c.Line+1, c.Column+1)
	}
	return "may have been misread: it would agree with " + strings.Join(places, " and ")
}

var strengths = map[pipeline.Severity]string{ //nolint:gochecknoglobals // a table, never written
	pipeline.S0: "For information", pipeline.S1: "Weak sign", pipeline.S2: "Moderate sign", pipeline.S3: "Strong sign", pipeline.S4: "Urgent",
}

var deeds = map[pipeline.Operation]string{ //nolint:gochecknoglobals // a table, never written
	pipeline.OpCollect: "Collected", pipeline.OpAlter: "Changed", pipeline.OpConsult: "Looked at", pipeline.OpDisclose: "Disclosed",
	pipeline.OpCombine: "Combined", pipeline.OpErase: "Erased", pipeline.OpSignIn: "Signed in",
}

// deed says what an audit event records.
func deed(e pipeline.AuditEvent) string {
	said := deeds[e.Operation]
	if said == "" {
		said = upper(strings.ReplaceAll(string(e.Operation), "_", " "))
	}
	if e.Detail == "" {
		return said
	}
	return said + ": " + strings.ReplaceAll(e.Detail, "_", " ")
}

// when says a time as people here do, in the location of now: "24 November
// 2026 at 8:17pm".
func when(now, t time.Time) string {
	return t.In(now.Location()).Format("2 January 2006 at 3:04pm")
}

// size says a number of bytes as file managers do: "3.1MB".
func size(n int64) string {
	if n < 1_000_000 {
		return fmt.Sprintf("%dKB", int64(math.Ceil(float64(n)/1000)))
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/1e6), ".0") + "MB"
}

// count says how many of something there are, with commas: "1 document",
// "1,250 documents".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

// upper starts a heading or cell with a capital letter.
func upper(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// stop ends a sentence. Those of the catalogue that also stand beside a form
// field have no full stop.
func stop(s string) string {
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".?!") {
		return s
	}
	return s + "."
}

// headline is the first line of a result.
func headline(o pipeline.ScreeningOutcome) string {
	return text.Headline(string(o.Conclusion), string(o.Band))
}

// tagOf says in one or two words where a document stands, for lists.
func tagOf(s pipeline.State, o pipeline.ScreeningOutcome) label {
	switch s {
	case pipeline.StateReceived:
		return label{"Waiting", "grey"}
	case pipeline.StateScreening:
		return label{"Being checked", "blue"}
	default: // the outcome says more
	}
	switch o.Conclusion {
	case "": // kept from a reviewer who is to look first
		return label{"Checked", "grey"}
	case pipeline.NoIrregularityFound:
		return label{"No irregularity found", "teal"}
	case pipeline.ReviewSuggested:
		return map[pipeline.Band]label{
			pipeline.High: {"Examine: strong indication", "red"}, pipeline.Medium: {"Examine: moderate indication", "orange"},
		}[o.Band].or(label{"Examine: weak indication", "yellow"})
	case pipeline.CouldNotCheck:
		return label{"Could not be checked", "purple"}
	default:
		return label{"Technical fault", "grey"}
	}
}

// or gives other where there is no label.
func (l label) or(other label) label {
	if l.Text == "" {
		return other
	}
	return l
}

// errorsOf gives the mistakes of a form, whatever page it is on.
func errorsOf(view any) []Error {
	v := reflect.Indirect(reflect.ValueOf(view))
	if v.Kind() != reflect.Struct {
		return nil
	}
	f := v.FieldByName("Errors")
	if !f.IsValid() {
		return nil
	}
	es, _ := reflect.TypeAssert[[]Error](f)
	return es
}

// errorOn gives the text beside a field; empty if nothing is wrong with it.
func errorOn(field string, errs []Error) string {
	if i := slices.IndexFunc(errs, func(e Error) bool { return e.Field == field }); i >= 0 {
		return errs[i].Text
	}
	return ""
}

// link is one way on.
type link struct {
	Address, Text string
	Here          bool
}

// ways are the pages of the menu, and what an account must be allowed for each.
var ways = []way{ //nolint:gochecknoglobals // a table, never written
	{policy.Upload, "/upload", "Upload", "Add pictures of identity documents. In a few seconds you read whether they should be examined, and why."},
	{policy.Queue, "/queue", "Review queue", "See what waits for a decision, the most urgent first."},
	{policy.Board, "/board", "Board", "See the clocks, the numbers, and the list behind each of them."},
	{policy.Read, "/documents", "Documents", "Find documents and their results again."},
	{policy.Search, "/search", "Search", "Look documents up by number, name or hash, for a reason that is written down."},
	{policy.Upload, "/typed-zone", "Typed zone", "Check a machine readable zone that came by phone."},
	{policy.Threat, "/threat", "Threat area", "See what kinds of false document rise, and where. Take the figures and the feed away."},
	{policy.Series, "/series", "Series", "See which documents may be the work of one workshop, and tie them together."},
	{policy.Audit, "/audit", "Audit log", "See who did what, and when."},
	{policy.Refer, "/referrals", "Referrals", "See who was told about whom, and whether they have answered."},
	{policy.People, "/incidents", "Incidents", "Put encounters together that are one occasion, such as one lorry or one house."},
	{policy.Accounts, "/accounts", "Accounts", "Add accounts, change roles, lock and unlock."},
	{policy.Integrate, "/tokens", "Tokens", "Let other systems in, and shut them out."},
	{policy.Integrate, "/webhooks", "Webhooks", "Tell other systems what has happened, and see whether it arrived."},
	{policy.Integrate, "/recipients", "Recipients", "Say who gets referrals, how, and who is paged where nobody answers."},
	{policy.Operate, "/status", "Status", "See how the service is doing, without any document."},
}

// way is a page of the menu.
type way struct {
	action               policy.Action
	Address, Text, Leads string // Leads says what one does there
}

// waysOf gives the pages that a role can use. What it cannot use is absent.
func waysOf(role pipeline.Role) (out []way) {
	for _, w := range ways {
		if policy.May(role, w.action) {
			out = append(out, w)
		}
	}
	return out
}

// navOf is the menu.
func navOf(s Shell) []link {
	var links []link
	for _, w := range waysOf(s.Account.Role) {
		links = append(links, link{Address: w.Address, Text: w.Text})
	}
	for i := range links {
		links[i].Here = s.Path == links[i].Address || strings.HasPrefix(s.Path, links[i].Address+"/")
	}
	return links
}
