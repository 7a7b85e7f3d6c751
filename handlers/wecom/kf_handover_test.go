package wecom_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/handlers"
	"waybill/handlers/wecom/wecomtest"
	"waybill/models"
)

// talk is everything that came in since from, handled and answered.
func (w *world) talk(h handlers.Handler, from int) []handlers.Reply {
	w.t.Helper()
	return answer(w.t, w.kf, h, w.store.inbox()[from:])
}

func TestWhoeverComesInIsGreetedOutsideTheCount(t *testing.T) {
	w := begin(t)
	w.run()
	w.we.Enter(account, customer)
	w.fetch()
	e := &echo{}
	w.talk(w.kf.Handler(e), 0)
	got := w.we.Sent(customer)
	if len(got) != 1 || !got[0].Event || got[0].Kind != "text" || e.received[0].Happening != handlers.Joined {
		t.Fatalf("%+v", got)
	}
	if w.we.Calls()["kf/send_msg"] != 0 || len(w.we.Refused()) != 0 {
		t.Errorf("%v", w.we.Refused())
	}
}

func TestAWelcomeIsOneMessageAndMayHaveAMenu(t *testing.T) {
	w := begin(t)
	w.run()
	w.we.Enter(account, customer)
	w.fetch()
	m := w.received()[0]
	r := text("欢迎")
	r.Token, r.Buttons = m.Token, [][]handlers.Button{{{Text: "怎么用", Data: "h"}}}
	if err := w.send(r); err != nil || w.we.Sent(customer)[0].Kind != "msgmenu" {
		t.Fatalf("%v, %+v", err, w.we.Sent(customer))
	}
	w.clock.move(48 * time.Hour) // before that WeCom lets nobody be welcomed twice
	w.we.Enter(account, customer)
	w.fetch()
	long := text(strings.Repeat("x", 2000), strings.Repeat("y", 2000))
	long.Token = w.received()[1].Token
	if err := w.send(long); err != nil || len(w.we.Sent(customer)) != 2 {
		t.Errorf("%v, %d sent", err, len(w.we.Sent(customer)))
	}
}

func TestAWelcomeWaitsBehindNoAnswer(t *testing.T) {
	w := met(t) // and the answer waits for credit
	w.clock.move(48*time.Hour + time.Second)
	for range 2 {
		w.we.Enter(account, customer)
		w.fetch()
		w.clock.move(time.Second)
	}
	got := w.received()
	if len(got) != 3 || got[0].Happening != handlers.Joined || got[0].Token >= got[1].Token || got[2].Text != "在吗" {
		t.Errorf("%+v", got)
	}
}

func TestNobodyIsWelcomedAfter20Seconds(t *testing.T) {
	w := begin(t)
	w.run()
	w.we.Enter(account, customer)
	w.fetch()
	late := text("欢迎")
	late.Token = w.received()[0].Token
	w.clock.move(20 * time.Second)
	w.we.Enter(account, "wmSecond")
	w.clock.move(20 * time.Second)
	w.fetch()
	if len(w.store.inbox()) != 1 {
		t.Error("somebody who came in long ago is welcomed")
	}
	if err := w.send(late); err != nil || w.we.Calls()["kf/send_msg_on_event"] != 0 {
		t.Errorf("%v", err)
	}
}

func TestAWelcomeThatIsRefusedIsDroppedAndOneThatFailsIsTriedAgain(t *testing.T) {
	w := begin(t)
	w.run()
	w.we.Enter(account, customer)
	w.fetch()
	r := text("欢迎")
	r.Token = w.received()[0].Token
	w.we.Fail(wecomtest.Fault{Path: "kf/send_msg_on_event", Code: -1})
	if err := w.send(r); err == nil {
		t.Error("a failure is none")
	}
	if err := errors.Join(w.send(r), w.send(r)); err != nil || len(w.we.Sent(customer)) != 1 {
		t.Errorf("%v, %d sent", err, len(w.we.Sent(customer)))
	}
}

