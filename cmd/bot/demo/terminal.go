package demo

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"golang.org/x/term"

	"waybill/cmd/bot/config"
	"waybill/handlers/console"
	"waybill/tracking/sandbox"
)

// openChat makes the chat that fits where it runs: an editor on a terminal,
// plain lines everywhere else.
func openChat(t Terminal) (*chat, error) {
	out, _ := t.Out.(*os.File)
	screen := out != nil && term.IsTerminal(int(out.Fd()))
	typed := t.In != nil && term.IsTerminal(int(t.In.Fd()))
	capable := screen && t.Kind != "" && t.Kind != "dumb"
	c := &chat{colours: capable && !t.NoColour, restore: func() {}, answered: make(chan struct{}, 1)}
	c.note = func(text string) { _, _ = io.WriteString(t.Err, text) } // there is nowhere else to write
	if typed && capable {
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
	c.restore = func() { _ = term.Restore(in, state) }
	prompt := "› "
	if c.colours {
		prompt = "\x1b[1;32m›\x1b[0m "
	}
	editor := console.NewEditor(t.In, out, prompt, func() int { return columns(out) })
	c.screen, c.lines, c.greeting = editor, editor.Line, greeting
	c.log = slog.New(slog.DiscardHandler)
	if errs, _ := t.Err.(*os.File); errs != nil && term.IsTerminal(int(errs.Fd())) {
		c.note = func(text string) { _ = editor.Show(c.dim(text)) }
	}
	return nil
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

// offered is how many numbers the greeting offers to try.
const offered = 5

// greeting tells a newcomer what to type.
func greeting(hints ...string) string {
	var b strings.Builder
	b.WriteString("Waybill 运单 · 演示：快递接口是模拟的，什么都不用配置。Emulated APIs, nothing to configure.\n" +
		"发一个单号，或者粘贴一段话。Send a tracking number, or paste a whole message. Ctrl-D 离开 leaves.\n\n")
	for _, s := range sandbox.Scenarios()[:offered] {
		fmt.Fprintf(&b, "  %-16s %s / %s\n", s.Number, s.Chinese, s.English)
	}
	b.WriteString("\n  列表 /list · 详情 1 /detail 1 · 停止 1 /stop 1 · 帮助 /help\n\n")
	for _, h := range hints {
		b.WriteString(h + "\n")
	}
	return b.String()
}
