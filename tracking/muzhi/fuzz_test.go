package muzhi

import (
	"testing"

	"waybill/tracking"
	"waybill/tracking/providertest"
)

// FuzzRead wants every body to become a trace in our form or an error
// with a name, whatever the vendor sends.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		`{"ok":1,"msg":"查询成功","status":2,"kdmc":"中通快递","kddh":"78627****758","data":[{"time":"2026-03-04 19:18:40","content":"已揽收"}]}`,
		`{"ok":"1","status":"2","data":[{"time":1772571967,"content":null}]}`,
		`{"ok":0,"msg":"请传入快递单号【kddh字段】","status":0,"kdmc":"","kddh":"","data":[]}`,
		`{"ok":1,"data":{}}`, `{"ok":[]}`, `null`, ``, "\xef\xbb\xbf{}",
	} {
		f.Add([]byte(seed), 200)
		f.Add([]byte(seed), 666)
	}
	parts := providertest.Parts(f)
	c := &client{wire: tracking.NewWire(name, parts, billed), carriers: parts.Carriers, appcode: "x"}
	q := tracking.Question{Number: "SF1000000000015", Tail: "4321", Hide: []string{"SF1000000000015", "4321"}}
	f.Fuzz(func(t *testing.T, body []byte, status int) {
		reply := tracking.Reply{Status: status, Body: body}
		trace, err := c.read(reply, q)
		if err != nil {
			if e := providertest.Named(t, err); e.Billed != billed(status) {
				t.Fatalf("billed %v, %v", e.Billed, err)
			}
			return
		}
		if len(trace.Events) == 0 && trace.Status == "" {
			t.Fatal("neither a scan nor a status")
		}
		providertest.Formed(t, trace)
	})
}
