package setup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"waybill/handlers/console"
)

// Terminal is where the questions are asked: a terminal, or pipes with an answer a
// line.
type Terminal struct {
	In      *os.File
	Out     io.Writer
	Columns int // of the terminal; 0: Out is none
	Colours bool
	Lang    string // BCP 47, of the questions
}

// prompter asks and reads.
type prompter struct {
	Terminal
	editor  *term.Terminal // at which a person types; nil: answers come by a pipe
	restore func()         // puts the terminal back as it was
}

// newPrompter takes the terminal for as long as questions are asked, so that what is
// typed ahead of a question about a secret is not shown either.
func newPrompter(t Terminal) (*prompter, error) {
	p := &prompter{Terminal: t, restore: func() {}}
	if t.In == nil || t.Columns == 0 || !term.IsTerminal(int(t.In.Fd())) {
		return p, nil
	}
	before, err := term.MakeRaw(int(t.In.Fd()))
	if err != nil {
		return nil, fmt.Errorf("take terminal: %w", err)
	}
	p.restore = func() { _ = term.Restore(int(t.In.Fd()), before) }
	p.editor = term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{t.In, t.Out}, "")
	return p, p.editor.SetSize(t.Columns, rows)
}

const (
	longestAnswer = 64 << 10 // bytes of a line that are read
	rows          = 24       // of a terminal, as far as the editor is concerned
)

// line reads one answer. A secret that is typed is not shown. At the end of the input,
// and with Ctrl-C, the error is io.EOF; when ctx ends it is that of ctx.
func (p *prompter) line(ctx context.Context, prompt string, secret bool) (string, error) {
	type result struct {
		text string
		err  error
	}
	read := make(chan result, 1)
	go func() { // after ctx it is left to the end of the process: nothing can end a read from a terminal
		text, err := p.read(prompt, secret)
		read <- result{strings.TrimSpace(text), err}
	}()
	select {
	case r := <-read:
		if p.editor == nil || r.err != nil {
			p.print("\n") // nobody's Enter has ended the line on the screen
		}
		return r.text, r.err
	case <-ctx.Done():
		p.print("\n")
		return "", ctx.Err()
	}
}

func (p *prompter) read(prompt string, secret bool) (string, error) {
	switch {
	case p.editor == nil:
		p.print(prompt)
		return readLine(p.In)
	case secret:
		return p.editor.ReadPassword(prompt)
	}
	p.editor.SetPrompt(prompt)
	defer p.editor.SetPrompt("")
	return p.editor.ReadLine()
}

// readLine reads up to a line's end and not a byte more: what is typed ahead belongs
// to the next question. The last line needs no newline.
func readLine(in io.Reader) (string, error) {
	var line []byte
	one := make([]byte, 1)
	for len(line) < longestAnswer {
		n, err := in.Read(one)
		if n == 1 {
			if one[0] == '\n' {
				return string(line), nil
			}
			line = append(line, one[0])
		}
		if errors.Is(err, io.EOF) && len(line) > 0 {
			return string(line), nil
		}
		if err != nil {
			return "", err
		}
	}
	return "", fmt.Errorf("read answer: it is longer than %d bytes", longestAnswer)
}

// Colours of what is written.
const (
	bold  = "1"
	dim   = "2"
	green = "32"
	red   = "31"
	amber = "33"
)

func (p *prompter) colour(code, text string) string {
	if !p.Colours || code == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// say writes a paragraph behind a mark, in lines that fit.
func (p *prompter) say(mark, code, text string) {
	p.paragraph(p.colour(code, mark), "", text)
}

// hint writes a paragraph in the background.
func (p *prompter) hint(text string) { p.paragraph(" ", dim, text) }

func (p *prompter) paragraph(mark, code, text string) {
	columns := p.Columns
	if columns <= 0 {
		columns = 100
	}
	for _, line := range strings.Split(console.Wrap(text, max(columns-4, 24)), "\n") {
		p.print(" " + mark + " " + p.colour(code, line) + "\n")
		mark = " "
	}
}

// print shows text. When that fails there is nowhere else to write, and the next
// read says so.
func (p *prompter) print(text string) {
	if p.editor != nil {
		_, _ = p.editor.Write([]byte(text)) // begins lines where they begin
		return
	}
	_, _ = io.WriteString(p.Out, text)
}
