package delivery

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/handlers"
	"waybill/models"
)

func TestAChatThatFailsDelaysNoOther(t *testing.T) {
	each(t, func(_ *testing.T, r *rig) {
		r.door.fails(func(room string, _ handlers.Reply) error {
			if room == "a" {
				return errBroken
			}
			return nil
		})
		r.news(yt, "揽收", "a", "b")
		r.sweep()
		r.sees("b: " + yt + " 揽收")
	})
}

func TestAParcelThatFailsDelaysNoOther(t *testing.T) {
	each(t, func(_ *testing.T, r *rig) {
		r.door.fails(about(yt, errBroken))
		r.news(yt, "揽收", "a")
		r.news(zt, "到达", "a")
		r.sweep()
		r.sees("a: " + zt + " 到达")
		r.door.fails(nil)
		r.pass(time.Second)
		r.sweep()
		r.sees("a: "+zt+" 到达", "a: "+yt+" 揽收")
	})
}

func TestAPassingFailureIsTriedAgainLaterAndLaterWithoutLimit(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.door.fails(always(errBroken))
		r.news(yt, "揽收", "a")
		r.sweep()
		for i, seconds := range append([]int{1, 2, 4, 8, 16, 32}, slices.Repeat([]int{60}, 14)...) {
			r.pass(time.Duration(seconds)*time.Second - time.Millisecond)
			r.sweep()
			if n := r.door.tried(); n != i+1 {
				t.Fatalf("tried %d times before the wait of %d s is over", n, seconds)
			}
			r.pass(time.Millisecond)
			r.sweep()
			if n := r.door.tried(); n != i+2 {
				t.Fatalf("tried %d times after a wait of %d s", n, seconds)
			}
		}
		r.door.fails(nil)
		r.pass(time.Minute)
		r.sweep()
		r.sees("a: " + yt + " 揽收")
		r.alerted()
		if c := r.chat("a"); c.Failures != 0 || c.RetryAt != 0 || c.WorkAt != models.Never {
			t.Errorf("chat %+v", c)
		}
	})
}

func TestNewsWaitsAsLongAsThePlatformAsks(t *testing.T) {
	for name, first := range map[string]error{"at once": &models.Wait{After: 40 * time.Second}, "after another failure": errBroken} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, r *rig) {
				r.door.fails(func(_ string, reply handlers.Reply) error {
					if strings.Contains(reply.Text(), yt) {
						return first
					}
					return fmt.Errorf("send: %w", &models.Wait{After: 40 * time.Second})
				})
				r.news(yt, "揽收", "a")
				r.news(zt, "到达", "a")
				r.sweep()
				tried := r.door.tried()
				r.door.fails(nil)
				r.pass(40*time.Second - time.Millisecond)
				r.happens(yt, "发出") // nor does anything new shorten it
				r.sweep()
				if r.door.tried() != tried {
					t.Errorf("tried %d times", r.door.tried())
				}
				r.pass(time.Millisecond)
				r.sweep()
				if got := len(r.door.said()); got != 2 || r.pending("a") != 0 {
					t.Errorf("sent %q", r.door.said())
				}
			})
		})
	}
}

func TestATextThatIsRefusedIsTriedAsPlainTextAndThenTheMarkMoves(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.door.fails(about(yt, models.ErrRefused))
		r.news(yt, "揽收", "a")
		r.news(zt, "到达", "a")
		r.sweep()
		r.pass(time.Hour)
		r.sweep()
		r.sees("a: " + zt + " 到达")
		r.alerted(handlers.AlertRefused)
		if n := r.door.tried(); n != 3 || r.pending("a") != 0 || r.meter.delivered[OutcomeRefused] != 1 {
			t.Errorf("tried %d times, %d parcels pending, counted %v", n, r.pending("a"), r.meter.delivered)
		}
	})
}

