// Command picture talks with `bot demo` and draws what was said:
//
//	go run ./scripts/picture >docs/conversation.svg
//
// Nothing in the picture is written by hand but the person's own lines.
package main

import (
	"bufio"
	"context"
	"fmt"
	"html"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// bubble is something that was said.
type bubble struct {
	mine  bool
	lines []string
}

const (
	lasts = 2 * time.Minute // the whole talk
	still = 400 * time.Millisecond
)

func main() {
	bubbles, err := talk([]string{"帮我看看YT1000000000013到哪了", "SF1000000000015 妈妈的茶叶", "1234", "列表"}, "已签收")
	if err == nil {
		_, err = io.WriteString(os.Stdout, draw(bubbles))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "picture:", err)
		os.Exit(1)
	}
}

// talk says each line once the demo has been still for a moment, then listens
// until news with the last words comes.
func talk(lines []string, last string) ([]bubble, error) {
	ctx, cancel := context.WithTimeout(context.Background(), lasts)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "run", "./cmd/bot", "demo", "--speed", "3600")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	heard := listen(out)
	var said []bubble
	for _, line := range lines {
		if _, err := io.WriteString(in, line+"\n"); err != nil {
			return nil, err
		}
		said = append(said, bubble{mine: true, lines: []string{line}})
		said = append(said, answers(heard)...)
	}
	for b := range heard {
		if !strings.Contains(b.lines[0], last) {
			continue // on its way; the end is what is shown
		}
		said = append(said, b)
		break
	}
	return said, in.Close()
}

// listen cuts what the demo says into messages: each ends in an empty line.
func listen(out io.Reader) <-chan bubble {
	heard := make(chan bubble, 100)
	go func() {
		defer close(heard)
		var b bubble
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if lines.Text() != "" {
				b.lines = append(b.lines, lines.Text())
				continue
			}
			heard <- b
			b = bubble{}
		}
	}()
	return heard
}

// answers is everything that comes until the demo is still.
func answers(heard <-chan bubble) []bubble {
	said := []bubble{<-heard}
	for {
		select {
		case b := <-heard:
			said = append(said, b)
		case <-time.After(still):
			return said
		}
	}
}

// Sizes in pixels.
const (
	width   = 760
	leading = 22
	letter  = 8.4 // of Latin letters and digits, at most
	sign    = 14  // of Chinese signs
	padding = 12
	gap     = 12
)

func draw(bubbles []bubble) string {
	var body strings.Builder
	y := gap
	for _, b := range bubbles {
		y = b.draw(&body, y)
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" `+
		`font-family="'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif" font-size="14">
<rect width="100%%" height="100%%" rx="10" fill="#e9edf2"/>
%s</svg>
`, width, y, width, y, body.String())
}

// draw draws the bubble below y and returns where the next one begins.
func (b bubble) draw(to *strings.Builder, y int) int {
	wide := 0.0
	for _, line := range b.lines {
		wide = max(wide, length(line))
	}
	w, h := int(wide)+2*padding, len(b.lines)*leading+padding
	x, fill := gap, "#ffffff"
	if b.mine {
		x, fill = width-w-gap, "#c9efb8"
	}
	fmt.Fprintf(to, `<rect x="%d" y="%d" width="%d" height="%d" rx="10" fill="%s"/>`+"\n", x, y, w, h, fill)
	for i, line := range b.lines {
		fmt.Fprintf(to, `<text x="%d" y="%d" fill="#1d2733" xml:space="preserve">%s</text>`+"\n",
			x+padding, y+padding/2+leading*(i+1)-6, html.EscapeString(line))
	}
	return y + h + gap
}

// length is how wide a line is.
func length(line string) float64 {
	n := 0.0
	for _, r := range line {
		if r > 0x2e80 {
			n += sign
		} else {
			n += letter
		}
	}
	return n
}
