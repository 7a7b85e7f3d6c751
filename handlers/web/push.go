package web

import (
	"io"
	"log/slog"
	"net/http"
)

// Taken is what became of a push: the status to answer with and, with 200, the
// body that tells the provider that it need not send it again.
type Taken struct {
	Status int
	Reply  string
	Why    error // for the log, where the status is not 200; it names no token
}

// Push is the route of one provider's pushes, under /push/{provider}/{token}.
// take has kept everything once it says 200.
func Push(provider string, take func(r *http.Request, token string, body []byte) Taken, log *slog.Logger) Route {
	return Route{Pattern: "POST /push/" + provider + "/{token}", Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, "body cut off", http.StatusBadRequest)
			return
		}
		taken := take(r, r.PathValue("token"), body)
		if taken.Status != http.StatusOK {
			log.Warn("push not taken", "provider", provider, "status", taken.Status, "why", taken.Why)
			http.Error(w, http.StatusText(taken.Status), taken.Status)
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = io.WriteString(w, taken.Reply) // a vendor who has left sends it again
	})}
}
