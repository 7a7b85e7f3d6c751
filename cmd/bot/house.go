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

	"waybill/handlers"
	"waybill/handlers/web"
	"waybill/handlers/wecom"
	"waybill/locales"
	"waybill/models"
	"waybill/models/seal"
	"waybill/models/store"
	"waybill/scheduler"
	"waybill/scheduler/queue"
	"waybill/tracking"
	"waybill/tracking/recognise"
)

// house is all parts of the program, introduced to one another in the order in
// which a message meets them.
type house struct {
	settings Settings
	log      *slog.Logger
	owner    owner // this process among the replicas
	now      func() time.Time

	words        *locales.Bundle
	store        *store.Store
	queue        *queue.Queue
	metrics      *web.Metrics
	operators    *operators
	carriers     *recognise.Carriers
	tracker      *tracking.Tracker
	subscriber   *scheduler.Subscriber // nil: no provider offers subscriptions
	checker      *scheduler.Checker
	doors        []*opened
	wecom        *wecom.API // nil: no door needs it
	conversation *handlers.Conversation
	scheduler    *scheduler.Scheduler
	listener     net.Listener // nil: no HTTP
	server       *web.Server

	closers []func() error // in the order of opening
}

// build opens every part. The doors are opened, but nothing works before run.
// After an error everything is closed again.
func build(ctx context.Context, s Settings, log *slog.Logger, doors []door) (*house, error) {
	h := &house{settings: s, log: log, owner: newOwner(), now: time.Now}
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
	if err := h.store.Migrate(ctx); err != nil || !h.owner.sees() {
		return err
	}
	return h.store.BuryLeases(ctx, h.owner.room, h.owner.dead)
}

// openStore opens the database with the keys that belong to it.
func openStore(ctx context.Context, s Settings) (*store.Store, error) {
	keys := string(s.SecretKey)
	if path, file := sqlitePath(s.DB); file && keys == "" {
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
	carriers, err := recognise.LoadCarriers()
	if err != nil {
		return err
	}
	h.carriers = carriers
	apis, err := openProviders(s, parts{
		carriers: carriers, client: tracking.NewClient(callTimeout),
		failures: tracking.NewFailures(h.store, h.now), now: h.now,
	})
	if err != nil {
		return err
	}
	h.metrics = web.NewMetrics(built(), s.Prices, h.now)
	h.operators = newOperators(h)
	h.tracker = tracking.New(tracking.Settings{
		Providers: apis, Carriers: carriers, Ledger: h.store, Memory: h.store, Slots: h.store,
		Meter: watched{h.metrics, h.operators}, Log: h.log, Rates: s.Rates, Budgets: s.Budgets,
		Floor: floor(s), Speed: s.PollSpeed, Now: h.now,
	})
	h.closers = append(h.closers, h.tracker.Close)
	return nil
}

func (h *house) openChecker(context.Context) error {
	checking := scheduler.Checking{
		Tracker: h.tracker, Records: h.store, Ledger: h.store, Bell: h.queue, Cadence: h.cadence(),
		TailCarriers: tailCarriers(h.settings), Meter: h.metrics, Log: h.log, Now: h.now,
	}
	if h.subscriber != nil {
		checking.Pushes = h.subscriber
	}
	h.checker = scheduler.NewChecker(checking)
	return nil
}

// cadence says when parcels are due.
func (h *house) cadence() scheduler.Cadence {
	s := h.settings
	return scheduler.Cadence{Floor: s.MinInterval, Speed: scheduler.Speed(s.PollSpeed), Quiet: s.Quiet}
}

// floor is how long one provider is not asked about one waybill again.
func floor(s Settings) time.Duration { return scheduler.Speed(s.PollSpeed).Of(s.MinInterval) }

func tailCarriers(s Settings) []models.Carrier {
	var carriers []models.Carrier
	for _, code := range s.TailCarriers {
		carriers = append(carriers, models.Carrier(code))
	}
	return carriers
}

// openProviders makes the configured tracking APIs, in the order in which they
// are asked.
func openProviders(s Settings, of parts) ([]tracking.Provider, error) {
	var apis []tracking.Provider
	for _, p := range configuredProviders(s) {
		api, err := p.open(s, of)
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
			Timezone: h.settings.Zone, Judges: judges, Traits: h.traits(), Quiet: h.settings.Quiet.During,
			Operators: addresses(h.settings.AdminChats), Prices: h.settings.Prices, Budgets: h.settings.Budgets,
			Robots: robotNames(h.settings),
		},
	})
	h.operators.open()
	for _, d := range h.doors {
		d.inbox = handlers.NewInbox(handlers.InboxNeeds{
			Door: d.Door, Handler: d.handler(h.conversation), Box: h.store, Progress: d.progress(h.store), Lives: h.store,
			Words: h.words, Alerts: h.operators, Log: h.log, Owner: h.owner.name, Now: h.now, Grace: inboxGrace,
		})
	}
	return nil
}

func (h *house) openScheduler(context.Context) error {
	teller := handlers.NewTeller(handlers.TellerNeeds{
		Doors: h.byName(), Questions: h.store, Traits: h.traits(), Words: h.words, Alerts: h.operators,
		Timezone: h.settings.Zone, Log: h.log, Now: h.now,
	})
	names := make([]string, 0, len(h.doors))
	for _, d := range h.doors {
		names = append(names, d.Name())
	}
	h.scheduler = scheduler.New(scheduler.Settings{
		Store: h.store, Queue: h.queue, Checker: h.checker, Teller: teller, Quiet: h.settings.Quiet, Doors: names, Owner: h.owner.name,
		Jobs: slices.Concat(h.pushJobs(), h.listJobs(), h.budgetJobs()), Grace: schedulerGrace, Meter: h.metrics, Log: h.log, Now: h.now,
	})
	return nil
}

func (h *house) byName() map[string]handlers.Door {
	doors := map[string]handlers.Door{}
	for _, d := range h.doors {
		doors[d.Name()] = d.Door
	}
	return doors
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
