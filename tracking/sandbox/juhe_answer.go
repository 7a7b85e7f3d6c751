package sandbox

import (
	"encoding/xml"
	"slices"
	"time"

	"waybill/models"
)

// juheBody is every answer as JSON. The error's code is a number; a text where
// the shape is odd.
type juheBody struct {
	ResultCode string `json:"resultcode"`
	Reason     string `json:"reason"`
	Result     any    `json:"result"`
	List       any    `json:"list,omitempty"` // where the vendor's document shows it
	ErrorCode  any    `json:"error_code"`
}

// juheResult is a trace as JSON. List stands inside, as in the vendor's real
// answers; beside it where the shape is odd.
type juheResult struct {
	Company string `json:"company"`
	Com     string `json:"com"`
	No      string `json:"no"`
	Status  any    `json:"status"` // "1": nothing will change any more
	Detail  any    `json:"status_detail"`
	List    any    `json:"list,omitempty"`
}

// juheScan is one line of it.
type juheScan struct {
	Datetime string `json:"datetime" xml:"datetime"`
	Remark   string `json:"remark" xml:"remark"`
	Zone     string `json:"zone" xml:"zone"`
}

// juheXML is an answer as XML, as the vendor's sample has it: a success has
// neither error_code nor status_detail.
type juheXML struct {
	XMLName    xml.Name       `xml:"root"`
	ResultCode string         `xml:"resultcode"`
	Reason     string         `xml:"reason"`
	Result     *juheXMLResult `xml:"result"`
	ErrorCode  int            `xml:"error_code,omitempty"`
}

type juheXMLResult struct {
	Company string     `xml:"company,omitempty"`
	Com     string     `xml:"com,omitempty"`
	No      string     `xml:"no,omitempty"`
	List    []juheScan `xml:"list>item"`
	Status  string     `xml:"status,omitempty"`
}

// juheNo is a refusal.
func (s *Sandbox) juheNo(number string, r juheRefusal, asXML bool) answer {
	if asXML {
		return answer{asElement(juheXML{ResultCode: r.old, Reason: r.reason, Result: &juheXMLResult{}, ErrorCode: r.code}), r.billed()}
	}
	body := juheBody{ResultCode: r.old, Reason: r.reason, ErrorCode: r.code}
	if s.odd(number) {
		body.Result = ""
	}
	return answer{body, r.billed()}
}

func asElement(root juheXML) []byte {
	raw, err := xml.MarshalIndent(root, "", "  ")
	if err != nil {
		return []byte("<root/>")
	}
	return raw
}

// juheTrace tells all scans, the oldest first.
func (s *Sandbox) juheTrace(number string, carrier models.Carrier, q juheAsked, c progress) answer {
	named := byCarrier(s.juhes, carrier)
	if named.code == "" {
		named = coded{code: q.com, name: byCarrier(s.kuaidi100s, carrier).name}
	}
	list := make([]juheScan, 0, len(c.Scans))
	for _, scan := range s.worded(number, c.Scans) {
		row := juheScan{Datetime: scan.At.In(models.Shanghai).Format(time.DateTime), Remark: scan.Text}
		if q.xml || s.odd(number) {
			row.Zone = scan.City + "市"
		}
		list = append(list, row)
	}
	slices.Reverse(list)
	final := "0"
	if c.over {
		final = "1"
	}
	if q.xml {
		return answer{asElement(juheXML{
			ResultCode: "200", Reason: "查询成功!",
			Result: &juheXMLResult{Company: named.name, Com: named.code, No: q.no, List: list, Status: final},
		}), true}
	}
	result := juheResult{Company: named.name, Com: named.code, No: q.no, Status: final, Detail: s.juheDetail(number, c.Status), List: list}
	return answer{s.juheShaped(number, result, list, final), true}
}

// juheShaped puts a trace into its JSON, the odd one or the usual.
func (s *Sandbox) juheShaped(number string, result juheResult, list []juheScan, final string) juheBody {
	body := juheBody{ResultCode: "200", Reason: "查询成功", ErrorCode: 0}
	if s.odd(number) {
		result.List, result.Status = nil, unquoted(final)
		body.List, body.ErrorCode = list, "0"
	}
	body.Result = result
	return body
}

// juheDetail is the vendor's state, which is coarse: it knows neither customs
// nor a pickup station. Where the shape is odd it is null, or of one who has
// not looked.
func (s *Sandbox) juheDetail(number string, status models.Status) any {
	switch {
	case s.scenarios[number].refusal != "":
		return "INVALID"
	case status == models.Pending:
		return "NO_RECORD"
	case s.odd(number) && dice(number, 16) < 8:
		return nil
	case s.odd(number):
		return "PENDING"
	}
	switch status {
	case models.Collected:
		return "TAKING"
	case models.InTransit, models.Customs:
		return "IN_TRANSIT"
	case models.OutForDelivery, models.ReadyForPickup:
		return "DELIVERING"
	case models.Delivered:
		return "SIGNED"
	case models.FailedAttempt:
		return "FAILED"
	case models.Rejected:
		return "REJECTED"
	case models.Returning, models.Returned:
		return "SEND_BACK"
	}
	return "PROBLEM"
}
