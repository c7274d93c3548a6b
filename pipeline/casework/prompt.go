package casework

import (
	"slices"
	"time"
)

// PromptCode names a reason to think of somebody's safety.
type PromptCode string

// The prompts. They say "ask", never "is".
const (
	PromptDanger      PromptCode = "ENC-00"
	PromptManyHeld    PromptCode = "ENC-01" // one person holds documents of several
	PromptHeldByOther PromptCode = "ENC-02"
	PromptChild       PromptCode = "ENC-03"
	PromptControl     PromptCode = "ENC-04" // debt, threats, status, or no free speech
	PromptSamePapers  PromptCode = "ENC-05"
	PromptCompany     PromptCode = "ENC-06" // somebody of the group may exploit others
)

// sentences is what screens say of each prompt.
var sentences = map[PromptCode]string{ //nolint:gochecknoglobals // a table, never written
	PromptDanger:      "Somebody is in danger now. Call 999 or your control room before anything else.",
	PromptManyHeld:    "One person holds other people's documents. Ask who they belong to and whether those people are safe.",
	PromptHeldByOther: "Someone else is holding this person's document. Ask them alone whether they are free.",
	PromptChild:       "This person may be under 18. Treat them as a child and call children's services.",
	PromptControl:     "Debt, threats, status or the want of free speech were mentioned. Follow the victim steps first.",
	PromptSamePapers:  "The group's papers look prepared by the same hand. Ask each person alone.",
	PromptCompany:     "Ask each person of this group alone whether they are free.",
}

// Sentence is what screens say of the prompt.
func (c PromptCode) Sentence() string { return sentences[c] }

// Prompt asks to think of one person's safety before all else. It has no
// strength: one is as good as three.
type Prompt struct {
	Code    PromptCode     `json:"code"`
	Person  int            `json:"person"`
	Because []QuestionCode `json:"because"` // the answers that brought it up; empty if documents did
	At      time.Time      `json:"at"`      // of the newest of them
}

// Prompts gives the prompts that are open, by person.
func (g Group) Prompts() (open []Prompt) {
	for _, p := range g.People {
		r := raiser{person: p}
		r.answers()
		r.holdings(g)
		r.company(g)
		r.links(g)
		open = append(open, r.open...)
	}
	return open
}

// raiser collects the prompts of one person. What brought one up once does so
// until a person closes it: a later answer, such as that somebody agreed to be
// moved, takes none away.
type raiser struct {
	person Person
	open   []Prompt
}

// raise brings a prompt up, unless it was closed since.
func (r *raiser) raise(code PromptCode, at time.Time, because ...QuestionCode) {
	if r.person.closed(code, at) {
		return
	}
	i := slices.IndexFunc(r.open, func(o Prompt) bool { return o.Code == code })
	if i < 0 {
		r.open = append(r.open, Prompt{Code: code, Person: r.person.Number, Because: []QuestionCode{}})
		i = len(r.open) - 1
	}
	o := &r.open[i]
	o.At = later(o.At, at)
	for _, q := range because {
		if !slices.Contains(o.Because, q) {
			o.Because = append(o.Because, q)
		}
	}
}

// answers raises what the person's answers bring up, in the order of questions.
func (r *raiser) answers() {
	for _, q := range Questions {
		for _, a := range r.person.Answers {
			if a.Question == q.Code && a.lights(q) {
				r.raise(q.Lights, a.At, q.Code)
			}
		}
	}
}

// holdings raises what follows from who holds whose documents: the owner of one
// that another holds is asked after, and so is who holds those of several.
func (r *raiser) holdings(g Group) {
	var newest time.Time
	owners := map[int]bool{}
	for _, h := range g.Holdings {
		if h.BelongsTo == r.person.Number && h.HeldBy != 0 && h.HeldBy != r.person.Number {
			r.raise(PromptHeldByOther, h.At)
		}
		if h.HeldBy == r.person.Number && h.BelongsTo != 0 {
			owners[h.BelongsTo] = true
			newest = later(newest, h.At)
		}
	}
	if len(owners) > 1 {
		r.raise(PromptManyHeld, newest)
	}
}

