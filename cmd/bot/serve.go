package main

import (
	"context"
	"errors"
)

type serveCommand struct{}

// Help is shown by bot serve --help.
func (serveCommand) Help() string {
	return "Settings are read from the environment, each also from the file that NAME_FILE points at; see README.md. " +
		"SIGTERM stops within ten seconds and loses nothing; a second one stops at once."
}

// Run serves every configured door until a signal comes.
func (serveCommand) Run(ctx context.Context, w world) error {
	s, err := ReadSettings(w.lookup)
	if err != nil {
		return err
	}
	log := newLog(s, w.err)
	h, err := build(ctx, s, log, configuredDoors(s))
	if err != nil {
		log.Error("cannot start", "error", err)
		return errors.Join(errSaid, err)
	}
	log.Info("serving", "version", built().Version, "http", h.listener.Addr().String(), "doors", len(h.doors), "providers", len(configuredProviders(s)))
	if err := h.run(ctx); err != nil {
		log.Error("stopped", "error", err)
		return errors.Join(errSaid, err)
	}
	log.Info("stopped")
	return nil
}
