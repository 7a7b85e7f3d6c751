package wecom_test

import (
	"errors"
	"testing"
	"time"

	"waybill/handlers/wecom/wecomtest"
	"waybill/models"
)

func TestAMessageWhoseAnswerWasLostIsNotSentTwice(t *testing.T) {
	for name, lost := range map[string]wecomtest.Fault{
		"a broken connection": {Path: "kf/send_msg", Lose: true},
		"a proxy's page":      {Path: "kf/send_msg", Status: 504},
	} {
		w := met(t)
		w.we.Fail(lost)
		if err := w.send(text("好")); err == nil {
			t.Fatalf("%s: no error", name)
		}
		w.we.Fail(wecomtest.Fault{Path: "kf/send_msg", Code: 40058, Text: "msgid exists"})
		if err := w.send(text("好")); err != nil || w.store.left(ofCustomer) != 4 {
			t.Errorf("%s: %v, %d left", name, err, w.store.left(ofCustomer))
		}
		w.we.Fail(wecomtest.Fault{Path: "kf/send_msg", Code: 40058})
		if err := w.send(text("好")); !errors.Is(err, models.ErrRefused) {
			t.Errorf("%s, once more: %v", name, err)
		}
	}
}

func TestARefusalThatIsNotAboutTheMessageDoesNotMeanItWasDelivered(t *testing.T) {
	for _, code := range []int64{-1, 45009, 40014, 60020, 48002, 95001, 95013, 95018, 95000, 40003} {
		w := met(t)
		w.we.Fail(wecomtest.Fault{Path: "kf/send_msg", Status: 502})
		w.we.Fail(wecomtest.Fault{Path: "kf/send_msg", Code: code, Times: 2})
		if err := w.send(text("好")); err == nil {
			t.Fatal("no error")
		}
		if err := w.send(text("好")); err == nil {
			t.Errorf("%d counts as come", code)
		}
	}
}

func TestWhatWasNeverSentIsNotTakenAsDelivered(t *testing.T) {
	w := met(t)
	w.clock.move(3 * time.Hour) // the token has ended
	w.we.Fail(wecomtest.Fault{Path: "gettoken", Status: 502, Times: -1})
	if err := w.send(text("好")); err == nil {
		t.Fatal("no error")
	}
	w.we.Heal()
	w.clock.move(time.Minute)
	w.we.Fail(wecomtest.Fault{Path: "kf/send_msg", Code: 40058})
	if err := w.send(text("好")); !errors.Is(err, models.ErrRefused) {
		t.Errorf("%v", err)
	}
	w.we.Fail(wecomtest.Fault{Path: "kf/send_msg", Status: 502})
	if err := w.send(text("喂")); err == nil {
		t.Fatal("no error")
	}
	w.clock.move(time.Hour)
	w.we.Fail(wecomtest.Fault{Path: "kf/send_msg", Code: 40058})
	if err := w.send(text("喂")); !errors.Is(err, models.ErrRefused) {
		t.Errorf("long afterwards: %v", err)
	}
}
