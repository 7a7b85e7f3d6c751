package handlers

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"waybill/models"
)

// pastJourneys are journeys that a store has, or its failure.
type pastJourneys struct {
	journeys []models.Journey
	err      error
	reads    int
}

// Journeys are the same for every route.
func (p *pastJourneys) Journeys(context.Context, models.Route) ([][]models.Journey, error) {
	p.reads++
	return [][]models.Journey{p.journeys}, p.err
}

// daysEach are journeys that took so many days each in turn, and went out for delivery
// four hours before their end.
func daysEach(days ...int) *pastJourneys {
	began := models.At(time.Date(2026, 2, 20, 9, 0, 0, 0, models.Shanghai))
	var all []models.Journey
	for i := range 60 {
		end := began.Add(time.Duration(days[i%len(days)])*24*time.Hour + 6*time.Hour)
		all = append(all, models.Journey{StartedAt: began, OutAt: end.Add(-4 * time.Hour), DeliveredAt: end})
	}
	return &pastJourneys{journeys: all}
}

// estimates are those of a world at ten in the morning of Monday, March 2nd, 2026.
func (w *world) estimates(past JourneyStore) *Estimates {
	return NewEstimates(past, models.Shanghai, slog.New(slog.DiscardHandler), w.clock)
}

// under is a parcel that began an hour ago.
func (w *world) under(s models.Status) models.Parcel {
	began := models.At(w.clock()).Add(-time.Hour)
	return models.Parcel{Number: moving, Carrier: "yto", Status: s, StartedAt: began, EventAt: began, HeardAt: began}
}

func TestAnEstimateIsTheProvidersOwnElseThatOfTheRoute(t *testing.T) {
	w := newWorld(t, "zh-CN")
	for _, c := range []struct {
		name, lang, want string
		past             *pastJourneys
		p                models.Parcel
	}{
		{"some days", "zh-CN", "大约周四到周五", daysEach(3, 4), w.under(models.InTransit)},
		{"some days, in Taiwan", "zh-TW", "大約週四到週五", daysEach(3, 4), w.under(models.InTransit)},
		{"some days, in English", "en", "probably Thursday or Friday", daysEach(3, 4), w.under(models.InTransit)},
		{"three days, in English", "en", "probably Thursday to Saturday", daysEach(3, 4, 5), w.under(models.InTransit)},
		{"one day", "zh-CN", "大约周四", daysEach(3), w.under(models.InTransit)},
		{"tomorrow", "zh-CN", "大约明天", daysEach(1), w.under(models.InTransit)},
		{"today and tomorrow", "zh-CN", "大约今天到明天", daysEach(0, 1), w.under(models.InTransit)},
		{"today, in English", "en", "probably today", daysEach(0), w.under(models.InTransit)},
		{"six days ahead", "zh-CN", "大约周日", daysEach(6), w.under(models.InTransit)},
		{"a week ahead", "zh-CN", "大约3月9日", daysEach(7), w.under(models.InTransit)},
		{"a week ahead, in English", "en", "probably 03-09", daysEach(7), w.under(models.InTransit)},
		{"out for delivery", "zh-CN", "大约今天", daysEach(3), func() models.Parcel {
			p := w.under(models.OutForDelivery)
			p.OutAt = p.StartedAt
			return p
		}()},
		{"its provider knows", "zh-CN", "明天 18:00 前送达", daysEach(3), func() models.Parcel {
			p := w.under(models.InTransit)
			p.Estimate = "预计：明天 18:00 前送达"
			return p
		}()},
		{"its provider knew yesterday of a tomorrow", "zh-CN", "大约周四到周五", daysEach(3, 4), func() models.Parcel {
			p := w.under(models.InTransit)
			p.Estimate, p.HeardAt = "预计明天 18:00 前送达", p.HeardAt.Add(-10*time.Hour)
			return p
		}()},
		{"its provider knew yesterday of a date", "zh-CN", "3月3日 18:00 前送达", daysEach(3), func() models.Parcel {
			p := w.under(models.InTransit)
			p.Estimate, p.HeardAt = "预计3月3日 18:00 前送达", p.HeardAt.Add(-10*time.Hour)
			return p
		}()},
		{"too little is known", "zh-CN", "", &pastJourneys{}, w.under(models.InTransit)},
		{"the store fails", "zh-CN", "", &pastJourneys{err: errors.New("broken")}, w.under(models.InTransit)},
		{"it waits to be fetched", "zh-CN", "", daysEach(3), w.under(models.ReadyForPickup)},
		{"it was delivered", "zh-CN", "", daysEach(3), w.under(models.Delivered)},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := w.estimates(c.past).Expected(t.Context(), c.p)
			if got := w.on(c.lang).expected(e); got != c.want {
				t.Errorf("got %q, want %q (%+v)", got, c.want, e)
			}
		})
	}
}

