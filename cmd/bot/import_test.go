package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"waybill/models/store/storetest"
	"waybill/tracking/sandbox"
)

// A shop's table comes in beside the bot that serves: it is checked at its pace, and the
// chat hears one summary, not a message for each parcel.
func TestATableIsImportedWhileTheBotServes(t *testing.T) {
	t.Parallel()
	const rows = 120
	// A call that a busy machine keeps from leaving is made again after the floor, a quarter
	// of a minute here.
	s := newTestbed(t, storetest.DSN(t, "sqlite"), "120", sandbox.Options{Appcode: appcode})
	b := s.start(fmt.Sprintf("WAYBILL_MAX_PARCELS=50,telegram:%d=500", mother))
	s.telegram.Say(mother, "/help")
	s.hears(mother, "列表")
	file := filepath.Join(t.TempDir(), "orders.csv")
	table := "快递单号,快递公司,商品\n"
	for i := range rows {
		table += fmt.Sprintf("YT1%012d,圆通,茶叶 %d\n", 100+i, i)
	}
	if err := os.WriteFile(file, []byte(table), 0o600); err != nil {
		t.Fatal(err)
	}
	imports := func() string {
		t.Helper()
		cmd := exec.Command("bot", "import", file, "--chat", fmt.Sprint("telegram:", mother))
		cmd.Env = append(s.env, fmt.Sprintf("WAYBILL_MAX_PARCELS=50,telegram:%d=500", mother))
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	if out := imports(); !strings.Contains(out, fmt.Sprintf("followed: %d\n", rows)) {
		t.Errorf("the program said %s", out)
	}
	s.hears(mother, fmt.Sprintf("%d 个包裹查完了", rows))
	if n := len(s.telegram.Sent(mother)); n != 2 {
		t.Errorf("%d messages were sent", n)
	}
	if out := imports(); !strings.Contains(out, "followed: 0\n") || !strings.Contains(out, fmt.Sprintf("known: %d\n", rows)) {
		t.Errorf("the second time the program said %s", out)
	}
	b.stop()
}
