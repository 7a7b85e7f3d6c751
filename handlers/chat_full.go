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
	block := t.render.sentence("full_many", "Max", t.maxParcels(), "Count", len(f.numbers))
	for _, l := range f.numbers {
		block = append(block, t.render.head(l.parcel, l.name))
	}
	return []Block{block}
}
