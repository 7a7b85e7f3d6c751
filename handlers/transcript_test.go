package handlers

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"waybill/models"
)

// A transcript is a conversation, line by line:
//
//	> text         somebody says it; \n in it ends a line
//	@> text        in a group: and means the bot
//	photo CODES    sends a photo with these codes, or (an error); | and a caption
//	@photo CODES   in a group: and means the bot
//	[file] NAME    somebody sends the file testdata/tables/NAME
//	tap Button     presses a button of the last message that had some
//	< line         the next line of the answer; /…/ is a regular expression
//	chat NAME      from here on in this chat; "group NAME" is a group
//	as PERSON      from here on this person speaks
//	wait 3h        time passes
//	restart        the process starts anew
//	join, leave    the bot is added, or blocked
//	platform TAG   from here on the platform tells this language
//	door NAME      from here on through this door
//	robots A B     these group robots are set up
//
// All lines of an answer must be there, in order; no "<" means silence.
// UPDATE_TRANSCRIPTS=1 writes what is answered now into the files, to be read
// with care.
type transcript struct {
	written strings.Builder
	*world
	t        *testing.T
	c        *Conversation
	chatName string
	group    bool
	person   string
	lang     string
	buttons  map[string][][]Button // the last ones, by chat
	answered []string
	expected []string
	at       int
}

