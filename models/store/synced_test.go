package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"waybill/models"
	"waybill/models/store"
	"waybill/models/store/storetest"
)

const account = "wk1"

// customer is where the n-th customer is.
func customer(n int) models.Address {
	return models.Address{Door: "wecom_kf", Conversation: fmt.Sprintf("%s/wm%d", account, n)}
}

// page is a page of one message each of some customers, written at a moment.
func page(from, cursor string, at models.Moment, customers ...int) models.SyncPage {
	p := models.SyncPage{Account: account, From: from, Cursor: cursor}
	for _, n := range customers {
		key := fmt.Sprintf("%s-%d", cursor, n)
		p.Arrivals = append(p.Arrivals, models.Arrival{Door: "wecom_kf", Key: key, Pos: int64(at), Body: []byte("{}"), Address: customer(n)})
		p.Renewals = append(p.Renewals, models.CreditRenewal{Key: key, Address: customer(n), Left: 5, At: at, Until: at + 48*hour})
	}
	return p
}

// synced stores a page that must be taken.
func (k kit) synced(p models.SyncPage, now models.Moment) int {
	k.t.Helper()
	fresh, err := k.ArriveSynced(k.ctx(), p, now)
	k.ok(err)
	return fresh
}

// credit is what a customer leaves to the bot.
func (k kit) credit(n int) models.Credit {
	k.t.Helper()
	c, err := k.Credit(k.ctx(), customer(n))
	k.ok(err)
	return c
}

// mail is the one account.
func (k kit) mail() models.SyncCursor {
	k.t.Helper()
	mails, err := k.SyncCursors(k.ctx())
	k.ok(err)
	if len(mails) != 1 {
		k.t.Fatalf("there are %d accounts, want 1", len(mails))
	}
	return mails[0]
}

// at is a customer's chat.
func (k kit) at(n int) models.Chat {
	k.t.Helper()
	c, err := k.Chat(k.ctx(), customer(n), false, noon())
	k.ok(err)
	return c
}

func TestAnAccountIsAnnouncedAndFetched(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		if mails, err := k.SyncCursors(k.ctx()); err != nil || len(mails) != 0 {
			t.Fatalf("got %+v, %v", mails, err)
		}
		k.ok(k.Announce(k.ctx(), account, "t1", noon()))
		k.ok(k.Announce(k.ctx(), account, "t2", noon()+minute))
		want := models.SyncCursor{Account: account, Token: "t2", TokenAt: noon() + minute, FirstAt: noon(), Announced: 2}
		if got := k.mail(); got != want {
			t.Fatalf("got %+v, want %+v", got, want)
		}
		k.synced(models.SyncPage{Account: account, Cursor: "c1", Fetched: 2}, noon())
		k.synced(models.SyncPage{Account: account, From: "c1", Cursor: "c2"}, noon())
		want.Cursor, want.Fetched = "c2", 2
		if got := k.mail(); got != want {
			t.Fatalf("got %+v, want %+v", got, want)
		}
		k.ok(k.Announce(k.ctx(), account, strings.Repeat("t", 129), noon()))
		if got := k.mail(); got.Token != "" || got.Announced != 3 || got.Cursor != "c2" {
			t.Fatalf("got %+v", got)
		}
	})
}

func TestWhatMustNotBeCutIsRefused(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		long := strings.Repeat("x", 129)
		if err := k.Announce(k.ctx(), long, "", noon()); err == nil {
			t.Fatal("a long account was announced")
		}
		for _, p := range []models.SyncPage{{Account: long}, {Account: account, Cursor: long}} {
			if _, err := k.ArriveSynced(k.ctx(), p, noon()); err == nil {
				t.Fatal("it was stored")
			}
		}
	})
}

func TestAPageOfAnAccountNobodyAnnouncedBeginsAtTheBeginning(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		if _, err := k.ArriveSynced(k.ctx(), page("c1", "c2", noon(), 1), noon()); !errors.Is(err, models.ErrStale) {
			t.Fatalf("got %v, want %v", err, models.ErrStale)
		}
		if n := k.synced(page("", "c1", noon(), 1), noon()); n != 1 || k.mail().Cursor != "c1" {
			t.Fatalf("%d were new, %+v", n, k.mail())
		}
	})
}

