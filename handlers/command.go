package handlers

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"waybill/locales"
	"waybill/tracking"
)

// verb is what a command does.
type verb string

const (
	verbTrack  verb = "track"
	verbList   verb = "list"
	verbStop   verb = "stop"
	verbDetail verb = "detail"
	verbName   verb = "name"
	verbTail   verb = "tail"
	verbMute   verb = "mute"
	verbUnmute verb = "unmute"
	verbPush   verb = "push"
	verbUnpush verb = "unpush"
	verbLang   verb = "lang"
	verbExport verb = "export"
	verbForget verb = "forget"
	verbHelp   verb = "help"
	verbUsage  verb = "usage" // operators only
)

// command is a text that tells the bot to do something.
type command struct {
	verb verb
	args string // as written, without the spaces around it
}

// longestWord is the length of the longest Chinese command in characters.
const longestWord = 4

// parse reads a command: a word behind a slash, or a Chinese word that opens
// the text. A Chinese word that merely begins a sentence (查一下我的快递) is none.
func parse(text string) (command, bool) {
	text = strings.TrimSpace(text)
	rest, slash := strings.CutPrefix(text, "/")
	if !slash {
		rest, slash = strings.CutPrefix(text, "／")
	}
	if slash {
		if c, ok := slashed(rest); ok {
			return c, true
		}
	}
	return chineseCommand(rest)
}

// Talk says that a text holds neither a command nor a tracking number.
func Talk(text string) bool {
	text = tidy(text)
	_, command := parse(text)
	_, bare := unslashed(text)
	return !command && !bare && len(tracking.Recognise(text).Numbers) == 0
}

// slashed reads "list", "stop@botname 2".
func slashed(text string) (command, bool) {
	word, args := text, ""
	if at := strings.IndexFunc(text, unicode.IsSpace); at >= 0 {
		word, args = text[:at], text[at:]
	}
	word, _, _ = strings.Cut(fold(word), "@")
	if v, ok := called(strings.ToLower(word)); ok {
		return command{verb: v, args: strings.TrimSpace(args)}, true
	}
	v, glued, ok := unglued(word)
	return command{verb: v, args: strings.TrimSpace(glued + args)}, ok
}

// unglued reads "stop2" and "stopall": what stands behind the word without a
// space is an argument when there is a digit in it, or when it means everything.
func unglued(word string) (v verb, args string, ok bool) {
	for _, v := range []verb{verbTrack, verbList, verbStop, verbDetail, verbName, verbTail, verbMute, verbUnmute} {
		if len(word) <= len(v) || !strings.EqualFold(word[:len(v)], string(v)) {
			continue
		}
		args = word[len(v):]
		return v, args, strings.ContainsAny(args, "0123456789") || wantsAll(args)
	}
	return "", "", false
}

// unslashed reads an English command without its slash, where nothing but rows
// or a number may follow it: "list", "stop 2". It is for texts that are meant
// for the bot.
func unslashed(text string) (command, bool) {
	word, args, _ := strings.Cut(strings.TrimSpace(fold(text)), " ")
	c := command{verb: verb(plainWord(word)), args: strings.TrimSpace(args)}
	switch c.verb {
	case verbList, verbHelp:
		return c, c.args == "" || wantsAll(c.args)
	case verbStop, verbDetail, verbMute, verbUnmute:
		_, rows := rowsIn(c.args)
		_, number := tracking.RecogniseNumber(c.args)
		return c, c.args == "" || rows || number || wantsAll(c.args)
	}
	return command{}, false
}

// chineseCommand reads "停止 2", "停止2", "停止", "停止全部"; the longest word wins, so
// that 取消静音 is not 取消.
func chineseCommand(text string) (command, bool) {
	text = rejoined(text)
	for length := longestWord; length > 0; length-- {
		word, rest, ok := cutRunes(text, length)
		if !ok {
			continue
		}
		if v, known := chineseVerb(word); known {
			args, whole := argument(v, rest)
			return command{verb: v, args: args}, whole
		}
	}
	return command{}, false
}

// rejoined makes one word of 取消 静音 and 取消 推送, which would end following.
func rejoined(text string) string {
	rest, ok := strings.CutPrefix(text, "取消 ")
	for _, word := range []string{"静音", "靜音", "推送"} {
		if ok && strings.HasPrefix(rest, word) {
			return "取消" + rest
		}
	}
	return text
}

// argument is what follows a Chinese word; false when the word only begins a sentence.
func argument(v verb, rest string) (string, bool) {
	if strings.Trim(rest, " \t\n.!?~。！？～…") == "" {
		return "", true
	}
	next, _ := utf8.DecodeRuneInString(fold(rest))
	rest = strings.TrimSpace(strings.TrimLeft(rest, ":：,，"))
	switch {
	case unicode.IsSpace(next), next == ':', next == ',', next == '，':
		return rest, true
	case next == '@': // the bot's name behind a Chinese word
		_, rest, _ = strings.Cut(rest, " ")
		return strings.TrimSpace(rest), true
	case next < utf8.RuneSelf && (unicode.IsLetter(next) || unicode.IsDigit(next)):
		return rest, true
	case v == verbLang:
		_, ok := langOf(rest)
		return rest, ok
	case v == verbTail:
		return rest, saysOff(rest)
	case v == verbPush:
		first, _ := cutWord(rest)
		return rest, saysOff(first)
	}
	return rest, wantsAll(rest) || strings.HasPrefix(rest, "第")
}

// called is the verb of a word behind a slash.
func called(word string) (verb, bool) {
	switch word {
	case "start", "help":
		return verbHelp, true
	case "track", "list", "stop", "detail", "name", "tail", "mute", "unmute", "push", "unpush", "lang", "export", "forget", "usage":
		return verb(word), true
	}
	return chineseVerb(word)
}

// chineseVerb is the verb of a Chinese word.
func chineseVerb(word string) (verb, bool) {
	switch word {
	case "查", "查询", "查詢":
		return verbTrack, true
	case "列表":
		return verbList, true
	case "停止", "取消":
		return verbStop, true
	case "详情", "詳情":
		return verbDetail, true
	case "备注", "備註":
		return verbName, true
	case "尾号", "尾號":
		return verbTail, true
	case "静音", "靜音":
		return verbMute, true
	case "取消静音", "取消靜音":
		return verbUnmute, true
	case "推送":
		return verbPush, true
	case "取消推送":
		return verbUnpush, true
	case "语言", "語言":
		return verbLang, true
	case "导出", "導出", "匯出":
		return verbExport, true
	case "忘记我", "忘記我":
		return verbForget, true
	case "帮助", "幫助", "說明":
		return verbHelp, true
	}
	return "", false
}

// wantsAll says that an argument means everything.
func wantsAll(args string) bool {
	switch plainWord(args) {
	case "all", "全部", "所有", "全都", "全部包裹", "所有包裹":
		return true
	}
	return false
}

// cutRunes splits s behind its first n characters; false when it has fewer.
func cutRunes(s string, n int) (head, tail string, ok bool) {
	at := 0
	for range n {
		_, size := utf8.DecodeRuneInString(s[at:])
		if size == 0 {
			return "", "", false
		}
		at += size
	}
	return s[:at], s[at:], true
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
		for _, v := range []verb{
			verbList, verbTrack, verbDetail, verbName, verbStop, verbMute, verbUnmute,
			verbTail, verbLang, verbExport, verbForget, verbHelp,
		} {
			menus[lang] = append(menus[lang], MenuItem{Name: string(v), Text: localizer.Say("menu." + string(v))})
		}
	}
	return menus
}
