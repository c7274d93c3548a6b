package casework

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// ReferralKind is where a referral goes and what it is for.
type ReferralKind string

// The kinds. Those of welfare come before all others.
const (
	KindEmergency    ReferralKind = "emergency"
	KindChildren     ReferralKind = "children"
	KindNRM          ReferralKind = "nrm" // National Referral Mechanism
	KindNotify       ReferralKind = "notify"
	KindSafeguarding ReferralKind = "safeguarding"
	KindSeparation   ReferralKind = "separation"
	KindIssuer       ReferralKind = "issuer"
	KindFace         ReferralKind = "face"
	KindProduction   ReferralKind = "production"
	KindOIC          ReferralKind = "oic"
	KindTerrorism    ReferralKind = "counter_terrorism"
	KindWanted       ReferralKind = "wanted"
	KindAsylum       ReferralKind = "asylum"
	KindDefence      ReferralKind = "defence"
	KindAbuse        ReferralKind = "abuse"
	KindIntelligence ReferralKind = "intelligence"
)

// ReferralKinds are all of them, welfare first.
//
//nolint:gochecknoglobals // a table, never written
var ReferralKinds = []ReferralKind{
	KindEmergency, KindChildren, KindNRM, KindNotify, KindSafeguarding, KindSeparation, KindIssuer, KindFace, KindProduction, KindOIC,
	KindTerrorism, KindWanted, KindAsylum, KindDefence, KindAbuse, KindIntelligence,
}

// Consent is what the person wants, as far as the law asks for it.
type Consent string

// The answers. A child's agreement is not needed.
const (
	ConsentGiven     Consent = "given"
	ConsentRefused   Consent = "refused"
	ConsentNotNeeded Consent = "not_needed"
)

// Nature is which of two crimes a referral is about, as who sends it sees it.
// They are not the same: one has a victim, the other is against the state.
type Nature string

// The natures.
const (
	NatureSlavery     Nature = "msht" // modern slavery and human trafficking
	NatureImmigration Nature = "oic"  // organised immigration crime
	NatureBoth        Nature = "both"
	NatureNeither     Nature = "neither_yet"
)

// Natures are all of them, in the order of forms.
//
//nolint:gochecknoglobals // a table, never written
var Natures = []Nature{NatureSlavery, NatureImmigration, NatureBoth, NatureNeither}

// ReferralState is how far a referral is.
type ReferralState string

// The states, in order.
const (
	ReferralSent         ReferralState = "sent"
	ReferralAcknowledged ReferralState = "acknowledged"
	ReferralClosed       ReferralState = "closed"
)

// Referral tells somebody of something, once and for good: its content is a
// snapshot with its hash, and what the record says later does not change it.
type Referral struct {
	ID        string        `json:"id"`   // "R-7Q4K-2M9X"
	Rule      string        `json:"rule"` // that suggested it; empty if a person thought of it
	Kind      ReferralKind  `json:"kind"`
	Encounter string        `json:"encounter"`
	Person    int           `json:"person"`   // 0 if it concerns the group or a document
	Document  string        `json:"document"` // empty if it concerns a person or the group
	Series    string        `json:"series"`   // from which it was made; empty if from none
	Priority  string        `json:"priority"` // "P0" to "P3"
	Consent   Consent       `json:"consent"`
	Nature    Nature        `json:"nature"`
	Reason    string        `json:"reason"`   // in the words of who sent it
	Content   string        `json:"content"`  // JSON
	Hash      string        `json:"hash"`     // SHA-256 of Content
	Guidance  string        `json:"guidance"` // in force when it was made
	State     ReferralState `json:"state"`
	SentBy    string        `json:"sent_by"`
	SentAt    time.Time     `json:"sent_at"`
	AckDue    time.Time     `json:"ack_due"`
	AckBy     string        `json:"ack_by"`
	AckAt     time.Time     `json:"ack_at"`
	Outcome   string        `json:"outcome"`
	ClosedAt  time.Time     `json:"closed_at"`
}

// Open tells whether somebody still has to act on it.
func (r Referral) Open() bool { return r.State != ReferralClosed }

// pages are the times after which somebody else is paged where nobody has
// acknowledged a referral.
var pages = []time.Duration{5 * time.Minute, 10 * time.Minute, 15 * time.Minute} //nolint:gochecknoglobals // a table, never written

// FirstPage is when somebody is paged first.
const FirstPage = 5 * time.Minute

// unanswered is since when an acknowledgement is missed: of what is most urgent
// since it was sent, so that somebody else is on the way before it is late.
func (r Referral) unanswered() time.Time {
	if r.Priority == "P0" {
		return r.SentAt
	}
	return r.AckDue
}

// Unanswered gives the minutes after which somebody was to be paged by now of a
// referral that nobody has acknowledged.
func (r Referral) Unanswered(now time.Time) (minutes []int) {
	for _, after := range pages {
		if r.State == ReferralSent && !now.Before(r.unanswered().Add(after)) {
			minutes = append(minutes, int(after.Minutes()))
		}
	}
	return minutes
}

// StepAfter is the step of the rota that is paged after so many minutes. Danger
// pages the first one at once.
func (r Referral) StepAfter(minutes int) int {
	step := minutes / int(FirstPage.Minutes())
	if r.Kind == KindEmergency {
		step++
	}
	return step
}

