// Command costs says what it costs to know where parcels are: it plays journeys through
// the product's own decisions (scheduler.Checker, its cadence, failures, pushes and what
// it records) and counts paid calls and for how long news waits, beside polling at fixed
// intervals.
//
//	go run ./scripts/costs                        # emulated journeys: what docs/costs.md shows
//	go run ./scripts/costs --write                # and writes it there
//	go run ./scripts/costs --journeys FILE        # recorded ones
//	go run ./scripts/costs --generate late        # prints emulated ones, as --journeys reads them
//	go run ./scripts/costs --fit >models/rhythm/prior.csv
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Seeds of the journeys: what is built in is fitted on others than those that are shown.
const (
	fitSeed  = 11
	showSeed = 1
)

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("costs", flag.ContinueOnError)
	file := flags.String("journeys", "", "play the journeys of this `FILE`, a JSON object a line (docs/costs.md), instead of emulated ones")
	count := flags.Int("count", 500, "how many journeys to emulate on each network")
	seed := flags.Uint64("seed", showSeed, "of the emulated journeys")
	lag := flags.Duration("lag", 5*time.Minute, "from a scan to its upload; news waits from then on")
	failing := flags.Float64("failing", 0.005, "share of calls that fail and are billed")
	prices := flags.String("prices", "", "yuan for a billed call, as WAYBILL_PRICES has them: kuaidi100.query=0.05,kuaidi100.subscribe=0.05")
	write := flags.Bool("write", false, "write the tables and the curve into docs")
	fitting := flags.Bool("fit", false, "print the rhythm that explains emulated journeys best (models/rhythm/prior.csv)")
	generate := flags.String("generate", "", "print the emulated journeys of `NETWORK`: "+networkNames())
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *count < 1 || *lag < 0 || *failing < 0 || *failing >= 1 {
		return errors.New("--count is at least 1, --lag at least 0, --failing from 0 to below 1")
	}
	price, err := readPrices(*prices)
	if err != nil {
		return err
	}
	base := policy{lag: *lag, failing: *failing}
	switch {
	case *fitting:
		return fit(os.Stdout, mainland().generate(fitSeed, 20000, 56))
	case *generate != "":
		n := slices.IndexFunc(networks(), func(n network) bool { return n.name == *generate })
		if n < 0 {
			return fmt.Errorf("--generate %s: networks are %s", *generate, networkNames())
		}
		return writeJourneys(os.Stdout, networks()[n].generate(*seed, *count, days))
	case *file != "":
		journeys, err := readJourneys(*file)
		if err != nil {
			return err
		}
		return recorded(ctx, os.Stdout, journeys, base, price)
	}
	s, err := study(ctx, *seed, *count, base)
	if err != nil {
		return err
	}
	if *write {
		return s.write(price)
	}
	return s.print(os.Stdout, price)
}

// days over which emulated journeys begin.
const days = 42

// networks are those that are shown; of the drawn ones these four were never looked at
// while anything was chosen.
func networks() []network {
	return []network{mainland(), late(), early(), batches(), sameday(), drawn(11), drawn(12), drawn(13), drawn(14)}
}

func networkNames() string {
	var names []string
	for _, n := range networks() {
		names = append(names, n.name)
	}
	return strings.Join(names, ", ")
}
