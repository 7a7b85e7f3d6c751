package wecom_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/handlers"
	"waybill/handlers/wecom/wecomtest"
)

// received is what the door reads of everything that was fetched.
func (w *world) received() []handlers.Message {
	w.t.Helper()
	var all []handlers.Message
	for _, a := range w.store.inbox() {
		m, ok, err := w.kf.Read(a.Body)
		if err != nil || !ok {
			w.t.Fatalf("read %s: %v, %v", a.Key, ok, err)
		}
		all = append(all, m)
	}
	return all
}

func said(all []handlers.Message) []string {
	var out []string
	for _, m := range all {
		out = append(out, m.Text)
	}
	return out
}

func TestWhatCustomersWriteComesInInOrderAndOnce(t *testing.T) {
	w := begin(t)
	w.run()
	w.we.PageSize = 3
	var want []string
	for i := range 10 {
		want = append(want, fmt.Sprintf("第 %d 句", i))
		w.we.Say(account, customer, want[i])
	}
	w.announce()
	w.fetch()
	if got := said(w.received()); !slices.Equal(got, want) {
		t.Errorf("received %q", got)
	}
	m := w.received()[0]
	if m.Address != ofCustomer || !m.Addressed || m.Group || m.From != customer || m.Happening != handlers.Said {
		t.Errorf("%+v", m)
	}
	if got := w.store.inbox(); len(got) != 10 {
		t.Errorf("%d arrivals", len(got))
	}
}

func TestEmptyPagesAreNotTheEnd(t *testing.T) {
	w := begin(t)
	w.we.Say(account, customer, "在吗")
	w.we.Empty(account, 3)
	w.run()
	w.fetch()
	if got := said(w.received()); !slices.Equal(got, []string{"在吗"}) || w.we.Calls()["kf/sync_msg"] != 4 {
		t.Errorf("received %q after %v", got, w.we.Calls())
	}
}

func TestPagesWithoutEndAreLeftForLater(t *testing.T) {
	w := begin(t)
	w.we.Say(account, customer, "在吗")
	w.we.Empty(account, 150)
	w.run()
	w.announce()
	w.failed()
	w.fetch()
	if got := said(w.received()); !slices.Equal(got, []string{"在吗"}) || !strings.Contains(w.log.String(), "more and more pages") {
		t.Errorf("received %q", got)
	}
}

func TestTheCursorLivesOverARestart(t *testing.T) {
	w := begin(t)
	stop := w.run()
	w.write("一")
	stop()
	w.we.Say(account, customer, "二") // nobody is told, because nobody listens
	w.start("b")
	w.run()
	w.store.wait(t, func(m *memory) bool { return len(m.arrivals) == 2 })
	if got := said(w.received()); !slices.Equal(got, []string{"一", "二"}) {
		t.Errorf("received %q", got)
	}
	if got := w.store.cursors[account].Cursor; got != "cursor-2" {
		t.Errorf("cursor %q", got)
	}
}

func TestTheOrderOfOneSecondSurvivesARestart(t *testing.T) {
	w := begin(t)
	stop := w.run()
	w.we.Say(account, customer, "一")
	w.write("二")
	stop()
	w.clock.move(100 * time.Millisecond)
	w.we.Say(account, customer, "三")
	w.start("b")
	w.run()
	w.store.wait(t, func(m *memory) bool { return len(m.arrivals) == 3 })
	if got := said(w.received()); !slices.Equal(got, []string{"一", "二", "三"}) {
		t.Errorf("received %q", got)
	}
}

func TestMessagesAndCursorAreStoredTogether(t *testing.T) {
	w := begin(t)
	w.run()
	w.we.Say(account, customer, "在吗")
	w.store.failPages(2)
	w.announce()
	w.failed()
	w.announce()
	w.failed()
	w.fetch()
	if got := said(w.received()); !slices.Equal(got, []string{"在吗"}) {
		t.Errorf("received %q", got)
	}
}

func TestAnAnnouncementsTokenIsUsedForTenMinutes(t *testing.T) {
	w := begin(t)
	w.we.Say(account, customer, "在吗")
	w.announce()
	w.clock.move(11 * time.Minute)
	w.run()
	w.store.fetched(t, account)
	if got := w.we.Refused(); len(got) != 0 || len(w.received()) != 1 {
		t.Errorf("refused %v, received %d", got, len(w.received()))
	}
}

func TestAnAnnouncementThatCouldNotBeStoredCostsFiveMinutes(t *testing.T) {
	w := begin(t)
	w.run()
	w.write("一")
	w.we.Say(account, customer, "二")
	w.store.fail(errors.New("down"))
	for range 3 { // then WeCom brings it no more
		if status, err := w.we.Announce(within(t), account, wecomtest.Delivery{}); status != 500 {
			t.Fatal(status, err)
		}
	}
	w.store.fail(nil)
	w.clock.move(5 * time.Minute)
	w.store.wait(t, func(m *memory) bool { return len(m.arrivals) == 2 })
	if got := said(w.received()); !slices.Equal(got, []string{"一", "二"}) || len(w.we.Refused()) != 0 {
		t.Errorf("received %q, refused %v", got, w.we.Refused())
	}
}

func TestATokenThatWeComHasForgottenIsLeftOut(t *testing.T) {
	w := begin(t)
	w.run()
	w.we.Fail(wecomtest.Fault{Path: "kf/sync_msg", Code: 95007})
	w.write("在吗")
	if got := len(w.received()); got != 1 {
		t.Errorf("received %d", got)
	}
}

