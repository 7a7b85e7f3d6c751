package console

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
)

// bracketed is a paste as a terminal sends it.
func bracketed(text string) string { return "\x1b[200~" + text + "\x1b[201~" }

func TestAPasteIsOneMessage(t *testing.T) {
	for name, c := range map[string]struct {
		sent []string
		want string
	}{
		"several lines":                   {[]string{bracketed("【天猫】已发货\r圆通\rYT1"), "\r"}, "【天猫】已发货\n圆通\nYT1"},
		"line ends of any kind":           {[]string{bracketed("a\r\nb\nc\rd"), "\r"}, "a\nb\nc\nd"},
		"an empty line in it":             {[]string{bracketed("a\r\rb"), "\r"}, "a\n\nb"},
		"a line end at its end waits":     {[]string{bracketed("a\rb\r"), "!", "\r"}, "a\nb\n!"},
		"and is not part of the message":  {[]string{bracketed("a\rb\r\r"), "\r"}, "a\nb"},
		"two of them, a line each":        {[]string{bracketed("a\r"), bracketed("b\r"), "\r"}, "a\nb"},
		"in the middle of what was typed": {[]string{"ad", "\x1b[D", bracketed("b\rc"), "\r"}, "ab\ncd"},
		"edited before it is sent":        {[]string{bracketed("a\rb"), "\x1b[D\x7f-\x1b[D\x7f", "\r"}, "-b"},
		"control characters go":           {[]string{bracketed("a\x03\x04\x15\x7f\x00b\tc\u0085"), "\r"}, "ab c"},
		"sequences are no keys":           {[]string{bracketed("a\x1b[31mred\x1b[0m\x1b[D\x1b[3~\x1bOA"), "\r"}, "aredOA"},
		"marks that nobody sees go":       {[]string{bracketed("\ufeffa\u200b\u202eb👨‍👩‍👧"), "\r"}, "ab👨‍👩‍👧"},
		"broken bytes go":                 {[]string{bracketed("a\xff\xfeb"), "\r"}, "ab"},
		"many lines":                      {[]string{bracketed(strings.Repeat("x\r", 5000)), "\r"}, strings.TrimSuffix(strings.Repeat("x\n", 5000), "\n")},
		"in pieces":                       {strings.Split(bracketed("a\r\x1b[Ab")+"\r", ""), "a\nb"},
		"cut where it ends":               {[]string{"\x1b[200~a\rb\x1b[2", "01~", "\r"}, "a\nb"},
		"with Enter in the same read":     {[]string{bracketed("a\rb") + "\r"}, "a\nb"},
		"nothing":                         {[]string{bracketed(""), "a\r"}, "a"},
	} {
		t.Run(name, func(t *testing.T) {
			e, _ := editorWith(40, c.sent...)
			if got, err := e.Line(); got != c.want || err != nil {
				t.Errorf("message %q, error %v; want %q", got, err, c.want)
			}
		})
	}
}

func TestWhatIsSentAtOnceWithoutBracketsIsOneMessage(t *testing.T) {
	for name, c := range map[string]struct {
		sent []string
		want []string
	}{
		"several lines":                      {[]string{"a\rb\rc", "\r"}, []string{"a\nb\nc"}},
		"line feeds":                         {[]string{"a\nb\n"}, []string{"a\nb"}},
		"both":                               {[]string{"a\r\nb\r\n"}, []string{"a\nb"}},
		"the last line break is Enter":       {[]string{"a\rb\r", "c\r"}, []string{"a\nb", "c"}},
		"several at the end are one":         {[]string{"a\rb\r\r\r", "c\r"}, []string{"a\nb", "c"}},
		"a character goes on in the next":    {[]string{"一\r\xe4\xba", "\x8c\r三\r"}, []string{"一\n二\n三"}},
		"line after line":                    {[]string{"a\r", "b\r"}, []string{"a", "b"}},
		"Enter and what follows":             {[]string{"a", "\rb\r"}, []string{"a", "b"}},
		"a program's keys":                   {[]string{"a\rb\x7fc\r"}, []string{"a", "c"}},
		"a program's sequences":              {[]string{"a\rbc\x1b[D\x7f\r"}, []string{"a", "c"}},
		"a terminal that brackets its paste": {[]string{bracketed("x") + "\r", "a\rb\r"}, []string{"x", "a", "b"}},
	} {
		t.Run(name, func(t *testing.T) {
			e, _ := editorWith(40, c.sent...)
			for _, want := range c.want {
				if got, err := e.Line(); got != want || err != nil {
					t.Fatalf("message %q, error %v; want %q", got, err, want)
				}
			}
		})
	}
}

func TestAPasteIsShownOnOneRow(t *testing.T) {
	e, out := editorWith(40, bracketed("一\r二"), "\x7f", "\r")
	if _, err := e.Line(); err != nil {
		t.Fatal(err)
	}
	if want := "\r\x1b[K> \r\x1b[K> 一⏎二\r\x1b[K> 一⏎\r\x1b[K> 一\r\n"; out.String() != want {
		t.Errorf("screen %q, want %q", out, want)
	}
}

// drawnOn is a screen that tells when something is drawn for the first time.
type drawnOn struct {
	text  strings.Builder
	once  sync.Once
	drawn chan struct{}
}

// Write keeps p.
func (d *drawnOn) Write(p []byte) (int, error) {
	defer d.once.Do(func() { close(d.drawn) })
	return d.text.Write(p)
}

func TestNewsDoesNotTearAPaste(t *testing.T) {
	in, terminal := io.Pipe()
	out := &drawnOn{drawn: make(chan struct{})}
	e := NewEditor(in, out, "> ", func() int { return 40 })
	message := make(chan string, 1)
	go func() {
		got, err := e.Line()
		message <- fmt.Sprint(got, err)
	}()
	<-out.drawn
	for _, sent := range []string{"x", "\x1b[200~a\rb", "c\rd\x1b[201~\r"} {
		if _, err := io.WriteString(terminal, sent); err != nil { // returns once it is read
			t.Fatal(err)
		}
		if strings.HasSuffix(sent, "b") {
			if err := e.Show("news\n"); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := <-message; got != "xa\nbc\nd<nil>" {
		t.Errorf("message and error %q", got)
	}
	if got := out.text.String(); !strings.Contains(got, "\x1b[Knews\r\n> ") || !strings.HasSuffix(got, "> xa⏎bc⏎d\r\n") {
		t.Errorf("screen %q", got)
	}
}

func TestAPasteThatNeverEndsCanBeLeft(t *testing.T) {
	e, _ := editorWith(40, "\x1b[200~a\rb", "\x03")
	if _, err := e.Line(); !errors.Is(err, ErrLeave) {
		t.Errorf("error %v", err)
	}
}

func TestTheTerminalIsAskedForBracketsAndLeftWithout(t *testing.T) {
	e, out := editorWith(40)
	e.Open()
	e.Close()
	if out.String() != "\x1b[?2004h\x1b[?2004l" {
		t.Errorf("screen %q", out)
	}
}
