package scan

import "strings"

// marker takes in how something is said.
func (p *parser) marker(h how, i, end int) {
	c := &p.clause
	switch {
	case h&post != 0 && p.behind(h, i, end):
		return
	case h&post != 0 && h&once == 0 && (h&(cond|question|ongoing) != 0 || h&back != 0 && h&tight != 0):
		return // 后, 中: nothing without a verb before them
	case h&once != 0 && h&cond != 0 && c.last < 0 && c.all&at != 0 && c.before&station != 0 && strings.HasPrefix(p.text[i:end], "un"):
		return // in the locker until Friday: how long it is there
	case h&tight != 0:
		c.tight, c.tightAt, c.open = h&^(tight|post), end, false
		c.all |= h & cond
		return
	}
	if h&^(done|at|by|source|claims|through|anew|arranged) != 0 || h&done != 0 && h&through == 0 {
		c.open = false
	}
	if h&requested != 0 && (c.all&basis != 0 || p.instrument(i)) {
		return // 应客户要求
	}
	p.turn(h)
	p.lead(h, i, end)
	if h&once != 0 {
		c.next |= h &^ (once | post)
		return
	}
	c.next |= h &^ (post | through | lastingHows)
	c.lasting |= h & lastingHows
	if c.edge == i {
		c.edge = end
	}
}

// instrument says that the words at i tell by what somebody fetched it:
// 收件人凭码取走, 输入密码.
func (p *parser) instrument(i int) bool {
	c := &p.clause
	by := strings.HasPrefix(p.text[i:], "凭") || strings.HasPrefix(p.text[i:], "输")
	return by && c.before&(receiver|family) != 0 && c.all&(requested|future|cond) == 0
}

// turn lets a marker end what earlier ones in its clause said: what has
// happened or goes on is no longer planned, and the other way round.
func (p *parser) turn(h how) {
	c := &p.clause
	c.all |= h
	if h&still != 0 {
		p.still = c.id
	}
	switch {
	case h&requested != 0:
		if s := p.last(); s != nil && c.last >= c.announced && s.bare() && s.before&receiver == 0 && (offered(s.act) || s.is(fail)) {
			s.how |= cond
		}
	case h&done != 0 && h&through == 0:
		p.realise()
		c.next &^= future | requested | notYet
		c.lasting &^= future | requested
		c.shadow, p.carried = 0, 0
	case h&ongoing != 0:
		c.next &^= future | requested
		c.lasting &^= requested
		c.shadow, p.carried = 0, 0
	case h&future != 0:
		c.next &^= ongoing
		if s := p.last(); s != nil && s.act == pick && s.is(tight) && s.has(sender|posting) {
			s.how |= future // pickup from shipper scheduled
		}
	}
}

// realise: 代收后已通知 tells of what has happened.
func (p *parser) realise() {
	c := &p.clause
	if s := p.last(); s != nil && c.hypothetical && c.following && c.lasting&cond == 0 {
		s.how &^= cond
		c.hypothetical = false
	}
}

// lead notes what a marker says of the words behind it.
func (p *parser) lead(h how, i, end int) {
	c := &p.clause
	c.from = c.from || h&source != 0
	if h&by != 0 {
		c.by, c.from = true, false
		if s := p.last(); s != nil && c.edge == i && s.act == deliver {
			s.how |= future // 配送由其完成: it is theirs to do
		}
		c.before &^= outlet | office | carrier // where it is: who does it comes now
	}
	if h&(denied|notYet) != 0 {
		c.deniedAt = end
	}
	if h&(denied|fail) != 0 {
		c.shadow = h & (denied | fail)
	}
}

// behind applies a marker to the act before it, where there is one: failures
// anywhere in its clause, most others only at once behind it.
func (p *parser) behind(h how, i, end int) bool {
	c := &p.clause
	s := p.last()
	if s == nil || c.edge != i && h&through == 0 {
		return false
	}
	s.how |= h &^ (post | tight | through | once)
	if h&fail != 0 {
		c.shadow = fail
	}
	c.hypothetical = c.hypothetical || h&cond != 0
	c.following = c.following || h&cond != 0 && strings.HasSuffix(p.text[i:end], "后")
	if h&cond != 0 && s.act == postpone {
		c.lasting &^= future // 改约后
	}
	c.all |= h
	c.edge = end
	return true
}
