package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/handlers/wecom/wecomtest"
	"waybill/tracking/sandbox"
)

// wecomTestbed is a testbed with a company in WeCom instead of Telegram.
type wecomTestbed struct {
	*testbed
	we    *wecomtest.API
	aibot *wecomtest.AIBot
}

const (
	account  = "wkAccount0000000000000000000001"
	customer = "wmCustomer000000000000000000001"
	member   = "LiLei"
	robotKey = "693a91f6-0000-4444-aaaa-000000000001"
	group    = "wrGroup00000000000000000000001"
)

// What switches each door on.
const (
	byKF = 1 << iota
	byApp
	byAIBot
	byRobot
)

// newWeComTestbed makes one with these doors open.
func newWeComTestbed(t *testing.T, dsn, speed string, doors int) *wecomTestbed {
	t.Helper()
	f := &wecomTestbed{testbed: newTestbed(t, dsn, speed, sandbox.Options{Appcode: appcode, Speed: pace(speed)}), we: wecomtest.Serve(t)}
	aibot, err := wecomtest.StartAIBot()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(aibot.Close)
	f.aibot = aibot
	f.we.Account(account)
	f.we.Robot(robotKey)
	f.env = append(f.env, "WAYBILL_TELEGRAM_TOKEN=", "WAYBILL_WECOM_CORP_ID="+wecomtest.CorpID, "WAYBILL_WECOM_API_URL="+f.we.URL(),
		"WAYBILL_WECOM_AIBOT_URL="+f.aibot.URL())
	for door, settings := range map[int][]string{
		byKF: {
			"WAYBILL_WECOM_KF_AGENT_ID=" + wecomtest.KFAgent, "WAYBILL_WECOM_KF_SECRET=" + wecomtest.KFSecret,
			"WAYBILL_WECOM_KF_TOKEN=" + wecomtest.KFToken, "WAYBILL_WECOM_KF_AES_KEY=" + wecomtest.KFKey,
		},
		byApp: {
			"WAYBILL_WECOM_APP_AGENT_ID=" + wecomtest.AppAgent, "WAYBILL_WECOM_APP_SECRET=" + wecomtest.AppSecret,
			"WAYBILL_WECOM_APP_TOKEN=" + wecomtest.AppToken, "WAYBILL_WECOM_APP_AES_KEY=" + wecomtest.AppKey,
		},
		byAIBot: {"WAYBILL_WECOM_AIBOT_ID=" + wecomtest.AIBotID, "WAYBILL_WECOM_AIBOT_SECRET=" + wecomtest.AIBotSecret},
		byRobot: {"WAYBILL_WECOM_GROUP_WEBHOOKS=仓库=" + robotKey},
	} {
		if doors&door != 0 {
			f.env = append(f.env, settings...)
		}
	}
	return f
}

// pace is how fast emulated parcels move in a testbed of that speed.
func pace(speed string) float64 {
	switch speed {
	case "1":
		return 1
	case brisk:
		return 28800
	}
	return 14400
}

// brisk is eight hours a second.
const brisk = "28800"

// begin starts the program and has WeCom call it.
func (f *wecomTestbed) begin(env ...string) *bot {
	f.Helper()
	b := f.start(env...)
	f.we.KFCallback, f.we.AppCallback = b.url+"/wecom/kf", b.url+"/wecom/app"
	return b
}

// writes is a customer writing something, which WeCom announces.
func (f *wecomTestbed) writes(text string) {
	f.Helper()
	f.we.Say(account, customer, text)
	f.announces(wecomtest.Delivery{}, http.StatusOK)
}

func (f *wecomTestbed) announces(d wecomtest.Delivery, want int) {
	f.Helper()
	if status, err := f.we.Announce(f.ctx, account, d); err != nil || status != want {
		f.Fatalf("an announcement is answered with %d, %v", status, err)
	}
}

// types is a member writing to the app.
func (f *wecomTestbed) types(text string) {
	f.Helper()
	f.delivers(f.we.MemberSays(member, text))
}

