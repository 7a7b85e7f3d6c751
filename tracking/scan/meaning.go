package scan

import "waybill/models"

// context is what the text as a whole, and its clauses so far, say of a journey.
type context struct {
	parties party
	turned  bool // the parcel is on its way back
	ordered bool // nobody has collected it yet

	stated bool // something has been stated for certain, in which clause
	clause int

	collecting, reached, failed, seen bool // what was spoken of so far
}

// note remembers what later clauses depend on.
func (c *context) note(s statement, v verdict) {
	switch s.act {
	case collect, pick:
		c.collecting = true
	case arrive:
		c.seen = true
	case deliver, sign, drop:
		c.collecting = false
	}
	if v.weight == fact {
		c.stated, c.clause = true, s.clause
	}
	c.reached = c.reached || v.status == models.Delivered
	c.failed = c.failed || v.status == models.FailedAttempt
	switch {
	case s.act == giveBack && s.is(back):
		c.turned = false
	case v.status == models.Returning && v.weight >= step, v.status == models.Returned:
		c.turned = true
	case v.status == models.Pending && v.weight == fact:
		c.ordered = true
	}
}

func (c *context) reversed(s statement) bool {
	return c.turned || s.has(reversed)
}

// certain is a verdict by a stated fact.
func certain(s models.Status) verdict { return verdict{status: s, weight: fact} }

// somewhere is a parcel on its way, by words that say little.
func somewhere() verdict { return verdict{status: models.InTransit, weight: faint} }

// verdict is what one act, said this way and of these, says of the parcel.
func (c *context) verdict(s statement) verdict {
	if s.is(cond|question) || c.offer(s) {
		return verdict{}
	}
	switch s.act {
	case order, submit, assign, collect, cancel:
		return c.beginning(s)
	case pick, take, takeAway:
		return c.fetched(s)
	case await:
		return c.awaited(s)
	case inspect:
		return inspected(s)
	case sign, drop, keep, receive:
		return c.signed(s)
	case deliver, delivery:
		return c.delivering(s)
	case bring, arrive, store, hand:
		return c.placed(s)
	case giveBack, carryBack, refuse:
		return c.backwards(s)
	case customs, seize:
		return cleared(s)
	case leave:
		return left(s)
	case move, redirect, setOff, outbound:
		return c.moved(s)
	}
	return c.troubled(s)
}

// offer says that an act is only spoken of behind what was stated: a bare
// 扫码签收有惊喜 of nobody, in a clause after the one that says where it waits.
func (c *context) offer(s statement) bool {
	return c.stated && s.clause != c.clause && s.bare() && !s.is(future|wish|denied|notYet|fail|back) && (supposed(s.act) || s.act == refuse || s.act == complain) &&
		s.before&(receiver|signer|family|keeper|sender|reversed) == 0 && !c.turned
}

// beginning: an order, a task, a collection, a cancellation.
func (c *context) beginning(s statement) verdict {
	switch {
	case s.act == submit && !s.has(paper|posting):
		return verdict{}
	case s.act == cancel && s.is(future|denied|notYet|wish|back), s.act == order && s.is(back|wish) && !s.is(future):
		return verdict{}
	case s.act == cancel, s.act == collect && s.is(back):
		return certain(models.Cancelled)
	case s.act == collect && s.before&airline != 0 && s.before&courier == 0 && s.bare():
		return verdict{status: models.InTransit, weight: step}
	case s.act == collect && s.before&paper != 0 && s.before&(parcel|courier) == 0:
		return certain(models.Pending)
	case s.act == order, s.act == submit:
		return certain(models.Pending)
	case s.act == assign:
		return assigned(s)
	case s.is(denied|fail) && s.before&receiver != 0 && s.before&(posting|sender|courier) == 0:
		return certain(models.FailedAttempt)
	case s.is(future | wish | denied | notYet | fail):
		return certain(models.Pending)
	}
	return certain(models.Collected)
}

// awaited: it waits for its receiver, or for the courier at the sender's.
func (c *context) awaited(s statement) verdict {
	switch {
	case c.ordered && c.parties&(station|code) == 0, s.has(posting), s.after&courier != 0:
		return certain(models.Pending)
	case c.reversed(s):
		return certain(models.Returning)
	}
	return certain(models.ReadyForPickup)
}