func TestTheBotIsSilentWhileSomebodyTalksWithTheCustomer(t *testing.T) {
	for _, state := range []int{wecomtest.StateQueue, wecomtest.StateHuman} {
		w := met(t)
		w.we.SetState(account, customer, state)
		w.write("SF1000000000015")
		e := &echo{}
		if got := w.talk(w.kf.Handler(e), 1); len(got) != 0 || len(e.received) != 0 {
			t.Errorf("in %d it answers %v", state, got)
		}
		if err := w.send(text("答")); err != nil {
			t.Errorf("an answer in %d: %v", state, err)
		}
		if err := w.send(news(handlers.Urgent, "已签收")); !errors.Is(err, models.ErrNoCredit) {
			t.Errorf("news in %d: %v", state, err)
		}
		if w.we.Calls()["kf/send_msg"] != 0 {
			t.Errorf("in %d it speaks", state)
		}
		w.we.SetState(account, customer, wecomtest.StateEnded)
		w.write("谢谢")
		if err := w.send(news(handlers.Urgent, "已签收")); err != nil || len(w.texts(customer)) != 1 {
			t.Errorf("after %d: %v", state, err)
		}
	}
}

func TestAnotherReplicaSeesWhatIsWrittenAfterASessionEnded(t *testing.T) {
	w := begin(t)
	w.run() // this replica fetches, another one answers
	other, e := w.openKF(wecomtest.KFSecret), &echo{}
	h := other.Handler(e)
	w.write("在吗")
	w.we.SetState(account, customer, wecomtest.StateHuman)
	w.write("谢谢")
	answer(t, other, h, w.store.inbox()[1:])
	w.we.SetState(account, customer, wecomtest.StateEnded)
	w.write("SF1000000000015")
	answer(t, other, h, w.store.inbox()[2:])
	if got := w.texts(customer); !slices.Equal(got, []string{"you said SF1000000000015"}) {
		t.Errorf("sent %q", got)
	}
}

func TestTheBotSpeaksInTheFirstTwoStates(t *testing.T) {
	for _, state := range []int{wecomtest.StateNew, wecomtest.StateBot} {
		w := met(t)
		w.we.SetState(account, customer, state)
		w.fetch()
		if err := w.send(text("好")); err != nil || len(w.texts(customer)) != 1 {
			t.Errorf("in %d: %v", state, err)
		}
	}
}

func TestASessionThatEndedWaitsForTheCustomer(t *testing.T) {
	w := met(t)
	w.we.SetState(account, customer, wecomtest.StateEnded)
	w.fetch()
	for range 2 {
		err := w.send(text("好"))
		if !errors.Is(err, models.ErrNoCredit) || w.store.left(ofCustomer) != 0 || w.we.Calls()["kf/send_msg"] != 0 {
			t.Errorf("%v, %d left", err, w.store.left(ofCustomer))
		}
	}
	w.write("在吗")
	if err := w.send(text("好")); err != nil || w.store.left(ofCustomer) != 4 {
		t.Errorf("%v, %d left", err, w.store.left(ofCustomer))
	}
}

func TestASessionThatEndedBeforeTheCustomerWroteAgainCostsNoCredit(t *testing.T) {
	w := met(t)
	w.we.Fail(wecomtest.Fault{Path: "kf/service_state/get", Body: `{"errcode":0,"service_state":4}`})
	if err := w.send(text("好")); !errors.Is(err, models.ErrNoCredit) || w.store.left(ofCustomer) != 5 {
		t.Errorf("%v, %d left", err, w.store.left(ofCustomer))
	}
}

func TestSomebodyWhoTakesOverBetweenAskingAndSendingIsNotTalkedOver(t *testing.T) {
	w := met(t)
	if err := w.send(text("一")); err != nil { // now the state is believed for a while
		t.Fatal(err)
	}
	w.we.SetState(account, customer, wecomtest.StateHuman)
	if err := w.send(text("二")); err != nil {
		t.Errorf("an answer: %v", err)
	}
	if err := w.send(news(handlers.Urgent, "三")); !errors.Is(err, models.ErrNoCredit) {
		t.Errorf("news: %v", err)
	}
	if got := w.texts(customer); !slices.Equal(got, []string{"一"}) {
		t.Errorf("sent %q", got)
	}
}

