package handlers

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"waybill/models"
)

// sketch is a painter that notes what it was asked to draw; blank ones cannot.
type sketch struct {
	drawn []models.JourneyPicture
	blank bool
}

func (s *sketch) Journey(j models.JourneyPicture) []byte {
	s.drawn = append(s.drawn, j)
	if s.blank {
		return nil
	}
	return []byte("PNG")
}

// painting is a conversation with pictures on the world's door.
func (w *world) painting(p Painter, traits Traits) *Conversation {
	c := w.conversation()
	c.settings.Painter = p
	c.settings.Traits[w.door] = traits
	return c
}

// talk is what a conversation replies to one chat.
func (w *world) talk(c *Conversation, m Message) []Reply {
	w.t.Helper()
	m.Addressed = true
	replies, err := c.Handle(w.t.Context(), w.chat("a", false), m)
	if err != nil {
		w.t.Fatal(err)
	}
	return replies
}

func TestDetailsHaveAPicture(t *testing.T) {
	for _, c := range []struct {
		name    string
		traits  Traits
		blank   bool
		message Message
		want    int
	}{
		{"on /detail", Traits{Pictures: true, Captions: true}, false, Message{Text: "/detail 1"}, 1},
		{"on the button", Traits{Pictures: true, Captions: true}, false, Message{Happening: Tapped, Button: "d:1"}, 1},
		{"behind the text where it takes no caption, also where messages are counted: it was asked for", Traits{Pictures: true, Metered: true}, false, Message{Text: "/detail 1"}, 1},
		{"not where pictures cannot be shown", Traits{}, false, Message{Text: "/detail 1"}, 0},
		{"not where it cannot be drawn", Traits{Pictures: true, Captions: true}, true, Message{Text: "/detail 1"}, 0},
		{"not in a list", Traits{Pictures: true, Captions: true}, false, Message{Text: "/list"}, 0},
		{"not for several at once", Traits{Pictures: true, Captions: true}, false, Message{Text: "/detail 1 2"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, "zh-CN")
			painter := &sketch{blank: c.blank}
			conversation := w.painting(painter, c.traits)
			for _, number := range []string{"YT1000000000017", "YT1000000000074"} {
				w.scripts[number].scans = []string{"【西安市】已揽收", "【武汉市】快件到达，电话13812345678"}
				w.talk(conversation, Message{Text: number + " 茶"})
			}
			w.talk(conversation, Message{Text: "/list"})
			painter.drawn = nil
			replies := w.talk(conversation, c.message)
			var pictures []Reply
			for _, r := range replies {
				if r.Picture != nil {
					pictures = append(pictures, r)
				}
			}
			if len(pictures) != c.want || len(replies) == 0 || (replies[0].Picture != nil) != (c.want > 0 && !c.traits.Captions) {
				t.Fatalf("%d replies, %d pictures", len(replies), len(pictures))
			}
			for _, r := range pictures {
				j := painter.drawn[0]
				if caption := r.Text(); !strings.Contains(caption, j.Parcel.Number) || !strings.Contains(caption, "运输中") || c.traits.Captions && len(r.Blocks) != 1 {
					t.Errorf("the caption is %q", caption)
				}
				if r.Picture.Name != j.Parcel.Number+".png" || string(r.Picture.Body) != "PNG" {
					t.Errorf("got %+v", r.Picture)
				}
				if diff := cmp.Diff([]models.Stop{{City: "西安"}, {City: "武汉"}}, j.Stops); diff != "" || len(j.Scans) != 2 || j.Name != "茶" || j.Carrier != "圆通速递" || j.Lang != "zh-CN" {
					t.Errorf("drawn: %+v", j)
				}
			}
		})
	}
}

func TestNoPictureOfAParcelThatATailHasNotOpened(t *testing.T) {
	w := newWorld(t, "zh-CN")
	painter := &sketch{}
	c := w.painting(painter, Traits{Pictures: true, Captions: true})
	n := w.notification("a")
	n.Parcel.Status, n.Urgency, n.Follow.TailState = models.Delivered, models.UrgentAlways, models.TailUntried
	if reply, err := c.Notify(t.Context(), n); err != nil || reply.Picture != nil || len(painter.drawn) > 0 {
		t.Errorf("picture %v, %v", reply.Picture, err)
	}
}

func TestNewsOfADeliveryHasAPicture(t *testing.T) {
	delivered := func(n *models.Notification) { n.Parcel.Status, n.Urgency = models.Delivered, models.UrgentAlways }
	for _, c := range []struct {
		name   string
		traits Traits
		change func(*models.Notification)
		want   bool
	}{
		{"delivered", Traits{Pictures: true, Captions: true}, delivered, true},
		{"not where it costs a counted message", Traits{Pictures: true, Captions: true, Metered: true}, delivered, false},
		{"not where pictures cannot be shown", Traits{}, delivered, false},
		{"not for what comes after it", Traits{Pictures: true, Captions: true}, func(n *models.Notification) { n.Parcel.Status = models.Delivered }, false},
		{"not on its way", Traits{Pictures: true, Captions: true}, func(n *models.Notification) { n.Urgency = models.UrgentAlways }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, "zh-CN")
			painter := &sketch{}
			conversation := w.painting(painter, c.traits)
			n := w.notification("a")
			c.change(&n)
			text := w.notify(t, n).Text()
			reply, err := conversation.Notify(t.Context(), n)
			if err != nil || (reply.Picture != nil) != c.want || len(painter.drawn) != map[bool]int{true: 1}[c.want] {
				t.Fatalf("picture %v, %d drawn, %v", reply.Picture, len(painter.drawn), err)
			}
			if reply.Text() != text || len(reply.Buttons) == 0 {
				t.Errorf("its caption is %q, the text without it %q", reply.Text(), text)
			}
		})
	}
}

func TestAPictureSpeaksTheLanguageOfItsChat(t *testing.T) {
	w := newWorld(t, "zh-CN")
	chat := w.chat("a", false)
	chat.Lang = "en"
	now := models.At(w.clock())
	p := models.Parcel{Number: "SF1000000000015", Carrier: "sf", Status: models.InTransit, StartedAt: now.Add(-26 * time.Hour), EventAt: now, Estimate: "预计11-30"}
	j := NewWording(w.words.For(chat.Lang), models.Shanghai, now).Picture(models.Followed{Parcel: p}, byProvider(p), nil)
	if j.Lang != "en" || j.Status != "In transit" || !strings.Contains(j.Took, "day") || !strings.Contains(j.Estimate, "11-30") || j.Carrier != "SF Express" {
		t.Errorf("got %+v", j)
	}
}

// Whoever does not know that a photo is read never sends one.
func TestHelpSaysWhatElseThanTextIsRead(t *testing.T) {
	for name, c := range map[string]struct {
		traits    Traits
		photo     bool
		documents bool
	}{
		"where pictures come":           {Traits{Pictures: true}, true, true},
		"in WeCom's app no documents":   {Traits{Pictures: true, Staff: true}, true, false},
		"in a terminal there is a line": {Traits{}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "zh-CN")
			replies := w.talk(w.painting(&sketch{}, c.traits), Message{Text: "帮助"})
			if len(replies) != 1 {
				t.Fatalf("%d replies", len(replies))
			}
			said := replies[0].Text()
			if strings.Contains(said, "照片") != c.photo || strings.Contains(said, ".xlsx") != c.documents {
				t.Errorf("it says %s", said)
			}
		})
	}
}
