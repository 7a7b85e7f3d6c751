package scheduler

import (
	"context"
	"time"

	"waybill/models"
)

// Store is what checks need of the database.
type Store interface {
	Leases

	// Of parcels that are due.
	Take(ctx context.Context, now models.Moment, hold time.Duration, limit int) ([]models.Hint, error)
	CheckSoon(ctx context.Context, parcelIDs []int64, floor time.Duration, now models.Moment) error
	CheckLater(ctx context.Context, p models.Parcel, due models.Moment) error
	Backlog(ctx context.Context, now models.Moment) (models.Backlog, error)
	CountLiveParcels(ctx context.Context) (int64, error)
	Sweep(ctx context.Context, keep models.Retention, now models.Moment) error
	Optimize(ctx context.Context) error

	// Of one check.
	Parcel(ctx context.Context, id int64) (models.Parcel, error)
	Tails(ctx context.Context, parcelID int64) ([]models.Tail, error)
	Known(ctx context.Context, parcelID int64) ([]models.Event, error)
	ChangeCarrier(ctx context.Context, p models.Parcel, to models.Carrier, now models.Moment) (models.Parcel, error)
	Journeys(ctx context.Context, r models.Route) ([][]models.Journey, error)
	Finish(ctx context.Context, f models.Finish, now models.Moment) (models.Parcel, error)
	Settle(ctx context.Context, closings []models.Closing) error

	// Of when carriers move.
	RhythmStore
	FadeRhythm(ctx context.Context, now models.Moment) error

	// Of push subscriptions.
	Subscriptions(ctx context.Context, parcelID int64) ([]models.Subscription, error)
	EnsureSubscription(ctx context.Context, p models.Parcel, provider, token string, due, now models.Moment) error
	TakeDueSubscriptions(ctx context.Context, now models.Moment, hold time.Duration, limit int) ([]models.Subscription, error)
	SubscriptionsOrdered(ctx context.Context, ids []int64, o models.Ordering, now models.Moment) error
	Subscription(ctx context.Context, token string) (models.Subscription, error)
	SubscriptionsTo(ctx context.Context, provider string, numbers []string) ([]models.Subscription, error)
	PushReceived(ctx context.Context, id int64, p models.Pushed, now models.Moment) error
	KeepRawPush(ctx context.Context, provider, body string, now models.Moment) error
	MarkSilent(ctx context.Context, id int64, now models.Moment) error
	RetireSubscriptions(ctx context.Context, now models.Moment) error
}
