package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"waybill/handlers/wecom"
	"waybill/models"
)

// examineKF lists the accounts, which nobody notices.
func examineKF(ctx context.Context, p *practice) []finding {
	const name = "wecom_kf"
	api, err := p.wecomAPI()
	if err != nil {
		return bad(name, "%v; check the settings WAYBILL_WECOM_…", err)
	}
	defer api.Close()
	asking, cancel := context.WithTimeout(ctx, examining)
	defer cancel()
	c := p.WeCom.KF
	accounts, err := api.Accounts(asking, c.AgentID, string(c.Secret))
	if err != nil {
		return bad(name, "%s", refusal(err, kfPrefix))
	}
	return append(accountsFound(name, accounts), p.callback(ctx, name, "/wecom/kf", c)...)
}

// accountsFound says which accounts the bot may answer at.
func accountsFound(name string, accounts []wecom.Account) []finding {
	var ours []string
	for _, a := range accounts {
		if a.Managed {
			ours = append(ours, a.Name)
		}
	}
	switch {
	case len(accounts) == 0:
		return bad(name, "takes the secret, but there is no customer-service account; make one in the admin console (应用管理 → 微信客服)")
	case len(ours) == 0:
		return bad(name, "takes the secret, but none of the %d accounts is handed to the API; hand one over in the admin console "+
			"(应用管理 → 微信客服 → API → 通过 API 管理微信客服账号)", len(accounts))
	}
	return good(name, "takes the secret; the bot answers at %s (%d of %d accounts)", strings.Join(ours, ", "), len(ours), len(accounts))
}

// examineApp gets a token, and asks for the app's name.
func examineApp(ctx context.Context, p *practice) []finding {
	const name = "wecom_app"
	api, err := p.wecomAPI()
	if err != nil {
		return bad(name, "%v; check the settings WAYBILL_WECOM_…", err)
	}
	defer api.Close()
	asking, cancel := context.WithTimeout(ctx, examining)
	defer cancel()
	c := p.WeCom.App
	title, taken, err := api.Title(asking, c.AgentID, string(c.Secret))
	var found []finding
	switch {
	case err == nil:
		found = good(name, "takes the secret, which belongs to %q", title)
	case taken && wecom.CodeOf(err) == 0: // the answer is not the API's: nothing speaks against the app
		found = good(name, "takes the secret; whether it trusts this machine's address shows when something is sent")
	default:
		return bad(name, "%s", refusal(err, appPrefix))
	}
	if kf := p.WeCom.KF; kf.complete() && kf.AgentID == c.AgentID {
		found = append(found, bad(name, "is the app of %sAGENT_ID, too; an app has one callback URL only, so make an app for each of the two doors", kfPrefix)...)
	}
	return append(found, p.callback(ctx, name, "/wecom/app", c)...)
}

// refusal is what an operator is to do about an error of WeCom's API.
func refusal(err error, prefix string) string {
	switch code := wecom.CodeOf(err); code {
	case 0:
		return "cannot be reached: " + err.Error() + "; check WAYBILL_WECOM_API_URL and the network"
	case wecom.CodeSecret:
		return "refuses the secret (40001); copy " + prefix + "SECRET anew from the app's page; trying often bans this address for an hour"
	case wecom.CodeCorp:
		return "knows no such corporation (40013); copy WAYBILL_WECOM_CORP_ID from the admin console (我的企业 → 企业信息)"
	case wecom.CodeAddress:
		return "does not trust this machine's address: " + err.Error() + "; add that address to the app's 企业可信IP in the admin console"
	case wecom.CodeNoPermission, wecom.CodeOff, wecom.CodeNoAccess:
		return "lets the app not do this: " + err.Error() + "; in the admin console add the app to 微信客服 → API → 可调用接口的应用, and look at its 可见范围"
	case codeAgent:
		return "says that the secret is another app's: " + err.Error() + "; copy " + prefix + "AGENT_ID and " + prefix + "SECRET from the same page"
	}
	return "fails: " + err.Error() + "; see docs/wecom.md"
}

// codeAgent is the errcode of calls in the name of another app.
const codeAgent = 301002

