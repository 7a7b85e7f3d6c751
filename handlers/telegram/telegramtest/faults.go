package telegramtest

import (
	"net/http"

	"waybill/handlers/doortest"
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
func (a *API) Fail(f Fault) { a.faults.Inject(f, f.After, f.Times) }

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
func (a *API) Heal() { a.faults.Heal() }

func (f Fault) fits(method string, chat int64) bool {
	meant := f.Method == method || f.Method == "" && method != "getUpdates"
	return meant && (f.Chat == 0 || f.Chat == chat)
}

func (f *Fault) reply(w http.ResponseWriter) {
	if !f.HTML {
		reply(w, nil, &refusal{Code: f.Code, Description: f.Description, Parameters: params{RetryAfter: f.RetryAfter, MigrateTo: f.MigrateTo}})
		return
	}
	doortest.ProxyPage(w, f.Code, "/bot"+Token)
}
