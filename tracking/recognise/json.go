package recognise

import (
	"unicode/utf8"

	"waybill/models"
)

// MarshalJSON is AppendJSON for encoding/json.
func (r Result) MarshalJSON() ([]byte, error) { return r.AppendJSON(nil), nil }

// AppendJSON appends what `bot recognise` prints, without a newline:
//
//	{"text":"…","numbers":[{"number":"SF1000000000015","carriers":["sf"],"sure":true,"tail":"1234","name":"…"}]}
//
// numbers and carriers are never null; tail and name are left out when there
// is none. Bytes of the text that are no UTF-8 become U+FFFD.
func (r Result) AppendJSON(dst []byte) []byte {
	dst = appendString(append(dst, `{"text":`...), r.Text)
	dst = append(dst, `,"numbers":[`...)
	for i, n := range r.Numbers {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = n.appendJSON(dst)
	}
	return append(dst, "]}"...)
}

func (n Number) appendJSON(dst []byte) []byte {
	dst = appendString(append(dst, `{"number":`...), n.Number)
	dst = appendCarriers(append(dst, `,"carriers":`...), n.Carriers)
	if n.Sure {
		dst = append(dst, `,"sure":true`...)
	} else {
		dst = append(dst, `,"sure":false`...)
	}
	if n.Tail != "" {
		dst = appendString(append(dst, `,"tail":`...), n.Tail)
	}
	if n.Name != "" {
		dst = appendString(append(dst, `,"name":`...), n.Name)
	}
	return append(dst, '}')
}

func appendCarriers(dst []byte, carriers []models.Carrier) []byte {
	dst = append(dst, '[')
	for i, c := range carriers {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, string(c))
	}
	return append(dst, ']')
}

// appendString quotes a string for JSON. Encoding/json does it too, but takes
// longer than recognising does.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c < ' ' || c == '"' || c == '\\' {
				dst = appendEscape(append(dst, s[from:i]...), c)
				from = i + 1
			}
			i++
			continue
		}
		if isIdeograph(s, i) {
			i += 3
			continue
		}
		c, size := utf8.DecodeRuneInString(s[i:])
		if c == utf8.RuneError && size == 1 {
			dst = append(append(dst, s[from:i]...), `\ufffd`...)
			from = i + 1
		}
		i += size
	}
	return append(append(dst, s[from:]...), '"')
}

func appendEscape(dst []byte, c byte) []byte {
	const hex = "0123456789abcdef"
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	return append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}
