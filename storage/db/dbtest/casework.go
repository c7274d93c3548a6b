package dbtest

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
)

// officer is who puts things down in these tests.
var officer = pipeline.Account{Name: "duty-officer", Role: pipeline.RoleOfficer} //nolint:gochecknoglobals // a constant, if a struct could be one

// caseworkTests are about the people of an encounter.
func caseworkTests() map[string]func(*testing.T, Store) {
	return map[string]func(*testing.T, Store){
		"people get their numbers in turn":  peopleNumbers,
		"what is put down of people stays":  peopleStay,
		"what cannot stand is refused":      peopleRefused,
		"a referral keeps what was sent":    referralSnapshot,
		"a referral goes its way once":      referralWay,
		"a welfare referral brings tasks":   referralTasks,
		"recipients are kept":               recipientsKept,
		"a referral goes to its recipients": dispatched,
		"a dead dispatch is tried again":    dispatchDied,
		"what may not go any more stays":    dispatchWithheld,
		"the rota is paged step by step":    rotaPaged,
		"danger pages at once":              dangerPages,
		"a legal limit is due first":        legalClocks,
		"a document is referred alone":      referralOfDocument,
		"the safety check comes first":      safetyFirst,
	}
}

const occasion = "UTO-260301-0001"

func said(q casework.QuestionCode, values ...string) casework.Answer {
	return casework.Answer{Question: q, State: casework.Answered, Values: values, Words: "as heard", Source: casework.SourcePerson, By: officer.Name, At: day}
}

// newPerson adds a person to the encounter of these tests.
func newPerson(t *testing.T, s Store) int {
	t.Helper()
	n, err := s.AddPerson(t.Context(), occasion, officer, day)
	noErr(t, err)
	return n
}

func known(t *testing.T, s Store) casework.Group {
	t.Helper()
	g, err := s.Group(t.Context(), occasion)
	noErr(t, err)
	return g
}

// refused fails unless the error says that this field cannot stand.
func refused(t *testing.T, err error, field string) {
	t.Helper()
	r, ok := errors.AsType[*casework.RefusedError](err)
	if !ok || !slices.ContainsFunc(r.Mistakes, func(m casework.Mistake) bool { return m.Field == field }) {
		t.Errorf("got %v, want a refusal of %s", err, field)
	}
}

func peopleNumbers(t *testing.T, s Store) {
	if g := known(t, s); len(g.People) != 0 {
		t.Errorf("%d people before anybody came", len(g.People))
	}
	var mu sync.Mutex
	var got []int
	parallel(8, func(int) {
		n, err := s.AddPerson(t.Context(), occasion, officer, day)
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			t.Errorf("add person: %v", err)
		}
		got = append(got, n)
	})
	slices.Sort(got)
	same(t, got, []int{1, 2, 3, 4, 5, 6, 7, 8})
	if g := known(t, s); len(g.People) != 8 {
		t.Errorf("%d people, want 8", len(g.People))
	}
}

func peopleStay(t *testing.T, s Store) {
	n := newPerson(t, s)
	newPerson(t, s)
	first, second := said("S4", "none"), said("S4", "debt", "threats")
	second.At = day.Add(time.Hour)
	noErr(t, s.SaveAnswer(t.Context(), occasion, n, first, officer))
	noErr(t, s.SaveAnswer(t.Context(), occasion, n, second, officer))
	mark := casework.RoleMark{Role: casework.PotentialVictim, On: true, Reason: "told of a debt", By: officer.Name, At: day.Add(90 * time.Minute)}
	noErr(t, s.MarkRole(t.Context(), occasion, n, mark, officer))
	closing := casework.Closing{Prompt: casework.PromptControl, Outcome: casework.NoConcern, Reason: "a bank's", By: officer.Name, At: day.Add(2 * time.Hour)}
	noErr(t, s.ClosePrompt(t.Context(), occasion, n, closing, officer))
	holding := casework.Holding{Document: "TSD-0000-0001", HeldBy: 2, BelongsTo: n, By: officer.Name, At: day.Add(3 * time.Hour)}
	noErr(t, s.SaveHolding(t.Context(), occasion, holding, officer))
	same(t, known(t, s), casework.Group{
		Encounter: occasion,
		People: []casework.Person{
			{Encounter: occasion, Number: 1, Answers: []casework.Answer{first, second}, Roles: []casework.RoleMark{mark}, Closings: []casework.Closing{closing}},
			{Encounter: occasion, Number: 2},
		},
		Holdings: []casework.Holding{holding},
	})
	events, err := s.History(t.Context(), occasion)
	noErr(t, err)
	var steps []string
	for _, e := range events {
		steps = append(steps, e.Detail)
	}
	same(t, steps, []string{"person_added", "person_added", "answer_saved", "answer_saved", "role_marked", "prompt_closed", "holding_saved"})
	late := said("S1", "no") // by a clock that is behind
	noErr(t, s.SaveAnswer(t.Context(), occasion, n, late, officer))
	answers := known(t, s).People[0].Answers
	same(t, answers[len(answers)-1].At, day.Add(3*time.Hour+time.Microsecond))
}

