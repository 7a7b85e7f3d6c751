package telegram

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"github.com/go-telegram/bot"
	sdk "github.com/go-telegram/bot/models"

	"waybill/handlers"
	"waybill/models"
)

// calling is how long one call may take, an upload's included.
const calling = 30 * time.Second

const (
	repliesKept = 1024      // half-sent replies that are remembered
	resumeFor   = time.Hour // after that an equal reply is a new one
)

// destination is where a reply goes, in Telegram's numbers.
type destination struct {
	chat         int64
	thread       int
	conversation string
	forced       bool // what is sent asks for a reply, and nothing else would be seen
	editOnly     bool // what cannot replace the button's message is not sent
	token
}

// Send answers the button, if one was pressed, and sends the reply in as many
// messages as Telegram's limits need. When it fails half way, sending the same
// reply again in this process goes on where it failed.
func (d *Door) Send(ctx context.Context, to models.Address, r handlers.Reply) error {
	at, err := locate(to, r.Token)
	if err != nil {
		return err
	}
	at.editOnly = r.EditOnly
	at.forced = r.Asks && at.chat < 0 && d.identity.seesRepliesOnly()
	parts, err := compose(d.worded(r, at))
	if err != nil {
		return fmt.Errorf("compose telegram message: %w", err)
	}
	if err := d.answerButton(ctx, at, r.Toast); err != nil {
		return d.sendError(err)
	}
	key, err := digestOf(to, r)
	if err != nil {
		return err
	}
	from, _ := d.sent.Take(key)
	for i := from; i < len(parts); i++ {
		if err := d.deliver(ctx, at, parts[i], i == 0, r.Edit); err != nil {
			d.remember(key, i, err)
			return d.sendError(err)
		}
	}
	d.menus.replied(to.Conversation, r.Lang)
	return nil
}

// worded is the reply with the words that its question needs here to be answered.
func (d *Door) worded(r handlers.Reply, at destination) handlers.Reply {
	words := d.settings.Phrases(r.Lang).ReplyHere
	if !at.forced || words == "" {
		return r
	}
	r.Blocks = append(slices.Clip(r.Blocks), handlers.Block{{{Text: words}}})
	return r
}

// digest tells one reply to one chat from another.
type digest [sha256.Size]byte

func digestOf(to models.Address, r handlers.Reply) (digest, error) {
	whole, err := json.Marshal(struct {
		To    models.Address
		Reply handlers.Reply
	}{to, r})
	if err != nil {
		return digest{}, fmt.Errorf("tell replies apart: %w", err)
	}
	return sha256.Sum256(whole), nil
}

// remember keeps, in this process, how many messages of a reply are sent, if it
// will be tried again as it is.
func (d *Door) remember(key digest, sent int, err error) {
	err = doorError(err)
	moved := &models.Moved{}
	if sent == 0 || errors.Is(err, models.ErrGone) || errors.Is(err, models.ErrRefused) || errors.As(err, &moved) {
		return
	}
	d.sent.Put(key, sent, resumeFor)
}

// sendError is an error of Send as handlers.Door promises it, without the token.
func (d *Door) sendError(err error) error {
	return d.client.redact(fmt.Errorf("send to telegram: %w", doorError(err)))
}

// locate reads an address and a token.
func locate(to models.Address, replyTo string) (destination, error) {
	at := destination{conversation: to.Conversation, token: parseToken(replyTo)}
	var err error
	if at.chat, err = strconv.ParseInt(to.Conversation, 10, 64); err != nil {
		return destination{}, fmt.Errorf("%w: not the id of a telegram chat", models.ErrRefused)
	}
	if to.Thread == "" {
		return at, nil
	}
	if at.thread, err = strconv.Atoi(to.Thread); err != nil {
		return destination{}, fmt.Errorf("%w: not the id of a telegram topic", models.ErrRefused)
	}
	return at, nil
}

// answerButton ends the pressed button's spinner, with a note if there is one.
// That the query is too old, or answered already, is no error.
func (d *Door) answerButton(ctx context.Context, at destination, note string) error {
	if at.callback == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, calling)
	defer cancel()
	_, err := d.bot.AnswerCallbackQuery(ctx, &bot.AnswerCallbackQueryParams{CallbackQueryID: at.callback, Text: shortened(note, maxToast)})
	if isBadRequest(err) {
		return nil
	}
	return err
}

// deliver sends one message, when its turn has come. The first one replaces the
// button's message if it is to, and answers the question's message in a group.
func (d *Door) deliver(ctx context.Context, at destination, p part, first, edit bool) error {
	if err := d.limiter.wait(ctx, at.conversation); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, calling)
	defer cancel()
	err := d.send(ctx, at, p, first, edit)
	if after := retryAfter(err); after > 0 {
		d.limiter.hold(at.conversation, after)
	}
	return err
}

