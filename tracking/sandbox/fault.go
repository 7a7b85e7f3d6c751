package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"sync"
	"time"
)

// Fault is what can be wrong with a vendor, for one number (a scenario) or
// for everything it offers (Break). Each API shows it in its own way.
type Fault string

const (
	Healthy   Fault = ""
	Down      Fault = "down"      // a server error
	WebPage   Fault = "html"      // HTML where an answer should be
	Slow      Fault = "slow"      // an answer that takes Options.Slow
	Throttled Fault = "throttled" // too many requests
	Spent     Fault = "quota"     // the quota is used up
	Refused   Fault = "auth"      // the key is not accepted
)

// Faults lists what Break can do.
func Faults() []Fault { return []Fault{Down, WebPage, Slow, Throttled, Spent, Refused} }

// Break gives everything one provider offers a fault, until Break with Healthy.
func (s *Sandbox) Break(provider string, t Fault) { s.broken.set(provider, t) }

// fault is what is wrong with an answer about a number. The provider's goes
// before the number's.
func (s *Sandbox) fault(provider, number string) Fault {
	if t := s.broken.get(provider); t != Healthy {
		return t
	}
	return s.scenarios[number].fault
}

type broken struct {
	mu        sync.RWMutex
	providers map[string]Fault
}

func newBroken() *broken { return &broken{providers: map[string]Fault{}} }

func (b *broken) set(provider string, t Fault) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.providers[provider] = t
}

func (b *broken) get(provider string) Fault {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.providers[provider]
}

// delay waits as long as a slow answer takes, or until the client has left.
func (s *Sandbox) delay(r *http.Request) {
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

// answer is what a vendor says to a call, and whether it bills it. A body of
// []byte is XML.
type answer struct {
	body   any
	billed bool
}

// call is one call of an API that tells its refusals in the body of a 200.
type call struct {
	provider, endpoint string
	number             string // "" for none or several
	free               bool   // never billed
	refuse             func(Fault) any
	answer             func() answer
}

// serve answers a call, or shows what is wrong with the vendor. A web page
// counts as billed: it stands where an answer should be that the vendor gave.
func (s *Sandbox) serve(w http.ResponseWriter, r *http.Request, c call) {
	said := answer{billed: !c.free}
	fault := s.fault(c.provider, c.number)
	switch fault {
	case Down:
		said.billed = false
	case Throttled, Spent, Refused:
		said = answer{body: c.refuse(fault)}
	case Healthy, Slow:
		if fault == Slow {
			s.delay(r)
		}
		said = c.answer()
	}
	s.ledger.add(entry{c.provider, c.endpoint, c.number}, said.billed)
	switch fault {
	case Down:
		http.Error(w, "500 Internal Server Error", http.StatusInternalServerError)
	case WebPage:
		webPage(w)
	default:
		write(w, s.shaped(c.number, said.body))
	}
}

func write(w http.ResponseWriter, body any) {
	if raw, ok := body.([]byte); ok {
		w.Header().Set("Content-Type", "text/xml; charset=utf-8")
		_, _ = w.Write(raw) // a client that has left is no failure
		return
	}
	writeJSON(w, http.StatusOK, body)
}

// maxForm is the largest form that is read, in bytes.
const maxForm = 1 << 20

// posted says whether a call is what all three vendors want: a POST with a
// form as its body, which can be read from r.PostForm.
func posted(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || r.Method != http.MethodPost || kind != "application/x-www-form-urlencoded" {
		return false
	}
	r.Body = http.MaxBytesReader(nil, r.Body, maxForm)
	return r.ParseForm() == nil
}

// text is a value as compact JSON.
func text(value any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return ""
	}
	return string(bytes.TrimSpace(b.Bytes()))
}

// drained is the beginning of a body, at most maxForm bytes.
func drained(body io.Reader) []byte {
	raw, err := io.ReadAll(io.LimitReader(body, maxForm))
	if err != nil {
		return nil
	}
	return raw
}
