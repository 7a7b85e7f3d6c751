package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"waybill/models"
)

// Build says which program this is.
type Build struct{ Version, Commit, Go string }

// Metrics collects what the parts report; its methods satisfy their meters.
// No label ever holds a chat or a waybill.
type Metrics struct {
	registry *prometheus.Registry
	prices   map[string]float64
	now      func() time.Time

	services services
	calls    *prometheus.CounterVec
	took     *prometheus.HistogramVec
	cost     *prometheus.CounterVec
	memory   *prometheus.CounterVec
	checks   *prometheus.CounterVec
	age      prometheus.Histogram
	failures *prometheus.CounterVec
	delivery *prometheus.HistogramVec
	live     prometheus.Gauge
	due      prometheus.Gauge
	dueAge   prometheus.Gauge
	inbox    prometheus.Gauge
	chats    prometheus.Gauge
}

// NewMetrics makes the collectors. Prices are yuan by "provider.kind" for a
// billed call; calls without a price cost nothing here.
func NewMetrics(build Build, prices map[string]float64, now func() time.Time) *Metrics {
	r := prometheus.NewRegistry()
	m := &Metrics{
		registry: r, prices: prices, now: now,
		calls: counters(r, "waybill_provider_calls_total", "Calls to the tracking APIs by outcome, and whether they were billed.",
			"provider", "kind", "outcome", "billed"),
		took:     histograms(r, "waybill_provider_call_seconds", "How long calls to the tracking APIs took.", "provider", "kind"),
		cost:     counters(r, "waybill_provider_cost_yuan_total", "What billed calls cost, by the prices of the settings.", "provider", "kind"),
		memory:   counters(r, "waybill_memory_failures_total", "Failures of the memory that replicas share, which cost calls, by what it keeps.", "kind"),
		checks:   counters(r, "waybill_checks_total", "Checks of parcels by how they ended.", "outcome"),
		failures: counters(r, "waybill_delivery_failures_total", "Messages with news that a platform did not accept, by door and reason.", "door", "reason"),
		delivery: histograms(r, "waybill_delivery_seconds", "From the time a chat was due until the platform accepted its news.", "door"),
		live:     gauge(r, "waybill_parcels_live", "Parcels that are still checked; counted again once a thousand times as long has passed as that took."),
		due:      gauge(r, "waybill_parcels_due", "Parcels that are due for a check now, up to 10000."),
		dueAge:   gauge(r, "waybill_due_age_seconds", "For how long the longest waiting parcel has been due."),
		inbox:    gauge(r, "waybill_inbox_depth", "Updates that are not answered yet, up to 10000."),
		chats:    gauge(r, "waybill_chats_due", "Chats with something to answer or to send now, up to 10000."),
	}
	m.age = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "waybill_check_age_seconds", Help: "When a check ended: the time since the parcel's provider answered last.", Buckets: hours(),
	})
	m.services = newServices(r)
	r.MustRegister(m.age, info(build), collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func counters(r prometheus.Registerer, name, help string, labels ...string) *prometheus.CounterVec {
	c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	r.MustRegister(c)
	return c
}

func histograms(r prometheus.Registerer, name, help string, labels ...string) *prometheus.HistogramVec {
	h := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: seconds()}, labels)
	r.MustRegister(h)
	return h
}

func gauge(r prometheus.Registerer, name, help string) prometheus.Gauge {
	g := prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: help})
	r.MustRegister(g)
	return g
}

// seconds spans five milliseconds to two hours.
func seconds() []float64 {
	return []float64{.005, .02, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200}
}

// hours spans the cadence: half an hour to a week, in seconds.
func hours() []float64 {
	return []float64{60, 600, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 259200, 604800}
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

// MemoryFailed counts a failure of the memory that replicas share.
func (m *Metrics) MemoryFailed(kind string) { m.memory.WithLabelValues(kind).Inc() }

// Checked counts a check that ended; age is the time since the parcel's provider
// answered last, zero for the first time.
func (m *Metrics) Checked(outcome string, age time.Duration) {
	m.checks.WithLabelValues(outcome).Inc()
	if age > 0 {
		m.age.Observe(age.Seconds())
	}
}

// sent is the outcome of news that the platform accepted.
const sent = "sent"

// Delivered counts a message with news that was sent, or was not; late is the
// time since its chat was due.
func (m *Metrics) Delivered(door, outcome string, late time.Duration) {
	if outcome != sent {
		m.failures.WithLabelValues(door, outcome).Inc()
		return
	}
	m.delivery.WithLabelValues(door).Observe(late.Seconds())
}

// Backlog notes how far the work is behind.
func (m *Metrics) Backlog(b models.Backlog) {
	m.live.Set(float64(b.Live))
	m.due.Set(float64(b.Due))
	m.inbox.Set(float64(b.Inbox))
	m.chats.Set(float64(b.Chats))
	m.dueAge.Set(0)
	if b.OldestDue != 0 {
		m.dueAge.Set(max(0, models.At(m.now()).Sub(b.OldestDue).Seconds()))
	}
}
