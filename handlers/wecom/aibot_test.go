package wecom_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"waybill/handlers"
	"waybill/handlers/wecom"
	"waybill/handlers/wecom/wecomtest"
	"waybill/models"
)

const aibotNumber = "SF1000000000015"

func TestAIBotStoresACallbackAndAnswersItAsAFinishedStream(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		id, err := w.api.Say(wecomtest.AIBotSaid{From: "zhang", Group: "wrG1", Text: "@运单助手 " + aibotNumber})
		if err != nil {
			t.Fatal(err)
		}
		m := w.last()
		token := m.Token
		m.Token = ""
		want := handlers.Message{
			Address: models.Address{Door: "wecom_aibot", Conversation: "group:wrG1"}, Group: true, Addressed: true,
			Text: aibotNumber, From: "zhang",
		}
		if diff := cmp.Diff(want, m); diff != "" || token == "" || w.woken.Load() != 1 {
			t.Fatalf("token %q, woken %d times, message (-want +got):\n%s", token, w.woken.Load(), diff)
		}
		if row := w.inbox.all()[0]; row.Address != want.Address || !row.Group || row.DueAt == 0 || len(w.api.Sent("")) != 0 {
			t.Errorf("stored as %+v", row)
		}
		got := w.mustSend("group:wrG1", handlers.Reply{Token: token, Blocks: aibotWords("收到").Blocks}, 1)[0]
		if got.Cmd != "aibot_respond_msg" || got.ReqID != id || !got.Finish || got.Stream == "" || got.Content != "收到" || got.Conversation != "group:wrG1" {
			t.Errorf("answered with %+v", got)
		}
	})
}

func TestAIBotNewsAndFurtherRepliesAreMessagesOfTheirOwn(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		w.say(wecomtest.AIBotSaid{From: "same", Text: "hi"})
		w.say(wecomtest.AIBotSaid{From: "li", Group: "same", Text: "@b hi"})
		for _, conversation := range []string{"single:same", "group:same"} {
			if got := w.mustSend(conversation, aibotNews("已签收"), 1)[0]; got.Cmd != "aibot_send_msg" || got.Conversation != conversation {
				t.Errorf("news to %s went as %+v", conversation, got)
			}
		}
	})
}

func TestAIBotARepeatedDeliveryHasTheSameKey(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		for range 2 {
			w.say(wecomtest.AIBotSaid{ID: "m1", From: "li", Text: "x"})
		}
		w.say(wecomtest.AIBotSaid{ID: "m2", From: "li", Text: "y"})
		rows := w.inbox.all()
		if len(rows) != 2 || rows[0].Key != "m1" || rows[1].Pos <= rows[0].Pos || w.woken.Load() != 2 {
			t.Errorf("%d rows, woken %d times", len(rows), w.woken.Load())
		}
	})
}

func TestAIBotACallbackThatCannotBeStoredWaitsUntilItCan(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.inbox.fails = 3
		w.connected()
		for _, text := range []string{"a", "b"} {
			if _, err := w.api.Say(wecomtest.AIBotSaid{From: "li", Text: text}); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if len(w.inbox.all()) != 0 || w.woken.Load() != 0 || len(w.api.Sent("")) != 0 {
			t.Fatal("something happened although nothing was stored")
		}
		time.Sleep(7 * time.Second)
		synctest.Wait()
		rows := w.inbox.all()
		if len(rows) != 2 || rows[0].Pos >= rows[1].Pos || w.woken.Load() == 0 {
			t.Errorf("%d rows, woken %d times", len(rows), w.woken.Load())
		}
	})
}

func TestAIBotWhatCannotBeStoredAtTheEndIsSaid(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.inbox.fails = -1
		w.connected()
		if _, err := w.api.Say(wecomtest.AIBotSaid{From: "li", Text: "a"}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		began := time.Now()
		w.stop()
		if took := time.Since(began); took > 6*time.Second || !strings.Contains(w.log.String(), "callbacks are lost") {
			t.Errorf("ended after %s with the log\n%s", took, w.log)
		}
	})
}

func TestAIBotReadsWhatPeopleSay(t *testing.T) {
	for name, c := range map[string]struct {
		said     wecomtest.AIBotSaid
		want     string
		attached string
	}{
		"text one to one keeps an @":   {wecomtest.AIBotSaid{Text: "@me " + aibotNumber}, "@me " + aibotNumber, ""},
		"an address is no mention":     {wecomtest.AIBotSaid{Group: "g", Text: "a@b.example"}, "a@b.example", ""},
		"lines stay":                   {wecomtest.AIBotSaid{Group: "g", Text: "@运单助手 a\nb"}, "a\nb", ""},
		"only a mention":               {wecomtest.AIBotSaid{Group: "g", Text: "@运单助手"}, "", ""},
		"voice":                        {wecomtest.AIBotSaid{Kind: "voice", Text: "我的快递到哪了"}, "我的快递到哪了", ""},
		"mixed":                        {wecomtest.AIBotSaid{Group: "g", Kind: "mixed", Texts: []string{"@运单助手 看图", aibotNumber}}, "看图\n" + aibotNumber, ""},
		"a quote alone":                {wecomtest.AIBotSaid{Group: "g", Text: "@运单助手", Quote: "单号" + aibotNumber}, "", "单号" + aibotNumber},
		"a quote that is asked about":  {wecomtest.AIBotSaid{Group: "g", Text: "@运单助手 这个到哪了", Quote: aibotNumber}, "这个到哪了", aibotNumber},
		"a quote one to one":           {wecomtest.AIBotSaid{Text: "查一下", Quote: aibotNumber}, "查一下", aibotNumber},
		"a quote of text and pictures": {wecomtest.AIBotSaid{Group: "g", Text: "@运单助手 查", QuoteTexts: []string{"看", aibotNumber}}, "查", "看\n" + aibotNumber},
		"a quote in the text":          {wecomtest.AIBotSaid{Group: "g", Text: "「张三：" + aibotNumber + "」\n- - - - - - - -\n@运单助手 这个呢"}, "这个呢", "张三：" + aibotNumber},
	} {
		t.Run(name, func(t *testing.T) {
			inAIBotWorld(t, func(w *aibotWorld) {
				w.connected()
				c.said.From = "li"
				m := w.say(c.said)
				if m.Text != c.want || m.Attached != c.attached || !m.Addressed || m.Group != (c.said.Group != "") || m.Happening != handlers.Said {
					t.Errorf("read %+v, want %q with %q", m, c.want, c.attached)
				}
			})
		})
	}
}

