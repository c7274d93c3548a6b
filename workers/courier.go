package workers

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"

	"touchstone.internal/pipeline"
	"touchstone.internal/pipeline/casework"
)

// courier takes referrals to who gets them, and pages to who is on call. It goes
// at least once: what it could not note goes again under the same ID.
type courier struct {
	cfg    Config
	poster poster
	tries  *prometheus.CounterVec
}

func newCourier(cfg Config) (*courier, error) {
	c := &courier{
		cfg: cfg, poster: newPoster(cfg),
		tries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "dispatch_tries_total", Help: "Tries to take a referral to a recipient, by channel and by the state after it.",
		}, []string{"channel", "state"}),
	}
	return c, cfg.Registry.Register(c.tries)
}

// run goes until ctx ends, then finishes what is under way.
func (c *courier) run(ctx context.Context) {
	empty(ctx, c.cfg.Log, func(ctx context.Context) (func(context.Context), error) {
		now := c.cfg.Now()
		out, err := c.cfg.Dispatches.ClaimDispatch(ctx, now, now.Add(hookLease))
		return func(ctx context.Context) { c.take(ctx, out) }, err
	})
}

// take makes one try and notes what came of it. Neither address nor answer nor
// anything of the referral but its reference goes into the log.
func (c *courier) take(ctx context.Context, out casework.Outgoing) {
	ctx, cancel := context.WithTimeout(ctx, hookLease)
	defer cancel()
	status, done := c.try(ctx, out)
	now := c.cfg.Now()
	d := out.Tried(status, done, now, c.cfg.Chance())
	err := c.cfg.Dispatches.SettleDispatch(ctx, d, now)
	if errors.Is(err, pipeline.ErrConflict) {
		return // the recipient was disabled, or another worker has it
	}
	attrs := []any{
		slog.String("dispatch", d.ID), slog.String("referral", d.Referral), slog.String("channel", string(out.To.Channel)),
		slog.Int("attempt", d.Attempts), slog.String("status", status), slog.String("state", string(d.State)),
	}
	if err != nil {
		c.cfg.Log.WarnContext(ctx, "dispatch_not_noted", append(attrs, slog.String("error", err.Error()))...)
		return
	}
	c.tries.WithLabelValues(string(out.To.Channel), string(d.State)).Inc()
	c.cfg.Log.InfoContext(ctx, "dispatch_tried", attrs...)
}

// try goes once. It gives the status of the answer, or a fixed word.
func (c *courier) try(ctx context.Context, out casework.Outgoing) (status string, done bool) {
	switch out.To.Channel {
	case casework.ChannelWebhook:
		body, err := out.Body()
		if err != nil {
			return pipeline.HookNoAnswer, false
		}
		return c.poster.post(ctx, hook{out.To.Address, out.ID, body, pipeline.Outgoing{Delivery: pipeline.Delivery{ID: out.ID}, Secret: out.Secret}.Signature})
	case casework.ChannelMail:
		return c.mail(ctx, out)
	case casework.ChannelFile:
		return c.drop(ctx, out)
	}
	return pipeline.HookNoAnswer, false
}

// drop puts what was sent into the bucket, under its hash. The same try made
// twice is one object.
func (c *courier) drop(ctx context.Context, out casework.Outgoing) (status string, done bool) {
	b, err := json.Marshal(casework.FileOf(out.Dispatch, out.Whole))
	if err != nil {
		return pipeline.HookNoAnswer, false
	}
	if err := c.cfg.Blobs.Put(ctx, pipeline.Referrals, pipeline.DigestOf(sha256.Sum256(b)), bytes.NewReader(b), int64(len(b))); err != nil {
		return pipeline.HookNoAnswer, false
	}
	return casework.StatusStored, true
}
