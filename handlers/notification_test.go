package handlers

import (
	"strings"
	"testing"
	"time"

	"waybill/models"
)

// news is a parcel on its way, of which a chat is owed one scan.
func (w *world) notification(conversation string) models.Notification {
	now := models.At(w.clock())
	return models.Notification{
		Chat:   w.chat(conversation, false),
		Follow: models.Follow{ID: 1, Name: "茶", TailState: models.TailOK},
		Parcel: models.Parcel{ID: 7, Number: locked, Carrier: "sf", Status: models.OutForDelivery, TailNeeded: true, EventAt: now.Add(-80 * time.Hour), StatusAt: now.Add(-25 * time.Hour)},
		Events: []models.Folded{{Event: models.Event{Kind: models.Scan, Text: "派送中", Place: "北京", At: now.Add(-time.Hour)}, Times: 1}},
		Upto:   3,
	}
}

// notify is what a chat reads of a notification.
func (w *world) notify(t *testing.T, n models.Notification) Reply {
	t.Helper()
	reply, err := w.conversation().Notify(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return reply
}

func TestANotificationSaysWhatHasHappened(t *testing.T) {
	w := newWorld(t, "zh-CN")
	for _, c := range []struct {
		name   string
		change func(*models.Notification)
		want   []string
	}{
		{"a scan", func(*models.Notification) {}, []string{
			"茶 · 🛵 派送中", "顺丰速运 SF1000000000015", "03-02 09:00 派送中 (北京)", "[🔄 刷新] [📋 详情]", "[✏️ 备注] [🔇 静音] [✖️ 停止]",
		}},
		{"scans that are not shown are counted", func(n *models.Notification) { n.More = 2 }, []string{
			"茶 · 🛵 派送中", "顺丰速运 SF1000000000015", "03-02 09:00 派送中 (北京)", "更早的还有 2 条", "[🔄 刷新] [📋 详情]", "[✏️ 备注] [🔇 静音] [✖️ 停止]",
		}},
		{"a status without a scan", notice(models.StatusChanged, string(models.OutForDelivery)), []string{
			"茶 · 🛵 派送中", "顺丰速运 SF1000000000015", "[🔄 刷新] [📋 详情]", "[✏️ 备注] [🔇 静音] [✖️ 停止]",
		}},
		{"another carrier", notice(models.CarrierChanged, "sf"), []string{
			"茶 · 🛵 派送中", "顺丰速运 SF1000000000015", "快递公司更正为顺丰速运。", "[🔄 刷新] [📋 详情]", "[✏️ 备注] [🔇 静音] [✖️ 停止]",
		}},
		{"nothing for days", notice(models.Stuck, ""), []string{
			"茶 · 🛵 派送中", "顺丰速运 SF1000000000015", "3 天没有新动态了。", "[🔄 刷新] [📋 详情]", "[✏️ 备注] [🔇 静音] [✖️ 停止]",
		}},
		{"it waits to be fetched", notice(models.PickupWaits, ""), []string{
			"茶 · 🛵 派送中", "顺丰速运 SF1000000000015", "到了 1 天，还没取，别放过期了。", "[🔄 刷新] [📋 详情]", "[✏️ 备注] [🔇 静音] [✖️ 停止]",
		}},
		{"following ended", func(n *models.Notification) {
			notice(models.Ended, models.EndedSilent)(n)
			n.Parcel.DoneAt = 1
		}, []string{
			"茶 · 🛵 派送中", "顺丰速运 SF1000000000015", "太久没有动静，我先不盯了。还想看的话，再发一次 SF1000000000015 就行。", "[📋 详情] [✖️ 停止]",
		}},
		{"somebody whose tail opens nothing learns no status", func(n *models.Notification) {
			notice(models.Ended, models.EndedPending)(n)
			n.Follow.TailState = models.TailUntried
		}, []string{
			"顺丰速运 SF1000000000015 · 茶", "一直没有物流记录，我先不盯了。单号没错的话，再发一次 SF1000000000015 就行。",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := w.notification("a")
			c.change(&n)
			if got := shown([]Reply{w.notify(t, n)}); strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

func notice(kind models.Kind, text string) func(*models.Notification) {
	return func(n *models.Notification) {
		n.Events = nil
		n.Notices = []models.Event{{Kind: kind, Text: text}}
	}
}

func TestEveryNoticeHasWordsInEveryLanguage(t *testing.T) {
	for _, lang := range []string{"zh-CN", "en"} {
		w := newWorld(t, lang)
		r := w.conversation().renderer(models.Chat{}, models.At(w.clock()))
		for _, kind := range []models.Kind{models.CarrierChanged, models.Stuck, models.PickupWaits, models.TailRefused, models.Ended, "new kind"} {
			for _, text := range []string{"", models.TailMissing, models.TailUnreadable, models.EndedPending, models.EndedUnknown, models.EndedSilent} {
				said := shown([]Reply{{Blocks: []Block{r.notice(models.Event{Kind: kind, Text: text}, models.Parcel{Number: locked, Carrier: "sf"}, nil, nil)}}})
				if len(said) == 0 || strings.Contains(said[0], "notice.") || strings.Contains(said[0], "<no value>") {
					t.Errorf("%s: %s (%s) is told as %q", lang, kind, text, said)
				}
			}
		}
	}
}

func TestARefusedTailIsAskedForAgainAndFourDigitsAnswer(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", "YT1000000000017")
	n := w.notification("a")
	notice(models.TailRefused, "")(&n)
	n.Follow.TailState = models.TailWrong
	if said := w.notify(t, n).Text(); !strings.Contains(said, "尾号") || !strings.Contains(said, locked) {
		t.Errorf("told %q", said)
	}
	if _, open, err := w.store.Question(t.Context(), n.Chat.ID, 0, models.At(w.clock())); open || err != nil {
		t.Errorf("it is asked before it is sent: %v", err)
	}
	if err := w.conversation().AskTail(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	if said := w.says(t, "a", "1234"); !showsTrace(said) {
		t.Errorf("four digits bring %q", said)
	}
}

func TestARefusedTailLeavesAnotherOpenQuestionAlone(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", "忘记我")
	n := w.notification("a")
	notice(models.TailRefused, "")(&n)
	if err := w.conversation().AskTail(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	q, open, err := w.store.Question(t.Context(), n.Chat.ID, 0, models.At(w.clock()))
	if err != nil || !open || q.Asking != models.AskForget {
		t.Errorf("open: %v %v %v", q.Asking, open, err)
	}
}

func TestNewsThatWantsAnAnswerSaysHowItIsHeard(t *testing.T) {
	w := newWorld(t, "zh-CN")
	for name, c := range map[string]struct {
		door  string
		group bool
		kind  models.Kind
		text  string
		says  bool
	}{
		"a tail in a group":                     {"wecom_aibot", true, models.TailRefused, "", true},
		"an end in a group":                     {"wecom_aibot", true, models.Ended, models.EndedSilent, true},
		"what nobody need answer":               {"wecom_aibot", true, models.Stuck, "", false},
		"one to one":                            {"wecom_aibot", false, models.TailRefused, "", false},
		"a group in which everything is heard":  {"test", true, models.TailRefused, "", false},
		"a customer, who is heard all the time": {"wecom_kf", false, models.TailRefused, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			n := w.notification(name)
			w.door = c.door
			n.Chat = w.chat(name, c.group)
			notice(c.kind, c.text)(&n)
			if said := w.notify(t, n).Text(); strings.Contains(said, "要 @我") != c.says {
				t.Errorf("it says %q", said)
			}
		})
	}
}

func TestNewsWithoutARefusedTailAsksNothing(t *testing.T) {
	w := newWorld(t, "zh-CN")
	n := w.notification("a")
	if err := w.conversation().AskTail(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	if _, open, err := w.store.Question(t.Context(), n.Chat.ID, 0, models.At(w.clock())); open || err != nil {
		t.Errorf("it asks something: %v", err)
	}
}

func TestANotificationSaysWhyItIsSentAndWhatItIsWrittenIn(t *testing.T) {
	w := newWorld(t, "zh-CN")
	for urgent, want := range map[bool]Occasion{false: News, true: Urgent} {
		n := w.notification("a")
		n.Urgency, n.Chat.Lang = models.Ordinary, "en"
		if urgent {
			n.Urgency = models.UrgentDay
		}
		reply, err := w.conversation().Notify(t.Context(), n)
		if err != nil || reply.For != want || reply.Lang != "en" || len(reply.Buttons) == 0 {
			t.Errorf("sent for %q in %q with %d rows of buttons, %v", reply.For, reply.Lang, len(reply.Buttons), err)
		}
	}
}
