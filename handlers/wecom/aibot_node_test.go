package wecom_test

import (
	"bufio"
	"encoding/json"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"waybill/handlers/doortest"
	"waybill/handlers/wecom/wecomtest"
)

// aibotSees is a line of what the SDK sees.
type aibotSees struct {
	Event string `json:"event"`
	Step  string `json:"step"`
	Code  int    `json:"code"`
	Words string `json:"words"`
	Text  string `json:"text"`
	Chat  string `json:"chat"`
	Kind  string `json:"kind"`
	Quote string `json:"quote"`
}

// aibotSDK is WeCom's own SDK at work.
type aibotSDK struct {
	*testing.T
	lines *bufio.Scanner
}

// newAIBotSDK sets the SDK to work; it ends when it is disconnected.
func newAIBotSDK(t *testing.T, api *wecomtest.AIBot, secret string) *aibotSDK {
	t.Helper()
	run := node(t, "aibot-node", "judge.mjs", api.URL(), wecomtest.AIBotID, secret)
	out, err := run.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = run.Process.Kill()
		_ = run.Wait()
	})
	return &aibotSDK{T: t, lines: bufio.NewScanner(out)}
}

// sees expects the next thing that the SDK says, its words left out.
func (s *aibotSDK) sees(want aibotSees) {
	s.Helper()
	var got aibotSees
	if !s.lines.Scan() || json.Unmarshal(s.lines.Bytes(), &got) != nil {
		s.Fatalf("the SDK says nothing more: %s %v", s.lines.Text(), s.lines.Err())
	}
	words := got.Words
	got.Words = ""
	if diff := cmp.Diff(want, got); diff != "" {
		s.Fatalf("the SDK sees something else (%s) (-want +got):\n%s", words, diff)
	}
}

func TestAIBotWeComsOwnSDKWorksWithTheDouble(t *testing.T) {
	api := doortest.Serve(t, wecomtest.StartAIBot)
	sdk := newAIBotSDK(t, api, wecomtest.AIBotSecret)
	sdk.sees(aibotSees{Event: "authenticated"})
	must := func(_ string, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(api.Enter("li"))
	sdk.sees(aibotSees{Event: "done", Step: "welcome"})
	must(api.Say(wecomtest.AIBotSaid{From: "li", Kind: "mixed", Texts: []string{"a", "b"}}))
	sdk.sees(aibotSees{Event: "mixed", Text: "a|b"})
	for _, said := range []wecomtest.AIBotSaid{{From: "zhang", Group: "wrG", Text: "@b " + aibotNumber, Quote: "q"}, {From: "zhang", Text: "列表"}} {
		must(api.Say(said))
		chat, kind := "zhang", "single"
		if said.Group != "" {
			chat, kind = said.Group, "group"
		}
		for _, want := range []aibotSees{
			{Event: "text", Text: said.Text, Chat: chat, Kind: kind, Quote: said.Quote},
			{Event: "done", Step: "stream begins"},
			{Event: "done", Step: "stream ends"},
			{Event: "refused", Step: "stream goes on", Code: 846608},
			{Event: "refused", Step: "unknown callback", Code: 846605},
			{Event: "done", Step: "push"},
			{Event: "refused", Step: "push text", Code: 40008},
			{Event: "refused", Step: "push to a stranger", Code: 93006},
			{Event: "done", Step: "push a picture"},
			{Event: "done", Step: "push a card"},
			{Event: "over"},
		} {
			sdk.sees(want)
		}
	}
	must(api.Press("zhang", "wrG", "y:1"))
	sdk.sees(aibotSees{Event: "pressed", Text: "y:1", Chat: "wrG", Kind: "group"})
	sealed, key := wecomtest.EncryptMedia([]byte("a label"))
	files := httptest.NewServer(wecomtest.ServeMedia(sealed))
	defer files.Close()
	must(api.Say(wecomtest.AIBotSaid{From: "zhang", Kind: "image", URL: files.URL, Key: key}))
	sdk.sees(aibotSees{Event: "image", Text: "a label"})
	if got := api.Sent("group:wrG"); len(got) != 5 || len(got[3].Body) != 20<<10 || len(got[4].Buttons) != 2 || got[1].Stream != got[0].Stream || !got[1].Finish || got[2].Content != "**已签收**" {
		t.Errorf("the double has got %+v", got)
	}
	if err := api.WaitFrames(t.Context(), "ping", 2); err != nil {
		t.Fatal(err)
	}
	if err := api.Kick(); err != nil {
		t.Fatal(err)
	}
	sdk.sees(aibotSees{Event: "thrown out"})
	sdk.sees(aibotSees{Event: "disconnected"})
}

func TestAIBotWeComsOwnSDKIsToldOfAWrongSecret(t *testing.T) {
	sdk := newAIBotSDK(t, doortest.Serve(t, wecomtest.StartAIBot), "wrong")
	sdk.sees(aibotSees{Event: "error"})
	sdk.sees(aibotSees{Event: "disconnected"})
}
