package casework_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"touchstone.internal/pipeline/casework"
)

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// said is an answer that was given.
func said(q casework.QuestionCode, values ...string) casework.Answer {
	return casework.Answer{Question: q, State: casework.Answered, Values: values, Source: casework.SourcePerson, By: "officer", At: noon}
}

// person is one with these answers.
func person(number int, answers ...casework.Answer) casework.Person {
	return casework.Person{Encounter: "UTO-261125-0001", Number: number, Answers: answers}
}

func group(people ...casework.Person) casework.Group {
	return casework.Group{Encounter: "UTO-261125-0001", People: people}
}

// quiet are the answers to the safety questions that bring nothing up.
func quiet() []casework.Answer {
	return []casework.Answer{said("S1", "no"), said("S2", "no"), said("S3", "self"), said("S4", "none"), said("S5", "yes")}
}

func codes(g casework.Group, number int) (out []casework.PromptCode) {
	for _, p := range g.Prompts() {
		if p.Person == number {
			out = append(out, p.Code)
		}
	}
	return out
}

func rules(t testing.TB) *casework.Rules {
	t.Helper()
	r, err := casework.LoadRules()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func suggested(t testing.TB, g casework.Group, found ...casework.Examined) (ids []string) {
	t.Helper()
	all, err := rules(t).Suggest(g, found)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		ids = append(ids, fmt.Sprintf("%s/%d", s.ID, s.Person))
	}
	return ids
}

func TestCatalogue(t *testing.T) {
	seen := map[casework.QuestionCode]bool{}
	for _, q := range casework.Questions {
		if seen[q.Code] || q.Text == "" {
			t.Errorf("question %s is there twice or empty", q.Code)
		}
		seen[q.Code] = true
		lit := slices.ContainsFunc(q.Choices, func(c casework.Choice) bool { return c.Lights })
		if lit != (q.Lights != "") {
			t.Errorf("question %s: choices that light up and a prompt must come together", q.Code)
		}
		if q.Lights != "" && q.Lights.Sentence() == "" {
			t.Errorf("question %s brings up %s, which says nothing", q.Code, q.Lights)
		}
	}
	for n := 1; n <= 14; n++ {
		if !seen[casework.QuestionCode(fmt.Sprint("U", n))] {
			t.Errorf("U%d is missing", n)
		}
	}
}

func TestAnswerCheck(t *testing.T) {
	for name, c := range map[string]struct {
		answer casework.Answer
		field  string
	}{
		"answered":               {said("S1", "yes"), ""},
		"in words":               {casework.Answer{Question: "U1", State: casework.Answered, Words: "a man in a café", Source: casework.SourcePerson}, ""},
		"declined":               {casework.Answer{Question: "U5", State: casework.Declined, Source: casework.SourcePerson}, ""},
		"not safe to ask":        {casework.Answer{Question: "U5", State: casework.NotSafe, Source: casework.SourceOfficer}, ""},
		"no such question":       {said("U15", "yes"), "question"},
		"no state":               {casework.Answer{Question: "S1", Source: casework.SourcePerson}, "state"},
		"no source":              {casework.Answer{Question: "S1", State: casework.Declined}, "source"},
		"declined, with choices": {casework.Answer{Question: "S1", State: casework.Declined, Values: []string{"yes"}, Source: casework.SourcePerson}, "values"},
		"nothing said":           {casework.Answer{Question: "S1", State: casework.Answered, Source: casework.SourcePerson}, "values"},
		"two where one is asked": {said("S1", "yes", "no"), "values"},
		"two where many may be":  {said("S4", "debt", "threats"), ""},
		"a foreign choice":       {said("S1", "perhaps"), "values"},
		"too many words":         {casework.Answer{Question: "U1", State: casework.Answered, Words: string(make([]rune, 4001)), Source: casework.SourcePerson}, "words"},
	} {
		errs := c.answer.Check()
		if c.field == "" && len(errs) > 0 || c.field != "" && (len(errs) != 1 || errs[0].Field != c.field) {
			t.Errorf("%s: %v, want a mistake in %q", name, errs, c.field)
		}
	}
}

