package handlers

import (
	"context"
	"slices"
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
	if rows, ok := rowsIn(args); ok {
		return t.pickRows(ctx, rows)
	}
	var p picked
	if whole, byWords, err := t.meant(ctx, args); err != nil || len(whole) > 0 {
		p.take(whole, byWords)
		return p, err
	}
	for _, word := range rowWords(args) {
		if rows, ok := rowRange(word); ok {
			some, err := t.pickRows(ctx, rows)
			if err != nil {
				return picked{}, err
			}
			p.merge(some)
			continue
		}
		hits, byWords, err := t.meant(ctx, word)
		if err != nil {
			return picked{}, err
		}
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
// a part of a name, or a carrier, in this order. A whole number finds whatever the chat
// follows, the others what is at hand.
func (t *turn) meant(ctx context.Context, word string) (hits []models.Followed, byWords bool, err error) {
	name := strings.ToLower(strings.Join(strings.Fields(fold(word)), " "))
	number := recognise.Normalise(strings.TrimSpace(word))
	if name == "" {
		return nil, false, nil
	}
	if len(number) > longestEnd {
		if hits, err = t.store.FollowedByNumber(ctx, t.chat.ID, number); err != nil || len(hits) > 0 {
			return inShownOrder(hits), false, wrap("find number", err)
		}
	}
	all, err := t.follows(ctx, true)
	if err != nil {
		return nil, false, err
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
			return p.rows, i > 0, nil
		}
	}
	return nil, false, nil
}

func isEnd(s string) bool {
	return len(s) >= shortestEnd && len(s) <= longestEnd && strings.Trim(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" && strings.ContainsAny(s, "0123456789")
}

// isPart says that a word is long enough for a part of a name: one letter is not.
func isPart(name string) bool {
	return len(name) > 1 && strings.Trim(name, "0123456789 ") != ""
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
