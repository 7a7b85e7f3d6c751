package console

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
)

// ErrLeave is Ctrl-C, or Ctrl-D on an empty line.
var ErrLeave = errors.New("leave")

// Editor is a line editor on a terminal in raw mode, on which news can appear
// while a message is typed: the row is erased, the news shown, and the row drawn
// again. It is a Screen. A paste is one message, however many lines it has; it
// waits for Enter, and a sign stands for each line break. What is typed stays on
// one row; a longer message scrolls sideways, so that it never wraps. Chinese
// characters take two columns, as they do on the terminal.
type Editor struct {
	out     io.Writer
	keys    keys
	prompt  string
	columns func() int // of the terminal now

	mu      sync.Mutex
	draft   draft
	past    []string
	back    int   // how far up in past; 0: not
	kept    draft // what was typed before going up
	waiting bool
	cursor  int // the column in which it stands, the first being 0
}

// NewEditor makes an editor that reads keys from in and draws on out. prompt
// may be coloured; columns tells the terminal's width.
func NewEditor(in io.Reader, out io.Writer, prompt string, columns func() int) *Editor {
	return &Editor{out: out, keys: keys{typing: listen(in)}, prompt: prompt, columns: columns}
}

// Open asks the terminal to mark pastes. Close must be called.
func (e *Editor) Open() { e.write(bracketsOn) }

// Close leaves the terminal as it was before Open.
func (e *Editor) Close() { e.write(Reset) }

// Line reads one message. It returns ErrLeave for Ctrl-C, and io.EOF when the
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

// Show writes text above the message that is being typed.
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

// Resized draws the row again for another width. A terminal that has become
// narrower has folded the row, and the cursor stands in one of its folds.
func (e *Editor) Resized() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.waiting {
		return
	}
	begin := "\r"
	if folds := e.cursor / max(1, e.columns()); folds > 0 {
		begin += fmt.Sprintf("\x1b[%dA", folds)
	}
	e.write(begin + "\x1b[J" + e.drawn())
}

func (e *Editor) begin() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.draft, e.back, e.waiting = draft{}, 0, true
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
		if len(e.draft.text) == 0 && k.eof {
			return "", true, e.leave()
		}
	case up:
		e.recall(e.back + 1)
	case down:
		e.recall(e.back - 1)
	case clearScreen:
		e.write("\x1b[H\x1b[2J")
	}
	e.draft.edit(k)
	e.redraw()
	return "", false, nil
}

// finish leaves the whole message on the screen, also what was scrolled away.
func (e *Editor) finish() string {
	line := strings.Trim(string(e.draft.text), "\n")
	if strings.TrimSpace(line) != "" && (len(e.past) == 0 || e.past[len(e.past)-1] != line) {
		e.past = append(e.past, line)
	}
	e.waiting = false
	e.write("\r\x1b[K" + e.prompt + onOneRow([]rune(line)) + "\r\n")
	return line
}

func (e *Editor) leave() error {
	e.waiting = false
	e.write("\r\n")
	return ErrLeave
}

// recall brings a message of before back, 1 being the last one, and 0 what was
// typed before.
func (e *Editor) recall(back int) {
	if back < 0 || back > len(e.past) {
		return
	}
	if e.back == 0 {
		e.kept = e.draft
	}
	if e.back = back; back == 0 {
		e.draft = e.kept
		return
	}
	e.draft = draft{}
	e.draft.insert(e.past[len(e.past)-back])
}

func (e *Editor) redraw() { e.write("\r\x1b[K" + e.drawn()) }

// write draws. When the terminal is gone, reading the next key says so.
func (e *Editor) write(s string) { _, _ = io.WriteString(e.out, s) }

// drawn is the prompt and as much of the message as fits, the cursor in view.
// The terminal remembers the cursor's place itself, because it alone knows how
// wide it draws a pictogram.
func (e *Editor) drawn() string {
	d, prompt := &e.draft, columnsOf([]rune(plain(e.prompt)))
	limit, used := max(4, e.columns()-prompt-1), 0
	from, to := d.at, d.at
	for from > 0 {
		next := d.before(from)
		if used += columnsOf(d.text[next:from]); used > limit {
			break
		}
		from = next
	}
	e.cursor = prompt + columnsOf(d.text[from:d.at])
	used = columnsOf(d.text[from:d.at])
	for to < len(d.text) {
		next := d.after(to)
		if used += columnsOf(d.text[to:next]); used > limit {
			break
		}
		to = next
	}
	s := e.prompt + onOneRow(d.text[from:d.at])
	if to > d.at {
		s += "\x1b7" + onOneRow(d.text[d.at:to]) + "\x1b8"
	}
	return s
}

// onOneRow is a text with signs for its line breaks.
func onOneRow(text []rune) string { return strings.ReplaceAll(string(text), "\n", "⏎") }

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
