package juhe

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"

	"waybill/tracking"
)

// succeeded is the error_code of an answer that is none.
const succeeded = "0"

// answer is an answer of exp/index, of either format. The vendor's document
// shows list beside result, its service sends it inside. Its resultcode is of
// an older version, and ignored.
type answer struct {
	ErrorCode tracking.Scalar
	Reason    tracking.Scalar
	Result    *result
	List      []row
}

type result struct {
	Company tracking.Scalar `json:"company" xml:"company"`
	Com     tracking.Scalar `json:"com" xml:"com"`
	No      tracking.Scalar `json:"no" xml:"no"`
	Status  tracking.Scalar `json:"status" xml:"status"` // 1: nothing will change any more
	Detail  tracking.Scalar `json:"status_detail" xml:"status_detail"`
	List    []row           `json:"-" xml:"list>item"`
}

// row is one scan.
type row struct {
	Datetime tracking.Scalar `json:"datetime" xml:"datetime"`
	Remark   tracking.Scalar `json:"remark" xml:"remark"`
	Zone     tracking.Scalar `json:"zone" xml:"zone"`
}

// code is the error_code. The XML of a success has none.
func (a answer) code() string {
	if a.ErrorCode == "" && a.Result != nil {
		return succeeded
	}
	return string(a.ErrorCode)
}

// rows are the scans, wherever they stand.
func (a answer) rows() []row {
	if a.Result != nil && len(a.Result.List) > 0 {
		return a.Result.List
	}
	return a.List
}

// decode reads an answer in the format in which it came: a system error may
// come as JSON whatever was asked for.
func decode(body []byte) (answer, error) {
	body = bytes.TrimSpace(tracking.TrimBOM(body))
	read := decodeJSON
	if bytes.HasPrefix(body, []byte("<")) {
		read = decodeXML
	}
	a, err := read(body)
	if err == nil && a.code() == "" {
		err = errors.New("nothing of Juhe in it")
	}
	return a, err
}

func decodeJSON(body []byte) (answer, error) {
	var outer struct {
		ErrorCode tracking.Scalar `json:"error_code"`
		Reason    tracking.Scalar `json:"reason"`
		Result    json.RawMessage `json:"result"`
		List      json.RawMessage `json:"list"`
	}
	if json.Unmarshal(body, &outer) != nil {
		return answer{}, errors.New("not the JSON of Juhe")
	}
	a := answer{ErrorCode: outer.ErrorCode, Reason: outer.Reason}
	var inner struct {
		result
		Rows json.RawMessage `json:"list"`
	}
	if bytes.HasPrefix(outer.Result, []byte("{")) && json.Unmarshal(outer.Result, &inner) == nil {
		a.Result = &inner.result
	}
	var err, ierr error
	a.List, err = tracking.Rows[row](outer.List)
	if a.Result != nil {
		a.Result.List, ierr = tracking.Rows[row](inner.Rows)
	}
	return a, errors.Join(err, ierr)
}

func decodeXML(body []byte) (answer, error) {
	var root struct {
		XMLName   xml.Name        `xml:"root"`
		ErrorCode tracking.Scalar `xml:"error_code"`
		Reason    tracking.Scalar `xml:"reason"`
		Result    *result         `xml:"result"`
		List      []row           `xml:"list>item"`
	}
	d := xml.NewDecoder(bytes.NewReader(body))
	d.CharsetReader = func(_ string, body io.Reader) (io.Reader, error) { return body, nil } // it is UTF-8 by now, whatever it says of itself
	if d.Decode(&root) != nil {
		return answer{}, errors.New("not the XML of Juhe")
	}
	a := answer{ErrorCode: trim(root.ErrorCode), Reason: root.Reason, Result: root.Result, List: root.List}
	if r := a.Result; r != nil {
		*r = result{trim(r.Company), trim(r.Com), trim(r.No), trim(r.Status), trim(r.Detail), r.List}
		if r.Com == "" && r.No == "" && len(r.List) == 0 {
			a.Result = nil // an empty element, as errors have it
		}
	}
	return a, nil
}

// trim is what Scalar does by itself when it reads JSON.
func trim(l tracking.Scalar) tracking.Scalar {
	return tracking.Scalar(bytes.TrimSpace([]byte(l)))
}
