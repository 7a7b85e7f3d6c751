package scan

import (
	"strings"
	"unicode/utf8"
)

// parser takes a folded text apart into the acts that its clauses state.
type parser struct {
	text        string
	traditional bool // 取貨 is the receiver's word there
	said        []statement
	clause      clause
	carried     how   // a condition whose consequence may open the next clause
	clauses     int   // how many have ended
	plain       party // those of them that no request or condition names
	parties     party // everybody and every place that the text names
	kept        [8]statement
}

// clause is what is known of the clause that is being read.
type clause struct {
	last     int // index of its last act, -1 before the first
	next     how // for the next act
	lasting  how // for every act up to its end
	shadow   how // a denial or a failure that reaches the deliveries behind the next act
	all      how // every marker so far
	tight    how // for an act that follows at once
	tightAt  int
	deniedAt int
	before   party
	edge     int  // where the last act, and what clings to it, ends
	open     bool // what follows belongs to the last act

	by           bool // what follows is who does it
	from         bool // what follows is where it comes from
	hypothetical bool // 签收后: what follows has not happened yet
}

// lastingHows hold up to the end of a clause, the others for one act.
const lastingHows = future | wish | cond | question | why | claims

func (p *parser) parse() {
	p.said = p.kept[:0]
	p.clause.last = -1
	p.span(0, len(p.text))
	p.end(false)
}

// span reads the text between two offsets.
func (p *parser) span(i, end int) {
	for i < end {
		r, size := utf8.DecodeRuneInString(p.text[i:])
		switch {
		case r == '【' || r == '[':
			i = p.bracket(i, end, size)
			continue
		case r == '(':
			i = p.parenthesis(i, end)
			continue
		case p.separates(i, r, size):
			p.separator(r, i+size)
		case r == ':' && !p.clock(i):
			p.colon(i + size)
		case r == ' ':
			p.slide(i, size)
		default:
			if w := longest(p.text, i, r); w.text != "" {
				p.apply(w, i)
				i += len(w.text)
				continue
			}
			p.unknown(r)
		}
		i += size
	}
}

// separates says whether a character ends a clause: a dash and a full stop do
// so only with a space behind, because numbers and names hold them too.
func (p *parser) separates(i int, r rune, size int) bool {
	switch r {
	case ',', ';', '!', '?', '。', '…', '~', '|', '→':
		return r != ',' || i+1 >= len(p.text) || !isDigit(p.text[i+1])
	case '.', '-', '—', '–':
		return i+size >= len(p.text) || p.text[i+size] == ' ' || r == '.' && p.text[i+size] >= utf8.RuneSelf
	}
	return false
}

