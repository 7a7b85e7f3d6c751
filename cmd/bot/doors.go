package main

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"sync"

	"waybill/cmd/bot/config"
	"waybill/handlers"
	"waybill/handlers/delivery"
	"waybill/handlers/telegram"
	"waybill/handlers/web"
	"waybill/handlers/wecom"
	"waybill/locales"
	"waybill/models"
	"waybill/scheduler"
)

// door is one way in and out as the program knows it, and how it is opened.
type door struct {
	name string
	open func(a *app, wake func()) (*openDoor, error)
}

// openDoor is a door that stands open.
type openDoor struct {
	handlers.Door
	worker     *delivery.Worker
	sending    sending                                 // when this process has sent for it
	sender     *scheduler.Keeper                       // of the lease under which the worker runs
	run        func(context.Context) error             // takes messages in until its context ends; nil: they come by routes
	connection func(context.Context) error             // the connection that the worker sends over, kept by whoever holds the door's lease; nil: none
	wrap       func(handlers.Handler) handlers.Handler // stands before the conversation; nil: nothing does
	ready      func() error                            // nil: always
	routes     []web.Route
	admins     handlers.Admins       // nil: the platform does not tell who administers a group
	humans     handlers.Humans       // nil: the platform does not tell whether somebody serves customers
	traits     handlers.Traits       // what the door says is particular about it
	answered   func(arrivalID int64) // see delivery.Settings
}

// doors is where the next door is registered.
func doors() []door {
	return append([]door{{name: "telegram", open: openTelegram}}, wecomDoors()...)
}

// handler is what the delivery worker calls with each message of this door.
func (o *openDoor) handler(h handlers.Handler) handlers.Handler {
	if o.wrap == nil {
		return h
	}
	return o.wrap(h)
}

// configuredDoors are those whose settings are there.
func configuredDoors(s config.Settings) []door {
	on := s.Doors()
	return slices.DeleteFunc(doors(), func(d door) bool {
		return !slices.ContainsFunc(on, func(c config.Door) bool { return c.Name == d.name })
	})
}

// deliver runs the worker of a door in the one process that holds its lease: the
// sender of each account exists once. A connection that it sends over ends after it.
func (a *app) deliver(ctx context.Context, d *openDoor) error {
	work := d.worker.Run
	if d.connection != nil {
		work = func(held context.Context) error { return runWithConnection(held, d.connection, d.worker.Run) }
	}
	return a.keep(ctx, d.sender, "sender:"+d.Name(), func(held context.Context) error {
		d.sending.set(true)
		defer d.sending.set(false)
		return work(held)
	})
}

// underLease runs a part in the one process that holds the lease.
func (a *app) underLease(ctx context.Context, lease string, part func(context.Context) error) error {
	return a.keep(ctx, scheduler.NewKeeper(a.store, a.process.name, a.log), lease, part)
}

// keep runs a part while a lease is held. That it fails does not stop the program.
func (a *app) keep(ctx context.Context, k *scheduler.Keeper, lease string, part func(context.Context) error) error {
	k.Keep(ctx, lease, func(held context.Context) {
		if err := part(held); err != nil {
			a.log.Error("a part ended", "lease", lease, "error", err)
		}
	})
	return nil
}

// runWithConnection runs work, and under it the connection that it needs, which
// is told to end after work has ended, and is waited for. Without the connection
// work ends, too.
func runWithConnection(ctx context.Context, connection, work func(context.Context) error) (err error) {
	connected, disconnect := context.WithCancel(context.WithoutCancel(ctx))
	working, stop := context.WithCancel(ctx)
	var connections sync.WaitGroup
	var broken error
	connections.Go(func() {
		defer stop()
		broken = connection(connected)
	})
	defer func() {
		disconnect()
		connections.Wait()
		err = errors.Join(err, broken)
	}()
	return work(working)
}

