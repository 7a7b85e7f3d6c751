package handlers

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"waybill/tracking/recognise"
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
	verbNews   verb = "news"
	verbUndo   verb = "undo"
	verbCancel verb = "cancel"
	verbPush   verb = "push"
	verbUnpush verb = "unpush"
	verbLang   verb = "lang"
	verbExport verb = "export"
	verbForget verb = "forget"
	verbHelp   verb = "help"

	verbSettings verb = "settings"
	verbPrivacy  verb = "privacy"

	verbUsage verb = "usage" // operators only
)

// command is a text that tells the bot to do something.
type command struct {
	verb verb
	args string // as written, without the spaces around it
}

// parse reads a command: a word behind a slash, or a Chinese word that opens
// the text. A Chinese word that merely begins a sentence (查一下我的快递) is none.
func parse(text string) (command, bool) {
	rest, slash := cutSlash(text)
	if slash {
		if c, ok := slashed(rest); ok {
			return c, true
		}
	}
	_, c, ok := chineseCommand(rest)
	return c, ok
}

// cutSlash takes the slash off that opens a command; false when there is none.
func cutSlash(text string) (string, bool) {
	text = strings.TrimSpace(text)
	rest, slash := strings.CutPrefix(text, "/")
	if !slash {
		rest, slash = strings.CutPrefix(text, "／")
	}
	return rest, slash
}

// parseOverheard is parse for what a group does not say to the bot. Of the words
// without a slash only those of the help count, and the others with an argument:
// people say 开始 and 菜单 to one another.
func parseOverheard(text string) (command, bool) {
	rest, slash := cutSlash(text)
	if slash {
		return parse(text)
	}
	word, c, ok := chineseCommand(rest)
	return c, ok && (c.args != "" || isHelpWord(word))
}

func isHelpWord(word string) bool {
	switch word {
	case "查", "列表", "清單", "停止", "停止追蹤", "取消", "撤销", "復原", "详情", "詳情", "备注", "備註", "尾号", "末四碼", "静音", "靜音", "取消静音", "取消靜音",
		"推送", "取消推送", "语言", "語言", "导出", "匯出", "忘记我", "忘記我", "帮助", "說明":
		return true
	}
	return false
}

// Talk says that a text holds neither a command nor a tracking number.
func Talk(text string) bool {
	text = tidy(text)
	_, command := parse(text)
	_, bare := unslashed(text)
	return !command && !bare && len(recognise.Text(text).Numbers) == 0
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
	for _, v := range []verb{verbTrack, verbList, verbStop, verbDetail, verbName, verbTail, verbMute, verbUnmute, verbNews} {
		if len(word) <= len(v) || !strings.EqualFold(word[:len(v)], string(v)) {
			continue
		}
		args = word[len(v):]
		return v, args, strings.ContainsAny(args, "0123456789") || wantsAll(args)
	}
	return "", "", false
}

// unslashed reads a command in English, or in several words, without its slash,
// where nothing but what belongs to it may follow: "list", "stop 2", "name 1 tea",
// 全部停止. It is for texts that are meant for the bot.
func unslashed(text string) (command, bool) {
	if c, ok := phrase(text); ok {
		return c, true
	}
	if rest := politely.ReplaceAllString(text, ""); rest != text && rest != "" {
		c, ok := parse(rest)
		if !ok {
			c, ok = unslashed(rest)
		}
		return c, ok && (takesParcel(c.verb) || c.verb == verbCancel)
	}
	word, args, _ := strings.Cut(strings.TrimSpace(fold(text)), " ")
	v, known := englishVerb(plainWord(word))
	c := command{verb: v, args: strings.TrimSpace(args)}
	return c, known && belongs(c)
}

