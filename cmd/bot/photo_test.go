package main

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"waybill/handlers/telegram/telegramtest"
	"waybill/handlers/wecom/wecomtest"
	"waybill/models/store/storetest"
	"waybill/tracking/sandbox"
)

// onLabel is the number on the label of labelPhoto.
const onLabel = "JT5186303811622"

func labelPhoto(t *testing.T) []byte {
	t.Helper()
	photo, err := os.ReadFile(filepath.Join("..", "..", "handlers", "label", "testdata", "lossless.webp"))
	if err != nil {
		t.Fatal(err)
	}
	return photo
}

// A photo goes the whole way: off the platform, read, asked about, and its yes, which
// comes after a kill, leads to the trace.
func TestAPhotoOfALabelOnTelegram(t *testing.T) {
	t.Parallel()
	s := newTestbed(t, storetest.DSN(t, "sqlite"), "1", sandbox.Options{Appcode: appcode})
	b := s.start()
	s.telegram.SayAs(telegramtest.Said{Chat: mother, Photo: labelPhoto(t)})
	s.hears(mother, onLabel, "是这个吗")
	b.kill()
	if n := s.times(mother, onLabel, "运输中"); n != 0 {
		t.Errorf("it is followed %d times before the yes", n)
	}
	b = s.start()
	s.telegram.Say(mother, "是")
	s.hears(mother, onLabel, "运输中")
	b.stop()
	s.keepsSecrets(onLabel)
}

func TestPhotosAndTablesInWeCom(t *testing.T) {
	t.Parallel()
	f := newWeComTestbed(t, storetest.DSN(t, "sqlite"), "1", byKF|byAIBot)
	b := f.begin()
	f.we.ShowFile(account, customer, "image", f.we.Keep("image", "label.webp", labelPhoto(t)))
	f.announces(wecomtest.Delivery{}, 200)
	question := f.gets(customer, onLabel, "是这个吗")
	if len(question.Menu) == 0 {
		t.Fatalf("nothing to press: %+v", question)
	}
	f.we.Press(account, customer, question.Menu[0].ID, question.Menu[0].Text)
	f.announces(wecomtest.Delivery{}, 200)
	f.gets(customer, onLabel, "运输中")

	f.we.ShowFile(account, customer, "file", f.we.Keep("file", "单号.csv", []byte("快递单号,快递公司\nYT1000000000017,圆通\n")))
	f.announces(wecomtest.Delivery{}, 200)
	table := f.gets(customer, "1 个")
	if i := slices.IndexFunc(table.Menu, func(i wecomtest.Item) bool { return i.Text == "是" }); i != 0 {
		t.Errorf("the yes is not the first: %+v", table.Menu)
	}

	sealed, key := wecomtest.EncryptMedia(labelPhoto(t))
	files := httptest.NewServer(wecomtest.ServeMedia(sealed))
	defer files.Close()
	if _, err := f.aibot.Say(wecomtest.AIBotSaid{From: member, Kind: "image", URL: files.URL, Key: key}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.aibot.WaitSent(f.ctx, func(s wecomtest.AIBotSent) bool { return containsAll(s.Content, []string{onLabel, "是这个吗"}) }); err != nil {
		t.Errorf("the robot does not ask: %+v", f.aibot.Sent(""))
	}
	b.stop()
	f.unblamed()
}
