package web

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAPushIsAnsweredAsItWasTaken(t *testing.T) {
	take := func(_ *http.Request, token string, body []byte) Taken {
		switch {
		case token != "known":
			return Taken{Status: http.StatusNotFound, Why: errors.New("unknown")}
		case string(body) != "signed":
			return Taken{Status: http.StatusUnauthorized, Why: errors.New("forged")}
		}
		return Taken{Status: http.StatusOK, Reply: `{"result":true}`}
	}
	s := New(nil, http.NotFoundHandler(), slog.New(slog.DiscardHandler), Push("kuaidi100", take, slog.New(slog.DiscardHandler)))
	for name, c := range map[string]struct {
		method, path, body string
		want               int
		says               string
	}{
		"taken":             {"POST", "/push/kuaidi100/known", "signed", 200, `{"result":true}`},
		"an unknown token":  {"POST", "/push/kuaidi100/other", "signed", 404, "Not Found"},
		"a wrong sign":      {"POST", "/push/kuaidi100/known", "forged", 401, "Unauthorized"},
		"a body too long":   {"POST", "/push/kuaidi100/known", strings.Repeat("x", maxBody+1), 413, "body too large"},
		"another method":    {"GET", "/push/kuaidi100/known", "", 405, ""},
		"a provider off":    {"POST", "/push/kuaibao/known", "signed", 404, ""},
		"no token":          {"POST", "/push/kuaidi100/", "signed", 404, ""},
		"more than a token": {"POST", "/push/kuaidi100/known/x", "signed", 404, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			s.http.Handler.ServeHTTP(w, httptest.NewRequest(c.method, c.path, strings.NewReader(c.body)))
			if w.Code != c.want || !strings.Contains(w.Body.String(), c.says) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}
