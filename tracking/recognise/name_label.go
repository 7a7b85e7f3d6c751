package recognise

import (
	"strings"
	"unicode/utf8"
)

// labelledNames gives the numbers the names that stand behind a label: 备注：充电宝.
func (r *reader) labelledNames(scopes []scope) {
	leads := -1 // 1: labels stand above their numbers, 0: below
	best := make([]int, len(r.out.Numbers))
	r.mentions()
	next := 0
	for _, at := range r.labelsAt {
		if at < next {
			continue
		}
		weight, value := r.nameLabel(at)
		if weight == 0 {
			continue
		}
		if leads < 0 && len(r.spans) > 0 {
			leads = 0
			if at < r.spans[0].start {
				leads = 1
			}
		}
		name, tail, end := r.labelValue(value)
		i := r.labelOwner(at, scopes, leads == 1)
		if n := &r.out.Numbers[r.spans[i].index]; name != "" && weight > best[r.spans[i].index] {
			n.Name, best[r.spans[i].index] = name, weight
			if n.Tail == "" && tail != "" && !strings.HasSuffix(n.Number, tail) {
				n.Tail = tail
			}
		}
		next = max(end, value)
	}
}

// nameLabel says whether a label that names a parcel begins at a place: how
// much it weighs against others, and where its value begins.
func (r *reader) nameLabel(at int) (weight, value int) {
	weight, size := nameWord(r.plain[at:])
	if weight == 0 {
		return 0, at
	}
	if before, _ := utf8.DecodeLastRuneInString(r.plain[:at]); at > 0 && (before >= 0x3400 && before < 0xA000 || before < utf8.RuneSelf && isAlnum(byte(before)) && isLetter(r.plain[at])) {
		return 0, at
	}
	rest := r.plain[at+size:]
	value = len(r.plain) - len(strings.TrimLeft(rest, " \t:\"'=】]"))
	colon := strings.ContainsAny(r.plain[at+size:value], ":=")
	for _, is := range [...]string{"是", "为", "叫"} {
		if strings.HasPrefix(r.plain[value:], is) && !colon {
			return weight, value + len(is)
		}
	}
	if value == at+size {
		return 0, at
	}
	return weight, value
}

// nameWord is the label that opens a text: a remark goes before what is in the parcel.
func nameWord(s string) (weight, size int) {
	c, _ := utf8.DecodeRuneInString(s)
	switch c {
	case '备', 'N', 'R', 'M':
		return 2, oneOf(s, "备注信息 备注名称 备注名 备注 NOTES NOTE REMARKS REMARK MEMO NAME")
	case '商', '物', '品', '货', '内', '宝', '名', '托', '寄', 'I', 'G', 'P', 'C', 'D', 'A':
		return 1, oneOf(s, "商品名称 商品信息 商品标题 商品名 商品 物品名称 物品信息 物品名 物品 品名 品项 货品名称 货品 货物名称 货物 内件品名 内件名称 内件 内容物 内容 宝贝名称 宝贝 名称 名字 托寄物 寄托物 寄递物品 ITEMS ITEM GOODS PRODUCT CONTENTS CONTENT DESCRIPTION ARTICLE")
	}
	return 0, 0
}

// oneOf is the length of the first word of a list that opens a text; 0 when
// none does, or when a Latin one goes on.
func oneOf(s, words string) int {
	size := opening(s, words)
	if size > 0 && isLetter(s[0]) && isAlnum(byteOf(s, size)) {
		return 0
	}
	return size
}

// labelValue is the name that stands behind a label, the tail that ends it, and where they end.
func (r *reader) labelValue(from int) (name, tail string, end int) {
	end = len(r.plain)
	if at := strings.IndexAny(r.plain[from:], "\n,;。!|\t"); at >= 0 {
		end = from + at
	}
	goesOn := false
	for _, s := range r.spans {
		if s.start >= from && s.start < end {
			end, goesOn = s.start, true
		}
	}
	value := r.plain[from:end]
	if at := strings.IndexByte(value, ':'); at >= 0 { // the next label
		end = from + max(0, strings.LastIndexAny(value[:at], " \t")) // none: this label's value is empty
	}
	for _, m := range r.marks {
		if m.start >= from && m.start < end {
			end = m.start
		}
	}
	value = strings.TrimRight(r.plain[from:end], " \t\r")
	if isInstruction(strings.Trim(value, marks+"\"'")) {
		return "", "", end
	}
	name, tail = r.cleaned(from, from+len(value), goesOn, true)
	return strings.Trim(name, "\"'"), tail, end
}

// isInstruction: 无, 请放门口: remarks that name nothing.
func isInstruction(said string) bool {
	switch said {
	case "无", "没有", "暂无", "无备注", "空", "NULL", "NONE", "NA", "N/A", "NIL":
		return true
	}
	return begins(said, "请 麻烦 尽快 不要 别 放 送到 送货 到了 周末 工作日 务必 易碎")
}

// labelOwner is the number that a label at a place belongs to.
func (r *reader) labelOwner(at int, scopes []scope, leads bool) int {
	above, below := -1, -1
	for i, in := range scopes {
		switch {
		case at >= in.from && at <= in.to:
			return i
		case r.spans[i].start < at:
			above = i
		case below < 0:
			below = i
		}
	}
	if above < 0 || leads && below >= 0 {
		return below
	}
	return above
}
