package telegram

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/go-telegram/bot"
	sdk "github.com/go-telegram/bot/models"

	"waybill/handlers"
	"waybill/models"
)

// calling is how long one call may take, an upload's included.
const calling = 30 * time.Second

// place is where a reply goes, in Telegram's numbers.
type place struct {
	chat   int64
	thread int
	room   string
	handle
}

// Send answers the button, if one was pressed, and sends the reply in as many
// messages as Telegram's limits need. When it fails half way, sending the same
// reply again in this process goes on where it failed.
func (d *Door) Send(ctx context.Context, to models.Address, r handlers.Reply) error {
	at, err := locate(to, r.Token)
	if err != nil {
		return err
	}
	parts, err := compose(r)
	if err != nil {
		return fmt.Errorf("compose telegram message: %w", err)
	}
	if err := d.answer(ctx, at, r.Toast); err != nil {
		return d.outcome(err)
	}
	k, err := digestOf(to, r)
	if err != nil {
		return err
	}
	for i := d.progress.take(k); i < len(parts); i++ {
		if err := d.deliver(ctx, at, parts[i], i == 0, r.Edit); err != nil {
			d.remember(k, i, err)
			return d.outcome(err)
		}
	}
	return nil
}

// locate reads an address and a token.
func locate(to models.Address, token string) (place, error) {
	at := place{room: to.Room, handle: grasp(token)}
	var err error
	if at.chat, err = strconv.ParseInt(to.Room, 10, 64); err != nil {
		return place{}, fmt.Errorf("%w: not the id of a telegram chat", models.ErrRefused)
	}
	if to.Thread == "" {
		return at, nil
	}
	if at.thread, err = strconv.Atoi(to.Thread); err != nil {
		return place{}, fmt.Errorf("%w: not the id of a telegram topic", models.ErrRefused)
	}
	return at, nil
}

// answer ends the pressed button's spinner, with a note if there is one. A
// query that is too old, or answered already, is nobody's loss.
func (d *Door) answer(ctx context.Context, at place, note string) error {
	if at.callback == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, calling)
	defer cancel()
	_, err := d.bot.AnswerCallbackQuery(ctx, &bot.AnswerCallbackQueryParams{CallbackQueryID: at.callback, Text: toast(note)})
	if isBadRequest(err) {
		return nil
	}
	return err
}

// deliver sends one message, when its turn has come. The first one replaces the
// button's message if it is to, and answers the question's message in a group.
func (d *Door) deliver(ctx context.Context, at place, p part, first, edit bool) error {
	if err := d.limiter.wait(ctx, at.room); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, calling)
	defer cancel()
	err := d.put(ctx, at, p, first, edit)
	if f := (&fault{}); errors.As(err, &f) && f.code == http.StatusTooManyRequests {
		d.limiter.told(at.room, f.after)
	}
	return err
}

func (d *Door) put(ctx context.Context, at place, p part, first, edit bool) error {
	replaces := first && edit && at.callback != "" && at.message != 0 && p.file == nil
	if replaces {
		done, err := d.replace(ctx, at, p)
		if done || err != nil {
			return err
		}
	}
	var reply *sdk.ReplyParameters
	if first && at.callback == "" && at.message != 0 {
		reply = &sdk.ReplyParameters{MessageID: int(at.message), AllowSendingWithoutReply: true}
	}
	if p.file != nil {
		return d.upload(ctx, at, p, reply)
	}
	_, err := d.bot.SendMessage(ctx, &bot.SendMessageParams{
		ChatID:             at.chat,
		MessageThreadID:    at.thread,
		Text:               p.text,
		ParseMode:          p.mode(),
		LinkPreviewOptions: noPreview(),
		ReplyParameters:    reply,
		ReplyMarkup:        p.markup(),
	})
	return err
}

// replace edits the message whose button was pressed. Not done without an
// error means that this message cannot be edited, so a new one is to be sent.
func (d *Door) replace(ctx context.Context, at place, p part) (done bool, err error) {
	_, err = d.bot.EditMessageText(ctx, &bot.EditMessageTextParams{
		ChatID:             at.chat,
		MessageID:          int(at.message),
		Text:               p.text,
		ParseMode:          p.mode(),
		LinkPreviewOptions: noPreview(),
		ReplyMarkup:        p.markup(),
	})
	f := &fault{}
	switch {
	case err == nil:
		return true, nil
	case !isBadRequest(err):
		return false, err
	case errors.As(err, &f) && (f.gone() || f.room != ""):
		return false, err
	case f.says("message is not modified"):
		return true, nil
	}
	return false, nil
}

func (d *Door) upload(ctx context.Context, at place, p part, reply *sdk.ReplyParameters) error {
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

// outcome is an error of Send, in the Door's words and without the token.
func (d *Door) outcome(err error) error {
	return d.client.redact(fmt.Errorf("send to telegram: %w", verdict(err)))
}

// remember keeps how far a reply came, if it will be tried again as it is.
func (d *Door) remember(k digest, sent int, err error) {
	err = verdict(err)
	moved := &models.Moved{}
	if errors.Is(err, models.ErrGone) || errors.Is(err, models.ErrRefused) || errors.As(err, &moved) {
		return
	}
	d.progress.keep(k, sent)
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

// isBadRequest says that trying the same call again is of no use.
func isBadRequest(err error) bool {
	f := &fault{}
	return errors.As(err, &f) && f.code == http.StatusBadRequest
}
