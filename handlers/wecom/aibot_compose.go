package wecom

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"waybill/handlers"
	"waybill/models"
)

const (
	aibotMaxText    = 20480 // bytes of markdown in one message
	aibotMaxWelcome = 2048  // bytes; WeCom names no limit for a welcome, its text messages have this one
)

// compose writes a reply as messages of markdown; none when it says nothing.
// Numbers that stand for its buttons are remembered before they are shown.
func (d *AIBot) compose(ctx context.Context, to models.Address, r handlers.Reply) ([]string, error) {
	blocks := r.Blocks
	if len(blocks) == 0 && r.Toast != "" {
		blocks = []handlers.Block{{{{Text: r.Toast}}}}
	}
	file, err := fileLines(r.File)
	if err != nil {
		return nil, err
	}
	written := texts(blocks, aibotMarkdown)
	if len(file) > 0 {
		// A fence that is torn between two messages would swallow both.
		return append(pages(written, aibotMaxText), fenced(file)...), nil
	}
	first, err := d.choices.number(ctx, to, r)
	if err != nil {
		return nil, err
	}
	if lines := choiceLines(r, first, strings.HasPrefix(to.Room, aibotGroup)); first > 0 && lines != nil {
		written = append(written, aibotMarkdown(lines))
	}
	return pages(written, aibotMaxText), nil
}

// aibotMarkdown is a block in the robots' markdown, which has no colours.
func aibotMarkdown(b handlers.Block) string {
	b = slices.Clone(b)
	for i, line := range b {
		b[i] = slices.Clone(line)
		for j := range b[i] {
			if b[i][j].Style == handlers.Dim {
				b[i][j].Style = handlers.Plain
			}
		}
	}
	return markdown(b)
}

// fileLines is a file as lines of text, its name first: that is how the
// contract lets a file be shown where sending one takes an upload.
func fileLines(f *handlers.File) ([]string, error) {
	if f == nil {
		return nil, nil
	}
	if !utf8.Valid(f.Body) {
		return nil, fmt.Errorf("%w: a file that is no text", models.ErrRefused)
	}
	body := strings.ReplaceAll(string(f.Body), "```", "'''")
	return append([]string{f.Name}, strings.Split(strings.TrimRight(body, "\n"), "\n")...), nil
}

// fenced is text that is shown as it stands, in as many messages as it takes.
func fenced(lines []string) []string {
	const fence = "```"
	out := pages(lines, aibotMaxText-2*len(fence)-2)
	for i := range out {
		out[i] = fence + "\n" + out[i] + "\n" + fence
	}
	return out
}

// welcomeText is a reply as one plain text.
func welcomeText(r handlers.Reply) string {
	all := pages(texts(r.Blocks, plain), aibotMaxWelcome)
	if len(all) == 0 {
		return ""
	}
	return all[0]
}