// clock says that the colon at i stands in a time: 10:42.
func (p *parser) clock(i int) bool {
	return i > 0 && i+1 < len(p.text) && isDigit(p.text[i-1]) && isDigit(p.text[i+1])
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

func (p *parser) separator(r rune, next int) {
	if r == '?' {
		for i := range p.said {
			if i >= p.clause.last && p.clause.last >= 0 {
				p.said[i].how |= question
			}
		}
	}
	p.end(r == ',')
	p.clause.edge = next
}

// colon: what was announced before it holds no longer, who was named does.
func (p *parser) colon(next int) {
	c := &p.clause
	c.next, c.shadow, c.lasting, c.all = 0, 0, c.lasting&(why|cond), c.all&(why|cond)
	p.slide(next-1, 1)
}

// slide lets what clings to the last act reach over a blank or a small word.
func (p *parser) slide(i, size int) {
	if p.clause.edge == i {
		p.clause.edge += size
	}
	if p.clause.tightAt == i {
		p.clause.tightAt += size
	}
	if p.clause.deniedAt == i {
		p.clause.deniedAt += size
	}
}

// unknown is a character of no known word; a goal that nobody knows is one too.
func (p *parser) unknown(r rune) {
	if p.clause.open && p.clause.last >= 0 && r >= 'a' {
		p.said[p.clause.last].loose = true
	}
}

// end closes a clause; soft ends are commas.
func (p *parser) end(soft bool) {
	c := p.clause
	if c.last < 0 {
		p.actless(c)
	}
	p.clauses++
	p.carried = 0
	if soft && c.lasting&cond != 0 && c.lasting&(wish|future) == 0 {
		p.carried = cond
	}
	p.clause = clause{last: -1, edge: c.edge}
}

// actless is a clause that names somebody and no act: 签收人：前台, 派送员：王师傅,
// or what an English scan puts behind a comma: Delivered, Front Desk.
func (p *parser) actless(c clause) {
	if c.before&posting != 0 && c.all&(future|wish) != 0 && c.before&station == 0 && p.carried == 0 {
		p.said = append(p.said, statement{act: collect, how: future, before: c.before, clause: p.clauses})
		return
	}
	if c.before&sender != 0 && c.all&source != 0 && c.all&future != 0 {
		p.said = append(p.said, statement{act: order, before: c.before, clause: p.clauses})
		return
	}
	if c.before == 0 || c.all&(wish|cond|future|question|denied|notYet|fail) != 0 || p.carried != 0 {
		return
	}
	switch n := len(p.said) - 1; {
	case c.before&sender != 0 && c.before&posting != 0 && c.all&done != 0:
		p.said = append(p.said, statement{act: collect, how: done, before: c.before, clause: p.clauses})
	case c.before&courier != 0 && c.all&(ongoing|at) != 0 && c.before&posting == 0:
		p.said = append(p.said, statement{act: assign, how: ongoing, before: c.before | deliverer, clause: p.clauses})
	case c.before&signer != 0:
		p.said = append(p.said, statement{act: sign, before: c.before})
	case c.all&at != 0 && c.before&hands != 0:
		p.said = append(p.said, statement{act: drop, how: done, before: c.before, clause: p.clauses})
	case c.all&at != 0 && c.before&station != 0:
		p.said = append(p.said, statement{act: arrive, after: c.before})
	case c.before&deliverer != 0:
		p.said = append(p.said, statement{act: assign, how: c.all & success, before: c.before, clause: p.clauses})
	case c.before&posting != 0 && c.before&paper != 0 && c.all&success != 0:
		p.said = append(p.said, statement{act: collect, how: success, before: c.before &^ paper, clause: p.clauses})
	case n >= 0 && c.before&sender != 0 && p.said[n].act == drop:
		p.said[n].after |= sender
	case n >= 0 && c.before&(receiver|signer|family|keeper|hands|door|station) != 0 && (p.said[n].act == drop || p.said[n].act == sign || p.said[n].act == bring || p.said[n].act == keep):
		p.said[n].after |= c.before
	}
}

// apply takes one word in.
func (p *parser) apply(w word, i int) {
	c := &p.clause
	end := i + len(w.text)
	if w.how&bound != 0 {
		p.end(false)
		c = &p.clause
	}
	if w.how&suffix != 0 {
		p.compound(w, i, end)
		return
	}
	if w.act != none {
		p.act(w, i, end)
		return
	}
	if w.how&^(through|bound) != 0 {
		p.marker(w.how, i, end)
	}
	p.name(w.party, i, end, w.how&through != 0)
	if w.how == 0 && w.party == 0 {
		c.open = c.open && c.edge == i
	}
}

// compound makes a noun of an act: 派件网点 is a place, 揽收任务 a task.
func (p *parser) compound(w word, i, end int) {
	c := &p.clause
	party := w.party
	made := c.last >= 0 && c.edge == i && names(p.said[c.last].act, w.party)
	if made && c.last >= 0 && c.edge == i && names(p.said[c.last].act, w.party) {
		noun := p.said[c.last]
		p.said = p.said[:c.last]
		c.last--
		if c.last >= 0 && (c.last >= len(p.said) || p.said[c.last].before&^noun.before != 0) {
			c.last = -1
		}
		c.next |= noun.how &^ (post | tight)
		switch noun.act {
		case collect, pick:
			if party&(courier|paper) != 0 {
				party |= posting
			}
		case deliver, delivery:
			if party&courier != 0 || party == paper {
				party |= deliverer
			}
		case giveBack:
			party |= reversed
		}
		if (noun.act == collect || noun.act == receive) && noun.is(done) && party == paper {
			p.said = append(p.said, statement{act: order, how: done, before: c.before, clause: p.clauses})
			c.last = len(p.said) - 1
		}
	}
	if end-i == len("站") && !made {
		p.unknown(utf8.RuneError) // a single character is a suffix or nothing
		return
	}
	p.name(party, i, end, true)
}

// names are the acts that make nouns with what follows; the others take it as
// their goal: 派件+网点, but 到达 网点.
func names(a act, what party) bool {
	switch a {
	case order, assign, submit:
		return what&paper == 0
	case collect, pick, take, sign, drop, keep, deliver, delivery, receive, refuse, complain, contact:
		return true
	}
	return false
}

// name takes in who or what is named.
func (p *parser) name(who party, i, end int, clings bool) {
	c := &p.clause
	if clings && c.edge == i {
		c.edge = end
	}
	if who == 0 {
		return
	}
	if c.from && who&(receiver|hands) != 0 {
		who = who&^(receiver|hands|door) | posting
	}
	c.from = false
	p.parties |= who
	if c.lasting&(wish|cond) == 0 {
		p.plain |= who
	}
	c.before |= who
	switch {
	case c.last >= 0 && c.by:
		p.said[c.last].before |= who // delivered by the courier
	case c.last >= 0 && c.open:
		p.said[c.last].after |= who
	}
	c.by = false
}

// act takes an act in.
func (p *parser) act(w word, i, end int) {
	c := &p.clause
	if p.traditional && w.text == "取货" {
		w.act = take
	}
	if w.act == cancel && c.last >= 0 && c.edge == i {
		p.said[c.last].how |= back
		c.edge = end
		return
	}
	if w.act == arrive && w.how&through != 0 && c.last >= 0 && c.edge == i && reaches(p.said[c.last].act) {
		c.edge, c.open = end, true
		return
	}
	if c.last >= 0 && c.edge == i && p.subject(w) {
		c.edge = end
		return
	}
	if w.act == giveBack && c.last >= 0 && c.edge == i && (supposed(p.said[c.last].act) || p.said[c.last].act == receive) {
		p.said[c.last].after |= reversed // 签收退货
		c.edge = end
		return
	}
	if c.last >= 0 && c.edge == i && objects(p.said[c.last].act, w.act) {
		c.edge = end
		return
	}
	s := statement{act: w.act, how: w.how | c.next | c.lasting | p.carried, before: c.before, after: w.party, clause: p.clauses}
	if c.tightAt == i {
		s.how |= c.tight
	}
	if c.hypothetical && supposed(w.act) && c.next&done == 0 {
		s.how |= cond
	}
	if c.shadow != 0 && reached(w.act) {
		s.how |= c.shadow
	}
	if n := len(p.said) - 1; c.last >= 0 && c.last == n && p.said[n].act == cancel && w.act != cancel {
		s.how |= back
		p.said = p.said[:n]
	}
	if n := len(p.said) - 1; c.last >= 0 && c.last == n && p.said[n].act == arrive && p.said[n].is(done) && p.said[n].before&receiver != 0 {
		s.how |= done // 收件人已到店取件: one 已 for both
	}
	if s.is(denied) && w.act == refuse && c.deniedAt != i {
		s.how &^= denied
	}
	p.parties |= w.party
	c.before |= w.party
	p.said = append(p.said, s)
	c.from, c.by = false, false
	c.last, c.edge, c.open = len(p.said)-1, end, true
	c.next, c.tight = 0, 0
	c.lasting |= w.how & lastingHows
}

// reaches are the acts behind which 到 and 至 only lead to their goal.
func reaches(a act) bool {
	switch a {
	case deliver, bring, store, hand, move, giveBack, carryBack, redirect, keep, take, pick, setOff, assign:
		return true
	}
	return false
}

// subject says that the act before is only what goes wrong: 派送+延误, 揽收+改期.
// It leaves the new act to be read alone, except where that marks a failure of
// the old one: 签收+异常.
func (p *parser) subject(w word) bool {
	n := p.clause.last
	old := &p.said[n]
	switch w.act {
	case postpone, delay, trouble, complain, address:
	default:
		return false
	}
	switch old.act {
	case deliver, delivery, sign, drop, bring, keep:
		if w.how&fail != 0 {
			old.how |= fail
			return true
		}
	case collect, pick:
		p.clause.before |= posting
		p.parties |= posting
	case customs:
		old.act = seize
		return true
	default:
		return false
	}
	p.clause.next |= old.how & (future | done | denied | notYet | cond | why)
	p.said = p.said[:n]
	p.clause.last = -1
	return false
}

// objects says that an act is only what another is about: 拒绝+取件, 否认+签收.
func objects(of, a act) bool {
	return (of == refuse || of == complain) && (supposed(a) || a == deliver || a == delivery || a == receive)
}

// offered are the acts that are meant as "in that case" when a request follows.
func offered(a act) bool {
	switch a {
	case sign, take, takeAway, pick, refuse, giveBack, receive, complain, trouble, address, contact, absent, drop:
		return true
	}
	return false
}

// reached are the acts that a denial reaches over another act.
func reached(a act) bool {
	switch a {
	case sign, drop, deliver, delivery, bring, hand, take, pick:
		return true
	}
	return false
}

// supposed are the acts that have not happened either when they follow 到站后.
func supposed(a act) bool {
	return a == sign || a == drop || a == take || a == takeAway || a == pick
}

// marker takes in how something is said.
func (p *parser) marker(h how, i, end int) {
	c := &p.clause
	if h&post != 0 && p.behind(h, i, end) {
		return
	}
	if h&post != 0 && (h&(cond|question|ongoing) != 0 || h&back != 0 && h&tight != 0) {
		return // 后, 中: nothing without a verb before them
	}
	if h&tight != 0 {
		c.tight, c.tightAt = h&^(tight|post), end
		c.open = false
		return
	}
	if h&^(done|at|by|source|claims|through|anew) != 0 || h&done != 0 && h&through == 0 {
		c.open = false
	}
	c.all |= h
	switch {
	case h&basis != 0:
		c.all |= basis
		return
	case h&wish != 0 && c.all&basis != 0:
		return
	case h&wish != 0 && c.last >= 0 && p.said[c.last].bare() && p.said[c.last].before&receiver == 0 && offered(p.said[c.last].act):
		p.said[c.last].how |= cond // 拒收请联系商家
	case h&done != 0 && h&through == 0:
		c.next &^= future | wish | notYet
		c.lasting &^= future | wish
		c.shadow, p.carried = 0, 0
	case h&ongoing != 0:
		c.next &^= future | wish
		c.lasting &^= wish
		c.shadow, p.carried = 0, 0
	}
	c.from = c.from || h&source != 0
	if h&by != 0 {
		c.by = true
		c.before &^= outlet | office | carrier // where it is: who does it comes now
	}
	if h&(denied|notYet) != 0 {
		c.deniedAt = end
	}
	if h&future != 0 {
		c.next &^= ongoing
	}
	if h&(denied|fail) != 0 {
		c.shadow = h & (denied | fail)
	}
	if h&once != 0 {
		c.next |= h &^ once
		return
	}
	c.next |= h &^ (post | through | lastingHows)
	c.lasting |= h & lastingHows
	if c.edge == i {
		c.edge = end
	}
}

// behind applies a marker to the act before it, where there is one: failures
// anywhere in its clause, everything else at once behind it.
func (p *parser) behind(h how, i, end int) bool {
	c := &p.clause
	if c.last < 0 || c.edge != i && h&through == 0 {
		return false
	}
	p.said[c.last].how |= h &^ (post | tight | through)
	if h&fail != 0 {
		c.shadow = fail
	}
	c.hypothetical = c.hypothetical || h&cond != 0
	c.all |= h
	c.edge = end
	return true
}

// bracket reads what stands in 【】: the name of a place or of somebody, unless
// it is nothing but a statement, as in 【已签收】. It returns where to go on.
func (p *parser) bracket(i, end, size int) int {
	n := strings.IndexAny(p.text[i:end], "】]")
	if n < 0 {
		return i + size
	}
	_, closing := utf8.DecodeRuneInString(p.text[i+n:])
	who, stated := p.inside(i+size, i+n)
	if stated {
		p.span(i+size, i+n)
		return i + n + closing
	}
	c := &p.clause
	if c.last < 0 || p.said[c.last].act == sign {
		who &^= outlet | carrier // where the scan was made, not who acts
	}
	if c.open && c.last >= 0 && who == 0 {
		p.said[c.last].loose = true
	}
	p.name(who, i, i+n+closing, true)
	return i + n + closing
}

// inside is who is named between two offsets, and whether that is a statement:
// known words without a gap, one of them an act.
func (p *parser) inside(i, end int) (who party, stated bool) {
	gaps, acted := false, false
	for i < end {
		r, size := utf8.DecodeRuneInString(p.text[i:])
		w := longest(p.text[:end], i, r)
		if w.text == "" {
			gaps = true
			i += size
			continue
		}
		acted = acted || w.act != none
		gaps = gaps || w.how&suffix != 0 || w.party&(station|outlet|carrier|border) != 0
		who |= w.party
		i += len(w.text)
	}
	return who, acted && !gaps
}

// parenthesis reads what stands in (): names cling to what stands before it, a
// statement explains. It returns where to go on.
func (p *parser) parenthesis(i, end int) int {
	n := strings.IndexByte(p.text[i:end], ')')
	if n < 0 {
		return i + 1
	}
	stop := i + n + 1
	if !p.acted(i+1, i+n) {
		who, _ := p.inside(i+1, i+n)
		p.name(who, i, stop, true)
		p.slide(i, n+1)
		return stop
	}
	outer, carried := p.clause, p.carried
	p.clause = clause{last: -1, lasting: why}
	p.span(i+1, i+n)
	p.end(false)
	p.clause, p.carried = outer, carried
	if p.clause.edge == i {
		p.clause.edge = stop
	}
	return stop
}

func (p *parser) acted(i, end int) bool {
	for i < end {
		r, size := utf8.DecodeRuneInString(p.text[i:])
		w := longest(p.text[:end], i, r)
		if w.act != none || w.party&signer != 0 {
			return true
		}
		i += max(size, len(w.text))
	}
	return false
}