func TestWhenWeComDoesNotTellTheStateSendingShows(t *testing.T) {
	w := met(t)
	w.we.Fail(wecomtest.Fault{Path: "kf/service_state/get", Status: 404, Times: -1})
	if err := w.send(text("好")); err != nil || len(w.texts(customer)) != 1 {
		t.Errorf("%v", err)
	}
}

func TestACustomerWhoAsksForAHumanIsHandedOver(t *testing.T) {
	for name, c := range map[string]struct {
		serving  map[string]int
		party    bool
		state    int
		servicer string
		says     string
	}{
		"to who is serving":              {map[string]int{"HanMeimei": 0, "LiLei": 1}, false, wecomtest.StateHuman, "HanMeimei", "已为你转接人工"},
		"to a department":                {nil, true, wecomtest.StateQueue, "", "已为你转接人工"},
		"to nobody":                      {nil, false, wecomtest.StateNew, "", "现在没有人工客服"},
		"to nobody serving now":          {map[string]int{"LiLei": 1}, false, wecomtest.StateNew, "", "现在没有人工客服"},
		"to a person, department or not": {map[string]int{"HanMeimei": 0}, true, wecomtest.StateHuman, "HanMeimei", "已为你转接人工"},
	} {
		t.Run(name, func(t *testing.T) {
			w := begin(t)
			for id, status := range c.serving {
				w.we.Servicer(account, id, status)
			}
			if c.party {
				w.we.Department(account)
			}
			w.run()
			w.write("转人工！")
			e := &echo{}
			w.talk(w.kf.Handler(e), 0)
			if state, servicer := w.we.State(account, customer); state != c.state || servicer != c.servicer || len(e.received) != 0 {
				t.Errorf("state %d, %s", state, servicer)
			}
			if got := w.texts(customer); !slices.Equal(got, []string{c.says}) || len(w.we.Refused()) != 0 {
				t.Errorf("said %q, refused %v", got, w.we.Refused())
			}
		})
	}
}

func TestAHumanIsAskedForInManyWords(t *testing.T) {
	for _, text := range []string{
		"转人工", "我要投诉，转人工", "转人工吧", "人工人工", "我要找客服", "人工", "客服", "真人客服", "轉人工", "幫我轉接人工客服", "找真人", "转一下人工",
		"我要人工", "为什么没有人工客服", "我要轉客服！", "能接人工吗", "human", "Human please", "agent", "I want to talk to a person", "can I speak to an agent?",
		"get me a human", "／人工", "人工！！！",
	} {
		w := met(t)
		w.we.Servicer(account, "HanMeimei", 0)
		w.write(text)
		e := &echo{}
		w.talk(w.kf.Handler(e), 1)
		if state, _ := w.we.State(account, customer); state != wecomtest.StateHuman || len(e.received) != 0 {
			t.Errorf("%q leaves the session in %d", text, state)
		}
	}
}

