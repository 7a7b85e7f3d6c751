package main

import (
	"math"
	"math/rand/v2"
	"time"

	"waybill/models"
)

// traveller makes one journey, in the order of time.
type traveller struct {
	network
	carrierHabits
	rand *rand.Rand
	now  time.Time
	j    Journey
}

func (t *traveller) chance(p float64) bool { return t.rand.Float64() < p }

// about is a time around a middle one, spread by its logarithm.
func (t *traveller) about(middle, spread float64) time.Duration {
	return hours(middle * math.Exp(spread*t.rand.NormFloat64()))
}

func (t *traveller) between(from, to float64) float64 { return from + (to-from)*t.rand.Float64() }

func hours(h float64) time.Duration { return time.Duration(h * float64(time.Hour)) }

func (t *traveller) pass(d time.Duration) { t.now = t.now.Add(d) }

// until is the next time that the clock shows an hour (on any day), give or take.
func (t *traveller) until(hour, spread float64) {
	at := t.clock(t.now, hour+t.shift+spread*t.rand.NormFloat64())
	for at.Before(t.now) {
		at = t.clock(at.AddDate(0, 0, 1), hour+t.shift+spread*t.rand.NormFloat64())
	}
	t.now = at
}

// untilOpen waits, where the clock shows an hour before opens or after closes, until
// somebody comes at an hour between from and to.
func (t *traveller) untilOpen(opens, closes int, from, to float64) {
	if h := t.now.Hour(); h < opens || h > closes {
		t.until(t.between(from, to), 0.5)
	}
}

func (t *traveller) clock(day time.Time, hour float64) time.Time {
	y, m, d := day.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, models.Shanghai).Add(hours(hour))
}

func (t *traveller) weekday(d time.Weekday) bool { return t.now.Weekday() == d }

func (t *traveller) scan(s models.Status, place, text string) {
	at := t.now.Truncate(time.Second)
	t.j.Events = append(t.j.Events, Scan{At: at, Status: s, Text: "【" + place + "】" + text, Place: place})
}

// choose picks the parcel's carrier.
func (t *traveller) choose() {
	pick := t.rand.Float64()
	for _, c := range t.carriers {
		t.carrierHabits = c
		if pick -= c.share; pick < 0 {
			break
		}
	}
	t.j = Journey{Carrier: t.code}
}

// travel makes the journey of a parcel that is ordered on a day.
func (t *traveller) travel(day time.Time) Journey {
	t.choose()
	ordered := t.clock(day, t.between(8, 23))
	t.now = ordered
	t.origin()
	collected := t.j.Events[len(t.j.Events)-1].At
	if t.road() {
		t.lastMile()
	}
	t.j.Followed = t.followed(ordered, collected)
	return t.j
}

// followed is when somebody sends the number to the bot: by day, with the seller's message,
// after the collection, or later.
func (t *traveller) followed(ordered, collected time.Time) time.Time {
	at := collected.Add(hours(t.between(0, 12)))
	switch p := t.rand.Float64(); {
	case p < 0.3:
		at = ordered.Add(hours(t.between(0, 3)))
	case p > 0.85:
		last := t.j.Events[len(t.j.Events)-1].At
		at = collected.Add(time.Duration(t.between(0, 0.7) * float64(last.Sub(collected))))
	}
	at = at.In(models.Shanghai)
	if h := at.Hour(); h < 8 {
		at = at.Add(hours(t.between(8, 11) - float64(h)))
	}
	return at
}

// origin is the sender's side: the order, and the collection in the afternoon.
func (t *traveller) origin() {
	if t.chance(0.5) {
		t.pass(hours(t.between(0, 2)))
		t.scan(models.Pending, "发件地", "商家已通知快递公司揽件")
	}
	t.pass(t.about(3, 0.8))
	for {
		t.until(t.collect, 1.8)
		if t.weekday(time.Sunday) && t.chance(0.35*t.weekend) || t.weekday(time.Saturday) && t.chance(0.15*t.weekend) || t.chance(0.08) {
			t.until(3, 0.1) // the next day
			continue
		}
		break
	}
	t.scan(models.Collected, "发件地", "快件已揽收，揽投员正在取件")
}

// distance in kilometres, and whether the journey begins abroad.
func (t *traveller) distance() (float64, bool) {
	switch p := t.rand.Float64(); {
	case p < t.abroad:
		return t.between(800, 2200), true
	case p < t.abroad+t.remote:
		return t.between(2400, 4200), false
	case p < t.abroad+t.remote+0.12:
		return t.between(10, 60), false
	case p < t.abroad+t.remote+0.47:
		return t.between(120, 600), false
	}
	return t.between(700, 2000), false
}

// road takes the parcel from its collection to the recipient's station; false: it is lost.
func (t *traveller) road() bool {
	far, abroad := t.distance()
	t.pass(t.about(1.6, 0.5))
	t.until(20.5, 0.9) // the truck to the hub leaves in the evening
	if t.chance(0.7) {
		t.scan(models.InTransit, "发件网点", "快件离开发件网点，已发往始发转运中心")
	}
	t.pass(t.about(1.5, 0.4))
	if !t.hub("始发转运中心", far > 100) {
		return false
	}
	if abroad {
		t.customs()
	}
	legs := 1
	if far > 900 && t.chance(0.55) {
		legs = 2
	}
	if far > 2400 {
		legs = 3
	}
	for leg := range legs {
		t.pass(t.about(t.slower*far/float64(legs)/t.speed+0.5, 0.18))
		if far > 100 || t.chance(0.5) {
			name := "途经转运中心"
			if leg == legs-1 {
				name = "目的地转运中心"
			}
			if !t.hub(name, true) {
				return false
			}
		}
	}
	t.station()
	return true
}

