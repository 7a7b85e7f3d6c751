package wecom

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"
)

const (
	aibotPings    = 30 * time.Second // WeCom drops a connection that is silent for longer
	aibotDialing  = 10 * time.Second
	aibotFinishes = 2 * time.Second // for what is under way when Run is told to end
)

// Run holds the connection until ctx ends, and returns nil then. A connection
// that is lost comes back after a second, doubling to a minute. When another
// program connects as this bot, it has the connection: this one stays away for
// five minutes, doubling to an hour, and Ready says so. Only one process may
// run a bot: run it under a lease.
func (d *AIBot) Run(ctx context.Context) error {
	d.link.run(true)
	defer d.link.run(false)
	m := d.newMailbox()
	var storing sync.WaitGroup
	storing.Go(func() { m.run(ctx) })
	defer storing.Wait()
	defer m.close()
	defer d.client.CloseIdleConnections()
	var pauses aibotPauses
	for told := false; ; told = true {
		lived, err := d.session(ctx, m)
		if ctx.Err() != nil {
			return nil
		}
		wait := pauses.after(err, lived)
		d.link.down(err, wait)
		if pauses.locked(err) {
			d.settings.Alerts.Alert(ctx, AlertBot, "Bot", d.settings.ID, "Code", codeOf(err))
		}
		level := slog.LevelWarn
		if told && lived == 0 {
			level = slog.LevelDebug // still the same trouble
		}
		d.log().Log(ctx, level, "wecom aibot is not connected", slog.Any("err", err), slog.Duration("again_in", wait))
		if pause(ctx, wait) != nil {
			return nil
		}
	}
}

// session is the life of one connection: how long it stood, and what ended it.
func (d *AIBot) session(ctx context.Context, m *aibotMailbox) (time.Duration, error) {
	c, err := d.dial(ctx)
	if err != nil {
		return 0, err
	}
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	var reading sync.WaitGroup
	reading.Go(func() { c.read(life, func(f aibotFrame, raw []byte) { d.hear(life, c, m, f, raw) }) })
	defer reading.Wait()
	defer end()
	defer c.close()
	if err := d.subscribe(ctx, c); err != nil {
		return 0, err
	}
	d.log().Info("wecom aibot is connected")
	d.link.up(c)
	began := d.settings.Now()
	err = d.attend(ctx, c)
	using := d.link.down(err, 0)
	if ctx.Err() != nil {
		finish(using, c)
	}
	return d.settings.Now().Sub(began), err
}

func (d *AIBot) dial(ctx context.Context) (*aibotConn, error) {
	ctx, cancel := context.WithTimeout(ctx, aibotDialing)
	defer cancel()
	client := &http.Client{Transport: d.client.Transport}
	ws, _, err := websocket.Dial(ctx, d.settings.URL, &websocket.DialOptions{HTTPClient: client}) //nolint:bodyclose // the library closes it
	if err != nil {
		return nil, fmt.Errorf("connect wecom aibot: %s", d.hide(withoutURL(err).Error()))
	}
	return newAIBotConn(rand.Text(), ws, d.log(), d.hide), nil
}

func (d *AIBot) subscribe(ctx context.Context, c *aibotConn) error {
	f, err := aibotRequest(aibotSubscribe, "", aibotCredentials{ID: d.settings.ID, Secret: d.settings.Secret})
	if err != nil {
		return err
	}
	return c.ask(ctx, f)
}

// attend pings until the connection is lost or ctx ends.
func (d *AIBot) attend(ctx context.Context, c *aibotConn) error {
	pings := time.NewTicker(aibotPings)
	defer pings.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-c.gone:
			return c.loss()
		case <-pings.C:
		}
		f, err := aibotRequest(aibotPing, "", nil)
		if err == nil {
			err = c.ask(ctx, f)
		}
		if err != nil {
			c.lose(err)
		}
	}
}

// finish waits until what is being sent has its answer, for a moment.
func finish(using *sync.WaitGroup, c *aibotConn) {
	late := time.AfterFunc(aibotFinishes, func() { c.lose(errAIBotLost) })
	defer late.Stop()
	using.Wait()
}
