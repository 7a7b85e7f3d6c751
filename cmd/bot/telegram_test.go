package main

import (
	"strings"
	"testing"
	"time"

	"waybill/handlers/telegram/telegramtest"
	"waybill/models/store/storetest"
	"waybill/tracking/sandbox"
)

func TestAMessageThatIsCorrectedIsReadAgain(t *testing.T) {
	t.Parallel()
	s := newTestbed(t, storetest.DSN(t, "sqlite"), "1", sandbox.Options{Appcode: appcode})
	b := s.start()
	if err := s.telegram.WaitHeld(s.ctx); err != nil { // from here on edits are asked for
		t.Fatal(err)
	}
	s.telegram.Say(mother, "单号 13800138000")
	s.hears(mother, "手机号")
	s.telegram.Edit(mother, open)
	s.hears(mother, open, "运输中")
	s.telegram.Edit(mother, open) // somebody has reacted to it
	s.telegram.Say(mother, "/help")
	s.hears(mother, "列表")
	if n := s.times(mother, "运输中"); n != 1 {
		t.Errorf("answered %d times", n)
	}
	b.stop()
}

func TestASlowAnswerIsSeenToBeWritten(t *testing.T) {
	t.Parallel()
	s := newTestbed(t, storetest.DSN(t, "sqlite"), "1", sandbox.Options{Appcode: appcode, Slow: 3 * time.Second})
	b := s.start("WAYBILL_MUZHI_DETECT_PATH=")
	s.telegram.Say(mother, slow)
	answer := s.hears(mother, slow)
	if signs := s.telegram.Actions(); len(signs) == 0 || signs[0].Chat != mother || !signs[0].At.Before(answer.At) {
		t.Errorf("%v before %v", signs, answer.At)
	}
	b.stop()
}

func TestAQuestionInAGroupCanBeAnswered(t *testing.T) {
	t.Parallel()
	const group, locked = -100, "SF1000000000015"
	s := newTestbed(t, storetest.DSN(t, "sqlite"), "1", sandbox.Options{Appcode: appcode})
	b := s.start()
	s.telegram.Say(group, "/track@"+telegramtest.BotName+" "+locked)
	question := s.hears(group, "手机", "回复这条消息")
	if question.Forced == nil || !question.Forced.Selective || question.ReplyTo == 0 {
		t.Errorf("%v", question)
	}
	s.telegram.SayAs(telegramtest.Said{Chat: group, Text: "1234", ReplyTo: question.ID})
	if answer := s.hears(group, locked, "运输中"); strings.Contains(answer.Text, "回复这条消息") || answer.Forced != nil {
		t.Errorf("%v", answer)
	}
	b.stop()
}

func TestWhatHoldsNoTextIsHelpedWith(t *testing.T) {
	t.Parallel()
	s := newTestbed(t, storetest.DSN(t, "sqlite"), "1", sandbox.Options{Appcode: appcode})
	b := s.start()
	s.telegram.SayAs(telegramtest.Said{Chat: mother, Kind: "contact"})
	s.hears(mother, "把快递单号发给我")
	b.stop()
}
