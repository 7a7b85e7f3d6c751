package wecom

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/silenceper/wechat/v2/work/kf/sendmsg"

	"waybill/handlers"
	"waybill/internal/pattern"
	"waybill/models"
)

const (
	// urgentOnly: with so many messages left, news waits unless it is urgent.
	urgentOnly = 2

	unconfirmedFor  = time.Hour // by then a message has been tried again
	unconfirmedKept = 4096
)

// Send sends the reply in as many messages as WeCom's limits need, as long as
// the customer's credit lasts; models.ErrNoCredit when it does not. When it
// fails half way, sending the same reply again goes on where it failed. While
// a servicer talks with the customer, answers are dropped and news gets
// models.ErrNoCredit.
func (k *KF) Send(ctx context.Context, to models.Address, r handlers.Reply) error {
	p, err := partyOf(to)
	if err != nil {
		return err
	}
	if event := parseReplyTo(r.Token); event.event() {
		return k.sendOnEvent(ctx, r, event)
	}
	parts, err := compose(r, k.textLimit(r.Lang))
	if err != nil || len(parts) == 0 {
		return wrap("compose wecom message", err)
	}
	switch k.state(ctx, p) {
	case stateQueue, stateHuman:
		return dropAnswer(r)
	case stateEnded:
		return k.ended(ctx, p)
	}
	key, err := digest(to, r)
	if err != nil {
		return err
	}
	err = k.sendReply(ctx, to, r, parts, k.textLimit(r.Lang), func(msg part, i int) error {
		return k.sendPart(ctx, p, msg, r, key+strconv.Itoa(i))
	})
	if codeOf(err) == codeState && k.takenOver(ctx, p) {
		return dropAnswer(r)
	}
	return wrap("send to wecom customer", err)
}

// textLimit is how many bytes of a text are the reply's own: the last message that
// the credit allows needs the rest for saying so.
func (k *KF) textLimit(lang string) int {
	return maxText - len(under("", k.settings.Phrases(lang).Continue))
}

// dropAnswer is what becomes of a reply while a servicer talks with the customer:
// an answer is not sent at all, news waits.
func dropAnswer(r handlers.Reply) error {
	if r.For == handlers.Answer {
		return nil
	}
	return fmt.Errorf("send to wecom customer: a servicer talks with them: %w", models.ErrNoCredit)
}

// ended sets the credit to nothing until the customer writes, so that news which
// cannot be sent is not looked for. The state is asked once more, because the
// customer may have written before the credit was read.
func (k *KF) ended(ctx context.Context, p party) error {
	c, err := k.credits.Credit(ctx, p.address())
	if err != nil {
		return fmt.Errorf("read credit: %w", err)
	}
	if c.Left > 0 && k.state(ctx, p) == stateEnded {
		c.Left = 0
		k.saveCredit(ctx, c)
	}
	return fmt.Errorf("send to wecom customer: the session ended: %w", models.ErrNoCredit)
}

// sendPart sends one message, if the credit allows it, and counts it.
func (k *KF) sendPart(ctx context.Context, p party, msg part, r handlers.Reply, name string) error {
	c, err := k.credits.Credit(ctx, p.address())
	if err != nil {
		return fmt.Errorf("read credit: %w", err)
	}
	left := c.LeftAt(k.now())
	switch {
	case msg.kind == typeImage && left <= urgentOnly:
		return nil // the text says the same, and what is left is for news
	case left == 0 || left <= urgentOnly && r.For == handlers.News:
		return models.ErrNoCredit
	}
	words, end := k.settings.Phrases(r.Lang), ""
	if left == 1 {
		end = words.Continue
	}
	id := messageID(name, c.Epoch)
	body, err := k.body(ctx, p, msg, id, end, words.Choose)
	if err != nil {
		return msg.unlessRefused(k.sendError(ctx, err))
	}
	k.remember(ctx, p, id, msg, r)
	err = k.postOnce(ctx, id, body)
	switch {
	case msg.file != nil && codeOf(err) == codeMedia:
		return msg.unlessRefused(k.refuseFile(ctx, k.tokens.agent, msg, err))
	case creditExhausted(err):
		c.Left = 0
	case err != nil:
		return k.sendError(ctx, err)
	default:
		c.Left = left - 1
	}
	k.saveCredit(ctx, c)
	return doorError(err)
}

