package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"time"

	"waybill/tracking/sandbox"
)

type sandboxCommand struct {
	Addr  string  `help:"Address to listen on." default:"127.0.0.1:8090" placeholder:"HOST:PORT"`
	Speed float64 `help:"How many times faster than real ones emulated parcels move." default:"1"`
}

// Validate refuses a clock that stands still.
func (c sandboxCommand) Validate() error { return validSpeed(c.Speed) }

// Run serves the emulated APIs until a signal comes.
func (c sandboxCommand) Run(ctx context.Context, w world) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("open sandbox: %w", err)
	}
	if _, err := io.WriteString(w.out, "http://"+l.Addr().String()+"/\n\n"+sandbox.Guide()); err != nil {
		return err
	}
	return emulate(ctx, l, sandbox.New(sandbox.Options{Speed: c.Speed}))
}

// emulate serves h on l until ctx ends. Slow answers are cut off then: nobody
// depends on an emulation.
func emulate(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(l); ctx.Err() == nil {
		return fmt.Errorf("serve sandbox: %w", err)
	}
	return nil
}

func validSpeed(speed float64) error {
	if speed > 0 && !math.IsInf(speed, 0) {
		return nil
	}
	return errors.New("--speed: want a number above 0")
}
