package wecomtest

import (
	"net/http"
	"slices"
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
func (a *API) Fail(f Fault) {
	if f.Times == 0 {
		f.Times = 1
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.faults = append(a.faults, &f)
}

// Heal takes back all faults.
func (a *API) Heal() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.faults = nil
}

// takeFault is the fault for a call, if one was injected. The caller holds the lock.
func (a *API) takeFault(path string) *Fault {
	for i, f := range a.faults {
		if f.Path != path && (f.Path != "" || path == "gettoken") {
			continue
		}
		if f.After > 0 {
			f.After--
			continue
		}
		f.Times--
		if f.Times == 0 {
			a.faults = slices.Delete(a.faults, i, i+1)
		}
		return f
	}
	return nil
}

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
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(f.Status)
	// Some proxies print the address they were asked for.
	_, _ = w.Write([]byte("<html><body>Bad Gateway: " + c.path + " " + c.param("access_token") + c.param("corpsecret") + "</body></html>"))
}
