package handlers

import (
	"context"
	"slices"
	"strings"

	"waybill/internal/pattern"
	"waybill/tracking/recognise"
)

// commandIn is the command that a text is; false when it is none. A command without an
// argument that quotes a message is about the parcel of that message.
func (t *turn) commandIn(ctx context.Context, text string) (command, bool, error) {
	read := parse
	if t.overheard() {
		read = parseOverheard
	}
	c, ok := read(text)
	_, slash := cutSlash(text)
	if !ok && !slash && !t.overheard() {
		if c, ok = unslashed(text); !ok {
			return t.glued(ctx, text)
		}
	}
	if !ok {
		return c, false, nil
	}
	if !slash {
		other, err := t.isPaste(ctx, c, text)
		if err == nil && !other && t.overheard() {
			other, err = t.isTalk(ctx, c)
		}
		if other || err != nil {
			return c, false, err
		}
	}
	c, err := t.aboutQuoted(ctx, c)
	return c, err == nil, err
}

// aboutQuoted is a command with the numbers of the message that it quotes, where its
// own argument points at no parcel: 备注 茶 under a parcel's message names that one,
// /track 帮我看看 under any message looks up what stands there.
func (t *turn) aboutQuoted(ctx context.Context, c command) (command, error) {
	quoted := recognise.Text(t.m.Attached).Numbers
	switch {
	case len(quoted) == 0:
		return c, nil
	case c.verb == verbTrack && len(recognise.Text(c.args).Numbers) == 0:
		var args []string
		for _, n := range quoted {
			args = append(args, n.Number)
		}
		if tail, ok := tailIn(c.args, false); ok && len(quoted) == 1 {
			args[0] += " " + tail
		}
		c.args = strings.Join(args, "\n")
	case len(quoted) > 1:
		return c, nil
	case takesParcel(c.verb) && c.args == "":
		c.args = quoted[0].Number
	case c.verb == verbName && !pointsAtRow(c.args):
		p, err := t.pick(ctx, c.args)
		if err != nil || p.found() && p.rest != "" {
			return c, err
		}
		c.args = quoted[0].Number + " " + c.args
	}
	return c, nil
}

// isPaste says that a text only begins with a command's word: it holds a number, and
// what follows the word is no parcel of the chat. 备注 is also what an order calls its
// note, and 尾号 9127 的顺丰 SF… is a sentence.
func (t *turn) isPaste(ctx context.Context, c command, text string) (bool, error) {
	if c.verb == verbTrack || len(recognise.Text(text).Numbers) == 0 {
		return false, nil
	}
	if c.verb == verbPush || c.verb == verbUnpush || takesParcel(c.verb) && c.verb != verbName && onlyNumbers(c.args) {
		return false, nil
	}
	if !takesParcel(c.verb) && c.verb != verbCancel {
		return true, nil
	}
	find := t.pickAll
	if c.verb == verbName {
		find = t.pick
	}
	p, err := find(ctx, c.args)
	return !p.found(), err
}

// isTalk says that what a group says to itself only begins like a command about a
// parcel: what follows is none of the chat's (取消 两点的会).
func (t *turn) isTalk(ctx context.Context, c command) (bool, error) {
	opening, _ := cutWord(c.args)
	if !takesParcel(c.verb) && c.verb != verbCancel || c.args == "" || wantsAll(c.args) || onlyNumbers(c.args) || onlyNumbers(opening) {
		return false, nil
	}
	p, err := t.pick(ctx, c.args)
	return !p.found(), err
}

// onlyNumbers says that every word is a row or a number.
func onlyNumbers(args string) bool {
	words := rowWords(args)
	return len(words) > 0 && !slices.ContainsFunc(words, func(word string) bool {
		_, number := recognise.One(word)
		_, rows := rowRange(word)
		return !number && !rows
	})
}

