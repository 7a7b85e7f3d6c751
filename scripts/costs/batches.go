package main

import (
	"math/rand/v2"
	"time"

	"waybill/models"
)

// batches is a network of another kind: carriers that work from Monday to Friday, sort at
// night, and upload what was scanned each hour, half an hour later; three parcels in ten
// come from abroad.
func batches() network {
	return network{name: "batches", carriers: []carrierHabits{
		{code: "ems", share: 0.35, speed: 50, dwell: 5, rounds: []float64{10.5}, pickup: 0.2, drop: 3.5, collect: 15.5},
		{code: "deppon", share: 0.25, speed: 60, dwell: 4, rounds: []float64{9.5}, pickup: 0.05, drop: 4, collect: 16.5},
		{code: "yunda", share: 0.2, speed: 60, dwell: 3.5, rounds: []float64{10, 15.5}, pickup: 0.5, drop: 2.5, collect: 17.5},
		{code: "sto", share: 0.2, speed: 58, dwell: 3.5, rounds: []float64{11}, pickup: 0.45, drop: 3, collect: 18},
	}, slower: 1, abroad: 0.3, remote: 0.1, trouble: 1.5, course: batchCourse}
}

// batchCourse is the journey of a parcel that is ordered on a day.
func batchCourse(t *traveller, day time.Time) Journey {
	t.choose()
	ordered := t.clock(day, t.between(7, 23.5))
	t.now = ordered
	if t.chance(t.abroad) {
		t.overseas()
	} else {
		t.pass(t.about(2, 0.6))
		t.untilWorking(t.collect, 0.9)
		t.scan(models.Collected, "寄件局", "已收件，揽投员收寄")
		t.nightHub("寄件地", 21.5)
	}
	if t.chance(0.6) {
		t.pass(t.about(t.between(150, 1800)/t.speed, 0.2))
		t.nightHub("途经", 22)
	}
	if !t.chance(0.008) {
		t.pass(t.about(t.between(150, 1200)/t.speed, 0.2))
		t.nightHub("收件地", 23)
		t.officeRound()
	}
	t.upload()
	first := t.j.Events[0].At
	t.j.Followed = t.followed(ordered, first)
	return t.j
}

// untilWorking is the next time on a working day that the clock shows an hour.
func (t *traveller) untilWorking(hour, spread float64) {
	t.until(hour, spread)
	for t.weekday(time.Saturday) || t.weekday(time.Sunday) {
		t.pass(hours(10))
		t.until(hour, spread)
	}
}

// nightHub is an arrival in the evening, sorting at night, and a departure before the
// morning: lines that say where, and some that do not.
func (t *traveller) nightHub(where string, evening float64) {
	t.until(evening, 1.2)
	t.scan(models.InTransit, where+"处理中心", "到达"+where+"处理中心")
	t.pass(t.about(1.2, 0.6))
	if t.chance(0.8) {
		t.scan(models.InTransit, where+"处理中心", "分拣完成，已封袋")
	}
	t.until(3.5, 0.9)
	if t.chance(0.02 * t.trouble) {
		t.pass(hours(t.between(24, 96))) // stuck
	}
	if t.weekday(time.Sunday) {
		t.untilWorking(3.5, 0.9)
	}
	t.scan(models.InTransit, where+"处理中心", "离开"+where+"处理中心，发往下一站")
}

// overseas is the way into the country: hours of another time zone, a flight, customs of
// one to five working days.
func (t *traveller) overseas() {
	t.until(t.between(22, 30), 1)
	t.scan(models.Collected, "Los Angeles", "Item accepted by courier")
	t.pass(t.about(14, 0.4))
	t.scan(models.InTransit, "Los Angeles", "Departed facility")
	t.pass(t.about(40, 0.4))
	t.scan(models.InTransit, "上海", "到达国际互换局")
	t.pass(t.about(6, 0.5))
	t.scan(models.Customs, "上海", "送交海关，等待验放")
	for range 1 + t.rand.IntN(4) {
		t.untilWorking(t.between(9, 17), 0.5)
		if t.chance(0.5) {
			t.scan(models.Customs, "上海", "海关查验中")
		}
		t.pass(hours(12))
	}
	t.untilWorking(t.between(9.5, 17), 0.5)
	t.scan(models.InTransit, "上海", "海关放行，离开国际互换局")
	t.nightHub("上海", 21)
}

// officeRound is a branch that works on working days, with recipients who are not always
// there.
func (t *traveller) officeRound() {
	t.untilWorking(7, 0.6)
	t.scan(models.InTransit, "投递部", "到达投递部")
	for attempt := 0; ; attempt++ {
		t.untilWorking(t.rounds[t.rand.IntN(len(t.rounds))], 0.4)
		t.scan(models.OutForDelivery, "投递部", "投递员正在投递，请保持电话畅通")
		t.pass(t.about(t.drop, 0.5))
		if attempt == 2 || !t.chance(0.05*t.trouble) {
			break
		}
		t.scan(models.FailedAttempt, "投递部", "投递不成功，收件人不在，明日再投")
		t.pass(hours(8))
	}
	if t.chance(t.pickup) {
		t.scan(models.ReadyForPickup, "代收点", "已到代收点，请凭取件码领取")
		t.pass(t.about(9, 0.9))
		t.untilOpen(8, 20, 9, 19)
	}
	t.scan(models.Delivered, "收件地", "已签收")
}

// upload says when scans are shown: those of each place and hour together, at the next full
// hour by its own clock and half an hour later.
func (t *traveller) upload() {
	for i := range t.j.Events {
		s := &t.j.Events[i]
		place := rand.New(rand.NewPCG(uint64(len(s.Place)), uint64(s.At.YearDay())))
		const batch = time.Hour
		phase := time.Duration(place.IntN(60)) * time.Minute
		s.Shown = s.At.Add(-phase).Truncate(batch).Add(batch + phase + 30*time.Minute)
		if i > 0 && s.Shown.Before(t.j.Events[i-1].Shown) {
			s.Shown = t.j.Events[i-1].Shown // providers show a journey in its order
		}
	}
}
