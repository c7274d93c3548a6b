package casework

import (
	"slices"
	"strings"
	"time"
)

// QuestionCode names a question: S1 to S5 are the safety questions, U1 to U14
// the upstream ones, F what is put down as a fact.
type QuestionCode string

// Part is where a question is asked.
type Part string

// The parts.
const (
	PartSafety   Part = "safety"   // first, and short
	PartUpstream Part = "upstream" // how the person came here, and by whom
	PartWish     Part = "wish"     // what the person wants to happen
	PartFacts    Part = "facts"
)

// Question is one question of the catalogue.
type Question struct {
	Code    QuestionCode
	Part    Part
	Text    string
	Hint    string
	Choices []Choice // none: free text alone
	Many    bool     // several choices may be right
	// Lights is the prompt that some answers bring up; which, the choices say.
	Lights PromptCode
}

// Choice is one answer that can be chosen.
type Choice struct {
	Code, Text string
	Lights     bool
}

// yesNo are the choices of a question to which "yes", or doubt, brings a prompt up.
func yesNo(lit ...string) []Choice {
	cs := []Choice{{Code: "yes", Text: "Yes"}, {Code: "no", Text: "No"}, {Code: "unsure", Text: "Not sure"}}
	for i := range cs {
		cs[i].Lights = slices.Contains(lit, cs[i].Code)
	}
	return cs
}