func TestAIBotWhatHoldsNoText(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		for _, kind := range []string{"video"} {
			if m := w.say(wecomtest.AIBotSaid{From: "li", Kind: kind}); m.Happening != handlers.Wordless {
				t.Errorf("%s: %+v", kind, m)
			}
		}
	})
}

func TestAIBotEventsThatSayNothingAreNotStored(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		for _, event := range []string{"feedback_event", "template_card_event"} {
			if _, err := w.api.Event("li", event); err != nil {
				t.Fatal(err)
			}
		}
		for _, raw := range []string{"{", `[]`, `{"cmd":"aibot_msg_callback","headers":{"req_id":"x"},"body":{"msgid":7}}`, `{"headers":{"req_id":"nobody asked"},"errcode":0}`} {
			if err := w.api.Raw(raw); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if rows := w.inbox.all(); len(rows) != 0 || !w.api.Connected() {
			t.Errorf("%d rows, connected: %v", len(rows), w.api.Connected())
		}
	})
}

func TestAIBotABodyOfAnotherKindIsAnErrorThatQuotesNothing(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		for _, body := range []string{"secret-tail-1234", `{"frame":7}`, `{"frame":{"body":"secret-tail-1234"}}`} {
			if _, ok, err := w.door.Read([]byte(body)); ok || err == nil || strings.Contains(err.Error(), "1234") {
				t.Errorf("%s: %v %v", body, ok, err)
			}
		}
	})
}

func TestAIBotWelcomesWhoOpensTheChat(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		if _, err := w.api.Enter("li"); err != nil {
			t.Fatal(err)
		}
		m := w.last()
		if m.Happening != handlers.Joined || m.Address.Conversation != "single:li" {
			t.Fatalf("read %+v", m)
		}
		reply := aibotAnswer(m, "您好", "*请*发单号")
		got := w.mustSend("single:li", reply, 1)[0]
		if got.Cmd != "aibot_respond_welcome_msg" || got.Content != "您好\n*请*发单号" {
			t.Errorf("welcomed with %+v", got)
		}
		w.mustSend("single:li", reply, 0) // once is what WeCom lets in: no error, nobody waits for it
	})
}

func TestAIBotAWelcomeThatIsTooLateIsLeftOut(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		if _, err := w.api.Enter("li"); err != nil {
			t.Fatal(err)
		}
		m := w.last()
		time.Sleep(5 * time.Second)
		w.mustSend("single:li", aibotAnswer(m, "您好"), 0)
		if got := w.api.Refused(); len(got) != 0 {
			t.Errorf("tried all the same: %+v", got)
		}
	})
}

func TestAIBotSettingsThatCannotWorkAreNamedTogether(t *testing.T) {
	_, err := wecom.NewAIBot(wecom.AIBotSettings{URL: "https://x.example", Secret: ""}, &aibotInbox{}, nil)
	for _, part := range []string{"id", "secret", "URL", "memory"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not in %v", part, err)
		}
	}
}

func TestAIBotSendsNothingFromAProcessThatIsNotConnected(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		if err := w.door.Ready(); err != nil {
			t.Errorf("a process that need not be connected says %v", err)
		}
		if _, err := w.sendTo("single:li", aibotNews("x")); waits(err) == 0 {
			t.Errorf("sending says %v", err)
		}
	})
}

func TestAIBotConversationsOfAnotherKindAreRefused(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		for _, conversation := range []string{"", "li", "single:", "group:"} {
			if _, err := w.sendTo(conversation, aibotNews("x")); !errors.Is(err, models.ErrRefused) {
				t.Errorf("%q: %v", conversation, err)
			}
		}
	})
}

func TestAIBotGivesUpWithItsCaller(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		w.say(wecomtest.AIBotSaid{From: "li", Text: "x"})
		w.api.Fail(wecomtest.AIBotFault{Silent: true})
		ctx, cancel := context.WithTimeout(w.Context(), time.Second)
		defer cancel()
		err := w.door.Send(ctx, models.Address{Door: wecom.AIBotName, Conversation: "single:li"}, aibotNews("x"))
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("gave up with %v", err)
		}
		w.mustSend("single:li", aibotNews("y"), 1) // and the connection stands
	})
}
