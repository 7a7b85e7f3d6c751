package handlers

import (
	"fmt"
	"strings"
	"testing"

	"waybill/models"
	"waybill/tracking"
)

// A process may end between doing what a message says and noting that it was
// done; then the message is handled once more.

func TestStoppingARowTwiceStopsOneParcel(t *testing.T) {
	for name, shown := range map[string]bool{"after a list": true, "without any list": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "zh-CN")
			w.says(t, "a", "YT1000000000017 YT1000000000025 YT1000000000074")
			if shown {
				w.says(t, "a", "列表")
			}
			first := w.says(t, "a", "停止 1")
			if again := w.says(t, "a", "停止 1"); again != first || !strings.Contains(first, "YT1000000000074") {
				t.Errorf("the first time brings %q, the second %q", first, again)
			}
			if list := w.says(t, "a", "列表"); !strings.Contains(list, "正在关注 2 个") {
				t.Errorf("left is %q", list)
			}
		})
	}
}

func TestARowOfNoListIsThatOfTheListThatWouldBeShown(t *testing.T) {
	w := newWorld(t, "zh-CN")
	for _, number := range []string{"YT1000000000017", "YT1000000000074"} {
		w.says(t, "a", number)
		if said := w.says(t, "a", "停止 1"); !strings.Contains(said, number) {
			t.Errorf("with nothing but %s followed, row 1 brings %q", number, said)
		}
	}
	w.says(t, "a", "列表")
	w.says(t, "a", "YT1000000000017")
	if said := w.says(t, "a", "停止 1"); !strings.Contains(said, "YT1000000000017") {
		t.Errorf("after an empty list, row 1 brings %q", said)
	}
}

func TestStoppingANumberTwiceSaysThatItIsNotFollowed(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", "YT1000000000017")
	for range 2 {
		if said := w.says(t, "a", "停止 yt1000000000017"); !strings.Contains(said, "YT1000000000017") {
			t.Errorf("it brings %q", said)
		}
	}
	if said := w.says(t, "a", "详情 YT1000000000074"); !strings.Contains(said, "没有在关注 YT1000000000074") {
		t.Errorf("a number that nobody follows brings %q", said)
	}
}

func TestARowThatWasStoppedHasNoDetails(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", "YT1000000000017 YT1000000000074")
	w.says(t, "a", "列表")
	w.says(t, "a", "停止 1")
	for _, text := range []string{"详情 1", "备注 1 茶", "静音 1", "静音 1-2"} {
		if said := w.says(t, "a", text); said != "没有在关注 YT1000000000074。" {
			t.Errorf("%s brings %q", text, said)
		}
	}
}

func TestTheSameNumberTwiceCostsOneCall(t *testing.T) {
	w := newWorld(t, "zh-CN")
	for _, text := range []string{"YT1000000000017", "YT1000000000017 YT1000000000017", "查 YT1000000000017", locked + " 1234", locked + " 1234", locked} {
		for _, conversation := range []string{"a", "b"} {
			w.says(t, conversation, text)
		}
	}
	if a, b := w.asked("YT1000000000017"), w.asked(locked); a != 1 || b != 1 {
		t.Errorf("asked %d and %d times, want once", a, b)
	}
}

func TestTwentyNumbersAreTakenAndTheRestIsCounted(t *testing.T) {
	w := newWorld(t, "zh-CN")
	var numbers []string
	for i := range 25 {
		numbers = append(numbers, fmt.Sprintf("JT10000000001%02d", i))
	}
	said := w.says(t, "a", strings.Join(numbers, "\n"))
	for _, want := range []string{numbers[0], numbers[19], "25 个", "5 个"} {
		if !strings.Contains(said, want) {
			t.Errorf("the answer lacks %q:\n%s", want, said)
		}
	}
	if strings.Contains(said, numbers[20]) || w.asked(numbers[20]) != 0 {
		t.Error("the twenty-first was taken too")
	}
	if parcels, err := w.store.ByNumber(t.Context(), numbers[0]); err != nil || len(parcels) != 1 {
		t.Errorf("the first is not kept: %v, %v", parcels, err)
	}
}

func TestWhatCannotBeSeenIsInNoName(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", "YT1000000000017")
	for _, text := range []string{"备注 1 a\x1b[31m\x00\u202eb\xff", "YT1000000000017 a\x1b[31m\x00\u202eb\xff"} {
		w.says(t, "a", text)
		f, ok := w.followOf(t, "a", "YT1000000000017")
		if want := "a[31mb\ufffd"; !ok || f.Name != want {
			t.Errorf("%q is called %q, want %q", text, f.Name, want)
		}
	}
}

func TestWhatWasHeardJustNowIsNoFailure(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", "YT1000000000017")
	w.scripts["YT1000000000017"].err = tracking.ErrUnavailable
	c := w.conversation()
	chat := w.chat("a", false)
	turn := c.turn(chat, Message{}, models.At(w.clock()))
	parcels, err := w.store.ByNumber(t.Context(), "YT1000000000017")
	if err != nil {
		t.Fatal(err)
	}
	var f followed
	f.answer = models.Checked{Parcel: parcels[0], Err: tracking.ErrUnavailable}
	for _, c := range []struct {
		later models.Moment
		want  bool
	}{{0, false}, {models.Moment(10 * 60 * 1000), true}} {
		turn.render.now += c.later
		said := Reply{Blocks: turn.render.answer(f, models.Expected{}, nil, 5, true)}.Text()
		if got := strings.Contains(said, "暂时查不到"); got != c.want {
			t.Errorf("%d ms later it says %q", c.later, said)
		}
	}
}

