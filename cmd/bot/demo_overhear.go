package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// called is one call of the bot to WeCom: answered by the emulation, shown on
// the customer's phone and told, in that order. Addresses hold secrets and
// tokens, so the path alone is told.
func (c *corp) called(out http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(out, r.Body, 32<<20))
	if err != nil {
		http.Error(out, "cannot be read", http.StatusBadRequest)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	a := &answer{header: out.Header(), status: http.StatusOK}
	c.api.ServeHTTP(a, r)
	c.phone.look()
	c.tell("bot → wecom", strings.TrimPrefix(r.URL.Path, "/cgi-bin/"), len(body), a.verdict())
	out.WriteHeader(a.status)
	_, _ = out.Write(a.body.Bytes()) // who has hung up does not want it
}

// overheard tells what WeCom delivers to the bot.
func (c *corp) overheard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		s := &witness{ResponseWriter: out, status: http.StatusOK}
		next.ServeHTTP(s, r)
		c.tell("wecom → bot", "callback "+r.URL.Path, int(r.ContentLength), fmt.Sprintf("status %d", s.status))
	})
}

// tell writes one line about one exchange.
func (c *corp) tell(way, what string, size int, outcome string) {
	left := c.api.Left(demoAccount, demoCustomer)
	c.chat.aside(fmt.Sprintf("%s  %-22s %6d B  %d left  %s\n", way, what, size, left, outcome))
}

// answer is what the emulation answers, before it is passed on.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header is the header of the answer.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader keeps the status.
func (a *answer) WriteHeader(status int) { a.status = status }

// Write keeps p.
func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }

// verdict is the errcode, and the words of a refusal.
func (a *answer) verdict() string {
	var no struct {
		Code int64  `json:"errcode"`
		Text string `json:"errmsg"`
	}
	if json.Unmarshal(a.body.Bytes(), &no) != nil {
		return fmt.Sprintf("status %d", a.status)
	}
	if no.Code == 0 {
		return "errcode 0"
	}
	return fmt.Sprintf("errcode %d %s", no.Code, no.Text)
}

// witness sees the status of an answer.
type witness struct {
	http.ResponseWriter
	status int
}

// WriteHeader passes the status on.
func (s *witness) WriteHeader(status int) {
	s.status = status
	s.ResponseWriter.WriteHeader(status)
}
