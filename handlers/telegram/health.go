package telegram

import (
	"errors"
	"sync"
)

// Why a door is not ready.
var (
	errNotSetUp = errors.New("telegram has not been reached since the start")
	errToken    = errors.New("telegram refuses the bot's token: the operator must set a valid one")
)

// health is what the door knows about itself.
type health struct {
	mu    sync.Mutex
	setUp bool
	token bool  // the token was refused last time
	poll  error // why updates cannot be fetched; nil while they can
}

func newHealth() *health { return &health{} }

// called notes what a call says about the token.
func (h *health) called(err error) {
	f := &fault{}
	if err != nil && !errors.As(err, &f) {
		return // nobody answered: that says nothing about the token
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.token = f.token()
}

// ready notes that setting up has succeeded.
func (h *health) ready() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.setUp = true
}

func (h *health) isSetUp() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.setUp
}

// polled notes how the last poll went and says whether that is a change
// between working and not.
func (h *health) polled(err error) (changed bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	changed = (h.poll == nil) != (err == nil)
	h.poll = err
	return changed
}

func (h *health) err() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.token:
		return errToken
	case !h.setUp:
		return errNotSetUp
	}
	return h.poll
}
