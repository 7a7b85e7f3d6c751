package console

import (
	"io"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"waybill/handlers"
)

// render is a reply as text that ends in an empty line. first is the number of
// its first button; 0 leaves the buttons out.
func render(r handlers.Reply, first int, colours bool) string {
	p := painter{colours: colours}
	if len(r.Blocks) == 0 && r.Toast != "" {
		p.span(handlers.Span{Text: r.Toast})
		p.text.WriteByte('\n')
	}
	for _, block := range r.Blocks {
		for _, l := range block {
			for _, s := range l {
				p.span(s)
			}
			p.text.WriteByte('\n')
		}
	}
	p.file(r.File)
	if first > 0 {
		p.choices(r.Buttons, first)
	}
	if p.text.Len() > 0 {
		p.text.WriteByte('\n')
	}
	return p.text.String()
}

type painter struct {
	text    strings.Builder
	colours bool
}

func (p *painter) span(s handlers.Span) {
	text := clean(s.Text)
	if s.Style == handlers.Link && s.URL != "" && s.URL != s.Text {
		text += " " + clean(s.URL)
	}
	p.paint(text, s.Style)
}

func (p *painter) paint(text string, style handlers.Style) {
	on := map[handlers.Style]string{
		handlers.Strong: "\x1b[1m", handlers.Code: "\x1b[36m", handlers.Link: "\x1b[4m", handlers.Dim: "\x1b[2m",
	}[style]
	if !p.colours || on == "" || text == "" {
		p.text.WriteString(text)
		return
	}
	p.text.WriteString(on + text + "\x1b[0m")
}

// file shows a document's text; there is nowhere to put the file itself.
func (p *painter) file(f *handlers.File) {
	if f == nil {
		return
	}
	p.paint(clean(f.Name)+"\n", handlers.Dim)
	if utf8.Valid(f.Body) {
		p.text.WriteString(strings.TrimRight(clean(string(f.Body)), "\n") + "\n")
	}
}

// choices shows the buttons a row a line, each behind its number.
func (p *painter) choices(rows [][]handlers.Button, next int) {
	for _, row := range rows {
		for i, b := range row {
			sep := "  "
			if i > 0 {
				sep = " · "
			}
			p.paint(sep+"["+strconv.Itoa(next)+"] "+clean(b.Text), handlers.Dim)
			next++
		}
		p.text.WriteByte('\n')
	}
}

// clean takes out what would steer the terminal: carriers' words come from
// outside, and an escape sequence among them must stay without effect.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, s)
}

// Plain is a Screen for a pipe, a file, or a terminal without an editor.
type Plain struct {
	mu  sync.Mutex
	out io.Writer
}

// NewPlain makes a screen that writes to out.
func NewPlain(out io.Writer) *Plain { return &Plain{out: out} }

// Show writes text at once.
func (p *Plain) Show(text string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, err := io.WriteString(p.out, text)
	return err
}
