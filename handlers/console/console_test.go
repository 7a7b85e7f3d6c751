package console

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"waybill/handlers"
	"waybill/models"
)

// inbox keeps what arrives.
type inbox struct {
	got []models.Arrival
	err error
}

func (i *inbox) Arrive(_ context.Context, as []models.Arrival, _ models.Moment) (int, error) {
	i.got = append(i.got, as...)
	return len(as), i.err
}

// terminal is a door with everything that it touches.
type terminal struct {
	*Door
	inbox *inbox
	out   *strings.Builder
	woken int
}

func open(t *testing.T, colours bool) *terminal {
	t.Helper()
	r := &terminal{inbox: &inbox{}, out: &strings.Builder{}}
	r.Door = New(r.inbox, NewPlain(r.out), colours, func() { r.woken++ }, func() time.Time { return time.UnixMilli(1000) })
	return r
}

// hear says a line and returns what the road reads of it.
func (r *terminal) receive(t *testing.T, line string) handlers.Message {
	t.Helper()
	if err := r.Receive(t.Context(), line); err != nil {
		t.Fatal(err)
	}
	m, _, err := r.Read(r.inbox.got[len(r.inbox.got)-1].Body)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (r *terminal) send(t *testing.T, reply handlers.Reply) {
	t.Helper()
	if err := r.Send(t.Context(), models.Address{}, reply); err != nil {
		t.Fatal(err)
	}
}

func words(text string) handlers.Reply {
	return handlers.Reply{Blocks: []handlers.Block{{{{Text: text}}}}}
}

func choices(text string, data ...string) handlers.Reply {
	r := words(text)
	for _, d := range data {
		r.Buttons = append(r.Buttons, []handlers.Button{{Text: strings.ToUpper(d), Data: d}})
	}
	return r
}

func TestALineIsStoredBeforeAnybodyIsWoken(t *testing.T) {
	r := open(t, false)
	m := r.receive(t, "你好")
	want := handlers.Message{Address: models.Address{Door: "console", Conversation: "local"}, Addressed: true, Text: "你好", From: "local"}
	if diff := cmp.Diff(want, m); diff != "" || r.woken != 1 {
		t.Errorf("woken %d times; message (-want +got):\n%s", r.woken, diff)
	}
	r.receive(t, "再见")
	if a, b := r.inbox.got[0], r.inbox.got[1]; a.Key == b.Key || a.Pos >= b.Pos {
		t.Errorf("two lines have keys %q and %q, places %d and %d", a.Key, b.Key, a.Pos, b.Pos)
	}
}

func TestALineThatCannotBeStoredWakesNobody(t *testing.T) {
	r := open(t, false)
	r.inbox.err = errors.New("disk full")
	if err := r.Receive(t.Context(), "x"); err == nil || r.woken != 0 {
		t.Errorf("error %v, woken %d times", err, r.woken)
	}
}

func TestAnEmptyLineIsNothingToHandle(t *testing.T) {
	d := open(t, false).Door
	if _, ok, err := d.Read([]byte(`{"text":"  "}`)); ok || err != nil {
		t.Errorf("handled: %v, %v", ok, err)
	}
	if _, _, err := d.Read([]byte(`?`)); err == nil || strings.Contains(err.Error(), "?") {
		t.Errorf("a body of another kind: %v", err)
	}
}

func TestNumbersPressTheChoicesOnTheScreen(t *testing.T) {
	r := open(t, false)
	r.receive(t, "two parcels")
	r.send(t, choices("first", "a", "b"))
	r.send(t, choices("second", "c"))
	r.Answered()
	for _, said := range []struct {
		line string
		want handlers.Message
	}{
		{"1", handlers.Message{Happening: handlers.Tapped, Button: "a"}},
		{" ３ ", handlers.Message{Happening: handlers.Tapped, Button: "c"}},
		{"4", handlers.Message{Text: "4"}},
		{"1", handlers.Message{Text: "1"}}, // whatever is said in words, the choices before it are over
	} {
		got := r.receive(t, said.line)
		if got.Happening != said.want.Happening || got.Button != said.want.Button || got.Text != said.want.Text {
			t.Errorf("%q: %q %q %q", said.line, got.Happening, got.Button, got.Text)
		}
	}
	for _, words := range []string{"0", "1234", "1 2"} {
		r.send(t, choices("again", "a", "b"))
		if got := r.receive(t, words); got.Text != words {
			t.Errorf("%q: %q %q", words, got.Happening, got.Text)
		}
	}
	if want := "first\n  [1] A\n  [2] B\n\nsecond\n  [3] C\n\n"; !strings.HasPrefix(r.out.String(), want) {
		t.Errorf("screen:\n%s", r.out)
	}
}

func TestNewsTakesNoNumbersFromAQuestion(t *testing.T) {
	r := open(t, false)
	r.receive(t, "x")
	r.send(t, choices("which carrier?", "a", "b"))
	r.Answered()
	r.send(t, choices("news", "stop"))
	if m := r.receive(t, "1"); m.Button != "a" {
		t.Errorf("1 presses %q", m.Button)
	}
	if strings.Contains(r.out.String(), "STOP") {
		t.Errorf("screen:\n%s", r.out)
	}
}

func TestNumbersAreThoseOfTheLastAnswer(t *testing.T) {
	r := open(t, false)
	r.receive(t, "x")
	r.send(t, choices("one", "a", "b"))
	r.Answered()
	r.receive(t, "y")
	r.send(t, words("no choices here"))
	r.Answered()
	if m := r.receive(t, "2"); m.Button != "" {
		t.Errorf("after an answer without choices 2 presses %q", m.Button)
	}
	r.send(t, choices("two", "c"))
	r.Answered()
	if m := r.receive(t, "2"); m.Button != "" {
		t.Errorf("after an answer with one choice 2 presses %q", m.Button)
	}
}

func TestRepliesLookAsTheTerminalCan(t *testing.T) {
	styled := handlers.Reply{Blocks: []handlers.Block{{
		{{Text: "bold", Style: handlers.Strong}, {Text: " "}, {Text: "123", Style: handlers.Code}},
		{{Text: "page", Style: handlers.Link, URL: "https://a.example"}, {Text: " dim", Style: handlers.Dim}},
	}}}
	for name, c := range map[string]struct {
		reply   handlers.Reply
		colours bool
		want    string
	}{
		"plain":                     {styled, false, "bold 123\npage https://a.example dim\n\n"},
		"coloured":                  {styled, true, "\x1b[1mbold\x1b[0m \x1b[36m123\x1b[0m\n\x1b[4mpage https://a.example\x1b[0m\x1b[2m dim\x1b[0m\n\n"},
		"a note for a button":       {handlers.Reply{Toast: "done"}, false, "done\n\n"},
		"a note beside words":       {handlers.Reply{Toast: "done", Blocks: words("x").Blocks}, false, "x\n\n"},
		"a file":                    {handlers.Reply{File: &handlers.File{Name: "a.json", Body: []byte("{}\n")}}, false, "a.json\n{}\n\n"},
		"nothing":                   {handlers.Reply{}, false, ""},
		"an escape sequence":        {words("a\x1b[2Jb\x07\u202ec"), false, "a[2Jbc\n\n"},
		"an escape behind a colour": {words("\u009b31mred"), true, "31mred\n\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := render(c.reply, 0, c.colours); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

type broken struct{}

func (broken) Show(string) error { return errors.New("gone") }

func TestAScreenThatIsGoneIsAnError(t *testing.T) {
	d := New(&inbox{}, broken{}, false, func() {}, time.Now)
	if err := d.Send(t.Context(), models.Address{}, words("x")); err == nil {
		t.Error("no error")
	}
}
