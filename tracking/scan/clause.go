package scan

import "unicode/utf8"

// clause is what is known of the clause that is being read.
type clause struct {
	id        int   // its number in the text
	last      int   // index of its last act, -1 before the first
	next      how   // for the next act
	lasting   how   // for every act up to its end
	shadow    how   // a denial or a failure that reaches the deliveries behind the next act
	all       how   // every marker so far
	tight     how   // for an act that follows at once, at tightAt
	before    party // everybody named so far
	subject   party // everybody named before the 并 that opened it
	tightAt   int
	deniedAt  int  // where the last denial ends
	edge      int  // where the last act, and what clings to it, ends
	announced int  // how many acts were said before its colon
	open      bool // what follows belongs to the last act

	by           bool // what follows is who does it
	from         bool // what follows is where it comes from
	following    bool // 后, not 前
	appointed    bool // 揽收时间: its other acts are of the collection
	hypothetical bool // 签收后: what follows has not happened yet
}

// lastingHows hold up to the end of a clause, the others for one act.
const lastingHows = future | requested | cond | question | why | claims

// begin opens a clause whose every act is said this way.
func (p *parser) begin(lasting how) {
	p.clauses++
	p.clause = clause{id: p.clauses, last: -1, lasting: lasting, edge: p.clause.edge}
}

// end closes a clause and opens the next; soft ends are commas.
func (p *parser) end(soft bool) {
	c := p.clause
	if c.last < 0 {
		p.actless(c)
	}
	p.coded = p.coded || c.before&code != 0 && c.all&(requested|cond|future|denied|notYet|fail) == 0
	p.carried = 0
	if soft && (c.lasting&cond != 0 && c.lasting&(requested|future) == 0 || p.awaits(c)) {
		p.carried = cond
	}
	p.begin(0)
}

// awaits says that a clause only tells when the next comes true: 到站后将发送短信.
func (p *parser) awaits(c clause) bool {
	if !c.hypothetical || c.last < 0 || c.all&future == 0 {
		return false
	}
	s := p.said[c.last]
	return s.is(cond) && (s.act == arrive || s.act == store || s.act == bring)
}

// bound closes a clause before a conjunction. One of the same subject (并) also
// leaves it in the same mood: 请验货并签收.
func (p *parser) bound(same bool) {
	old := p.clause
	p.end(false)
	if same {
		p.clause.subject = old.before | old.subject
		p.clause.lasting = old.lasting & (future | requested | cond | question)
	}
}

// say adds a statement to the clause and makes it its last act.
func (p *parser) say(s statement) {
	s.clause = p.clause.id
	p.said = append(p.said, s)
	p.clause.last = len(p.said) - 1
}

// unsay takes the clause's last act back, and everything said since.
func (p *parser) unsay() {
	c := &p.clause
	p.said = p.said[:c.last]
	c.last--
	if c.last >= 0 && p.said[c.last].clause != c.id {
		c.last = -1
	}
}

// last is the clause's last act, nil before the first.
func (p *parser) last() *statement {
	if p.clause.last < 0 {
		return nil
	}
	return &p.said[p.clause.last]
}

// joined is the last act when nothing stands between it and i, else nil.
func (p *parser) joined(i int) *statement {
	if p.clause.edge != i {
		return nil
	}
	return p.last()
}

// actless is a clause that names somebody and no act: 签收人：前台, 派送员：王师傅,
// or what an English scan puts behind a comma: Delivered, Front Desk.
func (p *parser) actless(c clause) {
	who := c.before
	switch {
	case who == 0 || p.carried != 0:
	case who&hands != 0 && c.all&at != 0 && who&(sender|courier|outlet|carrier|airline) != 0:
		p.held(who)
	case who&courier != 0 && who&(home|door) != 0 && c.all&at != 0:
		p.say(statement{act: assign, how: ongoing, before: who | deliverer})
	case who&station != 0 && who&receiver != 0 && who&posting == 0 && c.all&at != 0 && c.all&future != 0 && c.all&(requested|cond|denied|notYet) == 0:
		p.say(statement{act: arrive, after: who}) // 在自提点等您
	case who&posting != 0 && c.all&back != 0:
		p.say(statement{act: cancel, how: done, before: who})
	case who&posting != 0 && who&station == 0 && (c.all&(future|requested) != 0 || who&visit != 0):
		p.say(statement{act: collect, how: future, before: who})
	case who&sender != 0 && c.all&source != 0 && c.all&future != 0:
		p.say(statement{act: order, before: who})
	case c.all&(requested|cond|future|question|denied|notYet|fail) != 0:
	case who&sender != 0 && who&posting != 0 && c.all&done != 0:
		p.say(statement{act: collect, how: done, before: who})
	case who&courier != 0 && who&posting == 0 && c.all&(ongoing|at) != 0:
		p.say(statement{act: assign, how: ongoing, before: who | deliverer})
	case who&signer != 0:
		p.say(statement{act: sign, before: who})
	case who&hands != 0 && c.all&at != 0:
		p.say(statement{act: delivered, how: done, before: who})
	case who&station != 0 && p.took():
	case who&station != 0 && (c.all&at != 0 || p.plain&code != 0):
		p.say(statement{act: arrive, after: who})
	case who&deliverer != 0:
		p.say(statement{act: assign, how: c.all & success, before: who})
	case who&posting != 0 && who&paper != 0 && c.all&success != 0:
		p.say(statement{act: collect, how: success, before: who &^ paper})
	case who&posting != 0 && who&paper != 0:
		p.say(statement{act: assign, before: who})
	default:
		p.addGoal(who)
	}
}

