package wecomtest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"waybill/handlers/wecom/wecomtest"
)

// aibotPeer is a bot that sends whatever it is told to.
type aibotPeer struct {
	*testing.T
	api  *wecomtest.AIBot
	wire *wecomtest.Wire
	ws   *websocket.Conn
	ids  int
}

// inAIBotBubble runs a test of the double with a bot that is connected, but not subscribed.
func inAIBotBubble(t *testing.T, test func(p *aibotPeer)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		api, wire := wecomtest.NewAIBot(), wecomtest.NewWire()
		api.Serve(wire)
		defer api.Close()
		p := (&aibotPeer{T: t, api: api, wire: wire}).another()
		defer p.ws.CloseNow()
		test(p)
	})
}

// another is one more connection.
func (p *aibotPeer) another() *aibotPeer {
	p.Helper()
	client := p.wire.Client()
	ws, _, err := websocket.Dial(p.Context(), p.api.URL(), &websocket.DialOptions{HTTPClient: client}) //nolint:bodyclose // the library closes it
	if err != nil {
		p.Fatal(err)
	}
	client.CloseIdleConnections()
	return &aibotPeer{T: p.T, api: p.api, wire: p.wire, ws: ws}
}

type aibotSeen struct {
	Cmd     string `json:"cmd"`
	Headers struct {
		ReqID string `json:"req_id"`
	} `json:"headers"`
	Code int             `json:"errcode"`
	Body json.RawMessage `json:"body"`
}

func (p *aibotPeer) write(text string) {
	p.Helper()
	if err := p.ws.Write(p.Context(), websocket.MessageText, []byte(text)); err != nil {
		p.Fatal(err)
	}
}

func (p *aibotPeer) read() (aibotSeen, error) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.Context(), 10*time.Minute)
	defer cancel()
	_, raw, err := p.ws.Read(ctx)
	var f aibotSeen
	if err == nil {
		err = json.Unmarshal(raw, &f)
	}
	return f, err
}

// ask sends a frame and returns the errcode.
func (p *aibotPeer) ask(cmd, id, body string) int {
	p.Helper()
	if p.ids++; id == "" {
		id = cmd + strconv.Itoa(p.ids)
	}
	p.write(`{"cmd":"` + cmd + `","headers":{"req_id":"` + id + `"},"body":` + body + `}`)
	f, err := p.read()
	if err != nil || f.Headers.ReqID != id {
		p.Fatalf("answered with %+v, %v", f, err)
	}
	return f.Code
}

func (p *aibotPeer) subscribe() int {
	p.Helper()
	return p.ask("aibot_subscribe", "", fmt.Sprintf(`{"bot_id":%q,"secret":%q}`, wecomtest.AIBotID, wecomtest.AIBotSecret))
}

func (p *aibotPeer) hear(s wecomtest.AIBotSaid) string {
	p.Helper()
	return p.called(func() (string, error) { return p.api.Say(s) })
}

// called returns the req_id of the callback that something brings.
func (p *aibotPeer) called(by func() (string, error)) string {
	p.Helper()
	failed := make(chan error, 1)
	go func() { _, err := by(); failed <- err }()
	f, err := p.read()
	if err2 := <-failed; err != nil || err2 != nil {
		p.Fatal(err, err2)
	}
	return f.Headers.ReqID
}

func (p *aibotPeer) stream(id, stream, content string, finish bool) int {
	p.Helper()
	return p.ask("aibot_respond_msg", id, fmt.Sprintf(`{"msgtype":"stream","stream":{"id":%q,"finish":%v,"content":%q}}`, stream, finish, content))
}

func (p *aibotPeer) push(chat string, kind int, content string) int {
	p.Helper()
	return p.ask("aibot_send_msg", "", fmt.Sprintf(`{"chatid":%q,"chat_type":%d,"msgtype":"markdown","markdown":{"content":%q}}`, chat, kind, content))
}

// want compares errcodes.
func (p *aibotPeer) want(what string, got, want int) {
	p.Helper()
	if got != want {
		p.Errorf("%s: %d, want %d", what, got, want)
	}
}

func TestAIBotNothingGoesBeforeASubscription(t *testing.T) {
	inAIBotBubble(t, func(p *aibotPeer) {
		p.want("a ping", p.ask("ping", "", "{}"), 846609)
		p.want("a message", p.push("li", 1, "x"), 846609)
		if _, err := p.api.Say(wecomtest.AIBotSaid{From: "li"}); err == nil {
			t.Error("somebody spoke to nobody")
		}
		p.want("subscribing", p.subscribe(), 0)
		p.want("a ping", p.ask("ping", "", "{}"), 0)
	})
}

func TestAIBotAWrongSecretIsRefusedAndHungUpOn(t *testing.T) {
	inAIBotBubble(t, func(p *aibotPeer) {
		p.want("a wrong secret", p.ask("aibot_subscribe", "", fmt.Sprintf(`{"bot_id":%q,"secret":"x"}`, wecomtest.AIBotID)), 853000)
		if _, err := p.read(); err == nil {
			t.Error("the connection stands")
		}
	})
}

