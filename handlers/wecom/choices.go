package wecom

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/width"

	"waybill/handlers"
	"waybill/internal/pattern"
	"waybill/models"
)

const (
	choicesLive = 24 * time.Hour
	choicesMost = 30 // numbers at once in one chat; what comes then has none
)

// choices are buttons for chats that have none: each gets a number, and whoever
// answers with the number has pressed the button. A number keeps its meaning
// until the next answer, over a restart, too: further replies of one answer
// continue the count, and news goes without numbers.
type choices struct {
	memory  Memory
	phrases func(lang string) Phrases
	now     func() time.Time
}

// offer is the buttons that have been numbered in one chat.
type offer struct {
	Data []string `json:"d"`
}

// number gives an answer's buttons their numbers and returns the first one, 0
// when they get none, as those of news. It is remembered before anything is
// shown, and the same reply gets the same numbers when it is sent again. An
// answer without buttons takes back what was offered before, so that a number
// cannot press what the chat no longer shows.
func (c choices) number(ctx context.Context, to models.Address, r handlers.Reply) (int, error) {
	data := buttonData(r)
	further := r.Token == "" // of several replies to one message the first has the token
	if r.For != handlers.Answer || len(data) == 0 && further {
		return 0, nil
	}
	o, err := c.offered(ctx, to, models.At(c.now()))
	if err != nil || len(data)+len(o.Data) == 0 {
		return 0, err
	}
	if !further {
		o.Data = nil
	}
	first := o.add(data)
	return first, c.keep(ctx, to, o)
}

// add numbers more buttons, unless they are the last ones already, and returns
// the first number; 0 when there are none, or too many.
func (o *offer) add(data []string) int {
	if n := len(o.Data) - len(data); n >= 0 && len(data) > 0 && slices.Equal(o.Data[n:], data) {
		return n + 1
	}
	if len(data) == 0 || len(o.Data)+len(data) > choicesMost {
		return 0
	}
	o.Data = append(o.Data, data...)
	return len(o.Data) - len(data) + 1
}

func (c choices) keep(ctx context.Context, to models.Address, o offer) error {
	value, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("write choices: %w", err)
	}
	until := models.At(c.now()).Add(choicesLive)
	return wrap("keep choices", c.memory.Remember(ctx, models.MemoryChoices, to.Key(), value, until))
}

// pick is the data of the button that a text presses; false when it is no
// number, or one that stands for nothing.
func (c choices) pick(ctx context.Context, from models.Address, text string) (data string, ok bool, err error) {
	n, numeric := choiceIn(text)
	if !numeric {
		return "", false, nil
	}
	o, err := c.offered(ctx, from, models.At(c.now()))
	if err != nil || n > len(o.Data) {
		return "", false, err
	}
	return o.Data[n-1], true, nil
}

func (c choices) offered(ctx context.Context, chat models.Address, now models.Moment) (offer, error) {
	value, ok, err := c.memory.Recall(ctx, models.MemoryChoices, chat.Key(), now)
	if err != nil || !ok {
		return offer{}, wrap("recall choices", err)
	}
	var o offer
	_ = json.Unmarshal(value, &o) // what another version wrote stands for nothing
	return o, nil
}

func buttonData(r handlers.Reply) []string {
	var data []string
	for _, row := range r.Buttons {
		for _, b := range row {
			data = append(data, b.Data)
		}
	}
	return data
}

var choiceShape = pattern.New(`^(?:回复|选择|选|第|#)?\s*([1-9][0-9]?)\s*(?:个|项)?[.。,，!！]?$`)

// choiceIn is the number that a text consists of: 2, ２, 回复2, 选 2.
func choiceIn(text string) (int, bool) {
	found := choiceShape.FindStringSubmatch(strings.TrimSpace(width.Fold.String(text)))
	if found == nil {
		return 0, false
	}
	n, err := strconv.Atoi(found[1])
	return n, err == nil && n <= choicesMost
}

// numbered says that every button's text is its number, counted from first.
func numbered(rows [][]handlers.Button, first int) bool {
	for _, b := range slices.Concat(rows...) {
		if b.Text != strconv.Itoa(first) {
			return false
		}
		first++
	}
	return true
}

// lead stands over choices that have numbers, in the language of the reply, else
// in that of the buttons. mention: in this chat the bot must be mentioned.
func (c choices) lead(r handlers.Reply, mention bool) string {
	lang := r.Lang
	switch {
	case lang != "":
	case inHan(r.Buttons):
		lang = "zh-CN"
	default:
		lang = "en"
	}
	words := c.phrases(lang)
	if mention {
		return words.MentionNumber
	}
	return words.Number
}

func inHan(rows [][]handlers.Button) bool {
	return slices.ContainsFunc(slices.Concat(rows...), func(b handlers.Button) bool {
		return strings.ContainsFunc(b.Text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	})
}

// lines says what the numbers from first on stand for, a row of buttons a line;
// nothing where the buttons are these very numbers, as those of a list's rows.
func (c choices) lines(r handlers.Reply, first int, mention bool) handlers.Block {
	if numbered(r.Buttons, first) {
		return nil
	}
	block := handlers.Block{{{Text: c.lead(r, mention)}}}
	for _, row := range r.Buttons {
		var line strings.Builder
		for _, b := range row {
			if line.Len() > 0 {
				line.WriteString("  ")
			}
			fmt.Fprintf(&line, "[%d] %s", first, b.Text)
			first++
		}
		if line.Len() > 0 {
			block = append(block, handlers.Line{{Text: line.String()}})
		}
	}
	return block
}
