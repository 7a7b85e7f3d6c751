package doortest

import (
	"net/http"
	"slices"
	"sync"
)

// Faults are what a double was told to do wrong, of its own type F of fault.
// Their methods may be used at the same time.
type Faults[F any] struct {
	mu      sync.Mutex
	pending []*pending[F]
}

type pending[F any] struct {
	fault F
	after int // fitting calls that still pass
	times int // calls that it still hits; negative: all
}

// Inject adds a fault that lets the first fitting calls pass, after of them,
// and hits so many: 0 means 1, -1 all. Faults hit in the order in which they
// were injected.
func (f *Faults[F]) Inject(fault F, after, times int) {
	if times == 0 {
		times = 1
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pending = append(f.pending, &pending[F]{fault, after, times})
}

// Heal takes back all faults.
func (f *Faults[F]) Heal() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pending = nil
}

// Take is the fault that hits a call, if one that fits it was injected.
func (f *Faults[F]) Take(fits func(F) bool) *F {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, p := range f.pending {
		if !fits(p.fault) {
			continue
		}
		if p.after > 0 {
			p.after--
			continue
		}
		p.times--
		if p.times == 0 {
			f.pending = slices.Delete(f.pending, i, i+1)
		}
		return &p.fault
	}
	return nil
}

// ProxyPage answers as a proxy does that does not reach the platform. Some
// print the address that they were asked for, and what is secret in it.
func ProxyPage(w http.ResponseWriter, status int, asked string) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	_, _ = w.Write([]byte("<html><body>Bad Gateway: " + asked + "</body></html>"))
}
