package models

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Quiet hours: from the full hour From until the full hour To, by the clocks
// of Zone. Equal hours, as in the zero value, are no quiet hours at all.
type Quiet struct {
	From, To int            // 0 to 23
	Zone     *time.Location // nil means UTC
}

var errQuiet = errors.New(`quiet hours are like "23-7", or "off"`)

// ParseQuiet reads WAYBILL_QUIET_HOURS.
func ParseQuiet(text string, zone *time.Location) (Quiet, error) {
	if text == "" || text == "off" {
		return Quiet{Zone: zone}, nil
	}
	from, to, _ := strings.Cut(text, "-")
	q := Quiet{Zone: zone}
	var err error
	if q.From, err = hour(from); err != nil {
		return Quiet{}, err
	}
	if q.To, err = hour(to); err != nil {
		return Quiet{}, err
	}
	if q.From == q.To {
		return Quiet{}, fmt.Errorf("read quiet hours: %w", errQuiet)
	}
	return q, nil
}

func hour(text string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n < 0 || n > 23 {
		return 0, fmt.Errorf("read quiet hours: %w", errQuiet)
	}
	return n, nil
}

// During says whether m lies in the quiet hours.
func (q Quiet) During(m Moment) bool {
	if q.From == q.To {
		return false
	}
	hour := q.local(m).Hour()
	if q.From < q.To {
		return q.From <= hour && hour < q.To
	}
	return q.From <= hour || hour < q.To
}

// Over is when the quiet hours are over: m itself when it does not lie in them.
func (q Quiet) Over(m Moment) Moment {
	// From full hour to full hour, so that the nights on which clocks change
	// end when the clock on the wall says so.
	for q.During(m) {
		t := q.local(m)
		past := time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
		m = m.Add(time.Hour - past)
	}
	return m
}

func (q Quiet) local(m Moment) time.Time {
	if q.Zone == nil {
		return m.Time()
	}
	return m.Time().In(q.Zone)
}
