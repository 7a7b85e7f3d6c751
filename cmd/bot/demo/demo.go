// Package demo is the whole bot on one machine with nothing configured: the
// tracking APIs are emulated, and the chat is in the terminal. With WeCom the
// person at the terminal is a customer in WeChat, behind an emulated WeCom.
package demo

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"waybill/cmd/bot/config"
	"waybill/handlers"
	"waybill/internal/guard"
	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/sandbox"
)

// Options are what can be chosen.
type Options struct {
	Speed  float64       // how many times faster than real ones emulated parcels move
	Linger time.Duration // how long to stay after the end of the input
	HTTP   string        // the address that answers HTTP, "" for none
	WeCom  bool          // talk through an emulated WeCom
	Break  []string      // emulated APIs that fail
}

// Terminal is where the demo is shown.
type Terminal struct {
	In       *os.File
	Out, Err io.Writer
	Kind     string // $TERM
	NoColour bool
	Lang     string // the tag of the language of banner and bot, as Language gives it
}

// App is the assembled program.
type App struct {
	Run   func(context.Context) error // works until the context ends, and closes everything
	Close func() error                // closes everything in the place of Run
	Addr  net.Addr                    // where it answers HTTP, nil for nowhere
	Store Store
	Link  func(models.Followed) string // the address of a follow's page
}

// Build assembles the program with one door. It answers HTTP at l; where that is nil,
// where the settings say.
type Build func(ctx context.Context, s config.Settings, log *slog.Logger, d Door, l net.Listener) (App, error)

// Door is the door through which the demo talks to the program.
type Door struct {
	// Open makes the door. Nil: it is the one that the settings configure.
	Open func(arrivals handlers.ArrivalStore, wake func(), now func() time.Time) handlers.Door
	// Answered must hear when a message has all the replies that it gets for the
	// time being. It may hear of one twice.
	Answered func(arrivalID int64)
	// Callback must stand before what answers the platform's callbacks. Nil: nothing does.
	Callback func(http.Handler) http.Handler
}

// Run runs the demo until the input ends or ctx does.
func Run(ctx context.Context, o Options, t Terminal, vendors []tracking.Vendor, build Build) (err error) {
	folder, err := os.MkdirTemp("", "waybill-demo-")
	if err != nil {
		return fmt.Errorf("start demo: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	apis, err := startAPIs(ctx, o)
	if err != nil {
		return fmt.Errorf("start demo: %w", err)
	}
	if len(o.Break) > 0 {
		defer apis.report(t.Err)
	}
	defer apis.stop()
	chat, err := openChat(t)
	if err != nil {
		return fmt.Errorf("start demo: %w", err)
	}
	defer chat.restore()
	s, err := settings(o, folder, apis.url, t.Lang, vendors)
	if err != nil {
		return fmt.Errorf("start demo: %w", err)
	}
	l, err := listen(ctx, o.HTTP)
	if err != nil {
		return fmt.Errorf("start demo: %w", err)
	}
	if l != nil {
		s = withPages(s, l.Addr())
	}
	app, stop, err := assemble(ctx, o, s, chat, l, build)
	if err != nil {
		return fmt.Errorf("start demo: %w", err)
	}
	defer stop()
	if l != nil {
		shown, err := seed(ctx, app.Store, t.Lang, time.Now())
		if err != nil {
			return errors.Join(fmt.Errorf("start demo: %w", err), app.Close())
		}
		chat.note(served(s, app.Link(shown)))
	}
	return talk(ctx, leave, app, chat, o.Linger)
}

// listen takes the address that answers HTTP; nil for none.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	if addr == "" {
		return nil, nil
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("open http: %w", err)
	}
	return l, nil
}

// assemble builds the program with the door that the chat goes through. stop
// ends what is outside that door.
func assemble(ctx context.Context, o Options, s config.Settings, chat *chat, l net.Listener, build Build) (app App, stop func(), err error) {
	if !o.WeCom {
		app, err = build(ctx, s, chat.log, chat.door(), l)
		return app, func() {}, err
	}
	wecom, err := startWeCom(ctx, chat)
	if err != nil {
		return App{}, nil, err
	}
	if app, err = build(ctx, wecom.settings(s), chat.log, wecom.door(), l); err != nil {
		wecom.stop()
		return App{}, nil, err
	}
	wecom.callAt(app.Addr)
	return app, wecom.stop, nil
}

