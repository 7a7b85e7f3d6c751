package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"waybill/handlers/wecom/wecomtest"
)

// The emulated corporation has one account, one customer and one employee.
const (
	demoAccount  = "wkAccount0001"
	demoCustomer = "wmCustomer0001"
	demoServicer = "LiLei"
)

// corp is the emulated WeCom of demo --wecom, on a port of this machine, with
// the customer's phone. Whatever it and the bot say to one another is told.
type corp struct {
	api   *wecomtest.API
	phone *phone
	chat  *chat
	url   string
	ahead atomic.Int64 // by how many nanoseconds its clock is ahead of ours
	stop  func()
}

func startWeCom(ctx context.Context, chat *chat) (*corp, error) {
	c := &corp{api: wecomtest.New(), chat: chat}
	c.api.Now = c.now
	c.api.Account(demoAccount)
	c.api.Servicer(demoAccount, demoServicer, 0)
	p, err := newPhone(ctx, c)
	if err != nil {
		return nil, err
	}
	c.phone, chat.ear, chat.hints = p, p, phoneHints()
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	c.url = "http://" + l.Addr().String()
	// It outlives the chat, so that what is being sent is accepted.
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var serving sync.WaitGroup
	serving.Go(func() { _ = emulate(ctx, l, http.HandlerFunc(c.called)) })
	c.stop = func() { cancel(); serving.Wait(); c.api.Close() }
	return c, nil
}

// now is WeCom's clock, which :later puts forward.
func (c *corp) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// settings adds the customer-service door to those of a demo. The callback
// needs an address, whether or not somebody wants to see the pages.
func (c *corp) settings(s Settings) Settings {
	if s.HTTPAddr == "" {
		s.HTTPAddr = "127.0.0.1:0"
	}
	s.WeCom = WeCom{CorpID: wecomtest.CorpID, APIURL: c.url, KF: Callback{
		AgentID: wecomtest.KFAgent, Secret: wecomtest.KFSecret, Token: wecomtest.KFToken, AESKey: wecomtest.KFKey,
	}}
	return s
}

// door is the customer-service door as the service opens it; it tells the chat
// when a line is answered, and what comes in by its routes is told as well.
func (c *corp) door() (door, error) {
	all := doors()
	i := slices.IndexFunc(all, func(d door) bool { return d.name == "wecom_kf" })
	if i < 0 {
		return door{}, errors.New("there is no customer-service door")
	}
	kf := all[i]
	kf.open = func(h *house, wake func()) (*opened, error) {
		o, err := all[i].open(h, wake)
		if err != nil {
			return nil, err
		}
		o.answered = c.chat.signal()
		for n := range o.routes {
			o.routes[n].Handler = c.overheard(o.routes[n].Handler)
		}
		return o, nil
	}
	return kf, nil
}

// build builds the house with its door to this WeCom alone.
func (c *corp) build(ctx context.Context, s Settings) (*house, error) {
	d, err := c.door()
	if err != nil {
		return nil, err
	}
	h, err := build(ctx, c.settings(s), c.chat.log, []door{d})
	if err != nil {
		return nil, err
	}
	if err := c.callAt(h.listener.Addr()); err != nil {
		return nil, errors.Join(err, h.close())
	}
	return h, nil
}

// callAt says where the bot listens.
func (c *corp) callAt(bot net.Addr) error {
	host, port, err := net.SplitHostPort(bot.String())
	if err != nil {
		return fmt.Errorf("find the bot: %w", err)
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	c.api.KFCallback = "http://" + net.JoinHostPort(host, port) + "/wecom/kf"
	return nil
}
