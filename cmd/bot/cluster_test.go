package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"waybill/handlers/telegram/telegramtest"
	"waybill/models"
	"waybill/models/store/storetest"
	"waybill/tracking/sandbox"
)

// envCluster turns on what make test-cluster runs: it takes minutes and the whole machine.
const envCluster = "WAYBILL_TEST_CLUSTER"

// A chat may be sent one message a second. Answers and news are half of that, so
// that what is judged is the cluster, not the wait for a chat's turn.
const (
	clusterChats   = 8
	clusterParcels = 24
	standstill     = time.Minute
	moveEvery      = 10 * time.Second
	talkEvery      = 4 * time.Second
)

// cluster is three replicas of the program with all that they stand on.
type cluster struct {
	*testbed
	carriage *carriage
	nats     *natsCluster
	proxy    *proxy
	dsn      string // without the proxy
	bots     []*bot
	follows  map[string]int64 // which chat follows a number

	mu       sync.Mutex
	troubles []trouble
	talks    []talk
	stop     context.CancelFunc // ends what goes on beside the scenes
	beside   sync.WaitGroup
}

// talk is one question of a chat, and when it was answered.
type talk struct {
	chat     int64
	said, at time.Time // at is zero: never
}

// Three replicas on one database and a NATS cluster get on, whatever part of it is
// killed, stands still or is lost, and keep every promise meanwhile. What they did
// is judged by what the platform and the provider saw.
func TestCluster(t *testing.T) {
	if os.Getenv(envCluster) == "" {
		t.Skipf("it takes minutes; make test-cluster sets %s", envCluster)
	}
	c := newCluster(t)
	c.follow()
	c.live()
	c.scene("a replica is killed", c.killSender)
	c.scene("a replica stands still", c.stallSender)
	c.scene("the server that leads the stream is killed", c.killStreamLeader)
	c.scene("two of three servers are gone", c.loseQuorum)
	c.scene("the database is gone", c.loseDatabase)
	c.end()
	c.judge()
	c.spendBudget()
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{carriage: &carriage{begun: time.Now().Add(-2 * time.Hour).Truncate(time.Minute)}, nats: startNATS(t), follows: map[string]int64{}}
	api := httptest.NewServer(c.carriage)
	t.Cleanup(api.Close)
	c.dsn = storetest.DSN(t, storetest.ServerKind())
	var through string
	c.proxy, through = startProxy(t, c.dsn)
	c.testbed = newTestbed(t, through, clusterSpeed, sandbox.Options{Appcode: appcode})
	var cancel context.CancelFunc
	c.ctx, cancel = context.WithTimeout(t.Context(), 20*time.Minute)
	t.Cleanup(cancel)
	c.env = append(c.env, "WAYBILL_MUZHI_URL="+api.URL, "WAYBILL_MUZHI_DETECT_PATH=", "WAYBILL_RATE=muzhi="+fmt.Sprint(ratePerSec),
		"WAYBILL_NATS_URL="+c.nats.url())
	for range 3 {
		c.bots = append(c.bots, c.start())
	}
	for _, b := range c.bots {
		c.ready(b, true)
	}
	return c
}

// follow has every chat follow its parcels.
func (c *cluster) follow() {
	c.Helper()
	for i := range clusterParcels {
		c.follows[fmt.Sprintf("YT10000000%05d", i)] = chatOf(i % clusterChats)
	}
	for chat := range clusterChats {
		c.telegram.Say(chatOf(chat), strings.Join(c.numbersOf(chatOf(chat)), "\n"))
	}
	for number, chat := range c.follows {
		c.hears(chat, number)
	}
}

func chatOf(i int) int64 { return int64(2001 + i) }

func (c *cluster) numbersOf(chat int64) []string {
	var all []string
	for number, follower := range c.follows {
		if follower == chat {
			all = append(all, number)
		}
	}
	slices.Sort(all)
	return all
}

// live moves the parcels and has every chat talk, beside the scenes.
func (c *cluster) live() {
	ctx, stop := context.WithCancel(c.ctx)
	c.stop = stop
	c.beside.Go(func() {
		tick := time.NewTicker(moveEvery)
		defer tick.Stop()
		for {
			c.carriage.move()
			select {
			case <-tick.C:
			case <-ctx.Done():
				return
			}
		}
	})
	for chat := range clusterChats {
		c.beside.Go(func() { c.talk(ctx, chatOf(chat)) })
	}
}