// held: in somebody's hands who is not its receiver.
func (p *parser) held(who party) {
	if who&sender != 0 {
		p.say(statement{act: order, before: who})
	}
}

// took says that somebody has fetched it.
func (p *parser) took() bool {
	for _, s := range p.said {
		if (s.act == pick || s.act == take || s.act == takeAway) && s.is(done|success) {
			return true
		}
	}
	return false
}

// addGoal gives the delivery of the clause before to whom it went.
func (p *parser) addGoal(who party) {
	if len(p.said) == 0 {
		return
	}
	s := &p.said[len(p.said)-1]
	switch s.act {
	case outbound:
		s.after |= who & receiver
	case hand:
		if s.after&^parcel == 0 && !s.is(tight) {
			s.after |= who & (receiver | signer)
		}
	case delivered:
		s.after |= who & (receiver | signer | family | keeper | hands | door | station | sender)
	case sign, bring, keep:
		s.after |= who & (receiver | signer | family | keeper | hands | door | station)
	}
}

// apply takes one word in.
func (p *parser) apply(w word, i int) {
	end := i + len(w.text)
	if w.how&bound != 0 {
		p.bound(w.how&through != 0)
	}
	switch {
	case w.how&suffix != 0:
		p.compound(w, i, end)
		return
	case w.act != none:
		p.act(w, i, end)
		return
	case w.how&^(through|bound) != 0:
		p.marker(w.how, i, end)
	}
	p.name(w.party, i, end, w.how&through != 0)
	if w.how == 0 && w.party == 0 {
		p.clause.open = p.clause.open && p.clause.edge == i
	}
}

// placing are the acts whose goal clings to them: 到驿站+后.
func placing(a act) bool { return a == arrive || a == bring || a == store || a == hand }

// compound makes a noun of an act: 派件网点 is a place, 揽收任务 a task.
func (p *parser) compound(w word, i, end int) {
	who := w.party
	verb := p.joined(i)
	switch {
	case verb != nil && p.text[i-1] != ' ' && nominal(verb.act, who):
		noun := *verb
		p.unsay()
		p.clause.next |= noun.how &^ (post | tight)
		p.plain |= parcel // it is spoken of
		who |= noun.named(who)
		p.clause.appointed = p.clause.appointed || noun.act == collect && who == posting
		if (noun.act == collect || noun.act == receive) && noun.is(done) && who&paper != 0 {
			p.say(statement{act: order, how: done, before: p.clause.before}) // 已接收信息
		}
	case end-i == len("站"):
		p.unknown(utf8.RuneError) // a single character is a suffix or nothing
		return
	}
	p.name(who, i, end, true)
}

// nominal are the acts that make nouns with what follows; the others take it
// as their goal: 派件+网点, but 到达 网点.
func nominal(a act, what party) bool {
	switch a {
	case bring, arrive, move, setOff, outbound, store, hand:
		return what == 0
	case order, assign, submit:
		return what&paper == 0
	case collect, pick, take, sign, delivered, keep, deliver, delivery, receive, refuse, complain, contact:
		return true
	}
	return false
}

// named is what the act lends to the noun that is made of it.
func (s statement) named(what party) party {
	switch s.act {
	case collect, pick:
		if what&(outlet|city|code) == 0 {
			return posting
		}
	case deliver, delivery:
		if what&courier != 0 || what == paper {
			return deliverer
		}
	}
	return 0
}

// name takes in who or what is named.
func (p *parser) name(who party, i, end int, clings bool) {
	c := &p.clause
	if s := p.joined(i); s != nil && (clings || who != 0 && c.open && placing(s.act)) {
		c.edge = end
	}
	if who == 0 {
		return
	}
	if c.from && who&(receiver|hands) != 0 {
		who = who&^(receiver|hands|door) | posting
	}
	p.parties |= who
	if c.lasting&(requested|cond) == 0 {
		p.plain |= who
	}
	c.before |= who
	if c.tightAt == i && c.tight == cond && who&receiver != 0 {
		c.tightAt = end // 不是客户拒收
	}
	switch s := p.last(); {
	case s != nil && c.by:
		s.before |= who // delivered by the courier
	case s != nil && c.open:
		s.after |= who
	}
	c.from, c.by = false, false
}
