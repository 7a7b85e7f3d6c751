package store_test

import (
	"errors"
	"testing"

	"waybill/models"
	"waybill/models/store"
)

// leaving has each of some chats do what it does last, while it follows one
// more parcel, and the carrier of another one that it follows is corrected to
// one that is there already.
func leaving(k kit, other *store.Store, last func(c models.Chat) error) {
	k.t.Helper()
	for i := range 12 {
		c, more, wrong := k.chat(i), k.parcel(2*i), k.parcel(2*i+1)
		_, err := k.Ensure(k.ctx(), wrong.Number, "zto", "", false, noon())
		k.ok(err)
		k.follow(c, wrong)
		wrong = k.stored(wrong.ID)
		k.ok(errors.Join(together(3, func(n int) error {
			switch n {
			case 0:
				return last(c)
			case 1:
				_, err := other.Follow(k.ctx(), models.Following{ChatID: c.ID, ParcelID: more.ID}, noon())
				return unless(err, models.ErrNotFound)
			}
			_, err := other.ChangeCarrier(k.ctx(), wrong, "zto", noon())
			return unless(err, models.ErrStale)
		})...))
	}
}

// unless is the error, unless it is the one that may be.
func unless(err, may error) error {
	if errors.Is(err, may) {
		return nil
	}
	return err
}

func TestNoParcelIsLeftBehindByAChatThatIsForgotten(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		leaving(k, k.open(), func(c models.Chat) error { return k.Forget(k.ctx(), c.ID, noon()) })
		k.taken(noon() + day)
		if n, err := k.Strays(k.ctx()); err != nil || n != 0 {
			t.Fatalf("%d parcels are polled or kept for nobody, %v", n, err)
		}
	})
}

func TestNoParcelIsPolledForAChatThatIsGone(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		leaving(k, k.open(), func(c models.Chat) error { return k.Gone(k.ctx(), c.ID, noon()) })
		if got := k.taken(noon() + day); len(got) != 0 {
			t.Fatalf("handed out %v for nobody", got)
		}
		if n, err := k.Idle(k.ctx()); err != nil || n != 0 {
			t.Fatalf("%d parcels are polled for nobody, %v", n, err)
		}
	})
}

func TestAParcelThatHasLostItsFollowersIsSweptInTime(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		lost, kept, c := k.parcel(1), k.parcel(2), k.chat(1)
		for _, p := range []models.Parcel{lost, kept} {
			k.follow(c, p)
		}
		k.ok(k.Lose(k.ctx(), lost.ID))
		k.ok(k.Gone(k.ctx(), c.ID, noon()))
		for _, p := range []models.Parcel{lost, kept} {
			k.finish(scan(k.stored(p.ID), "x", noon()), noon())
		}
		k.taken(noon() + 2*hour)
		if n, err := k.Strays(k.ctx()); err != nil || n != 0 {
			t.Fatalf("%d parcels are polled or kept for nobody, %v", n, err)
		}
		k.ok(k.Sweep(k.ctx(), keep(), noon()+91*day))
		if _, err := k.Parcel(k.ctx(), lost.ID); !errors.Is(err, models.ErrNotFound) {
			t.Fatalf("got %v, want %v", err, models.ErrNotFound)
		}
		k.stored(kept.ID)
	})
}
