package store_test

import (
	"strings"
	"testing"
	"time"

	"waybill/models"
	"waybill/models/store"
	"waybill/models/store/storetest"
)

func TestWhatAProcessHeldThatIsGoneIsGivenBackAndNothingElse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func() *store.Store) {
		s, ctx, now := open(), t.Context(), models.At(time.Now())
		gone := func(owner string) bool {
			return strings.HasPrefix(owner, "here-gone") || strings.HasPrefix(owner, "away-gone")
		}
		owners := []string{"here-gone", "here-alive", "away-gone"}
		for i, owner := range owners {
			if _, held, err := s.Lease(ctx, owner, owner, time.Minute); err != nil || !held {
				t.Fatal(held, err)
			}
			claimed(t, s, owner, now, i)
		}
		if err := s.ReleaseStale(ctx, "here-", gone, now); err != nil {
			t.Fatal(err)
		}
		for _, owner := range owners {
			free := owner == "here-gone"
			if _, held, err := s.Lease(ctx, owner, "heir", time.Minute); err != nil || held != free {
				t.Errorf("the lease of %s passes on: %v, %v", owner, held, err)
			}
			chats, err := s.ClaimChats(ctx, owner, "heir", now, time.Minute, 10)
			if err != nil || (len(chats) == 1) != free {
				t.Errorf("the chat of %s passes on: %v, %v", owner, chats, err)
			}
		}
	})
}

// claimed makes a chat, at a door named as its owner, that owner has claimed.
func claimed(t *testing.T, s *store.Store, owner string, now models.Moment, i int) {
	t.Helper()
	_, err := s.Arrive(t.Context(), []models.Arrival{{
		Door: owner, Key: "k", Pos: int64(i), Body: []byte("x"), DueAt: now, At: now,
		Address: models.Address{Door: owner, Conversation: "r"},
	}}, now)
	if err != nil {
		t.Fatal(err)
	}
	if chats, err := s.ClaimChats(t.Context(), owner, owner, now, time.Minute, 10); err != nil || len(chats) != 1 {
		t.Fatal(chats, err)
	}
}
