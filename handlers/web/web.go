// Package web is the HTTP door: health, readiness and metrics, and the place
// where other doors hang their webhooks. Paths of doors that are off are not
// registered, so they are unknown paths.
package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Route is a path that a door answers. Pattern is a ServeMux pattern with its
// method ("POST /telegram/webhook"); other methods get 405. The body that
// Handler reads is at most 1 MiB.
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

// farewell is how long requests in flight may take once the server stops.
const farewell = 3 * time.Second

// New makes a server that answers /healthz, /readyz and /metrics, and routes.
func New(checks []Check, metrics http.Handler, log *slog.Logger, routes ...Route) *Server {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", healthy)
	mux.Handle("GET /readyz", readiness(checks, log))
	mux.Handle("GET /metrics", metrics)
	for _, r := range routes {
		mux.Handle(r.Pattern, limited(r.Handler))
	}
	return &Server{log: log, http: &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       90 * time.Second,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}}
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
		s.log.Warn("http requests cut off", "err", stopErr)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serve http: %w", err)
}

func (s *Server) stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, farewell)
	defer cancel()
	if err := s.http.Shutdown(ctx); err != nil {
		return errors.Join(err, s.http.Close())
	}
	return nil
}
