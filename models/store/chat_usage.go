package store

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"gorm.io/gorm"

	"waybill/models"
)

const (
	keepChatDays   = 7 * 24 * time.Hour
	keepChatMonths = 400 * 24 * time.Hour

	// sharedAfter is how old a call is when it is shared at the earliest: by then
	// its row has been committed, or else it never left (tracking.sendWithin).
	sharedAfter = 5 * time.Second
	// openFor is how long the end of a call is waited for: one that is open then
	// stays billed.
	openFor = time.Minute
)

// chatUsageRow is one chat's share of a period's calls.
type chatUsageRow struct {
	Period string `gorm:"primaryKey"`
	models.ChatUsage
}

// TableName is where GORM finds the rows.
func (chatUsageRow) TableName() string { return "chat_usage" }

// sharedUntil is the counter that says up to which start calls have been shared.
const sharedUntil = "shared_calls"

// ShareCalls adds the calls that have ended since it ran last to what each chat has
// cost. prices are yuan by "provider.kind". A call counts for the chats that follow
// its waybill then, in equal shares. Several replicas may do it at once; each call
// counts once.
func (s *Store) ShareCalls(ctx context.Context, prices map[string]float64, now models.Moment) error {
	for {
		n, err := s.shareSome(ctx, prices, now)
		if err != nil {
			return fmt.Errorf("share calls among chats: %w", err)
		}
		if n < chunk {
			return nil
		}
	}
}

// shareSome shares at most about a chunk of calls and says how many.
func (s *Store) shareSome(ctx context.Context, prices map[string]float64, now models.Moment) (int, error) {
	db := s.read.WithContext(ctx)
	var done models.Moment
	if err := db.Raw("SELECT value FROM counters WHERE name = ?", sharedUntil).Scan(&done).Error; err != nil {
		return 0, translate(db, err)
	}
	until, err := s.sharable(ctx, done, now)
	if err != nil || until <= done {
		return 0, err
	}
	var calls []callRow
	err = db.Where("started_at > ? AND started_at <= ?", done, until).Find(&calls).Error
	if err != nil {
		return 0, translate(db, err)
	}
	shares, err := s.shares(ctx, calls, prices)
	if err != nil {
		return 0, err
	}
	err = s.within(ctx, func(tx *gorm.DB) error {
		was, err := lockShared(tx)
		if err != nil || was != done { // another replica has shared them
			return err
		}
		if err := addChatUsage(tx, shares); err != nil {
			return err
		}
		return tx.Exec("UPDATE counters SET value = ? WHERE name = ?", until, sharedUntil).Error
	})
	return len(calls), err
}

// sharable is the start of the last call of a chunk that can be shared: it, and all
// calls before it, have ended or will never be said to have.
func (s *Store) sharable(ctx context.Context, done, now models.Moment) (models.Moment, error) {
	db := s.read.WithContext(ctx)
	until := now.Add(-sharedAfter)
	var open []models.Moment
	err := db.Table("calls").Where("started_at > ? AND finished_at = 0", max(done, now.Add(-openFor))).Order("started_at").Limit(1).Pluck("started_at", &open).Error
	if err != nil {
		return 0, translate(db, err)
	}
	if len(open) > 0 {
		until = min(until, open[0]-1)
	}
	var last []models.Moment
	err = db.Table("calls").Where("started_at > ? AND started_at <= ?", done, until).Order("started_at").Offset(chunk-1).Limit(1).Pluck("started_at", &last).Error
	if err == nil && len(last) > 0 {
		until = last[0]
	}
	return until, translate(db, err)
}

// lockShared locks the counter of shared calls and reads it.
func lockShared(tx *gorm.DB) (models.Moment, error) {
	var rows []counterRow
	if err := locking(tx).Where("name = ?", sharedUntil).Find(&rows).Error; err != nil {
		return 0, err
	}
	if len(rows) == 0 {
		return 0, &missingRow{&counterRow{Name: sharedUntil}}
	}
	return models.Moment(rows[0].Value), nil
}

// chatPeriod is the key of a chatUsageRow.
type chatPeriod struct {
	period string
	chat   int64
}

// shares divides calls among the chats that follow their waybills now.
func (s *Store) shares(ctx context.Context, calls []callRow, prices map[string]float64) (map[chatPeriod]models.ChatUsage, error) {
	followers, err := s.followersOf(ctx, calls)
	if err != nil {
		return nil, err
	}
	shares := map[chatPeriod]models.ChatUsage{}
	for _, c := range calls {
		chats := followers[c.Number]
		if len(chats) == 0 {
			chats = []int64{models.NoChat}
		}
		all := models.ChatUsage{Calls: 1000 * c.Count}
		if c.Billed {
			all.Billed = all.Calls
			all.Cost = int64(math.Round(prices[c.Provider+"."+string(c.Kind)] * 1e6 * float64(c.Count)))
		}
		for i, chat := range chats {
			for _, period := range []string{"d" + c.Day, "m" + c.Day[:len("2006-01")]} {
				key := chatPeriod{period, chat}
				shares[key] = plus(shares[key], part(all, i, len(chats)))
			}
		}
	}
	return shares, nil
}

