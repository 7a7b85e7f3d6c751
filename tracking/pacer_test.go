package tracking

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"waybill/models"
)

// inRow hands out one turn after the other.
type inRow struct{ next models.Moment }

func (s *inRow) Slots(_ context.Context, _ string, every time.Duration, n int, now models.Moment) (models.Moment, error) {
	first := max(s.next, now)
	s.next = first.Add(time.Duration(n) * every)
	return first, nil
}

// A process was stopped while many calls waited for their turns: these have
// passed, and are not used all at once.
func TestTurnsThatPassedWhileTheProcessStoodStillAreNotUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var stood atomic.Int64
		now := func() time.Time { return time.Now().Add(time.Duration(stood.Load())) }
		p := newPacer("muzhi", 4, &inRow{next: models.At(time.Now())}, now)
		went := make(chan time.Time, 100)
		for range 8 {
			go func() {
				if err := p.wait(t.Context(), time.Hour); err != nil {
					t.Error(err)
				}
				went <- now()
			}()
		}
		synctest.Wait() // all but the first wait
		stood.Store(int64(time.Minute))
		begun := now()
		<-went
		for range 7 {
			<-went
		}
		if took := now().Sub(begun); took < 7*time.Second/4 {
			t.Errorf("seven calls within %s, at four a second", took)
		}
	})
}