// hub is an arrival and a departure some hours later.
func (t *traveller) hub(name string, onward bool) bool {
	if !t.chance(t.quiet) {
		t.scan(models.InTransit, name, "快件到达"+name)
	}
	if t.chance(0.003 * t.trouble) {
		return false
	}
	t.pass(t.about(t.dwell*t.slower, 0.5))
	if t.chance(0.012 * t.trouble) {
		t.pass(hours(t.between(40, 130))) // stuck
	}
	if t.weekday(time.Sunday) && t.chance(0.1*t.weekend) {
		t.pass(hours(t.between(8, 20)))
	}
	if onward && !t.chance(t.quiet) {
		t.scan(models.InTransit, name, "快件离开"+name+"，已发往下一站")
	}
	return true
}

func (t *traveller) customs() {
	t.pass(t.about(20*t.slower, 0.4))
	t.scan(models.Customs, "口岸", "快件已到达口岸，等待清关")
	for t.chance(0.5) {
		t.pass(t.about(14, 0.7))
		t.until(t.between(9, 17), 1)
		t.scan(models.Customs, "口岸", "清关中，海关查验")
	}
	t.pass(t.about(22*t.slower, 0.8))
	t.until(t.between(9, 18), 1)
	t.scan(models.InTransit, "口岸", "清关完成，快件离开口岸")
}

// station is where the parcel lies until a courier takes it: trucks come early in the
// morning and around noon.
func (t *traveller) station() {
	t.pass(t.about(1, 0.4))
	if h := float64(t.now.Hour()) - t.shift; h >= 9 && h < 13 && t.chance(0.6) {
		t.until(13, 0.5)
	} else {
		t.until(6.8, 0.7)
	}
	t.scan(models.InTransit, "派件网点", "快件已到达派件网点")
}

// lastMile is what couriers and recipients do.
func (t *traveller) lastMile() {
	if t.chance(0.015 * t.trouble) {
		t.pass(t.about(3, 0.5))
		t.scan(models.Exception, "派件网点", "快件异常，地址不详，正在联系收件人")
		t.pass(t.about(18, 0.4))
	}
	for attempt := 0; ; attempt++ {
		t.round()
		if t.chance(0.006 * t.trouble) {
			t.pass(t.about(t.drop, 0.5))
			t.scan(models.Rejected, "派件网点", "收件人拒收")
			t.back()
			return
		}
		if !t.chance(0.03*t.trouble) || attempt == 2 {
			break
		}
		t.pass(t.about(t.drop, 0.5))
		t.scan(models.FailedAttempt, "派件网点", "派送不成功，客户电话无人接听，改日再派")
		if t.chance(0.08) {
			t.back()
			return
		}
		t.until(3, 0.1)
	}
	if t.chance(t.pickup) {
		t.fetched()
		return
	}
	t.byDay(t.about(t.drop, 0.55))
	t.scan(models.Delivered, "收件地", "快件已签收")
}

// byDay passes a courier's time, at most until his evening's end.
func (t *traveller) byDay(d time.Duration) {
	end := t.clock(t.now, 21+t.shift/2)
	t.pass(d)
	if t.now.After(end) {
		t.now = end.Add(-hours(t.between(0, 1.5)))
	}
}

// round is when a courier takes the parcel out.
func (t *traveller) round() {
	t.pass(hours(0.3))
	for {
		best := t.now.AddDate(0, 0, 9)
		from := t.now
		for _, hour := range t.rounds {
			t.now = from
			t.until(hour, 0.35)
			if t.now.Before(best) {
				best = t.now
			}
		}
		t.now = best
		if t.weekday(time.Sunday) && t.chance(t.sunday*t.weekend) {
			t.until(3, 0.1)
			continue
		}
		break
	}
	t.scan(models.OutForDelivery, "派件网点", "快件正在派送，派件员正在为您派件")
}

// fetched is a parcel that waits at a station or in a locker.
func (t *traveller) fetched() {
	t.byDay(t.about(t.drop*0.8, 0.5))
	t.scan(models.ReadyForPickup, "驿站", "快件已存放至驿站，请凭取件码取件")
	switch p := t.rand.Float64(); {
	case p < 0.45:
		t.pass(t.about(1, 0.5))
		if h := t.now.Hour(); h < 16 && t.chance(0.6) {
			t.until(18.5-t.shift, 1.2)
		}
	case p < 0.85:
		t.until(3-t.shift, 0.1)
		t.until(t.between(11, 20)-t.shift, 1)
	default:
		t.pass(hours(t.between(30, 100)))
	}
	if h := t.now.Hour(); h < 8 || h > 21 {
		t.until(t.between(10, 20)-t.shift, 1)
	}
	t.scan(models.Delivered, "驿站", "快件已签收，取件人取件")
}

// back is the way to the sender.
func (t *traveller) back() {
	t.pass(t.about(14, 0.4))
	t.until(19, 1)
	t.scan(models.Returning, "派件网点", "快件退回中，已离开派件网点")
	t.pass(t.about(6*t.slower, 0.4))
	t.scan(models.Returning, "目的地转运中心", "退回件到达目的地转运中心")
	t.pass(t.about(26*t.slower, 0.4))
	t.scan(models.Returning, "始发转运中心", "退回件到达始发转运中心")
	t.until(6.8, 0.7)
	t.until(t.between(10, 17), 1)
	t.scan(models.Returned, "发件地", "退回件已由发件人签收")
}