// callback asks the bot that runs with these settings, if one does, to answer
// the check of its callback's URL as WeCom makes it.
func (p *practice) callback(ctx context.Context, name, path string, c Callback) []finding {
	want := "https://YOUR-HOST" + path
	if p.PublicURL != "" {
		want = p.PublicURL + path
	}
	if code, _, err := p.get(ctx, p.own()+"/healthz", nil); err != nil || code != http.StatusOK {
		return good(name, "in the admin console the callback's URL is %s; start bot serve before saving it there", want)
	}
	const echo = "waybill"
	query, err := challenge(p.WeCom.CorpID, c, echo)
	if err != nil {
		return bad(name, "%v; check the settings WAYBILL_WECOM_…", err)
	}
	code, body, err := p.get(ctx, p.own()+path+"?"+query.Encode(), nil)
	if err != nil || code != http.StatusOK || string(body) != echo {
		return bad(name, "the bot that runs does not answer the check of %s (status %d); restart it with these settings", path, code)
	}
	return good(name, "the bot that runs answers the check of its callback; in the admin console its URL is %s", want)
}

// challenge is what the console asks a callback's URL.
func challenge(corp string, c Callback, echo string) (url.Values, error) {
	e, err := wecom.NewEnvelope(string(c.Token), string(c.AESKey), corp)
	if err != nil {
		return nil, err
	}
	sealed, err := e.Seal([]byte(echo))
	if err != nil {
		return nil, err
	}
	const timestamp, nonce = "1", "1"
	return url.Values{
		"msg_signature": {e.Sign(timestamp, nonce, sealed)}, "timestamp": {timestamp}, "nonce": {nonce}, "echostr": {sealed},
	}, nil
}

// examineAIBot does not connect: that would throw a bot that runs out. It asks
// the one that runs with these settings instead.
func examineAIBot(ctx context.Context, p *practice) []finding {
	_, body, err := p.get(ctx, p.own()+"/readyz", nil)
	var down []struct {
		Part string `json:"part"`
	}
	if err != nil || json.Unmarshal(body, &down) != nil {
		return good(wecom.AIBotName, "is configured; connecting would throw out a bot that runs, so whether WeCom takes the secret shows when bot serve starts")
	}
	for _, d := range down {
		if d.Part == wecom.AIBotName {
			return bad(wecom.AIBotName, "the bot that runs has no connection, and its log says why; check WAYBILL_WECOM_AIBOT_ID and "+
				"WAYBILL_WECOM_AIBOT_SECRET, and that no other program uses this bot")
		}
	}
	return good(wecom.AIBotName, "the bot that runs reports no trouble: it has the connection, or is not the one of its replicas that connects")
}

// examineRobots sends nothing: everything that a robot takes is seen by its group.
func examineRobots(_ context.Context, p *practice) []finding {
	return good(models.RobotDoor, "news can also be sent to %s; whether their keys are right, only sending tells", strings.Join(robotNames(p.Settings), ", "))
}

// wecomAPI is a way to WeCom that shares no token with anybody: WeCom gives
// out the same one while it is good.
func (p *practice) wecomAPI() (*wecom.API, error) {
	kept := &scrap{values: map[string][]byte{}}
	return wecom.Open(wecom.Settings{
		CorpID: p.WeCom.CorpID, APIURL: p.WeCom.APIURL, Memory: kept, Leases: kept, Owner: "doctor",
		Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
}

// scrap keeps what a short look needs, and nothing else.
type scrap struct {
	mu     sync.Mutex
	values map[string][]byte
}

// Recall reads what was remembered.
func (s *scrap) Recall(_ context.Context, kind, key string, _ models.Moment) (value []byte, ok bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	value, ok = s.values[kind+" "+key]
	return value, ok, nil
}

// Remember keeps a value.
func (s *scrap) Remember(_ context.Context, kind, key string, value []byte, _ models.Moment) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values[kind+" "+key] = value
	return nil
}

// Lease is always held: nobody else is there.
func (*scrap) Lease(context.Context, string, string, time.Duration) (fence int64, held bool, err error) {
	return 1, true, nil
}

// Unlease does nothing.
func (*scrap) Unlease(context.Context, string, string) error { return nil }
