package main

import (
	"testing"

	"waybill/handlers/wecom/wecomtest"
	"waybill/models/store/storetest"
)

func TestWhatWeComAcceptsAndDoesNotDeliverArrivesAfterAll(t *testing.T) {
	t.Parallel()
	storetest.EachDSN(t, func(t *testing.T, dsn string) {
		f := newWeComTestbed(t, dsn, brisk, byKF)
		b := f.begin()
		f.writes(open)
		told := f.gets(customer, "签收人")
		b.stop()
		f.we.Undelivered(account, customer, told.ID, 4)
		b = f.begin() // another process hears of it
		f.writes("在吗")
		_, err := f.we.WaitSent(f.ctx, func(s wecomtest.Sent) bool { return s.ID != told.ID && s.Text == told.Text })
		if err != nil {
			t.Fatalf("it is lost: %q", f.got(customer))
		}
		b.stop()
		f.unblamed()
	})
}
