package models

import "time"

// Moment is a point in time in milliseconds since 1970 UTC, the form in which
// the databases keep it. Zero means "never happened".
type Moment int64

// Never is later than every real moment: what is due at Never is not due.
const Never Moment = 1 << 62

// At turns a time into a Moment; the zero time becomes zero.
func At(t time.Time) Moment {
	if t.IsZero() {
		return 0
	}
	return Moment(t.UnixMilli())
}

// Time turns a Moment into a time in UTC; zero becomes the zero time.
func (m Moment) Time() time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(m)).UTC()
}

// Add is the moment d later, rounded down to whole milliseconds; Never stays Never.
func (m Moment) Add(d time.Duration) Moment {
	if m >= Never {
		return Never
	}
	return m + Moment(d.Milliseconds())
}

// Sub is how long m is after o.
func (m Moment) Sub(o Moment) time.Duration { return time.Duration(m-o) * time.Millisecond }

// Shanghai is the zone in which Chinese carriers write their times and in
// which a budget's day begins. It is fixed at +08:00 (China has had no
// daylight saving since 1991), so no zone database is needed.
var Shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// Clock is when m was, as short as it is clear at the moment now: 05-12 14:30, and the
// year when it is another one.
func (m Moment) Clock(now Moment, zone *time.Location) string {
	at := m.Time().In(zone)
	if at.Year() != now.Time().In(zone).Year() {
		return at.Format("2006-01-02 15:04")
	}
	return at.Format("01-02 15:04")
}

// Day is the calendar day of m in Shanghai, as 2006-01-02.
func (m Moment) Day() string { return m.Time().In(Shanghai).Format(time.DateOnly) }

// NextDay is when the next day begins in Shanghai, and with it budgets and quotas.
func (m Moment) NextDay() Moment {
	year, month, day := m.Time().In(Shanghai).Date()
	return At(time.Date(year, month, day+1, 0, 0, 0, 0, Shanghai))
}