// TestS5 is the seed's "several reasons why an individual could illegally
// cross": no reason brings a prompt up or takes one away.
func TestS5(t *testing.T) {
	reasons, _ := casework.Find("U13")
	base := group(person(1, append(quiet(), said("S4", "debt"))...))
	for _, c := range reasons.Choices {
		with := group(person(1, append(quiet(), said("S4", "debt"), said("U13", c.Code))...))
		if got, want := codes(with, 1), codes(base, 1); !slices.Equal(got, want) {
			t.Errorf("reason %s: prompts %v, want %v", c.Code, got, want)
		}
	}
}

func TestS5a(t *testing.T) { suggests(t, group(person(1, said("U13", "escape_justice"))), "R-14/1") }

func TestS5b(t *testing.T) { suggests(t, group(person(1, said("U13", "extremist"))), "R-13/1") }

func suggests(t *testing.T, g casework.Group, want string) {
	t.Helper()
	if got := suggested(t, g); !slices.Contains(got, want) {
		t.Errorf("suggested %v, want %s among them", got, want)
	}
}

// TestS13 is "they pay or owe money for that movement".
func TestS13(t *testing.T) {
	if got := codes(group(person(1, said("U4", "owed"))), 1); !slices.Contains(got, casework.PromptControl) {
		t.Errorf("money owed brings up %v", got)
	}
	if got := codes(group(person(1, said("U4", "paid"))), 1); len(got) > 0 {
		t.Errorf("money paid brings up %v", got)
	}
}

// TestS15: no border and no nationality is needed for a welfare referral.
func TestS15(t *testing.T) {
	p := person(1, said("F1", "no"), said("S4", "threats"), said("F5", "agrees"))
	p.Roles = []casework.RoleMark{{Role: casework.PotentialVictim, On: true, Reason: "told of threats"}}
	g := group(p)
	suggests(t, g, "R-02/1")
	r := casework.Referral{Kind: casework.KindNRM, Person: 1, Consent: casework.ConsentGiven, Nature: casework.NatureSlavery, Reason: "threats"}
	if errs := g.Check(r); len(errs) > 0 {
		t.Errorf("refused: %v", errs)
	}
}

// TestS16 is "may or may not consent to being moved": agreeing never takes a
// prompt away, whatever else was answered; nor does any other answer.
func TestS16(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		answers := drawAnswers(t)
		before := group(person(1, answers...))
		after := group(person(1, append(append(slices.Clone(answers), said("F2", "yes")), drawAnswers(t)...)...))
		for _, c := range codes(before, 1) {
			if !slices.Contains(codes(after, 1), c) {
				t.Fatalf("consent took %s away", c)
			}
		}
	})
}

// drawAnswers draws some answers that were given.
func drawAnswers(t *rapid.T) (out []casework.Answer) {
	for _, q := range casework.Questions {
		if !rapid.Bool().Draw(t, string(q.Code)) {
			continue
		}
		a := casework.Answer{Question: q.Code, State: rapid.SampledFrom(casework.AnswerStates).Draw(t, "state"), Source: casework.SourcePerson, At: noon}
		if a.State == casework.Answered && len(q.Choices) > 0 {
			a.Values = []string{rapid.SampledFrom(q.Choices).Draw(t, "choice").Code}
		}
		if a.State == casework.Answered && len(q.Choices) == 0 {
			a.Words = "something"
		}
		out = append(out, a)
	}
	return out
}

// TestS18: a "no" is not for ever. The newest answer counts, and the older one
// stays.
func TestS18(t *testing.T) {
	first, later := said("S4", "none"), said("S4", "debt")
	later.At = noon.Add(time.Hour)
	p := person(1, first, later)
	if got := codes(group(p), 1); !slices.Contains(got, casework.PromptControl) {
		t.Errorf("after the second answer: %v", got)
	}
	if len(p.Answers) != 2 {
		t.Error("the first answer is gone")
	}
}

// TestS19: both statuses at once, with their history.
func TestS19(t *testing.T) {
	p := person(1)
	p.Roles = []casework.RoleMark{
		{Role: casework.MovedByOthers, On: true, Reason: "in a lorry", At: noon},
		{Role: casework.PotentialVictim, On: true, Reason: "works off a debt", At: noon.Add(time.Hour)},
	}
	if !p.Has(casework.MovedByOthers) || !p.Has(casework.PotentialVictim) {
		t.Error("one role has taken the place of the other")
	}
}

