package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
)

// answer is what a vendor says to a call, and whether he bills it. A body of
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
	refuse             func(Trouble) any
	answer             func() answer
}

// serve answers a call, or shows what is wrong with the vendor. A web page
// counts as billed: it stands where an answer should be that the vendor gave.
func (s *Sandbox) serve(w http.ResponseWriter, r *http.Request, c call) {
	said := answer{billed: !c.free}
	trouble := s.trouble(c.provider, c.number)
	switch trouble {
	case Down:
		said.billed = false
	case Throttled, Spent, Refused:
		said = answer{body: c.refuse(trouble)}
	case Fine, Slow:
		if trouble == Slow {
			s.drag(r)
		}
		said = c.answer()
	}
	s.ledger.add(entry{c.provider, c.endpoint, c.number}, said.billed)
	switch trouble {
	case Down:
		http.Error(w, "500 Internal Server Error", http.StatusInternalServerError)
	case WebPage:
		webPage(w)
	default:
		write(w, said.body)
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
