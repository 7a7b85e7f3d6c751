package main

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// scanLine is a scan as messages show it: when, and the carrier's words.
var scanLine = regexp.MustCompile(`(?m)^\d\d-\d\d \d\d:\d\d (.+)$`)

// reminder stands in messages that show a scan again on purpose: what waits to be
// picked up.
const reminder = "还没取"

// moreScans stands below the five newest scans when more have come at once.
var moreScans = regexp.MustCompile(`更早的还有 (\d+) 条`)

// fewestScans are those of the shortest journey with an end.
const fewestScans = 9

// complete wants all scans of every parcel to be in the messages of its chat, each
// once, and nothing to wait in the database.
func (w *world) complete() error {
	var errs []error
	parcels, scans := 0, 0
	for chat, numbers := range w.followed {
		for _, number := range numbers {
			shown, err := w.shown(chat, number)
			parcels, scans = parcels+1, scans+shown
			errs = append(errs, err)
		}
	}
	fmt.Printf("upgrade: %d parcels followed to their ends, %d scans shown\n", parcels, scans)
	for what, query := range map[string]string{
		"messages without an answer": "SELECT COUNT(*) FROM " + schema + ".arrivals WHERE answered = 0",
		"parcels without an end":     "SELECT COUNT(*) FROM " + schema + ".parcels WHERE done_at = 0",
	} {
		left, err := w.count(query)
		if err == nil && left > 0 {
			err = fmt.Errorf("the database has %d %s", left, what)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// shown counts the scans of a parcel that its chat was shown.
func (w *world) shown(chat int64, number string) (int, error) {
	var texts []string
	for _, m := range w.telegram.Sent(chat) {
		if strings.Contains(m.Text, number) {
			texts = append(texts, m.Text)
		}
	}
	scans, err := scansOnce(texts)
	if err != nil {
		return scans, fmt.Errorf("chat %d, parcel %s: %w; its messages:\n%s", chat, number, err, strings.Join(texts, "\n---\n"))
	}
	return scans, nil
}

// scansOnce counts the scans that messages about a parcel show or count. One that is there twice,
// or too few of them, is an error.
func scansOnce(texts []string) (int, error) {
	seen, more := map[string]bool{}, 0
	var errs []error
	for _, text := range texts {
		reminds := strings.Contains(text, reminder)
		for _, line := range scanLine.FindAllStringSubmatch(text, -1) {
			if seen[line[1]] && !reminds {
				errs = append(errs, fmt.Errorf("shown twice: %s", line[1]))
			}
			seen[line[1]] = true
		}
		for _, counted := range moreScans.FindAllStringSubmatch(text, -1) {
			n, err := strconv.Atoi(counted[1])
			more, errs = more+n, append(errs, err)
		}
	}
	shown := len(seen) + more
	if shown < fewestScans {
		errs = append(errs, fmt.Errorf("%d scans are shown, at least %d have happened", shown, fewestScans))
	}
	return shown, errors.Join(errs...)
}

// count asks the database for a number.
func (w *world) count(query string) (n int64, err error) {
	if err := w.database.QueryRowContext(w.ctx, query).Scan(&n); err != nil {
		return 0, fmt.Errorf("ask the database: %w", err)
	}
	return n, nil
}

// migrations is the number of the newest migration that the database has.
func (w *world) migrations() (int64, error) {
	return w.count("SELECT MAX(version_id) FROM " + schema + ".goose_db_version")
}
