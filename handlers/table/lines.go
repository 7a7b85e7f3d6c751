package table

import (
	"encoding/json"
	"strings"

	"waybill/tracking/recognise"
)

// readLines reads free lines, each as a message of its own.
func readLines(text string) Table {
	var t Table
	seen := map[string]int{}
	for i, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		t.addLine(seen, i+1, line)
	}
	return t
}

// addLine reads one line of text: the numbers in it, or why what looks like one is none.
func (t *Table) addLine(seen map[string]int, at int, line string) {
	for _, piece := range pieces(line) {
		t.addText(seen, at, piece)
	}
}

// longLine is from how many bytes on a line is read word by word: more than a message's
// worth of numbers may stand in it.
const longLine = 400

func pieces(line string) []string {
	if len(line) < longLine {
		return []string{line}
	}
	return strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t,，;；、|", r) })
}

func (t *Table) addText(seen map[string]int, at int, text string) {
	found := recognise.Text(text)
	for _, n := range found.Numbers {
		t.add(seen, Row{Line: at, Number: n, Cell: shorten(n.Number, maxShown)})
	}
	if len(found.Numbers) > 0 {
		return
	}
	r := Row{Line: at, Cell: shorten(strings.TrimSpace(text), maxShown)}
	switch cleaned := clean(text); {
	case len(found.Typos) > 0:
		r.Why, r.Cell = Mistyped, found.Typos[0].Given
	case len(found.Refused) > 0:
		r.Why, r.Cell = Reason(found.Refused[0]), ""
	case scientific.MatchString(cleaned):
		r.Why = Rounded
	default:
		return // words between the numbers
	}
	t.add(seen, r)
}

// readExport reads the JSON of /export; false when the text is none.
func readExport(text string) (Table, bool) {
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		return Table{}, false
	}
	var export struct {
		Parcels []struct {
			Number  string `json:"number"`
			Carrier string `json:"carrier"`
			Name    string `json:"name"`
		} `json:"parcels"`
	}
	if json.Unmarshal([]byte(text), &export) != nil {
		return Table{}, false
	}
	var t Table
	seen := map[string]int{}
	for i, p := range export.Parcels {
		r := one(Row{Line: i + 1, Cell: shorten(p.Number, maxShown)}, clean(p.Number), p.Carrier)
		r.Carrier, r.Name = p.Carrier, nameOf(p.Name)
		t.add(seen, r)
	}
	return t, true
}