// Questions is the catalogue, in the order in which it is asked.
//
//nolint:gochecknoglobals // a table, never written
var Questions = []Question{
	{Code: "S1", Part: PartSafety, Text: "Is anyone in danger now?", Hint: "If so, call 999 or your control room first.", Choices: yesNo("yes"), Lights: PromptDanger},
	{Code: "S2", Part: PartSafety, Text: "Could this person be under 18?", Hint: "If you have reason to think so, treat them as a child.", Choices: yesNo("yes", "unsure"), Lights: PromptChild},
	{Code: "S3", Part: PartSafety, Text: "Who holds this person's documents and phone?", Choices: []Choice{
		{Code: "self", Text: "The person"}, {Code: "other", Text: "Somebody else", Lights: true}, {Code: "none", Text: "They have none"}, {Code: "unsure", Text: "Not sure"},
	}, Lights: PromptHeldByOther},
	{Code: "S4", Part: PartSafety, Text: "Does somebody control this person?", Hint: "Record what you saw and heard, in their words where you can.", Choices: []Choice{
		{Code: "debt", Text: "By a debt", Lights: true},
		{Code: "threats", Text: "By threats", Lights: true},
		{Code: "status", Text: "By their immigration status", Lights: true},
		{Code: "none", Text: "No sign of it"},
		{Code: "unsure", Text: "Not sure"},
	}, Many: true, Lights: PromptControl},
	{Code: "S5", Part: PartSafety, Text: "Can the person speak freely and alone?", Hint: "With an interpreter who is not connected to them.", Choices: []Choice{
		{Code: "yes", Text: "Yes"}, {Code: "no", Text: "No", Lights: true}, {Code: "unsure", Text: "Not sure"},
	}, Lights: PromptControl},

	{Code: "U1", Part: PartUpstream, Text: "Who obtained the document?"},
	{Code: "U2", Part: PartUpstream, Text: "Where and when was it handed over?"},
	{Code: "U3", Part: PartUpstream, Text: "Is the identity in it theirs, and whose photograph is it?", Choices: []Choice{
		{Code: "real", Text: "Their own identity"}, {Code: "assumed", Text: "Another identity"}, {Code: "unsure", Text: "Not sure"},
	}},
	{Code: "U4", Part: PartUpstream, Text: "What does the journey or the document cost, and has it been paid?", Choices: []Choice{
		{Code: "paid", Text: "Paid"}, {Code: "owed", Text: "Owed, in whole or in part", Lights: true}, {Code: "nothing", Text: "Nothing"},
	}, Lights: PromptControl},
	{Code: "U5", Part: PartUpstream, Text: "Is there a debt, and what work is expected for it?", Choices: yesNo("yes"), Lights: PromptControl},
	{Code: "U6", Part: PartUpstream, Text: "Who held the document during the journey?", Choices: []Choice{
		{Code: "self", Text: "The person"}, {Code: "other", Text: "Somebody else", Lights: true}, {Code: "unsure", Text: "Not sure"},
	}, Lights: PromptHeldByOther},
	{Code: "U7", Part: PartUpstream, Text: "Were they told to destroy the document or give it back?", Choices: yesNo("yes"), Lights: PromptHeldByOther},
	{Code: "U8", Part: PartUpstream, Text: "Which way did they come, through which States, by what means?"},
	{Code: "U9", Part: PartUpstream, Text: "Who booked and paid, and who travelled with them?"},
	{Code: "U10", Part: PartUpstream, Text: "Which contacts were they given?", Hint: "Intelligence only: it is not printed."},
	{Code: "U11", Part: PartUpstream, Text: "Where were they to go, and to whom?"},
	{Code: "U12", Part: PartUpstream, Text: "Is it the first journey?", Choices: yesNo()},
	{Code: "U13", Part: PartUpstream, Text: "Why did they cross?", Hint: "For awareness. It changes no result and no place in a queue.", Choices: []Choice{
		{Code: "protection", Text: "Humanitarian protection"},
		{Code: "prosperity", Text: "A better life"},
		{Code: "family", Text: "Family"},
		{Code: "transit", Text: "On the way to another country"},
		{Code: "escape_justice", Text: "To commit crime or escape justice"},
		{Code: "extremist", Text: "Extremist activity"},
		{Code: "testing", Text: "Testing the response"},
		{Code: "assisting", Text: "Helping others, or returning to do so"},
		{Code: "exploiting", Text: "Exploiting others"},
	}, Many: true},
	{Code: "U14", Part: PartUpstream, Text: "What happens if the debt is not paid?", Choices: []Choice{
		{Code: "harm", Text: "They or their family would suffer", Lights: true}, {Code: "nothing", Text: "Nothing"}, {Code: "unsure", Text: "Not sure"},
	}, Lights: PromptControl},

	{Code: "F1", Part: PartFacts, Text: "Did they cross a border?", Choices: yesNo()},
	{Code: "F2", Part: PartFacts, Text: "Did they agree to be moved?", Hint: "Agreeing does not mean that they are not a victim.", Choices: []Choice{
		{Code: "yes", Text: "Yes"}, {Code: "no", Text: "No", Lights: true}, {Code: "unclear", Text: "Unclear", Lights: true},
	}, Lights: PromptControl},
	{Code: "F3", Part: PartFacts, Text: "Do several people carry papers that look prepared by the same hand?", Choices: yesNo("yes"), Lights: PromptSamePapers},
	{Code: "F4", Part: PartFacts, Text: "Have they said that they seek asylum?", Hint: "Record the time. Nothing about it may go to the State they name.", Choices: yesNo()},
	{Code: "F5", Part: PartWish, Text: "What do they want to happen?", Hint: "Ask them alone. They may change their mind.", Choices: []Choice{
		{Code: "agrees", Text: "They agree to be referred"},
		{Code: "refuses", Text: "They do not agree"},
		{Code: "later", Text: "They need more time"},
		{Code: "not_safe", Text: "I could not ask safely"},
	}},
	{Code: "F6", Part: PartFacts, Text: "Were blanks, printers, laminates or templates found?", Choices: yesNo()},
	{Code: "F7", Part: PartFacts, Text: "Is the document reported lost, stolen or revoked (INTERPOL SLTD)?", Hint: "No answer is not a clear answer.", Choices: yesNo()},
	{Code: "F8", Part: PartFacts, Text: "Is a document with nothing false in it used for what it was not given for?", Choices: []Choice{
		{Code: "illegal_working", Text: "Working without permission"},
		{Code: "marriage", Text: "Marriage"},
		{Code: "student", Text: "Study"},
		{Code: "sponsor", Text: "Sponsorship"},
		{Code: "other", Text: "Something else"},
		{Code: "no", Text: "No"},
	}, Many: true},
	{Code: "F9", Part: PartFacts, Text: "Does the person control the documents or the travel of others?", Choices: yesNo()},
	{Code: "F10", Part: PartFacts, Text: "At which address do they live here?", Hint: "The safeguarding lead alone is told who else gave the same one. It is not printed."},
	{Code: "F11", Part: PartFacts, Text: "Who provides the place where they live?", Choices: []Choice{
		{Code: "self", Text: "They or their family"},
		{Code: "employer", Text: "Whoever they work for", Lights: true},
		{Code: "mover", Text: "Whoever brought them here", Lights: true},
		{Code: "other", Text: "Somebody else"},
		{Code: "unsure", Text: "Not sure"},
	}, Lights: PromptControl},
	{Code: "F12", Part: PartFacts, Text: "What work do they do, for whom, and what is kept back from their pay?"},
}

