package wecom

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"waybill/handlers"
)

const aibotURL = "wss://openws.work.weixin.qq.com"

// AIBotSettings are what the 智能机器人 door is told. ID, Secret and Memory are required.
type AIBotSettings struct {
	ID     string           // BotID, from the bot's page in the admin console
	Secret string           // of the long connection, not of an app
	URL    string           // default wss://openws.work.weixin.qq.com; used whole
	Title  string           // the bot's name in WeCom; needed only when it contains white space
	Limits AIBotLimits      // zero: WeCom's
	Memory Memory           // what numbers under messages stand for, and how much of a long reply is sent
	Client *http.Client     // its Transport is used for the handshake; nil: an own one
	Alerts handlers.Alerter // nil: nobody is told
	Log    *slog.Logger     // nil: nothing is logged
	Now    func() time.Time
}

// complete fills in defaults and refuses what could never work, all mistakes at
// once. No mistake quotes the secret.
func (s AIBotSettings) complete() (AIBotSettings, error) {
	if s.URL == "" {
		s.URL = aibotURL
	}
	if s.Alerts == nil {
		s.Alerts = silence{}
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Client == nil {
		s.Client = &http.Client{Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			TLSHandshakeTimeout: 10 * time.Second,
			IdleConnTimeout:     30 * time.Second,
		}}
	}
	s.Limits = s.Limits.complete()
	if err := s.check(); err != nil {
		return s, fmt.Errorf("set up wecom aibot: %w", err)
	}
	return s, nil
}

func (s AIBotSettings) check() error {
	var errs []error
	if s.ID == "" {
		errs = append(errs, errors.New("the bot's id is empty"))
	}
	if s.Secret == "" {
		errs = append(errs, errors.New("the bot's secret is empty"))
	}
	u, err := url.Parse(s.URL)
	if err != nil || u.Host == "" || u.Scheme != "ws" && u.Scheme != "wss" {
		errs = append(errs, errors.New("the URL is none of ws:// or wss://"))
	}
	if s.Memory == nil {
		errs = append(errs, errors.New("there is no memory for choices"))
	}
	return errors.Join(errs...)
}
