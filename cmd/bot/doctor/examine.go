package doctor

import (
	"context"

	"waybill/models/store"
)

// The parts that bot init has checked one at a time, as soon as they are answered.

// Provider has one configured tracking API examined without a bill.
func (d *Doctor) Provider(ctx context.Context, name string) []Result {
	for _, v := range d.settings.Vendors {
		if v.Name == name {
			return d.masked(d.examine(ctx, v))
		}
	}
	return nil
}

// Telegram asks whom the token belongs to; the name is "" when there are results,
// which say why.
func (d *Doctor) Telegram(ctx context.Context) (name string, results []Result) {
	me, results := d.askTelegram(ctx, "getMe")
	return me.Result.Username, d.masked(results)
}

// CustomerService tries the secret of 微信客服.
func (d *Doctor) CustomerService(ctx context.Context) []Result {
	results, _ := d.askKF(ctx)
	return d.masked(results)
}

// App tries the secret of the app of one's own.
func (d *Doctor) App(ctx context.Context) []Result {
	results, _ := d.askApp(ctx)
	return d.masked(results)
}

// Database tries whether the database opens, or could be made. Its tables are not
// looked at, but what is sealed in them must open.
func (d *Doctor) Database(ctx context.Context) []Result {
	return d.masked(d.withDatabase(ctx, func(ctx context.Context, db *store.Store) []Result {
		if err := db.CheckKeys(ctx); err != nil {
			return d.keyProblem(err)
		}
		return good("database", "answers")
	}))
}
