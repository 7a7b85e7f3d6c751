package handlers

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/models"
)

// rowOf is a followed parcel whose newest scan is some hours old.
func rowOf(id int64, s models.Status, hours int, now models.Moment) models.Followed {
	p := models.Parcel{ID: id, Number: fmt.Sprintf("YT%d", id), Status: s}
	if hours > 0 {
		p.EventAt = now.Add(-time.Duration(hours) * time.Hour)
	}
	return models.Followed{Parcel: p, Follow: models.Follow{ID: id, ParcelID: id, CreatedAt: models.Moment(id)}}
}

func order(rows []models.Followed) []int64 {
	var ids []int64
	for _, f := range inShownOrder(rows) {
		ids = append(ids, f.Parcel.ID)
	}
	return ids
}

func TestAFewRowsAreOrderedByTheAgeThatTheyShow(t *testing.T) {
	now := models.At(time.Date(2026, 3, 2, 10, 0, 0, 0, models.Shanghai))
	rows := []models.Followed{
		rowOf(1, models.InTransit, 3, now), rowOf(2, models.ReadyForPickup, 9, now), rowOf(3, models.Pending, 0, now),
		rowOf(4, models.InTransit, 1, now), rowOf(5, models.Pending, 0, now),
	}
	rows[0].Parcel.NewsAt = now // stored last, and yet older
	if got := order(rows); !slices.Equal(got, []int64{4, 1, 2, 5, 3}) {
		t.Errorf("got %v", got)
	}
}

func TestManyRowsAreGroupedByWhatNeedsAttention(t *testing.T) {
	now := models.At(time.Date(2026, 3, 2, 10, 0, 0, 0, models.Shanghai))
	stuck := rowOf(1, models.InTransit, 90, now)
	stuck.Parcel.Noticed = models.NoticedStuck
	locked := rowOf(2, models.InTransit, 1, now)
	locked.Parcel.TailNeeded = true
	byWords := rowOf(10, models.Delivered, 1, now)
	rows := []models.Followed{
		rowOf(3, models.InTransit, 2, now), stuck, byWords, rowOf(4, models.Pending, 0, now), rowOf(5, models.OutForDelivery, 5, now),
		rowOf(6, models.ReadyForPickup, 30, now), locked, rowOf(7, models.FailedAttempt, 20, now), rowOf(8, models.Customs, 1, now), rowOf(9, models.Returning, 40, now),
	}
	if got := order(rows); !slices.Equal(got, []int64{2, 7, 6, 9, 1, 5, 8, 3, 4, 10}) {
		t.Errorf("got %v", got)
	}
}

func TestALongListHasHeadingsAndItsNumbersGoOn(t *testing.T) {
	w := newWorld(t, "zh-CN")
	c := w.conversation()
	c.settings.MaxParcels = models.Limits{}
	follow := func(s models.Status, at int) string {
		number := fmt.Sprintf("YT10000000%05d", 10007+at*10)
		w.scripts[number] = &script{status: s, scans: []string{fmt.Sprintf("【长沙】第 %d 个", at)}}
		return number
	}
	numbers := make([]string, 0, 8)
	for i, s := range []models.Status{models.InTransit, models.ReadyForPickup, models.OutForDelivery, models.InTransit, models.FailedAttempt, models.Pending, models.InTransit, models.OutForDelivery} {
		numbers = append(numbers, follow(s, i))
	}
	says := func(text string) string {
		replies, err := c.Handle(t.Context(), w.chat("a", false), Message{Text: text, Addressed: true})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(shown(replies), "\n")
	}
	for _, n := range numbers {
		says("圆通 " + n)
	}
	list := says("列表")
	var headings, rows []string
	for line := range strings.SplitSeq(list, "\n") {
		switch {
		case strings.HasPrefix(line, "❗") || strings.HasPrefix(line, "🛵") || strings.HasPrefix(line, "🚚") || strings.HasPrefix(line, "🕓") || strings.HasPrefix(line, "✅"):
			headings = append(headings, line)
		case strings.Contains(line, ". 圆通"):
			rows = append(rows, line)
		}
	}
	if got := strings.Join(headings, "|"); got != "❗ 要你处理|🛵 正在派送|🚚 在路上|🕓 等揽收、等消息" {
		t.Errorf("headings %q in\n%s", got, list)
	}
	if len(rows) != 8 || !strings.HasPrefix(rows[7], "8. ") {
		t.Errorf("rows %q", rows)
	}
	third := strings.Fields(rows[2])[2]
	if detail := says("详情 3"); !strings.Contains(detail, third) {
		t.Errorf("row 3 is %s, its details are\n%s", third, detail)
	}
}

func TestARowIsThreeLinesAndMarksWhatIsHeardOtherwise(t *testing.T) {
	w := newWorld(t, "zh-CN")
	r, now := w.on("zh-CN"), models.At(w.clock())
	f := rowOf(1, models.OutForDelivery, 1, now)
	f.Parcel.Carrier, f.Parcel.Number, f.Follow.Name, f.Follow.Mute = "sf", locked, "妈妈的茶叶", models.Muted
	scan := models.Event{Kind: models.Scan, At: f.Parcel.EventAt, Place: "长沙岳麓网点", Text: "正在派件，快递员张三，电话 13800138000，请保持电话畅通"}
	got := strings.Join(shown([]Reply{{Blocks: []Block{r.row(1, f, models.NewsAll, scan)}}}), "\n")
	want := "1. 顺丰速运 SF1000000000015 · 妈妈的茶叶 🔇\n   🛵 派送中 · 1 小时前\n   03-02 09:00 长沙岳麓网点 正在派件，快递员张三，电话…"
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	code := models.Event{Kind: models.Scan, At: f.Parcel.EventAt, Text: "【武汉市】快件已到达武汉市江岸区阳光小区菜鸟驿站，凭 3-2-5012 取件"}
	if got := shown([]Reply{{Blocks: []Block{r.row(1, f, models.NewsAll, code)}}}); !strings.Contains(got[2], "3-2-5012") {
		t.Errorf("the code is cut off: %q", got)
	}
	for _, c := range []struct {
		mute models.Mute
		chat models.News
		want string
	}{
		{models.Muted, models.NewsAll, "🔇"},
		{models.Muted, models.NewsDaily, "🔇"},
		{models.Muted, models.NewsUrgent, ""},
		{models.Muted, models.NewsProblems, ""},
		{models.MuteInherited, models.NewsUrgent, ""},
		{models.Unmuted, models.NewsUrgent, "🔔"},
		{models.Unmuted, models.NewsAll, ""},
	} {
		if got := muteMark(c.mute, c.chat); got != c.want {
			t.Errorf("%v in a chat that hears %q is marked %q, want %q", c.mute, c.chat, got, c.want)
		}
	}
}

func TestAListSaysWhatItsChatDoesNotHear(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", moving)
	for _, c := range []struct {
		news models.News
		want string
	}{
		{models.NewsUrgent, "现在只提醒要紧的"}, {models.NewsProblems, "现在只提醒异常"}, {models.NewsDaily, "每天 9:05 汇总"},
	} {
		if err := w.store.SetNews(t.Context(), w.chat("a", false).ID, c.news, 9*60+5, models.At(w.clock())); err != nil {
			t.Fatal(err)
		}
		if said := w.says(t, "a", "列表"); !strings.Contains(said, c.want) {
			t.Errorf("%s: the list says %q", c.news, said)
		}
	}
}
