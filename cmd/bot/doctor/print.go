package doctor

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"waybill/cmd/bot/config"
	"waybill/handlers/console"
)

// Screen is where results are printed. Columns is a terminal's width, 0 where there
// is none: then a result is a line that begins with ok or FIX, for programs.
type Screen struct {
	Out     io.Writer
	Columns int
	Colours bool
}

// print shows the results; ok is false when something is to be fixed.
func (d *Doctor) print(out Screen, checks ...[]Result) (ok bool, err error) {
	results := d.masked(slices.Concat(checks...))
	text := lines(results)
	if out.Columns > 0 {
		text = out.table(results)
	}
	_, err = io.WriteString(out.Out, text)
	return err == nil && !slices.ContainsFunc(results, func(r Result) bool { return !r.OK }), err
}

// masked is results without secrets.
func (d *Doctor) masked(results []Result) []Result {
	mask := config.Mask(d.settings)
	masked := slices.Clone(results)
	for i := range masked {
		masked[i].Text = mask.Replace(masked[i].Text)
	}
	return masked
}

// mark is the state in a word.
func (r Result) mark() string {
	if r.OK {
		return "ok"
	}
	return "FIX"
}

func lines(results []Result) string {
	var b strings.Builder
	for _, r := range results {
		fmt.Fprintf(&b, "%-3s  %-9s %s\n", r.mark(), r.Part, r.Text)
	}
	return b.String()
}

// Widths of the table's first two columns, and the least that the third has.
const (
	partColumns  = 13
	stateColumns = 7
	leastText    = 24
)

// table shows results under headings, with as many lines to a cell as it takes, and
// counts them. In a terminal too narrow for three columns the third stands below.
func (s Screen) table(results []Result) string {
	var b strings.Builder
	width, narrow := s.Columns-partColumns-stateColumns-1, false
	if width < leastText {
		width, narrow = max(s.Columns-3, 1), true
	}
	row := func(part, state, text, colour string) {
		if narrow {
			b.WriteString(strings.TrimRight(pad(part, partColumns)+s.colour(colour, state), " ") + "\n")
		}
		for i, line := range fitted(text, width) {
			switch {
			case narrow:
				b.WriteString("  " + line + "\n")
				continue
			case i > 0:
				part, state = "", ""
			}
			b.WriteString(strings.TrimRight(pad(part, partColumns)+s.colour(colour, pad(state, stateColumns))+line, " ") + "\n")
		}
	}
	if !narrow {
		b.WriteString(s.colour(dim, pad("thing", partColumns)+pad("state", stateColumns)+"what works, or what to do") + "\n")
	}
	last := ""
	for _, r := range results {
		part := r.Part
		if part == last && !narrow {
			part = ""
		}
		last = r.Part
		row(part, r.mark(), r.Text, r.tint())
	}
	b.WriteString("\n" + s.summary(results) + "\n")
	return b.String()
}

// fitted is a text in lines of at most width columns. An address that is longer is
// broken: the terminal would go on under the wrong column.
func fitted(text string, width int) []string {
	var all []string
	for line := range strings.SplitSeq(console.Wrap(text, width), "\n") {
		from, used := 0, 0
		for at, r := range line {
			wide := console.Columns(string(r))
			if used+wide > width && at > from {
				all = append(all, line[from:at])
				from, used = at, 0
			}
			used += wide
		}
		all = append(all, line[from:])
	}
	return all
}

// Colours of a terminal.
const (
	red    = "31;1"
	green  = "32"
	yellow = "33"
	dim    = "2"
)

func (r Result) tint() string {
	switch {
	case !r.OK:
		return red
	case r.Care:
		return yellow
	}
	return green
}

func (s Screen) summary(results []Result) string {
	bad := 0
	for _, r := range results {
		if !r.OK {
			bad++
		}
	}
	if bad == 0 {
		return s.colour(green, fmt.Sprintf("%d checks, nothing to fix.", len(results)))
	}
	return s.colour(red, fmt.Sprintf("%d of %d to fix.", bad, len(results)))
}

func (s Screen) colour(code, text string) string {
	if !s.Colours {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// pad fills a cell up to columns; wide characters count twice, colours not at all.
func pad(text string, columns int) string {
	return text + strings.Repeat(" ", max(columns-console.Columns(text), 1))
}
