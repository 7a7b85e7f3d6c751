package wecom

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"waybill/models"
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

const (
	aibotPatience  = 5 * time.Second // how long a message waits for a connection that comes back
	aibotElsewhere = 2 * time.Second // when to ask again in a process that has none
)

// aibotLink is the connection as those who send see it: there, coming back, or
// none of this process' business.
type aibotLink struct {
	now func() time.Time

	mu      sync.Mutex
	running bool
	conn    *aibotConn
	using   *sync.WaitGroup // of conn
	back    time.Time       // when the next connection is tried, while there is none
	why     error           // why there is none
	changed chan struct{}   // closed and replaced with every change
}

func newAIBotLink(now func() time.Time) *aibotLink {
	return &aibotLink{now: now, changed: make(chan struct{})}
}

// run begins, or ends, this process' part.
func (l *aibotLink) run(running bool) {
	l.set(func() { l.running, l.conn, l.back, l.why = running, nil, time.Time{}, errAIBotStarting })
}

// up hands a connection to those who send.
func (l *aibotLink) up(c *aibotConn) {
	l.set(func() { l.conn, l.using, l.why = c, &sync.WaitGroup{}, nil })
}

// down takes the connection away and returns what still uses it. The next one
// is tried when the wait is over.
func (l *aibotLink) down(why error, wait time.Duration) *sync.WaitGroup {
	using := &sync.WaitGroup{}
	l.set(func() {
		if l.conn != nil {
			using = l.using
		}
		l.conn, l.why, l.back = nil, why, l.now().Add(wait)
	})
	return using
}

func (l *aibotLink) set(change func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change()
	close(l.changed)
	l.changed = make(chan struct{})
}

// health is why there is no connection, in a process that ought to have one.
func (l *aibotLink) health() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.running {
		return nil
	}
	return l.why
}

// take gives the connection, for which it waits a little while it is coming
// back. Without one it returns *models.Wait.
func (l *aibotLink) take(ctx context.Context) (*aibotConn, func(), error) {
	timer := time.NewTimer(aibotPatience)
	defer timer.Stop()
	for {
		c, release, changed, err := l.look()
		if c != nil || err != nil {
			return c, release, err
		}
		select {
		case <-changed:
		case <-timer.C:
			return nil, nil, fmt.Errorf("%w: %w", &models.Wait{After: time.Second}, errAIBotLost)
		case <-ctx.Done():
			return nil, nil, fmt.Errorf("wait for the wecom aibot connection: %w", ctx.Err())
		}
	}
}

// look gives the connection, or what to wait for, or the time that it is not
// worth waiting.
func (l *aibotLink) look() (c *aibotConn, release func(), changed <-chan struct{}, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch left := l.back.Sub(l.now()); {
	case l.conn != nil && l.conn.loss() == nil:
		l.using.Add(1)
		return l.conn, l.using.Done, nil, nil
	case !l.running:
		return nil, nil, nil, &models.Wait{After: aibotElsewhere}
	case l.conn == nil && left > aibotPatience:
		return nil, nil, nil, fmt.Errorf("%w: %w", &models.Wait{After: min(left, time.Minute)}, l.why)
	}
	return nil, nil, l.changed, nil
}

const (
	aibotAwayLeast = 5 * time.Minute // after somebody else has connected
	aibotAwayMost  = time.Hour
	aibotTrials    = 5                // refused subscriptions in a row before it is tried rarely
	aibotRarely    = 10 * time.Minute // WeCom protects subscribing: a wrong secret must not hammer
	aibotSteady    = time.Minute      // a connection that lived as long was a good one
)

// aibotPauses is how long to wait before the next connection.
type aibotPauses struct {
	lost    time.Duration // the last wait after a failure
	away    time.Duration // the last wait after being thrown out
	refused int           // subscriptions in a row that WeCom refused
}

// after is the wait after a connection that lived so long and ended with err: a
// second, doubling to a minute; longer where coming back makes things worse.
func (p *aibotPauses) after(err error, lived time.Duration) time.Duration {
	if lived >= aibotSteady {
		p.lost = 0
	}
	if lived >= aibotAwayMost {
		p.away = 0
	}
	p.refused++
	if !refusesAIBot(err) {
		p.refused = 0
	}
	if errors.Is(err, errAIBotTakenOver) {
		p.away = min(max(2*p.away, aibotAwayLeast), aibotAwayMost)
		return p.away
	}
	p.lost = min(max(2*p.lost, time.Second), time.Minute)
	if p.refused >= aibotTrials {
		return aibotRarely
	}
	return max(p.lost, aibotWait(err))
}

// locked says that WeCom does not let the bot in and somebody has to look why:
// it was refused twice in a row, and not for being busy or asked too often.
func (p *aibotPauses) locked(err error) bool {
	return p.refused > 1 && codeOf(err) != codeBusy && codeOf(err) != codeAIBotFrequency && crowded(err) == 0
}

// refusesAIBot says that WeCom did not want the bot to connect at all.
func refusesAIBot(err error) bool {
	var f *fault
	return errors.As(err, &f) && f.path == aibotSubscribe
}
