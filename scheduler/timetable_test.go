package scheduler

import (
	"context"
	"testing"
	"time"
)

func TestAJobThatPanicsOnceRunsAgain(t *testing.T) {
	inTown(t, func(t *testing.T, w *town) {
		w.stop()
		runs := 0
		w.run(w.db, func(s *Settings) {
			s.Jobs = []Job{{Name: "break", When: "@every 1s", Do: func(context.Context) error {
				if runs++; runs == 1 {
					panic("broken once")
				}
				return nil
			}}}
		})
		time.Sleep(10 * time.Second) // of the bubble's clock
		w.stop()
		if runs < 5 {
			t.Errorf("it ran %d times", runs)
		}
	})
}
