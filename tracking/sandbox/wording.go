package sandbox

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"waybill/models"
)

// wording is how a vendor words what it knows, where that is not plain.
type wording int

const (
	plainly  wording = iota
	numbered         // lists are objects with numbered keys, as PHP writes some arrays
	marked           // scans hold HTML
	floating         // a line on top says what is expected, anew at every question
	masking          // phones are shown at first, and masked in all scans from the fifth scan on
)

// worded are the scans as a vendor words them now, newest first.
func (s *Sandbox) worded(number string, scans []Scan) []Scan {
	if len(scans) == 0 {
		return scans
	}
	said := append([]Scan(nil), scans...)
	switch s.scenarios[number].wording {
	case marked:
		for i := range said {
			said[i].Text = strings.ReplaceAll(said[i].Text, "快件", `<a href="https://sandbox.example/?n=1&amp;m=2">快件</a>&nbsp;`) + "<br/>"
		}
	case masking:
		phone := "18900008000"
		if len(said) >= 5 {
			phone = "189****8000"
		}
		for i := range said {
			said[i].Text = strings.NewReplacer("189****0", phone, "139****0", phone).Replace(said[i].Text)
		}
	case floating:
		return s.expecting(number, said)
	}
	return said
}

// expecting puts what is expected on top of scans while something is.
func (s *Sandbox) expecting(number string, scans []Scan) []Scan {
	ahead := s.progress(number)
	if ahead.next.IsZero() {
		return scans
	}
	now := s.Now()
	hours := math.Ceil(ahead.next.Sub(now).Hours() * s.Speed)
	top := Scan{now.Truncate(time.Second), scans[0].Status, scans[0].City, fmt.Sprintf("预计%d小时后送达", int(hours)+8)}
	return append([]Scan{top}, scans...)
}

// shaped is an answer's body as the number's vendor writes it.
func (s *Sandbox) shaped(number string, body any) any {
	if _, isXML := body.([]byte); isXML || s.scenarios[number].wording != numbered {
		return body
	}
	var value any
	raw, err := json.Marshal(body)
	if err == nil {
		err = json.Unmarshal(raw, &value)
	}
	if err != nil {
		return body
	}
	return numberedLists(value)
}

// numberedLists makes objects with numbered keys of the lists in a JSON value that are not
// empty. (encoding/json writes "10" before "2".)
func numberedLists(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key := range v {
			v[key] = numberedLists(v[key])
		}
	case []any:
		if len(v) == 0 {
			return v
		}
		object := make(map[string]any, len(v))
		for i := range v {
			object[strconv.Itoa(i)] = numberedLists(v[i])
		}
		return object
	}
	return value
}

// inEnglish is a scan as Kuaidi100 words it in English. An invention: the vendor
// publishes no sample.
func (s *Sandbox) inEnglish(scan Scan) string {
	where := s.areas[scan.City].pinyin
	if where == "" {
		where = "the destination country"
	}
	said := map[models.Status]string{
		models.Collected: "Picked up in", models.InTransit: "In transit at", models.Customs: "In customs at", models.OutForDelivery: "Out for delivery in",
		models.ReadyForPickup: "Ready for pickup at a station in", models.Delivered: "Delivered in", models.FailedAttempt: "Delivery attempt failed in",
		models.Rejected: "Rejected by the recipient in", models.Returning: "On its way back, at", models.Returned: "Returned to the sender in",
	}[scan.Status]
	switch {
	case said == "":
		said = "Exception in"
	case scan.Status == models.InTransit && strings.Contains(scan.Text, "离开"):
		said = "Departed from"
	case scan.Status == models.InTransit && strings.Contains(scan.Text, "到达"):
		said = "Arrived at"
	}
	return said + " " + where
}