func TestFetchingFailsAndGoesOn(t *testing.T) {
	for name, f := range map[string]wecomtest.Fault{
		"a busy WeCom":      {Path: "kf/sync_msg", Code: -1},
		"too many calls":    {Path: "kf/sync_msg", Code: 45009},
		"a proxy":           {Path: "kf/sync_msg", Status: 502},
		"a lost connection": {Path: "kf/sync_msg", Lose: true},
	} {
		t.Run(name, func(t *testing.T) {
			w := begin(t)
			w.run()
			w.we.Fail(f)
			w.we.Say(account, customer, "在吗")
			w.announce()
			w.failed()
			w.fetch()
			if got := said(w.received()); !slices.Equal(got, []string{"在吗"}) {
				t.Errorf("received %q", got)
			}
		})
	}
}

func TestOneAccountThatFailsHoldsNobodyUp(t *testing.T) {
	w := begin(t)
	w.run()
	if status, err := w.we.Announce(within(t), "wkOther", wecomtest.Delivery{}); status != 200 {
		t.Fatal(status, err)
	}
	w.store.fetched(t, "wkOther")
	w.we.Fail(wecomtest.Fault{Path: "kf/sync_msg", Code: 45009})
	w.we.Say(account, customer, "在吗")
	w.announce()
	select {
	case <-w.log.more:
	case <-within(t).Done():
		t.Fatal("it did not fail")
	}
	w.we.Say("wkOther", customer, "你好")
	if status, err := w.we.Announce(within(t), "wkOther", wecomtest.Delivery{}); status != 200 {
		t.Fatal(status, err)
	}
	w.store.wait(t, func(m *memory) bool { return len(m.arrivals) == 1 })
	w.clock.move(2 * time.Second)
	w.fetch()
	if got := len(w.received()); got != 2 {
		t.Errorf("received %d", got)
	}
}

func TestOnlyCustomersMessagesAreStored(t *testing.T) {
	w := begin(t)
	w.run()
	w.we.Say(account, customer, "在吗")
	w.we.Reply(account, customer, "HanMeimei", "在的")
	w.we.SetState(account, customer, wecomtest.StateHuman)
	w.we.Undelivered(account, customer, "x", 0)
	w.we.Enter(account, customer) // without a code: the customer has just written
	w.we.Nonsense(account)
	w.fetch()
	if got := said(w.received()); !slices.Equal(got, []string{"在吗"}) {
		t.Errorf("received %q", got)
	}
}

func TestAnAccountMetForTheFirstTimeIsNotAnsweredForItsPast(t *testing.T) {
	w := begin(t)
	w.we.Say(account, customer, "昨天的事")
	w.clock.move(20 * time.Hour)
	w.we.Say(account, customer, "今天的事")
	w.run()
	w.fetch()
	if got := said(w.received()); !slices.Equal(got, []string{"今天的事"}) {
		t.Errorf("received %q", got)
	}
}

func TestThePastIsNotAnsweredWhenItsSecondPageFails(t *testing.T) {
	w := begin(t)
	w.we.PageSize = 1
	w.we.Say(account, customer, "昨天的事")
	w.we.Say(account, customer, "昨天的另一件事")
	w.clock.move(20 * time.Hour)
	w.we.Say(account, customer, "今天的事")
	w.run()
	w.we.Fail(wecomtest.Fault{Path: "kf/sync_msg", Code: -1, After: 1})
	w.announce()
	w.failed()
	w.fetch()
	if got := said(w.received()); !slices.Equal(got, []string{"今天的事"}) {
		t.Errorf("received %q", got)
	}
}

func TestWhatWasWrittenBeforeTheBotCouldFetchIsStored(t *testing.T) {
	w := begin(t)
	w.we.Fail(wecomtest.Fault{Path: "kf/sync_msg", Code: 60020, Times: -1})
	w.run()
	w.we.Say(account, customer, "SF1000000000015")
	w.announce()
	w.failed()
	w.clock.move(2 * time.Hour)
	w.we.Heal()
	w.we.Say(account, customer, "在吗")
	w.fetch()
	if got := said(w.received()); !slices.Equal(got, []string{"SF1000000000015", "在吗"}) {
		t.Errorf("received %q", got)
	}
}

func TestWhatCameWhileTheBotWasDownIsAnsweredLate(t *testing.T) {
	w := begin(t)
	stop := w.run()
	w.write("一")
	stop()
	w.we.Say(account, customer, "二")
	w.clock.move(47 * time.Hour)
	w.start("b")
	w.run()
	w.store.wait(t, func(m *memory) bool { return len(m.arrivals) == 2 })
	if err := w.send(text("晚了一点")); err != nil {
		t.Error(err)
	}
}

func TestMenusAreUnderstood(t *testing.T) {
	w := begin(t)
	w.run()
	w.we.Press(account, customer, "d:7", "详情")
	w.fetch()
	if m := w.received()[0]; m.Happening != handlers.Tapped || m.Button != "d:7" {
		t.Errorf("pressed: %+v", m)
	}
}

func TestWhatIsStoredButUnreadableIsAnErrorWithoutItsWords(t *testing.T) {
	w := begin(t)
	for _, read := range []func([]byte) (handlers.Message, bool, error){w.kf.Read, w.app.Read} {
		if _, ok, err := read([]byte(`{"msgid":"SF1000000000015"`)); ok || err == nil || strings.Contains(err.Error(), "SF1") {
			t.Errorf("%v, %v", ok, err)
		}
	}
}
