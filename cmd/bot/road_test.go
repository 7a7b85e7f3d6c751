package main

import (
	"os"
	"syscall"
	"testing"
	"time"

	"waybill/models/store/storetest"
	"waybill/tracking/sandbox"
)

// Two people.
const mother, son int64 = 1001, 1002

const (
	open  = "YT1000000000013" // a plain journey
	shut  = "SF1000000000015" // wants the tail 1234
	speed = "14400"           // four hours a second: a journey of two days takes 13 seconds
)

func TestTwoChatsCostOneCall(t *testing.T) {
	t.Parallel()
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		s := newTestbed(t, dsn, "1", sandbox.Options{Appcode: appcode})
		b := s.start()
		s.telegram.Say(mother, "帮我看看"+open+"到哪了")
		s.hears(mother, open, "运输中")
		s.telegram.Say(son, open+" 鞋")
		s.hears(son, open, "鞋", "运输中")
		if asked, billed := s.apis.Asked("muzhi", "query", open); asked != 1 || billed != 1 {
			t.Errorf("two chats cost %d calls, %d billed", asked, billed)
		}
		if code, page := b.get("/metrics"); code != 200 || !containsAll(page, []string{
			`waybill_provider_calls_total{billed="true",kind="query",outcome="trace",provider="muzhi"} 1`,
		}) {
			t.Errorf("metrics: %d\n%s", code, page)
		}
		for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/telegram/webhook": 404, "/nowhere": 404} {
			if code, body := b.get(path); code != want {
				t.Errorf("%s: %d %s", path, code, body)
			}
		}
		b.stop()
		s.keepsSecrets(open)
	})
}

func TestATailOpensAParcelForOneChatAlone(t *testing.T) {
	t.Parallel()
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		s := newTestbed(t, dsn, "1", sandbox.Options{Appcode: appcode})
		b := s.start()
		s.telegram.Say(mother, shut)
		s.hears(mother, shut, "手机")
		b.kill() // the question is a row
		b = s.start()
		s.telegram.Say(mother, "9876")
		s.hears(mother, "尾号", shut)
		s.telegram.Say(mother, "1234")
		s.hears(mother, shut, "运输中")
		asked, _ := s.apis.Asked("muzhi", "query", shut)
		s.telegram.Say(son, shut)
		s.hears(son, shut, "手机")
		if s.times(son, "运输中") != 0 {
			t.Error("the second chat sees the trace without a tail")
		}
		s.telegram.Say(son, "１２３４")
		s.hears(son, shut, "运输中")
		if again, _ := s.apis.Asked("muzhi", "query", shut); again != asked {
			t.Errorf("the second chat's tail, known to fit, cost %d more calls", again-asked)
		}
		b.stop()
		s.keepsSecrets(shut, "9876", "1234")
	})
}

func TestNothingIsLostWhateverIsKilled(t *testing.T) {
	t.Parallel()
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		s := newTestbed(t, dsn, speed, sandbox.Options{Appcode: appcode, Speed: 14400})
		b := s.start()
		for _, chat := range []int64{mother, son} {
			s.telegram.Say(chat, open)
			s.telegram.Say(chat, shut+" 1234")
			s.hears(chat, open)
			s.hears(chat, shut)
		}
		s.telegram.Down("sendMessage", 3)
		s.telegram.Flood(mother, 1)
		b.kill()
		s.telegram.Say(son, "/list all") // while nobody is there; on a busy machine one has arrived by now
		b = s.start()
		s.hears(son, "2.", open)
		s.telegram.Down("sendMessage", 2)
		s.hears(mother, "正在派件") // alone, or by now with what came after
		b.kill()
		b = s.start()
		for _, chat := range []int64{mother, son} {
			for _, number := range []string{open, shut} {
				s.hears(chat, number, "已签收", "签收人")
				if n := s.times(chat, number, "签收人"); n > 3 {
					t.Errorf("chat %d hears %d times that it is delivered", chat, n)
				}
			}
		}
		b.stop()
		s.keepsSecrets(open, shut)
	})
}

// slow is a number about which the emulated API takes long to answer.
const slow = "JT1000000000408"

// asks waits until the API is being asked.
func (s *testbed) asks() {
	s.Helper()
	select {
	case <-s.begun:
	case <-s.ctx.Done():
		s.Fatal("nobody asks the API")
	}
}

func TestASignalEndsWhatIsInFlightInTimeAndNothingIsForgotten(t *testing.T) {
	t.Parallel()
	s := newTestbed(t, storetest.DSN(t, "sqlite"), "1", sandbox.Options{Appcode: appcode, Slow: time.Minute})
	b := s.start("WAYBILL_MUZHI_DETECT_PATH=")
	s.telegram.Say(mother, slow)
	s.asks()
	b.stop()
	if n := s.times(mother, slow); n != 0 {
		t.Errorf("%d answers before anybody knew", n)
	}
	b = s.start("WAYBILL_MUZHI_DETECT_PATH=")
	s.hears(mother, slow)
	b.stop()
}

func TestASecondSignalEndsItAtOnce(t *testing.T) {
	t.Parallel()
	s := newTestbed(t, storetest.DSN(t, "sqlite"), "1", sandbox.Options{Appcode: appcode, Slow: time.Minute})
	b := s.start("WAYBILL_MUZHI_DETECT_PATH=")
	s.telegram.Say(mother, slow)
	s.asks()
	begun := time.Now()
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt} { // two of one kind may arrive as one
		if err := b.cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
	}
	<-b.over
	if took := time.Since(begun); took > 3*time.Second || b.cmd.ProcessState.ExitCode() != failed {
		t.Errorf("it took %s and ended with %v", took, b.err)
	}
}
