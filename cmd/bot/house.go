package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"time"

	"waybill/cmd/bot/config"
	"waybill/handlers"
	"waybill/handlers/delivery"
	"waybill/handlers/web"
	"waybill/handlers/wecom"
	"waybill/locales"
	"waybill/models"
	"waybill/models/seal"
	"waybill/models/store"
	"waybill/scheduler"
	"waybill/scheduler/queue"
	"waybill/tracking"
)

// house is all parts of the program, introduced to one another in the order in
// which a message meets them.
type house struct {
	settings config.Settings
	log      *slog.Logger
	owner    owner // this process among the replicas
	now      func() time.Time

	words        *locales.Bundle
	store        *store.Store
	queue        *queue.Queue
	metrics      *web.Metrics
	operators    *handlers.Operators
	carriers     *tracking.Carriers
	tracker      *tracking.Tracker
	subscriber   *scheduler.Subscriber // nil: no provider offers subscriptions
	checker      *scheduler.Checker
	doors        []*opened
	senders      map[string]handlers.Door // of the doors, by name
	wecom        *wecom.API               // nil: no door needs it
	conversation *handlers.Conversation
	scheduler    *scheduler.Scheduler
	listener     net.Listener // nil: no HTTP
	server       *web.Server

	closers []func() error // in the order of opening
}

// build opens every part. The doors are opened, but nothing works before run.
// After an error everything is closed again.
func build(ctx context.Context, s config.Settings, log *slog.Logger, doors []door) (*house, error) {
	h := &house{settings: s, log: log, owner: newOwner(), now: time.Now, senders: map[string]handlers.Door{}}
	steps := []func(context.Context) error{
		h.openWords, h.openStore, h.openQueue, h.openTracker, h.openPushes, h.openChecker,
		func(ctx context.Context) error { return h.openDoors(ctx, doors) },
		h.openConversation, h.openScheduler, h.openWeb,
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, h.close())
		}
	}
	return h, nil
}

// close closes what was opened, the last first.
func (h *house) close() error {
	var errs []error
	for i := len(h.closers) - 1; i >= 0; i-- {
		errs = append(errs, h.closers[i]())
	}
	h.closers = nil
	return errors.Join(errs...)
}

func (h *house) openWords(context.Context) (err error) {
	h.words, err = locales.Load(h.settings.Locale)
	return err
}

func (h *house) openStore(ctx context.Context) (err error) {
	if h.store, err = openStore(ctx, h.settings); err != nil {
		return err
	}
	h.closers = append(h.closers, h.store.Close)
	if err := h.store.Migrate(ctx); err != nil {
		return err
	}
	return h.releaseStale(ctx)
}

// openStore opens the database with the keys that belong to it.
func openStore(ctx context.Context, s config.Settings) (*store.Store, error) {
	keys := string(s.SecretKey)
	if path, file := s.SQLitePath(); file && keys == "" {
		var err error
		if keys, err = seal.KeyFile(seal.FileName(path)); err != nil {
			return nil, err
		}
	}
	sealer, err := seal.New(keys)
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, s.DB, sealer)
}

func (h *house) openQueue(ctx context.Context) (err error) {
	if h.queue, err = queue.Open(ctx, queue.Settings{URL: h.settings.NATSURL, Log: h.log}); err != nil {
		return err
	}
	h.closers = append(h.closers, h.queue.Close)
	return nil
}

func (h *house) openTracker(context.Context) error {
	s := h.settings
	carriers, err := tracking.NewCarriers()
	if err != nil {
		return err
	}
	h.carriers = carriers
	apis, err := openProviders(s, tracking.Parts{
		Carriers: carriers, Client: tracking.NewClient(callTimeout), PublicURL: s.PublicURL,
		FailureBilled: tracking.NewStrikes(h.store, h.now).Strike, Now: h.now,
	})
	if err != nil {
		return err
	}
	h.metrics = web.NewMetrics(built(), s.Prices, h.now)
	h.operators = handlers.NewOperators(handlers.OperatorsSettings{
		Chats: addresses(s.AdminChats), Doors: h.senders, Outbox: h.store, Words: h.words, Log: h.log, Now: h.now,
	})
	h.tracker = tracking.New(tracking.Settings{
		Providers: apis, Carriers: carriers, Ledger: h.store, Memory: h.store, Slots: h.store,
		Meter: watched{h.metrics, h.operators}, Rates: s.Rates, Budgets: s.Budgets,
		Floor: floor(s), Speed: s.PollSpeed, Now: h.now,
	})
	return nil
}

