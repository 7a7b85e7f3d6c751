package store_test

import (
	"testing"
	"time"

	"waybill/models/store/storetest"
)

// A process that was stopped in the middle of a transaction holds no row up for
// longer than some seconds, and what it writes when it goes on is refused.
func TestWhoStandsStillInATransactionLosesIt(t *testing.T) {
	t.Parallel()
	dsn := storetest.DSN(t, storetest.NeedServer(t)) // SQLite has one writer at a time, on one machine
	stalled, other := storetest.Open(t, dsn), storetest.Open(t, dsn)
	storetest.Migrate(t, stalled)
	if _, _, err := stalled.Lease(t.Context(), "cron", "stalled", -time.Second); err != nil {
		t.Fatal(err)
	}
	locked, goOn, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() { ended <- stalled.StandStill(t.Context(), "cron", locked, goOn) }()
	<-locked
	begun := time.Now()
	_, held, err := other.Lease(t.Context(), "cron", "other", time.Hour)
	if took := time.Since(begun); err != nil || !held || took > 12*time.Second {
		t.Errorf("held %v, %v after %s", held, err, took)
	}
	close(goOn)
	if err := <-ended; err == nil {
		t.Error("it writes on")
	}
	if _, held, err := other.Lease(t.Context(), "cron", "other", time.Hour); !held || err != nil {
		t.Errorf("the lease is another's: %v", err)
	}
}
