package handlers

import (
	"strings"
	"testing"
	"time"

	"waybill/models"
)

// stored follows a parcel and stores what its script has, and is its notification.
func (w *world) stored(t *testing.T, number string, kind models.Kind) models.Notification {
	t.Helper()
	w.says(t, "a", number)
	chat := w.chat("a", false)
	all, err := w.store.Followed(t.Context(), chat.ID, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		if f.Parcel.Number == number {
			return models.Notification{Chat: chat, Follow: f.Follow, Parcel: f.Parcel, Notices: []models.Event{{Kind: kind}}}
		}
	}
	t.Fatalf("%s is not followed", number)
	return models.Notification{}
}

func TestAReminderSaysWhereTheParcelWaitsSinceWhenAndItsCode(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.scripts["YT1000000010015"] = &script{status: models.ReadyForPickup, scans: []string{"【武汉市】已到达武汉转运中心", "【武汉市】快件已到达【武汉阳光小区菜鸟驿站】，凭 3-2-5012 取件", "【武汉市】请尽快领取"}}
	n := w.stored(t, "YT1000000010015", models.PickupWaits)
	w.pass(73 * time.Hour)
	reply := w.notify(t, n)
	want := strings.Join([]string{
		"圆通速递 · 📮 待取件", "YT1000000010015",
		"已到【武汉阳光小区菜鸟驿站】3 天，还没取，别放过期了。",
		"03-02 08:00 【武汉市】快件已到达【武汉阳光小区菜鸟驿站】，凭 3-2-5012 取件",
	}, "\n")
	if got := reply.Text(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	n.Parcel.StatusAt = models.At(w.clock()) // followed only now
	if got := w.notify(t, n).Text(); got != want {
		t.Errorf("a parcel that waited before it was followed is told as\n%s", got)
	}
	if !isStrong(reply, "3-2-5012") {
		t.Error("the code is not to be seen at once")
	}
	news := n
	news.Notices, news.Events = nil, []models.Folded{{Event: models.Event{Kind: models.Scan, At: models.At(w.clock()), Text: "已到店，取件码 8-4-1007"}, Times: 1}}
	if !isStrong(w.notify(t, news), "8-4-1007") {
		t.Error("the first news of it hides the code")
	}
}

func isStrong(r Reply, text string) bool {
	for _, b := range r.Blocks {
		for _, line := range b {
			for _, s := range line {
				if s.Text == text && s.Style == Strong {
					return true
				}
			}
		}
	}
	return false
}

func TestAStuckParcelSaysForHowLongWhereAndWhomToAsk(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.scripts["YT1000000010023"] = &script{status: models.InTransit, scans: []string{"【西安市】快件离开【西安转运中心】，发往【长沙转运中心】"}}
	w.scripts["YT1000000010031"] = &script{status: models.InTransit, scans: []string{"快件运输中"}}
	for number, want := range map[string]string{
		"YT1000000010023": "3 天没有新动态了，最后在【西安转运中心】。\n可以打圆通速递 95554 问问。 官网",
		"YT1000000010031": "3 天没有新动态了。\n03-02 09:00 快件运输中\n可以打圆通速递 95554 问问。 官网",
	} {
		n := w.stored(t, number, models.Stuck)
		n.Parcel.Noticed = models.NoticedStuck
		w.pass(72 * time.Hour)
		if got := w.notify(t, n).Text(); !strings.Contains(got, want) {
			t.Errorf("it says\n%s\nwithout\n%s", got, want)
		}
		w.pass(-72 * time.Hour)
	}
}

func TestAScanThatANoticeSpeaksOfIsShownOnce(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.scripts["YT1000000010015"] = &script{status: models.ReadyForPickup, scans: []string{"已到店，取件码 8-4-1007"}}
	w.scripts["YT1000000010023"] = &script{status: models.OutForDelivery, scans: []string{"快递员正在派件"}}
	for number, kind := range map[string]models.Kind{"YT1000000010015": models.PickupWaits, "YT1000000010023": models.Stuck} {
		n := w.stored(t, number, kind)
		history, err := w.store.History(t.Context(), n.Parcel.ID, 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		n.Events = models.Fold(history) // the chat did not want to hear of it before
		summed, err := w.conversation().Summarise(t.Context(), []models.Notification{n})
		if err != nil {
			t.Fatal(err)
		}
		for _, reply := range []Reply{w.notify(t, n), summed} {
			if got := strings.Count(reply.Text(), history[0].Text); got != 1 {
				t.Errorf("%s: the scan stands there %d times:\n%s", kind, got, reply.Text())
			}
		}
	}
}

func TestASummaryHasABlockForEachParcelProblemsFirst(t *testing.T) {
	w := newWorld(t, "zh-CN")
	one := func(id int64, name string, s models.Status, scans ...string) models.Notification {
		n := w.notification("a")
		n.Follow.Name, n.Parcel.Status, n.Parcel.ID, n.Events = name, s, id, nil
		for _, text := range scans {
			n.Events = append(n.Events, models.Folded{Event: models.Event{Kind: models.Scan, Text: text, At: models.At(w.clock())}, Times: 1})
		}
		return n
	}
	stuck := one(3, "鞋", models.InTransit)
	stuck.Notices, stuck.Parcel.Noticed = []models.Event{{Kind: models.Stuck}}, models.NoticedStuck
	reply, err := w.conversation().Summarise(t.Context(), []models.Notification{
		one(1, "茶", models.InTransit, "离开杭州", "到达杭州", "已揽收"), one(2, "书", models.OutForDelivery, "派送中"), stuck, one(4, "灯", models.FailedAttempt, "收件人不在"),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		"📋 03-02 的消息，4 个包裹：",
		"", "鞋 · 🚚 运输中", "顺丰速运 SF1000000000015", "3 天没有新动态了。",
		"", "灯 · ⚠️ 派送失败", "顺丰速运 SF1000000000015", "03-02 10:00 收件人不在",
		"", "书 · 🛵 派送中", "顺丰速运 SF1000000000015", "03-02 10:00 派送中",
		"", "茶 · 🚚 运输中", "顺丰速运 SF1000000000015", "03-02 10:00 离开杭州",
	}, "\n")
	if got := reply.Text(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if len(reply.Blocks) != 5 || reply.For != News || reply.Lang != "zh-CN" {
		t.Errorf("%d blocks for %q in %q", len(reply.Blocks), reply.For, reply.Lang)
	}
}

func TestTaiwanReadsScansAndPlacesInItsOwnCharacters(t *testing.T) {
	w := newWorld(t, "zh-TW")
	n := w.notification("a")
	n.Follow.Name = "给妈的药" // people's own words stay
	n.Parcel.Origin, n.Parcel.Destination, n.Parcel.StartedAt = "广州", "武汉", models.At(w.clock()).Add(-26*time.Hour)
	n.Events[0].Text, n.Events[0].Place = "快件派送中，快递员联系电话 13800138000", "武汉市"
	said := w.notify(t, n).Text()
	for _, want := range []string{"给妈的药 · 🛵 配送中", "廣州 → 武漢 · 已走 1 天 2 小時", "快件派送中，快遞員聯絡電話 13800138000 (武漢市)"} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in\n%s", want, said)
		}
	}
}

func TestWhoAsksWhereOneParcelIsGetsItsWholeAnswer(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", moving)
	w.says(t, "a", "YT1000000000058") // finished: it does not count
	for _, text := range []string{"快递到哪了", "今天能到吗", "已经签收了但我没收到", "where is my parcel", "包裹呢"} {
		if said := w.says(t, "a", text); !strings.Contains(said, "03-02 08:00 【杭州】已揽收") || !strings.Contains(said, "[🔄 刷新]") {
			t.Errorf("%q is answered with\n%s", text, said)
		}
	}
	w.says(t, "locked", "SF1000000000015 9999")
	if said := w.says(t, "locked", "快递到哪了"); showsTrace(said) {
		t.Errorf("without its tail it shows\n%s", said)
	}
	if said := w.says(t, "nobody", "快递到哪了"); !strings.Contains(said, "把单号发给我") {
		t.Errorf("without a parcel it says %q", said)
	}
}
