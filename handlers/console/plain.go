package console

import (
	"io"
	"sync"
)

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
