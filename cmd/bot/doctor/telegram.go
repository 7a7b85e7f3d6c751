package doctor

import (
	"context"
	"encoding/json"
	"net/http"
)

// telegramAnswer is what the Bot API answers, of all that the doctor asks.
type telegramAnswer struct {
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

// checkTelegram asks who the bot is and where its updates go.
func (d *Doctor) checkTelegram(ctx context.Context) []Result {
	me, results := d.askTelegram(ctx, "getMe")
	if results != nil {
		return results
	}
	sees := "in groups it sees commands and mentions only (privacy mode; @BotFather /setprivacy)"
	if me.Result.SeesAll {
		sees = "in groups it sees every message"
	}
	results = good("telegram", "the token belongs to @%s; %s", me.Result.Username, sees)
	hook, failed := d.askTelegram(ctx, "getWebhookInfo")
	if failed != nil && d.settings.Telegram.WebhookSecret == "" {
		return results // where it delivers matters to webhooks only
	}
	if failed != nil {
		return append(results, failed...)
	}
	return append(results, d.compareWebhook(hook)...)
}

// compareWebhook compares where Telegram delivers with where it should.
func (d *Doctor) compareWebhook(hook telegramAnswer) []Result {
	want := ""
	if d.settings.Telegram.WebhookSecret != "" {
		want = d.settings.PublicURL + "/telegram/webhook"
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

// askTelegram makes one call that changes nothing.
func (d *Doctor) askTelegram(ctx context.Context, method string) (telegramAnswer, []Result) {
	var answer telegramAnswer
	code, body, err := d.get(ctx, d.settings.Telegram.APIURL+"/bot"+string(d.settings.Telegram.Token)+"/"+method)
	if err != nil {
		return answer, bad("telegram", "cannot be reached: %v; check WAYBILL_TELEGRAM_API_URL and the network", err)
	}
	if json.Unmarshal(body, &answer) != nil {
		return answer, bad("telegram", "%s answers with status %d and no JSON; check WAYBILL_TELEGRAM_API_URL", method, code)
	}
	if code == http.StatusUnauthorized || code == http.StatusNotFound && method == "getMe" {
		return answer, refused("telegram", "refuses the token (%s); copy WAYBILL_TELEGRAM_TOKEN anew from @BotFather", answer.Description)
	}
	if !answer.OK {
		return answer, bad("telegram", "%s fails with %d: %s", method, code, answer.Description)
	}
	return answer, nil
}
