// Command upgrade rolls a version of the program over another one, and back, while
// parcels travel and people write:
//
//	go run ./test/withdb go run ./test/upgrade COMMIT
//
// The old version is built from COMMIT, the new one from the working tree. Both
// run on one MariaDB, with a NATS server between them and then without, with Telegram
// and the tracking API emulated: first the old one alone, then both, then the new one alone, then the
// old one on the new schema. Every message must be answered, every parcel be followed
// to its end, and every scan of it be shown once; while both run, both must check
// parcels. Once it is built that takes two minutes.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// patience is how long the phases may take once both versions are built.
const patience = 4 * time.Minute

func main() {
	os.Exit(run())
}

func run() int {
	newDir := flag.String("new", ".", "folder of the module that the new version is built from")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: upgrade [-new DIR] COMMIT")
		return 2
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if err := upgrade(ctx, *newDir, flag.Arg(0)); err != nil {
		fmt.Fprintf(os.Stderr, "upgrade: %v\n", err)
		return 1
	}
	fmt.Println("upgrade: rolled forward and back; nothing was lost, nothing told twice")
	return 0
}

// upgrade builds both versions and goes through the phases.
func upgrade(ctx context.Context, newDir, commit string) (err error) {
	dir, err := os.MkdirTemp("", "waybill-upgrade-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	versions, err := build(ctx, dir, newDir, commit)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	start := time.Now()
	for _, shared := range []bool{true, false} {
		if err := journey(ctx, dir, versions, shared); err != nil {
			return err
		}
	}
	fmt.Printf("upgrade: %s without the builds\n", time.Since(start).Round(time.Second))
	return nil
}

// journey goes through the phases with a queue that the versions share, or without one.
func journey(ctx context.Context, dir string, v versions, shared bool) (err error) {
	fmt.Printf("upgrade: with a NATS server: %t\n", shared)
	w, err := newWorld(ctx, dir, shared)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	if err := w.roll(v); err != nil {
		return fmt.Errorf("with a NATS server: %t: %w\nthe programs said at last:\n%s", shared, err, w.log.tail())
	}
	return nil
}

// roll goes through the phases. Journeys take some 13 seconds, so those that begin
// before a change of versions end behind it.
func (w *world) roll(v versions) error {
	older, err := w.start("old", v.old)
	if err != nil {
		return err
	}
	if err := w.say("the old version alone"); err != nil {
		return err
	}
	newer, err := w.startMigrating("new", v.new)
	if err != nil {
		return err
	}
	if err := w.both(older, newer); err != nil {
		return err
	}
	if err := older.stop(); err != nil {
		return err
	}
	if err := w.say("the new version alone"); err != nil {
		return err
	}
	if older, err = w.start("old again", v.old); err != nil {
		return err
	}
	if err := w.both(older, newer); err != nil {
		return err
	}
	if err := newer.stop(); err != nil {
		return err
	}
	if err := w.say("the old version on the new schema"); err != nil {
		return err
	}
	if err := w.allEnded(); err != nil {
		return err
	}
	return errors.Join(older.stop(), w.complete())
}

// startMigrating starts a version that has migrations which the database lacks.
func (w *world) startMigrating(name, binary string) (*program, error) {
	before, err := w.migrations()
	if err != nil {
		return nil, err
	}
	p, err := w.start(name, binary)
	if err != nil {
		return nil, err
	}
	after, err := w.migrations()
	if err != nil {
		return nil, err
	}
	fmt.Printf("upgrade: the schema was at %d and is at %d\n", before, after)
	return p, nil
}

// both has people write while two programs run, until each of them has checked
// parcels. Without a queue between them it is enough that one does: an old version
// that hands out what is due keeps it for itself.
func (w *world) both(programs ...*program) error {
	before, err := w.checks(programs)
	if err != nil {
		return err
	}
	const rounds = 6 // of some five seconds
	for range rounds {
		if err := w.say("both versions"); err != nil {
			return err
		}
		busy, err := w.busy(programs, before)
		if err != nil || busy {
			return err
		}
	}
	after, err := w.checks(programs)
	if err != nil {
		return err
	}
	for i, p := range programs {
		err = errors.Join(err, fmt.Errorf("while both versions ran, %s checked %.0f parcels", p.name, after[i]-before[i]))
	}
	return err
}

// busy waits up to five seconds until the programs have checked enough parcels more.
func (w *world) busy(programs []*program, before []float64) (bool, error) {
	const enough = 3
	look := time.NewTicker(250 * time.Millisecond)
	defer look.Stop()
	for range 20 {
		now, err := w.checks(programs)
		if err != nil {
			return false, err
		}
		idle := 0
		for i := range programs {
			if now[i]-before[i] < enough {
				idle++
			}
		}
		if idle == 0 || w.nats == nil && idle < len(programs) {
			return true, nil
		}
		select {
		case <-w.ctx.Done():
			return false, w.ctx.Err()
		case <-look.C:
		}
	}
	return false, nil
}

// checks is how many parcels each program has checked.
func (w *world) checks(programs []*program) ([]float64, error) {
	counts := make([]float64, len(programs))
	for i, p := range programs {
		n, err := p.checks(w.ctx)
		if err != nil {
			return nil, err
		}
		counts[i] = n
	}
	return counts, nil
}
