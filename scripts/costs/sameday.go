package main

import (
	"time"

	"waybill/models"
)

// sameday is a network of yet another kind: a dozen scans within a day, on every day of the
// week, most parcels within the city; uploaded within minutes.
func sameday() network {
	return network{name: "sameday", carriers: []carrierHabits{
		{code: "jd", share: 0.45, speed: 45, dwell: 1, drop: 1.6},
		{code: "sf", share: 0.3, speed: 50, dwell: 0.8, drop: 1.3},
		{code: "danniao", share: 0.25, speed: 40, dwell: 1.3, drop: 2.2},
	}, slower: 1, trouble: 1, course: sameDayCourse}
}

// sameDayCourse is the journey of a parcel that is ordered on a day: before eleven it goes
// out in the afternoon, before four in the evening, else in the next morning.
func sameDayCourse(t *traveller, day time.Time) Journey {
	t.choose()
	ordered := t.clock(day, t.between(6.5, 23.5))
	t.now = ordered
	t.line(models.Pending, "仓库", "订单已提交，等待打包")
	t.pass(t.about(0.9, 0.6))
	t.line(models.Pending, "仓库", "包裹已打包完成")
	t.pass(t.about(0.7, 0.5))
	t.line(models.Collected, "仓库", "快递员已揽收")
	t.pass(t.about(0.6, 0.4))
	t.sorted("城市分拣中心")
	if t.chance(0.35) {
		t.pass(t.about(t.between(30, 180)/t.speed, 0.3))
		t.sorted("区域分拣中心")
	}
	t.j.Followed = ordered.Add(hours(t.between(0, 1.5)))
	if t.chance(0.4) { // with the message that it is on its way
		t.j.Followed = t.j.Events[2].At.Add(hours(t.between(0, 1)))
	}
	if t.chance(0.004 * t.trouble) {
		t.lineShown()
		return t.j
	}
	t.pass(t.about(0.8, 0.4))
	t.line(models.InTransit, "营业部", "已到达营业部")
	t.pass(t.about(0.3, 0.5))
	t.line(models.InTransit, "营业部", "营业部验货完成，已分配快递员")
	t.nextRound()
	for attempt := 0; ; attempt++ {
		t.line(models.OutForDelivery, "营业部", "快递员正在派送途中")
		t.pass(t.about(t.drop, 0.6))
		if attempt == 1 || !t.chance(0.04*t.trouble) {
			break
		}
		t.line(models.FailedAttempt, "收件地", "客户改期，稍后再派")
		t.pass(hours(1))
		t.nextRound()
	}
	if t.chance(0.15) {
		t.line(models.ReadyForPickup, "自提柜", "已存入自提柜，凭取件码取件")
		t.pass(t.about(3, 0.9))
		t.untilOpen(7, 22, 7.5, 12)
	}
	t.line(models.Delivered, "收件地", "已签收，感谢使用")
	t.lineShown()
	return t.j
}

// line is a scan; some are never uploaded.
func (t *traveller) line(s models.Status, place, text string) {
	if s != models.InTransit || t.chance(0.93) {
		t.scan(s, place, text)
	}
}

// sorted is what a sorting centre scans within two hours.
func (t *traveller) sorted(name string) {
	t.line(models.InTransit, name, "到达"+name)
	t.pass(t.about(0.3, 0.6))
	t.line(models.InTransit, name, "包裹分拣完成")
	t.pass(t.about(t.dwell, 0.5))
	t.line(models.InTransit, name, "已装车")
	t.pass(t.about(0.2, 0.5))
	t.line(models.InTransit, name, "离开"+name)
}

// nextRound is the next of a courier's three rounds a day.
func (t *traveller) nextRound() {
	from, best := t.now, t.now.AddDate(0, 0, 2)
	for _, hour := range []float64{8, 14.5, 18} {
		t.now = from
		t.until(hour, 0.3)
		if t.now.Before(best) {
			best = t.now
		}
	}
	t.now = best
}

// lineShown says when scans are shown: within minutes.
func (t *traveller) lineShown() {
	for i := range t.j.Events {
		s := &t.j.Events[i]
		s.Shown = s.At.Add(hours(t.between(0.01, 0.08)))
		if i > 0 && s.Shown.Before(t.j.Events[i-1].Shown) {
			s.Shown = t.j.Events[i-1].Shown
		}
	}
}
