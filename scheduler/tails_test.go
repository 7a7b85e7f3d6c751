package scheduler

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"waybill/models"
	"waybill/models/seal"
	"waybill/models/store"
	"waybill/models/store/storetest"
	"waybill/tracking"
)

// guarded opens a waybill with one tail only.
func guarded(tail string, texts ...string) func(query) (models.Trace, error) {
	return func(q query) (models.Trace, error) {
		switch q.tail {
		case tail:
			return shows(models.InTransit, texts...)(q)
		case "":
			return fails(tracking.ErrTailNeeded)(q)
		}
		return fails(tracking.ErrTailWrong)(q)
	}
}

// locked makes chats follow an SF parcel with their tails, in one state.
func (r *rig) locked(state models.TailState, tails map[string]string) models.Parcel {
	r.t.Helper()
	var p models.Parcel
	for room, tail := range tails {
		p = r.followWith(sf, "sf", true, models.Following{Tail: tail, TailState: state}, room)
	}
	return p
}

func TestATailThatBringsATraceIsVerifiedForAllWhoGaveIt(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.locked(models.TailUntried, map[string]string{"a": "1111", "b": "1111"})
	r.provider.says(guarded("1111", "揽收"))
	if got := r.poll(p.ID); got.Err != nil {
		t.Fatalf("checked %+v", got)
	}
	for _, room := range []string{"a", "b"} {
		if r.tailState(room, p.ID) != models.TailOK {
			t.Errorf("%s: state %v", room, r.tailState(room, p.ID))
		}
		r.wantPending(room, sf+" scan:揽收")
	}
}

func TestATailEqualToAVerifiedOneIsVerifiedWithoutATry(t *testing.T) {
	r := newRig(t, storetest.New(t))
	r.locked(models.TailOK, map[string]string{"a": "1111"})
	p := r.locked(models.TailUntried, map[string]string{"b": "1111"})
	r.provider.says(fails(tracking.ErrNoRecord))
	r.poll(p.ID)
	if r.tailState("b", p.ID) != models.TailOK {
		t.Error("not verified")
	}
}

func TestAnAnswerWithoutARecordVerifiesNothing(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.locked(models.TailUntried, map[string]string{"a": "1111"})
	for _, answer := range []func(query) (models.Trace, error){fails(tracking.ErrNoRecord), shows(models.InTransit)} {
		r.provider.says(answer)
		if got := r.poll(p.ID); !errors.Is(got.Err, tracking.ErrNoRecord) || !got.Fresh {
			t.Errorf("checked %+v", got)
		}
		if r.tailState("a", p.ID) != models.TailUntried {
			t.Error("a tail that opened nothing was judged")
		}
		r.pass(2 * time.Hour)
	}
}

func TestAPersonsTailIsProvedByAScanOnly(t *testing.T) {
	r := newRig(t, storetest.New(t))
	r.locked(models.TailOK, map[string]string{"a": "1111"})
	r.provider.says(guarded("1111", "揽收"))
	p := r.parcel(r.locked(models.TailOK, map[string]string{"a": "1111"}).ID)
	r.poll(p.ID)
	r.pass(time.Minute)
	r.provider.says(fails(tracking.ErrNoRecord)) // as some answer to a wrong tail
	if got := r.ask(p.ID, "9999"); got.Err == nil {
		t.Errorf("checked %+v: the stored trace would be shown to a stranger", got)
	}
	r.provider.says(guarded("2222", "揽收"))
	if got := r.ask(p.ID, "2222"); got.Err != nil || !got.Fresh {
		t.Errorf("checked %+v: the receiver's tail fits too", got)
	}
}

func TestARefusedTailIsToldToWhoGaveItAndToNobodyElse(t *testing.T) {
	r := newRig(t, storetest.New(t))
	r.locked(models.TailUntried, map[string]string{"a": "9999"})
	p := r.locked(models.TailNone, map[string]string{"b": ""})
	r.provider.says(guarded("1111", "揽收"))
	got := r.poll(p.ID)
	if !errors.Is(got.Err, tracking.ErrTailWrong) || got.Parcel.Failures != 0 || r.tailState("a", p.ID) != models.TailWrong {
		t.Errorf("checked %+v, state %v", got, r.tailState("a", p.ID))
	}
	r.wantPending("a", sf+" tail")
	r.wantPending("b")
}

func TestAPersonWhoseTailIsRefusedIsAnsweredDirectly(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.locked(models.TailUntried, map[string]string{"a": "9999"})
	r.provider.says(guarded("1111", "揽收"))
	if got := r.ask(p.ID, "9999"); !errors.Is(got.Err, tracking.ErrTailWrong) || got.Parcel.Seq != 0 {
		t.Errorf("checked %+v", got)
	}
	r.wantPending("a")
}

