package handlers

import (
	"strings"
	"testing"
	"time"
)

// A "yes" that was meant for something else must not erase or stop everything.
func TestAQuestionForNowDoesNotWaitForLater(t *testing.T) {
	for request, done := range map[string]string{"忘记我": "删干净", "停止 全部": "不再关注："} {
		for name, c := range map[string]struct {
			between func(t *testing.T, w *world)
			answer  string
			happens bool
		}{
			"a yes right away":                       {nil, "是", true},
			"an acknowledgement is no yes":           {nil, "好的", false},
			"a command comes between":                {func(t *testing.T, w *world) { t.Helper(); w.says(t, "a", "列表") }, "是", false},
			"ten minutes pass":                       {func(_ *testing.T, w *world) { w.pass(11 * time.Minute) }, "是", false},
			"an acknowledgement after news and time": {func(_ *testing.T, w *world) { w.pass(time.Hour) }, "好的", false},
		} {
			t.Run(request+", "+name, func(t *testing.T) {
				w := newWorld(t, "zh-CN")
				w.says(t, "a", moving)
				if said := w.says(t, "a", request); !strings.Contains(said, "是") {
					t.Fatalf("it is not asked: %q", said)
				}
				if c.between != nil {
					c.between(t, w)
				}
				if said := w.says(t, "a", c.answer); strings.Contains(said, done) != c.happens {
					t.Errorf("%q is answered with %q", c.answer, said)
				}
			})
		}
	}
}

func TestStoppingByCommandAnswersTheQuestionWhichToStop(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", moving)
	w.says(t, "a", "停止")
	w.says(t, "a", "停止 1")
	if said := w.says(t, "a", "谢谢"); strings.Contains(said, "停哪个") {
		t.Errorf("it still asks: %q", said)
	}
}

func TestWhoeverRepliesAsToldHearsThatNewsWillComeAgain(t *testing.T) {
	for _, door := range []string{"wecom_kf", "test"} {
		w := newWorld(t, "zh-CN")
		w.door = door
		w.says(t, "a", moving)
		if said := w.says(t, "a", "好的"); !strings.Contains(said, "有新动静就告诉你") {
			t.Errorf("%s: %q", door, said)
		}
	}
}

func TestALateYesIsNotTakenForAnAcknowledgement(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.door = "wecom_kf"
	w.says(t, "a", moving)
	w.says(t, "a", "忘记我")
	w.says(t, "a", "列表")
	if said := w.says(t, "a", "是"); !strings.Contains(said, "发「帮助」") {
		t.Errorf("whoever thinks that everything is erased hears %q", said)
	}
}

func TestAQuestionForWordsSaysThatItAsks(t *testing.T) {
	w := newWorld(t, "zh-CN")
	for name, c := range map[string]struct {
		said []string
		asks bool
	}{
		"a tail":                 {[]string{"SF1000000000015"}, true},
		"a tail, reminded of":    {[]string{"SF1000000000015", "嗯？"}, true},
		"a tail under an answer": {[]string{moving + " SF1000000000015"}, true},
		"a carrier":              {[]string{"123456789012"}, true},
		"which one to stop":      {[]string{moving, "YT1000000000058", "YT1000000000074", "停止"}, true},
		"whether to forget":      {[]string{"忘记我"}, false},
		"a parcel":               {[]string{moving}, false},
		"help":                   {[]string{"帮助"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			var replies []Reply
			for _, said := range c.said {
				var err error
				replies, err = w.conversation().Handle(t.Context(), w.chat(name, false), Message{Text: said, Addressed: true})
				if err != nil {
					t.Fatal(err)
				}
			}
			last := replies[len(replies)-1]
			if last.Asks != c.asks || last.Plain().Asks != c.asks {
				t.Errorf("%q asks: %v", shown(replies), last.Asks)
			}
		})
	}
}

func TestANumberThatIsADigitOffOneThatTheChatFollowsIsAskedBack(t *testing.T) {
	for _, given := range []string{"YT100000000001", "YT10000000000177"} {
		w := newWorld(t, "zh-CN")
		if said := w.says(t, "a", given); !strings.Contains(said, "好像不太对") {
			t.Fatalf("%s: %q", given, said)
		}
		w.says(t, "a", moving)
		said := w.says(t, "a", given)
		if !strings.Contains(said, given) || !strings.Contains(said, "["+moving+"]") {
			t.Errorf("%s is answered with %q", given, said)
		}
		if said := w.says(t, "a", moving); !strings.Contains(said, "转运中心") {
			t.Errorf("the likely one is answered with %q", said)
		}
	}
}
