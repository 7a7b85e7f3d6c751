package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"waybill/cmd/bot/config"
	"waybill/handlers"
	"waybill/handlers/delivery"
	"waybill/handlers/incidents"
	"waybill/handlers/label"
	"waybill/handlers/web"
	miniapp "waybill/handlers/web/app"
	"waybill/handlers/web/parcel"
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

// app is all parts of the program.
type app struct {
	settings config.Settings
	log      *slog.Logger
	process  processName // this process among the replicas
	now      func() time.Time

	pollCalls int // calls of polls that are under way together; 0: as many as the tracker makes

	words        *locales.Bundle
	keys         *seal.Keys // seal tails, sign links
	store        *store.Store
	queue        workQueue
	metrics      *web.Metrics
	operators    *handlers.Operators
	incidents    *incidents.Watcher
	carriers     *recognise.Carriers
	tracker      *tracking.Tracker
	subscriber   *scheduler.Subscriber // nil: no provider offers subscriptions
	rhythm       *scheduler.Rhythm     // nil at another speed than 1
	checker      *scheduler.Checker
	doors        []*openDoor
	senders      map[string]handlers.Door // of the doors, by name
	typed        miniapp.Inbox            // takes what people type in the Mini App; nil: there is none
	wecom        *wecom.API               // nil: no door needs it
	estimates    *handlers.Estimates
	links        *parcel.Links
	pictures     *pictures
	conversation *handlers.Conversation
	scheduler    *scheduler.Scheduler
	listener     net.Listener // nil: no HTTP
	server       *web.Server

	closers []func() error // in the order of opening
}

// How long a provider's call may take, and how long a part may finish what is in
// flight when the program stops. Doors stop first (three seconds for HTTP, at once
// otherwise), then deliveries and checks beside one another: less than ten
// seconds together.
const (
	callTimeout    = 15 * time.Second
	deliveryGrace  = 3 * time.Second
	schedulerGrace = 5 * time.Second
)

// build introduces the parts to one another, in the order in which a message
// meets them. Nothing works before run. After an error everything is closed
// again.
func build(ctx context.Context, s config.Settings, log *slog.Logger, doors []door) (*app, error) {
	a := newApp(s, log)
	if err := a.build(ctx, doors); err != nil {
		return nil, err
	}
	return a, nil
}

// build opens the parts; see the function.
func (a *app) build(ctx context.Context, doors []door) error {
	for _, step := range []func(context.Context) error{
		a.openStore,        // remembers: what comes in is stored before it is acknowledged
		a.openQueue,        // carries hints and wake-ups between replicas
		a.openTracking,     // finds out: numbers, carriers, the providers in turn
		a.openChecks,       // asks about one parcel and keeps what came of it, for people and for the scheduler
		a.openDoors(doors), // take updates in, and send
		a.openIncidents,    // watches all of them, and tells the operator of trouble
		a.openConversation, // understands and words
		a.openDeliveries,   // serve each chat in order: answers, then what is pending
		a.openScheduler,    // decides when parcels are checked
		a.openHTTP,         // webhooks, pushes, health, metrics
	} {
		if err := step(ctx); err != nil {
			return errors.Join(err, a.close())
		}
	}
	return nil
}

func newApp(s config.Settings, log *slog.Logger) *app {
	return &app{settings: s, log: log, process: newProcessName(), now: time.Now, senders: map[string]handlers.Door{}}
}

// openStore opens the database, and loads the words beside it: the one waits for the
// disk, the other computes.
func (a *app) openStore(ctx context.Context) error {
	var loading sync.WaitGroup
	var wordless error
	loading.Go(func() { a.words, wordless = locales.Load(a.settings.Locale) })
	err := a.openDatabase(ctx)
	loading.Wait()
	return errors.Join(wordless, err)
}

func (a *app) openDatabase(ctx context.Context) (err error) {
	if a.keys, a.store, err = openKept(ctx, a.settings, a.log); err != nil {
		return err
	}
	a.closers = append(a.closers, a.store.Close)
	return a.releaseStale(ctx)
}

