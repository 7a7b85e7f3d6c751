package main

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
)

// examineMuzhi asks without a number, which Muzhi refuses with HTTP 666 and
// does not bill: the key has passed Aliyun's gateway by then.
func examineMuzhi(ctx context.Context, p *practice) []finding {
	const unbilled = 666
	header := http.Header{"Authorization": {"APPCODE " + string(p.Muzhi.AppCode)}}
	code, body, err := p.get(ctx, endpoint(p.Muzhi.URL, p.Muzhi.QueryPath), header)
	if err != nil {
		return bad("muzhi", "cannot be reached: %v; check WAYBILL_MUZHI_URL and the network", err)
	}
	said := strings.ToLower(string(body))
	switch {
	case code == unbilled, code >= 200 && code < 300:
		return good("muzhi", "answers and takes the AppCode (nothing was billed)")
	case strings.Contains(said, "throttled"):
		return good("muzhi", "answers; it throttles at the moment")
	case strings.Contains(said, "quota"), strings.Contains(said, "expir"), strings.Contains(said, "arrears"):
		return bad("muzhi", "the quota is spent (%.80s); renew the package at Aliyun's market", body)
	case code == http.StatusBadRequest, code == http.StatusUnauthorized, code == http.StatusForbidden:
		return bad("muzhi", "refuses the AppCode (%d %.80s); copy WAYBILL_MUZHI_APPCODE anew from Aliyun's console", code, body)
	case code == http.StatusNotFound:
		return bad("muzhi", "knows no such path; check WAYBILL_MUZHI_URL and WAYBILL_MUZHI_QUERY_PATH")
	}
	return bad("muzhi", "answers with status %d; wait, or ask the vendor", code)
}

// telegramSays is what the Bot API answers, of all that the doctor asks.
type telegramSays struct {
	OK          bool   `json:"ok"`
	Description string `json:"description"`
	Result      struct {
		Username string `json:"username"`
		SeesAll  bool   `json:"can_read_all_group_messages"`
		URL      string `json:"url"`
		Pending  int    `json:"pending_update_count"`
		Failed   string `json:"last_error_message"`
	} `json:"result"`
}

// examineTelegram asks who the bot is and where its updates go.
func examineTelegram(ctx context.Context, p *practice) []finding {
	me, found := p.telegram(ctx, "getMe")
	if found != nil {
		return found
	}
	sees := "in groups it sees commands and mentions only (privacy mode; @BotFather /setprivacy)"
	if me.Result.SeesAll {
		sees = "in groups it sees every message"
	}
	found = good("telegram", "the token belongs to @%s; %s", me.Result.Username, sees)
	hook, trouble := p.telegram(ctx, "getWebhookInfo")
	if trouble != nil && p.Telegram.WebhookSecret == "" {
		return found // where it delivers matters to webhooks only
	}
	if trouble != nil {
		return append(found, trouble...)
	}
	return append(found, p.webhook(hook)...)
}

// webhook compares where Telegram delivers with where it should.
func (p *practice) webhook(hook telegramSays) []finding {
	want := ""
	if p.Telegram.WebhookSecret != "" {
		want = p.PublicURL + "/telegram/webhook"
	}
	at := hook.Result.URL
	switch {
	case at != "" && want == "":
		return good("telegram", "has a webhook, which bot serve deletes, because WAYBILL_TELEGRAM_WEBHOOK_SECRET is empty")
	case at != want:
		return good("telegram", "delivers elsewhere or nowhere; bot serve sets the webhook to %s", want)
	case want != "" && hook.Result.Failed != "" && hook.Result.Pending > 0:
		return bad("telegram", "cannot deliver %d updates to %s (%s); make sure the world reaches it", hook.Result.Pending, want, hook.Result.Failed)
	case want != "":
		return good("telegram", "delivers to %s", want)
	}
	return good("telegram", "is asked for updates (long polling)")
}

// telegram makes one call that changes nothing.
func (p *practice) telegram(ctx context.Context, method string) (telegramSays, []finding) {
	var says telegramSays
	code, body, err := p.get(ctx, p.Telegram.APIURL+"/bot"+string(p.Telegram.Token)+"/"+method, nil)
	if err != nil {
		return says, bad("telegram", "cannot be reached: %v; check WAYBILL_TELEGRAM_API_URL and the network", err)
	}
	if json.Unmarshal(body, &says) != nil {
		return says, bad("telegram", "%s answers with status %d and no JSON; check WAYBILL_TELEGRAM_API_URL", method, code)
	}
	if code == http.StatusUnauthorized || code == http.StatusNotFound && method == "getMe" {
		return says, bad("telegram", "refuses the token (%s); copy WAYBILL_TELEGRAM_TOKEN anew from @BotFather", says.Description)
	}
	if !says.OK {
		return says, bad("telegram", "%s fails with %d: %s", method, code, says.Description)
	}
	return says, nil
}
