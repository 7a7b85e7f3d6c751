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
	followed map[bool][]models.Followed // what the chat follows: without what is finished, or with the last of it
	attempts heldAttempts

	shown     *lastShown // what the chat was shown last; nil: not read yet
	listedNow bool       // this turn shows a list, or several parcels
	wrongTail string     // the number whose tail the replies say was wrong

	understood  string // what the message was understood as, for the log: never what it says
	numbersSeen int    // tracking numbers in it
}

func (c *Conversation) turn(chat models.Chat, m Message, now models.Moment) *turn {
	s := c.settings
	return &turn{
		store: s.Store, settings: s, now: now, chat: chat, m: m,
		render:   c.renderer(chat, now),
		followed: map[bool][]models.Followed{}, attempts: heldAttempts{held: map[string]bool{}},
	}
}

// maxParcels is how many live parcels the chat may follow; 0: no limit.
func (t *turn) maxParcels() int { return t.settings.MaxParcels.Of(t.chat.Address) }

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

// follows is what the chat follows, in the order of its list; all adds to the live
// parcels those that were finished last (models.MostFinished).
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

// followsOf are those of some parcels that the chat follows.
func (t *turn) followsOf(ctx context.Context, parcelIDs []int64) ([]models.Followed, error) {
	rows, err := t.store.FollowedOf(ctx, t.chat.ID, parcelIDs)
	return rows, wrap("read follows", err)
}

// everything is all that the chat follows, in the order of its list. It costs as much as
// the chat has followed.
func (t *turn) everything(ctx context.Context) ([]models.Followed, error) {
	rows, err := t.store.AllFollowed(ctx, t.chat.ID)
	return inShownOrder(rows), wrap("read follows", err)
}

// answer is what is said to the message. Attempts of tails that nobody has judged
// are given back in any case.
func (t *turn) answer(ctx context.Context) (replies []Reply, err error) {
	defer func() { err = errors.Join(err, t.returnAttempts(ctx)) }()
	if replies, err = t.happened(ctx); err == nil {
		err = t.noteShown(ctx, replies)
	}
	return replies, err
}

func (t *turn) happened(ctx context.Context) ([]Reply, error) {
	t.tellFiles(ctx)
	if pictures := t.m.pictures(); len(pictures) > 0 {
		t.understand("photo")
		return t.photo(ctx, pictures)
	}
	if f, ok := t.tableSent(); ok {
		t.understand("table")
		return t.tableFile(ctx, f)
	}
	if t.otherFileSent() {
		t.understand("file")
		return t.otherFile(ctx)
	}
	switch t.m.Happening {
	case Joined:
		t.understand("joined")
		return t.greet(ctx)
	case Tapped:
		t.understand("button")
		return t.tapped(ctx)
	case Wordless:
		t.understand("wordless")
		return t.wordless(ctx)
	}
	return t.said(ctx)
}

// understand notes what the message is, as found out first.
func (t *turn) understand(as string) {
	if t.understood == "" {
		t.understood = as
	}
}

// said finds out what a text is: a command, numbers, the answer to an open
// question, a button's label, a question about parcels, or none of these.
func (t *turn) said(ctx context.Context) ([]Reply, error) {
	text := linked(tidy(t.m.Text))
	if data, ok := t.typedShopMenu(text); ok {
		return t.tappedShopMenu(ctx, data)
	}
	c, ok, err := t.commandIn(ctx, text)
	if err != nil {
		return nil, err
	}
	if ok {
		return t.command(ctx, c)
	}
	q, open, err := t.question(ctx)
	if err != nil {
		return nil, err
	}
	found := t.numbersIn(text)
	picking := open && q.Asking == models.AskPick
	if len(found.Numbers) > 0 && !picking {
		replies, err := t.numbers(ctx, found)
		if err != nil {
			return nil, err
		}
		return t.complainedNumbers(ctx, text, replies), nil
	}
	if open {
		if replies, pressed, err := t.pressedQuestion(ctx, q, text); pressed || err != nil {
			t.understand("answer " + string(q.Asking))
			return replies, err
		}
		if replies, answered, err := t.answered(ctx, q, text); answered || err != nil {
			t.understand("answer " + string(q.Asking))
			return replies, err
		}
	}
	if err := t.nearlyFollowed(ctx, &found); err != nil {
		return nil, err
	}
	if len(found.Numbers) > 0 || !t.overheard() && len(mistyped(found)) > 0 {
		return t.numbers(ctx, found)
	}
	if replies, pressed, err := t.pressed(ctx, text); pressed || err != nil {
		t.understand("label")
		return replies, err
	}
	if replies, err := t.quotedRow(ctx, text); replies != nil || err != nil {
		return replies, err
	}
	if found, ok := t.attached(text); ok {
		return t.numbers(ctx, found)
	}
	return t.smallTalk(ctx, text, found.Refused, q, open)
}

