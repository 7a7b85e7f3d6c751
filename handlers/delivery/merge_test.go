package delivery

import (
	"strings"
	"testing"
	"time"

	"waybill/handlers"
	"waybill/models"
)

// counting has the platform put so many replies into one message.
func (r *rig) counting(most int) { r.worker.door = countedDoor{r.door, most} }

// three makes the news of three parcels pending for chat "a", the last one's urgent.
func (r *rig) three() {
	r.t.Helper()
	r.news(yt, "揽收", "a")
	r.news(zt, "到达", "a")
	r.urgent(r.follow(sf, "a").Number, "派送")
}

func TestNewsOfSeveralParcelsIsOneMessageWhereMessagesAreCounted(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.counting(9)
		r.three()
		r.sweep()
		r.sees("a: " + sf + " 派送 " + yt + " 揽收 " + zt + " 到达")
		if got := r.door.got[0]; got.For != handlers.Urgent || got.Lang != "en" || r.pending("a") != 0 {
			t.Errorf("sent for %q in %q, %d pending", got.For, got.Lang, r.pending("a"))
		}
	})
}

func TestElsewhereEveryParcelHasItsOwnMessage(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.three()
		r.sweep()
		r.sees("a: "+sf+" 派送", "a: "+yt+" 揽收", "a: "+zt+" 到达")
		for i, got := range r.door.got {
			if (got.For == handlers.Urgent) != (i == 0) || len(got.Buttons) == 0 {
				t.Errorf("message %d is for %q with %d rows of buttons", i, got.For, len(got.Buttons))
			}
		}
	})
}

func TestWhatIsUrgentIsToldFirstAndTogether(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.counting(2)
		r.three()
		r.sweep()
		r.sees("a: "+sf+" 派送 "+yt+" 揽收", "a: "+zt+" 到达")
		if n := r.meter.delivered[OutcomeSent]; n != 2 || r.pending("a") != 0 {
			t.Errorf("%d messages are counted, %d parcels pending", n, r.pending("a"))
		}
	})
}

func TestATextThatIsRefusedTakesNoOtherParcelAlong(t *testing.T) {
	numbers := []string{"YT1000000000001", "YT1000000000002", "YT1000000000003", "YT1000000000004", "YT1000000000005"}
	for _, bad := range numbers {
		each(t, func(t *testing.T, r *rig) {
			r.counting(9)
			r.door.fails(about(bad, models.ErrRefused))
			for _, number := range numbers {
				r.news(number, "揽收", "a")
			}
			r.sweep()
			if got := strings.Join(r.door.said(), "\n"); strings.Contains(got, bad) || strings.Count(got, "YT") != 4 || r.pending("a") != 0 {
				t.Errorf("%s is bad: sent %q, %d pending", bad, got, r.pending("a"))
			}
			if n := r.meter.delivered[OutcomeRefused]; n != 1 {
				t.Errorf("%s is bad: refused %d times", bad, n)
			}
			r.alerted(handlers.AlertRefused)
		})
	}
}

func TestWhatAPlatformDoesNotTakeTogetherIsAllPendingStill(t *testing.T) {
	for name, outcome := range map[string]error{"no credit": models.ErrNoCredit, "passing": errBroken, "wait": &models.Wait{After: time.Hour}} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, r *rig) {
				r.counting(2)
				r.door.fails(always(outcome))
				r.three()
				r.sweep()
				if n := r.pending("a"); n != 3 {
					t.Errorf("%d are pending", n)
				}
				r.alerted()
			})
		})
	}
}

func TestCreditThatEndsAfterAMessageLeavesTheRestPending(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.counting(2)
		credit := 1
		r.door.fails(func(string, handlers.Reply) error {
			if credit--; credit < 0 {
				return models.ErrNoCredit
			}
			return nil
		})
		r.three()
		r.sweep()
		r.pass(24 * time.Hour)
		r.sweep()
		r.sees("a: " + sf + " 派送 " + yt + " 揽收")
		if n := r.pending("a"); n != 1 {
			t.Errorf("%d are pending", n)
		}
		credit = 1
		r.must(r.db.Back(t.Context(), r.chat("a").ID, r.moment()))
		r.sweep()
		r.sees("a: "+sf+" 派送 "+yt+" 揽收", "a: "+zt+" 到达")
	})
}

func TestOfSeveralRefusedTailsTheFirstIsAskedFor(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		const other = "SF1000000000023"
		credit := 1
		r.counting(1)
		r.door.fails(func(string, handlers.Reply) error {
			if credit--; credit < 0 {
				return models.ErrNoCredit
			}
			return nil
		})
		r.urgent(r.follow(yt, "a").Number, "派送")
		for _, number := range []string{other, sf} {
			r.followWith(models.Following{Tail: "9999", TailState: models.TailWrong}, true, number, "a")
			r.finds(number, models.Event{Kind: models.TailRefused})
			r.pass(time.Millisecond)
		}
		r.sweep()
		if _, open, err := r.db.Question(t.Context(), r.chat("a").ID, 0, r.moment()); open || err != nil {
			t.Errorf("something is asked before it is told: %v", err)
		}
		r.counting(9)
		credit = 1
		r.must(r.db.Back(t.Context(), r.chat("a").ID, r.moment()))
		r.sweep()
		q, open, err := r.db.Question(t.Context(), r.chat("a").ID, 0, r.moment())
		if err != nil || !open || len(q.Items) != 1 || q.Items[0].Number != other {
			t.Errorf("asked: %+v, %v, %v", q, open, err)
		}
	})
}

func TestWhatIsLeftOfAnAnswerIsMergedAndGoesOnWhereItStopped(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.counting(2)
		r.door.fails(about("three", errBroken))
		r.writes("a", "one two three four five", "six")
		r.sweep()
		r.sees("a: one+two")
		r.door.fails(nil)
		r.pass(time.Second)
		r.sweep()
		r.sees("a: one+two", "a: three+four", "a: five", "a: six")
		if n := r.echo.handled("one two three four five"); n != 1 {
			t.Errorf("the message was handled %d times", n)
		}
	})
}

func TestAReplyThatIsRefusedTakesNoOtherAlong(t *testing.T) {
	each(t, func(_ *testing.T, r *rig) {
		r.counting(9)
		r.door.fails(about("three", models.ErrRefused))
		r.writes("a", "one two three four")
		r.sweep()
		r.sees("a: one+two", "a: four")
		r.alerted(handlers.AlertRefused)
	})
}

func TestAReplyThatMakesTheDoorPanicTakesNoOtherAlong(t *testing.T) {
	each(t, func(_ *testing.T, r *rig) {
		r.counting(9)
		r.door.fails(func(_ string, reply handlers.Reply) error {
			if strings.Contains(reply.Text(), "three") {
				panic("a door's nonsense")
			}
			return nil
		})
		r.writes("a", "one two three four")
		for range attempts {
			r.sweep()
			r.pass(time.Minute)
		}
		r.sees("a: one+two", "a: four")
		r.alerted(handlers.AlertGivenUp)
	})
}