// A question that a message answered is found again when the same message is
// handled once more, and by no other message.
func TestAnAnswerThatIsHandledTwiceFindsItsQuestionTwice(t *testing.T) {
	w := newWorld(t, "zh-CN")
	c, chat := w.conversation(), w.chat("a", false)
	handle := func(arrival int64, text string) string {
		replies, err := c.Handle(t.Context(), chat, Message{Text: text, Addressed: true, Arrival: arrival})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(shown(replies), "\n")
	}
	if asked := handle(1, locked); !strings.Contains(asked, "手机") || handle(1, locked) != asked {
		t.Fatalf("asked %q, the second time something else", asked)
	}
	first := handle(2, "1234")
	if again := handle(2, "1234"); !showsTrace(first) || !showsTrace(again) {
		t.Fatalf("the first time brings %q, the second %q", first, again)
	}
	if said := handle(3, "1234"); showsTrace(said) {
		t.Errorf("another message finds the question that was answered: %q", said)
	}
}

// handling handles the same arrival again and again.
func (w *world) handling(t *testing.T, arrival int64, text string) func() string {
	t.Helper()
	return func() string {
		replies, err := w.conversation().Handle(t.Context(), w.chat("a", false), Message{Text: text, Addressed: true, Arrival: arrival})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(shown(replies), "\n")
	}
}

// What a word means may have changed when the message that says it is handled once
// more: the parcel that it named is stopped, and the word would name another.
func TestWhatAWordMeantIsMeantAgain(t *testing.T) {
	for text, other := range map[string]string{
		"停止 茶": "茶叶", "停止 0017": "鞋", "停止 圆通": "鞋", "停止茶": "茶叶", "移除 茶": "大茶碗", "停止": "鞋",
	} {
		w := newWorld(t, "zh-CN")
		w.says(t, "a", "YT1000000000058 "+other) // finished
		w.says(t, "a", "YT1000000000017 茶")
		handle := w.handling(t, 7, text)
		first := handle()
		if again := handle(); again != first && strings.ReplaceAll(first, " · 茶", "") != again || !strings.Contains(first, "YT1000000000017") {
			t.Errorf("%q brings %q the first time, %q the second", text, first, again)
		}
		if _, follows := w.followOf(t, "a", "YT1000000000058"); !follows {
			t.Errorf("%q stops another parcel the second time", text)
		}
		if said := w.handling(t, 8, "撤销")(); !strings.Contains(said, "YT1000000000017 · 茶") {
			t.Errorf("after %q, undoing brings %q", text, said)
		}
	}
}

func TestRenamingTwiceGivesOneName(t *testing.T) {
	for _, text := range []string{"改名 鞋 靴", "备注 1 靴", "备注 0074 靴"} {
		w := newWorld(t, "zh-CN")
		w.says(t, "a", "YT1000000000017 鞋带")
		w.says(t, "a", "YT1000000000074 鞋")
		w.says(t, "a", "列表")
		handle := w.handling(t, 7, text)
		if first := handle(); handle() != first || !strings.Contains(first, "YT1000000000074 就叫「靴」") {
			t.Errorf("%q brings %q, then something else", text, first)
		}
		if f, _ := w.followOf(t, "a", "YT1000000000017"); f.Name != "鞋带" {
			t.Errorf("%q names another parcel %q", text, f.Name)
		}
	}
}

func TestWhatChangesNothingTwiceIsSaidTwice(t *testing.T) {
	for _, text := range []string{
		"提醒 要紧", "提醒 每天 9:00", "静音 全部", "取消静音 全部", "静音 茶", "取消静音 1", "撤销", "备注 1 关", "停止 1-5", "全部停止", "/mute", "详情 茶叶", "刷新", "静音", "提醒",
	} {
		w := newWorld(t, "zh-CN")
		w.says(t, "a", "YT1000000000017 茶")
		w.says(t, "a", "YT1000000000074 茶叶")
		w.says(t, "a", "停止 茶叶")
		handle := w.handling(t, 7, text)
		if first := handle(); handle() != first {
			t.Errorf("%q brings %q, then something else", text, first)
		}
	}
}

func TestAnAnswerHandledTwiceIsOneAnswer(t *testing.T) {
	for _, c := range []struct{ asks, answer string }{
		{"停止", "1"}, {"/detail", "茶"}, {"/name", "1"}, {"备注 杯", "2"}, {"停止 1-5", "是"}, {"全部停止", "是"}, {"提醒", "要紧"}, {"备注 1", "杯"}, {"备注 1", "还没想好"}, {"/mute", "全部"},
	} {
		w := newWorld(t, "zh-CN")
		for _, number := range []string{"YT1000000000017 茶", "YT1000000000074 鞋", "YT1000000000025", "YT1000000000033", "YT1000000000082"} {
			w.says(t, "a", number)
		}
		w.says(t, "a", "列表")
		w.handling(t, 6, c.asks)()
		handle := w.handling(t, 7, c.answer)
		first, again := handle(), handle()
		for _, name := range []string{" · 茶", " · 鞋"} {
			first, again = strings.ReplaceAll(first, name, ""), strings.ReplaceAll(again, name, "")
		}
		if first != again || first == "" {
			t.Errorf("%s, then %s brings %q, then %q", c.asks, c.answer, first, again)
		}
	}
}
