package workers

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"touchstone.internal/pipeline"
)

const (
	hookTimeout  = 10 * time.Second // for one try, from the name to the answer
	hookLease    = 30 * time.Second // well above hookTimeout
	hooksAtOnce  = 8
	pollOutbox   = time.Second
	maxHookReply = 1 << 10
)

// postman sends the deliveries that are due. It sends at least once: what it
// could not note is sent again under the same webhook-id.
type postman struct {
	cfg       Config
	poster    poster
	delivered *prometheus.CounterVec
}

func newPostman(cfg Config) (*postman, error) {
	p := &postman{
		cfg: cfg, poster: newPoster(cfg),
		delivered: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "webhook_tries_total", Help: "Tries to deliver an event, by event and by the state after it.",
		}, []string{"event", "state"}),
	}
	return p, cfg.Registry.Register(p.delivered)
}

// poster sends signed requests to addresses that may be reached.
type poster struct {
	https *http.Client
	http  *http.Client // reaches allowed addresses alone
	now   func() time.Time
}

func newPoster(cfg Config) poster {
	return poster{
		https: hookClient(guard{allowed: cfg.HooksAllowed}.dialer()),
		http:  hookClient(guard{allowed: cfg.HooksAllowed, closed: true}.dialer()),
		now:   cfg.Now,
	}
}

// hookClient follows nothing, asks no proxy and keeps no connection, so that
// each try passes the guard.
func hookClient(d *net.Dialer) *http.Client {
	return &http.Client{
		Timeout:       hookTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: d.DialContext, DisableKeepAlives: true, TLSHandshakeTimeout: hookTimeout,
			MaxResponseHeaderBytes: 16 << 10, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12},
		},
	}
}

// run sends until ctx ends, then finishes what is under way.
func (p *postman) run(ctx context.Context) {
	empty(ctx, p.cfg.Log, func(ctx context.Context) (func(context.Context), error) {
		out, err := p.claim(ctx)
		return func(ctx context.Context) { p.deliver(ctx, out) }, err
	})
}

func (p *postman) claim(ctx context.Context) (pipeline.Outgoing, error) {
	now := p.cfg.Now()
	return p.cfg.Outbox.ClaimDelivery(ctx, now, now.Add(hookLease))
}

// empty does what is claimed from an outbox until ctx ends, some at a time, and
// looks again every so often.
func empty(ctx context.Context, log *slog.Logger, claim func(context.Context) (func(context.Context), error)) {
	var busy sync.WaitGroup
	defer busy.Wait()
	slots := make(chan struct{}, hooksAtOnce)
	for {
		select {
		case slots <- struct{}{}: // before the claim: its lease is for the try alone
		case <-ctx.Done():
			return
		}
		do, err := claim(ctx)
		if err == nil {
			busy.Go(func() {
				defer func() { <-slots }()
				do(context.WithoutCancel(ctx))
			})
			continue
		}
		<-slots
		if !errors.Is(err, pipeline.ErrNotFound) && ctx.Err() == nil {
			log.WarnContext(ctx, "outbox_claim_failed", slog.String("error", err.Error()))
		}
		select {
		case <-time.After(pollOutbox):
		case <-ctx.Done():
			return
		}
	}
}

// deliver makes one try and notes what came of it. Neither address nor answer
// goes into the log.
func (p *postman) deliver(ctx context.Context, out pipeline.Outgoing) {
	ctx, cancel := context.WithTimeout(ctx, hookLease)
	defer cancel()
	status, done := p.try(ctx, out)
	d := out.Tried(status, done, p.cfg.Now(), p.cfg.Chance())
	err := p.cfg.Outbox.SettleDelivery(ctx, d)
	if errors.Is(err, pipeline.ErrConflict) {
		return // the endpoint was disabled, or another worker has it
	}
	attrs := []any{
		slog.String("webhook_id", d.ID), slog.String("endpoint", d.Endpoint), slog.String("event", string(d.Event)),
		slog.Int("attempt", d.Attempts), slog.String("status", status), slog.String("state", string(d.State)),
	}
	if err != nil {
		p.cfg.Log.WarnContext(ctx, "webhook_not_noted", append(attrs, slog.String("error", err.Error()))...)
		return
	}
	p.delivered.WithLabelValues(string(d.Event), string(d.State)).Inc()
	p.cfg.Log.InfoContext(ctx, "webhook_tried", attrs...)
}

// try sends a delivery once. It gives the status of the answer, or a fixed word.
func (p *postman) try(ctx context.Context, out pipeline.Outgoing) (status string, done bool) {
	body, err := out.Body()
	if err != nil {
		return pipeline.HookNoAnswer, false
	}
	return p.poster.post(ctx, hook{out.URL, out.ID, body, out.Signature})
}

// hook is one request to be signed and sent.
type hook struct {
	url, id string
	body    []byte
	sign    func(at time.Time, body []byte) (string, error)
}

// post sends a request once. It gives the status of the answer, or a fixed word.
func (h poster) post(ctx context.Context, one hook) (status string, done bool) {
	req, err := h.request(ctx, one)
	if err != nil {
		return pipeline.HookNoAnswer, false
	}
	client := h.https
	if req.URL.Scheme != "https" {
		client = h.http
	}
	reply, err := client.Do(req) //nolint:gosec // an administrator names the address, and the guard asks of it
	if err != nil {
		return wordFor(err), false
	}
	defer reply.Body.Close()
	// Whether what is read of the answer comes to an end does not matter.
	_, _ = io.Copy(io.Discard, io.LimitReader(reply.Body, maxHookReply))
	return strconv.Itoa(reply.StatusCode), reply.StatusCode/100 == 2
}

// request is what is sent, signed with the time of this try.
func (h poster) request(ctx context.Context, one hook) (*http.Request, error) {
	now := h.now()
	signature, err := one.sign(now, one.body)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, one.url, bytes.NewReader(one.body))
	if err != nil {
		return nil, fmt.Errorf("write webhook: %w", err)
	}
	for name, value := range map[string]string{
		"content-type": "application/json", "user-agent": "Touchstone",
		"webhook-id": one.id, "webhook-timestamp": strconv.FormatInt(now.Unix(), 10), "webhook-signature": signature,
	} {
		req.Header.Set(name, value)
	}
	return req, nil
}

// wordFor says why there was no answer, without the address that is in the error.
func wordFor(err error) string {
	timeout, ok := errors.AsType[net.Error](err)
	switch {
	case errors.Is(err, errRefused):
		return pipeline.HookRefused
	case ok && timeout.Timeout():
		return pipeline.HookTimeout
	}
	return pipeline.HookNoAnswer
}
