package console

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/width"
)

// ErrLeave is Ctrl-C, or Ctrl-D on an empty line.
var ErrLeave = errors.New("leave")

// Editor is a line editor on a terminal in raw mode, on which news can appear
// while a line is typed: the line is erased, the news shown, and the line drawn
// again. It is a Screen. What is typed stays on one row; a longer line scrolls
// sideways, so that it never wraps. Chinese characters take two columns, as they
// do on the terminal.
type Editor struct {
	out     io.Writer
	keys    *keys
	prompt  string
	columns func() int // of the terminal now

	mu      sync.Mutex
	text    []rune
	at      int // the cursor's place in text
	past    []string
	back    int // how far up in past; 0: not
	waiting bool
}

// NewEditor makes an editor that reads keys from in and draws on out. prompt
// may be coloured; columns tells the terminal's width.
func NewEditor(in io.Reader, out io.Writer, prompt string, columns func() int) *Editor {
	return &Editor{out: out, keys: newKeys(in), prompt: prompt, columns: columns}
}

// Line reads one line. It returns ErrLeave for Ctrl-C, and io.EOF when the
// terminal is gone.
func (e *Editor) Line() (string, error) {
	e.begin()
	for {
		k, err := e.keys.next()
		if err != nil {
			return "", fmt.Errorf("read keys: %w", err)
		}
		line, done, err := e.press(k)
		if done || err != nil {
			return line, err
		}
	}
}

// Show writes text above the line that is being typed.
func (e *Editor) Show(text string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	screen := "\r\x1b[K" + strings.ReplaceAll(text, "\n", "\r\n")
	if e.waiting {
		screen += e.drawn()
	}
	_, err := io.WriteString(e.out, screen)
	return err
}

func (e *Editor) begin() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.text, e.at, e.back, e.waiting = nil, 0, 0, true
	e.redraw()
}

func (e *Editor) press(k key) (line string, done bool, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch k.action {
	case enter:
		return e.finish(), true, nil
	case interrupt:
		return "", true, e.leave()
	case remove:
		if len(e.text) == 0 && k.eof {
			return "", true, e.leave()
		}
	}
	e.edit(k)
	e.redraw()
	return "", false, nil
}

func (e *Editor) finish() string {
	line := string(e.text)
	if strings.TrimSpace(line) != "" {
		e.past = append(e.past, line)
	}
	e.waiting = false
	e.write("\r\n")
	return line
}

func (e *Editor) leave() error {
	e.waiting = false
	e.write("\r\n")
	return ErrLeave
}

// edit changes the line as a key says.
func (e *Editor) edit(k key) {
	switch k.action {
	case char:
		e.text = append(e.text[:e.at], append([]rune{k.char}, e.text[e.at:]...)...)
		e.at++
	case erase:
		e.cut(e.at-1, e.at)
	case remove:
		e.cut(e.at, e.at+1)
	case eraseWord:
		e.cut(e.word(), e.at)
	case eraseLeft:
		e.cut(0, e.at)
	case eraseRight:
		e.cut(e.at, len(e.text))
	case left:
		e.at = max(0, e.at-1)
	case right:
		e.at = min(len(e.text), e.at+1)
	case home:
		e.at = 0
	case end:
		e.at = len(e.text)
	case up:
		e.recall(e.back + 1)
	case down:
		e.recall(e.back - 1)
	}
}

// cut takes out what stands from one place up to another.
func (e *Editor) cut(from, to int) {
	from, to = max(0, from), min(len(e.text), to)
	e.text = append(e.text[:from:from], e.text[to:]...)
	e.at = min(from, len(e.text))
}

// word is where the word before the cursor begins.
func (e *Editor) word() int {
	i := e.at
	for i > 0 && e.text[i-1] == ' ' {
		i--
	}
	for i > 0 && e.text[i-1] != ' ' {
		i--
	}
	return i
}

// recall brings a line of before back, 1 being the last one.
func (e *Editor) recall(back int) {
	if back < 0 || back > len(e.past) {
		return
	}
	e.back, e.text = back, nil
	if back > 0 {
		e.text = []rune(e.past[len(e.past)-back])
	}
	e.at = len(e.text)
}

func (e *Editor) redraw() { e.write("\r\x1b[K" + e.drawn()) }

// write draws. When the terminal is gone, reading the next key says so.
func (e *Editor) write(s string) { _, _ = io.WriteString(e.out, s) }

// drawn is the prompt and as much of the line as fits, the cursor in view.
func (e *Editor) drawn() string {
	limit := max(4, e.columns()-columnsOf([]rune(plain(e.prompt)))-1)
	from := e.at
	for used := 0; from > 0 && used+columnsOf(e.text[from-1:from]) <= limit; from-- {
		used += columnsOf(e.text[from-1 : from])
	}
	to, used := from, 0
	for to < len(e.text) && used+columnsOf(e.text[to:to+1]) <= limit {
		used += columnsOf(e.text[to : to+1])
		to++
	}
	s := e.prompt + string(e.text[from:to])
	if after := columnsOf(e.text[e.at:max(to, e.at)]); after > 0 {
		s += fmt.Sprintf("\x1b[%dD", after)
	}
	return s
}

// columnsOf is how many columns a terminal gives to runes.
func columnsOf(runes []rune) int {
	n := 0
	for _, r := range runes {
		kind := width.LookupRune(r).Kind()
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf): // joins the one before
		case kind == width.EastAsianWide || kind == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// plain is s without its colours.
func plain(s string) string {
	var b strings.Builder
	for s != "" {
		before, after, found := strings.Cut(s, "\x1b[")
		b.WriteString(before)
		if !found {
			break
		}
		_, s, _ = strings.Cut(after, "m")
	}
	return b.String()
}
