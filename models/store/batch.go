package store

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"waybill/models"
)

// FollowBatch has a chat follow a part of a table in one transaction, and says of each
// item what became of it: parcels that nobody knew are due at once, what the chat
// follows already stays as it is. Of that, an item's tail is counts where the parcel
// still wants one. Some hundred items are a good part. What is known of a parcel
// counts as delivered: the import's summary tells it.
func (s *Store) FollowBatch(ctx context.Context, b models.Batch, now models.Moment) ([]models.BatchResult, error) {
	w := &batch{Batch: b, s: s, now: now, day: now.Day()}
	if err := w.ensure(ctx); err != nil {
		return nil, fmt.Errorf("make parcels: %w", err)
	}
	err := s.within(ctx, func(tx *gorm.DB) error {
		for _, step := range []func(*gorm.DB) error{w.lock, w.reserveTails, w.decide, w.write} {
			if err := step(tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("follow table: %w", named(err))
	}
	return w.results, nil
}

// batch is a Batch on its way into the database.
type batch struct {
	models.Batch
	s   *Store
	now models.Moment
	day string

	parcels map[parcelKey]parcelRow
	follows map[int64]models.Follow // by parcel
	live    int
	tails   map[string]bool // numbers of which a tail may be tried

	results []models.BatchResult
	begun   []models.Follow
	retried []models.Follow // with another tail
}

type parcelKey struct {
	number  string
	carrier models.Carrier
}

func (w *batch) key(i models.Item) parcelKey {
	return parcelKey{cut(i.Number, sizeNumber), cut(i.Carrier, sizeCarrier)}
}

// ensure makes the parcels that are not there, followed by nobody and not due, and the
// rows by which attempts are counted.
func (w *batch) ensure(ctx context.Context) error {
	var rows []parcelRow
	var attempts []any
	marks := ""
	for _, i := range w.Items {
		k := w.key(i)
		rows = append(rows, parcelRow{LeftAt: w.now, Parcel: models.Parcel{
			Number: k.number, Carrier: k.carrier, Lang: cut(w.Lang, sizeLang), TailNeeded: w.needsTail(k.carrier), StatusAt: w.now, Version: 1,
			DueAt: models.Never, CreatedAt: w.now,
		}})
		if i.Tail != "" {
			marks += ",(?, ?, ?, 0),(?, ?, ?, 0)"
			attempts = append(attempts, k.number, w.day, allChats, k.number, w.day, w.ChatID)
		}
	}
	err := w.s.within(ctx, func(tx *gorm.DB) error { return tx.Clauses(w.s.ignore()).CreateInBatches(rows, written).Error })
	if err != nil || marks == "" {
		return err
	}
	sql := "INSERT " + w.s.driver.words().ignore + " INTO tail_attempts (number, day, chat_id, count) VALUES " + marks[1:]
	_, err = w.s.change(ctx, sql, attempts...)
	return err
}

func (w *batch) needsTail(c models.Carrier) bool { return slices.Contains(w.TailCarriers, c) }

// lock locks the parcels, the chat and its follows of them.
func (w *batch) lock(tx *gorm.DB) error {
	w.parcels, w.follows, w.live = map[parcelKey]parcelRow{}, map[int64]models.Follow{}, 0
	sought := map[parcelKey]bool{}
	var numbers []string
	for _, i := range w.Items {
		sought[w.key(i)] = true
		numbers = append(numbers, w.key(i).number)
	}
	var found []models.Parcel
	if err := tx.Select("id", "number", "carrier").Where("number IN ?", numbers).Find(&found).Error; err != nil {
		return err
	}
	var ids []int64
	for _, p := range found {
		if sought[parcelKey{p.Number, p.Carrier}] {
			ids = append(ids, p.ID)
		}
	}
	rows, err := lockParcels(tx, ids)
	if err != nil {
		return err
	}
	for _, row := range rows {
		w.parcels[parcelKey{row.Number, row.Carrier}] = row
	}
	if _, err := lockChats(tx, []int64{w.ChatID}); err != nil {
		return err
	}
	var follows []models.Follow
	if err := locking(tx).Where("chat_id = ? AND parcel_id IN ?", w.ChatID, ids).Order("id").Find(&follows).Error; err != nil {
		return err
	}
	for _, f := range follows {
		w.follows[f.ParcelID] = f
	}
	if w.Max <= 0 {
		return nil
	}
	return tx.Raw(liveFollows, w.ChatID).Scan(&w.live).Error
}

// reserveTails takes an attempt for each tail, as long as there are some left today.
func (w *batch) reserveTails(tx *gorm.DB) error {
	w.tails = map[string]bool{}
	var numbers []string
	for _, i := range w.Items {
		p, ok := w.parcels[w.key(i)]
		if f := w.follows[p.ID]; i.Tail != "" && ok && (p.TailNeeded || w.needsTail(p.Carrier)) && f.TailState != models.TailOK {
			numbers = append(numbers, w.key(i).number)
		}
	}
	if len(numbers) == 0 {
		return nil
	}
	chats := []int64{allChats, w.ChatID}
	var counts []struct {
		Number string
		ChatID int64
		Count  int
	}
	err := locking(tx.Table("tail_attempts")).Select("number", "chat_id", "count").
		Where("number IN ? AND day = ? AND chat_id IN ?", numbers, w.day, chats).Find(&counts).Error
	if err != nil {
		return err
	}
	exhausted := map[string]bool{}
	for _, row := range counts {
		most := w.AttemptsOfChat
		if row.ChatID == allChats {
			most = w.AttemptsOfWaybill
		}
		exhausted[row.Number] = exhausted[row.Number] || row.Count >= most
	}
	numbers = slices.DeleteFunc(numbers, func(n string) bool { return exhausted[n] })
	for _, n := range numbers {
		w.tails[n] = true
	}
	if len(numbers) == 0 {
		return nil
	}
	const take = "UPDATE tail_attempts SET count = count + 1 WHERE number IN ? AND day = ? AND chat_id IN ?"
	return tx.Exec(take, numbers, w.day, chats).Error
}

// decide makes the rows: those that are new, and those with another tail.
func (w *batch) decide(*gorm.DB) error {
	w.results, w.begun, w.retried = make([]models.BatchResult, len(w.Items)), nil, nil
	for at, i := range w.Items {
		p, ok := w.parcels[w.key(i)]
		if !ok {
			return errAgain // another process has just removed it
		}
		p.TailNeeded = p.TailNeeded || w.needsTail(p.Carrier)
		f, followed := w.follows[p.ID]
		if !followed {
			if w.Max > 0 && p.Live() && w.live >= w.Max {
				w.results[at].Full = true
				continue
			}
			f = models.Follow{ChatID: w.ChatID, ParcelID: p.ID, Name: cut(i.Name, sizeName), DeliveredSeq: p.Seq, ImportedAt: w.Started, DoneAt: p.DoneAt, CreatedAt: w.now}
		}
		tried, err := w.try(&f, p, i)
		if err != nil {
			return err
		}
		switch {
		case !followed:
			w.begun = append(w.begun, f)
			w.results[at].Begun = true
			if p.Live() {
				w.live++
			}
		case tried:
			w.retried = append(w.retried, f)
		}
		w.follows[p.ID] = f
		w.results[at].Locked = p.TailNeeded && f.TailState.Wanting()
	}
	return nil
}

// try gives a follow the item's tail, where the parcel wants one.
func (w *batch) try(f *models.Follow, p parcelRow, i models.Item) (bool, error) {
	if i.Tail == "" || !p.TailNeeded || f.TailState == models.TailOK || !w.tails[p.Number] {
		return false, nil
	}
	sealed, err := w.s.sealer.Seal(followBind(w.ChatID, p.ID), i.Tail)
	if err != nil {
		return false, fmt.Errorf("seal tail: %w", err)
	}
	f.Tail, f.TailState, f.ImportedAt, f.PendingSeq = sealed, models.TailUntried, w.Started, 0
	f.DeliveredSeq = max(f.DeliveredSeq, p.Seq)
	return true, nil
}

// write stores the rows, and puts the parcels into the queue.
func (w *batch) write(tx *gorm.DB) error {
	if len(w.begun) > 0 {
		if err := tx.CreateInBatches(&w.begun, written).Error; err != nil {
			return err
		}
	}
	for part := range slices.Chunk(w.retried, written) {
		if err := upsert(tx, &part, []string{"id"}, "tail", "tail_state", "imported_at", "delivered_seq", "pending_seq"); err != nil {
			return err
		}
	}
	ids, wanting, tried := w.parcelIDs()
	for _, change := range []struct {
		sql  string
		args []any
	}{
		{"UPDATE parcels SET left_at = 0 WHERE id IN ? AND left_at > 0", []any{ids}},
		{"UPDATE parcels SET tail_needed = ?, version = version + 1 WHERE id IN ? AND tail_needed = ?", []any{true, wanting, false}},
		{speakChinese + " WHERE id IN ? AND lang <> '' AND lang <> ?", []any{ids, cut(w.Lang, sizeLang)}},
		{"UPDATE parcels SET due_at = ?, next_at = ? WHERE id IN ? AND done_at = 0 AND due_at > ?", []any{w.now, w.now, tried, w.now}},
	} {
		if err := tx.Exec(change.sql, change.args...).Error; err != nil {
			return err
		}
	}
	return unpark(tx, ids, w.now)
}

// parcelIDs are the parcels that the chat follows now, those of them that want a tail,
// and those of which another tail is to be tried.
func (w *batch) parcelIDs() (ids, wanting, tried []int64) {
	for _, p := range w.parcels {
		if _, followed := w.follows[p.ID]; !followed {
			continue
		}
		ids = append(ids, p.ID)
		if w.needsTail(p.Carrier) {
			wanting = append(wanting, p.ID)
		}
	}
	for _, f := range w.retried {
		tried = append(tried, f.ParcelID)
	}
	return ids, wanting, tried
}
