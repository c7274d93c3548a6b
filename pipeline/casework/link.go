package casework

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"touchstone.internal/pipeline"
)

// PersonAt is a person of some encounter.
type PersonAt struct {
	Encounter string `json:"encounter"`
	Number    int    `json:"number"`
}

// LinkKind is what somebody is to somebody else.
type LinkKind string

// The kinds. Each is read from the first person to the second.
const (
	LinkParent   LinkKind = "parent_of"
	LinkGuardian LinkKind = "guardian_of" // looks after a child that is not theirs
	LinkPartner  LinkKind = "partner_of"
	LinkSibling  LinkKind = "sibling_of"
	LinkFamily   LinkKind = "other_family_of"
	LinkDebt     LinkKind = "works_off_debt_to"
	LinkRent     LinkKind = "works_off_rent_to" // what a place to live costs
	LinkHome     LinkKind = "lives_with"
	LinkAssists  LinkKind = "assists"
	LinkSame     LinkKind = "same_person_as" // who has come back
)

// LinkKinds are all of them, in the order of forms; families are the first of them.
//
//nolint:gochecknoglobals // tables, never written
var (
	LinkKinds = []LinkKind{LinkParent, LinkGuardian, LinkPartner, LinkSibling, LinkFamily, LinkDebt, LinkRent, LinkHome, LinkAssists, LinkSame}
	families  = LinkKinds[:5]
	custodies = []LinkKind{LinkParent, LinkGuardian}
	bonds     = []LinkKind{LinkDebt, LinkRent}
	adverse   = []LinkKind{LinkAssists, LinkSame}
)

// LinkStatus is how sure a link is.
type LinkStatus string

// The states. What turned out wrong is rejected and stays in the history.
const (
	LinkClaimed  LinkStatus = "claimed"
	LinkVerified LinkStatus = "verified"
	LinkRejected LinkStatus = "rejected"
)

// LinkStatuses are all of them, in the order of forms.
//
//nolint:gochecknoglobals // a table, never written
var LinkStatuses = []LinkStatus{LinkClaimed, LinkVerified, LinkRejected}

// Link says what one person is to another, as somebody told or saw. No machine sets
// one. A line with the same ends and kind corrects the one before it.
type Link struct {
	From   PersonAt   `json:"from"`
	To     PersonAt   `json:"to"`
	Kind   LinkKind   `json:"kind"`
	Status LinkStatus `json:"status"`
	Words  string     `json:"words"` // what was said or seen
	Source Source     `json:"source"`
	Grade  Grade      `json:"grade"`
	By     string     `json:"by"` // account
	At     time.Time  `json:"at"`
}

// of tells whether a person is one of the two.
func (l Link) of(p PersonAt) bool { return l.From == p || l.To == p }

// corrects tells whether two lines are about the same link.
func (l Link) corrects(o Link) bool { return l.From == o.From && l.To == o.To && l.Kind == o.Kind }

// AgainstThem tells whether a link might speak against a person.
func (l Link) AgainstThem(p PersonAt) bool { return l.From == p && slices.Contains(adverse, l.Kind) }

// Waits tells whether a link is folded away: it might speak against somebody of the
// group whose safety comes first.
func (g Group) Waits(l Link) bool {
	return l.From.Encounter == g.Encounter && l.AgainstThem(l.From) && g.VictimFirst(l.From.Number)
}

// LinksNow are the links that stand, of everybody of the group.
func (g Group) LinksNow() (now []Link) {
	for i, l := range g.Links {
		newer := func(o Link) bool { return o.corrects(l) }
		if l.Status != LinkRejected && !slices.ContainsFunc(g.Links[i+1:], newer) {
			now = append(now, l)
		}
	}
	return now
}

// LinksOf are the links that stand of one person.
func (g Group) LinksOf(number int) (now []Link) {
	p := PersonAt{g.Encounter, number}
	return slices.DeleteFunc(g.LinksNow(), func(l Link) bool { return !l.of(p) })
}

// OnPaper tells whether a link is on what is printed of a person: family of this
// encounter, of whom nobody ever may have exploited others. Who may exploit the
// person, or another of the group, does not stand on a sheet that goes from hand to
// hand.
func (g Group) OnPaper(l Link) bool {
	harmless := func(p PersonAt) bool {
		known, ok := g.Person(p.Number)
		suspected := func(m RoleMark) bool { return m.Role == SuspectExploiter && m.On }
		return ok && p.Encounter == g.Encounter && !slices.ContainsFunc(known.Roles, suspected)
	}
	return slices.Contains(families, l.Kind) && harmless(l.From) && harmless(l.To)
}

