package juhe

import (
	"testing"
	"unicode/utf8"

	"waybill/tracking"
	"waybill/tracking/providertest"
)

// FuzzRead wants every body to become a trace in our form or an error
// with a name, whatever the vendor sends and in whichever format.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		`{"result":{"company":"中通","com":"zto","no":"73100000000019","status":"1","status_detail":null,"list":[{"datetime":"2026-03-04 05:06","remark":"已签收","zone":1}]},"error_code":0}`,
		`{"result":{},"list":[{}],"error_code":"0"}`, `{"reason":"x","result":"","error_code":204304}`, `null`, ``, "\xef\xbb\xbf<root/>",
		`<?xml version="1.0"?><root><result><com>zto</com><list><item><datetime>2026-03-04 05:06</datetime><remark>x</remark></item></list><status>1</status></result></root>`,
		`<root><error_code>10001</error_code></root>`,
	} {
		f.Add([]byte(seed))
	}
	c := providertest.Open(f, newClient, Settings{Key: "k", URL: "http://a"}, providertest.Parts(f))
	q := tracking.Question{Number: "73100000000019", Carrier: "zto", Code: "zto", Tail: "4321", Hide: []string{"73100000000019", "4321"}}
	f.Fuzz(func(t *testing.T, body []byte) {
		trace, err := c.read(tracking.Reply{Status: 200, Body: body}, q)
		if err != nil {
			providertest.Named(t, err)
			return
		}
		if trace.Status == "" || !trace.Billed {
			t.Fatalf("a trace without a status, or free: %+v", trace)
		}
		providertest.Formed(t, trace)
	})
}

// FuzzCompanies wants every list to be read without a panic, and each row to
// have code and name.
func FuzzCompanies(f *testing.F) {
	f.Add([]byte(`{"result":[{"com":"顺丰","no":"sf"}],"error_code":0}`))
	f.Add([]byte(`{"result":null,"error_code":10001}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		_, rows, _ := companies(body)
		for _, row := range rows {
			if !utf8.ValidString(row.Code + row.Name) {
				t.Fatalf("got %+v", row)
			}
		}
	})
}
