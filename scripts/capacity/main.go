// Command capacity says what 10 and 100 million live parcels would need in
// replicas, database, queue, messages and provider calls, and which limit is met
// first. It reads docs/bench.json, which make bench writes, and writes
// docs/capacity.md.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "capacity: %v\n", err)
		os.Exit(1)
	}
}

// run computes what args say. From the root of the source.
func run(args []string) error {
	c := assumptions()
	flags := flag.NewFlagSet("capacity", flag.ContinueOnError)
	docs := flags.String("docs", "docs", "the folder of bench.json and capacity.md")
	calls := flags.Float64("calls", 0, "calls a day for a live parcel, as the cost simulation finds; 0: by the cadence over a typical journey")
	flags.Float64Var(&c.price.value, "price", c.price.value, "yuan a billed call")
	flags.Float64Var(&c.rate.value, "rate", c.rate.value, "provider calls a second that are allowed")
	flags.Float64Var(&c.latency.value, "latency", c.latency.value, "seconds that a provider's answer takes")
	flags.Float64Var(&c.followers.value, "followers", c.followers.value, "follows per parcel")
	flags.Float64Var(&c.keepDays.value, "keep", c.keepDays.value, "days for which finished parcels stay")
	if err := flags.Parse(args); err != nil {
		return err
	}
	b, err := readBench(filepath.Join(*docs, "bench.json"))
	if err != nil {
		return err
	}
	if err := c.measure(b); err != nil {
		return err
	}
	c.cadence(askAll(typicalJourney()))
	if *calls > 0 {
		c.newsPerCall.value *= c.callsPerDay.value / *calls // the news stays
		c.callsPerDay = figure{*calls, "calls", "a day for a live parcel, as given"}
	}
	return os.WriteFile(filepath.Join(*docs, "capacity.md"), []byte(document(c, []float64{1e6, 1e7, 1e8}, b.Machine.Load)), 0o644)
}