// Late tells whether it should have been acknowledged by now.
func (r Referral) Late(now time.Time) bool { return r.State == ReferralSent && now.After(r.AckDue) }

// Seal gives a referral the hash of its content.
func (r Referral) Seal() Referral {
	sum := sha256.Sum256([]byte(r.Content))
	r.Hash = hex.EncodeToString(sum[:])
	return r
}

// Check tells why a referral cannot be sent for this group now; empty if it can.
func (g Group) Check(r Referral) (errs []Mistake) {
	wrong := func(field, text string) { errs = append(errs, Mistake{field, text}) }
	person, known := g.Person(r.Person)
	if slices.Contains(welfare, r.Kind) && !known {
		wrong("person", "This referral is about a person. Select whom")
		return errs
	}
	child, withheld := person.MayBeChild(), g.Withheld(r)
	switch {
	case withheld != "":
		wrong("kind", withheld)
	case r.Kind == KindNRM && !child && r.Consent != ConsentGiven:
		wrong("consent", "An adult must agree to this referral. Without it, notify the Home Office instead")
	case r.Kind == KindNRM && !child && person.says("F5", "refuses"):
		wrong("consent", "They said that they do not agree. Ask them again and record what they want first")
	case r.Kind == KindNRM && child && !g.told(KindChildren, r.Person):
		wrong("kind", "Call children's services first. The referral follows")
	case r.Kind == KindNotify && child:
		wrong("kind", "A child is referred, not notified. Their agreement is not needed")
	}
	if r.Kind == KindEmergency { // nothing more is asked of who calls for help
		return errs
	}
	if !slices.Contains(Natures, r.Nature) {
		wrong("nature", "Select which of the two it is about, or that you cannot tell yet")
	}
	return append(errs, reasonMistakes(r.Reason, "Say why, in a sentence")...)
}

// Withheld tells why a referral may not go to anybody as things stand, whether it
// is sent, on its way, or sent again; empty if it may.
func (g Group) Withheld(r Referral) string {
	switch {
	case slices.Contains(suppliers, r.Kind) && !g.SafetyDone(r.Person):
		return "Finish the safety check first. The person's safety comes before this report"
	case r.Kind == KindIssuer && !g.MayDisclose():
		return "Nothing may go to a State while somebody of this group seeks asylum or may be a victim"
	}
	return ""
}

// reasonMistakes tells what is wrong with words that must be there.
func reasonMistakes(reason, missing string) []Mistake {
	switch {
	case strings.TrimSpace(reason) == "":
		return []Mistake{{"reason", missing}}
	case len([]rune(reason)) > MaxWords:
		return []Mistake{{"reason", "The reason must be 4,000 characters or less"}}
	}
	return nil
}

// EndMistakes tells why a referral cannot be closed so. One for somebody's
// welfare stays open until they were asked which way they came; that they
// declined, or could not be asked safely, is an answer.
func (g Group) EndMistakes(r Referral, outcome string) (errs []Mistake) {
	p, _ := g.Person(r.Person)
	if _, asked := p.Latest("U8"); !asked && len(TasksOf(r)) > 0 {
		errs = append(errs, Mistake{"outcome", "Record the way they came first: the answer, that they declined, or that you could not ask safely"})
	}
	if strings.TrimSpace(outcome) == "" || len([]rune(outcome)) > MaxWords {
		errs = append(errs, Mistake{"outcome", "Enter what came of it, in 4,000 characters or less"})
	}
	return errs
}

// suppliers are the reports about who supplied a document. They wait for the
// safety check of the person who told of it.
var suppliers = []ReferralKind{KindOIC, KindIntelligence} //nolint:gochecknoglobals // a table, never written

// told tells whether a referral of that kind was sent for a person.
func (g Group) told(k ReferralKind, number int) bool {
	return slices.ContainsFunc(g.Referrals, func(r Referral) bool { return r.Kind == k && r.Person == number })
}

// RoleMistakes tells why a role cannot be given: each needs its own reason.
func RoleMistakes(m RoleMark) (errs []Mistake) {
	if !slices.Contains(Roles, m.Role) {
		errs = append(errs, Mistake{"role", "Select a role"})
	}
	return append(errs, reasonMistakes(m.Reason, "Say why for this person")...)
}

// ClosingMistakes tells why a prompt cannot be closed so. An adult who agreed to
// be moved is no reason by itself, which is why nothing closes without words.
func (g Group) ClosingMistakes(number int, c Closing) (errs []Mistake) {
	open := func(p Prompt) bool { return p.Person == number && p.Code == c.Prompt }
	if !slices.ContainsFunc(g.Prompts(), open) {
		errs = append(errs, Mistake{"prompt", "This was closed already"})
	}
	errs = append(errs, reasonMistakes(c.Reason, "Enter why you have no concern")...)
	if c.Outcome != NoConcern && c.Outcome != Referred {
		errs = append(errs, Mistake{"outcome", "Select how it ended"})
	}
	told := func(r Referral) bool { return r.Person == number && slices.Contains(welfare, r.Kind) }
	if c.Outcome == Referred && !slices.ContainsFunc(g.Referrals, told) {
		errs = append(errs, Mistake{"outcome", "Nothing was sent for this person yet"})
	}
	return errs
}
