// Package threat is the threat area "production and supply of fraudulent or
// fraudulently obtained documents": what a finished review of a document
// contributes to it, and the figures that strategic analysts read.
//
// Nothing here is about a person. The only State that is counted is the one that
// issued the document, or is said to have; no nationality of anybody, name,
// number or date of a holder comes in, and a test walks every field of a record
// for one. Figures are rounded before anybody sees them, see Table, and each says
// of how many it speaks.
//
// The records are not offered as STIX 2.1 yet. A bundle of a report with
// indicators needs a pattern that other tools can match, and what is kept of a
// document here (issuing State, type, verdict) is no observable of that language;
// it becomes worth while when confirmed series carry features that can be told.
package threat

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"time"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
)

// Feed names the form of the records; another form gets another name.
const Feed = "oic-feed/v1"

// Part is what the people behind a document did, as far as officers recorded it.
type Part string

// The parts.
const (
	Production Part = "production"
	Supply     Part = "supply"
	Possession Part = "possession_use"
)

// Parts are all of them, in order.
//
//nolint:gochecknoglobals // a table, never written
var Parts = []Part{Production, Supply, Possession}

// What stands where nothing is known.
const (
	UnknownSite      = "unknown"
	UnknownMode      = "unknown"
	UnknownDirection = "unknown"
	SeveralModes     = "several"
)

// Handling of every record until somebody grades it. What people said is neither
// known to be true nor from a source that was tested (3x5x2); what reviewers found
// is shared under conditions. The scale's wording is not verified.
const (
	ungraded   = string(casework.Ungraded)
	conditions = "C"
	marking    = "OFFICIAL-SENSITIVE"
)

// Areas are the threat areas of a record.
type Areas struct {
	Primary   casework.ThreatArea   `json:"primary"`
	Secondary []casework.ThreatArea `json:"secondary"`
}

// Model is what a document is, or pretends to be.
type Model struct {
	IssuingState string `json:"issuing_state"` // of the document, never of its holder
	Type         string `json:"type"`          // document code of Doc 9303
}

// String is the model in one word: "UTO P".
func (m Model) String() string { return m.IssuingState + " " + m.Type }

// Upstream is which of the upstream questions were asked, by what became of
// them. What was said is not here.
type Upstream struct {
	Answered []casework.QuestionCode `json:"answered"`
	Declined []casework.QuestionCode `json:"declined"`
	NotSafe  []casework.QuestionCode `json:"not_safe"`
	Unknown  []casework.QuestionCode `json:"unknown"`
	NotAsked []casework.QuestionCode `json:"not_asked"`
}

// Outcome is one record of the feed: a document that two people found to be false
// or falsely used.
type Outcome struct {
	Feed          string                 `json:"feed"`
	ID            string                 `json:"id"`       // stands for the document and tells nothing of it
	Revision      int                    `json:"revision"` // the highest of an ID counts
	Period        string                 `json:"period"`   // month in which it was screened, "2026-11"
	ThreatArea    Areas                  `json:"threat_area"`
	Labels        string                 `json:"labels"` // version of the labels in use
	Part          Part                   `json:"role"`
	Verdict       pipeline.Verdict       `json:"verdict"`
	Confidence    pipeline.Confidence    `json:"confidence"`
	Level         int                    `json:"level"`
	Model         Model                  `json:"document_model"`
	Stage         pipeline.ReviewCause   `json:"detection_stage"`
	Channel       pipeline.Channel       `json:"channel"` // empty if not known
	Site          string                 `json:"site"`
	Modes         []string               `json:"modes"`
	Direction     string                 `json:"direction"`
	Series        string                 `json:"series"` // pseudonym; empty if none
	BusinessModel casework.BusinessModel `json:"business_model"`
	Methods       []string               `json:"methods"` // codes of the checks relied on, "other" for what none found
	Price         *Price                 `json:"price"`
	Upstream      Upstream               `json:"upstream"`
	// Linked is how many holders of documents of the series were referred for
	// their welfare; null if there is no series or they are fewer than SmallCell.
	Linked   *int   `json:"msht_linkage"`
	Grade    string `json:"grade"`
	Handling string `json:"handling"`
	Marking  string `json:"marking"`
	Guidance string `json:"guidance"`
	RuleSet  string `json:"rule_set"`
	Hash     string `json:"hash"` // SHA-256 of the record with this field empty
}

// Seal gives a record its hash.
func (o Outcome) Seal() (Outcome, error) {
	o.Hash = ""
	b, err := json.Marshal(o)
	if err != nil {
		return o, fmt.Errorf("seal a record: %w", err)
	}
	sum := sha256.Sum256(b)
	o.Hash = hex.EncodeToString(sum[:])
	return o, nil
}

// Facts are what is known when a record is made.
type Facts struct {
	Document    pipeline.DocumentID
	ScreenedAt  time.Time
	Cause       pipeline.ReviewCause
	Decision    pipeline.Decision // the one that stands
	Model       Model
	RuleSet     string
	Encounter   pipeline.Encounter // zero if it is not known here
	Group       casework.Group
	Modes       []string
	Direction   string
	Clandestine bool
	Series      string // id; empty if the document is in none that is confirmed
	Business    casework.BusinessModel
	Linked      int // holders of the series who were referred for their welfare
	Key         []byte
}