func (f *wecomTestbed) delivers(m wecomtest.MemberMessage) {
	f.Helper()
	if status, err := f.we.Deliver(f.ctx, "app", wecomtest.Delivery{}, m); err != nil || status != http.StatusOK {
		f.Fatalf("a message is answered with %d, %v", status, err)
	}
}

// mentions is somebody speaking to the aibot in the group.
func (f *wecomTestbed) mentions(text string) {
	f.Helper()
	if _, err := f.aibot.Say(wecomtest.AIBotSaid{From: member, Group: group, Text: "@运单 " + text}); err != nil {
		f.Fatal(err)
	}
}

// gets waits until somebody has got a message with all these words in it.
func (f *wecomTestbed) gets(to string, words ...string) wecomtest.Sent {
	f.Helper()
	sent, err := f.we.WaitSent(f.ctx, func(s wecomtest.Sent) bool { return s.To == to && containsAll(whole(s), words) })
	if err != nil {
		f.Fatalf("%s never gets %q; it got %q; refused %v; the group got %+v", to, words, f.got(to), f.we.Refused(), f.aibot.Sent(""))
	}
	return sent
}

// whole is all text of a message.
func whole(s wecomtest.Sent) string {
	all := s.Text
	for _, item := range s.Menu {
		all += "\n" + item.Text
	}
	return all + "\n" + s.Tail + string(s.Body)
}

// got is the texts of everything that somebody has got.
func (f *wecomTestbed) got(to string) []string {
	var texts []string
	for _, s := range f.we.Sent(to) {
		texts = append(texts, whole(s))
	}
	return texts
}

// count is how many messages with all these words somebody has got.
func (f *wecomTestbed) count(to string, words ...string) int {
	return len(slices.DeleteFunc(f.got(to), func(text string) bool { return !containsAll(text, words) }))
}

// reads waits until the group has got a message of the aibot with all these words.
func (f *wecomTestbed) reads(words ...string) wecomtest.AIBotSent {
	f.Helper()
	sent, err := f.aibot.WaitSent(f.ctx, func(s wecomtest.AIBotSent) bool {
		return s.Conversation == "group:"+group && containsAll(s.Content, words)
	})
	if err != nil {
		f.Fatalf("the group never gets %q; it got %+v; refused %v", words, f.aibot.Sent(""), f.aibot.Refused())
	}
	return sent
}

// unblamed wants WeCom to have refused nothing but with these codes.
func (f *wecomTestbed) unblamed(codes ...int64) {
	f.Helper()
	for _, r := range f.we.Refused() {
		if !slices.Contains(codes, r.Code) {
			f.Errorf("WeCom refuses %s with %d", r.Path, r.Code)
		}
	}
	if r := f.aibot.Refused(); len(r) > 0 {
		f.Errorf("WeCom refuses %v", r)
	}
}

// discreet wants none of WeCom's secrets in the logs, nor these words.
func (f *wecomTestbed) discreet(more ...string) {
	f.Helper()
	f.keepsSecrets(append(more, wecomtest.KFSecret, wecomtest.KFToken, wecomtest.KFKey, wecomtest.AppSecret, wecomtest.AppToken, wecomtest.AppKey,
		wecomtest.AIBotSecret, robotKey, "access-token-of-")...)
}

// ready waits until a process says that all is up, or that something is not.
func (b *bot) ready(want int) {
	b.testbed.Helper()
	for {
		if code, _ := b.get("/readyz"); code == want {
			return
		}
		select {
		case <-b.testbed.ctx.Done():
			b.testbed.Fatalf("/readyz never answers %d", want)
		case <-time.After(20 * time.Millisecond): // nothing tells when it is
		}
	}
}

// reply is what a page of the program answers to a request.
func (b *bot) reply(method, path, body string) int {
	b.testbed.Helper()
	r, err := http.NewRequestWithContext(b.testbed.ctx, method, b.url+path, strings.NewReader(body))
	if err != nil {
		b.testbed.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		b.testbed.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}
