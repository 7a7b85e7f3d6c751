package wecom

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"waybill/handlers"
	"waybill/models"
)

const (
	kindChoices = "wecom_choices"
	choicesLive = 24 * time.Hour
	choicesMost = 30               // numbers at once in one chat; what comes then has none
	choicesGrow = 20 * time.Second // further replies of one answer come within this time
)

// choices are buttons for chats that have none: each gets a number, and whoever
// answers with the number has pressed the button. A number never changes its
// meaning before the next answer: what is sent in between counts on, or goes
// without numbers. They are remembered, so they survive a restart.
type choices struct {
	memory Memory
	now    func() time.Time
}

// offer is the buttons that have been numbered in one chat.
type offer struct {
	Data []string      `json:"d"`
	At   models.Moment `json:"at"` // when the answer began that they belong to
}

// number gives the buttons of a reply their numbers and returns the first one,
// 0 when they get none. It is remembered before anything is shown. The same
// reply gets the same numbers when it is sent again.
func (c choices) number(ctx context.Context, to models.Address, r handlers.Reply) (int, error) {
	data := buttonData(r)
	if len(data) == 0 {
		return 0, nil
	}
	now := models.At(c.now())
	var o offer
	if r.Token == "" {
		var err error
		if o, err = c.offered(ctx, to, now); err != nil {
			return 0, err
		}
		if now.Sub(o.At) > choicesGrow {
			return 0, nil // news: nobody asked for it, and it takes no numbers
		}
	} else {
		o.At = now
	}
	if n := len(o.Data) - len(data); n >= 0 && slices.Equal(o.Data[n:], data) {
		return n + 1, nil
	}
	first := len(o.Data) + 1
	if o.Data = append(o.Data, data...); len(o.Data) > choicesMost {
		return 0, nil
	}
	value, err := json.Marshal(o)
	if err != nil {
		return 0, fmt.Errorf("write choices: %w", err)
	}
	if err := c.memory.Remember(ctx, kindChoices, choicesKey(to), value, now.Add(choicesLive)); err != nil {
		return 0, fmt.Errorf("keep choices: %w", err)
	}
	return first, nil
}

// pick is the data of the button that a text presses; false when it is no
// number, or one that stands for nothing.
func (c choices) pick(ctx context.Context, from models.Address, text string) (string, bool, error) {
	n, ok := choiceIn(text)
	if !ok {
		return "", false, nil
	}
	o, err := c.offered(ctx, from, models.At(c.now()))
	if err != nil || n > len(o.Data) {
		return "", false, err
	}
	return o.Data[n-1], true, nil
}

func (c choices) offered(ctx context.Context, chat models.Address, now models.Moment) (offer, error) {
	value, ok, err := c.memory.Recall(ctx, kindChoices, choicesKey(chat), now)
	if err != nil {
		return offer{}, fmt.Errorf("recall choices: %w", err)
	}
	var o offer
	if ok && json.Unmarshal(value, &o) != nil {
		return offer{}, nil // of another version: nobody remembers what it showed
	}
	return o, nil
}

func choicesKey(a models.Address) string { return a.Door + ":" + a.Room + ":" + a.Thread }

func buttonData(r handlers.Reply) []string {
	var data []string
	for _, row := range r.Buttons {
		for _, b := range row {
			data = append(data, b.Data)
		}
	}
	return data
}

var choiceShape = regexp.MustCompile(`^(?:回复|选择|选|第|#)?\s*([1-9][0-9]?)\s*(?:个|项)?[.。,，!！]?$`)

// choiceIn is the number that a text consists of: 2, ２, 回复2, 选 2.
func choiceIn(text string) (int, bool) {
	found := choiceShape.FindStringSubmatch(strings.TrimSpace(strings.Map(narrow, text)))
	if found == nil {
		return 0, false
	}
	n, err := strconv.Atoi(found[1])
	return n, err == nil && n <= choicesMost
}

// narrow turns a full-width digit into a plain one.
func narrow(r rune) rune {
	if r >= '０' && r <= '９' {
		return r - '０' + '0'
	}
	return r
}

// choiceLines says what the numbers from first on stand for, a row of buttons a
// line, in the language of the buttons.
func choiceLines(rows [][]handlers.Button, first int) handlers.Block {
	words, block := "Reply with a number:", handlers.Block{}
	for _, row := range rows {
		var line strings.Builder
		for _, b := range row {
			if line.Len() > 0 {
				line.WriteString("  ")
			}
			fmt.Fprintf(&line, "[%d] %s", first, b.Text)
			if strings.ContainsFunc(b.Text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				words = "回复数字："
			}
			first++
		}
		if line.Len() > 0 {
			block = append(block, handlers.Line{{Text: line.String()}})
		}
	}
	return append(handlers.Block{{{Text: words}}}, block...)
}
