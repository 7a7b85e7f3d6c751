package telegram

import (
	"strconv"
	"strings"
	"sync"
)

// self is who the bot is: its id is in the token, its name comes with getMe.
type self struct {
	mu   sync.RWMutex
	id   int64
	name string
}

func newSelf(token string) *self {
	prefix, _, _ := strings.Cut(token, ":")
	id, _ := strconv.ParseInt(prefix, 10, 64) // 0 until getMe for a token of another shape
	return &self{id: id}
}

func (s *self) learn(id int64, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.id, s.name = id, name
}

func (s *self) known() (id int64, name string) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.id, s.name
}
