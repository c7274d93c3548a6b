package casework_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"touchstone.internal/pipeline/casework"
)

// link is one between two people of the group, as the first of them said.
func link(from, to int, k casework.LinkKind) casework.Link {
	at := func(n int) casework.PersonAt { return casework.PersonAt{Encounter: "UTO-261125-0001", Number: n} }
	return casework.Link{From: at(from), To: at(to), Kind: k, Status: casework.LinkClaimed, Words: "as they said", Source: casework.SourcePerson, Grade: casework.Ungraded, By: "officer", At: noon}
}

// TestS5e is "extending a family group": that somebody is a child's parent is claimed
// until it is verified by more than words, and the child comes first: the referral of
// children is suggested, unless they were found to be no child before.
func TestS5e(t *testing.T) {
	g := group(person(1), person(2))
	g.Links = []casework.Link{link(1, 2, casework.LinkParent)}
	if now := g.LinksOf(2); len(now) != 1 || now[0].Status != casework.LinkClaimed {
		t.Errorf("links %+v", now)
	}
	if got := suggested(t, g); !slices.Contains(got, "R-01/2") || slices.Contains(got, "R-01/1") {
		t.Errorf("suggested are %q", got)
	}
	verified := link(1, 2, casework.LinkParent)
	verified.Status = casework.LinkVerified
	if errs := g.LinkMistakes(verified); len(errs) != 1 || errs[0].Field != "status" {
		t.Errorf("words verify: %+v", errs)
	}
	verified.Source = casework.SourceDocument
	if errs := g.LinkMistakes(verified); errs != nil {
		t.Errorf("a birth certificate does not verify: %+v", errs)
	}
	rejected := verified
	rejected.Status = casework.LinkRejected
	g.Links = append(g.Links, verified, rejected)
	if now := g.LinksOf(1); len(now) != 0 {
		t.Errorf("rejected, it stands: %+v", now)
	}
	if !slices.Contains(codes(g, 2), casework.PromptChild) {
		t.Error("rejecting the link closed the reason for concern")
	}
	grown := group(person(1), person(2, said("S2", "no")))
	grown.Links = []casework.Link{link(1, 2, casework.LinkParent)}
	if got := codes(grown, 2); got != nil {
		t.Errorf("of who was found to be grown up: %q", got)
	}
	late := said("S2", "no")
	late.At = noon.Add(time.Hour)
	grown.People[1].Answers = []casework.Answer{late}
	if got := codes(grown, 2); !slices.Contains(got, casework.PromptChild) {
		t.Error("a later answer takes a reason for concern away")
	}
}

// TestS27 is "the relationship continues as they work to pay off debts and
// accommodation costs": whoever does may not be free, who provides the place to live is
// asked, and people at one address are told by nothing but the address.
func TestS27(t *testing.T) {
	for _, k := range []casework.LinkKind{casework.LinkDebt, casework.LinkRent} {
		g := group(person(1), person(2))
		g.Links = []casework.Link{link(1, 2, k)}
		if diff := cmp.Diff([]casework.PromptCode{casework.PromptControl}, codes(g, 1)); diff != "" || codes(g, 2) != nil {
			t.Errorf("%s (-want +got):\n%s; of the other %q", k, diff, codes(g, 2))
		}
	}
	for choice, lit := range map[string]bool{"self": false, "employer": true, "mover": true, "other": false} {
		if got := codes(group(person(1, said("F11", choice))), 1); slices.Contains(got, casework.PromptControl) != lit {
			t.Errorf("who lives where %s provides it: %q", choice, got)
		}
	}
	words := func(q casework.QuestionCode, words string) casework.Answer {
		return casework.Answer{Question: q, State: casework.Answered, Words: words, Source: casework.SourcePerson}
	}
	for _, tt := range []struct {
		a    casework.Answer
		want []casework.Trace
	}{
		{words("F10", "Flat 2, 12 Mill Road"), []casework.Trace{{Kind: casework.TraceAddress, Value: "FLAT212MILLROAD"}}},
		{words("F10", "here"), nil},
		{words("U10", "call +44 20 7946 0018 or 020 7946-0018; room 12"), []casework.Trace{{Kind: casework.TraceTelephone, Value: "2079460018"}, {Kind: casework.TraceTelephone, Value: "2079460018"}}},
		{words("U1", "12 Mill Road, 020 7946 0018"), nil},
		{casework.Answer{Question: "F10", State: casework.Declined, Words: "12 Mill Road"}, nil},
	} {
		if diff := cmp.Diff(tt.want, casework.Traces(tt.a)); diff != "" {
			t.Errorf("%s %q (-want +got):\n%s", tt.a.Question, tt.a.Words, diff)
		}
	}
}

