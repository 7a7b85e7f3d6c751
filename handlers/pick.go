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

// picked is what the beginning of an argument points at.
type picked struct {
	rows    []models.Followed
	gone    []models.Parcel   // of listed rows, which the chat does not follow any more
	several []models.Followed // what a word may mean, of which one has to be chosen
	rest    string            // what follows, as written
	unknown string            // a row, number or name that there is none of, as written; "" when all was found
	byWords bool              // some of it was found by a name, a carrier or a part of a number
}

// found says that an argument points at parcels, and at nothing else.
func (p picked) found() bool {
	return p.unknown == "" && len(p.rows)+len(p.gone)+len(p.several) > 0
}

// pick finds the one parcel that opens an argument, by row, number or name, and
// leaves what follows it.
func (t *turn) pick(ctx context.Context, args string) (picked, error) {
	args = strings.TrimSpace(args)
	all, err := t.follows(ctx, true)
	if err != nil {
		return picked{}, err
	}
	if p := openingName(args, all); p.found() {
		return p, nil
	}
	first, rest := cutWord(args)
	p, err := t.pickAll(ctx, first)
	if err != nil || p.found() || rest == "" {
		p.rest = strings.TrimSpace(rest)
		return p, err
	}
	if named, err := t.pickAll(ctx, args); err != nil || len(named.rows) == 1 {
		return named, err // a part of a name, of several words
	}
	p.rest = strings.TrimSpace(rest)
	return p, nil
}

// openingName is the parcel whose name opens an argument; the longest name wins.
func openingName(args string, all []models.Followed) picked {
	p, length := picked{byWords: true}, 0
	for _, f := range all {
		name := f.Follow.Name
		if name == "" || len(name) < length || len(args) < len(name) || !strings.EqualFold(args[:len(name)], name) {
			continue
		}
		if rest := args[len(name):]; rest != "" && !unicode.IsSpace([]rune(rest)[0]) {
			continue
		}
		if len(name) > length {
			p.rows, length = nil, len(name)
		}
		p.rows = append(p.rows, f)
	}
	p.rest = strings.TrimSpace(args[length:])
	if len(p.rows) > 1 {
		p.several, p.rows = p.rows, nil
	}
	return p
}

// cutWord parts the first word from the rest: at white space, or where the
// letters and digits of a row or number end (2妈妈的茶叶).
func cutWord(args string) (first, rest string) {
	opens, _ := utf8.DecodeRuneInString(fold(args))
	for at, r := range args {
		half, _ := utf8.DecodeRuneInString(fold(string(r)))
		glued := opens < utf8.RuneSelf && half >= utf8.RuneSelf
		if unicode.IsSpace(r) || glued {
			return args[:at], args[at:]
		}
	}
	return args, ""
}

// pickAll finds every parcel that an argument names: all of it by rows, or by one
// name or carrier; else word by word. Where a word may mean several, they are left
// to choose from.
func (t *turn) pickAll(ctx context.Context, args string) (picked, error) {
	all, err := t.follows(ctx, true)
	if err != nil {
		return picked{}, err
	}
	if rows, ok := rowsIn(args); ok {
		return t.pickRows(ctx, rows, all)
	}
	var p picked
	if whole, byWords := t.meant(args, all); len(whole) > 0 {
		p.take(whole, byWords)
		return p, nil
	}
	for _, word := range rowWords(args) {
		if rows, ok := rowRange(word); ok {
			some, err := t.pickRows(ctx, rows, all)
			if err != nil {
				return picked{}, err
			}
			p.merge(some)
			continue
		}
		hits, byWords := t.meant(word, all)
		if len(hits) == 0 {
			p.unknown = word
		}
		p.take(hits, byWords)
	}
	return p, nil
}

// take adds what a word means; several that it may mean are to choose from.
func (p *picked) take(hits []models.Followed, byWords bool) {
	p.byWords = p.byWords || byWords
	if byWords && len(hits) > 1 {
		p.several = append(p.several, hits...)
		return
	}
	p.add(hits, func(models.Followed) bool { return true })
}

