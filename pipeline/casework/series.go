package casework

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"touchstone.internal/pipeline"
)

// BusinessModel is how the group behind a series works.
type BusinessModel string

// The business models. Codes stay; what they are called changes with the labels.
const (
	BusinessFull      BusinessModel = "BM-FULL"    // moves, documents, exploits
	BusinessTransport BusinessModel = "BM-TRANS"   // transport, then hands over
	BusinessDocuments BusinessModel = "BM-DOCSHOP" // documents only
	BusinessUnknown   BusinessModel = "BM-UNK"
)

// SeriesState is what people think of a series.
type SeriesState string

// The states. A series that is closed was what it was before: confirmed or not.
const (
	SeriesCandidate SeriesState = "candidate"
	SeriesConfirmed SeriesState = "confirmed"
	SeriesClosed    SeriesState = "closed"
)

// Observation is what somebody sees in a series beyond its documents.
type Observation string

// The observations.
const (
	BeforeExploitation Observation = "before_exploitation" // documents supplied or people moved before they were exploited
	HandedOn           Observation = "handed_on"           // people handed on to others
	TestingResponse    Observation = "testing_response"    // testing law enforcement
)

// SeriesSource is where what is said of a series comes from. It names nobody.
type SeriesSource string

// The sources.
const (
	SourceExamination SeriesSource = "examination" // documents were compared
	SourceTold        SeriesSource = "told"        // people told it
	SourceRecords     SeriesSource = "records"     // what is recorded here
	SourcePartner     SeriesSource = "partner"     // another force or agency
)

// BusinessModels, SeriesStates, Observations and SeriesSources are all of them, in the
// order of forms.
//
//nolint:gochecknoglobals // tables, never written
var (
	BusinessModels = []BusinessModel{BusinessFull, BusinessTransport, BusinessDocuments, BusinessUnknown}
	SeriesStates   = []SeriesState{SeriesCandidate, SeriesConfirmed, SeriesClosed}
	Observations   = []Observation{BeforeExploitation, HandedOn, TestingResponse}
	SeriesSources  = []SeriesSource{SourceExamination, SourceTold, SourceRecords, SourcePartner}
)

// EntryKind is what a line of a series says.
type EntryKind string

// The kinds of entry.
const (
	EntryAdded       EntryKind = "added"
	EntryTakenOut    EntryKind = "taken_out"
	EntryState       EntryKind = "state"
	EntryBusiness    EntryKind = "business_model"
	EntryObservation EntryKind = "observation"
)

// SeriesEntry is one thing that somebody says of a series, with a reason. Nothing is
// changed: the newest of a kind counts.
type SeriesEntry struct {
	Kind        EntryKind     `json:"kind"`
	Document    string        `json:"document,omitempty"` // added or taken out
	State       SeriesState   `json:"state,omitempty"`
	Business    BusinessModel `json:"business_model,omitempty"`
	Labels      string        `json:"labels,omitempty"` // version of what business models are called
	Observation Observation   `json:"observation,omitempty"`
	HandedTo    string        `json:"handed_to,omitempty"` // another series; empty if not known
	Source      SeriesSource  `json:"source,omitempty"`    // of a business model or an observation
	Grade       Grade         `json:"grade,omitempty"`
	Words       string        `json:"words"` // the reason
	By          string        `json:"by"`    // account
	At          time.Time     `json:"at"`
}

// Series ties documents together that somebody takes for the work of one workshop.
// It joins documents and no people, and only people add to it.
type Series struct {
	ID       string        `json:"id"` // "W-7Q4K-2M9X"
	Title    string        `json:"title"`
	Entries  []SeriesEntry `json:"entries"` // the first says why it was opened
	OpenedBy string        `json:"opened_by"`
	OpenedAt time.Time     `json:"opened_at"`
}

// Members are the documents that belong to the series now, each with who added it and
// why.
func (s Series) Members() (now []SeriesEntry) {
	for _, e := range s.Entries {
		switch e.Kind {
		case EntryAdded:
			now = append(now, e)
		case EntryTakenOut:
			now = slices.DeleteFunc(now, func(m SeriesEntry) bool { return m.Document == e.Document })
		default: // the others move no document
		}
	}
	return now
}

// Has tells whether a document belongs to the series now.
func (s Series) Has(document string) bool {
	return slices.ContainsFunc(s.Members(), func(m SeriesEntry) bool { return m.Document == document })
}