func openTelegram(a *app, wake func()) (*openDoor, error) {
	s := a.settings
	d, err := telegram.New(telegram.Settings{
		Token: string(s.Telegram.Token), APIURL: s.Telegram.APIURL,
		WebhookSecret: string(s.Telegram.WebhookSecret), PublicURL: s.PublicURL,
		Profiles: telegramProfiles(a), Phrases: telegramPhrases(a), Slots: a.store, Log: a.log, Now: a.now,
		Search: func(ctx context.Context, s handlers.Search) (handlers.Found, error) {
			return a.conversation.Search(ctx, s)
		},
	}, a.intake(), wake)
	if err != nil {
		return nil, err
	}
	a.typed = d
	o := &openDoor{Door: d, ready: d.Ready, traits: d.Traits(), admins: d, run: func(ctx context.Context) error { return runTelegram(ctx, a, d) }}
	if !d.Polls() {
		o.routes = []web.Route{{Pattern: "POST /telegram/webhook", Handler: d.Webhook()}}
	}
	return o, nil
}

// runTelegram sets the door up on every replica, and polls on the one that
// holds the lease: two pollers would throw each other out. What people only see of
// the bot is seen to beside it, and so are their searches.
func runTelegram(ctx context.Context, a *app, d *telegram.Door) error {
	if err := d.Setup(ctx); err != nil {
		return nil // setting up gives up only when it is told to stop
	}
	var beside sync.WaitGroup
	defer beside.Wait()
	beside.Go(func() { d.ShowProfile(ctx) })
	beside.Go(func() { d.AnswerQueries(ctx) })
	if !d.Polls() {
		return nil
	}
	return a.underLease(ctx, "poll:telegram", d.Run)
}

// telegramProfiles are the commands and descriptions in every language: the
// operator's first, for everybody, then the others for those whose Telegram
// speaks them.
func telegramProfiles(a *app) []telegram.Profile {
	menus := handlers.Menu(a.words)
	own := a.words.For(a.settings.Locale).Tag()
	all := []telegram.Profile{telegramProfile(a.words.For(own), menus[own])}
	for _, tag := range a.words.Languages() {
		if tag != own {
			all = append(all, telegramProfile(a.words.For(tag), menus[tag]))
		}
	}
	return all
}

func telegramProfile(words *locales.Localizer, items []handlers.MenuItem) telegram.Profile {
	p := telegram.Profile{Lang: words.Tag(), Description: words.Say("profile.long"), Short: words.Say("profile.short"), App: words.Say("profile.app")}
	for _, item := range items {
		c := telegram.Command{Name: item.Name, Text: item.Text}
		p.Private = append(p.Private, c)
		if item.Name != "tail" { // a group is no place for it (CONTRACT)
			p.Group = append(p.Group, c)
		}
	}
	return p
}

// telegramPhrases are the words that the door adds by itself.
func telegramPhrases(a *app) func(lang string) telegram.Phrases {
	return func(lang string) telegram.Phrases {
		return telegram.Phrases{ReplyHere: a.words.For(lang).Say("reply_here")}
	}
}

// wecomDoors are the three doors to WeCom, and the group robots, which are a
// way out only.
func wecomDoors() []door {
	return []door{
		{name: "wecom_kf", open: openKF},
		{name: "wecom_app", open: openApp},
		{name: wecom.AIBotName, open: openAIBot},
		{name: models.RobotDoor, open: openRobots},
	}
}

// wecomAPI is the one way to WeCom's API that all doors of a process share.
func (a *app) wecomAPI() (*wecom.API, error) {
	if a.wecom != nil {
		return a.wecom, nil
	}
	api, err := wecom.Open(wecom.Settings{
		CorpID: a.settings.WeCom.CorpID, APIURL: a.settings.WeCom.APIURL, Memory: a.store, Leases: a.store,
		Owner: a.process.name, Phrases: a.wecomPhrases(), Alerts: a.operators, Log: a.log, Now: a.now,
	})
	if err != nil {
		return nil, err
	}
	a.wecom = api
	a.closers = append(a.closers, func() error { api.Close(); return nil })
	return api, nil
}

