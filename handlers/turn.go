package handlers

import (
	"context"
	"errors"
	"slices"

	"waybill/models"
	"waybill/tracking/recognise"
)

// turn is one message on its way to its replies. What it has read of its chat
// it does not read again.
type turn struct {
	store    Store
	settings Settings
	render   renderer
	now      models.Moment
	chat     models.Chat
	m        Message
	asked    *models.Question           // the open question, without Asking when there is none; nil: not read yet
	followed map[bool][]models.Followed // what the chat follows: all, or without what is finished
	attempts heldAttempts
}

func (c *Conversation) turn(chat models.Chat, m Message, now models.Moment) *turn {
	s := c.settings
	return &turn{
		store: s.Store, settings: s, now: now, chat: chat, m: m,
		render:   c.renderer(chat, now),
		followed: map[bool][]models.Followed{}, attempts: heldAttempts{held: map[string]bool{}},
	}
}

// question is the chat's open question; false when there is none.
func (t *turn) question(ctx context.Context) (models.Question, bool, error) {
	if t.asked == nil {
		q, open, err := t.store.Question(ctx, t.chat.ID, t.m.Arrival, t.now)
		if err != nil {
			return q, false, wrap("read question", err)
		}
		if !open {
			q = models.Question{}
		}
		t.asked = &q
	}
	return *t.asked, t.asked.Asking != "", nil
}

// follows is what the chat follows, in the order of its list; all adds the finished
// parcels to the live ones.
func (t *turn) follows(ctx context.Context, all bool) ([]models.Followed, error) {
	if rows, read := t.followed[all]; read {
		return rows, nil
	}
	if rows, read := t.followed[true]; read {
		return inShownOrder(slices.DeleteFunc(slices.Clone(rows), func(f models.Followed) bool { return !f.Parcel.Live() })), nil
	}
	rows, err := t.store.Followed(ctx, t.chat.ID, all)
	if err != nil {
		return nil, wrap("read follows", err)
	}
	t.followed[all] = inShownOrder(rows)
	return t.followed[all], nil
}

// answer is what is said to the message. Attempts of tails that nobody has judged
// are given back in any case.
func (t *turn) answer(ctx context.Context) (replies []Reply, err error) {
	defer func() { err = errors.Join(err, t.returnAttempts(ctx)) }()
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
	if !ok && !t.overheard() {
		c, ok = unslashed(text)
	}
	if ok {
		return t.command(ctx, c)
	}
	q, open, err := t.question(ctx)
	if err != nil {
		return nil, err
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
	return t.smallTalk(ctx, text, found.Refused, q, open)
}

// smallTalk is for texts that ask nothing the bot was waiting for. A group hears
// it only when it means the bot.
func (t *turn) smallTalk(ctx context.Context, text string, refused []recognise.Reason, q models.Question, open bool) ([]Reply, error) {
	switch {
	case t.overheard() || text == "" && !t.m.Addressed:
		return nil, nil
	case asksContact(text):
		return t.contacts(ctx, text)
	case asksWhere(text):
		return t.whereAre(ctx)
	}
	replies, err := t.unasked(ctx, text, refused, q, open)
	if t.acknowledges(text, open) {
		replies = optional(replies)
	}
	return replies, err
}

// unasked answers a text that asks nothing.
func (t *turn) unasked(ctx context.Context, text string, refused []recognise.Reason, q models.Question, open bool) ([]Reply, error) {
	if thanked, err := t.acknowledge(ctx, text, open); thanked != nil || err != nil {
		return thanked, err
	}
	switch {
	case open:
		return joinReplies(t.refused(refused), t.remind(q)), nil
	case len(refused) > 0:
		return t.refused(refused), nil
	case isTail(plainWord(text)):
		return t.render.reply("unasked", "Number", example), nil
	}
	return t.withHuman(t.render.reply("help_line")), nil
}

// refused says why what looked like a number is none; nothing when nothing did.
func (t *turn) refused(why []recognise.Reason) []Reply {
	if len(why) == 0 {
		return nil
	}
	return t.render.reply("refused." + string(why[0]))
}

// traits are what is particular about the chat's door.
func (t *turn) traits() Traits { return t.settings.Traits[t.chat.Door] }

// overheard says that the message was said in a group, to somebody else.
func (t *turn) overheard() bool { return t.m.Group && !t.m.Addressed }

func (t *turn) greet() []Reply {
	if t.m.Group {
		return t.render.reply("greet_group", "Number", example)
	}
	return t.help()
}

// help is how to use the bot, as far as it can be used here.
func (t *turn) help() []Reply {
	replies := t.render.reply("help", "Number", example)
	if t.pushes() {
		replies[0].Blocks = append(replies[0].Blocks, t.render.sentence("push.help", "Robot", t.settings.Robots[0]))
	}
	replies[0].Blocks = t.render.mention(replies[0].Blocks)
	return t.withHuman(replies)
}

// withHuman ends a reply with how to reach a human, where there are some.
func (t *turn) withHuman(replies []Reply) []Reply {
	if t.traits().Humans {
		replies[0].Blocks = append(replies[0].Blocks, t.render.sentence("ask_human"))
	}
	return replies
}

// command does what a command says, and drops a question that was to be answered
// first. A bare /stop deals with it itself.
func (t *turn) command(ctx context.Context, c command) ([]Reply, error) {
	if c.verb != verbStop || c.args != "" {
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

// notAllowed says why the person may not decide for the whole chat, nothing when
// they may: anybody one to one, in a group its administrators. Where the
// platform cannot tell them, nobody may, and instead says what else can be done.
func (t *turn) notAllowed(ctx context.Context, instead string) ([]Reply, error) {
	if !t.inGroup() {
		return nil, nil
	}
	admins := t.settings.Admins[t.chat.Door]
	if admins == nil {
		return t.render.reply(instead, "Example", t.render.say("example.stop")), nil
	}
	if t.m.From != "" {
		admin, err := admins.Admin(ctx, t.chat.Address, t.m.From)
		if err != nil || admin {
			return nil, wrap("ask who administers the group", err)
		}
	}
	return t.render.reply("admins_only"), nil
}