// glued is a command whose word stands directly before what a parcel is called
// (停止茶叶, 查看一下顺丰, stop mum's tea): what follows has to be a parcel's.
func (t *turn) glued(ctx context.Context, text string) (command, bool, error) {
	c, ok := openingWord(text)
	if !ok {
		return command{}, false, nil
	}
	if c.verb == verbName {
		p, err := t.pick(ctx, c.args)
		return c, p.found() && p.rest != "", err
	}
	p, err := t.pickAll(ctx, c.args)
	return c, p.found(), err
}

func openingWord(text string) (command, bool) {
	text = strings.TrimSpace(politely.ReplaceAllString(strings.TrimSpace(text), ""))
	text = strings.TrimSuffix(text, " please")
	if word, args, ok := strings.Cut(text, " "); ok {
		if v, known := englishVerb(plainWord(word)); known && takesParcel(v) && (v != verbName || plainWord(word) == "rename") {
			args = strings.TrimSpace(args)
			if doing, rest := cutWord(args); v == verbStop && rest != "" && slices.Contains([]string{"tracking", "following", "watching"}, strings.ToLower(doing)) {
				args = strings.TrimSpace(rest) // stop following the tea
			}
			return command{verb: v, args: args}, true
		}
	}
	if m := withObject.FindStringSubmatch(text); m != nil {
		v, known := chineseVerb(m[2])
		return command{verb: v, args: m[1]}, known
	}
	for length := longestWord; length > 0; length-- {
		word, rest, ok := cutRunes(text, length)
		if !ok {
			continue
		}
		if v, known := looseVerb(word); known {
			for _, filler := range []string{"一下", "掉", "那个", "那個", "这个", "這個", "我的"} {
				rest = strings.TrimPrefix(rest, filler)
			}
			rest = strings.TrimRight(strings.TrimSpace(rest), "吧。.!！")
			return command{verb: v, args: rest}, rest != ""
		}
	}
	return command{}, false
}

// withObject matches 把鞋停了, 把第二个静音.
var withObject = pattern.New(`^[把将將](.+?)(停止|停掉|停|删除|刪除|删掉|刪掉|删|刪|移除|取消关注|取消關注|静音|靜音)[了掉吧。]*$`)

// looseVerb is the verb of a Chinese word directly before what a parcel is called.
func looseVerb(word string) (verb, bool) {
	switch word {
	case "看", "看看", "查", "查查":
		return verbDetail, true
	}
	v, ok := chineseVerb(word)
	return v, ok && takesParcel(v) && v != verbName
}

// numbersIn are the numbers of a text. Behind 备注 a number and its name stand as in a
// message that begins with the number.
func (t *turn) numbersIn(text string) recognise.Result {
	found := recognise.Text(text)
	for i, n := range found.Numbers {
		if _, command := called(strings.ToLower(n.Name)); command {
			found.Numbers[i].Name = "" // list: YT…
		}
	}
	if t.overheard() {
		found.Numbers = slices.DeleteFunc(found.Numbers, func(n recognise.Number) bool { return !n.Sure })
		return found
	}
	c, ok := parse(text)
	if !ok || c.verb != verbName {
		return found
	}
	opening, _ := cutWord(c.args)
	if _, number := recognise.One(opening); number {
		if inside := recognise.Text(c.args); len(inside.Numbers) == len(found.Numbers) {
			return inside
		}
	}
	return found
}

// attached are the numbers of what came with a text that holds none. What it quotes
// calls no parcel by a new name, and four digits beside it are the parcel's tail.
func (t *turn) attached(text string) (recognise.Result, bool) {
	if t.m.Attached == "" || t.overheard() || text != "" && isAcknowledgement(text) {
		return recognise.Result{}, false
	}
	found := recognise.Text(t.m.Attached)
	for i := range found.Numbers {
		found.Numbers[i].Name = ""
	}
	if len(found.Numbers) == 1 {
		if tail, ok := tailIn(text, false); ok {
			found.Numbers[0].Tail = tail
		}
	}
	return found, len(found.Numbers) > 0
}
