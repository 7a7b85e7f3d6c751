package main

import (
	"slices"
	"testing"
	"time"

	"waybill/models"
)

func testBase() policy { return policy{lag: 5 * time.Minute, failing: 0.005} }

// played is what some policies cost on a network.
func playedOn(t testing.TB, n network, keys ...string) outcomes {
	t.Helper()
	all, _, err := playAll(t.Context(), n.generate(5, 400, days), testBase(), keys...)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// The promise of DESIGN 11: at most half the calls of hourly polling, at a median delay
// that is not longer; on the network on which the built-in rhythm was fitted, and on
// those to which Waybill has to get used. It fails on most of them where nothing is
// recorded, where hours of the day are ignored, or the lag of an upload.
func TestHalfTheCallsOfHourlyPollingAtItsDelay(t *testing.T) {
	for _, n := range []network{mainland(), late(), early(), batches(), drawn(11), drawn(13)} {
		t.Run(n.name, func(t *testing.T) {
			t.Parallel()
			all := playedOn(t, n, "fixed60", "now")
			hourly, now := all["fixed60"], all["now"]
			t.Logf("%.1f calls for a delivered parcel of %.1f (%.1f %%), median %s of %s, 90 %% within %s of %s", now.perDelivered(), hourly.perDelivered(),
				100*now.perDelivered()/hourly.perDelivered(), now.median(), hourly.median(), now.p90(), hourly.p90())
			if now.perDelivered() > hourly.perDelivered()/2 {
				t.Error("more than half the calls")
			}
			if now.median() > hourly.median() {
				t.Error("the median delay is longer")
			}
			if now.p90() > hourly.p90()*9/4 {
				t.Error("a tenth waits for more than two and a quarter times as long")
			}
			if now.missed > 0 {
				t.Errorf("%d scans were never seen", now.missed)
			}
		})
	}
}

// Where parcels arrive within a day there is no half to save: the median holds, and it
// never costs more than hourly polling.
func TestWithinADayTheDelayIsKept(t *testing.T) {
	all := playedOn(t, sameday(), "fixed60", "now")
	hourly, now := all["fixed60"], all["now"]
	if now.median() > hourly.median() || now.perDelivered() > hourly.perDelivered() || now.missed > 0 {
		t.Errorf("median %s of %s, %.1f calls of %.1f, %d scans missed", now.median(), hourly.median(), now.perDelivered(), hourly.perDelivered(), now.missed)
	}
}

// What is built in alone is too slow where carriers keep other hours: what scans show makes
// the difference.
func TestWhatScansShowMakesTheDelay(t *testing.T) {
	for _, n := range []network{late(), early(), batches()} {
		all := playedOn(t, n, "builtin", "now")
		built, now := all["builtin"].median(), all["now"].median()
		t.Logf("%s: median %s of %s", n.name, now, built)
		if now*10 > built*9 {
			t.Errorf("%s: median %s, with what is built in alone %s", n.name, now, built)
		}
	}
}

// BenchmarkCalls reports paid calls per delivered parcel in per cent of hourly polling's,
// and the median delay in per cent of its.
func BenchmarkCalls(b *testing.B) {
	var hourly, now outcome
	for b.Loop() {
		all := playedOn(b, mainland(), "fixed60", "now")
		hourly, now = all["fixed60"], all["now"]
	}
	b.ReportMetric(100*now.perDelivered()/hourly.perDelivered(), "%of-hourly")
	b.ReportMetric(100*float64(now.median())/float64(hourly.median()), "%of-hourly-median")
}

func TestAJourneyIsReadOrRefused(t *testing.T) {
	for line, refused := range map[string]bool{
		`{"carrier":"yto","events":[{"at":"2026-03-01T18:20:00+08:00","status":"collected","text":"已揽收","place":"杭州"}]}`: false,
		`{"carrier":"yto","events":[]}`:                                                                                            true,
		`{"events":[{"at":"2026-03-01T18:20:00+08:00","status":"collected"}]}`:                                                     true,
		`{"carrier":"yto","events":[{"at":"2026-03-01T18:20:00+08:00","status":"moved"}]}`:                                         true,
		`{"carrier":"yto","events":[{"status":"collected"}]}`:                                                                      true,
		`{"carrier":"yto","events":[{"at":"2026-03-01T18:20:00+08:00","shown":"2026-03-01T19:20:00+08:00","status":"collected"}]}`: false,
		`{"carrier":"yto","events":[{"at":"2026-03-01T18:20:00+08:00","shown":"2026-03-01T17:20:00+08:00","status":"collected"}]}`: true,
		`no JSON`: true,
	} {
		if _, err := readJourney([]byte(line)); (err != nil) != refused {
			t.Errorf("%s: %v", line, err)
		}
	}
}

// What is uploaded late waits from its upload on, whatever order it is shown in.
func TestNewsWaitsFromWhenItIsShown(t *testing.T) {
	at := func(hour float64) time.Time { return time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC).Add(hours(hour)) }
	j := Journey{Carrier: "yto", Followed: at(0), Events: []Scan{
		{At: at(0.5), Shown: at(2.25), Status: models.Collected, Text: "已揽收"},
		{At: at(1), Status: models.InTransit, Text: "快件离开网点"},
		{At: at(2.5), Status: models.Delivered, Text: "已签收"},
	}}
	w, err := play(t.Context(), []Journey{j}, policy{every: time.Hour, polls: true, lag: 5 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	o := w.sum("")
	// Asked at 0, 1, 2 and 3: shown at 1:05, 2:15 and 2:35.
	want := []time.Duration{25 * time.Minute, 45 * time.Minute, 55 * time.Minute}
	if o.calls != 4 || o.missed != 0 || !slices.Equal(o.delays, want) {
		t.Errorf("%d calls, %d scans missed, delays %v; want 4, none, %v", o.calls, o.missed, o.delays, want)
	}
}
