package recognise

import (
	"strings"
	"unicode/utf8"
)

// longestName is in characters.
const longestName = 20

// names gives the numbers the names that the text has for them: what a label
// names, else the words behind a number that opens its line, else those before it.
func (r *reader) names(scopes []scope) {
	r.labelledNames(scopes)
	for i := range r.spans {
		n := &r.out.Numbers[r.spans[i].index]
		if n.Name != "" || r.tableRow(i, scopes[i]) {
			continue
		}
		rest, end := r.lead(i, scopes[i])
		r.nameBehind(i, scopes[i], rest)
		if n.Name == "" {
			n.Name = r.nameBefore(rest, end)
		}
	}
}

// nameBehind takes the words that follow a number which opens its line. Four
// digits that end them are a tail.
func (r *reader) nameBehind(i int, in scope, lead string) {
	s := r.spans[i]
	n := &r.out.Numbers[s.index]
	if lead != "" && !isShop(lead) && !r.isTitle(lead, in, s.start) {
		return
	}
	if r.byteAt(s.end) == ',' && s.tail == "" {
		n.Name = r.givenTo(s.end+1, in.to)
		return
	}
	if !isBlank(r.byteAt(s.end)) {
		n.Name = r.bracketed(s.end, in.to)
		return
	}
	goesOn := i+1 < len(r.spans) && in.lineEnd > r.spans[i+1].start
	name, tail := r.words(s.next, in.to, goesOn)
	n.Name = name
	if tail != "" && n.Tail == "" && !strings.HasSuffix(n.Number, tail) {
		n.Tail = tail
	}
}

// isTitle says that what stands before a number is a short heading: 给您的:
func (r *reader) isTitle(rest string, in scope, start int) bool {
	return utf8.RuneCountInString(rest) <= 8 && strings.HasSuffix(strings.TrimRight(r.plain[in.from:start], " \t"), ":")
}

// words finds the name among the words of a part of a line, without the
// carriers and tails in it, and the four digits that end them.
func (r *reader) words(from, to int, goesOn bool) (name, tail string) {
	for from < to {
		stop, next := r.nextMark(from, to)
		piece := r.plain[from:stop]
		clause := strings.TrimLeft(piece, marks+")]】")
		from += len(piece) - len(clause)
		if cut := strings.IndexAny(clause, ",;。!?"); cut >= 0 {
			if clause[cut] == '?' {
				return "", ""
			}
			clause, next = clause[:cut], to
		}
		if what, ok := strings.CutPrefix(clause, "是"); ok && isThing(strings.TrimRight(what, marks)) {
			from, clause = from+len("是"), what
		}
		said := strings.TrimRight(clause, marks)
		switch {
		case said == "" || isFiller(said):
		case stop < to && r.isPerson(said, next):
			return "", ""
		default:
			return r.cleaned(from, from+len(clause), goesOn && next >= to, false)
		}
		from = max(next, stop)
	}
	return "", ""
}

// nextMark is where the next carrier or tail in a part of the line begins, and
// where the words go on behind it.
func (r *reader) nextMark(from, to int) (stop, next int) {
	stop, next = to, to
	for _, m := range r.mentions() {
		if m.start >= from && m.start < stop && m.end <= to {
			stop, next = m.start, m.end
			for _, of := range [...]string{"的", "包裹", "快递"} {
				if strings.HasPrefix(r.plain[next:to], of) {
					next += len(of)
				}
			}
		}
	}
	for _, m := range r.marks {
		if m.start >= from && m.start < stop && m.end <= to {
			stop, next = m.start, m.end
			if m.rank == noTail { // the words that it is glued to say whose it is
				apart := " \t,;。"
				if isLetter(r.byteAt(m.start-1)) || isLetter(r.byteAt(m.start)) {
					apart = ",;." // "my card ending 1234"
				}
				stop = from + strings.LastIndexAny(r.plain[from:stop], apart) + 1
				if more := strings.IndexAny(r.plain[next:to], " \t,;。"); more >= 0 {
					next += more
				} else {
					next = to
				}
			}
		}
	}
	return stop, next
}

// isPerson says that a short word before a phone is whom one calls.
func (r *reader) isPerson(said string, next int) bool {
	if utf8.RuneCountInString(said) > 4 || strings.Contains(said, "的") {
		return false
	}
	for _, m := range r.marks {
		if m.end == next && m.rank > noTail && m.rank < called {
			return true
		}
	}
	return false
}

// cleaned makes a name of a part of the text, cut before digits that are no
// part of one: prices, rooms, codes. Four digits alone at its end are a tail.
// What a label calls a name may sound like talk.
func (r *reader) cleaned(from, to int, goesOn, labelled bool) (name, tail string) {
	to, tail = r.beforeDigits(from, to)
	if to-from > 8*longestName {
		return "", ""
	}
	a, b := r.original(from), r.original(to)
	for b < len(r.raw) && strings.HasPrefix(r.raw[b:], "\ufe0f") {
		b += len("\ufe0f")
	}
	name = tidyName(r.raw[a:b], goesOn)
	if said := simplify(Normalise(name)); !isName(name, said) || !labelled && isSmallTalk(said) {
		return "", ""
	}
	return name, tail
}

