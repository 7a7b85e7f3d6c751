package recognise

import (
	"strings"
	"unicode/utf8"
)

// cell is a part of a line between the separators of a table.
type cell struct{ from, to int }

// heading says which cells of a table's rows hold what; -1 for none.
type heading struct {
	number, name, tail int
}

// mostCells is how many cells of a row are looked at.
const mostCells = 12

// tableRow gives a number that stands in a table the name and the tail of its
// row: 单号,商品,尾号 above, the number's line below. It says whether there is
// such a table.
func (r *reader) tableRow(i int, in scope) bool {
	s := r.spans[i]
	separator := r.separator(s, in)
	if separator == 0 {
		return false
	}
	head, ok := r.heading(in.lineStart, separator)
	if !ok {
		return false
	}
	row := splitRow(r.plain, cell{in.lineStart, in.lineEnd}, separator)
	if head.number >= len(row) || s.start < row[head.number].from || s.end > row[head.number].to {
		return false
	}
	n := &r.out.Numbers[s.index]
	if head.name >= 0 && head.name < len(row) {
		c := row[head.name]
		n.Name, _ = r.cleaned(c.from, c.to, false, true)
	}
	if head.tail >= 0 && head.tail < len(row) && n.Tail == "" {
		c := row[head.tail]
		if tail := r.plain[c.from:c.to]; len(tail) == 4 && isDigits(tail) && !strings.HasSuffix(n.Number, tail) {
			n.Tail = tail
		}
	}
	return true
}

// separator is the character that parts a number from the cell beside it; 0 for none.
func (r *reader) separator(s span, in scope) byte {
	after := strings.TrimLeft(r.plain[s.end:in.lineEnd], " ")
	before := strings.TrimRight(r.plain[in.lineStart:s.start], " ")
	for _, c := range []byte("|\t,") {
		if after != "" && after[0] == c || before != "" && before[len(before)-1] == c {
			return c
		}
	}
	return 0
}

// heading reads the line that heads a table: the nearest above with the same
// separator and without a number.
func (r *reader) heading(line int, separator byte) (heading, bool) {
	none := heading{-1, -1, -1}
	for range MaxNumbers + 2 {
		if line == 0 {
			return none, false
		}
		end := line - 1
		line = strings.LastIndexByte(r.plain[:end], '\n') + 1
		text := r.plain[line:end]
		if strings.IndexByte(text, separator) < 0 || len(text) > 40*mostCells {
			return none, false
		}
		if countDigits(text) >= shortest || strings.Trim(text, "|-: \r") == "" {
			continue // another row, or the rule below the heading
		}
		head := none
		for at, c := range splitRow(r.plain, cell{line, end}, separator) {
			head.column(at, r.plain[c.from:c.to])
		}
		return head, head.number >= 0
	}
	return none, false
}

// column notes what a cell of the heading says of its column.
func (h *heading) column(at int, title string) {
	weight, size := nameWord(title)
	switch {
	case title == "":
	case h.number < 0 && (chineseLabel(title) == saidWaybill || title[0] < utf8.RuneSelf && englishLabel(title) == saidWaybill):
		h.number = at
	case weight > 0 && size == len(title) && (h.name < 0 || title != "名字" && title != "名称" && title != "NAME"):
		h.name = at
	case strings.Contains(title, "尾号") || strings.Contains(title, "后四位") || strings.HasPrefix(title, "手机") || strings.HasPrefix(title, "电话") || title == "TAIL" || title == "PHONE":
		h.tail = at
	}
}

// splitRow parts a line into its cells, without the blanks around them, at most mostCells.
func splitRow(text string, line cell, separator byte) []cell {
	if separator == '|' {
		for line.from < line.to && strings.IndexByte("| ", text[line.from]) >= 0 {
			line.from++
		}
	}
	var row []cell
	for line.from <= line.to && len(row) < mostCells {
		stop := line.to
		if cut := strings.IndexByte(text[line.from:line.to], separator); cut >= 0 {
			stop = line.from + cut
		}
		c := cell{line.from, stop}
		for c.from < c.to && strings.IndexByte(" \t\r\"", text[c.from]) >= 0 {
			c.from++
		}
		for c.to > c.from && strings.IndexByte(" \t\r\"", text[c.to-1]) >= 0 {
			c.to--
		}
		row = append(row, c)
		line.from = stop + 1
	}
	return row
}
