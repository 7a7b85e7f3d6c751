package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"waybill/handlers/wecom/wecomtest"
	"waybill/models/store/storetest"
)

// closed wants the tail 5678. Other than shut it is no example of the help's.
const closed = "SF1000000000031"

func TestACustomerIsServedInWeCom(t *testing.T) {
	t.Parallel()
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		f := newWeComTestbed(t, dsn, brisk, byKF)
		b := f.begin("WAYBILL_SHOP_NAME=小满茶铺")
		for _, forged := range []bool{false, true} {
			if status, right, err := f.we.Verify(f.ctx, "kf", wecomtest.Delivery{Forged: forged}); err != nil || right == forged || (status == 401) != forged {
				t.Errorf("the check of the URL, forged %t: %d, %t, %v", forged, status, right, err)
			}
		}
		f.we.Enter(account, customer)
		f.announces(wecomtest.Delivery{}, 200)
		if welcome := f.gets(customer, "这里是小满茶铺物流小助手", "单号"); !welcome.Event || len(welcome.Menu) != 2 {
			t.Errorf("the welcome costs credit: %+v", welcome)
		}
		f.we.Say(account, customer, closed)
		f.announces(wecomtest.Delivery{Forged: true}, 401)
		f.announces(wecomtest.Delivery{Receiver: "ww9"}, 400)
		if n := f.count(customer, closed); n != 0 {
			t.Error("a forged announcement is believed")
		}
		f.announces(wecomtest.Delivery{}, 200)
		f.announces(wecomtest.Delivery{}, 200) // WeCom repeats itself
		f.gets(customer, closed, "手机")
		b.kill()
		f.we.Say(account, customer, "5678") // while nobody is there, and the announcement is lost
		b = f.begin()
		f.gets(customer, closed, "运输中")
		if n := f.count(customer, closed, "手机"); n > 2 { // it may have been in flight
			t.Errorf("the tail is asked for %d times", n)
		}
		f.gets(customer, closed, "正在派件")
		if code, body := b.get("/readyz"); code != 200 {
			t.Errorf("not ready: %s", body)
		}
		if _, page := b.get("/metrics"); !strings.Contains(page, `door="wecom_kf"`) {
			t.Error("the metrics do not name the door")
		}
		b.stop()
		f.unblamed()
		f.discreet(closed, "5678")
	})
}

// furthermore is what the last message that the credit allows says.
const furthermore = "回复任意内容继续接收"

func TestNewsWaitsUntilTheCustomerWritesAgain(t *testing.T) {
	t.Parallel()
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		f := newWeComTestbed(t, dsn, brisk, byKF)
		b := f.begin()
		parcels := []string{open, "773000000000017", failing}
		f.writes(strings.Join(parcels, "\n"))
		spent := f.spends(time.Time{})
		if n := len(f.we.Sent(customer)); n != 5 || last(spent) {
			t.Errorf("%d messages for one of the customer's: %q", n, f.got(customer))
		}
		b.stop()
		b = f.begin()
		for !last(spent) {
			f.writes("谢谢")
			spent = f.spends(spent.At)
		}
		f.gets(customer, open, "签收人")
		f.gets(customer, parcels[1], "驿站")
		if n := f.count(customer, parcels...); n == 0 {
			t.Errorf("no message tells of all three: %q", f.got(customer))
		}
		b.stop()
		f.unblamed() // not one message more than WeCom allows
	})
}

// failing is brought twice, which is the last news of all.
const failing = "YT1000000000021"

func last(s wecomtest.Sent) bool { return containsAll(whole(s), []string{failing, "第二次"}) }

// spends waits for the next message that says that the credit is spent, or for
// the last news.
func (f *wecomTestbed) spends(after time.Time) wecomtest.Sent {
	f.Helper()
	sent, err := f.we.WaitSent(f.ctx, func(s wecomtest.Sent) bool {
		return last(s) || s.At.After(after) && containsAll(whole(s), []string{furthermore})
	})
	if err != nil {
		f.Fatalf("the news ends with %q", f.got(customer))
	}
	return sent
}

func TestTheBotIsSilentWhileSomebodyTalksWithTheCustomer(t *testing.T) {
	t.Parallel()
	f := newWeComTestbed(t, storetest.DSN(t, "sqlite"), "1", byKF)
	b := f.begin()
	f.writes("转人工")
	f.gets(customer, "没有人工")
	f.we.Servicer(account, "HanMeiMei", 0)
	f.writes("转人工")
	f.gets(customer, "这就转人工")
	if state, servicer := f.we.State(account, customer); state != wecomtest.StateHuman || servicer != "HanMeiMei" {
		t.Errorf("the session is in state %d, with %q", state, servicer)
	}
	before, looked := len(f.we.Sent(customer)), f.we.Calls()["kf/service_state/get"]
	f.writes(open)
	if err := f.we.WaitCalls(f.ctx, "kf/service_state/get", looked+1); err != nil {
		t.Fatal(err)
	}
	f.we.Reply(account, customer, "HanMeiMei", "您好")
	f.we.SetState(account, customer, wecomtest.StateEnded)
	f.writes(failing)
	f.gets(customer, failing, "运输中")
	if n := len(f.we.Sent(customer)) - before; n != 1 || f.count(customer, open) != 0 {
		t.Errorf("the bot interrupts: %q", f.got(customer))
	}
	b.stop()
	f.unblamed()
}

func TestACarrierIsChosenFromAMenu(t *testing.T) {
	t.Parallel()
	f := newWeComTestbed(t, storetest.DSN(t, "sqlite"), "1", byKF)
	b := f.begin("WAYBILL_MUZHI_DETECT_PATH=")
	f.writes("368000000012")
	menu := f.gets(customer, "368000000012", "申通")
	i := slices.IndexFunc(menu.Menu, func(item wecomtest.Item) bool { return strings.Contains(item.Text, "申通") })
	if i < 0 {
		t.Fatalf("no menu: %+v", menu)
	}
	f.we.Press(account, customer, menu.Menu[i].ID, menu.Menu[i].Text)
	f.announces(wecomtest.Delivery{}, 200)
	f.gets(customer, "368000000012", "运输中")
	b.stop()
	f.unblamed()
}

func TestCallbacksAreAnsweredAsPromised(t *testing.T) {
	t.Parallel()
	f := newWeComTestbed(t, storetest.DSN(t, "sqlite"), "1", byKF)
	b := f.begin()
	const unsigned = "?msg_signature=0&timestamp=1&nonce=1&echostr=x"
	for name, c := range map[string]struct {
		method, path, body string
		want               int
	}{
		"a check that nobody signed":    {http.MethodGet, "/wecom/kf" + unsigned, "", 401},
		"a delivery that nobody signed": {http.MethodPost, "/wecom/kf" + unsigned, "<xml><Encrypt>x</Encrypt></xml>", 401},
		"a delivery without a word":     {http.MethodPost, "/wecom/kf", "", 401},
		"another method":                {http.MethodPut, "/wecom/kf", "", 405},
		"a body too long":               {http.MethodPost, "/wecom/kf" + unsigned, strings.Repeat("x", 1<<20+1), 413},
		"a door that is off":            {http.MethodPost, "/wecom/app" + unsigned, "", 404},
		"its check":                     {http.MethodGet, "/wecom/app" + unsigned, "", 404},
	} {
		t.Run(name, func(t *testing.T) {
			if got := b.reply(c.method, c.path, c.body); got != c.want {
				t.Errorf("%d, want %d", got, c.want)
			}
		})
	}
	b.stop()
}