func assigned(s statement) verdict {
	switch {
	case s.is(success) && s.has(deliverer) && s.has(paper):
		return certain(models.Delivered)
	case s.has(posting):
		return certain(models.Pending)
	case s.has(deliverer) && s.is(ongoing):
		return verdict{status: models.OutForDelivery, weight: step}
	case s.has(deliverer) && !s.is(future|wish|denied|notYet|fail):
		return verdict{status: models.OutForDelivery, weight: lean}
	}
	return verdict{}
}

// fetched: taken by the courier at the sender's, or by the receiver.
func (c *context) fetched(s statement) verdict {
	waits := s.is(future|wish|denied|notYet|fail) || s.act == take && !s.is(done|success) && s.before&signer == 0
	atSender := s.has(posting|sender|origin|visit) || c.parties&posting != 0 || s.has(courier|carrier) && c.parties&(station|code) == 0 ||
		c.parties&sender != 0 && s.is(fail)
	switch {
	case s.is(back) && (s.act == pick || atSender):
		return certain(models.Cancelled)
	case s.is(denied) && s.is(wish):
		return verdict{}
	case s.is(denied|notYet) && (c.reached || s.is(claims)):
		return certain(models.Exception)
	case s.before&sender != 0 && s.before&(posting|courier|carrier|airline) == 0 && !waits && (s.act != pick || c.reversed(s)):
		return certain(models.Returned)
	case c.reversed(s) && s.has(sender):
		return verdict{status: models.Returning, weight: lean}
	case atSender && (waits || s.act == pick && !s.is(done|success)) && (!s.is(wish) || s.before&receiver == 0),
		s.act == pick && s.is(wish) && s.before&outlet != 0 && !c.seen && c.parties&(receiver|station|code) == 0:
		return certain(models.Pending)
	case s.before&deliverer != 0 && !waits && !s.has(posting|sender|visit):
		return verdict{}
	case s.has(posting|sender|origin|visit) || !waits && s.before&courier != 0 && s.before&receiver == 0:
		return certain(models.Collected)
	case waits && c.ordered && c.parties&(station|code) == 0:
		return certain(models.Pending)
	case waits:
		return certain(models.ReadyForPickup)
	}
	return c.taken(s)
}

// taken: by somebody, and it happened.
func (c *context) taken(s statement) verdict {
	byReceiver := s.before&(receiver|signer|family) != 0
	atStation := c.parties&(station|code) != 0
	switch {
	case s.is(ongoing):
		return certain(models.ReadyForPickup)
	case s.act == takeAway && (byReceiver || atStation || s.is(done|success)):
		return certain(models.Delivered)
	case s.before&signer != 0, s.is(done|success) && (byReceiver || atStation):
		return certain(models.Delivered)
	case s.act == take && s.is(done|success):
		return certain(models.Delivered)
	case s.act == pick && !byReceiver && !atStation:
		return verdict{status: models.Collected, weight: fact, either: true}
	}
	return certain(models.ReadyForPickup)
}

// signed: in somebody's hands, by signature or by word.
func (c *context) signed(s statement) verdict {
	if s.act == receive {
		return c.received(s)
	}
	switch {
	case s.is(notYet | future):
		return somewhere()
	case s.is(back):
		return certain(models.Exception)
	case s.is(wish):
		return somewhere()
	case s.act == drop && s.is(ongoing):
		return certain(models.OutForDelivery)
	case s.is(denied | fail):
		return certain(models.FailedAttempt)
	case s.act == sign && (s.before&airline != 0 || s.has(receipt)):
		return somewhere()
	case c.reversed(s), s.before&sender != 0 && s.before&receiver == 0 && s.act == sign, s.act == drop && s.after&sender != 0:
		return certain(models.Returned)
	}
	return handedIn(s)
}

// inspected: by its receiver, who has it then.
func inspected(s statement) verdict {
	if s.before&(receiver|signer|family) == 0 || s.is(future|wish|denied|notYet|fail) {
		return verdict{}
	}
	return certain(models.Delivered)
}

// handedIn: who has it now.
func handedIn(s statement) verdict {
	to := s.before | s.after
	if s.act == drop {
		to = s.goal()
	}
	reached := to&(receiver|signer|family|hands|door) != 0
	switch {
	case s.act == keep && to&family != 0 && to&station == 0:
		return certain(models.Delivered)
	case s.act == keep:
		return certain(models.ReadyForPickup)
	case s.act == sign && to&station != 0 && s.before&(receiver|family) == 0,
		s.act == drop && s.after&station != 0:
		return certain(models.ReadyForPickup)
	case s.act == drop && s.after&(outlet|carrier|airline|border) != 0 && s.after&(family|keeper|door) == 0,
		s.act == sign && s.has(outlet|carrier) && !reached && s.before&keeper == 0:
		return somewhere()
	}
	return certain(models.Delivered)
}

