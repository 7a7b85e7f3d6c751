package main

import (
	"context"
	"fmt"
	"os"
	"time"
)

func main() {
	n := mainland()
	if len(os.Args) > 1 && os.Args[1] == "late" {
		n = late()
	}
	if len(os.Args) > 1 && os.Args[1] == "early" {
		n = early()
	}
	if len(os.Args) > 1 && os.Args[1] == "fit" {
		if err := fit(os.Stdout, n.generate(11, 20000, 56)); err != nil {
			panic(err)
		}
		return
	}
	js := n.generate(1, 1000, 42)
	for _, p := range []policy{
		{name: "60", every: time.Hour, polls: true},
		{name: "now", polls: true, quiet: true, rhythm: true, learn: true},
	} {
		p.lag = 5 * time.Minute
		p.failing = 0.005
		start := time.Now()
		w, err := play(context.Background(), js, p)
		if err != nil {
			fmt.Println(err)
		}
		o := w.sum("")
		fmt.Printf("%-14s calls/del %6.2f del %d/%d median %v p90 %v max %v day %v/%v missed %d  (%v)\n", p.name, o.perDelivered(), o.delivered, o.parcels, o.median().Round(time.Minute), o.p90().Round(time.Minute), quantile(o.delays, 0.999).Round(time.Minute), quantile(o.atDay, .5).Round(time.Minute), quantile(o.atDay, .9).Round(time.Minute), o.missed, time.Since(start).Round(time.Millisecond))
	}
}
