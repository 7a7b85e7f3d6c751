package telegramtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"time"
)

// queued is an update that is not confirmed yet.
type queued struct {
	id   int64
	body json.RawMessage
}

// webhook is where updates are delivered to; without one they are polled.
type webhook struct {
	url    string
	secret string
}

var secretShape = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

// Push queues an update of one kind ("message", "callback_query", …) and
// returns its id. Kinds that the bot has not asked for are dropped: 0.
func (a *API) Push(kind string, content any) int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.push(kind, content)
}

func (a *API) push(kind string, content any) int64 {
	if a.allowed != nil && !slices.Contains(a.allowed, kind) {
		return 0
	}
	a.lastID++
	body, err := json.Marshal(map[string]any{"update_id": a.lastID, kind: content})
	if err != nil {
		panic(fmt.Sprintf("telegramtest: push %s: %v", kind, err)) // the test's own mistake
	}
	a.updates = append(a.updates, queued{a.lastID, body})
	a.mu.Happened()
	return a.lastID
}

// Unconfirmed is the ids of the updates that would come again.
func (a *API) Unconfirmed() []int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	var ids []int64
	for _, u := range a.updates {
		ids = append(ids, u.id)
	}
	return ids
}

// getUpdates holds the poll until there is something. An offset confirms what
// is below it; a second poller throws the first one out.
func (a *API) getUpdates(ctx context.Context, f form) (any, *refusal) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.webhook != nil {
		return nil, conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
	}
	if no := a.allow(f); no != nil {
		return nil, no
	}
	if a.poll != nil {
		close(a.poll)
	}
	mine := make(chan struct{})
	a.poll = mine
	a.confirm(f.int("offset"))
	timeout := time.NewTimer(time.Duration(min(f.int("timeout"), 50)) * time.Second)
	defer timeout.Stop()
	for late := f.int("timeout") <= 0; ; {
		if us := a.pending(f.int("limit")); len(us) > 0 || late {
			a.poll = nil
			return us, nil
		}
		changed := a.mu.Changed()
		a.mu.Unlock()
		stop := false
		select {
		case <-changed:
		case <-timeout.C:
			late = true
		case <-mine:
			stop = true
		case <-ctx.Done():
			stop = true
		case <-a.life.Done():
			stop = true
		}
		a.mu.Lock()
		if stop || a.poll != mine {
			return nil, a.endPoll(mine)
		}
	}
}

// endPoll ends a poll that was not answered.
func (a *API) endPoll(mine chan struct{}) *refusal {
	if a.poll == mine {
		a.poll = nil
	}
	return conflict("terminated by other getUpdates request; make sure that only one bot instance is running")
}

func conflict(words string) *refusal {
	return &refusal{Code: http.StatusConflict, Description: "Conflict: " + words}
}

// allow keeps the kinds that are asked for; unset, the previous ones stay.
func (a *API) allow(f form) *refusal {
	var kinds []string
	if err := f.json("allowed_updates", &kinds); err != nil {
		return bad("can't parse allowed updates JSON object")
	}
	if kinds != nil {
		a.allowed = kinds
	}
	return nil
}

// confirm forgets the updates below an offset.
func (a *API) confirm(offset int64) {
	a.updates = slices.DeleteFunc(a.updates, func(u queued) bool { return u.id < offset })
	a.mu.Happened()
}

func (a *API) pending(limit int64) []json.RawMessage {
	if limit < 1 || limit > 100 {
		limit = 100
	}
	out := []json.RawMessage{}
	for _, u := range a.updates[:min(len(a.updates), int(limit))] {
		out = append(out, u.body)
	}
	return out
}

// setWebhook starts delivering; the fake takes http on loopback as well.
func (a *API) setWebhook(f form) (any, *refusal) {
	u, err := url.Parse(f.values["url"])
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Hostname() != "127.0.0.1" && u.Hostname() != "localhost" {
		return nil, bad("bad webhook: An HTTPS URL must be provided for webhook")
	}
	if secret, ok := f.values["secret_token"]; ok && !secretShape.MatchString(secret) {
		return nil, bad("secret token contains unallowed characters")
	}
	if n := f.int("max_connections"); n < 0 || n > 100 {
		return nil, bad("max_connections must be between 1 and 100")
	}
	if no := a.allow(f); no != nil {
		return nil, no
	}
	if a.poll != nil {
		close(a.poll)
		a.poll = nil
	}
	hook := &webhook{url: u.String(), secret: f.values["secret_token"]}
	a.webhook = hook
	a.deliveries.Go(func() { a.deliverAll(hook) })
	return true, nil
}

// Webhook is the URL and the secret that were set; "" when updates are polled.
func (a *API) Webhook() (address, secret string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.webhook == nil {
		return "", ""
	}
	return a.webhook.url, a.webhook.secret
}

// deliverAll posts updates one after another as long as the webhook is this
// one; what is not answered with 2xx comes again.
func (a *API) deliverAll(hook *webhook) {
	wait := a.Redeliver
	for {
		a.mu.Lock()
		current, changed := a.webhook, a.mu.Changed()
		var first *queued
		if len(a.updates) > 0 {
			first = &a.updates[0]
		}
		a.mu.Unlock()
		if current != hook {
			return
		}
		switch {
		case first == nil:
			if !a.sleep(changed, time.Hour) {
				return
			}
		case a.deliver(hook, *first):
			wait = a.Redeliver
		default:
			if !a.sleep(nil, wait) {
				return
			}
			wait = min(2*wait, time.Minute)
		}
	}
}

// sleep waits for something to happen; false when the fake is closed.
func (a *API) sleep(changed <-chan struct{}, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-changed:
	case <-t.C:
	case <-a.life.Done():
		return false
	}
	return true
}

// deliver posts one update and forgets it when it was taken.
func (a *API) deliver(hook *webhook, u queued) bool {
	req, err := http.NewRequestWithContext(a.life, http.MethodPost, hook.url, bytes.NewReader(u.body))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Telegram-Bot-Api-Secret-Token", hook.secret)
	resp, err := a.client.Do(req)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.confirm(u.id + 1)
	return true
}