// workQueue is the queue as the program's parts use it.
type workQueue interface {
	scheduler.Queue
	scheduler.Waker
	Listen(topic string) <-chan struct{}
	Ready() error
	Close() error
}

// openQueue opens the queue within the process, or the way to the cluster that all
// processes share.
func (a *app) openQueue(context.Context) error {
	if a.settings.NATSURL == "" {
		a.queue = queue.NewLocal()
		return nil
	}
	cluster, err := queue.OpenCluster(queue.Settings{URL: a.settings.NATSURL, Log: a.log})
	if err != nil {
		return err
	}
	a.queue = cluster
	a.closers = append(a.closers, cluster.Close)
	return nil
}

// openTracking opens the configured tracking APIs, in the order in which they
// are asked, and what counts their calls.
func (a *app) openTracking(context.Context) (err error) {
	s := a.settings
	a.metrics = web.NewMetrics(built(), s.Prices, a.now)
	a.operators = handlers.NewOperators(handlers.OperatorsSettings{
		Chats: addresses(s.AdminChats), Doors: a.senders, Outbox: a.store, Words: a.words, Log: a.log, Now: a.now,
	})
	if a.carriers, err = recognise.LoadCarriers(); err != nil {
		return err
	}
	parts := tracking.Parts{
		Carriers: a.carriers, Client: tracking.NewClient(callTimeout), PublicURL: s.PublicURL,
		FailureBilled: tracking.NewFailures(a.store, a.now).Billed, Now: a.now,
	}
	var providers []tracking.Provider
	for _, v := range s.Vendors {
		p, err := v.Open(parts)
		if err != nil {
			return err
		}
		providers = append(providers, p)
	}
	a.tracker = tracking.New(tracking.Settings{
		Providers: providers, Carriers: a.carriers, Ledger: a.store, Memory: a.store, Slots: a.store,
		Meter: a.metrics, Log: a.log, Rates: s.Rates, Budgets: s.Budgets,
		Floor: scheduler.Speed(s.PollSpeed).Of(s.MinInterval), Speed: s.PollSpeed, Owner: a.process.name, Gone: a.process.gone, Calls: a.pollCalls, Now: a.now,
	})
	a.closers = append(a.closers, a.tracker.Close)
	return nil
}

func (a *app) openChecks(context.Context) error {
	s := a.settings
	cadence := scheduler.Cadence{Floor: s.MinInterval, Speed: scheduler.Speed(s.PollSpeed), Quiet: s.Quiet}
	if len(a.tracker.Batches()) > 0 {
		a.subscriber = scheduler.NewSubscriber(scheduler.SubscriberSettings{
			Orders: a.tracker, Store: a.store, Cadence: cadence, Log: a.log, Now: a.now,
		})
	}
	if cadence.ByTheClock() {
		var err error
		if a.rhythm, err = scheduler.NewRhythm(); err != nil {
			return err
		}
	}
	a.checker = scheduler.NewChecker(scheduler.CheckerSettings{
		Tracker: a.tracker, Store: a.store, Waker: a.queue, Subscriber: a.subscriber, Cadence: cadence, Rhythm: a.rhythm,
		TailCarriers: tailCarriers(s), Gone: a.process.gone, Meter: a.metrics, Log: a.log, Now: a.now,
	})
	return nil
}

// openDoors opens every door. A door wakes its worker, which is there by the
// time anything comes in.
func (a *app) openDoors(doors []door) func(context.Context) error {
	return func(context.Context) error {
		for _, d := range doors {
			var o *openDoor
			o, err := d.open(a, func() { o.worker.Wake() })
			if err != nil {
				return fmt.Errorf("open %s: %w", d.name, err)
			}
			a.doors = append(a.doors, o)
			a.senders[o.Name()] = o.Door
		}
		return nil
	}
}