// helped is what stands in the answer to /help.
const helped = "取消静音"

// talk has a chat ask for help, over and over, each time when it was answered.
func (c *cluster) talk(ctx context.Context, chat int64) {
	tick := time.NewTicker(talkEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		one := talk{chat: chat, said: time.Now()}
		c.telegram.Say(chat, "/help")
		answer, err := c.telegram.WaitSent(c.ctx, func(m telegramtest.Sent) bool {
			return m.Chat == chat && m.At.After(one.said) && strings.Contains(m.Text, helped)
		})
		if err == nil {
			one.at = answer.At
		}
		c.mu.Lock()
		c.talks = append(c.talks, one)
		c.mu.Unlock()
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

// scene plays one, after which everybody has to hear of everything again.
func (c *cluster) scene(name string, play func() trouble) {
	c.Helper()
	begun := time.Now()
	c.Logf("%s: it begins at %s", name, clock(begun))
	t := play()
	t.name = name
	c.mu.Lock()
	c.troubles = append(c.troubles, t)
	c.mu.Unlock()
	c.caughtUp()
	c.Logf("%s: everybody was up to date %s after it began", name, time.Since(begun).Round(time.Second))
}

// clock is a moment as the programs' logs have it.
func clock(at time.Time) string { return at.In(models.Shanghai).Format("15:04:05.000") }

// goesOn waits until every chat has heard of what happens from now on.
func (c *cluster) goesOn() {
	c.Helper()
	c.hearsOf(len(c.carriage.movedAt()) + 1)
}

// caughtUp waits until every chat has heard of what has happened up to now.
func (c *cluster) caughtUp() {
	c.Helper()
	c.hearsOf(len(c.carriage.movedAt()))
}

func (c *cluster) hearsOf(scan int) {
	c.Helper()
	for number, chat := range c.follows {
		_, err := c.telegram.WaitSent(c.ctx, func(m telegramtest.Sent) bool {
			if m.Chat != chat || !strings.Contains(m.Text, number) {
				return false
			}
			all := newsOf([]telegramtest.Sent{m})
			return len(all) == 1 && all[0].scan >= scan
		})
		if err != nil {
			c.Fatalf("chat %d never hears of scan %d of %s", chat, scan, number)
		}
	}
}

// sender is which replica sends: the one that got the door's lease last.
func (c *cluster) sender() int {
	c.Helper()
	newest, at := -1, ""
	for i, b := range c.bots {
		if line := b.logs.last(`msg="lease held" lease=sender:telegram`); line > at { // it begins with the time
			newest, at = i, line
		}
	}
	if newest < 0 {
		c.Fatal("nobody sends")
	}
	return newest
}

func (c *cluster) killSender() trouble {
	i := c.sender()
	t := trouble{begun: time.Now(), end: time.Now()}
	c.bots[i].kill()
	c.goesOn()
	c.bots[i] = c.start()
	return t
}

func (c *cluster) stallSender() trouble {
	b := c.bots[c.sender()]
	t := trouble{begun: time.Now(), end: time.Now()}
	c.signal(b, syscall.SIGSTOP)
	c.wait(standstill)
	c.signal(b, syscall.SIGCONT)
	c.ready(b, true)
	return t
}

func (c *cluster) signal(b *bot, s syscall.Signal) {
	c.Helper()
	if err := b.cmd.Process.Signal(s); err != nil {
		c.Fatal(err)
	}
}

// wait lets time pass: how long something is gone is what the scene is about.
func (c *cluster) wait(d time.Duration) {
	select {
	case <-time.After(d):
	case <-c.ctx.Done():
	}
}

func (c *cluster) killStreamLeader() trouble {
	c.Helper()
	i := c.nats.leader()
	if i < 0 {
		c.Fatal("nobody leads the stream")
	}
	t := trouble{begun: time.Now(), end: time.Now()}
	c.nats.kill(i)
	c.goesOn()
	c.nats.start(i)
	return t
}

func (c *cluster) loseQuorum() trouble {
	t := trouble{begun: time.Now(), end: time.Now()}
	c.nats.kill(0)
	c.nats.kill(1)
	for _, b := range c.bots {
		c.ready(b, false)
	}
	c.goesOn()
	c.nats.start(0)
	c.nats.start(1)
	for _, b := range c.bots {
		c.ready(b, true)
	}
	return t
}

func (c *cluster) loseDatabase() trouble {
	t := trouble{begun: time.Now()}
	c.proxy.lose()
	c.wait(standstill)
	c.proxy.mend()
	t.end = time.Now()
	return t
}

// ready waits until a replica says that its queue is up, or down.
func (c *cluster) ready(b *bot, up bool) {
	c.Helper()
	client := http.Client{Timeout: 5 * time.Second}
	want := map[bool]string{true: "waybill_queue_up 1", false: "waybill_queue_up 0"}[up]
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		if body := page(&client, b.url+"/metrics"); strings.Contains(body, want) {
			break
		}
		select {
		case <-tick.C:
		case <-c.ctx.Done():
			c.Fatalf("a replica never says %s", want)
		}
	}
	if body := page(&client, b.url+"/readyz"); !up && !strings.Contains(body, `"queue"`) {
		c.Errorf("the queue is down, and /readyz says %s", body)
	}
}

// page is what stands at an address, "" when nothing answers.
func page(client *http.Client, url string) string {
	resp, err := client.Get(url)
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return ""
	}
	return string(body)
}

