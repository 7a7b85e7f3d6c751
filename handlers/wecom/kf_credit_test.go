package wecom_test

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/handlers"
	"waybill/handlers/wecom/wecomtest"
	"waybill/models"
)

// met is a world in which the customer has just written.
func met(t *testing.T) *world {
	t.Helper()
	w := begin(t)
	w.run()
	w.write("在吗")
	return w
}

const goOn = "回复任意内容继续接收"

func TestFiveMessagesAreAllAndTheLastOneSaysHowToGoOn(t *testing.T) {
	w := met(t)
	for i := range 5 {
		if err := w.send(news(handlers.Urgent, strings.Repeat("派送中", i+1))); err != nil {
			t.Fatal(err)
		}
	}
	sent := w.texts(customer)
	for i, text := range sent {
		if strings.HasSuffix(text, "\n"+goOn) != (i == 4) {
			t.Errorf("message %d: %q", i, text)
		}
	}
	calls := w.we.Calls()["kf/send_msg"]
	if err := w.send(news(handlers.Urgent, "已签收")); !errors.Is(err, models.ErrNoCredit) || w.we.Calls()["kf/send_msg"] != calls {
		t.Errorf("the sixth: %v", err)
	}
	w.write("嗯")
	if err := w.send(news(handlers.Urgent, "已签收")); err != nil || len(w.texts(customer)) != 6 {
		t.Errorf("after the customer wrote: %v", err)
	}
	if got := w.we.Refused(); len(got) != 0 {
		t.Errorf("refused: %v", got)
	}
}

func TestTheLastTwoAreForWhatIsUrgent(t *testing.T) {
	w := met(t)
	want := []struct {
		occasion handlers.Occasion
		err      error
	}{
		{handlers.Answer, nil},
		{handlers.News, nil},
		{handlers.News, nil},
		{handlers.News, models.ErrNoCredit},
		{handlers.Urgent, nil},
		{handlers.News, models.ErrNoCredit},
		{handlers.Answer, nil},
		{handlers.Answer, models.ErrNoCredit},
	}
	for i, c := range want {
		if err := w.send(news(c.occasion, "消息", strings.Repeat("!", i))); !errors.Is(err, c.err) || err != nil && c.err == nil {
			t.Errorf("%d, %q: %v", i, c.occasion, err)
		}
	}
}

func TestNobodyWhoNeverWroteIsWrittenTo(t *testing.T) {
	w := begin(t)
	if err := w.send(news(handlers.Urgent, "已签收")); !errors.Is(err, models.ErrNoCredit) || w.we.Calls()["kf/send_msg"] != 0 {
		t.Errorf("%v", err)
	}
}

func TestCreditEndsAfter48Hours(t *testing.T) {
	w := met(t)
	w.clock.move(48*time.Hour - time.Second)
	if err := w.send(news(handlers.Urgent, "还赶得上")); err != nil {
		t.Error(err)
	}
	w.clock.move(time.Second)
	if err := w.send(news(handlers.Urgent, "太晚了")); !errors.Is(err, models.ErrNoCredit) || len(w.we.Refused()) != 0 {
		t.Errorf("%v, refused %v", err, w.we.Refused())
	}
}

func TestAnAnnouncementTwiceIsOneRenewal(t *testing.T) {
	w := met(t)
	if err := w.send(text("一")); err != nil {
		t.Fatal(err)
	}
	w.fetch()
	w.fetch()
	if got := w.store.left(ofCustomer); got != 4 {
		t.Errorf("%d are left", got)
	}
}

func TestARefusalByWeComCorrectsTheCount(t *testing.T) {
	for _, code := range []int64{95001, 95002, 95013, 95018} {
		w := met(t)
		w.we.Fail(wecomtest.Fault{Path: "kf/send_msg", Code: code})
		r := news(handlers.Urgent, "已签收")
		if err := w.send(r); !errors.Is(err, models.ErrNoCredit) || w.store.left(ofCustomer) != 0 {
			t.Errorf("%d: %v, %d left", code, err, w.store.left(ofCustomer))
		}
		if err := w.send(r); !errors.Is(err, models.ErrNoCredit) || w.we.Calls()["kf/send_msg"] != 1 {
			t.Errorf("%d is not believed: %v", code, err)
		}
		w.write("嗯")
		if err := w.send(r); err != nil || len(w.texts(customer)) != 1 {
			t.Errorf("%d, and the customer wrote: %v", code, err)
		}
	}
}

