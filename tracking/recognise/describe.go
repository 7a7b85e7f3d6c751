package recognise

import (
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"waybill/models"
)

// scope is the part of a line that belongs to one number.
type scope struct {
	from, to           int // without the numbers beside it in the line
	lineStart, lineEnd int
}

// describe gives the numbers what the text says of them: carrier, tail, name.
func (r *reader) describe() {
	scopes := r.scopes()
	r.tails(scopes)
	r.companies(scopes)
	r.names(scopes)
}

// scopes parts every line among the numbers in it.
func (r *reader) scopes() []scope {
	scopes := slices.Grow(r.scoped, len(r.spans))[:len(r.spans)]
	r.scoped = scopes
	for i, s := range r.spans {
		from := strings.LastIndexByte(r.plain[:s.start], '\n') + 1
		to := len(r.plain)
		if at := strings.IndexByte(r.plain[s.end:], '\n'); at >= 0 {
			to = s.end + at
		}
		scopes[i] = scope{from, to, from, to}
		if i > 0 && r.spans[i-1].end > from {
			before, after := r.part(scopes[i-1].lineStart, r.spans[i-1], s)
			scopes[i-1].to, scopes[i].from = before, after
		}
	}
	return scopes
}

// part says up to where the words between two numbers of a line belong to the
// first, and from where on to the second: a separator parts them; else carriers
// stand before their numbers, or behind, as with the first of the line.
func (r *reader) part(line int, first, second span) (before, after int) {
	gap := r.plain[first.next:second.start]
	if at := strings.LastIndexAny(gap, ",;、。|/\t"); at >= 0 {
		_, size := utf8.DecodeRuneInString(gap[at:])
		return first.next + at, first.next + at + size
	}
	for _, and := range [...]string{"还有", "以及", "和", "与", "跟", "及"} {
		if at := strings.LastIndex(gap, and); at >= 0 {
			return first.next + at, first.next + at + len(and)
		}
	}
	last := -1
	leads := false
	for _, m := range r.mentions() {
		leads = leads || m.start >= line && m.end <= first.start
		if m.start >= first.next && m.end <= second.start {
			last = m.start
		}
	}
	if leads && last >= 0 {
		return last, last
	}
	return second.start, second.start
}

// companies settles whose numbers they are where the text names a carrier.
func (r *reader) companies(scopes []scope) {
	if len(r.mentions()) == 0 {
		return
	}
	var header company // named above a list, for all of its numbers
	named := slices.Grow(r.settled, len(r.spans))[:len(r.spans)]
	r.settled = named
	for i, s := range r.spans {
		found, near := r.beside(s, scopes[i]), true
		if !found.known() {
			found, near = r.inLines(i, scopes), true
			if r.opensList(i, scopes) {
				header = found
			}
		}
		switch {
		case found.known():
		case i > 0 && named[i-1].known() && isList(r.plain[r.spans[i-1].next:s.start], false):
			found = named[i-1]
		case header.known() && !strings.Contains(r.plain[r.spans[i-1].end:s.start], "\n\n"):
			found = header
		default:
			found, near = r.anywhere(), false
		}
		named[i] = found
		if found.known() {
			r.settle(s, found, near)
		}
	}
}

// beside is the company that is named in the number's own part of the line: the
// one that the shape allows, the nearest, the more particular.
func (r *reader) beside(s span, in scope) company {
	number := r.out.Numbers[s.index].Number
	var best company
	least, allowed := 0, false
	for _, m := range r.mentions() {
		distance := s.start - m.end
		switch {
		case m.start >= in.from && m.end <= s.start:
		case m.start >= s.end && m.end <= in.to:
			distance = m.start - s.end
		default:
			continue
		}
		fits := m.allows(number, s.rule)
		switch {
		case best.known() && allowed && !fits:
			continue
		case best.known() && allowed == fits && groupCode(best.code) == groupCode(m.code) && best.foreign == m.foreign:
			if best.code == "chinapost_parcel" || isFreight(m.code) {
				best = m.company
			}
			continue
		case best.known() && allowed == fits && distance >= least:
			continue
		}
		best, least, allowed = m.company, distance, fits
	}
	return best
}

// allows says whether a number of a shape may be the company's.
func (c company) allows(number string, shape rule) bool {
	if c.foreign != "" {
		return abroad(c.foreign, number, shape)
	}
	return allows(c.code, number, shape)
}