// end ends what goes on beside the scenes, and waits until all is said.
func (c *cluster) end() {
	c.Helper()
	c.stop()
	c.beside.Wait()
	c.caughtUp()
}

// judge holds what the provider and the platform saw against what was promised.
func (c *cluster) judge() {
	c.Helper()
	queries, heard := c.carriage.asked(), newsOf(c.telegram.Sent(0))
	for _, line := range twice(queries) {
		c.Error(line)
	}
	if most := fastest(queries); most > burst {
		c.Errorf("%d calls in one second at a rate of %d", most, ratePerSec)
	}
	wrong, repeats := disorder(heard)
	wrong = append(wrong, late(heard, c.follows, c.carriage.movedAt(), c.troubles)...)
	wrong = append(wrong, c.unanswered()...)
	for _, line := range wrong {
		c.Error(line)
	}
	// A chat has one message in flight at a time, and each trouble may cut one off.
	if most := clusterChats * len(c.troubles); len(repeats) > most {
		c.Errorf("%d messages came again, more than the %d that were in flight: %v", len(repeats), most, repeats)
	}
	c.Logf("%d calls, %d in the fastest second; %d messages, %d of them again; %d questions, the slowest answer after %s",
		len(queries), fastest(queries), len(heard), len(repeats), len(c.talks), c.slowest().Round(time.Millisecond))
}

// unanswered says which questions were answered too late, or never.
func (c *cluster) unanswered() []string {
	var found []string
	for _, one := range c.talks {
		limit := one.said.Add(allAtOnce)
		for _, t := range c.troubles {
			if t.begun.Before(limit) && t.end.Add(carriedOn).After(one.said) {
				limit = later(limit, t.end.Add(carriedOn+allAtOnce))
			}
		}
		switch {
		case one.at.IsZero():
			found = append(found, fmt.Sprintf("chat %d is never answered", one.chat))
		case one.at.After(limit):
			found = append(found, fmt.Sprintf("chat %d asks at %s and is answered at %s, %s too late", one.chat, clock(one.said), clock(one.at), one.at.Sub(limit)))
		}
	}
	return found
}

func (c *cluster) slowest() time.Duration {
	var most time.Duration
	for _, one := range c.talks {
		most = max(most, one.at.Sub(one.said))
	}
	return most
}

// spendBudget starts the replicas again with a budget that is nearly spent: all
// three together stop polling where it ends.
func (c *cluster) spendBudget() {
	c.Helper()
	for _, b := range c.bots {
		b.stop()
	}
	rows, err := storetest.Open(c.T, c.dsn).Usage(c.ctx, models.At(time.Now()).Day())
	if err != nil {
		c.Fatal(err)
	}
	var used int64 // with what a killed process has begun, which stays billed
	for _, row := range rows {
		if row.Billed {
			used += row.Count
		}
	}
	budget := used*5/4 + 50 // polls stop at four fifths
	most := int(budget*4/5 - used)
	before := len(c.carriage.asked())
	for range 3 {
		c.start(fmt.Sprintf("WAYBILL_DAILY_BUDGET=muzhi=%d", budget))
	}
	calls := func() int { return len(c.carriage.asked()) - before }
	for calls() < most && c.ctx.Err() == nil {
		c.wait(100 * time.Millisecond)
	}
	c.wait(2 * nextCheck) // in which everything is due once more
	if n := calls(); n > most+1 {
		c.Errorf("%d polls of a budget that has %d left for them", n, most)
	}
}
