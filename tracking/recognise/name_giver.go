package recognise

import (
	"strings"
	"unicode/utf8"
)

// withoutGiver is what words call a parcel, without who sent, bought or gave it:
// 外婆寄的腊肉 is 腊肉. Words that say nothing else stay whole.
func withoutGiver(said string) string {
	for _, verb := range [...]string{"寄来的", "寄的", "买的", "送的", "要的", "给的", "订的", "团的", "抢的"} {
		if _, what, ok := strings.Cut(said, verb); ok && what != "" {
			return what
		}
	}
	return said
}

// isThing says that what follows 是 is a thing, and neither whose it is nor how
// it fares: 是窗帘.
func isThing(said string) bool {
	size := utf8.RuneCountInString(said)
	return size >= 2 && size <= 8 && !endsIn(said, "的 了 吗 吧 呢") &&
		!begins(said, "不 谁 个 我 你 他 她 它 咱 这 那 因 从 在 给 要 已 刚 昨 今 明 哪 什 啥 真 否 同 一 两 几 坏 对 错 好 有 没 新 旧 早 晚 急 最 第 到 被 由 用 寄 发 快 慢 很 为 大 小 可 能 该 想 还 就 都 也 某 别")
}

// bracketed is the name in brackets that open right behind a number: YT…（赠品袜子）.
func (r *reader) bracketed(from, to int) string {
	for _, pair := range [...]string{"()", "[]", "【】", "「」", "『』", "《》"} {
		opening, size := utf8.DecodeRuneInString(pair)
		inside, ok := strings.CutPrefix(r.plain[from:to], string(opening))
		stop := strings.Index(inside, pair[size:])
		if !ok || stop < 0 {
			continue
		}
		start := from + size
		if r.isMarked(start, start+stop) || isSpeech(inside[:stop]) || chineseLabel(inside[:stop]) != saidNothing {
			return ""
		}
		name, tail := r.cleaned(start, start+stop, false, false)
		if tail != "" || strings.HasPrefix(inside[:stop], "第") {
			return ""
		}
		return name
	}
	return ""
}

// isMarked says that a carrier or a tail is named in a part of the text.
func (r *reader) isMarked(from, to int) bool {
	for _, m := range r.mentions() {
		if m.start >= from && m.start < to {
			return true
		}
	}
	for _, m := range r.marks {
		if m.start >= from && m.start < to {
			return true
		}
	}
	return false
}

// isLatin says that words are written in ASCII alone.
func isLatin(said string) bool {
	return !strings.ContainsFunc(said, func(c rune) bool { return c >= utf8.RuneSelf })
}

// isYear says that four digits open a name as the year of a thing: 2026新款卫衣.
func (r *reader) isYear(at, end, from int) bool {
	return at == from && end-at == 4 && begins(r.plain[at:end], "19 20") && r.byteAt(end) >= utf8.RuneSelf && !begins(r.plain[end:], "年 。 、 ¥")
}
