package workers

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// Workers say every so often how they are, since the queue itself knows no
// version. One that has died is still shown for a while, so that it is missed.
const (
	beatsKey    = "touchstone:workers" // a hash, by name
	beatEvery   = 5 * time.Second
	forgetAfter = time.Hour
)

// beat is what a worker says of itself.
type beat struct {
	Process string    `json:"process"`
	Version string    `json:"version"`
	Started time.Time `json:"started_at"`
	Seen    time.Time `json:"seen_at"`
	Active  int       `json:"active"`
}

// process names a process as the queue knows it.
func process(host string, pid int) string { return host + "-" + strconv.Itoa(pid) }

// beats says how a worker is, until ctx ends, and then that it is gone.
func (h *handler) beats(ctx context.Context) {
	host, err := os.Hostname()
	if err != nil {
		h.cfg.Log.WarnContext(ctx, "worker_unnamed", slog.String("error", err.Error()))
	}
	b := beat{Process: process(host, os.Getpid()), Version: h.cfg.Version, Started: h.cfg.Now().UTC()}
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		b.Seen, b.Active = h.cfg.Now().UTC(), int(h.active.Load())
		if err := writeBeat(ctx, h.cfg.Redis, h.cfg.Name, b); err != nil && ctx.Err() == nil {
			h.cfg.Log.WarnContext(ctx, "beat_failed", slog.String("error", err.Error()))
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
			defer cancel()
			if err := h.cfg.Redis.HDel(ctx, beatsKey, h.cfg.Name).Err(); err != nil {
				h.cfg.Log.WarnContext(ctx, "beat_failed", slog.String("error", err.Error()))
			}
			return
		}
	}
}

// writeBeat writes down how a worker is. The hash ends with the last worker.
func writeBeat(ctx context.Context, c redis.UniversalClient, name string, b beat) error {
	said, err := json.Marshal(b)
	if err != nil {
		return fmt.Errorf("say how the worker is: %w", err)
	}
	if err := c.HSet(ctx, beatsKey, name, said).Err(); err != nil {
		return fmt.Errorf("say how the worker is: %w", err)
	}
	if err := c.Expire(ctx, beatsKey, forgetAfter).Err(); err != nil {
		return fmt.Errorf("say how the worker is: %w", err)
	}
	return nil
}

// readBeats gives what workers said of themselves, by name. Those that were
// silent for long are taken away.
func readBeats(ctx context.Context, c redis.UniversalClient, now time.Time) (map[string]beat, error) {
	said, err := c.HGetAll(ctx, beatsKey).Result()
	if err != nil {
		return nil, fmt.Errorf("list the workers: %w", err)
	}
	all := map[string]beat{}
	for name, text := range said {
		var b beat
		if err := json.Unmarshal([]byte(text), &b); err == nil && now.Sub(b.Seen) < forgetAfter {
			all[name] = b
			continue
		}
		if err := c.HDel(ctx, beatsKey, name).Err(); err != nil {
			return nil, fmt.Errorf("forget a worker: %w", err)
		}
	}
	return all, nil
}
