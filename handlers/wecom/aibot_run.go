package wecom

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"waybill/internal/redact"
	"waybill/internal/retry"
	"waybill/models"
)

const (
	aibotPings    = 30 * time.Second // WeCom drops a connection that is silent for longer
	aibotDialing  = 10 * time.Second
	aibotFinishes = 2 * time.Second // for what is under way when Run is told to end
)

// Run holds the connection until ctx ends, and returns nil then. A connection
// that is lost is dialled again after a second, doubling to a minute. When another
// program connects as this bot, it has the connection: this one stays away for
// five minutes, doubling to an hour, and Ready says so. Only one process may
// run a bot: run it under a lease.
func (d *AIBot) Run(ctx context.Context) error {
	d.link.run(true)
	defer d.link.run(false)
	q := d.newQueue()
	var storing sync.WaitGroup
	storing.Go(func() { q.run(ctx) })
	defer storing.Wait()
	defer q.close()
	defer d.client.CloseIdleConnections()
	waits := newAIBotWaits()
	for logged := false; ; logged = true {
		lived, err := d.session(ctx, q)
		if ctx.Err() != nil {
			return nil
		}
		wait := waits.next(err, lived)
		why := err
		if waits.needOperator(err) {
			why = wordedError{err, AlertBot, []any{"Bot", d.settings.ID, "Code", codeOf(err)}}
		}
		d.link.down(why, wait)
		level := slog.LevelWarn
		if logged && lived == 0 {
			level = slog.LevelDebug // still the same trouble
		}
		d.log().Log(ctx, level, "wecom aibot is not connected", slog.Any("error", err), slog.Duration("again_in", wait))
		if retry.Sleep(ctx, wait) != nil {
			return nil
		}
	}
}

// session holds one connection until it ends, and says for how long it stood and
// what ended it.
func (d *AIBot) session(ctx context.Context, q *aibotQueue) (time.Duration, error) {
	c, err := d.dial(ctx)
	if err != nil {
		return 0, err
	}
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	var reading sync.WaitGroup
	reading.Go(func() { c.read(life, func(f aibotFrame, raw []byte) { d.receive(life, c, q, f, raw) }) })
	defer reading.Wait()
	defer end()
	defer c.close()
	if err := d.subscribe(ctx, c); err != nil {
		return 0, err
	}
	d.log().Info("wecom aibot is connected")
	d.link.up(c)
	began := d.settings.Now()
	err = d.keepAlive(ctx, c)
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
		return nil, fmt.Errorf("connect wecom aibot: %s", d.redact(redact.Error(err).Error()))
	}
	return newAIBotConn(ws, d.log(), d.redact, d.settings.Now), nil
}

func (d *AIBot) subscribe(ctx context.Context, c *aibotConn) error {
	f, err := aibotRequest(aibotSubscribe, "", aibotCredentials{ID: d.settings.ID, Secret: d.settings.Secret})
	if err != nil {
		return err
	}
	return c.call(ctx, f)
}

// keepAlive pings until the connection is lost or ctx ends.
func (d *AIBot) keepAlive(ctx context.Context, c *aibotConn) error {
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
			err = c.call(ctx, f)
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

// aibotLink is the connection as senders see it: standing, about to be dialled
// again, or held by another process.
type aibotLink struct {
	now func() time.Time

	mu      sync.Mutex
	running bool // this process holds the connection, or dials it
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

// take gives the connection; for one that will be dialled again soon it waits a
// little. Without one it returns *models.Wait.
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

// look gives the connection, or a channel that is closed when that changes, or
// *models.Wait when waiting here would take too long.
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
	aibotTrials    = 5                // refused subscriptions in a row before the wait is aibotRarely
	aibotRarely    = 10 * time.Minute // WeCom limits subscribing: a wrong secret must not be tried often
	aibotSteady    = time.Minute      // a connection that lived as long was a good one
)

// aibotWaits is how long to wait before the next connection.
type aibotWaits struct {
	lost    *retry.Backoff // after a failure
	away    *retry.Backoff // after another program has connected
	refused int            // subscriptions in a row that WeCom refused
}

func newAIBotWaits() *aibotWaits {
	return &aibotWaits{lost: retry.New(retry.First, retry.Longest), away: retry.New(aibotAwayLeast, aibotAwayMost)}
}

// next is the wait after a connection that lived so long and ended with err: a
// second, doubling to a minute; longer where connecting again makes things worse.
func (w *aibotWaits) next(err error, lived time.Duration) time.Duration {
	if lived >= aibotSteady {
		w.lost.Reset()
	}
	if lived >= aibotAwayMost {
		w.away.Reset()
	}
	w.refused++
	if !subscriptionRefused(err) {
		w.refused = 0
	}
	if errors.Is(err, errAIBotTakenOver) {
		return w.away.Next(0)
	}
	wait := w.lost.Next(aibotWait(err))
	if w.refused >= aibotTrials {
		return aibotRarely
	}
	return wait
}

// needOperator says that WeCom does not let the bot connect and an operator has
// to see why: it was refused twice in a row, and not for being busy or asked too
// often.
func (w *aibotWaits) needOperator(err error) bool {
	return w.refused > 1 && codeOf(err) != codeBusy && codeOf(err) != codeAIBotFrequency && rateLimited(err) == 0
}

// subscriptionRefused says that WeCom did not let the bot connect at all.
func subscriptionRefused(err error) bool {
	var no *apiError
	return errors.As(err, &no) && no.path == aibotSubscribe
}
