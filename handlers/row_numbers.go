package handlers

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"waybill/models"
	"waybill/tracking/recognise"
)

// listedRow shows a row of the last list whose number was all that was said. Where any
// reply keeps messages coming, the list has to be the last thing shown.
func (t *turn) listedRow(ctx context.Context, rows []int) ([]Reply, error) {
	if len(t.chat.Listed) == 0 || t.chat.Listed[0] < 0 {
		return nil, nil
	}
	if t.traits().Metered {
		if last, err := t.listShownLast(ctx); err != nil || !last {
			return nil, err
		}
	}
	p, err := t.pickRows(ctx, rows)
	if err != nil {
		return nil, err
	}
	return t.about(ctx, verbDetail, p)
}

// quotedRow is for a row number under a list that it quotes, whichever list was
// shown since: the parcel of that row; nil when the quoted text has no such rows.
func (t *turn) quotedRow(ctx context.Context, text string) ([]Reply, error) {
	rows, ok := rowsIn(text)
	if !ok || t.overheard() {
		return nil, nil
	}
	var numbers []string
	for line := range strings.Lines(t.m.Attached) {
		at, rest, _ := strings.Cut(strings.TrimSpace(line), ". ")
		n, err := strconv.Atoi(at)
		if found := recognise.Text(rest).Numbers; err == nil && slices.Contains(rows, n) && len(found) == 1 {
			numbers = append(numbers, found[0].Number)
		}
	}
	if len(numbers) == 0 {
		return nil, nil
	}
	p, err := t.pickAll(ctx, strings.Join(numbers, " "))
	if err != nil {
		return nil, err
	}
	return t.about(ctx, verbDetail, p)
}

// pickRows takes row numbers as those of the last list shown; before the first
// one, as those of the list that would be shown now.
func (t *turn) pickRows(ctx context.Context, rows []int) (picked, error) {
	listed, err := t.listed(ctx)
	if err != nil {
		return picked{}, err
	}
	var named []int64
	for _, n := range rows {
		if n <= len(listed) {
			named = append(named, listed[n-1])
		}
	}
	all, err := t.followsOf(ctx, named)
	if err != nil {
		return picked{}, err
	}
	var p picked
	for _, n := range rows {
		if n > len(listed) {
			p.unknown = strconv.Itoa(n)
			continue
		}
		id := listed[n-1]
		if p.add(all, func(f models.Followed) bool { return f.Parcel.ID == id }) {
			continue
		}
		gone, err := t.store.Parcel(ctx, id)
		switch {
		case err == nil:
			p.gone = append(p.gone, gone)
		case errors.Is(err, models.ErrNotFound):
			p.unknown = strconv.Itoa(n)
		default:
			return p, wrap("read parcel", err)
		}
	}
	return p, nil
}

// listed are the parcels of the last list shown. A list that nobody has seen is
// remembered too, because a message may be handled twice and must mean the same
// rows then; its ids are stored below zero, and a parcel followed since ends it.
func (t *turn) listed(ctx context.Context) ([]int64, error) {
	last := t.chat.Listed
	if len(last) > 0 && last[0] > 0 {
		return last, nil
	}
	moving, err := t.follows(ctx, false)
	if err != nil {
		return nil, err
	}
	var live, unseen []int64
	for _, f := range moving {
		live, unseen = append(live, f.Parcel.ID), append(unseen, -f.Parcel.ID)
	}
	if isNew := func(id int64) bool { return !slices.Contains(last, id) }; !slices.ContainsFunc(unseen, isNew) {
		for i, id := range last {
			last[i] = -id
		}
		return last, nil
	}
	t.chat.Listed = unseen
	return live, wrap("remember rows", t.store.SetListed(ctx, t.chat.ID, unseen))
}

// longestRow is how many digits a row has at most: a list is never that long.
const longestRow = 2

// maxRow is the highest row number that a range may reach, so that 1-99999999
// costs nothing.
const maxRow = 999

// rowsIn reads row numbers: 2, "1 3", 1,3, 1-3, 第2个. False when anything
// else is among them.
func rowsIn(text string) ([]int, bool) {
	var rows []int
	for _, word := range rowWords(text) {
		some, ok := rowRange(word)
		if !ok {
			return nil, false
		}
		rows = append(rows, some...)
	}
	return rows, len(rows) > 0
}

func rowWords(text string) []string {
	return strings.FieldsFunc(fold(text), func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(",、;和跟&+。.!", r)
	})
}

func rowRange(word string) ([]int, bool) {
	word = strings.NewReplacer("~", "-", "到", "-", "至", "-", "–", "-", "—", "-").Replace(strings.TrimPrefix(word, "#"))
	low, high, ranged := strings.Cut(word, "-")
	if isDigits(low) && (low[0] == '0' || !ranged && len(low) > longestRow) {
		return nil, false // the end of a number
	}
	from, ok := row(low)
	if !ok || !ranged {
		return []int{from}, ok
	}
	to, ok := row(high)
	if !ok || to < from {
		return nil, false
	}
	var rows []int
	for n := from; n <= to; n++ {
		rows = append(rows, n)
	}
	return rows, true
}

func row(word string) (int, bool) {
	word, ordinal := strings.CutPrefix(word, "第")
	for _, counter := range []string{"号", "號", "行", "个", "個", "条", "條", "单", "單", "件"} {
		word = strings.TrimSuffix(word, counter)
	}
	if ordinal {
		if n, ok := numeral(word); ok {
			return n, true
		}
	}
	n, err := strconv.Atoi(word)
	return n, err == nil && n > 0 && n <= maxRow
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// numeral reads 一 to 九十九.
func numeral(word string) (int, bool) {
	tens, ones, ten := strings.Cut(word, "十")
	if !ten {
		n := figure(word)
		return n, n > 0
	}
	high, low := 1, figure(ones)
	if tens != "" {
		high = figure(tens)
	}
	return high*10 + low, high > 0 && (low > 0 || ones == "")
}

// figure reads 一 to 九; 0 is anything else.
func figure(word string) int {
	r, size := utf8.DecodeRuneInString(word)
	if size != len(word) {
		return 0
	}
	return slices.Index([]rune("一二三四五六七八九"), r) + 1
}
