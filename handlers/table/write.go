package table

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Sheet is a table to write: titles, and rows of as many texts.
type Sheet struct {
	Name   string // of the sheet in a workbook
	Titles []string
	Widths []float64 // of the columns in a workbook, in characters
	Rows   [][]string
}

// Workbook writes a sheet as a workbook. Every cell is text, so that no number loses
// digits and nothing is a formula; the titles stay in sight and filter the rows.
func Workbook(s Sheet) (body []byte, err error) {
	f := excelize.NewFile()
	defer func() {
		if closed := f.Close(); err == nil {
			err = closed
		}
	}()
	if err := f.SetSheetName("Sheet1", s.Name); err != nil {
		return nil, fmt.Errorf("name sheet: %w", err)
	}
	styles, err := newStyles(f)
	if err != nil {
		return nil, err
	}
	w, err := f.NewStreamWriter(s.Name)
	if err != nil {
		return nil, fmt.Errorf("write sheet: %w", err)
	}
	for i, width := range s.Widths {
		if err := w.SetColWidth(i+1, i+1, width); err != nil {
			return nil, fmt.Errorf("set width: %w", err)
		}
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, fmt.Errorf("freeze titles: %w", err)
	}
	for i, texts := range append([][]string{s.Titles}, s.Rows...) {
		if err := writeRow(w, i+1, texts, styles); err != nil {
			return nil, err
		}
	}
	if err := w.Flush(); err != nil {
		return nil, fmt.Errorf("write sheet: %w", err)
	}
	last, err := excelize.CoordinatesToCellName(max(1, len(s.Titles)), len(s.Rows)+1)
	if err == nil {
		err = f.AutoFilter(s.Name, "A1:"+last, nil)
	}
	if err != nil {
		return nil, fmt.Errorf("add filter: %w", err)
	}
	var out bytes.Buffer
	if _, err := f.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("write workbook: %w", err)
	}
	return out.Bytes(), nil
}

// styles are how titles and texts look.
type styles struct{ title, text int }

// asText is Excel's own number for a cell that is text, whatever is typed into it.
const asText = 49

func newStyles(f *excelize.File) (styles, error) {
	title, err := f.NewStyle(&excelize.Style{
		Font: &excelize.Font{Bold: true}, NumFmt: asText,
		Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E8EEF4"}},
		Alignment: &excelize.Alignment{Vertical: "center"},
	})
	if err != nil {
		return styles{}, fmt.Errorf("make style: %w", err)
	}
	text, err := f.NewStyle(&excelize.Style{NumFmt: asText, Alignment: &excelize.Alignment{Vertical: "top"}})
	if err != nil {
		return styles{}, fmt.Errorf("make style: %w", err)
	}
	return styles{title, text}, nil
}

func writeRow(w *excelize.StreamWriter, line int, texts []string, s styles) error {
	style := s.text
	if line == 1 {
		style = s.title
	}
	cells := make([]any, len(texts))
	for i, text := range texts {
		cells[i] = excelize.Cell{StyleID: style, Value: shorten(text, excelize.TotalCellChars)}
	}
	at, err := excelize.CoordinatesToCellName(1, line)
	if err == nil {
		err = w.SetRow(at, cells)
	}
	if err != nil {
		return fmt.Errorf("write row: %w", err)
	}
	return nil
}

// CSV writes a sheet as text in UTF-8 with the mark by which Excel knows it. A cell
// that a spreadsheet would take for a formula begins with an apostrophe.
func CSV(s Sheet) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(bom)
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	for _, texts := range append([][]string{s.Titles}, s.Rows...) {
		safe := make([]string, len(texts))
		for i, text := range texts {
			safe[i] = harmless(text)
		}
		if err := w.Write(safe); err != nil {
			return nil, fmt.Errorf("write row: %w", err)
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return nil, fmt.Errorf("write table: %w", err)
	}
	return out.Bytes(), nil
}

// harmless keeps a spreadsheet from taking a text for a formula, and from showing a
// long number as 7.73E+14: a tab behind it makes it text, as shops' own exports do.
func harmless(text string) string {
	switch {
	case text == "":
	case strings.ContainsRune("=+-@\t\r", rune(text[0])), strings.HasPrefix(text, "＝"):
		return "'" + text
	case len(text) >= 12 && onlyDigits(text):
		return text + "\t"
	}
	return text
}
