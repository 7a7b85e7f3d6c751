package doctor

import (
	"context"
	"errors"

	"waybill/cmd/bot/config"
	"waybill/models/store"
)

// checkKey checks that the key opens what is stored, and whether an older one is still
// needed. Counting reads every sealed value once.
func (d *Doctor) checkKey(ctx context.Context, db *store.Store) []Result {
	if err := db.CheckKeys(ctx); err != nil {
		return d.keyProblem(err)
	}
	seals, err := db.Seals(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return good("key", "opens what is stored; counting what older keys have sealed takes too long here")
	}
	if err != nil {
		return bad("key", "what is sealed cannot be read: %v", err)
	}
	if seals.Closed > 0 {
		return care("key", "opens what is stored, but for %d values: a key was taken out too early, or they are damaged; put the older key back behind the first, else their chats are asked again", seals.Closed)
	}
	if seals.Older > 0 {
		return care("key", "opens what is stored; %d values are still sealed under an older key: serve seals them anew, keep the older key until none is left", seals.Older)
	}
	return good("key", "opens what is stored; %d values are sealed, all under the first key", seals.Current)
}

// keyProblem is what is wrong with the key, or with the database as a whole.
func (d *Doctor) keyProblem(err error) []Result {
	var mistakes config.Mistakes
	if err = d.explain(d.settings, err); errors.As(err, &mistakes) {
		return refused("key", "%s", mistakes[0].Problem)
	}
	return bad("database", "%v", err)
}