func (a *app) openConversation(context.Context) error {
	s := a.settings
	a.links = parcel.NewLinks(a.keys, s.PublicURL, a.now)
	admins, humans, traits := map[string]handlers.Admins{}, map[string]handlers.Humans{}, map[string]handlers.Traits{}
	for _, d := range a.doors {
		traits[d.Name()] = d.traits
		if d.admins != nil {
			admins[d.Name()] = d.admins
		}
		if d.humans != nil {
			humans[d.Name()] = d.humans
		}
	}
	a.estimates = handlers.NewEstimates(a.store, s.Zone, a.log, a.now)
	painter, err := newPictures(a.words, a.log)
	if err != nil {
		return err
	}
	a.pictures = painter
	a.conversation = handlers.New(handlers.Settings{
		Store: a.store, Detector: a.tracker, Carriers: a.carriers, Checker: a.checker, Estimator: a.estimates, Painter: a.pictures, Labels: label.New(handlers.HoldsNumber), Words: a.words, Log: a.log, Now: a.now,
		TailCarriers: tailCarriers(s), MaxParcels: s.MaxParcels, Timezone: s.Zone, Admins: admins, Traits: traits,
		Operators: addresses(s.AdminChats), Prices: s.Prices, Budgets: s.Budgets, Robots: robotNames(s),
		Humans: humans, ShopName: s.ShopName, Welcome: s.WeCom.KFWelcome, Links: a.links.Of,
	})
	return nil
}

func (a *app) openDeliveries(context.Context) error {
	for _, d := range a.doors {
		d.sender = scheduler.NewKeeper(a.store, a.process.name, a.log)
		d.worker = delivery.New(delivery.Settings{
			Door: d.Door, Handler: d.handler(a.conversation), Notifier: a.conversation, Store: a.store, Words: a.words,
			Quiet: a.settings.Quiet, Alerts: a.operators, Meter: a.metrics, Wakes: a.queue.Listen(scheduler.DeliverTopic),
			Owner: a.process.name, Log: a.log, Now: a.now, Grace: deliveryGrace, Holds: d.sender.Holds, Answered: d.answered,
		})
	}
	return nil
}

func (a *app) openScheduler(context.Context) error {
	a.scheduler = scheduler.New(scheduler.Settings{
		Store: a.store, Queue: a.queue, Checker: a.checker, Rhythm: a.rhythm, Owner: a.process.name,
		Jobs: a.jobs(), Keep: a.settings.Keep, Speed: scheduler.Speed(a.settings.PollSpeed), Grace: schedulerGrace, Meter: a.metrics, Log: a.log, Now: a.now,
	})
	return nil
}

// openHTTP takes the address, so that one that is taken shows at start, unless it was
// taken before.
func (a *app) openHTTP(ctx context.Context) (err error) {
	if a.listener == nil && a.settings.HTTPAddr == "" {
		return nil
	}
	if a.listener == nil {
		if a.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", a.settings.HTTPAddr); err != nil {
			return fmt.Errorf("open http: %w: WAYBILL_HTTP_ADDR must be a free address of this machine", err)
		}
	}
	a.closers = append(a.closers, func() error { return ignoreClosed(a.listener.Close()) })
	checks := []web.Check{
		{Name: "database", Ready: a.store.Examine},
		{Name: "queue", Ready: func(context.Context) error { return a.queue.Ready() }},
	}
	routes := a.pushRoutes()
	pages, err := a.pageRoutes()
	if err != nil {
		return fmt.Errorf("open pages: %w", err)
	}
	routes = append(routes, pages...)
	for _, d := range a.doors {
		routes = append(routes, d.routes...)
		if d.ready != nil {
			checks = append(checks, web.Check{Name: d.Name(), Ready: func(context.Context) error { return d.ready() }})
		}
	}
	a.server = web.New(checks, a.metrics.Handler(), a.log, routes...)
	return nil
}

// tailCarriers are those that want the last four digits of a phone.
func tailCarriers(s config.Settings) []models.Carrier {
	var carriers []models.Carrier
	for _, code := range s.TailCarriers {
		carriers = append(carriers, models.Carrier(code))
	}
	return carriers
}
