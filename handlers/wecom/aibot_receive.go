package wecom

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"waybill/internal/retry"
	"waybill/models"
)

const (
	aibotQueued    = 1024            // callbacks that wait to be stored
	aibotBatch     = 64              // of them stored together
	aibotStoring   = 5 * time.Second // for one attempt
	aibotLastStore = 3 * time.Second // for all that wait when Run ends
)

// aibotUpdate is a callback as an arrival keeps it.
type aibotUpdate struct {
	Conn   string          `json:"conn"` // the connection over which alone it can be answered
	At     models.Moment   `json:"at"`
	Button string          `json:"button,omitempty"` // that the text, a number, pressed when it came
	Names  []string        `json:"names,omitempty"`  // that the bot was thought to have when it came
	Frame  json.RawMessage `json:"frame"`
}

// receive takes a callback in. WeCom does not send it again, so it waits in
// memory until it can be stored; a full queue blocks the connection.
func (d *AIBot) receive(ctx context.Context, c *aibotConn, q *aibotQueue, f aibotFrame, raw []byte) {
	var cb aibotCallback
	if json.Unmarshal(f.Body, &cb) != nil {
		d.log().Warn("wecom aibot callback is unreadable and dropped")
		return
	}
	if f.Cmd == aibotEvent && cb.Event.Type == aibotKicked {
		c.lose(errAIBotTakenOver)
		return
	}
	msg, ok := cb.read(f, nil)
	if !ok {
		d.log().Debug("wecom aibot callback says nothing to the bot", slog.String("event", cb.Event.Type))
		return
	}
	now := d.now()
	p := aibotPending{
		update: aibotUpdate{Conn: c.id, At: now, Frame: raw},
		frame:  f,
		said:   cb,
		arrival: models.Arrival{
			Door: AIBotName, Key: cb.key(f), Pos: d.nextPosition(now), DueAt: now, At: now,
			Address: msg.Address, Group: msg.Group,
		},
	}
	select {
	case q.pending <- p:
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

// aibotPending is a callback that is not stored yet.
type aibotPending struct {
	update  aibotUpdate
	frame   aibotFrame
	said    aibotCallback
	arrival models.Arrival // without its body
}

// aibotQueue stores callbacks in the order in which they came, apart from the
// connection, whose answers must not wait for a database.
type aibotQueue struct {
	door    *AIBot
	pending chan aibotPending
}

func (d *AIBot) newQueue() *aibotQueue {
	return &aibotQueue{door: d, pending: make(chan aibotPending, aibotQueued)}
}

// close says that nothing more comes.
func (q *aibotQueue) close() { close(q.pending) }

// run stores until the queue is closed and empty. When ctx has ended it gives up
// what cannot be stored soon.
func (q *aibotQueue) run(ctx context.Context) {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(aibotLastStore, cancel) })
	defer stop()
	for p := range q.pending {
		batch := q.more([]aibotPending{p})
		if err := q.keepStoring(work, batch); err != nil {
			q.door.log().Error("wecom aibot callbacks are lost: they cannot be stored", slog.Int("count", len(batch)), slog.Any("error", err))
		}
	}
}

// more adds what waits already.
func (q *aibotQueue) more(batch []aibotPending) []aibotPending {
	for len(batch) < aibotBatch {
		select {
		case p, ok := <-q.pending:
			if !ok {
				return batch
			}
			batch = append(batch, p)
		default:
			return batch
		}
	}
	return batch
}

// keepStoring stores a batch, however often that has to be tried while ctx lasts.
func (q *aibotQueue) keepStoring(ctx context.Context, batch []aibotPending) error {
	waits := retry.New(retry.First, retry.Longest)
	for first := true; ; first = false {
		err := q.store(ctx, batch)
		if err == nil {
			return nil
		}
		if first {
			q.door.log().Error("store wecom aibot callbacks", slog.Any("error", err))
		}
		if retry.Sleep(ctx, waits.Next(0)) != nil {
			return err
		}
	}
}

func (q *aibotQueue) store(ctx context.Context, batch []aibotPending) error {
	ctx, cancel := context.WithTimeout(ctx, aibotStoring)
	defer cancel()
	as := make([]models.Arrival, len(batch))
	for i, p := range batch {
		var err error
		if as[i], err = q.door.complete(ctx, p); err != nil {
			return err
		}
	}
	fresh, err := q.door.arrivals.Arrive(ctx, as, q.door.now())
	if err != nil {
		return fmt.Errorf("store callbacks: %w", err)
	}
	if fresh > 0 {
		q.door.wake()
	}
	return nil
}

// complete makes a callback's arrival. The bot's name is what is known of it now,
// and a number presses the button that it stands for now: what is said and sent
// later must not change what somebody meant.
func (d *AIBot) complete(ctx context.Context, p aibotPending) (models.Arrival, error) {
	if p.arrival.Group {
		name, err := d.recordName(ctx, p.said.words())
		if err != nil {
			return p.arrival, err
		}
		p.update.Names = name.known()
	}
	msg, _ := p.said.read(p.frame, p.update.Names)
	var err error
	if p.update.Button, _, err = d.choices.pick(ctx, p.arrival.Address, msg.Text); err != nil {
		return p.arrival, err
	}
	if p.arrival.Body, err = json.Marshal(p.update); err != nil {
		return p.arrival, fmt.Errorf("keep callback: %w", err)
	}
	return p.arrival, nil
}
