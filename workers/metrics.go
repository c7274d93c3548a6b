package workers

import (
	"errors"
	"strings"
	"time"

	"github.com/hibiken/asynq"
	"github.com/prometheus/client_golang/prometheus"

	"touchstone.internal/pipeline"
)

// metrics are what Prometheus may ask of a worker. No label names a document.
type metrics struct {
	duration prometheus.Histogram
	findings *prometheus.CounterVec
	failures *prometheus.CounterVec
	queue    *prometheus.GaugeVec
	sweeps   prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		duration: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "screen_duration_seconds", Help: "Time from the claim of a document to its report.",
			Buckets: []float64{0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 12, 20},
		}),
		findings: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "findings_total", Help: "Findings by check and outcome.",
		}, []string{"check", "outcome"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "sandbox_failures_total", Help: "Documents whose reader gave no good answer, by problem.",
		}, []string{"problem"}),
		queue: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "queue_tasks", Help: "Tasks in the queue by state, as of the last sweep.",
		}, []string{"state"}),
		sweeps: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "sweeps_total", Help: "Sweeps for documents that wait.",
		}),
	}
	return m, errors.Join(reg.Register(m.duration), reg.Register(m.findings), reg.Register(m.failures),
		reg.Register(m.queue), reg.Register(m.sweeps))
}

// screened counts one finished document.
func (m *metrics) screened(r pipeline.Report, d time.Duration) {
	m.duration.Observe(d.Seconds())
	for _, f := range r.Findings {
		m.findings.WithLabelValues(f.Check, string(f.Outcome)).Inc()
	}
	if p := string(r.Outcome.Problem); strings.HasPrefix(p, "reader_") {
		m.failures.WithLabelValues(p).Inc()
	}
}

// queued notes the state of the queue.
func (m *metrics) queued(q *asynq.QueueInfo) {
	for state, n := range map[string]int{
		"pending": q.Pending, "active": q.Active, "scheduled": q.Scheduled, "retry": q.Retry, "archived": q.Archived,
	} {
		m.queue.WithLabelValues(state).Set(float64(n))
	}
}
