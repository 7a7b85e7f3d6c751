package wecom_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"waybill/handlers/wecom"
	"waybill/handlers/wecom/wecomtest"
)

func TestAIBotPingsEveryThirtySeconds(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		pings := w.api.Frames("ping")
		if len(pings) != 20 || len(w.api.Frames("aibot_subscribe")) != 1 {
			t.Errorf("%d pings over %d connections", len(pings), len(w.api.Frames("aibot_subscribe")))
		}
	})
}

func TestAIBotAPingWithoutAnAnswerEndsTheConnection(t *testing.T) {
	for name, fault := range map[string]wecomtest.AIBotFault{
		"silence": {Cmd: "ping", Silent: true}, "a refusal": {Cmd: "ping", Code: 846609, Words: "aibot websocket not subscribed"},
	} {
		t.Run(name, func(t *testing.T) {
			inAIBotWorld(t, func(w *aibotWorld) {
				w.connected()
				w.api.Fail(fault)
				time.Sleep(42 * time.Second)
				synctest.Wait()
				if n := len(w.api.Frames("aibot_subscribe")); n != 2 || w.door.Ready() != nil {
					t.Errorf("%d connections; ready: %v", n, w.door.Ready())
				}
			})
		})
	}
}

func TestAIBotComesBackAfterASecondDoublingToAMinute(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		w.api.Fail(wecomtest.AIBotFault{Cmd: "connect", Code: http.StatusBadGateway, Words: "no", Times: 8})
		lost := time.Now()
		if err := w.api.Drop(); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if err := w.door.Ready(); err == nil {
			t.Error("ready without a connection")
		}
		if err := w.api.WaitConnected(w.Context()); err != nil {
			t.Fatal(err)
		}
		// The eight refusals fall after 1, 2, 4 … 60, 60 seconds.
		if took := time.Since(lost); took != (1+2+4+8+16+32+60+60+60)*time.Second {
			t.Errorf("back after %s", took)
		}
		synctest.Wait()
		if err := w.door.Ready(); err != nil {
			t.Errorf("connected again, but %v", err)
		}
	})
}

func TestAIBotConnectionsThatBreakAtOnceAreNotHammered(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		began := time.Now()
		for range 4 {
			if err := w.api.Drop(); err != nil {
				t.Fatal(err)
			}
			if err := w.api.WaitConnected(w.Context()); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		if took := time.Since(began); took != 15*time.Second {
			t.Errorf("four connections within %s", took)
		}
		time.Sleep(2 * time.Minute) // a steady one, and the next loss is the first again
		if err := w.api.Drop(); err != nil {
			t.Fatal(err)
		}
		lost := time.Now()
		if err := w.api.WaitConnected(w.Context()); err != nil || time.Since(lost) != time.Second {
			t.Errorf("back after %s: %v", time.Since(lost), err)
		}
	})
}

func TestAIBotDoesNotFightWithWhoHasTakenOver(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		w.say(wecomtest.AIBotSaid{From: "li", Text: "x"})
		for _, away := range []time.Duration{5 * time.Minute, 10 * time.Minute, 20 * time.Minute, 40 * time.Minute, time.Hour, time.Hour} {
			if err := w.api.Kick(); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if err := w.door.Ready(); err == nil || !strings.Contains(err.Error(), "another program") {
				t.Errorf("ready says %v", err)
			}
			kicked := time.Now()
			if _, err := w.sendTo("single:li", aibotNews("x")); waits(err) != time.Minute {
				t.Errorf("sending says %v", err)
			}
			if err := w.api.WaitConnected(w.Context()); err != nil || time.Since(kicked) != away {
				t.Errorf("stayed away for %s, want %s: %v", time.Since(kicked), away, err)
			}
			synctest.Wait()
		}
	})
}

func TestAIBotTheSecondOfTwoHasTheConnection(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		first := w.door
		w.connected()
		stop := w.stop
		w.door = w.open(nil)
		w.connected()
		if err := first.Ready(); err == nil {
			t.Error("the first one does not know that it is out")
		}
		time.Sleep(4 * time.Minute)
		synctest.Wait()
		if n := len(w.api.Frames("aibot_subscribe")); n != 2 || w.door.Ready() != nil {
			t.Errorf("%d connections", n)
		}
		stop()
	})
}

func TestAIBotAWrongSecretIsTriedRarely(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.door = w.open(func(s *wecom.AIBotSettings) { s.Secret = "a-wrong-secret-7f3a" })
		w.run()
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got := alertOf(w.door.Ready()); got != wecom.AlertBot {
			t.Errorf("after two seconds the operators hear %q", got)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if n := len(w.api.Frames("aibot_subscribe")); n < 9 || n > 11 {
			t.Errorf("tried %d times in an hour", n)
		}
		err := w.door.Ready()
		if err == nil || !strings.Contains(err.Error(), "853000") || strings.Contains(err.Error()+w.log.String(), "7f3a") {
			t.Errorf("ready says %v; log:\n%s", err, w.log)
		}
	})
}

