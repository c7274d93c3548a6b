package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"touchstone.internal/pipeline"
)

// contentPolicy lets a page use what this server serves and nothing else: no
// inline script or style, no frame, no foreign address.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; " +
	"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// metrics are the series of the desk. Labels hold no reference and no name.
type metrics struct {
	received *prometheus.CounterVec
	duration *prometheus.HistogramVec
}

func newMetrics(reg prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		received: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "documents_received_total",
			Help: "Documents received, by how the picture came to be.",
		}, []string{"capture"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "http_request_duration_seconds",
			Help:    "Time to answer a request, by route pattern and status.",
			Buckets: []float64{.005, .02, .05, .1, .25, .5, 1, 2.5, 5, 20},
		}, []string{"route", "status"}),
	}
	for _, c := range pipeline.CaptureClasses {
		m.received.WithLabelValues(string(c))
	}
	return m, errors.Join(reg.Register(m.received), reg.Register(m.duration))
}

// requestInfo is what is known of a request beside the request itself.
type requestInfo struct {
	id  string           // reference that a person can quote
	who pipeline.Account // zero until a guard knows
}

// requestKey is where the context keeps it.
type requestKey struct{}

// infoOf gives what is known of a request; outside of one, nothing.
func infoOf(ctx context.Context) *requestInfo {
	if i, ok := ctx.Value(requestKey{}).(*requestInfo); ok {
		return i
	}
	return &requestInfo{}
}

// observe gives each request a reference, times it, logs one line and turns a
// panic into the page that says so.
func (s *server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := s.Now()
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, &requestInfo{id: newRequestID()}))
		sw := &statusWriter{ResponseWriter: w, now: s.Now}
		defer func() {
			if p := recover(); p != nil {
				s.panicked(sw, r, p)
			}
			s.record(r, sw.status, s.Now().Sub(start))
		}()
		next.ServeHTTP(sw, r)
	})
}

func (s *server) panicked(w *statusWriter, r *http.Request, p any) {
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(p)
	}
	s.Log.ErrorContext(r.Context(), "panic", slog.String("request_id", infoOf(r.Context()).id),
		slog.String("kind", fmt.Sprintf("%T", p)), slog.String("stack", string(debug.Stack())))
	if w.status == 0 {
		s.fail(w, r, problemInternal())
	}
}

func (s *server) record(r *http.Request, status int, took time.Duration) {
	route := r.Pattern
	if route == "" {
		route = "none"
	}
	if status == 0 {
		status = http.StatusOK
	}
	if !strings.HasSuffix(route, "/events") { // open as long as the page is: no measure of speed
		s.metrics.duration.WithLabelValues(route, strconv.Itoa(status)).Observe(took.Seconds())
	}
	s.Log.LogAttrs(r.Context(), levelOf(route, status), "request",
		slog.String("request_id", infoOf(r.Context()).id), slog.String("route", route),
		slog.Int("status", status), slog.Duration("took", took))
}

// levelOf keeps the polling of machines out of the log unless it fails.
func levelOf(route string, status int) slog.Level {
	switch {
	case status >= http.StatusInternalServerError:
		return slog.LevelError
	case route == "GET /assets/{name}" || route == "GET /healthz" || route == "GET /readyz" || route == "GET /metrics":
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

// headers sets what every answer carries.
func (s *server) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		h.Set("X-Request-Id", infoOf(r.Context()).id)
		h.Set("Cache-Control", "no-store")
		if s.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		next.ServeHTTP(w, r)
	})
}

// answerWithin is how long a client may take to accept an answer: 20 MB at
// 70 kB/s. What is sent over a longer time moves its own deadline on.
const answerWithin = 5 * time.Minute

// statusWriter remembers the status of an answer and bounds the time that the
// client has to take it.
type statusWriter struct {
	http.ResponseWriter
	now    func() time.Time
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.status = status
		_ = http.NewResponseController(w.ResponseWriter).SetWriteDeadline(w.now().Add(answerWithin)) // a writer without deadlines is one of a test
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
