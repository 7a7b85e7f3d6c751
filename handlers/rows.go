package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"waybill/models"
	"waybill/tracking"
)

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
	word = strings.TrimPrefix(word, "第")
	for _, counter := range []string{"号", "行", "个", "条", "单"} {
		word = strings.TrimSuffix(word, counter)
	}
	n, err := strconv.Atoi(word)
	return n, err == nil && n > 0 && n <= maxRow
}

// picked is what the beginning of an argument points at.
type picked struct {
	rows []models.Followed
	rest string // what follows, as written
	lost string // a row or number that there is none of; "" when all was found
}

// pick finds the one parcel that opens an argument, by row or by number, and
// leaves what follows it. Without an argument it is the only live parcel.
func (t *turn) pick(ctx context.Context, args string) (picked, error) {
	first, rest := cutWord(strings.TrimSpace(args))
	if first == "" {
		live, err := t.Follows.Followed(ctx, t.chat.ID, false)
		if err != nil || len(live) != 1 {
			return picked{}, wrap("read follows", err)
		}
		return picked{rows: live}, nil
	}
	p, err := t.pickAll(ctx, first)
	p.rest = strings.TrimSpace(rest)
	return p, err
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

// pickAll finds every parcel that an argument names, by rows or by numbers.
func (t *turn) pickAll(ctx context.Context, args string) (picked, error) {
	all, err := t.Follows.Followed(ctx, t.chat.ID, true)
	if err != nil {
		return picked{}, wrap("read follows", err)
	}
	if rows, ok := rowsIn(args); ok {
		return t.pickRows(rows, all), nil
	}
	return pickNumbers(args, all), nil
}

// pickRows takes row numbers as those of the last list shown; before the first
// one, as those of the list that would be shown now.
func (t *turn) pickRows(rows []int, all []models.Followed) picked {
	listed := t.chat.Listed
	if len(listed) == 0 {
		for _, f := range all {
			if f.Parcel.Live() {
				listed = append(listed, f.Parcel.ID)
			}
		}
	}
	var p picked
	for _, n := range rows {
		if n > len(listed) {
			p.lost = strconv.Itoa(n)
			continue
		}
		p.add(all, strconv.Itoa(n), func(f models.Followed) bool { return f.Parcel.ID == listed[n-1] })
	}
	return p
}

func pickNumbers(args string, all []models.Followed) picked {
	var p picked
	for _, word := range rowWords(args) {
		number := tracking.Normalise(word)
		p.add(all, word, func(f models.Followed) bool { return f.Parcel.Number == number })
	}
	return p
}

// add takes what matches into the pick, each parcel once; what matches nothing is lost.
func (p *picked) add(all []models.Followed, word string, matches func(models.Followed) bool) {
	found := false
	for _, f := range all {
		if !matches(f) {
			continue
		}
		found = true
		if !slices.ContainsFunc(p.rows, func(had models.Followed) bool { return had.Parcel.ID == f.Parcel.ID }) {
			p.rows = append(p.rows, f)
		}
	}
	if !found {
		p.lost = word
	}
}

// nothing says that an argument led nowhere, with an example of the command.
func (t *turn) nothing(p picked, word string) []Reply {
	if p.lost == "" {
		return t.tell("usage", "Example", t.Say("example."+word))
	}
	return t.tell("no_such_row", "Row", p.lost)
}
