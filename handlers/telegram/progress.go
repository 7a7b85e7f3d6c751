package telegram

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"waybill/handlers"
	"waybill/models"
)

const (
	progressKept = 1024      // half-sent replies that are remembered
	progressFor  = time.Hour // after that an equal reply is a new one
)

// progress remembers how many messages of a long reply Telegram has accepted,
// so that the next try in this process goes on behind them. It forgets when
// the process ends: then a reply is repeated from its beginning.
type progress struct {
	now  func() time.Time
	mu   sync.Mutex
	sent map[digest]mark
}

// digest tells one reply to one chat from another.
type digest [sha256.Size]byte

// mark is how many messages of a reply are sent, and until when that counts.
type mark struct {
	sent  int
	until time.Time
}

func newProgress(now func() time.Time) *progress {
	return &progress{now: now, sent: map[digest]mark{}}
}

func digestOf(to models.Address, r handlers.Reply) (digest, error) {
	whole, err := json.Marshal(struct {
		To    models.Address
		Reply handlers.Reply
	}{to, r})
	if err != nil {
		return digest{}, fmt.Errorf("tell replies apart: %w", err)
	}
	return sha256.Sum256(whole), nil
}

// take is how much of a reply is sent already; it is forgotten with that.
func (p *progress) take(k digest) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	m := p.sent[k]
	delete(p.sent, k)
	if !p.now().Before(m.until) {
		return 0
	}
	return m.sent
}

// keep remembers that n messages are sent. When there is no room, some other
// reply is forgotten.
func (p *progress) keep(k digest, n int) {
	if n == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for other := range p.sent {
		if len(p.sent) < progressKept {
			break
		}
		delete(p.sent, other)
	}
	p.sent[k] = mark{sent: n, until: p.now().Add(progressFor)}
}
