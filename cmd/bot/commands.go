package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	stdlog "log"
	"log/slog"
	"math"
	"net"
	"runtime/debug"

	"waybill/cmd/bot/config"
	"waybill/cmd/bot/demo"
	"waybill/cmd/bot/doctor"
	"waybill/handlers/web"
	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/sandbox"
)

// settingsFile is the option of the commands that read the settings.
type settingsFile struct {
	EnvFile string `name:"env-file" help:"A file of settings, as bot init writes it. What the environment says goes before it." placeholder:"FILE" type:"path"`
}

// environ is the environment with the file's settings in it.
func (f settingsFile) environ(p process) (map[string]string, error) {
	return config.WithFile(p.environ, f.EnvFile)
}

// settings reads as much of them as a command needs (config.Read…).
func (f settingsFile) settings(p process, read func(map[string]string, []tracking.Vendor) (config.Settings, error)) (config.Settings, error) {
	environ, err := f.environ(p)
	if err != nil {
		return config.Settings{}, err
	}
	return read(environ, vendors())
}

type serveCommand struct{ settingsFile }

// Help is shown by bot serve --help.
func (serveCommand) Help() string {
	return "Settings are read from the environment and from --env-file, each also from the file that NAME_FILE points at; see docs/settings.md. " +
		"bot init asks for them and writes .env. " +
		"SIGTERM stops within ten seconds and loses nothing; a second one stops at once."
}

// Run serves every configured door until a signal comes.
func (c serveCommand) Run(ctx context.Context, p process) error {
	s, err := c.settings(p, config.Read)
	if err != nil {
		return err
	}
	log := config.NewLog(s, p.err)
	redirect(log)
	a, err := build(ctx, s, log, configuredDoors(s))
	var mistakes config.Mistakes
	if errors.As(err, &mistakes) {
		return mistakes
	}
	if err != nil {
		log.Error("cannot start", "error", err)
		return errors.Join(errSaid, err)
	}
	log.Info("serving", "version", built().Version, "http", a.listener.Addr().String(), "doors", len(a.doors), "providers", len(s.Vendors))
	if err := a.run(ctx); err != nil {
		log.Error("stopped", "error", err)
		return errors.Join(errSaid, err)
	}
	log.Info("stopped")
	return nil
}

// redirect sends what libraries write by package log to our log: net/http says
// there what a server sends without being asked.
func redirect(to *slog.Logger) {
	stdlog.SetFlags(0)
	stdlog.SetOutput(slog.NewLogLogger(to.Handler(), slog.LevelWarn).Writer())
}

type sandboxCommand struct {
	Addr  string  `help:"Address to listen on (${default})." default:"127.0.0.1:8090" placeholder:"HOST:PORT"`
	Speed float64 `help:"How many times faster than real ones emulated parcels move." default:"1"`
}

// Validate refuses an address without a port, and a clock that stands still.
func (c sandboxCommand) Validate() error {
	if _, _, err := net.SplitHostPort(c.Addr); err != nil {
		return errors.New("--addr: want host:port such as 127.0.0.1:8090")
	}
	return validSpeed(c.Speed)
}

func validSpeed(speed float64) error {
	if speed > 0 && !math.IsInf(speed, 0) {
		return nil
	}
	return errors.New("--speed: want a number above 0")
}

// Run serves the emulated APIs until a signal comes.
func (c sandboxCommand) Run(ctx context.Context, p process) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("open sandbox: %w", err)
	}
	if _, err := io.WriteString(p.out, "http://"+l.Addr().String()+"/\n\n"+sandbox.Guide()); err != nil {
		return err
	}
	return demo.Serve(ctx, l, sandbox.New(sandbox.Options{Speed: c.Speed}))
}

type doctorCommand struct {
	settingsFile

	Paid  bool `help:"Also make one call to each tracking API that is paid for."`
	Ready bool `help:"Only ask the bot that runs with these settings whether it is ready, as health checks do."`
}

// Help is shown by bot doctor --help.
func (doctorCommand) Help() string {
	return "A row for each thing: ok and what works, or FIX and what to do. In a pipe a row is one line. Exit code 1 when something is to be fixed."
}

// Run checks everything that the settings name. It fails when something is to
// be fixed.
func (c doctorCommand) Run(ctx context.Context, p process) error {
	environ, err := c.environ(p)
	if err != nil {
		return err
	}
	s, mistakes := config.Read(environ, vendors())
	d := doctor.New(s, mistakes, lookIntoStore, explained, askPaid)
	check := func() (bool, error) { return d.Check(ctx, p.screen(), c.Paid) }
	if c.Ready {
		check = func() (bool, error) { return d.Ready(ctx, p.screen()) }
	}
	ok, err := check()
	if err == nil && !ok {
		return errSaid
	}
	return err
}

// askPaid asks the only provider of the settings about a waybill, through
// ledger, budget and rate as every other call.
func askPaid(ctx context.Context, s config.Settings, number string) (doctor.Paid, error) {
	a := newApp(s, slog.New(slog.DiscardHandler))
	defer func() { _ = a.close() }() // the ledger is written by then
	for _, step := range []func(context.Context) error{a.openStore, a.openTracking} {
		if err := step(ctx); err != nil {
			return doctor.Paid{}, err
		}
	}
	var paid doctor.Paid
	answer := a.tracker.Ask(ctx, tracking.Ask{Parcel: models.Parcel{Number: number, Carrier: "yto"}, Purpose: models.Person})
	for _, c := range answer.Closings {
		paid.Calls++
		if c.Billed {
			paid.Billed++
		}
	}
	if err := a.store.Settle(context.WithoutCancel(ctx), answer.Closings); err != nil {
		return paid, err
	}
	return paid, answer.Err
}

// release and commit are set by the linker (make build, the Dockerfile). Where the
// Go tool sees the repository, it writes the commit by itself.
var (
	release string
	commit  string
)

type versionCommand struct{}

// Run prints version, commit and Go version.
func (versionCommand) Run(p process) error {
	b := built()
	_, err := fmt.Fprintf(p.out, "waybill %s, commit %s, %s\n", b.Version, b.Commit, b.Go)
	return err
}

// built is what the Go tool wrote into this program.
func built() web.Build {
	b := web.Build{Version: release, Commit: cmp.Or(commit, "unknown")}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.Go = info.GoVersion
	if b.Version == "" {
		b.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			b.Commit = s.Value
		}
	}
	return b
}