// LinkMistakes tells why a link cannot be put down for this group.
func (g Group) LinkMistakes(l Link) (errs []Mistake) {
	wrong := func(field, text string) { errs = append(errs, Mistake{field, text}) }
	if !slices.Contains(LinkKinds, l.Kind) {
		wrong("kind", "Select what they are to each other")
	}
	if l.From == l.To || l.To.Number < 1 {
		wrong("to", "Select another person")
	}
	told := l.Source == SourcePerson || l.Source == SourceCompanion
	switch {
	case !slices.Contains(LinkStatuses, l.Status):
		wrong("status", "Select how sure it is")
	case l.Status == LinkVerified && told:
		wrong("status", "What somebody said is claimed. It is verified by what a document says or an officer saw")
	case l.Status == LinkRejected && !slices.ContainsFunc(g.LinksNow(), l.corrects):
		wrong("status", "There is no such link to be rejected")
	}
	if !slices.Contains(Sources, l.Source) {
		wrong("source", "Select where it comes from")
	}
	errs = append(errs, l.Grade.mistakes()...)
	for _, m := range reasonMistakes(l.Words, "Enter what was said or seen") {
		wrong("words", m.Text)
	}
	return errs
}

// links raises what follows from links: who is said to be the child of somebody may
// be under 18, unless they were found not to be before, and who works off a debt or
// the cost of a place to live may not be free. It takes nothing away, and what was
// rejected later has still to be closed by a person.
func (r *raiser) links(g Group) {
	p := PersonAt{g.Encounter, r.person.Number}
	for _, l := range g.Links {
		switch {
		case l.Status == LinkRejected:
		case l.To == p && slices.Contains(custodies, l.Kind) && !r.person.adultAt(l.At):
			r.raise(PromptChild, l.At)
		case l.From == p && slices.Contains(bonds, l.Kind):
			r.raise(PromptControl, l.At)
		}
	}
}

// adultAt tells whether the person had been found to be no child by then.
func (p Person) adultAt(then time.Time) (adult bool) {
	for _, a := range p.Answers {
		if a.Question == "S2" && !a.At.After(then) {
			adult = a.State == Answered && slices.Contains(a.Values, "no")
		}
	}
	return adult
}

// TraceKind is what two people may have in common.
type TraceKind string

// The kinds. Addresses and telephones are for the safeguarding lead alone.
const (
	TracePicture   TraceKind = "same_picture"
	TraceNumber    TraceKind = "same_document_number"
	TraceAddress   TraceKind = "same_address"
	TraceTelephone TraceKind = "same_telephone"
)

// Private tells whether the safeguarding lead alone is told.
func (k TraceKind) Private() bool { return k == TraceAddress || k == TraceTelephone }

// Trace is something that answers of two people may share. It is kept as a keyed
// hash and cannot be searched for.
type Trace struct {
	Kind  TraceKind
	Value string
}

// shortestTrace is how long an address or a telephone number is at least.
const shortestTrace = 7

// telephone is a run of digits as people write telephone numbers.
var telephone = regexp.MustCompile(`\+?[0-9][0-9 ()/.-]{5,}[0-9]`)

// Traces gives what an answer may share with those of others: the address of F10,
// however it is written, and telephone numbers of U10.
func Traces(a Answer) (all []Trace) {
	if a.State != Answered {
		return nil
	}
	switch a.Question {
	case "F10":
		if v := alphanumeric(a.Words); len(v) >= shortestTrace {
			all = append(all, Trace{TraceAddress, v})
		}
	case "U10":
		for _, number := range telephone.FindAllString(a.Words, -1) {
			if v := digits(number); len(v) >= shortestTrace {
				all = append(all, Trace{TraceTelephone, v})
			}
		}
	}
	return all
}

// alphanumeric leaves letters and digits of a text alone.
func alphanumeric(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r > 0x7f {
			return r
		}
		return -1
	}, strings.ToUpper(s))
}

// digits are those of a telephone number without what leads it: +44 20 and 020 are
// the same.
func digits(s string) string {
	d := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
	for _, lead := range []string{"0044", "44", "0"} {
		if after, ok := strings.CutPrefix(d, lead); ok {
			return strings.TrimPrefix(after, "0")
		}
	}
	return d
}

// LinkCandidate is a person of another encounter, or of this one, who has something
// in common with a person, and what. It is a reason to ask, and no link.
type LinkCandidate struct {
	Person  PersonAt  `json:"person"`
	Because TraceKind `json:"because"`
	Mine    string    `json:"mine"`   // document of the person; empty of what is private
	Theirs  string    `json:"theirs"` // document of the other
	At      time.Time `json:"at"`     // when theirs was received, or told
}

// LinkStore keeps links.
type LinkStore interface {
	// SaveLink adds a line; ErrNotFound if one of the two is not there.
	SaveLink(ctx context.Context, l Link, who pipeline.Account) error
	// LinkCandidates gives who has something in common with a person, the newest
	// first.
	LinkCandidates(ctx context.Context, p PersonAt) ([]LinkCandidate, error)
}
