package wecom

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/silenceper/wechat/v2/work/kf/sendmsg"

	"waybill/handlers"
	"waybill/models"
)

// Limits of a message, in bytes (document 94677).
const (
	maxText  = 2048
	maxHead  = 1024 // over and under a menu
	maxItems = 10
	maxID    = 64 // behind a menu's item
	maxItem  = 128
)

// part is one message of a reply.
type part struct {
	text  string
	menu  []handlers.Button // under the text
	title string            // of the card that an aibot's menu is
	file  *handlers.File    // instead of all else
	kind  string            // of the file: typeImage, typeFile
}

func textsOf(parts []part) []string {
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = p.text
	}
	return out
}

// compose makes the messages of a reply. limit is how many bytes of a text are
// the reply's own. What WeCom would never take is models.ErrRefused.
func compose(r handlers.Reply, limit int) ([]part, error) {
	menu, err := items(r.Buttons)
	if err != nil {
		return nil, err
	}
	blocks, file, err := textAndFile(r, limit)
	if err != nil {
		return nil, err
	}
	parts := withMenu(blocks, menu, limit, r.For == handlers.Answer)
	return append(parts, filesOf(r.Picture, file, r.For == handlers.Answer)...), nil
}

// filesOf are the messages that are no text: a picture, which is nobody's news by itself
// where messages are counted, and a file.
func filesOf(picture, file *handlers.File, pictured bool) []part {
	var parts []part
	if picture != nil && pictured {
		parts = append(parts, part{file: picture, kind: typeImage})
	}
	if file != nil {
		parts = append(parts, part{file: file, kind: typeFile})
	}
	return parts
}

// items are the buttons of all rows.
func items(rows [][]handlers.Button) ([]handlers.Button, error) {
	var menu []handlers.Button
	for _, row := range rows {
		for _, b := range row {
			if b.Data == "" || len(b.Data) > maxID || strings.TrimSpace(b.Text) == "" {
				return nil, fmt.Errorf("%w: a button with %d bytes of data and %d of text", models.ErrRefused, len(b.Data), len(b.Text))
			}
			menu = append(menu, handlers.Button{Text: shorten(valid(b.Text), maxItem), Data: b.Data})
		}
	}
	if len(menu) > maxItems {
		return nil, fmt.Errorf("%w: a menu of %d items", models.ErrRefused, len(menu))
	}
	return menu, nil
}

// textAndFile is the reply's text, and its file unless that is short enough to be text.
func textAndFile(r handlers.Reply, limit int) ([]string, *handlers.File, error) {
	blocks := texts(r.Blocks, plain)
	if len(blocks) == 0 && r.Toast != "" {
		blocks = []string{valid(r.Toast)}
	}
	if r.File == nil {
		return blocks, nil, nil
	}
	if len(r.File.Body) < minFile || len(r.File.Body) > maxFile {
		return nil, nil, fmt.Errorf("%w: a file of %d bytes", models.ErrRefused, len(r.File.Body))
	}
	one := slices.Concat(blocks, []string{valid(string(r.File.Body))})
	if utf8.Valid(r.File.Body) && len(pages(one, limit)) == 1 {
		return one, nil, nil
	}
	return blocks, r.File, nil
}

// withMenu spreads text over messages, the last of which has the menu. A text
// that is too long to stand over a menu goes without it, unless somebody asked:
// then the menu and as much of the text's end as fits are one more message.
func withMenu(blocks []string, menu []handlers.Button, limit int, asked bool) []part {
	whole := together(blocks, maxHead)
	cut := tail(whole, maxHead)
	if len(menu) == 0 || cut > 0 && !asked {
		return partsOf(pages(blocks, limit))
	}
	over := trimBlank(strings.Join(whole[cut:], "\n"))
	return append(partsOf(spread(whole[:cut], limit)), part{text: over, menu: menu})
}

func partsOf(texts []string) []part {
	var parts []part
	for _, text := range texts {
		parts = append(parts, part{text: text})
	}
	return parts
}

// tail is where the last blocks that fit into limit bytes together begin.
func tail(blocks []string, limit int) int {
	size := -1
	for i := len(blocks) - 1; i >= 0; i-- {
		if size += 1 + len(blocks[i]); size > limit {
			return i + 1
		}
	}
	return 0
}

// message is a part as WeCom takes it. end stands under it; choose stands over
// a menu that has no text of its own.
func (p part) message(to sendmsg.Message, end, choose string) any {
	if p.menu == nil {
		m := sendmsg.Text{Message: to, MsgType: typeText}
		m.Text.Content = under(p.text, end)
		return m
	}
	m := sendmsg.Menu{Message: to, MsgType: "msgmenu"}
	m.MsgMenu.HeadContent, m.MsgMenu.TailContent = p.text, end
	if strings.TrimSpace(p.text) == "" {
		m.MsgMenu.HeadContent = choose
	}
	for _, b := range p.menu {
		click := sendmsg.MenuClick{Type: "click"}
		click.Click.ID, click.Click.Content = b.Data, b.Text
		m.MsgMenu.List = append(m.MsgMenu.List, click)
	}
	return m
}

func under(text, end string) string {
	if end == "" {
		return text
	}
	return text + "\n" + end
}

// Merge makes one reply of as many of the first replies as one message holds,
// at least one, and says of how many, because WeCom counts messages. News that
// is merged loses its buttons, which would not say which parcel they mean.
func (k *KF) Merge(rs []handlers.Reply) (one handlers.Reply, merged int) {
	one = rs[0]
	for n, r := range rs[1:] {
		both, ok := join(one, r)
		if !ok {
			return one, n + 1
		}
		if parts, err := compose(both, k.textLimit(both.Lang)); err != nil || len(parts) != 1 {
			return one, n + 1
		}
		one = both
	}
	return one, len(rs)
}

// join puts b under a, if both are news or both are answers to one message,
// and nothing that matters is lost.
func join(a, b handlers.Reply) (handlers.Reply, bool) {
	asked := a.For == handlers.Answer
	switch {
	case asked != (b.For == handlers.Answer), a.Lang != b.Lang, a.File != nil, b.File != nil, asked && (a.Picture != nil || b.Picture != nil):
		return handlers.Reply{}, false
	case parseReplyTo(a.Token).event(), b.Token != "", asked && len(a.Buttons) > 0:
		return handlers.Reply{}, false
	}
	both := a
	both.Blocks = slices.Concat(a.Blocks, []handlers.Block{{{}}}, b.Blocks)
	both.Buttons = nil
	if asked {
		both.Buttons = b.Buttons
	}
	if b.For == handlers.Urgent {
		both.For = handlers.Urgent
	}
	return both, true
}
