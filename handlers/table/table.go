// Package table reads tracking numbers out of the tables that people keep: csv and
// text files, Excel workbooks and Waybill's own exports; and writes tables that open
// in a spreadsheet. It is pure: no I/O, no clock, no network.
package table

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"strings"

	"waybill/internal/guard"
	"waybill/models"
	"waybill/tracking/recognise"
)

// What is read of a file at most; what is beyond is counted, or the file refused.
const (
	MaxBytes = 5 << 20 // of the file as it is
	MaxRows  = 5000    // rows with something in the number's place
)

// Row is one waybill of a table, or the reason why a row is none.
type Row struct {
	Line             int // as a spreadsheet numbers its rows; in a text file the line, in an export the parcel
	recognise.Number     // what its shape says; Number is "" when Why says the reason
	Carrier          string
	Cell             string // what stands in the number's place, shortened; "" where that is somebody's own (a phone, a card)
	Why              Reason // why it is refused; "" when it is not
}

// Reason says why a row is refused. Those of recognise.Reason are among them.
type Reason string

const (
	Rounded  Reason = "rounded"   // a spreadsheet made a number like 7.73E+14 of it: its last digits are lost
	Narrow   Reason = "narrow"    // ####, which a spreadsheet shows when a column is too narrow
	NoNumber Reason = "no_number" // no tracking number at all
	Repeated Reason = "repeated"  // the same number stands above
	Mistyped Reason = Reason(recognise.Mistyped)
)

// Table is what was read of a file.
type Table struct {
	Rows []Row
	Cut  int // rows behind the first MaxRows, which were not read
}

// Problem says why a whole file cannot be read. What to do instead is for people's
// own language to say.
type Problem string

// Error says what is wrong with the file.
func (p Problem) Error() string { return "read table: " + string(p) }

const (
	TooLarge  Problem = "too_large" // of more bytes, packed or unpacked, than are read
	OldExcel  Problem = "xls"       // Excel's format of before 2007
	Encrypted Problem = "encrypted" // a workbook with a password
	Numbers   Problem = "numbers"   // a document of Apple's Numbers
	HTML      Problem = "html"      // a web page that is named like a workbook
	Broken    Problem = "broken"    // it begins as a workbook and goes on otherwise
	NoTable   Problem = "no_table"  // another kind of file
	Empty     Problem = "empty"     // a table without a tracking number
)

// Names knows carriers by their names (recognise.Carriers).
type Names interface {
	Typed(text string) (models.Carrier, bool)
}

// IsTable says by its name and type (MIME, "" when unknown) that a file is meant to
// be read as a table. Files that are refused with a word about them count too.
func IsTable(name, mime string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".et", ".ods", ".numbers", ".json":
		return true
	case "":
		switch mime, _, _ := strings.Cut(strings.ToLower(mime), ";"); strings.TrimSpace(mime) {
		case "text/csv", "text/plain", "text/tab-separated-values", "application/json", "application/vnd.ms-excel",
			"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/vnd.apple.numbers":
			return true
		}
	}
	return false
}

// Read reads a file by what is in it; its name tells a table of text from free lines
// only. Its error is a Problem.
func Read(name string, body []byte, names Names) (Table, error) {
	if len(body) > MaxBytes {
		return Table{}, TooLarge
	}
	t, err := read(name, body, names)
	if problem := Problem(""); err != nil && !errors.As(err, &problem) {
		err = fmt.Errorf("%w: %w", Broken, err)
	}
	if err == nil && len(t.Rows) == 0 {
		err = Empty
	}
	return t, err
}

func read(name string, body []byte, names Names) (t Table, err error) {
	defer guard.Recover("read table", &err) // what opens workbooks was not written for what is made to break it
	kind, problem := kindOf(body)
	switch {
	case problem != "":
		return Table{}, problem
	case kind == workbook:
		return readWorkbook(body, names)
	}
	return readText(name, body, names)
}

// add takes a row in, unless there are too many. Of a number that stands above, what
// this row says more of it is taken over there.
func (t *Table) add(seen map[string]int, r Row) {
	if len(t.Rows) == MaxRows {
		t.Cut++
		return
	}
	if first, known := seen[r.Number.Number]; known && r.Why == "" {
		above := &t.Rows[first]
		above.Carrier, above.Name, above.Tail = cmp.Or(above.Carrier, r.Carrier), cmp.Or(above.Name, r.Name), cmp.Or(above.Tail, r.Tail)
		r.Why = Repeated
	} else if r.Why == "" {
		seen[r.Number.Number] = len(t.Rows)
	}
	t.Rows = append(t.Rows, r)
}