func TestNewsThatIsRefusedForItsLookGoesOutPlain(t *testing.T) {
	each(t, func(_ *testing.T, r *rig) {
		r.door.fails(func(_ string, reply handlers.Reply) error {
			if len(reply.Buttons) > 0 {
				return models.ErrRefused
			}
			return nil
		})
		r.news(yt, "揽收", "a")
		r.sweep()
		r.sees("a: " + yt + " 揽收")
		r.alerted()
	})
}

func TestWithoutCreditNewsWaitsWithoutLimitUntilTheCustomerWrites(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.door.fails(always(models.ErrNoCredit))
		r.news(yt, "揽收", "a")
		for range 10 {
			r.sweep()
			r.pass(24 * time.Hour)
		}
		if n := r.door.tried(); n != 1 {
			t.Errorf("tried %d times", n)
		}
		r.door.fails(nil)
		r.writes("a", "hello")
		r.sweep()
		r.sees("a: hello", "a: "+yt+" 揽收")
		r.alerted()
	})
}

func TestAChatThatMovedIsToldWhereItIsNow(t *testing.T) {
	for name, known := range map[string]bool{"renamed": false, "merged into a chat that is there": true} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, r *rig) {
				want := []string{"supergroup: " + yt + " 揽收"}
				if known {
					r.news(yt, "揽收", "supergroup")
					r.news(zt, "到达", "supergroup")
					want = append(want, "supergroup: "+zt+" 到达")
				}
				r.news(yt, "揽收", "group")
				r.door.fails(func(room string, _ handlers.Reply) error {
					if room == "group" {
						return &models.Moved{Conversation: "supergroup"}
					}
					return nil
				})
				r.sweep()
				got := map[string]bool{}
				for _, said := range r.door.said() {
					got[strings.Replace(said, "揽收 揽收", "揽收", 1)] = true
				}
				for _, said := range want {
					if !got[said] {
						t.Errorf("sent %q, want %q", r.door.said(), want)
					}
				}
				if len(got) != len(want) || r.pending("supergroup") != 0 {
					t.Errorf("sent %q, %d pending", r.door.said(), r.pending("supergroup"))
				}
			})
		})
	}
}

func TestAPlatformThatNamesTheSameAddressIsTriedAgainLater(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.door.fails(always(&models.Moved{Conversation: "a"}))
		r.news(yt, "揽收", "a")
		r.sweep()
		if n := r.door.tried(); n != 1 {
			t.Errorf("tried %d times at once", n)
		}
		r.door.fails(nil)
		r.pass(time.Second)
		r.sweep()
		r.sees("a: " + yt + " 揽收")
	})
}

func TestAChatThatIsGoneIsToldNothingUntilItIsBack(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.worker.handler = r.words.Conversation
		r.door.fails(always(fmt.Errorf("send: %w", models.ErrGone)))
		r.news(yt, "揽收", "a")
		for range 5 {
			r.sweep()
			r.pass(time.Hour)
			r.happens(yt, "到达")
		}
		if n := r.door.tried(); n != 1 || r.chat("a").GoneAt == 0 {
			t.Errorf("tried %d times, gone at %v", n, r.chat("a").GoneAt)
		}
		line := fmt.Sprintf("level=INFO msg=\"the chat is gone\" door=test chat=%d ", r.chat("a").ID)
		if n := strings.Count(r.log.String(), line); n != 1 || strings.Contains(r.log.String(), yt) {
			t.Errorf("said %d times in %s", n, r.log)
		}
		r.door.fails(nil)
		r.writes("a", "/lang en")
		r.sweep()
		got := r.door.said()
		if len(got) != 2 || !strings.HasPrefix(got[1], "a: "+yt) || r.pending("a") != 0 {
			t.Errorf("sent %q", got)
		}
	})
}

