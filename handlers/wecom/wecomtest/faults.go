package wecomtest

import (
	"net/http"

	"waybill/handlers/doortest"
)

// Fault is something that goes wrong instead of, or after, a call.
type Fault struct {
	Path   string // below /cgi-bin/, "" means any but gettoken
	After  int    // how many such calls pass before it hits
	Times  int    // how many calls it hits, default 1; -1: all
	Code   int64  // errcode
	Text   string // errmsg
	Status int    // a proxy's page with this status instead of JSON
	Body   string // another answer than the fake's own
	Lose   bool   // the call is done, but the connection breaks before the answer
}

// Fail injects a fault. Faults hit in the order in which they were injected.
func (a *API) Fail(f Fault) { a.faults.Inject(f, f.After, f.Times) }

// Heal takes back all faults.
func (a *API) Heal() { a.faults.Heal() }

func (f Fault) fits(path string) bool { return f.Path == path || f.Path == "" && path != "gettoken" }

func (f *Fault) no() *no { return &no{Code: f.Code, Text: f.Text} }

func (f *Fault) reply(w http.ResponseWriter, c *call) {
	if f.Body != "" {
		w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		_, _ = w.Write([]byte(f.Body))
		return
	}
	if f.Status == 0 {
		reply(w, nil, f.no())
		return
	}
	doortest.ProxyPage(w, f.Status, c.path+" "+c.param("access_token")+c.param("corpsecret"))
}
