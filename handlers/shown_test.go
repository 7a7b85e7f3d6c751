package handlers

import (
	"strings"
	"testing"
	"time"

	"waybill/models"
)

func TestAShownLabelTypedPressesItsButtonInAnyLanguage(t *testing.T) {
	for lang, labels := range map[string][]string{
		"zh-CN": {"刷新", "🔄 刷新", "更新", "Refresh"},
		"zh-TW": {"更新", "🔄更新", "REFRESH", "刷新"},
		"en":    {"refresh", "🔄 Refresh", "Refresh!", "刷新"},
	} {
		w := newWorld(t, lang)
		shown := w.says(t, "a", moving)
		for _, label := range labels {
			if said := w.says(t, "a", label); !strings.Contains(said, moving) || strings.Contains(said, "(") {
				t.Errorf("%s: %q is answered with %q after %q", lang, label, said, shown)
			}
		}
	}
}

func TestALabelIsAboutWhatWasShownLast(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", "YT1000000000017")
	w.says(t, "a", "YT1000000000074")
	if said := w.says(t, "a", "静音"); !strings.Contains(said, "YT1000000000074") {
		t.Errorf("after an answer: %q", said)
	}
	w.says(t, "a", "详情 0017")
	if said := w.says(t, "a", "备注"); !strings.Contains(said, "YT1000000000017 叫什么") {
		t.Errorf("after details: %q", said)
	}
	w.says(t, "a", "取消")
	w.says(t, "a", "列表")
	if said := w.says(t, "a", "静音"); !strings.Contains(said, "静音哪个") {
		t.Errorf("after a list: %q", said)
	}
	w.says(t, "a", "取消")
	w.says(t, "a", "YT1000000000017 YT1000000000074")
	if said := w.says(t, "a", "🔇 静音"); !strings.Contains(said, "静音哪个") {
		t.Errorf("after several: %q", said)
	}
}

func TestALabelIsAboutTheNewsThatWasToldSince(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", "YT1000000000074")
	w.says(t, "a", "YT1000000000017")
	w.pass(time.Hour)
	w.tells(t, "a", "YT1000000000074", "【南昌】到达")
	if said := w.says(t, "a", "备注"); !strings.Contains(said, "YT1000000000074 叫什么") {
		t.Errorf("after news of the other: %q", said)
	}
}

// tells has a scan found and told to a chat.
func (w *world) tells(t *testing.T, conversation, number, scan string) {
	t.Helper()
	parcels, err := w.store.ByNumber(t.Context(), number)
	if err != nil || len(parcels) != 1 {
		t.Fatal(parcels, err)
	}
	p, now := parcels[0], models.At(w.clock())
	p.Seq++
	p.NewsAt, p.HeardAt = now, now
	e := models.Event{Kind: models.Scan, Text: scan, At: now, StoredAt: now, Seq: p.Seq}
	change := models.Change{Parcel: p, Events: []models.Event{e}}
	if _, err := w.store.Finish(t.Context(), models.Finish{Version: p.Version, Change: change, DueAt: now.Add(time.Hour)}, now); err != nil {
		t.Fatal(err)
	}
	w.delivered(t, conversation, p.ID)
}

func TestWhereAnyReplyKeepsMessagesComingARowIsMeantOnlyRightAfterAList(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.door = "wecom_kf"
	w.says(t, "a", "YT1000000000017")
	w.says(t, "a", "YT1000000000074")
	if said := w.says(t, "a", "1"); !strings.Contains(said, "有新动静就告诉你") {
		t.Errorf("without a list: %q", said)
	}
	w.says(t, "a", "列表")
	if said := w.says(t, "a", "1"); !strings.Contains(said, "☎️") {
		t.Errorf("after a list: %q", said)
	}
	if said := w.says(t, "a", "1"); !strings.Contains(said, "有新动静就告诉你") {
		t.Errorf("after details: %q", said)
	}
	w.says(t, "a", "列表")
	w.pass(time.Hour)
	w.tells(t, "a", "YT1000000000017", "【南昌】到达")
	if said := w.says(t, "a", "1"); strings.Contains(said, "☎️") {
		t.Errorf("after news: %q", said)
	}
}

func TestAQuestionOfSomethingElseLeavesTheTailsOpen(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", "YT1000000000017")
	w.says(t, "a", "YT1000000000074")
	w.says(t, "a", locked)
	w.says(t, "a", "备注 0017")
	if said := w.says(t, "a", "9999"); !strings.Contains(said, "尾号没对上") {
		t.Errorf("four digits are answered with %q", said)
	}
	for _, answer := range []string{"鞋", "算了", "列表"} {
		w.says(t, "a", "备注 0074")
		w.says(t, "a", answer)
	}
	if said := w.says(t, "a", "1234"); !showsTrace(said) {
		t.Errorf("the tail is answered with %q", said)
	}
}

// delivered has everything pending of a parcel delivered to a chat.
func (w *world) delivered(t *testing.T, conversation string, parcelID int64) {
	t.Helper()
	chat, now := w.chat(conversation, false), models.At(w.clock())
	claimed, err := w.store.ClaimChats(t.Context(), w.door, "me", now, time.Minute, 10)
	if err != nil || len(claimed) != 1 {
		t.Fatal(claimed, err)
	}
	follow, _, err := w.store.FollowOf(t.Context(), chat.ID, parcelID)
	if err == nil {
		err = w.store.Delivered(t.Context(), claimed[0].Claim, follow.ID, follow.PendingSeq)
	}
	if err != nil {
		t.Fatal(err)
	}
}
