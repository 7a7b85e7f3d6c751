package doctor

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"waybill/cmd/bot/config"
	"waybill/handlers/wecom"
	"waybill/models"
)

// checkKF lists the accounts, and asks for the callback.
func (d *Doctor) checkKF(ctx context.Context) []Result {
	results, answered := d.askKF(ctx)
	if !answered {
		return results
	}
	return append(results, d.checkCallback(ctx, "wecom_kf", "/wecom/kf", d.settings.WeCom.KF)...)
}

// askKF lists the accounts, which nobody notices; answered says that the secret is right.
func (d *Doctor) askKF(ctx context.Context) (results []Result, answered bool) {
	const name = "wecom_kf"
	api, err := d.wecomAPI()
	if err != nil {
		return bad(name, "%v; check the settings WAYBILL_WECOM_…", err), false
	}
	defer api.Close()
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	s := d.settings.WeCom.KF
	accounts, err := api.Accounts(ctx, s.AgentID, string(s.Secret))
	if err != nil {
		return refusal(name, err, "WAYBILL_WECOM_KF_"), false
	}
	return accountResults(name, accounts), true
}

// accountResults says which accounts the bot may answer at.
func accountResults(name string, accounts []wecom.Account) []Result {
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

// checkApp asks for the app's name, and for the callback.
func (d *Doctor) checkApp(ctx context.Context) []Result {
	const name = "wecom_app"
	results, answered := d.askApp(ctx)
	if !answered {
		return results
	}
	s := d.settings.WeCom.App
	if kf := d.settings.WeCom.KF; kf.Complete() && kf.AgentID == s.AgentID {
		results = append(results, bad(name, "is the app of %sAGENT_ID, too; an app has one callback URL only, so make an app for each of the two doors", "WAYBILL_WECOM_KF_")...)
	}
	return append(results, d.checkCallback(ctx, name, "/wecom/app", s)...)
}

// askApp gets a token, and asks for the app's name; answered says that the secret is right.
func (d *Doctor) askApp(ctx context.Context) (results []Result, answered bool) {
	const name = "wecom_app"
	api, err := d.wecomAPI()
	if err != nil {
		return bad(name, "%v; check the settings WAYBILL_WECOM_…", err), false
	}
	defer api.Close()
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	s := d.settings.WeCom.App
	title, taken, err := api.Title(ctx, s.AgentID, string(s.Secret))
	switch {
	case err == nil:
		return good(name, "takes the secret, which belongs to %q", title), true
	case taken && wecom.CodeOf(err) == 0: // the answer is not the API's: nothing speaks against the app
		return good(name, "takes the secret; whether it trusts this machine's address shows when something is sent"), true
	}
	return refusal(name, err, "WAYBILL_WECOM_APP_"), false
}

// refusal is what an operator is to do about an error of WeCom's API.
func refusal(part string, err error, prefix string) []Result {
	switch code := wecom.CodeOf(err); code {
	case 0:
		return bad(part, "cannot be reached: %v; check WAYBILL_WECOM_API_URL and the network", err)
	case wecom.CodeSecret:
		return refused(part, "refuses the secret (40001); copy %sSECRET anew from the app's page; trying often bans this address for an hour", prefix)
	case wecom.CodeCorp:
		return refused(part, "knows no such corporation (40013); copy WAYBILL_WECOM_CORP_ID from the admin console (我的企业 → 企业信息)")
	case wecom.CodeAddress:
		return bad(part, "does not trust this machine's address: %v; add that address to the app's 企业可信IP in the admin console", err)
	case wecom.CodeNoPermission, wecom.CodeOff, wecom.CodeNoAccess:
		return bad(part, "lets the app not do this: %v; in the admin console add the app to 微信客服 → API → 可调用接口的应用, and look at its 可见范围", err)
	case codeAgent:
		return refused(part, "says that the secret is another app's: %v; copy %sAGENT_ID and %sSECRET from the same page", err, prefix, prefix)
	}
	return bad(part, "fails: %v; see docs/wecom.md", err)
}

// codeAgent is the errcode of calls in the name of another app.
const codeAgent = 301002

// checkCallback asks the bot that runs with these settings, if one does, to answer
// the check of its callback's URL as WeCom makes it.
func (d *Doctor) checkCallback(ctx context.Context, name, path string, s config.Callback) []Result {
	want := "https://YOUR-HOST" + path
	if d.settings.PublicURL != "" {
		want = d.settings.PublicURL + path
	}
	if code, _, err := d.get(ctx, d.own()+"/healthz"); err != nil || code != http.StatusOK {
		return good(name, "in the admin console the callback's URL is %s; start bot serve before saving it there", want)
	}
	const echo = "waybill"
	query, err := challenge(d.settings.WeCom.CorpID, s, echo)
	if err != nil {
		return bad(name, "%v; check the settings WAYBILL_WECOM_…", err)
	}
	code, body, err := d.get(ctx, d.own()+path+"?"+query.Encode())
	if err != nil || code != http.StatusOK || string(body) != echo {
		return bad(name, "the bot that runs does not answer the check of %s (status %d); restart it with these settings", path, code)
	}
	return good(name, "the bot that runs answers the check of its callback; in the admin console its URL is %s", want)
}

// challenge is what the console asks a callback's URL.
func challenge(corpID string, s config.Callback, echo string) (url.Values, error) {
	e, err := wecom.NewEnvelope(string(s.Token), string(s.AESKey), corpID)
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

// checkAIBot does not connect: that would throw a bot that runs out. It asks
// the one that runs with these settings instead.
func (d *Doctor) checkAIBot(ctx context.Context) []Result {
	_, body, err := d.get(ctx, d.own()+"/readyz")
	var parts []struct {
		Name string `json:"part"`
		Up   bool   `json:"up"`
	}
	if err != nil || json.Unmarshal(body, &parts) != nil {
		return good(wecom.AIBotName, "is configured; connecting would throw out a bot that runs, so whether WeCom takes the secret shows when bot serve starts")
	}
	for _, part := range parts {
		if part.Name == wecom.AIBotName && !part.Up {
			return bad(wecom.AIBotName, "the bot that runs has no connection, and its log says why; check WAYBILL_WECOM_AIBOT_ID and "+
				"WAYBILL_WECOM_AIBOT_SECRET, and that no other program uses this bot")
		}
	}
	return good(wecom.AIBotName, "the bot that runs reports no trouble: it has the connection, or is not the one of its replicas that connects")
}

// checkRobots sends nothing: everything that a robot takes is seen by its group.
func (d *Doctor) checkRobots(context.Context) []Result {
	return good(models.RobotDoor, "news can also be sent to %s; whether their keys are right, only sending tells", strings.Join(slices.Sorted(maps.Keys(d.settings.WeCom.Robots())), ", "))
}

// wecomAPI is a way to WeCom that shares no token with anybody: WeCom gives
// out the same one while it is good.
func (d *Doctor) wecomAPI() (*wecom.API, error) {
	kept := &memory{values: map[string][]byte{}}
	return wecom.Open(wecom.Settings{
		CorpID: d.settings.WeCom.CorpID, APIURL: d.settings.WeCom.APIURL, Memory: kept, Leases: kept, Owner: "doctor",
		Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
}

// memory keeps what one check needs, and nothing else.
type memory struct {
	mu     sync.Mutex
	values map[string][]byte
}

// Recall reads what was remembered.
func (m *memory) Recall(_ context.Context, kind, key string, _ models.Moment) (value []byte, ok bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, ok = m.values[kind+" "+key]
	return value, ok, nil
}

// Remember keeps a value.
func (m *memory) Remember(_ context.Context, kind, key string, value []byte, _ models.Moment) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.values[kind+" "+key] = value
	return nil
}

// Lease is always held: nobody else is there.
func (*memory) Lease(context.Context, string, string, time.Duration) (fence int64, held bool, err error) {
	return 1, true, nil
}

// Unlease does nothing.
func (*memory) Unlease(context.Context, string, string) error { return nil }
