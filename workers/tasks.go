package workers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"touchstone.internal/pipeline"
)

// Queue is the name of the one queue. In a Redis Cluster a queue lives on one
// shard.
const Queue = "documents"

// taskScreen is the type of the one task.
const taskScreen = "document:screen"

// maxRetry is how often the queue itself repeats a task that gave an error.
// Afterwards the sweeper rings, with a task of another name.
const maxRetry = 3

// screenPayload is all that Redis sees of a document.
type screenPayload struct {
	DocumentID pipeline.DocumentID `json:"document_id"`
	Attempt    int                 `json:"attempt"`
}

// Enqueuer puts documents into the queue. It implements pipeline.Tasks.
type Enqueuer struct{ client *asynq.Client }

// NewEnqueuer makes an Enqueuer that shares the connection.
func NewEnqueuer(c redis.UniversalClient) *Enqueuer {
	return &Enqueuer{asynq.NewClientFromRedisClient(c)}
}

// EnqueueScreen asks for a document to be screened. The attempt is the one that
// is to come, 1 at first: asking twice for the same is success and rings once.
func (e *Enqueuer) EnqueueScreen(ctx context.Context, id pipeline.DocumentID, attempt int) error {
	return e.enqueue(ctx, id, attempt, taskID(id, attempt))
}

func taskID(id pipeline.DocumentID, attempt int) string {
	return fmt.Sprintf("%s:%s:%d", taskScreen, id, attempt)
}

// enqueue puts a task of the given name into the queue. Without retention a
// name is free again when its task is done; an archived or stuck task keeps
// its name, which is why the sweeper uses others.
func (e *Enqueuer) enqueue(ctx context.Context, id pipeline.DocumentID, attempt int, name string) error {
	payload, err := json.Marshal(screenPayload{DocumentID: id, Attempt: attempt})
	if err != nil {
		return fmt.Errorf("enqueue document %s: %w", id, err)
	}
	_, err = e.client.EnqueueContext(ctx, asynq.NewTask(taskScreen, payload),
		asynq.Queue(Queue), asynq.TaskID(name), asynq.MaxRetry(maxRetry), asynq.Timeout(maxTimeout))
	if err != nil && !errors.Is(err, asynq.ErrTaskIDConflict) {
		return fmt.Errorf("enqueue document %s: %w", id, err)
	}
	return nil
}

// maxTimeout is the queue's own bound on a task, which only keeps it from
// counting as running for ever: the handler sets a shorter one from its lease.
const maxTimeout = 10 * time.Minute

// retryDelay is how long the queue waits before it repeats a task: 1, 2, 4
// seconds.
func retryDelay(n int, _ error, _ *asynq.Task) time.Duration {
	return time.Second << min(max(n, 0), 5)
}

// parsePayload reads a payload, which anybody who reaches Redis could have
// written.
func parsePayload(b []byte) (pipeline.DocumentID, error) {
	var p screenPayload
	if err := json.Unmarshal(b, &p); err != nil {
		return "", errors.New("the payload of a task is no JSON")
	}
	id, err := pipeline.ParseDocumentID(string(p.DocumentID))
	if err != nil {
		return "", errors.New("the payload of a task names no document")
	}
	return id, nil
}