func peopleRefused(t *testing.T, s Store) {
	is(t, s.SaveAnswer(t.Context(), occasion, 1, said("S1", "no"), officer), pipeline.ErrNotFound)
	n := newPerson(t, s)
	for _, number := range []int{0, -1, 2} {
		is(t, s.SaveAnswer(t.Context(), occasion, number, said("S1", "no"), officer), pipeline.ErrNotFound)
		is(t, s.MarkRole(t.Context(), occasion, number, casework.RoleMark{Role: casework.Child, Reason: "x"}, officer), pipeline.ErrNotFound)
	}
	refused(t, s.SaveAnswer(t.Context(), occasion, n, said("S1", "perhaps"), officer), "values")
	refused(t, s.MarkRole(t.Context(), occasion, n, casework.RoleMark{Role: casework.ImmigrationMatter, On: true}, officer), "reason")
	refused(t, s.ClosePrompt(t.Context(), occasion, n, casework.Closing{Prompt: casework.PromptControl, Outcome: casework.NoConcern, Reason: "x"}, officer), "prompt")
	same(t, known(t, s).People, []casework.Person{{Encounter: occasion, Number: 1}})
	events, err := s.History(t.Context(), occasion)
	noErr(t, err)
	if len(events) != 1 {
		t.Errorf("%d lines in the log, want that of the person alone", len(events))
	}
}

// referral is one that can be sent for a person.
func referral(number int) casework.Referral {
	return casework.Referral{
		ID: "R-" + rand.Text()[:8], Rule: "R-04", Kind: casework.KindSafeguarding, Encounter: occasion, Person: number, Priority: "P0",
		Nature: casework.NatureNeither, Reason: "a debt was mentioned", Content: `{"prompts":["ENC-04"]}`, Guidance: "APP", SentAt: day, AckDue: day.Add(15 * time.Minute),
	}
}

func referralSnapshot(t *testing.T, s Store) {
	n := newPerson(t, s)
	r := referral(n)
	noErr(t, s.Send(t.Context(), r, officer))
	is(t, s.Send(t.Context(), r, officer), pipeline.ErrConflict)
	noErr(t, s.SaveAnswer(t.Context(), occasion, n, said("S4", "threats"), officer))
	got, err := s.FindReferral(t.Context(), r.ID)
	noErr(t, err)
	want := r.Seal()
	want.State, want.SentBy = casework.ReferralSent, officer.Name
	same(t, got, want)
	same(t, known(t, s).Referrals, []casework.Referral{want})
	_, err = s.FindReferral(t.Context(), "R-NONE")
	is(t, err, pipeline.ErrNotFound)
}