func TestATailThatOpenedTheParcelStaysProvedWhenItIsRefused(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.locked(models.TailOK, map[string]string{"a": "1111"})
	r.provider.says(fails(tracking.ErrTailWrong))
	if got := r.poll(p.ID); got.Parcel.Failures != 1 || r.tailState("a", p.ID) != models.TailOK {
		t.Errorf("checked %+v, state %v", got, r.tailState("a", p.ID))
	}
}

func TestWithoutATailThatMayFitNothingIsAskedAndTimePasses(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.locked(models.TailWrong, map[string]string{"a": "9999"})
	if got := r.poll(p.ID); !errors.Is(got.Err, tracking.ErrTailNeeded) || got.Parcel.DueAt == models.Never {
		t.Errorf("checked %+v", got)
	}
	if got := r.ask(p.ID, ""); !errors.Is(got.Err, tracking.ErrTailNeeded) || len(r.provider.asked()) != 0 {
		t.Errorf("checked %+v, asked %v", got, r.provider.asked())
	}
	for range 40 {
		r.pass(8 * time.Hour)
		r.poll(p.ID)
	}
	r.wantPending("a", sf+" ended:pending")
}

func TestATailThatBecomesWantedIsAskedOfThoseWhoGaveNone(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.follow(sf, "jd", "a")
	r.poll(p.ID)
	r.deliver()
	r.pass(2 * time.Hour)
	r.provider.says(fails(tracking.ErrTailNeeded))
	if got := r.poll(p.ID); !errors.Is(got.Err, tracking.ErrTailNeeded) || !got.Parcel.TailNeeded || got.Parcel.Failures != 0 {
		t.Errorf("checked %+v", got)
	}
	r.wantPending("a", sf+" tail:missing")
}

func TestWhoWasPromisedAnAnswerIsAskedForTheTailThatItTakes(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.followWith(yt, "yto", false, models.Following{Awaited: true}, "a") // when nobody had answered in time
	r.provider.says(fails(tracking.ErrTailNeeded))
	r.pass(12 * time.Hour)
	if got := r.poll(p.ID); !got.Parcel.TailNeeded {
		t.Errorf("checked %+v", got)
	}
	r.wantPending("a", yt+" tail:missing")
	if at := r.chat("a").WorkAt; at != r.moment() || !r.breaks("a") {
		t.Errorf("asked at %d, want %d, though it is night", at, r.moment())
	}
}

func TestATailThatIsWantedFromTheStartIsNoNews(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.follow(sf, "jd")
	r.provider.says(fails(tracking.ErrTailNeeded))
	if got := r.ask(p.ID, ""); !got.Parcel.TailNeeded || got.Parcel.Seq != 0 {
		t.Errorf("checked %+v", got)
	}
}

func TestAnUntriedTailMayBeTriedInsideTheFloor(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.locked(models.TailUntried, map[string]string{"a": "9999"})
	r.provider.says(guarded("1111", "揽收"))
	r.poll(p.ID)
	r.pass(time.Second)
	if got := r.ask(p.ID, "1111"); got.Err != nil || !got.Fresh {
		t.Errorf("checked %+v", got)
	}
}

func TestChoose(t *testing.T) {
	tail := func(digits string, s models.TailState) models.Tail { return models.Tail{Digits: digits, State: s} }
	ok, untried, wrong := tail("1111", models.TailOK), tail("2222", models.TailUntried), tail("3333", models.TailWrong)
	p := models.Parcel{TailNeeded: true}
	for _, c := range []struct {
		name    string
		parcel  models.Parcel
		tails   []models.Tail
		given   string
		digits  string
		untried bool
		found   bool
	}{
		{"none is wanted", models.Parcel{}, nil, "", "", false, true},
		{"the one given is untried", p, []models.Tail{ok}, "9999", "9999", true, true},
		{"the one given is proved", p, []models.Tail{ok}, "1111", "1111", false, true},
		{"an untried one, if there is no other", p, []models.Tail{wrong, untried}, "", "2222", true, true},
		{"a proved one", p, []models.Tail{wrong, ok}, "", "1111", false, true},
		{"untried, but equal to a proved one", p, []models.Tail{ok, tail("1111", models.TailUntried)}, "", "1111", false, true},
		{"only a wrong one", p, []models.Tail{wrong}, "", "", false, false},
		{"none", p, nil, "", "", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			k, found := choose(c.parcel, c.tails, c.given)
			if k.digits != c.digits || k.untried != c.untried || found != c.found {
				t.Errorf("chose %+v, %v", k, found)
			}
		})
	}
}