// part is the share of one of n; all shares together are the whole.
func part(u models.ChatUsage, i, n int) models.ChatUsage {
	of := func(whole int64) int64 { return whole*int64(i+1)/int64(n) - whole*int64(i)/int64(n) }
	return models.ChatUsage{Calls: of(u.Calls), Billed: of(u.Billed), Cost: of(u.Cost)}
}

func plus(a, b models.ChatUsage) models.ChatUsage {
	return models.ChatUsage{ChatID: a.ChatID, Calls: a.Calls + b.Calls, Billed: a.Billed + b.Billed, Cost: a.Cost + b.Cost}
}

// followersOf finds the chats that follow the calls' waybills, by number.
func (s *Store) followersOf(ctx context.Context, calls []callRow) (map[string][]int64, error) {
	numbers := map[string]bool{}
	for _, c := range calls {
		numbers[c.Number] = true
	}
	delete(numbers, "")
	followers := map[string][]int64{}
	if len(numbers) == 0 {
		return followers, nil
	}
	db := s.read.WithContext(ctx)
	var rows []struct {
		Number string
		ChatID int64
	}
	const follows = "SELECT p.number, f.chat_id FROM parcels p JOIN follows f ON f.parcel_id = p.id WHERE p.number IN ? ORDER BY f.chat_id"
	if err := db.Raw(follows, slices.Collect(maps.Keys(numbers))).Scan(&rows).Error; err != nil {
		return nil, translate(db, err)
	}
	chats := map[int64]bool{}
	for _, r := range rows {
		chats[r.ChatID] = true
	}
	robots := map[int64]bool{} // they follow for the chats that sent news to them
	for ids := range slices.Chunk(slices.Collect(maps.Keys(chats)), chunk) {
		var some []int64
		err := db.Table("chats").Where("id IN ? AND door = ?", ids, models.RobotDoor).Pluck("id", &some).Error
		if err != nil {
			return nil, translate(db, err)
		}
		for _, id := range some {
			robots[id] = true
		}
	}
	for _, r := range rows {
		if !robots[r.ChatID] {
			followers[r.Number] = append(followers[r.Number], r.ChatID)
		}
	}
	return followers, nil
}

// addChatUsage adds shares to what is there. The caller holds the counter's lock.
func addChatUsage(tx *gorm.DB, shares map[chatPeriod]models.ChatUsage) error {
	byPeriod := map[string][]int64{}
	for key := range shares {
		byPeriod[key.period] = append(byPeriod[key.period], key.chat)
	}
	var rows []chatUsageRow
	for period, chats := range byPeriod {
		sums := map[int64]models.ChatUsage{}
		for ids := range slices.Chunk(chats, chunk) {
			var there []chatUsageRow
			if err := tx.Where("period = ? AND chat_id IN ?", period, ids).Find(&there).Error; err != nil {
				return err
			}
			for _, row := range there {
				sums[row.ChatID] = row.ChatUsage
			}
		}
		for _, chat := range chats {
			u := plus(sums[chat], shares[chatPeriod{period, chat}])
			u.ChatID = chat
			rows = append(rows, chatUsageRow{period, u})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return upsert(tx.Session(&gorm.Session{CreateBatchSize: written}), rows, []string{"period", "chat_id"}, "calls", "billed", "cost")
}

// ChatUsage are the chats for which most was paid in a period (models.OfDay,
// models.OfMonth), the dearest first, at most limit of them; none is what no chat
// follows.
func (s *Store) ChatUsage(ctx context.Context, period string, limit int) (most []models.ChatUsage, none models.ChatUsage, err error) {
	db := s.read.WithContext(ctx)
	var rows []chatUsageRow
	err = db.Where("period = ?", period).Order("cost DESC, billed DESC, calls DESC").Limit(limit + 1).Find(&rows).Error
	for _, row := range rows {
		if row.ChatID != models.NoChat && len(most) < limit {
			most = append(most, row.ChatUsage)
		}
	}
	if err == nil {
		err = db.Table("chat_usage").Where("period = ? AND chat_id = ?", period, models.NoChat).Limit(1).Find(&none).Error
	}
	if err != nil {
		return nil, none, fmt.Errorf("read usage by chat: %w", translate(db, err))
	}
	return most, none, nil
}

// moveChatUsage adds what one chat has cost to another's, or to what no chat follows.
func moveChatUsage(tx *gorm.DB, from, to int64) error {
	if _, err := lockShared(tx); err != nil {
		return err
	}
	var rows []chatUsageRow
	if err := tx.Where("chat_id = ?", from).Find(&rows).Error; err != nil {
		return err
	}
	shares := map[chatPeriod]models.ChatUsage{}
	for _, row := range rows {
		shares[chatPeriod{row.Period, to}] = row.ChatUsage
	}
	if err := addChatUsage(tx, shares); err != nil {
		return err
	}
	return tx.Exec("DELETE FROM chat_usage WHERE chat_id = ?", from).Error
}
