package console

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
)

// What switches bracketed paste on, and what a terminal then puts around
// a paste. Source: xterm's "Control Sequences", Bracketed Paste Mode.
const (
	bracketsOn  = "\x1b[?2004h"
	pasteBegins = "200" // of ESC [ 200 ~
	pasteEnds   = "\x1b[201~"
)

// Reset takes back what an Editor's Open asks of a terminal.
const Reset = "\x1b[?2004l"

// sequence reads what follows an escape. One that stands alone is only told from
// the first of a sequence by what comes with it.
func (k *keys) sequence() (key, error) {
	if len(k.rest) == 0 {
		k.escaped = true
		return key{}, nil
	}
	open, err := k.byte()
	if err != nil {
		return key{}, err
	}
	switch open {
	case '[':
		return k.control()
	case 'O':
		final, err := k.byte()
		return named(final, ""), err
	case '\x1b': // Alt with an arrow, on some terminals
		pressed, err := k.sequence()
		return byWord(pressed), err
	}
	return key{action: map[byte]action{'b': wordLeft, 'f': wordRight, 'd': removeWord, '\x7f': eraseWord, '\b': eraseWord}[open]}, nil
}

// longestSequence is how many bytes the middle of a sequence has at most.
const longestSequence = 32

// control reads a sequence from behind ESC [ on: bytes from the space to the
// question mark, and a last one. Another byte breaks it off.
func (k *keys) control() (key, error) {
	var middle []byte
	for len(middle) < longestSequence {
		b, err := k.byte()
		switch {
		case err != nil:
			return key{}, err
		case b == '[' && len(middle) == 0: // a function key on Linux' own console
			_, err := k.byte()
			return key{}, err
		case b == '~' && string(middle) == pasteBegins:
			return k.paste()
		case b >= '@' && b <= '~':
			return named(b, string(middle)), nil
		case b < ' ' || b > '~':
			k.rest = append([]byte{b}, k.rest...)
			return key{}, nil
		}
		middle = append(middle, b)
	}
	return key{}, nil
}

// paste reads up to what ends a paste. Whatever stands in it is text, and
// no key; but a Ctrl-C that comes alone is from somebody who waits for the end of
// a paste in vain.
func (k *keys) paste() (key, error) {
	k.brackets = true
	var text []byte
	for !bytes.HasSuffix(text, []byte(pasteEnds)) {
		if len(k.rest) == 0 {
			if err := k.read(); err != nil {
				return key{}, err
			}
			if string(k.rest) == "\x03" {
				k.rest = nil
				return key{action: interrupt}, nil
			}
		}
		b, err := k.byte()
		if err != nil {
			return key{}, err
		}
		text = append(text, b)
	}
	return key{action: char, text: pasted(string(bytes.TrimSuffix(text, []byte(pasteEnds))))}, nil
}

// escapes are sequences that steer a terminal. Texts that were copied out of one
// have them.
var escapes = regexp.MustCompile(`\x1b(\[[\x20-\x3f]*[\x40-\x7e])?`)

// pasted is the text of a paste, its lines ended by line feeds, without what is
// no text.
func pasted(text string) string {
	text = escapes.ReplaceAllString(strings.ToValidUTF8(text, ""), "")
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", " ").Replace(text)
	return strings.Map(func(r rune) rune {
		if r == '\n' || visible(r) {
			return r
		}
		return -1
	}, text)
}

// named is the key behind a sequence's last byte and its middle: a number, and
// which of Shift, Alt and Ctrl are held.
func named(final byte, middle string) key {
	number, held, _ := strings.Cut(middle, ";")
	k := key{action: map[byte]action{'A': up, 'B': down, 'C': right, 'D': left, 'H': home, 'F': end}[final]}
	if final == '~' {
		k.action = map[string]action{"1": home, "7": home, "4": end, "8": end, "3": remove}[number]
	}
	if bits, err := strconv.Atoi(held); err == nil && (bits-1)&(alt|ctrl) != 0 {
		return byWord(k)
	}
	return k
}

// The bits of what is held, of which a terminal sends one more.
const (
	alt  = 2
	ctrl = 4
)

// byWord is a key that goes by characters, going by words.
func byWord(k key) key {
	if a, ok := map[action]action{left: wordLeft, right: wordRight, remove: removeWord, erase: eraseWord}[k.action]; ok {
		return key{action: a}
	}
	return k
}
