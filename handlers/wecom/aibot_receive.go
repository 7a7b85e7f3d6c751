package wecom

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"waybill/models"
)

const (
	aibotMailKept  = 1024            // callbacks that wait to be stored
	aibotMailBatch = 64              // of them stored together
	aibotStoring   = 5 * time.Second // for one attempt
	aibotLast      = 3 * time.Second // for all of it when Run ends
)

// aibotMail is a callback as the inbox keeps it: with the connection over which
// alone it can be answered, and what it was when it came.
type aibotMail struct {
	Conn   string          `json:"conn"`
	At     models.Moment   `json:"at"`
	Button string          `json:"button,omitempty"` // that the text, a number, presses
	Frame  json.RawMessage `json:"frame"`
}

// hear takes a callback in. WeCom does not send it again, so it waits in memory
// until it can be stored; a full mailbox holds the connection up.
func (d *AIBot) hear(ctx context.Context, c *aibotConn, m *aibotMailbox, f aibotFrame, raw []byte) {
	var cb aibotCallback
	if json.Unmarshal(f.Body, &cb) != nil {
		d.log().Warn("wecom aibot callback is unreadable and dropped")
		return
	}
	if f.Cmd == aibotEvent && cb.Event.Type == aibotKicked {
		c.lose(errAIBotTakenOver)
		return
	}
	msg, ok := d.read(f, cb)
	if !ok {
		d.log().Debug("wecom aibot callback says nothing to the bot", slog.String("event", cb.Event.Type))
		return
	}
	now := d.now()
	letter := aibotLetter{
		mail: aibotMail{Conn: c.id, At: now, Frame: raw},
		text: msg.Text,
		arrival: models.Arrival{
			Door: AIBotName, Key: cb.key(f), Pos: d.next(now), DueAt: now, At: now,
			Address: msg.Address, Group: msg.Group,
		},
	}
	select {
	case m.letters <- letter:
	case <-ctx.Done():
		d.log().Error("wecom aibot callback is lost: it could not be stored in time")
	}
}

// key tells a callback from others, so that one that comes twice has one effect.
func (cb aibotCallback) key(f aibotFrame) string {
	if cb.ID != "" {
		return cb.ID
	}
	return "req:" + f.Headers.ReqID
}

// aibotLetter is a callback on its way into the inbox.
type aibotLetter struct {
	mail    aibotMail
	text    string
	arrival models.Arrival
}

// aibotMailbox stores callbacks in the order in which they came, apart from the
// connection, whose answers must not wait for a database.
type aibotMailbox struct {
	door    *AIBot
	letters chan aibotLetter
}

func (d *AIBot) newMailbox() *aibotMailbox {
	return &aibotMailbox{door: d, letters: make(chan aibotLetter, aibotMailKept)}
}

// close says that nothing more comes.
func (m *aibotMailbox) close() { close(m.letters) }

// run stores until the mailbox is closed and empty. When ctx has ended it gives
// up what cannot be stored soon.
func (m *aibotMailbox) run(ctx context.Context) {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(aibotLast, cancel) })
	defer stop()
	for letter := range m.letters {
		batch := m.more([]aibotLetter{letter})
		if err := m.deliver(work, batch); err != nil {
			m.door.log().Error("wecom aibot callbacks are lost: they cannot be stored", slog.Int("count", len(batch)), slog.Any("err", err))
		}
	}
}

// more adds what waits already.
func (m *aibotMailbox) more(batch []aibotLetter) []aibotLetter {
	for len(batch) < aibotMailBatch {
		select {
		case l, ok := <-m.letters:
			if !ok {
				return batch
			}
			batch = append(batch, l)
		default:
			return batch
		}
	}
	return batch
}

// deliver stores a batch, however often that has to be tried while ctx lasts.
func (m *aibotMailbox) deliver(ctx context.Context, batch []aibotLetter) error {
	wait := time.Duration(0)
	for {
		err := m.store(ctx, batch)
		if err == nil {
			return nil
		}
		if wait == 0 {
			m.door.log().Error("store wecom aibot callbacks", slog.Any("err", err))
		}
		wait = min(max(2*wait, time.Second), time.Minute)
		if pause(ctx, wait) != nil {
			return err
		}
	}
}

func (m *aibotMailbox) store(ctx context.Context, batch []aibotLetter) error {
	ctx, cancel := context.WithTimeout(ctx, aibotStoring)
	defer cancel()
	as := make([]models.Arrival, len(batch))
	for i, l := range batch {
		var err error
		if as[i], err = m.door.stamped(ctx, l); err != nil {
			return err
		}
	}
	fresh, err := m.door.inbox.Arrive(ctx, as, m.door.now())
	if err != nil {
		return fmt.Errorf("store callbacks: %w", err)
	}
	if fresh > 0 {
		m.door.wake()
	}
	return nil
}

// stamped is the letter's inbox row. A number presses what it stands for now:
// what is sent later must not change what somebody meant.
func (d *AIBot) stamped(ctx context.Context, l aibotLetter) (models.Arrival, error) {
	var err error
	if l.mail.Button, _, err = d.choices.pick(ctx, l.arrival.Address, l.text); err != nil {
		return l.arrival, err
	}
	if l.arrival.Body, err = json.Marshal(l.mail); err != nil {
		return l.arrival, fmt.Errorf("keep callback: %w", err)
	}
	return l.arrival, nil
}
