package store_test

import (
	"errors"
	"testing"

	"waybill/models"
	"waybill/models/store"
)

// robot is a robot's chat.
func (k kit) robot(name string) models.Chat {
	k.t.Helper()
	c, err := k.Chat(k.ctx(), models.Address{Door: models.RobotDoor, Conversation: name}, true, noon())
	k.ok(err)
	return c
}

// push has a chat's parcel pushed to a robot; "" ends it.
func (k kit) push(c models.Chat, p models.Parcel, name string) {
	k.t.Helper()
	k.ok(k.PushTo(k.ctx(), c.ID, p.ID, name, noon()))
}

// pushes checks whether a robot gets a parcel's news.
func (k kit) pushes(name string, p models.Parcel, want bool) {
	k.t.Helper()
	if _, got, err := k.FollowOf(k.ctx(), k.robot(name).ID, p.ID); err != nil || got != want {
		k.t.Fatalf("%s gets the parcel's news: %v, want %v; %v", name, got, want, err)
	}
}

func TestARobotGetsWhatHappensFromNowOn(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		if err := k.PushTo(k.ctx(), c.ID, p.ID, "ops", noon()); !errors.Is(err, models.ErrNotFound) {
			t.Fatalf("got %v, want %v", err, models.ErrNotFound)
		}
		k.follow(c, p)
		k.ok(k.Rename(k.ctx(), c.ID, p.ID, "茶叶"))
		p = k.finish(scan(k.stored(p.ID), "before", noon()), noon())
		k.push(c, p, "ops")
		robot := k.robot("ops")
		if f := k.marks(robot, p); f.DeliveredSeq != 1 || f.Name != "茶叶" || !robot.Group || k.marks(c, p).PushTo != "ops" {
			t.Fatalf("robot %+v, follow %+v", robot, f)
		}
		k.finish(scan(k.stored(p.ID), "after", noon()+minute), noon()+minute)
		k.push(c, p, "ops") // once more changes nothing
		got := k.claims(models.RobotDoor, noon()+minute)
		if len(got) != 1 || got[0].Chat.Address != robot.Address {
			t.Fatalf("claimed %+v", got)
		}
		if news := k.pending(got[0].Chat); len(news) != 1 || len(news[0].Events) != 1 || news[0].Events[0].Text != "after" {
			t.Fatalf("pending: %+v", news)
		}
		if news := k.pending(c); len(news) != 1 || len(news[0].Events) != 2 {
			t.Fatalf("pending for the chat itself: %+v", news)
		}
	})
}

func TestARobotSpeaksAsTheFirstChatThatPushesToIt(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		p := k.parcel(1)
		for n, lang := range []string{"en", "zh-TW"} {
			c := k.chat(n)
			k.ok(k.SetLang(k.ctx(), c.ID, lang))
			k.ok(k.SetSpoken(k.ctx(), c.ID, "de"))
			k.follow(c, p)
			k.push(c, p, "ops")
		}
		if got := k.robot("ops"); got.Lang != "en" || got.Spoken != "de" || got.WorkAt != models.Never {
			t.Fatalf("got %+v", got)
		}
	})
}

func TestARobotCallsAParcelAsTheOnlyChatThatPushesItThere(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		one, two, p, q := k.chat(1), k.chat(2), k.parcel(1), k.parcel(2)
		for _, parcel := range []models.Parcel{p, q} {
			k.follow(one, parcel)
			k.push(one, parcel, "ops")
		}
		k.follow(two, p)
		k.push(two, p, "sales")
		called := func(parcel models.Parcel, want string) {
			t.Helper()
			if got := k.marks(k.robot("ops"), parcel).Name; got != want {
				t.Fatalf("called %q, want %q", got, want)
			}
		}
		k.ok(k.Rename(k.ctx(), one.ID, p.ID, "茶叶"))
		k.ok(k.Rename(k.ctx(), two.ID, p.ID, "tea"))
		called(p, "茶叶")
		called(q, "")
		_, err := k.Follow(k.ctx(), models.Following{ChatID: one.ID, ParcelID: p.ID, Name: "红茶"}, noon())
		k.ok(err)
		called(p, "红茶")
		k.push(two, p, "ops")
		k.ok(k.Rename(k.ctx(), one.ID, p.ID, "绿茶"))
		called(p, "红茶")
		if err := k.Rename(k.ctx(), two.ID, q.ID, "x"); !errors.Is(err, models.ErrNotFound) {
			t.Fatalf("got %v, want %v", err, models.ErrNotFound)
		}
	})
}

