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
	listAgain = time.Hour   // a list that could not be loaded is tried again
	listKind  = "list"      // of what is remembered: the rows,
	loadKind  = "list-load" // and that there is no need to load them now
)

// LoadLists loads the carrier lists that are a week old, of the providers that
// learn from theirs, and says whether there is something new to Learn. One
// replica at a time must do it. An error names what was not loaded; it is
// tried again after an hour.
func (t *Tracker) LoadLists(ctx context.Context) (loaded bool, err error) {
	var errs []error
	for _, d := range t.learners() {
		_, fresh, err := t.Memory.Recall(ctx, loadKind, d.Name(), t.now())
		if err != nil || fresh {
			errs = append(errs, err)
			continue
		}
		if err := t.load(ctx, d); err != nil {
			errs = append(errs, fmt.Errorf("load list of %s: %w", d.Name(), err))
			continue
		}
		loaded = true
	}
	return loaded, errors.Join(errs...)
}

// learners are the providers that serve more once they know their own list.
func (t *Tracker) learners() []*desk {
	var all []*desk
	for _, p := range t.Providers {
		_, lists := p.(Lister)
		_, learns := p.(Learner)
		if lists && learns {
			all = append(all, t.desks[p.Name()])
		}
	}
	return all
}

// load makes the one call for a whole list and keeps it for all replicas.
func (t *Tracker) load(ctx context.Context, d *desk) error {
	lister, ok := d.Provider.(Lister)
	if !ok {
		return nil
	}
	var listed Listed
	err := t.side(ctx, d, errand{models.CallList, models.Poll, ""}, func(ctx context.Context) (billed bool, err error) {
		listed, err = lister.Carriers(ctx, "")
		return listed.Billed, err
	})
	if err != nil {
		return errors.Join(err, t.Memory.Remember(ctx, loadKind, d.Name(), nil, t.now().Add(listAgain)))
	}
	raw, err := json.Marshal(listed.Carriers)
	if err != nil {
		return err
	}
	if err := t.Memory.Remember(ctx, listKind, d.Name(), raw, t.now().Add(listKept)); err != nil {
		return err
	}
	return t.Memory.Remember(ctx, loadKind, d.Name(), nil, t.now().Add(listFresh))
}

// Learn hands the lists that some replica has loaded to their providers, when
// they have changed since the last time.
func (t *Tracker) Learn(ctx context.Context) error {
	var errs []error
	for _, d := range t.learners() {
		errs = append(errs, t.learn(ctx, d))
	}
	return errors.Join(errs...)
}

func (t *Tracker) learn(ctx context.Context, d *desk) error {
	raw, ok, err := t.Memory.Recall(ctx, listKind, d.Name(), t.now())
	if err != nil || !ok {
		return err
	}
	d.lesson.Lock()
	defer d.lesson.Unlock()
	if string(raw) == d.learned {
		return nil
	}
	var rows []Named
	if err := json.Unmarshal(raw, &rows); err != nil {
		return fmt.Errorf("read list of %s: %w", d.Name(), err)
	}
	if pupil, ok := d.Provider.(Learner); ok {
		pupil.Learn(rows)
	}
	d.learned = string(raw)
	return nil
}
