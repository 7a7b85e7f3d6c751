package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
)

// serve answers one call of the bot to WeCom: the emulation answers it, the
// customer's client shows it, and one line says so, in that order. Addresses
// hold secrets and tokens, so the path alone is said.
func (c *company) serve(out http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(out, r.Body, 32<<20))
	if err != nil {
		http.Error(out, "cannot be read", http.StatusBadRequest)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	c.api.ServeHTTP(answer, r)
	c.client.showNew()
	c.record("bot → wecom", strings.TrimPrefix(r.URL.Path, "/cgi-bin/"), len(body), outcome(answer))
	maps.Copy(out.Header(), answer.Header())
	out.WriteHeader(answer.Code)
	_, _ = out.Write(answer.Body.Bytes()) // who has hung up does not want it
}

// outcome is the errcode, and the words of a refusal.
func outcome(answer *httptest.ResponseRecorder) string {
	var no struct {
		Code int64  `json:"errcode"`
		Text string `json:"errmsg"`
	}
	if json.Unmarshal(answer.Body.Bytes(), &no) != nil {
		return fmt.Sprintf("status %d", answer.Code)
	}
	if no.Code == 0 {
		return "errcode 0"
	}
	return fmt.Sprintf("errcode %d %s", no.Code, no.Text)
}

// recordCallback writes a line about what WeCom delivers to the bot.
func (c *company) recordCallback(next http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		s := &statusRecorder{ResponseWriter: out, status: http.StatusOK}
		next.ServeHTTP(s, r)
		c.record("wecom → bot", "callback "+r.URL.Path, int(r.ContentLength), fmt.Sprintf("status %d", s.status))
	})
}

// record writes one line about one exchange.
func (c *company) record(way, what string, size int, outcome string) {
	left := c.api.Left(account, customer)
	c.chat.note(fmt.Sprintf("%s  %-22s %6d B  %d left  %s\n", way, what, size, left, outcome))
}

// statusRecorder keeps the status of an answer.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader passes the status on.
func (s *statusRecorder) WriteHeader(status int) {
	s.status = status
	s.ResponseWriter.WriteHeader(status)
}
