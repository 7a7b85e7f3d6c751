package muzhi

import (
	"errors"
	"net/http"
	"testing"
	"time"
	"unicode/utf8"

	"waybill/models"
	"waybill/tracking"
)

// FuzzRead wants every body to become a trace in the house's form or an error
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
	table, err := tracking.NewCarriers()
	if err != nil {
		f.Fatal(err)
	}
	c := &Client{
		wire: tracking.NewWire(name, &http.Client{}, billed), carriers: table, appcode: "x",
		now: func() time.Time { return time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC) },
	}
	q := question{number: "SF1000000000015", tail: "4321", hide: []string{"SF1000000000015", "4321"}}
	f.Fuzz(func(t *testing.T, body []byte, status int) {
		reply := tracking.Reply{Status: status, Body: body}
		trace, err := c.read(reply, q)
		if err != nil {
			var e *tracking.Error
			if !errors.As(err, &e) || e.Kind == nil || e.Billed != billed(status) || !utf8.ValidString(err.Error()) {
				t.Fatalf("got %v", err)
			}
			return
		}
		if len(trace.Events) == 0 && trace.Status == "" {
			t.Fatal("neither a scan nor a status")
		}
		for i, e := range trace.Events {
			ordered := i == 0 || trace.Events[i-1].At >= e.At
			if e.Text == "" || !utf8.ValidString(e.Text) || utf8.RuneCountInString(e.Text) > tracking.MaxScan || e.Kind != models.Scan || !ordered {
				t.Fatalf("scan %d is %+v", i, e)
			}
		}
	})
}
