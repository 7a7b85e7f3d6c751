package kuaibao

import (
	"errors"
	"slices"
	"strings"

	"waybill/models"
	"waybill/tracking"
	"waybill/tracking/scan"
)

// trace makes a trace of a successful answer's data, or says that there is no
// record, or why it cannot be read.
func (c *client) trace(raw []byte, q tracking.Question) (models.Trace, error) {
	items, err := list[item](raw)
	if err != nil {
		return models.Trace{}, err
	}
	if len(items) == 0 {
		return models.Trace{}, tracking.ErrNoRecord
	}
	i := slices.IndexFunc(items, func(i item) bool { return tracking.SameNumber(i.number(), q.Number) })
	if i < 0 {
		return models.Trace{}, errors.New("answer about another number")
	}
	return c.one(items[i], q)
}

func (c *client) one(i item, q tracking.Question) (models.Trace, error) {
	journey, err := c.journey(i)
	if err != nil {
		return models.Trace{}, err
	}
	t := models.Trace{
		Provider: name, Carrier: c.carrier(i.code(), q), Detail: i.Status.Short(),
		Status: status(string(i.Status)), Events: journey.Events, Estimate: journey.Estimate, Billed: true,
	}
	switch {
	case len(journey.Events) == 0 && (t.Status == "" || t.Status == models.Unknown):
		return models.Trace{}, tracking.ErrNoRecord
	case t.Status == "":
		t.Status = scan.RefineStatus(models.Unknown, journey.Newest())
		t.ByWords = t.Status != models.Unknown
	}
	t.Origin, t.Destination = scan.Route(t.Events, t.Status)
	return t, nil
}

func (c *client) journey(i item) (scan.Journey, error) {
	listed, err := list[row](i.Data)
	if err != nil {
		return scan.Journey{}, err
	}
	rows := make([]scan.Row, 0, len(listed))
	for _, r := range listed {
		e := models.Event{Text: string(r.Context), Code: r.Status.Short(), Status: scanStatus(string(r.Status))}
		rows = append(rows, scan.Row{Time: string(r.Time), Event: e})
	}
	newestFirst := !strings.EqualFold(string(i.Order), "asc")
	return scan.Tidy(rows, newestFirst, c.wire.Now())
}

// carrier is the one that an answer names.
func (c *client) carrier(code string, q tracking.Question) models.Carrier {
	return q.CarrierOf(code,
		func(code string) (models.Carrier, bool) { return c.carriers.ByCode(name, code) },
		func(code string) (models.Carrier, bool) { return c.carriers.ByCode(subscribe, code) },
	)
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
