package table

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// row is one row as it stands in a file.
type row struct {
	line  int
	cells []cell
}

// cell is what stands in one place: as it is shown, and as a workbook stores it ("" in
// a file of text).
type cell struct{ text, raw string }

// grid is a table as it stands in a file.
type grid struct {
	rows    []row
	numeric func(line, column int) bool // whether a workbook's cell holds a number; nil: a file of text
}

func newGrid(rows []row) *grid {
	return &grid{rows: slices.DeleteFunc(rows, func(r row) bool { return !slices.ContainsFunc(r.cells, func(c cell) bool { return c.text != "" }) })}
}

// at is a row's cell, an empty one where it has none.
func (r row) at(column int) cell {
	if column < 0 || column >= len(r.cells) {
		return cell{}
	}
	return r.cells[column]
}

// columns are the places of what is read of a row; -1 where there is none.
type columns struct {
	titled   bool // there is a row of titles, and one of them is that of the numbers
	header   int  // index of the row of titles; -1 without one
	number   int
	carrier  int
	names    []int // the first that is not empty counts
	tails    []int // likewise
	tailOnly map[int]bool
}

func (c columns) found() bool { return c.number >= 0 }

// read reads the rows below the titles. Without a column of numbers each row is read
// as a line of text.
func (g *grid) read(c columns) Table {
	var t Table
	seen := map[string]int{}
	for i, r := range g.rows {
		if i <= c.header {
			continue
		}
		if !c.found() {
			t.addLine(seen, r.line, r.joined())
			continue
		}
		for _, found := range g.number(r, c) {
			if t.Cut > 0 || len(t.Rows) >= MaxRows {
				t.Cut++
				continue
			}
			t.add(seen, g.complete(found, r, c))
		}
	}
	return t
}

// joined is a row as a line of text.
func (r row) joined() string {
	var texts []string
	for _, c := range r.cells {
		if c.text != "" {
			texts = append(texts, c.text)
		}
	}
	return strings.Join(texts, " ")
}

// complete adds to a waybill what its row says of it.
func (g *grid) complete(found Row, r row, c columns) Row {
	found.Carrier = r.at(c.carrier).text
	for _, at := range c.names {
		if name := nameOf(r.at(at).text); name != "" && found.Name == "" {
			found.Name = name
		}
	}
	for _, at := range c.tails {
		if tail := tailOf(r.at(at), c.tailOnly[at]); tail != "" && found.Tail == "" {
			found.Tail = tail
		}
	}
	return found
}

// maxName is how many characters a name has at most, as one in a message.
const maxName = 20

// private matches what must not stand in a name: phones, and masked ones.
var private = regexp.MustCompile(`\+?\d[0-9*\- ]{5,}\d|\d{2,}\*+\d*`)

// nameOf is what a cell calls a parcel, in one line and without phones.
func nameOf(text string) string {
	text = private.ReplaceAllString(text, " ")
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, text)
	return strings.TrimSpace(shorten(strings.Join(strings.Fields(text), " "), maxName))
}
