package handlers

import (
	"context"
	"regexp"

	"waybill/tracking/recognise"
)

// listedRow shows a row of the last list whose number was all that was said. Where any
// reply keeps messages coming, the list has to be the last thing shown.
func (t *turn) listedRow(ctx context.Context, rows []int) ([]Reply, error) {
	if len(t.chat.Listed) == 0 || t.chat.Listed[0] < 0 {
		return nil, nil
	}
	if t.traits().Metered {
		if last, err := t.listShownLast(ctx); err != nil || !last {
			return nil, err
		}
	}
	all, err := t.follows(ctx, true)
	if err != nil {
		return nil, err
	}
	p, err := t.pickRows(ctx, rows, all)
	if err != nil {
		return nil, err
	}
	return t.about(ctx, verbDetail, p)
}

// numberTried matches one word that was probably meant as a tracking number.
var numberTried = regexp.MustCompile(`^[A-Za-z]{0,4}[- ]?\d[0-9A-Za-z -]{2,}$`)

// triesNumber says that a text is probably a number, with something wrong in it.
func triesNumber(text string) bool {
	return numberTried.MatchString(plainWord(text)) && len(plainWord(text)) > tailLength
}

// command does what a command says, and drops a question that was to be answered
// first. A bare /stop deals with it itself.
func (t *turn) command(ctx context.Context, c command) ([]Reply, error) {
	bare := c.args == "" && (c.verb == verbStop || c.verb == verbCancel)
	if !bare {
		if err := t.dropOvertaken(ctx, c); err != nil {
			return nil, err
		}
	}
	return t.run(ctx, c)
}

// run does what a command says.
func (t *turn) run(ctx context.Context, c command) ([]Reply, error) {
	switch c.verb {
	case verbTrack:
		return t.trackCommand(ctx, c.args)
	case verbList:
		return t.list(ctx, wantsAll(c.args))
	case verbStop, verbCancel:
		return t.stop(ctx, c)
	case verbUndo:
		return t.undoOrUnmute(ctx, c.args)
	case verbDetail, verbName, verbMute, verbUnmute:
		return t.aboutParcel(ctx, c)
	case verbNews:
		return t.news(ctx, c.args)
	case verbPush:
		return t.push(ctx, c.args)
	case verbUnpush:
		return t.push(ctx, pushOff+" "+c.args)
	}
	return t.runForChat(ctx, c)
}

// runForChat does what a command says that is about no parcel.
func (t *turn) runForChat(ctx context.Context, c command) ([]Reply, error) {
	switch c.verb {
	case verbTail:
		return t.tail(ctx, c.args)
	case verbLang:
		return t.lang(ctx, c.args)
	case verbSettings:
		return t.settingsNow(ctx)
	case verbPrivacy:
		return t.render.reply("privacy"), nil
	case verbExport:
		return t.export(ctx)
	case verbForget:
		return t.forget(ctx)
	case verbUsage:
		return t.usage(ctx)
	}
	if found := recognise.Text(c.args); len(found.Numbers) > 0 {
		return t.numbers(ctx, found) // a link that opens the chat with a number
	}
	return t.help(), nil
}

// undoOrUnmute takes a stop back; of a row that is there it can only be a mute.
func (t *turn) undoOrUnmute(ctx context.Context, args string) ([]Reply, error) {
	if _, rows := rowsIn(args); rows || wantsAll(args) {
		return t.aboutParcel(ctx, command{verb: verbUnmute, args: args})
	}
	return t.undo(ctx)
}
