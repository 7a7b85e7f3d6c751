package delivery

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"waybill/handlers"
	"waybill/models"
)

func TestMessagesAreAnsweredInOrderAndEnd(t *testing.T) {
	each(t, func(_ *testing.T, r *rig) {
		r.writes("a", "one two", "three")
		r.sweep()
		r.sees("a: one", "a: two", "a: three")
		r.pass(time.Hour)
		r.sweep()
		r.sees("a: one", "a: two", "a: three")
	})
}

func TestUpdatesWithNothingInThemAreSkipped(t *testing.T) {
	each(t, func(_ *testing.T, r *rig) {
		r.writes("a", "nothing", "something")
		r.sweep()
		r.sees("a: something")
	})
}

func TestAFailedSendGoesOnWhereItStopped(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.door.fails(about("two", errBroken))
		r.writes("a", "one two", "three")
		r.sweep()
		r.sees("a: one")
		r.door.fails(nil)
		r.sweep()
		r.sees("a: one") // not before a second has passed
		r.pass(time.Second)
		r.sweep()
		r.sees("a: one", "a: two", "a: three")
		if n := r.echo.handled("one two"); n != 1 {
			t.Errorf("the message was handled %d times", n)
		}
	})
}

func TestAnAnswerWaitsAsLongAsThePlatformAsks(t *testing.T) {
	each(t, func(_ *testing.T, r *rig) {
		r.door.fails(always(fmt.Errorf("send: %w", &models.Wait{After: 30 * time.Second})))
		r.writes("a", "one")
		r.sweep()
		r.door.fails(nil)
		r.pass(29 * time.Second)
		r.writes("a", "two") // whoever writes more does not shorten it
		r.sweep()
		r.sees()
		r.pass(time.Second)
		r.sweep()
		r.sees("a: one", "a: two")
	})
}

func TestAPoisonousMessageEndsWithAnApologyAndBlocksNobodyElse(t *testing.T) {
	for name, poison := range map[string]func() error{
		"a panic":   func() error { panic("poisoned") },
		"a failure": func() error { return errBroken },
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, r *rig) {
				r.echo.broken = func(text string) error {
					if text == "poison" {
						return poison()
					}
					return nil
				}
				r.writes("a", "poison", "after")
				r.writes("b", "fine")
				r.sweep()
				r.sees("b: fine")
				for range attempts {
					r.pass(time.Minute)
					r.sweep()
				}
				r.sees("b: fine", "a: Sorry, I couldn't handle that one. Could you send it again?", "a: after")
				if n := r.echo.handled("poison"); n != attempts {
					t.Errorf("the poison was handled %d times, want %d", n, attempts)
				}
				r.alerted(handlers.AlertGivenUp)
				if got := r.door.got[1]; got.Lang != "en" {
					t.Errorf("the apology is written in %q", got.Lang)
				}
			})
		})
	}
}

func TestAReplyThatMakesTheDoorPanicIsGivenUp(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		tries := 0
		r.door.fails(func(_ string, reply handlers.Reply) error {
			if strings.Contains(reply.Text(), "two") {
				tries++
				panic("a door's nonsense")
			}
			return nil
		})
		r.writes("a", "one two three")
		for range attempts {
			r.sweep()
			r.pass(time.Minute)
		}
		r.sees("a: one", "a: three")
		r.alerted(handlers.AlertGivenUp)
		if tries != attempts {
			t.Errorf("tried %d times", tries)
		}
	})
}

func TestAMessageThatAStopInterruptsHasNotFailed(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		ctx, stop := context.WithCancel(t.Context())
		r.echo.broken = func(string) error { stop(); return ctx.Err() }
		r.writes("a", "one")
		for range 2 * attempts {
			turnOf(t, r, ctx)
			r.pass(time.Minute)
		}
		r.echo.broken = nil
		r.sweep()
		r.sees("a: one")
		r.alerted()
	})
}

// turnOf serves chat "a" once, while drain may end.
func turnOf(t *testing.T, r *rig, drain context.Context) { //nolint:revive // the test's own context comes with t
	t.Helper()
	claimed, err := r.db.ClaimChats(t.Context(), "test", "one", r.moment(), claimFor, 1)
	if err != nil || len(claimed) != 1 {
		t.Fatal(claimed, err)
	}
	c := claimed[0]
	(&turn{Worker: r.worker, chat: c.Chat, claim: c.Claim, begun: time.Now(), dueAt: c.Chat.WorkAt}).serve(t.Context(), drain)
}

func TestARefusedReplyIsSentAsPlainTextThenGivenUp(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		var looks []string
		r.door.fails(func(_ string, reply handlers.Reply) error {
			looks = append(looks, fmt.Sprintf("%s/%s/%d", reply.Text(), reply.Blocks[0][0][0].Style, len(reply.Buttons)))
			if reply.Text() == "never" || len(reply.Buttons) > 0 {
				return fmt.Errorf("send: %w", models.ErrRefused)
			}
			return nil
		})
		r.writes("a", "once never last")
		r.sweep()
		r.sees("a: once", "a: last")
		if got := strings.Join(looks, " "); got != "once/strong/1 once//0 never/strong/1 never//0 last/strong/1 last//0" {
			t.Errorf("sent as %s", got)
		}
		r.alerted(handlers.AlertRefused)
	})
}

