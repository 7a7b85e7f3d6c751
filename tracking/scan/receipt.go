package scan

import "waybill/models"

// fetched: taken by the courier at the sender's, or by the receiver.
func (c *context) fetched(s statement) verdict {
	waits := s.is(future|requested|denied|notYet|fail|arranged) || s.act == take && !s.is(done|success) && s.before&signer == 0
	atSender := s.has(posting|sender|origin|visit) || c.parties&posting != 0 || s.has(courier|carrier) && c.parties&(station|code) == 0 ||
		c.parties&sender != 0 && s.is(fail) || c.called()
	if v, known := c.fetchedByOthers(s, waits); known {
		return v
	}
	switch {
	case s.is(back) && (s.act == pick || atSender):
		return certain(models.Cancelled)
	case (s.after&reversed != 0 || c.turned && s.before&(station|courier) != 0 && c.parties&(door|visit) == 0) && !waits && s.before&(receiver|signer|family|sender|posting|visit) == 0:
		return certain(models.Returning)
	case waits && c.cleared && c.parties&(receiver|station|code|outlet) == 0, waits && s.is(notYet) && s.is(fail) && c.parties&(station|code) == 0:
		return somewhere()
	case s.act == take && s.is(tight) && s.is(future):
		return somewhere()
	case s.act == pick && s.is(tight) && !waits && s.bare() && s.before&receiver == 0, waits && s.has(courier) && c.seen && !s.has(posting|sender|receiver):
		return verdict{}
	case s.act == takeAway && c.failed && c.parties&(receiver|station|code) == 0 && s.before&family == 0:
		return c.carriedBack(s)
	case waits && s.is(requested) && c.out && c.parties&(station|code) == 0: // 请下楼取件
		return verdict{}
	case s.is(denied) && s.is(requested), waits && s.before&deliverer != 0 && !s.has(posting|sender):
		return verdict{}
	case (s.is(source) || s.is(at) && s.before&origin != 0) && s.before&sender != 0 && !waits && !c.reversed(s):
		return certain(models.Collected)
	case s.is(denied|notYet) && (c.reached && c.parties&(keeper|station|code) == 0 || s.is(claims)):
		return certain(models.Exception)
	case s.before&sender != 0 && s.before&(posting|courier|carrier|airline) == 0 && !waits && (s.act != pick || c.reversed(s)):
		return certain(models.Returned)
	case c.reversed(s) && s.has(sender):
		return verdict{status: models.Returning, weight: lean}
	case atSender && (waits || s.act == pick && !s.is(done|success)) && (!s.is(requested) || s.before&receiver == 0),
		s.act == pick && s.is(requested) && s.before&outlet != 0 && !c.seen && c.parties&(receiver|station|code) == 0:
		return certain(models.Pending)
	case s.before&deliverer != 0 && s.before&receiver == 0 && !waits && !s.has(posting|sender|visit):
		return verdict{}
	case s.has(posting|sender|origin|visit) || !waits && s.before&courier != 0 && s.before&receiver == 0:
		return certain(models.Collected)
	case waits && c.ordered && c.parties&(station|code) == 0:
		return certain(models.Pending)
	case waits:
		return certain(models.ReadyForPickup)
	}
	return c.pickedUp(s)
}

// fetchedByOthers: by the courier who takes back what was refused or wrongly
// signed for, by the owner of freight, by the next carrier; known says so.
func (c *context) fetchedByOthers(s statement, waits bool) (v verdict, known bool) {
	switch {
	case (c.declined && s.has(courier) || c.voided && (s.act == takeAway || !s.is(done|success))) && s.before&(receiver|family) == 0:
		return verdict{}, true // 嫌颜色不对，让司机带走
	case c.byOwner(s) && waits:
		return certain(models.ReadyForPickup), true
	case c.byOwner(s):
		return certain(models.Delivered), true
	case s.before&(airline|border) != 0 && s.before&(receiver|signer|family|sender|posting) == 0 && (s.happened() || c.begun):
		return passedOn(s), true
	}
	return verdict{}, false
}

// byOwner: freight, fetched where it has come to by whom it belongs to: 货主到营业部提走.
func (c *context) byOwner(s statement) bool {
	here := s.has(outlet|airline|station) || s.act == take && s.has(whole)
	return s.before&owner != 0 && here && !s.is(denied|notYet|fail|back) && c.parties&posting == 0 && !c.reversed(s) && !c.failed && (!c.stated || c.waiting)
}

// called: somebody has been sent for who collects, and no receiver is named.
func (c *context) called() bool {
	sent := c.parties&sender != 0 && c.parties&(visit|carrier|courier) != 0 || c.parties&visit != 0 && c.parties&carrier != 0
	return sent && c.parties&(receiver|station|code|outlet) == 0 && !c.seen && !c.turned
}

