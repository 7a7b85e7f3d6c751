package scheduler

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"waybill/models"
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
func (q Quiet) During(m models.Moment) bool {
	if q.From == q.To {
		return false
	}
	hour := q.local(m).Hour()
	if q.From < q.To {
		return q.From <= hour && hour < q.To
	}
	return q.From <= hour || hour < q.To
}

// TellAt is when chats are to be told what became known now: at once when it
// is urgent, else after the quiet hours.
func (q Quiet) TellAt(urgent bool, now models.Moment) models.Moment {
	if urgent {
		return now
	}
	at := now
	// From full hour to full hour, so that the nights on which clocks change
	// end when the clock on the wall says so.
	for q.During(at) {
		t := q.local(at)
		past := time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
		at = at.Add(time.Hour - past)
	}
	return at
}

func (q Quiet) local(m models.Moment) time.Time {
	if q.Zone == nil {
		return m.Time()
	}
	return m.Time().In(q.Zone)
}
