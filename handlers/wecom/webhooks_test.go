package wecom_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/handlers"
	"waybill/handlers/wecom"
	"waybill/handlers/wecom/wecomtest"
	"waybill/models"
)

// hooks is a group robot by the name of 仓库.
func hooks(t *testing.T, w *world) *wecom.Webhooks {
	t.Helper()
	w.we.Robot(robotKey)
	h, err := wecom.NewWebhooks(w.api, map[string]string{"仓库": robotKey, "removed": "removed-key"})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestNewsGoesToTheGroupAsMarkdown(t *testing.T) {
	w := begin(t)
	h := hooks(t, w)
	r := handlers.Reply{Blocks: []handlers.Block{{
		{{Text: "派送中", Style: handlers.Strong}, {Text: " "}, {Text: "SF1000000000015", Style: handlers.Code}},
		{{Text: "05-12 14:30 ", Style: handlers.Dim}, {Text: "# [深圳] *到了* <b>"}},
		{{Text: "# 标题"}},
		{{Text: "网页", Style: handlers.Link, URL: "https://x.org/p(1)"}, {Text: "无", Style: handlers.Link, URL: "javascript:1"}, {Text: " ", Style: handlers.Strong}},
	}}, Buttons: [][]handlers.Button{{{Text: "停止", Data: "s:1"}}}}
	if err := h.Push(within(t), "仓库", r); err != nil {
		t.Fatal(err)
	}
	want := "**派送中** `SF1000000000015`\n" + `<font color="comment">05-12 14:30 </font># ［深圳］ ＊到了＊ ＜b＞` + "\n＃ 标题\n[网页](https://x.org/p%281%29)无 "
	if got := w.texts(robotKey); !slices.Equal(got, []string{want}) {
		t.Errorf("%q", got)
	}
}

func TestAGroupsMessageHasAtMost4096Bytes(t *testing.T) {
	w := begin(t)
	h := hooks(t, w)
	r := text(strings.Repeat("a", 4000), strings.Repeat("包", 40), strings.Repeat("c", 5000))
	if err := h.Push(within(t), "仓库", r); err != nil {
		t.Fatal(err)
	}
	if got := w.texts(robotKey); len(got) != 4 || len(got[2]) != 4096 || len(w.we.Refused()) != 0 {
		t.Errorf("%d messages, refused %v", len(got), w.we.Refused())
	}
}

func TestTwentyMessagesAMinuteToOneRobot(t *testing.T) {
	w := begin(t)
	h := hooks(t, w)
	for i := range 20 {
		if err := h.Push(within(t), "仓库", text(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	var wait *models.Wait
	if err := h.Push(within(t), "仓库", text("21")); !errors.As(err, &wait) {
		t.Errorf("the next: %v", err)
	}
	w.clock.move(time.Minute)
	if err := h.Push(within(t), "仓库", text("21")); err != nil || len(w.we.Refused()) != 0 {
		t.Errorf("a minute later: %v", err)
	}
}

func TestARefusedPushGetsTheMeaningThatDoorsPromise(t *testing.T) {
	w := begin(t)
	h := hooks(t, w)
	for _, f := range []wecomtest.Fault{{Code: 45009, Text: "api freq out of limit " + robotKey}, {Code: 45033}, {Status: 502}, {Lose: true}} {
		f.Path = "webhook/send"
		w.we.Fail(f)
		err := h.Push(within(t), "仓库", text("x"))
		if err == nil || errors.Is(err, models.ErrGone) {
			t.Errorf("%+v: %v", f, err)
			continue
		}
		if want := map[int64]time.Duration{45009: time.Minute, 45033: time.Second}[f.Code]; waits(err) != want {
			t.Errorf("%d asks to wait %s", f.Code, waits(err))
		}
		noSecrets(t, err.Error())
	}
}

func TestARobotThatIsNotThereIsForTheOperators(t *testing.T) {
	w := begin(t)
	h := hooks(t, w)
	for i, name := range []string{"removed", "nobody"} {
		err := h.Push(within(t), name, text("x"))
		if errors.Is(err, models.ErrGone) || waits(err) != 10*time.Minute {
			t.Errorf("%s: %v", name, err)
		}
		if got := w.alarm.keys(); len(got) != i+1 || got[i] != wecom.AlertRobot {
			t.Errorf("%s: told %v", name, got)
		}
	}
	w.we.Robot("removed-key")
	if err := h.Push(within(t), "removed", text("x")); err != nil || len(w.texts("removed-key")) != 1 {
		t.Errorf("once it is there: %v", err)
	}
}
