package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// document is docs/capacity.md.
func document(c costs, sizes []float64, load string) string {
	var b strings.Builder
	b.WriteString(`# What many parcels need

` + "`make capacity`" + ` computes this from what ` + "`make bench`" + ` measured ([bench.md](bench.md), [bench.json](bench.json)), from the cadence, and from the assumptions below. It is a model: it multiplies what one machine did. Nobody has run ten million parcels. What is measured, what is computed and what is assumed is said for each figure; change a figure with a flag (` + "`go run ./scripts/capacity -help`" + `) and see what becomes of it.

`)
	c.needsTable(&b, sizes)
	c.boundsTable(&b)
	c.figuresTables(&b, load)
	b.WriteString(notInTheModel)
	return b.String()
}

func (c costs) needsTable(b *strings.Builder, sizes []float64) {
	b.WriteString("## At the busiest hour of the day\n\n| live parcels |")
	var all []need
	for _, size := range sizes {
		all = append(all, c.needs(size))
		fmt.Fprintf(b, " %s |", short(size))
	}
	b.WriteString("\n|---|" + strings.Repeat("--:|", len(sizes)) + "\n")
	for _, line := range []struct {
		what string
		of   func(need) string
	}{
		{"checks a second", func(n need) string { return short(n.checks) }},
		{"of which bring news", func(n need) string { return short(n.newsChecks) }},
		{"provider calls a second, against the default rates (41)", func(n need) string { return short(n.checks/c.rate.value) + " times" }},
		{"messages to people a second", func(n need) string { return short(n.messages) }},
		{"Telegram bots, if all are on Telegram", func(n need) string { return short(n.bots) }},
		{"cores for the bot", func(n need) string { return short(n.cores) }},
		{"replicas of 4 cores", func(n need) string { return short(n.replicas) }},
		{"their memory", func(n need) string { return gigabytes(n.memory * (1 << 20)) }},
		{"rows of live parcels", func(n need) string { return short(n.liveRows) }},
		{"all rows", func(n need) string { return short(n.rows) }},
		{"database, one copy", func(n need) string { return gigabytes(n.bytes) }},
		{"rows written a second", func(n need) string { return short(n.rowWrites) }},
		{"commits a second", func(n need) string { return short(n.commits) }},
		{"TiDB nodes of 8 vCPU", func(n need) string { return short(n.tidb) }},
		{"TiKV nodes", func(n need) string { return short(n.tikv) }},
		{"NATS messages a second", func(n need) string { return short(n.queueMessages) }},
		{"NATS traffic in, before its three copies", func(n need) string { return strconv.FormatFloat(n.queueBytes/1e6, 'f', 2, 64) + " MB/s" }},
		{"paid calls a day", func(n need) string { return short(n.parcels * c.callsPerDay.value) }},
		{"at " + strconv.FormatFloat(c.price.value, 'f', -1, 64) + " yuan a call, a day", func(n need) string { return "¥" + short(n.yuan) }},
	} {
		fmt.Fprintf(b, "| %s |", line.what)
		for _, n := range all {
			fmt.Fprintf(b, " %s |", line.of(n))
		}
		b.WriteString("\n")
	}
}

func (c costs) boundsTable(b *strings.Builder) {
	b.WriteString("\n## What breaks first\n\nIn this order, each by itself:\n\n| limit | live parcels | what would be changed then |\n|---|--:|---|\n")
	for _, l := range c.bounds() {
		fmt.Fprintf(b, "| %s | %s | %s |\n", l.what, short(l.parcels), l.change)
	}
	fmt.Fprintf(b, "\nReplicas are no limit: processors and calls at once grow with their number. The wall is outside: what APIs and Telegram allow is met at less than what one machine checks. And before any of them it is the bill: a parcel costs ¥%.2f in its life of %.1f days.\n",
		c.callsPerDay.value*c.days.value*c.price.value, c.days.value)
}

func (c costs) figuresTables(b *strings.Builder, load string) {
	b.WriteString("\n## What it starts from\n\nMeasured by `make bench`, " + loadSaid(load) + ":\n\n")
	figures(b, c.cores, c.sqliteRate, c.checkRate, c.newsRate, c.checkCPU, c.rowsPerCheck, c.commitsPerCheck, c.takeTime, c.parcelBytes, c.replicaMemory)
	b.WriteString("\nComputed by the program's own code:\n\n")
	figures(b, c.callsPerDay, c.days, c.newsPerCall, c.peak, c.hintBytes)
	b.WriteString("\nAssumed:\n\n")
	figures(b, c.followers, c.repliesPerParcel, c.callBytes, c.callDays, c.keepDays, c.latency, c.callsAtOnce, c.coresPerReplica, c.load,
		c.rate, c.telegram, c.price, c.tidbRows, c.tikvRows, c.tikvBytes, c.copies, c.hintRate)
}

// loadSaid says whether the machine was quiet when it was measured.
func loadSaid(load string) string {
	value, err := strconv.ParseFloat(load, 64)
	switch {
	case err != nil:
		return "on a machine whose load is unknown"
	case value >= 0.5:
		return "while others used the machine (load " + load + "): it can do better"
	}
	return "on a quiet machine"
}

func figures(b *strings.Builder, all ...figure) {
	b.WriteString("| | |\n|--:|---|\n")
	for _, f := range all {
		fmt.Fprintf(b, "| %s | %s |\n", strings.TrimSpace(short(f.value)+" "+f.unit), f.why)
	}
}

// short is a number with the digits that a model has: three at most.
func short(value float64) string {
	switch {
	case value >= 999.5e9:
		return threeDigits(value/1e12) + " T"
	case value >= 999.5e6:
		return threeDigits(value/1e9) + " G"
	case value >= 999.5e3:
		return threeDigits(value/1e6) + " M"
	case value >= 10_000:
		return threeDigits(value/1e3) + " k"
	}
	return threeDigits(value)
}

func threeDigits(value float64) string {
	if value == math.Round(value) || value >= 100 {
		return strconv.FormatFloat(value, 'f', 0, 64)
	}
	digits := 2 - int(math.Floor(math.Log10(math.Abs(value))))
	return strings.TrimRight(strings.TrimRight(strconv.FormatFloat(value, 'f', min(digits, 6), 64), "0"), ".")
}

func gigabytes(bytes float64) string {
	if bytes >= 1e12 {
		return threeDigits(bytes/1e12) + " TB"
	}
	return threeDigits(bytes/1e9) + " GB"
}

const notInTheModel = `
## What is not in it

- Pushes. A parcel with a living subscription is polled twice a day: calls, checks and commits fall to a fifth, and each push is a check with news instead.
- The time between machines. Everything was measured on one; a round trip to the database adds its milliseconds to each check and nothing to its processor time.
- TiDB's own processor time, which was measured nowhere: its nodes follow PingCAP's published figures for sysbench, where a write is one statement. Here several rows are written in one, so there may be fewer nodes; hot ranges (parcels by due time, the ledger by id) may need more.
- Storms: after an outage everything is due at once. The rates towards the APIs spread it.
`
