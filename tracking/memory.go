package tracking

import (
	"context"
	"log/slog"
	"time"

	"waybill/internal/troublelog"
	"waybill/models"
)

// Memory keeps answers that many replicas share, until they grow old.
type Memory interface {
	Recall(ctx context.Context, kind, key string, now models.Moment) ([]byte, bool, error)
	Remember(ctx context.Context, kind, key string, value []byte, until models.Moment) error
	// Once says whether this is the first time that anybody says so of a key, until then.
	Once(ctx context.Context, kind, key string, until, now models.Moment) (first bool, err error)
}

// memory is the shared Memory as this package uses it. A failure never ends a
// check: it costs calls that need not be made, so it is logged and counted.
// Keys may be waybills and stay out of the log.
type memory struct {
	shared  Memory
	meter   Meter
	log     *slog.Logger
	trouble *troublelog.Log
	now     func() time.Time
}

// recall reads a value. An error means that nobody knows whether there is one.
func (m memory) recall(ctx context.Context, kind, key string) (value []byte, found bool, err error) {
	value, found, err = m.shared.Recall(ctx, kind, key, models.At(m.now()))
	m.note(ctx, err, "recall", kind)
	return value, found && err == nil, err
}

// remember keeps a value until a moment; now or earlier forgets it.
func (m memory) remember(ctx context.Context, kind, key string, value []byte, until models.Moment) {
	m.note(ctx, m.shared.Remember(ctx, kind, key, value, until), "remember", kind)
}

func (m memory) forget(ctx context.Context, kind, key string) {
	m.remember(ctx, kind, key, nil, models.At(m.now()))
}

// first says whether nobody has said so of a key yet, and says so until a
// moment. When the memory fails everybody is first.
func (m memory) first(ctx context.Context, kind, key string, until models.Moment) bool {
	first, err := m.shared.Once(ctx, kind, key, until, models.At(m.now()))
	m.note(ctx, err, "claim", kind)
	return first || err != nil
}

// note logs and counts a failure, unless it was the caller who left.
func (m memory) note(ctx context.Context, err error, doing, kind string) {
	switch {
	case err == nil:
		m.trouble.Worked("use the shared memory", "doing", doing, "kind", kind)
	case ctx.Err() == nil:
		m.meter.MemoryFailed(kind)
		m.trouble.Failed("use the shared memory", err, "doing", doing, "kind", kind)
	}
}
