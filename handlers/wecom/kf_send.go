package wecom

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"regexp"
	"strconv"
	"sync"
	"time"

	"github.com/silenceper/wechat/v2/work/kf/sendmsg"

	"waybill/handlers"
	"waybill/models"
)

// urgentOnly: with so many messages left, news waits unless it is urgent.
const urgentOnly = 2

// Send sends the reply in as many messages as WeCom's limits need, as long as
// the customer's credit lasts; models.ErrNoCredit when it does not. When it
// fails half way, sending the same reply again goes on where it failed. While
// somebody else talks with the customer, answers are dropped and news gets
// models.ErrNoCredit.
func (k *KF) Send(ctx context.Context, to models.Address, r handlers.Reply) error {
	p, err := partyOf(to)
	if err != nil {
		return err
	}
	if h := grasp(r.Token); h.event() {
		return k.sendOnEvent(ctx, r, h)
	}
	parts, err := compose(r, k.room(r.Lang))
	if err != nil || len(parts) == 0 {
		return wrap("compose wecom message", err)
	}
	switch k.state(ctx, p) {
	case stateQueue, stateHuman:
		return k.hush(r)
	case stateEnded:
		return k.ended(ctx, p)
	}
	key, err := digest(to, r)
	if err != nil {
		return err
	}
	err = k.each(ctx, to, r, parts, k.room(r.Lang), func(msg part, i int) error { return k.say(ctx, p, msg, r, key+strconv.Itoa(i)) })
	if codeOf(err) == codeState && k.takenOver(ctx, p) {
		return k.hush(r)
	}
	return wrap("send to wecom customer", err)
}

// room is how many bytes of a text are the reply's own: the last message that
// the credit allows needs the rest for saying so.
func (k *KF) room(lang string) int { return maxText - len(under("", k.phrases(lang).Continue)) }

// hush is what becomes of a reply while somebody else talks with the customer:
// the answer was not the bot's to give, and news waits.
func (k *KF) hush(r handlers.Reply) error {
	if r.For == handlers.Answer {
		return nil
	}
	return fmt.Errorf("send to wecom customer: somebody attends to them: %w", models.ErrNoCredit)
}

// ended counts nothing as left until the customer writes: nobody need look for
// news that cannot be told. The state is asked once more, because the customer
// may have written before the credit was read.
func (k *KF) ended(ctx context.Context, p party) error {
	c, err := k.credits.Credit(ctx, p.address())
	if err != nil {
		return fmt.Errorf("read credit: %w", err)
	}
	if c.Left > 0 && k.state(ctx, p) == stateEnded {
		c.Left = 0
		k.count(ctx, c)
	}
	return fmt.Errorf("send to wecom customer: the session ended: %w", models.ErrNoCredit)
}

// say sends one message and counts it.
func (k *KF) say(ctx context.Context, p party, msg part, r handlers.Reply, name string) error {
	c, err := k.credits.Credit(ctx, p.address())
	if err != nil {
		return fmt.Errorf("read credit: %w", err)
	}
	left := c.LeftAt(k.now())
	if left == 0 || left <= urgentOnly && r.For == handlers.News {
		return models.ErrNoCredit
	}
	words, end := k.phrases(r.Lang), ""
	if left == 1 {
		end = words.Continue
	}
	id := messageID(name, c.Serial)
	body, err := k.body(ctx, p, msg, id, end, words.Choose)
	if err != nil {
		return k.outcome(ctx, err)
	}
	k.remember(ctx, p, id, msg, r)
	err = k.put(ctx, id, body)
	switch {
	case msg.file != nil && codeOf(err) == codeMedia:
		return k.refuseFile(ctx, msg.file, err)
	case spent(err):
		c.Left = 0
	case err != nil:
		return k.outcome(ctx, err)
	default:
		c.Left = left - 1
	}
	k.count(ctx, c)
	return verdict(err)
}

