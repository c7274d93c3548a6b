package web

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
	"touchstone.internal/web/policy"
)

// groupBody is everything that is known of the people of an encounter, and what
// follows from it.
type groupBody struct {
	Encounter   string             `json:"encounter"`
	People      []casework.Person  `json:"people"`
	Holdings    []casework.Holding `json:"holdings"`
	Referrals   []referralBody     `json:"referrals"`
	Links       []casework.Link    `json:"links"`        // every line, the oldest first
	Mixed       bool               `json:"mixed"`        // people of it have parts that must not meet
	VictimFirst []int              `json:"victim_first"` // numbers of those who are looked after first
	Prompts     []promptBody       `json:"prompts"`
	Suggestions []suggestionBody   `json:"suggestions"`
	Tasks       []taskBody         `json:"tasks"`
	Limits      []deadlineBody     `json:"legal_limits"`
}

// promptBody is an open prompt, with what screens say of it.
type promptBody struct {
	casework.Prompt
	Sentence string `json:"sentence"`
}

// suggestionBody is a referral that a rule thinks of.
type suggestionBody struct {
	Rule     string                `json:"rule"`
	Kind     casework.ReferralKind `json:"kind"`
	Priority string                `json:"priority"`
	To       string                `json:"to"`
	Because  string                `json:"because"`
	Source   string                `json:"source"`
	Verified bool                  `json:"verified"`
	Person   int                   `json:"person"`
	Document string                `json:"document"`
}

// taskBody is a task that is open.
type taskBody struct {
	ID       string            `json:"id"`
	Kind     casework.TaskKind `json:"kind"`
	Person   int               `json:"person"`
	Owner    string            `json:"owner"`
	OpenedAt time.Time         `json:"opened_at"`
	DueAt    time.Time         `json:"due_at"`
}

// referralBody is a referral as the API gives it.
type referralBody struct {
	casework.Referral
	AckAt    *time.Time `json:"ack_at,omitempty"`
	ClosedAt *time.Time `json:"closed_at,omitempty"`
}

func bodyOfReferral(r casework.Referral) referralBody {
	r.SentAt, r.AckDue = r.SentAt.UTC(), r.AckDue.UTC()
	b := referralBody{Referral: r}
	if !r.AckAt.IsZero() {
		b.AckAt = &r.AckAt
	}
	if !r.ClosedAt.IsZero() {
		b.ClosedAt = &r.ClosedAt
	}
	return b
}

// listed gives a list that is never null.
func listed[T any](all []T) []T { return append([]T{}, all...) }

// bodyOfGroup gives a group as an account may see it, with no list that is null.
func bodyOfGroup(g casework.Group, who pipeline.Account) groupBody {
	b := groupBody{
		Encounter: g.Encounter, Holdings: listed(g.Holdings), Links: listed(g.Links), Mixed: g.Mixed(), People: listed(g.People), Referrals: []referralBody{},
		VictimFirst: []int{}, Prompts: []promptBody{}, Suggestions: []suggestionBody{}, Tasks: []taskBody{}, Limits: []deadlineBody{},
	}
	for i, p := range b.People {
		p.Roles, p.Answers, p.Closings = listed(p.Roles), listed(p.Answers), listed(p.Closings)
		for j := range p.Answers {
			p.Answers[j].Values = listed(p.Answers[j].Values)
		}
		b.People[i] = p
		if g.VictimFirst(p.Number) {
			b.VictimFirst = append(b.VictimFirst, p.Number)
		}
	}
	for _, p := range g.Prompts() {
		b.Prompts = append(b.Prompts, promptBody{p, p.Code.Sentence()})
	}
	for _, r := range visible(g, who).Referrals {
		b.Referrals = append(b.Referrals, bodyOfReferral(r))
	}
	return b
}

// apiPeople gives the people of an encounter.
func (s *server) apiPeople(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	return s.writePeople(w, r, http.StatusOK)
}

