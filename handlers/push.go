package handlers

import (
	"context"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"waybill/models"
)

// pushOff stands in the place of a robot's name for none.
const pushOff = "off"

// pushes says that parcels' news can be sent to group robots from here: there
// are some, and only a corporation's own people write through this door.
func (t *turn) pushes() bool {
	return len(t.settings.Robots) > 0 && t.traits().Staff
}

// push has a group robot told of parcels as well, or not any more.
func (t *turn) push(ctx context.Context, args string) ([]Reply, error) {
	switch {
	case !t.traits().Staff && t.overheard():
		return nil, nil
	case !t.traits().Staff:
		return t.render.reply("push.elsewhere"), nil
	case !t.pushes():
		return t.render.reply("push.none"), nil
	}
	robot, rest, known := t.robotIn(args)
	_, rows := rowsIn(args)
	switch {
	case !known && (args == "" || rows):
		return t.robotNames("push.usage", t.settings.Robots[0]), nil
	case !known:
		return t.robotNames("push.unknown", strings.Fields(args)[0]), nil
	}
	if rest == "" {
		return t.onlyOrWhich(ctx, verbPush, robot)
	}
	p, err := t.pushTargets(ctx, rest)
	if err != nil {
		return nil, err
	}
	p.rest = robot
	return t.about(ctx, verbPush, p)
}

// pushTargets is pickAll, where "all" is every live parcel.
func (t *turn) pushTargets(ctx context.Context, args string) (picked, error) {
	if wantsAll(args) {
		live, err := t.follows(ctx, false)
		return picked{rows: live}, err
	}
	return t.pickAll(ctx, args)
}

// robotIn is the robot that opens an argument, and what follows its name. The
// longest name wins, because one may begin like another.
func (t *turn) robotIn(args string) (robot, rest string, ok bool) {
	if first, rest := cutWord(args); saysOff(first) {
		return pushOff, strings.TrimSpace(rest), true
	}
	for _, name := range t.settings.Robots {
		if len(name) > len(robot) && opens(args, name) {
			robot, rest, ok = name, strings.TrimSpace(args[len(name):]), true
		}
	}
	return robot, rest, ok
}

// opens says that args begins with name: as a word, or glued to a row as in 仓库群2.
func opens(args, name string) bool {
	if len(args) < len(name) || !strings.EqualFold(args[:len(name)], name) {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(name)
	next, _ := utf8.DecodeRuneInString(fold(args[len(name):]))
	return len(args) == len(name) || unicode.IsSpace(next) || last >= utf8.RuneSelf && next < utf8.RuneSelf
}

// robotNames is a sentence over the names of all robots.
func (t *turn) robotNames(key, robot string) []Reply {
	block := t.render.sentence(key, "Robot", robot)
	for _, name := range t.settings.Robots {
		block = append(block, Line{{Text: "· "}, {Text: name, Style: Code}})
	}
	return []Reply{{Blocks: []Block{block}}}
}

// pushPicked writes it down. A journey that this chat may not see is not shown
// to a group either.
func (t *turn) pushPicked(ctx context.Context, robot string, rows []models.Followed) ([]Reply, error) {
	if robot == pushOff {
		robot = ""
	}
	for _, f := range rows {
		if robot != "" && !f.Follow.Opens(f.Parcel) {
			return t.render.reply("push.locked", "Number", f.Parcel.Number), nil
		}
	}
	for _, f := range rows {
		err := t.store.PushTo(ctx, t.chat.ID, f.Parcel.ID, robot, t.now)
		if errors.Is(err, models.ErrNotFound) {
			return t.render.reply("not_followed_number", "Number", f.Parcel.Number), nil
		}
		if err != nil {
			return nil, wrap("push parcel", err)
		}
	}
	return []Reply{{Blocks: t.pushed(robot, rows)}}, nil
}

// pushed says what became of the rows: a parcel has one robot, so another one
// takes the place of the one it had.
func (t *turn) pushed(robot string, rows []models.Followed) []Block {
	var blocks []Block
	under := map[string]int{} // where the rows stand, by the robot they had
	for _, f := range rows {
		old := f.Follow.PushTo
		if robot == "" || old == robot {
			old = ""
		}
		at, begun := under[old]
		if !begun {
			at, under[old] = len(blocks), len(blocks)
			blocks = append(blocks, t.pushing(robot, old))
		}
		blocks[at] = append(blocks[at], t.render.head(f.Parcel, f.Follow.Name))
	}
	return blocks
}

func (t *turn) pushing(robot, old string) Block {
	switch {
	case robot == "":
		return t.render.sentence("push.off")
	case old == "":
		return t.render.sentence("push.on", "Robot", robot)
	}
	return t.render.sentence("push.moved", "Robot", robot, "Old", old)
}
