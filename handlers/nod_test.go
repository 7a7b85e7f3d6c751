package handlers

import (
	"context"
	"strings"
	"testing"
	"time"

	"waybill/models"
)

const moving = "YT1000000000017"

// owes lets a chat follow a parcel through a door, and then something happen to
// it that nobody has told.
func (w *world) owes(t *testing.T, door, room, number, scan string, status models.Status) {
	t.Helper()
	w.door = door
	w.says(t, room, number)
	w.pass(2 * time.Hour)
	w.scripts[number].scans = append(w.scripts[number].scans, scan)
	w.scripts[number].status = status
	parcels, err := w.store.ByNumber(t.Context(), number)
	if err != nil || len(parcels) != 1 {
		t.Fatal(parcels, err)
	}
	if checked, err := w.checker.Check(t.Context(), parcels[0], "", models.Poll); err != nil || checked.Err != nil {
		t.Fatal(err, checked.Err)
	}
	if f, ok := w.followOf(t, room, number); !ok || !owed(f) {
		t.Fatalf("nothing is owed: %+v", f)
	}
}

func TestWhereMessagesAreCountedOwedNewsAnswersATextThatSaysNothing(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.owes(t, "wecom_kf", "a", moving, "【上海】到达", models.InTransit)
	for _, text := range []string{"好的", "1", "继续", "?", "", "收到", "你好呀", "嗯嗯 谢谢", "在吗"} {
		if said := w.says(t, "a", text); said != "" {
			t.Errorf("%q is answered with %q", text, said)
		}
	}
	for text, want := range map[string]string{
		"列表": moving, "我的快递呢": moving, "帮助": "列表", "1234": "没在等", "你是机器人吗？": "发「帮助」", "怎么收费": "发「帮助」", "我要投诉": "发「转人工」",
		"昨天说好送到楼上的，结果放在了门口，外面的箱子都湿了": "发「转人工」",
		"13800000000": "手机号", "YT1000000000074": "YT1000000000074",
	} {
		if said := w.says(t, "a", text); !strings.Contains(said, want) {
			t.Errorf("%q is answered with %q", text, said)
		}
	}
}

func TestATextThatSaysNothingIsAnsweredWhereNoNewsFollows(t *testing.T) {
	for name, c := range map[string]struct {
		door   string
		before func(w *world)
		text   string
		want   string
	}{
		"messages are not counted":        {"test", nil, "好的", "发「帮助」"},
		"the news waits for the morning":  {"wecom_kf", func(w *world) { w.pass(13 * time.Hour) }, "好的", "好，有新动静就告诉你。"},
		"something else may be an answer": {"wecom_kf", func(w *world) { w.says(t, "a", "SF1000000000015") }, "没有了", "等你回一句"},
		"whoever only nods gets the news": {"wecom_kf", func(w *world) { w.says(t, "a", "SF1000000000015") }, "好的", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, "zh-CN")
			w.owes(t, c.door, "a", moving, "【上海】到达", models.InTransit)
			if c.before != nil {
				c.before(w)
			}
			if said := w.says(t, "a", c.text); !strings.Contains(said, c.want) || (said == "") != (c.want == "") {
				t.Errorf("it is answered with %q", said)
			}
		})
	}
	w := newWorld(t, "zh-CN")
	w.door = "wecom_kf"
	if said := w.says(t, "a", "好的"); !strings.Contains(said, "发「帮助」") {
		t.Errorf("where nothing is owed it is answered with %q", said)
	}
}

func TestUrgentNewsAnswersAtNightToo(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.owes(t, "wecom_kf", "a", moving, "【上海】派送中", models.OutForDelivery)
	w.pass(13 * time.Hour)
	if said := w.says(t, "a", "好的"); said != "" {
		t.Errorf("it is answered with %q", said)
	}
}

// owing is a store in which every parcel is owed to whoever may not see it.
type owing struct{ Store }

func (o owing) Followed(ctx context.Context, chatID int64, all bool) ([]models.Followed, error) {
	rows, err := o.Store.Followed(ctx, chatID, all)
	for i := range rows {
		rows[i].Follow.Told, rows[i].Follow.Owed = 0, 9
		rows[i].Parcel.TailNeeded = true
	}
	return rows, err
}

func TestNewsThatTheCustomerMayNotSeeIsNoAnswer(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.owes(t, "wecom_kf", "a", moving, "【上海】到达", models.InTransit)
	c := w.conversation()
	c.settings.Store = owing{w.store}
	replies, err := c.Handle(t.Context(), w.chat("a", false), Message{Text: "好的", Addressed: true})
	if err != nil || len(replies) != 1 {
		t.Errorf("%v, %v", replies, err)
	}
}