// beforeDigits is where the word begins in which four digits or more stand that
// are glued to no Latin letters; and these digits, when they are a word of their
// own that ends the part and nothing says that they are no tail.
func (r *reader) beforeDigits(from, to int) (stop int, tail string) {
	for at := from; at < to; {
		if !isAlnum(r.plain[at]) {
			at++
			continue
		}
		end := min(to, runEnd(r.plain, at))
		if s := r.plain[at:end]; len(s) >= 4 && isDigits(s) && !r.isYear(at, end, from) {
			alone := isBlank(r.byteAt(at-1)) && len(s) == 4 && strings.TrimSpace(r.plain[end:to]) == ""
			before := strings.TrimRight(r.plain[from:at], marks)
			if alone && before != "" && !begins(s, "19 20") && !endsIn(before, unlikeTails) {
				return from + len(before), s
			}
			if alone || strings.TrimRight(before, marks) == "" {
				return from + len(withoutWords(before)), ""
			}
			if glued := strings.LastIndexAny(r.plain[from:at], " \t"); !isBlank(r.byteAt(at-1)) && glued < 0 && endsIn(before, unlikeTails) {
				return from, ""
			} else if !isBlank(r.byteAt(at-1)) && glued >= 0 {
				before = strings.TrimRight(before[:min(glued, len(before))], " \t")
			}
			return from + len(withoutWords(before)), ""
		}
		at = end
	}
	return to, ""
}

// unlikeTails are the words before digits that are no phone's.
const unlikeTails = "码 号 价 元 尾款 货款 余款 全款 定金 押金 是 为 楼 室 房 房间 门牌 栋 编 费 额 证 卡 折 户 账 共 约 合计 总计 付 年 期 了 我 于 在 往 格口 净重 总重 重量 重 分机 WIFI PIN CODE ROOM PAID NO NO. UNIT APT FLAT EXT"

// withoutWords drops the words from the end of a name that lead to digits.
func withoutWords(before string) string {
	for endsIn(before, unlikeTails) {
		cut := strings.LastIndexAny(before, " \t")
		if cut < 0 {
			return ""
		}
		before = strings.TrimRight(before[:cut], " \t")
	}
	return before
}

// givenTo is the name in a clause that says for whom it was bought: 给老婆买的口红.
func (r *reader) givenTo(from, to int) string {
	clause := r.plain[min(from, to):to]
	from += len(clause) - len(strings.TrimLeft(clause, " "))
	clause = strings.TrimLeft(clause, " ")
	if cut := strings.IndexAny(clause, ",;。!?~"); cut >= 0 {
		clause = clause[:cut]
	}
	if !begins(clause, "给 送 帮 替 买给 我给 寄给") || !strings.Contains(clause, "的") || strings.HasSuffix(clause, "的") {
		return ""
	}
	if countDigits(clause) > 3 || talks(strings.TrimLeft(clause, "帮替给送买我寄")) {
		return ""
	}
	a, b := r.original(from), r.original(from+len(clause))
	name := tidyName(r.raw[a:b], false)
	if utf8.RuneCountInString(name) > longestName {
		return ""
	}
	return name
}

// nameBefore takes the words before a number in its line, as lists have them:
// 口红 YT…, 妈妈的茶叶：SF….
func (r *reader) nameBefore(rest string, end int) string {
	if what, _, ok := strings.Cut(rest, "("); ok && strings.HasSuffix(rest, ")") && end < len(r.plain) && r.plain[end] == ' ' { // 玻璃杯（易碎）
		return r.nameOf(what, end-len(rest)+len(what))
	}
	if end >= len(r.plain) || !strings.ContainsAny(r.plain[end:end+1], " \t:") {
		return ""
	}
	return r.nameOf(rest, end)
}

// nameOf is the name in words before a number that end at a place; "" where they are none.
func (r *reader) nameOf(rest string, end int) string {
	if rest == "" || utf8.RuneCountInString(rest) > 12 && !isLatin(rest) || strings.ContainsAny(strings.ReplaceAll(rest, "'S ", ""), ",;。!?:(【[\"'=&/@#") {
		return ""
	}
	rest = strings.TrimPrefix(rest, "备注")
	if rest == "" || isSpeech(withoutGiver(rest)) || countDigits(rest) > 3 || chineseLabel(rest) != saidNothing || rest[len(rest)-1] < utf8.RuneSelf && englishLabel(rest) != saidNothing {
		return ""
	}
	name, _ := r.cleaned(end-len(rest), end, false, false)
	return name
}

// original is where a place in the normalised text lies in the text as it came.
func (r *reader) original(at int) int {
	if at < r.textAt {
		r.rawAt, r.textAt = 0, 0
	}
	for r.textAt < at {
		if isIdeograph(r.raw, r.rawAt) {
			r.rawAt += 3
			r.textAt += 3
			continue
		}
		c, size := utf8.DecodeRuneInString(r.raw[r.rawAt:])
		r.rawAt += size
		if c = folded(c); c >= 0 {
			r.textAt += utf8.RuneLen(c)
		}
	}
	return r.rawAt
}
