package handlers

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"waybill/locales"
	"waybill/models"
)

// news is a parcel on its way, of which a chat is owed one scan.
func (w *world) news(room string) models.Notification {
	now := models.At(w.clock())
	return models.Notification{
		Chat:   w.chat(room, false),
		Follow: models.Follow{ID: 1, Name: "茶", TailState: models.TailOK},
		Parcel: models.Parcel{ID: 7, Number: locked, Carrier: "sf", Status: models.OutForDelivery, TailNeeded: true, EventAt: now.Add(-80 * time.Hour), StatusAt: now.Add(-25 * time.Hour)},
		Events: []models.Event{{Kind: models.Scan, Text: "派送中", Place: "北京", At: now.Add(-time.Hour)}},
		Upto:   3,
	}
}

func TestANotificationSaysWhatHasHappened(t *testing.T) {
	w := newWorld(t, "zh-CN")
	for _, c := range []struct {
		name   string
		change func(*models.Notification)
		want   []string
	}{
		{"a scan", func(*models.Notification) {}, []string{
			"🛵 派送中", "顺丰速运 SF1000000000015 · 茶", "03-02 09:00 派送中 (北京)", "[🔄 刷新] [📋 详情]", "[✏️ 备注] [🔕 停止]",
		}},
		{"scans that are not shown are counted", func(n *models.Notification) { n.More = 2 }, []string{
			"🛵 派送中", "顺丰速运 SF1000000000015 · 茶", "03-02 09:00 派送中 (北京)", "更早的还有 2 条", "[🔄 刷新] [📋 详情]", "[✏️ 备注] [🔕 停止]",
		}},
		{"a status without a scan", notice(models.StatusChanged, string(models.OutForDelivery)), []string{
			"🛵 派送中", "顺丰速运 SF1000000000015 · 茶", "[🔄 刷新] [📋 详情]", "[✏️ 备注] [🔕 停止]",
		}},
		{"another carrier", notice(models.Recarried, "sf"), []string{
			"🛵 派送中", "顺丰速运 SF1000000000015 · 茶", "快递公司更正为顺丰速运。", "[🔄 刷新] [📋 详情]", "[✏️ 备注] [🔕 停止]",
		}},
		{"nothing for days", notice(models.Stuck, ""), []string{
			"🛵 派送中", "顺丰速运 SF1000000000015 · 茶", "好几天没有新动静了，上一条还是 3 天前的。可以问问快递公司。", "[🔄 刷新] [📋 详情]", "[✏️ 备注] [🔕 停止]",
		}},
		{"it waits to be fetched", notice(models.PickupWaits, ""), []string{
			"🛵 派送中", "顺丰速运 SF1000000000015 · 茶", "1 天前就到了，还等着你去取。", "[🔄 刷新] [📋 详情]", "[✏️ 备注] [🔕 停止]",
		}},
		{"following ended", func(n *models.Notification) {
			notice(models.Ended, models.EndedSilent)(n)
			n.Parcel.DoneAt = 1
		}, []string{
			"🛵 派送中", "顺丰速运 SF1000000000015 · 茶", "太久没有动静，我先不跟了。还想看的话，再发一次 SF1000000000015 就行。", "[📋 详情] [🔕 停止]",
		}},
		{"somebody whose tail opens nothing learns no status", func(n *models.Notification) {
			notice(models.Ended, models.EndedPending)(n)
			n.Follow.TailState = models.TailUntried
		}, []string{
			"顺丰速运 SF1000000000015 · 茶", "一直没有物流记录，我先不跟了。单号没错的话，再发一次 SF1000000000015 就行。",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := w.news("a")
			c.change(&n)
			v := voice{Speech: w.words.For(), zone: models.Shanghai, now: models.At(w.clock())}
			if got := shown([]Reply{v.news(n)}); strings.Join(got, "\n") != strings.Join(c.want, "\n") {
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
		v := voice{Speech: w.words.For(lang), zone: models.Shanghai, now: models.At(w.clock())}
		for _, kind := range []models.Kind{models.Recarried, models.Stuck, models.PickupWaits, models.TailRefused, models.Ended, "new kind"} {
			for _, text := range []string{"", models.TailMissing, models.EndedPending, models.EndedUnknown, models.EndedSilent} {
				said := shown([]Reply{{Blocks: []Block{v.notice(models.Event{Kind: kind, Text: text}, models.Parcel{Number: locked, Carrier: "sf"})}}})
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
	n := w.news("a")
	notice(models.TailRefused, "")(&n)
	n.Follow.TailState = models.TailWrong
	c := w.conversation()
	reply, err := c.Notify(t.Context(), n)
	if said := reply.Text(); err != nil || !strings.Contains(said, "尾号") || !strings.Contains(said, locked) {
		t.Errorf("told %q, %v", said, err)
	}
	if _, open, err := w.store.Question(t.Context(), n.Chat.ID, models.At(w.clock())); open || err != nil {
		t.Errorf("it is asked before it is sent: %v", err)
	}
	if err := c.AskTail(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	if said := w.says(t, "a", "1234"); !opened(said) {
		t.Errorf("four digits bring %q", said)
	}
}

func TestNewsWithoutARefusedTailAsksNothing(t *testing.T) {
	w := newWorld(t, "zh-CN")
	n := w.news("a")
	if err := w.conversation().AskTail(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	if _, open, err := w.store.Question(t.Context(), n.Chat.ID, models.At(w.clock())); open || err != nil {
		t.Errorf("it asks something: %v", err)
	}
}

func TestANotificationSaysWhyItIsSentAndWhatItIsWrittenIn(t *testing.T) {
	w := newWorld(t, "zh-CN")
	for urgent, want := range map[bool]Occasion{false: News, true: Urgent} {
		n := w.news("a")
		n.Urgent, n.Chat.Lang = urgent, "en"
		reply, err := w.conversation().Notify(t.Context(), n)
		if err != nil || reply.For != want || reply.Lang != "en" || len(reply.Buttons) == 0 {
			t.Errorf("sent for %q in %q with %d rows of buttons, %v", reply.For, reply.Lang, len(reply.Buttons), err)
		}
	}
}

func TestARefusedTailLeavesAnotherOpenQuestionAlone(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", "忘记我")
	n := w.news("a")
	notice(models.TailRefused, "")(&n)
	if err := w.conversation().AskTail(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	q, open, err := w.store.Question(t.Context(), n.Chat.ID, models.At(w.clock()))
	if err != nil || !open || q.Asking != models.AskForget {
		t.Errorf("open: %v %v %v", q.Asking, open, err)
	}
}

func TestMenuHasEveryCommandInEveryLanguage(t *testing.T) {
	words, err := locales.Load("zh-CN")
	if err != nil {
		t.Fatal(err)
	}
	menus := Menu(words)
	if len(menus["zh-CN"]) != len(menus["en"]) || len(menus["en"]) < 12 {
		t.Fatalf("%d and %d commands", len(menus["zh-CN"]), len(menus["en"]))
	}
	for lang, items := range menus {
		for _, item := range items {
			if v, ok := called(item.Name); !ok || string(v) != item.Name || strings.HasPrefix(item.Text, "menu.") {
				t.Errorf("%s: %+v", lang, item)
			}
		}
	}
}

func TestReasonsAreWordsForPeople(t *testing.T) {
	w := newWorld(t, "en")
	for _, err := range []error{models.ErrBudget, models.ErrHeld, models.ErrStale, context.DeadlineExceeded, errors.New("anything")} {
		if key := reason(err); !w.words.For("en").Has(key) {
			t.Errorf("%v is told as %q", err, key)
		}
	}
	if reason(nil) != "" || reason(&models.Refusal{Why: models.ErrFloor}) != "" {
		t.Error("what is stored, and its age, says enough inside the floor")
	}
}