func TestWhatPanicsIsGivenUpAfterEightTries(t *testing.T) {
	for name, breaks := range map[string]func(r *rig){
		"while it is worded": func(r *rig) {
			r.words.broken = func(n models.Notification) error {
				if n.Parcel.Number == yt {
					panic("a template's nonsense")
				}
				return nil
			}
		},
		"when its words fail": func(r *rig) {
			r.words.broken = func(n models.Notification) error {
				if n.Parcel.Number == yt {
					return errors.New("too long")
				}
				return nil
			}
		},
		"while it is sent": func(r *rig) {
			r.door.fails(func(_ string, reply handlers.Reply) error {
				if strings.Contains(reply.Text(), yt) {
					panic("a door's nonsense")
				}
				return nil
			})
		},
		"while it is sent with others": func(r *rig) {
			r.worker.door = countedDoor{r.door, 9}
			r.door.fails(func(_ string, reply handlers.Reply) error {
				if strings.Contains(reply.Text(), yt) {
					panic("a door's nonsense")
				}
				return nil
			})
		},
		"while it is merged": func(r *rig) {
			r.worker.door = brittle{r.door}
			r.door.fails(func(_ string, reply handlers.Reply) error {
				if strings.Contains(reply.Text(), yt) {
					panic("a door's nonsense")
				}
				return nil
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, r *rig) {
				breaks(r)
				r.news(zt, "到达", "a")
				r.news(yt, "揽收", "a")
				r.news(sf, "揽收", "a")
				r.sweep()
				if got := strings.Join(r.door.said(), " "); !strings.Contains(got, zt) || !strings.Contains(got, sf) || r.pending("a") != 1 {
					t.Fatalf("sent %q, %d pending", got, r.pending("a"))
				}
				r.happens(zt, "派送") // what comes later need not wait either
				r.sweep()
				if got := r.door.said(); got[len(got)-1] != "a: "+zt+" 派送" {
					t.Fatalf("sent %q", got)
				}
				for range attempts - 3 {
					r.pass(time.Minute)
					r.sweep()
				}
				r.alerted()
				if r.pending("a") != 1 {
					t.Error("given up too early")
				}
				for range 3 {
					r.pass(time.Minute)
					r.sweep()
				}
				r.alerted(handlers.AlertGivenUp)
				if r.pending("a") != 0 {
					t.Error("it is pending still")
				}
				r.words.broken = nil
				r.door.fails(nil)
				r.happens(yt, "签收")
				r.sweep()
				if got := r.door.said(); got[len(got)-1] != "a: "+yt+" 签收" {
					t.Errorf("sent %q", got)
				}
			})
		})
	}
}

// brittle panics when it is to put messages together.
type brittle struct{ *fakeDoor }

func (brittle) Merge([]handlers.Reply) (handlers.Reply, int) { panic("too many blocks") }

func TestWhatAFollowerMayNotSeeMovesItsMarkInSilence(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.news(yt, "揽收", "a")
		r.closes(yt)
		r.sweep()
		r.sees()
		if r.pending("a") != 0 {
			t.Error("it is pending still")
		}
	})
}

func TestNewsThatComesWhileAChatIsServedIsDeliveredRightAfter(t *testing.T) {
	each(t, func(_ *testing.T, r *rig) {
		first := true
		r.door.fails(func(string, handlers.Reply) error {
			if first {
				first = false
				r.news(zt, "到达", "a")
			}
			return nil
		})
		r.news(yt, "揽收", "a")
		r.sweep()
		r.sees("a: "+yt+" 揽收", "a: "+zt+" 到达")
	})
}

func TestNewsThatComesAfterTheClaimHasRunOutIsNotForgotten(t *testing.T) {
	each(t, func(_ *testing.T, r *rig) {
		first := true
		r.door.fails(func(string, handlers.Reply) error {
			if first {
				first = false
				r.pass(claimFor + time.Second) // as while a laptop sleeps
				r.news(zt, "到达", "a")
			}
			return nil
		})
		r.news(yt, "揽收", "a")
		r.sweep()
		r.sees("a: "+yt+" 揽收", "a: "+zt+" 到达")
	})
}

