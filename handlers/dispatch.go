package handlers

import (
	"context"

	"waybill/locales"
	"waybill/tracking/recognise"
)

// command does what a command says, and drops a question that was to be answered
// first. A bare /stop deals with it itself.
func (t *turn) command(ctx context.Context, c command) ([]Reply, error) {
	t.understand("command " + string(c.verb))
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
		return t.export(ctx, c.args)
	case verbForget:
		return t.forget(ctx)
	case verbUsage:
		return t.usage(ctx, c.args)
	}
	if found := recognise.Text(c.args); len(found.Numbers) > 0 {
		return t.numbers(ctx, found) // a link that opens the chat with a number
	}
	return t.help(ctx), nil
}

// undoOrUnmute takes a stop back; of a row that is there it can only be a mute.
func (t *turn) undoOrUnmute(ctx context.Context, args string) ([]Reply, error) {
	if _, rows := rowsIn(args); rows || wantsAll(args) {
		return t.aboutParcel(ctx, command{verb: verbUnmute, args: args})
	}
	return t.undo(ctx)
}

// MenuItem is one command as a platform's menu shows it.
type MenuItem struct {
	Name string // without the slash
	Text string // what it does, one line
}

// Menu is the menu of commands in every language, by its tag (BCP 47).
func Menu(words *locales.Bundle) map[string][]MenuItem {
	menus := map[string][]MenuItem{}
	for _, lang := range words.Languages() {
		localizer := words.For(lang)
		for _, v := range menuVerbs() {
			menus[lang] = append(menus[lang], MenuItem{Name: string(v), Text: localizer.Say("menu." + string(v))})
		}
	}
	return menus
}

func menuVerbs() []verb {
	return []verb{
		verbList, verbTrack, verbDetail, verbName, verbStop, verbUndo, verbNews, verbMute, verbUnmute,
		verbTail, verbLang, verbExport, verbForget, verbHelp,
	}
}
