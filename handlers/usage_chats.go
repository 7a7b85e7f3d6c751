package handlers

import (
	"context"
	"errors"
	"math/big"
	"strings"

	"waybill/models"
)

// dearest is how many chats a bill by chat lists.
const dearest = 10

// usageByChat lists the chats for which most was paid today and this month. A call
// about a parcel that several chats follow is shared among them.
func (t *turn) usageByChat(ctx context.Context) ([]Reply, error) {
	if err := t.store.ShareCalls(ctx, t.settings.Prices, t.now); err != nil {
		return nil, wrap("share calls", err)
	}
	today, err := t.dearestChats(ctx, "bill.chats_today", models.OfDay(t.now))
	if err != nil {
		return nil, err
	}
	month, err := t.dearestChats(ctx, "bill.chats_month", models.OfMonth(t.now))
	if err != nil {
		return nil, err
	}
	return []Reply{{Blocks: []Block{today, month, t.render.sentence("bill.chats_shared")}}}, nil
}

// dearestChats is one period's list, under its title.
func (t *turn) dearestChats(ctx context.Context, title, period string) (Block, error) {
	most, none, err := t.store.ChatUsage(ctx, period, dearest)
	if err != nil {
		return nil, wrap("read usage by chat", err)
	}
	block := t.render.sentence(title, "Period", period[1:])
	for i, u := range most {
		who, err := t.chatName(ctx, u.ChatID)
		if err != nil {
			return nil, err
		}
		block = append(block, t.chatLine(i+1, who, u))
	}
	if none.Calls > 0 {
		block = append(block, Line{{Text: t.render.say("bill.chats_none") + t.shareOf(none), Style: Dim}})
	}
	if len(block) == 1 {
		block = append(block, t.render.sentence("bill.none")...)
	}
	return block, nil
}

func (t *turn) chatLine(at int, who string, u models.ChatUsage) Line {
	return Line{{Text: t.render.say("bill.chat", "Row", at, "Chat", who) + t.shareOf(u)}}
}

// shareOf is what a chat has cost: calls, billed ones, and yuan where a price is known.
func (t *turn) shareOf(u models.ChatUsage) string {
	said := t.render.say("bill.share", "Calls", thousandths(u.Calls), "Billed", thousandths(u.Billed))
	if u.Cost > 0 {
		said += t.render.say("bill.cost", "Yuan", yuan(big.NewRat(u.Cost, 1_000_000)))
	}
	return said
}

// thousandths is a number of shares with one decimal at most.
func thousandths(n int64) string {
	return strings.TrimSuffix(big.NewRat(n, 1000).FloatString(1), ".0")
}

// chatName is a chat's address as the settings take it (WAYBILL_MAX_PARCELS).
func (t *turn) chatName(ctx context.Context, id int64) (string, error) {
	c, err := t.store.ChatByID(ctx, id)
	if errors.Is(err, models.ErrNotFound) {
		return t.render.say("bill.chat_gone"), nil
	}
	if err != nil {
		return "", wrap("read chat", err)
	}
	return c.Door + ":" + c.Conversation, nil
}
