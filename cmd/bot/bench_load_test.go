package main

import (
	"context"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"waybill/handlers"
	"waybill/models"
	"waybill/models/store/storetest"
	"waybill/tracking"
	"waybill/tracking/recognise"
)

// usage is a moment, and the processor time that this process had used by then.
type usage struct {
	at  time.Time
	cpu time.Duration
}

func usageNow(b *testing.B) usage {
	b.Helper()
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return usage{at: time.Now(), cpu: time.Duration(r.Utime.Nano() + r.Stime.Nano())}
}

// rate is how many a second n since then are.
func (u usage) rate(n int) float64 { return float64(n) / time.Since(u.at).Seconds() }

// report reports how many parcels a second n since then are, and the processor time
// that each took: this process's, with the emulated API, without a database server.
func (u usage) report(b *testing.B, n int) {
	b.Helper()
	b.ReportMetric(u.rate(n), "parcels/s")
	b.ReportMetric(float64((usageNow(b).cpu-u.cpu).Microseconds())/float64(n), "cpu-us/parcel")
}

const perTable = 500 // parcels

// followTables makes parcels from one number on that a chat follows as it follows a
// table's: nobody is told their first state.
func followTables(b *testing.B, h *app, from, parcels int) {
	b.Helper()
	now := models.At(h.now())
	for part := from; part < from+parcels; part += perTable {
		chat, err := h.store.Chat(b.Context(), models.Address{Door: "bench", Conversation: "table" + strconv.Itoa(part)}, false, now)
		if err != nil {
			b.Fatal(err)
		}
		table := models.Batch{ChatID: chat.ID, Started: now}
		for i := part; i < min(part+perTable, from+parcels); i++ {
			table.Items = append(table.Items, models.Item{Number: waybill(i), Carrier: "yto"})
		}
		if _, err := h.store.FollowBatch(b.Context(), table, now); err != nil {
			b.Fatal(err)
		}
	}
}

const (
	callTakes = 50 * time.Millisecond // of the slow provider
	starting  = 1024                  // checks before the count begins: all slots are in use by then
	whenDue   = 3 * time.Hour         // what is on its way is due again by then
)

// slowParcels runs the program with so many parcels, of all of which the state is
// known and which are due again, and a provider that takes its time from now on.
func slowParcels(b *testing.B, o benchApp, parcels int) *app {
	b.Helper()
	first := o
	first.calls = 0
	o.api.slow.Store(0)
	_, stop := first.start(b, func(h *app) { followTables(b, h, 0, parcels) })
	o.api.idle(parcels, 5*time.Second)
	stop()
	o.api.slow.Store(int64(callTakes))
	o.ahead = whenDue
	h, _ := o.start(b, func(*app) {})
	return h
}

// BenchmarkSlowProvider is the share of a bare loop's calls that checks without
// news reach with a provider that takes 50 ms, 256 calls at once.
func BenchmarkSlowProvider(b *testing.B) {
	eachDB(b, func(b *testing.B, kind string) {
		o := benchApp{dsn: storetest.DSN(b, kind), api: serveAPI(b, callTakes, 3), sent: func(models.Address, handlers.Reply) { b.Error("a check brought news") }}
		before := bareLoop(b, o.api)
		slowParcels(b, o, b.N+3*starting)
		o.api.await(b, starting)
		used := usageNow(b)
		o.api.await(b, b.N)
		reached := used.rate(b.N)
		used.report(b, b.N)
		o.api.await(b, starting) // of the rest, so that little is in the way of the bare loop
		b.ReportMetric(100*reached/((before+bareLoop(b, o.api))/2), "%of-bare")
	})
}

// bareLoop is how many calls a second 256 callers make who do nothing else.
func bareLoop(b *testing.B, a *api) float64 {
	b.Helper()
	carriers, err := recognise.LoadCarriers()
	if err != nil {
		b.Fatal(err)
	}
	provider, err := benchSettings(b, a).Vendors[0].Open(tracking.Parts{Carriers: carriers, Client: tracking.NewClient(callTimeout), Now: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	var callers sync.WaitGroup
	next := make(chan int)
	calls := max(b.N, starting)
	begun := usageNow(b)
	for range 256 {
		callers.Go(func() {
			for i := range next {
				if _, err := provider.Query(context.Background(), waybill(i), "yto", ""); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for i := range calls {
		next <- i
	}
	close(next)
	callers.Wait()
	b.ReportMetric(float64((usageNow(b).cpu-begun.cpu).Microseconds())/float64(calls), "bare-cpu-us/call")
	return begun.rate(calls)
}

// BenchmarkReplyBusy is from a message being stored to its reply being sent, while
// about 1,000 parcels a second are checked.
func BenchmarkReplyBusy(b *testing.B) {
	const (
		calls     = 50  // as many as 1,000 a second with callTakes need
		perAsking = 50  // parcels that are checked while one message is answered, at most
		asked     = 1e6 // the numbers that people ask about begin here; the API answers them at once
		everyTime = 20 * time.Millisecond
	)
	eachDB(b, func(b *testing.B, kind string) {
		sent := make(chan sentReply, 1)
		o := benchApp{dsn: storetest.DSN(b, kind), api: serveAPI(b, 0, 3), calls: calls, sent: sentTo(sent)}
		o.api.quickFrom = waybill(asked)
		h := slowParcels(b, o, perAsking*b.N+starting)
		o.api.await(b, calls)
		used, before := usageNow(b), o.api.answered.Load()
		took := make([]time.Duration, b.N)
		for i := range b.N {
			took[i] = h.ask(b, "chat"+strconv.Itoa(i%100), asked+i, sent)
			time.Sleep(max(0, everyTime-took[i])) // people pause
		}
		b.ReportMetric(used.rate(int(o.api.answered.Load()-before)-b.N), "checks/s")
		p99(b, took)
	})
}

// BenchmarkReplicas is how many times as many parcels three processes check as one
// does, on one database server and one queue, with a provider that takes 50 ms and so
// few calls at once that they are what a process is limited by. The processes are
// three programs within this one.
func BenchmarkReplicas(b *testing.B) {
	const calls = 8
	kind := storetest.ServerKind()
	b.Run(kind, func(b *testing.B) {
		if storetest.Rehearsal(b) {
			return
		}
		o := benchApp{dsn: storetest.DSN(b, kind), nats: serveNATS(b), api: serveAPI(b, 0, 3), calls: calls, sent: func(models.Address, handlers.Reply) {}}
		slowParcels(b, o, 5*b.N+2*starting)
		measure := func(n int) float64 {
			b.Helper()
			o.api.await(b, 3*calls)
			begun := usageNow(b)
			o.api.await(b, n)
			return begun.rate(n)
		}
		one := measure(b.N)
		o.ahead = whenDue
		for range 2 {
			o.start(b, func(*app) {})
		}
		o.api.await(b, starting) // they find the queue
		three := measure(3 * b.N)
		b.ReportMetric(three/one, "times")
		b.ReportMetric(one, "parcels/s-of-one")
	})
}