func TestARobotForgetsTheNameThatAChatGaveWhichPushesNoMore(t *testing.T) {
	ends := map[string]func(k kit, c models.Chat, p models.Parcel){
		"switched off": func(k kit, c models.Chat, p models.Parcel) { k.push(c, p, "") },
		"unfollowed": func(k kit, c models.Chat, p models.Parcel) {
			k.ok(k.Unfollow(k.ctx(), c.ID, []int64{p.ID}, noon()))
		},
		"forgotten": func(k kit, c models.Chat, _ models.Parcel) { k.ok(k.Forget(k.ctx(), c.ID, noon())) },
	}
	each(t, func(t *testing.T, k kit) {
		n := 0
		for name, end := range ends {
			t.Run(name, func(t *testing.T) {
				on := k
				on.t = t
				p := on.parcel(n)
				for i, called := range []string{"我的药", "tea", "茶"} {
					c := on.chat(3*n + i)
					_, err := on.Follow(on.ctx(), models.Following{ChatID: c.ID, ParcelID: p.ID, Name: called}, noon())
					on.ok(err)
					on.push(c, p, "ops")
				}
				for i, want := range []string{"我的药", "tea", "茶"} {
					if got := on.marks(on.robot("ops"), p).Name; got != want {
						t.Fatalf("called %q, want %q", got, want)
					}
					end(on, on.chat(3*n+i), p)
				}
				on.pushes("ops", p, false)
				n++
			})
		}
	})
}

func TestARobotGetsAParcelsNewsAsLongAsSomebodyPushesIt(t *testing.T) {
	ends := []struct {
		name string
		end  func(k kit, c models.Chat, p models.Parcel)
	}{
		{"switched off", func(k kit, c models.Chat, p models.Parcel) { k.push(c, p, "") }},
		{"pushed elsewhere", func(k kit, c models.Chat, p models.Parcel) { k.push(c, p, "sales") }},
		{"unfollowed", func(k kit, c models.Chat, p models.Parcel) {
			k.ok(k.Unfollow(k.ctx(), c.ID, []int64{p.ID}, noon()))
		}},
		{"forgotten", func(k kit, c models.Chat, _ models.Parcel) { k.ok(k.Forget(k.ctx(), c.ID, noon())) }},
	}
	each(t, func(t *testing.T, k kit) {
		for i, test := range ends {
			t.Run(test.name, func(t *testing.T) {
				on := k
				on.t = t
				one, two, p := on.chat(2*i), on.chat(2*i+1), on.parcel(i)
				for _, c := range []models.Chat{one, two} {
					on.follow(c, p)
					on.push(c, p, "ops")
				}
				test.end(on, one, p)
				on.pushes("ops", p, true)
				test.end(on, two, p)
				on.pushes("ops", p, false)
				on.pushes("sales", p, test.name == "pushed elsewhere")
			})
		}
	})
}

func TestNoParcelIsKeptByARobotAlone(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		k.push(c, p, "ops")
		k.ok(k.Unfollow(k.ctx(), c.ID, []int64{p.ID}, noon()))
		k.polled(p, noon(), false)
		k.ok(k.Sweep(k.ctx(), keep(), noon()+90*day+1))
		if _, err := k.Parcel(k.ctx(), p.ID); !errors.Is(err, models.ErrNotFound) {
			t.Fatalf("got %v, want %v", err, models.ErrNotFound)
		}
	})
}

func TestPushingAndUnfollowingAtOnceLeaveNoRobotAlone(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		other := k.open()
		c := k.chat(1)
		for i := range 10 {
			p := k.parcel(i)
			k.follow(c, p)
			errs := together(2, func(n int) error {
				if n == 0 {
					return other.PushTo(k.ctx(), c.ID, p.ID, "ops", noon())
				}
				return k.Unfollow(k.ctx(), c.ID, []int64{p.ID}, noon())
			})
			if errs[1] != nil || errs[0] != nil && !errors.Is(errs[0], models.ErrNotFound) {
				t.Fatal(errs)
			}
			k.pushes("ops", p, false)
			k.polled(p, noon(), false)
		}
	})
}

func TestManyPushToOneRobotAtOnce(t *testing.T) {
	each(t, func(_ *testing.T, k kit) {
		stores := []*store.Store{k.Store, k.open()}
		p := k.parcel(1)
		chats := make([]models.Chat, 6)
		for i := range chats {
			chats[i] = k.chat(i)
			k.follow(chats[i], p)
		}
		for _, name := range []string{"ops", ""} {
			k.ok(errors.Join(together(len(chats), func(i int) error {
				return stores[i%2].PushTo(k.ctx(), chats[i].ID, p.ID, name, noon())
			})...))
			k.pushes("ops", p, name != "")
		}
	})
}

func TestARobotThatWasRemovedIsTriedAgainWhenSomebodyPushesToIt(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p, q := k.chat(1), k.parcel(1), k.parcel(2)
		k.follow(c, p)
		k.follow(c, q)
		k.push(c, p, "ops")
		k.ok(k.Gone(k.ctx(), k.robot("ops").ID, noon()))
		k.finish(scan(k.stored(p.ID), "x", noon()), noon())
		k.ok(k.Gone(k.ctx(), c.ID, noon()))
		k.polled(p, k.stored(p.ID).DueAt, false)
		k.push(c, q, "ops")
		if got := k.robot("ops"); got.GoneAt != 0 || got.WorkAt != noon() || len(k.pending(got)) != 1 {
			t.Fatalf("got %+v, pending %+v", got, k.pending(got))
		}
		for _, id := range []int64{p.ID, q.ID} {
			if got := k.stored(id).DueAt; got == models.Never {
				t.Fatalf("parcel %d is not polled", id)
			}
		}
	})
}

