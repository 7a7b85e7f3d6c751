package sandbox

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestRecognition(t *testing.T) {
	w := newWorld(t, Options{})
	ask := func(q string) string {
		_, body := w.sent(t, http.MethodGet, Kuaidi100AutoPath+"?"+q, "", "")
		return body
	}
	for q, want := range map[string]string{
		"num=YT1000000000013&key=" + SampleKey: `[{"lengthPre":15,"comCode":"yuantong","name":"圆通速递","noPre":"","noCount":""}]`,
		"num=YT1000000000096&key=" + SampleKey: `{"lengthPre":"15","comCode":"yuantong","name":"圆通速递","noPre":"","noCount":""}`,
		"num=ABCDEF1234567&key=" + SampleKey:   `[]`,
		"num=YT1000000000013":                  `{"result":false,"returnCode":"701","message":"key缺失"}`,
		"num=YT1000000000013&key=other":        `{"result":false,"returnCode":"601","message":"POLL:KEY 已过期"}`,
		"num=HELLO&key=" + SampleKey:           `{"result":false,"returnCode":"201","message":"不是有效的快递单号"}`,
	} {
		if got := strings.TrimSpace(ask(q)); got != want {
			t.Errorf("%s: got %s, want %s", q, got, want)
		}
	}
	_, posted := w.sent(t, http.MethodPost, Kuaidi100AutoPath, formType, url.Values{"num": {"368000000012"}, "key": {SampleKey}}.Encode())
	rows := reads[[]kuaidi100Company](t, posted)
	if len(rows) != 5 || rows[0].ComCode != "shentong" || rows[4].ComCode != "shunfeng" {
		t.Errorf("of twelve digits: %s", posted)
	}
	if asked, billed := w.Asked("kuaidi100", "detect", ""); asked != 7 || billed != 0 {
		t.Errorf("%d calls, %d billed", asked, billed)
	}
	w.Break("kuaidi100", WebPage)
	if got := ask("num=1"); !strings.HasPrefix(got, "<!doctype") {
		t.Errorf("broken: %s", got)
	}
	if _, billed := w.Asked("kuaidi100", "detect", ""); billed != 0 {
		t.Error("a page instead of an answer that is free is billed")
	}
}
