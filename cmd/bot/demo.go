package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"waybill/models"
	"waybill/tracking/sandbox"
)

type demoCommand struct {
	Speed  float64       `help:"How many times faster than real ones emulated parcels move." default:"600"`
	Linger time.Duration `help:"How long to stay after the end of the input, so that news can arrive." placeholder:"DURATION"`
	HTTP   string        `name:"http" help:"Also serve the web pages at this address." placeholder:"HOST:PORT"`
	WeCom  bool          `name:"wecom" help:"Talk to the bot as a WeChat customer through an emulated WeCom. What the two say to one another is told on standard error."`
	Break  []string      `help:"Emulated APIs that fail, so that others stand in: muzhi, kuaidi100, juhe, kuaibao. At the end it says who was asked." placeholder:"NAME"`
}

// Help is shown by bot demo --help.
func (demoCommand) Help() string {
	return "Type tracking numbers, or whatever you would write to a parcel bot, one message a line. " +
		"Nothing is configured, nothing leaves this machine, nothing stays behind.\n\n" +
		"With --wecom you are a customer in WeChat, a menu's number presses it, and these lines happen at WeCom: " +
		":enter (you open the chat), :human (somebody takes the session over), :end (they end it), " +
		":later 49h (WeCom's clock goes on; the bot's stays)."
}

// Validate refuses a clock that stands still, and going back in time.
func (c demoCommand) Validate() error {
	if c.Linger < 0 {
		return errors.New("--linger: want a duration such as 30s")
	}
	for _, name := range c.Break {
		if !knownProvider(name) {
			return fmt.Errorf("--break: there is no %q; there are %s", name, strings.Join(providerNames(), ", "))
		}
	}
	return validSpeed(c.Speed)
}

// Run is the whole bot with a chat in the terminal. It ignores the settings.
func (c demoCommand) Run(ctx context.Context, w world) (err error) {
	folder, err := os.MkdirTemp("", "waybill-demo-")
	if err != nil {
		return fmt.Errorf("start demo: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	apis, err := startAPIs(ctx, c.Speed)
	if err != nil {
		return fmt.Errorf("start demo: %w", err)
	}
	for _, name := range c.Break {
		apis.sandbox.Break(name, sandbox.Down)
	}
	if len(c.Break) > 0 {
		defer apis.tell(w.err)
	}
	defer apis.stop()
	chat, err := openChat(w)
	if err != nil {
		return fmt.Errorf("start demo: %w", err)
	}
	defer chat.restore()
	h, stop, err := c.build(ctx, c.settings(folder, apis.url), chat)
	if err != nil {
		return fmt.Errorf("start demo: %w", err)
	}
	defer stop()
	return c.talk(ctx, leave, h, chat)
}

// build builds the house with the door that the chat goes through, and what is
// outside that door. stop ends the latter.
func (c demoCommand) build(ctx context.Context, s Settings, chat *chat) (h *house, stop func(), err error) {
	if !c.WeCom {
		h, err = build(ctx, s, chat.log, []door{chat.door()})
		return h, func() {}, err
	}
	corp, err := startWeCom(ctx, chat)
	if err != nil {
		return nil, nil, err
	}
	if h, err = corp.build(ctx, s); err != nil {
		corp.stop()
		return nil, nil, err
	}
	return h, corp.stop, nil
}

// talk runs the house until the chat is over.
func (c demoCommand) talk(ctx context.Context, leave func(), h *house, chat *chat) error {
	var talking sync.WaitGroup
	var said error
	talking.Go(func() {
		defer leave()
		said = chat.run(ctx, c.Linger)
	})
	err := h.run(ctx)
	leave()
	talking.Wait()
	return errors.Join(err, said)
}

// settings are those of a bot that nobody has configured.
func (c demoCommand) settings(folder, apis string) Settings {
	return Settings{
		DB: "sqlite://" + filepath.Join(folder, "demo.db"), HTTPAddr: c.HTTP, Locale: "zh-CN", Zone: models.Shanghai,
		Providers: providerNames(),
		Muzhi: Muzhi{
			AppCode: "demo", URL: apis,
			QueryPath: sandbox.MuzhiQueryPath, DetectPath: sandbox.MuzhiDetectPath, ListPath: sandbox.MuzhiListPath,
		},
		Kuaidi100:    Kuaidi100{Customer: sandbox.SampleCustomer, Key: sandbox.SampleKey, URL: apis, AutonumberURL: apis},
		Juhe:         Juhe{Key: "demo", URL: apis, Format: "json"},
		Kuaibao:      Kuaibao{AppID: sandbox.SampleAppID, APIKey: sandbox.SampleAPIKey, URL: apis},
		TailCarriers: list(defaultTailCarriers), MinInterval: 30 * time.Minute, PollSpeed: c.Speed, MaxParcels: 50,
	}
}

// apis are the emulated tracking APIs, on a port of this machine.
type apis struct {
	url     string
	sandbox *sandbox.Sandbox
	stop    func()
}

func startAPIs(ctx context.Context, speed float64) (*apis, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	// They outlive the chat, so that checks in flight end with an answer.
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var serving sync.WaitGroup
	world := sandbox.New(sandbox.Options{Speed: speed})
	serving.Go(func() { _ = emulate(ctx, l, world) })
	return &apis{url: "http://" + l.Addr().String(), sandbox: world, stop: func() { cancel(); serving.Wait() }}, nil
}

// tell says who was asked, because a failover is not to be seen in the chat.
func (a *apis) tell(out io.Writer) {
	_, _ = fmt.Fprintln(out, "\nqueries 查询:") // nobody is left to tell when that fails
	for _, name := range providerNames() {
		asked, billed := a.sandbox.Asked(name, "query", "")
		_, _ = fmt.Fprintf(out, "  %-9s %d asked, %d billed\n", name, asked, billed)
	}
}