// writePeople answers with the group as it is now.
func (s *server) writePeople(w http.ResponseWriter, r *http.Request, status int) error {
	ctx := r.Context()
	g, err := s.casefile(ctx, r.PathValue("reference"), policy.People, "people")
	if err != nil {
		return err
	}
	b := bodyOfGroup(g, infoOf(ctx).who)
	_, found, err := s.examined(ctx, g.Encounter)
	if err != nil {
		return err
	}
	all, err := s.rules.Suggest(g, found)
	if err != nil {
		return err
	}
	for _, o := range all {
		b.Suggestions = append(b.Suggestions, suggestionBody{o.ID, o.Kind, o.Priority, o.To, o.Because, o.Source, o.Verified, o.Person, o.Document})
	}
	tasks, err := s.Casework.OpenTasks(ctx, g.Encounter, maxLimit)
	if err != nil {
		return err
	}
	for _, t := range tasks {
		b.Tasks = append(b.Tasks, taskBody{t.ID, t.Kind, t.Person, t.Owner, t.OpenedAt.UTC(), t.DueAt.UTC()})
	}
	e, err := s.Encounters.FindEncounter(ctx, g.Encounter)
	if err != nil {
		return err
	}
	for _, l := range s.law.Deadlines(e) {
		b.Limits = append(b.Limits, deadlineBodyOf(l))
	}
	s.writeJSON(w, r, status, b)
	return nil
}

// numberBody is the number of a new person.
type numberBody struct {
	Number int `json:"number"`
}

// apiAddPerson gives the encounter one more person.
func (s *server) apiAddPerson(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	g, err := s.casefile(r.Context(), r.PathValue("reference"), policy.People, "people")
	if err != nil {
		return err
	}
	n, err := s.Casework.AddPerson(r.Context(), g.Encounter, who, s.Now())
	if err != nil {
		return err
	}
	s.writeJSON(w, r, http.StatusCreated, numberBody{n})
	return nil
}

// apiOnPerson reads v, lets it be put down about the person in the address, and
// answers with the group as it is then.
func (s *server) apiOnPerson(w http.ResponseWriter, r *http.Request, v any, put func(encounter string, number int) error) error {
	g, err := s.casefile(r.Context(), r.PathValue("reference"), policy.People, "person")
	if err != nil {
		return err
	}
	p, err := numbered(g, r)
	if err != nil {
		return err
	}
	if err := readJSON(w, r, v); err != nil {
		return err
	}
	errs, err := stood(put(g.Encounter, p.Number))
	if err != nil {
		return err
	}
	if errs != nil {
		return problemInvalid(errs)
	}
	return s.writePeople(w, r, http.StatusCreated)
}

// answerBody is one answer to one question.
type answerBody struct {
	Question casework.QuestionCode `json:"question"`
	State    casework.AnswerState  `json:"state"`
	Values   []string              `json:"values,omitempty"`
	Words    string                `json:"words,omitempty"`
	Source   casework.Source       `json:"source"`
}

// apiSaveAnswer adds one answer. Who gives it and when is not the client's to say.
func (s *server) apiSaveAnswer(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	var b answerBody
	return s.apiOnPerson(w, r, &b, func(encounter string, number int) error {
		a := casework.Answer{Question: b.Question, State: b.State, Values: b.Values, Words: b.Words, Source: b.Source, By: who.Name, At: s.Now()}
		return s.Casework.SaveAnswer(r.Context(), encounter, number, a, who)
	})
}

// roleBody is a part given to, or taken from, one person.
type roleBody struct {
	Role   casework.Role `json:"role"`
	On     bool          `json:"on"`
	Reason string        `json:"reason"`
}

// apiMarkRole gives or takes one role of one person; there is no way to do so for
// several at once.
func (s *server) apiMarkRole(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	var b roleBody
	return s.apiOnPerson(w, r, &b, func(encounter string, number int) error {
		m := casework.RoleMark{Role: b.Role, On: b.On, Reason: strings.TrimSpace(b.Reason), By: who.Name, At: s.Now()}
		return s.Casework.MarkRole(r.Context(), encounter, number, m, who)
	})
}

// closingBody ends a prompt.
type closingBody struct {
	Prompt  casework.PromptCode `json:"prompt"`
	Outcome casework.Outcome    `json:"outcome"`
	Reason  string              `json:"reason"`
}

// apiClosePrompt ends a prompt with a person's word.
func (s *server) apiClosePrompt(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	var b closingBody
	return s.apiOnPerson(w, r, &b, func(encounter string, number int) error {
		c := casework.Closing{Prompt: b.Prompt, Outcome: b.Outcome, Reason: strings.TrimSpace(b.Reason), By: who.Name, At: s.Now()}
		return s.Casework.ClosePrompt(r.Context(), encounter, number, c, who)
	})
}

// holdingBody says who held a document and whose it is said to be; 0 is nobody,
// or not known.
type holdingBody struct {
	Document  string `json:"document"`
	HeldBy    int    `json:"held_by"`
	BelongsTo int    `json:"belongs_to"`
}

