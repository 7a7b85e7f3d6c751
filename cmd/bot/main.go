// Command bot is Waybill: it introduces the parts to one another, runs them and
// stops them. Nobody imports it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"waybill/cmd/bot/config"
	"waybill/cmd/bot/demo"
	"waybill/tracking"
	"waybill/tracking/juhe"
	"waybill/tracking/kuaibao"
	"waybill/tracking/kuaidi100"
	"waybill/tracking/muzhi"
	"waybill/tracking/sandbox"
)

// vendors are the tracking APIs, in the order in which they are asked unless
// WAYBILL_PROVIDERS says another.
func vendors() []tracking.Vendor {
	return []tracking.Vendor{
		muzhi.Vendor(),
		kuaidi100.Vendor(),
		juhe.Vendor(),
		kuaibao.Vendor(),
	}
}

// Exit codes of the contract.
const (
	done   = 0
	failed = 1
	wrong  = 2 // usage or settings
)

func main() {
	os.Exit(run(os.Args[1:], process{in: os.Stdin, out: os.Stdout, err: os.Stderr, environ: config.Environ()}))
}

// process is what a command reads and writes.
type process struct {
	in       *os.File
	out, err io.Writer
	environ  map[string]string
}

// fail writes for a person what is wrong. When that fails there is nowhere else to write.
func (p process) fail(format string, args ...any) {
	_, _ = fmt.Fprintf(p.err, "bot: "+format+"\n", args...)
}

// commands is the program's command line.
type commands struct {
	Demo      demoCommand      `cmd:"" help:"The whole bot in this terminal, with nothing configured and emulated tracking APIs."`
	Init      initCommand      `cmd:"" help:"Asks what the service needs, tries the answers and writes .env."`
	Serve     serveCommand     `cmd:"" help:"The service, configured by WAYBILL_… in the environment."`
	Sandbox   sandboxCommand   `cmd:"" help:"The emulated tracking APIs alone, for developing against."`
	Recognise recogniseCommand `cmd:"" help:"What the local rules read out of each text, one JSON object a line."`
	Import    importCommand    `cmd:"" help:"Follows what a file lists for a chat: .csv, .xlsx, .txt, or the JSON of /export."`
	Migrate   migrateCommand   `cmd:"" help:"Applies database migrations and exits; with --from also moves a SQLite database to MySQL."`
	Backup    backupCommand    `cmd:"" help:"Copies the SQLite database into a file, also while the bot serves."`
	NewKey    newKeyCommand    `cmd:"" name:"new-key" help:"Goes on without a key that is lost: what it sealed is given up."`
	Doctor    doctorCommand    `cmd:"" help:"Checks settings, database, APIs and doors, and says what to fix."`
	Version   versionCommand   `cmd:"" help:"Version, commit, Go version."`
}

// run does what args say and returns the exit code.
func run(args []string, p process) int {
	var c commands
	exit := -1 // set when the command line asked for no command, as --help does
	parser, err := kong.New(&c,
		kong.Name("bot"), kong.Description("Waybill follows parcels and tells chats what happens to them."),
		kong.Writers(p.out, p.err), kong.Exit(func(code int) { exit = code }),
		kong.Vars{"providers": strings.Join(sandbox.Providers(), ", ")},
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
	)
	if err != nil {
		return exitCode(p, fmt.Errorf("read command line: %w", err))
	}
	command, err := parser.Parse(separateTexts(args))
	if exit >= 0 {
		return exit
	}
	if err != nil {
		p.fail("%v\nbot --help tells what there is", err)
		return wrong
	}
	command.BindTo(untilSignal(demo.Restorer(p.in, p.out)), (*context.Context)(nil))
	return exitCode(p, command.Run(p))
}

// untilSignal is a context that ends with the first SIGINT or SIGTERM. The
// second one calls last and ends the program at once: whoever sends it does not
// want to wait. signal.NotifyContext would lose one that follows the first closely.
func untilSignal(last func()) context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() { // lives as long as the process
		<-signals
		cancel()
		<-signals
		last()
		os.Exit(failed)
	}()
	return ctx
}

// exitCode says why a command failed, once, and returns its exit code. A
// command that has said so itself returns errSaid.
func exitCode(p process, err error) int {
	var mistakes config.Mistakes
	var misused wrongUse
	switch {
	case err == nil:
		return done
	case errors.As(err, &mistakes):
		p.fail("%v", mistakes)
		return wrong
	case errors.As(err, &misused):
		p.fail("%v\nbot --help tells what there is", misused)
		return wrong
	case !errors.Is(err, errSaid):
		p.fail("%v", err)
	}
	return failed
}

var errSaid = errors.New("failed, and said why")
