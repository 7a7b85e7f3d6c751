package handlers

import (
	"context"
	"strings"

	"waybill/models"
)

// tail remembers this chat's phone tail, or forgets it. When a question for a
// tail is open, it is answered too. Groups remember none: everybody would use it.
func (t *turn) tail(ctx context.Context, args string) ([]Reply, error) {
	q, open, err := t.question(ctx)
	if err != nil {
		return nil, err
	}
	digits, given := tailIn(args, false)
	asked := given && open && q.Asking == models.AskTail
	switch {
	case t.inGroup() && asked:
		return t.answerTail(ctx, q, digits)
	case t.inGroup():
		return t.render.reply("tail.not_in_groups"), nil
	case saysOff(args):
		return t.render.reply("tail.off"), wrap("erase tail", t.store.SetChatTail(ctx, t.chat.ID, ""))
	case !given && open && q.Asking == models.AskTail:
		return t.render.reply("tail.usage"), nil
	case !given:
		return t.askKept(ctx)
	}
	if err := t.store.SetChatTail(ctx, t.chat.ID, digits); err != nil {
		return nil, wrap("remember tail", err)
	}
	kept := t.render.reply("tail.kept")
	if !asked {
		return kept, nil
	}
	replies, err := t.answerTail(ctx, q, digits)
	return append(kept, replies...), err
}

// askKept says how a tail is remembered, and takes four digits as the answer.
func (t *turn) askKept(ctx context.Context) ([]Reply, error) {
	q := models.Question{Asking: models.AskKeep}
	if err := t.ask(ctx, &q); err != nil {
		return nil, err
	}
	return t.renderQuestion(q), nil
}

// typedKept reads the tail to remember, or that none is to be remembered.
func (t *turn) typedKept(ctx context.Context, text string) ([]Reply, bool, error) {
	if _, given := tailIn(text, false); !given && !saysOff(text) {
		return nil, false, nil
	}
	if err := t.closeQuestion(ctx); err != nil {
		return nil, false, err
	}
	replies, err := t.tail(ctx, text)
	return replies, true, err
}

func (t *turn) inGroup() bool { return t.m.Group || t.chat.Group }

func saysOff(args string) bool {
	switch plainWord(args) {
	case "off", "关", "關", "关闭", "關閉", "关掉", "關掉", "删除", "刪除", "清除", "取消", "忘记", "忘記", "不要":
		return true
	}
	return false
}

// lang changes the chat's language.
func (t *turn) lang(ctx context.Context, args string) ([]Reply, error) {
	if lang, ok := langOf(args); ok {
		return t.speak(ctx, lang)
	}
	reply := t.render.reply("lang.which")
	reply[0].Buttons = [][]Button{{
		{Text: "简体中文", Data: "l:zh-CN"},
		{Text: "繁體中文", Data: "l:zh-TW"},
		{Text: "English", Data: "l:en"},
	}}
	return reply, nil
}

func (t *turn) speak(ctx context.Context, lang string) ([]Reply, error) {
	if err := t.store.SetLang(ctx, t.chat.ID, lang); err != nil {
		return nil, wrap("change language", err)
	}
	t.render.words = t.settings.Words.For(lang)
	return t.render.reply("lang.done"), nil
}

// langOf is the language that somebody names.
func langOf(args string) (string, bool) {
	switch strings.ReplaceAll(plainWord(args), "_", "-") {
	case "zh", "zh-cn", "zh-hans", "cn", "chinese", "simplified chinese", "simplified", "中文", "简体", "简体中文", "简体字", "簡體", "簡體中文", "汉语", "普通话", "简中":
		return "zh-CN", true
	case "zh-tw", "zh-hant", "zh-hk", "tw", "traditional chinese", "traditional", "繁体", "繁体中文", "繁体字", "繁體", "繁體中文", "繁體字", "正體", "正體中文", "繁中", "台灣", "臺灣":
		return "zh-TW", true
	case "en", "en-us", "en-gb", "english", "in english", "英文", "英语", "英語":
		return "en", true
	}
	return "", false
}

// forget asks whether to erase everything that is stored about this chat.
func (t *turn) forget(ctx context.Context) ([]Reply, error) {
	if why, err := t.notAllowed(ctx, "no_admins"); err != nil || why != nil {
		return why, err
	}
	q := models.Question{Asking: models.AskForget}
	if err := t.ask(ctx, &q); err != nil {
		return nil, err
	}
	return t.renderQuestion(q), nil
}
