package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// notified hears SIGINT and SIGTERM until the returned function is called.
func notified() (heard chan os.Signal, quit func()) {
	heard = make(chan os.Signal, 2)
	signal.Notify(heard, os.Interrupt, syscall.SIGTERM)
	return heard, func() { signal.Stop(heard) }
}

// interruptible is a context that ends with the first signal. The second one
// ends the program at once: whoever sends it does not want to wait.
func interruptible(w world) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	heard, quit := w.signals()
	finished, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-heard:
			cancel()
		case <-finished:
			return
		}
		select {
		case <-heard:
			os.Exit(failed)
		case <-finished:
		}
	}()
	return ctx, func() {
		quit()
		close(finished)
		<-ended
		cancel()
	}
}
