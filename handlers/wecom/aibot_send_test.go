package wecom_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"waybill/handlers"
	"waybill/handlers/wecom"
	"waybill/handlers/wecom/wecomtest"
	"waybill/models"
)

func TestAIBotFallsBackToAMessageWhenACallbackCannotBeAnswered(t *testing.T) {
	for _, code := range []int{846604, 846605, 846608} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			inAIBotWorld(t, func(w *aibotWorld) {
				w.connected()
				m := w.say(wecomtest.AIBotSaid{From: "li", Text: "x"})
				w.api.Fail(wecomtest.AIBotFault{Cmd: "aibot_respond_msg", Code: code, Words: "no"})
				if got := w.mustSend("single:li", aibotAnswer(m, "y"), 1)[0]; got.Cmd != "aibot_send_msg" {
					t.Errorf("sent as %+v", got)
				}
			})
		})
	}
}

func TestAIBotAnAnswerThatFailedOnceGoesAsAMessageNextTime(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		m := w.say(wecomtest.AIBotSaid{From: "li", Text: "x"})
		w.api.Fail(wecomtest.AIBotFault{Cmd: "aibot_respond_msg", Code: -1, Words: "system busy", Times: -1})
		if _, err := w.sendTo("single:li", aibotAnswer(m, "y")); err == nil || errors.Is(err, models.ErrRefused) {
			t.Fatalf("busy is %v", err)
		}
		w.mustSend("single:li", aibotAnswer(m, "y"), 1)
	})
}

func TestAIBotACallbackOfYesterdayIsAnsweredWithAMessage(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		m := w.say(wecomtest.AIBotSaid{From: "li", Text: "x"})
		time.Sleep(24 * time.Hour)
		if got := w.mustSend("single:li", aibotAnswer(m, "y"), 1)[0]; got.Cmd != "aibot_send_msg" || len(w.api.Refused()) != 0 {
			t.Errorf("sent as %+v", got)
		}
	})
}

func TestAIBotAnAnswerWhoseAnswerIsLostReplacesItself(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		m := w.say(wecomtest.AIBotSaid{From: "li", Text: "x"})
		w.api.Fail(wecomtest.AIBotFault{Cmd: "aibot_respond_msg", Silent: true})
		began := time.Now()
		if _, err := w.sendTo("single:li", aibotAnswer(m, "y")); err == nil || time.Since(began) != 10*time.Second {
			t.Fatalf("after %s: %v", time.Since(began), err)
		}
		if got := w.mustSend("single:li", aibotAnswer(m, "y"), 1)[0]; got.Cmd != "aibot_respond_msg" {
			t.Errorf("sent as %+v", got)
		}
	})
}

func TestAIBotAnAnswerThatWeComTookButConfirmedTooLateIsNotRepeated(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		m := w.say(wecomtest.AIBotSaid{From: "li", Text: "x"})
		w.api.Fail(wecomtest.AIBotFault{Cmd: "aibot_respond_msg", Silent: true})
		w.api.Fail(wecomtest.AIBotFault{Cmd: "aibot_respond_msg", Code: 846608, Words: "stream message update expired", Times: 2})
		if _, err := w.sendTo("single:li", aibotAnswer(m, "y")); err == nil {
			t.Fatal("what nobody confirmed is sent")
		}
		w.mustSend("single:li", aibotAnswer(m, "y"), 0)
		if got := w.mustSend("single:li", aibotAnswer(m, "another answer"), 1)[0]; got.Cmd != "aibot_send_msg" {
			t.Errorf("another answer: %+v", got)
		}
	})
}

func TestAIBotAMessageWhoseConnectionBreaksIsPassing(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		m := w.say(wecomtest.AIBotSaid{From: "li", Text: "x"})
		w.api.Fail(wecomtest.AIBotFault{Lose: true})
		_, err := w.sendTo("single:li", aibotAnswer(m, "y"))
		if err == nil || errors.Is(err, models.ErrGone) || errors.Is(err, models.ErrRefused) {
			t.Fatalf("lost: %v", err)
		}
		w.mustSend("single:li", aibotAnswer(m, "y"), 1)
	})
}

