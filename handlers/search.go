package handlers

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"waybill/models"
	"waybill/tracking/recognise"
)

// mostFound is how many parcels a search brings at most.
const mostFound = 20

// Search is what somebody types in any chat at all, to send one of their own parcels
// there.
type Search struct {
	Chat models.Address // their own chat with the bot
	Text string         // a part of a number, a name or a carrier; "" for the newest ones
	Lang string         // the person's language as the platform tells it (BCP 47)
}

// Found is what a Search brings.
type Found struct {
	Results []Result
	// Offer is what a button says that leads to the person's own chat with the bot, ""
	// when there are results.
	Offer  string
	Number string // what is to be looked up there, "" when nothing is
}

// Result is a parcel that can be chosen.
type Result struct {
	ID          string // at most 64 bytes
	Title       string
	Description string
	Blocks      []Block // the message that is sent when it is chosen: more people read it
}

// Search finds parcels which the person's own chat follows and may see, and nothing
// else. It asks nobody about them, changes nothing, and makes no chat.
func (c *Conversation) Search(ctx context.Context, s Search) (Found, error) {
	chat, known, err := c.settings.Store.ChatAt(ctx, s.Chat)
	if err != nil {
		return Found{}, wrap("find chat of a search", err)
	}
	reached := known && chat.GoneAt == 0 && !chat.Group
	if !reached {
		chat = models.Chat{Address: s.Chat, Spoken: s.Lang}
	}
	t := c.turn(chat, Message{}, models.At(c.settings.Now()))
	text := tidy(s.Text)
	var rows []models.Followed
	if reached {
		if rows, err = t.found(ctx, text); err != nil {
			return Found{}, err
		}
	}
	if len(rows) == 0 {
		return t.offer(text), nil
	}
	newest, err := t.newestScans(ctx, rows)
	if err != nil {
		return Found{}, err
	}
	var all Found
	for _, f := range rows {
		all.Results = append(all.Results, t.render.result(f, newest[f.Parcel.ID]))
	}
	return all, nil
}

// found are the parcels that a search means: live ones before those that were finished last,
// and these before older ones, of which the whole number is there.
func (t *turn) found(ctx context.Context, text string) ([]models.Followed, error) {
	for _, all := range []bool{false, true} {
		rows, err := t.follows(ctx, all)
		if err != nil {
			return nil, err
		}
		meant := slices.DeleteFunc(slices.Clone(rows), func(f models.Followed) bool {
			return !f.Follow.Opens(f.Parcel) || !t.searched(f, text)
		})
		if len(meant) > 0 || text == "" {
			return meant[:min(len(meant), mostFound)], nil
		}
	}
	var older []models.Followed
	for _, n := range recognise.Text(text).Numbers {
		rows, err := t.store.FollowedByNumber(ctx, t.chat.ID, n.Number)
		if err != nil {
			return nil, wrap("find number", err)
		}
		older = append(older, rows...)
	}
	return slices.DeleteFunc(older, func(f models.Followed) bool { return !f.Follow.Opens(f.Parcel) }), nil
}

// searched says that a text means a parcel: by its number, as much of it as is there
// yet, or each word by a part of its number, its name or its carrier.
func (t *turn) searched(f models.Followed, text string) bool {
	if whole := recognise.Text(text).Numbers; len(whole) > 0 {
		return slices.ContainsFunc(whole, func(n recognise.Number) bool { return strings.Contains(f.Parcel.Number, n.Number) })
	}
	called := strings.ToLower(strings.Join([]string{f.Parcel.Number, fold(f.Follow.Name), t.render.carrier(f.Parcel.Carrier)}, "\n"))
	for _, word := range strings.Fields(strings.ToLower(fold(text))) {
		carrier, named := t.settings.Carriers.Typed(word)
		if !strings.Contains(called, word) && (!named || carrier != f.Parcel.Carrier) {
			return false
		}
	}
	return true
}

// offer leads to the person's own chat with the bot, where a number can be looked up.
func (t *turn) offer(text string) Found {
	if all := recognise.Text(text).Numbers; len(all) > 0 {
		return Found{Offer: t.render.say("search.track", "Number", all[0].Number), Number: all[0].Number}
	}
	return Found{Offer: t.render.say("search.none")}
}

// result is a parcel to choose: its owner is shown what they call it, whoever reads
// the message is not, and no phone either.
func (r renderer) result(f models.Followed, newest models.Event) Result {
	p := f.Parcel
	found := Result{
		ID:          strconv.FormatInt(p.ID, 10),
		Title:       cmp.Or(f.Follow.Name, r.carrier(p.Carrier), p.Number) + " · " + icon(p.Status) + " " + r.standing(p),
		Description: p.Number,
		Blocks:      []Block{{{{Text: icon(p.Status) + " "}, {Text: r.standing(p), Style: Strong}}, r.head(p, "")}},
	}
	if newest.At == 0 {
		return found
	}
	newest.Text, newest.Place = models.MaskPhones(newest.Text), models.MaskPhones(newest.Place)
	found.Description += " · " + r.clock(newest.At) + " " + r.brief(newest).text()
	found.Blocks = append(found.Blocks, r.event(models.Folded{Event: newest, Times: 1}))
	return found
}
