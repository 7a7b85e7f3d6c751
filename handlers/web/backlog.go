package web

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"waybill/models"
)

// backlog asks the database how far the work is behind, at each scrape. When
// it does not answer the gauges are absent and waybill_backlog_up is 0.
type backlog struct {
	behind Behind
	now    func() time.Time
	up     *prometheus.Desc
	live   *prometheus.Desc
	due    *prometheus.Desc
	oldest *prometheus.Desc
	inbox  *prometheus.Desc
	owed   *prometheus.Desc
}

func newBacklog(b Behind, now func() time.Time) *backlog {
	gauge := func(name, help string) *prometheus.Desc { return prometheus.NewDesc(name, help, nil, nil) }
	return &backlog{
		behind: b,
		now:    now,
		up:     gauge("waybill_backlog_up", "1 when the database said how far the work is behind."),
		live:   gauge("waybill_parcels_live", "Parcels that are followed up."),
		due:    gauge("waybill_parcels_due", "Parcels that are due for a check now."),
		oldest: gauge("waybill_due_age_seconds", "For how long the parcel that has waited longest has been due."),
		inbox:  gauge("waybill_inbox_depth", "Updates that are not answered yet."),
		owed:   gauge("waybill_chats_owed", "Chats that are owed news now."),
	}
}

// Describe sends every gauge's description.
func (b *backlog) Describe(to chan<- *prometheus.Desc) { prometheus.DescribeByCollect(b, to) }

// Collect asks the database, for two seconds at most.
func (b *backlog) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	now := models.At(b.now())
	state, err := b.behind.Backlog(ctx, now)
	if err != nil {
		b.set(to, b.up, 0)
		return
	}
	b.set(to, b.up, 1)
	b.set(to, b.live, float64(state.Live))
	b.set(to, b.due, float64(state.Due))
	b.set(to, b.oldest, age(state.OldestDue, now).Seconds())
	b.set(to, b.inbox, float64(state.Inbox))
	b.set(to, b.owed, float64(state.Owed))
}

func (b *backlog) set(to chan<- prometheus.Metric, d *prometheus.Desc, v float64) {
	to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v)
}

func age(since, now models.Moment) time.Duration {
	if since == 0 {
		return 0
	}
	return max(0, now.Sub(since))
}
