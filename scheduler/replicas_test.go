package scheduler

import (
	"context"
	crypto "crypto/rand"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"waybill/models"
	"waybill/models/store"
	"waybill/models/store/storetest"
	"waybill/scheduler/queue"
)

// until waits for something that other goroutines bring about.
func until(t *testing.T, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 6000 {
		if ok() {
			return
		}
		<-tick.C
	}
	t.Fatal("it did not happen")
}

// Three replicas, one of them stopped in the middle, share a queue, or have one
// each: every parcel is asked about once, every chat is told once.
func TestReplicasOnOneDatabaseDoEverythingOnce(t *testing.T) {
	for name, shared := range map[string]bool{"a queue in common": true, "a queue each": false} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, open func() *store.Store) {
				r := newRigAt(t, open(), regular, time.Now, nil)
				var common Queue = newLine(r.notifier)
				doEverythingOnce(t, r, open, func() Queue {
					if shared {
						return common
					}
					return queue.NewLocal()
				})
			})
		})
	}
}

func doEverythingOnce(t *testing.T, r *rig, open func() *store.Store, queueOf func() Queue) {
	const parcels, chats = 20, 10
	var want []string
	for i := range parcels {
		number := "YT" + strconv.Itoa(1000000000000+i)
		room := fmt.Sprint(i % chats)
		r.follow(number, "yto", room)
		want = append(want, room+": "+number+" scan:揽收")
	}
	r.cadence.Quiet = models.Quiet{}
	heard := &ears{answer: flaky()}
	var stops []func()
	for range 3 {
		stops = append(stops, replica(t, r, open(), queueOf(), heard))
	}
	until(t, func() bool { return len(heard.all()) > parcels/4 })
	stops[0]()
	until(t, func() bool { return len(heard.all()) >= parcels })
	stops[1]()
	stops[2]()
	got := heard.all()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("told %d times, want %d", len(got), len(want))
	}
	if n := r.calls()[models.OutcomeTrace]; n != parcels {
		t.Errorf("%d calls about %d parcels", n, parcels)
	}
}

// flaky fails one message in five.
func flaky() func(room, said string) error {
	var mu sync.Mutex
	dice := rand.New(rand.NewPCG(1, 2))
	return func(string, string) error {
		mu.Lock()
		defer mu.Unlock()
		if dice.IntN(5) == 0 {
			return errors.New("the network is down")
		}
		return nil
	}
}

// replica is one more process: a scheduler with a store and a tracker of its own.
func replica(t *testing.T, like *rig, db *store.Store, q Queue, heard *ears) func() {
	own := newRigAt(t, db, like.cadence, time.Now, nil)
	own.notifier = like.notifier
	own.checker.waker = like.notifier
	owner := crypto.Text()
	s := New(Settings{Owner: owner, Store: db, Queue: q, Checker: own.checker, Workers: 4, Log: hushed, Now: time.Now})
	worker := deliveries(db, heard, like.cadence.Quiet, like.notifier.Listen(DeliverTopic), owner)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 2)
	go func() { ended <- s.Run(ctx) }()
	go func() {
		NewKeeper(db, owner, hushed).Keep(ctx, "sender:test", func(held context.Context) {
			if err := worker.Run(held); err != nil {
				t.Error(err)
			}
		})
		ended <- nil
	}()
	return sync.OnceFunc(func() {
		cancel()
		if err := errors.Join(<-ended, <-ended); err != nil {
			t.Error(err)
		}
	})
}
