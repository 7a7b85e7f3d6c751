package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"waybill/models"
)

// Scan is one line of a recorded journey.
type Scan struct {
	At     time.Time     `json:"at"`
	Shown  time.Time     `json:"shown,omitzero"` // when providers began to show it; absent: --lag after it was made
	Status models.Status `json:"status"`
	Text   string        `json:"text"`
	Place  string        `json:"place,omitempty"`
}

// Journey is how one parcel travelled, oldest scan first.
type Journey struct {
	Carrier  models.Carrier `json:"carrier"`
	Followed time.Time      `json:"followed,omitzero"` // when a chat began to follow it; absent: at its first scan
	Events   []Scan         `json:"events"`
}

// Delivered says that the parcel arrived at its recipient.
func (j Journey) Delivered() bool {
	return slices.ContainsFunc(j.Events, func(s Scan) bool { return s.Status == models.Delivered })
}

// readJourneys reads a file of JSON lines, a journey on each.
func readJourneys(path string) (all []Journey, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		if len(lines.Bytes()) == 0 {
			continue
		}
		j, err := readJourney(lines.Bytes())
		if err != nil {
			return nil, fmt.Errorf("read %s, line %d: %w", path, n, err)
		}
		all = append(all, j)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("read %s: no journey in it; each line is one, as docs/costs.md shows", path)
	}
	return all, nil
}

func readJourney(line []byte) (Journey, error) {
	var j Journey
	if err := json.Unmarshal(line, &j); err != nil {
		return j, err
	}
	if j.Carrier == "" || len(j.Events) == 0 {
		return j, errors.New("a journey has a carrier and at least one event")
	}
	for _, s := range j.Events {
		if s.At.IsZero() {
			return j, errors.New(`an event has no "at", such as 2026-03-01T18:20:00+08:00`)
		}
		if !s.Shown.IsZero() && s.Shown.Before(s.At) {
			return j, errors.New(`an event is "shown" before it happened ("at")`)
		}
		if !slices.Contains(models.Statuses(), s.Status) {
			return j, fmt.Errorf("%q is no status; there are %v", s.Status, models.Statuses())
		}
	}
	slices.SortStableFunc(j.Events, func(a, b Scan) int { return a.At.Compare(b.At) })
	if j.Followed.IsZero() {
		j.Followed = j.Events[0].At
	}
	return j, nil
}

// writeJourneys writes what readJourneys reads.
func writeJourneys(w io.Writer, all []Journey) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	for _, j := range all {
		if err := out.Encode(j); err != nil {
			return fmt.Errorf("write journeys: %w", err)
		}
	}
	return nil
}
