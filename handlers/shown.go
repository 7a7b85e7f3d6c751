package handlers

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"waybill/models"
)

// shownLives is how long it is remembered what a chat was shown last.
const shownLives = 24 * time.Hour

// lastShown is what a chat was shown last, and what the words of its last command meant
// that changed something: handled once more, they must mean the same.
type lastShown struct {
	Parcel  int64         `json:"p,omitempty"` // whose buttons stood under it; 0 when it was a list, or several
	List    bool          `json:"l,omitempty"`
	At      models.Moment `json:"t,omitempty"`
	Arrival int64         `json:"a,omitempty"`
	Picked  []int64       `json:"k,omitempty"` // the parcels that Arrival named
	Rest    string        `json:"r,omitempty"` // picked.rest
}

// recallShown reads it, once in a turn.
func (t *turn) recallShown(ctx context.Context) (lastShown, error) {
	if t.shown != nil {
		return *t.shown, nil
	}
	value, ok, err := t.store.Recall(ctx, models.MemoryShown, t.chat.Key(), t.now)
	if err != nil {
		return lastShown{}, wrap("recall what was shown", err)
	}
	var s lastShown
	if ok {
		_ = json.Unmarshal(value, &s) // what another version wrote says nothing
	}
	t.shown = &s
	return s, nil
}

func (t *turn) rememberShown(ctx context.Context, s lastShown) error {
	value, err := json.Marshal(s)
	if err != nil {
		return wrap("write what was shown", err)
	}
	t.shown = &s
	return wrap("remember what was shown", t.store.Remember(ctx, models.MemoryShown, t.chat.Key(), value, t.now.Add(shownLives)))
}

// noteShown remembers what the replies show: one parcel with its buttons, or a list.
func (t *turn) noteShown(ctx context.Context, replies []Reply) error {
	id := int64(0)
	for _, r := range replies {
		for _, row := range r.Buttons {
			for _, b := range row {
				if what, about, _ := strings.Cut(b.Data, ":"); what == "d" && !isDigits(b.Text) { // a list's row is no parcel's own
					id, _ = strconv.ParseInt(about, 10, 64)
				}
			}
		}
	}
	if id == 0 && !t.listedNow {
		return nil
	}
	var s lastShown // what another message's words meant is not needed any more
	if t.shown != nil {
		s = *t.shown
	}
	s.Parcel, s.List, s.At = id, id == 0, models.At(t.settings.Now())
	return t.rememberShown(ctx, s)
}

// shownLast is the parcel that a typed label is about: the one whose buttons the chat
// was shown last, in an answer or in a notification; false when it was a list.
func (t *turn) shownLast(ctx context.Context) (models.Followed, bool, error) {
	s, err := t.recallShown(ctx)
	if err != nil {
		return models.Followed{}, false, err
	}
	all, err := t.follows(ctx, true)
	if err != nil {
		return models.Followed{}, false, err
	}
	if f, ok := newsSince(all, s.At); ok {
		return f, true, nil
	}
	shown, err := t.followsOf(ctx, []int64{s.Parcel})
	if err != nil || len(shown) == 0 {
		return models.Followed{}, false, err
	}
	return shown[0], true, nil
}

// newsSince is the parcel of which news was delivered last, if that was after m.
func newsSince(all []models.Followed, m models.Moment) (last models.Followed, ok bool) {
	for _, f := range all {
		delivered := f.Follow.DeliveredSeq > 0 && !f.Follow.Pending() && f.Parcel.NewsAt > m
		if delivered && f.Follow.News("") == models.NewsAll && (!ok || f.Parcel.NewsAt > last.Parcel.NewsAt) {
			last, ok = f, true
		}
	}
	return last, ok
}

// listShownLast says that the last that the chat was shown is a list.
func (t *turn) listShownLast(ctx context.Context) (bool, error) {
	s, err := t.recallShown(ctx)
	if err != nil || !s.List {
		return false, err
	}
	all, err := t.follows(ctx, true)
	_, news := newsSince(all, s.At)
	return !news, err
}

// notePicked remembers what the words of this message mean before they change it.
func (t *turn) notePicked(ctx context.Context, p picked) error {
	if !p.byWords || t.m.Arrival == 0 {
		return nil
	}
	s, err := t.recallShown(ctx)
	if err != nil {
		return err
	}
	s.Arrival, s.Picked, s.Rest = t.m.Arrival, nil, p.rest
	for _, f := range p.rows {
		s.Picked = append(s.Picked, f.Parcel.ID)
	}
	for _, gone := range p.gone {
		s.Picked = append(s.Picked, gone.ID)
	}
	return t.rememberShown(ctx, s)
}

// pickedBefore is what the same message meant when it was handled before; p when it
// was not.
func (t *turn) pickedBefore(ctx context.Context, p picked) (picked, error) {
	if t.m.Arrival == 0 {
		return p, nil
	}
	s, err := t.recallShown(ctx)
	if err != nil || s.Arrival != t.m.Arrival {
		return p, err
	}
	all, err := t.followsOf(ctx, s.Picked)
	if err != nil {
		return p, err
	}
	before := picked{rest: s.Rest, byWords: true}
	for _, id := range s.Picked {
		if before.add(all, func(f models.Followed) bool { return f.Parcel.ID == id }) {
			continue
		}
		gone, err := t.store.Parcel(ctx, id)
		if err != nil {
			return p, wrap("read parcel", err)
		}
		before.gone = append(before.gone, gone)
	}
	return before, nil
}