func TestOfTwoProcessesWithOnePageOneStoresIt(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		stores := []*store.Store{k.Store, k.open()}
		fresh := make([]int, 4)
		errs := together(len(fresh), func(i int) (err error) {
			fresh[i], err = stores[i%2].ArriveSynced(k.ctx(), page("", "c1", noon(), 1, 2), noon())
			return err
		})
		won := 0
		for i, err := range errs {
			switch {
			case err == nil && fresh[i] == 2:
				won++
			case !errors.Is(err, models.ErrStale) || fresh[i] != 0:
				t.Fatalf("got %d, %v", fresh[i], err)
			}
		}
		if won != 1 || k.credit(1).Epoch != int64(noon()) || k.credit(2).Left != 5 {
			t.Fatalf("%d stored it, credits %+v and %+v", won, k.credit(1), k.credit(2))
		}
	})
}

// envPages makes the test binary store pages in the database that it names
// until it is killed.
const envPages = "WAYBILL_TEST_PAGES"

// TestAKilledProcessHasStoredPagesWholeOrNotAtAll: the cursor, the update and
// the credit of a page are there together.
func TestAKilledProcessHasStoredPagesWholeOrNotAtAll(t *testing.T) {
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		s := storetest.Open(t, dsn)
		storetest.Migrate(t, s)
		k := kit{Store: s, t: t}
		told := killed(t, envPages, dsn, 50)
		open, err := k.OpenArrivals(k.ctx(), k.at(1).ID, noon()+hour)
		k.ok(err)
		cursor, n := k.mail().Cursor, len(open)
		if n < told || cursor != cursorOf(n) || k.credit(1).Epoch != int64(noon())+int64(n)-1 {
			t.Fatalf("%d pages were stored; the cursor is %s, %d updates are there, credit %+v", told, cursor, n, k.credit(1))
		}
		if n := k.synced(page(cursor, "next", noon()+hour, 1), noon()); n != 1 {
			t.Fatalf("%d were new", n)
		}
	})
}

// pages stores one page after another and says so on standard output.
func pages(dsn string) error {
	s, err := store.Open(context.Background(), dsn, nil)
	if err != nil {
		return err
	}
	for i := range 100_000 {
		p := page(cursorOf(i), cursorOf(i+1), noon()+models.Moment(i), 1)
		if _, err := s.ArriveSynced(context.Background(), p, noon()); err != nil {
			return err
		}
		fmt.Println(p.Cursor)
	}
	return nil
}

func TestAMessageThatIsFetchedTwiceRenewsOnce(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		first := page("", "c1", noon(), 1)
		k.synced(first, noon())
		k.ok(k.SetCredit(k.ctx(), models.Credit{Address: customer(1), Left: 2, Epoch: int64(noon())}))
		again := first
		again.From, again.Cursor = "c1", "c2"
		again.Arrivals = append(again.Arrivals, page("", "c2", noon()+minute, 2).Arrivals...)
		again.Renewals = append(again.Renewals, page("", "c2", noon()+minute, 2).Renewals...)
		again.Arrivals = slices.Concat(again.Arrivals, again.Arrivals)
		again.Renewals = slices.Concat(again.Renewals[:1], again.Renewals)
		if n := k.synced(again, noon()); n != 1 {
			t.Fatalf("%d were new, want 1", n)
		}
		if c := k.credit(1); c.Left != 2 || c.Epoch != int64(noon()) {
			t.Fatalf("got %+v", c)
		}
		if c := k.credit(2); c.Left != 5 || c.Epoch != int64(noon()+minute) || c.SpokeAt != noon()+minute || c.Until != noon()+minute+48*hour {
			t.Fatalf("got %+v", c)
		}
		if open, err := k.OpenArrivals(k.ctx(), k.at(2).ID, noon()); err != nil || len(open) != 1 || string(open[0].Body) != "{}" {
			t.Fatalf("got %+v, %v", open, err)
		}
	})
}

func TestWhatWasWrittenEarlierRenewsNothing(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		k.synced(page("", "c1", noon(), 1), noon())
		k.synced(page("c1", "c2", noon()-minute, 1), noon())
		if c := k.credit(1); c.Epoch != int64(noon()) || c.SpokeAt != noon() {
			t.Fatalf("got %+v", c)
		}
		k.synced(page("c2", "c3", noon(), 1), noon()) // within one second of the platform's clock
		if c := k.credit(1); c.Epoch != int64(noon())+1 {
			t.Fatalf("got %+v", c)
		}
		if open, err := k.OpenArrivals(k.ctx(), k.at(1).ID, noon()); err != nil || len(open) != 3 {
			t.Fatalf("got %+v, %v", open, err)
		}
	})
}