func (d *Door) send(ctx context.Context, at destination, p part, first, edit bool) error {
	forces := at.forced && p.last && p.keys == nil && p.file == nil && p.picture == nil // which an edited message cannot
	replaces := first && edit && !forces && at.callback != "" && at.message != 0 && p.file == nil && p.picture == nil
	if replaces {
		done, err := d.replace(ctx, at, p)
		if done || err != nil {
			return err
		}
	}
	if at.editOnly {
		return nil
	}
	var reply *sdk.ReplyParameters
	if first && at.callback == "" && at.message != 0 {
		reply = &sdk.ReplyParameters{MessageID: int(at.message), AllowSendingWithoutReply: true}
	}
	switch {
	case p.file != nil:
		return d.upload(ctx, at, p, reply)
	case p.picture != nil:
		err := d.show(ctx, at, p, reply)
		if !isPictureRefused(err) || p.text == "" {
			return err
		}
		d.settings.Log.Warn("telegram refuses a picture; its text goes alone", slog.Any("error", d.client.redact(err)))
	}
	markup := p.markup()
	if forces {
		// Only whose message is answered is asked to reply, where one is.
		markup = &sdk.ForceReply{ForceReply: true, Selective: reply != nil}
	}
	_, err := d.bot.SendMessage(ctx, &bot.SendMessageParams{
		ChatID:             at.chat,
		MessageThreadID:    at.thread,
		Text:               p.text,
		ParseMode:          p.mode(),
		LinkPreviewOptions: noPreview(),
		ReplyParameters:    reply,
		ReplyMarkup:        markup,
	})
	return err
}

// replace edits the message whose button was pressed. Not done without an
// error means that this message cannot be edited, so a new one is to be sent.
func (d *Door) replace(ctx context.Context, at destination, p part) (done bool, err error) {
	_, err = d.bot.EditMessageText(ctx, &bot.EditMessageTextParams{
		ChatID:             at.chat,
		MessageID:          int(at.message),
		Text:               p.text,
		ParseMode:          p.mode(),
		LinkPreviewOptions: noPreview(),
		ReplyMarkup:        p.markup(),
	})
	if no := (&apiError{}); p.caption && errors.As(err, &no) && no.says("no text in the message to edit") {
		_, err = d.bot.EditMessageCaption(ctx, &bot.EditMessageCaptionParams{
			ChatID:      at.chat,
			MessageID:   int(at.message),
			Caption:     p.text,
			ParseMode:   p.mode(),
			ReplyMarkup: p.markup(),
		})
	}
	no := &apiError{}
	switch {
	case err == nil:
		return true, nil
	case !isBadRequest(err):
		return false, err
	case errors.As(err, &no) && (no.gone() || no.movedTo != ""):
		return false, err
	case no.says("message is not modified"):
		return true, nil
	}
	return false, nil
}

// show sends a picture with text under it.
func (d *Door) show(ctx context.Context, at destination, p part, reply *sdk.ReplyParameters) error {
	_, err := d.bot.SendPhoto(ctx, &bot.SendPhotoParams{
		ChatID:          at.chat,
		MessageThreadID: at.thread,
		Photo:           &sdk.InputFileUpload{Filename: valid(p.picture.Name), Data: bytes.NewReader(p.picture.Body)},
		Caption:         p.text,
		ParseMode:       p.mode(),
		ReplyParameters: reply,
		ReplyMarkup:     p.markup(),
	})
	return err
}

func (d *Door) upload(ctx context.Context, at destination, p part, reply *sdk.ReplyParameters) error {
	_, err := d.bot.SendDocument(ctx, &bot.SendDocumentParams{
		ChatID:          at.chat,
		MessageThreadID: at.thread,
		Document:        &sdk.InputFileUpload{Filename: valid(p.file.Name), Data: bytes.NewReader(p.file.Body)},
		Caption:         p.text,
		ParseMode:       p.mode(),
		ReplyParameters: reply,
		ReplyMarkup:     p.markup(),
	})
	return err
}

func (p part) mode() sdk.ParseMode {
	if p.html {
		return sdk.ParseModeHTML
	}
	return ""
}

// markup keeps a nil keyboard a nil interface: the library would send "null".
func (p part) markup() sdk.ReplyMarkup {
	if p.keys == nil {
		return nil
	}
	return p.keys
}

func noPreview() *sdk.LinkPreviewOptions { return &sdk.LinkPreviewOptions{IsDisabled: bot.True()} }
