package main

import (
	"fmt"
	"math/rand/v2"
)

// drawn is a network whose habits are drawn by chance, each carrier's its own, so that there
// is always one that nobody has looked at.
func drawn(seed uint64) network {
	r := rand.New(rand.NewPCG(seed, 9))
	between := func(from, to float64) float64 { return from + (to-from)*r.Float64() }
	n := network{
		name: fmt.Sprintf("drawn%d", seed), carriers: habits(), shift: between(-2.5, 2.5), slower: between(0.7, 1.7), weekend: between(0.3, 2.2),
		remote: between(0.01, 0.2), abroad: between(0.01, 0.15), trouble: between(0.5, 2),
	}
	all := 0.0
	for i := range n.carriers {
		c := &n.carriers[i]
		c.share, c.speed, c.dwell = between(0.02, 0.3), between(40, 100), between(1, 6)
		c.pickup, c.sunday, c.quiet = between(0, 0.7), between(0, 0.8), between(0, 0.35)
		c.drop, c.collect = between(1.2, 4.5), between(13, 20)
		rounds := c.rounds[:0:0]
		for hour := between(6.5, 11); hour < 18; hour += between(3, 9) {
			rounds = append(rounds, hour)
		}
		c.rounds = rounds
		all += c.share
	}
	for i := range n.carriers {
		n.carriers[i].share /= all
	}
	return n
}
