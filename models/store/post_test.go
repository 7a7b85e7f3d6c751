package store_test

import (
	"testing"

	"waybill/models"
	"waybill/models/store"
)

// post posts something and says whether it will be sent.
func (k kit) post(to models.Address, about string, since, now models.Moment) bool {
	k.t.Helper()
	fresh, err := k.Post(k.ctx(), to, about, []byte(about), since, now)
	k.ok(err)
	return fresh
}

func TestWhatIsPostedWaitsInTheChatsInboxAsAnAnswer(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		to := models.Address{Door: "telegram", Conversation: "1"}
		if !k.post(to, "a", noon(), noon()) {
			t.Fatal("it is not sent")
		}
		claimed := k.claimed(noon())
		if claimed.Chat.Address != to {
			t.Fatalf("claimed %+v", claimed)
		}
		if a := k.first(claimed.Chat); !a.Answered || string(a.Replies) != "a" || a.Failures != 0 {
			t.Fatalf("got %+v", a)
		}
	})
}

func TestTheSameIsPostedOnceInATime(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		one, two := models.Address{Door: "telegram", Conversation: "1"}, models.Address{Door: "telegram", Conversation: "11"}
		wants := func(want bool, to models.Address, about string, since, now models.Moment) {
			t.Helper()
			if got := k.post(to, about, since, now); got != want {
				t.Fatalf("%q to %s is sent: %v, want %v", about, to.Conversation, got, want)
			}
		}
		wants(true, one, "a", noon()-hour, noon())
		wants(false, one, "a", noon()-hour, noon())
		wants(true, one, "ab", noon()-hour, noon())
		wants(true, two, "a", noon()-hour, noon())
		wants(false, one, "a", noon()+day, noon()+2*day) // it still waits
		k.end(k.chat(1))
		wants(false, one, "a", noon(), noon()+hour)
		wants(true, one, "a", noon()+1, noon()+hour)
	})
}

func TestReplicasThatPostTheSameAtOnceSendItOnce(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		stores, fresh := []*store.Store{k.Store, k.open()}, make([]bool, 6)
		for _, err := range together(len(fresh), func(i int) (err error) {
			to := models.Address{Door: "telegram", Conversation: "1"}
			fresh[i], err = stores[i%2].Post(k.ctx(), to, "a", []byte("x"), noon(), noon()+models.Moment(i))
			return err
		}) {
			k.ok(err)
		}
		n := 0
		for _, f := range fresh {
			if f {
				n++
			}
		}
		if n != 1 {
			t.Fatalf("sent %d times", n)
		}
	})
}

func TestAGroupThatIsPostedToStaysOne(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		robot := k.robot("ops")
		k.post(robot.Address, "a", noon(), noon())
		if !k.again(robot).Group {
			t.Fatal("the group is none any more")
		}
	})
}
