package telegramtest

import (
	"net/http"
	"slices"
)

// Fault is something that goes wrong instead of, or after, a call.
type Fault struct {
	Method      string // "" means any but getUpdates
	Chat        int64  // 0 means any, or none
	After       int    // how many such calls pass before it hits
	Times       int    // how many calls it hits, default 1; -1: all
	Code        int    // of the refusal
	Description string
	RetryAfter  int   // seconds, with 429
	MigrateTo   int64 // with 400
	HTML        bool  // a proxy's page with status Code instead of JSON
	Lose        bool  // the call is done, but the connection breaks before the answer
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

// Flood answers the next message to a chat with 429.
func (a *API) Flood(chat int64, seconds int) {
	a.Fail(Fault{Chat: chat, Code: http.StatusTooManyRequests, Description: "Too Many Requests: retry after", RetryAfter: seconds})
}

// Down answers the next n calls of a method ("" any but getUpdates) with a
// proxy's HTML page.
func (a *API) Down(method string, n int) {
	a.Fail(Fault{Method: method, Times: n, Code: http.StatusBadGateway, HTML: true})
}

// Heal takes back all faults.
func (a *API) Heal() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.faults = nil
}

// takeFault is the fault for a call, if one was injected. The caller holds the lock.
func (a *API) takeFault(method string, chat int64) *Fault {
	for i, f := range a.faults {
		fits := f.Method == method || f.Method == "" && method != "getUpdates"
		if !fits || f.Chat != 0 && f.Chat != chat {
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

func (f *Fault) reply(w http.ResponseWriter) {
	if !f.HTML {
		reply(w, nil, &refusal{Code: f.Code, Description: f.Description, Parameters: params{RetryAfter: f.RetryAfter, MigrateTo: f.MigrateTo}})
		return
	}
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(f.Code)
	// Some proxies print the address they were asked for.
	_, _ = w.Write([]byte("<html><body>Bad Gateway: /bot" + Token + "</body></html>"))
}
