package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"waybill/cmd/bot/config"
	"waybill/handlers"
	"waybill/handlers/delivery"
	"waybill/handlers/telegram"
	"waybill/handlers/web"
	"waybill/scheduler"
)

// door is one way in and out as the program knows it, and how it is opened.
type door struct {
	name string
	open func(h *house, wake func()) (*opened, error)
}

// opened is a door that stands open.
type opened struct {
	handlers.Door
	worker   *delivery.Worker
	run      func(context.Context) error             // takes messages in until its context ends; nil: they come by routes
	linked   func(context.Context) error             // the connection that the worker sends over, kept by whoever holds the door's lease; nil: none
	wrap     func(handlers.Handler) handlers.Handler // stands before the conversation; nil: nothing does
	ready    func() error                            // nil: always
	routes   []web.Route
	judge    handlers.Judge // nil: the platform does not tell who administers a group
	traits   handlers.Traits
	answered func(arrivalID int64) // see delivery.Settings
}

// doors is where the next door is registered.
func doors() []door {
	return append([]door{{name: "telegram", open: openTelegram}}, wecomDoors()...)
}

// handler is what the door's inbox calls.
func (o *opened) handler(h handlers.Handler) handlers.Handler {
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

// openDoors opens every door. A door wakes its worker, which is there by the
// time anything comes in.
func (h *house) openDoors(_ context.Context, doors []door) error {
	for _, d := range doors {
		var o *opened
		o, err := d.open(h, func() { o.worker.Wake() })
		if err != nil {
			return fmt.Errorf("open %s: %w", d.name, err)
		}
		h.doors = append(h.doors, o)
		h.senders[o.Name()] = o.Door
	}
	return nil
}

func openTelegram(h *house, wake func()) (*opened, error) {
	s := h.settings
	d, err := telegram.New(telegram.Settings{
		Token: string(s.Telegram.Token), APIURL: s.Telegram.APIURL,
		WebhookSecret: string(s.Telegram.WebhookSecret), PublicURL: s.PublicURL,
		Menus: telegramMenus(h), Slots: h.store, Log: h.log, Now: h.now,
	}, h.store, wake)
	if err != nil {
		return nil, err
	}
	o := &opened{Door: d, ready: d.Ready, judge: d, run: func(ctx context.Context) error { return runTelegram(ctx, h, d) }}
	if !d.Polls() {
		o.routes = []web.Route{{Pattern: "POST /telegram/webhook", Handler: d.Webhook()}}
	}
	return o, nil
}

// runTelegram sets the door up on every replica, and polls on the one that
// holds the lease: two pollers would throw each other out.
func runTelegram(ctx context.Context, h *house, d *telegram.Door) error {
	if err := d.Setup(ctx); err != nil || !d.Polls() {
		return nil //nolint:nilerr // setting up gives up only when it is told to stop
	}
	keeper := scheduler.NewKeeper(h.store, h.owner.name, h.log)
	keeper.Keep(ctx, "poll:telegram", func(held context.Context) {
		if err := d.Run(held); err != nil {
			h.log.Error("telegram polling ended", "error", err)
		}
	})
	return nil
}

// telegramMenus are the commands in every language: the operator's for
// everybody, the others for those whose Telegram speaks them.
func telegramMenus(h *house) []telegram.Menu {
	menus := handlers.Menu(h.words)
	all := []telegram.Menu{telegramMenu("", menus[h.words.For(h.settings.Locale).Tag()])}
	for _, tag := range h.words.Languages() {
		lang, _, _ := strings.Cut(tag, "-")
		if !slices.ContainsFunc(all, func(m telegram.Menu) bool { return m.Lang == lang }) {
			all = append(all, telegramMenu(lang, menus[tag]))
		}
	}
	return all
}

func telegramMenu(lang string, items []handlers.MenuItem) telegram.Menu {
	m := telegram.Menu{Lang: lang}
	for _, item := range items {
		c := telegram.Command{Name: item.Name, Text: item.Text}
		m.Private = append(m.Private, c)
		if item.Name != "tail" { // a group is no place for it (CONTRACT)
			m.Group = append(m.Group, c)
		}
	}
	return m
}