func referralWay(t *testing.T, s Store) {
	r := referral(newPerson(t, s))
	noErr(t, s.Send(t.Context(), r, officer))
	var won int
	var mu sync.Mutex
	parallel(8, func(i int) {
		err := s.Acknowledge(t.Context(), r.ID, pipeline.Account{Name: fmt.Sprint("lead-", i), Role: pipeline.RoleSafeguarding}, day.Add(time.Minute))
		mu.Lock()
		defer mu.Unlock()
		if err == nil {
			won++
		} else if !errors.Is(err, pipeline.ErrConflict) {
			t.Errorf("acknowledge: %v", err)
		}
	})
	if won != 1 {
		t.Errorf("%d of 8 have acknowledged, want one", won)
	}
	lead := pipeline.Account{Name: "lead", Role: pipeline.RoleSafeguarding}
	refused(t, s.CloseReferral(t.Context(), r.ID, " ", lead, day), "outcome")
	refused(t, s.CloseReferral(t.Context(), r.ID, "with children's services", lead, day), "outcome") // the way was not asked for
	noErr(t, s.SaveAnswer(t.Context(), occasion, r.Person, casework.Answer{Question: "U8", State: casework.NotSafe, Source: casework.SourceOfficer, At: day}, officer))
	others, err := s.OpenReferrals(t.Context(), "somebody-else", 10)
	noErr(t, err)
	mine, err := s.OpenReferrals(t.Context(), officer.Name, 10)
	noErr(t, err)
	if len(others) != 0 || len(mine) != 1 {
		t.Errorf("%d of somebody else and %d of the sender, want 0 and 1", len(others), len(mine))
	}
	noErr(t, s.CloseReferral(t.Context(), r.ID, "with children's services", lead, day.Add(time.Hour)))
	is(t, s.CloseReferral(t.Context(), r.ID, "again", lead, day), pipeline.ErrConflict)
	is(t, s.Acknowledge(t.Context(), r.ID, lead, day), pipeline.ErrConflict)
	is(t, s.Acknowledge(t.Context(), "R-NONE", lead, day), pipeline.ErrNotFound)
	open, err := s.OpenReferrals(t.Context(), "", 10)
	noErr(t, err)
	if len(open) != 0 {
		t.Errorf("%d referrals are open after the one was closed", len(open))
	}
}

func referralTasks(t *testing.T, s Store) {
	n := newPerson(t, s)
	noErr(t, s.Send(t.Context(), referral(n), officer))
	tasks, err := s.OpenTasks(t.Context(), occasion, 10)
	noErr(t, err)
	var kinds []casework.TaskKind
	for _, task := range tasks {
		kinds = append(kinds, task.Kind)
		if task.Person != n || task.Owner != officer.Name {
			t.Errorf("the task is about person %d, and %q has it", task.Person, task.Owner)
		}
	}
	same(t, kinds, []casework.TaskKind{casework.TaskAskAgain, casework.TaskUpstream})
	refused(t, s.FinishTask(t.Context(), tasks[0].ID, "", officer, day), "outcome")
	noErr(t, s.FinishTask(t.Context(), tasks[0].ID, "asked again, nothing new", officer, day))
	is(t, s.FinishTask(t.Context(), tasks[0].ID, "again", officer, day), pipeline.ErrConflict)
	is(t, s.FinishTask(t.Context(), "T-NONE", "x", officer, day), pipeline.ErrNotFound)
	left, err := s.OpenTasks(t.Context(), "", 10)
	noErr(t, err)
	same(t, left, tasks[1:])
}

// referralOfDocument: a document can be referred where nobody is recorded.
func referralOfDocument(t *testing.T, s Store) {
	r := referral(0)
	r.Kind, r.Rule, r.Document = casework.KindIssuer, "R-09", "TSD-0000-0001"
	noErr(t, s.Send(t.Context(), r, officer))
	if g := known(t, s); len(g.People) != 0 || len(g.Referrals) != 1 {
		t.Errorf("%d people and %d referrals, want 0 and 1", len(g.People), len(g.Referrals))
	}
}

// safetyFirst lets answers and reports race: no report is sent while the safety
// check of its person is open.
func safetyFirst(t *testing.T, s Store) {
	n := newPerson(t, s)
	report := func() casework.Referral {
		r := referral(n)
		r.Kind, r.Rule, r.Priority = casework.KindOIC, "R-12", "P1"
		return r
	}
	refused(t, s.Send(t.Context(), report(), officer), "kind")
	for _, a := range []casework.Answer{said("S1", "no"), said("S2", "no"), said("S3", "self"), said("S5", "yes")} {
		noErr(t, s.SaveAnswer(t.Context(), occasion, n, a, officer))
	}
	refused(t, s.Send(t.Context(), report(), officer), "kind")
	parallel(4, func(i int) {
		if i == 0 {
			if err := s.SaveAnswer(t.Context(), occasion, n, said("S4", "debt"), officer); err != nil {
				t.Errorf("save answer: %v", err)
			}
			return
		}
		refused(t, s.Send(t.Context(), report(), officer), "kind") // unanswered before, and a prompt after
	})
	closing := casework.Closing{Prompt: casework.PromptControl, Outcome: casework.NoConcern, Reason: "a bank's", At: day.Add(time.Hour)}
	noErr(t, s.ClosePrompt(t.Context(), occasion, n, closing, officer))
	noErr(t, s.Send(t.Context(), report(), officer))
}