// belongs says that what follows an English word without a slash is its argument,
// and not the rest of a sentence.
func belongs(c command) bool {
	first, rest := cutWord(c.args)
	_, rows := rowsIn(c.args)
	switch c.verb {
	case verbStop, verbDetail, verbMute, verbUnmute, verbCancel:
		_, number := recognise.One(c.args)
		return c.args == "" || rows || number || wantsAll(c.args)
	case verbName:
		_, rows := rowsIn(first)
		_, number := recognise.One(first)
		return c.args == "" || rows || number && rest != ""
	case verbTail:
		return c.args == "" || isTail(c.args) || saysOff(c.args)
	case verbLang:
		_, ok := langOf(c.args)
		return c.args == "" || ok
	case verbNews:
		return newsIn(c.args).said // bare it asks for news
	case verbTrack, verbForget, verbPush, verbUnpush, verbUsage:
		return false
	case verbList, verbHelp:
		return c.args == "" || wantsAll(c.args)
	case verbExport:
		return c.args == "" || exportFormat(c.args) != ""
	}
	return c.args == ""
}

// chineseCommand reads "停止 2", "停止2", "停止", "停止全部", and returns the word; the
// longest one wins, so that 取消静音 is not 取消.
func chineseCommand(text string) (word string, c command, ok bool) {
	text = rejoined(text)
	for length := longestWord; length > 0; length-- {
		word, rest, ok := cutRunes(text, length)
		if !ok {
			continue
		}
		if v, known := chineseVerb(word); known {
			args, whole := argument(v, rest)
			if word == "查看" && isNumber(args) {
				v = verbTrack // it may be followed or not
			}
			return word, command{verb: v, args: args}, whole
		}
	}
	return "", command{}, false
}

func isNumber(args string) bool {
	n, ok := recognise.One(args)
	return ok && len(n.Number) > longestEnd
}

// rejoined makes one word of 取消 静音 and its like, which would end following.
func rejoined(text string) string {
	rest, ok := strings.CutPrefix(text, "取消 ")
	for _, word := range []string{"静音", "靜音", "推送", "关注", "關注"} {
		if ok && strings.HasPrefix(rest, word) {
			return "取消" + rest
		}
	}
	return text
}

// argument is what follows a Chinese word; false when the word only begins a sentence.
func argument(v verb, rest string) (string, bool) {
	if strings.Trim(rest, " \t\n.!?~。！？～…吧呀啊呢") == "" {
		return "", true
	}
	next, _ := utf8.DecodeRuneInString(fold(rest))
	rest = strings.TrimSpace(strings.TrimLeft(rest, ":：,，"))
	if next == '@' { // the bot's name behind a Chinese word
		_, rest, _ = strings.Cut(rest, " ")
		return strings.TrimSpace(rest), true
	}
	parted := unicode.IsSpace(next) || next == ':' || next == ',' || next == '，' || next < utf8.RuneSelf && (unicode.IsLetter(next) || unicode.IsDigit(next))
	return rest, fits(v, rest, parted)
}

// fits says that an argument is one of a command's; parted: it is not glued to the word.
func fits(v verb, args string, parted bool) bool {
	switch v {
	case verbLang:
		_, ok := langOf(args)
		return ok || parted
	case verbTail:
		return parted || saysOff(args)
	case verbPush:
		first, _ := cutWord(args)
		return parted || saysOff(first)
	case verbNews:
		return newsIn(args).said || saysOff(args)
	case verbUndo:
		_, rows := rowsIn(args)
		return rows || wantsAll(args)
	case verbExport:
		return wantsAll(args) || exportFormat(args) != ""
	case verbHelp, verbForget, verbSettings, verbPrivacy:
		return wantsAll(args)
	case verbList:
		return wantsAll(args) || parted && len([]rune(args)) <= longestWord
	}
	return parted || wantsAll(args) || strings.HasPrefix(args, "第")
}

// called is the verb of a word behind a slash.
func called(word string) (verb, bool) {
	if v, ok := englishVerb(word); ok {
		return v, true
	}
	return chineseVerb(word)
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
