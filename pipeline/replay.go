package pipeline

import (
	"context"
	"time"
)

// Replay is what is kept of a request that a client may send again, so that it
// is done once.
type Replay struct {
	Account  string
	Key      string // of the client's choice
	Digest   Digest // of what was asked
	Status   int    // of the answer; 0 while the first request is under way
	Location string // where the answer's body can be read; it is not kept, since it may be about somebody
	Empty    bool   // the answer had no body
	BegunAt  time.Time
}

// How long a request is remembered, and after what time one that is under way
// is taken for lost.
const (
	ReplayFor  = 24 * time.Hour
	ReplayLost = 10 * time.Minute
)

// Replays remembers requests.
type Replays interface {
	// BeginReplay notes a request, or gives the one of the same account and key
	// that was there before.
	BeginReplay(ctx context.Context, r Replay) (before Replay, first bool, err error)
	// EndReplay notes how it was answered.
	EndReplay(ctx context.Context, r Replay) error
	// DropReplay forgets a request by which nothing was done.
	DropReplay(ctx context.Context, r Replay) error
}
