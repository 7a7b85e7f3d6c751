package recognise

import (
	"strings"
	"unicode/utf8"
)

// lead is what stands before a number in its part of the line beside list
// marks, labels, carriers and tails, and where it ends.
func (r *reader) lead(i int, in scope) (rest string, end int) {
	from, end := in.from, r.spans[i].start
	if from == in.lineStart {
		line := strings.TrimLeftFunc(r.text[from:end], isBullet)
		line = strings.TrimLeft(cutMark(line), " \t")
		from = end - len(line)
	} else if at := strings.LastIndexByte(r.text[from:end], ';'); at >= 0 {
		from += at + 1
	}
	for {
		line := strings.TrimRight(r.plain[from:end], " \t:|#=\"'([【「『<《是为")
		stop := from + len(line)
		if cut := r.cutLead(from, stop); cut < stop {
			end = cut
			continue
		}
		rest = strings.TrimLeft(line, marks+"#*•·●")
		return rest, stop
	}
}

// cutLead takes a label, a carrier or a tail off the end of a part of a line.
func (r *reader) cutLead(from, stop int) int {
	line := r.plain[from:stop]
	for _, m := range r.mentions() {
		if m.start >= from && (m.end == stop || m.end == stop-len("的") && strings.HasSuffix(line, "的")) {
			return m.start
		}
	}
	for _, m := range r.marks {
		if m.start >= from && (m.end == stop || m.end == stop-len("的") && strings.HasSuffix(line, "的")) {
			return m.start
		}
	}
	if !endsLead(line) {
		return stop
	}
	if size := ending(line, "快递单号 运单编号 快递编号 物流单号 运单号码 快递单 运单号 运单 单号 快递公司 物流公司 快递 物流 包裹 邮件号 邮件 快递号 物流编号 号码 挂号 的单 的件 的快件 小包 专线 国际 TRACKING WAYBILL AWB"); size > 0 {
		return stop - size
	}
	for _, label := range [...]string{"TRACKING NUMBER", "TRACKING NO.", "TRACKING NO"} {
		if strings.HasSuffix(line, label) {
			return stop - len(label)
		}
	}
	return stop
}

// endsLead says that the last character of a text may end a label before a number.
func endsLead(s string) bool {
	switch c, _ := utf8.DecodeLastRuneInString(s); c {
	case '号', '单', '司', '递', '流', '裹', '件', '码', '包', '线', '际', 'R', 'O', '.', 'G', 'L', 'B':
		return true
	}
	return false
}
