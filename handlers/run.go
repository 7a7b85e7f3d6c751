package handlers

import (
	"context"
	"regexp"
	"slices"
	"strings"

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
		if pasted, err := t.isPaste(ctx, c, text); pasted || err != nil {
			return c, false, err
		}
	}
	if c.args == "" && (takesParcel(c.verb) || c.verb == verbTrack) {
		if quoted := recognise.Text(t.m.Attached).Numbers; len(quoted) == 1 {
			c.args = quoted[0].Number
		}
	}
	return c, true, nil
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
	if word, args, ok := strings.Cut(text, " "); ok {
		if v, known := englishVerb(plainWord(word)); known && takesParcel(v) && (v != verbName || plainWord(word) == "rename") {
			return command{verb: v, args: strings.TrimSpace(args)}, true
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
var withObject = regexp.MustCompile(`^[把将將](.+?)(停止|停掉|停|删除|刪除|删掉|刪掉|删|刪|移除|取消关注|取消關注|静音|靜音)[了掉吧。]*$`)

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
	if t.m.Attached == "" || t.overheard() || isThanks(text) || text != "" && isAcknowledgement(text) {
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
		return t.toldSettings(ctx)
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

// fullFor are several numbers that were one too many for the chat, together.
type fullFor struct{ numbers []located }

func (f fullFor) about() request { return f.numbers[0].request }

// joinFull puts the steps together that were refused because the chat is full.
func joinFull(steps []step) []step {
	var rest []step
	var full fullFor
	for _, s := range steps {
		if r, ok := s.(refused); ok && r.why == "full" {
			full.numbers = append(full.numbers, r.located)
		} else {
			rest = append(rest, s)
		}
	}
	if len(full.numbers) < 2 {
		return steps
	}
	return append(rest, full)
}

// fullWords says it once, with all their numbers.
func (t *turn) fullWords(f fullFor) []Block {
	block := t.render.sentence("full_many", "Max", t.settings.MaxParcels, "Count", len(f.numbers))
	for _, l := range f.numbers {
		block = append(block, t.render.head(l.parcel, l.name))
	}
	return []Block{block}
}

// corrected says that a parcel is another carrier's than the one that somebody named.
func (t *turn) corrected(f followed) []Block {
	is := f.answer.Parcel.Carrier
	if f.named == "" || is == "" || f.named == is || !f.opens() {
		return nil
	}
	return []Block{t.render.sentence("carrier_corrected", "Carrier", t.render.carrier(is))}
}

// watchingKey is the promise under several parcels: one that has arrived is watched no
// more.
func watchingKey(said []step, watched int) string {
	for _, s := range said {
		if f, ok := s.(followed); ok && !f.live() && watched > 0 {
			return "watching_rest"
		}
	}
	return "watching_all"
}

// isThanks says that a text thanks, and nothing else.
func isThanks(text string) bool {
	switch strings.Trim(plainWord(text), " ❤🙏👍😊") {
	case "谢谢", "謝謝", "谢谢你", "謝謝你", "谢谢您", "謝謝您", "谢了", "謝了", "多谢", "多謝", "感谢", "感謝", "谢谢啦", "謝謝啦", "好的谢谢", "好的,谢谢", "非常感谢", "非常感謝", "辛苦了", "辛苦啦", "3q",
		"thanks", "thank you", "thx", "ty", "thanks a lot", "many thanks", "thank you so much", "thank you very much", "ok thanks", "ok, thanks", "great, thanks", "cheers":
		return true
	}
	return false
}