func TestThePlatformsWordEndsACreditUnlessTheCustomerHasWrittenSince(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		p := page("", "c1", noon(), 1, 2, 3)
		p.Exhausted = []models.CreditExhausted{{Address: customer(1), At: noon() + 1}, {Address: customer(2), At: noon()}, {Address: customer(9), At: noon() + 1}}
		k.synced(p, noon())
		if a, b := k.credit(1), k.credit(2); a.Left != 0 || a.Epoch != int64(noon()) || b.Left != 5 {
			t.Fatalf("got %+v and %+v", a, b)
		}
		later := models.SyncPage{Account: account, From: "c1", Cursor: "c2", Exhausted: []models.CreditExhausted{{Address: customer(3), At: noon() + minute}}}
		k.synced(later, noon())
		if c := k.credit(3); c.Left != 0 || c.Until == 0 {
			t.Fatalf("got %+v", c)
		}
		if c := k.credit(9); c != (models.Credit{Address: customer(9)}) {
			t.Fatalf("got %+v for a stranger", c)
		}
	})
}

func TestThePlatformsWordAboutAnOlderCreditIsVoid(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		k.synced(page("", "c1", noon(), 1, 2), noon())
		old := k.credit(1).Epoch
		p := page("c1", "c2", noon()+minute, 1)
		for n := range 2 {
			p.Exhausted = append(p.Exhausted, models.CreditExhausted{Address: customer(n + 1), At: noon() + 2*minute, Epoch: old})
		}
		k.synced(p, noon())
		if a, b := k.credit(1), k.credit(2); a.Left != 5 || b.Left != 0 {
			t.Fatalf("got %+v and %+v", a, b)
		}
	})
}

func TestAFullPageIsStoredWhole(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		var everybody []int
		for n := range 1100 {
			everybody = append(everybody, n%50)
		}
		p := page("", "c1", noon(), everybody...)
		for i := range p.Arrivals {
			key := fmt.Sprint("m", i)
			p.Arrivals[i].Key, p.Renewals[i].Key = key, key
		}
		if n := k.synced(p, noon()); n != 1100 {
			t.Fatalf("%d were new", n)
		}
		if c := k.credit(49); c.Epoch != int64(noon())+21 {
			t.Fatalf("got %+v", c)
		}
	})
}

func TestWhatWaitedForTheCustomerIsDueWhenTheCustomerWrites(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		k.synced(page("", "c1", noon(), 1), noon())
		c := k.at(1)
		p := k.parcel(1)
		k.follow(c, p)
		k.end(c)
		k.synced(undelivered("c1", "c2", 1, k.credit(1).Epoch, noon()), noon())
		k.finish(scan(k.stored(p.ID), "x", noon()), noon())
		k.ok(k.Release(k.ctx(), k.claims("wecom_kf", noon())[0].Claim, noon()+9*hour, false)) // it waits for the morning
		k.synced(page("c2", "c3", noon()+minute, 1), noon()+minute)
		k.waits(c, noon()+minute, "f:c2", "c3-1")
		if got := k.again(c); got.WorkAt != noon()+minute || len(k.pending(c)) != 1 {
			t.Fatalf("chat %+v", got)
		}
	})
}

// TestWhatTheCustomerWritesDuringATurnIsAnswered: the customer writes between
// the look at the credit and the release of the chat, whatever the turn was about.
func TestWhatTheCustomerWritesDuringATurnIsAnswered(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		k.synced(page("", "c1", noon(), 1), noon())
		c := k.at(1)
		claim := k.claims("wecom_kf", noon())[0].Claim
		k.synced(page("c1", "c2", noon()+minute, 1), noon()+minute)
		k.ok(k.Release(k.ctx(), claim, models.Never, false)) // there was no credit
		if open, err := k.OpenArrivals(k.ctx(), c.ID, noon()+minute); err != nil || len(open) != 2 {
			t.Fatalf("open %+v, %v", open, err)
		}
		claim = k.claims("wecom_kf", noon()+minute)[0].Claim
		k.ok(k.ArrivalFailed(k.ctx(), claim, k.first(c).ID))
		k.ok(k.Release(k.ctx(), claim, noon()+2*minute, true)) // any other failure waits as it should
		if got := k.claims("wecom_kf", noon()+2*minute-1); len(got) != 0 {
			t.Fatalf("claimed %+v", got)
		}
		claim = k.claims("wecom_kf", noon()+2*minute)[0].Claim
		k.ok(k.Release(k.ctx(), claim, models.Never, false)) // there really is none
		if got := k.claims("wecom_kf", noon()+24*hour); len(got) != 0 {
			t.Fatalf("claimed %+v", got)
		}
	})
}

