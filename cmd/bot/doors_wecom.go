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
	"waybill/handlers/web"
	"waybill/handlers/wecom"
	"waybill/models"
	"waybill/scheduler"
)

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
func (h *house) wecomAPI() (*wecom.API, error) {
	if h.wecom != nil {
		return h.wecom, nil
	}
	api, err := wecom.Open(wecom.Settings{
		CorpID: h.settings.WeCom.CorpID, APIURL: h.settings.WeCom.APIURL, Memory: h.store, Leases: h.store,
		Owner: h.owner.name, Alerts: h.operators, Log: h.log, Now: h.now,
	})
	if err != nil {
		return nil, err
	}
	h.wecom = api
	h.closers = append(h.closers, func() error { api.Close(); return nil })
	return api, nil
}

func openKF(h *house, wake func()) (*opened, error) {
	api, err := h.wecomAPI()
	if err != nil {
		return nil, err
	}
	s := h.settings.WeCom.KF
	d, err := wecom.NewKF(api, wecom.KFSettings{
		AgentID: s.AgentID, Secret: string(s.Secret), Token: string(s.Token), AESKey: string(s.AESKey),
		Mailbox: h.store, Credits: h.store, Phrases: h.wecomPhrases(),
	}, wake)
	if err != nil {
		return nil, err
	}
	return &opened{
		Door: d, ready: d.Ready, routes: callbackRoutes("/wecom/kf", d.Callback()), wrap: d.Handler,
		traits: handlers.Traits{Metered: true, Humans: true},
		run:    func(ctx context.Context) error { return h.keep(ctx, "sync:wecom_kf", d.Run) },
	}, nil
}

func openApp(h *house, wake func()) (*opened, error) {
	api, err := h.wecomAPI()
	if err != nil {
		return nil, err
	}
	s := h.settings.WeCom.App
	d, err := wecom.NewApp(api, wecom.AppSettings{
		AgentID: s.AgentID, Secret: string(s.Secret), Token: string(s.Token), AESKey: string(s.AESKey), Inbox: h.store,
	}, wake)
	if err != nil {
		return nil, err
	}
	if kf := h.settings.WeCom.KF; kf.AgentID == s.AgentID {
		h.log.Warn("both WeCom doors name one app, which can have one callback URL only", "agent", s.AgentID)
	}
	return &opened{
		Door: d, ready: d.Ready, routes: callbackRoutes("/wecom/app", d.Callback()), wrap: d.Handler, traits: handlers.Traits{Staff: true},
	}, nil
}

// callbackRoutes are the check of a callback's URL, and its deliveries.
func callbackRoutes(path string, callback http.Handler) []web.Route {
	return []web.Route{{Pattern: "GET " + path, Handler: callback}, {Pattern: "POST " + path, Handler: callback}}
}

func openAIBot(h *house, wake func()) (*opened, error) {
	s := h.settings.WeCom
	d, err := wecom.NewAIBot(wecom.AIBotSettings{
		ID: s.AibotID, Secret: string(s.AibotSecret), URL: s.AibotURL, Memory: h.store,
		Alerts: h.operators, Log: h.log, Now: h.now,
	}, h.store, wake)
	if err != nil {
		return nil, err
	}
	return &opened{Door: d, ready: d.Ready, linked: d.Run, traits: handlers.Traits{Mentions: true, Staff: true}}, nil
}

func openRobots(h *house, _ func()) (*opened, error) {
	api, err := h.wecomAPI()
	if err != nil {
		return nil, err
	}
	d, err := wecom.NewWebhooks(api, h.settings.WeCom.Robots())
	if err != nil {
		return nil, err
	}
	return &opened{Door: d}, nil
}

// keep runs a part of a door on the one replica that holds the lease. That it
// fails does not stop the house.
func (h *house) keep(ctx context.Context, lease string, part func(context.Context) error) error {
	scheduler.NewKeeper(h.store, h.owner.name, h.log).Keep(ctx, lease, func(held context.Context) {
		if err := part(held); err != nil {
			h.log.Error("a part ended", "lease", lease, "error", err)
		}
	})
	return nil
}

// besides runs work, and under it what it stands on, which is told to end after
// work has ended, and is waited for. Without ground work ends, too.
func besides(ctx context.Context, ground, work func(context.Context) error) (err error) {
	under, end := context.WithCancel(context.WithoutCancel(ctx))
	working, stop := context.WithCancel(ctx)
	var grounds sync.WaitGroup
	var fell error
	grounds.Go(func() {
		defer stop()
		fell = ground(under)
	})
	defer func() {
		end()
		grounds.Wait()
		err = errors.Join(err, fell)
	}()
	return work(working)
}

// robotNames are the group robots that news can be sent to, in order.
func robotNames(s config.Settings) []string { return slices.Sorted(maps.Keys(s.WeCom.Robots())) }

// wecomPhrases are the words that the door of customer service adds by itself.
func (h *house) wecomPhrases() func(lang string) wecom.Phrases {
	said := map[string]wecom.Phrases{}
	for _, tag := range h.words.Languages() {
		speech := h.words.For(tag)
		said[tag] = wecom.Phrases{
			Continue: speech.Say("wecom.continue"), Choose: speech.Say("wecom.choose"),
			Human: speech.Say("wecom.human"), NoHuman: speech.Say("wecom.no_human"),
		}
	}
	return func(lang string) wecom.Phrases { return said[h.words.For(lang).Tag()] }
}
