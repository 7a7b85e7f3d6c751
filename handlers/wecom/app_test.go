package wecom_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"waybill/handlers"
	"waybill/handlers/wecom"
	"waybill/handlers/wecom/wecomtest"
	"waybill/models"
)

// deliver brings a member's message to the app.
func (w *world) deliver(m wecomtest.MemberMessage, want int) {
	w.t.Helper()
	if status, err := w.we.Deliver(within(w.t), "app", wecomtest.Delivery{}, m); err != nil || status != want {
		w.t.Fatalf("%d, %v", status, err)
	}
}

// members is what the app understands of everything that has come in.
func (w *world) members() []handlers.Message {
	w.t.Helper()
	var all []handlers.Message
	for _, a := range w.store.inbox() {
		m, ok, err := w.app.Read(a.Body)
		if err != nil || !ok {
			w.t.Fatalf("read: %v, %v", ok, err)
		}
		all = append(all, m)
	}
	return all
}

func TestMembersMessagesAreStoredOnce(t *testing.T) {
	w := begin(t)
	m := w.we.MemberSays(member, " 列表 <b>&\n")
	w.deliver(m, 200)
	w.deliver(m, 200)
	if status, err := w.we.Deliver(within(t), "app", wecomtest.Delivery{Forged: true}, w.we.MemberSays(member, "x")); status != 401 {
		t.Errorf("forged: %d, %v", status, err)
	}
	all := w.members()
	if len(all) != 1 || all[0].Text != "列表 <b>&" || all[0].Address != ofMember || !all[0].Addressed || all[0].From != member {
		t.Errorf("%+v", all)
	}
}

func TestEventsOfTheAppAreUnderstood(t *testing.T) {
	for name, c := range map[string]struct {
		event, key string
		happening  handlers.Happening
		text       string
	}{
		"a member gets the app":   {"subscribe", "", handlers.Joined, ""},
		"a member opens the app":  {"enter_agent", "", handlers.Joined, ""},
		"a member loses the app":  {"unsubscribe", "", handlers.Left, ""},
		"a menu's item is chosen": {"click", "列表", handlers.Said, "列表"},
	} {
		t.Run(name, func(t *testing.T) {
			w := begin(t)
			event := w.we.MemberDoes(member, c.event, c.key)
			w.deliver(event, 200)
			w.deliver(event, 200)
			if all := w.members(); len(all) != 1 || all[0].Happening != c.happening || all[0].Text != c.text {
				t.Errorf("%+v", all)
			}
		})
	}
}

