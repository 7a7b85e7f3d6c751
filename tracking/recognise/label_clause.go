package recognise

import (
	"strings"
	"unicode/utf8"
)

// clauseLabel reads a label that a few words part from its colon: 单号发您了:,
// 运单号(最新):. The label nearest to the colon decides.
func clauseLabel(before string) saying {
	clause := before[strings.LastIndexAny(before, "\n,;。!?:")+1:]
	if label, _, ok := strings.Cut(clause, "("); ok && label != "" {
		if said := chineseLabel(strings.TrimRight(label, " ")); said != saidNothing {
			return said
		}
	}
	best, said := -1, saidNothing
	for _, word := range [...]string{"单号", "运单", "快递号", "物流号", "订单", "取件码", "验证码"} {
		at := strings.LastIndex(clause, word)
		if at <= best {
			continue
		}
		end := at + len(word)
		if rest := clause[end:]; utf8.RuneCountInString(rest) > 8 || countDigits(rest) > 0 {
			continue
		}
		best, said = at, chineseLabel(clause[:end])
	}
	return said
}

// behindCode says that what stands right before a run is the short code of a
// paper, as with "booking ABC123 780112233445": digits there belong to the paper.
func (r *reader) behindCode(start int) saying {
	if start < 2 || !isBlank(r.text[start-1]) || !isAlnum(r.text[start-2]) {
		return saidNothing
	}
	from := r.runStart(start - 1)
	code := r.text[from : start-1]
	if digits := countDigits(code); len(code) < 5 || len(code) > 9 || digits == 0 || digits == len(code) {
		return saidNothing
	}
	at, glue := skipGlue(r.plain, from)
	if said := r.label(r.plain[max(0, at-64):at], at, glue, start < r.urlEnd); said > saidParcel {
		return saidOther
	}
	return saidNothing
}
