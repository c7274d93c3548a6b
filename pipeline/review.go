package pipeline

import (
	"context"
	"slices"
	"time"
)

// ReviewCause says why a person looks at a document. Screens do not tell
// reviewers which items are there by chance.
type ReviewCause string

// The causes.
const (
	CauseFlagged   ReviewCause = "flagged"         // screening suggests it
	CauseUnchecked ReviewCause = "could_not_check" // the machine could not
	CauseAudit     ReviewCause = "random_audit"    // a share of what nothing was found in
	CauseSafety    ReviewCause = "safety"          // somebody raised a safety concern
)

// ReviewCauses are all of them, in the order of lists.
//
//nolint:gochecknoglobals // a table, never written
var ReviewCauses = []ReviewCause{CauseFlagged, CauseUnchecked, CauseAudit, CauseSafety}

// ReviewState is what a review waits for.
type ReviewState string

// The states. An adverse verdict needs a second person, and two who disagree a
// third. A third whose adverse verdict nobody shares leaves it to one more.
const (
	ReviewFirst   ReviewState = "first"
	ReviewSecond  ReviewState = "second"
	ReviewThird   ReviewState = "third"
	ReviewWaiting ReviewState = "waiting" // for a better picture from the officer
	ReviewDecided ReviewState = "decided"
)

// ReviewStates are all of them, in order.
//
//nolint:gochecknoglobals // a table, never written
var ReviewStates = []ReviewState{ReviewFirst, ReviewSecond, ReviewThird, ReviewWaiting, ReviewDecided}

// Chance is what chance decides of a document, drawn by the caller: two numbers
// from 0 up to 1.
type Chance struct{ Audit, Fold float64 }

// Sampling is how often chance brings a document, or the folding of the
// machine's opinion, about.
type Sampling struct {
	Audit float64 // share of the documents in which nothing was found
	Fold  float64 // share of reviews that begin with a person's own impression
}

// DefaultSampling is one in fifty, and one in ten.
var DefaultSampling = Sampling{Audit: .02, Fold: .1} //nolint:gochecknoglobals // a constant, if a struct could be one

// Opening is how a review begins.
type Opening struct {
	Cause  ReviewCause
	Folded bool // the reviewer gives an impression before reading what the machine found
}

// Opens tells whether a person shall look at what was screened, and why.
func (s Sampling) Opens(o ScreeningOutcome, c Chance) *Opening {
	opening := Opening{Folded: c.Fold < s.Fold}
	switch {
	case o.Conclusion == ReviewSuggested:
		opening.Cause = CauseFlagged
	case o.Conclusion != NoIrregularityFound:
		opening.Cause = CauseUnchecked
	case c.Audit < s.Audit:
		opening.Cause = CauseAudit
	default:
		return nil
	}
	return &opening
}

// Review is one document before the reviewers.
type Review struct {
	Document  DocumentID
	Cause     ReviewCause
	State     ReviewState
	Safety    bool // somebody raised a safety concern: first in every queue
	OpenedAt  time.Time
	DueAt     time.Time
	Folded    bool
	Holder    string // who has it open now; empty if nobody
	HeldUntil time.Time
	Kept      string // who gets it back when the better picture is there, or to whom it was assigned
	Updated   bool   // the better picture is there
}

// QueueItem is a review with what a list shows of its document.
type QueueItem struct {
	Review
	Encounter  string
	Channel    Channel   // empty if the encounter is not known here
	ClockFrom  time.Time // of the encounter; zero if it is not known here
	UploadedBy string
	ReceivedAt time.Time
	Capture    CaptureClass
	Outcome    ScreeningOutcome
}

// Decision is what one reviewer said, for good.
type Decision struct {
	Document DocumentID
	Seq      int // 1, 2, or more where two disagreed
	Reviewer string
	At       time.Time
	Judgement
	Machine    Conclusion // what the machine had concluded
	Impression Verdict    // given before the machine's opinion was seen; empty if it was not folded
	Opened     []string   // evidence that was looked at: "image", "original", codes of findings
	Active     time.Duration
}

// Blind tells whether the reviewer did not know what others had said: always so
// but for the third and later ones, who settle.
func (d Decision) Blind() bool { return d.Seq < 3 }

// After is what a review waits for once these decisions are made. No adverse
// verdict stands on one person's word, not on that of who settles either.
func After(ds []Decision) ReviewState {
	if len(ds) == 0 {
		return ReviewFirst
	}
	before, last := ds[:len(ds)-1], ds[len(ds)-1].Verdict
	shared := slices.ContainsFunc(before, func(d Decision) bool { return d.Verdict.Kind() == last.Kind() })
	switch {
	case shared:
		return ReviewDecided
	case len(ds) == 1 && last.Adverse():
		return ReviewSecond
	case len(ds) == 2 || last.Adverse():
		return ReviewThird
	}
	return ReviewDecided
}

// Settled is the decision that stands; ok is false while there is none.
func Settled(ds []Decision) (d Decision, ok bool) {
	if After(ds) != ReviewDecided {
		return Decision{}, false
	}
	return ds[len(ds)-1], true
}

// Recapture is a reviewer's wish for a better picture.
type Recapture struct {
	Document DocumentID
	AskedBy  string
	AskedAt  time.Time
	Reasons  []string // codes of the text catalogue
	Note     string
	Box      Box        // in the page image; empty for all of it
	Answer   DocumentID // the better picture; empty until it came
}

