package page

import (
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strings"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
)

// People is the view of "people": who belongs to an encounter.
type People struct {
	Group       casework.Group
	Documents   []pipeline.Document
	Suggestions []casework.Suggestion
	Tasks       []casework.Task
	Deadlines   []pipeline.Deadline  // legal limits, the earliest first
	Law         []casework.Provision // nil for who does not need it
	Movements   []casework.Movement
	Incident    string // to which the encounter belongs; empty if to none
	Errors      []Error
}

// Person is the view of "person": one person, welfare first. It says nothing of
// the parts that others have, so that it can be printed and handed out.
type Person struct {
	Group       casework.Group
	Person      casework.Person
	Suggestions []casework.Suggestion
	Candidates  []casework.LinkCandidate
	Errors      []Error
	Form        url.Values // what was typed and could not be saved; nil if nothing
	Returned    bool       // it comes from before a session ended
}

// Refer is the view of "refer": who would get what, before anything goes.
type Refer struct {
	Group    casework.Group
	Rule     casework.Rule
	Referral casework.Referral
	Sections []casework.Section
	Barred   string // why it cannot be sent, where the form cannot mend it
	Errors   []Error
}

// Referral is the view of "referral": what was sent, and how far it is.
type Referral struct {
	Referral casework.Referral
	Journeys []Journey // to whom it goes, and how far each is
	Rule     casework.Rule
	Sections []casework.Section
	Errors   []Error
}

// Referrals is the view of "referrals": those that are open.
type Referrals struct{ Referrals []casework.Referral }

// Overdue is the view of "overdue": what nobody has acknowledged or done in time.
type Overdue struct {
	Referrals []casework.Referral
	Tasks     []casework.Task
	Near      []Near
}

// Near is an encounter whose legal limit is near.
type Near struct {
	Encounter string
	Deadline  pipeline.Deadline
}

// roleWords are what screens call the parts that people have.
var roleWords = map[casework.Role]string{ //nolint:gochecknoglobals // a table, never written
	casework.PotentialVictim: "Possible victim", casework.Child: "Child, or may be one", casework.Presenter: "Presented a document",
	casework.Companion: "Companion", casework.MovedByOthers: "Moved by others", casework.Witness: "Witness",
	casework.ImmigrationMatter: "Immigration matter", casework.SuspectExploiter: "May exploit others",
}

// referralWords are what screens call referrals.
var referralWords = map[casework.ReferralKind]string{ //nolint:gochecknoglobals // a table, never written
	casework.KindEmergency: "Danger now", casework.KindChildren: "Children's services", casework.KindNRM: "National Referral Mechanism",
	casework.KindNotify: "Duty to notify", casework.KindSafeguarding: "Safeguarding lead", casework.KindSeparation: "Plan who is kept apart",
	casework.KindIssuer: "Issuing authority", casework.KindFace: "Face examiner", casework.KindProduction: "Production of documents",
	casework.KindOIC: "Organised immigration crime", casework.KindTerrorism: "Counter terrorism policing", casework.KindWanted: "Check whether wanted",
	casework.KindAsylum: "Asylum intake", casework.KindDefence: "Note for the file", casework.KindAbuse: "Abuse of legitimate means",
	casework.KindIntelligence: "Intelligence report",
}

// taskWords are what screens call tasks.
var taskWords = map[casework.TaskKind]string{ //nolint:gochecknoglobals // a table, never written
	casework.TaskUpstream: "Find out how they came here, and who supplied the document", casework.TaskAskAgain: "Ask the safety questions again",
}

// asked is a question with the answer that a person has.
type asked struct {
	casework.Question
	Latest  casework.Answer
	Known   bool
	Error   string
	Options []option
}

// IDOf is the id of the nth option of the question; the first one has that of the
// question, so that a link to the mistake leads there.
func (a asked) IDOf(n int) string {
	if n == 0 {
		return string(a.Code)
	}
	return fmt.Sprintf("%s-%d", a.Code, n+1)
}

