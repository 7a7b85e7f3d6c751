package handlers

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"waybill/models"
)

const (
	importsAtOnce = 50
	sumUpAfter    = time.Hour       // what is known by then is summed up, though some parcels are missing
	sumUpLatest   = 3 * day         // what is missing then is told as it comes
	lookLater     = 2 * time.Minute // between two looks once it was summed up
	day           = 24 * time.Hour
)

// LookAtImports says how far the first checks of imported tables have come, and sums
// them up. One replica does it, every few seconds.
func (c *Conversation) LookAtImports(ctx context.Context) error {
	now := models.At(c.settings.Now())
	due, err := c.settings.Store.DueImports(ctx, now, importsAtOnce)
	if err != nil {
		return wrap("read imports", err)
	}
	var failed []error
	for _, im := range due {
		if err := c.lookAtImport(ctx, im, now); err != nil {
			failed = append(failed, fmt.Errorf("look at import: %w", err))
		}
	}
	return errors.Join(failed...)
}

func (c *Conversation) lookAtImport(ctx context.Context, im models.Import, now models.Moment) error {
	store := c.settings.Store
	chat, err := store.ChatByID(ctx, im.ChatID)
	if errors.Is(err, models.ErrNotFound) {
		return store.EndImport(ctx, im)
	}
	if err != nil {
		return err
	}
	parts, err := store.ImportParts(ctx, im, now)
	if err != nil {
		return err
	}
	t := tally(parts)
	switch age := now.Sub(im.StartedAt); {
	case t.total == 0:
		return store.EndImport(ctx, im) // all were stopped
	case t.checked == t.total || age >= sumUpLatest:
		if err := c.sumUp(ctx, chat, im, t, now); err != nil {
			return err
		}
		return store.EndImport(ctx, im)
	case im.SummedAt == 0 && age >= sumUpAfter:
		if err := c.sumUp(ctx, chat, im, t, now); err != nil {
			return err
		}
		im.SummedAt = now
	case im.SummedAt == 0 && t.worthTelling(im):
		if err := c.tellProgress(ctx, chat, im, t, now); err != nil {
			return err
		}
		im.ReportedAt, im.Checked = now, t.checked
	}
	im.DueAt = now + importEvery
	if im.SummedAt != 0 {
		im.DueAt = now.Add(lookLater)
	}
	return store.NoteImport(ctx, im)
}

// counted is how the parcels of an import stand.
type counted struct {
	total, checked  int
	locked, unheard int // without a tail; without an answer so far
	recordless      int
	statuses        map[models.Status]int
}

func tally(parts []models.ImportPart) counted {
	t := counted{statuses: map[models.Status]int{}}
	for _, p := range parts {
		t.total += p.Count
		if p.Checked {
			t.checked += p.Count
		}
		switch {
		case p.Locked:
			t.locked += p.Count
		case !p.Checked:
			t.unheard += p.Count
		case !p.Recorded && (p.Status == "" || p.Status == models.Unknown || p.Status == models.Pending):
			t.recordless += p.Count
		default:
			t.statuses[p.Status] += p.Count
		}
	}
	return t
}

// worthTelling says that enough has been checked since it was last told: a hundred
// messages at most for a table, however long it takes.
func (t counted) worthTelling(im models.Import) bool {
	return im.Token != "" && t.checked-im.Checked >= max(1, t.total/100)
}

// tellProgress rewrites the message whose button began the import.
func (c *Conversation) tellProgress(ctx context.Context, chat models.Chat, im models.Import, t counted, now models.Moment) error {
	about := fmt.Sprintf("import:%d:progress", im.StartedAt)
	return c.post(ctx, chat, about, now-importEvery+importGrain, now, c.progress(chat, im, t, now))
}

func (c *Conversation) progress(chat models.Chat, im models.Import, t counted, now models.Moment) Reply {
	r := c.renderer(chat, now)
	return Reply{
		Blocks: []Block{r.sentence("table.progress", "Checked", t.checked, "Total", t.total)},
		Token:  im.Token, Edit: true, EditOnly: true, For: News, Lang: r.tag(),
	}
}

// sumUp says in one message how the parcels of a table stand, and asks for the tail
// that some of them want. It is posted once, whoever does it again.
func (c *Conversation) sumUp(ctx context.Context, chat models.Chat, im models.Import, t counted, now models.Moment) error {
	var replies []Reply
	if im.Token != "" {
		replies = append(replies, c.progress(chat, im, t, now))
	}
	r := c.renderer(chat, now)
	summary := Reply{Blocks: []Block{r.summaryOf(t)}, For: News, Lang: r.tag()}
	if t.locked > 0 {
		if err := c.askLocked(ctx, chat, im, now); err != nil {
			return err
		}
		summary.Blocks = append(summary.Blocks, r.mention([]Block{r.sentence("table.give_tail", "Count", t.locked)})...)
		summary.Asks = true
	}
	about := fmt.Sprintf("import:%d:summary", im.StartedAt)
	if im.SummedAt != 0 {
		about += ":last"
	}
	return c.post(ctx, chat, about, im.StartedAt, now, append(replies, summary)...)
}

// summaryOf counts parcels by where they stand, in the order of a journey.
func (r renderer) summaryOf(t counted) Block {
	block := r.sentence("table.summary", "Count", t.total-t.unheard)
	line := func(icon, what string, count int) {
		if count > 0 {
			block = append(block, Line{{Text: icon + " " + what + " "}, {Text: fmt.Sprint(count), Style: Strong}})
		}
	}
	for _, s := range models.Statuses() {
		line(icon(s), r.status(s), t.statuses[s])
	}
	line(icon(models.Pending), r.say("list.unheard"), t.recordless)
	line("🔒", r.say("list.locked"), t.locked)
	line("⏳", r.say("table.unanswered"), t.unheard)
	return append(block, r.sentence("table.from_now")...)
}

// askLocked opens the question for the tail that an import's parcels want, unless
// another one is open.
func (c *Conversation) askLocked(ctx context.Context, chat models.Chat, im models.Import, now models.Moment) error {
	store := c.settings.Store
	_, open, err := store.Question(ctx, chat.ID, 0, now)
	if err != nil || open {
		return wrap("read question", err)
	}
	all, err := store.Followed(ctx, chat.ID, false)
	if err != nil {
		return wrap("read follows", err)
	}
	q := models.Question{ChatID: chat.ID, Asking: models.AskTail, Nonce: rand.Text()[:nonceLength], AskedAt: now, ExpiresAt: now.Add(questionLives)}
	for _, f := range inShownOrder(all) {
		if f.Follow.ImportedAt == im.StartedAt && f.Parcel.TailNeeded && f.Follow.TailState.Wanting() {
			q.Items = append(q.Items, models.Item{Number: f.Parcel.Number, Carrier: f.Parcel.Carrier, Name: f.Follow.Name})
		}
	}
	if len(q.Items) == 0 {
		return nil
	}
	return wrap("ask question", store.Ask(ctx, q))
}

// post leaves replies to the worker of the chat's door, unless the same was posted at or
// after since.
func (c *Conversation) post(ctx context.Context, chat models.Chat, about string, since, now models.Moment, replies ...Reply) error {
	if chat.GoneAt != 0 {
		return nil // nobody reads it
	}
	body, err := json.Marshal(replies)
	if err != nil {
		return wrap("write replies", err)
	}
	_, err = c.settings.Store.Post(ctx, chat.Address, about, body, cmp.Or(since, now), now)
	return wrap("post replies", err)
}