// received: by the carrier, or by the receiver.
func (c *context) received(s statement) verdict {
	not := s.is(denied | notYet | fail)
	byCarrier := s.before&(outlet|carrier|courier|airline) != 0
	switch {
	case s.has(money), s.is(denied) && s.is(wish):
		return verdict{}
	case s.has(paper) && !not:
		return certain(models.Pending)
	case s.is(denied|notYet) && c.reached && !byCarrier:
		return certain(models.Exception)
	case not && (c.ordered || c.parties&(carrier|airline) != 0) && c.parties&receiver == 0:
		return certain(models.Pending)
	case not && s.before&(receiver|family) == 0 && !byCarrier && s.before&(paper|sender) == 0:
		return verdict{}
	case s.has(airline):
		return verdict{status: models.InTransit, weight: step}
	case s.is(fail) && s.before&receiver != 0:
		return certain(models.FailedAttempt)
	case not && s.before&receiver != 0 && !byCarrier:
		return certain(models.Exception)
	case not:
		return certain(models.Pending)
	case s.is(future | wish):
		return somewhere()
	case s.has(sender) && c.reversed(s):
		return certain(models.Returned)
	case s.before&station != 0 && !s.has(posting|sender):
		return certain(models.ReadyForPickup)
	case s.before&(receiver|family) != 0 && !byCarrier && s.before&posting == 0:
		return certain(models.Delivered)
	}
	return certain(models.Collected)
}

// delivering: the courier's round, and how it ended.
func (c *context) delivering(s statement) verdict {
	switch {
	case s.is(notYet):
		return somewhere()
	case s.is(denied | fail):
		return certain(models.FailedAttempt)
	case s.is(again) && !s.is(ongoing|done|success):
		return verdict{status: models.FailedAttempt, weight: lean}
	case s.is(back):
		return certain(models.Exception)
	case s.is(future|wish) && !s.is(ongoing):
		return somewhere()
	case s.act == delivery && !s.is(ongoing|success):
		return verdict{}
	case c.reversed(s) && s.is(success):
		return certain(models.Returned)
	case c.reversed(s):
		return certain(models.Returning)
	}
	return round(s)
}

// round: it happened, or goes on.
func round(s statement) verdict {
	switch {
	case s.is(ongoing):
		return certain(models.OutForDelivery)
	case s.before&(carrier|airline) != 0 && s.before&courier == 0 && !s.is(done|success):
		return somewhere()
	case s.after&(station|keeper) != 0:
		return certain(models.ReadyForPickup)
	case s.after&(outlet|carrier|border) != 0:
		return somewhere()
	case s.is(success), s.is(done) && s.is(tight), s.is(done) && s.after&(receiver|family|hands|door) != 0:
		return certain(models.Delivered)
	case s.is(anew) && !s.is(done):
		return verdict{status: models.OutForDelivery, weight: step}
	}
	return certain(models.OutForDelivery)
}

// placed: it is somewhere, and where decides.
func (c *context) placed(s statement) verdict {
	goal := s.goal()
	switch {
	case s.act == hand && s.is(denied|notYet|fail) && (s.before&sender != 0 || s.after&(carrier|airline|courier) != 0):
		return certain(models.Pending)
	case s.is(denied|fail) && (s.act == bring || s.act == hand):
		return certain(models.FailedAttempt)
	case s.is(future | wish | denied | notYet | fail):
		return c.unplaced(s)
	case s.is(back):
		return certain(models.Exception)
	case goal&border != 0:
		return certain(models.Customs)
	case goal&(sender|origin) != 0 && goal&(receiver|posting) == 0 && c.reversed(s):
		return c.home(s, goal)
	case goal&posting != 0 && goal&station != 0:
		return certain(models.Collected)
	case c.reversed(s):
		return certain(models.Returning)
	}
	switch s.act {
	case arrive:
		return c.arrived(s, goal)
	case store:
		return c.stored(s, goal)
	case hand:
		return c.handed(s, goal)
	}
	return brought(s, goal)
}

