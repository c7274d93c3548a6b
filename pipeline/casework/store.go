package casework

import (
	"context"
	"strings"
	"time"

	"touchstone.internal/pipeline"
)

// RefusedError says why something cannot be put down as things stand.
type RefusedError struct{ Mistakes []Mistake }

// Error joins the sentences.
func (r *RefusedError) Error() string {
	said := make([]string, len(r.Mistakes))
	for i, m := range r.Mistakes {
		said[i] = m.Text
	}
	return strings.Join(said, ". ")
}

// TaskKind is what somebody has to do.
type TaskKind string

// The kinds of task.
const (
	TaskUpstream TaskKind = "upstream" // find out how the person came here, and by whom
	TaskAskAgain TaskKind = "ask_again"
)

// Task is something to be done about a person or a group until a time. It ends
// with an outcome in words.
type Task struct {
	ID        string    `json:"id"`
	Kind      TaskKind  `json:"kind"`
	Encounter string    `json:"encounter"`
	Person    int       `json:"person"` // 0 if it concerns the group
	Owner     string    `json:"owner"`
	OpenedAt  time.Time `json:"opened_at"`
	DueAt     time.Time `json:"due_at"`
	Outcome   string    `json:"outcome"`
	DoneBy    string    `json:"done_by"`
	DoneAt    time.Time `json:"done_at"`
}

// When tasks are due.
const (
	dueUpstream = 7 * 24 * time.Hour
	dueAskAgain = 24 * time.Hour
)

// TasksOf gives the tasks that a referral brings with it: every welfare referral
// is followed by the question how the person came here, and by asking again.
func TasksOf(r Referral) []Task {
	if r.Kind != KindNRM && r.Kind != KindNotify && r.Kind != KindSafeguarding && r.Kind != KindChildren {
		return nil
	}
	return []Task{
		{Kind: TaskUpstream, Encounter: r.Encounter, Person: r.Person, Owner: r.SentBy, OpenedAt: r.SentAt, DueAt: r.SentAt.Add(dueUpstream)},
		{Kind: TaskAskAgain, Encounter: r.Encounter, Person: r.Person, Owner: r.SentBy, OpenedAt: r.SentAt, DueAt: r.SentAt.Add(dueAskAgain)},
	}
}

// UpstreamTask is the one that an adverse verdict brings with it.
func UpstreamTask(encounter string, now time.Time) Task {
	return Task{Kind: TaskUpstream, Encounter: encounter, OpenedAt: now, DueAt: now.Add(dueUpstream)}
}

// Store keeps what people put down. Everything is added and nothing changed; each
// method checks what it is given against the group as it is in the same
// transaction, gives *RefusedError if it cannot stand, and writes its audit entry
// there too.
type Store interface {
	MovementStore
	IncidentStore
	LinkStore
	SeriesStore

	// AddPerson gives the next number of the encounter.
	AddPerson(ctx context.Context, encounter string, who pipeline.Account, now time.Time) (int, error)
	SaveAnswer(ctx context.Context, encounter string, number int, a Answer, who pipeline.Account) error
	MarkRole(ctx context.Context, encounter string, number int, m RoleMark, who pipeline.Account) error
	ClosePrompt(ctx context.Context, encounter string, number int, c Closing, who pipeline.Account) error
	SaveHolding(ctx context.Context, encounter string, h Holding, who pipeline.Account) error
	// Group gives everything that is known; one without people if nothing is.
	Group(ctx context.Context, encounter string) (Group, error)

	// Send puts a referral on its way. It goes with the tasks that it brings.
	Send(ctx context.Context, r Referral, who pipeline.Account) error
	// Acknowledge records that the recipient has it; ErrConflict if they had before.
	Acknowledge(ctx context.Context, id string, who pipeline.Account, now time.Time) error
	// CloseReferral ends it with an outcome in words.
	CloseReferral(ctx context.Context, id, outcome string, who pipeline.Account, now time.Time) error
	FindReferral(ctx context.Context, id string) (Referral, error)
	// OpenReferrals gives those that are not closed, the most urgent first; of one
	// account if it is named.
	OpenReferrals(ctx context.Context, by string, limit int) ([]Referral, error)

	// LateCases gives the referrals that nobody has acknowledged in time and the tasks
	// that nobody has done, the longest late first.
	LateCases(ctx context.Context, now time.Time) ([]Referral, []Task, error)

	// OpenTasks gives those that are not done, the earliest due first.
	OpenTasks(ctx context.Context, encounter string, limit int) ([]Task, error)
	// FinishTask ends a task with an outcome in words; ErrConflict if it is done.
	FinishTask(ctx context.Context, id, outcome string, who pipeline.Account, now time.Time) error
}
