package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"waybill/models"
	"waybill/models/store"
	"waybill/models/store/storetest"
)

// envCrash makes the test binary work on the database that it names until it
// is killed.
const envCrash = "WAYBILL_TEST_CRASH"

const crashParcels = 40

// TestAKilledProcessLosesNothingItWasPromised kills a process in the middle of
// its checks. Every call that was granted is in the ledger, and every parcel's
// events fit its sequence number.
func TestAKilledProcessLosesNothingItWasPromised(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		s := storetest.Open(t, dsn)
		storetest.Migrate(t, s)
		k := kit{Store: s, t: t}
		c := k.chat(1)
		for i := range crashParcels {
			k.follow(c, k.parcel(i))
		}
		granted := killed(t, envCrash, dsn, 200)
		if used := k.used("muzhi"); used < int64(granted) {
			t.Fatalf("%d calls were granted, %d are in the ledger", granted, used)
		}
		for i := range crashParcels {
			p := k.parcel(i)
			events, err := k.History(k.ctx(), p.ID, 0, 0)
			k.ok(err)
			if int64(len(events)) != p.Seq {
				t.Fatalf("parcel %d has %d events and sequence %d", i, len(events), p.Seq)
			}
		}
		if f := k.marks(c, k.parcel(0)); f.PendingSeq != k.parcel(0).Seq || k.again(c).WorkAt != noon() {
			t.Fatalf("pending %+v, sequence %d", f, k.parcel(0).Seq)
		}
	})
}

// killed starts a process that works on a database and prints a line for each
// thing it was promised, kills it after n, and returns how many there were.
func killed(t *testing.T, env, dsn string, n int) (granted int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), env+"="+dsn)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if granted++; granted == n {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil || granted < n {
		t.Fatalf("ended by itself after %d lines: %v", granted, err)
	}
	return granted
}

// crash checks parcels for ever, each with one new event, and says so on
// standard output whenever a call is granted.
func crash(dsn string) error {
	s, err := store.Open(context.Background(), dsn, nil)
	if err != nil {
		return err
	}
	errs := together(crashParcels, func(i int) error {
		for round := range 100_000 {
			if err := crashOne(s, i, round); err != nil {
				return err
			}
		}
		return nil
	})
	return errors.Join(errs...)
}

func crashOne(s *store.Store, i, round int) error {
	found, err := s.ByNumber(context.Background(), number(i))
	if err != nil {
		return err
	}
	call := query(found[0])
	call.Floor = 0
	ticket, err := s.Begin(context.Background(), call, noon())
	if err != nil {
		return err
	}
	fmt.Println(ticket.ID)
	f := scan(found[0], fmt.Sprint("scan ", round), noon())
	f.Version = ticket.Version
	f.Closings = []models.Closing{closing(ticket, models.OutcomeTrace, true)}
	_, err = s.Finish(context.Background(), f, noon())
	return err
}

func TestWhatAKilledProcessHadInHandComesAgain(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		taken := func(now models.Moment) int {
			hints, err := k.Take(k.ctx(), now, 15*time.Second, 10)
			k.ok(err)
			return len(hints)
		}
		if n := taken(noon()); n != 1 {
			t.Fatalf("%d taken", n)
		}
		if n := taken(noon() + 15_000); n != 1 { // died before it began
			t.Fatalf("%d taken after the hold", n)
		}
		k.begin(query(p), noon()+15_000)
		if n := taken(noon() + 15_000 + 30*minute); n != 1 { // died before it finished
			t.Fatalf("%d taken after the floor", n)
		}
		k.finish(scan(k.stored(p.ID), "x", noon()), noon())
		if _, err := k.ClaimChats(k.ctx(), "telegram", "dead", noon(), time.Millisecond, 10); err != nil { // died before it sent
			t.Fatal(err)
		}
		k.claimedAfter(noon()+minute, "dead")
		if all := k.pending(c); len(all) != 1 {
			t.Fatalf("pending: %+v", all)
		}
		k.arrive("1", 1)
		k.ok(k.Answer(k.ctx(), k.claim(c), k.first(c).ID, []byte("[]")))
		k.ok(k.ReleaseStale(k.ctx(), "dead", func(string) bool { return true }, noon()+2*minute))
		if got := k.claimed(noon() + 2*minute); !k.first(got.Chat).Answered { // died before it sent
			t.Fatalf("claimed %+v", got)
		}
	})
}