func TestWhatSaysNothingToTheAppIsAcknowledgedAndForgotten(t *testing.T) {
	w := begin(t)
	w.deliver(w.we.MemberDoes(member, "view", "https://x.org"), 200)
	w.deliver(w.we.MemberDoes(member, "LOCATION", ""), 200)
	w.deliver(w.we.MemberDoes(member, "click", ""), 200)
	w.deliver(w.we.MemberSays("", "谁？"), 200)
	if got := w.store.inbox(); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestWhatMembersSendThatIsNoTextOfTheirs(t *testing.T) {
	w := begin(t)
	for _, kind := range []string{"image", "voice", "video", "location"} {
		w.deliver(w.we.MemberShows(member, kind), 200)
	}
	w.deliver(w.we.MemberLinks(member, "查物流", "您的包裹 SF1000000000015 已发出", "https://m.example/?u=https%3A%2F%2Fx.example%2F%3Fnu%3DYT1000000000013"), 200)
	w.deliver(w.we.MemberSpeaks(member, "我的快递到哪了"), 200)
	w.deliver(w.we.MemberSays(member, "「张三：单号 SF1000000000015\n在路上」\n- - - - - - - - - -\n这个到哪了"), 200)
	var got []string
	for _, m := range w.members() {
		got = append(got, string(m.Happening)+"|"+m.Text+"|"+m.Attached)
	}
	want := []string{
		"wordless||", "wordless||", "wordless||", "wordless||",
		"||查物流\n您的包裹 SF1000000000015 已发出\nhttps://m.example/?u=https://x.example/?nu=YT1000000000013",
		"|我的快递到哪了|", "|这个到哪了|张三：单号 SF1000000000015\n在路上",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMembersAreAnsweredWithTheAgentsNumber(t *testing.T) {
	w := begin(t)
	w.deliver(w.we.MemberSays(member, "在吗"), 200)
	answer(t, w.app, w.app.Handler(&echo{}), w.store.inbox())
	if got := w.texts(member); !slices.Equal(got, []string{"you said 在吗"}) || len(w.we.Refused()) != 0 {
		t.Errorf("%q, %v", got, w.we.Refused())
	}
}

func TestOutcomesOfSendingToMembers(t *testing.T) {
	for code, want := range map[int64]error{60111: models.ErrGone, 40003: models.ErrGone, 40008: models.ErrRefused, 45002: models.ErrRefused, 45009: nil, 45033: nil, -1: nil, 60020: nil} {
		w := begin(t)
		w.we.Fail(wecomtest.Fault{Path: "message/send", Code: code})
		err := w.app.Send(within(t), ofMember, text("好"))
		if err == nil || want != nil && !errors.Is(err, want) {
			t.Errorf("%d: %v", code, err)
		}
		if want == nil && (errors.Is(err, models.ErrGone) || errors.Is(err, models.ErrRefused)) {
			t.Errorf("%d does not pass: %v", code, err)
		}
		if want := map[int64]time.Duration{45009: time.Minute, 45033: time.Second}[code]; waits(err) != want {
			t.Errorf("%d asks to wait %s", code, waits(err))
		}
		if err := w.app.Send(within(t), ofMember, text("好")); err != nil || len(w.texts(member)) != 1 {
			t.Errorf("after %d: %v", code, err)
		}
	}
}

func TestAMemberWhomOkDidNotReachIsGone(t *testing.T) {
	for _, field := range []string{"invaliduser", "unlicenseduser"} {
		w := begin(t)
		w.we.Unreached(field)
		if err := w.app.Send(within(t), ofMember, text("好")); !errors.Is(err, models.ErrGone) {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestAMemberOutsideTheAppsScopeIsForTheOperators(t *testing.T) {
	w := begin(t)
	w.we.Leave(member)
	err := w.app.Send(within(t), ofMember, text("好"))
	if errors.Is(err, models.ErrGone) || waits(err) != 10*time.Minute || !slices.Equal(w.alarm.keys(), []string{wecom.AlertReach}) {
		t.Errorf("%v, told %v", err, w.alarm.keys())
	}
	w.we.Member(member)
	if err := w.app.Send(within(t), ofMember, text("好")); err != nil || len(w.texts(member)) != 1 {
		t.Errorf("once it is mended: %v", err)
	}
}

func TestThirtyMessagesAMinuteToOneMember(t *testing.T) {
	w := begin(t)
	w.we.Member("other")
	for i := range 30 {
		if err := w.app.Send(within(t), ofMember, text(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	var wait *models.Wait
	if err := w.app.Send(within(t), ofMember, text("31")); !errors.As(err, &wait) || wait.After != time.Minute {
		t.Errorf("the next: %v", err)
	}
	if err := w.app.Send(within(t), models.Address{Door: "wecom_app", Conversation: "other"}, text("x")); err != nil {
		t.Errorf("somebody else: %v", err)
	}
	w.clock.move(time.Minute)
	if err := w.app.Send(within(t), ofMember, text("31")); err != nil || len(w.we.Refused()) != 0 {
		t.Errorf("a minute later: %v, refused %v", err, w.we.Refused())
	}
}

func TestALongReplyToAMemberIsCutAndGoesOnWhereItFailed(t *testing.T) {
	w := begin(t)
	r := text(strings.Repeat("a", 2048), strings.Repeat("包", 682), strings.Repeat("c", 2048))
	w.we.Fail(wecomtest.Fault{Path: "message/send", After: 1, Code: -1})
	if err := w.app.Send(within(t), ofMember, r); err == nil {
		t.Fatal("it did not fail")
	}
	w.start("b")
	if err := w.app.Send(within(t), ofMember, r); err != nil {
		t.Fatal(err)
	}
	got := w.texts(member)
	if len(got) != 3 || got[0][0] != 'a' || got[1] != strings.Repeat("包", 682) || got[2][0] != 'c' {
		t.Errorf("%d messages", len(got))
	}
}

func TestAFileForAMemberIsUploaded(t *testing.T) {
	w := begin(t)
	r := text("都在这里")
	r.File = &handlers.File{Name: "waybill.json", Body: []byte(strings.Repeat("{}", 3000))}
	if err := w.app.Send(within(t), ofMember, r); err != nil {
		t.Fatal(err)
	}
	if got := w.we.Sent(member); len(got) != 2 || got[1].Kind != "file" {
		t.Errorf("%+v", got)
	}
}

// choose has the member type something, and returns what the conversation received.
func (w *world) choose(e *echo, text string) handlers.Message {
	w.t.Helper()
	h := w.app.Handler(e)
	if _, err := h.Handle(within(w.t), models.Chat{Address: ofMember}, handlers.Message{Address: ofMember, Text: text}); err != nil {
		w.t.Fatal(err)
	}
	return e.received[len(e.received)-1]
}

func asking(token string, data ...string) handlers.Reply {
	r := text("哪家快递？")
	r.Token = token
	for _, d := range data {
		r.Buttons = append(r.Buttons, []handlers.Button{{Text: "选 " + d, Data: d}})
	}
	return r
}

func TestATypedNumberPressesItsButton(t *testing.T) {
	w := begin(t)
	e := &echo{}
	if err := w.app.Send(within(t), ofMember, asking("m:1", "c:n:sf", "c:n:zto")); err != nil {
		t.Fatal(err)
	}
	if got := w.texts(member)[0]; !strings.Contains(got, "哪家快递？") || !strings.Contains(got, "1") || !strings.Contains(got, "选 c:n:zto") {
		t.Errorf("%q", got)
	}
	w.start("b") // what was offered is kept over a restart
	if m := w.choose(e, " ２ "); m.Happening != handlers.Tapped || m.Button != "c:n:zto" || m.Text != "" {
		t.Errorf("%+v", m)
	}
	for _, text := range []string{"3", "0", "1234", "SF1000000000015", "两个"} {
		if m := w.choose(e, text); m.Happening != handlers.Said || m.Text != text {
			t.Errorf("%q: %+v", text, m)
		}
	}
}

func TestTheRowsOfAListAreTypedAsTheyAreShown(t *testing.T) {
	w := begin(t)
	r := text("停哪个？发行号就行")
	r.Token, r.Buttons = "m:1", [][]handlers.Button{{{Text: "1", Data: "s:7"}, {Text: "2", Data: "s:9"}}}
	if err := w.app.Send(within(t), ofMember, r); err != nil {
		t.Fatal(err)
	}
	if got := w.texts(member); !slices.Equal(got, []string{"停哪个？发行号就行"}) {
		t.Errorf("got %q", got)
	}
	if m := w.choose(&echo{}, "2"); m.Happening != handlers.Tapped || m.Button != "s:9" {
		t.Errorf("%+v", m)
	}
}

func TestNewsTakesNoNumbersAndAnAnswerTakesThemBack(t *testing.T) {
	w := begin(t)
	e := &echo{}
	urgent := asking("", "s:1")
	urgent.For = handlers.Urgent
	if err := errors.Join(w.app.Send(within(t), ofMember, asking("m:1", "d:1")), w.app.Send(within(t), ofMember, urgent)); err != nil {
		t.Fatal(err)
	}
	if got := w.texts(member)[1]; got != "哪家快递？" {
		t.Errorf("news offers %q", got)
	}
	if m := w.choose(e, "1"); m.Button != "d:1" {
		t.Errorf("after news: %+v", m)
	}
	if err := w.app.Send(within(t), ofMember, asking("m:2")); err != nil { // 停哪个？发行号就行
		t.Fatal(err)
	}
	if m := w.choose(e, "1"); m.Happening != handlers.Said || m.Text != "1" {
		t.Errorf("after an answer without any: %+v", m)
	}
}

func TestAMemberIsGreetedOnTheFirstVisitOnly(t *testing.T) {
	w := begin(t)
	e := &echo{}
	h := w.app.Handler(e)
	enter := func(chat models.Chat, want int) {
		t.Helper()
		if _, err := h.Handle(within(t), chat, handlers.Message{Address: ofMember, Happening: handlers.Joined}); err != nil || len(e.received) != want {
			t.Errorf("%v, greeted %d times", err, len(e.received))
		}
	}
	enter(models.Chat{Address: ofMember}, 1)
	enter(models.Chat{Address: ofMember}, 1)
	enter(models.Chat{Address: ofMember, GoneAt: 1}, 2) // back again
	w.store.fail(errors.New("down"))
	if _, err := h.Handle(context.Background(), models.Chat{Address: ofMember}, handlers.Message{Happening: handlers.Joined}); err == nil {
		t.Error("a memory that fails is no error")
	}
}
