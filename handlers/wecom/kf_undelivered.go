package wecom

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"waybill/handlers"
	"waybill/models"
)

const (
	sentKeptFor = 72 * time.Hour // WeCom reports for three days that a message was not delivered
	failRefused = 10             // the customer does not want the account's messages
	failKey     = "f:"           // with the failed message's name: the arrival's key

	// untilWritten is how long what was not delivered waits for the customer to
	// write, before it is sent again all the same.
	untilWritten = 24 * time.Hour
)

// remember keeps, sealed, what a message says before it is sent: WeCom may accept
// it and report later that it was not delivered. A failure is logged only.
func (k *KF) remember(ctx context.Context, p party, id string, msg part, r handlers.Reply) {
	if msg.kind == typeImage {
		return // the text says the same
	}
	key := p.address().KeyOf(id)
	value, err := json.Marshal(msg.again(r))
	if err == nil {
		value, err = k.sealer.Seal(models.SaidBind(key), string(value))
	}
	if err == nil {
		err = k.settings.Memory.Remember(ctx, models.MemorySaid, key, value, k.now().Add(sentKeptFor))
	}
	if err != nil {
		k.settings.Log.Warn("remember what a wecom message says", slog.Any("error", err))
	}
}

// recall is what a message said; not ok when that is forgotten, or it was no
// message of the bot's, or no key opens it any more.
func (k *KF) recall(ctx context.Context, to models.Address, id string) (reply json.RawMessage, ok bool, err error) {
	key := to.KeyOf(id)
	sealed, ok, err := k.settings.Memory.Recall(ctx, models.MemorySaid, key, k.now())
	if err != nil || !ok {
		return nil, false, wrap("recall what was not delivered", err)
	}
	plain, err := k.sealer.Open(models.SaidBind(key), sealed)
	if err != nil {
		k.settings.Log.Error("what was not delivered cannot be opened and is dropped", slog.Any("error", err))
		return nil, false, nil
	}
	return json.RawMessage(plain), true, nil
}

// again is the part as a reply of its own, to be sent once more. News becomes
// urgent: as news it might have to wait for credit, and everything behind it in
// the chat with it.
func (p part) again(r handlers.Reply) handlers.Reply {
	out := handlers.Reply{File: p.file, For: r.For, Lang: r.Lang}
	if out.For == handlers.News {
		out.For = handlers.Urgent
	}
	if p.text != "" {
		var block handlers.Block
		for line := range strings.SplitSeq(p.text, "\n") {
			block = append(block, handlers.Line{{Text: line}})
		}
		out.Blocks = []handlers.Block{block}
	}
	for _, b := range p.menu {
		out.Buttons = append(out.Buttons, []handlers.Button{b})
	}
	return out
}

// addUndelivered puts a message into the page that was not delivered, without its
// words yet. A customer who refuses messages gets it no more.
func (k *KF) addUndelivered(p *models.SyncPage, who party, msg kfMessage) {
	epoch := epochOf(msg.Event.FailID)
	if epoch == 0 {
		return
	}
	if msg.Event.FailType == failRefused {
		k.settings.Log.Info("wecom message is dropped: the customer refuses messages", slog.String("account", who.account))
		return
	}
	key := failKey + msg.Event.FailID
	if slices.ContainsFunc(p.Undelivered, func(u models.Undelivered) bool { return u.Arrival.Key == key }) {
		return
	}
	a := k.arrival(who, msg, nil)
	a.Key, a.Answered, a.DueAt = key, true, a.At.Add(untilWritten)
	p.Undelivered = append(p.Undelivered, models.Undelivered{Arrival: a, Epoch: epoch})
}

// recallUndelivered finds the words of a page's undelivered messages. Those of
// one customer become one arrival, so that they take as few messages as possible.
func (k *KF) recallUndelivered(ctx context.Context, p *models.SyncPage) error {
	replies := map[models.Address][]json.RawMessage{}
	var first []models.Undelivered
	for _, u := range p.Undelivered {
		to, id := u.Arrival.Address, strings.TrimPrefix(u.Arrival.Key, failKey)
		reply, ok, err := k.recall(ctx, to, id)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if replies[to] == nil {
			first = append(first, u)
		}
		replies[to] = append(replies[to], reply)
	}
	for i, u := range first {
		body, err := json.Marshal(replies[u.Arrival.Address])
		if err != nil {
			return fmt.Errorf("write what was not delivered: %w", err)
		}
		first[i].Arrival.Replies = body
	}
	p.Undelivered = first
	return nil
}
