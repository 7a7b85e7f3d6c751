package handlers

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"waybill/locales"
	"waybill/models"
)

// What a sentence tells people to send has to do something when they send it.
func TestEveryCommandThatASentenceQuotesIsUnderstood(t *testing.T) {
	for _, lang := range []string{"zh-CN", "zh-TW", "en"} {
		w := newWorld(t, lang)
		w.door, w.robots = "wecom_app", []string{"ops"}
		words := w.words.For(lang)
		var refusals []string
		for _, key := range []string{"help_line", "unknown_command", "unknown_like", "no_such_row", "usage", "no_number", "tail.usage", "news.time", "news.which"} {
			opening, _, _ := strings.Cut(words.Say(key, "Command", "\x00", "Row", "\x00", "Example", "\x00", "Time", "\x00", "News", "\x00", "Number", example), "\x00")
			refusals = append(refusals, opening)
		}
		for _, quoted := range quotedCommands(words) {
			t.Run(lang+"/"+quoted, func(t *testing.T) {
				w.operators = []models.Address{{Door: w.door, Conversation: quoted}} // they alone have /usage
				w.says(t, quoted, "YT1000000000017")
				w.says(t, quoted, "YT1000000000074 "+words.Say("carrier.zto"))
				said := w.says(t, quoted, quoted)
				bare := strings.TrimPrefix(quoted, "/") == "news" || quoted == "提醒"
				if said == "" || !bare && slices.ContainsFunc(refusals, func(r string) bool { return strings.HasPrefix(said, r) }) {
					t.Errorf("it is answered with %q", said)
				}
			})
		}
	}
}

// What a question offers as an answer has to answer it.
func TestEveryAnswerThatAQuestionQuotesIsTaken(t *testing.T) {
	for lang, said := range map[string]struct{ drop, all, mute, unmute, stop string }{
		"zh-CN": {"取消", "全部", "静音", "取消静音", "停止"},
		"zh-TW": {"取消", "全部", "靜音", "取消靜音", "停止追蹤"},
		"en":    {"/cancel", "all", "/mute", "/unmute", "/stop"},
	} {
		w := newWorld(t, lang)
		words := w.words.For(lang)
		for chat, c := range map[string]struct{ asked, answer, want string }{
			"a tail":    {locked, said.drop, words.Say("dropped")},
			"a carrier": {"780000000001", said.drop, words.Say("dropped")},
			"stopping":  {said.stop, said.drop, words.Say("dropped")},
			"muting":    {"/mute", said.all, words.Say("news_set.urgent")},
			"unmuting":  {"/unmute", said.all, words.Say("news_set.all")},
		} {
			w.says(t, chat, "YT1000000000017")
			w.says(t, chat, "YT1000000000074")
			w.says(t, chat, c.asked)
			if got := w.says(t, chat, c.answer); got != c.want {
				t.Errorf("%s: %q answers the question for %s with %q, want %q", lang, c.answer, chat, got, c.want)
			}
		}
	}
}

// quotedElsewhere are quoted words that are answers to the question beside them,
// labels of buttons, what a door understands, or no words at all.
func quotedElsewhere() []string {
	return []string{"-", "\x00", "ops", "是", "否", "取消", "/cancel", "全部", "all", "转人工", "轉接真人", "human", "我的包裹", "My parcels", "开始", "開始"}
}

var (
	quotedWords = regexp.MustCompile(`[「“]([^」”]+)[」”]`)
	slashWords  = regexp.MustCompile(`/[a-z]+(?: (?:all|off|daily|ops|[\d:]+))*`)
	helpEntries = regexp.MustCompile(`(?m)^(?:.*；)?(\S[^\n–；]*?) – `)
)

// quotedCommands are the commands that the sentences of a language tell people to
// send, each once.
func quotedCommands(words *locales.Localizer) []string {
	found := map[string]bool{}
	for _, key := range words.Keys("") {
		said := words.Say(key, "Robot", "ops", "Number", example, "Name", "\x00", "Row", "\x00", "Time", "\x00", "At", "9:00", "Count", 2, "Example", "\x00", "Old", "\x00")
		for _, m := range quotedWords.FindAllStringSubmatch(said, -1) {
			found[m[1]] = true
		}
		for _, m := range slashWords.FindAllString(said, -1) {
			found[m] = true
		}
		for _, m := range helpEntries.FindAllStringSubmatch(said, -1) {
			for part := range strings.SplitSeq(strings.ReplaceAll(m[1], ", ", " / "), " / ") {
				found[part] = true
			}
		}
		if strings.HasPrefix(key, "example.") {
			found[said] = true
		}
	}
	for _, word := range quotedElsewhere() {
		delete(found, word)
	}
	return slices.Sorted(maps.Keys(found))
}
