package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// figure is a number that the model starts from, and why it is that.
type figure struct {
	value float64
	unit  string
	why   string
}

// costs are all figures of the model. What was measured comes out of
// docs/bench.json, how often a parcel is asked about out of the cadence; the rest
// are assumptions, each with its reason.
type costs struct {
	// measured
	cores, checkRate, newsRate, checkCPU figure
	rowsPerCheck, commitsPerCheck        figure
	takeTime, parcelBytes, replicaMemory figure
	sqliteRate                           figure
	// of the cadence
	callsPerDay, days, peak, newsPerCall figure
	// assumed
	followers, repliesPerParcel, callBytes, callDays, keepDays figure
	latency, callsAtOnce, coresPerReplica, load                figure
	rate, telegram, price                                      figure
	tidbRows, tikvRows, tikvBytes, copies, hintBytes, hintRate figure
}

// assumptions are what nobody has measured here.
func assumptions() costs {
	return costs{
		followers:        figure{1.2, "", "follows per parcel: most have one, a parcel of a family or a shop has more"},
		repliesPerParcel: figure{2, "messages", "answers to people per parcel: the first one, and one question in its life"},
		callBytes:        figure{200, "bytes", "a call in the ledger with its two index entries: 80 bytes of columns, doubled and rounded up for pages that are not full"},
		callDays:         figure{7, "days", "for which calls stand one by one before they are folded (design)"},
		keepDays:         figure{90, "days", "for which finished parcels stay (`WAYBILL_KEEP`)"},
		latency:          figure{0.3, "s", "an API's answer over the internet; the emulated ones take 50 ms or nothing"},
		callsAtOnce:      figure{256, "calls", "that a process makes at once"},
		coresPerReplica:  figure{4, "cores", "of a replica's machine: a usual size"},
		load:             figure{0.6, "", "how much of a processor is used at the busiest hour, so that one replica's end is borne by the others"},
		rate:             figure{41, "calls/s", "the defaults of `WAYBILL_RATE` together: Muzhi 20, Juhe 10, Kuaibao 10, Kuaidi100 1"},
		telegram:         figure{30, "messages/s", "a bot may send (Telegram's bots FAQ); a hard wall"},
		price:            figure{0.0038, "yuan", "a billed call, as in the example of `WAYBILL_PRICES`: set what your vendor takes"},
		tidbRows:         figure{9000, "writes/s", "a TiDB node of 8 vCPU in a write workload at P99 300 ms (PingCAP, Determine Your TiDB Size)"},
		tikvRows:         figure{6400, "writes/s", "a TiKV node of 4 vCPU: 19,266 statements a second on three, write only, P95 103 ms (PingCAP, TiDB Cloud Performance Reference)"},
		tikvBytes:        figure{4e12, "bytes", "a TiKV node's disk at most on PCIe SSDs (PingCAP, hardware requirements)"},
		copies:           figure{3, "", "of every row in TiKV and of every message in a NATS cluster of three"},
		hintRate:         figure{46_000, "hints/s", "a third of what one NATS server on 2 cores carried (138,000, decision 25), for three copies"},
	}
}

// bench is docs/bench.json as far as it is needed.
type bench struct {
	Machine struct {
		Cores float64 `json:"cores"`
		Load  string  `json:"load"`
	} `json:"machine"`
	Rows []struct {
		What     string             `json:"what"`
		Database string             `json:"database"`
		Value    float64            `json:"measured"`
		Metrics  map[string]float64 `json:"metrics"`
		Failed   string             `json:"failed"`
	} `json:"rows"`
}

// readBench reads docs/bench.json.
func readBench(path string) (bench, error) {
	var b bench
	body, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return b, fmt.Errorf("%w: make bench writes it", err)
	}
	if err != nil {
		return b, err
	}
	if err := json.Unmarshal(body, &b); err != nil {
		return b, fmt.Errorf("read %s: %w", path, err)
	}
	return b, nil
}

// metric is what a row's benchmark reports under a name; the row's own number under "".
func (b bench) metric(what, database, name string) (float64, error) {
	for _, r := range b.Rows {
		if r.What != what || r.Database != database {
			continue
		}
		if r.Failed != "" {
			return 0, fmt.Errorf("%s on %s was not measured: %s", what, database, r.Failed)
		}
		if name == "" {
			return r.Value, nil
		}
		if value, ok := r.Metrics[name]; ok {
			return value, nil
		}
	}
	return 0, fmt.Errorf("docs/bench.json has no %s of %q on %s; make bench measures it", name, what, database)
}

// measure fills in what was measured.
func (c *costs) measure(b bench) error {
	const noNews, size = "parcels checked a second, no news", "a parcel with eight scans and a follower in the database"
	c.cores = figure{b.Machine.Cores, "cores", "of the machine on which everything ran together"}
	var errs []error
	for _, m := range []struct {
		into                           *figure
		what, database, name, unit, of string
	}{
		{&c.checkRate, noNews, "MariaDB", "", "/s", "checks without news, bot, MariaDB and the API on one machine"},
		{&c.sqliteRate, noNews, "SQLite", "", "/s", "checks without news on SQLite, everything in one process"},
		{&c.checkCPU, noNews, "MariaDB", "cpu-us/parcel", "µs", "processor time of a check outside of the database, the emulated API included"},
		{&c.rowsPerCheck, noNews, "MariaDB", "rows/parcel", "rows", "that a check without news inserts, changes and deletes"},
		{&c.commitsPerCheck, noNews, "MariaDB", "commits/parcel", "commits", "storage engine's commits per check, reads included; many checks share one"},
		{&c.newsRate, "parcels checked a second, 3 new events, 2 followers told", "MariaDB", "", "/s", "checks with news and two messages"},
		{&c.takeTime, "due-selection, claim, gauge, sweeps, 1 M live against 10 k", "SQLite", "take-ns/row", "ns", "for taking a due parcel out of a million"},
		{&c.parcelBytes, size, "MariaDB", "", "bytes", "of a parcel with eight scans, a follow, a chat and a call, indexes included"},
		{&c.replicaMemory, "memory of bot serve, 1 M live parcels, busy", "SQLite", "", "MiB", "that a process takes; it does not grow with the parcels"},
	} {
		value, err := b.metric(m.what, m.database, m.name)
		errs = append(errs, err)
		*m.into = figure{value, m.unit, m.of}
	}
	return errors.Join(errs...)
}
