package scheduler

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"waybill/models"
	"waybill/models/store"
)

const zt = "ZT1000000000012"

// counted is a Teller for a platform that counts messages: it puts so many
// parcels' news into one, "number number", and answers as it is told.
type counted struct {
	mu     sync.Mutex
	most   int
	sent   []string
	answer func(message string) error
}

func (c *counted) Tell(_ context.Context, news []models.News) (int, error) {
	news = news[:min(c.most, len(news))]
	words := make([]string, len(news))
	for i, n := range news {
		words[i] = said(n)
	}
	message := strings.Join(words, " + ")
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.answer != nil {
		if err := c.answer(message); err != nil {
			return len(news), err
		}
	}
	c.sent = append(c.sent, message)
	return len(news), nil
}

func (c *counted) messages() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.sent)
}

// owing makes a town's chat "a" owe the news of three parcels, of which sf is
// urgent, while nobody tells; run begins telling.
func (w *town) owing(db Store, teller Teller) (run func()) {
	w.provider.says(func(q query) (models.Trace, error) {
		if q.number == sf {
			return shows(models.OutForDelivery, "派送")(q)
		}
		return shows(models.InTransit, "揽收")(q)
	})
	w.stop()
	for _, number := range []string{yt, zt, sf} {
		w.poll(w.follow(number, "yto", "a").ID)
	}
	return func() { w.run(db, func(s *Settings) { s.Teller = teller }) }
}

func TestWhatIsUrgentIsToldFirstAndTogether(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		teller := &counted{most: 2}
		w.owing(w.db, teller)()
		time.Sleep(5 * time.Second)
		got := teller.messages()
		if len(got) != 2 || !strings.HasPrefix(got[0], sf+" scan:派送 + ") {
			t.Errorf("told %q", got)
		}
		if n := w.meter.count(w.meter.told, sent); n != 2 {
			t.Errorf("%d messages are counted", n)
		}
		w.wantOwed("a")
	})
}

func TestWhatAPlatformDoesNotTakeTogetherIsAllOwedStill(t *testing.T) {
	for name, outcome := range map[string]error{"no credit": models.ErrNoCredit, "passing": errBroken, "wait": &models.Wait{After: time.Hour}} {
		t.Run(name, func(t *testing.T) {
			inTown(t, func(t *testing.T, w *town) {
				teller := &counted{most: 9, answer: func(string) error { return outcome }}
				w.owing(w.db, teller)()
				time.Sleep(500 * time.Millisecond)
				w.stop()
				if owed := w.owed("a"); len(owed) != 3 {
					t.Errorf("owed %q", owed)
				}
			})
		})
	}
}

func TestCreditThatEndsAfterAMessageLeavesTheRestOwed(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		credit := 1
		teller := &counted{most: 2, answer: func(string) error {
			if credit--; credit < 0 {
				return models.ErrNoCredit
			}
			return nil
		}}
		w.owing(w.db, teller)()
		time.Sleep(time.Minute)
		if got, owed := teller.messages(), w.owed("a"); len(got) != 1 || len(owed) != 1 || strings.Contains(owed[0], sf) {
			t.Errorf("told %q, owed %q", got, owed)
		}
		credit = 1
		w.must(w.db.Back(t.Context(), w.chat("a").ID, w.moment()))
		time.Sleep(2 * time.Second)
		if got := teller.messages(); len(got) != 2 {
			t.Errorf("told %q", got)
		}
		w.wantOwed("a")
	})
}

// Marks that could not be moved, all or some of them, repeat their parcels'
// news, and lose none.
func TestAMessageOfSeveralParcelsIsRepeatedWhenTheProcessDiesBeforeItsMarks(t *testing.T) {
	for name, moved := range map[string]int64{"none moved": 0, "some moved": 1} {
		t.Run(name, func(t *testing.T) {
			inTown(t, func(t *testing.T, w *town) {
				teller := &counted{most: 9}
				db := &forgetful{Store: w.db}
				db.left.Store(moved)
				w.owing(db, teller)()
				time.Sleep(20 * time.Second)
				w.stop()
				if owed := w.owed("a"); len(owed) != 3-int(moved) {
					t.Errorf("owed %q", owed)
				}
				before := len(teller.messages())
				w.run(w.db, func(s *Settings) { s.Teller = teller })
				time.Sleep(claim + 10*time.Second)
				if after := teller.messages()[before:]; len(after) != 1 || strings.Count(after[0], "scan:") != 3-int(moved) {
					t.Errorf("repeated %q", after)
				}
				w.wantOwed("a")
			})
		})
	}
}

// forgetful moves so many marks, and none after.
type forgetful struct {
	*store.Store
	left atomic.Int64
}

func (f *forgetful) Told(ctx context.Context, follow, upto int64) error {
	if f.left.Add(-1) < 0 {
		return errBroken
	}
	return f.Store.Told(ctx, follow, upto)
}

func TestATellerThatPanicsIsAboutOneParcel(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		inner := &counted{most: 1}
		teller := tellerFunc(func(ctx context.Context, news []models.News) (int, error) {
			if news[0].Parcel.Number == sf {
				panic("a template's nonsense")
			}
			return inner.Tell(ctx, news)
		})
		w.owing(w.db, teller)()
		time.Sleep(500 * time.Millisecond)
		if got := inner.messages(); len(got) != 2 {
			t.Errorf("told %q", got)
		}
	})
}
