package handlers

import (
	"fmt"
	"strconv"
	"strings"

	"waybill/internal/pattern"
)

// timeIs matches a time of the day: 9:00, 9点半, 早上八点一刻, 21點30分, 9am, at 8.
var timeIs = pattern.New(`^(?:at |on )?(凌晨|清晨|早上|早晨|早|上午|中午|下午|傍晚|晚上|晚|夜里|夜裡|夜间|夜間|am|pm|noon)? ?` +
	`([0-9]{1,2}|[零〇一二两兩三四五六七八九十]{1,3})? ?` +
	`(?:[:.：]([0-9]{2})|(?:点钟|點鐘|点整|點整|点|點|时|時|o['’]?clock|h) ?(半|一刻|三刻|[0-9]{1,2}|[零〇一二三四五六七八九十]{1,3})? ?分?)? ?` +
	`(am|pm|a\.m|p\.m|in the morning|in the afternoon|in the evening|at night)?\.?$`)

// minuteOf reads a time of the day as its minute; false when there is none such.
func minuteOf(text string) (int, bool) {
	m := timeIs.FindStringSubmatch(strings.TrimSpace(text))
	if len(m) == 0 || m[2] == "" && m[1] != "noon" && m[1] != "中午" {
		return 0, false
	}
	part, hour, ok := m[1], 12, true
	if part == "" {
		part = m[5]
	}
	if m[2] != "" {
		hour, ok = numberOf(m[2])
	}
	minute, fine := minutesOf(m[3] + m[4])
	if afternoon(part) && hour < 12 || part == "中午" && hour < 3 {
		hour += 12
	}
	if before(part) && hour == 12 {
		hour = 0
	}
	if hour == 24 && minute == 0 {
		hour = 0
	}
	return hour*60 + minute, ok && fine && hour < 24 && minute < 60
}

func afternoon(part string) bool {
	switch part {
	case "下午", "傍晚", "晚上", "晚", "夜里", "夜裡", "夜间", "夜間", "pm", "p.m", "in the afternoon", "in the evening", "at night":
		return true
	}
	return false
}

// before says that twelve o'clock is midnight.
func before(part string) bool { return part == "凌晨" || part == "am" || part == "a.m" }

func minutesOf(text string) (int, bool) {
	switch text {
	case "":
		return 0, true
	case "半":
		return 30, true
	case "一刻":
		return 15, true
	case "三刻":
		return 45, true
	}
	if rest := strings.TrimLeft(text, "零〇"); rest != "" {
		text = rest
	}
	return numberOf(text)
}

// numberOf reads 8, 八, 两, 十二, 二十一.
func numberOf(text string) (int, bool) {
	if n, err := strconv.Atoi(text); err == nil {
		return n, true
	}
	text = strings.NewReplacer("两", "二", "兩", "二").Replace(text)
	if text == "零" || text == "〇" {
		return 0, true
	}
	return numeral(text)
}

// looksLikeTime says that a text was probably meant as a time.
func looksLikeTime(text string) bool {
	return strings.ContainsAny(text, "0123456789") && (strings.ContainsAny(text, ":：点點时時") || strings.HasSuffix(text, "am") || strings.HasSuffix(text, "pm"))
}

// clockTime is a minute of the day as it is shown: 9:00.
func clockTime(minute int) string { return fmt.Sprintf("%d:%02d", minute/60, minute%60) }