func TestHowLateNewsIsCountsFromWhenItsChatWasDue(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.news(yt, "揽收", "a")
		r.writes("a", "one")
		r.pass(5 * time.Second)
		r.sweep()
		if got := r.meter.late; len(got) != 1 || got[0] != 5*time.Second || r.meter.delivered[OutcomeSent] != 1 {
			t.Errorf("late %v, counted %v", got, r.meter.delivered)
		}
	})
}

func TestARefusedTailIsAskedForOnceItWasSaid(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.door.fails(always(errBroken))
		r.followWith(models.Following{Tail: "9999", TailState: models.TailWrong}, true, sf, "a")
		r.finds(sf, models.Event{Kind: models.TailRefused})
		asked := func() bool {
			q, open, err := r.db.Question(t.Context(), r.chat("a").ID, 0, r.moment())
			r.must(err)
			return open && q.Asking == models.AskTail && q.Items[0].Number == sf
		}
		r.sweep()
		if asked() {
			t.Error("it is asked before anybody was told")
		}
		r.door.fails(nil)
		r.pass(time.Second)
		r.sweep()
		if !asked() || len(r.door.said()) != 1 {
			t.Errorf("it is not asked, sent %q", r.door.said())
		}
	})
}

// Quiet hours are from one to two o'clock.

func TestNewsThatCouldNotBeToldByDayWaitsForTheMorning(t *testing.T) {
	for name, outage := range map[string]error{
		"a process that is down": nil, "a platform that is down": errBroken, "a platform that asks to wait": &models.Wait{After: 5 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, r *rig) {
				r.pass(3*time.Hour - 2*time.Minute)
				r.news(yt, "揽收", "a")
				if outage != nil {
					r.door.fails(always(outage))
					r.sweep()
					r.door.fails(nil)
				}
				r.pass(12 * time.Minute)
				r.sweep()
				two := models.At(morning.Add(4 * time.Hour))
				if c := r.chat("a"); c.WorkAt != two || c.Failures != 0 || c.ClaimOwner != "" {
					t.Errorf("chat %+v does not wait for two o'clock", c)
				}
				r.sees()
				r.pass(two.Sub(r.moment()))
				r.sweep()
				r.sees("a: " + yt + " 揽收")
			})
		})
	}
}

func TestWhatIsUrgentBringsEverythingAlong(t *testing.T) {
	each(t, func(_ *testing.T, r *rig) {
		r.pass(3 * time.Hour)
		r.news(yt, "揽收", "a")
		r.sweep()
		r.sees()
		r.urgent(r.follow(sf, "a").Number, "派送")
		r.sweep()
		r.sees("a: "+sf+" 派送", "a: "+yt+" 揽收")
	})
}

func TestWhoComesBackByNightIsToldByNight(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.pass(3 * time.Hour)
		r.news(yt, "揽收", "a")
		r.sweep()
		r.must(r.db.Back(t.Context(), r.chat("a").ID, r.moment()))
		r.sweep()
		r.sees("a: " + yt + " 揽收")
	})
}

func TestAnAnswerThatSomebodyWaitsForIsToldByNightToThemAlone(t *testing.T) {
	each(t, func(_ *testing.T, r *rig) {
		r.pass(3 * time.Hour)
		r.follow(yt, "other")
		r.followWith(models.Following{Awaited: true}, false, yt, "asking")
		r.door.fails(always(errBroken))
		r.happens(yt, "揽收")
		r.sweep()
		r.door.fails(nil)
		r.pass(time.Second) // it is not put off when it fails either
		r.sweep()
		r.sees("asking: " + yt + " 揽收")
		r.pass(time.Hour)
		r.sweep()
		r.sees("asking: "+yt+" 揽收", "other: "+yt+" 揽收")
	})
}