func TestTheJourneysOfARouteAreReadOnceInAWhile(t *testing.T) {
	w := newWorld(t, "zh-CN")
	past := daysEach(3)
	past.journeys = append(past.journeys, append(daysEach(3).journeys, daysEach(3).journeys...)...)
	e := w.estimates(past)
	for range 5 {
		e.Expected(t.Context(), w.under(models.InTransit))
	}
	w.pass(11 * time.Minute)
	e.Expected(t.Context(), w.under(models.InTransit))
	done := w.under(models.InTransit)
	done.DoneAt = 1
	e.Expected(t.Context(), done)
	if past.reads != 2 {
		t.Errorf("read %d times", past.reads)
	}
}

func TestFewJourneysAreReadAnew(t *testing.T) {
	w := newWorld(t, "zh-CN")
	past := &pastJourneys{}
	e := w.estimates(past)
	if got := e.Expected(t.Context(), w.under(models.InTransit)); got.Known() {
		t.Errorf("nothing is known, and expected is %+v", got)
	}
	past.journeys = daysEach(3).journeys
	if got := e.Expected(t.Context(), w.under(models.InTransit)); !got.Known() {
		t.Error("what has arrived meanwhile does not count")
	}
}

// expecting is a conversation of a world in which journeys took so many days each.
func (w *world) expecting(days ...int) *Conversation {
	c := w.conversation()
	c.settings.Estimator = w.estimates(daysEach(days...))
	return c
}

// replyOf is a conversation's reply to a text.
func (w *world) replyOf(c *Conversation, text string) string {
	w.t.Helper()
	replies, err := c.Handle(w.t.Context(), w.chat("a", false), Message{Text: text, Addressed: true})
	if err != nil {
		w.t.Fatal(err)
	}
	return strings.Join(shown(replies), "\n")
}

func TestWhenAParcelComesIsSaidToWhoeverAsks(t *testing.T) {
	w := newWorld(t, "zh-CN")
	c := w.expecting(3, 4)
	for _, text := range []string{moving, "什么时候到", "详情 1", moving} {
		if got := w.replyOf(c, text); !strings.Contains(got, "预计：大约周四到周五") {
			t.Errorf("%s: %s", text, got)
		}
	}
	w.replyOf(c, "YT1000000000074")
	if got := w.replyOf(c, "我的快递什么时候到"); strings.Count(got, " · 预计：大约周四到周五") != 2 {
		t.Errorf("when do they come: %s", got)
	}
	for _, text := range []string{"列表", "我的快递到哪了"} {
		if got := w.replyOf(c, text); strings.Contains(got, "大约") {
			t.Errorf("%s: %s", text, got)
		}
	}
	w.replyOf(c, "YT1000000000058")
	if got := w.replyOf(c, "YT1000000000058"); strings.Contains(got, "预计") {
		t.Errorf("it has arrived: %s", got)
	}
}

func TestNewsSaysWhenAParcelComesOnceItIsOutForDelivery(t *testing.T) {
	w := newWorld(t, "zh-CN")
	c := w.expecting(3)
	news := func(s models.Status, urgency models.Urgency) string {
		n := models.Notification{Parcel: w.under(s), Urgency: urgency}
		n.Parcel.OutAt = n.Parcel.StartedAt
		reply, err := c.Notify(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(shown([]Reply{reply}), "\n")
	}
	if got := news(models.OutForDelivery, models.UrgentAlways); !strings.Contains(got, "预计：大约今天") {
		t.Errorf("out for delivery: %s", got)
	}
	if got := news(models.InTransit, models.Ordinary); strings.Contains(got, "预计") {
		t.Errorf("on its way: %s", got)
	}
}

func TestOnlyAQuestionAboutTimeAsksWhen(t *testing.T) {
	for text, want := range map[string]bool{
		"什么时候到": true, "什麼時候到": true, "几号到": true, "还要多久": true, "今天能到吗": true, "when will it arrive": true, "哪天到": true, "ETA?": true,
		"到哪了": false, "列表": false, "我的快递到哪了": false, "where is my parcel": false, "whenever": false, "": false,
	} {
		if got := (&turn{m: Message{Text: text}}).asksWhen(); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
