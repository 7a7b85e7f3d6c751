package store_test

import (
	"testing"

	"waybill/models"
)

func TestFollowsAreFoundByTheirBeginning(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		a, b := k.chat(1), k.chat(2)
		for n, c := range []models.Chat{a, a, b} {
			k.follow(c, k.parcel(n))
		}
		_, err := k.Follow(k.ctx(), models.Following{ChatID: a.ID, ParcelID: k.parcel(3).ID}, noon()+1)
		k.ok(err)
		got, err := k.FollowsBegun(k.ctx(), a.ID, noon())
		k.ok(err)
		if len(got) != 2 || got[0].Parcel.Number != number(0) || got[1].Parcel.Number != number(1) || got[1].Follow.ChatID != a.ID {
			t.Errorf("found %+v", got)
		}
	})
}

func TestAChatIsFoundByItsAddressAndNoneIsMade(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		got, ok, err := k.ChatAt(k.ctx(), c.Address)
		if err != nil || !ok || got.ID != c.ID {
			t.Errorf("found %+v, %v, %v", got, ok, err)
		}
		for range 2 {
			if _, ok, err := k.ChatAt(k.ctx(), models.Address{Door: "telegram", Conversation: "2"}); ok || err != nil {
				t.Errorf("found a stranger: %v", err)
			}
		}
	})
}