// A tail that no answer ever judges keeps nobody waiting, and gets its tries.
func TestProvedAndUntriedTailsTakeTurns(t *testing.T) {
	var tails []models.Tail
	for i := range 3 {
		tails = append(tails,
			models.Tail{Digits: fmt.Sprint(1000 + i), State: models.TailOK},
			models.Tail{Digits: fmt.Sprint(2000 + i), State: models.TailUntried})
	}
	chosen := map[string]int{}
	for v := range int64(1000) {
		k, _ := choose(models.Parcel{TailNeeded: true, Version: v, Failures: int(v) % 3}, tails, "")
		chosen[k.digits]++
	}
	for digits, times := range chosen {
		if proved := digits < "2000"; proved && times < 200 || !proved && times < 50 {
			t.Errorf("%s is chosen %d times of 1000", digits, times)
		}
	}
	if len(chosen) != 6 {
		t.Errorf("chosen %v", chosen)
	}
}

func TestATailIsVerifiedForAFollowerWhoMovesToTheRightParcel(t *testing.T) {
	r := newRig(t, storetest.New(t))
	right := r.follow("SF1000000000015", "zto", "a")
	wrong := r.followWith("SF1000000000015", "sf", true, models.Following{Tail: "1234", TailState: models.TailUntried}, "b")
	r.provider.says(func(q query) (models.Trace, error) {
		trace, err := shows(models.InTransit, "揽收")(q)
		trace.Carrier = "zto"
		return trace, err
	})
	r.poll(wrong.ID)
	if got := r.tailState("b", right.ID); got != models.TailOK {
		t.Fatalf("got %d", got)
	}
}

func TestACorrectedCarrierWaitsForTheEndOfTheQuietHours(t *testing.T) {
	r := newRig(t, storetest.New(t))
	p := r.follow("SF1000000000015", "sf", "a")
	r.must(r.checker.Correct(t.Context(), p.ID, "zto"))
	if at := r.chat("a").WorkAt; at != r.moment() || len(r.pending("a")) != 1 || r.breaks("a") {
		t.Fatalf("due at %d, pending is %q, breaks %v", at, r.pending("a"), r.breaks("a"))
	}
}

// otherKey is a store on the same database under another key than that of all tests.
func otherKey(t *testing.T, dsn string) *store.Store {
	t.Helper()
	keys, err := seal.New(seal.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), dsn, keys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestATailThatNoKeyOpensIsAskedForAgainOnce(t *testing.T) {
	for name, state := range map[string]models.TailState{"one that opened the parcel": models.TailOK, "one that was not tried yet": models.TailUntried} {
		t.Run(name, func(t *testing.T) {
			dsn := storetest.Migrated(t, "sqlite")
			r := newRig(t, storetest.Open(t, dsn))
			p := r.locked(state, map[string]string{"a": "1111"})
			r.locked(models.TailWrong, map[string]string{"b": "9999"})
			r.checker = r.newChecker(r.tracker, otherKey(t, dsn))
			if got := r.poll(p.ID); !errors.Is(got.Err, tracking.ErrTailNeeded) || len(r.provider.asked()) != 0 {
				t.Errorf("checked %+v, asked %v", got, r.provider.asked())
			}
			r.wantPending("a", sf+" tail:unreadable")
			r.wantPending("b")
			if got := r.tailState("a", p.ID); got != models.TailLost {
				t.Errorf("state %v", got)
			}
			r.deliver()
			r.pass(2 * time.Hour)
			r.poll(p.ID)
			r.wantPending("a")
			// With its key it is tried again.
			r.checker = r.newChecker(r.tracker, r.db)
			r.provider.says(guarded("1111", "揽收"))
			r.pass(2 * time.Hour)
			r.poll(p.ID)
			r.wantPending("a", sf+" scan:揽收")
		})
	}
}

func TestOneTailThatNoKeyOpensKeepsNobodyElseWaiting(t *testing.T) {
	dsn := storetest.Migrated(t, "sqlite")
	r := newRig(t, storetest.Open(t, dsn))
	p := r.locked(models.TailUntried, map[string]string{"a": "1111"})
	r.locked(models.TailOK, map[string]string{"c": "1111"})
	other := otherKey(t, dsn)
	for room, state := range map[string]models.TailState{"b": models.TailOK} {
		_, err := other.Follow(t.Context(), models.Following{ChatID: r.chat(room).ID, ParcelID: p.ID, Tail: "1111", TailState: state}, r.moment())
		r.must(err)
	}
	r.checker = r.newChecker(r.tracker, other)
	r.provider.says(guarded("1111", "揽收"))
	if got := r.poll(p.ID); got.Err != nil {
		t.Errorf("checked %+v", got)
	}
	r.wantPending("a", sf+" tail:unreadable") // it has never seen anything
	r.wantPending("b", sf+" scan:揽收")
	r.wantPending("c", sf+" scan:揽收") // as long as one of them opens
	if got := r.tailState("c", p.ID); got != models.TailOK {
		t.Errorf("state %v", got)
	}
}