// State is the newest that somebody said.
func (s Series) State() (now SeriesState) {
	for _, e := range s.Entries {
		if e.Kind == EntryState {
			now = e.State
		}
	}
	return now
}

// Business is the newest that somebody said of how the group works; nobody has, if
// its model is not known and it has no author.
func (s Series) Business() SeriesEntry {
	now := SeriesEntry{Business: BusinessUnknown}
	for _, e := range s.Entries {
		if e.Kind == EntryBusiness {
			now = e
		}
	}
	return now
}

// Observed are the observations, the oldest first.
func (s Series) Observed() (all []SeriesEntry) {
	for _, e := range s.Entries {
		if e.Kind == EntryObservation {
			all = append(all, e)
		}
	}
	return all
}

// enough is how many documents make a series.
const enough = 3

// seriesForm is how the reference of a series is written. numberLike is what a title
// must not hold: four digits are the number of something.
var (
	seriesForm = regexp.MustCompile(`^W-[A-Z0-9]{4}-[A-Z0-9]{4}$`)
	numberLike = regexp.MustCompile(`[0-9]{4}`)
)

// IsSeriesID tells whether a text is written like the reference of a series.
func IsSeriesID(id string) bool { return seriesForm.MatchString(id) }

// Check tells everything that is wrong with a series that is to be opened.
func (s Series) Check() (errs []Mistake) {
	title := strings.TrimSpace(s.Title)
	switch {
	case title == "" || len([]rune(title)) > maxTitle:
		errs = append(errs, Mistake{"title", "Enter a title without names, in 100 characters or less, for example: Soft print in the background"})
	case numberLike.MatchString(title):
		errs = append(errs, Mistake{"title", "A title holds no number of a document or a person. Say what the documents have in common"})
	}
	for _, e := range s.Entries {
		errs = append(errs, e.wordMistakes("Enter what makes you think that they are the work of one workshop")...)
	}
	return errs
}

// CheckEntry tells everything that is wrong with what somebody says of the series as
// it is.
func (s Series) CheckEntry(e SeriesEntry) (errs []Mistake) {
	wrong := func(field, text string) { errs = append(errs, Mistake{field, text}) }
	if s.State() == SeriesClosed && e.Kind != EntryState {
		return []Mistake{{"kind", "The series is closed. Open it again first"}}
	}
	switch e.Kind {
	case EntryAdded:
		if s.Has(e.Document) {
			wrong("document", "This document belongs to the series already")
		}
	case EntryTakenOut:
		if !s.Has(e.Document) {
			wrong("document", "This document does not belong to the series")
		}
	case EntryState:
		errs = s.stateMistakes(e)
	case EntryBusiness:
		if !slices.Contains(BusinessModels, e.Business) {
			wrong("business_model", "Select how the group works")
		}
		errs = append(errs, e.sourceMistakes()...)
	case EntryObservation:
		if !slices.Contains(Observations, e.Observation) {
			wrong("observation", "Select what was observed")
		}
		if e.HandedTo != "" && (e.Observation != HandedOn || !IsSeriesID(e.HandedTo) || e.HandedTo == s.ID) {
			wrong("handed_to", "Enter the reference of another series if people were handed on to it, for example W-7Q4K-2M9X")
		}
		errs = append(errs, e.sourceMistakes()...)
	default:
		wrong("kind", "Select what you add")
	}
	return append(errs, e.wordMistakes("Say why, in a sentence. Describe documents, not people")...)
}

// wordMistakes tells what is wrong with the reason.
func (e SeriesEntry) wordMistakes(missing string) (errs []Mistake) {
	for _, m := range reasonMistakes(e.Words, missing) {
		errs = append(errs, Mistake{"words", m.Text})
	}
	return errs
}

// stateMistakes: one or two documents are no series.
func (s Series) stateMistakes(e SeriesEntry) []Mistake {
	switch {
	case !slices.Contains(SeriesStates, e.State):
		return []Mistake{{"state", "Select what you think of the series"}}
	case e.State == SeriesConfirmed && len(s.Members()) < enough:
		return []Mistake{{"state", "A series needs 3 documents before it can be confirmed"}}
	}
	return nil
}