// apiSaveHolding puts down who held whose document.
func (s *server) apiSaveHolding(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	g, err := s.casefile(r.Context(), r.PathValue("reference"), policy.People, "people")
	if err != nil {
		return err
	}
	var b holdingBody
	if err := readJSON(w, r, &b); err != nil {
		return err
	}
	h := casework.Holding{Document: b.Document, HeldBy: b.HeldBy, BelongsTo: b.BelongsTo, By: who.Name, At: s.Now()}
	if err := s.keepHolding(r.Context(), g, h, who); err != nil {
		return err
	}
	return s.writePeople(w, r, http.StatusCreated)
}

// apiRefer sends a referral.
func (s *server) apiRefer(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	g, err := s.casefile(r.Context(), r.PathValue("reference"), policy.Refer, "referral")
	if err != nil {
		return err
	}
	var b referBody
	if err := readJSON(w, r, &b); err != nil {
		return err
	}
	made, err := s.send(r.Context(), g, b, who)
	if err != nil {
		return err
	}
	sent, err := s.Casework.FindReferral(r.Context(), made.ID)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/api/v1/referrals/"+sent.ID)
	s.writeJSON(w, r, http.StatusCreated, bodyOfReferral(sent))
	return nil
}

// referralsBody is the list of open referrals.
type referralsBody struct {
	Data []referralBody `json:"data"`
}

// apiReferrals gives the open referrals that the account may see.
func (s *server) apiReferrals(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	all, err := s.openReferrals(r.Context(), who)
	if err != nil {
		return err
	}
	b := referralsBody{[]referralBody{}}
	for _, f := range all {
		b.Data = append(b.Data, bodyOfReferral(f))
	}
	s.writeJSON(w, r, http.StatusOK, b)
	return nil
}

// apiReferral gives one referral as it was sent.
func (s *server) apiReferral(w http.ResponseWriter, r *http.Request, _ pipeline.Account) error {
	f, err := s.trace(r.Context(), r.PathValue("referral"))
	if err != nil {
		return err
	}
	s.writeJSON(w, r, http.StatusOK, bodyOfReferral(f))
	return nil
}

// apiAcknowledge records that the recipient has it.
func (s *server) apiAcknowledge(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	return s.apiMove(w, r, func(id string) error { return s.Casework.Acknowledge(r.Context(), id, who, s.Now()) })
}

// apiCloseReferral ends it with an outcome in words.
func (s *server) apiCloseReferral(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	var b outcomeBody
	return s.apiMove(w, r, func(id string) error {
		if err := readJSON(w, r, &b); err != nil {
			return err
		}
		return s.Casework.CloseReferral(r.Context(), id, b.Outcome, who, s.Now())
	})
}

// outcomeBody ends a referral.
type outcomeBody struct {
	Outcome string `json:"outcome"`
}

// apiMove takes a referral one step on and answers with it.
func (s *server) apiMove(w http.ResponseWriter, r *http.Request, step func(id string) error) error {
	f, err := s.trace(r.Context(), r.PathValue("referral"))
	if err != nil {
		return err
	}
	errs, err := stood(step(f.ID))
	if errors.Is(err, pipeline.ErrConflict) {
		return problemDoneBefore()
	}
	if err != nil {
		return err
	}
	if errs != nil {
		return problemInvalid(errs)
	}
	if f, err = s.Casework.FindReferral(r.Context(), f.ID); err != nil {
		return err
	}
	s.writeJSON(w, r, http.StatusOK, bodyOfReferral(f))
	return nil
}

// doneBody ends a task of an encounter.
type doneBody struct {
	Task    string `json:"task"`
	Outcome string `json:"outcome"`
}

// apiFinishTask ends a task.
func (s *server) apiFinishTask(w http.ResponseWriter, r *http.Request, who pipeline.Account) error {
	g, err := s.casefile(r.Context(), r.PathValue("reference"), policy.Refer, "people")
	if err != nil {
		return err
	}
	var b doneBody
	if err := readJSON(w, r, &b); err != nil {
		return err
	}
	errs, err := stood(s.endTask(r.Context(), g, b.Task, b.Outcome, who))
	if errors.Is(err, pipeline.ErrConflict) {
		return problemDoneBefore()
	}
	if err != nil {
		return err
	}
	if errs != nil {
		return problemInvalid(errs)
	}
	return s.writePeople(w, r, http.StatusOK)
}
