package handlers

import (
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/models"
)

// on renders for a language at the world's time.
func (w *world) on(lang string) renderer {
	return w.conversation().renderer(models.Chat{Lang: lang}, models.At(w.clock()))
}

func TestTheRouteSaysFromWhereToWhereAndForHowLong(t *testing.T) {
	w := newWorld(t, "zh-CN")
	now := models.At(w.clock())
	ago := func(hours int) models.Moment { return now.Add(-time.Duration(hours) * time.Hour) }
	way := models.Parcel{Origin: "西安", Destination: "长沙", Status: models.InTransit, StartedAt: ago(27), EventAt: ago(2)}
	with := func(change func(*models.Parcel)) models.Parcel {
		p := way
		change(&p)
		return p
	}
	for _, c := range []struct {
		name, lang, want string
		p                models.Parcel
	}{
		{"on its way", "zh-CN", "西安 → 长沙 · 已走 1 天 3 小时", way},
		{"in English", "en", "西安 → 长沙 · 1 day 3 hours so far", way},
		{"in Taiwan", "zh-TW", "西安 → 長沙 · 已走 1 天 3 小時", way},
		{"it has arrived", "zh-CN", "西安 → 长沙 · 用时 1 天 1 小时", with(func(p *models.Parcel) { p.Status, p.DoneAt = models.Delivered, now })},
		{"whole days", "zh-CN", "西安 → 长沙 · 用时 2 天", with(func(p *models.Parcel) { p.Status, p.DoneAt, p.StartedAt = models.Delivered, now, ago(50) })},
		{"within a town", "zh-CN", "长沙 · 已走 1 天 3 小时", with(func(p *models.Parcel) { p.Origin = "长沙" })},
		{"nobody knows since when", "zh-CN", "西安 → 长沙", with(func(p *models.Parcel) { p.StartedAt = 0 })},
		{"on its way to nobody knows where", "zh-CN", "", with(func(p *models.Parcel) { p.Destination = "" })},
		{"it has arrived from nobody knows where", "zh-CN", "用时 1 天 1 小时", with(func(p *models.Parcel) { p.Origin, p.Status, p.DoneAt = "", models.Delivered, now })},
		{"it was given up", "zh-CN", "西安 → 长沙", with(func(p *models.Parcel) { p.DoneAt = now })},
		{"it began this minute", "zh-CN", "西安 → 长沙", with(func(p *models.Parcel) { p.StartedAt = now })},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := w.on(c.lang).route(c.p); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestWhatTheCarrierExpectsIsShownWhileItIsOnItsWay(t *testing.T) {
	w := newWorld(t, "zh-CN")
	p := models.Parcel{Status: models.InTransit, Estimate: "预计明天 18:00 前送达"}
	if got := shown([]Reply{{Blocks: []Block{w.on("zh-CN").journey(p, byProvider(p))}}}); strings.Join(got, "|") != "预计：明天 18:00 前送达" {
		t.Errorf("got %q", got)
	}
	p.Estimate = "11-29 18:00"
	if got := shown([]Reply{{Blocks: []Block{w.on("en").journey(p, byProvider(p))}}}); strings.Join(got, "|") != "Expected: 11-29 18:00" {
		t.Errorf("got %q", got)
	}
	p.Status = models.Delivered
	if got := w.on("zh-CN").journey(p, byProvider(p)); got != nil {
		t.Errorf("a delivered parcel is expected: %q", got)
	}
}

func TestScansOfTheSameWordsAreShownOnceWithACount(t *testing.T) {
	w := newWorld(t, "zh-CN")
	now := models.At(w.clock())
	at := func(minutes int, text, place string) models.Event {
		return models.Event{Kind: models.Scan, Text: text, Place: place, At: now.Add(-time.Duration(minutes) * time.Minute)}
	}
	found := []models.Event{
		at(10, "正在派件", ""), at(15, "正在派件", ""), at(70, "正在派件", ""),
		at(200, "正在派件", ""), at(210, "到达", "长沙"), at(215, "到达", "株洲"), at(220, "已揽收", ""),
	}
	blocks := w.on("zh-CN").trace(models.Parcel{Number: moving}, models.Expected{}, "", found, 3)
	got := strings.Join(shown([]Reply{{Blocks: blocks}}), "\n")
	want := strings.Join([]string{
		moving, "📦 状态不明",
		"03-02 09:50 正在派件 ×3", "03-02 06:40 正在派件", "03-02 06:30 到达 (长沙)", "更早的还有 2 条",
	}, "\n")
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestWhatOnlyWordsSayIsNotCalledCertain(t *testing.T) {
	w := newWorld(t, "zh-CN")
	n := w.notification("a")
	n.Parcel.Status, n.Parcel.Carrier = models.Delivered, "yto"
	n.Parcel.StartedAt, n.Parcel.EventAt = models.At(w.clock()).Add(-50*time.Hour), models.At(w.clock())
	n.Events[0].Text, n.Urgency = "已签收", models.UrgentAlways
	said := w.notify(t, n).Text()
	for _, want := range []string{"茶 · ✅ 看起来已签收", "还没最后确认", "圆通速递 95554"} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in\n%s", want, said)
		}
	}
	n.Parcel.DoneAt = models.At(w.clock())
	said = w.notify(t, n).Text()
	for _, want := range []string{"茶 · ✅ 已签收", "用时 2 天 2 小时", "已从列表移走"} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in\n%s", want, said)
		}
	}
	if strings.Contains(said, "95554") || strings.Contains(said, "看起来") {
		t.Errorf("all is well, and it says\n%s", said)
	}
}

func TestACarriersWordsAreQuoted(t *testing.T) {
	w := newWorld(t, "zh-CN")
	for _, b := range handled(t, w, Message{Text: "YT1000000000017"})[0].Blocks {
		scan := strings.Contains(b[0].text(), "【杭州】")
		if quotes := slices.ContainsFunc(b[0], func(s Span) bool { return s.Style == Quote }); quotes != scan {
			t.Errorf("%q is quoted: %v", b[0].text(), quotes)
		}
	}
}
