package table

import (
	"bytes"
	"encoding/csv"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

const bom = "\xef\xbb\xbf"

// readText reads a file of text: an export, a table whose columns a delimiter parts,
// or free lines.
func readText(name string, body []byte, names Names) (Table, error) {
	text, ok := decode(body)
	if !ok {
		return Table{}, NoTable
	}
	if t, ok := readExport(text); ok {
		return t, nil
	}
	rows := parse(text)
	grid, lines := newGrid(rows), strings.EqualFold(path.Ext(name), ".txt")
	if c := grid.columns(names); c.titled || c.found() && !lines {
		return grid.read(c), nil
	}
	return readLines(text), nil
}

// decode is a file's text in UTF-8; false when it is none. What is neither UTF-8 nor
// UTF-16 is GB18030 or Big5, in which Chinese Windows writes: nearly all bytes of one
// are characters of the other too, so the one that has titles in it is right.
func decode(body []byte) (string, bool) {
	if order, ok := wide(body); ok {
		out, _, err := transform.Bytes(order.NewDecoder(), body)
		return string(out), err == nil
	}
	if bytes.IndexByte(body, 0) >= 0 {
		return "", false
	}
	body = bytes.TrimPrefix(body, []byte(bom))
	if utf8.Valid(body) {
		return string(body), true
	}
	var first string
	for _, e := range []encoding.Encoding{simplifiedchinese.GB18030, traditionalchinese.Big5} {
		out, _, err := transform.Bytes(e.NewDecoder(), body)
		if err != nil || bytes.ContainsRune(out, utf8.RuneError) {
			continue
		}
		if text := string(out); titled(text) {
			return text, true
		} else if first == "" {
			first = text
		}
	}
	return first, first != ""
}

// wide says that bytes are UTF-16, and in which order. Without a mark of order the
// zeros of digits and commas tell: they are every second byte.
func wide(body []byte) (encoding.Encoding, bool) {
	if bytes.HasPrefix(body, []byte("\xff\xfe")) || bytes.HasPrefix(body, []byte("\xfe\xff")) {
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), true
	}
	var zeros [2]int
	for i, b := range body[:min(len(body), looked)] {
		if b == 0 {
			zeros[i%2]++
		}
	}
	switch most := min(len(body), looked) / 8; {
	case len(body)%2 != 0:
	case zeros[1] > most && zeros[0] == 0:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), true
	case zeros[0] > most && zeros[1] == 0:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), true
	}
	return nil, false
}

// looked is how many bytes of a file tell how it is written.
const looked = 4096

// titled says that a cell near the beginning of a text is a title of a column.
func titled(text string) bool {
	if runes := []rune(text); len(runes) > looked {
		text = string(runes[:looked])
	}
	for cell := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(",;\t\r\n\"", r) }) {
		if roleOf(cell).kind != roleNone {
			return true
		}
	}
	return false
}

// parse parts text into rows and cells. A quotation mark that nobody closes would
// swallow the rows behind it: then each line is parsed by itself.
func parse(text string) []row {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	delimiter := delimiterOf(text)
	if first, others, _ := strings.Cut(text, "\n"); strings.HasPrefix(strings.ToLower(first), "sep=") {
		text = "\n" + others // Excel's own line, which is no row
	}
	if strings.Count(text, `"`)%2 != 0 {
		var rows []row
		for i, line := range strings.Split(text, "\n") {
			rows = append(rows, row{i + 1, cells(strings.Split(strings.ReplaceAll(line, `"`, ""), string(delimiter)))})
		}
		return rows
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = delimiter, true, -1
	var rows []row
	inside := 0 // ends of lines within cells: a spreadsheet counts rows, not lines
	for {
		record, err := r.Read()
		if err != nil { // the end: with lazy quotes nothing else can be wrong
			return rows
		}
		line, _ := r.FieldPos(0)
		rows = append(rows, row{line - inside, cells(record)})
		for _, field := range record {
			inside += strings.Count(field, "\n")
		}
	}
}

// delimiterOf is what parts the cells: the tab, semicolon or comma of which the first
// lines have the most, outside of quotation marks.
func delimiterOf(text string) rune {
	first, _, _ := strings.Cut(text, "\n")
	if sign, ok := strings.CutPrefix(strings.ToLower(first), "sep="); ok && len(sign) == 1 {
		return rune(sign[0])
	}
	count := map[rune]int{}
	quoted, lines := false, 0
	for _, c := range text {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\n':
			lines++
		case c == ',' || c == ';' || c == '\t':
			count[c]++
		}
		if lines == 20 {
			break
		}
	}
	best := ','
	for _, c := range []rune{'\t', ';'} {
		if count[c] > count[best] {
			best = c
		}
	}
	return best
}

// cells are the first columns of a record, cut to what is read of each.
func cells(record []string) []cell {
	record = record[:min(len(record), maxColumns)]
	out := make([]cell, len(record))
	for i, field := range record {
		out[i].text = shorten(strings.TrimSpace(field), maxCell)
	}
	return out
}

// shorten keeps the first characters of a text.
func shorten(text string, most int) string {
	n := 0
	for at := range text {
		if n == most {
			return strings.Clone(text[:at])
		}
		n++
	}
	return strings.Clone(text)
}