// TestS20 is "takes priority initially": while a prompt or a welfare referral is
// open the person is looked after first, and it ends only by a person's word.
func TestS20(t *testing.T) {
	g := group(person(1, said("S4", "debt")), person(2, quiet()...))
	if !g.VictimFirst(1) || g.VictimFirst(2) {
		t.Fatal("the lock is on the wrong person")
	}
	closing := casework.Closing{Prompt: casework.PromptControl, Outcome: casework.NoConcern, At: noon.Add(time.Minute), By: "lead"}
	if errs := g.ClosingMistakes(1, closing); len(errs) != 1 || errs[0].Field != "reason" {
		t.Errorf("closed without a reason: %v", errs)
	}
	closing.Reason = "the debt is a bank's"
	if errs := g.ClosingMistakes(1, closing); len(errs) > 0 {
		t.Errorf("refused: %v", errs)
	}
	g.People[0].Closings = append(g.People[0].Closings, closing)
	if g.VictimFirst(1) {
		t.Error("still locked after a person closed it")
	}
	g.Referrals = []casework.Referral{{Kind: casework.KindSafeguarding, Person: 1, State: casework.ReferralSent}}
	if !g.VictimFirst(1) {
		t.Error("an open referral does not lock")
	}
	g.Referrals[0].State = casework.ReferralClosed
	again := said("S4", "threats")
	again.At = noon.Add(time.Hour)
	g.People[0].Answers = append(g.People[0].Answers, again)
	if !g.VictimFirst(1) {
		t.Error("a new answer does not bring a closed prompt up again")
	}
}

// TestS23: each of debt bondage, threats and status alone brings the prompt up.
func TestS23(t *testing.T) {
	for _, factor := range []string{"debt", "threats", "status"} {
		if got := codes(group(person(1, said("S4", factor))), 1); !slices.Equal(got, []casework.PromptCode{casework.PromptControl}) {
			t.Errorf("%s brings up %v", factor, got)
		}
	}
}

// TestS29: roles are given one by one, each with its own reason.
func TestS29(t *testing.T) {
	if errs := casework.RoleMistakes(casework.RoleMark{Role: casework.ImmigrationMatter, On: true}); len(errs) != 1 {
		t.Errorf("a role without a reason: %v", errs)
	}
	exploiter := person(1)
	exploiter.Roles = []casework.RoleMark{{Role: casework.SuspectExploiter, On: true, Reason: "holds six passports"}}
	g := group(exploiter, person(2), person(3))
	if !g.Mixed() {
		t.Error("a group with a suspected exploiter needs no plan")
	}
	suggests(t, g, "R-05/0")
	suggests(t, g, "R-12/1")
	for _, companion := range []int{2, 3} {
		if got := codes(g, companion); !slices.Equal(got, []casework.PromptCode{casework.PromptCompany}) {
			t.Errorf("companion %d: %v", companion, got)
		}
		suggests(t, g, fmt.Sprintf("R-04/%d", companion))
	}
	if got := codes(g, 1); len(got) > 0 {
		t.Errorf("the one who holds them is asked after because of themselves: %v", got)
	}
}

func TestHoldings(t *testing.T) {
	g := group(person(1), person(2), person(3))
	g.Holdings = []casework.Holding{{Document: "a", HeldBy: 1, BelongsTo: 1, At: noon}, {Document: "b", HeldBy: 1, BelongsTo: 2, At: noon}}
	for number, want := range map[int][]casework.PromptCode{1: {casework.PromptManyHeld}, 2: {casework.PromptHeldByOther}, 3: nil} {
		if got := codes(g, number); !slices.Equal(got, want) {
			t.Errorf("person %d: %v, want %v", number, got, want)
		}
	}
}

// TestChild: doubt about age is enough, agreement is not needed, and children's
// services come first.
func TestChild(t *testing.T) {
	p := person(1, said("S2", "unsure"), said("F5", "refuses"))
	p.Roles = []casework.RoleMark{{Role: casework.Child, On: true, Reason: "looks fifteen"}}
	g := group(p)
	suggests(t, g, "R-01/1")
	nrm := casework.Referral{Kind: casework.KindNRM, Person: 1, Consent: casework.ConsentRefused, Nature: casework.NatureSlavery, Reason: "may be exploited"}
	if errs := g.Check(nrm); len(errs) != 1 || errs[0].Field != "kind" {
		t.Errorf("before children's services: %v", errs)
	}
	g.Referrals = []casework.Referral{{Kind: casework.KindChildren, Person: 1, State: casework.ReferralSent}}
	if errs := g.Check(nrm); len(errs) > 0 {
		t.Errorf("after children's services: %v", errs)
	}
	if errs := g.Check(casework.Referral{Kind: casework.KindNotify, Person: 1, Nature: casework.NatureSlavery, Reason: "x"}); len(errs) != 1 {
		t.Errorf("a child is notified: %v", errs)
	}
}

