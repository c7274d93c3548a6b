package threat

import (
	"context"
	"time"

	"touchstone.internal/pipeline"
)

// Entry is a record as the store keeps it. Only the record goes out.
type Entry struct {
	Outcome

	Seq      int64 // place in the feed
	Document pipeline.DocumentID
	Held     bool // it is known who held the document
	Referred bool // a holder was referred for their welfare
}

// Filter chooses records; zero fields choose all.
type Filter struct {
	After       int64  // place of the last one that is known
	From, Until string // months, both included
	Current     bool   // the highest revision of each document alone
	Limit       int    // 0 for no limit
}

// Exposed is how many documents of a cell were screened, or wait for a second
// person.
type Exposed struct {
	Measure Measure
	Cell    Cell
	N       int
}

// Store keeps the records of the feed. They are added and never changed; one that
// says something else of a document than the record before is its next revision.
type Store interface {
	// Outcomes hands out records in the order of the feed, one by one: no more than
	// one is held at a time. It ends with the error of each.
	Outcomes(ctx context.Context, f Filter, each func(Entry) error) error
	// Exposure counts what was screened in some months, and what one person found
	// false and a second has still to look at.
	Exposure(ctx context.Context, from, until string) ([]Exposed, error)
	// FirstSeen gives each model that was never found false before a time, with
	// the month in which it was first.
	FirstSeen(ctx context.Context, since time.Time) ([]Model, error)
	// RenewFeed writes records anew of which more has become known since, and tells
	// how many. Documents that were decided before since stay as they are.
	RenewFeed(ctx context.Context, since, now time.Time) (int, error)
	// FeedKey is the key of pseudonyms and of rounding.
	FeedKey(ctx context.Context) ([]byte, error)
}
