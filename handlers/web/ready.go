package web

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// patience is how long one part may take to say that it is up.
const patience = 2 * time.Second

func healthy(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n"))
}

// missing is one line of the list of what is not up. The reason stays in the
// log: it may name hosts and accounts.
type missing struct {
	Part string `json:"part"`
	Up   bool   `json:"up"`
}

// readiness answers 200 when every check passes, else 503 with the list of
// parts that are not up.
func readiness(checks []Check, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		down := ask(r.Context(), checks, log)
		w.Header().Set("Content-Type", "application/json")
		if len(down) > 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(down)
	})
}

// ask asks all parts at once, so that one that hangs costs its own patience only.
func ask(ctx context.Context, checks []Check, log *slog.Logger) []missing {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	errs := make([]error, len(checks))
	var wg sync.WaitGroup
	for i, c := range checks {
		wg.Go(func() { errs[i] = c.Ready(ctx) })
	}
	wg.Wait()
	down := []missing{}
	for i, err := range errs {
		if err != nil {
			log.Warn("a part is not up", "part", checks[i].Name, "err", err)
			down = append(down, missing{Part: checks[i].Name})
		}
	}
	return down
}
