package console

import (
	"bufio"
	"io"
	"unicode"
)

// action is what a key does.
type action int

const (
	nothing action = iota
	char
	enter
	interrupt
	erase  // the character before the cursor
	remove // the character under the cursor
	eraseWord
	eraseLeft
	eraseRight
	left
	right
	home
	end
	up
	down
)

// key is one key pressed.
type key struct {
	action action
	char   rune
	eof    bool // remove by Ctrl-D, which leaves when there is nothing to remove
}

// keys reads keys from the bytes that a terminal in raw mode sends.
type keys struct{ in *bufio.Reader }

func newKeys(in io.Reader) *keys { return &keys{bufio.NewReader(in)} }

// next waits for a key. Keys that mean nothing here come as nothing.
func (k *keys) next() (key, error) {
	r, _, err := k.in.ReadRune()
	if err != nil {
		return key{}, err
	}
	switch {
	case r == '\x1b':
		return k.sequence()
	case r == '\t':
		return key{action: char, char: ' '}, nil
	case r < ' ' || r == '\x7f':
		return control(r), nil
	case unicode.IsPrint(r):
		return key{action: char, char: r}, nil
	}
	return key{}, nil
}

func control(r rune) key {
	switch r {
	case '\r', '\n':
		return key{action: enter}
	case 'C' - '@':
		return key{action: interrupt}
	case 'D' - '@':
		return key{action: remove, eof: true}
	case 'H' - '@', '\x7f':
		return key{action: erase}
	case 'A' - '@':
		return key{action: home}
	case 'E' - '@':
		return key{action: end}
	case 'B' - '@':
		return key{action: left}
	case 'F' - '@':
		return key{action: right}
	case 'K' - '@':
		return key{action: eraseRight}
	case 'N' - '@':
		return key{action: down}
	case 'P' - '@':
		return key{action: up}
	case 'U' - '@':
		return key{action: eraseLeft}
	case 'W' - '@':
		return key{action: eraseWord}
	}
	return key{}
}

// sequence reads what follows an escape: ESC [ digits letter, or ESC O letter.
// An escape that stands alone is only told from one by what comes with it.
func (k *keys) sequence() (key, error) {
	if k.in.Buffered() == 0 {
		return key{}, nil
	}
	open, err := k.in.ReadByte()
	if err != nil || (open != '[' && open != 'O') {
		return key{}, err
	}
	var digits []byte
	for k.in.Buffered() > 0 {
		b, err := k.in.ReadByte()
		if err != nil {
			return key{}, err
		}
		if b >= '@' && b <= '~' {
			return named(b, string(digits)), nil
		}
		digits = append(digits, b)
	}
	return key{}, nil
}

func named(final byte, digits string) key {
	switch {
	case final == 'A':
		return key{action: up}
	case final == 'B':
		return key{action: down}
	case final == 'C':
		return key{action: right}
	case final == 'D':
		return key{action: left}
	case final == 'H', final == '~' && (digits == "1" || digits == "7"):
		return key{action: home}
	case final == 'F', final == '~' && (digits == "4" || digits == "8"):
		return key{action: end}
	case final == '~' && digits == "3":
		return key{action: remove}
	}
	return key{}
}
