package scan

import "strings"

// act takes an act in, alone or as a part of the one before it.
func (p *parser) act(w word, i, end int) {
	c := &p.clause
	w.act = p.meant(w, end)
	if old := p.joined(i); old != nil && p.absorbed(old, w) {
		c.edge = end
		return
	}
	s := statement{act: w.act, how: w.how | c.next | c.lasting | p.carried, after: w.party}
	if c.tightAt == i {
		s.how |= c.tight
	}
	if (c.next|c.lasting)&future != 0 {
		s.how &^= w.how & ongoing // will be out for delivery
	}
	if reached(w.act) {
		s.how |= c.shadow
	}
	if c.hypothetical && supposed(w.act) && c.next&(done|success) == 0 {
		s.how |= cond
	}
	if w.act == refuse && c.deniedAt != i {
		s.how &^= denied // 不肯付款拒收 denies no refusal
	}
	if w.act == sign {
		c.before |= p.signatory(i)
	}
	s.how |= p.inherited(w.act) | c.all&basis
	s.before = c.before | c.subject
	if c.appointed && w.act == postpone {
		s.before &^= receiver
	}
	p.say(s)
	p.parties |= w.party
	c.before |= w.party
	c.from, c.by, c.open, c.edge = false, false, true, end
	c.tight = 0
	if w.act != arrive || w.how&through == 0 {
		c.next = 0
	}
	c.next &= future | denied | notYet | fail // 尚未至门市交寄
	c.lasting |= w.how & lastingHows
}

// meant is a word's act where it depends on more than the word: 取貨 is the
// receiver's in Traditional texts, and whoever failed to hand over and turns
// back (未能交货返回) does not take the parcel to its sender.
func (p *parser) meant(w word, end int) act {
	if p.traditional && w.text == "取货" {
		return take
	}
	rest := strings.TrimLeft(p.text[end:], "了")
	if w.text != "返回" || len(p.said) == 0 || rest != "" && !strings.ContainsRune(",;。", []rune(rest)[0]) {
		return w.act
	}
	old := p.said[len(p.said)-1]
	near := old.clause == p.clause.id || old.clause == p.clause.id-1 && p.clause.before == 0
	switch old.act {
	case absent, contact:
	case hand, move, bring:
		near = near && old.is(fail)
	default:
		near = false
	}
	if near {
		return carryBack
	}
	return w.act
}

// signatory is who a signature is of, by what stands at once before it: a place
// where it passes (接驳点签收, 集包签收), or whoever fetched it (领取签收).
func (p *parser) signatory(i int) party {
	switch s := p.joined(i); {
	case endsLikePlace(p.text[:i]), s != nil && (s.act == move || s.act == arrive || s.act == hand && s.is(tight)):
		return outlet
	case s != nil && (s.act == take || s.act == takeAway) && s.before&courier == 0:
		return receiver
	}
	return 0
}

// endsLikePlace says that a name ends as those of a carrier's places do.
func endsLikePlace(text string) bool {
	text = strings.TrimSuffix(text, "已")
	return strings.HasSuffix(text, "点") || strings.HasSuffix(text, "站") || strings.HasSuffix(text, "场") || strings.HasSuffix(text, "仓") || strings.HasSuffix(text, "港") || strings.HasSuffix(text, "队")
}

// inherited is what the act before, in the same clause, makes of a new one: a
// cancellation takes it back, a refusal or a complaint is only of it, whoever
// it is handed to is to deliver it, and a receiver's arrival lends it its 已.
func (p *parser) inherited(a act) how {
	old := p.last()
	switch {
	case old == nil:
	case old.act == cancel && a != cancel && p.clause.next&cond == 0:
		p.unsay()
		return back
	case (old.act == refuse || old.act == complain) && (supposed(a) || a == keep || a == receive), (old.act == complain || old.act == trouble) && (a == order || a == submit || a == assign):
		return cond
	case old.act == absent && (supposed(a) || a == keep || a == receive):
		return cond // 没有人签收
	case old.act == hand && a == deliver && p.clause.before&courier == 0:
		return future
	case old.act == take && old.is(done) && (a == pick || a == take || a == takeAway), // 已开箱取件
		old.act == arrive && old.is(done) && old.before&receiver != 0:
		return done
	}
	return 0
}

// absorbed says that a word only adds to the act that it follows at once.
func (p *parser) absorbed(old *statement, w word) bool {
	switch {
	case w.act == cancel && old.act == cancel: // 失效+取消
	case w.act == cancel:
		old.how |= back // 退回+取消
	case w.act == arrive && w.how&through != 0 && reaches(old.act):
		p.clause.open = true // 派送+到
	case old.act == sign && (w.act == store || w.act == move || w.act == arrive && w.how&through == 0) && old.before&(station|keeper) == 0: // 签收+入库
		old.before = old.before&^(receiver|family) | outlet
	case w.act == giveBack && (supposed(old.act) || old.act == receive):
		old.after |= reversed // 签收+退货
	case old.act == refuse || old.act == complain:
		return supposed(w.act) || w.act == deliver || w.act == delivery || w.act == receive // 拒绝+取件
	default:
		return p.subject(old, w)
	}
	return true
}

// subject takes an act back that is only what goes wrong: 派送+延误, 揽收+改期.
// It says true where the new word only marks the old act's failure: 签收+异常.
func (p *parser) subject(old *statement, w word) bool {
	switch w.act {
	case postpone, delay, trouble, complain, address:
	default:
		return false
	}
	if old.is(back) && (old.act == sign || old.act == delivered) {
		return false // 签收记录作废：错放
	}
	switch old.act {
	case deliver, delivery, sign, delivered, bring, keep:
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
	p.unsay()
	return false
}

// reaches are the acts behind which 到 and 至 only lead to their goal.
func reaches(a act) bool {
	switch a {
	case deliver, bring, store, hand, move, giveBack, carryBack, redirect, keep, take, pick, setOff, assign:
		return true
	}
	return false
}

// reached are the acts that a denial reaches over another act.
func reached(a act) bool {
	switch a {
	case sign, delivered, deliver, delivery, bring, hand, take, pick:
		return true
	}
	return false
}

// supposed are the acts that have not happened either when they follow 到站后.
func supposed(a act) bool {
	return a == sign || a == delivered || a == take || a == takeAway || a == pick
}

// offered are the acts that are meant as "in that case" when a request
// follows: 拒收请联系商家.
func offered(a act) bool {
	switch a {
	case sign, take, takeAway, pick, refuse, giveBack, receive, complain, trouble, address, contact, absent, delivered:
		return true
	}
	return false
}
