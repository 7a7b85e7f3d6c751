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
	saidFor     = 72 * time.Hour // WeCom hands out for three days what became of a message
	failRefused = 10             // the customer does not want the account's messages
	failKey     = "f:"           // with the failed message's name: the arrival's key
)

// remember keeps what a message says before it is sent: WeCom may accept it and
// say later that it was not delivered. A failure is logged only.
func (k *KF) remember(ctx context.Context, p party, id string, msg part, r handlers.Reply) {
	value, err := json.Marshal(msg.again(r))
	if err == nil {
		err = k.settings.Memory.Remember(ctx, models.MemorySaid, p.address().KeyOf(id), value, k.now().Add(saidFor))
	}
	if err != nil {
		k.settings.Log.Warn("remember what a wecom message says", slog.Any("err", err))
	}
}

// again is the part as a reply of its own. News has had its turn already: what
// is not urgent would have to wait, and what comes after it in the chat, too.
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

// undelivered is a message that comes back, without its words yet. The customer
// who refuses messages gets it no more.
func (k *KF) undelivered(p *models.Page, who party, msg kfMessage) {
	serial := serialOf(msg.Event.FailID)
	if serial == 0 {
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
	p.Undelivered = append(p.Undelivered, models.Undelivered{Arrival: a, Serial: serial})
}

// untilWritten is how long what was not delivered waits for the customer to
// write, before WeCom is asked to take it all the same.
const untilWritten = 24 * time.Hour

// recall finds what the messages said that a page brings back. What comes back
// to one customer becomes one arrival, so that it takes as few messages as can be.
func (k *KF) recall(ctx context.Context, p *models.Page) error {
	said := map[models.Address][]json.RawMessage{}
	var first []models.Undelivered
	for _, u := range p.Undelivered {
		to, id := u.Arrival.Address, strings.TrimPrefix(u.Arrival.Key, failKey)
		reply, ok, err := k.settings.Memory.Recall(ctx, models.MemorySaid, to.KeyOf(id), k.now())
		if err != nil {
			return fmt.Errorf("recall what was not delivered: %w", err)
		}
		if !ok {
			continue // forgotten, or no message of the bot's
		}
		if said[to] == nil {
			first = append(first, u)
		}
		said[to] = append(said[to], reply)
	}
	for i, u := range first {
		replies, err := json.Marshal(said[u.Arrival.Address])
		if err != nil {
			return fmt.Errorf("write what was not delivered: %w", err)
		}
		first[i].Arrival.Replies = replies
	}
	p.Undelivered = first
	return nil
}