func TestRobotsCountInNoLimit(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c := k.chat(1)
		for i := range 2 {
			p := k.parcel(i)
			_, err := k.Follow(k.ctx(), models.Following{ChatID: c.ID, ParcelID: p.ID, Max: 2}, noon())
			k.ok(err)
			k.push(c, p, "ops")
			k.pushes("ops", p, true)
		}
		if rows, err := k.Followed(k.ctx(), c.ID, true); err != nil || len(rows) != 2 {
			t.Fatalf("got %+v, %v", rows, err)
		}
	})
}

func TestARobotSeesWhatThoseWhoPushMaySee(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		one, two, p := k.chat(1), k.chat(2), k.sealed(1)
		follow := func(c models.Chat, tail string, state models.TailState) models.Follow {
			f, err := k.Follow(k.ctx(), models.Following{ChatID: c.ID, ParcelID: p.ID, Tail: tail, TailState: state}, noon())
			k.ok(err)
			return f
		}
		state := func(want models.TailState) {
			t.Helper()
			if got := k.marks(k.robot("ops"), p).TailState; got != want {
				t.Fatalf("the robot's tail is in state %d, want %d", got, want)
			}
		}
		proving := follow(one, "1111", models.TailUntried)
		follow(two, "", models.TailNone)
		k.push(one, p, "ops")
		k.push(two, p, "ops")
		state(models.TailUntried)
		p = k.finish(scan(k.stored(p.ID), "hidden", noon()), noon())
		if news := k.pending(k.robot("ops")); len(news) != 0 {
			t.Fatalf("pending: %+v", news)
		}
		f := models.Finish{Version: p.Version, Change: models.Change{Parcel: p}, DueAt: noon() + hour, Verified: []int64{proving.ID}}
		k.finish(f, noon())
		state(models.TailOK)
		if news := k.pending(k.robot("ops")); len(news) != 1 || len(news[0].Events) != 1 {
			t.Fatalf("pending: %+v", news)
		}
		follow(one, "2222", models.TailUntried)
		state(models.TailUntried)
		follow(one, "1111", models.TailOK)
		state(models.TailOK)
		k.ok(k.Unfollow(k.ctx(), one.ID, []int64{p.ID}, noon()))
		state(models.TailUntried)
	})
}

func TestARobotIsNotAskedForATail(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		c, p := k.chat(1), k.parcel(1)
		k.follow(c, p)
		k.push(c, p, "ops")
		p = k.sealed(1)
		f := scan(p, models.TailMissing, noon())
		f.Change.Events[0].Kind, f.Change.Everyone = models.TailRefused, true
		k.finish(f, noon())
		if news := k.pending(c); len(news) != 1 || len(news[0].Notices) != 1 {
			t.Fatalf("pending for the chat: %+v", news)
		}
		if news := k.pending(k.robot("ops")); len(news) != 0 {
			t.Fatalf("pending for the robot: %+v", news)
		}
	})
}

func TestRobotsGoAlongToTheRightCarrier(t *testing.T) {
	each(t, func(t *testing.T, k kit) {
		right, err := k.Ensure(k.ctx(), number(1), "zto", "", false, noon())
		k.ok(err)
		wrong := k.parcel(1)
		c, both := k.chat(1), k.chat(2)
		k.follow(c, wrong)
		k.push(c, wrong, "ops")
		k.follow(both, wrong)
		k.push(both, wrong, "sales")
		k.follow(both, right)
		k.push(both, right, "night")
		_, err = k.ChangeCarrier(k.ctx(), k.stored(wrong.ID), "zto", noon())
		k.ok(err)
		k.pushes("ops", right, true)
		k.pushes("night", right, true)
		k.pushes("sales", right, false) // one parcel of one chat goes to one robot
		if news := k.pending(k.robot("ops")); len(news) != 1 || len(news[0].Notices) != 1 {
			t.Fatalf("pending: %+v", news)
		}
	})
}

func TestRobotsStayWithAMergedChat(t *testing.T) {
	each(t, func(_ *testing.T, k kit) {
		old, now, mine, shared := k.chat(1), k.chat(2), k.parcel(1), k.parcel(2)
		k.follow(old, mine)
		k.push(old, mine, "ops")
		k.follow(old, shared)
		k.push(old, shared, "sales")
		k.follow(now, shared)
		k.push(now, shared, "night")
		k.ok(k.MoveChat(k.ctx(), old.ID, now.Conversation, noon()))
		k.pushes("ops", mine, true)
		k.pushes("night", shared, true)
		k.pushes("sales", shared, false)
	})
}