// TestLinksOnPaper: who may exploit somebody is on no sheet of their companions, nor is
// anything but family; what speaks against a person waits.
func TestLinksOnPaper(t *testing.T) {
	g := group(person(1), person(2), person(3))
	g.People[0].Roles = []casework.RoleMark{{Role: casework.SuspectExploiter, On: true, At: noon}, {Role: casework.SuspectExploiter, On: false, At: noon}}
	elsewhere := link(2, 3, casework.LinkSibling)
	elsewhere.To.Encounter = "NPT-261125-0001"
	for _, tt := range []struct {
		l    casework.Link
		want bool
	}{
		{link(2, 3, casework.LinkSibling), true},
		{link(3, 2, casework.LinkParent), true},
		{link(1, 2, casework.LinkParent), false},
		{link(2, 1, casework.LinkFamily), false},
		{link(2, 3, casework.LinkDebt), false},
		{link(2, 3, casework.LinkAssists), false},
		{elsewhere, false},
	} {
		if got := g.OnPaper(tt.l); got != tt.want {
			t.Errorf("%d %s %d on paper: %v", tt.l.From.Number, tt.l.Kind, tt.l.To.Number, got)
		}
	}
	helper := link(2, 3, casework.LinkAssists)
	if !helper.AgainstThem(helper.From) || helper.AgainstThem(helper.To) {
		t.Error("that somebody helps others does not speak against them, or does against those others")
	}
}

// TestLinksLowerNothing: whatever links are put down, no reason for concern goes away.
func TestLinksLowerNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := group(person(1, drawAnswers(t)...), person(2, drawAnswers(t)...))
		before := g.Prompts()
		for range rapid.IntRange(1, 6).Draw(t, "links") {
			l := link(rapid.IntRange(1, 2).Draw(t, "from"), rapid.IntRange(1, 2).Draw(t, "to"), rapid.SampledFrom(casework.LinkKinds).Draw(t, "kind"))
			l.Status = rapid.SampledFrom(casework.LinkStatuses).Draw(t, "status")
			g.Links = append(g.Links, l)
		}
		after := g.Prompts()
		for _, p := range before {
			if !slices.ContainsFunc(after, func(o casework.Prompt) bool { return o.Code == p.Code && o.Person == p.Person }) {
				t.Fatalf("links took %s of person %d away", p.Code, p.Person)
			}
		}
	})
}

func TestLinkMistakes(t *testing.T) {
	g := group(person(1), person(2))
	for field, spoil := range map[string]func(*casework.Link){
		"kind":   func(l *casework.Link) { l.Kind = "owner_of" },
		"to":     func(l *casework.Link) { l.To = l.From },
		"status": func(l *casework.Link) { l.Status = casework.LinkRejected },
		"source": func(l *casework.Link) { l.Source = "machine" },
		"grade":  func(l *casework.Link) { l.Grade = "4F" },
		"words":  func(l *casework.Link) { l.Words = " " },
	} {
		l := link(1, 2, casework.LinkSibling)
		if errs := g.LinkMistakes(l); errs != nil {
			t.Fatalf("a good one: %+v", errs)
		}
		spoil(&l)
		if errs := g.LinkMistakes(l); len(errs) != 1 || errs[0].Field != field {
			t.Errorf("%s: %+v", field, errs)
		}
	}
}
