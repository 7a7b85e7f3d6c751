package sandbox

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"waybill/models"
)

// kuaidi100Trace is the answer to a query, and the lastResult of a push.
// State, Status and IsCheck are texts; numbers where the shape is odd.
type kuaidi100Trace struct {
	Message   string          `json:"message"`
	Nu        string          `json:"nu"`
	IsCheck   any             `json:"ischeck"`
	Com       string          `json:"com"`
	Status    any             `json:"status"`
	Data      []kuaidi100Scan `json:"data"`
	State     any             `json:"state"`
	Condition string          `json:"condition"`
	RouteInfo *kuaidi100Route `json:"routeInfo,omitempty"`
	IsLoop    bool            `json:"isLoop"`
}

// kuaidi100Scan is one line of it. What stands below Context comes with
// resultv2 only, and an area only of places that the vendor recognises.
type kuaidi100Scan struct {
	Time       string `json:"time"`
	FTime      string `json:"ftime"`
	Context    string `json:"context"`
	Status     string `json:"status,omitempty"`
	AreaCode   string `json:"areaCode,omitempty"`
	AreaName   string `json:"areaName,omitempty"`
	Location   string `json:"location,omitempty"`
	AreaCenter string `json:"areaCenter,omitempty"`
	AreaPinYin string `json:"areaPinYin,omitempty"`
	StatusCode string `json:"statusCode,omitempty"`
}

func (s *Sandbox) kuaidi100Trace(number string, p kuaidi100Param, carrier models.Carrier, c progress) kuaidi100Trace {
	state, checked, condition := basic(advanced(c.Scans[0])), "0", "00"
	if state == "3" {
		checked, condition = "1", "F00"
	}
	t := kuaidi100Trace{
		Message: "ok", Nu: p.Num, IsCheck: checked, Com: p.Com, Status: "200", State: state, Condition: condition,
		Data: make([]kuaidi100Scan, 0, len(c.Scans)),
	}
	if named := byCarrier(s.kuaidi100s, carrier); named.code != "" {
		t.Com = named.code
	}
	for _, scan := range s.worded(number, c.Scans) {
		row := s.kuaidi100Scan(scan, p.ResultV2)
		if p.Lang == models.English {
			row.Context = s.inEnglish(scan)
		}
		t.Data = append(t.Data, row)
	}
	if p.Order == "asc" {
		slices.Reverse(t.Data)
	}
	if p.ResultV2 == "4" {
		t.RouteInfo = s.routeOf(c)
	}
	if s.odd(number) {
		t.State, t.Status, t.IsCheck = unquoted(state), 200, unquoted(checked)
	}
	return t
}

// unquoted is a text of digits as the number that it is.
func unquoted(digits string) any {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return digits
	}
	return n
}

// kuaidi100Nothing is how Kuaidi100 tells, in the shape of a trace, that there is none.
func kuaidi100Nothing(num, com, status, message string) kuaidi100Trace {
	return kuaidi100Trace{
		Message: message, Nu: num, IsCheck: "0", Com: com, Status: status, Data: []kuaidi100Scan{}, State: "0",
	}
}

func (s *Sandbox) kuaidi100Scan(scan Scan, depth string) kuaidi100Scan {
	at := scan.At.In(models.Shanghai).Format(time.DateTime)
	row := kuaidi100Scan{Time: at, FTime: at, Context: scan.Text}
	if depth == "" {
		return row
	}
	a, code := s.areas[scan.City], advanced(scan)
	row.AreaCode, row.AreaName, row.Status = a.code, a.name, stateName(basic(code))
	if depth == "4" {
		row.Status, row.StatusCode = stateName(code), code
		row.Location, row.AreaCenter, row.AreaPinYin = a.location, a.center, a.pinyin
	}
	return row
}

// advanced is a scan's state in the vendor's finer table.
func advanced(scan Scan) string {
	says := func(word string) bool { return strings.Contains(scan.Text, word) }
	switch scan.Status {
	case models.Collected:
		return "103"
	case models.InTransit:
		return moving(says)
	case models.Customs:
		return clearing(says)
	case models.OutForDelivery:
		return "5"
	case models.ReadyForPickup:
		return "501"
	case models.Delivered:
		if says("驿站") {
			return "304"
		}
		return "301"
	case models.FailedAttempt:
		return "206"
	case models.Rejected:
		return "203"
	case models.Returning:
		return "6"
	case models.Returned:
		return "4"
	}
	return "2"
}

func moving(says func(string) bool) string {
	switch {
	case says("转运中心"), says("互换局"):
		return "1002"
	case says("到达"):
		return "1001"
	}
	return "0"
}

func clearing(says func(string) bool) string {
	switch {
	case says("放行"):
		return "12"
	case says("待验"):
		return "10"
	}
	return "11"
}

// basic is the state that a finer one belongs to.
func basic(code string) string {
	switch code {
	case "103":
		return "1"
	case "1001", "1002":
		return "0"
	case "501":
		return "5"
	case "301", "304":
		return "3"
	case "203", "206":
		return "2"
	case "10", "11", "12":
		return "8"
	}
	return code
}

func stateName(code string) string {
	return map[string]string{
		"0": "在途", "1": "揽收", "2": "疑难", "3": "签收", "4": "退签", "5": "派件", "6": "退回", "8": "清关",
		"103": "已揽收", "1001": "到达派件城市", "1002": "干线", "501": "投柜或驿站", "301": "本人签收", "304": "投柜或站签收",
		"203": "拒收", "206": "无法联系", "10": "待清关", "11": "清关中", "12": "已清关",
	}[code]
}