func TestAChatThatIsGoneIsLeft(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.door.fails(always(fmt.Errorf("send: %w", models.ErrGone)))
		r.writes("a", "one two")
		r.sweep()
		c := r.chat("a")
		if c.GoneAt == 0 {
			t.Error("the chat is not known to be gone")
		}
		if line := fmt.Sprintf("level=INFO msg=\"the chat is gone\" door=test chat=%d", c.ID); strings.Count(r.log.String(), line) != 1 {
			t.Errorf("the log has %s", r.log)
		}
		r.door.fails(nil)
		r.pass(time.Hour)
		r.sweep()
		r.sees()
	})
}

func TestWhatAChatWroteAfterItWasGoneIsStillHandled(t *testing.T) {
	each(t, func(_ *testing.T, r *rig) {
		r.worker.handler = r.words.Conversation
		r.door.fails(about("list", models.ErrGone))
		r.writes("a", "/help", "left", "/list")
		r.sweep()
		r.sees("a: No parcels yet. Send me a tracking number, for example SF1000000000015.")
	})
}

func TestAMovedChatIsAnsweredAtItsNewPlace(t *testing.T) {
	for name, known := range map[string]bool{"renamed": false, "merged into a chat that is there": true} {
		t.Run(name, func(t *testing.T) {
			each(t, func(_ *testing.T, r *rig) {
				if known {
					r.chat("new")
				}
				r.door.fails(func(room string, _ handlers.Reply) error {
					if room == "old" {
						return fmt.Errorf("send: %w", &models.Moved{Conversation: "new"})
					}
					return nil
				})
				r.writes("old", "one two")
				r.sweep()
				r.sees("new: one", "new: two")
			})
		})
	}
}

func TestForgettingIsAnsweredAndLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.worker.handler = r.words.Conversation
		r.writes("a", yt, "/forget")
		r.sweep()
		r.writes("a", "yes", "/list")
		r.sweep()
		said := r.door.said()
		if len(said) != 4 || !strings.Contains(said[2], "All erased") || !strings.Contains(said[3], "No parcels") {
			t.Errorf("sent: %q", said)
		}
	})
}

func TestATurnWhoseChatIsErasedEndsQuietly(t *testing.T) {
	for name, unheard := range map[string]int{"at once": 0, "the erasing write's answer was lost": 1} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, r *rig) {
				r.worker.handler = r.words.Conversation
				r.writes("a", yt, "/forget")
				r.sweep()
				id := r.chat("a").ID
				r.worker.store = &unheardEnd{Store: r.db, left: unheard}
				r.writes("a", "yes")
				r.sweep()
				if _, err := r.db.ChatByID(t.Context(), id); !errors.Is(err, models.ErrNotFound) {
					t.Fatalf("the chat is there still: %v", err)
				}
				if strings.Contains(r.log.String(), "level=WARN") || strings.Contains(r.log.String(), "level=ERROR") {
					t.Errorf("the log has %s", r.log)
				}
			})
		})
	}
}

// unheardEnd ends updates, but the first answers to that get lost.
type unheardEnd struct {
	Store
	left int
}

func (u *unheardEnd) EndArrival(ctx context.Context, c models.Claim, arrivalID int64) error {
	err := u.Store.EndArrival(ctx, c, arrivalID)
	if u.left--; err == nil && u.left >= 0 {
		return errBroken
	}
	return err
}

func TestRowsOfAListCountForTheVeryNextMessage(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.worker.handler = r.words.Conversation
		r.writes("a", yt+" YT1000000000074", "/list", "/stop 1")
		r.sweep()
		said := r.door.said()
		if len(said) != 3 || !strings.Contains(said[2], "YT1000000000074") {
			t.Errorf("sent: %q", said)
		}
	})
}

func TestAnAnswerComesBeforeTheNewsOfTheSameTurn(t *testing.T) {
	each(t, func(_ *testing.T, r *rig) {
		r.urgent(r.follow(yt, "a").Number, "派送")
		r.writes("a", "one")
		r.sweep()
		r.sees("a: one", "a: "+yt+" 派送")
	})
}

func TestNewsIsWordedInTheLanguageThatWasJustChosen(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		r.worker.handler = r.words.Conversation
		r.news(yt, "到达", "a")
		r.writes("a", "/lang zh-CN")
		r.sweep()
		if got := r.door.got; len(got) != 2 || got[1].Lang != "zh-CN" {
			t.Errorf("sent %+v", got)
		}
	})
}

