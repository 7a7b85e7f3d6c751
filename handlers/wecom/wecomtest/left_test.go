package wecomtest_test

import (
	"testing"
	"time"

	"waybill/handlers/wecom/wecomtest"
)

func TestWhatIsLeftIsWhatWeComWouldTake(t *testing.T) {
	now := time.Now()
	api := wecomtest.New()
	api.Now = func() time.Time { return now }
	api.Account("wkA")
	want := func(when string, n int) {
		t.Helper()
		if got := api.Left("wkA", "wmB"); got != n {
			t.Errorf("%s %d are left, want %d", when, got, n)
		}
	}
	want("before a customer has written", 0)
	api.Say("wkA", "wmB", "hello")
	want("for a message", 5)
	api.SetState("wkA", "wmB", wecomtest.StateHuman)
	want("while somebody talks with the customer", 0)
	api.SetState("wkA", "wmB", wecomtest.StateBot)
	want("afterwards", 5)
	now = now.Add(48 * time.Hour)
	want("two days later", 0)
}