func TestAIBotTellsWhatARefusalMeans(t *testing.T) {
	for _, c := range []struct {
		code int
		is   error
		wait time.Duration
	}{
		{93001, models.ErrGone, 0},
		{93006, models.ErrGone, 0},
		{93008, models.ErrGone, 0},
		{60111, models.ErrGone, 0},
		{40201, models.ErrRefused, 0},
		{40058, models.ErrRefused, 0},
		{45002, models.ErrRefused, 0},
		{45009, nil, time.Minute},
		{846607, nil, time.Minute},
		{45033, nil, time.Second},
		{846609, nil, time.Second},
		{-1, nil, 0},
	} {
		t.Run(fmt.Sprint(c.code), func(t *testing.T) {
			inAIBotWorld(t, func(w *aibotWorld) {
				w.connected()
				w.say(wecomtest.AIBotSaid{From: "li", Text: "x"})
				w.api.Fail(wecomtest.AIBotFault{Code: c.code, Words: `no "` + aibotNumber + `"`})
				_, err := w.sendTo("single:li", aibotNews("y"))
				if err == nil || waits(err) != c.wait || strings.Contains(err.Error(), aibotNumber) {
					t.Fatalf("%v", err)
				}
				for _, other := range []error{models.ErrGone, models.ErrRefused} {
					if errors.Is(err, other) != errors.Is(c.is, other) {
						t.Errorf("%v: is %v", err, other)
					}
				}
			})
		})
	}
}

func TestAIBotAChatThatTheBotWasRemovedFromIsGone(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		w.say(wecomtest.AIBotSaid{From: "li", Group: "g", Text: "@b x"})
		w.api.Expel("group:g")
		if _, err := w.sendTo("group:g", aibotNews("y")); !errors.Is(err, models.ErrGone) {
			t.Errorf("expelled: %v", err)
		}
		if _, err := w.sendTo("group:nobody", aibotNews("y")); !errors.Is(err, models.ErrGone) {
			t.Errorf("never spoken: %v", err)
		}
	})
}

func TestAIBotAnUnsubscribedConnectionIsReplaced(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		w.say(wecomtest.AIBotSaid{From: "li", Text: "x"})
		w.api.Fail(wecomtest.AIBotFault{Code: 846609, Words: "aibot websocket not subscribed"})
		if _, err := w.sendTo("single:li", aibotNews("y")); waits(err) == 0 {
			t.Fatal(err)
		}
		w.mustSend("single:li", aibotNews("y"), 1)
		if n := len(w.api.Frames("aibot_subscribe")); n != 2 {
			t.Errorf("%d connections", n)
		}
	})
}

// pour sends n messages to a chat, whatever they have to wait, and returns how
// long that took. The double refuses whoever exceeds WeCom's limits.
func (w *aibotWorld) pour(conversation string, n int) time.Duration {
	w.Helper()
	began := time.Now()
	for range n {
		_, err := w.sendTo(conversation, aibotNews("x"))
		if wait := waits(err); wait > 0 {
			time.Sleep(wait)
			_, err = w.sendTo(conversation, aibotNews("x"))
		}
		if err != nil {
			w.Fatal(err)
		}
	}
	if got := w.api.Refused(); len(got) != 0 {
		w.Fatalf("refused: %+v", got)
	}
	return time.Since(began)
}

func TestAIBotKeepsThirtyAMinuteAndAThousandAnHour(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		m := w.say(wecomtest.AIBotSaid{From: "li", Text: "x"})
		w.mustSend("single:li", aibotAnswer(m, "an answer counts, too"), 1)
		if took := w.pour("single:li", 29); took != 0 {
			t.Errorf("thirty messages took %s", took)
		}
		if took := w.pour("single:li", 1); took != time.Minute {
			t.Errorf("the next one took %s", took)
		}
		if took := w.pour("single:li", 969); took > 33*time.Minute {
			t.Errorf("the rest of a thousand took %s", took)
		}
		_, err := w.sendTo("single:li", aibotNews("x"))
		if wait := waits(err); wait < 20*time.Minute {
			t.Errorf("after a thousand: %v", err)
		}
		w.say(wecomtest.AIBotSaid{From: "wang", Text: "x"})
		w.mustSend("single:wang", aibotNews("another chat does not wait"), 1)
	})
}