func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/transcripts/*/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, file := range files {
		locale := filepath.Base(filepath.Dir(file))
		t.Run(locale+"/"+strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			w := newWorld(t, locale)
			tr := &transcript{world: w, t: t, c: w.conversation(), chatName: "me", person: "me", buttons: map[string][][]Button{}}
			for i, line := range strings.Split(string(body), "\n") {
				tr.line(i+1, strings.TrimRight(line, " "))
			}
			tr.compare()
			tr.rewrite(file)
		})
	}
}

func (tr *transcript) line(at int, line string) {
	word, rest, _ := strings.Cut(line, " ")
	if word == "<" {
		tr.expected = append(tr.expected, rest)
		return
	}
	if word == "" || strings.HasPrefix(word, "#") {
		tr.compare()
		tr.written.WriteString(line + "\n")
		return
	}
	tr.compare()
	tr.written.WriteString(line + "\n")
	tr.at = at
	switch word {
	case ">":
		tr.say(Message{Text: strings.ReplaceAll(rest, `\n`, "\n"), Addressed: !tr.group})
	case "@>":
		tr.say(Message{Text: rest, Addressed: true})
	case "photo", "@photo":
		codes, caption, _ := strings.Cut(rest, " | ")
		tr.say(Message{Text: caption, Addressed: word == "@photo" || !tr.group, Files: []Attachment{photoOf(codes)}})
	case "[file]":
		tr.say(Message{Happening: Wordless, Files: []Attachment{sentFile(tr.t, rest)}, Addressed: !tr.group})
	case "tap":
		tr.say(Message{Happening: Tapped, Button: tr.button(rest), Addressed: true})
	case "join":
		tr.say(Message{Happening: Joined, Addressed: true})
	case "leave":
		tr.say(Message{Happening: Left, Addressed: true})
	case "chat", "group":
		tr.chatName, tr.group = rest, word == "group"
	case "as":
		tr.person = rest
	case "platform":
		tr.lang = rest
	case "wait":
		d, err := time.ParseDuration(rest)
		if err != nil {
			tr.t.Fatalf("line %d: %v", at, err)
		}
		tr.pass(d)
	case "door":
		tr.door = rest
	case "robots":
		tr.robots = strings.Fields(rest)
		tr.c = tr.conversation()
	case "restart":
		tr.restart()
		tr.c = tr.conversation()
	default:
		tr.t.Fatalf("line %d: %q is no line of a transcript", at, line)
	}
}

// sentFile is a file of testdata/tables as a door hands it over.
func sentFile(t *testing.T, name string) Attachment {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", "tables", name))
	if err != nil {
		t.Fatal(err)
	}
	return Attachment{Kind: Document, Name: name, Size: int64(len(body)), Open: func(_ context.Context, limit int64) ([]byte, error) {
		if int64(len(body)) > limit {
			return nil, ErrTooLarge
		}
		return body, nil
	}}
}

func (tr *transcript) button(text string) string {
	for _, row := range tr.buttons[tr.chatName] {
		for _, b := range row {
			if b.Text == text {
				return b.Data
			}
		}
	}
	return text // made up, or an old one
}

func (tr *transcript) say(m Message) {
	tr.t.Helper()
	chat := tr.chat(tr.chatName, tr.group)
	m.Address, m.Group, m.From, m.Lang, m.Token = chat.Address, tr.group, tr.person, tr.lang, "token"
	replies, err := tr.c.Handle(tr.t.Context(), chat, m)
	if err != nil {
		tr.t.Fatalf("line %d: %v", tr.at, err)
	}
	tr.answered = shown(replies)
	for _, r := range replies {
		if len(r.Buttons) > 0 {
			tr.buttons[tr.chatName] = r.Buttons
		}
		for _, row := range r.Buttons {
			for _, b := range row {
				if len(b.Data) > 64 || b.Data == "" {
					tr.t.Errorf("line %d: button %q carries %d bytes", tr.at, b.Text, len(b.Data))
				}
			}
		}
	}
	tr.unspoilt(replies)
}

// unspoilt looks for what no user may ever see.
func (tr *transcript) unspoilt(replies []Reply) {
	for _, line := range shown(replies) {
		for _, spoilt := range []string{"<no value>", "%!", "asked too recently", "not found", "provider"} {
			if strings.Contains(line, spoilt) {
				tr.t.Errorf("line %d: a user sees %q", tr.at, line)
			}
		}
	}
}

func (tr *transcript) compare() {
	tr.t.Helper()
	got, want := tr.answered, tr.expected
	tr.answered, tr.expected = nil, nil
	tr.keep(got, want)
	ok := len(got) == len(want)
	for i := range want {
		ok = ok && matches(want[i], got[i])
	}
	if !ok {
		tr.t.Errorf("line %d: the answer differs (-want +got):\n%s", tr.at, cmp.Diff(want, got))
	}
}

// keep notes an answer for rewrite; patterns that match stay patterns.
func (tr *transcript) keep(got, want []string) {
	for i, line := range got {
		if len(want) == len(got) && matches(want[i], line) {
			line = want[i]
		}
		tr.written.WriteString("< " + line + "\n")
	}
}

func (tr *transcript) rewrite(file string) {
	if os.Getenv("UPDATE_TRANSCRIPTS") == "" {
		return
	}
	if err := os.WriteFile(file, []byte(strings.TrimRight(tr.written.String(), "\n")+"\n"), 0o644); err != nil {
		tr.t.Fatal(err)
	}
}

func matches(want, got string) bool {
	if len(want) > 1 && strings.HasPrefix(want, "/") && strings.HasSuffix(want, "/") {
		return regexp.MustCompile("^(?:" + want[1:len(want)-1] + ")$").MatchString(got)
	}
	return want == got
}

func TestHandleReportsTheStoresFailuresSoThatItIsTriedAgain(t *testing.T) {
	w := newWorld(t, "en")
	c := w.conversation()
	chat := w.chat("me", false)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Handle(ctx, chat, Message{Text: "YT1000000000017", Addressed: true}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's end", err)
	}
	if _, follows, err := w.store.FollowOf(t.Context(), chat.ID, 1); follows || err != nil {
		t.Errorf("the chat follows something: %v, %v", follows, err)
	}
}

func TestOnlyTheFirstReplyCarriesTheToken(t *testing.T) {
	w := newWorld(t, "en")
	c := w.conversation()
	replies, err := c.Handle(t.Context(), w.chat("me", false), Message{Text: "YT1000000000017 SF1000000000015", Addressed: true, Token: "t"})
	if err != nil || len(replies) == 0 || replies[0].Token != "t" {
		t.Fatalf("got %v, %v", replies, err)
	}
	for _, r := range replies[1:] {
		if r.Token != "" {
			t.Error("a second reply carries the token")
		}
	}
}

func TestACheckThatTakesTooLongIsFollowedAllTheSame(t *testing.T) {
	w := newWorld(t, "en")
	c := w.conversation()
	c.settings.Checker = slow{}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	turn := c.turn(w.chat("me", false), Message{}, models.At(w.clock()))
	checked, err := turn.query(ctx, opened{located: located{parcel: models.Parcel{ID: 1}}})
	if err != nil || checked.answer.Parcel.ID != 1 || reason(checked.answer.Err) != "under_way" {
		t.Errorf("got %+v, %v", checked.answer, err)
	}
}

func TestADetectionThatTakesTooLongLeavesTimeForTheCheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		turn := New(Settings{Detector: slow{}, Words: newWords(t, "en")}).turn(models.Chat{}, Message{}, 0)
		turn.carrierOf(t.Context(), request{}, nil)
		if took := time.Since(began); took+patience >= 30*time.Second { // delivery.handleWithin
			t.Errorf("it takes %v and the check %v: more than a message has", took, patience)
		}
	})
}

// slow never answers before its context ends.
type slow struct{}

func (slow) Detect(ctx context.Context, _ string) ([]models.Carrier, bool) {
	<-ctx.Done()
	return nil, false
}

func (slow) Check(ctx context.Context, _ models.Parcel, _ string, _ models.Purpose) (models.Checked, error) {
	<-ctx.Done()
	return models.Checked{}, ctx.Err()
}

func (slow) Followed(context.Context, int64) {}

func TestWithoutNamesCarriersCanStillBeChosen(t *testing.T) {
	w := newWorld(t, "en")
	s := w.conversation().settings
	s.Carriers = nil
	c := New(s)
	for _, step := range []struct{ say, want string }{{"431000000001", "[Other]"}, {"Yunda", "[Other]"}, {"1", "STO Express 431000000001"}} {
		replies, err := c.Handle(t.Context(), w.chat("me", false), Message{Text: step.say, Addressed: true})
		if err != nil || !strings.Contains(strings.Join(shown(replies), "\n"), step.want) {
			t.Errorf("%q brings %q, %v", step.say, shown(replies), err)
		}
	}
}
