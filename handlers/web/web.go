// Package web is the HTTP server: health, readiness and metrics, the webhooks of
// the doors and the pushes of the providers. Paths of doors that are off are not
// registered, so they are unknown paths.
package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"time"

	"waybill/internal/httpbody"
)

// Route is a path that a door answers. Pattern is a ServeMux pattern with its
// method ("POST /telegram/webhook"); other methods get 405. A body of more than
// httpbody.Limit gets 413 before Handler sees it.
type Route struct {
	Pattern string
	Handler http.Handler
}

// Check is a part that must be up before the program is ready.
type Check struct {
	Name  string
	Ready func(ctx context.Context) error // nil when it is up
}

// Server answers HTTP.
type Server struct {
	http *http.Server
	log  *slog.Logger
}

const (
	stopping  = 3 * time.Second // how long requests in flight may take once the server stops
	readiness = 2 * time.Second // how long one part may take to say that it is up
)

// New makes a server that answers /healthz, /readyz and /metrics, and routes.
func New(checks []Check, metrics http.Handler, log *slog.Logger, routes ...Route) *Server {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", healthy)
	mux.Handle("GET /readyz", ready(checks, log))
	mux.Handle("GET /metrics", metrics)
	for _, r := range routes {
		mux.Handle(r.Pattern, limited(r.Handler))
	}
	return &Server{log: log, http: &http.Server{
		Handler:           unknown(mux),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       90 * time.Second,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}}
}

// unknown protects the answers that the multiplexer gives by itself, to unknown paths and
// wrong methods, as pages are.
func unknown(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern == "" {
			Protect(w.Header(), "")
		}
		mux.ServeHTTP(w, r)
	})
}

// Serve answers requests on l until ctx ends, then lets those in flight finish
// for three seconds. It closes l and returns nil after an ordered stop.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	stopped := make(chan error, 1)
	done := make(chan struct{})
	go func() {
		select {
		case <-ctx.Done():
		case <-done:
		}
		stopped <- s.stop(context.WithoutCancel(ctx))
	}()
	err := s.http.Serve(l)
	close(done)
	if stopErr := <-stopped; stopErr != nil {
		s.log.Warn("http requests cut off", "error", stopErr)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serve http: %w", err)
}

func (s *Server) stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, stopping)
	defer cancel()
	if err := s.http.Shutdown(ctx); err != nil {
		return errors.Join(err, s.http.Close())
	}
	return nil
}

// limited reads the body before h sees it, so that every route refuses a body
// that is too large in the same way, with or without a Content-Length.
func limited(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := httpbody.Read(w, r)
		if !ok {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		h.ServeHTTP(w, r)
	})
}

func healthy(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n"))
}

// part is a part and whether it is up. The reason is logged only: it may name
// hosts and accounts.
type part struct {
	Name string `json:"part"`
	Up   bool   `json:"up"`
}

// ready answers 200 with the list of all parts when every check passes, else 503
// with the list of those that are not up.
func ready(checks []Check, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		parts, status := examined(r.Context(), checks, log), http.StatusOK
		up := func(p part) bool { return p.Up }
		if down := slices.DeleteFunc(slices.Clone(parts), up); len(down) > 0 {
			parts, status = down, http.StatusServiceUnavailable
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(parts)
	})
}

// errSlow is why a part is not up that does not say so in time.
var errSlow = fmt.Errorf("it takes longer than %s to answer", readiness)

// examined asks all parts at once, so that one that hangs delays none of the
// others, and waits no longer than readiness for any.
func examined(ctx context.Context, checks []Check, log *slog.Logger) []part {
	ctx, cancel := context.WithTimeout(ctx, readiness)
	defer cancel()
	answers := make([]chan error, len(checks))
	for i, c := range checks {
		answers[i] = make(chan error, 1)
		go func() { answers[i] <- c.Ready(ctx) }()
	}
	parts := []part{}
	for i, c := range checks {
		err := errSlow
		select {
		case err = <-answers[i]:
		case <-ctx.Done():
			select { // it may have answered while another was waited for
			case err = <-answers[i]:
			default:
			}
		}
		if err != nil {
			log.Warn("a part is not up", "part", c.Name, "error", err)
		}
		parts = append(parts, part{Name: c.Name, Up: err == nil})
	}
	return parts
}

// Taken is what became of a push: the status to answer with and, with 200, the
// body that tells the provider that it need not send it again.
type Taken struct {
	Status int
	Reply  string
	Why    error // for the log, where the status is not 200; it names no token
}

// Push is the route of one provider's pushes, under /push/{provider}/{token}.
// take has stored everything once it says 200.
func Push(provider string, take func(r *http.Request, token string, body []byte) Taken, log *slog.Logger) Route {
	return Route{Pattern: "POST /push/" + provider + "/{token}", Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := httpbody.Read(w, r)
		if !ok {
			return
		}
		taken := take(r, r.PathValue("token"), body)
		if taken.Status != http.StatusOK {
			log.Warn("push not taken", "provider", provider, "status", taken.Status, "error", taken.Why)
			http.Error(w, http.StatusText(taken.Status), taken.Status)
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = io.WriteString(w, taken.Reply) // a provider that is gone by now sends it again
	})}
}