// put sends a message. The answer to an earlier try may have been lost: what
// WeCom then has against the very message is that it came.
func (k *KF) put(ctx context.Context, id string, body any) error {
	const path = "kf/send_msg"
	err := k.post(ctx, path, body, nil)
	var lost unheard
	switch {
	case errors.As(err, &lost) && lost == path:
		k.doubts.raise(id)
	case err == nil:
		k.doubts.settle(id)
	case aboutMessage(err) && k.doubts.settle(id):
		k.settings.Log.Info("wecom message has come, though its first answer was lost", slog.Any("err", err))
		return nil
	}
	return err
}

func (k *KF) body(ctx context.Context, p party, msg part, id, end, choose string) (any, error) {
	to := sendmsg.Message{ToUser: p.customer, OpenKFID: p.account, MsgID: id}
	if msg.file == nil {
		return msg.message(to, end, choose), nil
	}
	media, err := k.media(ctx, msg.file)
	m := sendmsg.File{Message: to, MsgType: "file"}
	m.File.MediaID = media
	return m, err
}

// sizeID is how long a message's name is: the most that WeCom takes.
const sizeID = 32

var named = regexp.MustCompile(`^([0-9a-z]{1,13})-[0-9a-f]+$`)

// messageID names a message so that sending it again names it alike, until the
// customer writes. The name begins with the credit's serial, so that what WeCom
// says about the message later is known to be about that credit.
func messageID(name string, serial int64) string {
	sum := sha256.Sum256([]byte(name))
	id := strconv.FormatInt(serial, 36) + "-" + hex.EncodeToString(sum[:])
	return id[:sizeID]
}

// serialOf is the serial in a message's name, 0 when it is no name of the door's.
func serialOf(id string) int64 {
	parts := named.FindStringSubmatch(id)
	if parts == nil || len(id) != sizeID {
		return 0
	}
	serial, err := strconv.ParseInt(parts[1], 36, 64)
	if err != nil {
		return 0
	}
	return serial
}

// count notes what is left. A failure is logged only: the message is sent, and
// WeCom itself will correct the count.
func (k *KF) count(ctx context.Context, c models.Credit) {
	if err := k.credits.SetCredit(context.WithoutCancel(ctx), c); err != nil {
		k.settings.Log.Warn("count wecom messages", slog.Any("err", err))
	}
}

// sendOnEvent says one thing outside the count, as long as the event allows.
// It is a courtesy: what WeCom refuses is not said.
func (k *KF) sendOnEvent(ctx context.Context, r handlers.Reply, h handle) error {
	parts, err := compose(r, maxText)
	if err != nil || len(parts) == 0 || parts[0].file != nil || h.late(k.settings.Now()) {
		return wrap("compose wecom message", err)
	}
	body := struct {
		Code string `json:"code"`
		Type string `json:"msgtype"`
		Text any    `json:"text,omitempty"`
		Menu any    `json:"msgmenu,omitempty"`
	}{Code: h.welcome + h.code}
	switch m := parts[0].message(sendmsg.Message{}, "", k.phrases(r.Lang).Choose).(type) {
	case sendmsg.Text:
		body.Type, body.Text = m.MsgType, m.Text
	case sendmsg.Menu:
		body.Type, body.Menu = m.MsgType, m.MsgMenu
	}
	err = k.post(ctx, "kf/send_msg_on_event", body, nil)
	if err == nil || passing(err) {
		return wrap("greet wecom customer", err)
	}
	k.settings.Log.Warn("wecom customer is not greeted", slog.Any("err", err))
	return nil
}

const (
	doubtFor   = time.Hour // by then a message has been tried again
	doubtsKept = 4096
)

// doubts are the names of messages that were sent by this process and of which
// nobody knows whether they came.
type doubts struct {
	now func() time.Time

	mu    sync.Mutex
	since map[string]time.Time
}

func newDoubts(now func() time.Time) *doubts {
	return &doubts{now: now, since: map[string]time.Time{}}
}

func (d *doubts) raise(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	if len(d.since) >= doubtsKept {
		maps.DeleteFunc(d.since, func(_ string, since time.Time) bool { return now.Sub(since) >= doubtFor })
	}
	d.since[id] = now
}

// settle ends the doubt about a message and says whether there was one.
func (d *doubts) settle(id string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	since, open := d.since[id]
	delete(d.since, id)
	return open && d.now().Sub(since) < doubtFor
}
