package main

import "waybill/test/db"

// row is one number to reach: a metric of a benchmark.
type row struct {
	what   string
	on     string // kind of database; "" for none
	target target
	pkg    string
	bench  string // as go test -bench wants it
	metric string
	n      string // -benchtime
	// beside are metrics of the same benchmark that the model of docs/capacity.md needs.
	beside []string
}

// rows are the numbers of the design, in its order. A row is one line here. How often each
// benchmark runs is what a figure needs that stays within a few percent on a quiet machine:
// some seconds of what is measured, and for a 99th percentile some hundred times (an idle
// delivery takes a second, so that there are thirty, and its percentile is the highest).
func rows() []row {
	const bot = "cmd/bot"
	return []row{
		{"parcels checked a second, no news", db.SQLite, atLeast(6000, "/s"), "scheduler", "Check/sqlite", "parcels/s", "20000x", nil},
		{
			"parcels checked a second, no news", db.MariaDB, atLeast(5000, "/s"), "scheduler", "Check/mariadb", "parcels/s", "20000x",
			[]string{"cpu-us/parcel", "rows/parcel", "commits/parcel"},
		},
		{"the same with a provider of 50 ms, share of a bare loop", db.SQLite, atLeast(85, "%"), bot, "SlowProvider/sqlite", "%of-bare", "12000x", nil},
		{"the same with a provider of 50 ms, share of a bare loop", db.MariaDB, atLeast(85, "%"), bot, "SlowProvider/mariadb", "%of-bare", "12000x", nil},
		{"parcels checked a second, 3 new events, 2 followers told", db.SQLite, atLeast(1500, "/s"), bot, "News/sqlite", "parcels/s", "6000x", nil},
		{"parcels checked a second, 3 new events, 2 followers told", db.MariaDB, atLeast(1500, "/s"), bot, "News/mariadb", "parcels/s", "6000x", nil},
		{"changed answer read to send call, idle, p99", db.SQLite, atMost(20, "ms"), bot, "Delivered/sqlite", "p99-ms", "30x", nil},
		{"changed answer read to send call, idle, p99", db.MariaDB, atMost(20, "ms"), bot, "Delivered/mariadb", "p99-ms", "30x", nil},
		{"chat message to reply, p99", db.SQLite, atMost(10, "ms"), bot, "Reply$/sqlite", "p99-ms", "1000x", nil},
		{"chat message to reply, p99", db.MariaDB, atMost(10, "ms"), bot, "Reply$/mariadb", "p99-ms", "1000x", nil},
		{"the same while 1,000 parcels a second are checked, p99", db.SQLite, atMost(50, "ms"), bot, "ReplyBusy/sqlite", "p99-ms", "500x", nil},
		{"the same while 1,000 parcels a second are checked, p99", db.MariaDB, atMost(50, "ms"), bot, "ReplyBusy/mariadb", "p99-ms", "500x", nil},
		{"a message, list or details in a chat with 5,000 parcels before, against a fresh one", db.SQLite, atMost(1.2, "times"), bot, "History", "x", "100x", nil},
		{
			"due-selection, claim, gauge, sweeps, 1 M live against 10 k", db.SQLite, atMost(1.3, "times"), "models/store", "Growth", "x", "1x",
			[]string{"take-ns/row", "take-x", "claim-x", "backlog-x", "order-x", "retire-x", "sweep-nothing-x"},
		},
		{"memory of bot serve, 1 M live parcels, busy", db.SQLite, atMost(128, "MiB"), bot, "Memory", "MiB", "50000x", nil},
		{"chat lines of 60 characters, bot recognise, one core", "", atLeast(300_000, "/s"), bot, "Recognise", "lines/cpu-s", "5x", nil},
		{"start to ready", db.SQLite, atMost(150, "ms"), bot, "Start", "ms/start", "10x", nil},
		{"a journey picture, with a map", "", atMost(30, "ms"), "handlers/picture", "Journey/coordinates$", "ms/picture", "100x", nil},
		{"the same, its size", "", atMost(100, "kB"), "handlers/picture", "Journey/coordinates$", "kB", "100x", nil},
		{"three processes against one, provider of 50 ms, 8 calls each", db.MariaDB, atLeast(2.5, "times"), bot, "Replicas/mariadb", "times", "800x", nil},
		{"paid calls against polling each hour, at its delay", "", atMost(50, "%"), "scripts/costs", "Calls", "%of-hourly", "1x", nil},
		{"a parcel with eight scans and a follower in the database", db.SQLite, noTarget("bytes"), bot, "Size/sqlite", "bytes/parcel", "5000x", nil},
		{"a parcel with eight scans and a follower in the database", db.MariaDB, noTarget("bytes"), bot, "Size/mariadb", "bytes/parcel", "5000x", nil},
	}
}
