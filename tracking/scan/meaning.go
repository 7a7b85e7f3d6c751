package scan

import "waybill/models"

// context is what the text as a whole, and its clauses so far, say of a journey.
type context struct {
	parties party
	turned  bool // the parcel is on its way back
	ordered bool // nobody has collected it yet

	stated bool // something has been stated for certain, in which clause
	clause int

	collecting, begun, waiting, passedOn, held, fetching, out, declined, reached, failed, seen, cleared, redirected, short, voided, outside bool // what was spoken of so far
}

// note remembers what later clauses depend on.
func (c *context) note(s statement, v verdict) {
	switch s.act {
	case collect, pick:
		c.collecting = true
	case customs:
		c.cleared = true
	case address, area:
		c.outside = true
	case redirect:
		c.redirected = c.redirected || s.happened()
	case take, takeAway:
		c.fetching = c.fetching || s.before&receiver != 0 && s.happened()
	case hand:
		c.passedOn = c.passedOn || s.is(tight) && s.happened()
	case receive:
		c.held = c.held || s.happened() && s.before&sender == 0
	case arrive:
		c.seen = c.seen || s.before&courier == 0 && s.after&(posting|origin|sender) == 0
		c.short = c.short || s.is(denied|notYet) && s.before&(receiver|courier) == 0
	case deliver, sign, delivered:
		c.collecting = false
		c.voided = c.voided || s.act != deliver && s.is(back)
	}
	if v.weight == fact {
		c.stated, c.clause = true, s.clause
	}
	c.declined = c.declined || v.status == models.Rejected
	c.waiting = c.waiting || v.status == models.ReadyForPickup && v.weight == fact
	c.out = c.out || v.status == models.OutForDelivery
	c.begun = c.begun || v.status == models.Collected
	c.reached = c.reached || v.status == models.Delivered
	c.failed = c.failed || v.status == models.FailedAttempt || v.status == models.Exception || v.status == models.Rejected
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
	case sign, delivered, keep, receive:
		return c.signed(s)
	case deliver, delivery:
		return c.delivering(s)
	case bring, arrive, store, hand:
		return c.placed(s)
	case giveBack, carryBack, refuse:
		return c.backwards(s)
	case customs, seize:
		return cleared(s)
	case depart:
		return left(s)
	case move, redirect, setOff, outbound:
		return c.moved(s)
	}
	return c.troubled(s)
}

// offer says that an act is only spoken of behind what was stated: a bare
// 扫码签收有惊喜 of nobody, in a clause after the one that says where it waits.
func (c *context) offer(s statement) bool {
	if s.act == refuse && c.ordered {
		return false
	}
	return c.stated && s.clause != c.clause && s.bare() && !s.is(future|requested|denied|notYet|fail|back) && (supposed(s.act) || s.act == refuse || s.act == complain && !c.reached) &&
		s.before&(receiver|signer|family|keeper|sender|reversed|whole) == 0 && !c.turned
}

// beginning: an order, a task, a collection, a cancellation.
func (c *context) beginning(s statement) verdict {
	switch {
	case s.act == submit && !s.has(paper|posting):
		return verdict{}
	case s.act == cancel && s.is(future|denied|notYet|requested|back), s.act == order && s.is(requested) && !s.is(future):
		return verdict{}
	case s.act == order && s.is(back) && c.parties&(sender|receiver) != 0:
		return certain(models.Cancelled)
	case s.act == cancel && s.before&reversed != 0:
		return c.backwards(s)
	case s.act == cancel, s.act == collect && s.is(back):
		return certain(models.Cancelled)
	case s.act == collect && s.before&airline != 0 && s.before&(courier|sender|posting) == 0 && (s.happened() || c.begun):
		return passedOn(s)
	case s.act == collect && (s.has(money) || c.declined && s.has(courier)):
		return verdict{}
	case s.act == collect && s.before&courier == 0 && (s.before&family != 0 || s.before&receiver != 0 && c.reached) && s.happened():
		return certain(models.Delivered)
	case s.act == collect && s.before&(keeper|family) != 0 && s.before&courier == 0:
		return certain(models.ReadyForPickup)
	case s.act == collect && s.before&paper != 0 && s.before&(parcel|courier) == 0:
		return certain(models.Pending)
	case s.act == order && s.before&receipt != 0:
		return verdict{}
	case s.act == collect && s.before&outlet != 0 && c.passedOn && s.happened():
		return passedOn(s)
	case s.act == order, s.act == submit:
		return certain(models.Pending)
	case s.act == assign:
		return assigned(s)
	case s.is(denied|fail) && s.before&receiver != 0 && s.before&(posting|sender|courier) == 0:
		return certain(models.FailedAttempt)
	case s.is(future | requested | denied | notYet | fail | arranged):
		return certain(models.Pending)
	}
	return certain(models.Collected)
}

// passedOn: from one carrier to the next, or still to be.
func passedOn(s statement) verdict {
	if !s.happened() {
		return somewhere()
	}
	return verdict{status: models.InTransit, weight: step}
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
	case s.has(posting), s.before&(paper|parcel) == paper && !s.has(deliverer):
		return certain(models.Pending)
	case s.has(deliverer) && s.is(ongoing):
		return verdict{status: models.OutForDelivery, weight: step}
	case s.has(deliverer) && !s.is(future|requested|denied|notYet|fail):
		return verdict{status: models.OutForDelivery, weight: lean}
	}
	return verdict{}
}

// troubled: why it does not arrive.
func (c *context) troubled(s statement) verdict {
	switch {
	case s.act == area:
		return certain(models.Exception)
	case s.act == address && c.redirected, s.act == postpone && c.short:
		return somewhere() // 转寄：收件人已搬家; 未到齐，暂缓派送
	case s.is(denied|back) && s.act != contact && s.act != complain:
		return c.resolved(s)
	case s.act == contact && !s.is(fail|denied), s.is(requested) && s.act != postpone && s.act != address, s.is(future) && s.act != postpone && s.act != absent:
		return verdict{}
	case s.act == absent && c.parties&courier != 0 && s.before&receiver == 0 && s.is(done):
		return verdict{status: models.OutForDelivery, weight: lean}
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
	asked := c.parties&sender != 0 && c.parties&posting != 0 // 发货人变更了揽收时间，改在周六
	return s.before&receiver == 0 && (s.has(posting|sender) || asked && c.parties&receiver == 0 || c.collecting && c.parties&receiver == 0)
}

func (c *context) resolved(s statement) verdict {
	if s.is(back) {
		return verdict{status: models.InTransit, weight: fact}
	}
	return verdict{}
}

// cleared: anything at customs, wanted, going on or done.
func cleared(s statement) verdict {
	switch {
	case s.act == seize, s.is(fail), s.is(denied) && !s.is(future|requested):
		return certain(models.Exception)
	case s.is(future) && !s.is(requested):
		return verdict{status: models.Customs, weight: lean}
	}
	return certain(models.Customs)
}
