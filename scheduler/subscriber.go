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
	Subscribe(ctx context.Context, provider string, wishes []tracking.Subscription) (tracking.Subscribed, error)
	ReadPush(provider string, of tracking.Subscription, body []byte) (tracking.Push, string, error)
}

// Subscriptions keeps what is, or is to be, subscribed to.
type Subscriptions interface {
	Subscriptions(ctx context.Context, parcelID int64) ([]models.Subscription, error)
	Want(ctx context.Context, p models.Parcel, provider, token string, due, now models.Moment) error
	Wanted(ctx context.Context, now models.Moment, hold time.Duration, limit int) ([]models.Subscription, error)
	Ordered(ctx context.Context, ids []int64, o models.Ordering, now models.Moment) error
}

// Hearing keeps what pushes tell of their subscriptions.
type Hearing interface {
	Subscription(ctx context.Context, token string) (models.Subscription, error)
	SubscriptionsTo(ctx context.Context, provider string, numbers []string) ([]models.Subscription, error)
	Heard(ctx context.Context, id int64, p models.Pushed, now models.Moment) error
	KeepPush(ctx context.Context, provider, body string, now models.Moment) error
}

// Turns moves when parcels are checked, and says whose subscription is of no use.
type Turns interface {
	Hurry(ctx context.Context, parcelIDs []int64, floor time.Duration, now models.Moment) error
	Defer(ctx context.Context, p models.Parcel, due models.Moment) error
	Silence(ctx context.Context, id int64, now models.Moment) error
	RestSubscriptions(ctx context.Context, now models.Moment) error
}

// Parcels reads what a subscription is about.
type Parcels interface {
	Parcel(ctx context.Context, id int64) (models.Parcel, error)
	Tails(ctx context.Context, parcelID int64) ([]models.Tail, error)
}

// Subscribing is what a Subscriber needs. One store fulfils the middle four.
type Subscribing struct {
	Orders        Orders
	Subscriptions Subscriptions
	Hearing       Hearing
	Turns         Turns
	Parcels       Parcels
	Cadence       Cadence
	Log           *slog.Logger
	Now           func() time.Time
}

// Subscriber sees to it that followed parcels are subscribed to where a
// provider offers it, and takes the pushes. It is safe for concurrent use.
type Subscriber struct{ Subscribing }

// NewSubscriber makes a Subscriber.
func NewSubscriber(s Subscribing) *Subscriber { return &Subscriber{s} }

// Standing is how a parcel's subscriptions stand.
type Standing struct {
	Served   bool          // a provider sends what happens
	HintedAt models.Moment // when one last said that something happened
}

// Standing tells how a live, followed parcel's subscriptions stand, and wishes
// for one where there is none. Those whose pushes should have come and did not
// are relied on no more until they do.
func (s *Subscriber) Standing(ctx context.Context, p models.Parcel, missed bool) (Standing, error) {
	rows, err := s.Subscriptions.Subscriptions(ctx, p.ID)
	if err != nil {
		return Standing{}, err
	}
	var is Standing
	overdue := s.now().Add(-s.Cadence.Speed.Of(late))
	for _, row := range rows {
		is.HintedAt = max(is.HintedAt, row.HintedAt)
		silent := missed && max(row.HeardAt, row.AskedAt) <= overdue
		switch {
		case row.Serves() && silent:
			s.Log.Info("pushes do not come; polling instead", "provider", row.Provider, "parcel", p.ID)
			if err := s.Turns.Silence(ctx, row.ID, s.now()); err != nil {
				return Standing{}, err
			}
		case row.Serves():
			is.Served = true
		}
	}
	if is.Served {
		return is, nil
	}
	return is, s.wish(ctx, p, rows)
}

// Wish has a parcel subscribed to that has just been followed.
func (s *Subscriber) Wish(ctx context.Context, parcelID int64) error {
	p, err := s.Parcels.Parcel(ctx, parcelID)
	if err != nil {
		return fmt.Errorf("read followed parcel: %w", err)
	}
	if !p.Live() {
		return nil
	}
	rows, err := s.Subscriptions.Subscriptions(ctx, p.ID)
	if err != nil {
		return err
	}
	return s.wish(ctx, p, rows)
}

// wish asks for a subscription at the first provider that may take it.
func (s *Subscriber) wish(ctx context.Context, p models.Parcel, rows []models.Subscription) error {
	for _, provider := range s.Orders.Subscribers(p.Carrier) {
		row, had := newest(rows, provider)
		due := s.now()
		switch {
		case had && hopeless(row, p):
			continue
		case had && row.State == models.SubscriptionOver:
			due = max(due, row.HeardAt.Add(s.Cadence.Speed.Of(reorder)))
		case had && row.State != models.SubscriptionRefused && row.IdleAt == 0:
			return nil // it lives, or is about to
		}
		return s.Subscriptions.Want(ctx, p, provider, rand.Text(), due, s.now())
	}
	return nil
}

// hopeless says that another provider is worth trying.
func hopeless(row models.Subscription, p models.Parcel) bool {
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

// Rest lets go of subscriptions to parcels that are finished or followed by
// nobody. The vendors know no way to end one; late pushes are still taken.
func (s *Subscriber) Rest(ctx context.Context) error {
	return s.Turns.RestSubscriptions(ctx, s.now())
}

func (s *Subscriber) now() models.Moment { return models.At(s.Now()) }