func TestHandingOverSendsOneSentenceWhereWeComAllowsIt(t *testing.T) {
	for name, c := range map[string]struct {
		fault wecomtest.Fault
		state int
		says  []string
	}{
		"a person":                             {wecomtest.Fault{Path: "message/send", Code: 1}, wecomtest.StateHuman, []string{"已为你转接人工"}},
		"the queue, when the person has left":  {wecomtest.Fault{Path: "kf/service_state/trans", Code: 95014}, wecomtest.StateQueue, []string{"已为你转接人工"}},
		"nothing, when there is no right to":   {wecomtest.Fault{Path: "kf/service_state/trans", Body: `{"errcode":0}`}, wecomtest.StateNew, nil},
		"nothing, when the answer is lost":     {wecomtest.Fault{Path: "kf/service_state/trans", Lose: true}, wecomtest.StateHuman, nil},
		"nothing more, when it is refused now": {wecomtest.Fault{Path: "kf/send_msg_on_event", Code: 95018}, wecomtest.StateHuman, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := met(t)
			w.we.Servicer(account, "HanMeimei", 0)
			w.we.Department(account)
			w.we.Fail(c.fault)
			w.write("转人工")
			h := w.kf.Handler(&echo{})
			m := w.received()[1]
			for range 2 { // the inbox tries again what has failed
				replies, err := h.Handle(within(t), models.Chat{Address: ofCustomer}, m)
				if err != nil {
					continue
				}
				for _, r := range replies {
					if err := w.send(r); err != nil {
						t.Error(err)
					}
				}
				break
			}
			if state, _ := w.we.State(account, customer); state != c.state || !slices.Equal(w.texts(customer), c.says) {
				t.Errorf("in %d it says %q", state, w.texts(customer))
			}
			if w.we.Calls()["kf/send_msg"] != 0 {
				t.Error("it costs credit")
			}
		})
	}
}

func TestAServicerWhoHasJustLeftIsNotTheEnd(t *testing.T) {
	w := begin(t)
	w.we.Servicer(account, "HanMeimei", 0)
	w.run()
	w.write("人工客服")
	w.we.Fail(wecomtest.Fault{Path: "kf/service_state/trans", Code: 95014})
	w.talk(w.kf.Handler(&echo{}), 0)
	if state, _ := w.we.State(account, customer); state != wecomtest.StateQueue {
		t.Errorf("state %d", state)
	}
}

func TestHandingOverThatFailsIsTriedAgain(t *testing.T) {
	w := met(t)
	w.we.Servicer(account, "HanMeimei", 0)
	h := w.kf.Handler(&echo{})
	chat, m := models.Chat{Address: ofCustomer}, handlers.Message{Text: "转人工", Token: "m:1"}
	for _, path := range []string{"kf/servicer/list", "kf/service_state/trans"} {
		w.we.Fail(wecomtest.Fault{Path: path, Status: 502})
		if _, err := h.Handle(within(t), chat, m); err == nil {
			t.Errorf("%s: no error", path)
		}
	}
	w.we.Fail(wecomtest.Fault{Path: "kf/servicer/list", Code: 95000})
	if replies, err := h.Handle(within(t), chat, m); err != nil || len(replies) != 1 || replies[0].Text() != "现在没有人工客服" {
		t.Errorf("%v, %v", replies, err)
	}
}

func TestWhetherSomebodyServesIsKnownForAMinute(t *testing.T) {
	w := met(t)
	ctx := within(t)
	serves := func(want bool, calls int) {
		t.Helper()
		if got := w.kf.Serves(ctx, ofCustomer); got != want || w.we.Calls()["kf/servicer/list"] != calls {
			t.Errorf("serves %v after %d calls", got, w.we.Calls()["kf/servicer/list"])
		}
	}
	serves(false, 1)
	w.we.Servicer(account, "HanMeimei", 1) // not just now
	serves(false, 1)
	w.clock.move(time.Minute)
	serves(false, 2)
	w.we.Servicer(account, "HanMeimei", 0)
	w.clock.move(time.Minute)
	serves(true, 3)
	w.clock.move(time.Minute)
	w.we.Fail(wecomtest.Fault{Path: "kf/servicer/list", Status: 502})
	serves(true, 4) // who asks for somebody will find out
	w.we.Fail(wecomtest.Fault{Path: "kf/servicer/list", Code: 95000})
	serves(false, 5)
	if w.kf.Serves(ctx, ofMember) {
		t.Error("a member is no customer")
	}
}

