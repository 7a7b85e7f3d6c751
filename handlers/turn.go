package handlers

import (
	"context"

	"waybill/models"
	"waybill/tracking/recognise"
)

// turn is one message on its way to its replies.
type turn struct {
	*Conversation
	voice
	chat models.Chat
	m    Message
}

func (t *turn) answer(ctx context.Context) ([]Reply, error) {
	switch t.m.Happening {
	case Joined:
		return t.greet(), nil
	case Tapped:
		return t.tapped(ctx)
	}
	return t.said(ctx)
}

// said finds out what a text is: a command, numbers, the answer to an open
// question, a question about parcels, or none of these.
func (t *turn) said(ctx context.Context) ([]Reply, error) {
	text := tidy(t.m.Text)
	c, ok := parse(text)
	if !ok && !t.unmeant() {
		c, ok = unslashed(text)
	}
	if ok {
		return t.command(ctx, c)
	}
	q, open, err := t.Questions.Question(ctx, t.chat.ID, t.now)
	if err != nil {
		return nil, wrap("read question", err)
	}
	found := recognise.Text(text)
	stopping := open && q.Asking == models.AskStop
	if len(found.Numbers) > 0 && !stopping {
		return t.numbers(ctx, found)
	}
	if open {
		if replies, answered, err := t.answered(ctx, q, text); answered || err != nil {
			return replies, err
		}
	}
	if len(found.Numbers) > 0 {
		return t.numbers(ctx, found)
	}
	return t.small(ctx, text, found.Refused, q, open)
}

// small is for texts that ask nothing the bot was waiting for. A group hears
// it only when it means the bot.
func (t *turn) small(ctx context.Context, text string, refused []recognise.Reason, q models.Question, open bool) ([]Reply, error) {
	switch {
	case t.unmeant() || text == "" && !t.m.Addressed:
		return nil, nil
	case asksWhere(text):
		return t.list(ctx, false)
	}
	if follows, err := t.newsFollows(ctx, text, open); follows || err != nil {
		return nil, err
	}
	if thanked, err := t.nodded(ctx, text, open); thanked != nil || err != nil {
		return thanked, err
	}
	switch {
	case open:
		return together(t.refused(refused), t.remind(q)), nil
	case len(refused) > 0:
		return t.refused(refused), nil
	case isTail(plainWord(text)):
		return t.tell("unasked", "Number", example), nil
	}
	return t.withHuman(t.tell("help_line")), nil
}

// refused says why what looked like a number is none; nothing when nothing did.
func (t *turn) refused(why []recognise.Reason) []Reply {
	if len(why) == 0 {
		return nil
	}
	return t.tell("refused." + string(why[0]))
}

// unmeant says that the message was said in a group, to somebody else.
func (t *turn) unmeant() bool { return t.m.Group && !t.m.Addressed }

func (t *turn) greet() []Reply {
	if t.m.Group {
		return t.tell("greet_group", "Number", example)
	}
	return t.help()
}

// help is how to use the bot, as far as it can be used here.
func (t *turn) help() []Reply {
	replies := t.tell("help", "Number", example)
	if t.pushes() {
		replies[0].Blocks = append(replies[0].Blocks, t.sentence("push.help", "Robot", t.Settings.Robots[0]))
	}
	replies[0].Blocks = t.mention(replies[0].Blocks)
	return t.withHuman(replies)
}

// withHuman ends a reply with how to reach a human, where there are some.
func (t *turn) withHuman(replies []Reply) []Reply {
	if t.traits().Humans {
		replies[0].Blocks = append(replies[0].Blocks, t.sentence("wecom.ask_human"))
	}
	return replies
}

// command obeys, and takes back a question that was to be answered first. A bare
// /stop deals with it itself.
func (t *turn) command(ctx context.Context, c command) ([]Reply, error) {
	if c.verb != verbStop || c.args != "" {
		if err := t.overtake(ctx, c); err != nil {
			return nil, err
		}
	}
	return t.obey(ctx, c)
}

// obey does what a command says.
func (t *turn) obey(ctx context.Context, c command) ([]Reply, error) {
	switch c.verb {
	case verbTrack:
		return t.trackCommand(ctx, c.args)
	case verbList:
		return t.list(ctx, wantsAll(c.args))
	case verbStop:
		return t.stop(ctx, c.args)
	case verbDetail:
		return t.detail(ctx, c.args)
	case verbName:
		return t.name(ctx, c.args)
	case verbTail:
		return t.tail(ctx, c.args)
	case verbMute, verbUnmute:
		return t.mute(ctx, c.args, c.verb == verbMute)
	case verbPush:
		return t.push(ctx, c.args)
	case verbUnpush:
		return t.push(ctx, pushOff+" "+c.args)
	case verbLang:
		return t.lang(ctx, c.args)
	case verbExport:
		return t.export(ctx)
	case verbForget:
		return t.forget(ctx)
	case verbUsage:
		return t.usage(ctx)
	}
	return t.help(), nil
}

// barred says why the person may not decide for the whole chat, nothing when
// they may: anybody one to one, in a group its administrators. Where the
// platform cannot tell them, nobody may, and instead says what else can be done.
func (t *turn) barred(ctx context.Context, instead string) ([]Reply, error) {
	if !t.inGroup() {
		return nil, nil
	}
	judge := t.Settings.Judges[t.chat.Door]
	if judge == nil {
		return t.tell(instead, "Example", t.Say("example.stop")), nil
	}
	if t.m.From != "" {
		admin, err := judge.Admin(ctx, t.chat.Address, t.m.From)
		if err != nil || admin {
			return nil, wrap("ask who administers the group", err)
		}
	}
	return t.tell("admins_only"), nil
}
