package demo

import (
	"testing"
	"time"

	"waybill/models"
	"waybill/models/seal"
	"waybill/models/store"
)

func opened(t *testing.T) *store.Store {
	t.Helper()
	keys, err := seal.New(seal.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), "sqlite://"+t.TempDir()+"/demo.db", keys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestThePastHasAMonthOfCallsAndParcelsInManyStates(t *testing.T) {
	t.Parallel()
	s, now := opened(t), time.Date(2026, 11, 28, 20, 0, 0, 0, models.Shanghai)
	shown, err := seed(t.Context(), s, models.English, now)
	if err != nil {
		t.Fatal(err)
	}
	if shown.Parcel.Status != models.OutForDelivery || shown.Parcel.Origin != "福州" || shown.Follow.Pending() || shown.Follow.CreatedAt == 0 {
		t.Errorf("shown is %+v", shown)
	}
	if chat, _, err := s.ChatAt(t.Context(), models.Address{Door: "telegram", Conversation: DemoUser}); err != nil || chat.Language() != models.English {
		t.Errorf("the page that is shown speaks %q, %v", chat.Language(), err)
	}
	for ago := range days {
		usage, err := s.Usage(t.Context(), models.At(now.AddDate(0, 0, -ago)).Day())
		if err != nil {
			t.Fatal(err)
		}
		billed, providers := int64(0), map[string]bool{}
		for _, u := range usage {
			if u.Billed {
				billed += u.Count
			}
			providers[u.Provider] = true
			if u.Outcome == models.OutcomeUnknown {
				t.Errorf("%d days ago: a call has no end", ago)
			}
		}
		if billed < 15 || billed > 120 || len(providers) != 4 {
			t.Errorf("%d days ago: %d billed by %v", ago, billed, providers)
		}
	}
	backlog, err := s.Backlog(t.Context(), models.At(now))
	if err == nil {
		backlog.Live, err = s.CountLiveParcels(t.Context())
	}
	if err != nil || backlog.Live != int64(len(past())+len(moving())-1) || backlog.Due != int64(len(moving())) || backlog.Inbox != 0 {
		t.Errorf("backlog %+v, %v", backlog, err)
	}
	statuses := map[models.Status]bool{}
	for _, in := range past() {
		found, err := s.ByNumber(t.Context(), in.number)
		if err != nil || len(found) != 1 {
			t.Fatalf("%s: %d, %v", in.number, len(found), err)
		}
		statuses[found[0].Status] = true
		if found[0].Seq != int64(len(in.steps)) {
			t.Errorf("%s: %d events of %d steps", in.number, found[0].Seq, len(in.steps))
		}
	}
	if len(statuses) < 7 {
		t.Errorf("states %v", statuses)
	}
}