func TestThePressedButtonAsksForAHuman(t *testing.T) {
	w := met(t)
	w.we.Servicer(account, "HanMeimei", 0)
	e := &echo{}
	press := func(data string) {
		t.Helper()
		from := len(w.store.inbox())
		w.we.Press(account, customer, data, "转人工")
		w.fetch()
		w.talk(w.kf.Handler(e), from)
	}
	press("d:7")
	press(handlers.ButtonHuman)
	if state, servicer := w.we.State(account, customer); state != wecomtest.StateHuman || servicer != "HanMeimei" || len(e.received) != 1 {
		t.Errorf("state %d, %q, %d were received", state, servicer, len(e.received))
	}
}

func TestOnlyAskingForAHumanIsAskingForAHuman(t *testing.T) {
	w := met(t)
	w.we.Servicer(account, "HanMeimei", 0)
	e := &echo{}
	h := w.kf.Handler(e)
	others := []string{
		"人工成本多少", "SF1000000000015", "", "列表", "你是机器人吗", "are you human?", "不要转人工", "取消转人工", "I don't want to talk to a human",
		"备注 2 人工客服的茶叶", "SF1000000000015 转人工", "the agent said it is lost", "需要人工费吗", "转人工费多少", "收藏客服电话",
		"【驿站】您的包裹已到店，取件码见短信，请在今晚八点前来取，如有疑问请拨打电话找客服，谢谢您的配合与支持",
	}
	for _, text := range others {
		if _, err := h.Handle(within(t), models.Chat{Address: ofCustomer}, handlers.Message{Text: text}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.Handle(within(t), models.Chat{Address: ofCustomer}, handlers.Message{Happening: handlers.Left}); err != nil {
		t.Fatal(err)
	}
	if len(e.received) != len(others)+1 || w.we.Calls()["kf/service_state/trans"] != 0 {
		t.Errorf("%d were received", len(e.received))
	}
}

func TestNewsIsMergedAsFarAsOneMessageHolds(t *testing.T) {
	w := met(t)
	one, two, three := news(handlers.News, "一"), news(handlers.Urgent, "二"), news(handlers.News, strings.Repeat("三", 680))
	one.Buttons = [][]handlers.Button{{{Text: "详情", Data: "d:1"}}}
	merged, n := w.kf.Merge([]handlers.Reply{one, two, three, one})
	if n != 2 || merged.For != handlers.Urgent || merged.Buttons != nil || merged.Text() != "一\n\n二" {
		t.Errorf("%d: %+v", n, merged)
	}
	if err := w.send(merged); err != nil || !slices.Equal(w.texts(customer), []string{"一\n\n二"}) {
		t.Errorf("%v, %q", err, w.texts(customer))
	}
	if merged, n := w.kf.Merge([]handlers.Reply{three, one}); n != 1 || merged.Text() != three.Text() {
		t.Errorf("%d", n)
	}
}

func TestOnlyWhatBelongsTogetherIsMerged(t *testing.T) {
	w := begin(t)
	plain, pressed, filed, greeting, english := text("a"), text("b"), text("c"), text("d"), text("e")
	plain.Token, greeting.Token, english.Lang = "m:1", "w:1:code", "en"
	pressed.Buttons = [][]handlers.Button{{{Text: "是", Data: "y"}}}
	filed.File = &handlers.File{Name: "x", Body: []byte("0123456789")}
	for name, c := range map[string]struct {
		a, b    handlers.Reply
		merged  bool
		buttons int
	}{
		"two answers":              {plain, text("b"), true, 0},
		"an answer and a question": {plain, pressed, true, 1},
		"a question and an answer": {pressed, text("b"), false, 0},
		"an answer and news":       {plain, news(handlers.News, "n"), false, 0},
		"a file":                   {plain, filed, false, 0},
		"after a file":             {filed, text("b"), false, 0},
		"a greeting":               {greeting, text("b"), false, 0},
		"another message's answer": {plain, greeting, false, 0},
		"two languages":            {plain, english, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			merged, n := w.kf.Merge([]handlers.Reply{c.a, c.b})
			if (n == 2) != c.merged || c.merged && (len(merged.Buttons) != c.buttons || merged.Token != c.a.Token) {
				t.Errorf("%d: %+v", n, merged)
			}
		})
	}
}
