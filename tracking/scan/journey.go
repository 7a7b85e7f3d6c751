package scan

import "waybill/models"

// delivering: the courier's round, and how it ended.
func (c *context) delivering(s statement) verdict {
	switch {
	case s.is(notYet), s.is(denied) && s.is(requested), s.is(denied|again) && c.short:
		return somewhere()
	case s.is(denied) && s.after&city != 0:
		return certain(models.Exception) // nobody delivers there
	case s.is(denied|fail) && c.reversed(s):
		return certain(models.Returning)
	case s.is(denied | fail):
		return certain(models.FailedAttempt)
	case s.is(again) && !s.is(ongoing|done|success):
		return verdict{status: models.FailedAttempt, weight: lean}
	case s.is(back):
		return certain(models.Exception)
	case s.is(future) && !s.is(ongoing|requested) && c.reached: // another piece
		return verdict{status: models.InTransit, weight: step}
	case s.is(future|requested) && !s.is(ongoing):
		return somewhere()
	case s.act == delivery && !s.is(ongoing|success):
		return verdict{}
	case c.reversed(s) && s.is(success):
		return certain(models.Returned)
	case c.reversed(s):
		return certain(models.Returning)
	}
	return c.round(s)
}

// round: it happened, or goes on.
func (c *context) round(s statement) verdict {
	switch {
	case s.is(ongoing):
		return certain(models.OutForDelivery)
	case s.before&(carrier|airline|office) != 0 && s.before&courier == 0 && !s.is(done|success):
		return somewhere()
	case s.after&(station|keeper) != 0:
		return certain(models.ReadyForPickup)
	case s.after&(outlet|carrier|border) != 0:
		return somewhere()
	case s.is(success) && c.waiting && !s.has(receiver|family): // at the place where it waits
		return verdict{}
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
	case s.before&receipt != 0:
		return verdict{}
	case s.act == hand && s.is(denied|notYet|fail) && (s.before&sender != 0 || s.after&(carrier|airline|courier) != 0):
		return certain(models.Pending)
	case s.is(denied|fail) && (s.act == bring || s.act == hand):
		return certain(models.FailedAttempt)
	case s.is(future | requested | denied | notYet | fail):
		return c.unplaced(s)
	case s.is(back) && s.act == store:
		return verdict{status: models.InTransit, weight: fact}
	case s.is(back):
		return certain(models.Exception)
	case goal&border != 0:
		return certain(models.Customs)
	case goal&(sender|origin) != 0 && goal&(receiver|posting) == 0 && c.reversed(s):
		return c.home(s, goal)
	case goal&posting != 0 && goal&station != 0, c.bySender(s):
		return certain(models.Collected)
	case c.reversed(s) && s.act == store && s.is(done|success) && c.parties&sender != 0:
		return certain(models.Returned)
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

// bySender: taken to whoever carries it, or to one of its places.
func (c *context) bySender(s statement) bool {
	return s.act != arrive && s.before&sender != 0 && s.before&receiver == 0 && !c.reversed(s) &&
		s.after&(station|outlet|carrier|courier|airline) != 0
}

// unplaced: what is only planned or asked for.
func (c *context) unplaced(s statement) verdict {
	if s.act == bring && s.is(future) && c.parties&courier != 0 && c.parties&posting == 0 {
		return verdict{status: models.OutForDelivery, weight: lean}
	}
	if s.act == arrive && s.is(future) && c.towardsSender(s) {
		return certain(models.Pending)
	}
	if s.act == store && s.is(denied|notYet) && c.parties&sender != 0 && !c.reversed(s) {
		return certain(models.Pending)
	}
	if s.is(future) && !s.is(requested) && c.reached && (s.act == hand || s.act == bring) {
		return verdict{status: models.InTransit, weight: step} // another piece
	}
	if s.act == hand && s.is(future) && s.before&receiver != 0 && s.after&(station|outlet|carrier|courier) != 0 {
		return certain(models.Pending)
	}
	toCarrier := s.act == hand && s.is(future) && s.after&deliverer == 0 && (s.before&sender != 0 || s.has(courier)) && !c.begun && !c.seen
	if toCarrier || s.is(requested) && (s.act == hand && s.has(courier) || s.has(posting)) || s.is(denied|notYet) && s.after&posting != 0 {
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
		return verdict{status: models.InTransit, weight: step}
	case goal&station != 0 && goal&city == 0:
		return certain(models.ReadyForPickup)
	case goal&hands != 0 && goal&courier == 0 && s.is(done|success):
		return certain(models.Delivered)
	case goal&(home|door) != 0 && goal&outlet == 0, s.before&deliverer != 0 && s.after == 0 && s.is(done), s.before&courier != 0 && (s.after&receiver != 0 || s.after == 0 && c.parties&(door|home) != 0):
		return certain(models.OutForDelivery)
	case c.ordered && s.after&outlet != 0 && s.before&courier == 0 && s.before&(paper|parcel) != paper:
		return verdict{status: models.InTransit, weight: step}
	}
	return somewhere()
}

func (c *context) stored(s statement, goal party) verdict {
	goal |= s.after
	switch {
	case c.voided:
		return verdict{} // where it was put by mistake
	case goal&(station|code) != 0, s.after&office != 0, s.is(tight) && s.after&outlet != 0 && c.parties&receiver != 0:
		return certain(models.ReadyForPickup)
	case goal&(door|hands) != 0 && s.bare() && s.before&receiver != 0 && !s.is(basis):
		return somewhere() // 客户同意放门口
	case goal&(door|hands) != 0 && goal&outlet == 0:
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
	case goal&^(parcel|deliverer) == receiver|courier && s.happened() && s.is(done|success) && !c.collecting:
		return certain(models.Delivered) // 与客户当面交接完成
	case goal&station != 0:
		return certain(models.ReadyForPickup)
	case c.collecting && !s.is(tight) && s.after&outlet != 0:
		return verdict{}
	case goal&(carrier|airline|outlet) != 0 && goal&(hands|receiver) == 0:
		return c.carried(s, goal)
	case s.after&(receiver|family|hands|door|signer) != 0, goal&hands != 0, c.handedAtDoor(s), s.before&receiver != 0 && s.before&(courier|sender) == 0 && s.after == 0:
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

// handedAtDoor: to nobody who is named, by whoever came to the receiver's.
func (c *context) handedAtDoor(s statement) bool {
	return s.is(done|success) && !s.is(tight) && s.goal()&^(parcel|courier) == 0 && c.parties&receiver != 0 &&
		c.parties&(visit|door) != 0 && c.parties&(carrier|airline|outlet|sender|posting|station) == 0
}

// carried: from one company to another. The first of them collects, unless
// the parcel has been through customs.
func (c *context) carried(s statement, goal party) verdict {
	if goal&carrier != 0 && !c.cleared && s.before&s.after&carrier == 0 && !s.is(tight) && s.before&(airline|outlet|deliverer) == 0 {
		return certain(models.Collected)
	}
	if c.outside && s.after&carrier != 0 && s.is(tight) && s.is(done) {
		return certain(models.InTransit) // 超区，已转邮政
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

// left: a facility, or something at the receiver's.
func left(s statement) verdict {
	switch {
	case s.before&code != 0:
		return verdict{status: models.FailedAttempt, weight: soft} // a notice
	case s.before&sender != 0 && s.before&reversed == 0 && s.after&(station|outlet|carrier) != 0 && s.happened():
		return certain(models.Collected)
	case s.is(future | requested | denied | notYet | fail), s.after&outlet != 0:
		return verdict{status: models.InTransit, weight: step}
	case s.after&station != 0:
		return certain(models.ReadyForPickup)
	case s.after&(door|family|keeper|hands) != 0:
		return certain(models.Delivered)
	}
	return verdict{status: models.InTransit, weight: step}
}

// towardsSender: a courier sets off to collect, with nothing in hand.
func (c *context) towardsSender(s statement) bool {
	return (s.act == setOff || s.act == move || s.act == arrive) && s.before&courier != 0 && s.before&(parcel|reversed) == 0 &&
		s.after&(sender|posting|origin) != 0 && !s.is(source) && !c.turned && !c.failed && !c.begun
}

func (c *context) moved(s statement) verdict {
	switch {
	case s.before&receipt != 0 && c.reached:
		return verdict{}
	case s.act == outbound && s.happened() && c.parties&(courier|sender) == 0 && (c.parties&station != 0 && s.after&receiver != 0 || s.before&station != 0 && s.before&receiver != 0 && s.is(done) || c.fetching):
		return certain(models.Delivered) // 驿站出库，取件人：本人
	case s.act == outbound && s.happened() && s.is(at) && s.before&receiver != 0 && s.before&station != 0 && c.parties&(courier|sender) == 0:
		return certain(models.Delivered) // 收件人在驿站刷码出库
	case s.act == outbound && s.is(back):
		return certain(models.Cancelled)
	case s.act == outbound && (s.is(future|denied|notYet) && c.parties&courier == 0 && s.before&station == 0 && !c.held || s.before&sender != 0 && !c.reversed(s)), s.is(future|requested) && s.before&sender != 0 && !c.reversed(s):
		return certain(models.Pending)
	case c.towardsSender(s):
		return certain(models.Pending)
	case s.is(source) && s.before&sender != 0:
		return certain(models.Collected)
	case s.act == redirect && s.before&(paper|parcel) == paper && s.after&outlet != 0:
		return certain(models.Pending) // the task, to another outlet
	case s.act == move && s.before&paper != 0 && s.before&(parcel|airline) == 0:
		return certain(models.Pending)
	case s.is(denied|notYet) && (s.before&sender != 0 || c.parties&visit != 0), s.act == redirect && s.has(posting):
		return certain(models.Pending)
	case s.is(future | requested | denied | notYet | fail):
		return somewhere()
	case c.reversed(s):
		return certain(models.Returning)
	case s.has(border) && !s.is(source):
		return certain(models.Customs)
	case s.act == redirect:
		return verdict{status: models.InTransit, weight: fact}
	case s.has(posting) && !s.is(ongoing):
		return certain(models.Collected)
	case s.act == move && s.is(ongoing) && !s.loose && s.after&(receiver|door|home) != 0 && s.after&(city|outlet) == 0,
		s.act == setOff && s.before&courier != 0, s.act == move && s.after&(door|home) != 0 && s.after&city == 0:
		return certain(models.OutForDelivery)
	case s.is(ongoing) && s.before&sender != 0:
		return certain(models.Pending)
	case s.act == move && s.before&deliverer != 0 && s.after&(outlet|city) == 0:
		return verdict{status: models.OutForDelivery, weight: lean}
	case s.before&courier != 0:
		return verdict{} // the courier has left, not the parcel
	}
	return verdict{status: models.InTransit, weight: step}
}