// company raises that everybody is asked alone where somebody else of the group
// may exploit others. It does not tell who.
func (r *raiser) company(g Group) {
	for _, other := range g.People {
		for _, m := range other.Roles {
			if other.Number != r.person.Number && m.Role == SuspectExploiter && m.On {
				r.raise(PromptCompany, m.At)
			}
		}
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// closed tells whether somebody has ended a prompt after what brought it up then.
func (p Person) closed(code PromptCode, raised time.Time) bool {
	return slices.ContainsFunc(p.Closings, func(c Closing) bool { return c.Prompt == code && !c.At.Before(raised) })
}

// Next is when something is put down: at the time that the clock says, or just
// after the newest thing that is there. So nothing that was put down after a
// prompt was closed counts as before it, whichever clocks there are.
func (g Group) Next(clock time.Time) time.Time {
	var newest time.Time
	for _, p := range g.People {
		for _, a := range p.Answers {
			newest = later(newest, a.At)
		}
		for _, m := range p.Roles {
			newest = later(newest, m.At)
		}
		for _, c := range p.Closings {
			newest = later(newest, c.At)
		}
	}
	for _, h := range g.Holdings {
		newest = later(newest, h.At)
	}
	for _, l := range g.Links {
		newest = later(newest, l.At)
	}
	return later(clock.Truncate(time.Microsecond), newest.Add(time.Microsecond))
}

// welfare are the referrals while which a person is looked after first.
var welfare = []ReferralKind{KindEmergency, KindChildren, KindNRM, KindNotify, KindSafeguarding} //nolint:gochecknoglobals // a table

// VictimFirst tells whether welfare comes before everything else on this person:
// a prompt or a welfare referral is open. What might speak against them is folded
// away then, and nothing about them outranks it.
func (g Group) VictimFirst(number int) bool {
	if slices.ContainsFunc(g.Prompts(), func(p Prompt) bool { return p.Person == number }) {
		return true
	}
	return slices.ContainsFunc(g.Referrals, func(r Referral) bool {
		return r.Person == number && r.Open() && slices.Contains(welfare, r.Kind)
	})
}

// SafetyDone tells whether the safety check of a person is complete: every safety
// question has an answer of some kind, and what they brought up was closed by a
// person. Only then may a report on organised immigration crime be opened.
func (g Group) SafetyDone(number int) bool {
	p, ok := g.Person(number)
	if !ok {
		return false
	}
	for _, q := range Questions {
		if _, asked := p.Latest(q.Code); q.Part == PartSafety && !asked {
			return false
		}
	}
	return !slices.ContainsFunc(g.Prompts(), func(o Prompt) bool { return o.Person == number })
}

// Mixed tells whether the group needs a plan of who is kept apart from whom:
// people in it have parts that must not meet, or one holds what is another's.
func (g Group) Mixed() bool {
	roles := map[Role]bool{}
	for _, p := range g.People {
		for _, r := range Roles {
			if p.Has(r) {
				roles[r] = true
			}
		}
	}
	if len(g.People) < 2 {
		return false
	}
	return roles[SuspectExploiter] || roles[PotentialVictim] && (roles[ImmigrationMatter] || roles[MovedByOthers]) ||
		slices.ContainsFunc(g.Holdings, func(h Holding) bool { return h.HeldBy != 0 && h.BelongsTo != 0 && h.HeldBy != h.BelongsTo })
}

// MayDisclose tells whether anything about the group may go to a State or a
// carrier: not while anybody of it seeks asylum or may be a victim.
func (g Group) MayDisclose() bool {
	for _, p := range g.People {
		asylum := func(a Answer) bool { return a.Question == "F4" && slices.Contains(a.Values, "yes") } // once is enough
		if slices.ContainsFunc(p.Answers, asylum) || p.Has(PotentialVictim) || g.VictimFirst(p.Number) {
			return false
		}
	}
	return true
}
