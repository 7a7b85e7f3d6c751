package handlers

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"waybill/models"
)

// longestLabel is how many characters a text may have that is looked up among labels.
const longestLabel = 40

// pressedQuestion presses a button of the open question whose label was typed; false
// when the text is none.
func (t *turn) pressedQuestion(ctx context.Context, q models.Question, text string) ([]Reply, bool, error) {
	label := labelOf(text)
	if label == "" || t.overheard() || utf8.RuneCountInString(text) > longestLabel {
		return nil, false, nil
	}
	data, ok := buttonLabelled(t.renderQuestion(q), label)
	if !ok {
		return nil, false, nil
	}
	t.m.Button = data
	replies, err := t.tapped(ctx)
	return asTyped(replies), true, err
}

// pressed presses a button under the parcel that was shown last, or under a stop,
// whose label was typed; false when the text is none.
func (t *turn) pressed(ctx context.Context, text string) ([]Reply, bool, error) {
	label := labelOf(text)
	if label == "" || t.overheard() || utf8.RuneCountInString(text) > longestLabel {
		return nil, false, nil
	}
	what, ok := t.shownLabel(label)
	if !ok {
		return nil, false, nil
	}
	if what == "u" {
		replies, err := t.undo(ctx)
		return replies, true, err
	}
	f, ok, err := t.shownLast(ctx)
	if err != nil {
		return nil, false, err
	}
	if !ok {
		replies, err := t.pressedNone(ctx, what)
		return replies, true, err
	}
	replies, err := t.tappedFollowed(ctx, what, f)
	return asTyped(replies), true, err
}

// pressedNone is for a label when no parcel was shown last: it is the command, which
// means the only parcel or asks which.
func (t *turn) pressedNone(ctx context.Context, what string) ([]Reply, error) {
	switch what {
	case "s":
		return t.stop(ctx, command{verb: verbStop})
	case "n":
		return t.onlyOrWhich(ctx, verbName, "")
	case "m":
		return t.onlyOrWhich(ctx, verbMute, "")
	case "v":
		return t.onlyOrWhich(ctx, verbUnmute, "")
	case "r":
		return t.list(ctx, false)
	}
	return t.onlyOrWhich(ctx, verbDetail, "")
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

// shownLabel is what a button does whose label this is, in any language.
func (t *turn) shownLabel(label string) (what string, ok bool) {
	switch label {
	case labelOf("重新整理"), labelOf("重新查询"), labelOf("重新查詢"), labelOf("更新"), labelOf("刷新"):
		return "r", true
	}
	for _, lang := range t.settings.Words.Languages() {
		words := t.settings.Words.For(lang)
		for key, what := range shownLabels() {
			if labelOf(words.Say(key)) == label {
				return what, true
			}
		}
	}
	return "", false
}

// shownLabels are the labels of the buttons under a parcel, and of the one under a
// stop, with what each does.
func shownLabels() map[string]string {
	return map[string]string{
		"button.refresh": "r", "button.details": "d", "button.name": "n",
		"button.mute": "m", "button.unmute": "v", "button.stop": "s", "button.undo": "u",
	}
}

// labelOf is a label as it is compared: lower case, without pictures and signs.
func labelOf(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(fold(text)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " ")
}
