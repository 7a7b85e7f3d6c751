package console

import (
	"bufio"
	"io"
	"unicode"
)

// what is what a key does.
type what int

const (
	nothing what = iota
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
	what what
	char rune
	eof  bool // remove by Ctrl-D, which leaves when there is nothing to remove
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
		return key{what: char, char: ' '}, nil
	case r < ' ' || r == '\x7f':
		return control(r), nil
	case unicode.IsPrint(r):
		return key{what: char, char: r}, nil
	}
	return key{}, nil
}

func control(r rune) key {
	switch r {
	case '\r', '\n':
		return key{what: enter}
	case 'C' - '@':
		return key{what: interrupt}
	case 'D' - '@':
		return key{what: remove, eof: true}
	case 'H' - '@', '\x7f':
		return key{what: erase}
	case 'A' - '@':
		return key{what: home}
	case 'E' - '@':
		return key{what: end}
	case 'B' - '@':
		return key{what: left}
	case 'F' - '@':
		return key{what: right}
	case 'K' - '@':
		return key{what: eraseRight}
	case 'N' - '@':
		return key{what: down}
	case 'P' - '@':
		return key{what: up}
	case 'U' - '@':
		return key{what: eraseLeft}
	case 'W' - '@':
		return key{what: eraseWord}
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
		return key{what: up}
	case final == 'B':
		return key{what: down}
	case final == 'C':
		return key{what: right}
	case final == 'D':
		return key{what: left}
	case final == 'H', final == '~' && (digits == "1" || digits == "7"):
		return key{what: home}
	case final == 'F', final == '~' && (digits == "4" || digits == "8"):
		return key{what: end}
	case final == '~' && digits == "3":
		return key{what: remove}
	}
	return key{}
}
