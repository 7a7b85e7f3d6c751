package sandbox

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// kuaibaoHeard are the waybills that Kuaibao has pushed since, push by push.
func (r *receiver) kuaibaoHeard(t *testing.T) (all [][]kuaibaoItem) {
	t.Helper()
	for _, line := range r.heard() {
		_, body, _ := strings.Cut(line, " ")
		push := reads[kuaibaoPush](t, body)
		if push.Type != "express_sub_msg" {
			t.Errorf("a push of type %q", push.Type)
		}
		all = append(all, push.Data)
	}
	return all
}

func TestKuaibaoPushesUntilSigned(t *testing.T) {
	r := newReceiver(t)
	w := newWorld(t, Options{KuaibaoPushURL: r.URL + "/push/kuaibao/token"})
	w.said(t, "express.sub.msg", `{"waybill_codes":"YT1000000000013,YT1000000000021","cp_code":"ytsd"}`)
	w.clock.Add(15 * time.Minute)
	w.Pump(t.Context())
	first := r.kuaibaoHeard(t)
	if len(first) != 1 || len(first[0]) != 2 || first[0][0].WaybillCode != "YT1000000000013" || len(first[0][0].Data) != 2 {
		t.Fatalf("first %+v", first)
	}
	w.said(t, "express.sub.msg", `{"waybill_codes":"YT1000000000013","cp_code":"ytsd"}`)
	w.hours(t, 80)
	last := map[string]string{}
	for _, push := range r.kuaibaoHeard(t) {
		for _, item := range push {
			if last[item.No] == "signed" {
				t.Error("pushed after it was signed")
			}
			last[item.No] = item.Status
		}
	}
	if last["YT1000000000013"] != "signed" || last["YT1000000000021"] != "signed" {
		t.Errorf("ended %v", last)
	}
	w.said(t, "express.sub.msg", `{"waybill_codes":"310000000000027","cp_code":"yd"}`)
	w.hours(t, 100)
	if more := r.heard(); len(more) != 0 {
		t.Errorf("pushed of another brand: %v", more)
	}
}

func TestKuaibaoPushesWhereItsConsoleSays(t *testing.T) {
	w, r := newWorld(t, Options{}), newReceiver(t)
	w.said(t, "express.sub.msg", `{"waybill_codes":"YT1000000000013","cp_code":"ytsd"}`)
	w.hours(t, 2)
	if sent, _ := w.Pushed("kuaibao"); sent != 0 {
		t.Errorf("%d pushes to nowhere", sent)
	}
	w.PushKuaibaoTo(r.URL + "/later")
	r.says(http.StatusBadGateway, "")
	w.Pump(t.Context())
	r.says(http.StatusNoContent, "")
	w.clock.Add(35 * time.Minute)
	w.Pump(t.Context())
	w.clock.Add(35 * time.Minute)
	w.Pump(t.Context())
	if got := r.heard(); len(got) != 2 || got[0] != got[1] || !strings.HasPrefix(got[0], "/later ") {
		t.Errorf("got %v", got)
	}
	for i := range 25 {
		w.said(t, "express.sub.msg", fmt.Sprintf(`{"waybill_codes":"YT2%012d","cp_code":"ytsd"}`, i))
	}
	w.clock.Add(15 * time.Minute)
	w.Pump(t.Context())
	sizes := map[int]int{}
	for _, push := range r.kuaibaoHeard(t) {
		sizes[len(push)]++
	}
	if sizes[10] != 2 || sizes[5] != 1 {
		t.Errorf("pushes of %v", sizes)
	}
}