// askedOf gives the questions of a part. That a question was not answered is one
// of its options, so that one tap is enough for each.
func askedOf(v Person, part casework.Part) (out []asked) {
	for _, q := range casework.Questions {
		if q.Part != part {
			continue
		}
		a := asked{Question: q}
		a.Latest, a.Known = v.Person.Latest(q.Code)
		for _, e := range v.Errors {
			if e.Field == string(q.Code) {
				a.Error = e.Text
			}
		}
		given, typed := v.Form[string(q.Code)], v.Form.Has(string(q.Code)+"-words")
		if typed {
			a.Latest.Words, a.Latest.Values = v.Form.Get(string(q.Code)+"-words"), given
		}
		for _, c := range q.Choices {
			a.Options = append(a.Options, option{c.Code, c.Text, slices.Contains(a.Latest.Values, c.Code)})
		}
		for _, s := range []struct {
			state casework.AnswerState
			text  string
		}{{casework.Declined, "Declined to answer"}, {casework.NotSafe, "I could not ask safely"}} {
			on := a.Known && a.Latest.State == s.state
			if typed {
				on = slices.Contains(given, string(s.state))
			}
			a.Options = append(a.Options, option{string(s.state), s.text, on})
		}
		out = append(out, a)
	}
	return out
}

// promptsOf gives the prompts of one person.
func promptsOf(g casework.Group, number int) (out []casework.Prompt) {
	for _, p := range g.Prompts() {
		if p.Person == number {
			out = append(out, p)
		}
	}
	return out
}

// brought is why a prompt came up to which no answer led.
var brought = map[casework.PromptCode]string{ //nolint:gochecknoglobals // a table, never written
	casework.PromptManyHeld: "who holds the documents", casework.PromptHeldByOther: "who holds the documents",
	casework.PromptCompany: "what is known of the group", casework.PromptChild: "whose child they are said to be",
	casework.PromptControl: "what they are said to work off",
}

// because names the questions that brought a prompt up.
func because(p casework.Prompt) string {
	if len(p.Because) == 0 {
		return brought[p.Code]
	}
	var said []string
	for _, code := range p.Because {
		q, _ := casework.Find(code)
		said = append(said, "“"+q.Text+"”")
	}
	return "the answer to " + strings.Join(said, ", ")
}

// rolesNow gives the parts that a person has, each with its newest reason.
func rolesNow(p casework.Person) (out []casework.RoleMark) {
	for _, r := range casework.Roles {
		if !p.Has(r) {
			continue
		}
		for _, m := range slices.Backward(p.Roles) {
			if m.Role == r {
				out = append(out, m)
				break
			}
		}
	}
	return out
}

// rolesShown gives the parts that a page shows: not those that wait while safety
// comes first.
func rolesShown(p casework.Person, first bool) []casework.RoleMark {
	return slices.DeleteFunc(rolesNow(p), func(m casework.RoleMark) bool { return first && waits(m.Role) })
}

// rolesWaiting gives the others.
func rolesWaiting(p casework.Person) []casework.RoleMark {
	return slices.DeleteFunc(rolesNow(p), func(m casework.RoleMark) bool { return !waits(m.Role) })
}

// about gives the referrals that concern one person.
func about(g casework.Group, number int) (out []casework.Referral) {
	for _, r := range g.Referrals {
		if r.Person == number {
			out = append(out, r)
		}
	}
	return out
}

// dueIn says how far off a time is: "in 12 minutes", "6 minutes late".
func dueIn(now, due time.Time) string {
	late := due.Before(now)
	d := due.Sub(now).Abs()
	var said string
	switch {
	case d < time.Hour:
		said = count(int(d.Minutes()), "minute", "minutes")
	case d < 48*time.Hour:
		said = count(int(d.Hours()), "hour", "hours")
	default:
		said = count(int(d.Hours()/24), "day", "days")
	}
	if late {
		return said + " late"
	}
	return "in " + said
}

// awaited says how far a referral is.
func awaited(now time.Time, r casework.Referral) string {
	switch {
	case r.State != casework.ReferralSent:
		return string(r.State)
	case r.AckDue.Before(now):
		return "not acknowledged, " + dueIn(now, r.AckDue)
	}
	return "not acknowledged yet, due " + dueIn(now, r.AckDue)
}

// urgency says what a priority means.
func urgency(priority string) string {
	return map[string]string{"P0": "P0, safety: now", "P1": "P1, within the hour", "P2": "P2, today", "P3": "P3, routine"}[priority]
}

// roleChoices are the options of a form.
func roleChoices() (out []option) {
	for _, r := range casework.Roles {
		out = append(out, option{Value: string(r), Text: roleWords[r]})
	}
	return out
}

func documentChoices(ds []pipeline.Document) (out []option) {
	for _, d := range ds {
		out = append(out, option{Value: string(d.ID), Text: string(d.ID)})
	}
	return out
}

