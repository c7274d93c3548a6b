package pipeline

import (
	"context"
	"time"
)

// ArchiveCap is how many failed tasks the queue keeps, the newest. Nothing is
// lost beyond: documents that wait are rung for again.
const ArchiveCap = 10_000

// TaskQueue is how full a queue is. It names no document.
type TaskQueue struct {
	Name      string
	Waiting   int
	Active    int
	Scheduled int
	Retrying  int           // failed, and repeated by the queue itself
	Archived  int           // failed for good
	Oldest    time.Duration // how long the oldest waits; zero if that is not known
}

// FailureGroup is the failed tasks of one cause.
type FailureGroup struct {
	Cause           string // fixed words: never the text of an error, which may quote something
	Archived        int    // failed for good
	Retrying        int    // repeated by the queue itself
	FirstAt, LastAt time.Time
}

// WorkerInfo is a worker as it was last heard of.
type WorkerInfo struct {
	Name     string
	Version  string // empty if it does not say
	Started  time.Time
	LastSeen time.Time
	Active   int // tasks under way
}

// Load is what the queue and the workers are at.
type Load struct {
	Queues   []TaskQueue
	Failures []FailureGroup // the most frequent first
	Workers  []WorkerInfo   // by name
}

// Upkeep is what an operator sees of queue and workers, and can do.
type Upkeep interface {
	Look(ctx context.Context) (Load, error)
	// RetryGroup runs the archived tasks of one cause again, and tells how many
	// were put back even if there is an error.
	RetryGroup(ctx context.Context, cause string) (int, error)
}

// Backlog are the documents without a report.
type Backlog struct {
	Late   int       // should have been picked up by now
	Oldest time.Time // when the one that waits longest was received; zero if none waits
}