// pickedUp: by somebody, and it happened.
func (c *context) pickedUp(s statement) verdict {
	byReceiver := s.before&(receiver|signer|family) != 0
	atStation := c.parties&(station|code) != 0
	switch {
	case s.is(ongoing):
		return certain(models.ReadyForPickup)
	case s.act == takeAway && (byReceiver || atStation || s.is(done|success)):
		return certain(models.Delivered)
	case s.act == take && !byReceiver && !atStation && s.before&signer == 0 && c.parties&(sender|origin|posting|courier|carrier|airline) != 0:
		return certain(models.Collected)
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
	case c.declined && s.act == sign && s.bare():
		return verdict{} // for the refusal
	case s.is(notYet | future), s.act == sign && s.loose && s.bare() && !s.is(back|denied|fail) && s.before&(receiver|signer|family|keeper) == 0:
		return somewhere()
	case s.is(back):
		return certain(models.Exception)
	case s.is(requested):
		return somewhere()
	case s.act == delivered && s.is(ongoing):
		return certain(models.OutForDelivery)
	case s.act == sign && s.is(denied) && !s.is(fail):
		return verdict{status: models.FailedAttempt, weight: lean} // it may be anywhere
	case s.is(denied | fail):
		return certain(models.FailedAttempt)
	case s.act == sign && s.is(source) && s.before&sender != 0:
		return certain(models.Collected)
	case s.act == sign && c.collecting && s.before&sender != 0 && !c.reversed(s):
		return verdict{} // of the sender, for the collection
	case (s.act == sign || s.act == keep) && s.has(posting):
		return certain(models.Collected)
	case besides(s):
		return somewhere()
	case c.reversed(s), s.before&sender != 0 && s.before&receiver == 0 && s.act == sign, s.act == delivered && s.after&sender != 0:
		return certain(models.Returned)
	}
	return handedIn(s)
}

// besides: for papers or money, or by those who carry it. A signature of the
// receiver's on a receipt is one for the parcel too.
func besides(s statement) bool {
	if s.act == delivered {
		return s.before&receipt != 0
	}
	if s.act != sign {
		return false
	}
	forPaper := s.has(receipt) && (s.before&receiver == 0 || !s.is(at))
	byCourier := s.before&courier != 0 && !s.has(deliverer|receiver|signer|family|keeper|hands|door)
	return forPaper || byCourier || s.has(airline|money)
}

// inspected: by its receiver, who has it then.
func inspected(s statement) verdict {
	if s.before&(receiver|signer|family) == 0 || s.is(future|requested|denied|notYet|fail) {
		return verdict{}
	}
	return certain(models.Delivered)
}

// handedIn: who has it now.
func handedIn(s statement) verdict {
	to := s.before | s.after
	if s.act == delivered {
		to = s.goal()
	}
	reached := to&(receiver|signer|family|hands|door) != 0
	switch {
	case s.act == keep && to&family != 0 && to&station == 0:
		return certain(models.Delivered)
	case s.act == keep:
		return certain(models.ReadyForPickup)
	case s.act == sign && to&station != 0 && s.is(at) && !s.is(by):
		return certain(models.Delivered) // 在驿站签收: by whom it is for
	case s.act == sign && to&station != 0 && s.before&(receiver|family) == 0,
		s.act == delivered && s.after&station != 0:
		return certain(models.ReadyForPickup)
	case s.act == delivered && s.after&(outlet|carrier|airline|border|courier) != 0 && s.after&(family|keeper|door) == 0,
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
	case s.after&code != 0 && s.before&courier != 0 && c.parties&receiver == 0 && s.happened():
		return certain(models.Pending) // 快递员已收到取件通知
	case s.has(money), s.after&code != 0, s.has(paper) && s.before&receiver != 0, s.is(denied) && s.is(requested):
		return verdict{}
	case s.has(paper) && !not:
		return certain(models.Pending)
	case s.is(denied|notYet) && c.reached && !byCarrier:
		return certain(models.Exception)
	case not && s.before&(station|keeper) != 0:
		return somewhere()
	case not && (c.ordered || c.parties&(carrier|airline|posting) != 0) && c.parties&receiver == 0:
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
	case s.is(future|requested) && s.before&courier != 0:
		return certain(models.Pending)
	case s.is(future | requested):
		return somewhere()
	case s.has(sender) && c.reversed(s):
		return certain(models.Returned)
	case s.before&(station|keeper) != 0 && !s.has(posting|sender):
		return certain(models.ReadyForPickup)
	case s.before&(receiver|family) != 0 && !byCarrier && s.before&posting == 0:
		return certain(models.Delivered)
	}
	return certain(models.Collected)
}