func TestAIBotAChatThatWeComSlowsDownIsLeftAlone(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		w.say(wecomtest.AIBotSaid{From: "li", Text: "x"})
		w.api.Fail(wecomtest.AIBotFault{Code: 846607, Words: "aibot send msg frequency limit exceeded"})
		_, err := w.sendTo("single:li", aibotNews("y"))
		if waits(err) != time.Minute {
			t.Fatal(err)
		}
		time.Sleep(40 * time.Second)
		if _, err = w.sendTo("single:li", aibotNews("y")); waits(err) != 20*time.Second || len(w.api.Refused()) != 1 {
			t.Fatalf("asked again all the same: %v", err)
		}
		time.Sleep(20 * time.Second)
		w.mustSend("single:li", aibotNews("y"), 1)
	})
}

func TestAIBotLimitsCanBeSwitchedOff(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.door = w.open(func(s *wecom.AIBotSettings) { s.Limits.Off = true })
		w.connected()
		w.say(wecomtest.AIBotSaid{From: "li", Text: "x"})
		for range 30 {
			w.mustSend("single:li", aibotNews("y"), 1)
		}
		if _, err := w.sendTo("single:li", aibotNews("y")); waits(err) != time.Minute || len(w.api.Refused()) != 1 {
			t.Errorf("WeCom's own limit: %v", err)
		}
	})
}

func TestAIBotNeverHasMoreThanThreeMessagesUnderWayInOneChat(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		w.say(wecomtest.AIBotSaid{From: "li", Text: "x"})
		w.api.Fail(wecomtest.AIBotFault{Silent: true, Times: 3})
		results := make(chan error, 3)
		for range 3 {
			go func() {
				_, err := w.sendTo("single:li", aibotNews("y"))
				results <- err
			}()
		}
		synctest.Wait()
		if _, err := w.sendTo("single:li", aibotNews("y")); waits(err) == 0 {
			t.Errorf("a fourth one: %v", err)
		}
		for range 3 {
			<-results
		}
		w.mustSend("single:li", aibotNews("y"), 1)
	})
}

// long is a reply of n blocks, a little less than three of which fill a message.
func longAIBotReply(n int) handlers.Reply {
	var texts []string
	for i := range n {
		texts = append(texts, fmt.Sprintf("%d%s%d", i, strings.Repeat("件", 2500), i))
	}
	return aibotWords(texts...)
}

func TestAIBotCutsALongReplyBetweenBlocks(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		m := w.say(wecomtest.AIBotSaid{From: "li", Text: "x"})
		r := longAIBotReply(5)
		r.Token = m.Token
		got := w.mustSend("single:li", r, 3)
		if got[0].Cmd != "aibot_respond_msg" || got[1].Cmd != "aibot_send_msg" || !strings.HasSuffix(got[0].Content, "1") || !strings.HasPrefix(got[1].Content, "2") {
			t.Errorf("cut otherwise: %s %s", got[0].Cmd, got[1].Cmd)
		}
	})
}

func TestAIBotAHalfSentReplyGoesOnWhereItFailed(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		w.say(wecomtest.AIBotSaid{From: "li", Text: "x"})
		w.api.Fail(wecomtest.AIBotFault{After: 1, Code: -1, Words: "system busy"})
		r := longAIBotReply(5)
		if got, err := w.sendTo("single:li", r); err == nil || len(got) != 1 {
			t.Fatalf("%d sent: %v", len(got), err)
		}
		w.stop()
		w.door = w.open(nil) // another process, on the same memory
		w.connected()
		if got := w.mustSend("single:li", r, 2); !strings.HasPrefix(got[0].Content, "2") {
			t.Error("went on elsewhere")
		}
		w.mustSend("single:li", r, 3) // an equal reply is a new one afterwards
	})
}

