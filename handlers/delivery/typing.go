package delivery

import (
	"context"
	"sync"
	"time"

	"waybill/handlers"
	"waybill/internal/guard"
	"waybill/internal/retry"
)

const (
	typingAfter = time.Second     // what is answered sooner needs no sign of it
	typingEvery = 5 * time.Second // for as long a platform shows it
)

// typing shows the chat that its answer is being written, when that takes longer
// than a second and the door can, until stop is called. A sign that fails is as
// good as none; stop waits only for a call under way to notice its end.
func (t *turn) typing(ctx context.Context) (stop func()) {
	typer, can := t.door.(handlers.Typer)
	if !can {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var signs sync.WaitGroup
	signs.Go(func() {
		for wait := typingAfter; retry.Sleep(ctx, wait) == nil; wait = typingEvery {
			if err := t.sign(ctx, typer); err != nil && ctx.Err() == nil {
				t.log.Debug("show typing", "chat", t.chat.ID, "error", err)
			}
		}
	})
	return func() {
		cancel()
		signs.Wait()
	}
}

func (t *turn) sign(ctx context.Context, typer handlers.Typer) (err error) {
	defer guard.Recover("show typing", &err)
	ctx, cancel := context.WithTimeout(ctx, typingEvery)
	defer cancel()
	return typer.Typing(ctx, t.chat.Address)
}
