package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"waybill/cmd/bot/config"
	"waybill/cmd/bot/demo"
	"waybill/cmd/bot/doctor"
	"waybill/cmd/bot/setup"
)

type initCommand struct {
	Dir     string `help:"The folder of the file; this one unless another is given." default:"." placeholder:"FOLDER"`
	File    string `help:"The file that is written (${default})." default:".env" placeholder:"FILE"`
	Offline bool   `help:"Ask nobody whether the answers work."`
}

// Help is shown by bot init --help.
func (initCommand) Help() string {
	return "Asks for the language, the doors, the tracking APIs, the public address, the dashboard and the database, and tries each answer where that is free. " +
		"Enter takes what stands in brackets; a file that is there gives the defaults and is changed after a yes only. " +
		"Answers may also come by a pipe, one a line; what cannot be tried is then kept. " +
		"Ctrl-C, Ctrl-D and the end of the input write nothing and exit with 1. " +
		"It speaks the language of LC_ALL, LC_MESSAGES or LANG, as bot demo does. " +
		"Addresses of platforms and APIs (WAYBILL_…_URL) that the environment holds are the ones that are tried."
}

// Run asks, and writes the settings file.
func (c initCommand) Run(ctx context.Context, p process) error {
	lang, err := demo.Language(p.environ)
	if err != nil {
		return err
	}
	path := c.File
	if !filepath.IsAbs(path) {
		path = filepath.Join(c.Dir, path)
	}
	screen := p.screen()
	err = setup.Run(ctx, setup.Options{
		Path: path, Offline: c.Offline, Program: called(os.Args[0]), Environ: p.environ, Vendors: vendors,
		Doctor: func(s config.Settings) *doctor.Doctor { return doctor.New(s, nil, lookIntoStore, explained, askPaid) },
	}, setup.Terminal{In: p.in, Out: p.out, Columns: screen.Columns, Colours: screen.Colours, Lang: lang})
	if errors.Is(err, setup.ErrNotWritten) {
		return errors.Join(errSaid, err)
	}
	return err
}

// called is how somebody calls this program, for what to type next.
func called(arg0 string) string {
	switch {
	case strings.Contains(arg0, "/go-build"): // go run
		return "go run ./cmd/bot"
	case strings.ContainsAny(arg0, " '\""), arg0 == "":
		return "bot"
	}
	return arg0
}
