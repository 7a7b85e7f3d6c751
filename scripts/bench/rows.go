package main

import "waybill/test/db"

// row is one number to reach: a metric of a benchmark, or how many times the
// metric of another it is.
type row struct {
	what   string
	on     string // kind of database; "" for none
	target target
	pkg    string
	bench  string // as go test -bench wants it
	metric string
	n      string // -benchtime
	per    string // with it: the benchmark of the same package whose metric this one's is divided by
}

// rows are the numbers of the design, in its order. A row is one line here.
func rows() []row {
	const bot = "cmd/bot"
	return []row{
		{"parcels checked a second, no news", db.SQLite, atLeast(6000, "/s"), "scheduler", "Check/sqlite", "parcels/s", "20000x", ""},
		{"parcels checked a second, no news", db.MariaDB, atLeast(5000, "/s"), "scheduler", "Check/mariadb", "parcels/s", "20000x", ""},
		{"the same with a provider of 50 ms, share of a bare loop", db.SQLite, atLeast(85, "%"), bot, "SlowProvider/sqlite", "%of-bare", "20000x", ""},
		{"the same with a provider of 50 ms, share of a bare loop", db.MariaDB, atLeast(85, "%"), bot, "SlowProvider/mariadb", "%of-bare", "20000x", ""},
		{"parcels checked a second, 3 new events, 2 followers told", db.SQLite, atLeast(1500, "/s"), bot, "News/sqlite", "parcels/s", "10000x", ""},
		{"parcels checked a second, 3 new events, 2 followers told", db.MariaDB, atLeast(1500, "/s"), bot, "News/mariadb", "parcels/s", "10000x", ""},
		{"changed answer read to send call, idle, p99", db.SQLite, atMost(20, "ms"), bot, "Delivered/sqlite", "p99-ms", "30x", ""},
		{"changed answer read to send call, idle, p99", db.MariaDB, atMost(20, "ms"), bot, "Delivered/mariadb", "p99-ms", "30x", ""},
		{"chat message to reply, p99", db.SQLite, atMost(10, "ms"), bot, "Reply$/sqlite", "p99-ms", "1000x", ""},
		{"chat message to reply, p99", db.MariaDB, atMost(10, "ms"), bot, "Reply$/mariadb", "p99-ms", "1000x", ""},
		{"the same while 1,000 parcels a second are checked, p99", db.SQLite, atMost(50, "ms"), bot, "ReplyBusy/sqlite", "p99-ms", "300x", ""},
		{"the same while 1,000 parcels a second are checked, p99", db.MariaDB, atMost(50, "ms"), bot, "ReplyBusy/mariadb", "p99-ms", "300x", ""},
		{"a message, list or details in a chat with 5,000 parcels before, against a fresh one", db.SQLite, atMost(1.2, "times"), bot, "History", "x", "100x", ""},
		{"due-selection, 1 M live parcels against 10 k", db.SQLite, atMost(1.3, "times"), "models/store", "Take/1000000$", "ns/parcel", "50000x", "Take/10000$"},
		{"taking due parcels, each, 1 M live parcels against 10 k", db.SQLite, atMost(1.3, "times"), "models/store", "Growth", "take-x", "1x", ""},
		{"claim of a chat, likewise", db.SQLite, atMost(1.3, "times"), "models/store", "Growth", "claim-x", "1x", ""},
		{"backlog gauge, likewise", db.SQLite, atMost(1.3, "times"), "models/store", "Growth", "backlog-x", "1x", ""},
		{"subscription sweep, likewise", db.SQLite, atMost(1.3, "times"), "models/store", "Growth", "retire-x", "1x", ""},
		{"sweep that finds nothing, likewise", db.SQLite, atMost(1.3, "times"), "models/store", "Growth", "sweep-nothing-x", "1x", ""},
		{"memory of bot serve, 1 M live parcels, busy", db.SQLite, atMost(128, "MiB"), bot, "Memory", "MiB", "60000x", ""},
		{"chat lines of 60 characters, bot recognise, one core", "", atLeast(300_000, "/s"), bot, "Recognise", "lines/cpu-s", "5x", ""},
		{"start to ready", db.SQLite, atMost(150, "ms"), bot, "Start", "ms/start", "10x", ""},
		{"a journey picture, with a map", "", atMost(30, "ms"), "handlers/picture", "Journey/coordinates$", "ms/picture", "100x", ""},
		{"the same, its size", "", atMost(100, "kB"), "handlers/picture", "Journey/coordinates$", "kB", "100x", ""},
		{"three processes against one, provider of 50 ms, 8 calls each", db.MariaDB, atLeast(2.5, "times"), bot, "Replicas/mariadb", "times", "1000x", ""},
		{"paid calls against polling each hour, at its delay", "", atMost(50, "%"), "scripts/costs", "Calls", "%of-hourly", "1x", ""},
		{"a parcel with eight scans and a follower in the database", db.SQLite, noTarget("bytes"), bot, "Size/sqlite", "bytes/parcel", "10000x", ""},
		{"a parcel with eight scans and a follower in the database", db.MariaDB, noTarget("bytes"), bot, "Size/mariadb", "bytes/parcel", "10000x", ""},
	}
}
