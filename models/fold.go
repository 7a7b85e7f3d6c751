package models

import "time"

// foldWithin is how far apart lines of the same words are one line.
const foldWithin = time.Hour

// Folded is a scan as it is shown: with how many lines of the same words it stands for.
type Folded struct {
	Event
	Times int // 1 and more
}

// Fold makes one line of scans, newest first, that say the same at the same place, each
// within an hour of the next one; the newest stays.
func Fold(scans []Event) []Folded {
	var lines []Folded
	var before Event // the last one that was folded, older than the line's own
	for _, e := range scans {
		if last := len(lines) - 1; last >= 0 && before.At.Sub(e.At) <= foldWithin && sameWords(before, e) {
			lines[last].Times++
		} else {
			lines = append(lines, Folded{e, 1})
		}
		before = e
	}
	return lines
}

func sameWords(a, b Event) bool {
	return words(a.Text) == words(b.Text) && words(a.Place) == words(b.Place)
}
