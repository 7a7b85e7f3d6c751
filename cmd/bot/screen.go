package main

import (
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"waybill/cmd/bot/doctor"
)

// screen is where a command prints for people: a terminal with its width, or a pipe.
func (p process) screen() doctor.Screen {
	s := doctor.Screen{Out: p.out}
	out, ok := p.out.(*os.File)
	if !ok || !term.IsTerminal(int(out.Fd())) {
		return s
	}
	s.Columns, s.Colours = 80, p.environ["NO_COLOR"] == "" && p.environ["TERM"] != "dumb"
	if width, _, err := term.GetSize(int(out.Fd())); err == nil && width > 0 {
		s.Columns = width
	}
	return s
}

// progress shows on a terminal how much of something is done; elsewhere it shows nothing.
func (p process) progress(doing string, total int64) (step func(int), finish func()) {
	f, ok := p.err.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return func(int) {}, func() {}
	}
	bar := progressbar.NewOptions64(total, progressbar.OptionSetWriter(f), progressbar.OptionSetDescription(doing),
		progressbar.OptionShowCount(), progressbar.OptionSetWidth(30), progressbar.OptionClearOnFinish())
	// Nothing depends on what a terminal shows.
	return func(n int) { _ = bar.Add(n) }, func() { _ = bar.Finish() }
}