// LeaseTime is how long a review stays with somebody who does nothing.
const LeaseTime = 15 * time.Minute

// DueSoon is how near a due time is that a board warns of.
const DueSoon = 15 * time.Minute

// Clock is how a review stands to its due time. The clock of one that waits for
// the officer stands still.
type Clock string

// The clocks.
const (
	ClockLate   Clock = "late"
	ClockSoon   Clock = "soon"   // due within DueSoon
	ClockUrgent Clock = "urgent" // late, due soon, or a safety concern
)

// Clocks are all of them, in order.
var Clocks = []Clock{ClockUrgent, ClockLate, ClockSoon} //nolint:gochecknoglobals // a table, never written

// ReviewFilter chooses reviews for a list; zero fields choose all.
type ReviewFilter struct {
	States  []ReviewState // empty: all that are not decided, or with Safety all
	Safety  bool
	Cause   ReviewCause
	Channel Channel
	Site    string
	Holder  string // has it open, or gets it back when the better picture is there
	Held    bool   // somebody has it, if only by a lease that ran out
	Free    bool   // can be decided, and nobody has it open at Now
	Clock   Clock  // at Now
	Now     time.Time

	Document    DocumentID // this one alone
	OpenedAfter time.Time
	Limit       int
	Offset      int
	After       ReviewPlace // the last one of the page before
}

// ReviewPlace is a place in the order of the queue. It stands even if the review
// that was there has left the queue.
type ReviewPlace struct {
	Safety          bool
	DueAt, OpenedAt time.Time
	Document        DocumentID
}

// Place is where a review is in the order of the queue.
func (r Review) Place() ReviewPlace { return ReviewPlace{r.Safety, r.DueAt, r.OpenedAt, r.Document} }

// ReviewCounts is how many of the reviews that a filter chooses are in each
// condition, at the filter's Now.
type ReviewCounts struct {
	All, Free, Safety, Late, Soon, Urgent, Second, Third, Waiting int
	Unowned                                                       int // urgent, and nobody has it open
	Causes                                                        map[ReviewCause]int
	Channels                                                      map[Channel]int
	Sites                                                         map[string]int
}

// Reviews is the queue of people's work. The order is safety first, then the
// earliest due time, then age. Every method that changes something writes its
// audit entry in the same transaction.
type Reviews interface {
	// NextReview gives the most urgent review that who may decide, and lets them
	// hold it; one that they hold already comes first. ErrNotFound if there is none.
	NextReview(ctx context.Context, who Account, now time.Time) (Review, error)
	// TakeReview holds one review. ErrConflict if somebody else holds it or it is
	// decided or waits, ErrOwnWork if who uploaded the document or decided on it.
	TakeReview(ctx context.Context, id DocumentID, who Account, now time.Time) (Review, error)
	// KeepReview holds on to what who holds; ErrConflict if it is lost.
	KeepReview(ctx context.Context, id DocumentID, who Account, now time.Time) error
	// LeaveReview lets go of it; ErrConflict if who does not hold it.
	LeaveReview(ctx context.Context, id DocumentID, who Account, now time.Time) error
	// FreeReview takes a review from its holder, by somebody else. ErrConflict if
	// nobody holds it.
	FreeReview(ctx context.Context, id DocumentID, by Account, now time.Time) error
	// AssignReview keeps a review for a reviewer until it is due, at its place in the
	// queue. ErrConflict if somebody holds it, if only by a lease that ran out, or it
	// is decided or waits; ErrOwnWork if the reviewer uploaded the document or decided
	// on it.
	AssignReview(ctx context.Context, id DocumentID, to string, by Account, now time.Time) error

	FindReview(ctx context.Context, id DocumentID) (Review, error)
	// ListReviews gives reviews in the order of the queue.
	ListReviews(ctx context.Context, f ReviewFilter) ([]QueueItem, error)
	// CountReviews counts what the filter chooses, whatever its limit.
	CountReviews(ctx context.Context, f ReviewFilter) (ReviewCounts, error)

	// Decide records a decision of who holds the review and gives the review as it
	// is then. ErrConflict if it is not theirs any more.
	Decide(ctx context.Context, d Decision, who Account) (Review, error)
	Decisions(ctx context.Context, id DocumentID) ([]Decision, error)
	// ListDecisions gives decisions, the newest first; CountDecisions counts all
	// that the filter chooses, by what a board tells apart.
	ListDecisions(ctx context.Context, f DecisionFilter) ([]DecidedItem, error)
	CountDecisions(ctx context.Context, f DecisionFilter) ([]DecisionCount, error)

	// SaveDraft keeps what who has written so far; Draft gives it back, ErrNotFound
	// if there is none. A draft goes with the decision.
	SaveDraft(ctx context.Context, id DocumentID, who Account, draft []byte, now time.Time) error
	Draft(ctx context.Context, id DocumentID, who Account) ([]byte, error)

	// AskAgain puts the review aside until the officer sends a better picture, which
	// is one whose PageOf is this document. Until then its clock stands still.
	AskAgain(ctx context.Context, r Recapture, who Account) error
	Recaptures(ctx context.Context, id DocumentID) ([]Recapture, error)
	// RaiseSafety puts the document first in the queue, and into it if need be. One
	// that is decided stays so, and among the concerns.
	RaiseSafety(ctx context.Context, id DocumentID, who Account, now time.Time) error
}
