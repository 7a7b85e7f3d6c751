package telegramtest

import (
	"context"
	"maps"
	"net/http"
	"slices"

	"waybill/handlers/doortest"
)

// Sent is what the bot has sent to a chat, oldest first; chat 0 means all chats.
func (a *API) Sent(chat int64) []Sent {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.sentTo(chat)
}

func (a *API) sentTo(chat int64) []Sent {
	var out []Sent
	for _, s := range a.messages {
		if chat == 0 || s.Chat == chat {
			out = append(out, s.clone())
		}
	}
	return out
}

// Answers is how callback queries were ended.
func (a *API) Answers() []Answer {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.answers)
}

// Actions is what the bot has shown itself to be doing, oldest first.
func (a *API) Actions() []Action {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.actions)
}

// Calls is how often each method was called, refused calls included.
func (a *API) Calls() map[string]int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.calls)
}

// WaitSent waits until the bot has sent a message that fits.
func (a *API) WaitSent(ctx context.Context, fits func(Sent) bool) (Sent, error) {
	return doortest.First(ctx, &a.mu, func() []Sent { return a.sentTo(0) }, fits)
}

// WaitCalls waits until a method was called n times.
func (a *API) WaitCalls(ctx context.Context, method string, n int) error {
	return a.Wait(ctx, func() bool { return a.calls[method] >= n })
}

// WaitHeld waits until a poll is held.
func (a *API) WaitHeld(ctx context.Context) error {
	return a.Wait(ctx, func() bool { return a.poll != nil })
}

// WaitConfirmed waits until no update would come again.
func (a *API) WaitConfirmed(ctx context.Context) error {
	return a.Wait(ctx, func() bool { return len(a.updates) == 0 })
}

// Wait waits until something is so; it is looked at whenever something has
// happened, with the fake locked: so must not call it.
func (a *API) Wait(ctx context.Context, so func() bool) error { return a.mu.Wait(ctx, so) }

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
	Hang        bool  // nothing is answered before the caller gives up
	Answer      any   // the result instead of the true one, when it is not nil
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
	if f.Answer != nil {
		reply(w, f.Answer, nil)
		return
	}
	if !f.HTML {
		reply(w, nil, &refusal{Code: f.Code, Description: f.Description, Parameters: params{RetryAfter: f.RetryAfter, MigrateTo: f.MigrateTo}})
		return
	}
	doortest.ProxyPage(w, f.Code, "/bot"+Token)
}
