package sandbox

import (
	"io"
	"net/http"
	"sync"
	"time"
)

// Trouble is what can be wrong with a vendor, for one number (a scenario) or
// for everything he offers (Break). Each API shows it in its own way.
type Trouble string

const (
	Fine      Trouble = ""
	Down      Trouble = "down"      // a server error
	WebPage   Trouble = "html"      // HTML where an answer should be
	Slow      Trouble = "slow"      // an answer that takes Options.Slow
	Throttled Trouble = "throttled" // too many requests
	Spent     Trouble = "quota"     // the quota is used up
	Refused   Trouble = "auth"      // the key is not accepted
)

// Troubles lists what Break can do.
func Troubles() []Trouble { return []Trouble{Down, WebPage, Slow, Throttled, Spent, Refused} }

// Break gives everything one provider offers a trouble, until Break with Fine.
func (s *Sandbox) Break(provider string, t Trouble) { s.broken.set(provider, t) }

// trouble is what is wrong with an answer about a number. The provider's goes
// before the number's.
func (s *Sandbox) trouble(provider, number string) Trouble {
	if t := s.broken.get(provider); t != Fine {
		return t
	}
	return s.scenarios[number].trouble
}

type broken struct {
	mu        sync.RWMutex
	providers map[string]Trouble
}

func newBroken() *broken { return &broken{providers: map[string]Trouble{}} }

func (b *broken) set(provider string, t Trouble) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.providers[provider] = t
}

func (b *broken) get(provider string) Trouble {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.providers[provider]
}

// drag waits as long as a slow answer takes, or until the client has left.
func (s *Sandbox) drag(r *http.Request) {
	timer := time.NewTimer(s.Slow)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	}
}

// webPage is what a proxy in the way says, with a status that means success.
func webPage(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, "<!doctype html><title>502 Bad Gateway</title><h1>502 Bad Gateway</h1>\n")
}
