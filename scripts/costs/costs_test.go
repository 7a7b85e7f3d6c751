package main

import (
	"testing"
	"time"
)

func testBase() policy { return policy{lag: 5 * time.Minute, failing: 0.005} }

// played is what some policies cost on a network.
func playedOn(t testing.TB, n network, keys ...string) outcomes {
	t.Helper()
	all, _, err := playAll(t.Context(), n.generate(5, 500, days), testBase(), keys...)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// The promise of DESIGN 11: at most half the calls of hourly polling, at a median delay
// that is not longer; on the network on which the built-in rhythm was fitted, and on
// those to which Waybill has to get used.
func TestHalfTheCallsOfHourlyPollingAtItsDelay(t *testing.T) {
	for _, n := range networks() {
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
			if now.p90() > 2*hourly.p90() {
				t.Error("a tenth waits for more than twice as long")
			}
			if now.missed > 0 {
				t.Errorf("%d scans were never seen", now.missed)
			}
		})
	}
}