// talk runs the program until the chat is over.
func talk(ctx context.Context, leave func(), app App, chat *chat, linger time.Duration) error {
	var talking sync.WaitGroup
	var chatErr error
	talking.Go(func() {
		defer leave()
		defer guard.Recover("talk", &chatErr) // the terminal is put back by what comes after
		chatErr = chat.run(ctx, linger)
	})
	err := app.Run(ctx)
	leave()
	talking.Wait()
	return errors.Join(err, chatErr)
}

// served says where the demo answers HTTP, what there is, and how to get in.
func served(s config.Settings, page string) string {
	lines := s.PublicURL + "  /healthz /readyz /metrics\n" +
		s.PublicURL + "/admin  token " + string(s.AdminToken) + "\n"
	if page != "" {
		lines += page + "\n"
	}
	return lines
}

// withPages adds what pages and dashboard take: the demo's own address is its public
// one, so that links in replies work. Prices and budgets are examples. The token of a
// bot that does not exist lets the Mini App be tried.
func withPages(s config.Settings, addr net.Addr) config.Settings {
	token := make([]byte, 16)
	_, _ = rand.Read(token) // never fails; the program ends if the system has no randomness
	s.PublicURL, s.AdminToken = "http://"+reachable(addr), config.Secret(hex.EncodeToString(token))
	s.Telegram.Token = TelegramToken
	s.Budgets = map[string]int64{"muzhi": 1000, "kuaidi100": 500, "juhe": 500, "kuaibao": 300}
	s.Prices = map[string]float64{
		"muzhi.query": 0.0038, "muzhi.detect": 0.0038, "kuaidi100.query": 0.05, "juhe.query": 0.02, "kuaibao.query": 0.03,
	}
	return s
}

// TelegramToken is the token of a bot that does not exist: whoever signs a Mini App's
// initData with it is shown the parcels of DemoUser.
const TelegramToken = "100000000:demo-of-a-bot-that-does-not-exist-0"

// reachable is how this machine reaches a listener.
func reachable(addr net.Addr) string {
	host, port, _ := net.SplitHostPort(addr.String()) // a listener's address has both
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// settings are those of a bot that nobody has configured.
func settings(o Options, folder, apis, lang string, vendors []tracking.Vendor) (config.Settings, error) {
	s, err := config.Parse(sandbox.Settings(apis), vendors)
	s.DB, s.HTTPAddr, s.PollSpeed = "sqlite://"+filepath.Join(folder, "demo.db"), "", o.Speed
	s.Rates, s.Quiet, s.Locale = nil, models.Quiet{}, lang
	return s, err
}

// apis are the emulated tracking APIs, on a port of this machine.
type apis struct {
	url     string
	sandbox *sandbox.Sandbox
	stop    func()
}

func startAPIs(ctx context.Context, o Options) (*apis, error) {
	a := &apis{sandbox: sandbox.New(sandbox.Options{Speed: o.Speed})}
	for _, name := range o.Break {
		a.sandbox.Break(name, sandbox.Down)
	}
	var err error
	a.url, a.stop, err = start(ctx, a.sandbox)
	return a, err
}

// report says who was asked, because the chat does not show that another
// provider stood in.
func (a *apis) report(out io.Writer) {
	_, _ = fmt.Fprintln(out, "\nqueries 查询:") // there is nowhere else to write
	for _, name := range sandbox.Providers() {
		asked, billed := a.sandbox.Asked(name, "query", "")
		_, _ = fmt.Fprintf(out, "  %-9s %d asked, %d billed\n", name, asked, billed)
	}
}

// start serves an emulation on a port of this machine. It outlives ctx, so
// that what is in flight ends with an answer, and ends with stop.
func start(ctx context.Context, h http.Handler) (url string, stop func(), err error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("start emulation: %w", err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var serving sync.WaitGroup
	serving.Go(func() { _ = Serve(ctx, l, h) })
	return "http://" + l.Addr().String(), func() { cancel(); serving.Wait() }, nil
}

// Serve serves an emulation until ctx ends. Slow answers are cut off then:
// nobody depends on an emulation.
func Serve(ctx context.Context, l net.Listener, h http.Handler) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(l); ctx.Err() == nil {
		return fmt.Errorf("serve emulation: %w", err)
	}
	return nil
}
