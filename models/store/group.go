package store

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"waybill/internal/guard"
)

const (
	groupSize  = 256
	groupLimit = 30 * time.Second // for one transaction of a group, with the wait for its turn
)

var errClosed = errors.New("the store is closed")

// group bundles concurrent calls of one kind: while one transaction is being
// committed the next calls queue up, and are then written (or read) together. Its
// goroutine begins with newGroup and ends with close.
type group[Q, A any] struct {
	commit func(context.Context, []Q) ([]outcome[A], error)
	queue  chan *waiting[Q, A]
	stop   chan struct{}
	once   sync.Once
	over   chan struct{}
}

// outcome is what became of one call of a group.
type outcome[A any] struct {
	answer A
	err    error
}

// answers are the outcomes of calls that asked for what belongs to an id.
func answers[A any](ids []int64, of map[int64]A) []outcome[A] {
	all := make([]outcome[A], len(ids))
	for i, id := range ids {
		all[i].answer = of[id]
	}
	return all
}

// waiting is one call in the queue. Whoever flips taken first decides: the
// group, which then answers it, or the caller, who gives up.
type waiting[Q, A any] struct {
	ask    Q
	taken  atomic.Bool
	done   chan struct{}
	result outcome[A]
}

// newGroup starts a group around commit, which writes many calls in one
// transaction and returns one outcome for each, or an error for all.
func newGroup[Q, A any](commit func(context.Context, []Q) ([]outcome[A], error)) *group[Q, A] {
	g := &group[Q, A]{
		commit: commit,
		queue:  make(chan *waiting[Q, A], groupSize),
		stop:   make(chan struct{}),
		over:   make(chan struct{}),
	}
	go g.run()
	return g
}

// do queues one call and waits for its outcome. A context that ends before
// the call was taken takes it back; afterwards the outcome is waited for,
// because it is being written.
func (g *group[Q, A]) do(ctx context.Context, ask Q) (A, error) {
	w := &waiting[Q, A]{ask: ask, done: make(chan struct{})}
	select {
	case <-ctx.Done():
		return w.result.answer, ctx.Err()
	case <-g.stop:
		return w.result.answer, errClosed
	default:
	}
	select {
	case g.queue <- w:
	case <-ctx.Done():
		return w.result.answer, ctx.Err()
	case <-g.stop:
		return w.result.answer, errClosed
	}
	return g.await(ctx, w)
}

func (g *group[Q, A]) await(ctx context.Context, w *waiting[Q, A]) (A, error) {
	var none A
	select {
	case <-w.done:
		return w.result.answer, w.result.err
	case <-ctx.Done():
		if w.taken.CompareAndSwap(false, true) {
			return none, ctx.Err()
		}
	case <-g.over:
		if w.taken.CompareAndSwap(false, true) {
			return none, errClosed
		}
	}
	<-w.done
	return w.result.answer, w.result.err
}

func (g *group[Q, A]) run() {
	defer close(g.over)
	for {
		select {
		case w := <-g.queue:
			g.serve(g.collect(w))
		case <-g.stop:
			g.serve(g.collect(nil))
			return
		}
	}
}

// collect takes whatever has queued up behind the first call. Goroutines that can go on do
// so first, because many of them are about to ask too: a call costs little more than
// its row where many share a statement. With nothing else to do that takes no time.
func (g *group[Q, A]) collect(first *waiting[Q, A]) []*waiting[Q, A] {
	var batch []*waiting[Q, A]
	take := func(w *waiting[Q, A]) {
		if w != nil && w.taken.CompareAndSwap(false, true) {
			batch = append(batch, w)
		}
	}
	take(first)
	runtime.Gosched()
	for len(batch) < groupSize {
		select {
		case w := <-g.queue:
			take(w)
		default:
			return batch
		}
	}
	return batch
}

// serve writes a batch together, or one by one when a row of it is refused, so
// that one call's trouble is nobody else's.
func (g *group[Q, A]) serve(batch []*waiting[Q, A]) {
	if len(batch) == 0 {
		return
	}
	err := g.try(batch)
	if err == nil {
		return
	}
	for i, w := range batch {
		if len(batch) > 1 && refused(err) {
			g.serve(batch[i : i+1])
			continue
		}
		w.result.err = err
		close(w.done)
	}
}

// try commits a batch and answers it.
func (g *group[Q, A]) try(batch []*waiting[Q, A]) (err error) {
	defer guard.Recover("write together", &err)
	ctx, cancel := context.WithTimeout(context.Background(), groupLimit)
	defer cancel()
	asks := make([]Q, len(batch))
	for i, w := range batch {
		asks[i] = w.ask
	}
	outcomes, err := g.commit(ctx, asks)
	if err != nil {
		return err
	}
	for i, w := range batch {
		w.result = outcomes[i]
		close(w.done)
	}
	return nil
}

// close ends the group after what is queued has been written.
func (g *group[Q, A]) close() {
	g.once.Do(func() { close(g.stop) })
	<-g.over
}