func TestAIBotASubscriptionRefusedOnceComesBackSoon(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.api.Fail(wecomtest.AIBotFault{Cmd: "aibot_subscribe", Code: -1, Words: "system busy"})
		began := time.Now()
		w.run()
		synctest.Wait()
		if got := alertOf(w.door.Ready()); got != "" {
			t.Errorf("the operators hear %v", got)
		}
		if err := w.api.WaitConnected(w.Context()); err != nil || time.Since(began) != time.Second {
			t.Errorf("connected after %s: %v", time.Since(began), err)
		}
	})
}

func TestAIBotASubscriptionWithoutAnAnswerIsTriedAgain(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.api.Fail(wecomtest.AIBotFault{Cmd: "aibot_subscribe", Silent: true})
		began := time.Now()
		w.run()
		if err := w.api.WaitConnected(w.Context()); err != nil || time.Since(began) != 11*time.Second {
			t.Errorf("connected after %s: %v", time.Since(began), err)
		}
	})
}

func TestAIBotAFrameThatIsTooLongEndsTheConnection(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		if err := w.api.Raw(`{"cmd":"aibot_msg_callback","headers":{"req_id":"` + strings.Repeat("x", 1<<20) + `"}}`); err != nil {
			t.Log(err) // the bot hangs up in the middle of it
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if n := len(w.api.Frames("aibot_subscribe")); n != 2 || len(w.inbox.all()) != 0 {
			t.Errorf("%d connections", n)
		}
	})
}

func TestAIBotSendsWaitForAConnectionThatComesBackSoon(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		w.say(wecomtest.AIBotSaid{From: "li", Text: "x"})
		if err := w.api.Drop(); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		began := time.Now()
		w.mustSend("single:li", aibotNews("x"), 1)
		if took := time.Since(began); took != time.Second {
			t.Errorf("took %s", took)
		}
	})
}

func TestAIBotSendsDoNotWaitForAConnectionThatStaysAway(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		w.say(wecomtest.AIBotSaid{From: "li", Text: "x"})
		w.api.Fail(wecomtest.AIBotFault{Cmd: "connect", Code: http.StatusBadGateway, Words: "no", Times: -1})
		if err := w.api.Drop(); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		began := time.Now()
		_, err := w.sendTo("single:li", aibotNews("x"))
		if took := time.Since(began); waits(err) == 0 || took > 5*time.Second {
			t.Errorf("after %s: %v", took, err)
		}
		w.api.Heal()
	})
}

func TestAIBotACallbackOfAnEarlierConnectionIsAnsweredWithAMessage(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		m := w.say(wecomtest.AIBotSaid{From: "li", Group: "g", Text: "@b x"})
		if err := w.api.Drop(); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := w.mustSend("group:g", aibotAnswer(m, "y"), 1)[0]; got.Cmd != "aibot_send_msg" || len(w.api.Refused()) != 0 {
			t.Errorf("sent as %+v", got)
		}
	})
}

func TestAIBotWhatIsUnderWayAtTheEndIsFinished(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		w.connected()
		w.say(wecomtest.AIBotSaid{From: "li", Text: "x"})
		w.api.Fail(wecomtest.AIBotFault{Silent: true})
		result := make(chan error, 1)
		go func() {
			_, err := w.sendTo("single:li", aibotNews("x"))
			result <- err
		}()
		synctest.Wait()
		began := time.Now()
		w.stop()
		if took := time.Since(began); took != 2*time.Second {
			t.Errorf("ended after %s", took)
		}
		if err := <-result; err == nil || errors.Is(err, http.ErrServerClosed) {
			t.Errorf("a message without an answer counts as sent: %v", err)
		}
		if err := w.door.Ready(); err != nil {
			t.Errorf("after the end: %v", err)
		}
	})
}

func TestAIBotRunsAgainAfterItsEnd(t *testing.T) {
	inAIBotWorld(t, func(w *aibotWorld) {
		for range 2 {
			w.connected()
			w.say(wecomtest.AIBotSaid{From: "li", Text: "x"})
			w.mustSend("single:li", aibotNews("x"), 1)
			w.stop()
		}
		connections := w.api.Frames("aibot_subscribe")
		if slices.Max([]int{connections[0].Connection, connections[1].Connection}) == connections[0].Connection {
			t.Errorf("connections %+v", connections)
		}
	})
}
