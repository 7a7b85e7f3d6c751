package demo

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"waybill/cmd/bot/config"
	"waybill/handlers/wecom/wecomtest"
)

// The emulated company has one account, one customer and one employee.
const (
	account  = "wkAccount0001"
	customer = "wmCustomer0001"
	servicer = "LiLei"
)

// company is the emulated WeCom, on a port of this machine, with the customer's
// client. Each exchange between it and the bot is recorded in a line.
type company struct {
	api    *wecomtest.API
	client *client
	chat   *chat
	url    string
	ahead  atomic.Int64 // by how many nanoseconds its clock is ahead of ours
	stop   func()
}

func startWeCom(ctx context.Context, chat *chat) (*company, error) {
	c := &company{api: wecomtest.New(), chat: chat}
	c.api.Now = c.now
	c.api.Account(account)
	c.api.Servicer(account, servicer, 0)
	var err error
	if c.client, err = newClient(ctx, c); err != nil {
		return nil, err
	}
	chat.input, chat.hints = c.client, eventHints()
	url, stop, err := start(ctx, http.HandlerFunc(c.serve))
	if err != nil {
		return nil, err
	}
	c.url, c.stop = url, func() { stop(); c.api.Close() }
	return c, nil
}

// now is WeCom's clock, which :later puts forward.
func (c *company) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// settings adds the customer-service door to those of a demo. The callback
// needs an address, whether or not somebody wants to see the pages.
func (c *company) settings(s config.Settings) config.Settings {
	if s.HTTPAddr == "" {
		s.HTTPAddr = "127.0.0.1:0"
	}
	s.WeCom = config.WeCom{CorpID: wecomtest.CorpID, APIURL: c.url, KF: config.Callback{
		AgentID: wecomtest.KFAgent, Secret: wecomtest.KFSecret, Token: wecomtest.KFToken, AESKey: wecomtest.KFKey,
	}}
	return s
}

// door is the customer-service door as the service opens it; what comes in by
// its callback is recorded as well.
func (c *company) door() Door { return Door{Answered: c.chat.lineAnswered, Callback: c.recordCallback} }

// callAt says where the bot listens.
func (c *company) callAt(bot net.Addr) {
	c.api.KFCallback = "http://" + reachable(bot) + "/wecom/kf"
}
