package handlers

import (
	"context"
	"slices"
	"strconv"

	"waybill/models"
)

// example is a number to show people how to send one.
const example = "SF1000000000015"

const (
	pressedRows = 20 // rows of a list that have a button, at most
	rowsAcross  = 5  // of their buttons side by side
)

// maxListed is how many rows one list shows; the rest is counted.
const maxListed = 60

// list shows the chat's parcels, and remembers their rows.
func (t *turn) list(ctx context.Context, all bool) ([]Reply, error) {
	rows, err := t.follows(ctx, all)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return t.emptyList(ctx, all)
	}
	total, err := t.countListed(ctx, rows, all)
	if err != nil {
		return nil, err
	}
	shown := rows[:min(len(rows), maxListed)]
	if err := t.rememberRows(ctx, shown); err != nil {
		return nil, err
	}
	newest, err := t.newestScans(ctx, shown)
	if err != nil {
		return nil, err
	}
	key := "list.live"
	if all {
		key = "list.all"
	}
	blocks, when := []Block{t.render.sentence(key, "Count", total)}, t.asksWhen()
	for i, f := range shown {
		var expected models.Expected
		if when {
			expected = t.expected(ctx, f.Parcel)
		}
		row := t.render.row(i+1, f, expected, t.chat.News, newest[f.Parcel.ID])
		if g := groupOf(f); total >= grouped && (i == 0 || groupOf(shown[i-1]) != g) {
			row = append(Block{Line{}, Line{{Text: t.render.say(g.key()), Style: Strong}}}, row...)
		}
		blocks = append(blocks, row)
	}
	if more := total - len(shown); more > 0 {
		blocks = append(blocks, t.render.sentence("list.more", "Count", more))
	}
	if hears := t.render.hears(t.chat); hears != nil {
		blocks = append(blocks, append(Block{Line{}}, hears...))
	}
	return []Reply{{Blocks: blocks, Buttons: t.rowButtons(shown)}}, nil
}

// countListed is how many parcels a list is of, with those that are not at hand.
func (t *turn) countListed(ctx context.Context, rows []models.Followed, all bool) (int, error) {
	if !all {
		return len(rows), nil
	}
	live, done, err := t.store.CountFollowed(ctx, t.chat.ID)
	return live + done, wrap("count parcels", err)
}

// rowButtons are the rows' numbers as buttons that open their details, where the
// platform shows buttons under a message; elsewhere a number is typed.
func (t *turn) rowButtons(shown []models.Followed) [][]Button {
	if !t.traits().Keyboard {
		return nil
	}
	var all []Button
	for i, f := range shown[:min(len(shown), pressedRows)] {
		all = append(all, Button{Text: strconv.Itoa(i + 1), Data: "d:" + strconv.FormatInt(f.Parcel.ID, 10)})
	}
	return slices.Collect(slices.Chunk(all, rowsAcross))
}

// hears says how much a chat is told when that is not everything at once; else nil.
func (r renderer) hears(c models.Chat) Block {
	switch c.News {
	case models.NewsUrgent:
		return r.sentence("hears.urgent")
	case models.NewsProblems:
		return r.sentence("hears.problems")
	case models.NewsDaily:
		return r.sentence("hears.daily", "At", clockTime(c.NewsAt))
	}
	return nil
}

// whereAre answers where the chat's parcels are: one of them with its whole answer,
// several as a list.
func (t *turn) whereAre(ctx context.Context) ([]Reply, error) {
	live, err := t.follows(ctx, false)
	if err != nil {
		return nil, err
	}
	if len(live) != 1 {
		return t.list(ctx, false)
	}
	if err := t.rememberRows(ctx, live); err != nil {
		return nil, err
	}
	return t.results(ctx, []step{asStored(live[0])}, false)
}

// asStored is a followed parcel of which nobody has been asked.
func asStored(row models.Followed) followed {
	f := followed{checked: checked{stored: true, answer: models.Checked{Parcel: row.Parcel}}}
	f.follow, f.parcel, f.number = row.Follow, row.Parcel, row.Parcel.Number
	return f
}

func (t *turn) emptyList(ctx context.Context, all bool) ([]Reply, error) {
	if err := t.rememberRows(ctx, nil); err != nil {
		return nil, err
	}
	if all {
		return t.render.reply("list.empty", "Number", example), nil
	}
	_, done, err := t.store.CountFollowed(ctx, t.chat.ID)
	if err != nil {
		return nil, wrap("count parcels", err)
	}
	if done > 0 {
		return t.render.reply("list.only_done", "Count", done, "Number", example), nil
	}
	return t.render.reply("list.empty", "Number", example), nil
}

func (t *turn) rememberRows(ctx context.Context, rows []models.Followed) error {
	ids := make([]int64, len(rows))
	for i, f := range rows {
		ids[i] = f.Parcel.ID
	}
	t.chat.Listed, t.listedNow = ids, len(ids) > 0
	return wrap("remember list", t.store.SetListed(ctx, t.chat.ID, ids))
}

// details shows a parcel's whole trace, how its carrier is reached, and where its page is;
// and, where the parcel is asked for alone, the picture of its journey.
func (t *turn) details(ctx context.Context, f models.Followed, alone bool) ([]Reply, error) {
	if !f.Follow.Opens(f.Parcel) {
		return []Reply{{Blocks: []Block{{t.render.head(f.Parcel, f.Follow.Name)}, t.render.sentence("tail.unverified")}}}, nil
	}
	history, err := t.store.History(ctx, f.Parcel.ID, 0, 0)
	if err != nil {
		return nil, wrap("read history", err)
	}
	found := scans(history)
	blocks := t.render.trace(f.Parcel, t.expected(ctx, f.Parcel), f.Follow.Name, found, 0)
	if len(found) == 0 {
		blocks = append(blocks, t.render.sentence(nothingFound(f.Parcel)))
	}
	if trouble := t.render.trouble(f.Parcel); trouble != nil {
		blocks = append(blocks, trouble)
	} else if reach := t.render.reach(f.Parcel.Carrier); reach != nil {
		blocks = append(blocks, Block{reach})
	}
	if page := t.render.page(f); page != nil {
		blocks = append(blocks, page)
	}
	replies := []Reply{{Blocks: blocks, Buttons: t.render.parcelButtons(f.Follow, f.Parcel, t.chat.News)}}
	if alone {
		replies = t.pictured(ctx, replies, f, found)
	}
	return replies, nil
}