// TestOrder draws whole stories: whatever happens in whatever order, no report on
// organised immigration crime is sent for somebody whose safety check is open,
// nothing goes to a State while it must not, and no adult is referred against
// their will.
func TestOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := group(person(1), person(2))
		asylum := false
		for step := range rapid.IntRange(1, 30).Draw(t, "steps") {
			at := noon.Add(time.Duration(step) * time.Minute)
			p := &g.People[rapid.IntRange(0, 1).Draw(t, "person")]
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				for _, a := range drawAnswers(t) {
					a.At = at
					p.Answers = append(p.Answers, a)
					asylum = asylum || a.Question == "F4" && slices.Contains(a.Values, "yes")
				}
			case 1:
				m := casework.RoleMark{Role: rapid.SampledFrom(casework.Roles).Draw(t, "role"), On: rapid.Bool().Draw(t, "on"), Reason: "seen", At: at}
				p.Roles = append(p.Roles, m)
			case 2:
				c := casework.Closing{
					Prompt:  rapid.SampledFrom([]casework.PromptCode{casework.PromptControl, casework.PromptHeldByOther, casework.PromptChild, casework.PromptDanger}).Draw(t, "prompt"),
					Outcome: rapid.SampledFrom([]casework.Outcome{casework.NoConcern, casework.Referred}).Draw(t, "outcome"), Reason: "because", At: at,
				}
				if len(g.ClosingMistakes(p.Number, c)) == 0 {
					p.Closings = append(p.Closings, c)
				}
			default:
				send(t, &g, p.Number, asylum)
			}
		}
	})
}

// send tries to send a referral and checks that the order was kept if it went.
func send(t *rapid.T, g *casework.Group, number int, asylum bool) {
	r := casework.Referral{
		Kind:    rapid.SampledFrom([]casework.ReferralKind{casework.KindOIC, casework.KindIssuer, casework.KindNRM, casework.KindNotify, casework.KindChildren}).Draw(t, "kind"),
		Consent: rapid.SampledFrom([]casework.Consent{casework.ConsentGiven, casework.ConsentRefused, casework.ConsentNotNeeded}).Draw(t, "consent"),
		Person:  number, Nature: casework.NatureNeither, Reason: "because", State: casework.ReferralSent,
	}
	if len(g.Check(r)) > 0 {
		return
	}
	p, _ := g.Person(number)
	switch r.Kind {
	case casework.KindOIC:
		for _, q := range []casework.QuestionCode{"S1", "S2", "S3", "S4", "S5"} {
			if _, ok := p.Latest(q); !ok {
				t.Fatalf("reported without an answer to %s", q)
			}
		}
		if len(codes(*g, number)) > 0 {
			t.Fatalf("reported with open prompts %v", codes(*g, number))
		}
	case casework.KindIssuer:
		if asylum || len(g.Prompts()) > 0 {
			t.Fatal("something went to a State")
		}
	case casework.KindNRM:
		if !p.MayBeChild() && r.Consent != casework.ConsentGiven {
			t.Fatal("an adult was referred against their will")
		}
	default: // may always be sent
	}
	g.Referrals = append(g.Referrals, r)
}

// TestNothingButClosing: a prompt stays through every later answer, and what is
// put down at the same time as, or by a clock behind, its closing is after it.
func TestNothingButClosing(t *testing.T) {
	none := said("S4", "none")
	none.At = noon.Add(time.Hour)
	g := group(person(1, said("S4", "debt"), none))
	if got := codes(g, 1); !slices.Equal(got, []casework.PromptCode{casework.PromptControl}) {
		t.Fatalf("after a later no: %v", got)
	}
	g.People[0].Closings = []casework.Closing{{Prompt: casework.PromptControl, At: g.Next(noon.Add(2 * time.Hour))}}
	if got := codes(g, 1); len(got) > 0 {
		t.Fatalf("after it was closed: %v", got)
	}
	again := said("S4", "threats")
	again.At = g.Next(noon) // a clock that is two hours behind
	g.People[0].Answers = append(g.People[0].Answers, again)
	if got := codes(g, 1); len(got) == 0 {
		t.Error("a clock that is behind hides what was said")
	}
}