// postOnce sends a message under its name. If an earlier try got no answer, a
// refusal of the very message means that the earlier one was delivered.
func (k *KF) postOnce(ctx context.Context, id string, body any) error {
	const path = "kf/send_msg"
	err := k.post(ctx, path, body, nil)
	var none unanswered
	if errors.As(err, &none) && none == path {
		k.unconfirmed.Put(id, struct{}{}, unconfirmedFor)
		return err
	}
	if err != nil && !aboutMessage(err) {
		return err
	}
	if _, before := k.unconfirmed.Take(id); err != nil && before {
		k.settings.Log.Info("wecom message was delivered, though its first answer was lost", slog.Any("error", err))
		return nil
	}
	return err
}

func (k *KF) body(ctx context.Context, p party, msg part, id, end, choose string) (any, error) {
	to := sendmsg.Message{ToUser: p.customer, OpenKFID: p.account, MsgID: id}
	if msg.file == nil {
		return msg.message(to, end, choose), nil
	}
	media, err := k.mediaID(ctx, msg)
	if msg.kind == typeImage {
		m := sendmsg.Image{Message: to, MsgType: typeImage}
		m.Image.MediaID = media
		return m, err
	}
	m := sendmsg.File{Message: to, MsgType: typeFile}
	m.File.MediaID = media
	return m, err
}

// sizeID is how long a message's id is: the most that WeCom takes.
const sizeID = 32

var idShape = pattern.New(`^([0-9a-z]{1,13})-[0-9a-f]+$`)

// messageID is the id under which a message is sent, the same for every try until
// the customer writes. It begins with the credit's epoch, which says later which
// credit a report about the message belongs to.
func messageID(name string, epoch int64) string {
	sum := sha256.Sum256([]byte(name))
	id := strconv.FormatInt(epoch, 36) + "-" + hex.EncodeToString(sum[:])
	return id[:sizeID]
}

// epochOf is the credit epoch in a message's id, 0 when it is no id of the door's.
func epochOf(id string) int64 {
	parts := idShape.FindStringSubmatch(id)
	if parts == nil || len(id) != sizeID {
		return 0
	}
	epoch, err := strconv.ParseInt(parts[1], 36, 64)
	if err != nil {
		return 0
	}
	return epoch
}

// saveCredit stores what is left. A failure is logged only: the message is sent,
// and a later refusal by WeCom corrects the count.
func (k *KF) saveCredit(ctx context.Context, c models.Credit) {
	if err := k.credits.SetCredit(context.WithoutCancel(ctx), c); err != nil {
		k.settings.Log.Warn("count wecom messages", slog.Any("error", err))
	}
}

// sendOnEvent sends one message outside the count, as long as the event allows.
// A refusal by WeCom is logged only: nobody asked for the message.
func (k *KF) sendOnEvent(ctx context.Context, r handlers.Reply, to replyTo) error {
	parts, err := compose(r, maxText)
	if err != nil || len(parts) == 0 || parts[0].file != nil || to.late(k.settings.Now()) {
		return wrap("compose wecom message", err)
	}
	body := struct {
		Code string `json:"code"`
		Type string `json:"msgtype"`
		Text any    `json:"text,omitempty"`
		Menu any    `json:"msgmenu,omitempty"`
	}{Code: to.welcome + to.code}
	switch m := parts[0].message(sendmsg.Message{}, "", k.settings.Phrases(r.Lang).Choose).(type) {
	case sendmsg.Text:
		body.Type, body.Text = m.MsgType, m.Text
	case sendmsg.Menu:
		body.Type, body.Menu = m.MsgType, m.MsgMenu
	}
	err = k.post(ctx, "kf/send_msg_on_event", body, nil)
	if err == nil || temporary(err) {
		return wrap("greet wecom customer", err)
	}
	k.settings.Log.Warn("wecom customer is not greeted", slog.Any("error", err))
	return nil
}