// unplaced: what is only planned or asked for.
func (c *context) unplaced(s statement) verdict {
	if s.act == bring && s.is(future) && c.parties&courier != 0 && c.parties&posting == 0 {
		return verdict{status: models.OutForDelivery, weight: lean}
	}
	if s.is(wish) && (s.act == hand && s.has(courier) || s.has(posting)) {
		return certain(models.Pending)
	}
	return somewhere()
}

// home: back at the sender, or at a place near it.
func (c *context) home(s statement, goal party) verdict {
	if s.act == arrive || goal&(station|outlet|origin) != 0 || s.is(ongoing) {
		return certain(models.Returning)
	}
	return certain(models.Returned)
}

func (c *context) arrived(s statement, goal party) verdict {
	switch {
	case s.is(ongoing):
		return somewhere()
	case goal&station != 0 && goal&city == 0:
		return certain(models.ReadyForPickup)
	case goal&hands != 0 && goal&courier == 0:
		return certain(models.Delivered)
	case goal&(home|door) != 0 && goal&outlet == 0, s.before&courier != 0 && (s.after&receiver != 0 || s.after == 0 && c.parties&(door|home) != 0):
		return certain(models.OutForDelivery)
	case c.ordered && s.after&outlet != 0 && s.before&courier == 0 && s.before&(paper|parcel) != paper:
		return verdict{status: models.InTransit, weight: step}
	}
	return somewhere()
}

func (c *context) stored(s statement, goal party) verdict {
	goal |= s.after
	switch {
	case goal&(station|code) != 0, s.after&office != 0:
		return certain(models.ReadyForPickup)
	case goal&(door|hands) != 0:
		return certain(models.Delivered)
	case goal&keeper != 0:
		return certain(models.ReadyForPickup)
	case goal&(outlet|airline|posting|carrier) != 0 || s.is(ongoing):
		return somewhere()
	case c.parties&(station|code) != 0:
		return certain(models.ReadyForPickup)
	case c.parties&family != 0 && goal&family != 0:
		return certain(models.Delivered)
	}
	return somewhere()
}

func (c *context) handed(s statement, goal party) verdict {
	switch {
	case goal&station != 0:
		return certain(models.ReadyForPickup)
	case goal&(carrier|airline|outlet) != 0 && goal&(hands|receiver) == 0:
		return carried(s, goal)
	case s.after&(receiver|family|hands|signer) != 0, goal&hands != 0, s.before&receiver != 0 && s.before&(courier|sender) == 0 && s.after == 0:
		return certain(models.Delivered)
	case goal&keeper != 0:
		return certain(models.ReadyForPickup)
	case goal&deliverer != 0 && c.parties&posting == 0:
		return certain(models.OutForDelivery)
	case goal&courier != 0:
		return certain(models.Collected)
	}
	return somewhere()
}

// carried: from one company to another. The first of them collects.
func carried(s statement, goal party) verdict {
	if goal&carrier != 0 && !s.is(tight) {
		return certain(models.Collected)
	}
	return verdict{status: models.InTransit, weight: step}
}

func brought(s statement, goal party) verdict {
	switch {
	case s.is(ongoing), s.has(visit) && !s.is(done|success):
		return certain(models.OutForDelivery)
	case s.has(visit):
		return certain(models.Delivered)
	case goal&city != 0:
		return somewhere()
	case goal&station != 0:
		return certain(models.ReadyForPickup)
	case goal&(door|receiver|family|hands|signer) != 0 && goal&outlet == 0:
		return certain(models.Delivered)
	case goal&keeper != 0:
		return certain(models.ReadyForPickup)
	case s.after&(outlet|carrier|airline|home) != 0 || s.loose:
		return somewhere()
	case s.is(done | success):
		return certain(models.Delivered)
	}
	return somewhere()
}

func (c *context) backwards(s statement) verdict {
	switch s.act {
	case refuse:
		return refused(s)
	case carryBack:
		return verdict{}
	}
	switch {
	case s.has(receipt | money):
		return verdict{}
	case s.is(denied) && s.is(wish), s.is(fail):
		return verdict{}
	case s.is(back | denied | notYet):
		return verdict{status: models.InTransit, weight: fact}
	case s.is(future | wish):
		return verdict{status: models.Returning, weight: lean}
	case s.after&outlet != 0 && s.after&(sender|origin) == 0 && c.failed:
		return verdict{}
	case s.is(done|success) && !s.is(ongoing) && s.has(sender) && s.after&(station|outlet|origin|city) == 0:
		return c.returned(s)
	}
	return certain(models.Returning)
}