// TestSuppliers: what is told of a supplier waits for the safety check of who told
// it, and is of somebody.
func TestSuppliers(t *testing.T) {
	for _, k := range []casework.ReferralKind{casework.KindOIC, casework.KindIntelligence} {
		r := casework.Referral{Kind: k, Person: 1, Nature: casework.NatureImmigration, Reason: "a name was told"}
		for name, g := range map[string]casework.Group{"not asked": group(person(1)), "a prompt": group(person(1, append(quiet(), said("U14", "harm"))...))} {
			if errs := g.Check(r); len(errs) != 1 || errs[0].Field != "kind" {
				t.Errorf("%s, %s: %v", k, name, errs)
			}
		}
		if errs := group(person(1, quiet()...)).Check(r); len(errs) > 0 {
			t.Errorf("%s, asked: %v", k, errs)
		}
		r.Person = 0
		if errs := group(person(1, quiet()...)).Check(r); len(errs) == 0 {
			t.Errorf("%s goes about nobody", k)
		}
	}
}

// TestS8 is "police need to consider how they arrived": a welfare referral ends
// when the way was asked for, answered or not.
func TestS8(t *testing.T) {
	for _, k := range []casework.ReferralKind{casework.KindNRM, casework.KindNotify, casework.KindSafeguarding, casework.KindChildren} {
		r := casework.Referral{Kind: k, Person: 1}
		if errs := group(person(1)).EndMistakes(r, "looked after"); len(errs) != 1 {
			t.Errorf("%s, not asked: %v", k, errs)
		}
		for _, state := range casework.AnswerStates {
			if errs := group(person(1, casework.Answer{Question: "U8", State: state})).EndMistakes(r, "looked after"); len(errs) > 0 {
				t.Errorf("%s, %s: %v", k, state, errs)
			}
		}
	}
	if errs := group(person(1)).EndMistakes(casework.Referral{Kind: casework.KindEmergency, Person: 1}, "the police came"); len(errs) > 0 {
		t.Errorf("an emergency waits for the way: %v", errs)
	}
}

// TestS10: a referral says which of the two crimes it is about, or neither yet.
func TestS10(t *testing.T) {
	r := casework.Referral{Kind: casework.KindSafeguarding, Person: 1, Reason: "x"}
	if errs := group(person(1)).Check(r); len(errs) != 1 || errs[0].Field != "nature" {
		t.Errorf("without a choice: %v", errs)
	}
	for _, r.Nature = range casework.Natures {
		if errs := group(person(1)).Check(r); len(errs) > 0 {
			t.Errorf("%s: %v", r.Nature, errs)
		}
	}
}

// TestS11: a modern slavery referral is about a person; there is none without.
func TestS11(t *testing.T) {
	for _, k := range []casework.ReferralKind{casework.KindNRM, casework.KindNotify, casework.KindSafeguarding} {
		if errs := group(person(1)).Check(casework.Referral{Kind: k, Nature: casework.NatureSlavery, Reason: "x"}); len(errs) != 1 || errs[0].Field != "person" {
			t.Errorf("%s about nobody: %v", k, errs)
		}
	}
}

// TestS3b is "fraudulent or fraudulently obtained": they are not the same, and
// what makes documents is told of.
func TestS3b(t *testing.T) {
	suggests(t, group(person(1, said("F6", "yes"))), "R-11/1")
	if got := suggested(t, group(person(1)), casework.Examined{Document: "a", Verdict: "FOG", Adverse: true}); !slices.Contains(got, "R-09/0") {
		t.Errorf("of a document that was obtained it thinks of %v", got)
	}
	if got := suggested(t, group(person(1)), casework.Examined{Document: "a", Verdict: "CF", Adverse: true}); slices.Contains(got, "R-09/0") {
		t.Errorf("of a counterfeit it thinks of %v", got)
	}
}

// TestS3c is "abuse of legitimate means": each kind of it can be told of.
func TestS3c(t *testing.T) {
	for _, kind := range []string{"illegal_working", "marriage", "student", "sponsor", "other"} {
		suggests(t, group(person(1, said("F8", kind))), "R-18/1")
	}
	if got := suggested(t, group(person(1, said("F8", "no")))); slices.Contains(got, "R-18/1") {
		t.Errorf("of no abuse it thinks of %v", got)
	}
}

