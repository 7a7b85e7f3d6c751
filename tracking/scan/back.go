package scan

import "waybill/models"

// backwards: to the sender, to the outlet, or not wanted.
func (c *context) backwards(s statement) verdict {
	switch s.act {
	case cancel:
		return verdict{status: models.InTransit, weight: fact}
	case refuse:
		return c.refused(s)
	case carryBack:
		return c.carriedBack(s)
	}
	switch {
	case s.has(receipt | money), c.emptyHanded(s):
		return verdict{}
	case s.after&courier != 0 && !s.is(future|denied|back):
		return certain(models.Rejected)
	case s.is(denied) && s.is(requested), s.is(fail):
		return verdict{}
	case s.is(back | denied | notYet):
		return verdict{status: models.InTransit, weight: fact}
	case s.is(future | requested):
		return verdict{status: models.Returning, weight: lean}
	case s.after&outlet != 0 && s.after&(sender|origin) == 0 && c.failed:
		return verdict{}
	case s.is(success) && !s.is(ongoing) && c.parties&(station|outlet|origin|city) == 0: // 退回签收
		return certain(models.Returned)
	case s.is(done|success) && !s.is(ongoing) && s.has(sender) && s.after&(station|outlet|origin|city) == 0:
		return c.returned(s)
	}
	return certain(models.Returning)
}

// emptyHanded: the courier or the vehicle goes back, not the parcel.
func (c *context) emptyHanded(s statement) bool {
	if c.turned || c.declined || s.after&(parcel|sender|origin) != 0 {
		return false
	}
	vehicle := s.before&(courier|airline) != 0 && s.before&(parcel|reversed|station|keeper) == 0
	return (c.begun || c.failed) && vehicle || c.begun && s.before == 0 && s.after&outlet != 0
}

// carriedBack: to the outlet, from a round that ended without a delivery.
func (c *context) carriedBack(s statement) verdict {
	if !s.happened() || c.reversed(s) || c.collecting || c.begun {
		return verdict{}
	}
	return verdict{status: models.FailedAttempt, weight: lean}
}

// returned: 已退回寄件人, but not 寄件人已退回.
func (c *context) returned(s statement) verdict {
	if s.after&sender == 0 && s.before&sender != 0 && !s.is(success) {
		return certain(models.Returning)
	}
	return certain(models.Returned)
}

func (c *context) refused(s statement) verdict {
	switch {
	case s.is(denied | notYet | back):
		return somewhere()
	case s.is(requested):
		return verdict{}
	case s.before&(keeper|station) != 0 && s.before&receiver == 0:
		return certain(models.FailedAttempt)
	case s.before&border != 0, c.cleared && s.before&receiver == 0:
		return certain(models.Exception)
	case s.is(future) && !s.is(done):
		return verdict{}
	}
	return certain(models.Rejected)
}
