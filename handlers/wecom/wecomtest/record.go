package wecomtest

import (
	"context"
	"maps"
	"slices"
	"time"

	"waybill/handlers/doortest"
)

// Sent is something that was sent, or a file that was uploaded.
type Sent struct {
	To      string // customer, member, or a robot's key
	Account string // of a customer
	ID      string
	Kind    string // text, msgmenu, file, image, markdown, upload
	Text    string // of a menu: over it; of an upload: the file's name
	Tail    string // under a menu
	Menu    []Item
	Media   string
	Body    []byte // of an upload
	Event   bool   // outside the count, in answer to an event
	At      time.Time
}

// Item is an item of a menu.
type Item struct{ ID, Text string }

// Refused is a call that was refused.
type Refused struct {
	Path string
	Code int64
}

// Sent is what was sent to somebody, oldest first; "" means everybody.
func (a *API) Sent(to string) []Sent {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []Sent
	for _, s := range a.sent {
		if to == "" || s.To == to {
			out = append(out, s)
		}
	}
	return out
}

// Calls is how often each path was called, refused calls included.
func (a *API) Calls() map[string]int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.calls)
}

// Refused is which calls were refused, oldest first.
func (a *API) Refused() []Refused {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.refused)
}

// WaitSent waits until something was sent that fits.
func (a *API) WaitSent(ctx context.Context, fits func(Sent) bool) (Sent, error) {
	return doortest.First(ctx, &a.mu, func() []Sent { return a.sent }, fits)
}

// WaitCalls waits until a path was called n times.
func (a *API) WaitCalls(ctx context.Context, path string, n int) error {
	return a.Wait(ctx, func() bool { return a.calls[path] >= n })
}

// Wait waits until something is so; it is looked at whenever something has
// happened, with the fake locked: so must not call it.
func (a *API) Wait(ctx context.Context, so func() bool) error { return a.mu.Wait(ctx, so) }

// Left is how many messages the bot may still send to a customer now.
func (a *API) Left(account, customer string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, no := a.find(account, customer)
	if no != nil || s.state > StateBot || a.Now().Sub(s.spoke) >= 48*time.Hour {
		return 0
	}
	return s.left
}