// inLines is the company that a line of its own names, before the number or
// else behind it, no other number between: 快递公司：圆通速递.
func (r *reader) inLines(i int, scopes []scope) company {
	above, below := 0, len(r.plain)
	if i > 0 {
		above = scopes[i-1].lineEnd
	}
	if i+1 < len(scopes) {
		below = scopes[i+1].lineStart
	}
	var before, after company
	for _, m := range r.mentions() {
		switch {
		case m.start >= above && m.end < scopes[i].lineStart && r.isCarrierLine(m):
			before = m.company
		case m.start > scopes[i].lineEnd && m.end <= below && !after.known() && r.isCarrierLine(m):
			after = m.company
		}
	}
	if before.known() {
		return before
	}
	return after
}

// isCarrierLine says that a line is there to name the carrier: under a label, or with nothing else in it.
func (r *reader) isCarrierLine(m mention) bool {
	from := strings.LastIndexByte(r.plain[:m.start], '\n') + 1
	label := strings.Trim(r.plain[from:m.start], " \t:\"'*-【[(")
	rest, _, _ := strings.Cut(r.plain[m.end:], "\n")
	rest = strings.Trim(rest, " \t\r:,.;\"'】])。的(官方公司包裹单号")
	if label == "" {
		return rest == ""
	}
	return utf8.RuneCountInString(label) <= 12 && endsIn(label, "快递公司 快递 物流公司 物流 承运 承运商 承运人 承运公司 配送 配送方式 配送公司 快递方式 发货方式 寄送方式 寄件方式 快递名称 快递商 运输公司 派送公司 CARRIER COURIER SHIPPER VIA BY EXPRESS COMPANY")
}

// opensList says that the line above a number names the carrier of a list: 中通：
func (r *reader) opensList(i int, scopes []scope) bool {
	above := strings.TrimRight(r.plain[:scopes[i].lineStart], "\r\n")
	return above != "" && strings.HasSuffix(strings.TrimRight(above, " \t"), ":")
}

// anywhere is the company that a text names for all of its numbers, or the only
// one that it names when it holds one number alone.
func (r *reader) anywhere() company {
	var only company
	for _, m := range r.mentions() {
		if m.all {
			return m.company
		}
		if only.known() && only != m.company {
			return company{}
		}
		only = m.company
	}
	if len(r.out.Numbers) > 1 {
		return company{}
	}
	return only
}

// settle believes the company that the text names where the shape allows it;
// near: it is named at the number, so that somebody is to hear that it is not.
func (r *reader) settle(s span, named company, near bool) {
	n := &r.out.Numbers[s.index]
	switch {
	case n.Named:
	case !named.allows(n.Number, s.rule):
		if near && n.Claimed == "" {
			n.Claimed = named.code
		}
	case named.foreign != "":
		n.Carriers, n.Sure, n.Foreign, n.Named = []models.Carrier{}, false, named.foreign, true
	case s.rule.sure && !isFreight(named.code), isVerified(n.Number):
		n.Named = true
	default:
		n.Carriers, n.Sure, n.Named = []models.Carrier{named.code}, true, true
	}
	if n.Named {
		n.Claimed = ""
	}
}

// isVerified says that a number carries a check digit: a wrong one stays
// doubtful, whoever is named.
func isVerified(s string) bool {
	return fits(s, "@@#########@@") || fits(s, "1Z****************")
}

// isClaimed says that a carrier whose number it may be is named right at a run,
// or by the address that it stands in.
func (r *reader) isClaimed(start, end int, s string, shape rule) bool {
	if isServiceLine(s) {
		return false
	}
	from := start - 40
	if start < r.urlEnd {
		from = r.urlStart
	}
	all := r.mentions()
	first := sort.Search(len(all), func(i int) bool { return all[i].end > from })
	for _, m := range all[first:] {
		gap := ""
		switch {
		case m.start > end+16:
			return false
		case start < r.urlEnd:
		case m.end <= start:
			gap = r.plain[m.end:start]
		case m.start >= end:
			gap = r.plain[end:m.start]
		}
		if joinsName(gap) && m.allows(s, shape) {
			return true
		}
	}
	return false
}

// joinsName says that nothing between a carrier's name and digits makes the
// digits something else.
func joinsName(gap string) bool {
	if strings.ContainsAny(strings.TrimSpace(gap), "\n。;!?") || countDigits(gap) > 3 {
		return false
	}
	for _, other := range [...]string{"电话", "客服", "热线", "手机", "网点", "工号", "会员", "积分", "账", "卡", "费", "码", "订单", "PHONE", "HOTLINE", "ACCOUNT", "ORDER"} {
		if strings.Contains(gap, other) {
			return false
		}
	}
	return true
}