func TestAIBotSubscribingIsProtected(t *testing.T) {
	inAIBotBubble(t, func(p *aibotPeer) {
		for range 10 {
			p.want("subscribing", p.subscribe(), 0)
		}
		p.want("once more", p.subscribe(), 45009)
	})
}

func TestAIBotASecondConnectionThrowsTheFirstOut(t *testing.T) {
	inAIBotBubble(t, func(p *aibotPeer) {
		p.subscribe()
		second := p.another()
		defer second.ws.CloseNow()
		subscribed := make(chan int)
		go func() { subscribed <- second.subscribe() }()
		f, err := p.read()
		if err != nil || f.Cmd != "aibot_event_callback" || !strings.Contains(string(f.Body), `"disconnected_event"`) {
			t.Errorf("the first one sees %+v %v", f, err)
		}
		p.want("the second", <-subscribed, 0)
		if _, err := p.read(); err == nil {
			t.Error("the first one's connection stands")
		}
		synctest.Wait()
		if !p.api.Connected() {
			t.Error("the second one went with the first")
		}
	})
}

func TestAIBotACallbackIsAnsweredByOneStreamOverItsConnection(t *testing.T) {
	inAIBotBubble(t, func(p *aibotPeer) {
		p.subscribe()
		id := p.hear(wecomtest.AIBotSaid{From: "li", Text: "x"})
		p.want("markdown", p.ask("aibot_respond_msg", id, `{"msgtype":"markdown","markdown":{"content":"x"}}`), 40008)
		p.want("no id", p.stream(id, "", "x", false), 40058)
		p.want("too long", p.stream(id, "s", strings.Repeat("x", 20481), false), 45002)
		p.want("an empty end", p.stream(id, "s", " ", true), 44004)
		p.want("the first frame", p.stream(id, "s", "…", false), 0)
		p.want("another stream", p.stream(id, "t", "x", true), 40058)
		p.want("the end", p.stream(id, "s", "x", true), 0)
		p.want("after the end", p.stream(id, "s", "y", true), 846608)
		p.want("an unknown callback", p.stream("nobody", "s", "x", true), 846605)
		id = p.hear(wecomtest.AIBotSaid{From: "li", Text: "x"})
		second := p.another()
		defer second.ws.CloseNow()
		go func() { _, _ = p.read() }()
		second.subscribe()
		second.want("another connection's", second.stream(id, "s", "x", true), 846605)
		want := []wecomtest.AIBotSent{
			{Conversation: "single:li", Cmd: "aibot_respond_msg", Stream: "s", Content: "…"},
			{Conversation: "single:li", Cmd: "aibot_respond_msg", Stream: "s", Content: "x", Finish: true},
		}
		got := p.api.Sent("")
		for i := range got {
			got[i].ReqID, got[i].Connection, got[i].At = "", 0, time.Time{}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("recorded (-want +got):\n%s", diff)
		}
	})
}

func TestAIBotStreamsAndCallbacksGrowOld(t *testing.T) {
	inAIBotBubble(t, func(p *aibotPeer) {
		now := time.Date(2026, 5, 12, 9, 0, 0, 0, time.UTC)
		p.api.Now = func() time.Time { return now }
		p.subscribe()
		id := p.hear(wecomtest.AIBotSaid{From: "li", Text: "x"})
		old := p.hear(wecomtest.AIBotSaid{From: "li", Text: "x"})
		p.want("the first frame", p.stream(id, "s", "…", false), 0)
		now = now.Add(6 * time.Minute)
		p.want("six minutes later", p.stream(id, "s", "…", false), 0)
		now = now.Add(time.Millisecond)
		p.want("a little later", p.stream(id, "s", "x", true), 846608)
		now = now.Add(24 * time.Hour)
		p.want("a day later", p.stream(old, "s", "x", true), 846605)
	})
}

func TestAIBotAUserHasThreeStreamsAtOnce(t *testing.T) {
	inAIBotBubble(t, func(p *aibotPeer) {
		p.subscribe()
		var ids []string
		for range 4 {
			ids = append(ids, p.hear(wecomtest.AIBotSaid{From: "li", Text: "x"}))
		}
		for i, id := range ids[:3] {
			p.want("a stream", p.stream(id, strconv.Itoa(i), "…", false), 0)
		}
		p.want("a fourth", p.stream(ids[3], "3", "…", false), 45033)
		p.want("one ends", p.stream(ids[0], "0", "x", true), 0)
		p.want("the fourth", p.stream(ids[3], "3", "…", false), 0)
	})
}