// peopleChoices are the people of a group, and what nobody is called.
func peopleChoices(g casework.Group, nobody string) []option {
	out := []option{{Value: "0", Text: nobody}}
	for _, p := range g.People {
		out = append(out, option{Value: fmt.Sprint(p.Number), Text: fmt.Sprintf("Person %d", p.Number)})
	}
	return out
}

func promptChoices(ps []casework.Prompt) (out []option) {
	for _, p := range ps {
		out = append(out, option{Value: string(p.Code), Text: p.Code.Sentence()})
	}
	return out
}

func closingChoices() []option {
	return []option{{Value: string(casework.Referred), Text: "Somebody was told, and acts on it"}, {Value: string(casework.NoConcern), Text: "There is no concern"}}
}

func consentChoices() []option {
	return []option{
		{Value: string(casework.ConsentGiven), Text: "They agree"},
		{Value: string(casework.ConsentRefused), Text: "They do not agree"},
		{Value: string(casework.ConsentNotNeeded), Text: "They may be under 18, so that it is not needed"},
	}
}

func natureChoices(n casework.Nature) []option {
	words := []string{"Modern slavery or human trafficking: a crime against a person", "Organised immigration crime: a crime against the state", "Both", "I cannot tell yet"}
	var out []option
	for i, v := range casework.Natures {
		out = append(out, option{string(v), words[i], v == n})
	}
	return out
}

func natureWord(n casework.Nature) string {
	for _, c := range natureChoices(n) {
		if c.On {
			return c.Text
		}
	}
	return ""
}

func consentWord(c casework.Consent) string {
	for _, o := range consentChoices() {
		if o.Value == string(c) {
			return o.Text
		}
	}
	return string(c)
}

func sourceChoices() []option {
	return []option{
		{Value: string(casework.SourcePerson), Text: "What the person said", On: true},
		{Value: string(casework.SourceOfficer), Text: "What I saw myself"},
		{Value: string(casework.SourceCompanion), Text: "What somebody with them said"},
		{Value: string(casework.SourceDocument), Text: "What a document says"},
	}
}

// sourcesAfter are the sources with the one that was said before chosen.
func sourcesAfter(said string) []option {
	all := sourceChoices()
	if i := slices.IndexFunc(all, func(o option) bool { return o.Value == said }); i >= 0 {
		all[0].On, all[i].On = i == 0, true
	}
	return all
}

func sourceWord(s casework.Source) string {
	for _, o := range sourceChoices() {
		if o.Value == string(s) {
			return o.Text
		}
	}
	return string(s)
}

// waits tells which parts are folded away while safety comes first.
func waits(r casework.Role) bool {
	return r == casework.ImmigrationMatter || r == casework.SuspectExploiter
}

// questionText is what a question says.
func questionText(code casework.QuestionCode) string {
	q, _ := casework.Find(code)
	return q.Text
}

// dict gives a template several values under names.
func dict(pairs ...any) map[string]any {
	m := map[string]any{"ID": "", "Hint": "", "Value": "", "Error": ""}
	for i := 0; i+1 < len(pairs); i += 2 {
		m[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return m
}

// peopleFunctions are what the pages about people need.
func peopleFunctions() template.FuncMap {
	return template.FuncMap{
		"asked": askedOf, "duties": dutiesOf, "awaited": awaited, "urgency": urgency, "natureChoices": natureChoices, "natureWord": natureWord,
		"rolesShown": rolesShown, "rolesWaiting": rolesWaiting, "unfolded": unfolded, "promptsOf": promptsOf, "because": because, "rolesNow": rolesNow, "about": about, "dueIn": dueIn,
		"late":     func(now, due time.Time) bool { return due.Before(now) },
		"roleWord": func(r casework.Role) string { return roleWords[r] }, "referralWord": func(k casework.ReferralKind) string { return referralWords[k] },
		"taskWord": func(k casework.TaskKind) string { return taskWords[k] }, "roleChoices": roleChoices, "documentChoices": documentChoices,
		"peopleChoices": peopleChoices, "promptChoices": promptChoices, "closingChoices": closingChoices, "consentChoices": consentChoices,
		"consentWord": consentWord, "sourcesAfter": sourcesAfter, "sourceWord": sourceWord, "question": questionText, "dict": dict,
		"wayName": func(c casework.Channel) string { return channelNames[c] }, "wayChoices": wayChoices, "kindChoices": kindChoices, "rotaLines": rotaLines,
		"rotaFields": rotaFields, "recipientState": recipientState, "journeyState": journeyState, "journeyWord": journeyWord, "journeyWhy": journeyWhy,
	}
}
