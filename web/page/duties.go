package page

import (
	"fmt"
	"slices"
	"strings"

	"touchstone.internal/pipeline/casework"
)

// duty is one line of what to do for a person.
type duty struct {
	Text, Hint string
	Address    string // empty if it cannot be done now
	State      string
	Colour     string // of the tag; empty for plain words
}

// dutiesOf is what to do for a person, in order: keep them safe, record what was
// seen and heard, then tell others. A report about a supplier waits for the
// safety check.
func dutiesOf(v Person) []duty {
	return []duty{
		asksOf(v, casework.PartSafety, duty{Text: "Keep the person safe", Hint: "Five questions, one tap each", Address: "#safety"}),
		wishStep(v.Person),
		asksOf(v, casework.PartUpstream, duty{Text: "How they came here, and who supplied the document", Hint: "To be offered; every question can be declined", Address: "#upstream"}),
		referralStep(v, "Modern slavery: National Referral Mechanism, or duty to notify", casework.KindNRM, casework.KindNotify),
		childStep(v),
		supplierStep(v),
	}
}

// asksOf says how many questions of a part have an answer of some kind.
func asksOf(v Person, part casework.Part, s duty) duty {
	all, done := 0, 0
	for _, q := range casework.Questions {
		if q.Part != part {
			continue
		}
		all++
		if _, ok := v.Person.Latest(q.Code); ok {
			done++
		}
	}
	switch done {
	case all:
		s.State = "Completed"
	case 0:
		s.State, s.Colour = "Not started", "light-blue"
	default:
		s.State, s.Colour = fmt.Sprintf("%d of %d", done, all), "light-blue"
	}
	return s
}

func wishStep(p casework.Person) duty {
	s := duty{Text: "What the person wants to happen", Hint: "Explain the referral and ask for their decision", Address: "#wish"}
	if a, ok := p.Latest("F5"); ok {
		s.State = a.Chosen()
		return s
	}
	s.State, s.Colour = "Not started", "light-blue"
	return s
}

// referralStep says how far a referral of one of these kinds is.
func referralStep(v Person, words string, kinds ...casework.ReferralKind) duty {
	s := duty{Text: words, State: "Cannot start yet"}
	for _, r := range about(v.Group, v.Person.Number) {
		if slices.Contains(kinds, r.Kind) {
			s.Address, s.State = "/referrals/"+r.ID, upper(string(r.State))
			return s
		}
	}
	for _, o := range v.Suggestions {
		if slices.Contains(kinds, o.Kind) {
			s.Address, s.State, s.Colour = "#tell", "Ready to send", "light-blue"
		}
	}
	return s
}

func childStep(v Person) duty {
	s := referralStep(v, "Child protection: the local authority's children's services", casework.KindChildren)
	if a, asked := v.Person.Latest("S2"); s.Address == "" && asked && slices.Contains(a.Values, "no") && !v.Person.MayBeChild() {
		s.State = "Not needed: adult"
	}
	return s
}

func supplierStep(v Person) duty {
	s := referralStep(v, "Organised immigration crime: who supplied the document", casework.KindOIC, casework.KindIntelligence)
	s.Hint = "Opens when the safety check is done. It is about the supplier, not the person."
	switch {
	case strings.HasPrefix(s.Address, "/"): // it was sent
	case !v.Group.SafetyDone(v.Person.Number):
		s.Address, s.State, s.Colour = "", "Cannot start yet", ""
	case s.Address == "":
		s.State = "Nothing is recorded of a supplier"
	}
	return s
}

// unfolded tells whether a part that is otherwise folded away has to be seen: a
// mistake is in it, or what was typed and is not saved.
func unfolded(part casework.Part, v Person) bool {
	typed := func(q casework.Question) bool {
		return q.Part == part && (v.Form.Has(string(q.Code)) || v.Form.Get(string(q.Code)+"-words") != "")
	}
	return errorIn(part, v.Errors) || slices.ContainsFunc(casework.Questions, typed)
}

// errorIn tells whether a mistake is in a part that is folded away.
func errorIn(part casework.Part, es []Error) bool {
	return slices.ContainsFunc(es, func(e Error) bool {
		q, ok := casework.Find(casework.QuestionCode(e.Field))
		return ok && q.Part == part
	})
}
