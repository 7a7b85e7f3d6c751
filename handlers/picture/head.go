package picture

import (
	"cmp"
	"strings"
)

// head is what the parcel is called: its name, its carrier and its number.
func (s *sheet) head() section {
	j := s.journey
	name := s.column(cmp.Or(j.Name, j.Carrier, grouped(j.Parcel.Number)), style{title, true, text}, inner, 2)
	number := style{base, false, text}
	carrier := style{base, false, muted}
	label := ""
	if j.Name != "" {
		label = s.face.clean(&s.buffer, j.Carrier)
	}
	digits := s.lines(grouped(j.Parcel.Number), number, inner, 2)
	if j.Name == "" && j.Carrier == "" {
		digits = nil
	}
	const gap, after = 24, 42
	apart := label != "" && (len(digits) > 1 || s.wide(label, carrier)+gap+s.wide(strings.Join(digits, ""), number) > inner)
	rows := len(digits)
	if apart {
		rows++
	}
	const leading = base * 1.45
	return section{name.height() + 6 + float32(rows)*leading + after, func(top float32) {
		top = s.set(name, margin, top) + 6
		x := float32(margin)
		if label != "" {
			s.set(column{[]string{label}, carrier, leading}, x, top)
			x += s.wide(label, carrier) + gap
		}
		if apart {
			x, top = margin, top+leading
		}
		s.set(column{digits, number, leading}, x, top)
	}}
}

// grouped is a number as people read it out: its letters, then four digits at a time, or
// three where that comes out even, as posts write theirs.
func grouped(number string) string {
	var groups []string
	for number != "" {
		digits := len(number) - len(strings.TrimLeft(number, "0123456789"))
		if digits == 0 {
			end := strings.IndexAny(number, "0123456789")
			if end < 0 {
				end = len(number)
			}
			groups, number = append(groups, number[:end]), number[end:]
			continue
		}
		size := 4
		if digits == 9 {
			size = 3
		}
		run := number[:digits]
		for number = number[digits:]; len(run) > size+1; run = run[size:] {
			groups = append(groups, run[:size])
		}
		groups = append(groups, run)
	}
	return strings.Join(groups, " ")
}
