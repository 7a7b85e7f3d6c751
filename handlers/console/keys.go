package console

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// action is what a key does.
type action int

const (
	nothing action = iota
	char           // text is typed, or pasted
	enter
	interrupt
	erase  // the character before the cursor
	remove // the character under the cursor
	eraseWord
	removeWord
	eraseLeft
	eraseRight
	left
	right
	wordLeft
	wordRight
	home
	end
	up
	down
	clearScreen
)

// key is one key pressed, or one paste.
type key struct {
	action action
	text   string // of char; a paste of several lines has line feeds in it
	eof    bool   // remove by Ctrl-D, which leaves when there is nothing to remove
}

// keys reads keys from the bytes that a terminal in raw mode sends.
type keys struct {
	typing   *typing
	rest     []byte // of the last read, not taken yet
	escaped  bool   // an escape stood at the end of a read
	brackets bool   // the terminal has bracketed a paste, as it was asked to
}

// next waits for a key. Keys that mean nothing here come as nothing.
func (k *keys) next() (key, error) {
	if !utf8.FullRune(k.rest) {
		if err := k.read(); err != nil {
			return key{}, err
		}
		if text := k.lines(); text != "" {
			return key{action: char, text: pasted(text)}, nil
		}
	}
	r, err := k.rune()
	if err != nil {
		return key{}, err
	}
	split := k.escaped && r == '[' // between two reads: a person is not that fast
	k.escaped = false
	switch {
	case split:
		return k.control()
	case r == '\x1b':
		return k.sequence()
	case r < ' ' || r == '\x7f':
		return controlKey(r), nil
	case visible(r):
		return key{action: char, text: string(r)}, nil
	}
	return key{}, nil
}

// read waits for more bytes.
func (k *keys) read() error {
	more, err := k.typing.next()
	k.rest = append(k.rest, more...)
	return err
}

func (k *keys) byte() (byte, error) {
	if len(k.rest) == 0 {
		if err := k.read(); err != nil {
			return 0, err
		}
	}
	b := k.rest[0]
	k.rest = k.rest[1:]
	return b, nil
}

// rune reads a character, which may come in several reads.
func (k *keys) rune() (rune, error) {
	for !utf8.FullRune(k.rest) {
		if err := k.read(); err != nil {
			return 0, err
		}
	}
	r, size := utf8.DecodeRune(k.rest)
	k.rest = k.rest[size:]
	return r, nil
}

// lines takes several lines out of one read. A terminal that brackets no paste
// sends one as if it were typed, but at once, and no person types a line and the
// beginning of the next at once. A line break at the end stays: it is Enter. What
// has other control characters in it is typed by a program, key by key; and a
// terminal that does bracket its pastes sends nothing else in this way.
func (k *keys) lines() string {
	control := func(r rune) bool { return unicode.IsControl(r) && !strings.ContainsRune("\r\n\t", r) }
	text := bytes.TrimRight(k.rest, "\r\n")
	if k.brackets || bytes.IndexAny(text, "\r\n") < 1 || bytes.ContainsFunc(text, control) {
		return ""
	}
	whole := len(text)
	if whole == len(k.rest) {
		whole = complete(text)
	}
	taken := string(text[:whole])
	k.rest = k.rest[whole:]
	if len(bytes.TrimRight(k.rest, "\r\n")) == 0 && len(k.rest) > 0 {
		k.rest = k.rest[:1] // however many line breaks, one Enter
	}
	return taken
}

// complete is how much of text there is without the beginning of a last character,
// whose rest comes in the next read.
func complete(text []byte) int {
	for i := len(text) - 1; i >= max(0, len(text)-utf8.UTFMax); i-- {
		if utf8.RuneStart(text[i]) && !utf8.FullRune(text[i:]) {
			return i
		}
	}
	return len(text)
}

func controlKey(r rune) key {
	switch r {
	case '\r', '\n':
		return key{action: enter}
	case '\t':
		return key{action: char, text: " "}
	case '\x7f':
		return key{action: erase}
	case 'D' - '@':
		return key{action: remove, eof: true}
	}
	return key{action: map[rune]action{
		'A' - '@': home, 'B' - '@': left, 'C' - '@': interrupt, 'E' - '@': end, 'F' - '@': right, 'H' - '@': erase,
		'K' - '@': eraseRight, 'L' - '@': clearScreen, 'N' - '@': down, 'P' - '@': up, 'U' - '@': eraseLeft, 'W' - '@': eraseWord,
	}[r]}
}

// visible says whether a character is one of a text. Terminals show what joins
// pictograms with them; other marks that are not seen are left out, as is
// what replaces broken bytes.
func visible(r rune) bool { return r == joiner || unicode.IsGraphic(r) && r != utf8.RuneError }

// joiner stands between the pictograms of which one is made (👨‍👩‍👧).
const joiner = '\u200d'