func TestAIBotMessagesGoToChatsThatHaveSpoken(t *testing.T) {
	inAIBotBubble(t, func(p *aibotPeer) {
		p.subscribe()
		p.called(func() (string, error) { return p.api.Enter("li") })
		p.want("who has only looked", p.push("li", 1, "x"), 93006)
		p.hear(wecomtest.AIBotSaid{From: "li", Group: "g", Text: "@b x"})
		p.want("the group", p.push("g", 2, "x"), 0)
		p.want("the group, no type", p.push("g", 0, "x"), 0)
		p.want("the group as a person", p.push("g", 1, "x"), 93006)
		p.want("a type of its own", p.push("g", 3, "x"), 40058)
		p.want("text", p.ask("aibot_send_msg", "", `{"chatid":"g","msgtype":"text","text":{"content":"x"}}`), 40008)
		p.want("nothing", p.push("g", 2, ""), 44004)
		p.want("no command", p.ask("aibot_dance", "", `{}`), 40035)
		body := `{"chatid":"g","msgtype":"markdown","markdown":{"content":"x"}}`
		p.want("an id of its own", p.ask("aibot_send_msg", "mine", body), 0)
		p.want("the same again", p.ask("aibot_send_msg", "mine", body), 846605)
		p.api.Expel("group:g")
		p.want("thrown out of the group", p.push("g", 2, "x"), 93008)
		p.hear(wecomtest.AIBotSaid{From: "li", Group: "g", Text: "@b x"})
		p.want("and back", p.push("g", 2, "x"), 0)
	})
}

func TestAIBotAWelcomeIsLetInOnceWithinFiveSeconds(t *testing.T) {
	inAIBotBubble(t, func(p *aibotPeer) {
		p.subscribe()
		const hello = `{"msgtype":"text","text":{"content":"hi"}}`
		enter := func() string { return p.called(func() (string, error) { return p.api.Enter("li") }) }
		id := enter()
		p.want("a stream", p.stream(id, "s", "x", true), 846605)
		p.want("a welcome", p.ask("aibot_respond_welcome_msg", id, hello), 0)
		p.want("another", p.ask("aibot_respond_welcome_msg", id, hello), 846605)
		p.want("for a message", p.ask("aibot_respond_welcome_msg", p.hear(wecomtest.AIBotSaid{From: "li"}), hello), 846605)
		id = enter()
		time.Sleep(5*time.Second + time.Millisecond)
		p.want("too late", p.ask("aibot_respond_welcome_msg", id, hello), 846605)
	})
}

func TestAIBotAChatTakesThirtyAMinuteAndAThousandAnHour(t *testing.T) {
	inAIBotBubble(t, func(p *aibotPeer) {
		now := time.Date(2026, 5, 12, 9, 0, 0, 0, time.UTC)
		p.api.Now = func() time.Time { return now }
		p.subscribe()
		id := p.hear(wecomtest.AIBotSaid{From: "li", Text: "x"})
		p.want("a stream", p.stream(id, "s", "…", false), 0)
		p.want("the same stream", p.stream(id, "s", "x", true), 0)
		for sent := 1; sent < 1000; sent++ {
			if sent%30 == 0 {
				p.want("the 31st in a minute", p.push("li", 1, "x"), 846607)
				now = now.Add(time.Minute)
			}
			p.want("message "+strconv.Itoa(sent+1), p.push("li", 1, "x"), 0)
		}
		now = now.Add(time.Minute)
		p.want("after a thousand", p.push("li", 1, "x"), 846607)
	})
}

func TestAIBotAConnectionWithoutPingsIsDropped(t *testing.T) {
	inAIBotBubble(t, func(p *aibotPeer) {
		p.subscribe()
		time.Sleep(99 * time.Second)
		p.want("a ping", p.ask("ping", "", "{}"), 0)
		began := time.Now()
		if _, err := p.read(); err == nil || time.Since(began) != 100*time.Second {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
	})
}

func TestAIBotGarbageEndsTheConnection(t *testing.T) {
	for _, text := range []string{`{`, `[]`, `{"cmd":"ping"}`} {
		inAIBotBubble(t, func(p *aibotPeer) {
			p.subscribe()
			p.write(text)
			if _, err := p.read(); err == nil {
				t.Errorf("%s: the connection stands", text)
			}
		})
	}
}

func TestAIBotFaultsHitInTheirOrder(t *testing.T) {
	inAIBotBubble(t, func(p *aibotPeer) {
		p.subscribe()
		p.hear(wecomtest.AIBotSaid{From: "li", Text: "x"})
		p.api.Fail(wecomtest.AIBotFault{Chat: "li", After: 1, Code: 45009, Words: "no"})
		p.api.Fail(wecomtest.AIBotFault{Cmd: "aibot_send_msg", After: 1, Lose: true})
		p.want("before", p.push("li", 1, "1"), 0)
		p.want("the first fault", p.push("li", 1, "2"), 45009)
		p.want("pings", p.ask("ping", "", "{}"), 0)
		p.write(`{"cmd":"aibot_send_msg","headers":{"req_id":"z"},"body":{"chatid":"li","msgtype":"markdown","markdown":{"content":"3"}}}`)
		if _, err := p.read(); err == nil {
			t.Error("the connection stands")
		}
		if got := p.api.Sent("single:li"); len(got) != 2 || got[1].Content != "3" {
			t.Errorf("recorded %+v", got)
		}
	})
}