// returned: 已退回寄件人, but not 寄件人已退回.
func (c *context) returned(s statement) verdict {
	if s.after&sender == 0 && s.before&sender != 0 && !s.is(success) {
		return certain(models.Returning)
	}
	return certain(models.Returned)
}

func refused(s statement) verdict {
	switch {
	case s.is(denied | notYet | back):
		return somewhere()
	case s.before&border != 0:
		return certain(models.Exception)
	case s.is(future) && !s.is(done):
		return verdict{}
	}
	return certain(models.Rejected)
}

// cleared: anything at customs, wanted, going on or done.
func cleared(s statement) verdict {
	switch {
	case s.act == seize, s.is(fail), s.is(denied) && !s.is(future|wish):
		return certain(models.Exception)
	case s.is(future) && !s.is(wish):
		return verdict{status: models.Customs, weight: lean}
	}
	return certain(models.Customs)
}

// left: a facility, or something at the receiver's.
func left(s statement) verdict {
	switch {
	case s.before&code != 0:
		return verdict{status: models.FailedAttempt, weight: soft} // a notice
	case s.is(future | wish | denied | notYet | fail), s.after&outlet != 0:
		return verdict{status: models.InTransit, weight: step}
	case s.after&station != 0:
		return certain(models.ReadyForPickup)
	case s.after&(door|family|keeper|hands) != 0:
		return certain(models.Delivered)
	}
	return verdict{status: models.InTransit, weight: step}
}

func (c *context) moved(s statement) verdict {
	switch {
	case s.act == outbound && s.is(future|denied|notYet) && c.parties&courier == 0, s.is(future|wish) && s.before&sender != 0 && !c.reversed(s):
		return certain(models.Pending)
	case s.is(source) && s.before&sender != 0:
		return certain(models.Collected)
	case s.act == move && s.before&paper != 0 && s.before&(parcel|airline) == 0:
		return certain(models.Pending)
	case s.is(denied|notYet) && (s.before&sender != 0 || c.parties&visit != 0), s.act == redirect && s.has(posting):
		return certain(models.Pending)
	case s.is(future | wish | denied | notYet | fail):
		return somewhere()
	case c.reversed(s):
		return certain(models.Returning)
	case s.has(border):
		return certain(models.Customs)
	case s.act == redirect:
		return verdict{status: models.InTransit, weight: fact}
	case s.has(posting) && !s.is(ongoing):
		return certain(models.Collected)
	case s.act == setOff && s.before&courier != 0, s.act == move && s.after&(door|home) != 0 && s.after&city == 0:
		return certain(models.OutForDelivery)
	case s.is(ongoing) && s.before&sender != 0:
		return certain(models.Pending)
	case s.before&courier != 0:
		return verdict{} // the courier has left, not the parcel
	}
	return verdict{status: models.InTransit, weight: step}
}

// troubled: why it does not arrive.
func (c *context) troubled(s statement) verdict {
	switch {
	case s.act == area:
		return certain(models.Exception)
	case s.is(denied|back) && s.act != contact && s.act != complain:
		return c.solved(s)
	case s.act == contact && !s.is(fail|denied), s.is(wish) && s.act != postpone && s.act != address, s.is(future) && s.act != postpone && s.act != absent:
		return verdict{}
	case s.act == absent && s.after&station != 0 && s.before&receiver == 0:
		return somewhere()
	case c.atSender(s) && (s.act == contact || s.act == absent || s.act == postpone):
		return certain(models.Pending)
	case s.act == contact, s.act == absent:
		return verdict{status: models.FailedAttempt, weight: soft}
	case s.act == postpone && s.before&airline != 0:
		return verdict{status: models.Exception, weight: lean}
	case s.act == postpone:
		return certain(models.FailedAttempt)
	case s.act == delay:
		return verdict{status: models.Exception, weight: lean}
	}
	return certain(models.Exception)
}

// atSender says that what failed is the collection.
func (c *context) atSender(s statement) bool {
	return s.before&receiver == 0 && (s.has(posting|sender) || c.collecting && c.parties&receiver == 0)
}

func (c *context) solved(s statement) verdict {
	if s.is(back) {
		return verdict{status: models.InTransit, weight: fact}
	}
	return verdict{}
}
