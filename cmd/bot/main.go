// Command bot is Waybill: it introduces the parts to one another, runs them and
// stops them. Nobody imports it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"
)

// Exit codes of the contract.
const (
	done   = 0
	failed = 1
	wrong  = 2 // usage or settings
)

func main() {
	os.Exit(run(os.Args[1:], world{
		in: os.Stdin, out: os.Stdout, err: os.Stderr, lookup: os.LookupEnv, environ: os.Environ, signals: notified,
	}))
}

// world is what a command touches of the machine around it.
type world struct {
	in       *os.File
	out, err io.Writer
	lookup   Lookup
	environ  func() []string
	signals  func() (heard chan os.Signal, quit func())
}

// complain says to a person what is wrong. Nobody is left to tell when that fails.
func (w world) complain(format string, args ...any) {
	_, _ = fmt.Fprintf(w.err, "bot: "+format+"\n", args...)
}

// commands is the program's command line.
type commands struct {
	Demo      demoCommand      `cmd:"" help:"The whole bot in this terminal, with nothing configured and emulated tracking APIs."`
	Serve     serveCommand     `cmd:"" help:"The service, configured by WAYBILL_… in the environment."`
	Sandbox   sandboxCommand   `cmd:"" help:"The emulated tracking APIs alone, for developing against."`
	Recognise recogniseCommand `cmd:"" help:"What the local rules read out of each text, one JSON object a line."`
	Migrate   migrateCommand   `cmd:"" help:"Applies database migrations and exits."`
	Doctor    doctorCommand    `cmd:"" help:"Checks settings, database, APIs and doors, and says what to fix."`
	Version   versionCommand   `cmd:"" help:"Version, commit, Go version."`
}

// run does what args say and returns the exit code.
func run(args []string, w world) int {
	var c commands
	left := -1 // set when the command line itself was the whole wish, as --help is
	parser, err := kong.New(&c,
		kong.Name("bot"), kong.Description("Waybill follows parcels and tells chats what happens to them."),
		kong.Writers(w.out, w.err), kong.Exit(func(code int) { left = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
	)
	if err != nil {
		return ended(w, fmt.Errorf("read command line: %w", err))
	}
	chosen, err := parser.Parse(textsApart(args))
	if left >= 0 {
		return left
	}
	if err != nil {
		w.complain("%v\nbot --help tells what there is", err)
		return wrong
	}
	ctx, stop := interruptible(w)
	defer stop()
	chosen.BindTo(ctx, (*context.Context)(nil))
	return ended(w, chosen.Run(w))
}

// ended says why a command failed, once, and returns its exit code. A command
// that has said so itself returns errSaid.
func ended(w world, err error) int {
	var mistakes Mistakes
	switch {
	case err == nil:
		return done
	case errors.As(err, &mistakes):
		w.complain("%v", mistakes)
		return wrong
	case !errors.Is(err, errSaid):
		w.complain("%v", err)
	}
	return failed
}

var errSaid = errors.New("failed, and said why")