// What says nothing need not be said where news says something.
func TestAnAcknowledgementIsDroppedOnlyWhereNewsGoesOutInTheSameTurn(t *testing.T) {
	for name, c := range map[string]struct {
		before func(r *rig)
		want   []string
	}{
		"news":          {func(r *rig) { r.news(yt, "到达", "a") }, []string{"a: " + yt + " 到达"}},
		"nothing":       {func(*rig) {}, []string{"a: ok"}},
		"news by night": {func(r *rig) { r.news(yt, "到达", "a"); r.pass(3 * time.Hour) }, []string{"a: ok"}},
		"urgent by night": {func(r *rig) {
			r.urgent(r.follow(yt, "a").Number, "派送")
			r.pass(3 * time.Hour)
		}, []string{"a: " + yt + " 派送"}},
		"news that it may not see": {func(r *rig) {
			r.news(yt, "到达", "a")
			r.closes(yt)
		}, []string{"a: ok"}},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(_ *testing.T, r *rig) {
				r.echo.optional = true
				c.before(r)
				r.writes("a", "ok")
				r.sweep()
				r.sees(c.want...)
			})
		})
	}
}

// closes makes a parcel want a tail that nobody has given.
func (r *rig) closes(number string) {
	r.t.Helper()
	parcels, err := r.db.ByNumber(r.t.Context(), number)
	r.must(err)
	p := parcels[0]
	p.TailNeeded = true
	_, err = r.db.Finish(r.t.Context(), models.Finish{Version: p.Version, Change: models.Change{Parcel: p}, DueAt: models.Never}, r.moment())
	r.must(err)
}

func TestAnAnswerWithoutCreditWaitsForTheCustomerAndAlarmsNobody(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		credit := 1
		r.door.fails(func(string, handlers.Reply) error {
			if credit--; credit < 0 {
				return models.ErrNoCredit
			}
			return nil
		})
		var answered []int64
		r.worker.answered = func(id int64) { answered = append(answered, id) }
		r.writes("a", "one two")
		r.sweep()
		r.pass(30 * 24 * time.Hour)
		credit = 9
		r.sweep()
		r.sees("a: one")
		r.writes("a", "three")
		r.sweep()
		r.sees("a: one", "a: two", "a: three")
		r.alerted()
		if log := r.log.String(); strings.Contains(log, "WARN") || strings.Contains(log, "ERROR") {
			t.Errorf("the log has %s", log)
		}
		if len(answered) != 3 || answered[0] != answered[1] {
			t.Errorf("answered: %v", answered)
		}
	})
}

func TestAMessageThatIsTriedAgainIsNotAnsweredYet(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		answered := 0
		r.worker.answered = func(int64) { answered++ }
		r.door.fails(always(errBroken))
		r.writes("a", "one")
		r.sweep()
		if answered != 0 {
			t.Error("it counts as answered")
		}
		r.door.fails(nil)
		r.pass(time.Second)
		r.sweep()
		if answered != 1 {
			t.Errorf("answered %d times", answered)
		}
	})
}

func TestAWorkerServesTheChatsOfItsOwnDoorAlone(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		elsewhere := models.Address{Door: "closed", Conversation: "a"}
		_, err := r.db.Arrive(t.Context(), []models.Arrival{{Key: "1", Body: []byte("one"), Address: elsewhere}}, r.moment())
		r.must(err)
		c, err := r.db.Chat(t.Context(), elsewhere, false, r.moment())
		r.must(err)
		p := r.follow(yt)
		_, err = r.db.Follow(t.Context(), models.Following{ChatID: c.ID, ParcelID: p.ID}, r.moment())
		r.must(err)
		r.happens(yt, "揽收")
		r.sweep()
		r.sees()
		if all, err := r.db.Pending(t.Context(), c); err != nil || len(all) != 1 {
			t.Errorf("it counts as delivered: %v, %v", all, err)
		}
	})
}

func TestTheStoresFailureIsNoMessagesFailure(t *testing.T) {
	each(t, func(_ *testing.T, r *rig) {
		r.worker.store = unreadable{r.db}
		r.writes("a", "one")
		r.sweep()
		r.worker.store = r.db
		r.pass(time.Second)
		r.sweep()
		r.sees("a: one")
	})
}

// unreadable is a store that cannot read updates.
type unreadable struct{ Store }

func (unreadable) OpenArrivals(context.Context, int64, models.Moment) ([]models.Arrival, error) {
	return nil, errors.New("disk full")
}

func TestStoredRepliesThatCannotBeReadAreGivenUp(t *testing.T) {
	each(t, func(t *testing.T, r *rig) {
		_, err := r.db.Arrive(t.Context(), []models.Arrival{{
			Door: "test", Key: "unreadable", Answered: true, Replies: []byte("{"), Address: models.Address{Door: "test", Conversation: "a"},
		}}, r.moment())
		if err != nil {
			t.Fatal(err)
		}
		r.writes("a", "after")
		for range attempts {
			r.sweep()
			r.pass(time.Minute)
		}
		r.sees("a: Sorry, I couldn't handle that one. Could you send it again?", "a: after")
		r.alerted(handlers.AlertGivenUp)
	})
}
