package recognise

import (
	"strings"
	"unicode/utf8"

	"waybill/models"
)

// company is whom a text names: a carrier of the table, or a foreign one that
// has no code there.
type company struct {
	code    models.Carrier
	foreign string // a key of Number.Foreign
}

func (c company) known() bool { return c != company{} }

// mention is where a text names a carrier.
type mention struct {
	company
	start, end int
	all        bool // 都是…的: said of every number
}

// mentions finds the carriers that a text names; and, on the way, where phones
// and labels that name a parcel may begin.
func (r *reader) mentions() []mention {
	if r.sought {
		return r.named
	}
	r.sought = true
	if r.digitsAt == nil {
		places := make([]int, 24) // most texts need no more
		r.digitsAt, r.labelsAt = places[:0:16], places[16:16]
	}
	for at := 0; at < len(r.plain); {
		c := r.plain[at]
		switch {
		case isLetter(c), isDigit(c):
			end := runEnd(r.plain, at)
			switch c {
			case 'N', 'R', 'M', 'I', 'G', 'P', 'C', 'D', 'A':
				r.labelsAt = append(r.labelsAt, at)
			case 'X', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
				r.digitsAt = append(r.digitsAt, at)
			}
			at = r.latin(at, end)
		case c == '*' || c == '+':
			r.digitsAt = append(r.digitsAt, at)
			at++
		case c < utf8.RuneSelf:
			at++
		case c < 0xE4 || c > 0xE9: // no Chinese character of three bytes
			at += runeSize(c)
		default:
			at = r.chinese(at)
		}
	}
	return r.named
}

// runeSize is how many bytes the character takes that begins with a byte.
func runeSize(c byte) int {
	switch {
	case c < 0xE0:
		return 2
	case c < 0xF0:
		return 3
	}
	return 4
}

// chinese notes the carrier whose Chinese name begins here, and returns where to go on.
func (r *reader) chinese(at int) int {
	s := r.plain[at : at+3]
	switch c := rune(s[0]&0x0F)<<12 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F); {
	case opensLabel(c):
		r.labelsAt = append(r.labelsAt, at)
	case opensName(c, r.plain[at:]):
		if found, length := chineseName(r.plain[at:]); length > 0 {
			r.mention(found, at, at+length)
			return at + length
		}
	}
	return at + 3
}

// latin notes the carrier that a run of letters names, and returns where to go on.
func (r *reader) latin(start, end int) int {
	word := r.plain[start:end]
	if size, _ := gluedCarrier(word); size > 0 {
		r.mention(company{code: latinCode(word[:size])}, start, start+size)
		return end
	}
	if len(word) > 12 || isDigits(word) && word != "17" {
		return end
	}
	found, more := latinName(word, r.plain[end:])
	if !found.known() {
		found, more = r.coded(start, end), 0
	}
	if found.known() {
		end += more
		r.mention(found, start, end)
	}
	return end
}

// coded is the carrier whose code is the value of an address's or JSON's key:
// com=zhongtong, "cpCode":"ZTO".
func (r *reader) coded(start, end int) company {
	at, glue := start, false
	for at > 0 && strings.IndexByte("\"': =", r.plain[at-1]) >= 0 {
		glue = glue || r.plain[at-1] == '=' || r.plain[at-1] == '"'
		at--
	}
	if !glue || at == start {
		return company{}
	}
	from := at
	for from > 0 && isLetter(r.plain[from-1]) {
		from--
	}
	switch r.plain[from:at] {
	case "COM", "CP", "CPCODE", "CARRIER", "COMPANY", "COMPANYCODE", "SHIPPERCODE", "EXPRESSCODE", "EXPCODE", "LOGISTICSCODE", "COURIER", "TYPE", "BRAND":
	default:
		return company{}
	}
	word := strings.ToLower(r.plain[start:end])
	for row := range strings.Lines(carriersCSV) {
		cells := strings.Split(strings.TrimSpace(row), ",")
		if cells[0] == word || strings.Contains(" / "+cells[2]+" / ", " / "+word+" / ") {
			return company{code: models.Carrier(cells[0])}
		}
	}
	return company{}
}

// mention keeps a name, unless the text says that it is not the one.
func (r *reader) mention(found company, start, end int) {
	before := r.plain[max(0, start-24):start]
	if endsIn(before, "不是 并非 非 没用 不走 不发 没走 别发 不要 不用 除了 不送 换掉 NOT ISN'T") {
		return
	}
	before = strings.TrimRight(before, "是走发用 ")
	all := endsIn(before, "都 均 全 全部 统一 一律 ALL")
	r.named = append(r.named, mention{found, start, end, all})
}

func byteOf(s string, at int) byte {
	if at >= len(s) {
		return 0
	}
	return s[at]
}
