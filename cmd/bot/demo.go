package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"time"

	"waybill/cmd/bot/config"
	"waybill/cmd/bot/demo"
	"waybill/handlers/console"
	"waybill/tracking/sandbox"
)

type demoCommand struct {
	Speed  float64       `help:"How many times faster than real ones emulated parcels move." default:"600"`
	Linger time.Duration `help:"How long to stay after the end of the input, so that news can arrive." placeholder:"DURATION"`
	HTTP   string        `name:"http" help:"Also show the pages and the dashboard at this address, with an invented past; where, and with which token, is told on standard error." placeholder:"HOST:PORT"`
	WeCom  bool          `name:"wecom" help:"Talk to the bot as a WeChat customer through an emulated WeCom. What the two say to one another is told on standard error."`
	Break  []string      `help:"Emulated APIs that fail, so that others stand in: ${providers}. At the end it says who was asked." placeholder:"NAME"`
}

// Help is shown by bot demo --help.
func (demoCommand) Help() string {
	return "Type tracking numbers, or whatever you would write to a parcel bot, one message a line. " +
		"Nothing is configured, nothing leaves this machine, nothing stays behind. " +
		"On a terminal a paste is one message. exit, quit, q and 退出 leave, and so does Ctrl-D. " +
		"It speaks the language of LC_ALL, LC_MESSAGES or LANG: zh, zh-TW, else English; Chinese where none is named.\n\n" +
		"With --wecom you are a customer in WeChat, a menu's number presses it, and these lines happen at WeCom: " +
		":enter (you open the chat), :human (somebody takes the session over), :end (they end it), " +
		":later 49h (WeCom's clock goes on; the bot's stays)."
}

// Validate refuses a clock that stands still, and going back in time.
func (c demoCommand) Validate() error {
	if c.Linger < 0 {
		return errors.New("--linger: want a duration such as 30s")
	}
	if _, _, err := net.SplitHostPort(c.HTTP); c.HTTP != "" && err != nil {
		return errors.New("--http: want host:port such as 127.0.0.1:8080")
	}
	for _, name := range c.Break {
		if !slices.Contains(sandbox.Providers(), name) {
			return fmt.Errorf("--break: there is no %q; there are %s", name, strings.Join(sandbox.Providers(), ", "))
		}
	}
	return validSpeed(c.Speed)
}

// Run is the whole bot with a chat in the terminal. It ignores the settings; of
// the environment the language and what the terminal can do count.
func (c demoCommand) Run(ctx context.Context, p process) error {
	lang, err := demo.Language(p.environ)
	if err != nil {
		return err
	}
	t := demo.Terminal{In: p.in, Out: p.out, Err: p.err, Kind: p.environ["TERM"], NoColour: p.environ["NO_COLOR"] != "", Lang: lang}
	return demo.Run(ctx, demo.Options(c), t, vendors(), buildDemo)
}

// silentDoor is the door of chats that are invented. That of Telegram takes in what
// somebody types in the Mini App.
func silentDoor(name string) door {
	return door{name: name, open: func(a *app, wake func()) (*openDoor, error) {
		d := demo.NewSilent(name, a.store, wake, a.now)
		if name == "telegram" {
			a.typed = d
		}
		return &openDoor{Door: d}, nil
	}}
}

// buildDemo assembles the program with the demo's door, and where it answers HTTP
// with those of invented chats.
func buildDemo(ctx context.Context, s config.Settings, log *slog.Logger, d demo.Door, l net.Listener) (demo.App, error) {
	one := door{name: console.Name, open: func(a *app, wake func()) (*openDoor, error) {
		return &openDoor{Door: d.Open(a.store, wake, a.now)}, nil
	}}
	if d.Open == nil {
		one = configuredDoors(s)[0]
	}
	open := one.open
	one.open = func(a *app, wake func()) (*openDoor, error) {
		o, err := open(a, wake)
		if err != nil {
			return nil, err
		}
		o.answered = d.Answered
		for i := range o.routes {
			o.routes[i].Handler = d.Callback(o.routes[i].Handler)
		}
		return o, nil
	}
	redirect(log)
	doors := []door{one}
	if l != nil {
		doors = append(doors, silentDoor("telegram"), silentDoor("wecom_app"))
	}
	a := newApp(s, log)
	a.listener = l
	if err := a.build(ctx, doors); err != nil {
		return demo.App{}, err
	}
	running := demo.App{Run: a.run, Close: a.close, Store: a.store, Link: a.links.Of}
	if a.listener != nil {
		running.Addr = a.listener.Addr()
	}
	return running, nil
}
