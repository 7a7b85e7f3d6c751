package wecom_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/handlers"
	"waybill/handlers/wecom/wecomtest"
	"waybill/models"
)

// back is what has come back because it was not delivered, in its order.
func (w *world) back() (arrivals []models.Arrival, replies [][]handlers.Reply) {
	w.t.Helper()
	for _, a := range w.store.inbox() {
		if !a.Answered {
			continue
		}
		var rs []handlers.Reply
		if err := json.Unmarshal(a.Replies, &rs); err != nil {
			w.t.Fatal(err)
		}
		arrivals, replies = append(arrivals, a), append(replies, rs)
	}
	return arrivals, replies
}

// fails is WeCom saying that the customer has not got the n-th message.
func (w *world) fails(n, failType int) {
	w.t.Helper()
	w.clock.move(time.Second)
	w.we.Undelivered(account, customer, w.we.Sent(customer)[n].ID, failType)
}

func TestWhatWasNotDeliveredComesBackOnceAndWaitsForTheCustomer(t *testing.T) {
	for _, failType := range []int{0, 1, 4, 5, 6, 8} {
		w := met(t)
		if err := w.send(news(handlers.News, "运输中", "已到达")); err != nil {
			t.Fatal(err)
		}
		w.fails(0, failType)
		w.fails(0, failType) // it says so twice
		w.fetch()
		w.fails(0, failType) // and once more
		w.fetch()
		arrivals, replies := w.back()
		if len(arrivals) != 1 || len(replies[0]) != 1 {
			t.Fatalf("%d: %d came back", failType, len(arrivals))
		}
		if a := arrivals[0]; a.Address != ofCustomer || a.DueAt.Sub(a.At) != 24*time.Hour {
			t.Errorf("%d: it waits %s at %v", failType, a.DueAt.Sub(a.At), a.Address)
		}
		w.write("嗯")
		if last := w.store.inbox()[2]; last.Answered || last.Pos <= arrivals[0].Pos {
			t.Errorf("%d: it comes after what the customer writes next", failType)
		}
		if err := w.send(replies[0][0]); err != nil || w.texts(customer)[1] != "运输中\n已到达" {
			t.Errorf("%d: %v, %q", failType, err, w.texts(customer))
		}
		w.fails(1, failType)
		w.fetch()
		if _, again := w.back(); len(again) != 2 || again[1][0].Text() != "运输中\n已到达" {
			t.Errorf("%d: what fails again is lost: %+v", failType, again)
		}
	}
}

func TestWhatWasNotDeliveredGoesOutAlsoWhereNewsWouldWait(t *testing.T) {
	w := met(t)
	for occasion, want := range map[handlers.Occasion]handlers.Occasion{
		handlers.News: handlers.Urgent, handlers.Urgent: handlers.Urgent, handlers.Answer: handlers.Answer,
	} {
		r := news(occasion, "包裹 "+string(occasion))
		r.Lang = "en"
		if err := w.send(r); err != nil {
			t.Fatal(err)
		}
		w.fails(len(w.we.Sent(customer))-1, 0)
		w.fetch()
		_, replies := w.back()
		got := replies[len(replies)-1][0]
		if got.For != want || got.Lang != "en" || got.Text() != r.Text() {
			t.Errorf("%q came back as %+v", occasion, got)
		}
	}
}

func TestWhatTheCustomerRefusesIsDropped(t *testing.T) {
	w := met(t)
	if err := w.send(text("好")); err != nil {
		t.Fatal(err)
	}
	w.fails(0, 10)
	w.fetch()
	if arrivals, _ := w.back(); len(arrivals) != 0 || !strings.Contains(w.log.String(), "the customer refuses messages") {
		t.Errorf("%d came back", len(arrivals))
	}
}

func TestWhatComesBackLateIsDueAtOnceInAnyProcess(t *testing.T) {
	w := begin(t)
	stop := w.run()
	w.write("在吗")
	if err := w.send(news(handlers.Urgent, "已签收")); err != nil {
		t.Fatal(err)
	}
	stop()
	w.start("b")
	w.run()
	w.clock.move(time.Second)
	w.we.Say(account, customer, "嗯")
	w.fails(0, 4)
	w.fetch()
	arrivals, replies := w.back()
	if len(arrivals) != 1 || arrivals[0].DueAt != arrivals[0].At || w.store.left(ofCustomer) != 5 {
		t.Fatalf("%+v, %d left", arrivals, w.store.left(ofCustomer))
	}
	if err := w.send(replies[0][0]); err != nil || len(w.texts(customer)) != 2 {
		t.Errorf("%v, %q", err, w.texts(customer))
	}
}