func TestAMessageThatCouldNotBeDeliveredCorrectsTheCount(t *testing.T) {
	for fail, left := range map[int]int{0: 4, 4: 0, 5: 0, 6: 0, 10: 0} {
		w := met(t)
		if err := w.send(text("好")); err != nil {
			t.Fatal(err)
		}
		w.clock.move(time.Second)
		w.we.Undelivered(account, customer, w.we.Sent(customer)[0].ID, fail)
		w.fetch()
		if got := w.store.left(ofCustomer); got != left {
			t.Errorf("after %d: %d are left", fail, got)
		}
		w.clock.move(time.Second)
		w.write("嗯")
		if got := w.store.left(ofCustomer); got != 5 {
			t.Errorf("after %d and a message: %d are left", fail, got)
		}
	}
}

func TestTheFailureOfAnOlderMessageEndsNoNewerCredit(t *testing.T) {
	for name, c := range map[string]struct {
		id    string // "" is the one that the door gave
		after time.Duration
		left  int
	}{
		"its name tells, whenever WeCom says so":  {"", time.Second, 5},
		"its name does not, in the same second":   {"wecoms-own", 0, 5},
		"its name does not, and it is said later": {"wecoms-own", time.Second, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := met(t)
			if err := w.send(text("好")); err != nil {
				t.Fatal(err)
			}
			w.clock.move(time.Second)
			w.we.Say(account, customer, "嗯")
			w.clock.move(c.after)
			w.we.Undelivered(account, customer, cmp.Or(c.id, w.we.Sent(customer)[0].ID), 5)
			w.fetch()
			if got := w.store.left(ofCustomer); got != c.left {
				t.Errorf("%d are left", got)
			}
		})
	}
}

func TestACustomerWhoWritesMeanwhileIsNotCountedDown(t *testing.T) {
	w := met(t)
	old, err := w.store.Credit(t.Context(), ofCustomer)
	if err != nil {
		t.Fatal(err)
	}
	w.write("又来了")
	old.Left = 0
	if err := w.store.SetCredit(t.Context(), old); err != nil || w.store.left(ofCustomer) != 5 {
		t.Errorf("%v, %d left", err, w.store.left(ofCustomer))
	}
}

func TestFailuresThatPassCostNoCredit(t *testing.T) {
	for name, f := range map[string]wecomtest.Fault{
		"busy":                {Path: "kf/send_msg", Code: -1},
		"too many calls":      {Path: "kf/send_msg", Code: 45009},
		"too many at once":    {Path: "kf/send_msg", Code: 45033},
		"a proxy":             {Path: "kf/send_msg", Status: 502},
		"the address is not":  {Path: "kf/send_msg", Code: 60020},
		"a broken connection": {Path: "kf/send_msg", Lose: true},
	} {
		t.Run(name, func(t *testing.T) {
			w := met(t)
			w.we.Fail(f)
			err := w.send(text("好"))
			if err == nil || errors.Is(err, models.ErrNoCredit) || errors.Is(err, models.ErrGone) || errors.Is(err, models.ErrRefused) {
				t.Errorf("%v", err)
			}
			if want := map[int64]time.Duration{45009: time.Minute, 45033: time.Second}[f.Code]; waits(err) != want {
				t.Errorf("it asks to wait %s", waits(err))
			}
			if err := w.send(text("好")); err != nil {
				t.Error(err)
			}
			if got := w.texts(customer); !slices.Equal(got, []string{"好"}) || w.store.left(ofCustomer) != 4 {
				t.Errorf("sent %q, %d left", got, w.store.left(ofCustomer))
			}
		})
	}
}

func TestARefreshedTokenSendsTheMessage(t *testing.T) {
	for _, code := range []int64{40014, 42001} {
		w := met(t)
		w.we.Revoke(code)
		if err := w.send(text("好")); err != nil || len(w.texts(customer)) != 1 {
			t.Errorf("%d: %v", code, err)
		}
	}
}

func TestAMessageIsNamedAlikeUntilTheCustomerWrites(t *testing.T) {
	w := met(t)
	r := text("好")
	r.Token = "m:1"
	for range 2 {
		if err := w.send(r); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.we.Sent(customer); len(got) != 1 || len(got[0].ID) != 32 {
		t.Fatalf("%+v", got)
	}
	again := r
	again.Token = "m:2"
	w.write("再说一遍")
	if err := errors.Join(w.send(r), w.send(again)); err != nil || len(w.we.Sent(customer)) != 3 {
		t.Errorf("%v, %d sent", err, len(w.we.Sent(customer)))
	}
}

func TestACountThatCannotBeKeptStopsNoMessage(t *testing.T) {
	w := met(t)
	w.store.failCounts()
	if err := w.send(text("好")); err != nil || len(w.texts(customer)) != 1 {
		t.Errorf("%v", err)
	}
}
