package estimate

import (
	"math/rand/v2"
	"time"

	"waybill/models"
)

// emulated is one parcel of the emulated past: how it travelled, and how it ended.
type emulated struct {
	models.Journey
	knownAt  models.Moment // when the bot heard of its end
	knowsEnd bool          // its destination is known before it is out for delivery
	ended    models.Status // Delivered; Returned, or Unknown when it never came
}

// habit is how a carrier works.
type habit struct {
	code     models.Carrier
	share    float64 // of all parcels
	night    float64 // hours that a night's haul takes more or less than others'
	noise    float64 // of a haul, in hours
	missed   float64 // share of parcels that miss a round
	sundays  float64 // share of parcels that are not delivered on a Sunday
	daysOff  float64 // share of parcels that are held up for days
	reveals  float64 // share of parcels whose destination is known on the way
	evenings int     // hour after which what was collected leaves the next evening
}

func habits() []habit {
	return []habit{
		{"sf", 0.22, -8, 2, 0.03, 0.00, 0.02, 0.9, 21},
		{"zto", 0.26, 0, 5, 0.10, 0.05, 0.04, 0.6, 19},
		{"yto", 0.22, 2, 6, 0.12, 0.05, 0.05, 0.6, 19},
		{"yunda", 0.14, 3, 8, 0.14, 0.10, 0.06, 0.4, 18},
		{"ems", 0.10, 14, 12, 0.15, 0.60, 0.06, 0.3, 17},
		{"jd", 0.06, -10, 3, 0.04, 0.00, 0.02, 0.9, 21},
	}
}

// town is where emulated parcels come from and go to: at says where on a line it lies, in
// hours of a lorry.
type town struct {
	name string
	at   float64
}

// towns are the busiest first.
func towns() []town {
	return []town{
		{"深圳", 0},
		{"杭州", 16},
		{"广州", 1.5},
		{"义乌", 15},
		{"上海", 18},
		{"北京", 30},
		{"东莞", 1},
		{"泉州", 9},
		{"苏州", 18.5},
		{"成都", 24},
		{"武汉", 13},
		{"南京", 19},
		{"西安", 25},
		{"郑州", 20},
		{"长沙", 9},
		{"宁波", 16.5},
		{"重庆", 20},
		{"青岛", 26},
		{"沈阳", 36},
		{"昆明", 18},
		{"石家庄", 27},
		{"合肥", 17},
		{"哈尔滨", 42},
		{"南宁", 8},
		{"兰州", 32},
		{"乌鲁木齐", 58},
	}
}

// slowdown is a time in which everything takes days longer.
type slowdown struct {
	from, to int // days of the emulated past
	days     float64
}

// past emulates so many days of parcels a day. Sales and a holiday slow it down.
func past(seed uint64, days, daily int, slow []slowdown) []emulated {
	random := rand.New(rand.NewPCG(seed, 19))
	first := time.Date(2025, 6, 2, 0, 0, 0, 0, models.Shanghai)
	var all []emulated
	for day := range days {
		for range daily {
			id := int64(len(all) + 1)
			e := travel(random, first, day, slow)
			e.ParcelID = id
			all = append(all, e)
		}
	}
	return all
}

// travel emulates one parcel that is collected on a day.
func travel(random *rand.Rand, first time.Time, day int, slow []slowdown) emulated {
	h := pickHabit(random)
	all := towns()
	from, to := pickTown(random, len(all)), pickTown(random, len(all))
	e := emulated{ended: models.Delivered, knowsEnd: random.Float64() < h.reveals}
	p := models.Parcel{Carrier: h.code, Origin: all[from].name, Destination: all[to].name}
	e.Route = RouteOf(p)
	hour := 10 + 11*random.Float64()
	at := float64(day)*24 + hour // hours since first
	start := at
	scans := []float64{at}
	leave := float64(day)*24 + float64(h.evenings) + 0.5
	if hour > float64(h.evenings) || random.Float64() < h.missed {
		leave += 24
	}
	at = leave + random.Float64()*2
	scans = append(scans, at)
	distance := all[to].at - all[from].at
	if distance < 0 {
		distance = -distance
	}
	haul := 6 + distance + h.night*min(1, distance/20) + h.noise*random.NormFloat64()
	if distance == 0 {
		haul = 4 + random.Float64()*4
	}
	at += max(haul, 4)
	for _, s := range slow {
		if s.from <= day && day < s.to {
			at += 24 * s.days * (0.6 + 0.8*random.Float64())
		}
	}
	if random.Float64() < h.daysOff {
		at += 24 * random.ExpFloat64() * 1.6
	}
	scans = append(scans, at)
	at = round(random, at+2, h)
	scans = append(scans, at)
	out := at
	at += 0.5 + 6*random.Float64()*random.Float64() + 2*random.Float64()
	if random.Float64() < 0.04 { // nobody is at home: once more tomorrow
		scans = append(scans, at)
		at = float64(int(at/24)+1)*24 + 9 + 7*random.Float64()
	}
	scans = append(scans, at)
	switch dice := random.Float64(); {
	case dice < 0.008:
		e.ended = models.Unknown
	case dice < 0.02:
		e.ended = models.Returned
	}
	moment := func(hours float64) models.Moment {
		return models.At(first.Add(time.Duration(hours * float64(time.Hour))))
	}
	e.StartedAt, e.OutAt, e.DeliveredAt = moment(start), moment(out), moment(at)
	e.knownAt = e.DeliveredAt.Add(time.Duration(random.Float64() * float64(2*time.Hour)))
	for i := 1; i < len(scans); i++ {
		e.Silence = max(e.Silence, int64(moment(scans[i])-moment(scans[i-1])))
	}
	return e
}

// round is when a parcel that has reached its town goes out: with the morning's or the
// afternoon's round, or with a later one.
func round(random *rand.Rand, at float64, h habit) float64 {
	day := int(at / 24)
	for ; ; day++ {
		if day%7 == 6 && random.Float64() < h.sundays {
			continue
		}
		for _, hour := range []float64{8, 14} {
			leaves := float64(day)*24 + hour + random.Float64()
			if leaves > at && random.Float64() > h.missed {
				return leaves
			}
		}
	}
}

func pickHabit(random *rand.Rand) habit {
	dice := random.Float64()
	all := habits()
	for _, h := range all {
		if dice -= h.share; dice < 0 {
			return h
		}
	}
	return all[0]
}

// pickTown prefers busy ones: a few routes have many parcels, most have few.
func pickTown(random *rand.Rand, n int) int {
	return int(float64(n) * random.Float64() * random.Float64())
}