func (h *house) openChecker(context.Context) error {
	h.checker = scheduler.NewChecker(scheduler.CheckerSettings{
		Tracker: h.tracker, Store: h.store, Waker: h.queue, Subscriber: h.subscriber, Cadence: h.cadence(),
		TailCarriers: tailCarriers(h.settings), Meter: h.metrics, Log: h.log, Now: h.now,
	})
	return nil
}

// cadence says when parcels are due.
func (h *house) cadence() scheduler.Cadence {
	s := h.settings
	return scheduler.Cadence{Floor: s.MinInterval, Speed: scheduler.Speed(s.PollSpeed), Quiet: s.Quiet}
}

// floor is how long one provider is not asked about one waybill again.
func floor(s config.Settings) time.Duration { return scheduler.Speed(s.PollSpeed).Of(s.MinInterval) }

func tailCarriers(s config.Settings) []models.Carrier {
	var carriers []models.Carrier
	for _, code := range s.TailCarriers {
		carriers = append(carriers, models.Carrier(code))
	}
	return carriers
}

// openProviders makes the configured tracking APIs, in the order in which they
// are asked.
func openProviders(s config.Settings, parts tracking.Parts) ([]tracking.Provider, error) {
	var apis []tracking.Provider
	for _, v := range s.Vendors {
		api, err := v.Open(parts)
		if err != nil {
			return nil, err
		}
		apis = append(apis, api)
	}
	return apis, nil
}

// callTimeout is how long a call to a tracking API may take.
const callTimeout = 15 * time.Second

func (h *house) openConversation(context.Context) error {
	judges := map[string]handlers.Judge{}
	for _, d := range h.doors {
		if d.judge != nil {
			judges[d.Name()] = d.judge
		}
	}
	h.conversation = handlers.New(handlers.Needs{
		Parcels: h.store, Follows: wishing{h.store, h}, Labels: h.store, Tails: h.store, Habits: h.store, Lives: h.store, Questions: h.store,
		Books: h.store, Pushes: h.store, Checker: h.checker, Detector: h.tracker, Carriers: h.carriers, Words: h.words, Now: h.now,
		Settings: handlers.Settings{
			TailCarriers: tailCarriers(h.settings), MaxParcels: h.settings.MaxParcels,
			Timezone: h.settings.Zone, Judges: judges, Traits: h.traits(),
			Operators: addresses(h.settings.AdminChats), Prices: h.settings.Prices, Budgets: h.settings.Budgets,
			Robots: robotNames(h.settings),
		},
	})
	for _, d := range h.doors {
		d.worker = delivery.New(delivery.Settings{
			Door: d.Door, Handler: d.handler(h.conversation), Notifier: h.conversation, Store: h.store, Words: h.words,
			Quiet: h.settings.Quiet, Alerts: h.operators, Meter: h.metrics, Wakes: h.queue.Listen(scheduler.DeliverTopic),
			Owner: h.owner.name, Log: h.log, Now: h.now, Grace: deliveryGrace, Answered: d.answered,
		})
	}
	return nil
}

func (h *house) openScheduler(context.Context) error {
	h.scheduler = scheduler.New(scheduler.Settings{
		Store: h.store, Queue: h.queue, Checker: h.checker, Owner: h.owner.name,
		Jobs: slices.Concat(h.pushJobs(), h.listJobs(), h.budgetJobs()), Grace: schedulerGrace, Meter: h.metrics, Log: h.log, Now: h.now,
	})
	return nil
}

// traits are what is particular about each door.
func (h *house) traits() map[string]handlers.Traits {
	traits := map[string]handlers.Traits{}
	for _, d := range h.doors {
		traits[d.Name()] = d.traits
	}
	return traits
}

// openWeb takes the HTTP address, so that one that is taken shows at start.
func (h *house) openWeb(ctx context.Context) error {
	if h.settings.HTTPAddr == "" {
		return nil
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", h.settings.HTTPAddr)
	if err != nil {
		return fmt.Errorf("open http: %w", err)
	}
	h.listener = listener
	h.closers = append(h.closers, func() error { return ignoreClosed(listener.Close()) })
	h.server = web.New(h.checks(), h.metrics.Handler(), h.log, h.routes()...)
	return nil
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) || errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// checks are the parts that must be up before the program is ready.
func (h *house) checks() []web.Check {
	checks := []web.Check{
		{Name: "database", Ready: h.store.Ping},
		{Name: "queue", Ready: func(context.Context) error { return h.queue.Ready() }},
	}
	for _, d := range h.doors {
		if d.ready != nil {
			checks = append(checks, web.Check{Name: d.Name(), Ready: func(context.Context) error { return d.ready() }})
		}
	}
	return checks
}

func (h *house) routes() []web.Route {
	routes := h.pushRoutes()
	for _, d := range h.doors {
		routes = append(routes, d.routes...)
	}
	return routes
}
