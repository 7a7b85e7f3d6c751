package handlers

import (
	"context"
	"fmt"
	"strings"

	"waybill/models"
)

// defaultSummary is the minute of the day of a summary when nobody says when: 9:00.
const defaultSummary = 9 * 60

// wantedNews is how much somebody says that a chat is to hear.
type wantedNews struct {
	said   bool // it is about news at all
	news   models.News
	minute int  // of the day, with models.NewsDaily
	timed  bool // minute was said
	wrong  bool // a time was said that there is none of
}

// minuteOr is the minute that was said, else the one that the chat had, else the usual.
func (w wantedNews) minuteOr(had int) int {
	switch {
	case w.timed:
		return w.minute
	case had > 0:
		return had
	}
	return defaultSummary
}

// newsIn reads 全部, 要紧, problems, 每天早上九点, daily at 8.
func newsIn(text string) wantedNews {
	word := plainWord(text)
	switch word {
	case "all", "everything", "on", "every", "全部", "所有", "全都", "全开", "全開", "打开", "打開", "开", "開", "恢复", "恢復", "每条", "每條", "都要":
		return wantedNews{said: true, news: models.NewsAll}
	case "urgent", "important", "urgent only", "important only", "only urgent", "要紧", "要緊", "重要", "紧急", "緊急", "只要要紧", "只看重要", "只要重要", "要紧的", "要緊的", "重要的", "只要要紧的", "只要重要的":
		return wantedNews{said: true, news: models.NewsUrgent}
	case "problems", "problem", "problems only", "only problems", "issues", "异常", "異常", "问题", "問題", "出问题", "出問題", "只要异常", "只要異常", "只看异常", "异常的", "異常的", "有问题", "有問題":
		return wantedNews{said: true, news: models.NewsProblems}
	}
	rest, daily := cutDaily(word)
	w := wantedNews{said: daily, news: models.NewsDaily}
	if rest == "" {
		return w
	}
	minute, ok := minuteOf(rest)
	_, bare := numberOf(rest)
	switch {
	case bare && !daily: // a number alone is no time
	case ok:
		w.said, w.minute, w.timed = true, minute, true
	case daily || looksLikeTime(rest):
		w.said, w.wrong = true, true
	}
	return w
}

// cutDaily takes off what says "once a day".
func cutDaily(word string) (rest string, daily bool) {
	for _, every := range []string{
		"daily", "every day", "everyday", "once a day", "each day", "every morning", "every evening", "digest", "summary", "一天一次", "每天一次", "每日一次", "每天", "每日", "天天", "日报", "日報", "汇总", "彙總", "摘要",
	} {
		if before, after, ok := strings.Cut(word, every); ok && strings.TrimSpace(before) == "" {
			rest, _ = cutDaily(strings.TrimSpace(after))
			return rest, true
		}
	}
	return strings.Trim(word, " ,，的:："), false
}

// news is how much the chat hears: it changes it, or says how it is and offers choices.
func (t *turn) news(ctx context.Context, args string) ([]Reply, error) {
	choice := newsIn(args)
	switch {
	case choice.wrong:
		return t.render.reply("news.time", "Time", args), nil
	case choice.said:
		return t.setNews(ctx, choice.news, choice.minuteOr(t.chat.NewsAt))
	}
	q := models.Question{Asking: models.AskNews}
	if err := t.ask(ctx, &q); err != nil {
		return nil, err
	}
	return t.renderQuestion(q), nil
}

// setNews changes how much the chat hears, now and of parcels to come.
func (t *turn) setNews(ctx context.Context, news models.News, minute int) ([]Reply, error) {
	if err := t.store.SetNews(ctx, t.chat.ID, news, minute, t.now); err != nil {
		return nil, wrap("change news", err)
	}
	t.chat.News, t.chat.NewsAt = news, minute
	clear(t.followed)
	replies := t.render.reply(newsKey("news_set.", news), "Time", clockTime(minute))
	q, open, err := t.question(ctx)
	if err != nil || !open || q.Asking != models.AskNews {
		return replies, err
	}
	return replies, t.closeQuestion(ctx)
}

// unmuteAll lets the chat hear everything of every parcel again.
func (t *turn) unmuteAll(ctx context.Context) ([]Reply, error) {
	replies, err := t.setNews(ctx, models.NewsAll, t.chat.NewsAt)
	if err != nil {
		return nil, err
	}
	all, err := t.follows(ctx, true)
	if err != nil {
		return nil, err
	}
	for _, f := range all {
		if f.Follow.Mute != models.Muted {
			continue
		}
		if err := t.store.Mute(ctx, t.chat.ID, f.Parcel.ID, false, t.now); err != nil {
			return nil, wrap("unmute parcel", err)
		}
	}
	return replies, nil
}

// newsWords says how much the chat hears, and offers the choices.
func (t *turn) newsWords() []Reply {
	minute := wantedNews{}.minuteOr(t.chat.NewsAt)
	daily := t.render.say("button.news_daily", "Time", clockTime(minute))
	replies := t.render.reply("news.which", "News", t.heard())
	replies[0].Buttons = [][]Button{
		{{Text: t.render.say("button.news_all"), Data: "w:all"}, {Text: t.render.say("button.news_urgent"), Data: "w:urgent"}},
		{{Text: t.render.say("button.news_problems"), Data: "w:problems"}, {Text: daily, Data: "w:daily"}},
	}
	return replies
}

// heard is how much the chat hears, in a few words.
func (t *turn) heard() string {
	return t.render.say(newsKey("news_is.", t.chat.News), "Time", clockTime(t.chat.NewsAt))
}

func newsKey(family string, n models.News) string {
	if n == models.NewsAll {
		return family + "all"
	}
	return family + string(n)
}

// mute lets only urgent news of some parcels through, or all of it again.
func (t *turn) mute(ctx context.Context, rows []models.Followed, muted bool) ([]Reply, error) {
	key, other := "mute.off", "m"
	label := t.render.say("button.mute")
	if muted {
		key, other, label = "mute.on", "v", t.render.say("button.unmute")
	}
	block := t.render.sentence(key, "Count", len(rows))
	for _, f := range rows {
		if err := t.store.Mute(ctx, t.chat.ID, f.Parcel.ID, muted, t.now); err != nil {
			return nil, wrap("mute parcel", err)
		}
		block = append(block, t.render.head(f.Parcel, f.Follow.Name))
	}
	reply := Reply{Blocks: []Block{block}}
	if len(rows) == 1 {
		reply.Buttons = [][]Button{{{Text: label, Data: fmt.Sprintf("%s:%d", other, rows[0].Parcel.ID)}}}
	}
	return []Reply{reply}, nil
}

// settingsNow is what the chat has chosen, and how to change it.
func (t *turn) settingsNow(ctx context.Context) ([]Reply, error) {
	digits, err := t.store.ChatTail(ctx, t.chat.ID)
	if err != nil {
		return nil, wrap("read remembered tail", err)
	}
	kept := "settings.tail_none"
	if digits != "" {
		kept = "settings.tail_kept"
	}
	return t.render.reply("settings.now", "News", t.heard(), "Tail", t.render.say(kept)), nil
}
