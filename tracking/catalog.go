package tracking

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"waybill/models"
)

// How long providers' own lists of carriers last.
const (
	listFresh = 7 * day     // then a list is loaded again
	listKept  = 365 * day   // it serves until a newer one comes
	listRetry = time.Hour   // a list that could not be loaded is tried again
	listKind  = "list"      // of what is remembered: the rows,
	loadKind  = "list-load" // and that there is no need to load them now
)

// LoadLists loads the carrier lists that are a week old, of the providers that
// serve more with theirs, and says whether there is something new for UseLists.
// One replica at a time must do it. An error names what was not loaded; it is
// tried again after an hour.
func (t *Tracker) LoadLists(ctx context.Context) (loaded bool, err error) {
	var errs []error
	for _, c := range t.withLists() {
		_, fresh, err := t.memory.shared.Recall(ctx, loadKind, c.name(), t.now())
		if err != nil || fresh {
			errs = append(errs, err)
			continue
		}
		if err := t.loadList(ctx, c); err != nil {
			errs = append(errs, fmt.Errorf("load list of %s: %w", c.name(), err))
			continue
		}
		loaded = true
	}
	return loaded, errors.Join(errs...)
}

// withLists are the providers that serve more once they know their own list.
func (t *Tracker) withLists() []*client {
	var all []*client
	for _, c := range t.clients {
		if c.provider.ListCarriers != nil && c.provider.UseList != nil {
			all = append(all, c)
		}
	}
	return all
}

// loadList makes the one call for a whole list and keeps it for all replicas.
func (t *Tracker) loadList(ctx context.Context, c *client) error {
	var listed Listed
	err := t.sideCall(ctx, c, sideCall{models.CallList, models.Poll, ""}, func(ctx context.Context) (billed bool, err error) {
		listed, err = c.provider.ListCarriers(ctx, "")
		return listed.Billed, err
	})
	if err != nil {
		return errors.Join(err, t.memory.shared.Remember(ctx, loadKind, c.name(), nil, t.now().Add(listRetry)))
	}
	raw, err := json.Marshal(listed.Carriers)
	if err != nil {
		return err
	}
	if err := t.memory.shared.Remember(ctx, listKind, c.name(), raw, t.now().Add(listKept)); err != nil {
		return err
	}
	return t.memory.shared.Remember(ctx, loadKind, c.name(), nil, t.now().Add(listFresh))
}

// UseLists gives the lists that some replica has loaded to their providers, when
// they have changed since the last time.
func (t *Tracker) UseLists(ctx context.Context) error {
	var errs []error
	for _, c := range t.withLists() {
		errs = append(errs, t.useList(ctx, c))
	}
	return errors.Join(errs...)
}

func (t *Tracker) useList(ctx context.Context, c *client) error {
	raw, found, err := t.memory.shared.Recall(ctx, listKind, c.name(), t.now())
	if err != nil || !found {
		return err
	}
	c.listing.Lock()
	defer c.listing.Unlock()
	if string(raw) == c.list {
		return nil
	}
	var rows []Named
	if err := json.Unmarshal(raw, &rows); err != nil {
		return fmt.Errorf("read list of %s: %w", c.name(), err)
	}
	c.provider.UseList(rows)
	c.list = string(raw)
	return nil
}
