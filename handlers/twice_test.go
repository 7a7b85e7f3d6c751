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
		said := Reply{Blocks: turn.render.answer(f, nil, 5, true)}.Text()
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
