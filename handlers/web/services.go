package web

import (
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"waybill/models"
)

// services are the metrics of what the bot depends on, and of messages in and out.
type services struct {
	received     *prometheus.CounterVec
	sent         *prometheus.CounterVec
	providerUp   *prometheus.GaugeVec
	budgetLimit  *prometheus.GaugeVec
	budgetUsed   *prometheus.GaugeVec
	doorUp       *prometheus.GaugeVec
	databaseUp   prometheus.Gauge
	databaseTook prometheus.Histogram
	queueUp      prometheus.Gauge
	exhausted    *prometheus.GaugeVec
	incidents    *prometheus.GaugeVec
}

func newServices(r prometheus.Registerer) services {
	s := services{
		received:    counters(r, "waybill_messages_received_total", "Updates that were taken in and stored, each once.", "door"),
		sent:        counters(r, "waybill_messages_sent_total", "Messages that a platform accepted: replies, news, alerts.", "door", "kind"),
		providerUp:  gauges(r, "waybill_provider_up", "1 while a tracking API is asked; 0 while it is left alone, or an incident about it goes on.", "provider"),
		budgetLimit: gauges(r, "waybill_budget_limit", "Billed calls that today's budget allows.", "provider"),
		budgetUsed:  gauges(r, "waybill_budget_used", "Billed calls of today's budget that are used, over all replicas.", "provider"),
		doorUp:      gauges(r, "waybill_door_up", "1 while a door is up in this process.", "door"),
		databaseUp:  gauge(r, "waybill_database_up", "1 while the database answers within two seconds."),
		queueUp:     gauge(r, "waybill_queue_up", "1 while the work queue answers; 0 while this process works straight from the database."),
		exhausted:   gauges(r, "waybill_credit_exhausted_chats", "Chats with something pending that nothing may be sent to before they write; 10000 at most.", "door"),
		incidents:   gauges(r, "waybill_incident_active", "1 while an incident goes on that operators were told of.", "incident"),
	}
	s.databaseTook = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "waybill_database_seconds", Help: "How long the database takes for a read and a write that change nothing.", Buckets: quick(),
	})
	r.MustRegister(s.databaseTook)
	for _, name := range models.IncidentNames() {
		s.incidents.WithLabelValues(string(name)).Set(0)
	}
	return s
}

func gauges(r prometheus.Registerer, name, help string, labels ...string) *prometheus.GaugeVec {
	g := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
	r.MustRegister(g)
	return g
}

// quick spans half a millisecond to two seconds.
func quick() []float64 { return []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2} }

// Kinds of messages that are sent.
const (
	SentReply = "reply"
	SentNews  = "news"
	SentAlert = "alert"
)

// Expect has the counters of every configured provider and door, and those of
// checks, begin at zero, so that the first failure is a rise. metered are the doors whose messages are counted.
func (m *Metrics) Expect(providers, doors, metered []string) {
	for _, p := range providers {
		m.services.providerUp.WithLabelValues(p).Set(1)
		for _, outcome := range models.Outcomes() {
			billed := outcome == models.OutcomeTrace || outcome == models.OutcomeNoRecord
			m.calls.WithLabelValues(p, string(models.CallQuery), string(outcome), strconv.FormatBool(billed))
		}
		m.took.WithLabelValues(p, string(models.CallQuery))
		m.cost.WithLabelValues(p, string(models.CallQuery))
	}
	for _, d := range doors {
		m.services.received.WithLabelValues(d)
		for _, kind := range []string{SentReply, SentNews, SentAlert} {
			m.services.sent.WithLabelValues(d, kind)
		}
		for _, reason := range []string{"refused", "gone", "moved", "credit", "wait", "defect", "failed"} {
			m.failures.WithLabelValues(d, reason)
		}
		m.delivery.WithLabelValues(d)
	}
	for _, outcome := range []string{"news", "same", "no_record", "tail", "failed", "unasked", "stale"} {
		m.checks.WithLabelValues(outcome)
	}
	for _, kind := range []string{"cooldown", "probe", "first", "phone", "second"} { // those of every provider
		m.memory.WithLabelValues(kind)
	}
	for _, d := range metered {
		m.services.exhausted.WithLabelValues(d)
	}
}

// Received counts updates that were stored for the first time.
func (m *Metrics) Received(door string, updates int) {
	m.services.received.WithLabelValues(door).Add(float64(updates))
}

// Sent counts a message that a platform accepted; kind is one of the Sent… constants.
func (m *Metrics) Sent(door, kind string) { m.services.sent.WithLabelValues(door, kind).Inc() }

// ProviderUp notes whether a provider can be asked.
func (m *Metrics) ProviderUp(provider string, up bool) {
	m.services.providerUp.WithLabelValues(provider).Set(zeroOrOne(up))
}

// Budget notes today's budget of a provider.
func (m *Metrics) Budget(provider string, limit, used int64) {
	m.services.budgetLimit.WithLabelValues(provider).Set(float64(limit))
	m.services.budgetUsed.WithLabelValues(provider).Set(float64(used))
}

// DoorUp notes whether a door is up in this process.
func (m *Metrics) DoorUp(door string, up bool) {
	m.services.doorUp.WithLabelValues(door).Set(zeroOrOne(up))
}

// Database notes whether the database answered, and how long that took.
func (m *Metrics) Database(up bool, took time.Duration) {
	m.services.databaseUp.Set(zeroOrOne(up))
	m.services.databaseTook.Observe(took.Seconds())
}

// QueueUp notes whether the queue is reached.
func (m *Metrics) QueueUp(up bool) { m.services.queueUp.Set(zeroOrOne(up)) }

// Exhausted notes how many chats of a door wait for their customers to write.
func (m *Metrics) Exhausted(door string, chats int64) {
	m.services.exhausted.WithLabelValues(door).Set(float64(chats))
}

// Incidents notes which incidents go on.
func (m *Metrics) Incidents(active []models.IncidentName) {
	for _, name := range models.IncidentNames() {
		m.services.incidents.WithLabelValues(string(name)).Set(zeroOrOne(slices.Contains(active, name)))
	}
}

func zeroOrOne(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
