package main

import (
	"math/rand/v2"
	"time"

	"waybill/models"
)

// carrierHabits are how one carrier works. Hours are those of Shanghai.
type carrierHabits struct {
	code    models.Carrier
	share   float64   // of all parcels
	speed   float64   // kilometres an hour on the road
	dwell   float64   // hours in a hub, in the middle
	rounds  []float64 // when couriers go out
	pickup  float64   // share that waits at a station or locker
	sunday  float64   // share of parcels that no courier takes out on a Sunday
	quiet   float64   // share of hub scans that are never uploaded
	drop    float64   // hours from out for delivery to delivered, in the middle
	collect float64   // the hour of most collections
}

// network is one setting of the generator.
type network struct {
	name     string
	carriers []carrierHabits
	shift    float64 // hours by which every habit is later
	slower   float64 // times as long on the road and in hubs
	weekend  float64 // times as likely that nothing moves on Saturday and Sunday
	remote   float64 // share of journeys to remote places
	abroad   float64 // share from abroad
	trouble  float64 // times as likely that something goes wrong
	// course is how its parcels travel; nil: as traveller.travel says.
	course func(t *traveller, day time.Time) Journey
}

// mainland is the network on which the built-in rhythm is fitted.
func mainland() network {
	return network{name: "mainland", carriers: habits(), slower: 1, weekend: 1, remote: 0.06, abroad: 0.04, trouble: 1}
}

// late is another network: everything two hours later, slower, more rural.
func late() network {
	return network{name: "late", carriers: habits(), shift: 2, slower: 1.5, weekend: 1.6, remote: 0.15, abroad: 0.08, trouble: 1.5}
}

// early is one more: an hour and a half earlier, quick, no Sundays, lockers everywhere.
func early() network {
	n := network{name: "early", carriers: habits(), shift: -1.5, slower: 0.75, weekend: 0.4, remote: 0.02, abroad: 0.02, trouble: 0.7}
	for i := range n.carriers {
		n.carriers[i].pickup = min(1, n.carriers[i].pickup*1.6)
	}
	return n
}

func habits() []carrierHabits {
	return []carrierHabits{
		{"sf", 0.16, 95, 1.6, []float64{8, 12.5, 16}, 0.12, 0.05, 0.05, 2.0, 17},
		{"zto", 0.22, 62, 2.6, []float64{8.4, 14}, 0.38, 0.25, 0.15, 3.0, 18.2},
		{"yto", 0.17, 58, 3.0, []float64{8.6, 14.3}, 0.40, 0.30, 0.20, 3.2, 18.5},
		{"yunda", 0.14, 57, 3.2, []float64{8.8, 14.5}, 0.42, 0.35, 0.20, 3.4, 18.5},
		{"sto", 0.11, 56, 3.2, []float64{9, 14.5}, 0.42, 0.35, 0.22, 3.4, 18.8},
		{"jt", 0.11, 57, 3.0, []float64{9, 15}, 0.38, 0.20, 0.20, 3.6, 19},
		{"jd", 0.05, 80, 1.5, []float64{7.8, 13.5, 17}, 0.10, 0.03, 0.10, 2.2, 16.5},
		{"ems", 0.04, 48, 4.5, []float64{9.3, 14.2}, 0.25, 0.55, 0.10, 3.2, 16},
	}
}

// generate makes journeys that begin within some days from a Monday on, the same for the
// same seed.
func (n network) generate(seed uint64, count, days int) []Journey {
	all := make([]Journey, 0, count)
	for i := range count {
		t := &traveller{network: n, rand: rand.New(rand.NewPCG(seed, uint64(i)))}
		start := time.Date(2026, 3, 2, 0, 0, 0, 0, models.Shanghai).AddDate(0, 0, int(float64(i)*float64(days)/float64(count)))
		if n.course != nil {
			all = append(all, n.course(t, start))
			continue
		}
		all = append(all, t.travel(start))
	}
	return all
}
