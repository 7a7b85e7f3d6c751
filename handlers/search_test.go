package handlers

import (
	"fmt"
	"strings"
	"testing"

	"waybill/models"
)

// found is what somebody finds, a result a line, with what its message says; or what
// the button offers.
func found(t *testing.T, w *world, person, lang, text string) []string {
	t.Helper()
	calls := len(w.calls)
	all, err := w.conversation().Search(t.Context(), Search{
		Chat: models.Address{Door: w.door, Conversation: person}, Text: text, Lang: lang,
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(w.calls) != calls {
		t.Errorf("searching %q costs a call", text)
	}
	if len(all.Results) == 0 {
		return []string{"[" + all.Offer + "] " + all.Number}
	}
	if all.Offer != "" {
		t.Errorf("%q offers %q beside results", text, all.Offer)
	}
	var lines []string
	for _, r := range all.Results {
		lines = append(lines, r.Title+" | "+r.Description+" | "+strings.ReplaceAll(Reply{Blocks: r.Blocks}.Text(), "\n", " / "))
	}
	return lines
}

func TestPeopleFindTheirOwnParcelsAndNothingElse(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", "YT1000000000017 茶叶")
	w.says(t, "a", "SF1000000000023 5678")
	w.says(t, "a", "YT1000000000058 书") // delivered
	w.says(t, "a", "SF1000000000015")   // its tail is not given
	w.says(t, "b", "YT1000000000074")

	tea := "茶叶 · 🚚 运输中 | YT1000000000017 · 03-02 09:00 【杭州】离开杭州转运中心 | " +
		"🚚 运输中 / 圆通速递 YT1000000000017 / 03-02 09:00 【杭州】离开杭州转运中心"
	courier := "顺丰速运 · 🛵 派送中 | SF1000000000023 · 03-02 09:00 【上海】快件派送中，快递员 138****0000 | " +
		"🛵 派送中 / 顺丰速运 SF1000000000023 / 03-02 09:00 【上海】快件派送中，快递员 138****0000"
	book := "书 · ✅ 已签收 | YT1000000000058"
	for text, want := range map[string][]string{
		"":                          {courier, tea},
		"茶":                         {tea},
		"0017":                      {tea},
		"yt1000000000017":           {tea},
		"yt10000000000":             {tea},
		"看看 YT1000000000017 1234":   {tea},
		"圆通":                        {tea},
		"sf":                        {courier},
		"顺丰 派":                      {"[没找到包裹，去加一个] "},
		"顺丰 0023":                   {courier},
		"书":                         {book},
		"YT1000000000074":           {"[去查 YT1000000000074] YT1000000000074"},
		"SF1000000000015":           {"[去查 SF1000000000015] SF1000000000015"},
		"nothing of that":           {"[没找到包裹，去加一个] "},
		strings.Repeat("快递 ", 1000): {"[没找到包裹，去加一个] "},
	} {
		got := found(t, w, "a", "zh-hans", text)
		ok := len(got) == len(want)
		for i := range want {
			ok = ok && strings.HasPrefix(got[i], want[i])
		}
		if !ok {
			t.Errorf("%.40q brings\n%s\nnot\n%s", text, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

func TestWhoNeverWroteFindsOnlyTheWayThere(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", "YT1000000000017")
	for lang, want := range map[string]string{"zh-hant": "[找不到包裹，去新增一個] ", "en": "[No parcel found. Add one] ", "": "[没找到包裹，去加一个] "} {
		if got := found(t, w, "stranger", lang, ""); got[0] != want {
			t.Errorf("%q: %q", lang, got)
		}
	}
	if _, made, err := w.store.ChatAt(t.Context(), models.Address{Door: w.door, Conversation: "stranger"}); made || err != nil {
		t.Errorf("a chat is made of a search: %v, %v", made, err)
	}
}

func TestASearchBringsNoChatBack(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", "YT1000000000017")
	chat := w.chat("a", false)
	if err := w.store.Gone(t.Context(), chat.ID, models.At(w.clock())); err != nil {
		t.Fatal(err)
	}
	if got := found(t, w, "a", "zh", ""); !strings.HasPrefix(got[0], "[") {
		t.Errorf("%q", got)
	}
	if w.chat("a", false).GoneAt == 0 {
		t.Error("the chat is back")
	}
}

func TestAGroupIsNobodysOwnChat(t *testing.T) {
	w := newWorld(t, "zh-CN")
	chat := w.chat("g", true)
	if _, err := w.conversation().Handle(t.Context(), chat, Message{Address: chat.Address, Group: true, Addressed: true, From: "a", Text: "YT1000000000017"}); err != nil {
		t.Fatal(err)
	}
	if got := found(t, w, "g", "zh", ""); !strings.HasPrefix(got[0], "[") {
		t.Errorf("%q", got)
	}
}

func TestASearchBringsAtMostTwenty(t *testing.T) {
	w := newWorld(t, "zh-CN")
	chat := w.chat("a", false)
	now := models.At(w.clock())
	for i := range mostFound + 5 {
		p, err := w.store.Ensure(t.Context(), fmt.Sprintf("YT10000001%05d", i), "yto", "", false, now)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.store.Follow(t.Context(), models.Following{ChatID: chat.ID, ParcelID: p.ID}, now); err != nil {
			t.Fatal(err)
		}
	}
	if got := found(t, w, "a", "zh", ""); len(got) != mostFound {
		t.Errorf("%d results", len(got))
	}
}