func openKF(a *app, wake func()) (*openDoor, error) {
	api, err := a.wecomAPI()
	if err != nil {
		return nil, err
	}
	s := a.settings.WeCom.KF
	d, err := wecom.NewKF(api, wecom.KFSettings{
		AgentID: s.AgentID, Secret: string(s.Secret), Token: string(s.Token), AESKey: string(s.AESKey),
		SyncStore: a.intake(), Credits: a.store, Sealer: a.keys,
	}, wake)
	if err != nil {
		return nil, err
	}
	return &openDoor{
		Door: d, ready: d.Ready, routes: callbackRoutes("/wecom/kf", d.Callback()), wrap: d.Handler,
		traits: d.Traits(), humans: d,
		run: func(ctx context.Context) error { return a.underLease(ctx, "sync:wecom_kf", d.Run) },
	}, nil
}

func openApp(a *app, wake func()) (*openDoor, error) {
	api, err := a.wecomAPI()
	if err != nil {
		return nil, err
	}
	s := a.settings.WeCom.App
	d, err := wecom.NewApp(api, wecom.AppSettings{
		AgentID: s.AgentID, Secret: string(s.Secret), Token: string(s.Token), AESKey: string(s.AESKey), Arrivals: a.intake(),
	}, wake)
	if err != nil {
		return nil, err
	}
	if kf := a.settings.WeCom.KF; kf.AgentID == s.AgentID {
		a.log.Warn("both WeCom doors name one app, which can have one callback URL only", "agent", s.AgentID)
	}
	return &openDoor{
		Door: d, ready: d.Ready, routes: callbackRoutes("/wecom/app", d.Callback()), wrap: d.Handler, traits: d.Traits(),
	}, nil
}

// callbackRoutes are the check of a callback's URL, and its deliveries.
func callbackRoutes(path string, callback http.Handler) []web.Route {
	return []web.Route{{Pattern: "GET " + path, Handler: callback}, {Pattern: "POST " + path, Handler: callback}}
}

func openAIBot(a *app, wake func()) (*openDoor, error) {
	s := a.settings.WeCom
	d, err := wecom.NewAIBot(wecom.AIBotSettings{
		ID: s.AibotID, Secret: string(s.AibotSecret), URL: s.AibotURL, Memory: a.store, Phrases: a.wecomPhrases(),
		Log: a.log, Now: a.now,
	}, a.intake(), wake)
	if err != nil {
		return nil, err
	}
	return &openDoor{Door: d, ready: d.Ready, connection: d.Run, traits: d.Traits()}, nil
}

func openRobots(a *app, _ func()) (*openDoor, error) {
	api, err := a.wecomAPI()
	if err != nil {
		return nil, err
	}
	d, err := wecom.NewWebhooks(api, a.settings.WeCom.Robots())
	if err != nil {
		return nil, err
	}
	return &openDoor{Door: d}, nil
}

// robotNames are the group robots that news can be sent to, in order.
func robotNames(s config.Settings) []string { return slices.Sorted(maps.Keys(s.WeCom.Robots())) }

// wecomPhrases are the words that the WeCom doors add by themselves.
func (a *app) wecomPhrases() func(lang string) wecom.Phrases {
	said := map[string]wecom.Phrases{}
	for _, tag := range a.words.Languages() {
		renderer := a.words.For(tag)
		said[tag] = wecom.Phrases{
			Continue: renderer.Say("wecom.continue"), Choose: renderer.Say("wecom.choose"),
			Human: renderer.Say("wecom.human"), NoHuman: renderer.Say("wecom.no_human"),
			Number: renderer.Say("wecom.number"), MentionNumber: renderer.Say("wecom.mention_number"), FileCut: renderer.Say("wecom.file_cut"),
		}
	}
	return func(lang string) wecom.Phrases { return said[a.words.For(lang).Tag()] }
}