// Find gives the question of a code; ok is false if there is none.
func Find(code QuestionCode) (q Question, ok bool) {
	i := slices.IndexFunc(Questions, func(q Question) bool { return q.Code == code })
	if i < 0 {
		return Question{}, false
	}
	return Questions[i], true
}

// AnswerState says what became of a question. All four are proper answers.
type AnswerState string

// The states.
const (
	Answered AnswerState = "answered"
	Declined AnswerState = "declined"
	NotSafe  AnswerState = "not_safe" // it could not be asked safely
	Unknown  AnswerState = "unknown"
)

// AnswerStates are all of them, in the order of forms.
//
//nolint:gochecknoglobals // a table, never written
var AnswerStates = []AnswerState{Answered, Declined, NotSafe, Unknown}

// Source is where an answer comes from. What a person said and what an officer
// saw are never mixed.
type Source string

// The sources.
const (
	SourcePerson    Source = "person"
	SourceOfficer   Source = "officer"
	SourceCompanion Source = "companion"
	SourceDocument  Source = "document"
)

// Sources are all of them, in the order of forms.
//
//nolint:gochecknoglobals // a table, never written
var Sources = []Source{SourcePerson, SourceOfficer, SourceCompanion, SourceDocument}

// Answer is one answer to one question, as it was given at one time.
type Answer struct {
	Question QuestionCode `json:"question"`
	State    AnswerState  `json:"state"`
	Values   []string     `json:"values"` // codes of choices
	Words    string       `json:"words"`  // what was said or seen
	Source   Source       `json:"source"`
	By       string       `json:"by"` // account
	At       time.Time    `json:"at"`
}

// MaxWords is the length of the words of an answer, in characters.
const MaxWords = 4000

// Mistake says what is wrong with what somebody put down, by field.
type Mistake struct{ Field, Text string }

// Check tells everything that is wrong with an answer.
func (a Answer) Check() (errs []Mistake) {
	wrong := func(field, text string) { errs = append(errs, Mistake{field, text}) }
	q, ok := Find(a.Question)
	if !ok {
		wrong("question", "There is no question of this code")
		return errs
	}
	if !slices.Contains(AnswerStates, a.State) {
		wrong("state", "Select whether the question was answered")
	}
	if !slices.Contains(Sources, a.Source) {
		wrong("source", "Select where the answer comes from")
	}
	if a.State != Answered && len(a.Values) > 0 {
		wrong("values", "An answer that was not given has no choices")
	}
	if a.State == Answered && len(a.Values) == 0 && strings.TrimSpace(a.Words) == "" {
		wrong("values", "Select or write the answer")
	}
	if len(a.Values) > 1 && !q.Many {
		wrong("values", "Select one answer")
	}
	for _, v := range a.Values {
		if !slices.ContainsFunc(q.Choices, func(c Choice) bool { return c.Code == v }) {
			wrong("values", "Select one of the answers that are offered")
			break
		}
	}
	if len([]rune(a.Words)) > MaxWords {
		wrong("words", "The words must be 4,000 characters or less")
	}
	return errs
}

// lights tells whether the answer brings its question's prompt up.
func (a Answer) lights(q Question) bool {
	if a.State != Answered {
		return false
	}
	return slices.ContainsFunc(q.Choices, func(c Choice) bool { return c.Lights && slices.Contains(a.Values, c.Code) })
}