func (p *picked) merge(more picked) {
	p.add(more.rows, func(models.Followed) bool { return true })
	p.gone = append(p.gone, more.gone...)
	if more.unknown != "" {
		p.unknown = more.unknown
	}
}

// shortestEnd is how many letters and digits of a number's end name it, at least.
const shortestEnd = 3

// longestEnd is up to how many of them are taken for an end, and not for a number
// that is not followed.
const longestEnd = 8

// meant is what somebody may mean with a word: a number, a name, the end of a number,
// a part of a name, or a carrier, in this order.
func (t *turn) meant(word string, all []models.Followed) (hits []models.Followed, byWords bool) {
	name := strings.ToLower(strings.Join(strings.Fields(fold(word)), " "))
	number := recognise.Normalise(strings.TrimSpace(word))
	if name == "" {
		return nil, false
	}
	nameOf := func(f models.Followed) string { return strings.ToLower(fold(f.Follow.Name)) }
	carrier, isCarrier := t.settings.Carriers.Typed(name)
	for i, matches := range []func(models.Followed) bool{
		func(f models.Followed) bool { return f.Parcel.Number == number },
		func(f models.Followed) bool { return nameOf(f) == name },
		func(f models.Followed) bool { return isEnd(number) && strings.HasSuffix(f.Parcel.Number, number) },
		func(f models.Followed) bool { return isPart(name) && strings.Contains(nameOf(f), name) },
		func(f models.Followed) bool { return isCarrier && f.Parcel.Carrier == carrier },
	} {
		var p picked
		if p.add(all, matches) {
			return p.rows, i > 0
		}
	}
	return nil, false
}

func isEnd(s string) bool {
	return len(s) >= shortestEnd && len(s) <= longestEnd && strings.Trim(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" && strings.ContainsAny(s, "0123456789")
}

// isPart says that a word is long enough for a part of a name: one letter is not.
func isPart(name string) bool {
	return len(name) > 1 && strings.Trim(name, "0123456789 ") != ""
}

// pickRows takes row numbers as those of the last list shown; before the first
// one, as those of the list that would be shown now.
func (t *turn) pickRows(ctx context.Context, rows []int, all []models.Followed) (picked, error) {
	listed, err := t.listed(ctx, all)
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
func (t *turn) listed(ctx context.Context, all []models.Followed) ([]int64, error) {
	last := t.chat.Listed
	if len(last) > 0 && last[0] > 0 {
		return last, nil
	}
	var live, unseen []int64
	for _, f := range all {
		if f.Parcel.Live() {
			live, unseen = append(live, f.Parcel.ID), append(unseen, -f.Parcel.ID)
		}
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

// add takes what matches into the pick, each parcel once; false when nothing does.
func (p *picked) add(all []models.Followed, matches func(models.Followed) bool) (found bool) {
	for _, f := range all {
		if !matches(f) {
			continue
		}
		found = true
		if !slices.ContainsFunc(p.rows, func(had models.Followed) bool { return had.Parcel.ID == f.Parcel.ID }) {
			p.rows = append(p.rows, f)
		}
	}
	return found
}

// notFound says that an argument led nowhere, with an example of the command.
func (t *turn) notFound(p picked, word string) []Reply {
	if len(p.gone) > 0 && p.unknown == "" {
		return t.render.reply("not_followed_number", "Number", p.gone[0].Number)
	}
	if p.unknown == "" {
		return t.render.reply("usage", "Example", t.render.say("example."+word, "Robot", p.rest))
	}
	if n, ok := recognise.One(p.unknown); ok && len(n.Number) > longestEnd {
		return t.render.reply("not_followed_number", "Number", n.Number)
	}
	return t.render.reply("no_such_row", "Row", p.unknown)
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
