package scheduler

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"time"

	"waybill/models"
	"waybill/tracking"
)

// Kuaidi100's rules for subscribing, by which the others go too.
const (
	ordersAMonth = 4
	reorder      = 30 * time.Minute // after the provider has ended a subscription
)

// Orders subscribes at the providers and reads their pushes (tracking.Tracker).
type Orders interface {
	Subscribers(c models.Carrier) []string
	Batches() map[string]int
	Subscribe(ctx context.Context, provider string, subscriptions []tracking.Subscription) (tracking.Subscribed, error)
	ReadPush(provider string, of tracking.Subscription, body []byte) (tracking.Push, string, error)
}

// SubscriberSettings are what a Subscriber needs.
type SubscriberSettings struct {
	Orders  Orders
	Store   Store
	Cadence Cadence
	Log     *slog.Logger
	Now     func() time.Time
}

// Subscriber sees to it that followed parcels are subscribed to where a
// provider offers it, and takes the pushes. It is safe for concurrent use.
type Subscriber struct {
	orders  Orders
	store   Store
	cadence Cadence
	log     *slog.Logger
	now     func() time.Time
}

// NewSubscriber makes a Subscriber.
func NewSubscriber(s SubscriberSettings) *Subscriber {
	return &Subscriber{orders: s.Orders, store: s.Store, cadence: s.Cadence, log: s.Log, now: s.Now}
}

// Standing is how a parcel's subscriptions stand.
type Standing struct {
	Served   bool          // a provider sends what happens
	HintedAt models.Moment // when one last said that something happened
}

// Standing tells how a live, followed parcel's subscriptions stand, and orders one
// where there is none. Those whose pushes should have come and did not
// are relied on no more until they do.
func (s *Subscriber) Standing(ctx context.Context, p models.Parcel, missed bool) (Standing, error) {
	rows, err := s.store.Subscriptions(ctx, p.ID)
	if err != nil {
		return Standing{}, err
	}
	var is Standing
	overdue := s.moment().Add(-s.cadence.Speed.Of(late))
	for _, row := range rows {
		is.HintedAt = max(is.HintedAt, row.HintedAt)
		silent := missed && max(row.HeardAt, row.AskedAt) <= overdue
		switch {
		case row.Serves() && silent:
			s.log.Info("pushes do not come; polling instead", "provider", row.Provider, "parcel", p.ID)
			if err := s.store.MarkSilent(ctx, row.ID, s.moment()); err != nil {
				return Standing{}, err
			}
		case row.Serves():
			is.Served = true
		}
	}
	if is.Served {
		return is, nil
	}
	return is, s.ensure(ctx, p, rows)
}

// EnsureSubscription has a parcel subscribed to that has just been followed.
func (s *Subscriber) EnsureSubscription(ctx context.Context, parcelID int64) error {
	p, err := s.store.Parcel(ctx, parcelID)
	if err != nil {
		return fmt.Errorf("read followed parcel: %w", err)
	}
	if !p.Live() {
		return nil
	}
	rows, err := s.store.Subscriptions(ctx, p.ID)
	if err != nil {
		return err
	}
	return s.ensure(ctx, p, rows)
}

// ensure asks for a subscription at the first provider that may take it.
func (s *Subscriber) ensure(ctx context.Context, p models.Parcel, rows []models.Subscription) error {
	for _, provider := range s.orders.Subscribers(p.Carrier) {
		row, had := newest(rows, provider)
		due := s.moment()
		switch {
		case had && isHopeless(row, p):
			continue
		case had && row.State == models.SubscriptionOver:
			due = max(due, row.HeardAt.Add(s.cadence.Speed.Of(reorder)))
		case had && row.State != models.SubscriptionRefused && row.IdleAt == 0:
			return nil // it lives, or is about to
		}
		return s.store.EnsureSubscription(ctx, p, provider, rand.Text(), due, s.moment())
	}
	return nil
}

// isHopeless says that another provider is worth trying.
func isHopeless(row models.Subscription, p models.Parcel) bool {
	refused := row.State == models.SubscriptionRefused && row.Carrier == p.Carrier
	return refused || row.State == models.SubscriptionWanted && row.Failures >= 3
}

func newest(rows []models.Subscription, provider string) (row models.Subscription, ok bool) {
	for _, r := range rows {
		if r.Provider == provider {
			row, ok = r, true
		}
	}
	return row, ok
}

// Retire lets go of subscriptions to parcels that are finished or followed by
// nobody. The vendors know no way to end one; late pushes are still taken.
func (s *Subscriber) Retire(ctx context.Context) error {
	return s.store.RetireSubscriptions(ctx, s.moment())
}

func (s *Subscriber) moment() models.Moment { return models.At(s.now()) }
