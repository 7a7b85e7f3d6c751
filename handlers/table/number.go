package table

import (
	"regexp"
	"strings"

	"waybill/tracking/recognise"
)

var (
	scientific = regexp.MustCompile(`^[+-]?\d([.,]\d+)?E\+?\d+$`)
	thousands  = regexp.MustCompile(`^\d{1,3}(,\d{3}){2,}$`)
	pointZero  = regexp.MustCompile(`^(\d{6,})\.0+$`)
	textTrick  = regexp.MustCompile(`^=\s*"(.*)"$|^=(\d+)$`)
	narrow     = regexp.MustCompile(`^#{3,}$`)
	parted     = regexp.MustCompile(`[,，;；、/|\n]+`)
)

// number reads the waybills of a row, which are several where one order went in
// several parcels; none where the cell is empty.
func (g *grid) number(r row, c columns) []Row {
	at := r.at(c.number)
	text, ok := g.written(r.line, c.number, at)
	found := Row{Line: r.line, Cell: shorten(clean(at.text), maxShown)}
	switch {
	case !ok || scientific.MatchString(text):
		found.Why = Rounded
		return []Row{found}
	case isBlank(text) || roleOf(at.text).kind == roleNumber:
		return nil
	case narrow.MatchString(text):
		found.Why = Narrow
		return []Row{found}
	}
	carrier := r.at(c.carrier).text
	parts := parted.Split(text, -1)
	if len(parts) == 1 || thousands.MatchString(text) {
		return []Row{one(found, strings.ReplaceAll(text, ",", ""), carrier)}
	}
	var all []Row
	for _, part := range parts {
		if part = strings.TrimSpace(part); part != "" {
			each := found
			each.Cell = shorten(part, maxShown)
			all = append(all, one(each, part, carrier))
		}
	}
	return all
}

// written is what somebody wrote into a cell; false when a spreadsheet has lost some
// of its digits.
func (g *grid) written(line, column int, at cell) (string, bool) {
	text := clean(at.text)
	if !isFigure(at.raw) {
		return text, true
	}
	lossy := len(at.raw) > 15 || strings.HasSuffix(at.raw, "000000") || !onlyDigits(at.raw)
	if lossy && g.numeric(line, column) {
		return exact(at)
	}
	if onlyDigits(at.raw) && strings.TrimLeft(text, "0") != at.raw {
		return at.raw, true // shown as 7.73E+14, and stored in full
	}
	return text, true
}

// maxShown is how many characters of a refused cell are shown.
const maxShown = 24

// isFigure says that something is written like a number.
func isFigure(raw string) bool {
	return raw != "" && strings.Trim(raw, "0123456789.+-Ee") == ""
}

// clean takes off what spreadsheets and shops put around a number: an apostrophe, ="…",
// .0, quotation marks, tabs, full width.
func clean(text string) string {
	text = strings.TrimSpace(recognise.Normalise(text))
	if m := textTrick.FindStringSubmatch(text); m != nil {
		text = m[1] + m[2]
	}
	text = strings.Trim(text, " \t'’‘`\"“”\u00a0")
	if m := pointZero.FindStringSubmatch(text); m != nil {
		text = m[1]
	}
	return text
}

// isBlank says that a cell only says that it is empty.
func isBlank(text string) bool {
	switch strings.ToLower(strings.Trim(text, "-—/\\_. ")) {
	case "", "无", "無", "n/a", "na", "none", "null", "nil", "暂无", "暫無", "未发货", "未發貨", "待发货", "待發貨":
		return true
	}
	return false
}

// one reads one number that a cell holds. A cell that says more than the number is
// read as a text; carrier is what the row calls the carrier.
func one(found Row, text, carrier string) Row {
	n, ok := recognise.One(text)
	if ok {
		if inside := recognise.Text(text); len(n.Carriers) == 0 && n.Foreign == "" && len(inside.Typos) > 0 && carrier == "" {
			found.Why = Mistyped
			return found
		}
		found.Number = n
		return found
	}
	inside := recognise.Tracked(text)
	if len(inside.Numbers) > 0 {
		found.Number = inside.Numbers[0]
		return found
	}
	found.Why = NoNumber
	if len(inside.Refused) > 0 {
		found.Why = Reason(inside.Refused[0])
	}
	if found.Why != Mistyped && found.Why != NoNumber {
		found.Cell = ""
	}
	return found
}