// TestNewsThatIsLeftForLackOfCreditIsNotStuck: the customer writes between the
// look at the credit and the release of the chat.
func TestNewsThatIsLeftForLackOfCreditIsNotStuck(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		k.synced(page("", "c1", noon(), 1), noon())
		p := k.parcel(1)
		k.follow(k.at(1), p)
		k.finish(scan(k.stored(p.ID), "x", noon()), noon())
		claim := k.claims("wecom_kf", noon())[0].Claim
		k.synced(page("c1", "c2", noon()+1000, 1), noon()+1000)
		k.ok(k.Release(k.ctx(), claim, models.Never, false))
		again := k.claims("wecom_kf", noon()+1000)
		if len(again) != 1 {
			t.Fatal("the news is stuck")
		}
		k.ok(k.Release(k.ctx(), again[0].Claim, models.Never, false))
		if got := k.claims("wecom_kf", noon()+47*hour); len(got) != 0 {
			t.Fatalf("claimed %+v, though nobody has written", got)
		}
		k.synced(page("c2", "c3", noon()+47*hour, 1), noon()+47*hour)
		if got := k.claims("wecom_kf", noon()+47*hour); len(got) != 1 || got[0].Chat.Failures != 0 || len(k.pending(got[0].Chat)) != 1 {
			t.Fatalf("claimed %+v", got)
		}
	})
}

// TestARenewalBreaksTheWaitAfterAFailure: new work does not.
func TestARenewalBreaksTheWaitAfterAFailure(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		k.synced(page("", "c1", noon(), 1), noon())
		k.ok(k.Release(k.ctx(), k.claims("wecom_kf", noon())[0].Claim, noon()+hour, true))
		if _, err := k.Arrive(k.ctx(), []models.Arrival{{Key: "x", Address: customer(1)}}, noon()+1); err != nil {
			t.Fatal(err)
		}
		if got := k.again(k.at(1)); got.WorkAt != noon()+hour {
			t.Fatalf("due at %d, want in an hour", got.WorkAt)
		}
		k.synced(page("c1", "c2", noon()+minute, 1), noon()+minute)
		if got := k.again(k.at(1)); got.WorkAt != noon()+minute || got.Failures != 0 || got.RetryAt != 0 {
			t.Fatalf("got %+v, want it due now", got)
		}
	})
}

func TestNothingIsDeliveredToSomebodyWhoIsGoneBeforeTheyAreBack(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		k.synced(page("", "c1", noon(), 1), noon())
		c, p := k.at(1), k.parcel(1)
		k.follow(c, p)
		k.ok(k.Release(k.ctx(), k.claims("wecom_kf", noon())[0].Claim, models.Never, false))
		k.ok(k.Gone(k.ctx(), c.ID, noon()))
		k.finish(scan(k.stored(p.ID), "x", noon()), noon())
		if got := k.again(c); got.WorkAt != models.Never {
			t.Fatalf("due at %d for what cannot be delivered", got.WorkAt)
		}
		k.synced(page("c1", "c2", noon()+minute, 1), noon()+minute)
		k.polled(p, noon()+9*hour, false)
		if got := k.again(c); got.GoneAt == 0 || got.WorkAt != noon()+minute { // for what it wrote
			t.Fatalf("chat %+v", got)
		}
		k.ok(k.Back(k.ctx(), c.ID, noon()+minute))
		if got := k.again(c); got.GoneAt != 0 || got.WorkAt != noon()+minute || k.stored(p.ID).DueAt == models.Never {
			t.Fatalf("chat %+v, due at %d", got, k.stored(p.ID).DueAt)
		}
	})
}