func TestWhatComesBackTogetherTakesOneMessage(t *testing.T) {
	w := met(t)
	for _, say := range []string{"一", "二", "三"} {
		if err := w.send(news(handlers.News, say)); err != nil {
			t.Fatal(err)
		}
	}
	for n := range 3 {
		w.fails(n, 6)
	}
	w.fetch()
	_, replies := w.back()
	if len(replies) != 1 || len(replies[0]) != 3 {
		t.Fatalf("%+v came back", replies)
	}
	one, merged := w.kf.Merge(replies[0])
	w.write("嗯")
	if err := w.send(one); err != nil || merged != 3 || w.texts(customer)[3] != "一\n\n二\n\n三" {
		t.Errorf("%v, %d merged: %q", err, merged, w.texts(customer))
	}
}

func TestMenusAndFilesComeBackAsTheyWere(t *testing.T) {
	w := met(t)
	r := text("哪家快递？")
	r.Buttons = [][]handlers.Button{{{Text: "顺丰", Data: "c:n:sf"}}, {{Text: "其他", Data: "c:n:"}}}
	file := text("都在这里")
	file.File = &handlers.File{Name: "waybill.json", Body: []byte(strings.Repeat("{}", 3000))}
	if err := errors.Join(w.send(r), w.send(file)); err != nil {
		t.Fatal(err)
	}
	w.fails(0, 4)
	w.fails(2, 4)
	w.fetch()
	_, replies := w.back()
	w.write("嗯")
	for _, r := range replies[0] {
		if err := w.send(r); err != nil {
			t.Fatal(err)
		}
	}
	sent := w.we.Sent(customer)[3:]
	if len(sent) != 2 || !slices.Equal(sent[0].Menu, w.we.Sent(customer)[0].Menu) || sent[0].Text != "哪家快递？" || sent[1].Kind != "file" {
		t.Errorf("%+v", sent)
	}
}

func TestAPageWhoseFailedMessagesCannotBeRecalledIsFetchedAgain(t *testing.T) {
	w := met(t)
	if err := w.send(text("好")); err != nil {
		t.Fatal(err)
	}
	w.fails(0, 4)
	w.store.failRecall(models.MemorySaid)
	w.announce()
	w.failed()
	w.store.failRecall("")
	w.fetch()
	if arrivals, _ := w.back(); len(arrivals) != 1 {
		t.Errorf("%d came back", len(arrivals))
	}
}

func TestAMessageIsSentAlsoWhenItCannotBeRemembered(t *testing.T) {
	w := met(t)
	w.store.failRecall(models.MemorySaid)
	if err := w.send(text("好")); err != nil || len(w.texts(customer)) != 1 {
		t.Errorf("%v, %q", err, w.texts(customer))
	}
}

func TestThatAForeignMessageFailedBringsNothingBack(t *testing.T) {
	w := met(t)
	w.we.Undelivered(account, customer, "of-a-servicer", 4)
	w.we.Undelivered(account, customer, "1-0123456789abcdef0123456789abcd", 4)
	w.fetch()
	if arrivals, _ := w.back(); len(arrivals) != 0 {
		t.Errorf("%+v came back", arrivals)
	}
	if got := w.we.Refused(); !slices.Equal(got, []wecomtest.Refused(nil)) {
		t.Errorf("refused %v", got)
	}
}

func TestWhatMayComeBackIsKeptSealed(t *testing.T) {
	w := met(t)
	if err := w.send(news(handlers.News, "SF1000000000015 运输中")); err != nil {
		t.Fatal(err)
	}
	for name, value := range w.store.values() {
		if strings.Contains(value, "SF1000000000015") || strings.Contains(value, "运输中") {
			t.Errorf("%s is kept in clear: %s", name, value)
		}
	}
}

func TestWhatNoKeyOpensAnyMoreIsDroppedAndHoldsNothingUp(t *testing.T) {
	w := begin(t)
	stop := w.run()
	w.write("在吗")
	if err := w.send(news(handlers.News, "运输中")); err != nil {
		t.Fatal(err)
	}
	stop()
	w.keys = newKeys(t)
	w.start("b")
	w.run()
	w.fails(0, 4)
	w.fetch()
	if arrivals, _ := w.back(); len(arrivals) != 0 || !strings.Contains(w.log.String(), "cannot be opened") {
		t.Errorf("%d came back", len(arrivals))
	}
}
