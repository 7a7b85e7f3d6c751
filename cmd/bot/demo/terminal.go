package demo

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"reflect"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/term"

	"waybill/cmd/bot/config"
	"waybill/handlers/console"
)

// openChat makes the chat that fits where it runs: an editor on a terminal,
// plain lines everywhere else.
func openChat(t Terminal) (*chat, error) {
	out, _ := t.Out.(*os.File)
	screen := out != nil && term.IsTerminal(int(out.Fd()))
	typed := t.In != nil && term.IsTerminal(int(t.In.Fd()))
	capable := screen && t.Kind != "" && t.Kind != "dumb"
	c := &chat{colours: capable && !t.NoColour, restore: func() {}, answered: make(chan struct{}, 1)}
	greeting := func(hints ...string) string { return banner(t.Lang, columns(out), hints...) }
	c.note = func(text string) { _, _ = io.WriteString(t.Err, text) } // there is nowhere else to write
	if typed && capable {
		c.greeting = greeting
		err := c.edit(t, out)
		return c, err
	}
	c.screen = console.NewPlain(t.Out)
	c.lines = plainLines(t.In)
	c.log = config.NewLog(config.Settings{LogLevel: "error"}, t.Err)
	if typed && screen {
		c.greeting = greeting
	}
	return c, nil
}

// edit makes the chat an editor on the terminal. Logs would tear the screen.
func (c *chat) edit(t Terminal, out *os.File) error {
	in := int(t.In.Fd())
	state, err := term.MakeRaw(in)
	if err != nil {
		return fmt.Errorf("take terminal: %w", err)
	}
	prompt := "› "
	if c.colours {
		prompt = "\x1b[1;32m›\x1b[0m "
	}
	editor := console.NewEditor(t.In, out, prompt, func() int { return columns(out) })
	editor.Open()
	unwatch := watchSize(editor.Resized)
	c.restore = func() { unwatch(); editor.Close(); _ = term.Restore(in, state) }
	c.screen, c.lines = editor, editor.Line
	c.log = slog.New(slog.DiscardHandler)
	if errs, _ := t.Err.(*os.File); errs != nil && term.IsTerminal(int(errs.Fd())) {
		c.note = func(text string) { _ = editor.Show(c.dim(text)) }
	}
	return nil
}

// watchSize calls resized whenever the terminal has another size, until stop.
func watchSize(resized func()) (stop func()) {
	signals, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(signals, syscall.SIGWINCH)
	var watching sync.WaitGroup
	watching.Go(func() {
		for {
			select {
			case <-signals:
				resized()
			case <-done:
				return
			}
		}
	})
	return func() {
		signal.Stop(signals)
		close(done)
		watching.Wait()
	}
}

// Restorer remembers how a terminal is now. What it returns leaves the terminal
// so once more, if it is in another state: for a program that ends at once,
// before what it has opened is closed.
func Restorer(in *os.File, out io.Writer) (restore func()) {
	if in == nil || !term.IsTerminal(int(in.Fd())) {
		return func() {}
	}
	before, err := term.GetState(int(in.Fd()))
	if err != nil {
		return func() {}
	}
	return func() {
		if now, err := term.GetState(int(in.Fd())); err == nil && !reflect.DeepEqual(now, before) {
			_, _ = io.WriteString(out, console.Reset) // the program ends, whatever becomes of it
			_ = term.Restore(int(in.Fd()), before)
		}
	}
}

// dim is text in the background.
func (c *chat) dim(text string) string {
	if !c.colours {
		return text
	}
	return "\x1b[2m" + text + "\x1b[0m"
}

// columns is the terminal's width, 80 when it is not known.
func columns(out *os.File) int {
	width, _, err := term.GetSize(int(out.Fd()))
	if err != nil || width <= 0 {
		return 80
	}
	return width
}

// plainLines reads line after line, of any length; the last one needs no newline.
func plainLines(in io.Reader) func() (string, error) {
	lines := bufio.NewReader(in)
	return func() (string, error) {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) && line != "" {
			err = nil
		}
		return strings.TrimRight(line, "\r\n"), err
	}
}
