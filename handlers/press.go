package handlers

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestLabel is how many characters a text may have that is looked up among labels.
const longestLabel = 40

// pressed does what a shown button says whose label was typed: one of the open
// question's, or one under the parcel that was shown last. False when the text is no
// such label.
func (t *turn) pressed(ctx context.Context, text string) ([]Reply, bool, error) {
	label := labelOf(text)
	if label == "" || utf8.RuneCountInString(text) > longestLabel || t.overheard() {
		return nil, false, nil
	}
	q, open, err := t.question(ctx)
	if err != nil {
		return nil, false, err
	}
	if open {
		if data, ok := buttonLabelled(t.renderQuestion(q), label); ok {
			replies, err := t.typed(ctx, data)
			return replies, true, err
		}
	}
	what, ok := t.parcelLabel(label)
	if !ok {
		return nil, false, nil
	}
	f, ok, err := t.shownLast(ctx)
	if err != nil || !ok {
		return nil, false, err
	}
	replies, err := t.tappedFollowed(ctx, what, f)
	return asTyped(replies), true, err
}

// typed presses a button without there being a message to rewrite.
func (t *turn) typed(ctx context.Context, data string) ([]Reply, error) {
	t.m.Button = data
	replies, err := t.tapped(ctx)
	return asTyped(replies), err
}

// asTyped is the answer to a pressed button as a message of its own.
func asTyped(replies []Reply) []Reply {
	for i, r := range replies {
		if len(r.Blocks) == 0 && r.Toast != "" {
			replies[i].Blocks = PlainText(r.Toast).Blocks
		}
		replies[i].Edit, replies[i].Toast = false, ""
	}
	return replies
}

func buttonLabelled(replies []Reply, label string) (data string, ok bool) {
	for _, r := range replies {
		for _, row := range r.Buttons {
			for _, b := range row {
				if labelOf(b.Text) == label {
					return b.Data, true
				}
			}
		}
	}
	return "", false
}

// parcelLabel is what a button under a parcel does whose label this is, in any
// language.
func (t *turn) parcelLabel(label string) (what string, ok bool) {
	for _, lang := range t.settings.Words.Languages() {
		words := t.settings.Words.For(lang)
		for key, what := range parcelLabels() {
			if labelOf(words.Say(key)) == label {
				return what, true
			}
		}
	}
	return "", false
}

// parcelLabels are the labels of the buttons under a parcel, and what each does.
func parcelLabels() map[string]string {
	return map[string]string{
		"button.refresh": "r", "button.details": "d", "button.name": "n",
		"button.mute": "m", "button.unmute": "v", "button.stop": "s",
	}
}

// labelOf is a label as it is compared: lower case, without pictures and signs.
func labelOf(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(fold(text)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " ")
}
