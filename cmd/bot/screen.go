package main

import (
	"os"

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