// Record makes the record of what is known.
func Record(f Facts) Outcome {
	o := Outcome{
		Feed: Feed, ID: pseudonym(f.Key, "document", string(f.Document)), Period: MonthOf(f.ScreenedAt),
		ThreatArea: areasOf(f), Labels: Newest().Version, Part: partOf(f.Group),
		Verdict: f.Decision.Verdict, Confidence: f.Decision.Confidence, Level: f.Decision.Level, Model: f.Model, Stage: f.Cause,
		Channel: f.Encounter.Channel, Site: orUnknown(f.Encounter.Site, UnknownSite), Modes: append([]string{}, f.Modes...),
		Direction: orUnknown(f.Direction, UnknownDirection), BusinessModel: casework.BusinessModel(orUnknown(string(f.Business), string(casework.BusinessUnknown))),
		Methods: methodsOf(f.Decision), Price: priceOf(f.Group), Upstream: upstreamOf(f.Group),
		Grade: ungraded, Handling: conditions, Marking: marking, Guidance: casework.Guidance(), RuleSet: f.RuleSet,
	}
	if f.Series != "" {
		o.Series = pseudonym(f.Key, "series", f.Series)
	}
	if f.Linked >= SmallCell && f.Series != "" {
		o.Linked = &f.Linked
	}
	return o
}

// MonthOf is the month of a time as records name it, in UTC.
func MonthOf(t time.Time) string { return t.UTC().Format("2006-01") }

// pseudonym stands for a reference. Without the key nobody can tell which.
func pseudonym(key []byte, kind, reference string) string {
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s:%s", kind, reference)
	return hex.EncodeToString(mac.Sum(nil)[:12])
}

func orUnknown(s, unknown string) string {
	if s == "" {
		return unknown
	}
	return s
}

// checkID is the form of the name of a check.
var checkID = regexp.MustCompile(`^[A-Z]{2,4}-[0-9]{2}$`)

// methodsOf are the checks that a decision relies on. What is no name of a check
// stays behind: nobody's words get into the feed.
func methodsOf(d pipeline.Decision) []string {
	methods := []string{}
	for _, name := range d.Findings {
		if checkID.MatchString(name) || name == pipeline.SeenOtherwise {
			methods = append(methods, name)
		}
	}
	return methods
}

// areasOf: a document that was found false is in the area of documents; hidden
// transport and the use of genuine papers for something else are others.
func areasOf(f Facts) Areas {
	a := Areas{Primary: casework.AreaDocuments, Secondary: []casework.ThreatArea{}}
	if f.Clandestine {
		a.Secondary = append(a.Secondary, casework.AreaFacilitation)
	}
	if slices.ContainsFunc(f.Group.People, casework.Person.Abuses) {
		a.Secondary = append(a.Secondary, casework.AreaAbuse)
	}
	return a
}

// partOf is what officers recorded of the group: means of production that were
// found (F6), a supplier who was told of (U1) or documents of others that
// somebody controls (F9).
func partOf(g casework.Group) Part {
	part := Possession
	for _, p := range g.People {
		if said(p, "F6", "yes") {
			return Production
		}
		supplier, ok := p.Latest("U1")
		if said(p, "F9", "yes") || ok && supplier.State == casework.Answered {
			part = Supply
		}
	}
	return part
}

// said tells whether the newest answer to a question has a choice.
func said(p casework.Person, q casework.QuestionCode, choice string) bool {
	a, ok := p.Latest(q)
	return ok && a.State == casework.Answered && slices.Contains(a.Values, choice)
}

// upstreamOf is the best that became of each upstream question in a group.
func upstreamOf(g casework.Group) Upstream {
	none := func() []casework.QuestionCode { return []casework.QuestionCode{} }
	u := Upstream{none(), none(), none(), none(), none()}
	lists := map[casework.AnswerState]*[]casework.QuestionCode{
		casework.Answered: &u.Answered, casework.Declined: &u.Declined, casework.NotSafe: &u.NotSafe, casework.Unknown: &u.Unknown,
	}
	for _, q := range casework.Questions {
		if q.Part != casework.PartUpstream {
			continue
		}
		list := &u.NotAsked
		for _, state := range casework.AnswerStates {
			became := func(p casework.Person) bool {
				a, ok := p.Latest(q.Code)
				return ok && a.State == state
			}
			if slices.ContainsFunc(g.People, became) {
				list = lists[state]
				break
			}
		}
		*list = append(*list, q.Code)
	}
	return u
}

// Welfare tells whether a holder of the document was referred for their welfare,
// and ok whether anybody recorded who held it.
func Welfare(g casework.Group, document pipeline.DocumentID) (referred, ok bool) {
	for _, h := range g.Holdings {
		if h.Document != string(document) || h.HeldBy+h.BelongsTo == 0 {
			continue
		}
		ok = true
		told := func(r casework.Referral) bool {
			return r.Person > 0 && (r.Person == h.HeldBy || r.Person == h.BelongsTo) &&
				slices.Contains([]casework.ReferralKind{casework.KindNRM, casework.KindNotify, casework.KindChildren}, r.Kind)
		}
		referred = referred || slices.ContainsFunc(g.Referrals, told)
	}
	return referred, ok
}
