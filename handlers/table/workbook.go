package table

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

const (
	maxUnpacked = 48 << 20 // bytes of a workbook's parts together
	maxSheets   = 20
	maxColumns  = 64
	maxCell     = 300 // characters of a cell
)

// readWorkbook reads the first sheet that holds tracking numbers.
func readWorkbook(body []byte, names Names) (Table, error) {
	f, err := excelize.OpenReader(bytes.NewReader(body), excelize.Options{UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked})
	switch {
	case errors.Is(err, excelize.ErrWorkbookPassword), errors.Is(err, excelize.ErrWorkbookFileFormat):
		return Table{}, Encrypted
	case err != nil && strings.Contains(err.Error(), "unzip size"):
		return Table{}, TooLarge
	case err != nil:
		return Table{}, Broken
	}
	defer func() { _ = f.Close() }() // it was read from memory
	var refused Table
	sheets := f.GetSheetList()
	for _, name := range sheets[:min(len(sheets), maxSheets)] {
		if visible, err := f.GetSheetVisible(name); err == nil && !visible {
			continue
		}
		rows, err := sheetRows(f, name)
		if err != nil {
			return Table{}, Broken
		}
		grid := newGrid(rows)
		grid.numeric = func(at, column int) bool { return isNumeric(f, name, at, column) }
		t := grid.read(grid.columns(names))
		if slices.ContainsFunc(t.Rows, func(r Row) bool { return r.Why == "" }) {
			return t, nil
		}
		if len(refused.Rows) == 0 {
			refused = t
		}
	}
	return refused, nil
}

// sheetRows reads a sheet's rows: each cell as it is shown and as it is stored. A row
// behind those that are read is kept while it has a cell at all, to be counted.
func sheetRows(f *excelize.File, sheet string) ([]row, error) {
	shown, err := f.Rows(sheet)
	if err != nil {
		return nil, fmt.Errorf("read sheet: %w", err)
	}
	stored, err := f.Rows(sheet)
	if err != nil {
		return nil, fmt.Errorf("read sheet: %w", err)
	}
	var rows []row
	for line := 1; shown.Next() && stored.Next(); line++ {
		texts, err := shown.Columns()
		if err != nil {
			return nil, fmt.Errorf("read row: %w", err)
		}
		raws, err := stored.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, fmt.Errorf("read row: %w", err)
		}
		if len(texts) == 0 {
			continue
		}
		r := row{line, cells(texts)}
		for i := range r.cells {
			if i < len(raws) {
				r.cells[i].raw = shorten(strings.TrimSpace(raws[i]), maxCell)
			}
		}
		rows = append(rows, r)
	}
	return rows, errors.Join(shown.Error(), stored.Error())
}

// isNumeric says that a cell holds a number, and not text of digits.
func isNumeric(f *excelize.File, sheet string, line, column int) bool {
	name, err := excelize.CoordinatesToCellName(column+1, line)
	if err != nil {
		return false
	}
	kind, err := f.GetCellType(sheet, name)
	return err == nil && (kind == excelize.CellTypeUnset || kind == excelize.CellTypeNumber)
}

// exact is a number of a spreadsheet's as it was entered: the digits that a cell
// shows where its format leads with zeros, else those that are stored. Without ok
// digits are lost: a spreadsheet keeps fifteen of them.
func exact(c cell) (digits string, ok bool) {
	value, err := strconv.ParseFloat(c.raw, 64)
	if err != nil || value < 0 || value != float64(int64(min(value, 1<<62))) {
		return "", false
	}
	digits = strconv.FormatFloat(value, 'f', 0, 64)
	if len(digits) > 15 || len(digits) >= 12 && strings.HasSuffix(digits, "000000") {
		return "", false
	}
	if onlyDigits(c.text) && strings.TrimLeft(c.text, "0") == digits {
		return c.text, true
	}
	return digits, true
}

func onlyDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}