// smallTalk is for texts that ask nothing the bot was waiting for. A group hears
// it only when it means the bot.
func (t *turn) smallTalk(ctx context.Context, text string, refused []recognise.Reason, q models.Question, open bool) ([]Reply, error) {
	t.understand("small talk")
	switch {
	case t.overheard() || text == "" && !t.m.Addressed:
		return nil, nil
	case isCourierText(text):
		return t.numberless(q, open), nil
	case complains(text), asksPerson(text):
		return t.complaint(ctx, text)
	case asksContact(text):
		return t.contacts(ctx, text)
	case asksWhere(text):
		return t.whereIs(ctx, text)
	}
	if !open {
		if replies, err := t.calledBy(ctx, text); replies != nil || err != nil {
			return replies, err
		}
	}
	if rows, ok := rowsIn(text); ok && !open {
		if replies, err := t.listedRow(ctx, rows); replies != nil || err != nil {
			return replies, err
		}
	}
	replies, err := t.unasked(ctx, text, refused, q, open)
	if t.acknowledges(text, open) {
		replies = optional(replies)
	}
	return replies, err
}

// numberless says that a courier's message holds no whole number.
func (t *turn) numberless(q models.Question, open bool) []Reply {
	replies := t.render.reply("no_number", "Number", example)
	if open {
		return joinReplies(replies, t.remind(q))
	}
	return replies
}

// wordless answers what holds no text: one to one with what can be sent, or with
// what is waited for.
func (t *turn) wordless(ctx context.Context) ([]Reply, error) {
	if t.inGroup() {
		return nil, nil
	}
	q, open, err := t.question(ctx)
	if err != nil {
		return nil, err
	}
	return t.smallTalk(ctx, "", nil, q, open)
}

// unasked answers a text that asks nothing. An edit that asks nothing is not
// answered again.
func (t *turn) unasked(ctx context.Context, text string, refused []recognise.Reason, q models.Question, open bool) ([]Reply, error) {
	if t.m.Edited && len(refused) == 0 {
		return nil, nil
	}
	if greets(text) && !open {
		return t.greetBack(ctx), nil
	}
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
	case triesNumber(text):
		return t.render.reply("no_number", "Number", example), nil
	}
	if replies := t.unknownCommand(text); replies != nil {
		return replies, nil
	}
	return t.withHuman(ctx, t.render.reply("help_line")), nil
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

func (t *turn) greet(ctx context.Context) ([]Reply, error) {
	switch {
	case t.m.Group:
		return t.render.reply("greet_group", "Number", example), nil
	case t.traits().Humans:
		return t.greetCustomer(ctx)
	}
	return t.help(ctx), nil
}

// help is how to use the bot, as far as it can be used here.
func (t *turn) help(ctx context.Context) []Reply {
	replies := t.render.reply("help", "Number", example)
	switch traits := t.traits(); {
	case traits.Pictures && traits.Staff: // WeCom hands an app no files
		replies[0].Blocks = append(replies[0].Blocks, t.render.sentence("help_photo"))
	case traits.Pictures:
		replies[0].Blocks = append(replies[0].Blocks, t.render.sentence("help_files"))
	}
	if t.pushes() {
		replies[0].Blocks = append(replies[0].Blocks, t.render.sentence("push.help", "Robot", t.settings.Robots[0]))
	}
	replies[0].Blocks = t.render.mention(replies[0].Blocks)
	return t.withHuman(ctx, replies)
}

// withHuman ends a reply with how to reach a human, while one serves.
func (t *turn) withHuman(ctx context.Context, replies []Reply) []Reply {
	if t.humanServes(ctx) {
		replies[0].Blocks = append(replies[0].Blocks, t.render.sentence("ask_human"))
	}
	return replies
}

// notAllowed says why the person may not decide for the whole chat, nothing when
// they may: anybody one to one, in a group its administrators. Where the
// platform cannot tell them, nobody may, and instead says what else can be done.
func (t *turn) notAllowed(ctx context.Context, instead string) ([]Reply, error) {
	if !t.inGroup() {
		return nil, nil
	}
	cannotTell := func() []Reply { return t.render.reply(instead, "Example", t.render.say("example.stop")) }
	admins := t.settings.Admins[t.chat.Door]
	if admins == nil {
		return cannotTell(), nil
	}
	if t.m.From == "" {
		return t.render.reply("admins_only"), nil
	}
	admin, err := admins.Admin(ctx, t.chat.Address, t.m.From)
	switch {
	case errors.Is(err, ErrCannotTell):
		return cannotTell(), nil
	case err != nil || admin:
		return nil, wrap("ask who administers the group", err)
	}
	return t.render.reply("admins_only"), nil
}