// sourceMistakes tells what is wrong with where something comes from.
func (e SeriesEntry) sourceMistakes() (errs []Mistake) {
	if !slices.Contains(SeriesSources, e.Source) {
		errs = append(errs, Mistake{"source", "Select where it comes from"})
	}
	return append(errs, e.Grade.mistakes()...)
}

// Attempt is a document of a series as it was presented.
type Attempt struct {
	Document  string           `json:"document"`
	Encounter string           `json:"encounter"`
	Incident  string           `json:"incident"` // empty if the encounter belongs to none
	Site      string           `json:"site"`     // empty if it is not known
	Channel   pipeline.Channel `json:"channel"`
	At        time.Time        `json:"at"` // received
}

// Holder is a person whose document belongs to a series: whose it is said to be, or
// who handed it over where nobody is named.
type Holder struct {
	PersonAt
	Referred bool `json:"referred"` // for their welfare
}

// SeriesTrace is what a document may have in common with one of a series.
type SeriesTrace string

// The traces.
const (
	SharedPicture SeriesTrace = "same_picture"
	SharedNumber  SeriesTrace = "same_document_number"
	NearNumber    SeriesTrace = "number_block" // numbers that differ in the last two places
)

// Related is a document that has something in common with one of a series. It is a
// reason to look, and belongs to nothing until a person adds it.
type Related struct {
	Document string      `json:"document"`
	Member   string      `json:"member"` // of the series, with which it has it in common
	Because  SeriesTrace `json:"because"`
}

// SeriesFacts are what follows from the documents of a series.
type SeriesFacts struct {
	Attempts []Attempt // the oldest first
	Holders  []Holder
	From     []string // series that hand people on to this one
}

// When attempts look like a test of the response: as many of them, at as many sites,
// in so many days.
const (
	probes   = 3
	probeFor = 14 * 24 * time.Hour
)

// Probing gives the attempts that look as if somebody tested where documents are
// found out: three or more within 14 days, at three sites or more. It says nothing of
// who presented them.
func (f SeriesFacts) Probing() []Attempt {
	for i, first := range f.Attempts {
		var within []Attempt
		sites := map[string]bool{}
		for _, a := range f.Attempts[i:] {
			if a.Site != "" && a.At.Sub(first.At) <= probeFor {
				within = append(within, a)
				sites[a.Site] = true
			}
		}
		if len(within) >= probes && len(sites) >= probes {
			return within
		}
	}
	return nil
}

// Victims is how many holders were referred for their welfare.
func (f SeriesFacts) Victims() (n int) {
	for _, h := range f.Holders {
		if h.Referred {
			n++
		}
	}
	return n
}

// Sentence says how many holders are potential victims; empty if nobody is recorded
// as a holder.
func (f SeriesFacts) Sentence() string {
	switch n, of := f.Victims(), len(f.Holders); {
	case of == 0:
		return ""
	case of == 1 && n == 1:
		return "The 1 holder is a potential victim"
	case n == 1:
		return fmt.Sprintf("1 of %d holders is a potential victim", of)
	default:
		return fmt.Sprintf("%d of %d holders are potential victims", n, of)
	}
}

// Priority is that of work on the series: higher once a holder may be a victim.
func (f SeriesFacts) Priority() string {
	if f.Victims() > 0 {
		return "P2"
	}
	return "P3"
}

// SeriesStore keeps series.
type SeriesStore interface {
	// OpenSeries keeps a series with its first entries.
	OpenSeries(ctx context.Context, s Series, who pipeline.Account) error
	// AddToSeries adds an entry. ErrConflict if its document belongs to another
	// series; ErrNotFound if there is no such series or document.
	AddToSeries(ctx context.Context, id string, e SeriesEntry, who pipeline.Account) error
	FindSeries(ctx context.Context, id string) (Series, error)
	// ListSeries gives the newest.
	ListSeries(ctx context.Context, limit int) ([]Series, error)
	// SeriesFacts gives what follows from the documents of a series.
	SeriesFacts(ctx context.Context, id string) (SeriesFacts, error)
	// RelatedDocuments gives documents of no series that have something in common with
	// one of this.
	RelatedDocuments(ctx context.Context, id string) ([]Related, error)
	// SeriesReferrals gives the referrals that were made from a series, the oldest
	// first.
	SeriesReferrals(ctx context.Context, id string) ([]Referral, error)
}
