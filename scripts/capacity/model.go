package main

import (
	"encoding/json"
	"math"
	"sort"

	"waybill/models"
)

const (
	secondsOfDay = 86_400
	perMessage   = 16 // hints in one message of the queue
)

// cadence fills in how often a parcel is asked about.
func (c *costs) cadence(a asked) {
	c.callsPerDay = figure{a.perDay(), "calls", "a day for a live parcel: the cadence with its night over a typical journey of eight scans, polled, without pushes"}
	c.days = figure{a.lives.Hours() / 24 / 24, "days", "that such a parcel lives"} // 24 parcels
	c.peak = figure{a.peak(), "times", "the mean, in the busiest hour: nights are quiet"}
	c.newsPerCall = figure{float64(a.news) / float64(a.calls), "", "share of calls that bring news"}
	c.hintBytes = figure{hintBytes(), "bytes", "a hint in its message, with the headers' share"}
}

// hintBytes is the size of a hint of a large database, by what is sent.
func hintBytes() float64 {
	const headers = 150 // a message's subject, reply subject and sequence in the protocol and on the stream
	batch := make([]models.Hint, perMessage)
	for i := range batch {
		batch[i] = models.Hint{Parcel: 100_000_000, Version: 20}
	}
	body, err := json.Marshal(batch)
	if err != nil {
		return 0 // numbers are always encoded
	}
	return float64(len(body)+headers) / perMessage
}

// need is what so many live parcels need, at the busiest hour.
type need struct {
	parcels                          float64
	checks, newsChecks, messages     float64 // a second
	cores, replicas, memory          float64
	rows, liveRows, bytes            float64
	rowWrites, commits               float64 // a second
	tidb, tikv                       float64
	hints, queueMessages, queueBytes float64 // a second
	bots, yuan                       float64
}

// needs computes it.
func (c costs) needs(parcels float64) need {
	n := need{parcels: parcels}
	n.checks = parcels * c.callsPerDay.value / secondsOfDay * c.peak.value
	n.newsChecks = n.checks * c.newsPerCall.value
	n.messages = c.messages(parcels)
	n.cores = c.coresFor(n.checks, n.newsChecks)
	n.replicas = math.Max(math.Ceil(n.cores/(c.coresPerReplica.value*c.load.value)), math.Ceil(n.checks*c.latency.value/(c.callsAtOnce.value*c.load.value)))
	n.replicas = math.Max(n.replicas, 3) // so that one may end
	n.memory = n.replicas * c.replicaMemory.value

	finished := parcels / c.days.value * c.keepDays.value
	calls := parcels * c.callsPerDay.value * c.callDays.value
	n.liveRows = parcels * c.rowsOfParcel()
	n.rows = (parcels+finished)*c.rowsOfParcel() + calls
	n.bytes = (parcels+finished)*c.parcelBytes.value + calls*c.callBytes.value
	n.rowWrites = n.checks*c.rowsPerCheck.value + n.newsChecks*c.rowsOfNews()
	n.commits = n.checks * c.commitsPerCheck.value
	n.tidb = math.Max(2, math.Ceil(n.rowWrites/c.tidbRows.value))
	n.tikv = math.Max(3, math.Max(math.Ceil(n.rowWrites/c.tikvRows.value), math.Ceil(n.bytes*c.copies.value/c.tikvBytes.value)))

	n.hints = n.checks
	n.queueMessages = n.hints/perMessage + n.newsChecks // wake-ups
	n.queueBytes = n.hints * c.hintBytes.value
	n.bots = math.Ceil(n.messages / c.telegram.value)
	n.yuan = parcels * c.callsPerDay.value * c.price.value
	return n
}

// messages are those that go out a second at the busiest hour: news for every
// follower, and answers.
func (c costs) messages(parcels float64) float64 {
	aDay := c.callsPerDay.value*c.newsPerCall.value*c.followers.value + c.repliesPerParcel.value/c.days.value
	return parcels * aDay / secondsOfDay * c.peak.value
}

// coresFor are the processors that checks take outside of the database. A check
// with news takes as much more as the measured rates say.
func (c costs) coresFor(checks, news float64) float64 {
	plain := c.checkCPU.value / 1e6
	return (checks-news)*plain + news*plain*c.checkRate.value/c.newsRate.value
}

// rowsOfParcel are a parcel's rows: itself, its scans, its follows, when it was asked.
func (c costs) rowsOfParcel() float64 {
	return 1 + float64(len(typicalJourney())) + c.followers.value + 1
}

// rowsOfNews are what a check with news writes besides: the scan, the follows'
// marks twice (pending, delivered), the chat's claim and its release, the delivery.
func (c costs) rowsOfNews() float64 { return 1 + 5*c.followers.value }

// bound is a limit: up to how many live parcels it lasts, and what to change then.
type bound struct {
	what    string
	parcels float64
	change  string
}

// bounds are all limits, the one that is met first before the others.
func (c costs) bounds() []bound {
	checks := c.callsPerDay.value / secondsOfDay * c.peak.value // a second per parcel
	one := c.needs(1e6)
	all := []bound{
		{
			"the default rates of all four APIs together (`WAYBILL_RATE`)", c.rate.value / checks,
			"agree on higher rates with the vendors; subscribe to pushes (Kuaidi100 20 orders a second, Kuaibao), which leaves two polls a day",
		},
		{"Muzhi alone at its default rate of 20 calls a second", 20 / checks, "raise `WAYBILL_RATE` to what the gateway allows the bought package, or add an API"},
		{
			"one Telegram bot: 30 messages a second", 1e6 * c.telegram.value / one.messages,
			"several bots, each a token and a door of its own (one process has one Telegram door today, so: one installation per bot on one account of the APIs, or a list of tokens in `WAYBILL_TELEGRAM_TOKEN`); summaries once a day (`/news daily`) as the default; Telegram's paid broadcasts up to 1,000 a second",
		},
		{"one process on SQLite, as measured", c.sqliteRate.value / checks, "MySQL or MariaDB, then more replicas"},
		{"one MariaDB with everything on its machine, as measured", c.checkRate.value / checks, "the database on a machine of its own with more cores; then TiDB (a DSN change)"},
		{"one disk of 2 TB for the database", 1e6 * 2e12 / one.bytes, "a shorter `WAYBILL_KEEP`: finished parcels are most of it; TiDB spreads it"},
		{
			"one taker: the lease holder selects what is due for all", 1e9 / c.takeTime.value / checks,
			"a lease per part of the parcels (`cron/0` … by the number's hash), each with its own taker; the index by due time gets the part in front",
		},
		{"a NATS cluster of three with one stream", c.hintRate.value / checks, "more hints in a message, a stream per part of the parcels, or every process takes its own part straight from the database"},
		{
			"8 TiDB nodes, beyond which each further eight cost 5 %", 8 * c.tidbRows.value / (one.rowWrites / 1e6),
			"fewer writes per check: the ledger's two writes in one, the next due time of a check without news in memory of its replica; several clusters by region",
		},
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].parcels < all[j].parcels })
	return all
}
