package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/models"
)

// sends has a chat send a table of text, and then a text.
func (w *world) sends(t *testing.T, chat, body string, then ...Message) []Reply {
	t.Helper()
	f := Attachment{Kind: Document, Name: "a.csv", Open: func(context.Context, int64) ([]byte, error) { return []byte(body), nil }}
	var replies []Reply
	for _, m := range append([]Message{{Happening: Wordless, Files: []Attachment{f}}}, then...) {
		m.Addressed, m.From = true, "me"
		if m.Button == "first" {
			m.Happening, m.Button = Tapped, replies[len(replies)-1].Buttons[0][0].Data
		}
		var err error
		if replies, err = w.conversation().Handle(t.Context(), w.chat(chat, false), m); err != nil {
			t.Fatal(err)
		}
	}
	return replies
}

// checks has the scheduler's checker look at everything that is due.
func (w *world) checks(t *testing.T) {
	t.Helper()
	hints, err := w.store.Take(t.Context(), models.At(w.clock()), time.Second, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range hints {
		p, err := w.store.Parcel(t.Context(), h.Parcel)
		if err == nil {
			_, err = w.checker.Check(t.Context(), p, "", models.Poll)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// posted looks at the imports, and returns what was posted to a chat since the last time.
func (w *world) posted(t *testing.T, chat string) []Reply {
	t.Helper()
	if err := w.conversation().LookAtImports(t.Context()); err != nil {
		t.Fatal(err)
	}
	arrivals, err := w.store.OpenArrivals(t.Context(), w.chat(chat, false).ID, models.At(w.clock()))
	if err != nil {
		t.Fatal(err)
	}
	var all []Reply
	for _, a := range arrivals {
		var replies []Reply
		if err := json.Unmarshal(a.Replies, &replies); err != nil {
			t.Fatal(err)
		}
		all = append(all, replies...)
		claimed, err := w.store.ClaimChats(t.Context(), w.door, "test", models.At(w.clock()), time.Minute, 1)
		if err != nil || len(claimed) != 1 {
			t.Fatal(claimed, err)
		}
		if err := w.store.EndArrival(t.Context(), claimed[0].Claim, a.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.store.Release(t.Context(), claimed[0].Claim, models.Never, false); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

const sixRows = "快递单号,手机号\nYT1000000000017,\nYT1000000000025,\nYT1000000000058,\nSF1000000000015,13800001234\nSF1000000000023,\n"

func TestATablesFirstStatesAreOneSummary(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.door = "telegram"
	replies := w.sends(t, "a", sixRows, Message{Button: "first", Token: "c:7:q"})
	if len(replies) != 2 || !replies[0].Edit || replies[0].Token != "c:7:q" || replies[1].Edit || !strings.Contains(replies[1].Text(), "手机") {
		t.Fatalf("%+v", replies)
	}
	if n := len(w.calls); n != 0 {
		t.Errorf("%d calls were made in the turn", n)
	}
	if got := w.posted(t, "a"); len(got) != 0 {
		t.Errorf("posted at once: %+v", got)
	}
	w.checks(t)
	w.pass(10 * time.Second)
	got := w.posted(t, "a")
	if len(got) != 2 {
		t.Fatalf("posted %+v", got)
	}
	if p := got[0]; !p.Edit || !p.EditOnly || p.Token != "c:7:q" || p.Text() != "已查 5/5" {
		t.Errorf("progress %+v", p)
	}
	want := []string{"文件里的 5 个包裹查完了：", "🚚 运输中 2", "✅ 已签收 1", "🕓 还没查到物流 1", "🔒 等着核对尾号 1"}
	if lines := strings.Split(got[1].Text(), "\n"); !slices.Equal(lines[:5], want) || got[1].Token != "" || got[1].For != News {
		t.Errorf("summary %q", lines)
	}
	if pending, err := w.store.Pending(t.Context(), w.chat("a", false)); err != nil || len(pending) != 0 {
		t.Errorf("pending besides: %+v, %v", pending, err)
	}
	w.pass(time.Minute)
	if got := w.posted(t, "a"); len(got) != 0 {
		t.Errorf("posted again: %+v", got)
	}
}

func TestATableIsSummedUpAfterARestartAndItsNewsIsTold(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.sends(t, "a", "单号\nYT1000000000017\n", Message{Text: "是"})
	w.restart()
	w.conversation() // with a checker on the store as it was opened again
	w.checks(t)
	w.pass(10 * time.Second)
	if got := w.posted(t, "a"); len(got) != 1 || !strings.Contains(got[0].Text(), "运输中 1") {
		t.Fatalf("posted %+v", got)
	}
	w.mu.Lock()
	w.scripts["YT1000000000017"].scans = append(w.scripts["YT1000000000017"].scans, "【北京】派送中")
	w.mu.Unlock()
	w.pass(3 * time.Hour)
	w.checks(t)
	pending, err := w.store.Pending(t.Context(), w.chat("a", false))
	if err != nil || len(pending) != 1 {
		t.Errorf("pending %+v, %v", pending, err)
	}
}

func TestATableThatTakesLongIsSummedUpTwice(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.sends(t, "a", "单号\nYT1000000000017\nYT1000000000033\n", Message{Text: "是"})
	w.checks(t) // of the second one nobody answers
	w.pass(10 * time.Second)
	if got := w.posted(t, "a"); len(got) != 0 {
		t.Errorf("summed up with a parcel missing: %+v", got)
	}
	w.pass(time.Hour)
	if got := w.posted(t, "a"); len(got) != 1 || !strings.Contains(got[0].Text(), "还没有结果 1") {
		t.Fatalf("posted %+v", got)
	}
	w.mu.Lock()
	w.scripts["YT1000000000033"] = &script{status: models.InTransit, scans: []string{"【杭州】已揽收"}}
	w.mu.Unlock()
	w.pass(8 * time.Hour)
	w.checks(t)
	if got := w.posted(t, "a"); len(got) != 1 || !strings.Contains(got[0].Text(), "2 个包裹查完了") {
		t.Fatalf("posted %+v", got)
	}
	w.pass(time.Hour)
	if got := w.posted(t, "a"); len(got) != 0 {
		t.Errorf("posted again: %+v", got)
	}
}

func TestProgressIsToldAsItIsMade(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.door = "telegram"
	w.sends(t, "a", "单号\nYT1000000000017\nYT1000000000033\n", Message{Button: "first", Token: "c:7:q"})
	w.checks(t)
	w.pass(10 * time.Second)
	if got := w.posted(t, "a"); len(got) != 1 || !got[0].EditOnly || got[0].Text() != "已查 1/2" {
		t.Errorf("posted %+v", got)
	}
	w.pass(10 * time.Second)
	if got := w.posted(t, "a"); len(got) != 0 {
		t.Errorf("told again without progress: %+v", got)
	}
}

func TestOneTailIsTriedOnAllParcelsOfATableByTheScheduler(t *testing.T) {
	w := newWorld(t, "zh-CN")
	c := w.conversation()
	c.settings.MaxParcels = models.Limits{}
	body := "单号\n"
	for i := range 30 {
		number := fmt.Sprintf("SF2%012d", i)
		w.scripts[number] = &script{tail: "1234", status: models.InTransit, scans: []string{"【广州】已揽收"}}
		body += number + "\n"
	}
	f := Attachment{Kind: Document, Name: "a.csv", Open: func(context.Context, int64) ([]byte, error) { return []byte(body), nil }}
	say := func(m Message) []Reply {
		t.Helper()
		m.Addressed = true
		replies, err := c.Handle(t.Context(), w.chat("a", false), m)
		if err != nil {
			t.Fatal(err)
		}
		w.pass(time.Second)
		return replies
	}
	say(Message{Files: []Attachment{f}})
	if text := strings.Join(shown(say(Message{Text: "是"})), "\n"); !strings.Contains(text, "这 30 个要核对手机尾号") || !strings.Contains(text, "还有 20 个") {
		t.Fatalf("asked: %s", text)
	}
	if text := strings.Join(shown(say(Message{Text: "1234"})), "\n"); !strings.Contains(text, "用这个手机尾号去查 30 个包裹") || len(w.calls) != 0 {
		t.Fatalf("%d calls, and %s", len(w.calls), text)
	}
	w.checks(t)
	w.pass(10 * time.Second)
	if got := w.posted(t, "a"); len(got) != 1 || !strings.Contains(got[0].Text(), "运输中 30") {
		t.Errorf("posted %+v", got)
	}
}

func TestAFileThatCannotBeReadIsAnsweredWithWhy(t *testing.T) {
	w := newWorld(t, "en")
	for err, want := range map[error]string{ErrTooLarge: "too large", models.ErrGone: "isn't available any more"} {
		f := Attachment{Kind: Document, Name: "a.csv", Open: func(context.Context, int64) ([]byte, error) { return nil, err }}
		replies, failed := w.conversation().Handle(t.Context(), w.chat("a", false), Message{Files: []Attachment{f}, Addressed: true})
		if failed != nil || !strings.Contains(replies[0].Text(), want) {
			t.Errorf("%v: %+v, %v", err, replies, failed)
		}
	}
}

func TestAFileOfAnotherKindIsAnsweredWithWhatIsRead(t *testing.T) {
	w := newWorld(t, "en")
	open := func(context.Context, int64) ([]byte, error) { t.Error("it was downloaded"); return nil, models.ErrGone }
	for _, name := range []string{"invoice.pdf", "labels.zip", "clip.mp4", "letter.docx"} {
		m := Message{Happening: Said, Files: []Attachment{{Kind: Document, Name: name, MIME: "application/octet-stream", Open: open}}, Addressed: true, From: "me"}
		replies, err := w.conversation().Handle(t.Context(), w.chat("a", false), m)
		if err != nil || len(replies) != 1 || !strings.Contains(replies[0].Text(), "another kind of file") {
			t.Errorf("%s: %+v, %v", name, replies, err)
		}
		m.Addressed, m.Group = false, true
		if replies, err = w.conversation().Handle(t.Context(), w.chat("g", true), m); err != nil || len(replies) != 0 {
			t.Errorf("%s in a group that did not mean the bot: %+v, %v", name, replies, err)
		}
		m.Addressed, m.Group, m.Text = true, false, "where is my parcel"
		if replies, err = w.conversation().Handle(t.Context(), w.chat("a", false), m); err != nil || len(replies) == 0 || strings.Contains(replies[0].Text(), "kind of file") {
			t.Errorf("%s under a question: %+v, %v", name, replies, err)
		}
	}
}

func TestAnExportOffersTables(t *testing.T) {
	w := newWorld(t, "zh-CN")
	w.says(t, "a", "YT1000000000017 =1+1")
	for _, c := range []struct{ say, name, holds string }{
		{"导出 csv", "waybill.csv", "YT1000000000017,圆通速递"}, {"/export xlsx", "waybill.xlsx", "PK"}, {"/export json", "waybill.json", `"number"`}, {"导出 表格", "waybill.xlsx", "PK"},
	} {
		replies, err := w.conversation().Handle(t.Context(), w.chat("a", false), Message{Text: c.say, Addressed: true})
		if err != nil || len(replies) != 1 || replies[0].File == nil || replies[0].File.Name != c.name || !strings.Contains(string(replies[0].File.Body), c.holds) {
			t.Errorf("%s: %+v, %v", c.say, replies, err)
		}
	}
}