// TestS12 is "across an international boundary with their consent": both are put
// down of each person, may change, and stay; what is unclear asks after them.
func TestS12(t *testing.T) {
	first, later := said("F2", "unclear"), said("F2", "yes")
	later.At = noon.Add(time.Hour)
	p := person(1, said("F1", "yes"), first, later)
	if got, _ := p.Latest("F2"); !slices.Equal(got.Values, []string{"yes"}) || len(p.Answers) != 3 {
		t.Errorf("the newest answer is %v, of %d", got.Values, len(p.Answers))
	}
	if got := codes(group(p), 1); !slices.Equal(got, []casework.PromptCode{casework.PromptControl}) {
		t.Errorf("of what was unclear: %v", got)
	}
	if got := codes(group(person(2, said("F2", "yes"))), 2); len(got) > 0 {
		t.Errorf("of agreeing alone: %v", got)
	}
}

// TestS17 is "for the purposes of exploitation": that it is suspected needs a
// reason, and leads to a referral with agreement, or to notifying without.
func TestS17(t *testing.T) {
	if errs := casework.RoleMistakes(casework.RoleMark{Role: casework.PotentialVictim, On: true, Reason: " "}); len(errs) != 1 {
		t.Errorf("suspected without a reason: %v", errs)
	}
	for wish, rule := range map[string]string{"agrees": "R-02/1", "refuses": "R-03/1"} {
		p := person(1, said("F5", wish))
		p.Roles = []casework.RoleMark{{Role: casework.PotentialVictim, On: true, Reason: "works without pay", At: noon}}
		suggests(t, group(p), rule)
	}
}

// TestS18Tasks: who is looked after is asked again, at a time and by somebody.
func TestS18Tasks(t *testing.T) {
	tasks := casework.TasksOf(casework.Referral{Kind: casework.KindSafeguarding, Person: 1, SentBy: "officer", SentAt: noon})
	again := slices.IndexFunc(tasks, func(k casework.Task) bool { return k.Kind == casework.TaskAskAgain })
	if again < 0 || !tasks[again].DueAt.Equal(noon.Add(24*time.Hour)) || tasks[again].Owner != "officer" {
		t.Errorf("tasks %v", tasks)
	}
}

// TestS28 is "how these crime types can overlap": the matrix that is sent has the
// parts of every person.
func TestS28(t *testing.T) {
	g := group(person(1), person(2), person(3))
	g.People[0].Roles = []casework.RoleMark{{Role: casework.SuspectExploiter, On: true, Reason: "x"}, {Role: casework.Presenter, On: true, Reason: "x"}}
	g.People[1].Roles = []casework.RoleMark{{Role: casework.PotentialVictim, On: true, Reason: "x"}, {Role: casework.ImmigrationMatter, On: true, Reason: "x"}}
	rule, _ := rules(t).Rule("R-05")
	sections := casework.Compose(g, rule, 0, nil)
	want := []string{"Person 1: presenter, suspect exploiter", "Person 2: potential victim, immigration matter", "Person 3: "}
	if len(sections) != 1 || !slices.Equal(sections[0].Lines, want) {
		t.Errorf("the matrix is %q, want %q", sections, want)
	}
}

// TestS14 is "the Immigration Act 1971, as amended": what is listed is what was in
// force on the day.
func TestS14(t *testing.T) {
	listed := func(day time.Time) (codes []string) {
		for _, p := range casework.LawOn(day) {
			codes = append(codes, p.Code)
		}
		return codes
	}
	before := listed(time.Date(2022, time.June, 27, 23, 59, 0, 0, time.UTC))
	after := listed(time.Date(2022, time.June, 28, 0, 0, 0, 0, time.UTC))
	if slices.Contains(before, "IA1971-24D1") || !slices.Contains(after, "IA1971-24D1") || slices.Contains(after, "IA1971-24-OLD") || !slices.Contains(before, "IA1971-24-OLD") {
		t.Errorf("before: %v; after: %v", before, after)
	}
	for _, p := range casework.LawOn(noon) {
		if p.Says == "" || p.Source == "" {
			t.Errorf("%s says nothing, or has no source", p.Code)
		}
	}
	defences := 0
	for _, p := range casework.LawOn(noon)[:2] {
		if p.Protects {
			defences++
		}
	}
	if defences != 2 {
		t.Error("what protects a person does not come first")
	}
}

