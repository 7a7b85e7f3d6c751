package store_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"waybill/models"
)

func TestALeaseHasOneOwner(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		other := k.open()
		held := make([]bool, 16)
		together(len(held), func(i int) error {
			s := k.Store
			if i%2 == 1 {
				s = other
			}
			var err error
			_, held[i], err = s.Lease(k.ctx(), "cron", string(rune('a'+i)), time.Hour)
			return err
		})
		n := 0
		for _, ok := range held {
			if ok {
				n++
			}
		}
		if n != 1 {
			t.Fatalf("%d hold it, want 1", n)
		}
	})
}

func TestAFenceGrowsWithEveryNewOwner(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		lease := func(owner string, ttl time.Duration) (int64, bool) {
			fence, held, err := k.Lease(k.ctx(), "cron", owner, ttl)
			k.ok(err)
			return fence, held
		}
		first, held := lease("a", time.Hour)
		renewed, still := lease("a", time.Hour)
		if !held || !still || first != renewed || first == 0 {
			t.Fatalf("got fences %d and %d, held %v and %v", first, renewed, held, still)
		}
		if _, held := lease("b", time.Hour); held {
			t.Fatal("b got a lease that a holds")
		}
		k.ok(k.Unlease(k.ctx(), "cron", "b"))
		if _, held := lease("b", time.Hour); held {
			t.Fatal("b gave back what a holds")
		}
		k.ok(k.Unlease(k.ctx(), "cron", "a"))
		if fence, held := lease("b", -time.Second); !held || fence <= first {
			t.Fatalf("got fence %d, held %v after it was given back", fence, held)
		}
		if fence, held := lease("c", time.Hour); !held || fence != first+2 {
			t.Fatalf("got fence %d, held %v after it ran out", fence, held)
		}
		if _, held, err := k.Lease(k.ctx(), "telegram", "b", time.Hour); !held || err != nil {
			t.Fatalf("got %v, %v for another lease", held, err)
		}
	})
}

func TestSlotsAreGivenOnceOverAllProcesses(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		other := k.open()
		const every = 50 * time.Millisecond
		firsts := make([]models.Moment, 10)
		for _, err := range together(len(firsts), func(i int) (err error) {
			s := k.Store
			if i%2 == 1 {
				s = other
			}
			firsts[i], err = s.Slots(k.ctx(), "muzhi", every, 4, noon())
			return err
		}) {
			k.ok(err)
		}
		seen := map[models.Moment]bool{}
		for _, first := range firsts {
			if seen[first] || first < noon() || first > noon().Add(36*every) || first.Sub(noon())%(4*every) != 0 {
				t.Fatalf("got %v", firsts)
			}
			seen[first] = true
		}
		late, err := k.Slots(k.ctx(), "muzhi", every, 1, noon()+hour)
		k.ok(err)
		if late != noon()+hour {
			t.Fatalf("got %d, want now", late)
		}
	})
}

func TestSlotsAreFinerThanAMillisecond(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		for i := range 3 {
			first, err := k.Slots(k.ctx(), "fast", 500*time.Microsecond, 3, noon())
			k.ok(err)
			if want := noon() + models.Moment((1500*i+999)/1000); first != want {
				t.Fatalf("got %d, want %d", first-noon(), want-noon())
			}
		}
	})
}

func TestWhatIsRememberedExpires(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		long := strings.Repeat("k", 500)
		for _, key := range []string{"a", long + "1", long + "2"} {
			k.ok(k.Remember(k.ctx(), "detect", key, []byte("old"), noon()+1))
			k.ok(k.Remember(k.ctx(), "detect", key, []byte(key), noon()+hour))
		}
		for _, key := range []string{"a", long + "1", long + "2"} {
			got, ok, err := k.Recall(k.ctx(), "detect", key, noon()+minute)
			k.ok(err)
			if !ok || !bytes.Equal(got, []byte(key)) {
				t.Fatalf("got %v, %d bytes", ok, len(got))
			}
		}
		for kind, at := range map[string]models.Moment{"detect": noon() + hour, "other": noon()} {
			if _, ok, err := k.Recall(k.ctx(), kind, "a", at); ok || err != nil {
				t.Fatalf("%s: got %v, %v", kind, ok, err)
			}
		}
	})
}