func TestAIBotLooksLikeWeComsMarkdown(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		w.say(wecomtest.AIBotSaid{From: "li", Text: "x"})
		r := handlers.Reply{Blocks: []handlers.Block{
			{{{Text: "顺丰 "}, {Text: aibotNumber, Style: handlers.Code}}, {{Text: "运输中", Style: handlers.Strong}, {Text: " 05-12", Style: handlers.Dim}}},
			{{{Text: "电话138****1234 <@all> [x](https://evil.example)"}}},
			{{{Text: "到达 > 武汉", Style: handlers.Quote}}, {{Text: "已揽收", Style: handlers.Quote}}},
			{{{Text: "详情", Style: handlers.Link, URL: "https://waybill.example/p/a(b)"}}},
		}}
		want := "顺丰 `" + aibotNumber + "`\n**运输中** 05-12\n电话138＊＊＊＊1234 ＜@all＞ ［x］(https://evil.example)\n> 到达 ＞ 武汉\n> 已揽收\n[详情](https://waybill.example/p/a%28b%29)"
		if got := w.mustSend("single:li", r, 1)[0].Content; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if got := w.mustSend("single:li", handlers.Reply{Toast: "已是最新"}, 1)[0].Content; got != "已是最新" {
			t.Errorf("a note alone: %q", got)
		}
		w.mustSend("single:li", handlers.Reply{}, 0)
	})
}

func TestAIBotUploadsFilesAndPictures(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		w.say(wecomtest.AIBotSaid{From: "li", Text: "x"})
		r := aibotNews("已签收")
		r.Picture = &handlers.File{Name: "journey.png", Body: bytes.Repeat([]byte("png"), 400_000)} // three chunks
		r.File = &handlers.File{Name: "waybill.xlsx", Body: []byte{0xff, 0xd8, 1, 2, 3, 4}}
		got := w.mustSend("single:li", r, 3)
		if got[0].Content != "已签收" || got[1].Kind != "image" || !bytes.Equal(got[1].Body, r.Picture.Body) {
			t.Errorf("got %q, then %s of %d bytes", got[0].Content, got[1].Kind, len(got[1].Body))
		}
		if got[2].Kind != "file" || got[2].Name != "waybill.xlsx" || !bytes.Equal(got[2].Body, r.File.Body) {
			t.Errorf("the file: %+v", got[2])
		}
		frames := len(w.api.Frames("aibot_upload_media_init"))
		w.mustSend("single:li", r, 3)
		if again := len(w.api.Frames("aibot_upload_media_init")); again != frames {
			t.Errorf("what was uploaded is uploaded again")
		}
	})
}

func TestAIBotTextStandsForAFileThatWeComRefuses(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		w.say(wecomtest.AIBotSaid{From: "li", Text: "x"})
		w.api.Fail(wecomtest.AIBotFault{Cmd: "aibot_upload_media_finish", Code: 40058, Times: -1})
		r := aibotWords("导出")
		r.File = &handlers.File{Name: "waybill.json", Body: []byte("{\n  \"a\": \"**```\"\n}\n")}
		got := w.mustSend("single:li", r, 2)
		if want := "```\nwaybill.json\n{\n  \"a\": \"**'''\"\n}\n```"; got[0].Content != "导出" || got[1].Content != want {
			t.Errorf("got %q and %q", got[0].Content, got[1].Content)
		}
		const cut = "（这里发不了文件，后面的看不到了。）"
		r.File.Body = []byte(strings.Repeat(strings.Repeat("包", 33)+"\n", 1000))
		if got := w.mustSend("single:li", r, 2); !strings.HasSuffix(got[1].Content, "…\n```\n"+cut) || len(got[1].Content) > 20480 {
			t.Errorf("a long one: %d bytes", len(got[1].Content))
		}
		r.File.Body = []byte{0xff, 0xd8, 0xff, 0xff, 0xff, 0xff}
		if got := w.mustSend("single:li", r, 2); got[1].Content != cut {
			t.Errorf("one that is no text: %q", got[1].Content)
		}
		r.File, r.Picture = nil, &handlers.File{Name: "journey.png", Body: []byte("\x89PNG\r\n")}
		w.mustSend("single:li", r, 1)
		begun := len(w.api.Frames("aibot_upload_media_init"))
		w.mustSend("single:li", r, 1)
		if again := len(w.api.Frames("aibot_upload_media_init")); again != begun {
			t.Error("what is refused is uploaded again")
		}
		r.File = &handlers.File{Name: "x"}
		if _, err := w.sendTo("single:li", r); !errors.Is(err, models.ErrRefused) {
			t.Errorf("an empty file: %v", err)
		}
	})
}

