package models

// SubscriptionState says where a subscription stands.
type SubscriptionState string

const (
	SubscriptionWanted  SubscriptionState = "wanted"  // to be ordered at DueAt
	SubscriptionLiving  SubscriptionState = "living"  // the provider sends what happens
	SubscriptionOver    SubscriptionState = "over"    // the provider has ended it
	SubscriptionRefused SubscriptionState = "refused" // the provider will not have this waybill under this carrier
)

// Subscription is the order to be sent a parcel's news. Its token is the secret
// part of the address that the provider calls; it stays known for 60 days
// after it was last of use, because pushes come late.
type Subscription struct {
	ID       int64 `gorm:"primaryKey"`
	ParcelID int64
	Provider string
	Token    string
	Number   string
	Carrier  Carrier // for which it was ordered
	State    SubscriptionState
	DueAt    Moment // while wanted: when to order; Never otherwise
	Failures int    // orders in a row that failed
	AskedAt  Moment // when it was last ordered
	HeardAt  Moment // when the last push came
	HintedAt Moment // when the last push came that only says that something happened
	SilentAt Moment // a poll found news that should have been pushed; zero while all is well
	IdleAt   Moment // since when nobody needs it; zero while the parcel is followed up
	Month    string // of the orders counted, as 2006-01 in Shanghai
	Orders   int    // in that month

	CreatedAt Moment `gorm:"autoCreateTime:false"`
}

// Serves says that the provider can be relied on to send what happens.
func (s Subscription) Serves() bool {
	return s.State == SubscriptionLiving && s.SilentAt == 0 && s.IdleAt == 0
}

// Ordering is what became of the order for some subscriptions.
type Ordering struct {
	State   SubscriptionState
	DueAt   Moment // when to order again; Never when not
	Failed  bool   // one more failure in a row
	Counted bool   // the provider may have taken it as an order
}

// Pushed is what a push says of its subscription.
type Pushed struct {
	Carrier Carrier // "" keeps the one known
	Over    bool    // no more will come
	Hint    bool    // it only says that something happened
}
