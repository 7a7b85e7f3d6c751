package kuaibao

import (
	"errors"
	"slices"
	"strings"
	"time"

	"waybill/models"
	"waybill/tracking"
)

// ahead is how far a scan's time may lie before our clock and be believed.
const ahead = 24 * time.Hour

// maxWord is how many characters of a state are kept.
const maxWord = 60

// trace makes a trace of a successful answer's data, or says that there is no
// record, or why it cannot be read.
func (c *Client) trace(raw []byte, q question) (models.Trace, error) {
	items, err := list[item](raw)
	if err != nil {
		return models.Trace{}, err
	}
	if len(items) == 0 {
		return models.Trace{}, tracking.ErrNoRecord
	}
	i := slices.IndexFunc(items, func(i item) bool { return tracking.SameNumber(i.number(), q.number) })
	if i < 0 {
		return models.Trace{}, errors.New("answer about another number")
	}
	return c.one(items[i], q)
}

func (c *Client) one(i item, q question) (models.Trace, error) {
	events, err := c.events(i)
	if err != nil {
		return models.Trace{}, err
	}
	t := models.Trace{
		Provider: name, Carrier: c.carrier(i.code(), q), Detail: word(i.Status),
		Status: status(string(i.Status)), Events: events, Billed: true,
	}
	switch {
	case len(events) == 0 && (t.Status == "" || t.Status == models.Unknown):
		return models.Trace{}, tracking.ErrNoRecord
	case t.Status == "":
		t.Status = tracking.RefineStatus(models.Unknown, events[0].Text)
	}
	return t, nil
}

// events reads the scans. Rows of which none has a readable time are nonsense,
// not "no record".
func (c *Client) events(i item) ([]models.Event, error) {
	rows, err := list[row](i.Data)
	if err != nil {
		return nil, err
	}
	raw := make([]models.Event, 0, len(rows))
	spoke := false
	for _, r := range rows {
		at, _ := tracking.ParseTime(string(r.Time))
		raw = append(raw, models.Event{At: at, Text: string(r.Context), Code: word(r.Status), Status: scanStatus(string(r.Status))})
		spoke = spoke || r.Context != ""
	}
	newestFirst := !strings.EqualFold(string(i.Order), "asc")
	events := tracking.Tidy(raw, newestFirst, c.now().Add(ahead))
	if spoke && len(events) == 0 {
		return nil, errors.New("no scan with a readable time")
	}
	return events, nil
}

// carrier is the one that an answer names. Several carriers share a code, so
// the code that was sent means the carrier that was asked about.
func (c *Client) carrier(code string, q question) models.Carrier {
	if q.code != "" && strings.EqualFold(code, q.code) {
		return q.carrier
	}
	if carrier, ok := c.carriers.ByCode(name, code); ok {
		return carrier
	}
	carrier, _ := c.carriers.ByCode(tracking.ColumnKuaibaoSub, code)
	return carrier
}

// status is the vendor's table of DESIGN 6; what is not in it is unknown, and
// "" is no state at all.
func status(said string) models.Status {
	switch strings.ToLower(said) {
	case "":
		return ""
	case "collected":
		return models.Collected
	case "sending":
		return models.InTransit
	case "delivering":
		return models.OutForDelivery
	case "allograph", "allorgraph": // 已代收; the document spells it in both ways
		return models.ReadyForPickup
	case "signed":
		return models.Delivered
	case "question":
		return models.Exception
	}
	return models.Unknown
}

// scanStatus is a scan's own status, "" where it says none that is known.
func scanStatus(said string) models.Status {
	if s := status(said); s != models.Unknown {
		return s
	}
	return ""
}

func word(l tracking.Loose) string { return tracking.Clean(string(l), maxWord) }
