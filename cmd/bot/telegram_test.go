package main

import (
	"slices"
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

func TestAParcelIsSentToAnyChatByTheBotsName(t *testing.T) {
	t.Parallel()
	s := newTestbed(t, storetest.DSN(t, "sqlite"), "1", sandbox.Options{Appcode: appcode})
	b := s.start()
	if err := s.telegram.WaitHeld(s.ctx); err != nil { // from here on inline queries are asked for
		t.Fatal(err)
	}
	s.telegram.Say(mother, open+" 茶叶")
	s.hears(mother, open, "运输中")
	own, err := s.telegram.WaitFound(s.ctx, s.telegram.Search(mother, "zh-hans", "茶"))
	if err != nil || len(own.Results) != 1 || !own.IsPersonal || !containsAll(own.Results[0].Text, []string{open, "运输中"}) || strings.Contains(own.Results[0].Text, "茶") {
		t.Fatalf("%+v, %v", own, err)
	}
	others, err := s.telegram.WaitFound(s.ctx, s.telegram.Search(son, "zh-hans", open))
	if err != nil || len(others.Results) != 0 || others.Button == nil || len(s.telegram.Sent(son)) != 0 {
		t.Fatalf("%+v, %v", others, err)
	}
	s.telegram.Say(son, "/start "+others.Button.Start)
	s.hears(son, open, "运输中")
	b.stop()
}

func TestAPressedButtonRewritesItsMessage(t *testing.T) {
	t.Parallel()
	s := newTestbed(t, storetest.DSN(t, "sqlite"), "1", sandbox.Options{Appcode: appcode})
	b := s.start()
	s.telegram.Say(mother, open)
	parcel := s.hears(mother, open, "运输中")
	if !strings.Contains(parcel.Raw, "<blockquote>") || !strings.Contains(parcel.Raw, "<code>"+open+"</code>") {
		t.Errorf("%s", parcel.Raw)
	}
	for _, label := range []string{"静音", "停止", "撤销"} {
		pressed := ""
		for _, button := range slices.Concat(s.telegram.Sent(mother)[0].Buttons...) {
			if strings.HasSuffix(button.Text, " "+label) {
				pressed = button.Data
			}
		}
		edits := s.telegram.Sent(mother)[0].Edits
		s.telegram.Tap(mother, parcel.ID, mother, pressed)
		if _, err := s.telegram.WaitSent(s.ctx, func(m telegramtest.Sent) bool { return m.ID == parcel.ID && m.Edits > edits }); err != nil {
			t.Fatalf("%s: %v", label, err)
		}
	}
	if sent := s.telegram.Sent(mother); len(sent) != 1 {
		t.Errorf("%v", sent)
	}
	b.stop()
}
