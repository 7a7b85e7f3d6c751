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
	coded       bool  // what opens a locker has been told
	still       int   // the clause of the last 仍
	plain       party // those of them that no request or condition names
	parties     party // everybody and every place that the text names
	kept        [8]statement
}

func (p *parser) parse() {
	p.said = p.kept[:0]
	p.begin(0)
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
	case ',', '、', ';', '!', '?', '。', '…', '~', '|', '→':
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
	for i := range p.said {
		if r == '?' && p.said[i].clause == p.clause.id {
			p.said[i].how |= question
		}
	}
	lasting := p.clause.lasting
	p.end(r == ',')
	if r == '、' {
		p.clause.lasting = lasting & (requested | future | cond | question) // one of several things that are offered
	}
	p.clause.edge = next
}

// colon: what was announced before it holds no longer, who was named does.
func (p *parser) colon(next int) {
	c := &p.clause
	kept := why | cond
	if c.last < 0 {
		kept |= future // 预计：
	}
	c.next, c.shadow, c.lasting, c.all = 0, 0, c.lasting&kept, c.all&kept
	c.announced = len(p.said)
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
	if s := p.last(); s != nil && p.clause.open && r >= 'a' {
		s.loose = true
	}
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
	s := p.last()
	if acts := strings.HasSuffix(p.text[:i], "由") || strings.HasSuffix(p.text[:i], "被"); !acts && (s == nil || s.act == sign) {
		who &^= outlet | carrier // where the scan was made, not who acts
	}
	if s != nil && p.clause.open && who == 0 {
		s.loose = true
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
	p.begin(why)
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