func TestAIBotTheRowsOfAListAreTypedAsTheyAreShown(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		r := aibotAnswer(w.say(wecomtest.AIBotSaid{From: "li", Text: "停止"}), "停哪个？发行号就行")
		r.Buttons = [][]handlers.Button{{{Text: "1", Data: "s:7"}, {Text: "2", Data: "s:9"}}}
		if got := w.mustSend("single:li", r, 1)[0].Content; got != "停哪个？发行号就行" {
			t.Errorf("got %q", got)
		}
		if m := w.say(wecomtest.AIBotSaid{From: "li", Text: "2"}); m.Happening != handlers.Tapped || m.Button != "s:9" {
			t.Errorf("read %+v", m)
		}
	})
}

func TestAIBotACardsButtonIsPressedWithoutAMention(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		w.say(wecomtest.AIBotSaid{From: "li", Group: "g", Text: "@b x"})
		if _, err := w.api.Press("wang", "g", "c:n:jd"); err != nil {
			t.Fatal(err)
		}
		m := w.last()
		if m.Happening != handlers.Tapped || m.Button != "c:n:jd" || m.From != "wang" || !m.Group || !m.Addressed || m.Address.Conversation != "group:g" {
			t.Errorf("read %+v", m)
		}
		if got := w.mustSend("group:g", aibotAnswer(m, "好"), 1)[0]; got.Cmd != "aibot_send_msg" || got.Content != "好" {
			t.Errorf("answered %+v", got)
		}
	})
}

func TestAIBotNumbersStandForACardThatWeComRefuses(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		r := aibotAnswer(w.say(wecomtest.AIBotSaid{From: "li", Group: "g", Text: "@b " + aibotNumber}), "哪家快递？")
		r.Buttons = [][]handlers.Button{{{Text: "顺丰", Data: "c:n:sf"}, {Text: "京东", Data: "c:n:jd"}}, {{Text: "其他", Data: "c:n:"}}}
		w.api.Fail(wecomtest.AIBotFault{Cmd: "aibot_send_msg", Code: 42045})
		got := w.mustSend("group:g", r, 2)[1]
		if want := "@我，回复数字：\n［1］ 顺丰  ［2］ 京东\n［3］ 其他"; got.Content != want {
			t.Errorf("got %q", got.Content)
		}
	})
}

func TestAIBotButtonsAreNumbersThatSurviveARestart(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		m := w.say(wecomtest.AIBotSaid{From: "li", Group: "g", Text: "@b " + aibotNumber})
		r := aibotAnswer(m, "哪家快递？")
		r.Buttons = [][]handlers.Button{{{Text: "顺丰", Data: "c:n:sf"}, {Text: "京东", Data: "c:n:jd"}}, {{Text: "其他", Data: "c:n:"}}}
		got := w.mustSend("group:g", r, 2)
		card := []wecomtest.Item{{ID: "c:n:sf", Text: "顺丰"}, {ID: "c:n:jd", Text: "京东"}, {ID: "c:n:", Text: "其他"}}
		if got[0].Content != "哪家快递？" || got[1].Kind != "template_card" || got[1].Title != "哪家快递？" || !slices.Equal(got[1].Buttons, card) {
			t.Errorf("got %q, then %+v", got[0].Content, got[1])
		}
		w.mustSend("group:g", aibotNews("已签收"), 1)
		w.stop()
		w.door = w.open(nil)
		w.connected()
		m = w.say(wecomtest.AIBotSaid{From: "wang", Group: "g", Text: "@b ２"})
		if m.Happening != handlers.Tapped || m.Button != "c:n:jd" || m.From != "wang" || m.Token == "" {
			t.Errorf("read %+v", m)
		}
		if m = w.say(wecomtest.AIBotSaid{From: "wang", Text: "2"}); m.Button != "" || m.Text != "2" {
			t.Errorf("in another chat: %+v", m)
		}
	})
}
