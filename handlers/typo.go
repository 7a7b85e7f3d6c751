package handlers

import (
	"context"

	"waybill/models"
)

// Choices of the question for a typo.
const (
	typoLikely  = "y" // the likely number is meant
	typoAsGiven = "g" // the number as it was written is
)

// askTypo asks whether a number was meant that differs from the one written in what is
// easily mistaken: a letter for a digit, one digit too few. likely has the name and the
// tail that were given.
func (t *turn) askTypo(ctx context.Context, given string, likely models.Item) ([]Reply, error) {
	likely.Given = given
	q := models.Question{Asking: models.AskTypo, Items: []models.Item{likely}}
	if err := t.ask(ctx, &q); err != nil {
		return nil, err
	}
	return t.renderQuestion(q), nil
}

// typoWords is that question. A letter in the place of a digit is said to be one.
func (t *turn) typoWords(q models.Question) []Reply {
	item := q.Items[0]
	replies := t.render.reply("typo.likely", "Given", item.Given, "Number", item.Number)
	if letter, digit, ok := mistaken(item.Given, item.Number); ok {
		replies = t.render.reply("typo.letter", "Given", item.Given, "Letter", letter, "Digit", digit)
	}
	replies[0].Buttons = [][]Button{
		{{Text: item.Number, Data: "o:" + q.Nonce + ":" + typoLikely}},
		{
			{Text: t.render.say("button.as_given"), Data: "o:" + q.Nonce + ":" + typoAsGiven},
			{Text: t.render.say("button.no_number"), Data: "x:" + q.Nonce},
		},
	}
	return replies
}

// mistaken is the letter of given, and the digit of likely in its place, when they
// differ in nothing else.
func mistaken(given, likely string) (letter, digit string, ok bool) {
	if len(given) != len(likely) {
		return "", "", false
	}
	for i := range len(given) {
		if given[i] == likely[i] {
			continue
		}
		here, there := given[i:i+1], likely[i:i+1]
		if isDigits(here) || !isDigits(there) || ok && (here != letter || there != digit) {
			return "", "", false
		}
		letter, digit, ok = here, there, true
	}
	return letter, digit, ok
}

// answerTypo goes on with the number that is meant.
func (t *turn) answerTypo(ctx context.Context, q models.Question, choice string) ([]Reply, error) {
	item := q.Items[0]
	r := request{number: item.Number, name: item.Name, tail: item.Tail}
	if choice == typoAsGiven {
		r.number = item.Given
	}
	return t.track(ctx, []step{r}, q.Rest)
}
