package handlers

// fullFor are several numbers that were one too many for the chat, together.
type fullFor struct{ numbers []located }

func (f fullFor) about() request { return f.numbers[0].request }

// joinFull puts the steps together that were refused because the chat is full.
func joinFull(steps []step) []step {
	var rest []step
	var full fullFor
	for _, s := range steps {
		if r, ok := s.(refused); ok && r.why == "full" {
			full.numbers = append(full.numbers, r.located)
		} else {
			rest = append(rest, s)
		}
	}
	if len(full.numbers) < 2 {
		return steps
	}
	return append(rest, full)
}

// fullWords says it once, with all their numbers.
func (t *turn) fullWords(f fullFor) []Block {
	block := t.render.sentence("full_many", "Max", t.settings.MaxParcels, "Count", len(f.numbers))
	for _, l := range f.numbers {
		block = append(block, t.render.head(l.parcel, l.name))
	}
	return []Block{block}
}

// corrected says that a parcel is another carrier's than the one that somebody named.
func (t *turn) corrected(f followed) []Block {
	is := f.answer.Parcel.Carrier
	if f.named == "" || is == "" || f.named == is || !f.opens() {
		return nil
	}
	return []Block{t.render.sentence("carrier_corrected", "Carrier", t.render.carrier(is))}
}

// watchingKey is the promise under several parcels: one that has arrived is watched no
// more.
func watchingKey(said []step, watched int) string {
	for _, s := range said {
		if f, ok := s.(followed); ok && !f.live() && watched > 0 {
			return "watching_rest"
		}
	}
	return "watching_all"
}