func TestSeal(t *testing.T) {
	r := casework.Referral{Content: `{"a":1}`}.Seal()
	if r.Hash != "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862" {
		t.Errorf("hash %s", r.Hash)
	}
}

func TestRules(t *testing.T) {
	r := rules(t)
	seen := map[string]bool{}
	for _, rule := range r.Rules {
		if seen[rule.ID] || rule.Because == "" || rule.To == "" || rule.AckMinutes < 1 || rule.Source == "" {
			t.Errorf("rule %s is there twice or says too little", rule.ID)
		}
		seen[rule.ID] = true
	}
	for _, bad := range []string{`{`, `{"rules":[{"id":"R-00","when":"person."}]}`, `{"rules":[{"id":"R-00","when":"nobody.knows"}]}`} {
		if _, err := casework.ParseRules([]byte(bad)); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
	suggests(t, group(person(1, said("S1", "yes"))), "R-00/1")
	if got := suggested(t, group(person(1, quiet()...))); len(got) > 0 {
		t.Errorf("of quiet answers it thinks of %v", got)
	}
	found := casework.Examined{Document: "TSD-0000-0001", Verdict: "FOG", Adverse: true}
	if got := suggested(t, group(person(1, said("S4", "debt"))), found); !slices.Contains(got, "R-16/0") || !slices.Contains(got, "R-09/0") || got[0] != "R-04/1" {
		t.Errorf("with a document that was obtained: %v", got)
	}
}

// TestBanned: what may never count is not among what rules can ask.
func TestBanned(t *testing.T) {
	for _, word := range []string{"nationality", "sex", "name", "age", "religion", "issuing_state"} {
		if _, err := casework.ParseRules([]byte(fmt.Sprintf(`{"rules":[{"id":"X","scope":"person","when":"person.%s == 'x'"}]}`, word))); err != nil {
			t.Fatal(err)
		}
		r, _ := casework.ParseRules([]byte(fmt.Sprintf(`{"rules":[{"id":"X","scope":"person","when":"person.%s == 'x'"}]}`, word)))
		if _, err := r.Suggest(group(person(1)), nil); err == nil {
			t.Errorf("a rule may ask for %s", word)
		}
	}
}

func FuzzParseRules(f *testing.F) {
	f.Add([]byte(`{"version":"1","rules":[{"id":"R-00","scope":"person","when":"size(person.prompts) > 0"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := casework.ParseRules(data)
		if err != nil {
			return
		}
		_, _ = r.Suggest(group(person(1)), nil)
	})
}

// TestCompose: each rule tells what it lists, and a duty to notify, or a report
// about a supplier, never what the person said of themselves.
func TestCompose(t *testing.T) {
	secret := casework.Answer{Question: "S4", State: casework.Answered, Values: []string{"debt"}, Words: "my brother is hostage", Source: casework.SourcePerson, At: noon}
	supplier := casework.Answer{Question: "U1", State: casework.Answered, Words: "a man called the tailor", Source: casework.SourcePerson, At: noon}
	g := group(person(1, secret, supplier), person(2))
	all := rules(t)
	for _, rule := range all.Rules {
		sections := casework.Compose(g, rule, 1, []string{"TSD-0000-0001"})
		if len(sections) != len(rule.Content) {
			t.Errorf("%s has %d sections, want %d", rule.ID, len(sections), len(rule.Content))
		}
		said := fmt.Sprint(sections)
		for _, s := range sections {
			if s.Title == "" || len(s.Lines) == 0 {
				t.Errorf("%s: section %q says nothing", rule.ID, s.Name)
			}
		}
		quotes := strings.Contains(said, "hostage")
		if mayQuote := rule.Kind == casework.KindNRM || rule.Kind == casework.KindChildren; quotes != mayQuote {
			t.Errorf("%s quotes the person: %t, want %t", rule.ID, quotes, mayQuote)
		}
		if strings.Contains(said, "tailor") && rule.Kind != casework.KindNRM && rule.Kind != casework.KindOIC && rule.Kind != casework.KindIntelligence {
			t.Errorf("%s tells of the supplier", rule.ID)
		}
	}
}
