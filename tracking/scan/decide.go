package scan

import "waybill/models"

// weight is how much a clause's statement decides.
type weight uint8

const (
	silent weight = iota
	faint         // it is somewhere
	lean          // announced, or to be guessed
	step          // it goes on
	soft          // the receiver was not met
	fact
)

// verdict is what one clause says of the parcel.
type verdict struct {
	status models.Status
	weight weight
	why    bool // only explains another clause
	either bool // see reading
	undoes bool // a collection that failed or is to come: what was thought to have happened has not
}

// decide goes through the clauses in order: what is stated later holds, an
// explanation does not take back what it explains, and a place or a plan takes
// back nothing.
func decide(p *parser) reading {
	c := context{parties: p.parties}
	var now verdict
	var at int // the clause that states it
	for _, s := range p.said {
		v := c.verdict(s)
		v.why = s.is(why)
		v.undoes = s.act != order && s.act != submit && !s.is(requested)
		of := s.act == store && s.clause == at && now.status == models.Delivered // 取走放在前台的快件
		if v.weight != silent && !of && overrides(now, v) {
			now, at = v, s.clause
		}
		c.note(s, v)
	}
	if now.weight == silent {
		return unstated(p)
	}
	switch {
	case now.status == models.Delivered && p.still > at && p.parties&(station|code) != 0:
		now.status = models.ReadyForPickup
	case now.status == models.Delivered && (p.still > at || p.partly()):
		now.status = models.InTransit
	case now.weight == faint && p.coded && p.parties&courier == 0:
		now.status = models.ReadyForPickup
	}
	return reading{status: now.status, known: true, either: now.either}
}

// partly says that what was stated is not so of every piece.
func (p *parser) partly() bool {
	all := p.parties&whole != 0 // 剩余1件已补送，全部签收
	return p.parties&remainder != 0 && !all || countsDiffer(p.text, !all)
}

// unstated is a scan whose clauses decide nothing: something was scanned when
// it speaks of the parcel, of an act, or of somebody who has to do with it.
func unstated(p *parser) reading {
	if p.coded && p.parties&courier == 0 {
		return reading{status: models.ReadyForPickup, known: true}
	}
	if len(p.said) == 0 && p.plain == 0 {
		return reading{}
	}
	return reading{status: models.InTransit, known: true}
}

func overrides(old, now verdict) bool {
	switch {
	case old.weight == silent:
		return true
	case now.why && !old.why && now.status == models.Delivered:
		return old.weight <= lean // （原件已签收）
	case now.why && !old.why:
		return old.weight < soft || explains(old, now)
	case old.why && !now.why && now.weight >= soft:
		return !explains(now, old)
	case now.status == models.Pending && old.weight == fact:
		return now.undoes && (old.status == models.FailedAttempt || old.status == models.Collected || old.status == models.OutForDelivery)
	case now.status == models.Cancelled && (old.status == models.Delivered || old.status == models.Returned):
		return false // the order is closed
	case now.weight == fact:
		return !outlasts(old, now)
	case now.weight == soft:
		return old.weight < soft || passed(old.status) || old.status == models.OutForDelivery
	case now.weight == step:
		return old.weight <= step || passed(old.status) || old.status == models.Delivered // another piece, or other papers
	}
	return now.weight > old.weight || now.weight == lean && now.status == models.Exception && old.status == models.Delivered
}

// explains says that an explanation tells more than what it explains: a try
// that failed because of a refusal, an address, or damage.
func explains(fails, reason verdict) bool {
	return fails.status == models.FailedAttempt && reason.weight == fact &&
		(reason.status == models.Rejected || reason.status == models.Exception)
}

// outlasts says that what was stated first holds against a later fact: a
// failed try says less than the refusal or the address behind it.
func outlasts(old, now verdict) bool {
	if now.status != models.FailedAttempt {
		return false
	}
	return old.status == models.Rejected || old.status == models.Exception || old.status == models.Returning || old.status == models.Returned
}

// passed are the statuses that a parcel leaves by going on.
func passed(s models.Status) bool {
	return s == models.Pending || s == models.Collected || s == models.Customs || s == models.InTransit
}
