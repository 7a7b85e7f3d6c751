package picture

import (
	"waybill/models"
)

// status is the panel with where the parcel stands, how long it has taken, and how far
// it has come.
func (s *sheet) status() section {
	j := s.journey
	const pad, disc, gap = 48, 126, 39
	const beside = inner - 2*pad - disc - gap
	big := style{huge, true, tone}
	word := s.face.clean(&s.buffer, j.Status)
	if s.wide(word, big) > beside {
		big.size = title
	}
	state := s.column(word, big, beside, 2)
	state.leading = big.size * 1.3
	took := s.column(j.Took, style{base, false, text}, beside, 2)
	estimate := s.column(models.MaskPhones(j.Estimate), style{base, false, text}, beside, 2)
	words := state.height() + took.height() + estimate.height()
	upper := max(words, disc)
	bar := s.progress()
	height := pad + upper + bar.height + pad
	const after = 54
	return section{height + after, func(top float32) {
		s.path.roundRect(margin, top, margin+inner, top+height, radius)
		s.fill(soft)
		center := point{margin + pad + disc/2, top + pad + upper/2}
		s.path.circle(center, disc/2)
		s.fill(tone)
		s.icon(j.Parcel.Status, center, disc*0.56)
		x, y := center.x+disc/2+gap, top+pad+(upper-words)/2
		y = s.set(state, x, y)
		y = s.set(took, x, y)
		s.set(estimate, x, y)
		bar.draw(top + pad + upper)
	}}
}

// stages are what a journey goes through, as the progress bar names them.
func stages() [4]string {
	return [4]string{"picture.collected", "picture.transit", "picture.delivery", "picture.delivered"}
}

// stage is how many of them a status has reached; 0 where there is nothing to show.
func stage(p models.Parcel) int {
	switch p.Status {
	case models.Collected:
		return 1
	case models.InTransit, models.Customs, models.Exception, models.Returning:
		return 2
	case models.OutForDelivery, models.ReadyForPickup, models.FailedAttempt, models.Rejected:
		return 3
	case models.Delivered, models.Returned:
		return 4
	}
	return 0
}

// progressMargin is how far the progress bar keeps from the sides of its panel.
const progressMargin = 15

// progress is the bar of stages; it has no height where the journey has none.
func (s *sheet) progress() section {
	reached := stage(s.journey.Parcel)
	if reached == 0 {
		return section{0, func(float32) {}}
	}
	const above, dot, below = 57, 14, 48
	const column = inner - 2*progressMargin
	labels := stages()
	if reached == 4 && s.journey.Parcel.Status == models.Returned {
		labels[3] = "picture.returned"
	}
	return section{above + dot + below + small*0.4, func(top float32) {
		y := top + above
		const each = column / 4
		center := func(i int) point { return point{margin + progressMargin + each*(float32(i)+0.5), y} }
		s.path.stroke(8, center(0), center(3))
		s.fill(line)
		s.path.stroke(8, center(0), center(reached-1))
		s.fill(tone)
		for i, key := range labels {
			s.stageDot(center(i), i+1, reached)
			ink := muted
			if i+1 == reached {
				ink = tone
			}
			label := s.words.Say(key)
			st := style{small, i+1 == reached, ink}
			s.write(label, st, center(i).x-s.wide(label, st)/2, y+dot+below)
		}
	}}
}

// stageDot is filled where a journey has been, larger where it is.
func (s *sheet) stageDot(c point, nth, reached int) {
	switch {
	case nth == reached:
		s.path.circle(c, 27)
		s.fill(soft)
		s.path.circle(c, 22)
		s.fill(tone)
		s.path.circle(c, 8)
		s.fill(onTone)
	case nth < reached:
		s.path.circle(c, 14)
		s.fill(tone)
	default:
		s.path.circle(c, 20)
		s.fill(soft)
		s.path.circle(c, 14)
		s.fill(line)
	}
}
