package web

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"waybill/models"
)

// Behind tells how far the work is behind; it is asked at each scrape.
type Behind interface {
	Backlog(ctx context.Context, now models.Moment) (models.Backlog, error)
}

// Build says which program this is.
type Build struct{ Version, Commit, Go string }

// Metrics collects what the parts report; its methods satisfy their meters.
// No label ever holds a chat or a waybill.
type Metrics struct {
	registry *prometheus.Registry
	prices   map[string]float64
	calls    *prometheus.CounterVec
	took     *prometheus.HistogramVec
	cost     *prometheus.CounterVec
	checked  prometheus.Histogram
	told     prometheus.Histogram
	failures *prometheus.CounterVec
}

// NewMetrics makes the collectors. Prices are yuan by "provider.kind" for a
// billed call; calls without a price cost nothing here.
func NewMetrics(build Build, prices map[string]float64, behind Behind, now func() time.Time) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		prices:   prices,
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "waybill_provider_calls_total", Help: "Calls to the tracking APIs by outcome, and whether they were billed.",
		}, []string{"provider", "kind", "outcome", "billed"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "waybill_provider_call_seconds", Help: "How long calls to the tracking APIs took.", Buckets: seconds(),
		}, []string{"provider", "kind"}),
		cost: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "waybill_provider_cost_yuan_total", Help: "What billed calls cost, by the prices of the settings.",
		}, []string{"provider", "kind"}),
		checked: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "waybill_check_age_seconds", Help: "How long after it was due a parcel's check ended.", Buckets: seconds(),
		}),
		told: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "waybill_tell_seconds", Help: "From news being stored to the platform accepting the message.", Buckets: seconds(),
		}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "waybill_send_failures_total", Help: "Messages that a platform did not accept, by door and reason.",
		}, []string{"door", "reason"}),
	}
	m.registry.MustRegister(m.calls, m.took, m.cost, m.checked, m.told, m.failures, info(build),
		newBacklog(behind, now), collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// seconds spans five milliseconds to two hours.
func seconds() []float64 {
	return []float64{.005, .02, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200}
}

func info(b Build) prometheus.Collector {
	g := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "waybill_build_info", Help: "Always 1; the labels say which program runs.",
		ConstLabels: prometheus.Labels{"version": b.Version, "commit": b.Commit, "go": b.Go},
	})
	g.Set(1)
	return g
}

// Handler serves the metrics in Prometheus' format.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Called counts one call to a provider.
func (m *Metrics) Called(provider string, kind models.CallKind, outcome models.Outcome, billed bool, took time.Duration) {
	m.calls.WithLabelValues(provider, string(kind), string(outcome), strconv.FormatBool(billed)).Inc()
	m.took.WithLabelValues(provider, string(kind)).Observe(took.Seconds())
	if price := m.prices[provider+"."+string(kind)]; billed && price > 0 {
		m.cost.WithLabelValues(provider, string(kind)).Add(price)
	}
}

// Checked notes how long after it was due a parcel's check ended.
func (m *Metrics) Checked(late time.Duration) { m.checked.Observe(late.Seconds()) }

// Told notes how long news took from being stored to being accepted.
func (m *Metrics) Told(took time.Duration) { m.told.Observe(took.Seconds()) }

// SendFailed counts a message that a platform did not accept.
func (m *Metrics) SendFailed(door, reason string) { m.failures.WithLabelValues(door, reason).Inc() }
