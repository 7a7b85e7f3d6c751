package console

import (
	"slices"
	"unicode"
)

// draft is the message that is being typed, and the cursor's place in it. The
// cursor stands between characters as people see them: a letter with its
// accents, a pictogram of several.
type draft struct {
	text []rune
	at   int
}

func (d *draft) insert(text string) {
	runes := []rune(text)
	d.text = slices.Insert(d.text, d.at, runes...)
	d.at += len(runes)
}

// edit changes the draft as a key says; it knows those that need nothing else.
func (d *draft) edit(k key) {
	switch k.action {
	case char:
		d.insert(k.text)
	case erase:
		d.cut(d.before(d.at), d.at)
	case remove:
		d.cut(d.at, d.after(d.at))
	case eraseWord:
		d.cut(d.wordBefore(), d.at)
	case removeWord:
		d.cut(d.at, d.wordAfter())
	case eraseLeft:
		d.cut(0, d.at)
	case eraseRight:
		d.cut(d.at, len(d.text))
	case left:
		d.at = d.before(d.at)
	case right:
		d.at = d.after(d.at)
	case wordLeft:
		d.at = d.wordBefore()
	case wordRight:
		d.at = d.wordAfter()
	case home:
		d.at = 0
	case end:
		d.at = len(d.text)
	}
}

// cut takes out what stands from one place up to another.
func (d *draft) cut(from, to int) {
	d.text = slices.Delete(d.text, from, to)
	d.at = from
}

// before is where the character begins that ends at i.
func (d *draft) before(i int) int {
	i = max(0, i-1)
	for i > 0 && d.joined(i) {
		i--
	}
	return i
}

// after is where the character ends that begins at i.
func (d *draft) after(i int) int {
	i = min(len(d.text), i+1)
	for i < len(d.text) && d.joined(i) {
		i++
	}
	return i
}

// joined says whether the rune at i belongs to the character before it: an
// accent, a colour of skin, what a joiner joins, the second letter of a flag.
func (d *draft) joined(i int) bool {
	r, last := d.text[i], d.text[i-1]
	if regional(r) && regional(last) {
		first := i
		for first > 0 && regional(d.text[first-1]) {
			first--
		}
		return (i-first)%2 == 1
	}
	return last == joiner || r == joiner || r >= 0x1f3fb && r <= 0x1f3ff || unicode.In(r, unicode.Mn, unicode.Me)
}

// regional says whether a rune is one of the letters of which flags are made.
func regional(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }

// wordBefore is where the word before the cursor begins.
func (d *draft) wordBefore() int {
	i := d.at
	for i > 0 && unicode.IsSpace(d.text[i-1]) {
		i--
	}
	for i > 0 && !unicode.IsSpace(d.text[i-1]) {
		i--
	}
	return i
}

// wordAfter is where the word after the cursor ends.
func (d *draft) wordAfter() int {
	i := d.at
	for i < len(d.text) && unicode.IsSpace(d.text[i]) {
		i++
	}
	for i < len(d.text) && !unicode.IsSpace(d.text[i]) {
		i++
	}
	return i
}
